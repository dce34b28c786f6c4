"""Who is taken when, and the log that undoes: every change of a state goes through the functions here.

A machine or person has its spans sorted by (start, end). A sub-lot's end is never moved; when another set-up becomes
due before it, its start moves, so that nothing after it changes.
"""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel
from zagumi.engine.solve.schedule.hours import clock, worked
from zagumi.engine.solve.schedule.records import FORCED, LOGGED, State, Tables

PUT, TAKE, RETIME, FEED, DONE, WORTH = range(6)


@kernel
def first_after(net: Tables, st: State, resource: int, minute: int) -> int:
    """Number of a resource's spans that end at or before a minute."""
    base = net.room[resource]
    low, high = 0, st.used[resource]
    while low < high:
        middle = (low + high) // 2
        if st.spans[base + middle].end <= minute:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _place_of(net: Tables, st: State, resource: int, start: int, end: int) -> int:
    """Number of a resource's spans that sort before (start, end)."""
    base = net.room[resource]
    low, high = 0, st.used[resource]
    while low < high:
        middle = (low + high) // 2
        span = st.spans[base + middle]
        if span.start < start or (span.start == start and span.end < end):
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def span_of(net: Tables, st: State, resource: int, lot: int) -> int:
    """Position of a sub-lot among the spans of a resource that holds it."""
    at = _place_of(net, st, resource, st.lots[lot].start, st.lots[lot].end)
    base = net.room[resource]
    while st.spans[base + at].lot != lot:
        at += 1
    return at


@kernel
def add_span(net: Tables, st: State, resource: int, start: int, end: int, lot: int) -> None:
    """Take a resource for a time."""
    base = net.room[resource]
    at = base + _place_of(net, st, resource, start, end)
    for i in range(base + st.used[resource], at, -1):
        st.spans[i] = st.spans[i - 1]
    st.spans[at].start = start
    st.spans[at].end = end
    st.spans[at].lot = lot
    st.used[resource] += 1


@kernel
def _drop_span(net: Tables, st: State, resource: int, lot: int) -> None:
    base = net.room[resource]
    at = base + span_of(net, st, resource, lot)
    st.used[resource] -= 1
    for i in range(at, base + st.used[resource]):
        st.spans[i] = st.spans[i + 1]


@kernel
def band_of(net: Tables, machine: int, start: int) -> int:
    """The band of a machine that contains a minute; -1 when none does."""
    for band in range(net.machines[machine].band0, net.machines[machine].band1):
        if net.bands[band].start <= start < net.bands[band].end:
            return band
    return -1


@kernel
def _count(net: Tables, st: State, lot: int, sign: int) -> None:
    """Add a sub-lot's working minutes to its company and its band, or take them off."""
    row = st.lots[lot]
    option = net.options[net.modes[row.mode].option]
    st.awarded[option.company] += sign * (row.setup + row.run)
    if not row.frozen and net.machines[option.machine].band1 > net.machines[option.machine].band0:
        band = band_of(net, option.machine, row.start)
        if band >= 0:
            st.offered[band] += sign * (row.setup + row.run)


@kernel
def occupy(net: Tables, st: State, lot: int) -> None:
    """Enter a filled-in sub-lot into its machine, person, band and company."""
    row = st.lots[lot]
    mode = net.modes[row.mode]
    machine = net.options[mode.option].machine
    tabled = net.ops[row.op].family > 0 and net.machines[machine].setup0 >= 0
    row.tied = 1 if row.start < row.end or tabled else 0
    if row.tied:
        add_span(net, st, machine, row.start, row.end, lot)
    if mode.person >= 0 and row.start < row.end:
        add_span(net, st, net.rules[0].machines + mode.person, row.start, row.end, lot)
    _count(net, st, lot, 1)


@kernel
def _vacate(net: Tables, st: State, lot: int) -> None:
    row = st.lots[lot]
    mode = net.modes[row.mode]
    if row.tied:
        _drop_span(net, st, net.options[mode.option].machine, lot)
    if mode.person >= 0 and row.start < row.end:
        _drop_span(net, st, net.rules[0].machines + mode.person, lot)
    _count(net, st, lot, -1)


@kernel
def _log(st: State, kind: int, item: int) -> int:
    at = st.box[LOGGED]
    st.box[LOGGED] = at + 1
    st.log[at].kind = kind
    st.log[at].item = item
    return at


@kernel
def _log_lot(st: State, kind: int, lot: int) -> None:
    entry = st.log[_log(st, kind, lot)]
    row = st.lots[lot]
    entry.mode = row.mode
    entry.quantity = row.quantity
    entry.start = row.start
    entry.end = row.end
    entry.setup = row.setup
    entry.run = row.run
    entry.ready = row.ready
    entry.supply = row.supply


@kernel
def changeover(net: Tables, machine: int, before: int, option: int) -> int:
    """Set-up minutes of an option's operation after a family on a machine."""
    setup0 = net.machines[machine].setup0
    family = net.ops[net.options[option].op].family
    if setup0 >= 0 and family > 0:
        minutes = net.setups[setup0 + before * net.rules[0].families + family]
        if minutes >= 0:
            return minutes
    return net.options[option].setup


@kernel
def family_before(net: Tables, st: State, machine: int, at: int) -> int:
    """The family in which a machine stands before its span ``at``."""
    base = net.room[machine]
    for i in range(base + at - 1, base - 1, -1):
        span = st.spans[i]
        if span.lot >= 0 and span.start < span.end:
            family = net.ops[st.lots[span.lot].op].family
            if family > 0:
                return family
    return net.machines[machine].family


@kernel
def retimed(net: Tables, st: State, lot: int, at: int, setup: int) -> int:
    """Start of a sub-lot with another set-up and the same end; -1 when that cannot be. ``at``: its place on the machine."""
    row = st.lots[lot]
    mode = net.modes[row.mode]
    minutes = setup + row.run
    if row.start == row.end or minutes == 0:
        return -1
    start = clock(net, mode.hours, worked(net, mode.hours, row.end) - minutes)
    if start < row.ready or (not net.ops[row.op].pause and row.end - start != minutes):
        return -1
    machine = net.options[mode.option].machine
    if net.machines[machine].band1 > net.machines[machine].band0:
        old, band = band_of(net, machine, row.start), band_of(net, machine, start)
        more = minutes - row.setup - row.run if band == old else minutes
        if band < 0 or st.offered[band] + more > net.bands[band].minutes:
            return -1
    if start < row.start:
        if at > 0 and st.spans[net.room[machine] + at - 1].end > start:
            return -1
        if mode.person >= 0:
            person = net.rules[0].machines + mode.person
            place = span_of(net, st, person, lot)
            if place > 0 and st.spans[net.room[person] + place - 1].end > start:
                return -1
    return start


@kernel
def _retime(net: Tables, st: State, lot: int, start: int, setup: int) -> None:
    """Set start and set-up of a sub-lot; its places among its spans stay the same."""
    row = st.lots[lot]
    mode = net.modes[row.mode]
    machine = net.options[mode.option].machine
    on_machine = net.room[machine] + span_of(net, st, machine, lot)
    _count(net, st, lot, -1)
    if mode.person >= 0:
        person = net.rules[0].machines + mode.person
        st.spans[net.room[person] + span_of(net, st, person, lot)].start = start
    st.spans[on_machine].start = start
    row.start = start
    row.setup = setup
    _count(net, st, lot, 1)


@kernel
def _follow_up(net: Tables, st: State, machine: int, at: int) -> None:
    """Bring the set-ups of what stands at ``at`` and behind it in line; what no longer fits is marked as forced out."""
    base = net.room[machine]
    before = family_before(net, st, machine, at)
    for place in range(at, st.used[machine]):
        lot = st.spans[base + place].lot
        if lot < 0 or net.ops[st.lots[lot].op].family == 0:
            continue
        row = st.lots[lot]
        if not row.frozen:
            setup = changeover(net, machine, before, net.modes[row.mode].option)
            if setup != row.setup:
                start = retimed(net, st, lot, place, setup)
                if start < 0:
                    st.forced[st.box[FORCED]] = row.op
                    st.box[FORCED] += 1
                else:
                    _log_lot(st, RETIME, lot)
                    _retime(net, st, lot, start, setup)
        if row.start < row.end:
            return


@kernel
def put_lot(net: Tables, st: State, lot: int) -> None:
    """Enter a filled-in sub-lot; the set-up of the one behind it follows."""
    occupy(net, st, lot)
    _log(st, PUT, lot)
    row = st.lots[lot]
    machine = net.options[net.modes[row.mode].option].machine
    if row.tied and net.machines[machine].setup0 >= 0 and net.ops[row.op].family > 0:
        _follow_up(net, st, machine, span_of(net, st, machine, lot) + 1)


@kernel
def take_lot(net: Tables, st: State, lot: int) -> None:
    """Take a sub-lot out; the set-up of the one behind it follows."""
    row = st.lots[lot]
    machine = net.options[net.modes[row.mode].option].machine
    tabled = row.tied and net.machines[machine].setup0 >= 0 and net.ops[row.op].family > 0
    at = span_of(net, st, machine, lot) if tabled else 0
    _log_lot(st, TAKE, lot)
    _vacate(net, st, lot)
    if tabled:
        _follow_up(net, st, machine, at)


@kernel
def set_feed(st: State, feed: int, pieces: int, size: int, count: int) -> None:
    """Let a sub-lot give pieces to another."""
    row = st.feeds[feed]
    entry = st.log[_log(st, FEED, feed)]
    entry.quantity = row.pieces
    entry.start = row.size
    entry.end = row.count
    row.pieces = pieces
    row.size = size
    row.count = count


@kernel
def set_done(st: State, op: int, lots: int, placed: int, cost: int) -> None:
    """Record how far an operation is placed and what it costs."""
    row = st.ops[op]
    entry = st.log[_log(st, DONE, op)]
    entry.quantity = row.lots
    entry.start = row.placed
    entry.end = row.cost
    row.lots = lots
    row.placed = placed
    row.cost = cost


@kernel
def set_worth(st: State, case: int, value: int, end: int, missing: int) -> None:
    """Record what a case adds to the objective."""
    row = st.cases[case]
    entry = st.log[_log(st, WORTH, case)]
    entry.quantity = row.value
    entry.start = row.end
    entry.end = row.missing
    row.value = value
    row.end = end
    row.missing = missing


@kernel
def undo(net: Tables, st: State, mark: int) -> None:
    """Go back to the state in which the log had ``mark`` entries."""
    while st.box[LOGGED] > mark:
        st.box[LOGGED] -= 1
        entry = st.log[st.box[LOGGED]]
        item = entry.item
        if entry.kind == PUT:
            _vacate(net, st, item)
        elif entry.kind == TAKE:
            row = st.lots[item]
            row.mode = entry.mode
            row.quantity = entry.quantity
            row.start = entry.start
            row.end = entry.end
            row.setup = entry.setup
            row.run = entry.run
            row.ready = entry.ready
            row.supply = entry.supply
            occupy(net, st, item)
        elif entry.kind == RETIME:
            _retime(net, st, item, entry.start, entry.setup)
        elif entry.kind == FEED:
            st.feeds[item].pieces = entry.quantity
            st.feeds[item].size = entry.start
            st.feeds[item].count = entry.end
        elif entry.kind == DONE:
            st.ops[item].lots = entry.quantity
            st.ops[item].placed = entry.start
            st.ops[item].cost = entry.end
        else:
            st.cases[item].value = entry.quantity
            st.cases[item].end = entry.start
            st.cases[item].missing = entry.end

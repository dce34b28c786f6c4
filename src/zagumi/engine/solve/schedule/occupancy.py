"""Who is taken when, and the log that undoes: every change of a state goes through the functions here.

A machine or person has its spans sorted by (start, end). A sub-lot's end is never moved; when another set-up becomes
due before it, its start moves, so that nothing after it changes.
"""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel, routine
from zagumi.engine.solve.schedule.hours import clock, worked
from zagumi.engine.solve.schedule.records import State, Tables
from zagumi.engine.solve.schedule.rows import (
    band_at,
    done_at,
    feed_at,
    firm_at,
    forced_at,
    log_at,
    lot_at,
    machine_at,
    mode_at,
    now,
    offer_at,
    op_at,
    option_at,
    room_at,
    rules,
    setup_at,
    span_at,
    used_at,
    worth_at,
)
from zagumi.engine.solve.schedule.stability import moving_cost

PUT, TAKE, RETIME, FEED, DONE, WORTH = range(6)


@kernel
def first_after(net: Tables, st: State, resource: int, minute: int) -> int:
    """Number of a resource's spans that end at or before a minute."""
    base = room_at(net, resource).first
    low, high = 0, used_at(st, resource).spans
    while low < high:
        middle = (low + high) // 2
        if span_at(st, base + middle).end <= minute:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _place_of(net: Tables, st: State, resource: int, start: int, end: int) -> int:
    """Number of a resource's spans that sort before (start, end)."""
    base = room_at(net, resource).first
    low, high = 0, used_at(st, resource).spans
    while low < high:
        middle = (low + high) // 2
        span = span_at(st, base + middle)
        if span.start < start or (span.start == start and span.end < end):
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def span_of(net: Tables, st: State, resource: int, lot: int) -> int:
    """Position of a sub-lot among the spans of a resource that holds it."""
    at = _place_of(net, st, resource, lot_at(st, lot).start, lot_at(st, lot).end)
    base = room_at(net, resource).first
    while span_at(st, base + at).lot != lot:
        at += 1
    return at


@kernel
def _copy_span(st: State, to: int, of: int) -> None:
    there, here = span_at(st, to), span_at(st, of)
    there.start = here.start
    there.end = here.end
    there.lot = here.lot


@kernel
def add_span(net: Tables, st: State, resource: int, start: int, end: int, lot: int) -> None:
    """Take a resource for a time."""
    base = room_at(net, resource).first
    at = base + _place_of(net, st, resource, start, end)
    for i in range(base + used_at(st, resource).spans, at, -1):
        _copy_span(st, i, i - 1)
    span_at(st, at).start = start
    span_at(st, at).end = end
    span_at(st, at).lot = lot
    used_at(st, resource).spans += 1


@kernel
def _drop_span(net: Tables, st: State, resource: int, lot: int) -> None:
    base = room_at(net, resource).first
    at = base + span_of(net, st, resource, lot)
    used_at(st, resource).spans -= 1
    for i in range(at, base + used_at(st, resource).spans):
        _copy_span(st, i, i + 1)


@kernel
def band_of(net: Tables, machine: int, start: int) -> int:
    """The band of a machine that contains a minute; -1 when none does."""
    for band in range(machine_at(net, machine).band0, machine_at(net, machine).band1):
        if band_at(net, band).start <= start < band_at(net, band).end:
            return band
    return -1


@kernel
def _count(net: Tables, st: State, lot: int, sign: int) -> None:
    """Add a sub-lot's working minutes to its company and its band, or take them off."""
    row = lot_at(st, lot)
    option = option_at(net, mode_at(net, row.mode).option)
    firm_at(st, option.company).awarded += sign * (row.setup + row.run)
    if not row.frozen and machine_at(net, option.machine).band1 > machine_at(net, option.machine).band0:
        band = band_of(net, option.machine, row.start)
        if band >= 0:
            offer_at(st, band).minutes += sign * (row.setup + row.run)


@routine
def occupy(net: Tables, st: State, lot: int) -> None:
    """Enter a filled-in sub-lot into its machine, person, band and company."""
    row = lot_at(st, lot)
    mode = mode_at(net, row.mode)
    machine = option_at(net, mode.option).machine
    tabled = op_at(net, row.op).family > 0 and machine_at(net, machine).setup0 >= 0
    row.tied = 1 if row.start < row.end or tabled else 0
    if row.tied:
        add_span(net, st, machine, row.start, row.end, lot)
    if mode.person >= 0 and row.start < row.end:
        add_span(net, st, rules(net).machine_count + mode.person, row.start, row.end, lot)
    _count(net, st, lot, 1)


@kernel
def _vacate(net: Tables, st: State, lot: int) -> None:
    row = lot_at(st, lot)
    mode = mode_at(net, row.mode)
    if row.tied:
        _drop_span(net, st, option_at(net, mode.option).machine, lot)
    if mode.person >= 0 and row.start < row.end:
        _drop_span(net, st, rules(net).machine_count + mode.person, lot)
    _count(net, st, lot, -1)


@kernel
def _log(st: State, kind: int, item: int) -> int:
    at = now(st).logged
    now(st).logged = at + 1
    log_at(st, at).kind = kind
    log_at(st, at).index = item
    return at


@kernel
def _log_lot(st: State, kind: int, lot: int) -> None:
    entry = log_at(st, _log(st, kind, lot))
    row = lot_at(st, lot)
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
    setup0 = machine_at(net, machine).setup0
    family = op_at(net, option_at(net, option).op).family
    if setup0 >= 0 and family > 0:
        minutes = setup_at(net, setup0 + before * rules(net).family_count + family).minutes
        if minutes >= 0:
            return minutes
    return option_at(net, option).setup


@kernel
def family_before(net: Tables, st: State, machine: int, at: int) -> int:
    """The family in which a machine stands before its span ``at``."""
    base = room_at(net, machine).first
    for i in range(base + at - 1, base - 1, -1):
        span = span_at(st, i)
        if span.lot >= 0 and span.start < span.end:
            family = op_at(net, lot_at(st, span.lot).op).family
            if family > 0:
                return family
    return machine_at(net, machine).family


@routine
def retimed(net: Tables, st: State, lot: int, at: int, setup: int) -> int:
    """Start of a sub-lot, at ``at`` on its machine, with another set-up and the same end; -1 when that cannot be."""
    row = lot_at(st, lot)
    mode = mode_at(net, row.mode)
    minutes = setup + row.run
    if row.start == row.end or minutes == 0:
        return -1
    start = clock(net, mode.hours, worked(net, mode.hours, row.end) - minutes)
    if start < row.ready or (not op_at(net, row.op).pause and row.end - start != minutes):
        return -1
    machine = option_at(net, mode.option).machine
    if machine_at(net, machine).band1 > machine_at(net, machine).band0:
        old, band = band_of(net, machine, row.start), band_of(net, machine, start)
        more = minutes - row.setup - row.run if band == old else minutes
        if band < 0 or offer_at(st, band).minutes + more > band_at(net, band).minutes:
            return -1
    if start < row.start:
        if at > 0 and span_at(st, room_at(net, machine).first + at - 1).end > start:
            return -1
        if mode.person >= 0:
            person = rules(net).machine_count + mode.person
            place = span_of(net, st, person, lot)
            if place > 0 and span_at(st, room_at(net, person).first + place - 1).end > start:
                return -1
    return start


@kernel
def _retime(net: Tables, st: State, lot: int, start: int, setup: int) -> None:
    """Set start and set-up of a sub-lot; its places among its spans stay the same."""
    row = lot_at(st, lot)
    mode = mode_at(net, row.mode)
    machine = option_at(net, mode.option).machine
    on_machine = room_at(net, machine).first + span_of(net, st, machine, lot)
    _count(net, st, lot, -1)
    if mode.person >= 0:
        person = rules(net).machine_count + mode.person
        span_at(st, room_at(net, person).first + span_of(net, st, person, lot)).start = start
    span_at(st, on_machine).start = start
    row.start = start
    row.setup = setup
    _count(net, st, lot, 1)


@kernel
def set_done(st: State, op: int, lots: int, placed: int, cost: int) -> None:
    """Record how far an operation is placed and what it costs."""
    row = done_at(st, op)
    entry = log_at(st, _log(st, DONE, op))
    entry.quantity = row.lots
    entry.start = row.placed
    entry.end = row.cost
    row.lots = lots
    row.placed = placed
    row.cost = cost


@kernel
def set_worth(st: State, case: int, value: int, end: int, missing: int) -> None:
    """Record what a case adds to the objective."""
    row = worth_at(st, case)
    entry = log_at(st, _log(st, WORTH, case))
    entry.quantity = row.value
    entry.start = row.end
    entry.end = row.missing
    row.value = value
    row.end = end
    row.missing = missing


@kernel
def _reprice(net: Tables, st: State, op: int, more: int) -> None:
    """Let an operation that is placed, and with it its case, cost so much more."""
    if more != 0:
        row, case = done_at(st, op), op_at(net, op).case
        worth = worth_at(st, case)
        set_done(st, op, row.lots, row.placed, row.cost + more)
        set_worth(st, case, worth.value + more, worth.end, worth.missing)
        now(st).value += more


@kernel
def _follow_up(net: Tables, st: State, machine: int, at: int) -> None:
    """Bring the set-ups of what stands at ``at`` and behind it in line; what no longer fits is marked as forced out."""
    base = room_at(net, machine).first
    before = family_before(net, st, machine, at)
    for place in range(at, used_at(st, machine).spans):
        lot = span_at(st, base + place).lot
        if lot < 0 or op_at(net, lot_at(st, lot).op).family == 0:
            continue
        row = lot_at(st, lot)
        if not row.frozen:
            setup = changeover(net, machine, before, mode_at(net, row.mode).option)
            if setup != row.setup:
                start = retimed(net, st, lot, place, setup)
                if start < 0:
                    forced_at(st, now(st).forced).index = row.op
                    now(st).forced += 1
                else:
                    _log_lot(st, RETIME, lot)
                    _reprice(net, st, row.op, -moving_cost(net, st, row.op, done_at(st, row.op).lots))
                    _retime(net, st, lot, start, setup)
                    _reprice(net, st, row.op, moving_cost(net, st, row.op, done_at(st, row.op).lots))
        if row.start < row.end:
            return


@routine
def put_lot(net: Tables, st: State, lot: int) -> None:
    """Enter a filled-in sub-lot; the set-up of the one behind it follows."""
    occupy(net, st, lot)
    _log(st, PUT, lot)
    row = lot_at(st, lot)
    machine = option_at(net, mode_at(net, row.mode).option).machine
    if row.tied and machine_at(net, machine).setup0 >= 0 and op_at(net, row.op).family > 0:
        _follow_up(net, st, machine, span_of(net, st, machine, lot) + 1)


@routine
def take_lot(net: Tables, st: State, lot: int) -> None:
    """Take a sub-lot out; the set-up of the one behind it follows."""
    row = lot_at(st, lot)
    machine = option_at(net, mode_at(net, row.mode).option).machine
    tabled = row.tied and machine_at(net, machine).setup0 >= 0 and op_at(net, row.op).family > 0
    at = span_of(net, st, machine, lot) if tabled else 0
    _log_lot(st, TAKE, lot)
    _vacate(net, st, lot)
    if tabled:
        _follow_up(net, st, machine, at)


@kernel
def set_feed(st: State, feed: int, pieces: int, size: int, count: int) -> None:
    """Let a sub-lot give pieces to another."""
    row = feed_at(st, feed)
    entry = log_at(st, _log(st, FEED, feed))
    entry.quantity = row.pieces
    entry.start = row.batch
    entry.end = row.count
    row.pieces = pieces
    row.batch = size
    row.count = count


@routine
def undo(net: Tables, st: State, mark: int) -> None:
    """Go back to the state in which the log had ``mark`` entries."""
    while now(st).logged > mark:
        now(st).logged -= 1
        entry = log_at(st, now(st).logged)
        item = entry.index
        if entry.kind == PUT:
            _vacate(net, st, item)
        elif entry.kind == TAKE:
            row = lot_at(st, item)
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
            feed_at(st, item).pieces = entry.quantity
            feed_at(st, item).batch = entry.start
            feed_at(st, item).count = entry.end
        elif entry.kind == DONE:
            done_at(st, item).lots = entry.quantity
            done_at(st, item).placed = entry.start
            done_at(st, item).cost = entry.end
        else:
            worth = worth_at(st, item)
            now(st).value += entry.quantity - worth.value
            now(st).missing += entry.end - worth.missing
            worth.value = entry.quantity
            worth.end = entry.start
            worth.missing = entry.end

"""A whole case at once: which option for each operation, by dynamic programming over what it is made from.

Each option keeps a few labels (end, cost of all that leads there), none both later and dearer than another. Arrivals
over several links are combined into a front of (time, cost); each point of it looks for a gap. The program is exact
for trees except that operations of the case do not see each other on a machine; placing them afterwards is exact.
"""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel, routine
from zagumi.engine.solve.schedule.chance import below
from zagumi.engine.solve.schedule.fitting import fit
from zagumi.engine.solve.schedule.hours import arrival, carriage, missed
from zagumi.engine.solve.schedule.placing import extra_cost, permitted, time_cost
from zagumi.engine.solve.schedule.records import BATCHES, ENDLESS, FRONTS, LABELS, NEVER, State, Tables
from zagumi.engine.solve.schedule.rows import (
    case_at,
    done_at,
    force_at,
    found,
    front_at,
    label_at,
    labels_of,
    link_at,
    lot_at,
    mode_at,
    now,
    op_at,
    option_at,
    out_at,
    settings,
)
from zagumi.engine.solve.schedule.stability import moving_price

MERGED, ONE, SPARE = 0, FRONTS + 1, 2 * (FRONTS + 1)  # where the three fronts begin


@kernel
def _thin(st: State, base: int, size: int) -> None:
    """Drop the point, neither first nor last, that saves least over the one before."""
    worst, least = 1, front_at(st, base).cost - front_at(st, base + 1).cost
    for at in range(2, size - 1):
        saves = front_at(st, base + at - 1).cost - front_at(st, base + at).cost
        if saves < least:
            worst, least = at, saves
    for at in range(worst, size - 1):
        front_at(st, base + at).time = front_at(st, base + at + 1).time
        front_at(st, base + at).cost = front_at(st, base + at + 1).cost


@kernel
def _enter(st: State, base: int, size: int, time: int, cost: int) -> int:
    """Enter a point into a front, sorted by time, costs falling; returns the new size."""
    at = size
    while at > 0 and front_at(st, base + at - 1).time > time:
        at -= 1
    if at > 0 and front_at(st, base + at - 1).cost <= cost:
        return size
    last = at
    while last < size and front_at(st, base + last).cost >= cost:
        last += 1
    if last == at:
        for i in range(size, at, -1):
            front_at(st, base + i).time = front_at(st, base + i - 1).time
            front_at(st, base + i).cost = front_at(st, base + i - 1).cost
        size += 1
    elif last > at + 1:
        for i in range(last, size):
            front_at(st, base + at + 1 + i - last).time = front_at(st, base + i).time
            front_at(st, base + at + 1 + i - last).cost = front_at(st, base + i).cost
        size -= last - at - 1
    front_at(st, base + at).time = time
    front_at(st, base + at).cost = cost
    if size > FRONTS:
        _thin(st, base, size)
        size -= 1
    return size


@kernel
def _merge(st: State, merged: int, one: int) -> int:
    """Combine two fronts that must both be waited for into the first; returns its size."""
    if merged == 0 or one == 0:
        return 0
    size, i, j = 0, 0, 0
    time = max(front_at(st, MERGED).time, front_at(st, ONE).time)
    while True:
        while i + 1 < merged and front_at(st, MERGED + i + 1).time <= time:
            i += 1
        while j + 1 < one and front_at(st, ONE + j + 1).time <= time:
            j += 1
        size = _enter(st, SPARE, size, time, front_at(st, MERGED + i).cost + front_at(st, ONE + j).cost)
        time = NEVER
        if i + 1 < merged:
            time = front_at(st, MERGED + i + 1).time
        if j + 1 < one:
            time = min(time, front_at(st, ONE + j + 1).time)
        if time == NEVER:
            break
    for at in range(size):
        front_at(st, MERGED + at).time = front_at(st, SPARE + at).time
        front_at(st, MERGED + at).cost = front_at(st, SPARE + at).cost
    return size


@kernel
def _streamed(net: Tables, link: int, option: int, start: int, end: int, site: int, pieces: int, work: int) -> int:
    """About when work fed in batches can begin: not before the first, nor so that it would wait for the last."""
    row = link_at(net, link)
    batch = max(row.batch, (pieces + BATCHES - 1) // BATCHES)
    setup = option_at(net, option).setup
    first = start + setup + (end - start - setup) * batch // pieces
    here = option_at(net, option).site
    last = arrival(net, here, site, row.lag + end)
    return max(arrival(net, here, site, row.lag + first), last - work * (pieces - batch) // pieces)


@kernel
def _arrivals(net: Tables, st: State, link: int, option: int, base: int) -> int:
    """The front of arrivals over a link at an option; returns its size."""
    row, there = link_at(net, link), option_at(net, option)
    giver = row.before
    pieces = row.per * op_at(net, there.op).rest
    if done_at(st, giver).placed or op_at(net, giver).rest == 0:
        time, cost = 0, 0
        for number in range(op_at(net, giver).lot0, op_at(net, giver).lot0 + done_at(st, giver).lots):
            lot = lot_at(st, number)
            site = option_at(net, mode_at(net, lot.mode).option).site
            time = max(time, arrival(net, site, there.site, lot.end + row.lag))
            share = pieces * lot.quantity // op_at(net, giver).quantity
            cost += carriage(net, site, there.site, share * row.mass)
        return _enter(st, ONE, 0, time, cost)
    size = 0
    for from_option in range(op_at(net, giver).option0, op_at(net, giver).option1):
        labels = labels_of(st, from_option - base).index
        if labels == 0:
            continue
        site = option_at(net, from_option).site
        cost = carriage(net, site, there.site, pieces * row.mass)
        for at in range(labels):
            label = label_at(st, (from_option - base) * LABELS + at)
            size = _enter(st, ONE, size, arrival(net, site, there.site, label.end + row.lag), label.cost + cost)
            if 0 < row.batch < pieces:
                time = _streamed(net, link, from_option, label.start, label.end, there.site, pieces, there.run)
                dearer = cost if site == there.site else cost * min(BATCHES, pieces // row.batch)
                size = _enter(st, ONE, size, time, label.cost + dearer)
    return size


@kernel
def _label_in_force(net: Tables, st: State, option: int, slot: int, size: int, own: int) -> int:
    """Make the first label of an option that of the plan in force; 0 when it is not there or cannot be.

    Args:
        size: of the front of what feeds it.
        own: what the option costs by itself.
    """
    row = option_at(net, option)
    op = op_at(net, row.op)
    there = force_at(net, op.force1 - 1)
    if there.option != option or front_at(st, MERGED).time > there.start:
        return 0
    point = 0
    while point + 1 < size and front_at(st, MERGED + point + 1).time <= there.start:
        point += 1
    if fit(net, st, there.mode, row.run, there.start, 0) != there.start:
        return 0
    end, cost = found(st).end, front_at(st, MERGED + point).cost + own
    if cost + row.tail_cost + time_cost(net, st, op.case, end + row.tail_time) > now(st).budget:
        return 0
    label = label_at(st, slot)
    label.start, label.end, label.cost = there.start, end, cost
    label.ready, label.stay = front_at(st, MERGED + point).time, 1
    return 1


@kernel
def _label(net: Tables, st: State, option: int, base: int) -> None:
    """Fill the labels of an option from the fronts of what feeds it."""
    row = option_at(net, option)
    op = op_at(net, row.op)
    front_at(st, MERGED).time = max(now(st).floor, case_at(net, op.case).release)
    front_at(st, MERGED).cost = 0
    size = 1
    for link in range(op.link0, op.link1):
        size = _merge(st, size, _arrivals(net, st, link, option, base))
    own = row.fixed + row.unit * op.rest + extra_cost(net, st, option, row.run)
    slot = (option - base) * LABELS
    kept = _label_in_force(net, st, option, slot, size, own) if op.stays == 1 else 0
    own += moving_price(net, row.op)
    count = kept
    for point in range(size):
        ready = front_at(st, MERGED + point).time
        least = front_at(st, MERGED + point).cost + own + row.tail_cost
        if least + time_cost(net, st, op.case, ready + row.run + row.tail_time) > now(st).budget:
            continue
        best_start, best_end = 0, NEVER
        for mode in range(row.mode0, row.mode1):
            start = fit(net, st, mode, row.run, ready, 0)
            if start >= 0 and found(st).end < best_end:
                best_start, best_end = start, found(st).end
        if best_end == NEVER:
            break
        if least + time_cost(net, st, op.case, best_end + row.tail_time) > now(st).budget:
            continue
        # the same end for less replaces; of too many the last are left out but for the cheapest
        if count > kept and (label_at(st, slot + count - 1).end >= best_end or count == LABELS):
            count -= 1
        label = label_at(st, slot + count)
        label.start, label.end = best_start, best_end
        label.cost = front_at(st, MERGED + point).cost + own
        label.ready = ready
        label.stay = 0
        count += 1
    labels_of(st, option - base).index = count


@kernel
def _finish(net: Tables, st: State, case: int, base: int) -> int:
    """The moment of completion with the least cost in all; -1 when some last operation goes nowhere."""
    row = case_at(net, case)
    front_at(st, MERGED).time = row.release
    front_at(st, MERGED).cost = 0
    size = 1
    for op in range(row.op0, row.op1):
        there = op_at(net, op)
        if done_at(st, op).placed or there.rest == 0 or not there.last:
            continue
        one = 0
        for option in range(there.option0, there.option1):
            site, cost = option_at(net, option).site, 0
            if row.site >= 0 and labels_of(st, option - base).index > 0:
                cost = carriage(net, site, row.site, there.rest * there.mass)
            for at in range(labels_of(st, option - base).index):
                label = label_at(st, (option - base) * LABELS + at)
                time = label.end
                if row.site >= 0:
                    if missed(net, site, row.site, time):
                        continue
                    time = arrival(net, site, row.site, time)
                one = _enter(st, ONE, one, time, label.cost + cost)
        size = _merge(st, size, one)
    best, best_cost = -1, 0
    for at in range(size):
        point = front_at(st, MERGED + at)
        cost = point.cost + time_cost(net, st, case, point.time)
        if best < 0 or cost < best_cost:
            best, best_cost = point.time, cost
    return best


@kernel
def _choose(net: Tables, st: State, op: int, base: int, site: int, lag: int, grams: int, by: int) -> None:
    """Suggest for an operation the cheapest option that reaches a site by a minute, else the fastest."""
    row, done = op_at(net, op), done_at(st, op)
    best_cost, first, stay = 0, NEVER, 0
    fastest, fastest_ready, fastest_stay = -1, 0, 0
    done.pick = -1
    for option in range(row.option0, row.option1):
        labels = labels_of(st, option - base).index
        if labels == 0:
            continue
        cost = 0
        if site >= 0:
            cost = carriage(net, option_at(net, option).site, site, grams)
        for at in range(labels):
            label = label_at(st, (option - base) * LABELS + at)
            time = label.end + lag
            if site >= 0:
                time = arrival(net, option_at(net, option).site, site, time)
            if time <= by and (done.pick < 0 or label.cost + cost < best_cost):
                done.pick, best_cost, done.key, stay = option, label.cost + cost, label.ready, label.stay
            if time < first:
                first, fastest, fastest_ready, fastest_stay = time, option, label.ready, label.stay
    if done.pick < 0:
        done.pick, done.key, stay = fastest, fastest_ready, fastest_stay
    # the program knows whole sub-lots only: divided work goes where it was most of the time
    done.stay = stay if row.stays <= 1 else 1 if below(st, 4) > 0 else 0


@routine
def suggest(net: Tables, st: State, case: int) -> int:
    """Set ``pick`` of every operation of a case that is not placed; -1 where the program has nothing to say.

    Returns 0 when there is no way within the budget (picks are then not set), as far as the program sees.
    """
    row = case_at(net, case)
    base = op_at(net, row.op0).option0
    bounded = row.rigid and now(st).budget < ENDLESS
    for op in range(row.op0, row.op1):
        there = op_at(net, op)
        done_at(st, op).pick = -1
        done_at(st, op).stay = 0
        known = done_at(st, op).placed or there.rest == 0
        labelled = 0
        for option in range(there.option0, there.option1):
            labels_of(st, option - base).index = 0
            others = labelled > 0 or option + 1 < there.option1
            overlooked = others and below(st, 1000) < settings(st).blink
            hopeless = option_at(net, option).subtree + option_at(net, option).tail_cost > now(st).budget
            if not known and permitted(net, st, option) and not overlooked and not hopeless:
                _label(net, st, option, base)
                labelled += labels_of(st, option - base).index
        if bounded and not known and labelled == 0:
            return 0
    end = _finish(net, st, case, base)
    if end < 0:
        return 0 if bounded else 1
    for op in range(row.op1 - 1, row.op0 - 1, -1):
        there = op_at(net, op)
        if done_at(st, op).placed or there.rest == 0:
            continue
        if there.last:
            _choose(net, st, op, base, row.site, 0, there.rest * there.mass, end)
            continue
        for at in range(there.out0, there.out1):
            flow = link_at(net, out_at(net, at).link)
            taker = done_at(st, flow.after)
            if taker.pick >= 0 and not taker.placed:
                pieces = flow.per * op_at(net, flow.after).rest
                site = option_at(net, taker.pick).site
                _choose(net, st, op, base, site, flow.lag, pieces * flow.mass, taker.key)
                break
    return 1

"""Place the later part of a plan anew in the order of its starts: everything moves up, a few things change places."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel, routine
from zagumi.engine.solve.schedule.case import led
from zagumi.engine.solve.schedule.chance import below
from zagumi.engine.solve.schedule.hours import arrival
from zagumi.engine.solve.schedule.occupancy import span_of
from zagumi.engine.solve.schedule.placing import place_op
from zagumi.engine.solve.schedule.records import NEVER, State, Tables
from zagumi.engine.solve.schedule.rows import (
    case_at,
    done_at,
    feed_at,
    link_at,
    lot_at,
    mode_at,
    now,
    op_at,
    option_at,
    queue_at,
    room_at,
    rules,
    span_at,
    touched_at,
)
from zagumi.engine.solve.schedule.ruin import take_op, touch
from zagumi.engine.solve.schedule.stability import moving_cost


@kernel
def _start(net: Tables, st: State, op: int) -> int:
    """First start among an operation's sub-lots that are not frozen."""
    row, first = op_at(net, op), NEVER
    for number in range(row.lot0 + row.frozen, row.lot0 + done_at(st, op).lots):
        first = min(first, lot_at(st, number).start)
    return first


@kernel
def _latest_giver(net: Tables, st: State, lot: int) -> int:
    """The sub-lot whose pieces reach a sub-lot last; -1 when nothing feeds it."""
    row = lot_at(st, lot)
    op = op_at(net, row.op)
    site = option_at(net, mode_at(net, row.mode).option).site
    latest, giver = -1, -1
    for link in range(op.link0, op.link1):
        flow = link_at(net, link)
        for number in range(done_at(st, flow.before).lots):
            if feed_at(st, flow.feed0 + number * flow.width + lot - op.lot0).pieces > 0:
                other = lot_at(st, op_at(net, flow.before).lot0 + number)
                from_site = option_at(net, mode_at(net, other.mode).option).site
                time = arrival(net, from_site, site, other.end + flow.lag)
                if time > latest:
                    latest, giver = time, op_at(net, flow.before).lot0 + number
    return giver


@kernel
def _last_lot(net: Tables, st: State, case: int) -> int:
    """The sub-lot of a case that ends last; -1 when it has none."""
    latest, last = -1, -1
    for op in range(case_at(net, case).op0, case_at(net, case).op1):
        for number in range(op_at(net, op).lot0, op_at(net, op).lot0 + done_at(st, op).lots):
            if lot_at(st, number).end > latest:
                latest, last = lot_at(st, number).end, number
    return last


@kernel
def _trace(net: Tables, st: State, case: int) -> int:
    """Enter into the queue, from the end back, the sub-lots that a case's completion hangs on; returns how many."""
    lot, count = _last_lot(net, st, case), 0
    while lot >= 0 and count < rules(net).op_count:
        queue_at(st, count).index = lot
        count += 1
        row = lot_at(st, lot)
        giver = _latest_giver(net, st, lot)
        before = -1
        if row.tied:
            machine = option_at(net, mode_at(net, row.mode).option).machine
            at = span_of(net, st, machine, lot)
            if at > 0:
                before = span_at(st, room_at(net, machine).first + at - 1).lot
        # whichever ends later held it up
        lot = before if before >= 0 and (giver < 0 or lot_at(st, before).end > lot_at(st, giver).end) else giver
    return count


@kernel
def _loosen(net: Tables, st: State, op: int) -> None:
    """Let an operation choose its option anew where its team is free, or go before what stands before it."""
    lot = op_at(net, op).lot0 + op_at(net, op).frozen
    row = lot_at(st, lot)
    done_at(st, op).stay = 0
    if below(st, 2) == 0 and not case_at(net, op_at(net, op).case).guarded:
        done_at(st, op).pick = -1
        return
    if not row.tied:
        return
    machine = option_at(net, mode_at(net, row.mode).option).machine
    at = span_of(net, st, machine, lot) - 1 - below(st, 2)
    if at >= 0:
        before = span_at(st, room_at(net, machine).first + at).lot
        if before >= 0:
            done_at(st, op).key = min(done_at(st, op).key, done_at(st, lot_at(st, before).op).key - 1)


@kernel
def _later(st: State, one: int, other: int) -> int:
    first, second = queue_at(st, one).index, queue_at(st, other).index
    left, right = done_at(st, first).key, done_at(st, second).key
    return 1 if left > right or (left == right and first > second) else 0


@kernel
def _sift(st: State, root: int, count: int) -> None:
    while 2 * root + 1 < count:
        child = 2 * root + 1
        if child + 1 < count and _later(st, child + 1, child):
            child += 1
        if not _later(st, child, root):
            return
        swap = queue_at(st, root).index
        queue_at(st, root).index = queue_at(st, child).index
        queue_at(st, child).index = swap
        root = child


@kernel
def _sort(st: State, count: int) -> None:
    """Sort the queue by key, then operation (heap sort)."""
    for root in range(count // 2 - 1, -1, -1):
        _sift(st, root, count)
    for last in range(count - 1, 0, -1):
        top = queue_at(st, 0).index
        queue_at(st, 0).index = queue_at(st, last).index
        queue_at(st, last).index = top
        _sift(st, 0, last)


@routine
def replay(net: Tables, st: State, case: int) -> int:
    """Place anew, after loosening some of what a case's completion hangs on (nothing when it is -1).

    Returns whether everything found a place.
    """
    for op in range(rules(net).op_count):
        done_at(st, op).key = _start(net, st, op) if done_at(st, op).placed else NEVER
        lot = op_at(net, op).lot0 + op_at(net, op).frozen
        done_at(st, op).pick = mode_at(net, lot_at(st, lot).mode).option if op_at(net, op).rest > 0 else -1
        done_at(st, op).stay = 0
        if op_at(net, op).stays > 0 and done_at(st, op).placed:
            done_at(st, op).stay = 1 if moving_cost(net, st, op, done_at(st, op).lots) == 0 else 0
    since = 0
    if case >= 0:
        count = _trace(net, st, case)
        since = NEVER
        for _ in range(1 + below(st, 3)):
            if count == 0:
                return 0
            op = lot_at(st, queue_at(st, below(st, count)).index).op
            if op_at(net, op).rest > 0 and done_at(st, op).placed:
                _loosen(net, st, op)
                since = min(since, done_at(st, op).key)
    count = 0
    for op in range(rules(net).op_count):
        row = op_at(net, op)
        if not done_at(st, op).placed:
            continue
        for link in range(row.link0, row.link1):
            done_at(st, op).key = max(done_at(st, op).key, done_at(st, link_at(net, link).before).key)
        if done_at(st, op).key >= since:
            queue_at(st, count).index = op
            count += 1
    _sort(st, count)
    for at in range(count - 1, -1, -1):
        touch(st, op_at(net, queue_at(st, at).index).case)
        take_op(net, st, queue_at(st, at).index)
    if now(st).forced > 0:
        return 0
    now(st).replaying = 1
    back = 1
    for at in range(count):
        op = queue_at(st, at).index
        if back and not place_op(net, st, op, done_at(st, op).pick):
            back = 0
    now(st).replaying = 0
    if back and rules(net).lead_required:
        for at in range(now(st).touched):
            back = min(back, led(net, st, touched_at(st, at).index))
    return back

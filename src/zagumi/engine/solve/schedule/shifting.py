"""Whole sub-lots shifted along their machines, while the order on each machine stays.

Where dates leave room, work that begins no sooner than it must leaves early time in one piece, in which further cases
find a place that scattered gaps do not offer. The search therefore postpones; a plan that leaves has its work advanced
again, so that slack lies before the dates and not before the work.

Work stays where it is when others' times hang on more than its end, where pieces go in transfer batches; so do frozen
work and operations of the plan in force. As no order changes, neither does a set-up; a start stays within its band.
"""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel
from zagumi.engine.solve.schedule.case import new_stamp
from zagumi.engine.solve.schedule.chance import below
from zagumi.engine.solve.schedule.hours import arrival, clock, finish, opening, ready_for, window_at, worked
from zagumi.engine.solve.schedule.keeping import note_change
from zagumi.engine.solve.schedule.occupancy import band_of, span_of
from zagumi.engine.solve.schedule.records import Line, State, Tables
from zagumi.engine.solve.schedule.rows import (
    case_at,
    done_at,
    feed_at,
    link_at,
    lot_at,
    machine_at,
    mode_at,
    now,
    op_at,
    option_at,
    out_at,
    room_at,
    rules,
    span_at,
    used_at,
    window_row,
    worth_at,
)
from zagumi.engine.solve.schedule.worth import appraise

STRETCH = 16  # work of a machine that is looked at in one go


@kernel
def _shiftable(net: Tables, st: State, lot: int) -> int:
    """Whether a sub-lot may be shifted."""
    row = lot_at(st, lot)
    op = op_at(net, row.op)
    if not row.tied or row.frozen or row.start == row.end or op.force1 > op.force0:
        return 0
    for link in range(op.link0, op.link1):
        if link_at(net, link).batch > 0:
            return 0
    for at in range(op.out0, op.out1):
        if link_at(net, out_at(net, at).link).batch > 0:
            return 0
    return 1


@kernel
def _same_band(net: Tables, machine: int, one: int, other: int) -> int:
    """Whether a machine publishes no bands, or two starts lie in the same."""
    row = machine_at(net, machine)
    return 1 if row.band1 == row.band0 or band_of(net, machine, one) == band_of(net, machine, other) else 0


@kernel
def _site(net: Tables, st: State, lot: int) -> int:
    return int(option_at(net, mode_at(net, lot_at(st, lot).mode).option).site)


@kernel
def _arrival(net: Tables, st: State, lot: int) -> int:
    """First minute at which a sub-lot may start, fed in whole movements: its release or the last arrival."""
    row = lot_at(st, lot)
    op, site = op_at(net, row.op), _site(net, st, lot)
    ready = int(case_at(net, op.case).release)
    for link in range(op.link0, op.link1):
        flow = link_at(net, link)
        giver0 = op_at(net, flow.before).lot0
        for number in range(done_at(st, flow.before).lots):
            if feed_at(st, flow.feed0 + number * flow.width + lot - op.lot0).pieces > 0:
                giver = giver0 + number
                ready = max(ready, arrival(net, _site(net, st, giver), site, lot_at(st, giver).end + flow.lag))
    return ready


@kernel
def _wanted(net: Tables, st: State, lot: int) -> int:
    """The last minute at which a sub-lot may end so that nothing else moves and no case costs more."""
    row = lot_at(st, lot)
    op, site = op_at(net, row.op), _site(net, st, lot)
    case = case_at(net, op.case)
    by = max(worth_at(st, op.case).end, min(case.due - case.buffer, rules(net).horizon))
    if case.site >= 0 and op.last:
        by = ready_for(net, site, case.site, by)
    for at in range(op.out0, op.out1):
        flow = link_at(net, out_at(net, at).link)
        taker0, feed0 = op_at(net, flow.after).lot0, flow.feed0 + (lot - op.lot0) * flow.width
        for number in range(done_at(st, flow.after).lots):
            if feed_at(st, feed0 + number).pieces > 0:
                taker = taker0 + number
                by = min(by, ready_for(net, site, _site(net, st, taker), lot_at(st, taker).start) - flow.lag)
    return by


@kernel
def _tell_takers(net: Tables, st: State, lot: int) -> None:
    """Note when those that a sub-lot gives to can start now."""
    op = op_at(net, lot_at(st, lot).op)
    for at in range(op.out0, op.out1):
        flow = link_at(net, out_at(net, at).link)
        taker, feed0 = op_at(net, flow.after), flow.feed0 + (lot - op.lot0) * flow.width
        for number in range(taker.frozen, done_at(st, flow.after).lots):
            if feed_at(st, feed0 + number).pieces > 0:
                lot_at(st, taker.lot0 + number).ready = _arrival(net, st, taker.lot0 + number)


@kernel
def _latest_start(net: Tables, hours: int, minutes: int, by: int, pause: int) -> int:
    """The last minute at which work may start to be done by a minute; -1 when there is none it finds."""
    start = clock(net, hours, worked(net, hours, by) - minutes)
    if start < 0 or pause or finish(net, hours, start, minutes) - start == minutes:
        return start
    window = window_row(net, window_at(net, hours, start))
    return int(window.end - minutes) if window.end - minutes >= window.start else -1


@kernel
def _earliest_start(net: Tables, hours: int, minutes: int, ready: int, pause: int) -> int:
    """The first minute from one on at which work may start; -1 when there is none."""
    start = opening(net, hours, ready)
    while start >= 0 and not pause and finish(net, hours, start, minutes) - start != minutes:
        start = opening(net, hours, window_row(net, window_at(net, hours, start)).end)
    return start


@kernel
def postpone(net: Tables, st: State, machine: int) -> None:
    """Let work of a machine, the last first, begin as late as it can for nothing; no value changes.

    Of much work a stretch is looked at, so that this takes no more where plans are larger.
    """
    base, count = room_at(net, machine).first, used_at(st, machine).spans
    last = base + count - 1 - (below(st, count) if count > STRETCH else 0)
    now(st).logged = 0
    for span in range(last, max(base, last - STRETCH + 1) - 1, -1):
        lot = span_at(st, span).lot
        if lot < 0 or not _shiftable(net, st, lot):
            continue
        row = lot_at(st, lot)
        by = _wanted(net, st, lot)
        if span < base + count - 1:
            by = min(by, span_at(st, span + 1).start)
        person = mode_at(net, row.mode).person
        attended = 0
        if person >= 0:
            person += rules(net).machine_count
            attended = room_at(net, person).first + span_of(net, st, person, lot)
            if attended < room_at(net, person).first + used_at(st, person).spans - 1:
                by = min(by, span_at(st, attended + 1).start)
        if by <= row.end:
            continue
        hours, minutes = mode_at(net, row.mode).hours, row.setup + row.run
        start = _latest_start(net, hours, minutes, by, op_at(net, row.op).pause)
        if start <= row.start or not _same_band(net, machine, row.start, start):
            continue
        row.start = start
        row.end = finish(net, hours, start, minutes)
        span_at(st, span).start = row.start
        span_at(st, span).end = row.end
        if person >= 0:
            span_at(st, attended).start = row.start
            span_at(st, attended).end = row.end
        _tell_takers(net, st, lot)
        case = op_at(net, row.op).case
        if op_at(net, row.op).last or case_at(net, case).site < 0:
            appraise(net, st, case, new_stamp(st))
        note_change(st, row.op)
    now(st).logged = 0


@kernel
def advance(net: Tables, st: State, order: Line, free: Line) -> None:
    """Let work begin as soon as it can, changing nothing but the times of sub-lots.

    Args:
        order: all sub-lots and bookings by start, then end; a booking as -1 - its number.
        free: by machine, by person, then twice by booking: they are not free before; for bookings machine and end.
    """
    machines = rules(net).machine_count
    resources = machines + rules(net).person_count
    for at in range(len(order)):
        lot = order[at]
        if lot < 0:
            booking = resources + 2 * (-1 - lot)
            free[free[booking]] = max(free[free[booking]], free[booking + 1])
            continue
        row = lot_at(st, lot)
        mode = mode_at(net, row.mode)
        machine, person = option_at(net, mode.option).machine, machines + mode.person
        if _shiftable(net, st, lot):
            minutes = row.setup + row.run
            ready = max(_arrival(net, st, lot), free[machine])
            if mode.person >= 0:
                ready = max(ready, free[person])
            start = _earliest_start(net, mode.hours, minutes, ready, op_at(net, row.op).pause)
            if 0 <= start < row.start and _same_band(net, machine, row.start, start):
                row.start = start
                row.end = finish(net, mode.hours, start, minutes)
        if row.tied:
            free[machine] = max(free[machine], row.end)
        if mode.person >= 0 and row.start < row.end:
            free[person] = max(free[person], row.end)

"""The first gap that holds a sub-lot on a machine, with the person who attends it."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel, routine
from zagumi.engine.solve.schedule.hours import clock, finish, window_at
from zagumi.engine.solve.schedule.occupancy import changeover, family_before, first_after, retimed
from zagumi.engine.solve.schedule.records import State, Tables
from zagumi.engine.solve.schedule.rows import (
    band_at,
    found,
    hours_at,
    lot_at,
    machine_at,
    mode_at,
    offer_at,
    op_at,
    option_at,
    room_at,
    rules,
    span_at,
    used_at,
    window_row,
)


@kernel
def _in_band(net: Tables, st: State, machine: int, start: int, minutes: int) -> int:
    """First minute from ``start`` on in a band with so many minutes left; -1 when there is none."""
    for band in range(machine_at(net, machine).band0, machine_at(net, machine).band1):
        row = band_at(net, band)
        if row.end > start and offer_at(st, band).minutes + minutes <= row.minutes:
            return max(start, row.start)
    return -1


@kernel
def _free_again(net: Tables, st: State, person: int, start: int, end: int) -> int:
    """When a person is free again who is taken between start and end; -1 when free all the time."""
    resource = rules(net).machine_count + person
    at = first_after(net, st, resource, start)
    if at < used_at(st, resource).spans:
        span = span_at(st, room_at(net, resource).first + at)
        if span.start < end:
            return span.end
    return -1


@kernel
def _hold(
    net: Tables, st: State, mode: int, pause: int, start: int, limit: int, minutes: int, more: int
) -> tuple[int, int]:
    """First (start, end) of so much work from ``start`` on that ends by ``limit``; (-1, -1) when there is none.

    ``more``: minutes that the band must offer besides.
    """
    row = mode_at(net, mode)
    machine = option_at(net, row.option).machine
    hours = hours_at(net, row.hours)
    banded = machine_at(net, machine).band1 > machine_at(net, machine).band0
    at = max(window_at(net, row.hours, start), hours.window0)
    while start <= limit:
        while at < hours.window1 and window_row(net, at).end <= start:
            at += 1
        if at >= hours.window1:
            break
        start = max(start, window_row(net, at).start)
        if banded:
            inside = _in_band(net, st, machine, start, minutes + more)
            if inside < 0:
                break
            if inside > start:
                start = inside
                continue
        end = start + minutes
        if end > window_row(net, at).end:
            if not pause:
                start = window_row(net, at).end
                continue
            end = finish(net, row.hours, start, minutes)
            if end < 0:
                break
        if end > limit:
            break
        if row.person >= 0 and end > start:
            free = _free_again(net, st, row.person, start, end)
            if free >= 0:
                start = free
                continue
        return start, end
    return -1, -1


@kernel
def _behind(net: Tables, st: State, mode: int, at: int) -> tuple[int, int, int]:
    """What a sub-lot before the machine's span ``at`` does to the set-ups behind it.

    Returns whether they still fit, the minute by which the gap ends, and the working minutes they gain.
    """
    option = mode_at(net, mode).option
    machine = option_at(net, option).machine
    base = room_at(net, machine).first
    limit = span_at(st, base + at).start if at < used_at(st, machine).spans else rules(net).horizon
    family = op_at(net, option_at(net, option).op).family
    for place in range(at, used_at(st, machine).spans):
        lot = span_at(st, base + place).lot
        if lot < 0 or op_at(net, lot_at(st, lot).op).family == 0:
            continue
        row = lot_at(st, lot)
        more = 0
        if not row.frozen:
            setup = changeover(net, machine, family, mode_at(net, row.mode).option)
            if setup != row.setup:
                # the gap is still empty, so only spans before it bound the new start here
                start = retimed(net, st, lot, place, setup)
                if start < 0:
                    return 0, 0, 0
                more = max(0, setup - row.setup)
                if place == at:
                    limit = start
        if row.start < row.end:
            return 1, limit, more
    return 1, limit, 0


@kernel
def _fit_plain(net: Tables, st: State, machine: int, minutes: int, ready: int) -> int:
    """First start of so much work in a gap of a machine that is always open; -1 when there is none."""
    first = room_at(net, machine).first
    after = first + used_at(st, machine).spans
    start = ready
    for at in range(first + first_after(net, st, machine, ready), after):
        span = span_at(st, at)
        if start + minutes <= span.start:
            return start
        start = max(start, span.end)
    return start if start + minutes <= rules(net).horizon and start < rules(net).horizon else -1


@routine
def fit(net: Tables, st: State, mode: int, run: int, ready: int, supply: int) -> int:
    """Earliest start of a sub-lot in a gap of its machine, -1 when there is none; ``found`` has end and set-up.

    Args:
        run: working minutes without set-up.
        ready: first clock minute at which it may start.
        supply: least worked minute (of the mode's hours) at which its run may begin.
    """
    row = mode_at(net, mode)
    option = option_at(net, row.option)
    if row.plain:
        begin = _fit_plain(net, st, option.machine, option.setup + run, max(ready, supply - option.setup))
        found(st).end = begin + option.setup + run
        found(st).setup = option.setup
        return begin
    op = op_at(net, option.op)
    machine = option.machine
    base, used = room_at(net, machine).first, used_at(st, machine).spans
    tabled = op.family > 0 and machine_at(net, machine).setup0 >= 0
    setup, more = option.setup, 0
    at = first_after(net, st, machine, ready)
    start = ready
    while True:
        if at > 0:
            start = max(start, span_at(st, base + at - 1).end)
        limit = span_at(st, base + at).start if at < used else rules(net).horizon
        usable = True
        if tabled and start <= limit:
            setup = changeover(net, machine, family_before(net, st, machine, at), row.option)
            if setup + run > 0:
                fits, limit, more = _behind(net, st, mode, at)
                usable = fits > 0
        if usable and start <= limit:
            first = start
            if supply > setup:
                later = clock(net, row.hours, supply - setup)
                if later < 0:
                    return -1
                first = max(first, later)
            if first <= limit:
                begin, end = _hold(net, st, mode, op.pause, first, limit, setup + run, more)
                if begin >= 0:
                    found(st).end = end
                    found(st).setup = setup
                    return begin
        if at >= used:
            return -1
        at += 1

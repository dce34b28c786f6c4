"""Open hours: the clock minutes a sub-lot takes for its working minutes, pauses included."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from ortools.sat.python import cp_model

from zagumi.engine.clock import WorkingTime
from zagumi.engine.solve.exact.base import Base, Literal, Lot, Term


def keep_hours(
    base: Base, lot: Lot, literal: Literal, hours: WorkingTime, minutes: Term, bounds: tuple[int, int]
) -> None:
    """Start in open hours and take ``minutes`` of them, when ``literal`` holds.

    Args:
        minutes: a whole number, or a term that is at least 1 when the literal holds.
        bounds: first and last start worth looking at.
    """
    windows = [(max(a, bounds[0]), min(b - 1, bounds[1])) for a, b in hours.windows]
    windows = [(first, last) for first, last in windows if first <= last]
    if not windows:
        base.cp.add_bool_and([literal.negated()])
        return
    if len(hours.windows) == 1:
        _start_within(base, lot, literal, windows)
        base.cp.add(lot.size == minutes).only_enforce_if(literal)
        base.cp.add(lot.end <= hours.windows[0][1]).only_enforce_if(literal)
    elif not isinstance(minutes, int):
        _any_minutes(base, lot, literal, hours, minutes, bounds)
    elif lot.operation.may_pause and minutes:
        _pausing(base, lot, literal, hours, minutes, bounds)
    else:
        fitting = [
            (first, min(last, b - minutes))
            for (a, b) in hours.windows
            for first, last in [(max(a, bounds[0]), min(b - 1, bounds[1]))]
            if first <= min(last, b - minutes)
        ]
        _start_within(base, lot, literal, fitting)
        base.cp.add(lot.size == minutes).only_enforce_if(literal)


def _start_within(base: Base, lot: Lot, literal: Literal, windows: list[tuple[int, int]]) -> None:
    """Windows here contain both ends."""
    domain = cp_model.Domain.from_intervals([list(window) for window in windows])
    base.cp.add_linear_expression_in_domain(lot.start, domain).only_enforce_if(literal)


def stretches(hours: WorkingTime, minutes: int, bounds: tuple[int, int]) -> Iterator[tuple[int, int, int]]:
    """First and last start of each stretch of starts with the same pause, and that pause in minutes."""
    opens = [a for a, _ in hours.windows]
    for a, b in hours.windows:
        start, last = max(a, bounds[0]), min(b - 1, bounds[1])
        while start <= last:
            end = hours.finish(start, minutes)
            if end is None:
                return
            closing = hours.windows[bisect_left(opens, end) - 1][1]
            until = min(last, start + closing - end)
            yield start, until, end - start - minutes
            start = until + 1


def _pausing(base: Base, lot: Lot, literal: Literal, hours: WorkingTime, minutes: int, bounds: tuple[int, int]) -> None:
    """A literal for each length of pause; few lengths occur (lunch, night, weekend), each at many starts."""
    by_pause: dict[int, list[tuple[int, int]]] = {}
    for first, last, pause in stretches(hours, minutes, bounds):
        by_pause.setdefault(pause, []).append((first, last))
    pauses: dict[int, Literal] = {pause: base.flag() if len(by_pause) > 1 else literal for pause in by_pause}
    base.cp.add(sum(pauses.values()) == literal)
    for pause, chosen in pauses.items():
        _start_within(base, lot, chosen, by_pause[pause])
        base.cp.add(lot.size == minutes + pause).only_enforce_if(chosen)


def _any_minutes(
    base: Base, lot: Lot, literal: Literal, hours: WorkingTime, minutes: Term, bounds: tuple[int, int]
) -> None:
    """Literals for the windows of start and end; their offsets turn clock minutes into worked minutes.

    A clock minute less its window's offset is the number of open minutes before it.
    """
    cp, may_pause = base.cp, lot.operation.may_pause
    starts, ends, offset = [], [], []
    for (a, b), before in zip(hours.windows, hours.before, strict=True):
        if b <= bounds[0]:
            continue
        begun, done = base.flag(), base.flag()
        cp.add_linear_constraint(lot.start, a, b - 1).only_enforce_if(begun)
        cp.add_linear_constraint(lot.end, a + 1, b).only_enforce_if(done)
        if not may_pause:
            cp.add(begun == done)
        starts.append(begun)
        ends.append(done)
        offset.append(a - before)
    cp.add(sum(starts) == literal)
    cp.add(sum(ends) == literal)
    paused = cp_model.LinearExpr.weighted_sum([*ends, *starts], [*offset, *(-o for o in offset)])
    cp.add(lot.size == minutes + paused).only_enforce_if(literal)

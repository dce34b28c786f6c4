"""Whole minutes and the hours in which work happens.

A calendar is a sorted tuple of disjoint half-open windows ``(open, close)`` in minutes after the
problem's origin. Here shifts, holidays and one-off closures become such windows, and
:class:`WorkingTime` converts between clock minutes and worked minutes.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Window = tuple[int, int]

MINUTES_PER_DAY = 1440
MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY


def union(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The same minutes as sorted, disjoint, non-touching windows; empty windows vanish."""
    merged: list[Window] = []
    for start, end in sorted(window for window in windows if window[0] < window[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def without(windows: Iterable[Window], closed: Iterable[Window]) -> tuple[Window, ...]:
    """The minutes of ``windows`` that lie in no window of ``closed``."""
    holes = union(closed)
    left: list[Window] = []
    first = 0
    for start, end in union(windows):
        while first < len(holes) and holes[first][1] <= start:
            first += 1
        position, hole = start, first
        while hole < len(holes) and holes[hole][0] < end:
            if holes[hole][0] > position:
                left.append((position, holes[hole][0]))
            position = max(position, holes[hole][1])
            hole += 1
        if position < end:
            left.append((position, end))
    return tuple(left)


def common(one: Sequence[Window], other: Sequence[Window]) -> tuple[Window, ...]:
    """The minutes that lie in both of two sorted, disjoint sequences of windows."""
    both: list[Window] = []
    i = j = 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < end:
            both.append((start, end))
        if one[i][1] <= other[j][1]:
            i += 1
        else:
            j += 1
    return tuple(both)


def weekly(
    shifts: Iterable[Window],
    *,
    first_weekday: int,
    horizon: int,
    closed: Iterable[Window] = (),
    extra: Iterable[Window] = (),
) -> tuple[Window, ...]:
    """Windows of a weekly pattern.

    Args:
        shifts: windows in minutes after Monday 00:00; a night shift may run past Sunday midnight.
        first_weekday: weekday of minute 0 (Monday is 0); minute 0 is that day's midnight.
        horizon: no window reaches beyond this minute.
        closed: closures in minutes after the origin; they win over the weekly pattern.
        extra: one-off openings (overtime, Saturday work); they win over closures.
    """
    pattern = list(shifts)
    offset = -first_weekday * MINUTES_PER_DAY
    weeks = range(-1, (horizon - offset) // MINUTES_PER_WEEK + 1)
    base = [
        (offset + week * MINUTES_PER_WEEK + start, offset + week * MINUTES_PER_WEEK + end)
        for week in weeks
        for start, end in pattern
    ]
    opened = union([*without(base, closed), *extra])
    return common(opened, ((0, horizon),))


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """Clock minutes to worked minutes and back, in logarithmic time.

    ``before[i]`` is the number of open minutes before ``windows[i]`` opens.
    """

    windows: tuple[Window, ...]
    before: tuple[int, ...]

    @classmethod
    def of(cls, windows: Iterable[Window]) -> WorkingTime:
        """Prepare sorted, disjoint windows for conversion."""
        ordered = tuple(windows)
        total, before = 0, []
        for start, end in ordered:
            before.append(total)
            total += end - start
        return cls(ordered, tuple(before))

    @property
    def total(self) -> int:
        """All open minutes."""
        if not self.windows:
            return 0
        start, end = self.windows[-1]
        return self.before[-1] + end - start

    def worked(self, minute: int) -> int:
        """Open minutes before the clock minute ``minute``."""
        at = bisect_right(self.windows, (minute, minute)) - 1
        # a window that opens exactly at ``minute`` sorts after (minute, minute) and adds nothing
        if at < 0:
            return 0
        start, end = self.windows[at]
        return self.before[at] + min(minute, end) - start

    def opening(self, minute: int) -> int | None:
        """First open minute at or after ``minute``; None when there is none."""
        at = bisect_right(self.windows, (minute, minute)) - 1
        if at >= 0 and self.windows[at][0] <= minute < self.windows[at][1]:
            return minute
        return self.windows[at + 1][0] if at + 1 < len(self.windows) else None

    def finish(self, start: int, minutes: int) -> int | None:
        """Earliest clock minute at which ``minutes`` of work begun at ``start`` are done."""
        if minutes == 0:
            return start
        target = self.worked(start) + minutes
        if target > self.total:
            return None
        at = bisect_left(self.before, target) - 1
        return self.windows[at][0] + target - self.before[at]

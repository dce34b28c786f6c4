"""From minutes to pixels: working days wide, closed days narrow; plain minutes without an origin."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from zagumi.engine.clock import MINUTES_PER_DAY, Window, common, union
from zagumi.engine.report.language import Clock
from zagumi.engine.report.markup import number, text

WORKING_DAY = 41.0
WIDEST_DAY = 160.0
FULL = 1100.0  # few days are drawn wider, up to this in all
CLOSED_DAY = 10.0
HOUR = 40.0
NARROWEST_DAY = 8.0
WIDEST = 6000.0
HEIGHT = 52
HOURS_UP_TO = 3  # days


@dataclass(frozen=True)
class Axis:
    """Pieces of time with their widths; ``edges[i]`` minutes are at ``places[i]`` pixels."""

    edges: tuple[int, ...]
    places: tuple[float, ...]
    marks: str
    lines: tuple[float, ...]
    closed: tuple[Window, ...]

    @property
    def width(self) -> float:
        """All of it, in pixels."""
        return self.places[-1]

    def x(self, minute: int) -> float:
        """Where a minute is."""
        at = min(max(bisect_right(self.edges, minute) - 1, 0), len(self.edges) - 2)
        first, last = self.edges[at], self.edges[at + 1]
        share = (min(max(minute, first), last) - first) / (last - first)
        return self.places[at] + share * (self.places[at + 1] - self.places[at])


def axis(clock: Clock, start: int, end: int, hours: Iterable[tuple[Window, ...]]) -> Axis:
    """An axis from ``start`` to ``end``; ``hours`` are the open hours of the machines shown."""
    if clock.origin is None:
        return _plain(start, max(end, start + 1))
    midnight = clock.origin.hour * 60 + clock.origin.minute
    first, last = (start + midnight) // MINUTES_PER_DAY, -(-(max(end, start + 1) + midnight) // MINUTES_PER_DAY)
    open_hours = union(window for windows in hours for window in windows)
    days = [(day * MINUTES_PER_DAY - midnight, (day + 1) * MINUTES_PER_DAY - midnight) for day in range(first, last)]
    if len(days) <= HOURS_UP_TO:
        return _hourly(clock, days)
    is_open = [bool(common((day,), open_hours)) for day in days]
    count = sum(is_open) or len(days)
    wide = min(max(WORKING_DAY, min(WIDEST_DAY, FULL / count)), max(NARROWEST_DAY, WIDEST / count))
    edges, places, marks, lines, closed = [days[0][0]], [0.0], [], [], []
    month = None
    for (begin, stop), works in zip(days, is_open, strict=True):
        when, x = clock.at(begin).date(), places[-1]
        width = wide if works or not any(is_open) else min(CLOSED_DAY, wide / 2)
        if (when.year, when.month) != month:
            month = (when.year, when.month)
            marks.append(f'<text x="{number(x + 4)}" y="18" class="strong">{text(clock.month(when))}</text>')
        if not works:
            closed.append((begin, stop))
        elif wide >= 30 or when.weekday() == 0:
            marks.append(_mark(x + width / 2 if wide >= 30 else x + 2, f"{when.day}", wide >= 30))
            lines.append(x)
        edges.append(stop)
        places.append(x + width)
    return Axis(tuple(edges), tuple(places), "".join(marks), tuple(lines), tuple(closed))


def _hourly(clock: Clock, days: list[Window]) -> Axis:
    marks, lines = [], []
    start, end = days[0][0], days[-1][1]
    for day, _ in days:
        x = (day - start) / 60 * HOUR
        marks.append(f'<text x="{number(x + 4)}" y="18" class="strong">{text(clock.day(clock.at(day).date()))}</text>')
    for hour in range((end - start) // 60):
        lines.append(hour * HOUR)
        if hour % 2 == 0:
            marks.append(_mark(hour * HOUR + 2, f"{(clock.at(start) + timedelta(hours=hour)):%H}", middle=False))
    return Axis((start, end), (0.0, (end - start) / 60 * HOUR), "".join(marks), tuple(lines), ())


def _plain(start: int, end: int) -> Axis:
    width = min(WIDEST, max(1000.0, (end - start) * 2.0 if end - start < 1500 else 1000.0))
    step = 10 ** math.floor(math.log10(max(1, (end - start) / 8)))
    step = next(int(step * factor) for factor in (1, 2, 5, 10) if (end - start) / (step * factor) <= 12)
    marks, lines = [], []
    for minute in range(-(-start // step) * step, end + 1, step):
        x = (minute - start) / (end - start) * width
        lines.append(x)
        marks.append(_mark(x + 3, f"{minute:,}", middle=False))
    return Axis((start, end), (0.0, width), "".join(marks), tuple(lines), ())


def _mark(x: float, label: str, middle: bool) -> str:
    anchor = ' text-anchor="middle"' if middle else ""
    return f'<text x="{number(x)}" y="42"{anchor}>{text(label)}</text>'

"""The Gantt sheet as data: an axis of days, rows, and bars in axis units; templates and the island only draw it.

One axis unit is one pixel at zoom "day". A working day is 41 units wide, a closed day 10; within a working day the
time runs evenly between the earliest opening and the latest closing on the sheet, so a night costs no width.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

WORKING_DAY = 41.0
CLOSED_DAY = 10.0
LEAST_BAR = 3.0

BarKind = Literal["work", "other", "off", "trip", "ghost", "band"]


@dataclass(frozen=True)
class Block:
    """Something on a row between two local times, before it has a place on the sheet.

    ``key`` names it for selection and links ("" when it cannot be selected); ``sentence`` is its accessible name;
    ``long``, ``mid`` and ``letter`` are its texts for a wide, a narrow and a tiny bar. ``late``: the part after the
    due date is drawn as overrun. ``done`` is the share finished (0 to 1). ``before`` and ``after`` are keys.
    """

    kind: BarKind
    start: datetime
    end: datetime
    sentence: str
    key: str = ""
    long: str = ""
    mid: str = ""
    letter: str = ""
    tint: str = ""
    setup_until: datetime | None = None
    fixed: bool = False
    late: bool = False
    done: float | None = None
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lane:
    """One row: a resource of a company (or a part of a case) with its blocks.

    ``load`` is the share of open hours taken (None when it is not shown to the reader); ``load_text`` is what is
    written beside it ("71%", "約40%").
    """

    key: str
    group: str
    label: str
    blocks: tuple[Block, ...]
    group_note: str = ""
    group_url: str = ""
    load: float | None = None
    load_text: str = ""
    band: bool = False
    bottleneck: bool = False


@dataclass(frozen=True)
class Day:
    """A day of the axis: ``x`` and ``w`` in axis units."""

    on: date
    x: float
    w: float
    closed: bool
    today: bool
    week_start: bool


@dataclass(frozen=True)
class Month:
    """The month that begins at ``x``; ``first`` is its first day on the sheet."""

    first: date
    x: float


@dataclass(frozen=True)
class Axis:
    """Days from left to right, and the hours within which a working day is drawn."""

    days: tuple[Day, ...]
    opens: int
    closes: int

    @property
    def span(self) -> float:
        """Width of the whole sheet in axis units."""
        last = self.days[-1]
        return last.x + last.w

    @property
    def months(self) -> tuple[Month, ...]:
        """Where each month begins."""
        found = [Month(self.days[0].on, 0.0)]
        for day in self.days:
            if (day.on.year, day.on.month) != (found[-1].first.year, found[-1].first.month):
                found.append(Month(day.on, day.x))
        return tuple(found)

    def x(self, moment: datetime) -> float:
        """Axis units from the left edge; moments outside the sheet stick to its edges."""
        index = (moment.date() - self.days[0].on).days
        if index < 0:
            return 0.0
        if index >= len(self.days):
            return self.span
        day = self.days[index]
        minute = moment.hour * 60 + moment.minute
        share = (minute - self.opens) / (self.closes - self.opens)
        return round(day.x + day.w * min(1.0, max(0.0, share)), 2)


@dataclass(frozen=True)
class Bar:
    """A block in its place: ``x`` and ``w`` in axis units; ``setup_w`` of it is set-up, ``late_w`` overrun."""

    block: Block
    x: float
    w: float
    setup_w: float = 0.0
    late_x: float = 0.0
    late_w: float = 0.0

    @property
    def run_x(self) -> float:
        """Where the run begins, after the set-up."""
        return self.x + self.setup_w

    @property
    def run_w(self) -> float:
        """Width of the run without its set-up."""
        return max(self.w - self.setup_w, LEAST_BAR)


@dataclass(frozen=True)
class Row:
    """A lane with its bars in place, from left to right."""

    lane: Lane
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Group:
    """Consecutive rows of one company (or one part)."""

    label: str
    note: str
    url: str
    rows: tuple[Row, ...]

    @property
    def bottleneck(self) -> bool:
        """Whether one of its rows is the bottleneck."""
        return any(row.lane.bottleneck for row in self.rows)


@dataclass(frozen=True)
class Line:
    """A vertical line with a flag: now, freeze or due."""

    kind: Literal["now", "freeze", "due"]
    x: float
    text: str


@dataclass(frozen=True)
class Sheet:
    """Everything a Gantt page draws."""

    axis: Axis
    groups: tuple[Group, ...]
    lines: tuple[Line, ...] = ()
    past: float = 0.0
    letters: tuple[tuple[str, str, str], ...] = ()


def axis(
    first: date,
    last: date,
    *,
    closed: Iterable[date],
    today: date,
    opens: time = time(8),
    closes: time = time(18),
) -> Axis:
    """The axis from ``first`` to ``last`` (both drawn); ``closed`` days are narrow."""
    shut = set(closed)
    days: list[Day] = []
    x = 0.0
    on = first
    while on <= last:
        w = CLOSED_DAY if on in shut else WORKING_DAY
        days.append(Day(on, x, w, on in shut, on == today, on.weekday() == 0))
        x += w
        on += timedelta(days=1)
    begin, end = opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute
    return Axis(tuple(days), begin, end if end > begin else 24 * 60)


def working_hours(blocks: Iterable[Block]) -> tuple[time, time]:
    """The hours of the day within which all blocks begin and end, widened to whole hours; 8 to 18 without blocks."""
    begins, ends = [], []
    for block in blocks:
        begins.append(block.start.hour)
        ends.append(24 if block.end.minute and block.end.hour == 23 else block.end.hour + (block.end.minute > 0))
    low, high = min(begins, default=8), max(ends, default=18)
    return time(min(low, 8)), time(23, 59) if max(high, 17) >= 24 else time(max(high, 17))


def place(sheet_axis: Axis, block: Block, *, due: datetime | None = None) -> Bar:
    """Give a block its place; with ``due``, the part after it is drawn as overrun."""
    x, end = sheet_axis.x(block.start), sheet_axis.x(block.end)
    w = max(end - x, LEAST_BAR)
    setup = 0.0
    if block.setup_until is not None and block.setup_until > block.start:
        setup = min(max(sheet_axis.x(block.setup_until) - x, LEAST_BAR), w)
    late_x = late_w = 0.0
    if block.late and due is not None and block.end > due:
        late_x = max(x, sheet_axis.x(due))
        late_w = max(end - late_x, LEAST_BAR)
    return Bar(block, x, round(w, 2), round(setup, 2), late_x, round(late_w, 2))


def sheet(sheet_axis: Axis, lanes: Sequence[Lane], *, due: datetime | None = None) -> tuple[Group, ...]:
    """Rows with their bars, gathered into groups of consecutive lanes with the same group label."""
    groups: list[Group] = []
    for lane in lanes:
        bars = tuple(place(sheet_axis, b, due=due) for b in sorted(lane.blocks, key=lambda b: (b.start, b.end)))
        row = Row(lane, bars)
        if groups and groups[-1].label == lane.group:
            last = groups[-1]
            groups[-1] = Group(last.label, last.note, last.url, (*last.rows, row))
        else:
            groups.append(Group(lane.group, lane.group_note, lane.group_url, (row,)))
    return tuple(groups)

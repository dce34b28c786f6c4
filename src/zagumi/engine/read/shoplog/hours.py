"""Hours in which each machine is usually worked, learnt from when work was reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from zagumi.engine.clock import MINUTES_PER_DAY, MINUTES_PER_WEEK, Window, common, union
from zagumi.engine.read.shoplog.log import Log, Report, trades

HOUR = 60
WELL_SEEN_DAYS = 20
LEAST_WEEKS = 2
LEAST_SHARE = 0.2
LONGEST_BREAK = 2 * HOUR
TRADE_SHARE = 0.5
SHOP_SHARE = 0.75
CROWDED_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekly hours of a machine.

    Attributes:
        shifts: windows in minutes after Monday 00:00.
        days: days on which the machine was seen at work.
        source: whose days these are: the machine's own, its trade's, or the whole shop's.
        covered: share of the machine's reported minutes that lie within these hours.
    """

    shifts: tuple[Window, ...]
    days: int
    source: str
    covered: float


def learn_hours(log: Log) -> dict[str, Hours]:
    """The weekly hours of every machine.

    An hour of the week is open when work was seen in it (20 minutes or more) in at least two weeks, and in at least a
    fifth of the weeks in which that weekday was worked at all; breaks of up to two hours are closed up. A machine seen
    on fewer than 20 days takes the hours in which at least half of its trade's well-seen machines are open, or three
    quarters of the shop's where the trade has none, cut to the hours of the day in which it was itself seen. Reports
    without a time say nothing here.
    """
    trade = trades(log.reports)
    by_machine: dict[str, list[Report]] = {machine: [] for machine in trade}
    for report in log.reports:
        if not report.standard:
            by_machine[report.machine].append(report)
    seen = {machine: _seen(reports, log.first_weekday) for machine, reports in by_machine.items()}
    known = {machine: _own_shifts(days) for machine, days in seen.items() if _days(days) >= WELL_SEEN_DAYS}
    found = {}
    for machine, own in seen.items():
        source, shifts = "machine", known.get(machine, ())
        if machine not in known:
            pool = [hours for other, hours in known.items() if trade[other] == trade[machine]]
            source = "trade" if pool else "shop"
            shifts = _shared(pool, TRADE_SHARE) if pool else _shared(list(known.values()), SHOP_SHARE)
            shifts = _without_breaks(common(shifts, _daily(own)) if own else shifts)
        covered = _covered(by_machine[machine], shifts, log.first_weekday)
        found[machine] = Hours(shifts or ((0, MINUTES_PER_WEEK),), _days(own), source, covered)
    return found


def places(log: Log) -> dict[str, int]:
    """How many workers each machine holds side by side.

    The smallest number that suffices for nine tenths of its busy minutes: an inspection room with several benches
    shows itself, a rough clock on a single machine does not.
    """
    workers: dict[str, dict[str, list[Window]]] = {machine: {} for machine in trades(log.reports)}
    for report in log.reports:
        if not report.standard:
            workers[report.machine].setdefault(report.worker, []).append(report.window)
    found = {}
    for machine, groups in workers.items():
        share = _crowds([window for windows in groups.values() for window in union(windows)])
        count = 1
        while sum(minutes for size, minutes in share.items() if size > count) > CROWDED_SHARE * sum(share.values()):
            count += 1
        found[machine] = count
    return found


def benches(machine: str, count: int) -> tuple[str, ...]:
    """The problem's machines that stand for one of the log which holds so many workers side by side."""
    return (machine,) if count == 1 else tuple(f"{machine}, bench {bench}" for bench in range(1, count + 1))


def _crowds(windows: list[Window]) -> dict[int, int]:
    """Minutes during which 1, 2, … windows run at once."""
    changes = sorted([(start, 1) for start, _ in windows] + [(end, -1) for _, end in windows])
    found: dict[int, int] = {}
    size = before = 0
    for minute, change in changes:
        if size:
            found[size] = found.get(size, 0) + minute - before
        size += change
        before = minute
    return found


Seen = Mapping[tuple[int, int], set[int]]  # (weekday, hour) to the weeks in which work was seen


def _seen(reports: Iterable[Report], first_weekday: int) -> Seen:
    offset = first_weekday * MINUTES_PER_DAY
    minutes: dict[int, int] = {}
    for start, end in union(report.window for report in reports):
        at = start
        while at < end:
            hour = (at + offset) // HOUR
            until = min(end, (hour + 1) * HOUR - offset)
            minutes[hour] = minutes.get(hour, 0) + until - at
            at = until
    found: dict[tuple[int, int], set[int]] = {}
    for hour, worked in minutes.items():
        if worked >= HOUR // 3:
            week, rest = divmod(hour, 7 * 24)
            found.setdefault(divmod(rest, 24), set()).add(week)
    return found


def _days(seen: Seen) -> int:
    return len({(week, weekday) for (weekday, _), weeks in seen.items() for week in weeks})


def _own_shifts(seen: Seen) -> tuple[Window, ...]:
    """Open hours of the week of one machine."""
    worked: dict[int, set[int]] = {}
    for (weekday, _), weeks in seen.items():
        worked.setdefault(weekday, set()).update(weeks)
    hours = union(
        _hour(weekday, hour)
        for (weekday, hour), weeks in seen.items()
        if len(weeks) >= LEAST_WEEKS and len(weeks) >= LEAST_SHARE * len(worked[weekday])
    )
    return _without_breaks(hours)


def _without_breaks(shifts: tuple[Window, ...]) -> tuple[Window, ...]:
    breaks = [(end, start) for (_, end), (start, _) in pairwise(shifts) if start - end <= LONGEST_BREAK]
    return union([*shifts, *breaks])


def _hour(weekday: int, hour: int) -> Window:
    return (weekday * MINUTES_PER_DAY + hour * HOUR, weekday * MINUTES_PER_DAY + (hour + 1) * HOUR)


def _shared(pool: list[tuple[Window, ...]], share: float) -> tuple[Window, ...]:
    """The hours in which at least a share of the machines are open."""
    hours = [_hour(*divmod(hour, 24)) for hour in range(7 * 24)]
    return union(
        hour
        for hour in hours
        if pool and sum(common(shifts, (hour,)) == (hour,) for shifts in pool) >= share * len(pool)
    )


def _daily(seen: Seen) -> tuple[Window, ...]:
    """The hours of the day in which a machine was seen on a fifth of its days, on every day of the week."""
    count: dict[int, int] = {}
    for (_, hour), weeks in seen.items():
        count[hour] = count.get(hour, 0) + len(weeks)
    hours = [hour for hour, days in count.items() if days >= LEAST_SHARE * _days(seen)]
    return union(_hour(day, hour) for day in range(7) for hour in hours)


def _covered(reports: list[Report], shifts: tuple[Window, ...], first_weekday: int) -> float:
    opened = {minute for start, end in shifts for minute in range(start, end)}
    offset = first_weekday * MINUTES_PER_DAY
    worked = [minute for start, end in union(r.window for r in reports) for minute in range(start, end)]
    inside = sum((minute + offset) % MINUTES_PER_WEEK in opened for minute in worked)
    return inside / len(worked) if worked else 0.0

"""Clock and calendar rows as the engine's minutes.

Minutes count from the origin of a ``Frame``. Japan has no summer time, so a local day always has 1440 minutes; in a
time zone with summer time the hours of one night a year would be off by one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from django.db.models import Q
from django.utils import timezone

from zagumi.engine.clock import MINUTES_PER_DAY, Window, common, union, weekly, without
from zagumi.platform.network.lists import is_holiday
from zagumi.platform.network.models import Booking, CalendarDay, Machine, MachineStop, Shift, WorkCalendar


@dataclass(frozen=True)
class Frame:
    """The stretch of time looked at: ``horizon`` minutes from ``origin`` (aware)."""

    origin: datetime
    horizon: int

    @classmethod
    def until(cls, origin: datetime, last_day: date) -> "Frame":
        """From ``origin`` to the end of ``last_day``."""
        end = timezone.make_aware(datetime.combine(last_day + timedelta(days=1), time.min))
        return cls(origin, max(1, int((end - origin).total_seconds() // 60)))

    @property
    def end(self) -> datetime:
        """The first moment after the frame."""
        return self.moment(self.horizon)

    @cached_property
    def midnight(self) -> datetime:
        """The local midnight at or before the origin."""
        return timezone.make_aware(datetime.combine(timezone.localdate(self.origin), time.min))

    @cached_property
    def offset(self) -> int:
        """Minutes from that midnight to the origin."""
        return int((self.origin - self.midnight).total_seconds() // 60)

    def minute(self, moment: datetime) -> int:
        """Whole minutes from the origin to ``moment``, rounded down; negative before the origin."""
        return int((moment - self.origin).total_seconds() // 60)

    def moment(self, minute: int) -> datetime:
        """The local moment of ``minute``."""
        return timezone.localtime(self.origin + timedelta(minutes=minute))

    def window(self, start: datetime, end: datetime | None) -> Window:
        """The part of ``start`` to ``end`` that lies in the frame (no end: to its end); may be empty."""
        last = self.horizon if end is None else min(self.horizon, -(-int((end - self.origin).total_seconds()) // 60))
        return max(0, self.minute(start)), last

    def weeks(self) -> tuple[tuple[date, Window], ...]:
        """Each calendar week with its Monday; the first and the last may be cut by the frame."""
        first = timezone.localdate(self.origin)
        monday = first - timedelta(days=first.weekday())
        position = (monday - first).days * MINUTES_PER_DAY - self.offset
        found = []
        while position < self.horizon:
            found.append((monday, (max(0, position), min(self.horizon, position + 7 * MINUTES_PER_DAY))))
            position += 7 * MINUTES_PER_DAY
            monday += timedelta(days=7)
        return tuple(found)


def minute_of_day(at: time) -> int:
    """Minutes after midnight."""
    return at.hour * 60 + at.minute


def shift_window(weekday: int, start: time, end: time) -> Window:
    """A shift in minutes after Monday 00:00; an end at or before the start lies on the next day."""
    day = weekday * MINUTES_PER_DAY
    first, last = minute_of_day(start), minute_of_day(end)
    return day + first, day + last + (MINUTES_PER_DAY if last <= first else 0)


def minutes_in(windows: Iterable[Window], span: Window) -> int:
    """How many minutes of sorted, disjoint ``windows`` lie within ``span``."""
    return sum(end - start for start, end in common(tuple(windows), (span,)))


def opening_hours(calendars: Collection[WorkCalendar], frame: Frame) -> dict[int, tuple[Window, ...]]:
    """Open windows of each calendar (by key) in the frame: shifts, less holidays and closed days, plus open days."""
    keys = [calendar.pk for calendar in calendars]
    shifts: dict[int, list[Window]] = defaultdict(list)
    for shift in Shift.objects.filter(calendar_id__in=keys):
        shifts[shift.calendar_id].append(shift_window(shift.weekday, shift.start, shift.end))
    first = timezone.localdate(frame.origin)
    dates = [first + timedelta(days=n) for n in range(-(-(frame.offset + frame.horizon) // MINUTES_PER_DAY))]
    special: dict[int, dict[date, CalendarDay]] = defaultdict(dict)
    for day in CalendarDay.objects.filter(calendar_id__in=keys, date__range=(dates[0], dates[-1])):
        special[day.calendar_id][day.date] = day
    return {
        calendar.pk: _open(calendar, shifts[calendar.pk], special[calendar.pk], dates, frame) for calendar in calendars
    }


def _open(
    calendar: WorkCalendar,
    shifts: list[Window],
    special: Mapping[date, CalendarDay],
    dates: list[date],
    frame: Frame,
) -> tuple[Window, ...]:
    closed: list[Window] = []
    extra: list[Window] = []
    for number, day in enumerate(dates):
        start = number * MINUTES_PER_DAY
        entry = special.get(day)
        if entry is not None and entry.start is not None and entry.end is not None:
            extra.append((start + minute_of_day(entry.start), start + minute_of_day(entry.end)))
        if entry is not None or (is_holiday(day) and not calendar.works_on_holidays):
            closed.append((start, start + MINUTES_PER_DAY))
    windows = weekly(
        shifts,
        first_weekday=dates[0].weekday(),
        horizon=frame.offset + frame.horizon,
        closed=closed,
        extra=extra,
    )
    return common(tuple((start - frame.offset, end - frame.offset) for start, end in windows), ((0, frame.horizon),))


@dataclass(frozen=True)
class Timetable:
    """When each machine (by key) is open and what takes its time. All windows are sorted and disjoint."""

    frame: Frame
    open: Mapping[int, tuple[Window, ...]]
    own: Mapping[int, tuple[Window, ...]]
    plan: Mapping[int, tuple[Window, ...]]
    stopped: Mapping[int, tuple[Window, ...]]

    @classmethod
    def of(cls, machines: Collection[Machine], frame: Frame, *, exclude: Collection[str] = ()) -> "Timetable":
        """The timetable of ``machines`` (their sites loaded). Four or five queries, however many machines.

        Args:
            machines: the machines.
            frame: the stretch of time.
            exclude: source codes of plan bookings that do not count (plans about to be replaced).
        """
        calendar_of = calendars_of(machines)
        hours = opening_hours(set(calendar_of.values()), frame)
        keys = [machine.pk for machine in machines]
        own: dict[int, list[Window]] = defaultdict(list)
        plan: dict[int, list[Window]] = defaultdict(list)
        stopped: dict[int, list[Window]] = defaultdict(list)
        bookings = Booking.objects.filter(machine_id__in=keys, end__gt=frame.origin, start__lt=frame.end)
        for booking in bookings.exclude(kind=Booking.Kind.PLAN, source_code__in=exclude):
            taken = plan if booking.kind == Booking.Kind.PLAN else own
            taken[booking.machine_id].append(frame.window(booking.start, booking.end))
        ongoing = Q(end__isnull=True) | Q(end__gt=frame.origin)
        for stop in MachineStop.objects.filter(ongoing, machine_id__in=keys, start__lt=frame.end):
            stopped[stop.machine_id].append(frame.window(stop.start, stop.end))
        return cls(
            frame,
            {key: hours[calendar_of[key].pk] if key in calendar_of else () for key in keys},
            {key: union(windows) for key, windows in own.items()},
            {key: union(windows) for key, windows in plan.items()},
            {key: union(windows) for key, windows in stopped.items()},
        )

    def running(self, machine: int) -> tuple[Window, ...]:
        """Open hours in which the machine does not stand still."""
        return without(self.open[machine], self.stopped.get(machine, ()))

    def minutes(self, machine: int, spans: Iterable[Window]) -> list[tuple[int, int]]:
        """Running minutes and free minutes of a machine within each of ``spans``.

        Own and planned work are both taken off, even where they overlap: an owner who shows only a band moves its
        own work within the week to make room for the plan.
        """
        running = self.running(machine)
        own = common(running, self.own.get(machine, ()))
        plan = common(running, self.plan.get(machine, ()))
        found = []
        for span in spans:
            total = minutes_in(running, span)
            found.append((total, max(0, total - minutes_in(own, span) - minutes_in(plan, span))))
        return found


def calendars_of(machines: Collection[Machine]) -> dict[int, WorkCalendar]:
    """The calendar of each machine (by key): its own, else its company's default; none where there is neither."""
    named = {machine.calendar_id for machine in machines if machine.calendar_id}
    owners = {machine.site.party_id for machine in machines}
    found = WorkCalendar.objects.filter(Q(pk__in=named) | Q(is_default=True, company__party_id__in=owners))
    by_key: dict[int, WorkCalendar] = {}
    default: dict[int, WorkCalendar] = {}
    for calendar in found.select_related("company"):
        by_key[calendar.pk] = calendar
        if calendar.is_default:
            default[calendar.company.party_id] = calendar
    answer: dict[int, WorkCalendar] = {}
    for machine in machines:
        keeps_to = by_key[machine.calendar_id] if machine.calendar_id else default.get(machine.site.party_id)
        if keeps_to is not None:
            answer[machine.pk] = keeps_to
    return answer

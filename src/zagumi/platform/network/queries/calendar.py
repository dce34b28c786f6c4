"""One month of a company's calendar."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from zagumi.platform.core import clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import Hidden, Refused
from zagumi.platform.network import rules
from zagumi.platform.network.hours import Frame, minutes_in, opening_hours
from zagumi.platform.network.lists import holiday
from zagumi.platform.network.models import Booking, CalendarDay, Company, Machine, MachineStop, Shift, WorkCalendar
from zagumi.platform.network.queries.load import machine_name

MINUTES_PER_DAY = 1440


@dataclass(frozen=True)
class DayCell:
    """One day. ``kind``: open, closed (by decision), holiday, or off (the weekly pattern has no shift)."""

    date: date
    in_month: bool
    is_today: bool
    kind: str
    hours: str
    minutes: int
    holiday: str
    reason: str
    stops: tuple[str, ...]
    is_special: bool


@dataclass(frozen=True)
class BookingLine:
    """Time a machine is taken. ``note`` and ``source`` are empty where the reader may not see them."""

    machine_code: str
    machine: str
    start: datetime
    end: datetime
    kind: str
    kind_name: str
    note: str
    source: str


@dataclass(frozen=True)
class ShiftLine:
    """Working hours of one weekday in the weekly pattern."""

    weekday: int
    start: time
    end: time


@dataclass(frozen=True)
class CalendarPage:
    """A month in weeks from Monday, the weekly pattern behind it, and the bookings of these weeks."""

    name: str
    names: tuple[str, ...]
    month: date
    previous: date
    following: date
    weeks: tuple[tuple[DayCell, ...], ...]
    shifts: tuple[ShiftLine, ...]
    works_on_holidays: bool
    bookings: tuple[BookingLine, ...]
    open_days: int
    open_minutes: int

    @property
    def open_hours(self) -> int:
        """Whole hours of work in the month."""
        return self.open_minutes // 60


def company_calendar(actor: Actor, code: str, *, month: date | None = None, name: str = "") -> CalendarPage:
    """A company's month; ``name`` picks one of its calendars, else the default one.

    Raises:
        Hidden: there is no such company, or no such calendar.
        Refused: the hours of another member.
    """
    company = Company.objects.select_related("party").find(actor, party__code=code)
    if not rules.may_edit(actor, company):
        raise Refused(_("Working hours are shown to the company itself and the coordinator."))
    calendars = list(WorkCalendar.objects.visible_to(actor).filter(company=company))
    first = (month or clock.today()).replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    if not calendars:
        return CalendarPage("", (), first, _before(first), following, (), (), False, (), 0, 0)
    chosen = next((c for c in calendars if c.name == name), None if name else calendars[0])
    if chosen is None:
        raise Hidden()
    start = first - timedelta(days=first.weekday())
    last = following - timedelta(days=1)
    days = [start + timedelta(days=n) for n in range((last - start).days + 7 - last.weekday())]
    frame = Frame.until(timezone.make_aware(datetime.combine(start, time.min)), days[-1])
    cells = _cells(actor, chosen, days, frame, first.month)
    own_month = [cell for cell in cells if cell.in_month]
    return CalendarPage(
        name=chosen.name,
        names=tuple(calendar.name for calendar in calendars),
        month=first,
        previous=_before(first),
        following=following,
        weeks=tuple(tuple(cells[n : n + 7]) for n in range(0, len(cells), 7)),
        shifts=tuple(ShiftLine(s.weekday, s.start, s.end) for s in Shift.objects.filter(calendar=chosen)),
        works_on_holidays=chosen.works_on_holidays,
        bookings=_bookings(actor, company, frame),
        open_days=sum(cell.minutes > 0 for cell in own_month),
        open_minutes=sum(cell.minutes for cell in own_month),
    )


def _before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def _cells(actor: Actor, calendar: WorkCalendar, days: list[date], frame: Frame, month: int) -> list[DayCell]:
    windows = opening_hours([calendar], frame)[calendar.pk]
    special = {day.date: day for day in calendar.days.filter(date__range=(days[0], days[-1]))}
    stops = _stops(actor, calendar, frame)
    found = []
    for number, day in enumerate(days):
        span = (number * MINUTES_PER_DAY, (number + 1) * MINUTES_PER_DAY)
        minutes = minutes_in(windows, span)
        entry, feast = special.get(day), holiday(day)
        if entry is not None and entry.kind == CalendarDay.Kind.CLOSED:
            kind = "closed"
        elif minutes:
            kind = "open"
        else:
            kind = "holiday" if feast and not calendar.works_on_holidays else "off"
        hours = [
            f"{_clock(max(a, span[0]) - span[0])}–\u200b{_clock(min(b, span[1]) - span[0])}"
            for a, b in windows
            if a < span[1] and b > span[0]
        ]
        found.append(
            DayCell(
                date=day,
                in_month=day.month == month,
                is_today=day == clock.today(),
                kind=kind,
                hours=" ".join(hours),
                minutes=minutes,
                holiday=feast,
                reason=entry.reason if entry else "",
                stops=tuple(stops.get(day, ())),
                is_special=entry is not None,
            )
        )
    return found


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


def _stops(actor: Actor, calendar: WorkCalendar, frame: Frame) -> dict[date, list[str]]:
    """The names of machines that stand still on each day."""
    stops = MachineStop.objects.visible_to(actor).filter(
        machine__site__party_id=calendar.company.party_id, machine__retired_on__isnull=True, start__lt=frame.end
    )
    found: dict[date, list[str]] = defaultdict(list)
    for stop in stops.select_related("machine").order_by("machine__code"):
        start, end = frame.window(stop.start, stop.end)
        for minute in range(start // MINUTES_PER_DAY * MINUTES_PER_DAY, end, MINUTES_PER_DAY):
            found[frame.moment(minute).date()].append(machine_name(stop.machine))
    return found


def _bookings(actor: Actor, company: Company, frame: Frame) -> tuple[BookingLine, ...]:
    rows = (
        Booking.objects.visible_to(actor)
        .filter(machine__site__party_id=company.party_id, end__gt=frame.origin, start__lt=frame.end)
        .select_related("machine__site")
        .order_by("start", "machine__code")
    )
    found = []
    for row in rows:
        shown = rules.booking_columns(actor, row)
        found.append(
            BookingLine(
                machine_code=row.machine.code,
                machine=machine_name(row.machine),
                start=row.start,
                end=row.end,
                kind=row.kind,
                kind_name=str(row.get_kind_display()),
                note=row.note if "note" in shown else "",
                source=row.source_code if "source" in shown else "",
            )
        )
    return tuple(found)


def machine_bookings(actor: Actor, machine_code: str) -> tuple[BookingLine, ...]:
    """The bookings of one machine from now on, as far as the reader may see them.

    Raises:
        Hidden: there is no such machine for the reader.
    """
    machine = Machine.objects.select_related("site__party__company").find(actor, code=machine_code)
    origin = clock.now()
    frame = Frame(origin, 366 * MINUTES_PER_DAY)
    lines = _bookings(actor, machine.company, frame)
    return tuple(line for line in lines if line.machine_code == machine_code)

"""When a company works."""

from collections.abc import Collection
from datetime import date, time, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zagumi.platform.core import audit, clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import Hidden
from zagumi.platform.core.services import service
from zagumi.platform.network.checks import Faults, overlapping_shifts
from zagumi.platform.network.models import CalendarDay, Shift, WorkCalendar
from zagumi.platform.network.services.companies import editable
from zagumi.platform.network.sheets import ShiftSheet

LONGEST_CLOSURE = timedelta(days=92)


@service
def set_shifts(
    actor: Actor,
    *,
    company_code: str,
    shifts: Collection[ShiftSheet],
    calendar: str = "",
    works_on_holidays: bool = False,
) -> WorkCalendar:
    """Replace the weekly pattern of a calendar, making it if need be.

    Args:
        actor: the company or the coordinator.
        company_code: whose hours.
        shifts: the pattern; none at all means closed.
        calendar: its name; "" is the company's default one.
        works_on_holidays: whether national holidays are working days.

    Raises:
        BadInput: shifts overlap (also across midnight and Sunday), or begin and end alike.
    """
    company = editable(actor, company_code)
    faults = Faults()
    faults.longest("calendar", calendar, 60)
    for shift in shifts:
        faults.between("weekday", shift.weekday, 0, 6)
        if shift.start == shift.end:
            faults.add("shifts", worded(shift), _("a shift that ends at another time than it begins"))
    if not faults.found:
        for one, other in overlapping_shifts(shifts):
            faults.add("shifts", f"{worded(one)}, {worded(other)}", _("shifts that do not overlap"))
    faults.done()
    row = found_calendar(actor, company_code, calendar) or WorkCalendar(
        company=company, name=calendar or str(_("Standard hours")), is_default=not calendar
    )
    row.works_on_holidays = works_on_holidays
    row.save()
    locked = WorkCalendar.objects.select_for_update().get(pk=row.pk)
    before = [worded(shift) for shift in locked.shifts.all()]
    locked.shifts.all().delete()
    Shift.objects.bulk_create(
        Shift(calendar=locked, weekday=shift.weekday, start=shift.start, end=shift.end) for shift in shifts
    )
    after = [worded(shift) for shift in locked.shifts.all()]
    if before != after:
        changes = {row.name: (", ".join(before), ", ".join(after))}
        audit.record(actor, gettext_noop("changed the working hours"), company, changes=changes)
    return locked


@service
def close_day(
    actor: Actor, *, company_code: str, first: date, last: date | None = None, reason: str = "", calendar: str = ""
) -> None:
    """Close a day, or all days from ``first`` to ``last``; takes the place of what stood there.

    Raises:
        Hidden: the company has no such calendar.
        BadInput: the days are out of order, too many, or long past.
    """
    final = last or first
    _put(actor, company_code, calendar, first, final, CalendarDay.Kind.CLOSED, None, None, reason)


@service
def open_day(
    actor: Actor, *, company_code: str, day: date, start: time, end: time, reason: str = "", calendar: str = ""
) -> None:
    """Work on ``day`` from ``start`` to ``end``, whatever the weekly pattern and the holidays say.

    Raises:
        Hidden: the company has no such calendar.
        BadInput: the hours are out of order, or the day is long past.
    """
    faults = Faults()
    if not start < end:
        faults.add("end", f"{start:%H:%M} – {end:%H:%M}", _("an end after the beginning, on the same day"))
    faults.done()
    _put(actor, company_code, calendar, day, day, CalendarDay.Kind.OPEN, start, end, reason)


@service
def reset_day(actor: Actor, *, company_code: str, first: date, last: date | None = None, calendar: str = "") -> None:
    """Let the weekly pattern hold again on these days: the way back from closing or opening them."""
    company = editable(actor, company_code)
    row = found_calendar(actor, company_code, calendar)
    if row is None:
        raise Hidden(_("The company has no such calendar."))
    days = row.days.filter(date__range=(first, last or first))
    before = ", ".join(f"{day.date:%Y-%m-%d} {day.kind}" for day in days)
    days.delete()
    if before:
        audit.record(
            actor, gettext_noop("took back a change of the calendar"), company, changes={row.name: (before, "")}
        )


def _put(
    actor: Actor,
    company_code: str,
    calendar: str,
    first: date,
    last: date,
    kind: str,
    start: time | None,
    end: time | None,
    reason: str,
) -> None:
    company = editable(actor, company_code)
    faults = Faults()
    today = clock.today()
    faults.order("last", first, last)
    faults.day("first", first, today - timedelta(days=366), today + timedelta(days=5 * 366))
    if last - first > LONGEST_CLOSURE:
        faults.add("last", last, _("at most %(days)s days at once") % {"days": LONGEST_CLOSURE.days})
    faults.longest("reason", reason, 80)
    faults.done()
    row = found_calendar(actor, company_code, calendar)
    if row is None:
        raise Hidden(_("The company has no such calendar."))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    row.days.filter(date__in=days).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(calendar=row, date=day, kind=kind, start=start, end=end, reason=reason) for day in days
    )
    said = f"{first:%Y-%m-%d} – {last:%Y-%m-%d}" if last > first else f"{first:%Y-%m-%d}"
    verb = gettext_noop("closed the works") if kind == CalendarDay.Kind.CLOSED else gettext_noop("opened the works")
    audit.record(actor, verb, company, changes={row.name: ("", said), "reason": ("", reason)})


def found_calendar(actor: Actor, company_code: str, name: str) -> WorkCalendar | None:
    """The company's calendar of this name ("" is the default one)."""
    own = WorkCalendar.objects.visible_to(actor).filter(company__party__code=company_code)
    return (own.filter(name=name) if name else own.filter(is_default=True)).first()


def worded(shift: Shift | ShiftSheet) -> str:
    """A shift in short: ``0 08:00-17:00``."""
    return f"{shift.weekday} {shift.start:%H:%M}-{shift.end:%H:%M}"

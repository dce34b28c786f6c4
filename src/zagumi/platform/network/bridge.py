"""The network's rows as pieces of the engine's problem."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.db.models import Prefetch, Q
from django.utils import timezone

from zagumi.engine.clock import Window, union
from zagumi.engine.problem.network import Band, Calendar
from zagumi.engine.problem.network import Company as EngineCompany
from zagumi.engine.problem.network import Machine as EngineMachine
from zagumi.engine.problem.network import Person as EnginePerson
from zagumi.engine.problem.network import Site as EngineSite
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Network
from zagumi.platform.network.hours import Frame, Timetable, minutes_in, opening_hours
from zagumi.platform.network.insight import Level
from zagumi.platform.network.models import (
    Admission,
    Company,
    Disclosure,
    Machine,
    Person,
    PersonSkill,
    Site,
    WorkCalendar,
)

UNKNOWN_SHARE = Fraction(1, 3)
"""What is counted on, of each week, on a machine whose owner publishes nothing. The owner confirms in any case."""


@dataclass(frozen=True)
class EngineNetwork:
    """The network's part of a problem. Ids are the codes people use; minutes count from ``frame.origin``."""

    frame: Frame
    companies: tuple[EngineCompany, ...]
    sites: tuple[EngineSite, ...]
    calendars: tuple[Calendar, ...]
    machines: tuple[EngineMachine, ...]
    people: tuple[EnginePerson, ...]


def engine_network(network: Network, *, origin: datetime, horizon: int, exclude: Collection[str] = ()) -> EngineNetwork:
    """Everything of ``network`` that can be planned with, seen with the system's eyes.

    An owner that shows exact hours gives its bookings. One that shows a band gives, per week, the lower edge of the
    band in minutes and none of its own bookings; bookings of joint plans are known anyway and always given. One that
    shows nothing is counted on for a third of each week (``UNKNOWN_SHARE``). A stop closes a machine for everybody.
    A machine without any working hour is booked from beginning to end.

    Args:
        network: whose companies; those active or leaving.
        origin: minute 0, aware.
        horizon: minutes to look ahead.
        exclude: source codes of plans whose bookings do not count, because they are planned anew.
    """
    frame = Frame(origin, horizon)
    actor = Actor.system(network)
    sharing = Admission.objects.filter(network=network, state__in=Admission.SHARING).values("company_id")
    companies = Company.objects.filter(pk__in=sharing).select_related("party").order_by("party__code")
    by_party = {company.party_id: company for company in companies}
    machines = list(
        Machine.objects.filter(retired_on__isnull=True, site__party_id__in=by_party)
        .select_related("site")
        .order_by("code")
    )
    table = Timetable.of(machines, frame, exclude=exclude)
    hours = _Hours(list(companies), frame)
    return EngineNetwork(
        frame,
        tuple(EngineCompany(c.code, c.party.name, c.may_lead) for c in companies),
        tuple(
            EngineSite(
                site.code,
                by_party[site.party_id].code if site.party_id in by_party else None,
                site.latitude,
                site.longitude,
                site.name,
                site.district,
            )
            for site in Site.objects.visible_to(actor).order_by("code")
        ),
        hours.calendars,
        tuple(_machine(machine, table, hours) for machine in machines),
        tuple(_people(list(companies), frame, hours)),
    )


class _Hours:
    """The engine's calendars, and which one a machine or a person keeps to."""

    def __init__(self, companies: list[Company], frame: Frame) -> None:
        rows = list(WorkCalendar.objects.filter(company__in=companies).select_related("company__party").order_by("pk"))
        windows = opening_hours(rows, frame)
        self._id = {row.pk: f"{row.company.code} {row.name}" for row in rows if windows[row.pk]}
        self._default = {row.company.party_id: row.pk for row in rows if row.is_default}
        self.calendars = tuple(Calendar(self._id[row.pk], windows[row.pk]) for row in rows if windows[row.pk])

    def of(self, calendar: int | None, party: int) -> str | None:
        """The engine's id of a calendar (the company's default when none is named); None when it never opens."""
        key = calendar or self._default.get(party)
        return self._id.get(key) if key else None


def _machine(machine: Machine, table: Timetable, hours: _Hours) -> EngineMachine:
    key, calendar = machine.pk, hours.of(machine.calendar_id, machine.site.party_id)
    bookings: tuple[Window, ...]
    if calendar is None:
        bookings = ((0, table.frame.horizon),)
    else:
        own = table.own.get(key, ()) if machine.capacity_disclosure == Disclosure.EXACT else ()
        bookings = union([*own, *table.plan.get(key, ()), *table.stopped.get(key, ())])
    return EngineMachine(
        machine.code,
        machine.site.code,
        calendar,
        bookings,
        () if machine.capacity_disclosure == Disclosure.EXACT else _bands(machine, table),
        name=machine.name,
    )


def _bands(machine: Machine, table: Timetable) -> tuple[Band, ...]:
    """Weekly budgets that tell no more of the owner's own work than the published band does."""
    bands = []
    running, plan = table.running(machine.pk), table.plan.get(machine.pk, ())
    spans = [span for _monday, span in table.frame.weeks()]
    for span, (total, free) in zip(spans, table.minutes(machine.pk, spans), strict=True):
        if machine.capacity_disclosure == Disclosure.BAND:
            budget = Level.of(free, total).at_least * total
        else:
            budget = UNKNOWN_SHARE * max(0, minutes_in(running, span) - minutes_in(plan, span))
        bands.append(Band(*span, int(budget)))
    return tuple(bands)


def _people(companies: list[Company], frame: Frame, hours: _Hours) -> list[EnginePerson]:
    """People with the skills that are valid when the frame begins; those who are never there are left out."""
    today = timezone.localdate(frame.origin)
    held = PersonSkill.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=today)).select_related("skill")
    rows = (
        Person.objects.filter(company__in=companies, left_on__isnull=True)
        .select_related("company__party")
        .prefetch_related(Prefetch("held", queryset=held))
        .order_by("code")
    )
    found = []
    for person in rows:
        calendar = hours.of(person.calendar_id, person.company.party_id)
        skills = frozenset(entry.skill.key for entry in person.held.all())
        if calendar is not None and skills:
            found.append(EnginePerson(person.code, person.company.code, skills, calendar))
    return found

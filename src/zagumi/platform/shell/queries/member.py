"""A member's day: what is on its machines, what comes and goes, what the office waits for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from zagumi.platform.cases.models import BEFORE_PRODUCTION, Option
from zagumi.platform.core import clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Party, localized
from zagumi.platform.network.models import CalendarDay, Certificate, Machine, MachineStop
from zagumi.platform.planning.queries import own_work
from zagumi.platform.planning.queries.work import OwnStep

EXPIRING = timedelta(days=60)
CLOSED_AHEAD = timedelta(days=45)
MOVES_AHEAD = timedelta(days=3)
STEPS_AHEAD = 6


@dataclass(frozen=True)
class Request:
    """A step the office asks about and waits for an answer."""

    case: str
    title: str
    step: str
    machine: str
    quantity: int
    due: datetime
    url: str


@dataclass(frozen=True)
class Move:
    """Goods that come (``is_coming``) or go; the other end has no name."""

    at: datetime
    step: str
    quantity: int
    case: str
    is_coming: bool


@dataclass(frozen=True)
class MachineState:
    """One of the member's machines and whether it stands still."""

    code: str
    name: str
    url: str
    reason: str
    since: datetime | None
    until: datetime | None

    @property
    def is_stopped(self) -> bool:
        """Whether a stop is reported."""
        return self.since is not None


@dataclass(frozen=True)
class Expiry:
    """A paper of the member that runs out, or has."""

    name: str
    until: date
    days: int


@dataclass(frozen=True)
class Closure:
    """Days in a row on which the works is closed."""

    first: date
    last: date
    reason: str


@dataclass(frozen=True)
class Home:
    """Everything on a member's home."""

    now: tuple[OwnStep, ...]
    coming: tuple[OwnStep, ...]
    moves: tuple[Move, ...]
    requests: tuple[Request, ...]
    machines: tuple[MachineState, ...]
    expiries: tuple[Expiry, ...]
    closures: tuple[Closure, ...]
    office_phone: str

    @property
    def stopped(self) -> int:
        """How many of its machines stand still."""
        return sum(machine.is_stopped for machine in self.machines)


def home(actor: Actor) -> Home:
    """A member's home."""
    now = clock.now()
    steps = [step for step in own_work(actor) if step.ends > now]
    office = Party.objects.visible_to(actor).filter(kind=Party.Kind.COORDINATOR).first()
    return Home(
        now=tuple(step for step in steps if step.starts <= now),
        coming=tuple([step for step in steps if step.starts > now][:STEPS_AHEAD]),
        moves=tuple(_moves(own_work(actor), now)),
        requests=tuple(requests(actor)),
        machines=tuple(_machines(actor)),
        expiries=tuple(_expiries(actor)),
        closures=tuple(_closures(actor)),
        office_phone=office.phone if office else "",
    )


def waiting(actor: Actor) -> int:
    """How many answers are owed."""
    return _owed(actor).count()


def requests(actor: Actor) -> list[Request]:
    """What the office waits for, the nearest date first."""
    rows = _owed(actor).select_related("operation__case", "machine").order_by("operation__case__due", "operation")
    return [
        Request(
            row.operation.case.code,
            row.operation.case.title,
            f"{row.operation.number} {row.operation.name}",
            localized(row.machine.name, row.machine.name_en),
            row.operation.quantity,
            timezone.localtime(row.operation.case.due),
            reverse("cases:option", args=[row.operation.case.code, row.operation.number, row.machine.code]),
        )
        for row in rows
    ]


def _owed(actor: Actor) -> QuerySet[Option]:
    return Option.objects.visible_to(actor).filter(
        answer=Option.Answer.WAITING,
        removed_at__isnull=True,
        machine__site__party_id=actor.party_id or 0,
        operation__case__stage__in=BEFORE_PRODUCTION,
    )


def _moves(steps: list[OwnStep], now: datetime) -> list[Move]:
    until = now + MOVES_AHEAD
    found = []
    for step in steps:
        if step.arrives and now <= step.arrives <= until:
            found.append(Move(step.arrives, step.step, step.quantity, step.case, True))
        if step.departs and now <= step.departs <= until:
            found.append(Move(step.departs, step.step, step.quantity, step.case, False))
    return sorted(found, key=lambda move: move.at)


def _machines(actor: Actor) -> list[MachineState]:
    now = clock.now()
    stops = {
        stop.machine_id: stop
        for stop in MachineStop.objects.visible_to(actor).filter(start__lte=now).order_by("start")
        if stop.end is None or stop.end > now
    }
    machines = Machine.objects.visible_to(actor).filter(site__party_id=actor.party_id or 0, retired_on__isnull=True)
    found = []
    for machine in machines:
        stop = stops.get(machine.pk)
        found.append(
            MachineState(
                machine.code,
                localized(machine.name, machine.name_en),
                reverse("network:machine", args=[machine.code]),
                stop.reason if stop else "",
                timezone.localtime(stop.start) if stop else None,
                timezone.localtime(stop.end) if stop and stop.end else None,
            )
        )
    return sorted(found, key=lambda machine: not machine.is_stopped)


def _expiries(actor: Actor) -> list[Expiry]:
    today = clock.today()
    rows = Certificate.objects.visible_to(actor).filter(
        company__party_id=actor.party_id or 0, withdrawn_on__isnull=True, valid_until__lte=today + EXPIRING
    )
    return [
        Expiry(localized(row.name, row.name_en), row.valid_until, (row.valid_until - today).days)
        for row in rows
        if row.valid_until
    ]


def _closures(actor: Actor) -> list[Closure]:
    today = clock.today()
    days = CalendarDay.objects.visible_to(actor).filter(
        calendar__company__party_id=actor.party_id or 0,
        calendar__is_default=True,
        kind=CalendarDay.Kind.CLOSED,
        date__range=(today, today + CLOSED_AHEAD),
    )
    found: list[Closure] = []
    for day in days.order_by("date"):
        before = found[-1] if found else None
        if before and before.reason == day.reason and day.date - before.last == timedelta(days=1):
            found[-1] = Closure(before.first, day.date, day.reason)
        else:
            found.append(Closure(day.date, day.date, day.reason))
    return found

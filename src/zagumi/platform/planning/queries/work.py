"""Plans in force, trimmed to the reader: a member's own steps, a case's plan, the list of what holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zagumi.platform.cases.models import Case
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import Hidden
from zagumi.platform.core.visibility import shows
from zagumi.platform.network.models import Company
from zagumi.platform.planning import gantt
from zagumi.platform.planning.bridge import present_moment
from zagumi.platform.planning.models import Plan, PlannedSublot, PlannedTransfer
from zagumi.platform.planning.queries.schedule import in_force, span_text, tint_of


@dataclass(frozen=True)
class OwnStep:
    """A sub-lot on one of the reader's machines. Neighbours have no name, only a direction and a time."""

    key: str
    case: str
    title: str
    url: str
    step: str
    letter: str
    tint: str
    machine: str
    quantity: int
    setup_minutes: int
    starts: datetime
    ends: datetime
    arrives: datetime | None
    departs: datetime | None
    from_elsewhere: bool
    to_elsewhere: bool
    version: int


@dataclass(frozen=True)
class Version:
    """One adopted version of a case's plan."""

    number: int
    adopted: datetime
    by: str
    url: str
    shown: bool


@dataclass(frozen=True)
class CasePlan:
    """A case's plan as far as the reader may know it; columns that are not shown are None or empty."""

    case: str
    title: str
    case_url: str
    due: datetime
    version: int
    completion: datetime
    slack_minutes: int
    adopted: datetime
    reason: str | None
    lead: str | None
    cost_yen: int | None
    co2_g: int | None
    on_time: float | None
    hash: str | None
    run_url: str | None
    versions: tuple[Version, ...]
    steps: tuple[OwnStep, ...]
    sheet: gantt.Sheet | None
    shows_team: bool


@dataclass(frozen=True)
class InForce:
    """A plan in force in the coordinator's list."""

    case: str
    title: str
    url: str
    version: int
    due: datetime
    completion: datetime
    slack_minutes: int
    on_time: float | None
    lead: str


def plans_in_force(actor: Actor) -> list[InForce]:
    """Plans in force of open cases, the tightest first."""
    rows = in_force().visible_to(actor).select_related("case", "lead__party")  # type: ignore[attr-defined]
    found = [
        InForce(
            plan.case.code,
            plan.case.title,
            reverse("planning:case-plan", args=[plan.case.code]),
            plan.version,
            timezone.localtime(plan.case.due),
            timezone.localtime(plan.completion),
            _slack(plan),
            plan.on_time,
            plan.lead.party.short if plan.lead and "lead" in shows(actor, plan) else "",
        )
        for plan in rows
        if plan.case.is_open
    ]
    return sorted(found, key=lambda row: row.slack_minutes)


def _slack(plan: Plan) -> int:
    return int((plan.case.due - plan.completion).total_seconds() // 60)


def own_work(actor: Actor) -> list[OwnStep]:
    """A member's own sub-lots in the plans in force, by start."""
    return _steps(actor, PlannedSublot.objects.visible_to(actor).filter(plan__in=in_force()))


def _steps(actor: Actor, rows: "Iterable[PlannedSublot]") -> list[OwnStep]:
    sublots = list(
        rows.select_related("plan__case", "operation__part", "machine__site__party").order_by("starts", "pk")  # type: ignore[attr-defined]
    )
    keys = [row.pk for row in sublots]
    moves = PlannedTransfer.objects.visible_to(actor).select_related("from_site", "to_site")
    arrivals: dict[int, list[PlannedTransfer]] = {}
    departures: dict[int, list[PlannedTransfer]] = {}
    for move in moves.filter(taker_id__in=keys):
        arrivals.setdefault(move.taker_id or 0, []).append(move)
    for move in moves.filter(giver_id__in=keys):
        departures.setdefault(move.giver_id, []).append(move)
    return [_own(row, arrivals.get(row.pk, []), departures.get(row.pk, [])) for row in sublots]


def _own(row: PlannedSublot, arrivals: list[PlannedTransfer], departures: list[PlannedTransfer]) -> OwnStep:
    part, party = row.operation.part, row.machine.site.party_id
    coming = [move for move in arrivals if move.from_site.party_id != party]
    going = [move for move in departures if move.to_site.party_id != party]
    return OwnStep(
        key=f"{row.plan.case.code}/{row.operation.number}.{row.lot}",
        case=row.plan.case.code,
        title=row.plan.case.title,
        url=reverse("cases:case", args=[row.plan.case.code]),
        step=f"{row.operation.number} {row.operation.name}",
        letter=part.letter if part else "",
        tint=tint_of(part.letter if part else ""),
        machine=row.machine.name,
        quantity=row.quantity,
        setup_minutes=row.setup_minutes,
        starts=timezone.localtime(row.starts),
        ends=timezone.localtime(row.ends),
        arrives=max((timezone.localtime(move.arrives) for move in coming), default=None),
        departs=min((timezone.localtime(move.departs) for move in going), default=None),
        from_elsewhere=bool(coming),
        to_elsewhere=bool(going),
        version=row.plan.version,
    )


def own_sheet(actor: Actor) -> gantt.Sheet | None:
    """A member's own steps as a schedule by machine; None when there is nothing ahead."""
    today = present_moment()
    steps = [step for step in own_work(actor) if step.ends >= today - timedelta(days=7)]
    return _sheet(steps, due=None) if steps else None


def _sheet(steps: list[OwnStep], *, due: datetime | None, group: str = "") -> gantt.Sheet:
    lanes: dict[str, list[gantt.Block]] = {}
    for step in steps:
        what = f"{step.letter} {step.step}".strip()
        pieces = _("%(count)s pieces") % {"count": step.quantity}
        lanes.setdefault(step.machine, []).append(
            gantt.Block(
                "work",
                step.starts,
                step.ends,
                sentence=f"{step.machine} {step.case} {what} {pieces} {span_text(step.starts, step.ends)}",
                key=step.key,
                long=f"{step.case} {what}",
                mid=step.letter or what[:2],
                letter=step.letter or what[:1],
                tint=step.tint,
                setup_until=step.starts + timedelta(minutes=step.setup_minutes) if step.setup_minutes else None,
            )
        )
    now = present_moment()
    first = min(now, *(step.starts for step in steps)).date()
    last = max(*(step.ends for step in steps), due or now, now).date() + timedelta(days=1)
    blocks = [block for lane in lanes.values() for block in lane]
    worked = {
        block.start.date() + timedelta(days=n) for block in blocks for n in range((block.end - block.start).days + 1)
    }
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    closed = [day for day in days if day.weekday() >= 5 and day not in worked]
    opens, closes = gantt.working_hours(blocks)
    axis = gantt.axis(first, last, closed=closed, today=now.date(), opens=opens, closes=closes)
    lines = [gantt.Line("now", axis.x(now), f"{now:%H:%M}")]
    if due is not None:
        lines.append(gantt.Line("due", axis.x(due), f"{due.month}/{due.day}"))
    rows = [gantt.Lane(name, group or _("Own machines"), name, tuple(blocks)) for name, blocks in sorted(lanes.items())]
    return gantt.Sheet(axis, gantt.sheet(axis, rows, due=due), tuple(lines), axis.x(now))


def case_plan(actor: Actor, code: str, version: int | None = None) -> CasePlan | None:
    """The plan in force of a case, or the asked version; None when the case has none yet.

    Raises:
        Hidden: the actor may not see the case, or there is no such version for it.
    """
    case = Case.objects.find(actor, code=code)
    plans = list(Plan.objects.visible_to(actor).filter(case=case).order_by("-version"))
    if not plans and version is None:
        return None
    plan = next((p for p in plans if version in (None, p.version)), None)
    if plan is None:
        raise Hidden()
    columns = shows(actor, plan)
    steps = _steps(actor, PlannedSublot.objects.visible_to(actor).filter(plan=plan))
    lead: Company | None = plan.lead if "lead" in columns else None
    run = plan.alternative.run if actor.is_coordinator else None
    return CasePlan(
        case=case.code,
        title=case.title,
        case_url=reverse("cases:case", args=[case.code]),
        due=timezone.localtime(case.due),
        version=plan.version,
        completion=timezone.localtime(plan.completion),
        slack_minutes=int((case.due - plan.completion).total_seconds() // 60),
        adopted=timezone.localtime(plan.adopted),
        reason=plan.reason if "reason" in columns else None,
        lead=lead.party.short if lead else None,
        cost_yen=plan.cost_yen if "cost" in columns else None,
        co2_g=plan.co2_g if "co2" in columns else None,
        on_time=plan.on_time if "risk" in columns else None,
        hash=plan.hash if "reason" in columns else None,
        run_url=reverse("planning:alternative", args=[run.code, plan.alternative.key]) if run else None,
        versions=tuple(
            Version(
                p.version,
                timezone.localtime(p.adopted),
                str(p.adopted_by.user) if p.adopted_by and actor.is_coordinator else "",
                reverse("planning:case-plan-version", args=[case.code, p.version]),
                p.version == plan.version,
            )
            for p in plans
        ),
        steps=tuple(steps),
        sheet=_sheet(steps, due=timezone.localtime(case.due)) if steps else None,
        shows_team="team" in columns,
    )

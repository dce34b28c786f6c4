"""Rows to the engine's problem and back: everything a run needs, with its ids.

The engine calls machines, sites, companies, people and cases by their codes and an operation ``CASE/NUMBER``
(as ``cases.bridge`` does). Minute 0 is the local midnight before the run.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path

from django.utils import timezone

from zagumi.engine.clock import union
from zagumi.engine.plan.plan import Delivery, SubLot, Transfer
from zagumi.engine.plan.plan import Plan as EnginePlan
from zagumi.engine.problem import FrozenWork, Machine, Operation, Policy, Problem, Roads, Vehicle, Weights
from zagumi.engine.problem import Site as EngineSite
from zagumi.platform.cases.bridge import engine_work
from zagumi.platform.cases.models import Case
from zagumi.platform.core import clock
from zagumi.platform.network.bridge import EngineNetwork, engine_network
from zagumi.platform.network.models import Site
from zagumi.platform.planning.models import Plan, PlannedSublot, Run

LEAST_HORIZON_DAYS = 60
DAYS_AFTER_LAST_DUE = 90

QUOTED_SPREAD = 0.15
"""Relative standard deviation of run times that are quoted, not measured: a planning assumption."""
BUFFER_MINUTES = 2 * 1440
"""Slack before the due date that a robust plan wants."""
YEN_PER_KG_CO2 = 30
"""What weight 1 of nearness pays per kilogram of CO2, beside the transport itself."""
FAIR_YEN_PER_HOUR = 600
"""What weight 1 of fairness pays per hour awarded above a company's entitlement."""


@dataclass(frozen=True)
class Frame:
    """Minutes of a problem as local moments and back."""

    origin: datetime

    def moment(self, minute: int) -> datetime:
        """The local moment of a minute."""
        return timezone.localtime(self.origin + timedelta(minutes=minute))

    def minute(self, moment: datetime) -> int:
        """Whole minutes from the origin, rounded down."""
        return int((moment - self.origin).total_seconds() // 60)


def origin_of(moment: datetime) -> datetime:
    """The local midnight before ``moment``."""
    return timezone.make_aware(datetime.combine(timezone.localdate(moment), time.min))


@cache
def roads() -> Roads:
    """Travel of the network: from coordinates, with the vehicles of the data table."""
    table = json.loads((Path(__file__).parent / "data" / "roads.json").read_text(encoding="utf-8"))
    return Roads(
        road_factor=table["road_factor"],
        speed_kmh=table["speed_kmh"],
        handling_minutes=table["handling_minutes"],
        vehicles=tuple(Vehicle(**vehicle) for vehicle in table["vehicles"]),
    )


def problem_of(run: Run, *, now: datetime) -> Problem:
    """The engine's problem of a run, with the plans of other cases as bookings and begun work frozen."""
    cases = list(run.cases.order_by("code"))
    origin = origin_of(min([now, *begun(cases)]))
    frame = Frame(origin)
    last = max((case.due for case in cases), default=now)
    days = max(LEAST_HORIZON_DAYS, (last - origin).days + DAYS_AFTER_LAST_DUE)
    horizon = days * 1440
    network = engine_network(run.network, origin=origin, horizon=horizon, exclude=[case.code for case in cases])
    work = engine_work(cases, origin=origin)
    present = max(1, frame.minute(now))
    return Problem(
        companies=network.companies,
        sites=network.sites,
        machines=tuple(_from_now_on(machine, present) for machine in network.machines),
        calendars=network.calendars,
        people=network.people,
        cases=tuple(replace(case, buffer=BUFFER_MINUTES) for case in work.cases),
        parts=work.parts,
        operations=tuple(_with_spread(operation) for operation in work.operations),
        horizon=horizon,
        roads=roads(),
        policy=Policy(
            weights=weights_of(run),
            max_companies=run.max_companies,
            lead_required=any(company.may_lead for company in network.companies),
            entitlement=entitlement(network) if run.weight_fair else {},
            frozen=frozen_work(cases, frame, now, run.freeze_until),
        ),
        origin=timezone.localtime(origin).replace(tzinfo=None).isoformat(timespec="minutes"),
        name=run.code,
    )


def _from_now_on(machine: Machine, present: int) -> Machine:
    """What is past is taken; work that has begun is frozen and not held up by it."""
    return replace(machine, bookings=union([(0, present), *machine.bookings]))


def _with_spread(operation: Operation) -> Operation:
    """Quoted and declared times vary; until results are learnt from, all by the same share."""
    return replace(operation, options=tuple(replace(option, spread=QUOTED_SPREAD) for option in operation.options))


def weights_of(run: Run) -> Weights:
    """The coordinator's weights (0 to 9 each) in the engine's unit, thousandths of a yen.

    Weight 2 of cost counts a yen as a yen; weight 3 of the date counts a yen of lateness as a yen.
    """
    return Weights(
        cost=500 * run.weight_cost,
        tardiness=max(1, 1000 * run.weight_date // 3),
        co2=YEN_PER_KG_CO2 * run.weight_near,
        risk=100 * run.weight_date // 3,
        fairness=FAIR_YEN_PER_HOUR * 1000 * run.weight_fair // 60,
        companies=0,
    )


def entitlement(network: EngineNetwork) -> dict[str, int]:
    """Each company's entitlement to work: the number of its machines."""
    company = {site.id: site.company for site in network.sites}
    counts: dict[str, int] = {}
    for machine in network.machines:
        owner = company[machine.site]
        if owner is not None:
            counts[owner] = counts.get(owner, 0) + 1
    return counts


def plans_in_force(cases: Iterable[Case]) -> dict[int, Plan]:
    """The plan in force of each case that has one, by the case's key."""
    found: dict[int, Plan] = {}
    for plan in Plan.objects.filter(case__in=list(cases)).select_related("case").order_by("version"):
        found[plan.case_id] = plan
    return found


def frozen_work(
    cases: Iterable[Case], frame: Frame, now: datetime, freeze_until: datetime | None
) -> tuple[FrozenWork, ...]:
    """Sub-lots of the plans in force that have begun, or begin before the freeze line."""
    line = max(now, freeze_until or now)
    plans = [plan.pk for plan in plans_in_force(cases).values()]
    rows = PlannedSublot.objects.filter(plan_id__in=plans, starts__lt=line)
    found = []
    for row in rows.select_related("operation__case", "machine", "person").order_by("pk"):
        start, end = frame.minute(row.starts), frame.minute(row.ends)
        person = row.person.code if row.person else None
        work = FrozenWork(operation_id(row), row.machine.code, row.quantity, start, end, person, row.setup_minutes)
        found.append(work)
    return tuple(found)


def begun(cases: Iterable[Case]) -> list[datetime]:
    """When the first sub-lot of the plans in force starts; the snapshot has to reach back to it."""
    plans = [plan.pk for plan in plans_in_force(cases).values()]
    first = PlannedSublot.objects.filter(plan_id__in=plans).order_by("starts").values_list("starts", flat=True).first()
    return [first] if first else []


def operation_id(sublot: PlannedSublot) -> str:
    """What the engine calls the operation of a planned sub-lot."""
    return f"{sublot.operation.case.code}/{sublot.operation.number}"


def engine_plan(plans: Mapping[int, Plan], frame: Frame) -> EnginePlan | None:
    """The plans in force as one plan of the engine; None when there is none."""
    rows = PlannedSublot.objects.filter(plan__in=list(plans.values())).select_related(
        "operation__case", "machine", "person"
    )
    sublots = {row.pk: row for row in rows.order_by("pk")}
    if not sublots:
        return None
    made = tuple(
        SubLot(
            operation_id(row),
            row.lot,
            row.machine.code,
            row.quantity,
            frame.minute(row.starts),
            frame.minute(row.ends),
            row.setup_minutes,
            row.person.code if row.person else None,
        )
        for row in sublots.values()
    )
    transfers, deliveries = [], []
    for plan in plans.values():
        for move in plan.transfers.all():
            giver = sublots[move.giver_id]
            depart, arrive = frame.minute(move.departs), frame.minute(move.arrives)
            if move.taker_id is None:
                deliveries.append(Delivery(operation_id(giver), giver.lot, move.pieces, depart, arrive))
            else:
                taker = sublots[move.taker_id]
                transfers.append(
                    Transfer(
                        operation_id(giver), giver.lot, operation_id(taker), taker.lot, move.pieces, depart, arrive
                    )
                )
    leads = tuple((plan.case.code, plan.lead.code) for plan in plans.values() if plan.lead is not None)
    return EnginePlan(made, tuple(transfers), tuple(deliveries), leads)


def present_moment() -> datetime:
    """Now where the reader is, to the minute."""
    return timezone.localtime(clock.now()).replace(second=0, microsecond=0)


def origin_from(problem: Problem) -> datetime:
    """Minute 0 of a problem as a moment."""
    return timezone.make_aware(datetime.fromisoformat(problem.origin))


def engine_site(site: Site) -> EngineSite:
    """A site's place, for travel."""
    return EngineSite(site.code, None, site.latitude, site.longitude)

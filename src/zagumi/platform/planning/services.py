"""The verbs of planning: start a run, store what it found, adopt an alternative."""

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zagumi.engine.files import plan_from_json, plan_to_json, problem_from_json, problem_to_json
from zagumi.engine.plan.cost import CaseMeasures, measure
from zagumi.engine.plan.plan import Plan as EnginePlan
from zagumi.engine.plan.plan import SubLot
from zagumi.engine.problem import Problem
from zagumi.platform.cases import services as cases_services
from zagumi.platform.cases.models import Case, Operation
from zagumi.platform.core import audit, clock, jobs
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.codes import next_code
from zagumi.platform.core.errors import BadInput, Fault, NotNow, Refused
from zagumi.platform.core.models import Job, Network
from zagumi.platform.core.services import service
from zagumi.platform.network import services as network_services
from zagumi.platform.network.models import Company, Machine, MachineStop, Person, Site
from zagumi.platform.planning import bridge
from zagumi.platform.planning.conditions import Conditions
from zagumi.platform.planning.models import Alternative, Plan, PlannedSublot, PlannedTransfer, Run
from zagumi.platform.planning.outcome import Outcome
from zagumi.platform.planning.rules import may_plan


@service
def start_run(actor: Actor, *, cases: Iterable[Case], conditions: Conditions, reason: str = "") -> Run:
    """Begin the search for a plan of one or several cases, planned together.

    Raises:
        Refused: only the coordinator plans.
        BadInput: no case, a case that is closed or has no steps, or a condition out of range.
    """
    if not may_plan(actor):
        raise Refused(_("Only the coordinator starts a planning run."))
    chosen = sorted(cases, key=lambda case: case.code)
    faults = [*_case_faults(chosen), *conditions.faults()]
    if faults:
        raise BadInput(faults)
    network = Network.objects.get(pk=actor.network_id)
    run = Run(
        network=network,
        code=next_code(network, "R"),
        started_by_id=actor.seat_id,
        reason=reason.strip(),
        **conditions.fields(),
    )
    run.save()
    run.cases.set(chosen)
    run.job = jobs.enqueue("planning.solve", network=network, actor=actor, run_id=run.pk)
    run.save(update_fields=["job"])
    for case in chosen:
        audit.record(actor, gettext_noop("started a planning run"), run, case_code=case.code)
    return run


def _case_faults(cases: list[Case]) -> list[Fault]:
    if not cases:
        return [Fault("cases", "", _("at least one case"), _("Choose at least one case to plan."))]
    faults = []
    with_steps = set(Operation.objects.kept().filter(case__in=cases).values_list("case_id", flat=True))
    for case in cases:
        if not case.is_open:
            faults.append(Fault("cases", case.code, _("an open case"), _("%(case)s is closed.") % {"case": case.code}))
        elif case.pk not in with_steps:
            text = _("%(case)s has no steps yet. Describe the steps first.") % {"case": case.code}
            faults.append(Fault("cases", case.code, _("a case with steps"), text))
    return faults


def stop_run(actor: Actor, *, run: Run, keep: bool) -> Run:
    """End a search early: ``keep`` the best so far, or throw it away."""
    if not may_plan(actor):
        raise Refused(_("Only the coordinator stops a planning run."))
    if run.job is None or run.is_over:
        raise NotNow(_("This search has already ended."))
    run.job = jobs.finish_early(actor, job=run.job) if keep else jobs.cancel(actor, job=run.job)
    return run


@service
def ask_why_not(actor: Actor, *, alternative: Alternative, step: str, company: str) -> Job:
    """Ask what changes when another company does a step; one question at a time is asked of the same thing.

    Raises:
        Refused: only the coordinator, who may know everybody's options, asks.
        BadInput: the plan has no such step, or the network no such company.
    """
    if not may_plan(actor):
        raise Refused(_("Only the coordinator compares companies."))
    run = Run.objects.select_related("network").get(pk=alternative.run_id)
    problem = problem_from_json(gzip.decompress(bytes(run.snapshot)), run.code)
    faults = []
    if step not in problem.operation:
        faults.append(Fault("step", step, _("a step of this plan"), _("This plan has no such step.")))
    if company not in problem.company:
        faults.append(Fault("company", company, _("a company of the network"), _("There is no such company.")))
    if faults:
        raise BadInput(faults)
    job = jobs.enqueue(
        "planning.why_not",
        network=run.network,
        actor=actor,
        key=f"{alternative.pk}:{step}:{company}",
        alternative_id=alternative.pk,
        step=step,
        company=company,
    )
    audit.record(actor, gettext_noop("compared another company"), run, case_code=problem.operation[step].case)
    return job


@service
def take_snapshot(_actor: Actor, *, run: Run) -> None:
    """Write down the problem of a run as it is now; a run that has one keeps it, so that a second try is the same."""
    if run.snapshot:
        return
    problem = bridge.problem_of(run, now=bridge.present_moment())
    run.origin = bridge.origin_from(problem)
    text = problem_to_json(problem).encode()
    run.snapshot = gzip.compress(text, mtime=0)
    run.snapshot_sha256 = hashlib.sha256(text).hexdigest()
    run.versions = {plan.case.code: plan.version for plan in bridge.plans_in_force(run.cases.all()).values()}
    run.save(update_fields=["origin", "snapshot", "snapshot_sha256", "versions"])


def plan_in_force(run: Run) -> bytes | None:
    """The plans in force of the run's cases as the engine's plan, gzipped JSON; None when no case has one."""
    assert run.origin is not None
    present = bridge.engine_plan(bridge.plans_in_force(run.cases.all()), bridge.Frame(run.origin))
    return gzip.compress(plan_to_json(present).encode(), mtime=0) if present else None


@service
def store_outcome(actor: Actor, *, run: Run, outcome: Outcome) -> None:
    """Store what a search found, once."""
    run.outcome = Run.Outcome.DONE if outcome.offers and outcome.state == "done" else Run.Outcome.INFEASIBLE
    run.finished = clock.now()
    run.points = outcome.points
    run.objective, run.bound, run.bound_by = outcome.objective, outcome.bound, outcome.bound_by
    run.first_plan_seconds, run.seconds_used = outcome.first_plan_seconds, outcome.seconds
    run.reasons = outcome.reasons
    run.save()
    Alternative.objects.bulk_create(
        Alternative(
            run=run,
            key=offer.key,
            position=position,
            objective=offer.objective,
            bound=offer.bound,
            bound_by=offer.bound_by,
            measures=offer.measures,
            gives_up=offer.gives_up,
            on_time=offer.on_time,
            faults=offer.faults,
            plan=offer.plan,
        )
        for position, offer in enumerate(outcome.offers)
    )
    for case in run.cases.all():
        audit.record(actor, gettext_noop("found alternatives"), run, case_code=case.code)


@service
def adopt_alternative(actor: Actor, *, alternative: Alternative, reason: str) -> list[Plan]:
    """Make an alternative the plan in force of its cases: a new, immutable version of each.

    The machines' bookings follow, and each case learns its expected end and its lead.

    Raises:
        Refused: only the coordinator adopts.
        BadInput: no reason was given.
        NotNow: it is the plan in force already, has faults, or the network has changed under it since the run.
    """
    if not may_plan(actor):
        raise Refused(_("Only the coordinator adopts a plan."))
    if not reason.strip():
        text = _("Write in one sentence why this alternative was chosen.")
        raise BadInput(Fault("reason", "", _("one sentence"), text))
    # one adoption at a time in a network: two that both fit alone may not fit together
    Network.objects.select_for_update().get(pk=actor.network_id)
    run = Run.objects.select_related("network").get(pk=alternative.run_id)
    if alternative.key == Alternative.Key.CURRENT:
        raise NotNow(_("This is the plan in force already."))
    problem = problem_from_json(gzip.decompress(bytes(run.snapshot)), run.code)
    engine_plan = plan_from_json(gzip.decompress(bytes(alternative.plan)), str(alternative))
    assert run.origin is not None
    frame = bridge.Frame(run.origin)
    cases = list(run.cases.select_for_update().order_by("code"))
    _refuse_stale(run, cases, engine_plan, frame)
    made = measure(problem, engine_plan)
    for case in cases:
        # all at once: the new plan of one case may use what the old plan of another gives back
        network_services.release_plan(actor, source_code=case.code)
    plans = []
    for case_measures in made.cases:
        case = next(case for case in cases if case.code == case_measures.case)
        plans.append(_adopt_case(actor, case, alternative, problem, engine_plan, case_measures, frame, reason.strip()))
    return plans


def _refuse_stale(run: Run, cases: list[Case], plan: EnginePlan, frame: bridge.Frame) -> None:
    """A plan rests on its snapshot: refuse it when a case was replanned or a machine it uses stopped since."""
    for present in bridge.plans_in_force(cases).values():
        if run.versions.get(present.case.code) != present.version:
            raise NotNow(
                _("%(case)s was given plan version %(version)s after this search began.")
                % {"case": present.case.code, "version": present.version},
                next_step=_("Start a new search."),
            )
    stops = MachineStop.objects.filter(machine__code__in=plan.on_machine, start__gt=run.created)
    for stop in stops.select_related("machine"):
        for sublot in plan.on_machine[stop.machine.code]:
            if frame.moment(sublot.end) > stop.start and (stop.end is None or frame.moment(sublot.start) < stop.end):
                raise NotNow(
                    _("%(machine)s was stopped after this search began.") % {"machine": stop.machine.name},
                    next_step=_("Start a new search."),
                )


def _adopt_case(
    actor: Actor,
    case: Case,
    alternative: Alternative,
    problem: Problem,
    engine_plan: EnginePlan,
    figures: CaseMeasures,
    frame: bridge.Frame,
    reason: str,
) -> Plan:
    sublots = [s for s in engine_plan.sublots if problem.operation[s.operation].case == case.code]
    moves = list(_moves(problem, engine_plan, case.code))
    lead_code = engine_plan.lead.get(case.code)
    lead = Company.objects.get(party__code=lead_code) if lead_code else None
    previous = Plan.objects.filter(case=case).order_by("-version").first()
    plan = Plan(
        case=case,
        version=previous.version + 1 if previous else 1,
        alternative=alternative,
        adopted_by_id=actor.seat_id,
        reason=reason,
        lead=lead,
        completion=frame.moment(figures.completion),
        cost_yen=figures.cost_yen,
        co2_g=figures.co2_g,
        on_time=alternative.on_time.get(case.code),
        hash=_digest(sublots, moves),
    )
    plan.save()
    rows = _store_sublots(plan, case, sublots, frame)
    _store_moves(plan, rows, moves, frame)
    slots = [
        network_services.Slot(row.machine.code, row.starts, row.ends) for row in rows.values() if row.ends > row.starts
    ]
    network_services.hold_for_plan(actor, source_code=case.code, slots=slots)
    cases_services.expect_end(actor, code=case.code, end=plan.completion)
    audit.record(
        actor,
        gettext_noop("adopted the plan"),
        plan,
        case_code=case.code,
        changes={"version": (previous.version if previous else None, plan.version)},
        purpose=reason,
    )
    return plan


Move = tuple[tuple[str, int], tuple[str, int] | None, int, int, int, str, str]
"""Giver, taker (None: the buyer's site), pieces, departure, arrival, from site, to site."""


def _moves(problem: Problem, plan: EnginePlan, case: str) -> Iterable[Move]:
    site = {s.key: problem.machine[s.machine].site for s in plan.sublots}
    for t in plan.transfers:
        if problem.operation[t.from_operation].case == case:
            giver, taker = (t.from_operation, t.from_lot), (t.to_operation, t.to_lot)
            yield giver, taker, t.pieces, t.depart, t.arrive, site[giver], site[taker]
    for d in plan.deliveries:
        if problem.operation[d.operation].case == case:
            to_site = problem.case[case].deliver_to
            assert to_site is not None
            giver = (d.operation, d.lot)
            yield giver, None, d.pieces, d.depart, d.arrive, site[giver], to_site


def _digest(sublots: list[SubLot], moves: list[Move]) -> str:
    content: dict[str, Any] = {
        "sublots": sorted([s.operation, s.lot, s.machine, s.quantity, s.start, s.end, s.person or ""] for s in sublots),
        "moves": sorted(json.dumps(move) for move in moves),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _store_sublots(
    plan: Plan, case: Case, sublots: list[SubLot], frame: bridge.Frame
) -> Mapping[tuple[str, int], PlannedSublot]:
    operations = {f"{case.code}/{op.number}": op for op in Operation.objects.filter(case=case, removed_at=None)}
    machines = {m.code: m for m in Machine.objects.filter(code__in={s.machine for s in sublots})}
    people = {p.code: p for p in Person.objects.filter(code__in={s.person for s in sublots if s.person})}
    gone = sorted({s.operation for s in sublots} - operations.keys())
    if gone:
        raise NotNow(
            _("Removed from the case since the search began: %(steps)s.") % {"steps": ", ".join(gone)},
            next_step=_("Start a new search."),
        )
    rows = {}
    for s in sorted(sublots):
        row = PlannedSublot(
            plan=plan,
            operation=operations[s.operation],
            lot=s.lot,
            machine=machines[s.machine],
            person=people[s.person] if s.person else None,
            quantity=s.quantity,
            starts=frame.moment(s.start),
            ends=frame.moment(s.end),
            setup_minutes=s.setup_minutes,
        )
        row.save()
        rows[s.key] = row
    return rows


def _store_moves(
    plan: Plan, rows: Mapping[tuple[str, int], PlannedSublot], moves: list[Move], frame: bridge.Frame
) -> None:
    sites = {site.code: site for site in Site.objects.filter(code__in={code for m in moves for code in m[5:]})}
    road = bridge.roads()
    for giver, taker, pieces, depart, arrive, from_code, to_code in moves:
        part = rows[giver].operation.part
        mass = pieces * (part.mass_g if part else 0)
        haul = road.by_coordinates(bridge.engine_site(sites[from_code]), bridge.engine_site(sites[to_code]), mass)
        PlannedTransfer(
            plan=plan,
            giver=rows[giver],
            taker=rows[taker] if taker else None,
            from_site=sites[from_code],
            to_site=sites[to_code],
            pieces=pieces,
            mass_g=mass,
            departs=frame.moment(depart),
            arrives=frame.moment(arrive),
            km=haul.km,
            yen=haul.yen,
            co2_g=haul.co2_g,
        ).save()

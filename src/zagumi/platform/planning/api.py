"""The API of planning: runs, alternatives, plans in force, a member's own work."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Schema

from zagumi.platform.cases.models import Case
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.api import Page, Paging, actor_of, api_router, paged
from zagumi.platform.core.errors import BadInput, Fault, Hidden
from zagumi.platform.planning import queries, services
from zagumi.platform.planning.conditions import Conditions
from zagumi.platform.planning.models import Alternative, Run
from zagumi.platform.planning.rules import may_plan

router = api_router("planning")


class ConditionsIn(Schema):
    """Weights from 0 to 9, limits, and the cases to plan together."""

    cases: list[str] = Field(min_length=1, max_length=500)
    reason: str = Field("", max_length=200)
    weight_date: int = 3
    weight_cost: int = 2
    weight_near: int = 1
    weight_fair: int = 1
    seconds: int = 20
    seed: int = 1
    max_companies: int | None = None
    freeze_until: datetime | None = None


class RunOut(Schema):
    """One run in the list."""

    code: str
    cases: str
    state: str
    created: datetime
    by: str
    reason: str
    objective: int | None
    gap: float | None
    seconds: float | None


class CaseFiguresOut(Schema):
    """One case within an alternative; slack in minutes, negative when late."""

    code: str
    due: datetime
    completion: datetime
    slack_minutes: int | None
    on_time: float | None
    cost_yen: int
    co2_g: int
    team: list[str]


class AlternativeOut(Schema):
    """One alternative beside the others."""

    key: str
    label: str
    is_current: bool
    completion: datetime | None
    slack_minutes: int | None
    on_time: float | None
    cost_yen: int
    cost_change: int | None
    km: float
    transfers: int
    co2_g: int
    companies: int
    gives_up: list[str]
    faults: list[str]
    objective: int
    gap: float | None
    cases: list[CaseFiguresOut]


class RunDetailOut(Schema):
    """A run with its alternatives and the course of its search: (seconds, objective) and (seconds, bound)."""

    code: str
    state: str
    reason: str
    created: datetime
    finished: datetime | None
    seconds: float
    objective: int | None
    bound: int | None
    bound_by: str
    gap: float | None
    first_plan_seconds: float | None
    found: list[tuple[float, float]]
    bounds: list[tuple[float, float]]
    alternatives: list[AlternativeOut] = Field(alias="columns")
    reasons: list[str]
    error: str


class StepOut(Schema):
    """One sub-lot of an alternative."""

    case: str
    step: str
    company: str
    machine: str
    person: str
    quantity: int
    setup_minutes: int
    starts: datetime
    ends: datetime


class TripOut(Schema):
    """One movement between two sites."""

    number: int
    from_site: str
    to_site: str
    from_name: str
    to_name: str
    cargo: str
    mass_kg: float
    departs: datetime
    arrives: datetime
    wait_minutes: int | None
    km: float
    yen: int
    co2_g: int


class AdoptIn(Schema):
    """Why this alternative was chosen."""

    reason: str = Field(max_length=300)


class AdoptedOut(Schema):
    """A new version of a case's plan."""

    case: str
    version: int
    hash: str


class StopIn(Schema):
    """Whether the best so far is kept."""

    keep: bool = True


class InForceOut(Schema):
    """A plan in force."""

    case: str
    version: int
    due: datetime
    completion: datetime
    slack_minutes: int
    on_time: float | None
    lead: str


class OwnStepOut(Schema):
    """A sub-lot on one of the reader's machines; neighbours have no name."""

    case: str
    step: str
    letter: str
    machine: str
    quantity: int
    setup_minutes: int
    starts: datetime
    ends: datetime
    arrives: datetime | None
    departs: datetime | None
    version: int


class CasePlanOut(Schema):
    """A case's plan as far as the reader may know it."""

    case: str
    version: int
    due: datetime
    completion: datetime
    slack_minutes: int
    adopted: datetime
    reason: str | None
    lead: str | None
    cost_yen: int | None
    co2_g: int | None
    on_time: float | None
    hash: str | None
    steps: list[OwnStepOut]


def _planner(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not may_plan(actor):
        raise Hidden()
    return actor


def _alternative(actor: Actor, code: str, key: str) -> tuple[Run, Alternative]:
    run = Run.objects.select_related("network", "job").find(actor, code=code)
    return run, Alternative.objects.find(actor, run=run, key=key)


@router.get("/runs", response=Page[RunOut], summary="Planning runs, newest first")
def runs(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """Coordinator only."""
    return paged(queries.run_lines(_planner(request)), paging)


@router.post("/runs", response={201: RunDetailOut}, summary="Start the search for a plan")
def start_run(request: HttpRequest, given: ConditionsIn) -> tuple[int, Any]:
    """Coordinator only. The search goes on in the background; read the run to follow it."""
    actor = _planner(request)
    found = {case.code: case for case in Case.objects.visible_to(actor).filter(code__in=given.cases)}
    missing = [code for code in given.cases if code not in found]
    if missing:
        raise BadInput([Fault("cases", code, "the code of a case", "There is no such case.") for code in missing])
    conditions = Conditions(**given.dict(exclude={"cases", "reason"}))
    run = services.start_run(actor, cases=found.values(), conditions=conditions, reason=given.reason)
    return 201, queries.run_page(actor, run.code)


@router.get("/runs/{code}", response=RunDetailOut, summary="One run with its alternatives")
def run(request: HttpRequest, code: str) -> Any:
    """Coordinator only."""
    return queries.run_page(_planner(request), code)


@router.post("/runs/{code}/stop", response=RunDetailOut, summary="End a search early")
def stop_run(request: HttpRequest, code: str, given: StopIn) -> Any:
    """Keep the best so far, or throw it away."""
    actor = _planner(request)
    services.stop_run(actor, run=Run.objects.select_related("job").find(actor, code=code), keep=given.keep)
    return queries.run_page(actor, code)


@router.get("/runs/{code}/{key}/steps", response=Page[StepOut], summary="The schedule of an alternative")
def steps(request: HttpRequest, code: str, key: str, paging: Query[Paging]) -> dict[str, Any]:
    """Coordinator only."""
    actor = _planner(request)
    return paged(queries.step_lines(actor, *_alternative(actor, code, key)), paging)


@router.get("/runs/{code}/{key}/trips", response=Page[TripOut], summary="The movements of an alternative")
def trips(request: HttpRequest, code: str, key: str, paging: Query[Paging]) -> dict[str, Any]:
    """Coordinator only."""
    actor = _planner(request)
    return paged(list(queries.flow_map(actor, *_alternative(actor, code, key)).trips), paging)


@router.post("/runs/{code}/{key}/adopt", response={201: list[AdoptedOut]}, summary="Make it the plan in force")
def adopt(request: HttpRequest, code: str, key: str, given: AdoptIn) -> tuple[int, Any]:
    """Coordinator only. Makes a new, immutable version of the plan of each case of the run."""
    actor = _planner(request)
    _run, alternative = _alternative(actor, code, key)
    plans = services.adopt_alternative(actor, alternative=alternative, reason=given.reason)
    return 201, [{"case": plan.case.code, "version": plan.version, "hash": plan.hash} for plan in plans]


@router.get("/plans", response=Page[InForceOut], summary="Plans in force, the tightest first")
def plans(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """Coordinator only."""
    return paged(queries.plans_in_force(_planner(request)), paging)


@router.get("/work", response=Page[OwnStepOut], summary="A member's own steps in the plans in force")
def work(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """Members only."""
    actor = actor_of(request)
    if not actor.is_member:
        raise Hidden()
    return paged(queries.own_work(actor), paging)


@router.get("/cases/{code}/plan", response=CasePlanOut, summary="The plan in force of a case")
def case_plan(request: HttpRequest, code: str, version: Annotated[int | None, Field(ge=1)] = None) -> Any:
    """What the reader may know of it: members their own steps, buyers the dates."""
    plan = queries.case_plan(actor_of(request), code, version)
    if plan is None:
        raise Hidden()
    return plan

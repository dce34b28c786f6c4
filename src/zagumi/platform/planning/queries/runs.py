"""Runs and their alternatives, side by side, as the coordinator reads them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext

from zagumi.platform.cases.models import Case, Operation
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Party
from zagumi.platform.network.models import Machine
from zagumi.platform.planning.conditions import Conditions
from zagumi.platform.planning.models import Alternative, Plan, Run
from zagumi.platform.planning.wording import argument, broken, sacrifice, unmet

MINUTES_PER_DAY = 1440

RUN_STATES = (
    ("queued", gettext_lazy("Waiting")),
    ("running", gettext_lazy("Searching")),
    ("done", gettext_lazy("Alternatives ready")),
    ("infeasible", gettext_lazy("No plan possible")),
    ("failed", gettext_lazy("Failed")),
    ("cancelled", gettext_lazy("Stopped")),
)
_TAGS = {
    "queued": "waiting",
    "running": "running",
    "done": "ok",
    "infeasible": "blocked",
    "failed": "late",
    "cancelled": "plain",
}


@dataclass(frozen=True)
class RunLine:
    """One run in the list."""

    code: str
    url: str
    cases: str
    state: str
    created: datetime
    by: str
    reason: str
    objective: int | None
    gap: float | None
    seconds: float | None

    @property
    def state_tag(self) -> tuple[str, str]:
        """The state as a tag: kind and words."""
        return _TAGS[self.state], str(dict(RUN_STATES)[self.state])


@dataclass(frozen=True)
class Column:
    """One alternative beside the others. Signed figures are against the plan in force (None without one).

    ``slack_minutes`` belongs to the tightest case (negative: late). ``on_time`` is the lowest of its cases.
    """

    key: str
    label: str
    url: str
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
    team: tuple[str, ...]
    unfair_minutes: int
    gives_up: tuple[str, ...]
    faults: tuple[str, ...]
    objective: int
    gap: float | None
    cases: tuple["CaseFigures", ...]

    @property
    def is_late(self) -> bool:
        """Whether some case misses its date."""
        return self.slack_minutes is not None and self.slack_minutes < 0

    @property
    def slack_days(self) -> float | None:
        """Slack in days of 24 hours, one decimal."""
        return None if self.slack_minutes is None else round(self.slack_minutes / MINUTES_PER_DAY, 1)


@dataclass(frozen=True)
class CaseFigures:
    """One case within an alternative."""

    code: str
    title: str
    url: str
    due: datetime
    completion: datetime
    slack_minutes: int | None
    on_time: float | None
    cost_yen: int
    co2_g: int
    lead: str
    team: tuple[str, ...]


@dataclass(frozen=True)
class CaseRef:
    """A case that is planned in a run; ``version`` is its plan in force (0: none)."""

    code: str
    title: str
    url: str
    due: datetime
    version: int


@dataclass(frozen=True)
class RunPage:
    """Everything the page of a run says."""

    code: str
    state: str
    reason: str
    by: str
    created: datetime
    finished: datetime | None
    cases: tuple[CaseRef, ...]
    conditions: Conditions
    job: str
    seconds: float
    objective: int | None
    bound: int | None
    bound_by: str
    gap: float | None
    first_plan_seconds: float | None
    found: tuple[tuple[float, float], ...]
    bounds: tuple[tuple[float, float], ...]
    columns: tuple[Column, ...]
    reasons: tuple[str, ...]
    error: str
    snapshot_sha256: str
    adopted: dict[str, int]

    @property
    def is_over(self) -> bool:
        """Whether the search has ended."""
        return self.state not in {"queued", "running"}

    def column(self, key: str) -> Column | None:
        """The alternative called ``key``."""
        return next((column for column in self.columns if column.key == key), None)

    @property
    def proposed(self) -> Column | None:
        """What is shown first: keeps its dates most surely, then costs least; never the plan in force."""
        offers = [column for column in self.columns if not column.is_current and not column.faults]
        return min(offers, key=lambda c: (-(c.on_time or 0.0), c.cost_yen), default=None)


def run_lines(actor: Actor, runs: Iterable[Run] | None = None) -> list[RunLine]:
    """Runs the actor may see, newest first."""
    rows = Run.objects.visible_to(actor).select_related("job", "started_by__user").prefetch_related("cases")
    found = rows.defer("snapshot").order_by("-pk") if runs is None else runs
    return [
        RunLine(
            run.code,
            reverse("planning:run", args=[run.code]),
            ", ".join(case.code for case in run.cases.all()),
            run.state,
            run.created,
            str(run.started_by.user) if run.started_by else "",
            run.reason,
            run.objective,
            _gap(run.objective, run.bound),
            run.seconds_used,
        )
        for run in found
    ]


def run_page(actor: Actor, code: str) -> RunPage:
    """The page of a run; raises Hidden when the actor may not see it."""
    run = Run.objects.select_related("job", "started_by__user").defer("snapshot").find(actor, code=code)
    cases = list(run.cases.order_by("due", "code"))
    live = _live(run)
    alternatives = list(run.alternatives.visible_to(actor).defer("plan"))
    named = _naming(cases, [*run.reasons, *(fault for each in alternatives for fault in each.faults)])
    columns = _columns(run, cases, alternatives, named)
    versions = {plan.case_id: plan.version for plan in Plan.objects.filter(case__in=cases).order_by("version")}
    adopted = {
        plan.alternative.key: plan.version
        for plan in Plan.objects.filter(alternative__in=alternatives).select_related("alternative")
    }
    return RunPage(
        code=run.code,
        state=run.state,
        reason=run.reason,
        by=str(run.started_by.user) if run.started_by else "",
        created=timezone.localtime(run.created),
        finished=run.finished and timezone.localtime(run.finished),
        cases=tuple(_ref(case, versions.get(case.pk, 0)) for case in cases),
        conditions=Conditions.of(run),
        job=run.job.code if run.job else "",
        seconds=live["seconds"],
        objective=live["objective"],
        bound=live["bound"],
        bound_by=argument(live["bound_by"]),
        gap=_gap(live["objective"], live["bound"]),
        first_plan_seconds=run.first_plan_seconds,
        found=tuple((p[0], p[1]) for p in live["points"] if p[1] is not None),
        bounds=tuple((p[0], p[2]) for p in live["points"] if p[2] is not None),
        columns=columns,
        reasons=tuple(unmet(reason, named) for reason in run.reasons),
        error=run.job.error % run.job.data if run.job and run.state == "failed" and run.job.error else "",
        snapshot_sha256=run.snapshot_sha256,
        adopted=adopted,
    )


def _live(run: Run) -> dict[str, Any]:
    """The figures of the search: stored ones when it is over, the job's latest word while it runs."""
    if run.outcome or run.job is None or not run.job.data.get("points"):
        return {
            "seconds": run.seconds_used or 0.0,
            "objective": run.objective,
            "bound": run.bound,
            "bound_by": run.bound_by,
            "points": run.points,
        }
    said = run.job.data
    return {key: said.get(key) for key in ("seconds", "objective", "bound", "bound_by", "points")}


def _gap(objective: int | None, bound: int | None) -> float | None:
    if not objective or bound is None:
        return 0.0 if objective == 0 else None
    return max(0.0, (objective - bound) / objective)


def _slack(case: Case, completion: datetime) -> int:
    """Minutes to the date that was agreed (the engine counts from its origin, an older date it does not know)."""
    return int((case.due - completion).total_seconds() // 60)


def _ref(case: Case, version: int) -> CaseRef:
    return CaseRef(
        case.code, case.title, reverse("cases:case", args=[case.code]), timezone.localtime(case.due), version
    )


def _naming(cases: list[Case], told: Iterable[dict[str, Any]]) -> Callable[[str], str]:
    """The names of the engine's ids that are told of: machines, companies, steps of these cases."""
    items = {item for each in told for item in each["items"]}
    if not items:
        return str
    names = {party.code: party.short for party in Party.objects.filter(code__in=items)}
    names |= {machine.code: machine.name for machine in Machine.objects.filter(code__in=items)}
    steps = Operation.objects.filter(case__in=cases).select_related("case")
    names |= {f"{step.case.code}/{step.number}": f"{step.case.code} {step.number} {step.name}" for step in steps}
    return lambda item: names.get(item, item)


def _columns(
    run: Run, cases: list[Case], alternatives: list[Alternative], named: Callable[[str], str]
) -> tuple[Column, ...]:
    if not alternatives or run.origin is None:
        return ()
    origin = timezone.localtime(run.origin)
    teams = {code for a in alternatives for figures in a.measures["cases"] for code in figures["companies"]}
    names = {party.code: party.short for party in Party.objects.filter(code__in=teams)}
    current = next((a for a in alternatives if a.key == Alternative.Key.CURRENT), None)
    by_code = {case.code: case for case in cases}
    return tuple(_column(run, alternative, current, origin, names, by_code, named) for alternative in alternatives)


def _column(
    run: Run,
    alternative: Alternative,
    current: Alternative | None,
    origin: datetime,
    names: dict[str, str],
    cases: dict[str, Case],
    named: Callable[[str], str],
) -> Column:
    measures = alternative.measures
    figures = tuple(
        CaseFigures(
            code=each["case"],
            title=cases[each["case"]].title,
            url=reverse("cases:case", args=[each["case"]]),
            due=timezone.localtime(cases[each["case"]].due),
            completion=origin + timedelta(minutes=each["completion"]),
            slack_minutes=_slack(cases[each["case"]], origin + timedelta(minutes=each["completion"])),
            on_time=alternative.on_time.get(each["case"]),
            cost_yen=each["cost_yen"],
            co2_g=each["co2_g"],
            lead="",
            team=tuple(names.get(code, code) for code in each["companies"]),
        )
        for each in measures["cases"]
        if each["case"] in cases
    )
    slacks = [each.slack_minutes for each in figures if each.slack_minutes is not None]
    chances = [each.on_time for each in figures if each.on_time is not None]
    team = tuple(dict.fromkeys(name for each in figures for name in each.team))
    is_current = alternative.key == Alternative.Key.CURRENT
    return Column(
        key=alternative.key,
        label=str(alternative.get_key_display()),
        url=reverse("planning:alternative", args=[run.code, alternative.key]),
        is_current=is_current,
        completion=max((each.completion for each in figures), default=None),
        slack_minutes=min(slacks, default=None),
        on_time=min(chances, default=None),
        cost_yen=measures["cost_yen"],
        cost_change=None if current is None or is_current else measures["cost_yen"] - current.measures["cost_yen"],
        km=measures["travel_km"],
        transfers=measures["transfers"],
        co2_g=measures["co2_g"],
        companies=len(team),
        team=team,
        unfair_minutes=measures["unfair_minutes"],
        gives_up=tuple(sacrifice(item) for item in alternative.gives_up)
        or ((pgettext("gives up", "nothing"),) if not is_current else ()),
        faults=tuple(broken(fault, named) for fault in alternative.faults),
        objective=alternative.objective,
        gap=None if is_current else _gap(alternative.objective, alternative.bound),
        cases=figures,
    )

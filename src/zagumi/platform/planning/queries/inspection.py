"""What is selected on a sheet: where, when, why here, why not elsewhere, why late."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from zagumi.engine.insight.explain import Choice, Why, why
from zagumi.engine.insight.lateness import Cause, why_late
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import Hidden
from zagumi.platform.core.models import Job, Party
from zagumi.platform.planning.models import Alternative, Run
from zagumi.platform.planning.queries.schedule import Scene, scene_of
from zagumi.platform.planning.wording import cause_text, decided_text, obstacle_text, unmet


@dataclass(frozen=True)
class Elsewhere:
    """A machine the step could be on: what would change, or the hard condition it fails.

    ``yen_more`` and ``minutes_later`` are against the place it has, everything else unchanged.
    """

    company_code: str
    company: str
    machine: str
    obstacles: tuple[str, ...]
    yen_more: int | None
    minutes_later: int | None


@dataclass(frozen=True)
class Inspection:
    """One step of a plan under the glass."""

    step: str
    key: str
    title: str
    case: str
    company: str
    machine: str
    person: str
    quantity: int
    setup_minutes: int
    starts: datetime
    ends: datetime
    reasons: tuple[str, ...]
    elsewhere: tuple[Elsewhere, ...]
    slack_minutes: int | None
    late_because: tuple[str, ...]


def inspect(actor: Actor, run: Run, alternative: Alternative, key: str) -> Inspection:
    """The sub-lot called ``key`` (operation, a dot, lot); raises Hidden when the plan has no such sub-lot."""
    scene = scene_of(actor, run, alternative)
    operation, _dot, lot = key.rpartition(".")
    sublot = next((s for s in scene.plan.sublots_of.get(operation, ()) if str(s.lot) == lot), None)
    if sublot is None or operation not in scene.steps:
        raise Hidden()
    step = scene.steps[operation]
    explained = why(scene.problem, scene.plan, operation)
    company = scene.problem.company_of(sublot.machine) or ""
    late = why_late(scene.problem, scene.plan, step.case)
    return Inspection(
        step=operation,
        key=key,
        title=f"{step.letter} {step.number} {step.name}".strip(),
        case=step.case,
        company=scene.names.company.get(company, company),
        machine=scene.names.machine.get(sublot.machine, sublot.machine),
        person=scene.names.person.get(sublot.person, "") if sublot.person else "",
        quantity=sublot.quantity,
        setup_minutes=sublot.setup_minutes,
        starts=scene.frame.moment(sublot.start),
        ends=scene.frame.moment(sublot.end),
        reasons=_reasons(explained),
        elsewhere=_elsewhere(scene, explained),
        slack_minutes=late.slack,
        late_because=tuple(_cause(scene, cause) for cause in late.causes[:3]),
    )


def inspect_first(actor: Actor, run: Run, alternative: Alternative) -> Inspection | None:
    """The step to show before anything is selected: the last one of the case with the least slack."""
    scene = scene_of(actor, run, alternative)
    cases = [figures for figures in alternative.measures["cases"] if figures["slack"] is not None]
    if not scene.plan.sublots:
        return None
    tightest = min(cases, key=lambda figures: figures["slack"], default=None)
    sublots = [s for s in scene.plan.sublots if tightest is None or scene.steps[s.operation].case == tightest["case"]]
    last = max(sublots or scene.plan.sublots, key=lambda s: (s.end, s.key))
    return inspect(actor, run, alternative, f"{last.operation}.{last.lot}")


@dataclass(frozen=True)
class WhyNotAnswer:
    """What changes when another company does a step; signed figures, new plan less the shown one."""

    is_over: bool
    failed: str
    company: str
    step: str
    does: bool
    obstacles: tuple[str, ...]
    yen: int | None
    later_minutes: int | None
    tardy_minutes: int | None
    co2_g: int | None
    moved: int


def why_not_answer(actor: Actor, code: str) -> WhyNotAnswer:
    """The answer kept with a job, as far as it has come; raises Hidden when the actor may not see the job."""
    job = Job.objects.find(actor, code=code, kind="planning.why_not")
    party = Party.objects.filter(code=job.args["company"]).first()
    answer = job.data.get("answer", {})
    difference = answer.get("difference") or {}
    excluded = [obstacle_text(obstacle) for obstacle in answer.get("obstacles", ())]
    excluded += [unmet(reason) for reason in answer.get("reasons", ())]
    if answer and not answer["does"] and not difference and not excluded:
        excluded = [_("no valid plan with it was found in the time for this question")]
    return WhyNotAnswer(
        is_over=job.is_over,
        failed=job.error % job.data if job.state in {Job.State.FAILED, Job.State.CANCELLED} and job.error else "",
        company=party.short if party else job.args["company"],
        step=job.args["step"],
        does=bool(answer.get("does")),
        obstacles=tuple(excluded),
        yen=difference.get("cost_yen"),
        later_minutes=difference.get("makespan"),
        tardy_minutes=difference.get("tardy_minutes"),
        co2_g=difference.get("co2_g"),
        moved=len(difference.get("moved", ())),
    )


def _reasons(explained: Why) -> tuple[str, ...]:
    open_ones = [choice for choice in explained.choices if not choice.obstacles]
    count = _("%(able)s of %(asked)s machines qualify") % {"able": len(open_ones), "asked": len(explained.choices)}
    return (decided_text(explained.decided), count)


def _elsewhere(scene: Scene, explained: Why) -> tuple[Elsewhere, ...]:
    chosen = [choice for choice in explained.choices if choice.chosen]
    here_yen = min((c.yen for c in chosen if c.yen is not None), default=None)
    here_end = max((s.end for s in explained.sublots), default=None)
    found = [_other(scene, choice, here_yen, here_end) for choice in explained.choices if not choice.chosen]
    return tuple(sorted(found, key=lambda e: (bool(e.obstacles), e.yen_more if e.yen_more is not None else 10**12)))


def _other(scene: Scene, choice: Choice, here_yen: int | None, here_end: int | None) -> Elsewhere:
    return Elsewhere(
        choice.company,
        scene.names.company.get(choice.company, choice.company),
        scene.names.machine.get(choice.machine, choice.machine),
        tuple(obstacle_text(obstacle) for obstacle in choice.obstacles),
        choice.yen - here_yen if choice.yen is not None and here_yen is not None else None,
        choice.finish - here_end if choice.finish is not None and here_end is not None else None,
    )


def _cause(scene: Scene, cause: Cause) -> str:
    step = scene.steps.get(cause.operation)
    return cause_text(
        cause.kind,
        step=f"{step.letter} {step.name}".strip() if step else cause.operation,
        machine=scene.names.machine.get(cause.machine, cause.machine),
        saves=cause.saves,
    )

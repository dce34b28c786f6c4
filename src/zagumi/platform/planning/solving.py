"""The work of a run inside a child process: a problem in, checked alternatives out. No Django, no database."""

from __future__ import annotations

import gzip
from dataclasses import asdict
from typing import Any, Protocol

from zagumi.engine.files import plan_from_json, plan_to_json, problem_from_json
from zagumi.engine.insight.alternatives import alternatives
from zagumi.engine.insight.explain import why_not
from zagumi.engine.insight.risk import prospects
from zagumi.engine.plan.check import check
from zagumi.engine.plan.cost import measure
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import Problem
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.result import Progress, Result, Status
from zagumi.platform.planning.outcome import Offer, Outcome

CURVE_POINTS = 400


class Channel(Protocol):
    """What the child hears and says (``core.child.Channel``)."""

    def progress(self, fraction: float | None, text: str, data: dict[str, Any] | None = None) -> None:
        """Say how far it is."""

    def finishing(self) -> bool:
        """Whether people want the best so far now."""


def solve_snapshot(channel: Channel, snapshot: bytes, in_force: bytes | None, seconds: float, seed: int) -> Outcome:
    """Find the alternatives of a run.

    Args:
        channel: progress out, the wish to finish in.
        snapshot: the problem, gzipped JSON.
        in_force: the plan that holds now for the same cases, gzipped JSON; it is measured beside the others and
            used as a start.
        seconds: for the whole search.
        seed: the same seed repeats the same search.
    """
    problem = problem_from_json(gzip.decompress(snapshot), "snapshot")
    present = plan_from_json(gzip.decompress(in_force), "plan in force") if in_force else None
    outcome = Outcome("done")

    def report(step: Progress) -> None:
        _note(outcome, step)
        channel.progress(
            min(1.0, step.seconds / seconds),
            "Looking for better alternatives",
            {
                "seconds": round(step.seconds, 1),
                "objective": step.objective,
                "bound": step.bound,
                "bound_by": step.bound_by,
                "gap": step.gap,
                "points": outcome.points[-CURVE_POINTS:],
            },
        )

    limits = Limits(seconds=seconds, workers=2, seed=seed, cancelled=channel.finishing)
    valid = present is not None and not check(problem, present)
    found = alternatives(problem, limits, start=present if valid else None, report=report)
    if present is not None:
        outcome.offers.append(_present(problem, present))
    for alternative in found:
        result = alternative.result
        if result.plan is None:
            return _without_plan(outcome, result)
        outcome.offers.append(
            Offer(
                key=alternative.key,
                objective=result.objective or 0,
                bound=result.bound,
                bound_by=result.bound_by,
                measures=_measures(problem, result.plan),
                gives_up=[asdict(item) for item in alternative.gives_up],
                on_time=_on_time(problem, result.plan),
                faults=[],
                plan=gzip.compress(plan_to_json(result.plan).encode(), mtime=0),
            )
        )
    return outcome


def _note(outcome: Outcome, step: Progress) -> None:
    """Add a step to the curve; the best objective only falls, the best bound only rises."""
    outcome.seconds = step.seconds
    if step.objective is not None:
        better = outcome.objective is None or step.objective < outcome.objective
        outcome.objective = step.objective if better else outcome.objective
        if outcome.first_plan_seconds is None:
            outcome.first_plan_seconds = step.seconds
    if outcome.bound is None or step.bound > outcome.bound:
        outcome.bound, outcome.bound_by = step.bound, step.bound_by
    point: list[float | None] = [round(step.seconds, 2), outcome.objective, outcome.bound]
    if not outcome.points or outcome.points[-1][1:] != point[1:]:
        outcome.points.append(point)


def _without_plan(outcome: Outcome, result: Result) -> Outcome:
    outcome.state = "infeasible" if result.status == Status.INFEASIBLE else "failed"
    outcome.reasons = [{"rule": r.rule, "items": list(r.items), "text": r.text} for r in result.reasons]
    outcome.seconds = result.seconds
    return outcome


def _present(problem: Problem, plan: Plan) -> Offer:
    """The plan in force, measured as it stands; its faults say what has changed since it was adopted."""
    faults = check(problem, plan)
    measures = _measures(problem, plan)
    return Offer(
        key="current",
        objective=measure(problem, plan).objective(problem.policy.weights),
        bound=0,
        bound_by="",
        measures=measures,
        gives_up=[],
        on_time={} if faults else _on_time(problem, plan),
        faults=[{"rule": f.rule, "items": list(f.items), "text": f.text} for f in faults[:20]],
        plan=gzip.compress(plan_to_json(plan).encode(), mtime=0),
    )


def _measures(problem: Problem, plan: Plan) -> dict[str, Any]:
    measures = measure(problem, plan)
    return {**asdict(measures), "cost_yen": measures.cost_yen}


def _on_time(problem: Problem, plan: Plan) -> dict[str, float]:
    return {case: round(prospect.on_time, 3) for case, prospect in prospects(problem, plan).items()}


def answer_why_not(
    channel: Channel, snapshot: bytes, plan: bytes, operation: str, company: str, seconds: float
) -> dict[str, Any]:
    """Plan anew with one operation at another company and say what changes against the given plan.

    Returns plain data: ``does``, ``obstacles``, ``reasons`` and, where a plan was found, the signed differences
    ``cost_yen``, ``tardy_minutes``, ``makespan``, ``co2_g`` and the ids of ``moved`` operations.
    """
    problem = problem_from_json(gzip.decompress(snapshot), "snapshot")
    present = plan_from_json(gzip.decompress(plan), "plan")
    channel.progress(None, "Planning anew with the other company")
    limits = Limits(seconds=seconds, workers=2, cancelled=channel.finishing)
    answer = why_not(problem, present, operation, company, limits)
    found: dict[str, Any] = {
        "operation": operation,
        "company": company,
        "does": answer.does,
        "obstacles": [str(obstacle) for obstacle in answer.obstacles],
        "reasons": [{"rule": r.rule, "items": list(r.items), "text": r.text} for r in answer.reasons],
        "difference": None,
    }
    if answer.difference is not None:
        difference = answer.difference
        found["difference"] = {
            "cost_yen": difference.cost_yen,
            "tardy_minutes": difference.tardy_minutes,
            "makespan": difference.makespan,
            "co2_g": difference.co2_g,
            "moved": [moved.operation for moved in difference.moved],
        }
    return found

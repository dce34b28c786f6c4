"""Measures one after the other: each is made as good as it gets, then the next without giving any of it up.

Every level is a problem of weights: those before it weigh so much that no gain behind them pays for a loss. What a
level finds is held against the plan at hand measure by measure, so that weights that the numbers do not allow to be
large enough lose nothing but time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Protocol

from zagumi.engine.plan.check import check
from zagumi.engine.plan.cost import Measures, measure
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import MEASURES, Problem, Weights
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.magnitude import dominating
from zagumi.engine.solve.result import Level, Progress, Report, Result, Status


@dataclass(frozen=True, slots=True)
class Posed:
    """One level as a problem of weights.

    Attributes:
        settled: what the measures before it cost in these weights, at their values; cost and CO2 apart from the others.
    """

    problem: Problem
    settled: tuple[int, int]


class Solve(Protocol):
    """Solves a problem of weights."""

    def __call__(self, posed: Posed, limits: Limits, start: Plan | None, report: Report | None) -> Result: ...


@dataclass(frozen=True, slots=True)
class _Stage:
    """What a level was searched with, and the bound that came of it."""

    before: Weights
    bound: int
    by: str


def by_levels(problem: Problem, limits: Limits, start: Plan | None, report: Report | None, solve: Solve) -> Result:
    """Solve a problem whose policy puts measures first."""
    begun, names = time.perf_counter(), problem.policy.first
    plan = start if start is not None and not check(problem, start) else None
    best = None if plan is None else measure(problem, plan)
    stages: list[_Stage] = []
    result: Result | None = None
    steps, first_plan = 0, None
    for at in range(len(names) + 1):
        before = _before(problem, best, at)
        posed = _posed(problem, best, before, at)
        left = _share(limits, time.perf_counter() - begun, steps, len(names) + 1 - at, first=at == 0)
        result = solve(posed, left, plan or start, _told(report, begun, steps, sum(posed.settled)))
        steps += result.steps
        first_plan = result.first_plan_seconds if first_plan is None else first_plan
        stages.append(_Stage(before, result.bound, result.bound_by))
        if result.measures is not None and (best is None or _levels(problem, result.measures) < _levels(problem, best)):
            plan, best = result.plan, result.measures
        if best is None or result.cancelled:
            break
    assert result is not None
    answer = replace(result, seconds=time.perf_counter() - begun, first_plan_seconds=first_plan, steps=steps)
    if best is None:
        return answer
    levels = tuple(_level(problem, best, stages, at) for at in range(len(names) + 1))
    proved = all(level.value == level.bound for level in levels)
    return replace(
        answer,
        status=Status.OPTIMAL if proved else Status.FEASIBLE,
        plan=plan,
        measures=best,
        objective=levels[-1].value,
        bound=levels[-1].bound,
        bound_by=levels[-1].bound_by,
        levels=levels[:-1],
    )


def _levels(problem: Problem, measures: Measures) -> tuple[int, ...]:
    """The values to compare, one after the other."""
    policy = problem.policy
    return (*(measures.of(name) for name in policy.first), measures.objective(policy.weights))


def _before(problem: Problem, best: Measures | None, at: int) -> Weights:
    """Weights of the measures before a level."""
    if best is None or at == 0:
        return Weights.only()
    values = _levels(problem, best)
    known = list(zip(problem.policy.first[:at], values, strict=False))
    return dominating(known, values[at], problem)


def _posed(problem: Problem, best: Measures | None, before: Weights, at: int) -> Posed:
    policy = problem.policy
    own = Weights.only(**{policy.first[at]: 1}) if at < len(policy.first) else policy.weights
    both = Weights(**{name: getattr(before, name) + getattr(own, name) for name in MEASURES})
    money = times = 0
    if best is not None:
        parts = {name: getattr(before, name) * best.of(name) for name in MEASURES}
        money = parts["cost"] + parts["co2"]
        times = sum(parts.values()) - money
    return Posed(replace(problem, policy=replace(policy, weights=both, first=())), (money, times))


def _share(limits: Limits, seconds: float, steps: int, levels: int, *, first: bool) -> Limits:
    """Limits of one level: its share of what is left, for there are so many."""
    return replace(
        limits,
        seconds=max(0.01, (limits.seconds - seconds) / levels),
        steps=None if limits.steps is None else (limits.steps - steps) // levels,
        gap=limits.gap if first else 0.0,
    )


def _told(report: Report | None, begun: float, steps: int, settled: int) -> Report | None:
    """Progress of a level as progress of the whole: the objective is that of the level."""
    if report is None:
        return None
    tell = report

    def told(step: Progress) -> None:
        objective = None if step.objective is None else max(0, step.objective - settled)
        tell(
            replace(
                step,
                seconds=time.perf_counter() - begun,
                objective=objective,
                bound=max(0, min(step.bound - settled, step.bound if objective is None else objective)),
                steps=steps + step.steps,
            )
        )

    return told


def _level(problem: Problem, best: Measures, stages: list[_Stage], at: int) -> Level:
    """A level's value, and the bound of all plans that are as good in what is before it.

    The bound of its problem of weights holds for every plan; what is before it, at its values, is taken off. The
    objective is no less than what the measures before it make of it.
    """
    name = problem.policy.first[at] if at < len(problem.policy.first) else "objective"
    value = _levels(problem, best)[at]
    bound, by = 0, ""
    if at < len(stages):  # else it was cancelled before
        bound, by = max(0, stages[at].bound - best.objective(stages[at].before)), stages[at].by
    if at == len(problem.policy.first):
        weights = problem.policy.weights
        share = sum(getattr(weights, each) * best.of(each) for each in problem.policy.first)
        if share > bound:
            bound, by = share, "what comes first"
    return Level(name, value, bound, by)

"""The one door to the solvers: a problem and limits in, a checked answer out."""

from __future__ import annotations

import time

from zagumi.engine.plan.check import check, require
from zagumi.engine.plan.cost import measure
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import Problem
from zagumi.engine.solve.bounds import lower_bound
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.result import Progress, Report, Result, Status


def solve(
    problem: Problem, limits: Limits | None = None, *, start: Plan | None = None, report: Report | None = None
) -> Result:
    """Plan a problem.

    Args:
        limits: how long and how hard to search; the defaults of :class:`Limits` when not given.
        start: a plan to begin from, for example the one in force.
        report: is told of each improvement.

    Raises:
        CheckError: a solver made a plan that the independent judge refuses; no plan leaves then.
    """
    # compiling, when that has not been done at set-up, happens on import; who only asks for types does not wait for it
    from zagumi.engine.solve.search import Search
    from zagumi.engine.solve.tables import build

    limits = limits or Limits()
    begun = time.perf_counter()
    search = Search(build(problem), limits.seed)
    search.first()
    bound, by = lower_bound(problem)
    plan = search.plan() if search.objective is not None else None
    if start is not None and not check(problem, start):
        value = measure(problem, start).objective(problem.policy.weights)
        if search.objective is None or value < search.objective:
            plan = start
    seconds = time.perf_counter() - begun
    if plan is None:
        return Result(Status.UNKNOWN, None, None, None, bound, by, seconds, None)
    require(problem, plan)
    measures = measure(problem, plan)
    objective = measures.objective(problem.policy.weights)
    status = Status.OPTIMAL if objective <= bound else Status.FEASIBLE
    if report is not None:
        report(Progress(seconds, "first plan", objective, bound, by, 0, plan))
    return Result(status, plan, measures, objective, min(bound, objective), by, seconds, seconds)

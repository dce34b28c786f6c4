"""Build the model, run CP-SAT, answer with a plan, a bound and whether they are proved."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ortools.sat.python import cp_model

from zagumi.engine.errors import CheckError
from zagumi.engine.plan.cost import measure
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import Problem
from zagumi.engine.solve.bounds import Bound, bounds, total
from zagumi.engine.solve.earliest import Outlook
from zagumi.engine.solve.exact.base import Base, NoPlan
from zagumi.engine.solve.exact.goals import add_goals
from zagumi.engine.solve.exact.links import add_links
from zagumi.engine.solve.exact.lots import add_lots
from zagumi.engine.solve.exact.machines import add_machines
from zagumi.engine.solve.exact.reading import hint as give_hint
from zagumi.engine.solve.exact.reading import read_plan
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.result import Progress, Report

STEP = 0.0001  # deterministic seconds of CP-SAT in one step of the limits, about a millisecond
POLL = 0.05  # seconds between questions whether to cancel
MIXED = 8  # strategies side by side; they gain even when there are fewer cores


@dataclass(frozen=True, slots=True)
class ExactResult:
    """What the complete model answers.

    Attributes:
        plan: the best plan found or given; None when there is none.
        objective: of the plan.
        bound: no valid plan's objective is below it.
        by: the argument that gives the bound.
        proved: the plan is optimal, or, without a plan, no valid plan exists.
    """

    plan: Plan | None
    objective: int | None
    bound: int
    by: str
    proved: bool


def solve_exact(
    problem: Problem, limits: Limits, *, hint: Plan | None = None, report: Report | None = None
) -> ExactResult:
    """Search for the best plan with a complete model; meant for up to about sixty operations with every feature.

    Args:
        limits: with ``steps``, one step is a ten-thousandth of a deterministic second of CP-SAT and the clock
            does not matter. ``workers=1`` repeats itself with the same seed.
        hint: a valid plan. Only better plans are looked for, and times that none of them can have are left out.
        report: told every improvement.

    Some features are modelled in part (transfer batches with closed hours or split lots, above all): then better
    plans may exist that the model does not know, nothing is proved, and the bound is :func:`lower_bound`'s.
    """
    problem = problem.in_order()
    outlook = Outlook(problem)
    earliest = outlook.look()
    parts = bounds(outlook, earliest, problem.policy.weights)
    best = None if hint is None else measure(problem, hint).objective(problem.policy.weights)
    least, by = total(parts)
    answer = ExactResult(hint, best, least, by, best is not None and best <= least)
    if answer.proved:
        return answer
    base = Base(problem, problem.policy.weights, outlook, earliest, _latest(outlook, parts, best))
    try:
        for step in (add_lots, add_machines, add_links, add_goals):
            step(base)
    except NoPlan:
        return ExactResult(hint, best, least, by, hint is None)
    if hint is not None:
        give_hint(base, hint)
    if base.cp.validate():
        return answer  # numbers too large for the solver
    return _search(base, limits, answer, report)


def _latest(outlook: Outlook, parts: dict[str, Bound], best: int | None) -> dict[str, int]:
    """Last completion of each case in a plan no worse than ``best``, from the bounds on all else."""
    problem = outlook.problem
    latest = {case.id: problem.horizon for case in problem.cases}
    if best is None:
        return latest
    weights, room = problem.policy.weights, best - sum(part.value for part in parts.values())
    for case in problem.cases:
        limits = [latest[case.id]]
        # All cases' lateness together costs at most this; so does that of one.
        for weight, wanted, part in (
            (weights.tardiness, case.due, parts["tardiness"]),
            (weights.risk, None if case.due is None else case.due - case.buffer, parts["risk"]),
        ):
            if wanted is not None and weight * case.late_yen_per_minute:
                limits.append(wanted + (part.value + room) // (weight * case.late_yen_per_minute))
        if weights.makespan:
            limits.append((parts["makespan"].value + room) // weights.makespan)
        latest[case.id] = min(limits)
    return latest


def _search(base: Base, limits: Limits, answer: ExactResult, report: Report | None) -> ExactResult:
    solver = cp_model.CpSolver()
    settings = solver.parameters
    settings.random_seed = limits.seed % 2**31
    settings.num_workers = 1 if limits.workers == 1 else max(MIXED, limits.workers)
    settings.relative_gap_limit = limits.gap
    settings.cp_model_probing_level = 0  # calendars give it thousands of literals to probe: seconds for nothing
    if limits.steps is None:
        settings.max_time_in_seconds = limits.seconds
    else:
        settings.max_deterministic_time = max(limits.steps * STEP, 1e-6)
    if limits.workers == 1 or limits.steps is not None:
        settings.interleave_search = True
    watch = _Watch(base, answer, limits, report)
    with _cancelling(solver, limits):
        status = solver.solve(base.cp, watch)
    bound, by = answer.bound, answer.by
    complete = not base.restricted
    if status == cp_model.INFEASIBLE:
        return ExactResult(answer.plan, answer.objective, bound, by, complete and answer.plan is None)
    if complete and status in (cp_model.OPTIMAL, cp_model.FEASIBLE) and round(solver.best_objective_bound) > bound:
        bound, by = round(solver.best_objective_bound), "CP-SAT"
    if watch.objective is not None and watch.objective < bound:
        raise CheckError(f"a plan of {watch.objective} was found below the lower bound {bound} by {by}")
    return ExactResult(watch.plan, watch.objective, bound, by, watch.objective == bound)


@contextmanager
def _cancelling(solver: cp_model.CpSolver, limits: Limits) -> Iterator[None]:
    """Stop the solver when the limits are cancelled."""
    if limits.cancelled is None:
        yield
        return
    done, cancelled = threading.Event(), limits.cancelled

    def ask() -> None:
        while not done.wait(POLL):
            if cancelled():
                solver.stop_search()
                return

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    try:
        yield
    finally:
        done.set()
        asking.join()


class _Watch(cp_model.CpSolverSolutionCallback):
    """Keeps the best plan and reports it."""

    def __init__(self, base: Base, answer: ExactResult, limits: Limits, report: Report | None) -> None:
        super().__init__()
        self.base = base
        self.limits = limits
        self.report = report
        self.plan, self.objective = answer.plan, answer.objective
        self.least, self.by = answer.bound, answer.by
        self.steps = 0

    def on_solution_callback(self) -> None:
        """Called by CP-SAT at each better solution."""
        plan = read_plan(self.base, self._value)
        objective = measure(self.base.problem, plan).objective(self.base.weights)
        self.steps += 1
        if self.objective is not None and objective >= self.objective:
            return
        self.plan, self.objective = plan, objective
        bound, by = self.least, self.by
        if not self.base.restricted and round(self.best_objective_bound) > bound:
            bound, by = round(self.best_objective_bound), "CP-SAT"
        if self.report is not None:
            self.report(Progress(self.wall_time, "exact", objective, bound, by, self.steps, plan))
        if objective - bound <= self.limits.gap * objective:
            self.stop_search()

    def _value(self, term: object) -> int:
        return term if isinstance(term, int) else self.value(term)  # type: ignore[arg-type]

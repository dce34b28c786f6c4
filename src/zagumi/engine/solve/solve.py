"""The one door to the solvers: a problem and limits in, a checked answer out."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from zagumi.engine.plan.check import check, require
from zagumi.engine.plan.cost import measure
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import Problem
from zagumi.engine.solve.bounds import lower_bound
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.obstacles import obstacles
from zagumi.engine.solve.result import Progress, Reason, Report, Result, Status

if TYPE_CHECKING:
    from zagumi.engine.solve.search import Search

EXACT_OPERATIONS = 40  # up to so many operations the complete model joins in
SEARCH_FIRST = 2000  # steps of the search before it does; a fixed number, so that more steps are never worse
SEARCH_SHARE = 0.3  # and at most this share of the seconds
SLICE = 25  # steps between looks at the clock, at first; adapted to take about LOOK seconds
LOOK = 0.05
TELL = 0.25  # seconds between reports without an improvement


def solve(
    problem: Problem, limits: Limits | None = None, *, start: Plan | None = None, report: Report | None = None
) -> Result:
    """Plan a problem.

    Args:
        limits: how long and how hard to search; the defaults of :class:`Limits` when not given.
        start: a plan to begin from, for example the one in force; when it is valid, the answer is no worse.
        report: is told of the first plan, of each improvement and, a few times a second, of the time.

    Raises:
        CheckError: a solver made a plan that the independent judge refuses; no plan leaves then.
    """
    # compiling, when that has not been done at set-up, happens on import; who only asks for types does not wait for it
    from zagumi.engine.solve.search import Search
    from zagumi.engine.solve.tables import build

    limits = limits or Limits()
    course = _Course(problem, limits, report)
    reasons = obstacles(problem)
    if reasons:
        return course.result(Status.INFEASIBLE, reasons=reasons)
    built = build(problem)
    searches = [Search(built, limits.seed + number) for number in range(limits.workers)]
    searches[0].first()
    for search in searches[1:]:
        search.first()
    course.offer(searches[0])
    if start is not None and not check(problem, start):
        course.take(start)
    course.bound, course.bound_by = lower_bound(problem)
    course.tell("first plan")
    small = len(problem.operations) <= EXACT_OPERATIONS
    _run(course, searches, SEARCH_FIRST if small else None, SEARCH_SHARE if small else 1.0)
    proved_empty = False
    if small and not course.over():
        proved_empty = _exact(course)
        if not course.over():
            _run(course, searches, None, 1.0)
    if course.plan is None:
        why = Reason("plan", (), "the complete search proved that no plan meets all the rules together")
        status = Status.INFEASIBLE if proved_empty else Status.UNKNOWN
        return course.result(status, reasons=(why,) if proved_empty else ())
    return course.result(Status.FEASIBLE)


@dataclass
class _Course:
    """A call of ``solve`` as it goes: the best so far, the time, who wants to know."""

    problem: Problem
    limits: Limits
    report: Report | None
    begun: float = field(default_factory=time.perf_counter)
    plan: Plan | None = None
    objective: int | None = None
    first_plan: float | None = None
    bound: int = 0
    bound_by: str = ""
    steps: int = 0
    told: float = 0.0
    cancelled: bool = False

    @property
    def seconds(self) -> float:
        """Since the call began."""
        return time.perf_counter() - self.begun

    def take(self, plan: Plan) -> bool:
        """Keep a plan when it is better; whether it was."""
        value = measure(self.problem, plan).objective(self.problem.policy.weights)
        if self.objective is not None and value >= self.objective:
            return False
        require(self.problem, plan)
        self.plan, self.objective = plan, value
        if self.first_plan is None:
            self.first_plan = self.seconds
        return True

    def offer(self, search: Search) -> bool:
        """Take the best plan of a search when it is better than what is at hand."""
        if search.objective is None or (self.objective is not None and search.objective >= self.objective):
            return False
        return self.take(search.plan())

    def over(self) -> bool:
        """Whether to end: cancelled, out of time or steps, or good enough."""
        if self.limits.cancelled is not None and self.limits.cancelled():
            self.cancelled = True
        if self.cancelled:
            return True
        if self.limits.steps is not None:
            if self.steps >= self.limits.steps:
                return True
        elif self.seconds >= self.limits.seconds:
            return True
        if self.objective is None:
            return False
        return self.objective - self.bound <= self.limits.gap * self.objective

    def tell(self, phase: str, *, plan: Plan | None = None) -> None:
        """Report where things stand."""
        if self.report is None:
            return
        self.told = self.seconds
        shown = plan if plan is not None else self.plan if phase == "first plan" else None
        self.report(Progress(self.told, phase, self.objective, self.bound, self.bound_by, self.steps, shown))

    def result(self, status: Status, *, reasons: tuple[Reason, ...] = ()) -> Result:
        """The answer; a plan no worse than the bound is optimal."""
        if self.plan is None or self.objective is None:
            return Result(
                status,
                None,
                None,
                None,
                self.bound,
                self.bound_by,
                self.seconds,
                None,
                self.steps,
                self.cancelled,
                reasons,
            )
        if self.objective <= self.bound:
            status = Status.OPTIMAL
        return Result(
            status,
            self.plan,
            measure(self.problem, self.plan),
            self.objective,
            min(self.bound, self.objective),
            self.bound_by,
            self.seconds,
            self.first_plan,
            self.steps,
            self.cancelled,
        )


def _run(course: _Course, searches: list[Search], most: int | None, share: float) -> None:
    """Let the searches go on, each in a thread of its own (compiled code holds no lock), until the course is over.

    Args:
        most: steps at most in all; None: no such limit.
        share: of the seconds after which to stop.
    """
    last = course.steps + most if most is not None else None
    until = course.limits.seconds * share
    slice_ = SLICE
    while not course.over() and (last is None or course.steps < last):
        if course.limits.steps is None and course.seconds >= until:
            return
        left = [limit - course.steps for limit in (course.limits.steps, last) if limit is not None]
        some = min([slice_, *left])
        begun = time.perf_counter()
        threads = [threading.Thread(target=search.run, args=(some,)) for search in searches[1:]]
        for thread in threads:
            thread.start()
        searches[0].run(some)
        for thread in threads:
            thread.join()
        course.steps += some
        took = time.perf_counter() - begun
        slice_ = max(1, min(4 * slice_, int(some * LOOK / max(took, 1e-6))))
        better = [course.offer(search) for search in searches]
        if any(better):
            course.tell("search", plan=course.plan)
        elif course.seconds - course.told >= TELL:
            course.tell("search")


def _exact(course: _Course) -> bool:
    """Let the complete model look for better plans; whether it proved that there is none at all."""
    from zagumi.engine.solve.exact import solve_exact

    limits = course.limits
    left = replace(
        limits,
        seconds=max(0.01, limits.seconds - course.seconds),
        steps=None if limits.steps is None else limits.steps - course.steps,
    )

    def report(step: Progress) -> None:
        if step.bound > course.bound:
            course.bound, course.bound_by = step.bound, step.bound_by
        if step.plan is not None and course.take(step.plan):
            course.tell("exact", plan=step.plan)

    found = solve_exact(course.problem, left, hint=course.plan, report=report)
    if limits.steps is not None:
        course.steps = limits.steps
    if found.plan is not None and course.take(found.plan):
        course.tell("exact", plan=found.plan)
    if found.bound > course.bound:
        course.bound, course.bound_by = found.bound, found.by
    if found.proved and course.objective is not None:
        course.bound, course.bound_by = max(course.bound, course.objective), found.by
    return found.proved and found.plan is None

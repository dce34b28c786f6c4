"""One call of ``solve`` as it goes: the time, the best so far, the bound, and who wants to know."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from zagumi.engine.plan.check import require
from zagumi.engine.plan.cost import measure
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import Problem
from zagumi.engine.solve.bounds import lower_bound
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.result import Progress, Reason, Report, Result, Status
from zagumi.engine.solve.searching import Searching

TELL = 0.25  # seconds between reports
SHARE = 8  # a plan is read and judged for a report only when that takes at most one part in so many of the time


@dataclass
class Course:
    """What a call of ``solve`` knows and tells.

    Attributes:
        plan: the best checked plan; ``objective`` is its value.
        bound: on the objective; 0 until one is known, which no objective is below.
        steps: taken so far in the measure of the limits.
    """

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
    cancelled: bool = False
    _told: float = 0.0
    _reading: float = 0.0

    @property
    def seconds(self) -> float:
        """Since the call began."""
        return time.perf_counter() - self.begun

    def take(self, plan: Plan) -> bool:
        """Keep a plan when it is better; whether it was.

        Raises:
            CheckError: the judge refuses it.
        """
        value = measure(self.problem, plan).objective(self.problem.policy.weights)
        if self.objective is not None and value >= self.objective:
            return False
        require(self.problem, plan)
        self.plan, self.objective = plan, value
        if self.first_plan is None:
            self.first_plan = self.seconds
        return True

    def take_best(self, searches: list[Searching]) -> bool:
        """Take the best plan of the searches when it is better than what is at hand."""
        known = [search for search in searches if search.objective is not None]
        best = min(known, key=lambda search: search.objective or 0, default=None)
        if best is None or (self.objective is not None and (best.objective or 0) >= self.objective):
            return False
        begun = time.perf_counter()
        better = self.take(best.plan())
        self._reading = time.perf_counter() - begun
        return better

    def raise_bound(self, bound: int, by: str) -> None:
        """Keep a bound when it is better."""
        if bound > self.bound or not self.bound_by:
            self.bound, self.bound_by = bound, by

    def over(self) -> bool:
        """Whether to end: cancelled, out of time or steps, or good enough."""
        if self.limits.cancelled is not None and not self.cancelled:
            self.cancelled = self.limits.cancelled()
        if self.cancelled:
            return True
        if self.limits.steps is not None:
            if self.steps >= self.limits.steps:
                return True
        elif self.seconds >= self.limits.seconds:
            return True
        if self.objective is None or not self.bound_by:
            return False
        return self.objective - self.bound <= self.limits.gap * self.objective

    def tell(self, phase: str, *, improved: bool) -> None:
        """Report where things stand, with the plan when it is new."""
        if self.report is None:
            return
        self._told = self.seconds
        plan = self.plan if improved else None
        self.report(Progress(self._told, phase, self.objective, self.bound, self.bound_by, self.steps, plan))

    def tell_of(self, searches: list[Searching]) -> None:
        """Report the searches' progress, when it is time to."""
        since = self.seconds - self._told
        if self.report is not None and since >= max(TELL, SHARE * self._reading):
            self.tell("search", improved=self.take_best(searches))

    def result(self, status: Status, *, reasons: tuple[Reason, ...] = ()) -> Result:
        """The answer; a plan no worse than the bound is optimal."""
        measures = None if self.plan is None else measure(self.problem, self.plan)
        bound = self.bound
        if self.objective is not None:
            bound = min(bound, self.objective)
            if self.objective <= self.bound and self.bound_by:
                status = Status.OPTIMAL
        return Result(
            status=status,
            plan=self.plan,
            measures=measures,
            objective=self.objective,
            bound=bound,
            bound_by=self.bound_by,
            seconds=self.seconds,
            first_plan_seconds=self.first_plan,
            steps=self.steps,
            cancelled=self.cancelled,
            reasons=reasons,
        )


class Bounding(threading.Thread):
    """Computes the lower bound beside the search, which compiled leaves the interpreter to it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(daemon=True)
        self.problem = problem
        self.found: tuple[int, str] | None = None
        self.failure: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self.found = lower_bound(self.problem)
        except BaseException as failure:  # told where it is asked for
            self.failure = failure

    def give(self, course: Course, *, wait: bool) -> None:
        """Give the course the bound when it is there; ``wait`` for it unless the course is cancelled meanwhile."""
        while wait and self.is_alive() and not course.cancelled:
            self.join(0.05)
            course.cancelled = course.limits.cancelled is not None and course.limits.cancelled()
        if self.failure is not None:
            raise self.failure
        if self.found is not None:
            course.raise_bound(*self.found)

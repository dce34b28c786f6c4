"""One call of ``solve`` as it goes: the time, the best so far, the bound, and who wants to know."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass, field

from zagumi.engine.collector import uncollected
from zagumi.engine.errors import CheckError
from zagumi.engine.plan.check import require
from zagumi.engine.plan.cost import Measures, measure
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import Problem
from zagumi.engine.solve.bounds import lower_bound
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.priced import Prices, covers
from zagumi.engine.solve.result import Progress, Reason, Report, Result, Status
from zagumi.engine.solve.search import Search
from zagumi.engine.solve.searching import Searching
from zagumi.engine.solve.tables import Built

TELL = 0.25  # seconds between reports
SHARE = 8  # a plan is read and judged for a report only when that takes at most one part in so many of the time
READING = 4e-5  # seconds per operation that reading and judging a plan takes, until it is known
READING_SHARE = 0.5  # of the seconds, kept at most for reading and judging the last plan
FEW = 1000  # with so many operations reading a plan takes a while, and bounds of every kind are too slow beside prices
MOST_SWEEPS = 360  # of the priced bound
WORK = 3_000_000  # and operations in all of them, when steps limit the search: it waits for them
SWEEPS = 60  # so many sweeps of the priced bound must be possible in the time left, or it is not begun


@dataclass
class Course:
    """What a call of ``solve`` knows and tells.

    Attributes:
        plan: the best checked plan; ``objective`` is its value, ``measures`` say more.
        made: objective of the first plan that a search has made, which is judged before it leaves.
        first_plan: seconds after which that was.
        bound: on the objective; 0 until one is known, which no objective is below.
        steps: taken so far in the measure of the limits.
    """

    problem: Problem
    limits: Limits
    report: Report | None
    begun: float = field(default_factory=time.perf_counter)
    plan: Plan | None = None
    objective: int | None = None
    measures: Measures | None = None
    made: int | None = None
    first_plan: float | None = None
    bound: int = 0
    bound_by: str = ""
    steps: int = 0
    cancelled: bool = False
    _told: float = 0.0
    _reading: float = 0.0

    def __post_init__(self) -> None:
        self._reading = READING * len(self.problem.operations)

    @property
    def seconds(self) -> float:
        """Since the call began."""
        return time.perf_counter() - self.begun

    @property
    def left(self) -> float:
        """Seconds until the call ends; without end where steps limit it."""
        return math.inf if self.limits.steps is not None else self.limits.seconds - self.seconds

    @property
    def _kept(self) -> float:
        """Seconds kept for reading and judging the last plan; a small one takes hundredths, for which none are."""
        if len(self.problem.operations) < FEW:
            return 0.0
        return min(self._reading, READING_SHARE * self.limits.seconds)

    def take(self, plan: Plan) -> bool:
        """Keep a plan when it is better; whether it was.

        Raises:
            CheckError: the judge refuses it.
        """
        with uncollected():
            measures = measure(self.problem, plan)
        value = measures.objective(self.problem.policy.weights)
        if self.objective is not None and value >= self.objective:
            return False
        require(self.problem, plan)
        self.plan, self.objective, self.measures = plan, value, measures
        if self.first_plan is None:
            self.first_plan = self.seconds
        return True

    def note_made(self, searches: list[Searching]) -> bool:
        """Note that there is a first plan; whether there is one."""
        self.made = min((search.objective for search in searches if search.objective is not None), default=None)
        if self.made is not None and self.first_plan is None:
            self.first_plan = self.seconds
        return self.made is not None

    def better(self, searches: list[Searching]) -> Searching | None:
        """The search with the best plan, when that is better than what is at hand."""
        known = [search for search in searches if search.objective is not None]
        best = min(known, key=lambda search: search.objective or 0, default=None)
        if best is None or (self.objective is not None and (best.objective or 0) >= self.objective):
            return None
        return best

    def take_best(self, searches: list[Searching]) -> bool:
        """Take the best plan of the searches when it is better than what is at hand."""
        best = self.better(searches)
        if best is None:
            return False
        begun = time.perf_counter()
        better = self.take(best.plan())
        self._reading = time.perf_counter() - begun
        return better

    def raise_bound(self, bound: int, by: str) -> None:
        """Keep a bound when it is better."""
        if bound > self.bound or not self.bound_by:
            self.bound, self.bound_by = bound, by

    def heed(self) -> bool:
        """Whether it has been cancelled, by now."""
        if self.limits.cancelled is not None and not self.cancelled:
            self.cancelled = self.limits.cancelled()
        return self.cancelled

    def over(self) -> bool:
        """Whether to end: cancelled, out of time or steps, or good enough."""
        if self.heed():
            return True
        if self.limits.steps is not None:
            if self.steps >= self.limits.steps:
                return True
        elif self.seconds >= self.limits.seconds - self._kept:
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
        best = self.objective if self.objective is not None else self.made
        self.report(Progress(self._told, phase, best, self.bound, self.bound_by, self.steps, plan))

    def tell_of(self, searches: list[Searching]) -> None:
        """Report the searches' progress, when it is time to."""
        since = self.seconds - self._told
        if self.report is not None and since >= max(TELL, SHARE * self._reading):
            self.tell("search", improved=self.take_best(searches))

    def result(self, status: Status, *, reasons: tuple[Reason, ...] = ()) -> Result:
        """The answer; a plan as good as the bound is optimal.

        Raises:
            CheckError: the plan is better than the bound, so that one of them is wrong.
        """
        if self.objective is not None:
            if self.objective < self.bound:
                said = f"a plan of {self.objective} was found below the lower bound {self.bound} by {self.bound_by}"
                raise CheckError(said)
            if self.objective == self.bound and self.bound_by:
                status = Status.OPTIMAL
        return Result(
            status=status,
            plan=self.plan,
            measures=self.measures,
            objective=self.objective,
            bound=self.bound,
            bound_by=self.bound_by,
            seconds=self.seconds,
            first_plan_seconds=self.first_plan,
            steps=self.steps,
            cancelled=self.cancelled,
            reasons=reasons,
        )


class Bounding(threading.Thread):
    """Computes the lower bound beside the search, which compiled leaves the interpreter to it."""

    def __init__(self, course: Course, built: Built, searches: list[Searching], *, wanted: bool = True) -> None:
        super().__init__(daemon=True)
        self.course, self.built = course, built
        self.found: tuple[int, str] | None = None
        self.failure: BaseException | None = None
        self._first, self._stopped = threading.Event(), threading.Event()
        self._prices: Prices | None = None
        search = searches[0]
        if wanted and isinstance(search, Search) and search.objective is not None and covers(built):
            self._prices = Prices(built, search.completion, search.objective)
        if wanted:
            self.start()

    def run(self) -> None:
        try:
            self._run()
        except BaseException as failure:  # told where it is asked for
            self.failure = failure
        self._first.set()

    def _run(self) -> None:
        if self._prices is None or len(self.built.operations) < FEW:
            self.found = lower_bound(self.built.problem)
        if self._prices is None:
            return
        begun, by = time.perf_counter(), "tree"
        repeatable = self.course.limits.steps is not None
        sweeps = min(MOST_SWEEPS, WORK // len(self.built.operations)) if repeatable else MOST_SWEEPS
        for bound in self._prices.rise(sweeps, self._stopped.is_set):
            if self.found is None or bound > self.found[0]:
                self.found = bound, by
            self._first.set()
            if by == "tree" and self._too_slow(time.perf_counter() - begun):
                return
            by = "prices"

    def _too_slow(self, sweep: float) -> bool:
        limits = self.course.limits
        return limits.steps is None and SWEEPS * sweep > limits.seconds - self.course.seconds

    def give(self, course: Course, *, wait: bool, last: bool = False) -> None:
        """Give the course the bound that is there.

        Args:
            wait: for one to be there, and when only steps limit the search, for the best; unless cancelled meanwhile.
            last: the search is over: when seconds limit it, stop where the bound is.
        """
        whole = wait and course.limits.steps is not None
        if last and not whole:
            self._stopped.set()
        while wait and self.is_alive() and not course.cancelled and (whole or not self._first.is_set()):
            if whole:
                self.join(0.05)
            else:
                self._first.wait(0.05)
            course.heed()
        if self.failure is not None:
            raise self.failure
        if self.found is not None:
            course.raise_bound(*self.found)

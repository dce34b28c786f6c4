"""The one door to the solvers: a problem and limits in, a checked answer out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from zagumi.engine.plan.check import check
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import Problem
from zagumi.engine.solve.levels import Posed, by_levels
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.magnitude import require_room
from zagumi.engine.solve.obstacles import frozen_conflicts, obstacles
from zagumi.engine.solve.result import Progress, Reason, Report, Result, Status

if TYPE_CHECKING:
    from zagumi.engine.solve.cluster.cluster import Cluster
    from zagumi.engine.solve.cluster.guests import Guests
    from zagumi.engine.solve.course import Bounding, Course
    from zagumi.engine.solve.searching import Searching
    from zagumi.engine.solve.tables import Built

SMALL, PLAIN = 40, 120  # up to so many operations the complete model joins in, in general and for the makespan alone
OPTIONS = 600  # the latter while there are at most so many options
# steps of a search before it does, in general, and of that for the makespan on small problems and on others; fixed, so
# that more steps are never worse
SEARCH_FIRST, TABU_FIRST, TABU_LONG = 2000, 20_000, 2_000_000
SEARCH_SHARE = 0.3  # and at most this share of the seconds
EXACT_SHARE = 0.6  # of the seconds left then, where the problem is not small
SLICE = 25  # steps between looks at the clock, at first; adapted to take about LOOK seconds
LOOK = 0.05
LARGE = 1000  # with so many operations bounds are computed beside the search, and plans judged late


@dataclass(frozen=True)
class Crew:
    """The searches of a call, one for each thread.

    Attributes:
        exact: up to so many operations the complete model joins in.
        prelude: steps before it does.
        span: steps between exchanges; 0: the searches go their own ways.
        exchange: lets the searches learn from each other while none is running.
        bound: a lower bound on the objective that suits what these searches cover.
        guests: searches on other machines.
        follow: what a search does, where there is more than one, to have the first plan of the first; None: each makes
            its own.
    """

    searches: list[Searching]
    exact: int
    prelude: int
    span: int = 0
    exchange: Callable[[], None] = lambda: None
    bound: Callable[[], int] = lambda: 0
    guests: Guests | None = None
    follow: Callable[[int], None] | None = None

    def first(self, start: Plan | None) -> None:
        """Have every search begin."""
        if self.follow is None:
            _together(self.searches, lambda search: search.first(start))
            return
        self.searches[0].first(start)
        for number in range(1, len(self.searches)):
            self.follow(number)

    @property
    def known(self) -> list[Searching]:
        """All that can tell a plan while none is running."""
        return [*self.searches, *(self.guests.searches if self.guests is not None else ())]


def solve(
    problem: Problem,
    limits: Limits | None = None,
    *,
    start: Plan | None = None,
    repair: bool = False,
    report: Report | None = None,
    cluster: Cluster | None = None,
) -> Result:
    """Plan a problem.

    Args:
        limits: how long and how hard to search; the defaults of :class:`Limits` when not given.
        start: a plan to begin from, for example the one in force; when it is valid, the answer is no worse.
        repair: the start no longer fits in places; search only around what it leaves open. Large problems are then
            given no bound.
        report: is told of the first plan, of improvements and, a few times a second, of the time.
        cluster: other machines that search along; what they find is not repeatable.

    Raises:
        ProblemError: weights are so large that the objective could leave the whole numbers the solvers count in.
        CheckError: a solver made a plan that the independent judge refuses; no plan leaves then.
    """
    require_room(problem)
    limits = limits or Limits()
    if not problem.policy.first:
        return _by_weights(Posed(problem, (0, 0)), limits, start, report, repair=repair, cluster=cluster)
    weighted = partial(_by_weights, repair=repair, cluster=cluster)
    # what a bound spares one level, the next ones have
    return by_levels(problem, replace(limits, bound=True), start, report, weighted)


def _by_weights(
    posed: Posed,
    limits: Limits,
    start: Plan | None,
    report: Report | None,
    *,
    repair: bool,
    cluster: Cluster | None,
) -> Result:
    """Solve a problem of weights."""
    # compiling, when that has not been done at set-up, happens on import; who only asks for types does not wait for it
    from zagumi.engine.solve.course import Bounding, Course
    from zagumi.engine.solve.tables import build

    problem = posed.problem
    course = Course(problem, limits, report)
    large = len(problem.operations) >= LARGE
    # obstacles explain why there is no plan: when time counts, only if none is found
    reasons = tuple(frozen_conflicts(problem)) if large else obstacles(problem)
    if reasons:
        return course.result(Status.INFEASIBLE, reasons=reasons)
    built = build(problem)
    crew = _crew(built, course, posed.settled, repair=repair)
    crew.first(start)
    if not course.note_made(crew.searches) and large and not course.cancelled:
        reasons = obstacles(problem)
        if reasons:
            return course.result(Status.INFEASIBLE, reasons=reasons)
    entered = repair or (large and crew.searches[0].followed)
    if start is not None and not entered and not check(problem, start):
        course.take(start)
    if not large:
        course.take_best(crew.searches)
    course.tell("first plan", improved=True)
    bounding = Bounding(course, built, crew.searches, wanted=limits.bound and not (large and repair))
    bounding.give(course, wait=not large)
    course.raise_bound(crew.bound(), "one machine")
    crew = _with_guests(crew, course, cluster)
    proved_empty = _improve(course, crew, bounding)
    if crew.guests is not None:
        crew.guests.part()
    bounding.give(course, wait=True, last=True)
    best = course.better(crew.known)
    del crew, bounding  # other searches and tables may be as large as what reading and judging a plan needs
    plan = best.plan() if best is not None else None
    del best, built
    if plan is not None:
        course.take(plan)
    if course.plan is None and proved_empty:
        why = Reason("plan", (), "the complete search proved that no plan meets all the rules together")
        return course.result(Status.INFEASIBLE, reasons=(why,))
    return course.result(Status.UNKNOWN if course.plan is None else Status.FEASIBLE)


def _crew(built: Built, course: Course, settled: tuple[int, int], *, repair: bool) -> Crew:
    """The searches that suit a problem."""
    from zagumi.engine.solve.tabu.shop import covers, workshop

    seeds = [course.limits.seed + number for number in range(course.limits.workers)]
    if covers(built):
        from zagumi.engine.solve.tabu.bound import machine_bound
        from zagumi.engine.solve.tabu.search import SPAN, TabuSearch, exchange

        shop = workshop(built)
        searches = [TabuSearch(shop, seed) for seed in seeds]
        return Crew(
            [*searches],
            exact=PLAIN if len(shop.option) <= OPTIONS else SMALL,
            prelude=TABU_FIRST if len(built.operations) <= SMALL else TABU_LONG,
            span=SPAN,
            exchange=lambda: exchange(searches),
            bound=lambda: shop.weight * machine_bound(shop),
        )
    from zagumi.engine.solve.search import MANY, Search, join, span

    found = [Search(built, seed, settled, repair=repair, cancelled=course.heed) for seed in seeds]
    # large problems have one order of cases to begin with, and memory is what two threads would wait for
    follow = (lambda number: found[number].begin_as(found[0])) if len(built.cases) >= MANY and not repair else None
    return Crew([*found], SMALL, SEARCH_FIRST, span(found), lambda: join(found), follow=follow)


def _with_guests(crew: Crew, course: Course, cluster: Cluster | None) -> Crew:
    """The crew with searches on other machines."""
    if cluster is None or not course.problem.operations or course.over():
        return crew
    from zagumi.engine.solve.cluster.guests import Guests

    limits = course.limits
    return replace(crew, guests=Guests(cluster, crew.searches, limits.seed, lambda: course.left))


def _improve(course: Course, crew: Crew, bounding: Bounding) -> bool:
    """Search until the course is over; whether it was proved that there is no plan at all."""
    size = len(course.problem.operations)
    if size > crew.exact:
        _run(course, crew, bounding, None, 1.0)
        return False
    _run(course, crew, bounding, crew.prelude, SEARCH_SHARE)
    course.take_best(crew.known)
    if course.over():
        return False
    proved_empty = _exact(course, 1.0 if size <= SMALL else EXACT_SHARE)
    if not course.over():
        _run(course, crew, bounding, None, 1.0)
    return proved_empty


def _together(searches: list[Searching], task: Callable[[Searching], None]) -> None:
    """Do something with every search, each in a thread of its own: compiled code holds no lock."""
    threads = [threading.Thread(target=task, args=(search,)) for search in searches[1:]]
    for thread in threads:
        thread.start()
    task(searches[0])
    for thread in threads:
        thread.join()


def _run(course: Course, crew: Crew, bounding: Bounding, most: int | None, share: float) -> None:
    """Let the searches go on until the course is over.

    Args:
        most: steps at most in all; None: no such limit.
        share: of the seconds after which to stop.
    """
    last = course.steps + most if most is not None else None
    until = course.limits.seconds * share
    steps = SLICE
    while not course.over() and (last is None or course.steps < last):
        if course.limits.steps is None and course.seconds >= until:
            return
        left = [limit - course.steps for limit in (course.limits.steps, last) if limit is not None]
        if crew.span:
            left.append(crew.span - course.steps % crew.span)
        some = min([steps, *left])
        begun = time.perf_counter()
        _together(crew.searches, lambda search, some=some: search.run(some))  # type: ignore[misc]
        took = time.perf_counter() - begun
        course.steps += some
        if crew.span and course.steps % crew.span == 0:
            crew.exchange()
        if crew.guests is not None:
            crew.guests.meet()
        steps = max(1, min(4 * steps, int(some * LOOK / max(took, 1e-6))))
        bounding.give(course, wait=False)
        course.tell_of(crew.known)
        _stop_when_good(course, crew.known)


def _stop_when_good(course: Course, searches: list[Searching]) -> None:
    """Take a plan that is good enough at once, so that the course notices."""
    best = min((search.objective for search in searches if search.objective is not None), default=None)
    if best is not None and course.bound_by and best - course.bound <= course.limits.gap * best:
        course.take_best(searches)


def _exact(course: Course, share: float) -> bool:
    """Let the complete model look for better plans for a share of the seconds left; whether it proved there is none."""
    from zagumi.engine.solve.exact import solve_exact

    limits = course.limits
    left = replace(
        limits,
        seconds=max(0.01, share * (limits.seconds - course.seconds)),
        steps=None if limits.steps is None else limits.steps - course.steps,
    )

    def report(step: Progress) -> None:
        course.raise_bound(step.bound, step.bound_by)
        if step.plan is not None and course.take(step.plan):
            course.tell("exact", improved=True)

    found = solve_exact(course.problem, left, hint=course.plan, report=report)
    if limits.steps is not None:
        course.steps = limits.steps
    if found.plan is not None and course.take(found.plan):
        course.tell("exact", improved=True)
    course.raise_bound(found.bound, found.by)
    if found.proved and course.objective is not None:
        course.raise_bound(course.objective, found.by)
    return found.proved and found.plan is None

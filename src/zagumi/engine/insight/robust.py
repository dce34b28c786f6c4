"""Plans that keep their dates more surely, and what each further percent costs.

Where the simulated probability of a case is short, the case is asked to be done earlier by as much as chance delays it,
its lateness counts more, and its operations pay for the spread of the machine they are on. Round by round that rises
where it does not suffice and falls where it is more than enough; every plan on the way is a plan of the problem as it
is. What is offered is judged by courses that the search has never seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from zagumi.engine.errors import ProblemError
from zagumi.engine.insight.risk import Chances, Forecast, forecast
from zagumi.engine.plan.cost import Measures, measure
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import Case, Operation, Option, Problem
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.solve import solve

ROUNDS = 10
SEARCHED, JUDGED = 300, 2000  # courses that a plan is chosen by on the way, and judged by in the end
MOST = 6  # times that a case's lateness doubles


@dataclass(frozen=True, slots=True)
class Point:
    """A plan with its price and its probability in courses that the search has not seen.

    Attributes:
        on_time: probability of keeping the date, by case.
        least: of the case that most often misses its date.
        every: of keeping all dates together.
    """

    plan: Plan
    measures: Measures
    on_time: Mapping[str, float]
    least: float
    every: float

    @property
    def cost_yen(self) -> int:
        """Processing and transport."""
        return self.measures.cost_yen


@dataclass(frozen=True, slots=True)
class Robust:
    """What probability costs.

    Attributes:
        target: of each date, or of ``together`` all.
        curve: each point is dearer and surer than the one before.
        chosen: the cheapest plan found that reaches the target; None when none does: then the last point of the curve
            is the surest one found.
        given: the plan to begin with.
        rounds: so many searches were made.
    """

    target: float
    together: bool
    curve: tuple[Point, ...]
    chosen: Point | None
    given: Point
    rounds: int


def robust(
    problem: Problem,
    plan: Plan,
    limits: Limits,
    *,
    target: float = 0.95,
    together: bool = False,
    chances: Chances | None = None,
    report: Callable[[int, int, Point], None] | None = None,
) -> Robust:
    """Find the cheapest plan that keeps its dates with a probability.

    Args:
        plan: a valid plan to begin with; it is the cheapest offer where it suffices.
        limits: for all searches together; with ``steps`` the answer depends on nothing else but the seed.
        target: probability, from 0 to 1, of each date; of all dates together when ``together``.
        chances: what varies.
        report: told of each round: how many are done, of how many, and what the round's plan is worth in the courses
            that the search looks at.

    Raises:
        ProblemError: the target is not a probability.
    """
    if not 0 < target <= 1:
        raise ProblemError("robust, target", target, "more than 0, at most 1")
    search = _Search(problem, target, together, chances or Chances(), limits.seed)
    search.take(plan)
    share = replace(
        limits, seconds=limits.seconds / ROUNDS, steps=None if limits.steps is None else limits.steps // ROUNDS
    )
    rounds = 0
    while rounds < ROUNDS and search.adapt() and not (limits.cancelled is not None and limits.cancelled()):
        asked = search.asked()
        rounds += 1
        found = solve(asked, replace(share, seed=limits.seed + rounds).for_plan(), start=search.best_for(asked)).plan
        if found is not None:
            search.take(found)
            if report is not None:
                report(rounds, ROUNDS, search.point(search.tries[-1]))
    return search.answer(rounds)


@dataclass(frozen=True, slots=True)
class _Try:
    """A plan and how it fares in the courses of the search."""

    plan: Plan
    measures: Measures
    seen: Forecast


class _Search:
    """The plans tried, and how hard each case is asked to be safe."""

    def __init__(self, problem: Problem, target: float, together: bool, chances: Chances, seed: int) -> None:
        self.problem, self.target, self.together, self.chances, self.seed = problem, target, together, chances, seed
        self.dated = [case for case in problem.cases if case.due is not None]
        self.level = dict.fromkeys((case.id for case in self.dated), 0.0)
        self.buffer = dict.fromkeys(self.level, 0)
        self.tries: list[_Try] = []

    @property
    def wanted(self) -> float:
        """The probability that each case is asked for: of all together only when each has its part of it."""
        return self.target ** (1 / max(1, len(self.dated))) if self.together else self.target

    def take(self, plan: Plan) -> None:
        """Simulate a plan and keep it."""
        seen = forecast(self.problem, plan, samples=SEARCHED, seed=2 * self.seed, chances=self.chances)
        self.tries.append(_Try(plan, measure(self.problem, plan), seen))

    def adapt(self) -> bool:
        """Ask more of cases that are short in the last plan, less of those that are safe; whether anything changed."""
        last, before = self.tries[-1], (dict(self.level), dict(self.buffer))
        planned = {case.case: case.completion for case in last.measures.cases}
        reached = self._worth(last.seen) >= self.target
        short = () if reached else self._short(last.seen)
        for name in self.level:
            if name in short:
                self.level[name] = min(MOST, self.level[name] + 1)
                late = int(np.quantile(last.seen.completion[name], self.wanted, method="higher"))
                # a little more than before in any case: what was asked for has not sufficed
                self.buffer[name] = max(self.buffer[name] * 9 // 8, late - planned[name])
            elif reached and self.level[name] > 0:
                # half a step back: what was bought last may have been more than needed
                self.level[name] -= 0.5
                self.buffer[name] = self.buffer[name] * 3 // 4
        return (self.level, self.buffer) != before

    def _short(self, seen: Forecast) -> list[str]:
        """Cases to ask more of; of those that only together are short the worse half, for that may be enough."""
        short = [name for name in self.level if seen.cases[name].on_time < self.wanted]
        short.sort(key=lambda name: seen.cases[name].on_time)
        return short[: (len(short) + 1) // 2] if self.together else short

    def asked(self) -> Problem:
        """The problem in which safety has its price; its plans are plans of the problem as it is."""
        weights = self.problem.policy.weights
        own = replace(weights, risk=max(weights.risk, weights.tardiness, 1))
        worth = {name: self._yen(self.problem.case[name]) for name in self.level if self.level[name]}
        return replace(
            self.problem,
            cases=tuple(
                replace(case, late_yen_per_minute=worth[case.id], buffer=case.buffer + self.buffer[case.id])
                if case.id in worth
                else case
                for case in self.problem.cases
            ),
            operations=tuple(
                self._priced(operation, worth[operation.case]) if operation.case in worth else operation
                for operation in self.problem.operations
            ),
            policy=replace(self.problem.policy, weights=own),
        )

    def _yen(self, case: Case) -> int:
        return max(1, math.ceil(max(1, case.late_yen_per_minute) * 2 ** (self.level[case.id] - 1)))

    def _priced(self, operation: Operation, yen: int) -> Operation:
        """The operation with a price on what chance adds on each machine, in minutes of one standard deviation."""

        def unsure(option: Option) -> float:
            spread = option.spread * option.run_minutes(operation.quantity) if self.chances.spread else 0.0
            spoilt = 0.0
            if self.chances.good_rate:
                spoilt = math.sqrt(operation.quantity * (1 - option.good_rate)) / option.good_rate
            return math.hypot(spread, spoilt * option.minutes_per_piece)

        return replace(
            operation,
            options=tuple(
                replace(option, fixed_yen=option.fixed_yen + round(yen * unsure(option)))
                for option in operation.options
            ),
        )

    def best_for(self, asked: Problem) -> Plan:
        """The plan at hand that is worth most as the problem is asked."""
        weights = asked.policy.weights
        return min((each.plan for each in self.tries), key=lambda plan: measure(asked, plan).objective(weights))

    def _worth(self, seen: Forecast) -> float:
        return seen.every if self.together else seen.least

    def point(self, tried: _Try, seen: Forecast | None = None) -> Point:
        """A plan with what was seen of it."""
        seen = seen or tried.seen
        on_time = {name: prospect.on_time for name, prospect in seen.cases.items()}
        return Point(tried.plan, tried.measures, on_time, seen.least, seen.every)

    def answer(self, rounds: int) -> Robust:
        """Judge what was found by fresh courses."""
        points = [
            self.point(
                tried,
                forecast(self.problem, tried.plan, samples=JUDGED, seed=2 * self.seed + 1, chances=self.chances),
            )
            for tried in self.tries
        ]

        def sure(point: Point) -> float:
            return point.every if self.together else point.least

        curve: list[Point] = []
        for point in sorted(points, key=lambda point: (point.cost_yen, -sure(point))):
            if not curve or sure(point) > sure(curve[-1]):
                curve.append(point)
        chosen = next((point for point in curve if sure(point) >= self.target), None)
        return Robust(self.target, self.together, tuple(curve), chosen, points[0], rounds)

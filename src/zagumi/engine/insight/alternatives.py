"""Several plans to choose from, each best at something, and what each gives up.

Every alternative is a plan of the same problem, searched with weights of its own and then measured with the problem's
own weights, so that they can be compared. Two alternatives always differ in the team of some case, never only in
machines or times: where the weights lead to the same teams, a company is left out of the later one. None is offered
that another one beats in something and equals in the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import permutations

from zagumi.engine.plan.cost import Measures, measure
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import Problem, Weights
from zagumi.engine.solve.bounds import lower_bound
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.result import Progress, Report, Result, Status
from zagumi.engine.solve.solve import solve

LABELS = {"cheapest": "Cheapest", "fastest": "Fastest", "local": "Most local, least CO2", "robust": "Most robust"}
TRIES = 3
RETRY_SHARE = 0.1  # of an alternative's time is kept for each try to make it differ


@dataclass(frozen=True, slots=True)
class Sacrifice:
    """What an alternative gives up: a measure, and by how much it is worse than the best alternative there.

    ``measure`` is cost_yen, completion (sum over cases, minutes), co2_g, companies, or slack (minutes left at the
    tightest date, of which less is worse).
    """

    measure: str
    worse_by: int
    best: str


@dataclass(frozen=True, slots=True)
class TeamChange:
    """A case whose team differs from that of another alternative, by its key: who is in it instead of whom."""

    other: str
    case: str
    joined: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """One plan to choose; ``result`` carries the objective and bound of the problem's own weights.

    ``differs`` names every case in which the team is another one than in another alternative.
    """

    key: str
    label: str
    result: Result
    gives_up: tuple[Sacrifice, ...] = ()
    differs: tuple[TeamChange, ...] = ()


def alternatives(
    problem: Problem, limits: Limits, *, start: Plan | None = None, report: Report | None = None, count: int = 4
) -> list[Alternative]:
    """The cheapest, the fastest, the most local and the most robust plan that were found.

    Args:
        limits: for all of them together; each gets an equal share of the seconds (or of the steps).
        start: a plan to begin from.
        report: progress of the whole, with objectives in the problem's own weights.
        count: how many at most, in the order named above.

    Returns:
        Alternatives that differ in the team of a case, none beaten by another; fewer than ``count`` where the problem
        leaves no other choice. A problem without any plan gives one alternative whose result says why.
    """
    keys = list(LABELS)[:count]
    share = replace(limits, seconds=limits.seconds / len(keys), steps=limits.steps and limits.steps // len(keys))
    bound = lower_bound(problem)
    found: list[Alternative] = []
    tell = None if report is None else _Telling(problem, report, bound)
    for key in keys:
        asked = _asked(problem, key)
        plans = [other.result.plan for other in found if other.result.plan is not None]
        result = _distinct(asked, share, _best_start(asked, start, plans), tell, plans)
        if result.plan is None:
            if not found:
                return [Alternative(key, LABELS[key], result)]
            continue
        own = _in_own_weights(problem, result, bound)
        found.append(Alternative(key, LABELS[key], own))
        if limits.cancelled is not None and limits.cancelled() and found:
            break
    return _with_differences(_named_rightly(problem, _unbeaten(found), [each.key for each in found]))


def _best_start(asked: Problem, start: Plan | None, plans: list[Plan]) -> Plan | None:
    """The plan at hand that is worth most under the weights asked for."""
    known = [plan for plan in (start, *plans) if plan is not None]
    return min(known, key=lambda plan: measure(asked, plan).objective(asked.policy.weights), default=None)


def _unbeaten(found: list[Alternative]) -> list[Alternative]:
    """Those that no other one equals or beats in everything; of equal ones the first stays."""
    figures = [tuple(_figures(each.result.measures).values()) for each in found]

    def beaten(at: int) -> bool:
        others = (other for other in range(len(found)) if other != at)
        return any(
            all(one <= two for one, two in zip(figures[other], figures[at], strict=True))
            and (figures[other] != figures[at] or other < at)
            for other in others
        )

    return [each for at, each in enumerate(found) if not beaten(at)]


def _named_rightly(problem: Problem, found: list[Alternative], keys: list[str]) -> list[Alternative]:
    """Give each plan a name that it deserves, in the order of the names; there may be more names than plans."""
    rank: dict[str, list[int]] = {}
    for key in keys:
        asked = _asked(problem, key)
        worth = [measure(asked, _plan_of(each)).objective(asked.policy.weights) for each in found]
        rank[key] = [sorted(worth).index(value) for value in worth]

    def merit(way: tuple[str, ...]) -> tuple[list[int], list[int]]:
        return [rank[key][way.index(key)] if key in way else 0 for key in keys], sorted(map(keys.index, way))

    best = min(permutations(keys, len(found)), key=merit)
    named = {key: Alternative(key, LABELS[key], found[at].result) for at, key in enumerate(best)}
    return [named[key] for key in keys if key in named]


def _plan_of(alternative: Alternative) -> Plan:
    assert alternative.result.plan is not None
    return alternative.result.plan


def _asked(problem: Problem, key: str) -> Problem:
    """The problem with the weights that lead to one kind of plan. Dates always count."""
    own = problem.policy.weights
    if key == "cheapest":
        return _weighted(
            problem, replace(own, cost=max(own.cost, 1), tardiness=own.tardiness * 3, co2=0, risk=0, fairness=0)
        )
    if key == "fastest":
        # with every date at the release, tardiness is the completion of each case
        hurried = tuple(replace(case, due=case.release) for case in problem.cases)
        weights = replace(own, tardiness=max(own.tardiness, 1), cost=own.cost // 10, co2=0, risk=0, fairness=0)
        return _weighted(replace(problem, cases=hurried), weights)
    if key == "local":
        return _weighted(problem, replace(own, co2=max(own.co2, 1) * 40, cost=own.cost // 2, risk=0))
    careful = tuple(replace(case, buffer=max(case.buffer, 1440)) for case in problem.cases)
    return _weighted(replace(problem, cases=careful), replace(own, risk=20 * max(own.risk, own.tardiness, 1)))


def _weighted(problem: Problem, weights: Weights) -> Problem:
    return replace(problem, policy=replace(problem.policy, weights=weights))


def _distinct(asked: Problem, limits: Limits, start: Plan | None, tell: _Telling | None, others: list[Plan]) -> Result:
    """Solve so that the teams differ from all the others'; an undistinguished result has no plan."""
    taken = [_teams(asked, plan) for plan in others]
    problem = asked
    result = _solved(problem, _part(limits, 1 - RETRY_SHARE * TRIES), start, tell)
    last = result
    for _ in range(TRIES):
        if last.plan is None or _teams(asked, last.plan) not in taken:
            return last
        fewer = _without_a_tie(problem, last.plan)
        if fewer is None:
            break
        problem = fewer
        last = _solved(problem, _part(limits, RETRY_SHARE), last.plan, tell)
    if last.plan is not None and _teams(asked, last.plan) in taken:
        return replace(result, status=Status.UNKNOWN, plan=None, measures=None, objective=None)
    return last


def _solved(problem: Problem, limits: Limits, start: Plan | None, tell: _Telling | None) -> Result:
    """Solve, and count the time for those told of the next."""
    result = solve(problem, limits.for_plan(), start=start, report=tell)
    if tell is not None:
        tell.spent += result.seconds
    return result


def _part(limits: Limits, share: float) -> Limits:
    """So much of the time, or of the steps."""
    steps = None if limits.steps is None else int(limits.steps * share)
    return replace(limits, seconds=limits.seconds * share, steps=steps)


def _teams(problem: Problem, plan: Plan) -> dict[str, tuple[str, ...]]:
    """The companies of each case."""
    return {case.case: case.companies for case in measure(problem, plan).cases}


def _without_a_tie(problem: Problem, plan: Plan) -> Problem | None:
    """The problem with one company barred from a case of its team, where that costs least; None without a choice."""
    cheapest: tuple[int, str, str] | None = None
    for case, team in _teams(problem, plan).items():
        for company in team:
            more = _more_without(problem, plan, case, company)
            if more is not None and (cheapest is None or (more, case, company) < cheapest):
                cheapest = more, case, company
    if cheapest is None:
        return None
    _more, name, company = cheapest
    cases = (replace(case, barred=case.barred | {company}) if case.id == name else case for case in problem.cases)
    return replace(problem, cases=tuple(cases))


def _more_without(problem: Problem, plan: Plan, case: str, company: str) -> int | None:
    """Yen that a case's work costs more at least, machines alone, without a company; None when nobody else does it."""
    more = 0
    for operation in (operation for operation in problem.operations if operation.case == case):
        here = {s.machine for s in plan.sublots_of.get(operation.id, ()) if problem.company_of(s.machine) == company}
        if not here:
            continue
        rest = [o for o in problem.eligible(operation) if problem.company_of(o.machine) != company]
        if not rest or operation.id in problem.frozen:
            return None
        chosen = min(o.yen(operation.quantity) for o in operation.options if o.machine in here)
        more += min(o.yen(operation.quantity) for o in rest) - chosen
    return more


@dataclass
class _Telling:
    """Passes progress on: seconds of the whole; best objective and bound in the problem's own weights."""

    problem: Problem
    report: Report
    bound: tuple[int, str]
    spent: float = 0.0
    lowest: int | None = None

    def __call__(self, step: Progress) -> None:
        if step.plan is not None:
            value = measure(self.problem, step.plan).objective(self.problem.policy.weights)
            self.lowest = value if self.lowest is None else min(self.lowest, value)
        seconds, (bound, by) = self.spent + step.seconds, self.bound
        self.report(replace(step, seconds=seconds, objective=self.lowest, bound=bound, bound_by=by))


def _in_own_weights(problem: Problem, result: Result, bound: tuple[int, str]) -> Result:
    assert result.plan is not None
    measures = measure(problem, result.plan)
    objective = measures.objective(problem.policy.weights)
    status = Status.OPTIMAL if objective <= bound[0] else Status.FEASIBLE
    return replace(
        result,
        status=status,
        measures=measures,
        objective=objective,
        bound=min(bound[0], objective),
        bound_by=bound[1],
    )


def _with_differences(found: list[Alternative]) -> list[Alternative]:
    """Name what each gives up against the best at it, and where its teams are others."""
    figures = {alternative.key: _figures(alternative.result.measures) for alternative in found}
    told = []
    for alternative in found:
        gives_up = []
        for name, value in figures[alternative.key].items():
            best = min(figures, key=lambda key, name=name: figures[key][name])  # type: ignore[misc]
            if value > figures[best][name]:
                gives_up.append(Sacrifice(name, value - figures[best][name], best))
        changes = [change for other in found for change in _changes(other, alternative)]
        told.append(replace(alternative, gives_up=tuple(gives_up), differs=tuple(changes)))
    return told


def _changes(other: Alternative, alternative: Alternative) -> Iterator[TeamChange]:
    """Cases whose team is not the other's."""
    theirs, ours = (each.result.measures.cases for each in (other, alternative) if each.result.measures is not None)
    for one, two in zip(theirs, ours, strict=True):
        joined = tuple(name for name in two.companies if name not in one.companies)
        left = tuple(name for name in one.companies if name not in two.companies)
        if joined or left:
            yield TeamChange(other.key, one.case, joined, left)


def _figures(measures: Measures | None) -> dict[str, int]:
    """What alternatives are compared by, the lower the better."""
    assert measures is not None
    slacks = [case.slack for case in measures.cases if case.slack is not None]
    return {
        "cost_yen": measures.cost_yen,
        "completion": sum(case.completion for case in measures.cases),
        "co2_g": measures.co2_g,
        "companies": measures.companies,
        "slack": -min(slacks, default=0),
    }

"""Several plans to choose from, each best at something, and what each gives up.

Every alternative is a plan of the same problem, searched with weights of its own and then measured with the problem's
own weights, so that they can be compared. Two alternatives always differ in who does what, never only in times: where
the weights lead to the same assignment, the choice that ties them is taken away from the later one.
"""

from __future__ import annotations

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

    ``measure`` is cost_yen, completion (sum over cases, minutes), co2_g or companies.
    """

    measure: str
    worse_by: int
    best: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """One plan to choose; ``result`` carries the objective and bound of the problem's own weights."""

    key: str
    label: str
    result: Result
    gives_up: tuple[Sacrifice, ...] = ()


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
        Alternatives that differ in who does what; fewer than ``count`` where the problem leaves no other choice. A
        problem without any plan gives one alternative whose result says why.
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
    return _with_sacrifices(_named_rightly(problem, found))


def _best_start(asked: Problem, start: Plan | None, plans: list[Plan]) -> Plan | None:
    """The plan at hand that is worth most under the weights asked for."""
    known = [plan for plan in (start, *plans) if plan is not None]
    return min(known, key=lambda plan: measure(asked, plan).objective(asked.policy.weights), default=None)


def _named_rightly(problem: Problem, found: list[Alternative]) -> list[Alternative]:
    """Give each name to the plan that deserves it most, in the order of the names."""
    values = {
        key: [measure(asked, plan).objective(asked.policy.weights) for plan in map(_plan_of, found)]
        for key, asked in ((each.key, _asked(problem, each.key)) for each in found)
    }
    rank = {key: [sorted(worth).index(value) for value in worth] for key, worth in values.items()}
    keys = [alternative.key for alternative in found]
    best = min(
        permutations(range(len(found))), key=lambda way: [rank[key][at] for key, at in zip(keys, way, strict=True)]
    )
    return [Alternative(key, LABELS[key], found[at].result) for key, at in zip(keys, best, strict=True)]


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
    """Solve so that the assignment differs from all the others'; an undistinguished result has no plan."""
    taken = [_assignment(plan) for plan in others]
    problem = asked
    result = _solved(problem, _part(limits, 1 - RETRY_SHARE * TRIES), start, tell)
    for _ in range(TRIES):
        if result.plan is None or _assignment(result.plan) not in taken:
            return result
        changed = _without_a_tie(problem, result.plan)
        if changed is None:
            break
        problem = changed
        result = _solved(problem, _part(limits, RETRY_SHARE), None, tell)
    if result.plan is not None and _assignment(result.plan) in taken:
        return replace(result, status=Status.UNKNOWN, plan=None, measures=None, objective=None)
    return result


def _solved(problem: Problem, limits: Limits, start: Plan | None, tell: _Telling | None) -> Result:
    """Solve, and count the time for those told of the next."""
    result = solve(problem, limits, start=start, report=tell)
    if tell is not None:
        tell.spent += result.seconds
    return result


def _part(limits: Limits, share: float) -> Limits:
    """So much of the time, or of the steps."""
    steps = None if limits.steps is None else int(limits.steps * share)
    return replace(limits, seconds=limits.seconds * share, steps=steps)


def _assignment(plan: Plan) -> frozenset[tuple[str, str]]:
    """Who does what, times left out."""
    return frozenset((sublot.operation, sublot.machine) for sublot in plan.sublots)


def _without_a_tie(problem: Problem, plan: Plan) -> Problem | None:
    """The problem without the one chosen option whose best replacement costs least more; None without a choice."""
    cheapest: tuple[float, str, str] | None = None
    for operation in problem.operations:
        if operation.id in problem.frozen:
            continue
        eligible = problem.eligible(operation)
        here = {sublot.machine for sublot in plan.sublots_of.get(operation.id, ())}
        chosen = [option for option in eligible if option.machine in here]
        rest = [option for option in eligible if option.machine not in here]
        if not chosen or not rest:
            continue
        more = min(o.yen(operation.quantity) for o in rest) - min(o.yen(operation.quantity) for o in chosen)
        candidate = (more, operation.id, chosen[0].machine)
        cheapest = candidate if cheapest is None else min(cheapest, candidate)
    if cheapest is None:
        return None
    _more, name, machine = cheapest
    operations = tuple(
        replace(operation, options=tuple(o for o in operation.options if o.machine != machine))
        if operation.id == name
        else operation
        for operation in problem.operations
    )
    return replace(problem, operations=operations)


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


def _with_sacrifices(found: list[Alternative]) -> list[Alternative]:
    figures = {alternative.key: _figures(alternative.result.measures) for alternative in found}
    told = []
    for alternative in found:
        gives_up = []
        for name, value in figures[alternative.key].items():
            best = min(figures, key=lambda key, name=name: figures[key][name])  # type: ignore[misc]
            if value > figures[best][name]:
                gives_up.append(Sacrifice(name, value - figures[best][name], best))
        told.append(replace(alternative, gives_up=tuple(gives_up)))
    return told


def _figures(measures: Measures | None) -> dict[str, int]:
    assert measures is not None
    return {
        "cost_yen": measures.cost_yen,
        "completion": sum(case.completion for case in measures.cases),
        "co2_g": measures.co2_g,
        "companies": measures.companies,
    }

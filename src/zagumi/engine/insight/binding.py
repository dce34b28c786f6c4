"""Which rules and resources bind a plan: where it would be earlier or cheaper if only they gave way.

Lateness counts as :mod:`zagumi.engine.insight.lateness` measures it: a wait that slack absorbs binds nothing. Yen count
for single operations, everything else unchanged; what a resource is worth when all is planned anew,
:mod:`zagumi.engine.insight.shadow` says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from zagumi.engine.insight.explain import Obstacle, obstacles_of, worth
from zagumi.engine.insight.lateness import Kind, why_late
from zagumi.engine.plan.cost import measure
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import Operation, Option, Problem

TEAM = "team"  # the limit on companies of a case


@dataclass(frozen=True, slots=True)
class Binding:
    """Something that binds.

    Attributes:
        rule: a :class:`~zagumi.engine.insight.lateness.Kind` of wait, an
            :class:`~zagumi.engine.insight.explain.Obstacle`, or ``team``.
        item: the machine waited for or that the work would otherwise run on; the company that is kept out.
        minutes: of lateness that rest on it alone.
        yen: what that lateness costs, or what single operations would be cheaper.
        cases: on which it acts.
    """

    rule: str
    item: str
    minutes: int
    yen: int
    cases: tuple[str, ...]


def bindings(problem: Problem, plan: Plan) -> tuple[Binding, ...]:
    """What binds, by the yen that it costs."""
    found: dict[tuple[str, str], list[tuple[str, int, int]]] = {}
    for case in measure(problem, plan).cases:
        if case.tardy_minutes:
            yen = problem.case[case.case].late_yen_per_minute
            for cause in why_late(problem, plan, case.case).causes:
                if cause.kind is not Kind.CHOICE:
                    found.setdefault((cause.kind, cause.machine), []).append(
                        (case.case, cause.saves, yen * cause.saves)
                    )
    teams = {case.case: case.companies for case in measure(problem, plan).cases}
    for operation in problem.operations:
        for rule, company, less in _kept_out(problem, plan, operation, teams[operation.case]):
            found.setdefault((rule, company), []).append((operation.case, 0, less))
    told = [
        Binding(
            str(rule),
            item,
            sum(minutes for _, minutes, _ in acts),
            sum(yen for _, _, yen in acts),
            tuple(sorted({case for case, _, _ in acts})),
        )
        for (rule, item), acts in found.items()
    ]
    return tuple(sorted(told, key=lambda each: (-each.yen, -each.minutes, each.rule, each.item)))


def _kept_out(
    problem: Problem, plan: Plan, operation: Operation, team: tuple[str, ...]
) -> Iterator[tuple[str, str, int]]:
    """Rules that keep a cheaper company out of an operation, with the company and the yen it would save."""
    here = {sublot.machine for sublot in plan.sublots_of.get(operation.id, ())}
    if not here or operation.id in problem.frozen:
        return
    now = min(worth(problem, plan, operation, option)[0] for option in operation.options if option.machine in here)
    best: dict[tuple[str, str], int] = {}
    for option in operation.options:
        rule = None if option.machine in here else _rule(problem, operation, option, team)
        if rule is not None:
            less = now - worth(problem, plan, operation, option)[0]
            key = rule, problem.company_of(option.machine) or ""
            best[key] = max(less, best.get(key, 0))
    for (rule, company), less in best.items():
        if less > 0:
            yield rule, company, less


def _rule(problem: Problem, operation: Operation, option: Option, team: tuple[str, ...]) -> str | None:
    """The one rule that keeps an option out; None when none does, or several at once: then none of them alone binds."""
    policy, company = problem.policy, problem.company_of(option.machine) or ""
    rules = [str(obstacle) for obstacle in obstacles_of(problem, operation, option)]
    if company not in team:
        limit = 1 if operation.case in policy.one_company else policy.max_companies
        if limit is not None and len(team) >= limit:
            rules.append(TEAM)
        if any((min(company, other), max(company, other)) in policy.apart for other in team):
            rules.append(Obstacle.APART)
    return rules[0] if len(rules) == 1 else None

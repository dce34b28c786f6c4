"""Alternatives: each best at what its name says, of other teams, beaten by none, honest about what it gives up."""

from dataclasses import replace
from itertools import combinations, permutations

import pytest

from zagumi.engine.insight.alternatives import Alternative, TeamChange, alternatives
from zagumi.engine.plan.check import check
from zagumi.engine.problem import Case, Company, Machine, Operation, Option, Problem, Site
from zagumi.engine.sample import sample
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.result import Progress, Status

TOWN = sample(companies=16, cases=5, seed=4)


@pytest.fixture(scope="module")
def found() -> list[Alternative]:
    return alternatives(TOWN, Limits(steps=4000))


def teams(each: Alternative) -> dict[str, frozenset[str]]:
    assert each.result.plan is not None
    found: dict[str, set[str]] = {}
    for sublot in each.result.plan.sublots:
        found.setdefault(TOWN.operation[sublot.operation].case, set()).add(TOWN.company_of(sublot.machine) or "")
    return {case: frozenset(companies) for case, companies in found.items()}


def test_there_are_four_and_no_two_have_the_same_teams(found: list[Alternative]) -> None:
    assert [each.key for each in found] == ["cheapest", "fastest", "local", "robust"]
    assert all(teams(one) != teams(other) for one, other in combinations(found, 2))


def values(each: Alternative) -> tuple[int, ...]:
    """Cost, completions, CO2, companies and the tightest slack, the lower the better."""
    measures = each.result.measures
    assert measures is not None
    completion = sum(case.completion for case in measures.cases)
    slack = min(case.slack for case in measures.cases if case.slack is not None)
    return measures.cost_yen, completion, measures.co2_g, measures.companies, -slack


@pytest.mark.parametrize("seed", range(6))
def test_none_is_beaten_by_another_and_none_has_the_teams_of_another(seed: int) -> None:
    """Small towns in a few steps, where the weights often lead to the same plan or to a worse one."""
    problem = sample(companies=10, cases=1 + seed % 3, seed=seed)
    found = alternatives(problem, Limits(steps=40))
    for one, other in permutations(found, 2):
        assert not all(mine <= theirs for mine, theirs in zip(values(one), values(other), strict=True))
        assert one.result.measures is not None
        assert other.result.measures is not None
        mine, theirs = ({case.case: case.companies for case in each.result.measures.cases} for each in (one, other))
        assert mine != theirs
        named = {change.case: change for change in other.differs if change.other == one.key}
        assert set(named) == {case for case in mine if mine[case] != theirs[case]}
        for case, change in named.items():
            assert set(change.joined) == set(theirs[case]) - set(mine[case])
            assert set(change.left) == set(mine[case]) - set(theirs[case])


def test_where_all_weights_lead_to_one_company_another_team_is_looked_for() -> None:
    """a is cheapest, fastest and greenest; b and c cost a little more each way: no plan with them is unbeaten."""
    options = tuple(Option(name, 0, 10.0 + 5 * at, 100 * (at + 1), co2_g=at) for at, name in enumerate("abc"))
    problem = Problem(
        tuple(Company(name) for name in "abc"),
        tuple(Site(name, name) for name in "abc"),
        tuple(Machine(name, name) for name in "abc"),
        (Case("c", due=100),),
        (Operation("o", "c", options),),
        1000,
    )
    assert [each.key for each in alternatives(problem, Limits(steps=40))] == ["cheapest"]
    swapped = replace(problem, operations=(Operation("o", "c", (options[0], replace(options[1], fixed_yen=90))),))
    two = alternatives(swapped, Limits(steps=40))
    assert [each.key for each in two] == ["cheapest", "fastest"]
    assert [each.differs for each in two] == [
        (TeamChange("fastest", "c", ("b",), ("a",)),),
        (TeamChange("cheapest", "c", ("a",), ("b",)),),
    ]
    assert [item.measure for item in two[0].gives_up] == ["completion", "co2_g", "slack"]


def test_two_machines_of_one_company_are_no_alternative() -> None:
    """One is cheap, one is fast, but the team is the same."""
    found = alternatives(one_machine(Option("m", 0, 10.0, 100), Option("n", 0, 5.0, 200)), Limits(steps=40))
    assert len(found) == 1


def test_every_one_is_valid_and_measured_in_the_problems_own_weights(found: list[Alternative]) -> None:
    for each in found:
        assert each.result.plan is not None
        assert each.result.measures is not None
        assert check(TOWN, each.result.plan) == ()
        assert each.result.objective == each.result.measures.objective(TOWN.policy.weights)
        assert each.result.bound <= each.result.objective


def test_each_is_best_at_what_it_is_called(found: list[Alternative]) -> None:
    figures = {each.key: each.result.measures for each in found}

    def completion(key: str) -> int:
        return sum(case.completion for case in figures[key].cases)  # type: ignore[union-attr]

    others = [key for key in figures if key != "fastest"]
    assert all(completion("fastest") <= completion(key) for key in others)
    assert figures["cheapest"].cost_yen <= figures["fastest"].cost_yen  # type: ignore[union-attr]
    assert figures["local"].co2_g <= figures["fastest"].co2_g  # type: ignore[union-attr]
    assert figures["robust"].risk_yen <= figures["cheapest"].risk_yen  # type: ignore[union-attr]


def test_what_is_given_up_is_the_distance_to_the_best(found: list[Alternative]) -> None:
    cost = {each.key: each.result.measures.cost_yen for each in found}  # type: ignore[union-attr]
    for each in found:
        told = {item.measure: item for item in each.gives_up}
        if cost[each.key] == min(cost.values()):
            assert "cost_yen" not in told
        else:
            assert told["cost_yen"].worse_by == cost[each.key] - min(cost.values())
            assert cost[told["cost_yen"].best] == min(cost.values())
        assert all(item.worse_by > 0 for item in each.gives_up)


def test_progress_only_gets_better() -> None:
    said: list[Progress] = []
    alternatives(TOWN, Limits(steps=400), report=said.append)
    objectives = [step.objective for step in said if step.objective is not None]
    assert objectives == sorted(objectives, reverse=True)
    assert [step.seconds for step in said] == sorted(step.seconds for step in said)


def one_machine(*options: Option) -> Problem:
    machines = tuple(Machine(option.machine, "s") for option in options)
    return Problem(
        (Company("a"),),
        (Site("s", "a"),),
        machines or (Machine("m", "s"),),
        (Case("c", due=100),),
        (Operation("o", "c", options),),
        1000,
    )


def test_without_a_choice_there_is_one() -> None:
    found = alternatives(one_machine(Option("m", 0, 10.0)), Limits(steps=10))
    assert [each.key for each in found] == ["cheapest"]
    assert found[0].gives_up == ()


def test_without_a_plan_the_reason_is_told() -> None:
    (only,) = alternatives(one_machine(), Limits(steps=10))
    assert only.result.status == Status.INFEASIBLE
    assert [reason.rule for reason in only.result.reasons] == ["option"]


def test_the_same_steps_give_the_same_alternatives() -> None:
    first, second = (alternatives(TOWN, Limits(steps=200)) for _ in range(2))
    assert [each.result.plan for each in first] == [each.result.plan for each in second]

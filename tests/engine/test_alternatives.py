"""Alternatives: each best at what its name says, different in who does what, honest about what it gives up."""

from itertools import combinations

import pytest

from zagumi.engine.insight.alternatives import Alternative, alternatives
from zagumi.engine.plan.check import check
from zagumi.engine.problem import Case, Company, Machine, Operation, Option, Problem, Site
from zagumi.engine.sample import sample
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.result import Progress, Status

TOWN = sample(companies=16, cases=5, seed=4)


@pytest.fixture(scope="module")
def found() -> list[Alternative]:
    return alternatives(TOWN, Limits(steps=4000))


def test_there_are_four_and_no_two_do_the_same(found: list[Alternative]) -> None:
    assert [each.key for each in found] == ["cheapest", "fastest", "local", "robust"]
    teams = [{(s.operation, s.machine) for s in each.result.plan.sublots} for each in found]  # type: ignore[union-attr]
    assert all(one != other for one, other in combinations(teams, 2))


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

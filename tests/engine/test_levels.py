"""Measures that come first: the best plan by trying everything, honest bounds, nothing beyond 64 bits."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.brute import Brute
from tests.engine.strategies import tiny_problems
from tests.engine.test_properties import may_stay_open
from zagumi.engine.errors import CheckError, ProblemError
from zagumi.engine.files import problem_from_json, problem_to_json, result_from_json, result_to_json
from zagumi.engine.plan.check import check
from zagumi.engine.plan.cost import Measures, measure
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import MEASURES, Policy, Problem, Weights
from zagumi.engine.sample import sample
from zagumi.engine.solve.course import Course
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.magnitude import dominating, magnitudes, require_room
from zagumi.engine.solve.result import Progress, Result, Status
from zagumi.engine.solve.solve import solve

LARGE = 10**4  # more than any measure of a tiny problem
orders = st.lists(st.sampled_from(MEASURES[:7]), min_size=1, max_size=3, unique=True).map(tuple)


def first(problem: Problem, *names: str) -> Problem:
    """The problem with measures that come first."""
    return replace(problem, policy=replace(problem.policy, first=names))


def levels(problem: Problem, measures: Measures) -> tuple[int, ...]:
    policy = problem.policy
    return (*(measures.of(name) for name in policy.first), measures.objective(policy.weights))


def best_of_all(problem: Problem) -> tuple[int, ...] | None:
    """The best there is, by weights that are far enough apart."""
    policy, count = problem.policy, len(problem.policy.first)
    weights = {name: getattr(policy.weights, name) for name in MEASURES}
    for at, name in enumerate(policy.first):
        weights[name] += LARGE ** (count - at)
    plan = Brute(replace(problem, policy=replace(policy, first=(), weights=Weights(**weights)))).plan
    return None if plan is None else levels(problem, measure(problem, plan))


@pytest.mark.parametrize(("features", "examples"), [(2, 60), (4, 50), (8, 20)])
def test_tiny_problems_are_solved_as_well_as_by_trying_everything(features: int, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(problem=tiny_problems(features=features), names=orders)
    def held(problem: Problem, names: tuple[str, ...]) -> None:
        given = first(problem, *names)
        result, best = solve(given, Limits(seconds=20, steps=40_000)), best_of_all(given)
        if best is None:
            assert result.plan is None
            return
        if result.measures is None:
            assert may_stay_open(problem)
            return
        assert result.plan is not None
        assert check(given, result.plan) == ()
        found = levels(given, result.measures)
        assert found == (*(level.value for level in result.levels), result.objective)
        assert found >= best
        if not may_stay_open(problem):
            assert found == best
        hold_bounds(result, best)
        if result.status is Status.OPTIMAL:
            assert found == best

    held()


def hold_bounds(result: Result, best: tuple[int, ...]) -> None:
    """Each bound is one of what is as good as the answer in all before it."""
    for at, (value, bound) in enumerate(
        [*((level.value, level.bound) for level in result.levels), (result.objective or 0, result.bound)]
    ):
        assert bound <= value
        if all(level.value == best[before] for before, level in enumerate(result.levels[:at])):
            assert bound <= best[at]


@pytest.mark.parametrize("names", [("tardiness", "cost"), ("cost", "tardiness", "co2"), ("companies",), ("makespan",)])
def test_what_comes_first_is_best(names: tuple[str, ...]) -> None:
    """No weighing of measures finds a plan that is better in the first; more in front costs nothing before it."""
    region = sample(6, 5, 3)
    limits = Limits(steps=3000, seed=1)
    result = solve(first(region, *names), limits)
    plain = solve(region, limits)
    assert result.measures is not None
    assert plain.measures is not None
    assert result.measures.of(names[0]) <= plain.measures.of(names[0])
    assert [level.measure for level in result.levels] == list(names)
    assert result.steps <= 3000
    again = solve(first(region, *names), limits)
    assert (again.plan, again.levels, again.bound) == (result.plan, result.levels, result.bound)


def test_a_plan_to_begin_from_is_never_made_worse() -> None:
    region = first(sample(6, 5, 3), "cost", "tardiness")
    start = solve(region, Limits(steps=4000, seed=2)).plan
    assert start is not None
    after = solve(region, Limits(steps=60, seed=5), start=start)
    assert after.measures is not None
    assert levels(region, after.measures) <= levels(region, measure(region, start))


def test_the_makespan_first_is_searched_as_such() -> None:
    """Where only it counts, the search of the makespan does; what follows keeps it."""
    region = first(replace(sample(6, 5, 1), policy=Policy(weights=Weights())), "makespan")
    result = solve(region, Limits(steps=4000))
    assert result.levels[0].bound <= result.levels[0].value
    assert result.measures is not None
    assert result.measures.makespan == result.levels[0].value


def test_progress_agrees_with_itself() -> None:
    told: list[Progress] = []
    solve(first(sample(4, 3, 1), "tardiness", "cost"), Limits(steps=3000), report=told.append)
    assert told
    for step in told:
        assert step.objective is None or 0 <= step.bound <= step.objective
    assert all(one.steps <= other.steps for one, other in pairwise(told))


def test_impossible_stays_impossible_and_cancelled_ends() -> None:
    region = sample(4, 3, 1)
    barred = tuple(replace(case, barred=frozenset(region.company)) for case in region.cases)
    nothing = first(replace(region, cases=barred), "tardiness")
    assert solve(nothing, Limits(steps=100)).status is Status.INFEASIBLE
    ended = solve(first(region, "tardiness", "cost"), Limits(seconds=60, cancelled=lambda: True))
    assert ended.cancelled
    assert ended.plan is not None
    assert len(ended.levels) == 2


def test_files_keep_the_order_and_the_levels() -> None:
    region = first(sample(4, 3, 1), "tardiness", "cost")
    assert problem_from_json(problem_to_json(region)) == region
    result = solve(region, Limits(steps=300))
    assert result_from_json(result_to_json(result)) == result


@pytest.mark.parametrize(("names", "given"), [(("speed",), "speed"), (("cost", "cost"), "cost twice")])
def test_orders_that_make_no_sense_are_refused(names: tuple[str, ...], given: str) -> None:
    with pytest.raises(ProblemError) as wrong:
        Policy(first=names)
    assert (wrong.value.place, wrong.value.given) == ("policy, first", given)


HUGE = {
    "cost": Weights(cost=2**60),
    "tardiness": Weights(tardiness=2**58),
    "makespan": Weights.only(makespan=2**61),
    "stability": Weights.only(stability=2**61),
}


@pytest.mark.parametrize("name", HUGE)
def test_an_objective_beyond_64_bits_is_refused_by_name(name: str) -> None:
    region = sample(4, 3, 1)
    with pytest.raises(ProblemError) as wrong:
        solve(replace(region, policy=replace(region.policy, weights=HUGE[name])), Limits(steps=10))
    assert wrong.value.place == f"objective, {name}"
    assert "2^62" in wrong.value.expected


def test_entitlements_beyond_64_bits_are_refused_by_name() -> None:
    region = sample(4, 3, 1)
    shares = {company.id: 2**50 for company in region.companies}
    policy = replace(region.policy, weights=Weights(fairness=1), entitlement=shares)
    with pytest.raises(ProblemError) as wrong:
        solve(replace(region, policy=policy), Limits(steps=10))
    assert wrong.value.place == "policy, entitlement"


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(problem=tiny_problems(features=6))
def test_no_plan_measures_more_than_its_magnitude(problem: Problem) -> None:
    result = solve(problem, Limits(steps=20))
    if result.measures is not None:
        most = magnitudes(problem)
        assert all(result.measures.of(name) <= most[name] for name in MEASURES)


def test_weights_that_dominate_stay_within_64_bits() -> None:
    region = sample(6, 5, 3)
    values = [("tardiness", 10**9), ("cost", 10**9), ("co2", 10**9)]
    weights = dominating(values, 10**9, region)
    assert weights.tardiness >= weights.cost >= weights.co2 >= 1
    require_room(replace(region, policy=replace(region.policy, weights=weights)))
    small = dominating([("tardiness", 5), ("cost", 7)], 3, region)
    assert (small.cost, small.tardiness) == (4, 4 * 7 + 3 + 1)


def test_a_plan_below_the_bound_is_a_fault() -> None:
    region = sample(4, 3, 1)
    found = solve(region, Limits(steps=50))
    assert found.plan is not None
    course = Course(region, Limits(), None)
    course.take(found.plan)
    course.raise_bound((course.objective or 0) + 1, "a mistake")
    with pytest.raises(CheckError, match="below the lower bound"):
        course.result(Status.FEASIBLE)


def test_an_empty_problem_has_levels() -> None:
    region = first(replace(sample(4, 3, 1), cases=(), parts=(), operations=(), policy=Policy()), "cost")
    result = solve(region, Limits(steps=10))
    assert result.plan == Plan(())
    assert result.levels[0].value == 0

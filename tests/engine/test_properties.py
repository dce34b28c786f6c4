"""On tiny problems everything can be tried: the complete model and the bounds are held against that."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from tests.engine.brute import Brute
from tests.engine.strategies import NAMES, tiny_problems
from zagumi.engine.plan.check import check
from zagumi.engine.plan.cost import measure
from zagumi.engine.problem import Problem
from zagumi.engine.solve.bounds import lower_bound
from zagumi.engine.solve.exact import solve_exact
from zagumi.engine.solve.limits import Limits


def tried(examples: int) -> settings:
    """So many examples, the same ones every time, as long as they take."""
    return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def hold_against_brute_force(problem: Problem) -> None:
    """The complete model's plan is valid and the best there is, its bound and the relaxations are bounds."""
    brute = Brute(problem)
    result = solve_exact(problem, Limits(seconds=20))
    least, _ = lower_bound(problem)
    if result.plan is not None:
        assert check(problem, result.plan) == ()
        assert result.objective == measure(problem, result.plan).objective(problem.policy.weights)
        assert brute.best is not None
        assert brute.best <= result.objective
    if brute.best is not None:
        assert least <= result.bound <= brute.best
    if result.proved:
        assert result.objective == brute.best
    else:
        assert may_stay_open(problem)


def may_stay_open(problem: Problem) -> bool:
    """A feature that the model knows in part."""
    batches = any(link.batch is not None for o in problem.operations for link in o.after)
    empty = any(o.family and not option.run_minutes(1) for o in problem.operations for option in o.options)
    return batches or empty


@tried(150)
@given(problem=tiny_problems(features=2))
def test_few_features(problem: Problem):
    hold_against_brute_force(problem)


@tried(150)
@given(problem=tiny_problems(features=6))
def test_many_features(problem: Problem):
    hold_against_brute_force(problem)


@pytest.mark.parametrize(
    "name", ["batches", "calendars", "families", "frozen", "lags", "people", "services", "splitting", "travel"]
)
def test_features_that_meet_everything(name: str):
    @tried(50)
    @given(problem=tiny_problems(features=2, always=(name,)))
    def held(problem: Problem) -> None:
        hold_against_brute_force(problem)

    held()


@tried(80)
@given(problem=tiny_problems(features=0, always=NAMES))
def test_all_features_at_once(problem: Problem):
    hold_against_brute_force(problem)

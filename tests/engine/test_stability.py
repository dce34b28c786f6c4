"""The plan in force: which operations move against it, in the measures, in both solvers, exactly."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.strategies import NAMES, tiny_problems
from tests.engine.test_properties import hold_against_brute_force
from zagumi.engine.files import problem_from_json, problem_to_json
from zagumi.engine.plan.check import check
from zagumi.engine.plan.cost import measure, moved_operations
from zagumi.engine.plan.plan import Plan, SubLot
from zagumi.engine.problem import PlannedWork, Problem
from zagumi.engine.sample import Features, sample
from zagumi.engine.solve.bounds import lower_bound
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.search import Search
from zagumi.engine.solve.solve import solve
from zagumi.engine.solve.tables import build


def tried(examples: int) -> settings:
    """So many examples, the same ones every time, as long as they take."""
    return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def in_force(plan: Plan) -> tuple[PlannedWork, ...]:
    """A plan as one in force."""
    return tuple(PlannedWork(s.operation, s.machine, s.quantity, s.start, s.person) for s in plan.sublots)


def priced(problem: Problem, works: tuple[PlannedWork, ...], stability: int = 1000) -> Problem:
    """The problem with a plan in force from which to move costs something."""
    weights = replace(problem.policy.weights, stability=stability)
    return replace(problem, policy=replace(problem.policy, weights=weights, in_force=works))


@st.composite
def problems_in_force(draw: st.DrawFn, features: int, always: tuple[str, ...] = ()) -> Problem:
    """A tiny problem in which something is in force for most operations, possible or not."""
    problem = draw(tiny_problems(features=features, always=always))
    people = [None, *(person.id for person in problem.people), "gone"]
    works = []
    for operation in problem.operations:
        for machine in draw(st.lists(st.sampled_from([*problem.machine, "gone"]), max_size=2)):
            start = draw(st.integers(0, problem.horizon - 1))
            works.append(
                PlannedWork(operation.id, machine, draw(st.integers(1, 3)), start, draw(st.sampled_from(people)))
            )
    standing = problem.policy.frozen if draw(st.booleans()) else ()
    works += [PlannedWork(w.operation, w.machine, w.quantity, w.start, w.person) for w in standing]
    works.append(PlannedWork("vanished", "M1", 1, 0))
    return priced(problem, tuple(works), draw(st.integers(1, 9)))


def lot(**fields: object) -> SubLot:
    return replace(SubLot("a", 1, "M1", 3, 10, 20), **fields)  # type: ignore[arg-type]


CHANGED = {
    "as it was": (lot(), ()),
    "fewer pieces": (lot(quantity=2, end=15), ()),
    "later": (lot(start=11, end=21), ("a",)),
    "elsewhere": (lot(machine="M2"), ("a",)),
    "by somebody": (lot(person="P"), ("a",)),
}


@pytest.mark.parametrize("name", CHANGED)
def test_what_counts_as_moved(name: str) -> None:
    """Another machine, start or person moves an operation; other quantities, and new operations, do not."""
    sublot, expected = CHANGED[name]
    problem = sample(3, 2, 1, Features.only())
    known = replace(problem.operations[0], id="a", after=(), case=problem.operations[0].case)
    other = replace(known, id="new")
    small = replace(
        problem, operations=(known, other), policy=replace(problem.policy, in_force=in_force(Plan((lot(),))))
    )
    plan = Plan((sublot, lot(operation="new", machine="M9")))
    assert moved_operations(small, plan) == expected


def test_dividing_otherwise_moves() -> None:
    """Two sub-lots where there was one, or one of two, count once."""
    problem = sample(3, 2, 1, Features.only())
    name = problem.operations[0].id
    halves = Plan((lot(operation=name), lot(operation=name, lot=2, machine="M2")))
    whole = Plan((lot(operation=name),))
    for was, now in ((halves, whole), (whole, halves)):
        given = replace(problem, policy=replace(problem.policy, in_force=in_force(was)))
        assert moved_operations(given, now) == (name,)
        assert moved_operations(given, was) == ()


@tried(120)
@given(problem=problems_in_force(features=3))
def test_the_complete_model_against_trying_everything(problem: Problem) -> None:
    hold_against_brute_force(problem)


@pytest.mark.parametrize("name", ["families", "frozen", "people", "splitting"])
def test_the_complete_model_with_what_meets_the_plan_in_force(name: str) -> None:
    @tried(40)
    @given(problem=problems_in_force(features=1, always=(name,)))
    def held(problem: Problem) -> None:
        hold_against_brute_force(problem)

    held()


@tried(200)
@given(problem=problems_in_force(features=0, always=NAMES), steps=st.sampled_from((0, 5, 300)))
def test_what_the_search_says_is_what_its_plan_costs(problem: Problem, steps: int) -> None:
    """The term is exact while work is put in, taken out, timed anew by set-ups, and undone."""
    search = Search(build(problem), 3)
    search.first()
    search.run(steps)
    if search.objective is not None:
        plan = search.plan()
        assert check(problem, plan) == ()
        assert measure(problem, plan).objective(problem.policy.weights) == search.objective


@pytest.mark.parametrize(
    "features", [Features(), Features.only(families=True, calendars=True)], ids=["all", "families"]
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_same_on_regions(features: Features, seed: int) -> None:
    """As above, where set-ups between many operations are timed anew all the time."""
    region = sample(6, 8, seed, features)
    before = solve(region, Limits(steps=300, seed=1)).plan
    assert before is not None
    problem = priced(region, in_force(before), 5000)
    search = Search(build(problem), seed)
    search.first()
    for _ in range(4):
        search.run(500)
        assert search.objective == measure(problem, search.plan()).objective(problem.policy.weights)
    value, missing = int(search.state.rows.now.value[0]), int(search.state.rows.now.missing[0])
    assert value == int(search.state.rows.worths.value.sum())
    assert missing == int(search.state.rows.worths.missing.sum())


@pytest.mark.parametrize("seed", [1, 2])
def test_a_high_price_keeps_the_plan_where_it_is(seed: int) -> None:
    """From the plan in force nothing moves that costs more than it gains; from nothing the search comes back to it."""
    region = sample(6, 6, seed)
    before = solve(region, Limits(steps=200, seed=1)).plan
    assert before is not None
    problem = priced(region, in_force(before), 10**9)
    found = solve(problem, Limits(steps=400, seed=2), start=before)
    assert found.measures is not None
    assert found.measures.moved_operations == 0
    afresh = solve(problem, Limits(steps=2000, seed=2))
    assert afresh.measures is not None
    assert afresh.measures.moved_operations < len(problem.operations) / 4


def test_bounds_leave_the_term_out() -> None:
    region = sample(4, 4, 1)
    plan = solve(region, Limits(steps=100)).plan
    assert plan is not None
    assert lower_bound(priced(region, in_force(plan)))[0] == lower_bound(region)[0]


def test_files_keep_the_plan_in_force() -> None:
    problem = priced(sample(4, 4, 1), (PlannedWork("x", "M", 3, 7), PlannedWork("y", "M", 1, 0, "P")))
    assert problem_from_json(problem_to_json(problem)) == problem

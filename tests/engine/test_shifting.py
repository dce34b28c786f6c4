"""Work postponed and advanced along its machine: the plan stays one, and costs no more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.strategies import tiny_problems
from tests.engine.test_properties import tried
from zagumi.engine.clock import Window
from zagumi.engine.network_sample import Size, network
from zagumi.engine.plan.check import check
from zagumi.engine.plan.cost import measure
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import (
    Calendar,
    Case,
    Company,
    Link,
    Machine,
    Operation,
    Option,
    Policy,
    Problem,
    Roads,
    Site,
)
from zagumi.engine.read.network import problem_of
from zagumi.engine.sample import Features, sample
from zagumi.engine.solve.plans import begin_early, plan_of
from zagumi.engine.solve.schedule.shifting import STRETCH, postpone
from zagumi.engine.solve.search import Search
from zagumi.engine.solve.tables import build


def searched(problem: Problem, steps: int) -> Search | None:
    """A search with a complete plan in hand, none of it postponed so far."""
    search = Search(build(problem), 1)
    search.first()
    search.state.rows.settings["shifts"][0] = 0
    search.run(steps)
    return None if search.objective is None or search.worth[0] else search


def in_hand(search: Search) -> Plan:
    return plan_of(search.built, search.state)


def postpone_all(search: Search, times: int = 1) -> None:
    for machine in [*range(len(search.built.machines))] * times:
        postpone(search.built.store.tables, search.state.state, machine)


def starts(plan: Plan) -> dict[tuple[str, int], int]:
    return {sublot.key: sublot.start for sublot in plan.sublots}


def objective(problem: Problem, plan: Plan) -> int:
    return measure(problem, plan).objective(problem.policy.weights)


def hold_shifting(problem: Problem, steps: int) -> int:
    """Postponed work costs the same, advanced work no more; returns how many sub-lots were postponed."""
    search = searched(problem, steps)
    if search is None:
        return 0
    before = in_hand(search)
    postpone_all(search)
    late = in_hand(search)
    assert check(problem, late) == ()
    if not problem.policy.weights.makespan:
        assert objective(problem, late) == objective(problem, before)
    begin_early(search.built, search.state)
    early = in_hand(search)
    assert check(problem, early) == ()
    assert objective(problem, early) <= objective(problem, late)
    first, then, last = starts(before), starts(late), starts(early)
    assert all(first[key] <= then[key] >= last[key] for key in first)
    return sum(first[key] < then[key] for key in first)


@tried(200)
@given(problem=tiny_problems(features=6), steps=st.integers(0, 30))
def test_shifting_on_tiny_problems(problem: Problem, steps: int) -> None:
    hold_shifting(problem, steps)


@pytest.mark.parametrize(
    "name", ["bands", "bookings", "calendars", "families", "frozen", "people", "services", "splitting"]
)
def test_shifting_with(name: str) -> None:
    @tried(60)
    @given(problem=tiny_problems(features=2, always=(name,)), steps=st.integers(0, 30))
    def held(problem: Problem, steps: int) -> None:
        hold_shifting(problem, steps)

    held()


@pytest.mark.parametrize("feature", ["no_pause", "bookings", "splitting", "families", "bands", "people"])
def test_shifting_on_regions(feature: str) -> None:
    features = Features.only(**{feature: True, "calendars": True, "travel": True})
    assert hold_shifting(sample(8, 6, 3, features), 200) > 0


def test_shifting_on_a_network() -> None:
    assert hold_shifting(problem_of(network(Size(300, 40, 20), 2), "network"), 1000) > 100


def test_of_much_work_a_stretch_is_postponed() -> None:
    assert 20 < hold_shifting(problem_of(network(Size(300, 5, 5), 2), "network"), 1000) <= 5 * STRETCH


def pair(calendar: tuple[Window, ...] = (), *, pause: bool = True, bookings: tuple[Window, ...] = ()) -> Problem:
    """Two operations of 10 minutes, the second after a way of 20, due after 200 minutes."""
    name = "c" if calendar else None
    machines = tuple(Machine(f"m{n}", f"s{n}", calendar=name, bookings=bookings if n == 1 else ()) for n in (1, 2))
    option = {n: (Option(f"m{n}", minutes_per_piece=10),) for n in (1, 2)}
    return Problem(
        horizon=1000,
        companies=(Company("c"),),
        sites=(Site("s1", "c"), Site("s2", "c")),
        machines=machines,
        calendars=(Calendar("c", calendar),) if calendar else (),
        cases=(Case("A", due=200),),
        operations=(
            Operation("first", "A", option[1], may_pause=pause),
            Operation("second", "A", option[2], after=(Link("first", lag=5),), may_pause=pause),
        ),
        roads=Roads(order=("s1", "s2"), minutes=((0, 20), (20, 0))),
        policy=Policy(),
    )


@pytest.mark.parametrize(
    ("problem", "late", "early"),
    [
        (pair(), (155, 190), (0, 35)),
        (pair(((0, 30), (100, 160))), (115, 150), (0, 100)),
        (pair(((0, 160), (195, 300))), (120, 155), (0, 35)),
        (pair(((0, 160), (195, 300)), pause=False), (115, 150), (0, 35)),
        (pair(bookings=((0, 8), (150, 170))), (140, 190), (8, 43)),
    ],
    ids=["open", "closed between", "paused over a closure", "not to be paused", "booked"],
)
def test_how_far(problem: Problem, late: tuple[int, int], early: tuple[int, int]) -> None:
    search = searched(problem, 0)
    assert search is not None
    postpone_all(search, times=2)
    assert tuple(starts(in_hand(search)).values()) == late
    begin_early(search.built, search.state)
    assert tuple(starts(in_hand(search)).values()) == early

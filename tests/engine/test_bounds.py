"""Each argument of the lower bound on a problem small enough to follow by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from zagumi.engine.problem import (
    Band,
    Calendar,
    Case,
    Company,
    FrozenWork,
    Link,
    Machine,
    Operation,
    Option,
    Part,
    Person,
    Policy,
    Problem,
    Roads,
    Site,
    Vehicle,
    Weights,
)
from zagumi.engine.sample import Features, sample
from zagumi.engine.solve.bounds import lower_bound
from zagumi.engine.solve.earliest import Earliest, Outlook
from zagumi.engine.solve.exact import solve_exact
from zagumi.engine.solve.limits import Limits

WAYS = Roads(
    order=("a", "b", "buyer"),
    minutes=((0, 30, 50), (30, 0, 40), (50, 40, 0)),
    yen=((0, 6, 1), (6, 0, 2), (1, 2, 0)),
    co2_g=((0, 3, 0), (3, 0, 0), (0, 0, 0)),
)
SHOP = Problem(
    companies=(Company("A"), Company("B")),
    sites=(Site("a", "A"), Site("b", "B"), Site("buyer")),
    machines=(Machine("A1", "a"), Machine("A2", "a"), Machine("B1", "b")),
    cases=(Case("one", due=100, late_yen_per_minute=2),),
    operations=(
        Operation("saw", "one", (Option("A1", 5, 1.0, 10, 1), Option("B1", 5, 1.0, 8, 1)), quantity=10),
        Operation("drill", "one", (Option("A2", 0, 3.0, 4, 0),), quantity=10, after=(Link("saw", lag=7),)),
    ),
    roads=WAYS,
    horizon=2000,
)


def look(problem: Problem) -> Earliest:
    """Earliest times."""
    return Outlook(problem).look()


def with_operation(name: str, **fields: object) -> Problem:
    """The shop with a changed operation."""
    return replace(SHOP, operations=tuple(replace(o, **fields) if o.id == name else o for o in SHOP.operations))


def with_machine(name: str, **fields: object) -> Problem:
    """The shop with a changed machine, and a calendar to point at."""
    machines = tuple(replace(m, **fields) if m.id == name else m for m in SHOP.machines)
    return replace(SHOP, machines=machines, calendars=(Calendar("late", ((40, 60), (200, 300))),))


def test_the_critical_path_adds_work_lag_and_travel():
    found = look(SHOP)
    assert found.end["saw", "A1"] == 15
    assert found.start["drill", "A2"] == 15 + 7  # sawing beside it, not 30 minutes away
    assert found.completion["one"] == 22 + 30
    assert found.tail["saw"] == 7 + 30


@pytest.mark.parametrize(
    ("problem", "completion"),
    [
        (with_machine("A2", calendar="late"), 210),  # 20 minutes until 60, the other 10 from 200 on
        (
            replace(
                with_machine("A2", calendar="late"), operations=with_operation("drill", may_pause=False).operations
            ),
            230,
        ),
        (with_machine("A2", bookings=((30, 60),)), 90),
        (with_machine("A2", bands=(Band(0, 30, 10), Band(40, 50, 30))), 70),
        (replace(SHOP, policy=Policy(frozen=(FrozenWork("drill", "A2", 1, 25, 60),))), 60 + 27),
        (replace(SHOP, cases=(replace(SHOP.cases[0], deliver_to="buyer"),)), 52 + 50),
        (replace(SHOP, cases=(replace(SHOP.cases[0], release=90),)), 90 + 52),
        (with_operation("drill", min_sublot=2, max_sublots=5), 22 + 6),  # five machines could share it
        (with_operation("drill", after=(Link("saw", batch=4, lag=7),)), 9 + 7 + 30),
        (with_operation("saw", options=(Option("A1", 0, 0.0, good_rate=0.5),)), 7 + 30),
    ],
    ids=["calendar", "no pause", "booking", "band", "frozen", "delivery", "release", "split", "batch", "no minutes"],
)
def test_what_delays_the_completion(problem: Problem, completion: int):
    assert look(problem).completion["one"] == completion


def test_hours_of_the_people_count():
    people = (Person("P1", "A", frozenset({"bore"}), "late"), Person("P2", "A", frozenset({"bore"}), "later"))
    calendars = (Calendar("late", ((500, 600),)), Calendar("later", ((100, 110), (400, 600))))
    drill = with_operation("drill", options=(Option("A2", 0, 3.0, skill="bore"),))
    assert look(replace(drill, people=people, calendars=calendars)).completion["one"] == 420


def test_a_completion_beyond_the_horizon_is_the_horizon():
    assert look(replace(SHOP, horizon=30)).completion["one"] == 30


def test_lateness_and_risk_follow_the_critical_path():
    late = replace(SHOP, cases=(Case("one", due=40, late_yen_per_minute=2, buffer=5),))
    assert lower_bound(late, Weights.only(tardiness=10)) == (10 * 2 * 12, "critical path")
    assert lower_bound(late, Weights.only(risk=10)) == (10 * 2 * 17, "critical path")
    assert lower_bound(late, Weights.only(tardiness=10, risk=1, makespan=1)) == (240 + 34 + 52, "critical path")


def test_the_tree_weighs_work_against_travel():
    # B saws for 18 yen but A drills: 6 yen on the road make it 24, so A saws for 20
    assert lower_bound(SHOP, Weights.only(cost=1000)) == (1000 * (20 + 4), "tree")
    cheap = with_operation("saw", options=(Option("A1", 5, 1.0, 10, 1), Option("B1", 5, 1.0, 3, 1)))
    assert lower_bound(cheap, Weights.only(cost=1000, co2=100)) == (1000 * (13 + 6 + 4) + 100 * 3, "tree")


def test_a_delivery_is_part_of_the_tree():
    problem = replace(SHOP, cases=(replace(SHOP.cases[0], deliver_to="buyer"),))
    assert lower_bound(problem, Weights.only(cost=1))[0] == 24 + 1


def test_an_operation_that_feeds_two_is_paid_once():
    bend = Operation("bend", "one", (Option("B1", 0, 1.0, 5, 0),), quantity=5, after=(Link("saw"),))
    problem = replace(SHOP, operations=(*SHOP.operations, bend))
    plan = solve_exact(replace(problem, policy=Policy(Weights.only(cost=1))), Limits(seconds=20))
    assert plan.proved
    # sawing 18 or 20, one way of 6 yen, drilling 4, bending 5
    assert plan.objective == 18 + 6 + 4 + 5
    assert 18 + 4 + 5 <= lower_bound(problem, Weights.only(cost=1))[0] <= plan.objective


@pytest.mark.parametrize(("mass", "yen"), [(350, 10), (400, 20), (1000, 25), (1100, 35), (3000, 75), (20_000, 500)])
def test_a_mass_is_covered_by_the_cheapest_trips(mass: int, yen: int):
    roads = Roads(vehicles=(Vehicle("van", 350, 10), Vehicle("lorry", 1000, 25)))
    one = Operation("one", "one", (Option("A1"),), part="block")
    two = Operation("two", "one", (Option("B1"),), after=(Link("one"),))
    problem = replace(SHOP, roads=roads, parts=(Part("block", "one", mass_g=mass * 1000),), operations=(one, two))
    assert lower_bound(problem, Weights.only(cost=1)) == (yen, "tree")


def test_companies_that_cannot_stand_in_for_each_other_are_counted():
    bend = Operation("bend", "one", (Option("B1"),), quantity=5)
    assert lower_bound(SHOP, Weights.only(companies=3)) == (3, "tree")
    assert lower_bound(replace(SHOP, operations=(*SHOP.operations, bend)), Weights.only(companies=3)) == (6, "tree")


def jobs(count: int, **machine: object) -> Problem:
    """So many jobs of ten minutes for two machines."""
    machines = (Machine("A1", "a", **machine), Machine("A2", "a", **machine))
    options = (Option("A1", 10), Option("A2", 10))
    operations = tuple(Operation(f"job{at}", "one", options) for at in range(count))
    calendar = Calendar("half", tuple((at, at + 10) for at in range(0, 2000, 20)))
    return replace(SHOP, machines=machines, operations=operations, calendars=(calendar,))


@pytest.mark.parametrize(
    ("problem", "makespan"),
    [
        (jobs(7), 35),
        (jobs(7, calendar="half"), 65),  # 35 open minutes are over at 65
        (jobs(7, bookings=((5, 25),)), 60),  # nothing fits before the booking
        (replace(jobs(7), cases=(Case("one", release=100),)), 135),
        (replace(jobs(7), cases=(Case("one", deliver_to="buyer"),)), 85),
    ],
    ids=["plain", "calendar", "booking", "head", "tail"],
)
def test_the_load_bounds_the_makespan(problem: Problem, makespan: int):
    assert lower_bound(problem, Weights.only(makespan=3)) == (3 * makespan, "load")


def test_the_load_chooses_between_slow_and_fast_machines():
    operations = tuple(Operation(f"job{at}", "one", (Option("A1", 10), Option("A2", 30))) for at in range(12))
    assert lower_bound(replace(SHOP, operations=operations), Weights.only(makespan=1)) == (90, "load")


def test_the_load_of_split_work_is_shared():
    options = (Option("A1", 5, 1.0), Option("A2", 5, 1.0))
    split = Operation("all", "one", options, quantity=101, min_sublot=1, max_sublots=2)
    assert lower_bound(replace(SHOP, operations=(split,)), Weights.only(makespan=1)) == (56, "critical path")


def test_a_problem_without_work():
    assert lower_bound(replace(SHOP, operations=()), Weights(makespan=1, companies=1)) == (0, "critical path")


def test_the_bound_of_a_town_is_below_a_proved_optimum():
    problem = sample(6, 1, 2, Features(splitting=False, batches=False, fairness=False))
    result = solve_exact(problem, Limits(seconds=600))
    assert result.proved
    assert result.objective is not None
    assert 0.9 * result.objective <= lower_bound(problem)[0] <= result.objective

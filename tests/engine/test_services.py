"""Scheduled tours: what goes with which run, what it costs, and what nothing can go with any more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from zagumi.engine.errors import FileError, ProblemError
from zagumi.engine.files import problem_from_json, problem_to_json
from zagumi.engine.plan.check import check
from zagumi.engine.plan.cost import measure
from zagumi.engine.plan.plan import Delivery, Plan, SubLot, Transfer
from zagumi.engine.problem import (
    Case,
    Company,
    Link,
    Machine,
    Operation,
    Option,
    Part,
    Problem,
    Roads,
    Service,
    Site,
    Vehicle,
    Weights,
)

TO_B = Service("a", "b", ((10, 40), (60, 75), (120, 150)), yen=300, co2_g=50)
TO_BUYER = Service("b", "buyer", ((100, 130), (200, 230)), yen=500)

PROBLEM = Problem(
    companies=(Company("A"), Company("B")),
    sites=(Site("a", "A"), Site("b", "B", 0.01), Site("buyer", None, 0.0, 0.01)),
    machines=(Machine("A1", "a"), Machine("B1", "b")),
    parts=(Part("part", "case", mass_g=900_000),),
    cases=(Case("case", due=100, deliver_to="buyer"),),
    operations=(
        Operation("cut", "case", (Option("A1", 0, 2.0),), quantity=5, part="part"),
        Operation("coat", "case", (Option("B1", 0, 3.0),), quantity=5, part="part", after=(Link("cut", lag=5),)),
    ),
    horizon=300,
    roads=Roads(vehicles=(Vehicle("van", 1000, 1000, 10),), services=(TO_B, TO_BUYER)),
)
PLAN = Plan(
    (SubLot("cut", 1, "A1", 5, 0, 10), SubLot("coat", 1, "B1", 5, 75, 90)),
    (Transfer("cut", 1, "coat", 1, 5, 60, 75),),
    (Delivery("coat", 1, 5, 100, 130),),
)


@pytest.mark.parametrize(
    ("ready", "run"), [(0, (10, 40)), (10, (10, 40)), (11, (60, 75)), (60, (60, 75)), (120, (120, 150)), (121, None)]
)
def test_what_is_ready_takes_the_next_run(ready: int, run: tuple[int, int] | None):
    assert TO_B.run(ready) == run
    assert PROBLEM.sent("a", "b", ready) == run


def test_the_way_back_and_within_a_site_is_as_without():
    plain = replace(PROBLEM, roads=replace(PROBLEM.roads, services=()))
    assert PROBLEM.haul("b", "a", 5) == plain.haul("b", "a", 5)
    assert PROBLEM.sent("b", "a", 7) == (7, 7 + plain.haul("b", "a", 0).minutes)
    assert PROBLEM.sent("a", "a", 7) == (7, 7)


def test_a_service_costs_the_same_whatever_the_mass_and_goes_before_a_table():
    assert {(h.minutes, h.yen, h.co2_g) for h in (PROBLEM.haul("a", "b", mass) for mass in (0, 10**9))} == {
        (15, 300, 50)
    }
    listed = replace(PROBLEM.roads, order=("a", "b"), minutes=((0, 1), (2, 0)), yen=((0, 3), (4, 0)))
    both = replace(PROBLEM, roads=listed)
    assert (both.haul("a", "b", 1).yen, both.haul("b", "a", 1).yen) == (300, 4)


def test_every_run_arrives_later_by_the_delay_of_the_pair():
    late = replace(PROBLEM, roads=replace(PROBLEM.roads, delays={("b", "a"): 7}))
    assert late.sent("a", "b", 11) == (60, 82)
    assert late.haul("a", "b", 0).minutes == 22


def test_without_runs_nothing_ever_travels():
    closed = replace(PROBLEM, roads=replace(PROBLEM.roads, services=(Service("a", "b", ()),)))
    assert closed.sent("a", "b", 0) is None
    assert closed.haul("a", "b", 0).minutes > closed.horizon


def test_a_plan_by_the_runs_is_valid_and_pays_for_them():
    assert check(PROBLEM, PLAN) == ()
    measures = measure(PROBLEM, PLAN)
    assert (measures.transport_yen, measures.co2_g, measures.tardy_minutes) == (800, 50, 30)
    assert measure(PROBLEM, PLAN).objective(Weights.only(cost=1)) == 800


def test_a_later_run_may_be_waited_for():
    later = replace(PLAN, deliveries=(Delivery("coat", 1, 5, 200, 230),))
    assert check(PROBLEM, later) == ()


WRONG: dict[str, tuple[Plan, tuple[str, ...], int, str]] = {
    "a transfer when none departs": (
        replace(PLAN, transfers=(Transfer("cut", 1, "coat", 1, 5, 57, 75),)),
        ("cut", "b"),
        3,
        "depart for b at 57",
    ),
    "a transfer faster than its run": (
        replace(PLAN, transfers=(Transfer("cut", 1, "coat", 1, 5, 60, 74),)),
        ("cut", "b"),
        1,
        "arrives at 75",
    ),
    "a delivery when none departs": (
        replace(PLAN, deliveries=(Delivery("coat", 1, 5, 95, 130),)),
        ("coat", "buyer"),
        5,
        "depart for buyer at 95",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_movement_beside_the_service_is_named(name: str):
    plan, items, amount, said = WRONG[name]
    (fault,) = check(PROBLEM, plan)
    assert (fault.rule, fault.items, fault.amount) == ("travel", items, amount)
    assert said in fault.text


def test_a_run_before_the_pieces_are_ready_is_no_way():
    early = replace(PLAN, transfers=(Transfer("cut", 1, "coat", 1, 5, 10, 40),))
    assert [(fault.rule, fault.amount) for fault in check(PROBLEM, early)] == [("batch", 5)]


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "one site": (lambda: Service("a", "a", ()), "service from a to a"),
    "not by departure": (lambda: Service("a", "b", ((5, 9), (5, 9))), "service from a to b, runs"),
    "arriving before departing": (lambda: Service("a", "b", ((5, 4),)), "service from a to b, runs"),
    "before the origin": (lambda: Service("a", "b", ((-1, 4),)), "service from a to b, runs"),
    "overtaking": (lambda: Service("a", "b", ((5, 20), (6, 19))), "service from a to b, runs"),
    "a gift": (lambda: Service("a", "b", (), yen=-1), "service from a to b, yen"),
    "twice": (lambda: Roads(services=(TO_B, TO_B)), "roads, service from a to b"),
    "from nowhere": (
        lambda: replace(PROBLEM, roads=Roads(services=(Service("x", "b", ()),))),
        "roads, service, site",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_service_that_cannot_be_is_refused(name: str):
    make, place = REFUSED[name]
    with pytest.raises(ProblemError) as caught:
        make()
    assert caught.value.place == place


def test_a_service_is_read_back_equal_and_a_bad_one_refused_with_its_place():
    text = problem_to_json(PROBLEM)
    assert '"services":[{"origin":"a","destination":"b","runs":[[10,40],[60,75],[120,150]],"yen":300' in text
    assert problem_from_json(text) == PROBLEM
    with pytest.raises(FileError, match=r"/roads/services/0 \(service from a to b, runs\)"):
        problem_from_json(text.replace("[10,40]", "[10,90]"))

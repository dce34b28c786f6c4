"""Measures, by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from tests.engine.brute import Brute
from tests.engine.strategies import tiny_problems
from tests.engine.test_check import PLAN, PROBLEM
from zagumi.engine.plan.cost import Measures, measure, unfairness
from zagumi.engine.plan.plan import Delivery, Plan, SubLot, Transfer
from zagumi.engine.problem import (
    Case,
    Company,
    Link,
    Machine,
    Operation,
    Option,
    Part,
    Policy,
    Problem,
    Roads,
    Site,
    Vehicle,
    Weights,
)

SHOP = Problem(
    companies=(Company("A"), Company("B")),
    # a degree of latitude is 111.19 km: 1.3 × 11.119 = 14.455 km between neighbours
    sites=(Site("a", "A"), Site("b", "B", 0.1), Site("buyer", None, 0.2)),
    machines=(Machine("A1", "a"), Machine("B1", "b")),
    parts=(Part("block", "one", mass_g=300_000),),
    cases=(
        Case("one", due=100, late_yen_per_minute=3, buffer=50, deliver_to="buyer"),
        Case("two", due=500, late_yen_per_minute=2, buffer=30),
        Case("idle", release=9),
    ),
    operations=(
        Operation("saw", "one", (Option("A1", 10, 2.0, 100, 7, co2_g=5, unit_co2_g=1),), quantity=4, part="block"),
        Operation("drill", "one", (Option("B1", 5, 1.0, 50, 3),), quantity=4, part="block", after=(Link("saw"),)),
        Operation("bend", "two", (Option("B1", 0, 10.0, 0, 11, good_rate=0.5),), quantity=2),
    ),
    roads=Roads(vehicles=(Vehicle("van", 350, 1000, 20, 100), Vehicle("truck", 2000, 2500, 60, 300))),
    horizon=1000,
    policy=Policy(
        Weights(cost=1000, tardiness=500, co2=5, makespan=7, risk=11, fairness=13, companies=17),
        entitlement={"A": 1, "B": 1},
    ),
)
DONE = Plan(
    (
        SubLot("saw", 1, "A1", 4, 0, 18, 10),
        SubLot("drill", 1, "B1", 4, 63, 72, 5),
        SubLot("bend", 1, "B1", 2, 72, 112, 0),
    ),
    (Transfer("saw", 1, "drill", 1, 4, 18, 63),),
    (Delivery("drill", 1, 4, 72, 117),),
)


def test_measures_by_hand():
    measures = measure(SHOP, DONE)
    # 1,200 kg: four trips of the van cost 4 × (1000 + round(20 × 14.455)) = 5156, one of the truck 2500 + 867 = 3367
    assert measures.transport_yen == 2 * 3367
    assert measures.processing_yen == (100 + 28) + (50 + 12) + 22
    assert measures.cost_yen == measures.transport_yen + measures.processing_yen
    assert measures.co2_g == (5 + 4) + 2 * round(300 * 14.4552)
    assert measures.makespan == 117
    assert (measures.tardy_minutes, measures.tardiness_yen) == (17, 51)
    assert measures.risk_yen == (117 + 50 - 100) * 3  # case two keeps its buffer
    assert measures.companies == 3
    # A works 18 minutes, B 9 + 40: half of 67 is 33.5, so B has 15.5 too many, the floor of it counts
    assert measures.unfair_minutes == 15
    assert measures.transfers == 2
    assert measures.travel_km == pytest.approx(2 * 14.455, abs=0.01)
    assert measures.objective(SHOP.policy.weights) == (
        1000 * measures.cost_yen + 500 * 51 + 5 * measures.co2_g + 7 * 117 + 11 * 201 + 13 * 15 + 17 * 3
    )


def test_measures_of_cases():
    one, two, idle = measure(SHOP, DONE).cases
    assert (one.completion, one.tardy_minutes, one.slack, one.companies) == (117, 17, -17, ("A", "B"))
    assert one.cost_yen == 128 + 62 + 2 * 3367
    assert (two.completion, two.tardy_minutes, two.slack, two.cost_yen) == (112, 0, 388, 22)
    assert (idle.completion, idle.slack, idle.companies) == (0, None, ())
    assert sum(case.co2_g for case in (one, two, idle)) == measure(SHOP, DONE).co2_g


def test_frozen_work_before_the_release_completes_when_it_ended():
    case = replace(SHOP.cases[1], release=300)
    problem = replace(SHOP, cases=(SHOP.cases[0], case, SHOP.cases[2]))
    assert measure(problem, DONE).cases[1].completion == 112


def test_a_given_way_within_a_site_counts_and_one_from_coordinates_does_not():
    here = replace(DONE, sublots=(*DONE.sublots[:1], replace(DONE.sublots[1], machine="A1"), DONE.sublots[2]))
    drill = replace(SHOP.operations[1], options=(*SHOP.operations[1].options, Option("A1")))
    problem = replace(SHOP, operations=(SHOP.operations[0], drill, SHOP.operations[2]))
    assert measure(problem, here).transfers == 1
    given_ = replace(SHOP.roads, order=("a",), minutes=((3,),), yen=((70,),), co2_g=((9,),))
    more = measure(replace(problem, roads=given_), here)
    assert more.transport_yen == measure(problem, here).transport_yen + 70
    assert more.co2_g == measure(problem, here).co2_g + 9


def test_unfairness():
    assert unfairness({"A": 10}, {}) == 0
    assert unfairness({"A": 10}, {"A": 0}) == 0
    assert unfairness({"A": 10}, {"A": 3}) == 0
    assert unfairness({"A": 10, "C": 5}, {"A": 1, "B": 1}) == 2 + 5  # of 15 minutes 7.5 each: 2.5 and 5 too many


def test_the_objective_is_the_sum_product():
    names = ("cost", "tardiness", "co2", "makespan", "risk", "fairness", "companies")
    measures = measure(SHOP, DONE)
    parts = [measures.objective(Weights.only(**{name: 1})) for name in names]
    assert measures.objective(Weights(*[10**at for at in range(7)])) == sum(
        10**at * part for at, part in enumerate(parts)
    )
    assert all(parts)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(problem=tiny_problems())
def test_the_parts_of_cases_add_up(problem: Problem):
    plan = Brute(problem).plan
    if plan is None:
        return
    measures: Measures = measure(problem, plan)
    assert sum(case.cost_yen for case in measures.cases) == measures.cost_yen
    assert sum(case.co2_g for case in measures.cases) == measures.co2_g
    assert sum(len(case.companies) for case in measures.cases) == measures.companies
    assert max(case.completion for case in measures.cases) == measures.makespan
    assert sum(case.tardy_minutes for case in measures.cases) == measures.tardy_minutes


def test_the_plan_of_the_judge_has_measures():
    measures = measure(PROBLEM, PLAN)
    assert [case.completion for case in measures.cases] == [767, 770, 730]
    assert measures.transfers == 7  # the delivery among them

"""Two plans side by side, and a plan beside reality."""

from __future__ import annotations

from zagumi.engine.insight.compare import CaseDifference, Moved, against_actual, compare, working_minutes
from zagumi.engine.plan.plan import Plan, SubLot, Transfer
from zagumi.engine.problem import Case, Company, Link, Machine, Operation, Option, Problem, Roads, Site
from zagumi.engine.read.shoplog.actual import Actual, ActualMachine, ActualOrder


def problem() -> Problem:
    return Problem(
        companies=(Company("a"), Company("b")),
        sites=(Site("a", "a"), Site("b", "b")),
        machines=(Machine("A", "a"), Machine("B", "b")),
        cases=(Case("K", due=100, late_yen_per_minute=3), Case("L")),
        operations=(
            Operation("K1", "K", (Option("A", 5, 10.0, fixed_yen=40), Option("B", 0, 8.0, fixed_yen=70, co2_g=4))),
            Operation("K2", "K", (Option("A", 0, 90.0),), after=(Link("K1"),)),
            Operation("L1", "L", (Option("B", 0, 10.0),)),
        ),
        horizon=1000,
        roads=Roads(order=("a", "b"), minutes=((0, 20), (20, 0)), yen=((0, 9), (9, 0)), co2_g=((0, 2), (2, 0))),
    )


AT_HOME = Plan(
    (SubLot("K1", 1, "A", 1, 0, 15, 5), SubLot("K2", 1, "A", 1, 15, 105), SubLot("L1", 1, "B", 1, 0, 10)),
    (Transfer("K1", 1, "K2", 1, 1, 15, 15),),
)
AWAY = Plan(
    (SubLot("K1", 1, "B", 1, 10, 18), SubLot("K2", 1, "A", 1, 38, 128), SubLot("L1", 1, "B", 1, 0, 10)),
    (Transfer("K1", 1, "K2", 1, 1, 18, 38),),
)


def test_a_plan_differs_from_itself_in_nothing() -> None:
    found = compare(problem(), AT_HOME, AT_HOME)
    assert (found.objective, found.cases, found.moved) == (0, (), ())


def test_the_difference_counts_money_time_co2_and_moves() -> None:
    found = compare(problem(), AT_HOME, AWAY)
    assert (found.processing_yen, found.transport_yen, found.cost_yen, found.co2_g) == (30, 9, 39, 6)
    assert (found.tardy_minutes, found.tardiness_yen, found.makespan) == (23, 69, 23)
    assert (found.transfers, found.companies) == (1, 1)
    assert found.objective == 1000 * 39 + 1000 * 69
    assert found.cases == (CaseDifference("K", 23, 23, 39, 6, ("b",), ()),)
    assert found.moved == (
        Moved("K1", ("A",), ("B",), ("a",), ("b",), 10),
        Moved("K2", ("A",), ("A",), ("a",), ("a",), 23),
    )
    assert [moved.changes_company for moved in found.moved] == [True, False]


def test_the_other_way_round_is_the_opposite() -> None:
    there, back = compare(problem(), AT_HOME, AWAY), compare(problem(), AWAY, AT_HOME)
    for name in ("cost_yen", "tardy_minutes", "co2_g", "makespan", "objective", "transfers"):
        assert getattr(there, name) == -getattr(back, name)


def actual(*orders: ActualOrder) -> Actual:
    machines = (
        ActualMachine("A", ("A",), setup=4, run=90, unexplained=3, standard=0, rework=2, taken=99),
        ActualMachine("Room", ("B", "gone"), setup=0, run=20, unexplained=0, standard=5, rework=0, taken=20),
    )
    return Actual("p", "", 10, orders, machines, (), (), ("a caveat",))


def test_reality_is_compared_order_by_order() -> None:
    found = against_actual(
        problem(), AT_HOME, actual(ActualOrder("K", 0, 200), ActualOrder("L", 2, 8), ActualOrder("X", 0, 1))
    )
    assert found is not None
    assert [(o.case, o.lead, o.planned_lead, o.late) for o in found.orders] == [("K", 200, 105, 0), ("L", 6, 8, 2)]
    assert (found.sooner, found.later, found.tardy_minutes) == (1, 1, 2)
    assert (found.median_lead, found.median_planned_lead) == (103, 56)
    assert [(m.machine, m.company, m.planned, m.reported) for m in found.machines] == [
        ("A", "a", 105, 99),
        ("Room", "b", 10, 25),
    ]
    assert (found.planned_minutes, found.reported_minutes) == (115, 124)
    assert (found.transfers, found.transport_minutes, found.caveats) == (0, 0, ("a caveat",))


def test_transports_between_sites_count_on_the_planned_side() -> None:
    found = against_actual(problem(), AWAY, actual(ActualOrder("K", 0, 200)))
    assert found is not None
    assert (found.transfers, found.transport_minutes) == (1, 20)


def test_a_record_of_other_orders_compares_with_nothing() -> None:
    assert against_actual(problem(), AT_HOME, actual(ActualOrder("X", 0, 1))) is None


def test_working_minutes_are_set_up_and_run() -> None:
    assert working_minutes(problem(), AT_HOME.sublots[0]) == 15

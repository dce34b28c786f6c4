"""One more hour is worth what planning anew with it saves, nothing that a search finds anyhow; what binds is named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.engine.test_explain import at, network, plan_of
from zagumi.engine.insight.binding import Binding, bindings
from zagumi.engine.insight.explain import why_not
from zagumi.engine.insight.lateness import bottlenecks
from zagumi.engine.insight.shadow import Added, Hour, shadow
from zagumi.engine.plan.cost import measure
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import Band, Calendar, Case, Machine, Operation, Policy, Problem
from zagumi.engine.sample import sample
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.result import Status
from zagumi.engine.solve.solve import solve

FEW = Limits(steps=400)


def queue(*machines: Machine, work: int = 100, due: int = 200, hurry: int = 10, **more: Any) -> tuple[Problem, Plan]:
    """On A stands K, which counts ten times as much, before L; the plan is the best one."""
    problem = network(
        (Case("K", due=100, late_yen_per_minute=hurry), Case("L", due=due)),
        (Operation("K1", "K", (at("A", 100),)), Operation("L1", "L", (at("A", work),))),
        machines=(*machines, Machine("B", "b")) if machines else (Machine("A", "a"), Machine("B", "b")),
        **more,
    )
    plan = solve(problem, FEW).plan
    assert plan is not None
    assert [s.operation for s in plan.on_machine["A"]] == ["K1", "L1"]
    return problem, plan


DAYS = (Calendar("days", ((0, 100), (1000, 1100), (2000, 9000))),)


def test_overtime_where_work_waits_saves_the_night() -> None:
    """L of 50 minutes stands ready while K runs until closing, and comes 850 late; open until 160 it comes in time."""
    problem, plan = queue(Machine("A", "a", calendar="days"), work=50, calendars=DAYS)
    found = shadow(problem, plan, "A", FEW)
    assert found.hours == (Hour("A", Added.OVERTIME, 100, 160),)
    assert found.difference is not None
    assert (found.difference.tardy_minutes, found.difference.tardiness_yen, found.difference.cost_yen) == (
        -850,
        -850,
        0,
    )
    assert (found.saves, found.completion_minutes) == (850_000, -900)
    assert shadow(problem, plan, "a", FEW) == found, "the company has no other machine that is waited for"
    assert problem.calendars == DAYS


def test_an_always_open_machine_is_relieved_of_an_hour_of_the_work_in_the_way() -> None:
    problem, plan = queue(due=170)
    found = shadow(problem, plan, "A", FEW)
    assert found.hours == (Hour("A", Added.RELIEF, 0, 60),)
    assert found.saves == 30_000  # the lateness of L, of which an hour would be more than enough
    assert found.price is not None
    assert 0 <= found.price <= 60_000


def test_a_booking_gives_an_hour_back() -> None:
    """A is booked from 100 to 180: K until 100, L not before 180."""
    problem, plan = queue(Machine("A", "a", bookings=((100, 180),)), due=220)
    found = shadow(problem, plan, "A", FEW)
    assert found.hours == (Hour("A", Added.BOOKING, 120, 180),)
    assert found.saves == 60_000


def test_a_band_publishes_an_hour_more() -> None:
    """Of 300 minutes 100 are published, which K takes; L waits for the next band."""
    machine = Machine("A", "a", bands=(Band(0, 300, 100), Band(1000, 2000, 500)))
    problem, plan = queue(machine, work=60, due=300)
    loads = bottlenecks(problem, plan)
    found = shadow(problem, plan, "A", FEW)
    assert loads[0].machine == "A"
    assert found.hours == (Hour("A", Added.BAND, 0, 300),)
    assert found.difference is not None
    assert found.difference.tardy_minutes == -(measure(problem, plan).tardy_minutes)


def test_what_nobody_waits_for_saves_nothing() -> None:
    problem, plan = queue(due=170)
    assert shadow(problem, plan, "B", FEW).hours == ()
    assert shadow(problem, plan, "b", FEW).saves == 0
    with pytest.raises(KeyError):
        shadow(problem, plan, "nobody", FEW)


def test_what_a_search_finds_anyhow_is_not_the_hours() -> None:
    """The plan in hand has a wrong order; put right, nothing is late, with or without the hour."""
    problem = network(
        (Case("K", due=5000), Case("L", due=100)),
        (Operation("K1", "K", (at("A", 300),)), Operation("L1", "L", (at("A", 100),))),
    )
    plan = plan_of(problem, ("K1", "A", 0, 300), ("L1", "A", 300, 400))
    assert bottlenecks(problem, plan)[0].waits == ((0, 300),)
    found = shadow(problem, plan, "A", FEW)
    assert (found.hours[0].added, found.saves, found.difference) == (Added.RELIEF, 0, None)


def test_an_hour_never_costs_anything_and_repeats() -> None:
    wide = sample(12, 4, 7)
    cases = tuple(c if c.due is None else replace(c, due=c.release + (c.due - c.release) // 5) for c in wide.cases)
    problem = replace(wide, cases=cases)
    plan = solve(problem, Limits(steps=200)).plan
    assert plan is not None
    names = [load.machine for load in bottlenecks(problem, plan) if load.waits][:2]
    assert names
    for name in names:
        one, two = (shadow(problem, plan, name, Limits(steps=200)) for _ in range(2))
        assert one == two
        assert one.hours
        assert one.saves >= 0
        if one.difference is not None:
            assert one.saves == -one.difference.objective > 0


# ---------------------------------------------------------------------------------------------------- what binds


def test_lateness_binds_where_it_rests_and_dear_work_where_a_rule_keeps_out_the_cheap() -> None:
    problem = network(
        (Case("K", due=9000), Case("L", due=350, late_yen_per_minute=7, barred=frozenset({"c"})), Case("M", due=9000)),
        (
            Operation("K1", "K", (at("A", 300),)),
            Operation("L1", "L", (at("A", 100, fixed_yen=900), at("C", 100, fixed_yen=500))),
            Operation("M1", "M", (at("B", 400, grade=1, fixed_yen=80), at("C", 400, fixed_yen=10)), min_grade=1),
        ),
    )
    plan = plan_of(problem, ("K1", "A", 0, 300), ("L1", "A", 300, 400), ("M1", "B", 0, 400))
    assert bindings(problem, plan) == (
        Binding("barred", "c", 0, 400, ("L",)),
        Binding("machine", "A", 50, 350, ("L",)),
        Binding("grade", "c", 0, 70, ("M",)),
    )


def test_a_slack_wait_a_dearer_company_and_two_rules_at_once_bind_nothing() -> None:
    problem = network(
        (Case("K", due=9000), Case("L", due=9000, barred=frozenset({"b", "c"}))),
        (
            Operation("K1", "K", (at("A", 300),)),
            Operation(
                "L1", "L",
                (at("A", 100, fixed_yen=500, grade=1), at("B", 100, fixed_yen=600, grade=1), at("C", 9, fixed_yen=1)),
                min_grade=1,
            ),
        ),
    )  # fmt: skip
    assert bindings(problem, plan_of(problem, ("K1", "A", 0, 300), ("L1", "A", 300, 400))) == ()


@pytest.mark.parametrize(
    ("policy", "rule"),
    [
        (Policy(max_companies=1), "team"),
        (Policy(one_company=frozenset({"L"})), "team"),
        (Policy(apart=frozenset({("a", "b")})), "apart"),
    ],
)
def test_the_rules_of_teams_bind(policy: Policy, rule: str) -> None:
    problem = network(
        (Case("L", due=9000),),
        (
            Operation("L1", "L", (at("A", 10),)),
            Operation("L2", "L", (at("A", 10, fixed_yen=900), at("B", 10, fixed_yen=100))),
        ),
        policy=policy,
    )
    plan = plan_of(problem, ("L1", "A", 0, 10), ("L2", "A", 10, 20))
    assert bindings(problem, plan) == (Binding(rule, "b", 0, 800, ("L",)),)
    assert bindings(replace(problem, policy=Policy()), plan) == ()


# ---------------------------------------------------------------------------------------------------- why not


def test_forced_in_the_rest_follows_the_plan_in_hand() -> None:
    """Without a step to search, only what is forced moves: the difference is that of the company alone."""
    wide = sample(12, 4, 7)
    plan = solve(wide, Limits(steps=3000)).plan
    assert plan is not None
    free = (operation for operation in wide.operations if operation.id not in wide.frozen)
    operation = next(o for o in free if len({wide.company_of(e.machine) for e in wide.eligible(o)}) > 1)
    here = {wide.company_of(s.machine) for s in plan.sublots_of[operation.id]}
    other = next(c for e in wide.eligible(operation) if (c := wide.company_of(e.machine)) not in here)
    found = why_not(wide, plan, operation.id, other or "", Limits(steps=0))
    assert found.difference is not None
    assert operation.id in {moved.operation for moved in found.difference.moved}
    assert len(found.difference.moved) < len(wide.operations) // 2
    assert found.difference.cost_yen == measure(wide, found.plan or plan).cost_yen - measure(wide, plan).cost_yen


def test_a_company_without_a_plan_is_proved_so() -> None:
    """One company must do it all, and b has no machine for the first step."""
    problem = network(
        (Case("L", due=9000),),
        (Operation("L1", "L", (at("A", 10),)), Operation("L2", "L", (at("A", 10), at("B", 10)))),
        policy=Policy(one_company=frozenset({"L"})),
    )
    plan = plan_of(problem, ("L1", "A", 0, 10), ("L2", "A", 10, 20))
    found = why_not(problem, plan, "L2", "b", FEW)
    assert (found.status, found.difference) == (Status.INFEASIBLE, None)
    assert [reason.rule for reason in found.reasons] == ["team"]

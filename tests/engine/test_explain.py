"""Explanations: why here, why not there, why late; never blaming what slack absorbs or what is unrelated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zagumi.engine.insight.explain import Decided, Obstacle, why, why_not
from zagumi.engine.insight.lateness import Kind, bottlenecks, why_late
from zagumi.engine.plan.check import check
from zagumi.engine.plan.plan import Delivery, Plan, SubLot, Transfer
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
    Person,
    Policy,
    Problem,
    Roads,
    Site,
)
from zagumi.engine.sample import sample
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.solve import solve

DAY = 1440
ROADS = Roads(
    order=("a", "b", "c"),
    minutes=((0, 30, 60), (30, 0, 40), (60, 40, 0)),
    yen=((0, 100, 300), (100, 0, 200), (300, 200, 0)),
    co2_g=((0, 10, 30), (10, 0, 20), (30, 20, 0)),
)


def network(cases: tuple[Case, ...], operations: tuple[Operation, ...], **more: Any) -> Problem:
    """Companies a, b, c with a site each and a machine A, B, C."""
    return Problem(
        companies=tuple(Company(name) for name in "abc"),
        sites=tuple(Site(name, name) for name in "abc"),
        machines=more.pop("machines", tuple(Machine(name.upper(), name) for name in "abc")),
        cases=cases,
        operations=operations,
        horizon=20 * DAY,
        roads=ROADS,
        **more,
    )


def at(machine: str, minutes: int, **more: Any) -> Option:
    return Option(machine, minutes_per_piece=float(minutes), **more)


def plan_of(problem: Problem, *rows: tuple[str, str, int, int]) -> Plan:
    """One sub-lot of one piece for each (operation, machine, start, end), with the transfers their links ask for."""
    lots = {operation: SubLot(operation, 1, machine, 1, start, end) for operation, machine, start, end in rows}
    transfers = []
    for operation in problem.operations:
        for link in operation.after:
            giver, taker = lots[link.before], lots[operation.id]
            way = problem.haul(problem.machine[giver.machine].site, problem.machine[taker.machine].site, 0).minutes
            leave = giver.end + link.lag
            transfers.append(Transfer(link.before, 1, operation.id, 1, 1, leave, leave + way))
    plan = Plan(tuple(lots.values()), tuple(transfers))
    assert check(problem, plan) == ()
    return plan


# ---------------------------------------------------------------------------------------------------- why late


def rivals(due: int) -> tuple[Problem, Plan]:
    """Case L waits on A for case K: K runs 0-300, L's pieces are there at 0, it runs 300-400 and on B 430-530."""
    problem = network(
        (Case("K", due=5000), Case("L", due=due)),
        (
            Operation("K1", "K", (at("A", 300),)),
            Operation("L1", "L", (at("A", 100),)),
            Operation("L2", "L", (at("B", 100),), after=(Link("L1"),)),
        ),
    )
    return problem, plan_of(problem, ("K1", "A", 0, 300), ("L1", "A", 300, 400), ("L2", "B", 430, 530))


def test_a_wait_for_a_machine_is_named_with_who_had_it() -> None:
    problem, plan = rivals(due=500)
    found = why_late(problem, plan, "L")
    assert (found.completion, found.slack, found.late_minutes, found.at_best) == (530, -30, 30, 230)
    assert [(c.kind, c.operation, c.machine, c.minutes, c.saves, c.by) for c in found.causes] == [
        (Kind.MACHINE, "L1", "A", 300, 30, ("K1",)),
        (Kind.TRANSPORT, "L2", "B", 30, 30, ()),
    ]
    assert dict(found.kinds) == {Kind.MACHINE: 30, Kind.TRANSPORT: 30}
    assert [(s.kind, s.start, s.end) for s in found.chain] == [
        (Kind.MACHINE, 0, 300),
        (Kind.WORK, 300, 400),
        (Kind.TRANSPORT, 400, 430),
        (Kind.WORK, 430, 530),
    ]


def test_a_case_in_time_blames_nothing() -> None:
    problem, plan = rivals(due=530)
    found = why_late(problem, plan, "L")
    assert (found.slack, found.causes, found.kinds) == (0, (), ())


def test_a_delay_that_slack_absorbs_is_not_blamed() -> None:
    """The short branch waits an hour for its machine, and still reaches the assembly before the long one."""
    problem = network(
        (Case("K", due=9000), Case("L", due=300)),
        (
            Operation("K1", "K", (at("B", 60),)),
            Operation("L1", "L", (at("A", 300),)),
            Operation("L2", "L", (at("B", 50),)),
            Operation("L3", "L", (at("A", 50),), after=(Link("L1"), Link("L2"))),
        ),
    )
    plan = plan_of(problem, ("K1", "B", 0, 60), ("L2", "B", 60, 110), ("L1", "A", 0, 300), ("L3", "A", 300, 350))
    found = why_late(problem, plan, "L")
    assert found.late_minutes == 50
    assert found.causes == ()
    assert found.at_best == 350  # the work itself is too long
    assert {segment.operation for segment in found.chain} == {"L1", "L3"}


def test_a_delay_of_an_unrelated_case_is_not_blamed() -> None:
    """K is late too, on another machine: it has nothing to do with L."""
    problem = network(
        (Case("K", due=10), Case("L", due=40), Case("M", due=9000)),
        (
            Operation("K1", "K", (at("C", 500),)),
            Operation("M1", "M", (at("A", 20),)),
            Operation("L1", "L", (at("A", 30),)),
        ),
    )
    plan = plan_of(problem, ("K1", "C", 0, 500), ("M1", "A", 0, 20), ("L1", "A", 20, 50))
    found = why_late(problem, plan, "L")
    assert [(cause.kind, cause.by, cause.saves) for cause in found.causes] == [(Kind.MACHINE, ("M1",), 10)]


def test_only_as_much_is_blamed_as_the_second_branch_leaves() -> None:
    """The critical branch waits 100, but without that wait the other branch decides, 30 earlier."""
    problem = network(
        (Case("K", due=9000), Case("L", due=100)),
        (
            Operation("K1", "K", (at("B", 100),)),
            Operation("L1", "L", (at("A", 200),)),
            Operation("L2", "L", (at("B", 100),)),
            Operation("L3", "L", (at("A", 10),), after=(Link("L1"), Link("L2"))),
        ),
    )
    plan = plan_of(problem, ("K1", "B", 0, 100), ("L2", "B", 100, 200), ("L1", "A", 0, 200), ("L3", "A", 230, 240))
    waits = {cause.kind: cause.saves for cause in why_late(problem, plan, "L").causes}
    assert waits[Kind.MACHINE] == 30


def test_a_machine_that_was_free_is_not_blamed() -> None:
    """Another case had the machine from 200 to 220; L fits before that and was begun at 300 all the same."""
    problem = network(
        (Case("K", due=9000), Case("L", due=100)),
        (Operation("K1", "K", (at("A", 20),)), Operation("L1", "L", (at("A", 50),))),
    )
    found = why_late(problem, plan_of(problem, ("K1", "A", 200, 220), ("L1", "A", 300, 350)), "L")
    assert [(cause.kind, cause.minutes, cause.saves) for cause in found.causes] == [(Kind.CHOICE, 300, 250)]


def test_a_gap_too_short_for_the_work_is_no_chance_missed() -> None:
    problem = network(
        (Case("K", due=9000), Case("L", due=100)),
        (
            Operation("K1", "K", (at("A", 20),)),
            Operation("K2", "K", (at("A", 20),)),
            Operation("L1", "L", (at("A", 50),)),
        ),
    )
    plan = plan_of(problem, ("K1", "A", 0, 20), ("K2", "A", 60, 80), ("L1", "A", 80, 130))
    (cause,) = why_late(problem, plan, "L").causes
    assert (cause.kind, cause.by, cause.saves) == (Kind.MACHINE, ("K1", "K2"), 30)


def test_closed_hours_are_named() -> None:
    """Open 0-100 and 1000-1100 only; the work of 150 ends at 1050."""
    problem = network(
        (Case("L", due=200),),
        (Operation("L1", "L", (at("A", 150),)),),
        machines=(Machine("A", "a", calendar="day"),),
        calendars=(Calendar("day", ((0, 100), (1000, 1100))),),
    )
    found = why_late(problem, plan_of(problem, ("L1", "A", 0, 1050)), "L")
    assert [(c.kind, c.minutes, c.saves) for c in found.causes] == [(Kind.HOURS, 900, 850)]
    assert found.at_best == 150


def test_a_booking_a_band_a_person_and_an_idle_start_are_told_apart() -> None:
    def only(problem: Problem, plan: Plan) -> list[tuple[Kind, int]]:
        return [(cause.kind, cause.saves) for cause in why_late(problem, plan, "L").causes]

    case, step = (Case("L", due=10),), (Operation("L1", "L", (at("A", 10),)),)
    booked = network(case, step, machines=(Machine("A", "a", bookings=((0, 50),)),))
    assert only(booked, plan_of(booked, ("L1", "A", 50, 60))) == [(Kind.BOOKING, 50)]
    banded = network(case, step, machines=(Machine("A", "a", bands=(Band(40, 100, 30),)),))
    assert only(banded, plan_of(banded, ("L1", "A", 40, 50))) == [(Kind.BAND, 40)]
    idle = network(case, step)
    assert only(idle, plan_of(idle, ("L1", "A", 25, 35))) == [(Kind.CHOICE, 25)]
    people = network(
        (Case("K", due=9000), *case),
        (Operation("K1", "K", (at("B", 30, skill="x"),)), Operation("L1", "L", (at("A", 10, skill="x"),))),
        machines=(Machine("A", "a"), Machine("B", "a")),
        people=(Person("P", "a", frozenset({"x"})),),
    )
    lots = (SubLot("K1", 1, "B", 1, 0, 30, 0, "P"), SubLot("L1", 1, "A", 1, 30, 40, 0, "P"))
    assert check(people, Plan(lots)) == ()
    assert only(people, Plan(lots)) == [(Kind.PERSON, 30)]


def test_work_that_may_not_pause_waits_for_a_window_that_holds_it() -> None:
    problem = network(
        (Case("L", due=10),),
        (Operation("L1", "L", (at("A", 80),), may_pause=False),),
        machines=(Machine("A", "a", calendar="day"),),
        calendars=(Calendar("day", ((0, 50), (100, 300))),),
    )
    found = why_late(problem, plan_of(problem, ("L1", "A", 100, 180)), "L")
    assert [(c.kind, c.saves) for c in found.causes] == [(Kind.HOURS, 100)]


def test_frozen_work_is_taken_as_it_stands() -> None:
    problem = network(
        (Case("L", release=100, due=120),),
        (Operation("L1", "L", (at("A", 10),)), Operation("L2", "L", (at("A", 10),), after=(Link("L1"),))),
        policy=Policy(frozen=(FrozenWork("L1", "A", 1, 50, 130),)),
    )
    found = why_late(problem, plan_of(problem, ("L1", "A", 50, 130), ("L2", "A", 130, 140)), "L")
    assert (found.completion, found.causes, found.at_best) == (140, (), 140)


def test_a_delivery_ends_the_chain() -> None:
    problem = network(
        (Case("L", due=100, deliver_to="b"),), (Operation("L1", "L", (at("A", 90),)),),
    )  # fmt: skip
    plan = Plan((SubLot("L1", 1, "A", 1, 0, 90),), deliveries=(Delivery("L1", 1, 1, 95, 125),))
    assert check(problem, plan) == ()
    found = why_late(problem, plan, "L")
    assert [(s.kind, s.start, s.end) for s in found.chain] == [
        (Kind.WORK, 0, 90),
        (Kind.TRANSPORT, 90, 95),
        (Kind.TRANSPORT, 95, 125),
    ]
    assert found.chain[-1].end == found.completion == 125


@pytest.mark.parametrize("seed", range(4))
def test_explanations_of_real_sized_plans_are_consistent(seed: int) -> None:
    """The reasons give back the planned times; the chain has no hole; nothing saves more than the lateness."""
    problem = sample(12, 4, seed)
    tight = replace(
        problem,
        cases=tuple(
            replace(c, due=None if c.due is None else c.release + (c.due - c.release) // 6) for c in problem.cases
        ),
    )
    plan = solve(tight, Limits(seconds=2, steps=50)).plan
    assert plan is not None
    for case in tight.cases:
        found = why_late(tight, plan, case.id)
        assert found.chain[-1].end == found.completion
        assert all(one.end == two.start for one, two in zip(found.chain, found.chain[1:], strict=False))
        assert all(segment.start < segment.end for segment in found.chain)
        assert found.at_best <= found.completion
        assert all(0 < cause.saves <= found.late_minutes for cause in found.causes)
        assert all(0 < saves <= found.late_minutes for _, saves in found.kinds)
        together = dict(found.kinds)
        assert all(cause.saves <= together[cause.kind] for cause in found.causes)


# ---------------------------------------------------------------------------------------------------- bottleneck


def test_the_bottleneck_is_where_lateness_rests_not_where_load_is_high() -> None:
    """C is taken all the time without anybody waiting; A is taken for less, and L is late for it."""
    problem = network(
        (Case("K", due=9000), Case("L", due=350), Case("M", due=9000)),
        (
            Operation("K1", "K", (at("A", 300),)),
            Operation("L1", "L", (at("A", 100),)),
            Operation("M1", "M", (at("C", 400),)),
        ),
    )
    loads = bottlenecks(problem, plan_of(problem, ("K1", "A", 0, 300), ("L1", "A", 300, 400), ("M1", "C", 0, 400)))
    assert [load.machine for load in loads] == ["A", "C"]
    assert (loads[0].saves, loads[0].waited_minutes, loads[0].cases) == (50, 300, ("L",))
    assert loads[0].window == (0, 400)
    assert (loads[0].share, loads[1].share) == (1.0, 1.0)


def test_load_counts_open_minutes_and_bookings() -> None:
    problem = network(
        (Case("L", due=100),),
        (Operation("L1", "L", (at("A", 50),)),),
        machines=(Machine("A", "a", calendar="day", bookings=((0, 20),)),),
        calendars=(Calendar("day", ((0, 60), (80, 200))),),
    )
    (load,) = bottlenecks(problem, plan_of(problem, ("L1", "A", 20, 90)))
    assert load.window == (0, 90)
    assert (load.open_minutes, load.taken_minutes) == (70, 70)


# ---------------------------------------------------------------------------------------------------- why, why not


def choice_problem(**more: Any) -> tuple[Problem, Plan]:
    """L2 could be on A (500 yen), B (450 yen and a way of 100) or C; L1 is on A."""
    problem = network(
        (Case("L", due=5000, **more.pop("case", {})),),
        (
            Operation("L1", "L", (at("A", 10),)),
            Operation(
                "L2", "L",
                (at("A", 50, fixed_yen=500), at("B", 20, fixed_yen=450), at("C", 5, fixed_yen=50, **more.pop("c", {}))),
                after=(Link("L1"),), **more.pop("step", {}),
            ),
        ),
        **more,
    )  # fmt: skip
    return problem, plan_of(problem, ("L1", "A", 0, 10), ("L2", "A", 10, 60))


def test_why_gives_every_choice_with_its_price_and_its_earliest_finish() -> None:
    problem, plan = choice_problem()
    found = why(problem, plan, "L2")
    assert found.companies == ("a",)
    rows = {c.machine: (c.chosen, c.yen, c.co2_g, c.start, c.finish) for c in found.choices}
    assert rows == {"A": (True, 500, 0, 10, 60), "B": (False, 550, 10, 40, 60), "C": (False, 350, 30, 70, 75)}
    assert found.decided is Decided.BALANCE
    assert found.choices[0].chosen


def test_what_decided_is_named() -> None:
    problem, plan = choice_problem(c={"grade": 0}, step={"min_grade": 0})
    dear = replace(problem.operation["L2"], options=(at("A", 50, fixed_yen=100), at("B", 20, fixed_yen=450)))
    cheap = replace(problem, operations=(problem.operation["L1"], dear))
    assert why(cheap, plan, "L2").decided is Decided.CHEAPEST
    slow = replace(dear, options=(at("A", 50, fixed_yen=900), at("C", 200, fixed_yen=1)))
    assert why(replace(problem, operations=(problem.operation["L1"], slow)), plan, "L2").decided is Decided.EARLIEST
    assert why(problem, plan, "L1").decided is Decided.ONLY
    stands = replace(problem, policy=Policy(frozen=(FrozenWork("L2", "A", 1, 10, 60),)))
    assert why(stands, plan, "L2").decided is Decided.FROZEN


def test_earliest_looks_at_bookings_bands_hours_people_and_other_work() -> None:
    machines = (
        Machine("A", "a"),
        Machine("B", "b", bookings=((45, 100),), calendar="late"),
        Machine("C", "c", bands=(Band(200, 300, 4), Band(400, 500, 10))),
    )
    problem, plan = choice_problem(machines=machines, calendars=(Calendar("late", ((40, 115), (300, 900))),))
    rows = {c.machine: (c.start, c.finish) for c in why(problem, plan, "L2").choices}
    assert rows["B"] == (100, 305)  # 15 minutes until it closes, 5 after it opens
    assert rows["C"] == (400, 405)  # the first band has too little left
    hurried = replace(problem.operation["L2"], may_pause=False)
    whole = replace(problem, operations=(problem.operation["L1"], hurried))
    assert {c.machine: (c.start, c.finish) for c in why(whole, plan, "L2").choices}["B"] == (300, 320)


@pytest.mark.parametrize(
    ("change", "obstacle"),
    [
        ({"c": {"grade": 1}, "step": {"min_grade": 1}}, Obstacle.GRADE),
        ({"case": {"barred": frozenset({"b"})}}, Obstacle.BARRED),
    ],
)
def test_why_not_names_the_hard_condition(change: dict[str, Any], obstacle: Obstacle) -> None:
    problem, _ = choice_problem()
    options = problem.operation["L2"].options
    if obstacle is Obstacle.GRADE:
        step = replace(
            problem.operation["L2"],
            min_grade=1,
            options=tuple(replace(o, grade=int(o.machine != "B")) for o in options),
        )
        problem = replace(problem, operations=(problem.operation["L1"], step))
    else:
        problem = replace(problem, cases=(replace(problem.cases[0], **change["case"]),))
    plan = plan_of(problem, ("L1", "A", 0, 10), ("L2", "A", 10, 60))
    found = why_not(problem, plan, "L2", "b", Limits(seconds=1))
    assert (found.does, found.obstacles, found.plan) == (False, (obstacle,), None)


def test_why_not_names_skill_option_apart_and_frozen() -> None:
    problem, plan = choice_problem()
    assert why_not(problem, plan, "L1", "b", Limits(seconds=1)).obstacles == (Obstacle.NO_OPTION,)
    assert why_not(problem, plan, "L2", "a", Limits(seconds=1)).does
    apart = replace(problem, policy=Policy(apart=frozenset({("a", "b")})))
    assert why_not(apart, plan, "L2", "b", Limits(seconds=1)).obstacles == (Obstacle.APART,)
    stands = replace(problem, policy=Policy(frozen=(FrozenWork("L2", "A", 1, 10, 60),)))
    assert why_not(stands, plan, "L2", "b", Limits(seconds=1)).obstacles == (Obstacle.FROZEN,)
    skilled = replace(problem.operation["L2"], options=(at("A", 50), at("B", 20, skill="x")))
    unskilled = replace(problem, operations=(problem.operation["L1"], skilled))
    assert why_not(unskilled, plan, "L2", "b", Limits(seconds=1)).obstacles == (Obstacle.SKILL,)


def test_why_not_forces_the_company_in_and_gives_the_difference() -> None:
    problem, plan = choice_problem()
    found = why_not(problem, plan, "L2", "b", Limits(seconds=2))
    assert found.plan is not None
    assert check(problem, found.plan) == ()
    assert {problem.company_of(s.machine) for s in found.plan.sublots_of["L2"]} == {"b"}
    assert found.difference is not None
    assert (found.difference.cost_yen, found.difference.co2_g) == (50, 10)
    assert found.completion_days == pytest.approx(0.0)


# ---------------------------------------------------------------------------------------------------- planted causes

MINUTES = st.integers(0, 120)
SIZES = st.integers(1, 120)


@dataclass(frozen=True)
class Planted:
    """Case L: first on A, second on B, and beside them a short branch on C; all meet on D.

    Before each of the three stands a rival of another case from minute 0 until ``wait``; one more works on E, where L
    has nothing to do, and comes late itself.
    """

    wait: dict[str, int]
    work: dict[str, int]

    def completion(self, *without: str) -> int:
        """When L is done if these rivals were not there."""
        wait = {name: 0 if name in without else minutes for name, minutes in self.wait.items()}
        first = wait["A"] + self.work["A"]
        second = max(first, wait["B"]) + self.work["B"]
        beside = wait["C"] + self.work["C"]
        return max(second, beside) + self.work["D"]

    def plan(self, due: int) -> tuple[Problem, Plan]:
        """The problem and the plan in which everything starts as early as it can."""
        cases = [Case("L", due=due), *(Case(f"K{name}", due=0) for name in "ABCE")]
        operations = [
            Operation("LA", "L", (at("A", self.work["A"]),)),
            Operation("LB", "L", (at("B", self.work["B"]),), after=(Link("LA"),)),
            Operation("LC", "L", (at("C", self.work["C"]),)),
            Operation("LD", "L", (at("D", self.work["D"]),), after=(Link("LB"), Link("LC"))),
            *(Operation(f"K{name}1", f"K{name}", (at(name, self.wait[name]),)) for name in "ABCE"),
        ]
        problem = Problem(
            (Company("a"),), (Site("s", "a"),), tuple(Machine(name, "s") for name in "ABCDE"), tuple(cases),
            tuple(operations), 5000,
        )  # fmt: skip
        first = self.wait["A"] + self.work["A"]
        second = max(first, self.wait["B"])
        last = self.completion() - self.work["D"]
        rows = [
            ("LA", "A", self.wait["A"], first),
            ("LB", "B", second, second + self.work["B"]),
            ("LC", "C", self.wait["C"], self.wait["C"] + self.work["C"]),
            ("LD", "D", last, last + self.work["D"]),
            *((f"K{name}1", name, 0, self.wait[name]) for name in "ABCE"),
        ]
        return problem, plan_of(problem, *rows)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    st.builds(
        Planted,
        st.fixed_dictionaries(dict.fromkeys("ABCE", MINUTES)),
        st.fixed_dictionaries(dict.fromkeys("ABCD", SIZES)),
    ),
    st.integers(1, 200),
)
def test_of_planted_delays_those_are_blamed_that_the_lateness_rests_on_and_by_as_much(
    planted: Planted, late: int
) -> None:
    """Delays that slack absorbs, unrelated ones, two or three at once: each by what goes if it alone were not there."""
    due = max(0, planted.completion() - late)
    found = why_late(*planted.plan(due), "L")
    late = planted.completion() - due
    assert (found.completion, found.late_minutes) == (planted.completion(), late)
    expected = {}
    for name in "ABC":
        saves = min(late, planted.completion() - planted.completion(name))
        if saves:
            expected[f"L{name}"] = (Kind.MACHINE, (f"K{name}1",), saves)
    assert {cause.operation: (cause.kind, cause.by, cause.saves) for cause in found.causes} == expected
    together = min(late, planted.completion() - planted.completion("A", "B", "C"))
    assert dict(found.kinds) == ({Kind.MACHINE: together} if together else {})
    assert "KE1" not in {name for segment in found.chain for name in segment.by}


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.fixed_dictionaries(dict.fromkeys("ABCD", SIZES)), st.integers(0, 200), st.integers(1, 100))
def test_a_planted_delay_within_the_slack_changes_no_word(work: dict[str, int], slack: int, late: int) -> None:
    """Whatever stands before the short branch, while its slack absorbs it."""
    absorbed = min(slack, max(0, work["A"] + work["B"] - work["C"]))
    calm, delayed = (Planted({"A": 5, "B": 0, "C": wait, "E": 9}, work) for wait in (0, absorbed))
    due = max(0, calm.completion() - late)
    one, two = (why_late(*planted.plan(due), "L") for planted in (calm, delayed))
    assert (one.causes, one.kinds, one.chain) == (two.causes, two.kinds, two.chain)

"""The judge: a valid plan has no fault, and every rule catches its own mutations, saying where and by how much."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from zagumi.engine.errors import CheckError
from zagumi.engine.plan.check import RULES, check, require
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
    Part,
    Person,
    Policy,
    Problem,
    Roads,
    Site,
)

DAY = Calendar("day", tuple((480 + 1440 * d, 1020 + 1440 * d) for d in range(5)))

PROBLEM = Problem(
    companies=(Company("A", may_lead=True), Company("B"), Company("C", may_lead=True)),
    sites=(Site("a", "A"), Site("b", "B"), Site("c", "C"), Site("buyer")),
    calendars=(DAY,),
    machines=(
        Machine("A1", "a", calendar="day", bookings=((600, 660),), setups={("", "x"): 10, ("x", "y"): 20}),
        Machine("A2", "a", bands=(Band(480, 900, 150),)),
        Machine("A3", "a"),
        Machine("B1", "b", calendar="day"),
        Machine("B2", "b"),
        Machine("C1", "c"),
    ),
    people=(
        Person("P1", "A", frozenset({"weld"}), "day"),
        Person("P2", "A", frozenset({"weld"})),
        Person("P3", "B", frozenset({"weld"})),
    ),
    parts=(Part("bolt", "one", mass_g=50),),
    cases=(
        Case("one", release=480, due=3000, deliver_to="buyer"),
        Case("two", release=500),
        Case("three", barred=frozenset({"C"})),
    ),
    operations=(
        Operation("cut", "one", (Option("A1", 5, 2.0), Option("B1", 5, 2.0)), quantity=10, part="bolt", family="x"),
        Operation(
            "coat",
            "one",
            (Option("B1", 0, 4.0), Option("B2", 0, 5.0), Option("C1", 0, 5.0)),
            quantity=10,
            part="bolt",
            after=(Link("cut", lag=15),),
            min_sublot=3,
            max_sublots=2,
        ),
        Operation(
            "join",
            "one",
            (Option("A2", 6, 10.0, good_rate=0.5, skill="weld"),),
            quantity=5,
            after=(Link("coat", per=2, batch=3),),
        ),
        Operation("oven", "two", (Option("B2", 0, 30.0),), quantity=3),
        Operation(
            "turn", "two", (Option("A1", 5, 30.0),), quantity=3, after=(Link("oven"),), family="y", may_pause=False
        ),
        Operation(
            "test", "two", (Option("A3", 0, 20.0, skill="weld", grade=1), Option("C1", 0, 20.0), Option("B2", 0, 20.0))
        ),
        Operation("solo", "three", (Option("A3", 0, 15.0), Option("B2", 0, 15.0), Option("C1", 0, 15.0))),
        Operation("duet", "three", (Option("A3", 0, 15.0), Option("B2", 0, 15.0))),
    ),
    roads=Roads(
        order=("a", "b", "c", "buyer"),
        minutes=((0, 30, 30, 60), (30, 0, 20, 40), (30, 20, 0, 50), (60, 40, 50, 0)),
    ),
    policy=Policy(
        max_companies=2,
        apart=frozenset({("A", "C")}),
        lead_required=True,
        frozen=(FrozenWork("oven", "B2", 3, 300, 400),),
        one_company=frozenset({"three"}),
    ),
    horizon=7200,
)

PLAN = Plan(
    sublots=(
        SubLot("cut", 1, "A1", 10, 480, 510, 10),
        SubLot("coat", 1, "B1", 6, 555, 579),
        SubLot("coat", 2, "B2", 4, 555, 575),
        SubLot("join", 1, "A2", 5, 601, 707, 6, "P1"),
        SubLot("oven", 1, "B2", 3, 300, 400),
        SubLot("turn", 1, "A1", 3, 660, 770, 20),
        SubLot("test", 1, "A3", 1, 601, 621, 0, "P2"),
        SubLot("solo", 1, "A3", 1, 700, 715),
        SubLot("duet", 1, "A3", 1, 715, 730),
    ),
    transfers=(
        Transfer("cut", 1, "coat", 1, 6, 525, 555),
        Transfer("cut", 1, "coat", 2, 4, 525, 555),
        Transfer("coat", 1, "join", 1, 4, 571, 601),
        Transfer("coat", 1, "join", 1, 2, 579, 609),
        Transfer("coat", 2, "join", 1, 4, 575, 605),
        Transfer("oven", 1, "turn", 1, 3, 400, 430),
    ),
    deliveries=(Delivery("join", 1, 5, 707, 767),),
    leads=(("one", "A"), ("two", "A"), ("three", "A")),
)

Change = Callable[[Problem, Plan], tuple[Problem, Plan]]
Found = tuple[str, tuple[str, ...], int]


def lot(operation: str, number: int = 1, /, **fields: object) -> Change:
    """Change a sub-lot."""

    def change(problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
        assert any(s.key == (operation, number) for s in plan.sublots)
        sublots = tuple(replace(s, **fields) if s.key == (operation, number) else s for s in plan.sublots)
        return problem, replace(plan, sublots=sublots)

    return change


def transfer(at: int, **fields: object) -> Change:
    """Change a transfer."""

    def change(problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
        transfers = list(plan.transfers)
        transfers[at] = replace(transfers[at], **fields)
        return problem, replace(plan, transfers=tuple(transfers))

    return change


def delivery(**fields: object) -> Change:
    """Change the delivery."""
    return lambda problem, plan: (problem, replace(plan, deliveries=(replace(plan.deliveries[0], **fields),)))


def plan_with(**fields: object) -> Change:
    """Replace whole tuples of the plan."""
    return lambda problem, plan: (problem, replace(plan, **fields))


def machine_with(name: str, /, **fields: object) -> Change:
    """Change a machine of the problem, so that the plan no longer fits."""

    def change(problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
        machines = tuple(replace(m, **fields) if m.id == name else m for m in problem.machines)
        return replace(problem, machines=machines), plan

    return change


def operation_with(name: str, /, **fields: object) -> Change:
    """Change an operation of the problem."""

    def change(problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
        operations = tuple(replace(o, **fields) if o.id == name else o for o in problem.operations)
        return replace(problem, operations=operations), plan

    return change


def policy_with(**fields: object) -> Change:
    """Change the policy."""
    return lambda problem, plan: (replace(problem, policy=replace(problem.policy, **fields)), plan)


def both(*changes: Change) -> Change:
    """Several changes, one after the other."""

    def change(problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
        for one in changes:
            problem, plan = one(problem, plan)
        return problem, plan

    return change


@dataclass(frozen=True)
class Mutation:
    """What is changed, and exactly what the judge must find (the first finding is the rule under test)."""

    name: str
    change: Change
    found: tuple[Found, ...]


def mutation(name: str, change: Change, *found: Found) -> Mutation:
    """A mutation with what is found."""
    return Mutation(name, change, found)


MUTATIONS = (
    mutation("operation", lot("duet", operation="nine"), ("known", ("nine",), 1)),
    mutation("machine", lot("duet", machine="nine"), ("known", ("nine",), 1)),
    mutation("person", lot("duet", person="nine"), ("known", ("nine",), 1)),
    mutation("lot number", lot("duet", lot=2), ("known", ("duet",), 2)),
    mutation("key twice", lot("coat", 2, lot=1), *3 * [("known", ("coat",), 1)]),  # and two transfers miss lot 2
    mutation("transfer from", transfer(0, from_lot=7), ("known", ("cut",), 1)),
    mutation("transfer to", transfer(0, to_operation="nine"), ("known", ("nine",), 1)),
    mutation("delivery of", delivery(lot=2), ("known", ("join",), 1)),
    mutation("lead of", plan_with(leads=(*PLAN.leads, ("nine", "A"))), ("known", ("nine", "A"), 1)),
    mutation("two leads", plan_with(leads=(*PLAN.leads, ("one", "C"))), ("known", ("one",), 1)),
    mutation(
        "not an option", lot("duet", machine="B1"), ("option", ("duet", "B1"), 1), ("team", ("three", "A", "B"), 1)
    ),
    mutation(
        "barred",
        both(lot("solo", machine="C1"), policy_with(one_company=frozenset(), apart=frozenset())),
        ("option", ("solo", "C1"), 1),
    ),
    mutation("grade", operation_with("test", min_grade=3), ("option", ("test", "A3"), 2)),
    mutation("nobody", lot("test", person=None), ("option", ("test", "A3"), 1)),
    mutation("stranger", lot("test", person="P3"), ("option", ("test", "A3", "P3"), 1)),
    mutation("needless", lot("solo", person="P2"), ("option", ("solo", "A3", "P2"), 1)),
    mutation("too few", lot("duet", quantity=0, end=715), ("quantity", ("duet", "A3"), 1), ("quantity", ("duet",), 1)),
    mutation("nothing", plan_with(sublots=PLAN.sublots[:-1]), ("quantity", ("duet",), 1)),
    mutation("not split", operation_with("coat", min_sublot=None, max_sublots=1), ("split", ("coat",), 1)),
    mutation("too many", operation_with("coat", max_sublots=1), ("split", ("coat",), 1)),
    mutation("too small", operation_with("coat", min_sublot=5), ("split", ("coat", "B2"), 1)),
    mutation(
        "one machine",
        both(lot("coat", 2, machine="B1", start=579, end=595), transfer(4, depart=600, arrive=640)),
        ("split", ("coat", "B1"), 1),
    ),
    mutation("late arrival", delivery(arrive=7300), ("horizon", ("join",), 100)),
    mutation(
        "early start",
        lot("solo", start=-5, end=10),
        ("horizon", ("solo", "A3"), 5),
        ("release", ("solo", "three"), 5),
        ("hours", ("solo", "A3"), 5),
    ),
    mutation("release", lot("test", start=460, end=480), ("release", ("test", "two"), 40)),
    mutation("set-up of the table", lot("turn", setup_minutes=5, end=755), ("setup", ("turn", "A1"), 15)),
    mutation("set-up of the option", lot("join", setup_minutes=0, end=701), ("setup", ("join", "A2"), 6)),
    mutation("state at the origin", machine_with("A1", family="x"), ("setup", ("cut", "A1"), 5)),
    mutation("end", lot("turn", end=771), ("hours", ("turn", "A1"), 1)),
    mutation("closed", lot("turn", start=1025, end=1135), ("hours", ("turn", "A1"), 895)),
    mutation("pause", lot("turn", start=1000, end=2010), ("hours", ("turn", "A1"), 990)),
    mutation(
        "no time left",
        lot("turn", start=6700, end=6780),
        ("hours", ("turn", "A1"), 30),
    ),
    mutation("overlap", lot("duet", start=710, end=725), ("overlap", ("A3", "solo", "duet"), 5)),
    mutation(
        "frozen work takes its machine",
        lot("solo", machine="B2", start=390, end=405),
        ("overlap", ("B2", "oven", "solo"), 10),
        ("team", ("three", "A", "B"), 1),
    ),
    mutation("booking", machine_with("A1", bookings=((600, 662),)), ("booking", ("turn", "A1"), 2)),
    mutation("outside", machine_with("A2", bands=(Band(610, 900, 150),)), ("band", ("join", "A2"), 9)),
    mutation("after the band", machine_with("A2", bands=(Band(480, 601, 150),)), ("band", ("join", "A2"), 1)),
    mutation("budget", machine_with("A2", bands=(Band(480, 900, 100),)), ("band", ("A2",), 6)),
    mutation("two at once", lot("test", person="P1"), ("person", ("P1", "test", "join"), 20)),
    mutation(
        "moved", lot("oven", start=310, end=400), ("frozen", ("oven", "B2"), 3), ("release", ("oven", "two"), 190)
    ),
    mutation(
        "another set-up",
        both(lot("oven", start=310), policy_with(frozen=(FrozenWork("oven", "B2", 3, 310, 400, None, 5),))),
        ("frozen", ("oven", "B2"), 3),
        ("release", ("oven", "two"), 190),
    ),
    mutation("fed too little", transfer(0, pieces=5), ("feed", ("coat", "cut"), 1)),
    mutation(
        "gives too much",
        both(transfer(3, pieces=6), transfer(4, pieces=0)),
        ("feed", ("coat", "join"), 4),
        ("feed", ("coat", "join"), 1),
    ),
    mutation(
        "no link",
        plan_with(transfers=(*PLAN.transfers, Transfer("cut", 1, "solo", 1, 1, 520, 600))),
        ("feed", ("cut", "solo"), 1),
    ),
    mutation("before the end", transfer(5, depart=395), ("batch", ("oven", "turn"), 5)),
    mutation("before the lag", transfer(0, depart=520), ("batch", ("cut", "coat"), 5)),
    mutation("not yet done", transfer(2, depart=570), ("batch", ("coat", "join"), 1)),
    mutation(
        "small batch",
        both(transfer(2, pieces=2), transfer(3, pieces=4)),
        ("batch", ("coat", "join"), 1),
    ),
    mutation("too fast", transfer(0, depart=526), ("travel", ("cut", "b"), 1)),
    mutation("delivered too fast", delivery(arrive=765), ("travel", ("join", "buyer"), 2)),
    mutation("too late", transfer(5, arrive=662), ("arrival", ("turn", "oven"), 2)),
    mutation("starved", transfer(4, arrive=670), ("arrival", ("join", "coat"), 3)),
    mutation(
        "first too late", both(transfer(2, arrive=603), transfer(3, arrive=613)), ("arrival", ("join", "coat"), 2)
    ),
    mutation("not delivered", plan_with(deliveries=()), ("delivery", ("join",), 5)),
    mutation("delivered before the end", delivery(depart=700), ("delivery", ("join",), 7)),
    mutation("too much delivered", delivery(pieces=6), ("delivery", ("join",), 1), ("delivery", ("join",), 1)),
    mutation(
        "delivery of no last operation",
        plan_with(deliveries=(*PLAN.deliveries, Delivery("cut", 1, 1, 600, 700))),
        ("delivery", ("cut",), 1),
    ),
    mutation(
        "no delivery wanted",
        plan_with(deliveries=(*PLAN.deliveries, Delivery("solo", 1, 1, 800, 900))),
        ("delivery", ("solo",), 1),
    ),
    mutation(
        "too many companies",
        policy_with(max_companies=1),
        ("team", ("one", "A", "B"), 1),
        ("team", ("two", "A", "B"), 1),
    ),
    mutation(
        "apart",
        policy_with(apart=frozenset({("A", "B")})),
        ("team", ("one", "A", "B"), 1),
        ("team", ("two", "A", "B"), 1),
    ),
    mutation("one company", policy_with(one_company=frozenset({"one"})), ("team", ("one", "A", "B"), 1)),
    mutation("no lead", plan_with(leads=PLAN.leads[:2]), ("lead", ("three",), 1)),
    mutation("lead not in the team", plan_with(leads=(*PLAN.leads[:2], ("three", "C"))), ("lead", ("three", "C"), 1)),
    mutation("may not lead", plan_with(leads=(("one", "B"), *PLAN.leads[1:])), ("lead", ("one", "B"), 1)),
)


def found(problem: Problem, plan: Plan) -> list[Found]:
    return sorted((fault.rule, fault.items, fault.amount) for fault in check(problem, plan))


def test_a_valid_plan_has_no_fault():
    assert check(PROBLEM, PLAN) == ()
    require(PROBLEM, PLAN)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: f"{m.found[0][0]}: {m.name}")
def test_a_broken_rule_is_found_with_its_items_and_amount(mutation: Mutation):
    assert found(*mutation.change(PROBLEM, PLAN)) == sorted(mutation.found)


def test_every_rule_has_a_mutation():
    assert {mutation.found[0][0] for mutation in MUTATIONS} == set(RULES)


def test_the_rules_are_those_of_the_definition():
    page = (Path(__file__).parents[2] / "docs/engine/problem.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == list(RULES)


def test_every_fault_speaks():
    for mutation in MUTATIONS:
        for fault in check(*mutation.change(PROBLEM, PLAN)):
            assert fault.text
            assert fault.items


def test_require_names_the_first_fault_and_counts_the_others():
    with pytest.raises(CheckError, match=r"^delivery: 6 pieces .* \(and 1 more\)$"):
        require(*delivery(pieces=6)(PROBLEM, PLAN))


def test_only_work_with_a_family_and_minutes_changes_what_the_machine_stands_in():
    """Between x and y run one sub-lot without a family and an empty one of family z: y still follows x."""
    setups = {("", "x"): 1, ("x", "y"): 2, ("z", "y"): 30, ("", "y"): 40, ("x", "z"): 0}
    families = {"one": "x", "two": "", "three": "z", "four": "y"}
    problem = Problem(
        companies=(Company("A"),),
        sites=(Site("a", "A"),),
        machines=(Machine("A1", "a", setups=setups),),
        cases=(Case("one"),),
        operations=tuple(
            Operation(name, "one", (Option("A1", 0, 0.0 if name == "three" else 5.0),), family=family)
            for name, family in families.items()
        ),
        horizon=100,
    )
    plan = Plan(
        (
            SubLot("one", 1, "A1", 1, 0, 6, 1),
            SubLot("two", 1, "A1", 1, 6, 11, 0),
            SubLot("three", 1, "A1", 1, 11, 11, 0),
            SubLot("four", 1, "A1", 1, 11, 18, 2),
        )
    )
    assert check(problem, plan) == ()
    late = replace(plan, sublots=(*plan.sublots[:3], replace(plan.sublots[3], end=46, setup_minutes=30)))
    assert found(problem, late) == [("setup", ("four", "A1"), 28)]


def test_an_empty_sub_lot_takes_its_machine_at_no_time_but_starts_in_open_hours():
    empty = replace(PROBLEM.operation["duet"], options=(Option("A3"), Option("B1")))
    problem = replace(PROBLEM, operations=(*PROBLEM.operations[:-1], empty))
    for start in (700, 705, 715):  # within the other's run, too
        assert found(*lot("duet", start=start, end=start)(problem, PLAN)) == []
    problem = replace(problem, policy=replace(problem.policy, one_company=frozenset()))
    plan = lot("duet", machine="B1", start=470, end=470)(problem, PLAN)[1]
    assert found(problem, plan) == [("hours", ("duet", "B1"), 10)]

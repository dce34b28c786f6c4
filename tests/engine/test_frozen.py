"""Frozen work stands whatever is booked around it, everything else keeps clear of both, and the rest can be planned."""

from dataclasses import replace

import pytest

from tests.engine.brute import Brute
from zagumi.engine.plan.check import check
from zagumi.engine.plan.cost import measure
from zagumi.engine.plan.plan import Plan, SubLot, Transfer
from zagumi.engine.problem import (
    Case,
    Company,
    FrozenWork,
    Link,
    Machine,
    Operation,
    Option,
    Policy,
    Problem,
    Site,
    Weights,
)
from zagumi.engine.solve.exact import solve_exact
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.solve import solve

PROBLEM = Problem(
    (Company("a"),),
    (Site("s", "a"),),
    (Machine("m", "s", bookings=((0, 500),)),),
    (Case("c", due=600),),
    (
        Operation("one", "c", (Option("m", 0, 50.0),)),
        Operation("two", "c", (Option("m", 0, 50.0),), after=(Link("one"),)),
        Operation("three", "c", (Option("m", 0, 30.0),)),
    ),
    2000,
    policy=Policy(frozen=(FrozenWork("one", "m", 1, 100, 200),)),
)


def test_work_begun_before_a_machine_stopped_does_not_open_the_stop() -> None:
    result = solve(PROBLEM, Limits(steps=200))
    assert result.plan is not None
    assert check(PROBLEM, result.plan) == ()
    assert min(s.start for s in result.plan.sublots if s.operation != "one") >= 500


def test_many_frozen_sublots_in_many_bookings_find_room() -> None:
    count = 30
    operations = tuple(Operation(f"o{n}", "c", (Option("m", 0, 5.0),)) for n in range(count))
    frozen = tuple(FrozenWork(f"o{n}", "m", 1, 20 * n + 5, 20 * n + 10) for n in range(count // 2))
    problem = replace(PROBLEM, operations=operations, policy=Policy(frozen=frozen))
    result = solve(problem, Limits(steps=200))
    assert result.plan is not None
    assert check(problem, result.plan) == ()


def test_frozen_work_that_overlaps_is_named() -> None:
    clash = Policy(frozen=(FrozenWork("one", "m", 1, 100, 200), FrozenWork("three", "m", 1, 150, 180)))
    result = solve(replace(PROBLEM, policy=clash), Limits(steps=10))
    assert [(reason.rule, reason.items) for reason in result.reasons] == [("frozen", ("one", "three", "machine m"))]


def part_done(*frozen: FrozenWork, then: tuple[Operation, ...] = (), **fields: object) -> Problem:
    """Eight pieces, some of them frozen, on one of two machines; the sooner done the better."""
    options = (Option("one", 1, 1.0), Option("two", 1, 1.0))
    return Problem(
        (Company("a"),),
        (Site("s", "a"),),
        (Machine("one", "s"), Machine("two", "s")),
        (Case("c"),),
        (replace(Operation("press", "c", options, 8), **fields), *then),
        15,
        policy=Policy(Weights.only(makespan=1), frozen=frozen),
    )


AFTER = (Operation("pack", "c", (Option("two", 0, 1.0),), 8, after=(Link("press", batch=5),)),)
RESTS = {
    "of an operation that is not split": (part_done(FrozenWork("press", "one", 5, 0, 6)), [3]),
    "beside two pieces of an operation that is not split": (
        part_done(FrozenWork("press", "one", 2, 0, 3), FrozenWork("press", "two", 3, 0, 4)),
        [3],
    ),
    "beside as many sub-lots as are allowed": (
        part_done(
            FrozenWork("press", "one", 3, 0, 4), FrozenWork("press", "two", 3, 0, 4), min_sublot=1, max_sublots=2
        ),
        [2],
    ),
    "beside more sub-lots than are allowed": (
        part_done(*(FrozenWork("press", "one", 2, at, at + 3) for at in (0, 3, 6)), min_sublot=1, max_sublots=2),
        [2],
    ),
    "below the smallest sub-lot": (part_done(FrozenWork("press", "one", 6, 0, 7), min_sublot=4, max_sublots=3), [2]),
    "on the machine of the frozen work": (
        part_done(FrozenWork("press", "one", 6, 3, 7), options=(Option("one", 1, 1.0),), min_sublot=4, max_sublots=2),
        [2],
    ),
    "divided as far as the most sub-lots allow": (
        part_done(FrozenWork("press", "one", 2, 0, 2), min_sublot=3, max_sublots=3),
        [3, 3],
    ),
    "not divided below the smallest sub-lot": (
        part_done(FrozenWork("press", "one", 3, 0, 4), min_sublot=3, max_sublots=3),
        [5],
    ),
    "of what fills less than a batch": (part_done(FrozenWork("pack", "two", 3, 5, 8), then=AFTER), [8]),
}


@pytest.mark.parametrize("name", RESTS)
def test_there_is_always_a_way_for_the_rest(name: str) -> None:
    problem, sizes = RESTS[name]
    best = Brute(problem).best
    assert best is not None
    exact = solve_exact(problem, Limits(seconds=20))
    assert exact.objective is not None
    assert exact.objective >= best
    assert exact.objective == best or not exact.proved  # batches of divided work are known in part
    result = solve(problem, Limits(steps=500))
    assert result.objective == best
    for plan in (exact.plan, result.plan):
        assert plan is not None
        assert check(problem, plan) == ()
        frozen = {(w.start, w.end, w.machine) for w in problem.policy.frozen}
        free = [s.quantity for s in plan.sublots_of["press"] if (s.start, s.end, s.machine) not in frozen]
        assert free == sizes


def test_the_rest_is_not_cut_where_the_operation_may_not_be() -> None:
    for fields, amounts in (({}, [1]), ({"min_sublot": 4, "max_sublots": 3}, [2, 3])):
        problem = part_done(FrozenWork("press", "one", 5, 0, 6), **fields)
        lots = (
            SubLot("press", 1, "one", 5, 0, 6, 1),
            SubLot("press", 2, "one", 2, 6, 9, 1),
            SubLot("press", 3, "two", 1, 0, 2, 1),
        )
        faults = check(problem, Plan(lots))
        assert [(fault.rule, fault.amount) for fault in faults] == [("split", amount) for amount in amounts]


def test_the_set_up_of_frozen_work_is_what_is_stated_with_it_else_its_options() -> None:
    """Pieces of frozen work are done after the set-up it had."""
    for stated, known, first in ((None, 1, 6), (3, 3, 8)):
        problem = replace(part_done(FrozenWork("press", "one", 8, 0, known + 8, None, stated), then=AFTER), horizon=30)
        lots = (SubLot("press", 1, "one", 8, 0, known + 8, known), SubLot("pack", 1, "two", 8, first, first + 8))
        moved = (
            Transfer("press", 1, "pack", 1, 5, first, first),
            Transfer("press", 1, "pack", 1, 3, first + 3, first + 3),
        )
        assert check(problem, Plan(lots, moved)) == ()
        early = (replace(moved[0], depart=first - 1), moved[1])
        assert [(fault.rule, fault.amount) for fault in check(problem, Plan(lots, early))] == [("batch", 1)]
        result = solve(problem, Limits(steps=100))
        assert result.objective == first + 8
        for plan in (result.plan, solve_exact(problem, Limits(seconds=20)).plan):
            assert plan is not None
            assert plan.sublots_of["press"][0].setup_minutes == known
            assert check(problem, plan) == ()


def test_fairness_counts_the_set_up_of_frozen_work() -> None:
    problem = part_done(FrozenWork("press", "one", 5, 0, 9, None, 4))
    policy = replace(problem.policy, weights=Weights.only(fairness=1), entitlement={"other": 1})
    problem = replace(problem, companies=(Company("a"), Company("other")), policy=policy)
    result = solve(problem, Limits(steps=100))
    exact = solve_exact(problem, Limits(seconds=20))
    assert result.plan is not None
    assert measure(problem, result.plan).unfair_minutes == 4 + 5 + 1 + 3
    assert (exact.objective, exact.proved) == (result.objective, True)

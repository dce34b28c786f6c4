"""Frozen work stands whatever is booked around it, and everything else keeps clear of both."""

from dataclasses import replace

from zagumi.engine.plan.check import check
from zagumi.engine.problem import Case, Company, FrozenWork, Link, Machine, Operation, Option, Policy, Problem, Site
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

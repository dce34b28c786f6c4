"""The complete model: known optima, hints, limits, cancelling, and saying what is not proved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.engine.test_bounds import SHOP, jobs
from tests.engine.test_check import PLAN, PROBLEM
from zagumi.engine.plan.check import check
from zagumi.engine.plan.cost import measure
from zagumi.engine.problem import (
    Calendar,
    Case,
    Company,
    FrozenWork,
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
from zagumi.engine.sample import Features, sample
from zagumi.engine.solve.bounds import lower_bound
from zagumi.engine.solve.exact import ExactResult, solve_exact
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.result import Progress

# Fisher and Thompson (1963), six jobs on six machines; the optimal makespan is 55.
FT06 = """
2 1  0 3  1 6  3 7  5 3  4 6
1 8  2 5  4 10  5 10  0 10  3 4
2 5  3 4  5 8  0 9  1 1  4 7
1 5  0 5  2 5  3 3  4 8  5 9
2 9  1 3  4 5  5 4  0 3  3 1
1 3  3 3  5 9  0 10  4 4  2 1
"""


def job_shop(text: str, jobs: int = 6, machines: int = 6) -> Problem:
    """A classic job shop: a line for each job, pairs of machine and minutes."""
    operations: list[Operation] = []
    for job, line in enumerate(text.split("\n")[1:-1]):
        numbers = [int(word) for word in line.split()]
        for step, (machine, minutes) in enumerate(zip(numbers[::2], numbers[1::2], strict=True)):
            after = (Link(f"{job}-{step - 1}"),) if step else ()
            operations.append(Operation(f"{job}-{step}", str(job), (Option(f"M{machine}", minutes),), after=after))
    return Problem(
        companies=(Company("shop"),),
        sites=(Site("shop", "shop"),),
        machines=tuple(Machine(f"M{at}", "shop") for at in range(machines)),
        cases=tuple(Case(str(job)) for job in range(jobs)),
        operations=tuple(operations),
        horizon=sum(operation.options[0].setup_minutes for operation in operations),
        policy=Policy(Weights.only(makespan=1)),
    )


def solved(problem: Problem, seconds: float = 100, **limits: object) -> ExactResult:
    """The answer, its plan checked and measured."""
    result = solve_exact(problem, Limits(seconds=seconds, **limits))
    if result.plan is not None:
        assert check(problem, result.plan) == ()
        assert result.objective == measure(problem, result.plan).objective(problem.policy.weights)
        assert result.bound <= result.objective
    return result


def test_a_classic_job_shop_is_proved():
    result = solved(job_shop(FT06))
    assert (result.objective, result.bound, result.by, result.proved) == (55, 55, "CP-SAT", True)


def test_the_problem_of_the_judge_is_answered():
    result = solved(replace(PROBLEM, policy=replace(PROBLEM.policy, weights=Weights.only(makespan=1))))
    assert result.plan is not None
    assert result.objective <= 770


def test_the_same_seed_gives_the_same_plan():
    problem = replace(job_shop(FT06), horizon=300)
    first, second = (solve_exact(problem, Limits(steps=500, seed=5)) for _ in range(2))
    assert first == second
    assert first.plan is not None


def test_a_hint_is_kept_when_nothing_better_is_found():
    problem = replace(PROBLEM, policy=replace(PROBLEM.policy, weights=Weights.only(makespan=1)))
    result = solve_exact(problem, Limits(steps=0), hint=PLAN)
    assert result.plan is not None
    assert result.objective is not None
    assert result.objective <= measure(PROBLEM, PLAN).makespan
    assert not result.proved


def test_an_optimal_hint_is_proved_and_not_searched_again():
    problem = job_shop(FT06)
    plan = solved(problem).plan
    reports: list[Progress] = []
    result = solve_exact(problem, Limits(seconds=100), hint=plan, report=reports.append)
    assert (result.plan, result.objective, result.proved) == (plan, 55, True)
    assert reports == []


def test_improvements_are_reported_with_valid_plans():
    problem, reports = job_shop(FT06), list[Progress]()
    result = solve_exact(problem, Limits(seconds=100), report=reports.append)
    objectives = [progress.objective for progress in reports]
    assert objectives == sorted(objectives, reverse=True)
    assert len(set(objectives)) == len(objectives)
    assert objectives[-1] == result.objective
    assert reports[-1].plan == result.plan
    assert all(progress.plan is not None and check(problem, progress.plan) == () for progress in reports)
    assert all(progress.bound <= 55 for progress in reports)


def test_it_stops_when_the_gap_is_small_enough():
    result = solved(job_shop(FT06), gap=0.5)
    assert result.objective is not None
    assert result.bound >= 0.5 * result.objective


def test_it_stops_when_cancelled():
    asked = []

    def cancelled() -> bool:
        asked.append(True)
        return len(asked) > 2

    result = solve_exact(long_job_shop(), Limits(seconds=10_000, cancelled=cancelled))
    assert not result.proved
    assert len(asked) == 3


def long_job_shop() -> Problem:
    """Twenty jobs on fifteen machines: no proof within minutes."""
    rows = []
    for job in range(20):
        machines = sorted(range(15), key=lambda machine: (machine * 7919 + job * 104729) % 1009)
        rows.append(" ".join(f"{machine} {1 + (machine * 31 + job * 17) % 97}" for machine in machines))
    return job_shop("\n" + "\n".join(rows) + "\n", jobs=20, machines=15)


BLOCKED = {
    "nobody may": replace(SHOP, cases=(replace(SHOP.cases[0], barred=frozenset({"A"})),)),
    "no time": replace(SHOP, horizon=51),
    "no time together": replace(jobs(7), horizon=39),
    "frozen work overlaps": replace(
        SHOP,
        operations=(*SHOP.operations, Operation("bend", "one", (Option("A1"),))),
        policy=Policy(frozen=(FrozenWork("saw", "A1", 10, 0, 15), FrozenWork("bend", "A1", 1, 5, 15))),
    ),
    "no lead": replace(SHOP, policy=Policy(lead_required=True)),
    "one company": replace(
        SHOP,
        operations=(*SHOP.operations, Operation("bend", "one", (Option("B1"),))),
        policy=Policy(one_company=frozenset({"one"})),
    ),
}


@pytest.mark.parametrize("name", BLOCKED)
def test_that_no_plan_exists_is_proved(name: str):
    result = solved(BLOCKED[name])
    assert result.plan is None
    assert result.objective is None
    assert result.proved


def test_the_sequence_with_the_least_set_up_is_found():
    machine = Machine("A1", "a", setups={("x", "y"): 9, ("y", "x"): 1, ("x", "x"): 0, ("y", "y"): 0}, family="x")
    families = ("x", "y", "x", "y", "")
    operations = tuple(
        Operation(f"job{at}", "one", (Option("A1", 4, 10.0),), family=family) for at, family in enumerate(families)
    )
    problem = replace(SHOP, machines=(machine,), operations=operations, policy=Policy(Weights.only(makespan=1)))
    result = solved(problem)
    assert (result.objective, result.proved) == (50 + 9 + 4, True)  # x x y y and somewhere the one without a family


def test_a_load_goes_by_lorry_and_van():
    roads = Roads(vehicles=(Vehicle("van", 350, 10), Vehicle("lorry", 1000, 25)))
    one = Operation("one", "one", (Option("A1"),), quantity=11, part="block")
    two = Operation("two", "one", (Option("B1"),), quantity=11, after=(Link("one"),))
    problem = replace(
        SHOP,
        roads=roads,
        parts=(Part("block", "one", mass_g=100_000),),
        operations=(one, two),
        policy=Policy(Weights.only(cost=1)),
    )
    result = solved(problem)
    assert result.objective == 35  # alone the vans would take 40, the lorries 50
    assert result.plan is not None
    assert sorted(t.pieces for t in result.plan.transfers) in ([1, 10], [2, 9], [3, 8])


def test_splitting_shares_the_work_of_a_calendar():
    calendar = Calendar("half", tuple((at, at + 10) for at in range(0, 2000, 20)))
    machines = (Machine("A1", "a", "half"), Machine("B1", "b"))
    options = (Option("A1", 0, 1.0), Option("B1", 0, 1.0))
    split = Operation("all", "one", options, quantity=30, min_sublot=5, max_sublots=2)
    problem = replace(
        SHOP,
        machines=machines,
        calendars=(calendar,),
        operations=(split,),
        policy=Policy(Weights.only(makespan=1)),
    )
    result = solved(problem)
    assert (result.objective, result.proved) == (20, True)  # ten before the break on the one, twenty on the other
    assert result.plan is not None
    assert sorted(s.quantity for s in result.plan.sublots) == [10, 20]


def test_sub_lots_are_not_too_small():
    options = (Option("A1", 0, 1.0), Option("A2", 0, 5.0))
    split = Operation("all", "one", options, quantity=10, min_sublot=4, max_sublots=2)
    problem = replace(SHOP, operations=(split,), policy=Policy(Weights.only(makespan=1)))
    result = solved(problem)
    assert (result.objective, result.proved) == (10, True)  # nine and one would be done at 9


def test_batches_let_the_next_operation_begin_earlier():
    operations = (
        Operation("one", "one", (Option("A1", 0, 10.0),), quantity=10),
        Operation("two", "one", (Option("A2", 0, 10.0),), quantity=10, after=(Link("one", batch=5),)),
    )
    problem = replace(SHOP, operations=operations, policy=Policy(Weights.only(makespan=1)))
    result = solved(problem)
    assert (result.objective, result.bound) == (150, 150)


def test_what_the_model_knows_in_part_is_never_proved_by_it():
    problem = sample(2, 1, 3, Features.only(calendars=True, batches=True, assembly=True, travel=True))
    assert any(link.batch for operation in problem.operations for link in operation.after)
    result = solved(problem, seconds=5)
    assert (result.bound, result.by) == lower_bound(problem)
    assert result.proved == (result.objective == result.bound)


def test_quantities_of_many_pieces_are_taken_from_a_grid():
    options = (Option("A1", 0, 0.01), Option("A2", 0, 0.01))
    split = Operation("all", "one", options, quantity=9000, min_sublot=1000, max_sublots=2)
    problem = replace(SHOP, operations=(split,), policy=Policy(Weights.only(makespan=1)))
    result = solved(problem)
    assert result.objective == 45
    assert result.bound == 45


def test_numbers_beyond_the_solver_leave_the_hint():
    huge = replace(SHOP, policy=Policy(Weights.only(cost=2**40, makespan=1)), horizon=2**50)
    dear = tuple(
        replace(o, options=tuple(replace(option, fixed_yen=2**40 + at) for at, option in enumerate(o.options)))
        for o in huge.operations
    )
    result = solve_exact(replace(huge, operations=dear), Limits(seconds=10))
    assert result.plan is None
    assert not result.proved


def test_several_workers_agree():
    assert solved(job_shop(FT06), workers=2).objective == 55

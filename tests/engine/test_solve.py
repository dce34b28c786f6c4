"""The one door to the solvers: what leaves it is valid, best where that can be known, repeatable, and on time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.engine.brute import Brute
from tests.engine.strategies import NAMES, tiny_problems
from tests.engine.test_exact import long_job_shop
from tests.engine.test_properties import may_stay_open
from zagumi.engine.plan.check import check
from zagumi.engine.plan.cost import measure
from zagumi.engine.plan.plan import Plan, SubLot, Transfer
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
    Weights,
)
from zagumi.engine.sample import sample
from zagumi.engine.solve.course import Course
from zagumi.engine.solve.exact import solve_exact
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.result import Progress, Result, Status, gap
from zagumi.engine.solve.solve import solve

PROOF = Limits(steps=30_000)  # enough for the complete model to prove a tiny problem
SMALL = sample(4, 1, 2)  # 18 operations: the complete model joins in after 2,000 steps
WIDE = sample(10, 3, 5)  # 66 operations: the search alone


JOBS = long_job_shop()  # 300 operations, the makespan alone
every = pytest.mark.parametrize("problem", [SMALL, WIDE, JOBS], ids=["small", "wide", "jobs"])


def tried(examples: int) -> settings:
    """So many examples, the same ones every time, as long as they take; not made smaller, which takes for ever."""
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        phases=(Phase.generate,),
    )


def solved(problem: Problem, limits: Limits, start: Plan | None = None) -> Result:
    """The answer, held against the judge and the measures."""
    result = solve(problem, limits, start=start)
    assert (result.plan is None) == (result.objective is None) == (result.measures is None)
    assert (result.status in (Status.OPTIMAL, Status.FEASIBLE)) == (result.plan is not None)
    assert bool(result.reasons) == (result.status is Status.INFEASIBLE)
    if result.plan is not None:
        assert check(problem, result.plan) == ()
        assert result.measures == measure(problem, result.plan)
        assert result.objective == result.measures.objective(problem.policy.weights)
        assert result.bound <= result.objective
        assert (result.status is Status.OPTIMAL) == (result.bound == result.objective)
    return result


regions = st.builds(sample, st.integers(3, 8), st.just(1), st.integers(0, 9999))


@tried(40)
@given(problem=regions)
def test_every_region_has_a_valid_plan(problem: Problem) -> None:
    assert solved(problem, Limits(steps=100)).plan is not None


@tried(120)
@given(problem=tiny_problems(features=0, always=NAMES), steps=st.sampled_from((0, 1, 50)))
def test_what_leaves_is_valid_with_every_feature_at_once(problem: Problem, steps: int) -> None:
    solved(problem, Limits(steps=steps))


@tried(30)
@given(problem=regions, data=st.data())
def test_work_that_has_begun_stands_and_the_rest_is_planned_anew(problem: Problem, data: st.DataObject) -> None:
    """Everything that starts before a moment is frozen; of some sub-lots only a part of the pieces."""
    plan = solved(problem, Limits(steps=20)).plan
    assert plan is not None
    starts = sorted(s.start for s in plan.sublots)
    now = data.draw(st.sampled_from(starts))
    draw = random.Random(data.draw(st.integers(0, 999)))
    frozen = tuple(part(s, draw) for s in plan.sublots if s.start < now)
    replanned = solved(replace(problem, policy=replace(problem.policy, frozen=frozen)), Limits(steps=20), start=plan)
    assert replanned.plan is not None


def part(s: SubLot, draw: random.Random) -> FrozenWork:
    """A sub-lot as it stands, now and then with a part of its pieces made."""
    made = draw.randint(1, s.quantity) if draw.random() < 0.5 else s.quantity
    return FrozenWork(s.operation, s.machine, made, s.start, s.end, s.person, s.setup_minutes)


@pytest.mark.parametrize(("features", "examples"), [(2, 100), (4, 60), (8, 30)])
def test_tiny_problems_are_solved_as_well_as_by_trying_everything(features: int, examples: int) -> None:
    @tried(examples)
    @given(problem=tiny_problems(features=features))
    def held(problem: Problem) -> None:
        result, best = solved(problem, PROOF), Brute(problem).best
        assert (result.plan is None) == (best is None)
        assert best is None or result.bound <= best <= (result.objective or 0)
        assert result.objective == best or result.status is Status.FEASIBLE
        if not may_stay_open(problem):
            assert result.status is (Status.INFEASIBLE if best is None else Status.OPTIMAL)

    held()


@every
def test_more_steps_are_never_worse(problem: Problem) -> None:
    found = [solved(problem, Limits(steps=steps)).objective or 0 for steps in (0, 1, 30, 300, 1000, 2000, 2200)]
    assert found == sorted(found, reverse=True)
    assert found[-1] < found[0] or problem is SMALL  # there the first plan is as good


def told(result: Result) -> Result:
    """A result without what the clock says."""
    return replace(result, seconds=0.0, first_plan_seconds=None)


@pytest.mark.parametrize("workers", [1, 2])
@every
def test_the_same_seed_gives_the_same_answer(problem: Problem, workers: int) -> None:
    limits = Limits(steps=2300, seed=3, workers=workers)
    first, second = (told(solve(problem, limits)) for _ in range(2))
    assert first == second
    assert first.steps == 2300


def test_another_seed_searches_elsewhere() -> None:
    plans = {solve(WIDE, Limits(steps=50, seed=seed)).plan.sublots for seed in range(4)}  # type: ignore[union-attr]
    assert len(plans) > 1


def test_a_second_worker_is_never_worse_than_the_first_alone() -> None:
    one, two = (solved(WIDE, Limits(steps=200, workers=workers)).objective or 0 for workers in (1, 2))
    assert two <= one


def shuffled(problem: Problem, seed: int) -> Problem:
    """The same problem with everything in another order that carries no meaning."""
    draw = random.Random(seed)

    def mixed(things: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(draw.sample(things, len(things)))

    operations = tuple(replace(o, options=mixed(o.options), after=mixed(o.after)) for o in problem.operations)  # type: ignore[arg-type]
    names = ("companies", "sites", "machines", "cases", "calendars", "people", "parts")
    policy = replace(problem.policy, frozen=mixed(problem.policy.frozen))  # type: ignore[arg-type]
    entitlement = mixed(tuple(problem.policy.entitlement.items()))
    policy = replace(policy, entitlement=dict(entitlement))  # type: ignore[arg-type]
    fields = {name: mixed(getattr(problem, name)) for name in names}
    return replace(problem, operations=mixed(operations), policy=policy, **fields)  # type: ignore[arg-type]


def in_order(result: Result) -> Result:
    """A result without the clock and without the order in which its plan and its cases are listed."""
    assert result.plan is not None
    assert result.measures is not None
    plan = result.plan
    parts = (plan.sublots, plan.transfers, plan.deliveries, plan.leads)
    measures = replace(result.measures, cases=tuple(sorted(result.measures.cases, key=lambda case: case.case)))
    return replace(told(result), plan=Plan(*(tuple(sorted(p)) for p in parts)), measures=measures)  # type: ignore[arg-type]


@every
@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_the_input_changes_nothing(problem: Problem, seed: int) -> None:
    limits = Limits(steps=2300)
    assert in_order(solve(shuffled(problem, seed), limits)) == in_order(solve(problem, limits))


@pytest.mark.parametrize("problem", [sample(30, 10, 1), JOBS], ids=["region", "jobs"])
def test_the_answer_comes_when_it_is_cancelled(problem: Problem) -> None:
    for after in (0.0, 0.3, 0.6):
        asked: list[float] = []
        begun = time.perf_counter()

        def cancelled(after: float = after, begun: float = begun, asked: list[float] = asked) -> bool:
            if time.perf_counter() - begun >= after:
                asked.append(time.perf_counter())
            return bool(asked)

        result = solve(problem, Limits(seconds=600, cancelled=cancelled))
        assert time.perf_counter() - max(begun + after, asked[0]) < 1
        assert result.cancelled
        assert result.plan is not None


def test_the_answer_comes_when_the_complete_model_is_cancelled() -> None:
    seen: list[float] = []

    def report(progress: Progress) -> None:
        if progress.steps >= 2000:
            seen.append(time.perf_counter())

    def cancelled() -> bool:
        return time.perf_counter() - begun > 1.5

    begun = time.perf_counter()
    result = solve(sample(10, 2, 4), Limits(seconds=600, cancelled=cancelled), report=report)
    assert result.cancelled
    assert time.perf_counter() - begun - 1.5 < 1


def test_who_is_not_cancelled_keeps_to_the_seconds() -> None:
    result = solved(sample(30, 10, 1), Limits(seconds=0.5))
    assert not result.cancelled
    assert 0.5 <= result.seconds < 2


def test_a_small_plan_leaves_the_search_all_its_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zagumi.engine.solve.course.READING", 1.0)
    course = Course(sample(30, 10, 1), Limits(seconds=0.3), None)
    while not course.over():
        time.sleep(0.01)
    assert course.seconds >= 0.3


@every
def test_a_plan_to_begin_from_is_never_made_worse(problem: Problem) -> None:
    good = solved(problem, Limits(steps=1500, seed=8))
    assert good.plan is not None
    for steps in (0, 10, 200):
        assert (solved(problem, Limits(steps=steps), start=good.plan).objective or 0) <= (good.objective or 0)


def test_a_plan_to_begin_from_stands_when_the_search_cannot_follow_it() -> None:
    """Eight pieces first, then two: the search sends all at once, halves, or the smallest batches."""
    operations = (
        Operation("one", "one", (Option("A1", 0, 10.0),), 10),
        Operation("two", "one", (Option("B1", 0, 2.0),), 10, after=(Link("one", batch=2),)),
    )
    roads = Roads(order=("a", "b"), minutes=((0, 0), (0, 0)), yen=((0, 3), (3, 0)))
    problem = replace(SHOP, operations=operations, roads=roads, policy=Policy(Weights.only(makespan=1, cost=1)))
    lots = (SubLot("one", 1, "A1", 10, 0, 100), SubLot("two", 1, "B1", 10, 84, 104))
    moved = (Transfer("one", 1, "two", 1, 8, 80, 80), Transfer("one", 1, "two", 1, 2, 100, 100))
    start = Plan(lots, moved, leads=(("one", "A"),))
    assert (solved(problem, Limits(steps=50)).objective or 0) > 104 + 6
    assert solved(problem, Limits(steps=50), start=start).objective == 104 + 6


@pytest.mark.parametrize("name", ["of another problem", "with parts missing", "with everything at once", "empty"])
def test_a_start_that_is_not_valid_does_no_harm(name: str) -> None:
    plan = solved(WIDE, Limits(steps=0)).plan
    assert plan is not None
    start = {
        "of another problem": solved(SMALL, Limits(steps=0)).plan,
        "with parts missing": replace(plan, sublots=plan.sublots[::2], transfers=(), leads=()),
        "with everything at once": replace(plan, sublots=tuple(replace(s, start=0, end=1) for s in plan.sublots)),
        "empty": Plan(()),
    }[name]
    assert start is not None
    assert check(WIDE, start) != ()
    without, result = solved(WIDE, Limits(steps=300)), solved(WIDE, Limits(steps=300), start=start)
    assert result.plan is not None
    assert (result.objective or 0) < 1.05 * (without.objective or 0)


SHOP = Problem(
    (Company("A", may_lead=True), Company("B"), Company("C")),
    (Site("a", "A"), Site("b", "B"), Site("c", "C")),
    (Machine("A1", "a"), Machine("B1", "b"), Machine("C1", "c")),
    (Case("one"), Case("two", release=100)),
    (
        Operation("saw", "one", (Option("A1", 5, 1.0, 10), Option("B1", 5, 1.0, 8)), 10),
        Operation("drill", "one", (Option("B1", 0, 3.0, 4),), 10, after=(Link("saw"),)),
        Operation("turn", "two", (Option("A1", 0, 10.0),), 5, may_pause=False),
        Operation("weld", "two", (Option("C1", 0, 4.0, skill="weld"),), 5),
    ),
    1000,
    calendars=(Calendar("day", ((0, 500), (520, 1000))), Calendar("short", tuple((at, at + 45) for at in (0, 100)))),
    people=(Person("P", "C", frozenset({"weld"})),),
    roads=Roads(handling_minutes=0),
)


def machine(name: str, **fields: object) -> Problem:
    """The shop with a changed machine."""
    changed = tuple(replace(m, **fields) if m.id == name else m for m in SHOP.machines)  # type: ignore[arg-type]
    return replace(SHOP, machines=changed)


def operation(name: str, **fields: object) -> Problem:
    """The shop with a changed operation."""
    changed = tuple(replace(o, **fields) if o.id == name else o for o in SHOP.operations)  # type: ignore[arg-type]
    return replace(SHOP, operations=changed)


def frozen(*works: FrozenWork) -> Problem:
    """The shop with work that stands."""
    return replace(SHOP, policy=Policy(frozen=works))


OBSTACLES: dict[str, tuple[Problem, str, tuple[str, ...]]] = {
    "no machine": (operation("saw", options=()), "option", ("saw",)),
    "grade": (operation("saw", min_grade=1), "option", ("saw",)),
    "barred": (replace(SHOP, cases=(Case("one", barred=frozenset({"B"})), SHOP.cases[1])), "option", ("drill",)),
    "nobody with the skill": (replace(SHOP, people=()), "option", ("weld",)),
    "no long opening": (machine("A1", calendar="short"), "hours", ("turn",)),
    "not within the horizon": (operation("drill", options=(Option("B1", 0, 101.0),)), "horizon", ("drill",)),
    "between bookings": (machine("C1", bookings=((0, 990),)), "horizon", ("weld",)),
    "too small a band": (machine("B1", bands=(Band(0, 1000, 29),)), "band", ("drill",)),
    "one company": (replace(SHOP, policy=Policy(one_company=frozenset({"two"}))), "team", ("two",)),
    "too few companies": (replace(operation("turn", case="one"), policy=Policy(max_companies=1)), "team", ("one",)),
    "companies apart": (replace(SHOP, policy=Policy(apart=frozenset({("A", "C")}))), "team", ("two",)),
    "nobody leads": (
        replace(SHOP, companies=tuple(Company(name) for name in "ABC"), policy=Policy(lead_required=True)),
        "lead",
        ("one",),
    ),
    "no team that leads": (
        replace(SHOP, policy=Policy(lead_required=True, apart=frozenset({("A", "B")}))),
        "lead",
        ("one",),
    ),
    "frozen work on a machine": (
        frozen(FrozenWork("saw", "A1", 10, 0, 15), FrozenWork("turn", "A1", 5, 10, 60)),
        "frozen",
        ("saw", "turn", "machine A1"),
    ),
    "frozen work of a person": (
        frozen(FrozenWork("saw", "A1", 10, 0, 15, "P"), FrozenWork("weld", "C1", 5, 10, 60, "P")),
        "frozen",
        ("saw", "weld", "person P"),
    ),
    "too much for one machine": (
        replace(
            SHOP, operations=(*SHOP.operations, *(Operation(f"bore{n}", "two", (Option("A1", 480),)) for n in (1, 2)))
        ),
        "horizon",
        ("A1", "turn", "bore1", "bore2"),  # each alone would fit
    ),
    "nothing wrong but everything": (
        replace(SHOP, horizon=155, operations=(*SHOP.operations, Operation("bore", "two", (Option("A1", 10),)))),
        "plan",
        (),
    ),
}


def test_the_shop_without_obstacles_has_a_plan() -> None:
    assert solved(SHOP, PROOF).status is Status.OPTIMAL


@pytest.mark.parametrize("name", OBSTACLES)
def test_what_makes_a_plan_impossible_is_named(name: str) -> None:
    problem, rule, items = OBSTACLES[name]
    result = solved(problem, PROOF)
    assert result.status is Status.INFEASIBLE
    assert (result.reasons[0].rule, result.reasons[0].items) == (rule, items)
    assert all(item.split()[-1] in result.reasons[0].text for item in items[:1])
    exact = solve_exact(problem, Limits(seconds=20))
    assert (exact.plan, exact.proved) == (None, True)


@pytest.mark.parametrize("workers", [1, 2])
@every
def test_what_is_told_on_the_way_agrees_with_itself_and_with_the_answer(problem: Problem, workers: int) -> None:
    reports: list[Progress] = []
    result = solve(problem, Limits(seconds=1.2, workers=workers), report=reports.append)
    assert reports
    for before, after in pairwise(reports):
        assert after.seconds >= before.seconds
        assert after.steps >= before.steps
        assert after.bound >= before.bound
        assert before.objective is None or (after.objective or 0) <= before.objective
    for progress in reports:
        assert progress.gap == gap(progress.objective, progress.bound)
        assert progress.objective is None or progress.bound <= progress.objective
        if progress.plan is not None:
            assert check(problem, progress.plan) == ()
            assert measure(problem, progress.plan).objective(problem.policy.weights) == progress.objective
    assert result.objective is not None
    assert result.objective <= (reports[-1].objective or result.objective)
    assert result.bound >= reports[-1].bound
    assert result.gap == gap(result.objective, result.bound)
    assert reports[0].plan is not None


def test_the_gap_is_what_the_bound_leaves_open() -> None:
    assert [gap(*pair) for pair in ((None, 5), (0, 0), (200, 150), (200, 200))] == [None, 0.0, 0.25, 0.0]


@every
def test_without_a_bound_the_plan_is_the_same(problem: Problem) -> None:
    bounded, alone = (solve(problem, Limits(steps=300, seed=1, bound=bound)) for bound in (True, False))
    assert alone.plan == bounded.plan
    assert alone.bound_by == "one machine"  # what the search itself knows
    assert alone.bound <= bounded.bound


@pytest.mark.parametrize(
    ("limits", "bound"),
    [
        (Limits(seconds=0.2), False),
        (Limits(seconds=5), True),
        (Limits(seconds=5, bound=False), False),
        (Limits(seconds=5, steps=200), False),
        (Limits(seconds=0.2, steps=20_000), True),
    ],
)
def test_who_wants_a_plan_alone_has_a_bound_where_it_may_spare_time(limits: Limits, bound: bool) -> None:
    assert limits.for_plan() == replace(limits, bound=bound)


def test_a_small_enough_gap_ends_the_search() -> None:
    result = solved(WIDE, Limits(seconds=600, gap=0.5))
    assert result.gap is not None
    assert result.gap <= 0.5
    assert result.seconds < 60


CHANGES: dict[str, Callable[[Problem], Problem]] = {
    "no work": lambda problem: replace(problem, operations=(), policy=Policy()),
    "no cases": lambda problem: replace(problem, operations=(), parts=(), cases=(), policy=Policy()),
}


@pytest.mark.parametrize("name", CHANGES)
def test_nothing_to_plan_is_planned(name: str) -> None:
    result = solved(CHANGES[name](SHOP), Limits(steps=10))
    assert (result.status, result.objective, result.plan) == (Status.OPTIMAL, 0, Plan(()))


def test_teams_are_found_where_one_company_that_can_do_all_has_little_time() -> None:
    """Every team drawn by what companies can do has the company whose machines have no time for most of it."""
    week = 7 * 1440
    able = [Company(name) for name in ("all", "one", "two", "three")]
    shifts = Calendar("narrow", ((0, 300),))
    operations = []
    for case in range(6):
        for step, firm in enumerate(("one", "two", "three")):
            after = (Link(f"{case}-{step - 1}"),) if step else ()
            options = (Option("all", 0, 100.0, 10), Option(firm, 0, 100.0, 10))
            operations.append(Operation(f"{case}-{step}", str(case), options, after=after))
    problem = Problem(
        companies=tuple(able),
        sites=tuple(Site(firm.id, firm.id) for firm in able),
        machines=tuple(Machine(f.id, f.id, calendar="narrow" if f.id == "all" else None) for f in able),
        cases=tuple(Case(str(case), due=week) for case in range(6)),
        operations=tuple(operations),
        horizon=week,
        calendars=(shifts,),
        policy=Policy(max_companies=3),
    )
    found = solve(problem, Limits(steps=0))
    assert found.plan is not None
    assert not check(problem, found.plan)

"""The makespan search: times and moves against plain recomputation, plans against the judge and known optima."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.brute import Brute
from tests.engine.strategies import tiny_problems
from zagumi.engine.plan.check import check
from zagumi.engine.plan.cost import measure
from zagumi.engine.plan.plan import Plan
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
    Service,
    Site,
    Weights,
)
from zagumi.engine.solve.exact import solve_exact
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.solve import solve
from zagumi.engine.solve.tables import build
from zagumi.engine.solve.tabu.bound import machine_bound, preemptive
from zagumi.engine.solve.tabu.search import PARENTS, PATIENCE, TabuSearch, exchange
from zagumi.engine.solve.tabu.seating import move
from zagumi.engine.solve.tabu.shop import covers, workshop
from zagumi.engine.solve.tabu.times import set_heads, set_tails
from zagumi.engine.solve.tabu.walk import walk

MAKESPAN = Policy(weights=Weights.only(makespan=1))


def shop_floor(seed: int, cases: int = 6, steps: int = 5, machines: int = 4, *, plain: bool = False) -> Problem:
    """Assembly with travel, lags, releases, deliveries and options of no length; ``plain``: routings alone."""
    draw = random.Random(seed)
    operations = []
    for case in range(cases):
        for step in range(steps):
            befores = [step - 1] if plain else sorted(draw.sample(range(step), min(step, draw.choice((0, 1, 1, 2)))))
            if plain and not step:
                befores = []
            links = tuple(Link(f"{case}-{before}", lag=0 if plain else draw.choice((0, 0, 7))) for before in befores)
            chosen = draw.sample(range(machines), draw.randint(1, min(3, machines)))
            options = tuple(
                Option(f"m{m}", 0, float(draw.choice((0, 9, 13, 20, 31)) if not plain else draw.randint(5, 40)))
                for m in chosen
            )
            operations.append(Operation(f"{case}-{step}", f"{case}", options, after=links))
    places = ("a", "b", "buyer")
    minutes = tuple(tuple(0 if plain or i == j else 4 + 3 * abs(i - j) for j in range(3)) for i in range(3))
    return Problem(
        companies=(Company("A"), Company("B")),
        sites=(Site("a", "A"), Site("b", "B"), Site("buyer")),
        machines=tuple(Machine(f"m{m}", "ab"[m % 2]) for m in range(machines)),
        cases=tuple(
            Case(f"{c}", release=0 if plain else 5 * (c % 3), deliver_to=None if plain or c % 2 else "buyer")
            for c in range(cases)
        ),
        operations=tuple(operations),
        horizon=100_000,
        roads=Roads(order=places, minutes=minutes),
        policy=MAKESPAN,
    )


def searching(problem: Problem, seed: int = 1) -> TabuSearch:
    """A search with its first plan."""
    built = build(problem)
    assert covers(built)
    search = TabuSearch(workshop(built), seed)
    search.first()
    return search


def longest_ways(search: TabuSearch) -> tuple[list[int], list[int]]:
    """Heads and tails by the definition: along the links and sequences as they stand, each pair of neighbours anew."""
    shop, board = search.shop, search.board
    links, rows, nodes = shop.built.rows.links, shop.rows, board.nodes
    arcs = [
        (b, a, lag + int(rows.ways.minutes[nodes.site[b] * rows.rules.site_count[0] + nodes.site[a]]))
        for b, a, lag in zip(links.before.tolist(), links.after.tolist(), links.lag.tolist(), strict=True)
    ]
    for machine, first in enumerate(rows.seats.first[:-1].tolist()):
        line = board.seats.op[first : first + int(board.lines["count"][machine])].tolist()
        assert [int(nodes.seat[v]) for v in line] == list(range(len(line)))
        assert all(nodes.machine[v] == machine for v in line)
        arcs += [(b, a, 0) for b, a in pairwise(line)]
        assert [int(nodes.next[v]) for v in line] == [*line[1:], -1][: len(line)]
        assert [int(nodes.prev[v]) for v in line] == [-1, *line[:-1]][: len(line)]
    heads, tails = rows.ops.release.tolist(), nodes.finish.tolist()
    for _ in heads:
        for before, after, lag in arcs:
            heads[after] = max(heads[after], heads[before] + int(nodes.minutes[before]) + lag)
            tails[before] = max(tails[before], tails[after] + int(nodes.minutes[after]) + lag)
    ranks = nodes.rank.tolist()
    assert all(ranks[before] < ranks[after] for before, after, _ in arcs)
    assert [ranks[v] for v in board.order.op.tolist()] == list(range(len(ranks)))
    return heads, tails


def stands_right(search: TabuSearch) -> None:
    """All that the board says agrees with the definition."""
    heads, tails = longest_ways(search)
    nodes, now = search.board.nodes, search.board.now
    assert nodes.head.tolist() == heads
    assert nodes.tail.tolist() == tails
    assert nodes.end.tolist() == (nodes.head + nodes.minutes).tolist()
    assert nodes.body.tolist() == (nodes.tail + nodes.minutes).tolist()
    assert int(now.makespan[0]) == max(h + int(m) + t for h, m, t in zip(heads, nodes.minutes, tails, strict=True))
    loads = np.bincount(nodes.machine, weights=nodes.minutes, minlength=len(search.board.lines))
    assert search.board.lines.load.tolist() == loads.astype(int).tolist()


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_times_and_orders_are_right_after_every_move(seed: int, plain: bool) -> None:
    search = searching(shop_floor(seed, plain=plain))
    stands_right(search)
    moved = 0
    for _ in range(120):
        before = search.board.nodes.option.copy(), search.board.nodes.seat.copy()
        walk(search.shop.store.shop, search.store.board, 1)
        stands_right(search)
        moved += (search.board.nodes.option != before[0]).any() or (search.board.nodes.seat != before[1]).any()
    assert moved > 20


@pytest.mark.parametrize("seed", range(4))
def test_a_move_is_never_longer_than_estimated(seed: int) -> None:
    """The estimate of the longest way through the moved operation is at least the true one, for other machines too."""
    search = searching(shop_floor(seed, plain=True), seed)
    now, nodes = search.board.now, search.board.nodes
    exact = 0
    for _ in range(200):
        walk(search.shop.store.shop, search.store.board, 1)
        v = int(now.op[0])
        through = int(nodes.head[v] + nodes.body[v])
        assert through <= int(now.length[0])
        exact += through == int(now.length[0])
    assert exact > 50


def test_a_move_that_would_close_a_cycle_is_refused() -> None:
    """Two steps of one case on one machine: the second cannot go before the first, nor the first after the second."""
    problem = shop_floor(0, cases=1, steps=3, machines=1, plain=True)
    search = searching(problem)
    options = search.board.nodes.option.tolist()
    for v, place in ((2, 0), (0, 2), (1, 0), (1, 2)):
        before = search.board.nodes.copy()
        assert not move(search.shop.store.shop, search.store.board, v, options[v], place)
        for name in ("head", "tail", "prev", "next", "rank", "seat", "option"):
            assert (search.board.nodes[name] == before[name]).all()
        stands_right(search)
    assert search.board.now.refused[0] == 4


@pytest.mark.parametrize("seed", range(6))
def test_any_seats_can_be_reached_and_left(seed: int) -> None:
    """Moves at random, wherever no cycle closes, keep all times right."""
    draw = random.Random(seed)
    search = searching(shop_floor(seed))
    shop, board = search.shop, search.board
    done = 0
    for _ in range(80):
        option = draw.randrange(len(shop.rows.options))
        v, machine = int(shop.rows.options.op[option]), int(shop.rows.options.machine[option])
        places = int(board.lines["count"][machine]) - (board.nodes.machine[v] == machine)
        done += move(shop.store.shop, search.store.board, v, option, draw.randint(0, places))
        stands_right(search)
    assert 10 < done < 80


@settings(max_examples=25, deadline=None, derandomize=True)
@given(tiny_problems(0, ("assembly", "lags", "travel", "releases", "deliveries")))
def test_the_best_of_tiny_problems_is_found(problem: Problem) -> None:
    problem = replace(problem, policy=MAKESPAN)
    built = build(problem)
    assert covers(built)
    search = TabuSearch(workshop(built), 1)
    search.first()
    search.run(300)
    assert search.objective == Brute(problem).best


@pytest.mark.parametrize("seed", range(4))
def test_as_good_as_the_complete_model(seed: int) -> None:
    problem = shop_floor(seed, cases=4, steps=4, plain=seed % 2 == 0)
    proved = solve_exact(problem, Limits(seconds=20))
    assert proved.proved
    search = searching(problem)
    search.run(20_000)
    assert search.objective == proved.objective


def of_one_company(seed: int, cases: int = 4, steps: int = 4, *, plain: bool = False) -> Problem:
    """A shop floor where each company could do all; of three cases in four one company must."""
    draw = random.Random(seed)
    problem = shop_floor(seed, cases, steps, plain=plain)
    operations = []
    for operation in problem.operations:
        missing = {"m0", "m1"} - {option.machine for option in operation.options}
        more = tuple(Option(machine, 0, float(draw.randint(5, 40))) for machine in sorted(missing))
        operations.append(replace(operation, options=(*operation.options, *more)))
    whole = frozenset(case.id for at, case in enumerate(problem.cases) if at % 4)
    return replace(problem, operations=tuple(operations), policy=replace(MAKESPAN, one_company=whole))


@pytest.mark.parametrize("seed", range(4))
def test_cases_of_one_company_are_as_good_as_the_complete_model(seed: int) -> None:
    problem = of_one_company(seed, cases=4, steps=3, plain=seed % 2 == 0)
    proved = solve_exact(problem, Limits(seconds=20))
    assert proved.proved
    search = searching(problem)
    search.run(200_000)
    assert not check(problem, search.plan())
    assert search.objective == proved.objective


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.booleans(), st.integers(2, 9))
def test_a_case_of_one_company_stays_in_one(seed: int, plain: bool, cut: int) -> None:
    """Also from a plan that lacks some operations, or does some elsewhere."""
    problem = of_one_company(seed, cases=6, plain=plain)
    free = solve(replace(problem, policy=MAKESPAN), Limits(steps=100, seed=seed)).plan
    assert free is not None
    for start in (None, Plan(tuple(lot for at, lot in enumerate(free.sublots) if at % cut))):
        result = solve(problem, Limits(steps=300, seed=seed), start=start)
        assert result.plan is not None
        assert not check(problem, result.plan)
        assert result.bound <= result.objective


def test_cases_that_no_company_can_do_wholly_are_left_to_the_other_search() -> None:
    problem = of_one_company(1)
    first, *rest = problem.operations
    second = replace(rest[0], case="1", options=(Option("m1", 0, 5.0),), after=())
    first = replace(first, case="1", options=(Option("m0", 0, 5.0),))
    assert covers(build(problem))
    assert not covers(build(replace(problem, operations=(first, second, *rest[1:]))))


def test_ten_thousand_operations_have_a_plan_at_once_and_quick_steps() -> None:
    """In processor time; a step, which sets the times that change alone, is quicker than setting all of them."""
    problem = shop_floor(1, cases=1000, steps=10, machines=100, plain=True)
    begun = time.process_time()
    search = searching(problem)
    first, made = search.objective, time.process_time()
    assert made - begun < 1
    search.run(2000)
    step = (time.process_time() - made) / 2000
    assert search.objective < first
    begun = time.process_time()
    for _ in range(300):
        set_heads(search.shop.store.shop, search.store.board)
        set_tails(search.shop.store.shop, search.store.board)
    assert step < (time.process_time() - begun) / 300


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.booleans(), st.integers(1, 2))
def test_the_judge_accepts_every_plan(seed: int, plain: bool, workers: int) -> None:
    problem = shop_floor(seed, cases=8, plain=plain)
    result = solve(problem, Limits(steps=300, workers=workers, seed=seed))
    assert result.plan is not None
    assert not check(problem, result.plan)
    assert result.objective == measure(problem, result.plan).makespan
    assert result.bound <= result.objective


@pytest.mark.parametrize("seed", range(8))
def test_the_bound_of_single_machines_holds(seed: int) -> None:
    """With one or two machines it is often the optimum, never above it, whatever travel and lags there are."""
    problem = shop_floor(seed, cases=3, steps=3, machines=1 + seed % 3, plain=seed % 2 == 0)
    proved = solve_exact(problem, Limits(seconds=20))
    assert proved.proved
    assert machine_bound(workshop(build(problem))) <= proved.objective
    if seed % 3 == 0 and seed % 2 == 0:  # one machine without travel, lags and releases
        assert machine_bound(workshop(build(problem))) == proved.objective


def test_an_answer_has_the_bound_of_single_machines() -> None:
    """Two cases come late to one machine and have long to go from there: no other bound sees that."""
    problem = shop_floor(0, cases=3, steps=3, machines=5, plain=True)
    work = {
        "0-1": (0, 10),
        "1-0": (1, 10),
        "1-1": (0, 10),
        "1-2": (2, 30),
        "2-0": (3, 12),
        "2-1": (0, 10),
        "2-2": (4, 30),
    }
    operations = tuple(
        replace(o, options=(Option(f"m{work[o.id][0]}", 0, work[o.id][1]),), after=o.after if o.case != "0" else ())
        for o in problem.operations
        if o.id in work
    )
    result = solve(replace(problem, operations=operations), Limits(steps=0))
    assert result.bound == 10 + 10 + 10 + 30
    assert result.bound_by == "one machine"


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 6), st.integers(0, 9)), max_size=7))
def test_interrupted_work_on_one_machine(jobs: list[tuple[int, int, int]]) -> None:
    """The preemptive makespan is the most that least head, minutes and least tail of some of the jobs add up to."""
    some = [part for size in range(1, len(jobs) + 1) for part in combinations(jobs, size)]
    most = max((min(h for h, _, _ in p) + sum(m for _, m, _ in p) + min(t for _, _, t in p) for p in some), default=0)
    assert preemptive(jobs) == most


def test_steps_are_steps_however_they_are_cut() -> None:
    whole, cut = (searching(shop_floor(3, cases=10)) for _ in range(2))
    whole.run(3 * PATIENCE)
    left = 3 * PATIENCE
    for some in (1, 2, 999, PATIENCE, 17, 5000):
        cut.run(some)
        left -= some
    cut.run(left)
    assert whole.plan() == cut.plan()
    assert (whole.board.nodes == cut.board.nodes).all()


@pytest.mark.parametrize("workers", [1, 2])
def test_same_seed_and_steps_same_plan(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zagumi.engine.solve.tabu.search.SPAN", 1500)
    monkeypatch.setattr("zagumi.engine.solve.tabu.search.PATIENCE", 100)
    problem = shop_floor(5, cases=10, plain=True)
    plans = {solve(problem, Limits(steps=5000, workers=workers, seed=4)).plan for _ in range(2)}
    assert len(plans) == 1
    assert solve(problem, Limits(steps=5000, workers=workers, seed=40)).plan not in plans


def test_more_steps_are_never_worse() -> None:
    problem = shop_floor(7, cases=12, plain=True)
    found = [solve(problem, Limits(steps=steps, workers=2)).objective for steps in (0, 1, 10, 100, 1000, 10_000)]
    assert None not in found
    assert found == sorted(found, reverse=True)
    assert found[-1] < found[0]


def test_a_plan_to_begin_from_is_never_worsened() -> None:
    problem = shop_floor(8, cases=12, plain=True)
    good = solve(problem, Limits(steps=5000))
    again = solve(problem, Limits(steps=0, seed=9), start=good.plan)
    assert again.objective == good.objective
    assert solve(problem, Limits(steps=2000, seed=9), start=good.plan).objective <= good.objective


def test_a_plan_to_begin_from_may_be_incomplete() -> None:
    problem = shop_floor(8, cases=12)
    good = solve(problem, Limits(steps=3000)).plan
    part = Plan(tuple(lot for lot in good.sublots if not lot.operation.startswith("3-")))
    search = searching(problem)
    search.first(part)
    machine = {lot.operation: lot.machine for lot in part.sublots}
    standing = {lot.operation: lot.machine for lot in search.plan().sublots}
    assert len(standing) == len(problem.operations)
    assert all(standing[name] == place for name, place in machine.items())
    assert not check(problem, search.plan())


def test_cancelling_ends_the_search_at_once() -> None:
    """It is asked at least every fifth of a second and ends at once, in time of the two threads' processors."""
    problem = shop_floor(9, cases=60, steps=8, machines=10, plain=True)
    asked: list[float] = []

    def cancelled() -> bool:
        asked.append(time.process_time())
        return asked[-1] - asked[0] > 1

    result = solve(problem, Limits(seconds=60, workers=2, cancelled=cancelled))
    ended = time.process_time()
    assert result.cancelled
    assert result.plan is not None
    assert max(after - before for before, after in pairwise([*asked, ended])) < 2 * 0.2


def test_searches_learn_from_each_other() -> None:
    """The best of one takes the place of the other's worst, unless it is no better or known."""
    problem = shop_floor(2, plain=True)
    one, other = (searching(problem, seed) for seed in (1, 2))
    known = one.walked()
    one.parents = [replace(known, makespan=known.makespan + at) for at in range(PARENTS)]
    other.best = replace(known, makespan=known.makespan - 1)
    exchange([one, other])
    assert one.parents[-1] is other.best
    exchange([one, other])
    assert sum(found is other.best for found in one.parents) == 1
    other.best = replace(known, makespan=known.makespan + PARENTS)
    exchange([one, other])
    assert other.best not in one.parents
    assert not other.parents  # it had nothing to learn from


def test_all_begins_anew_when_children_fail() -> None:
    """A routing on one machine: nothing can be better, and nothing breaks."""
    search = searching(shop_floor(1, cases=1, steps=3, machines=1, plain=True))
    search.run(3 * PATIENCE)
    assert search.objective == sum(round(o.options[0].minutes_per_piece) for o in search.shop.built.operations)


def changed(**changes: Any) -> Callable[[Problem], Problem]:
    """Replaces fields of the first machine, case or operation, or of the problem."""

    def apply(problem: Problem) -> Problem:
        for kind, values in changes.items():
            if isinstance(values, dict):
                first, *rest = getattr(problem, kind)
                problem = replace(problem, **{kind: (replace(first, **values), *rest)})
            else:
                problem = replace(problem, **{kind: values})
        return problem

    return apply


OPTION = shop_floor(1).operations[0].options[0]
NOT_COVERED = {
    "cost": changed(policy=Policy(weights=Weights.only(makespan=1, cost=1))),
    "no makespan": changed(policy=Policy(weights=Weights.only(tardiness=1))),
    "dates": changed(policy=Policy(weights=Weights.only(makespan=1, tardiness=1)), cases={"due": 9}),
    "teams": changed(policy=replace(MAKESPAN, max_companies=1)),
    "apart": changed(policy=replace(MAKESPAN, apart=frozenset({("A", "B")}))),
    "one company, and teams": changed(policy=replace(MAKESPAN, one_company=frozenset({"0"}), max_companies=1)),
    "leads": changed(policy=replace(MAKESPAN, lead_required=True)),
    "frozen": changed(policy=replace(MAKESPAN, frozen=(FrozenWork("0-0", OPTION.machine, 1, 0, 9),))),
    "bookings": changed(machines={"bookings": ((3, 5),)}),
    "bands": changed(machines={"bands": (Band(0, 900, 900),)}),
    "set-ups": changed(machines={"setups": {("", ""): 3}}),
    "hours": changed(calendars=(Calendar("day", ((0, 500),)),), machines={"calendar": "day"}),
    "people": changed(
        operations={"options": (replace(OPTION, skill="weld"),)},
        people=tuple(Person(name, name, frozenset({"weld"})) for name in "AB"),
    ),
    "splitting": changed(
        operations={"quantity": 4, "min_sublot": 1, "max_sublots": 2, "options": shop_floor(1).operations[1].options}
    ),
    "services": changed(roads=replace(shop_floor(1).roads, services=(Service("a", "b", ((0, 9),)),))),
    "far horizon": changed(horizon=1 << 30),
}


@pytest.mark.parametrize("feature", NOT_COVERED)
def test_what_the_search_does_not_know_is_left_to_the_other(feature: str) -> None:
    problem = shop_floor(1)
    assert len(problem.operations[1].options) > 1
    assert covers(build(problem))
    assert not covers(build(NOT_COVERED[feature](problem)))


def test_batches_are_left_to_the_other_search() -> None:
    problem = shop_floor(1, plain=True)
    first, second, *rest = problem.operations
    second = replace(second, after=(Link(first.id, batch=1),))
    assert not covers(build(replace(problem, operations=(first, second, *rest))))


def test_dates_that_cost_nothing_do_not_matter() -> None:
    weights = Weights.only(makespan=2, tardiness=1)
    problem = changed(policy=Policy(weights=weights), cases={"due": 9, "late_yen_per_minute": 0})(shop_floor(1))
    assert covers(build(problem))
    result = solve(problem, Limits(steps=10))
    assert result.objective == 2 * result.measures.makespan

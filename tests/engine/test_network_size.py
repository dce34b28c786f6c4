"""Large networks, in small: made, read, planned, bounded; what holds there holds with every feature on."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from zagumi.engine.errors import FileError
from zagumi.engine.network_sample import FEATURES, Size, featured, network
from zagumi.engine.plan.check import check
from zagumi.engine.problem import Problem
from zagumi.engine.read.network import problem_of, read_network
from zagumi.engine.solve.bounds import lower_bound
from zagumi.engine.solve.exact import solve_exact
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.priced import Prices, covers
from zagumi.engine.solve.result import Progress, Status
from zagumi.engine.solve.search import Search, join, span
from zagumi.engine.solve.solve import solve
from zagumi.engine.solve.tables import build


def made(operations: int, seed: int = 1, due: float = 1.0, machines: int = 20, sites: int = 10) -> Problem:
    return problem_of(network(Size(operations, machines, sites, due), seed), "network")


def bounds(problem: Problem, sweeps: int = 90) -> list[int]:
    """The priced bounds of a problem, in the order they are found."""
    built = build(problem)
    search = Search(built, 1)
    search.first()
    assert search.objective is not None
    return list(Prices(built, search.completion, search.objective).rise(sweeps, lambda: False))


def test_a_network_is_the_same_for_the_same_seed_and_reads_as_it_was_made(tmp_path: Path) -> None:
    given = network(Size(200, 30, 12), 5)
    assert given == network(Size(200, 30, 12), 5)
    assert given != network(Size(200, 30, 12), 6)
    file = tmp_path / "network.json"
    file.write_text(json.dumps(given))
    read = read_network(file)
    assert read == problem_of(given, "network")
    assert len(read.operations) == len(given["ops"]) >= 200
    for number, operation in enumerate(read.operations):
        assert [[int(o.machine), int(o.minutes_per_piece), o.fixed_yen] for o in operation.options] == given["ops"][
            number
        ]


def test_tighter_dates_change_nothing_else() -> None:
    loose, tight = network(Size(100, 20, 5), 3), network(Size(100, 20, 5, 0.25), 3)
    assert [order["rel"] for order in loose["orders"]] == [order["rel"] for order in tight["orders"]]
    assert all(a["due"] >= b["due"] for a, b in zip(loose["orders"], tight["orders"], strict=True))
    assert loose["ops"] == tight["ops"]


@pytest.mark.parametrize(
    ("wrong", "place"),
    [([[999, 5, 5]], "machine"), ([[0, -1, 5]], "minutes"), ([[0, 5, 0.5]], "cost"), ([[0, True, 1]], "minutes")],
)
def test_a_wrong_number_among_many_is_named(tmp_path: Path, wrong: object, place: str) -> None:
    given = network(Size(60, 20, 5), 1)
    given["ops"][41] = wrong
    file = tmp_path / "network.json"
    file.write_text(json.dumps(given))
    with pytest.raises(FileError, match=rf"ops\[41\], {place}"):
        read_network(file)


def test_the_first_plan_comes_before_obstacles_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(_problem: Problem) -> None:
        raise AssertionError("obstacles explain why there is no plan")

    monkeypatch.setattr("zagumi.engine.solve.solve.obstacles", asked)
    said: list[Progress] = []
    result = solve(made(1000, machines=100, sites=50), Limits(steps=0), report=said.append)
    assert result.first_plan_seconds is not None
    assert result.plan is not None
    assert said[0].objective == result.objective


def test_an_operation_without_a_machine_is_still_named_at_size() -> None:
    problem = made(1000, machines=100, sites=50)
    broken = replace(problem.operations[500], options=())
    operations = (*problem.operations[:500], broken, *problem.operations[501:])
    result = solve(replace(problem, operations=operations), Limits(steps=0))
    assert [reason.items for reason in result.reasons] == [(broken.id,)]


def tiny(seed: int) -> Problem:
    """Three orders of two operations that compete for two machines."""
    draw = random.Random(seed)
    orders = [
        {
            "w": draw.randint(1, 5),
            "rel": draw.randint(0, 3),
            "due": draw.randint(4, 14),
            "ops": [at, at + 1],
            "last": at + 1,
        }
        for at in (0, 2, 4)
    ]
    ops = [[[m, draw.randint(1, 9), draw.randint(0, 9)] for m in range(2)] for _ in range(6)]
    ways = {"msite": [0, 1], "TT": [[0, 2], [2, 0]], "TC": [[0, 3], [3, 0]]}
    return problem_of({"ops": ops, "prec": [[0, 1], [2, 3], [4, 5]], "orders": orders, **ways}, "tiny")


def test_the_bound_of_prices_holds_against_the_proved_best() -> None:
    better = 0
    for seed in range(12):
        problem = tiny(seed)
        best, found = solve_exact(problem, Limits(seconds=20)), bounds(problem)
        assert best.proved
        assert found == sorted(found)
        assert found[-1] <= (best.objective or 0)
        better += found[-1] > found[0]
    assert better > 3  # prices tell more than each case by itself


def test_prices_of_nothing_give_the_trees() -> None:
    problem = made(150, due=3.0)  # with time enough; cells round the earliest ends down
    assert (bounds(problem, sweeps=0)[0], "tree") == lower_bound(problem)


def test_prices_raise_the_bound_where_dates_are_tight() -> None:
    problem = made(150, due=0.25)
    found = bounds(problem)
    result = solve(problem, Limits(steps=2000))
    assert found == sorted(found)
    assert lower_bound(problem)[0] < found[-1] <= (result.objective or 0)
    assert result.bound > lower_bound(problem)[0]
    assert result.bound_by == "prices"


def test_the_bound_says_nothing_where_it_does_not_hold() -> None:
    plain = made(60)
    assert covers(build(plain))
    assert not covers(build(featured(plain, frozenset({"splitting"}), 1)))


@pytest.mark.parametrize("features", [(), ("calendars",), ("splitting",), ("set-ups",), FEATURES])
def test_a_network_is_planned_with_features(features: tuple[str, ...]) -> None:
    problem = featured(made(250, due=0.5), frozenset(features), 1)
    result = solve(problem, Limits(steps=300, workers=2))
    assert result.plan is not None
    assert check(problem, result.plan) == ()
    assert result.bound <= (result.objective or 0)
    first = solve(problem, Limits(steps=0, workers=2)).objective or 0
    assert (result.objective or 0) < first
    assert solve(problem, Limits(steps=300, workers=2)).plan == result.plan


def test_a_case_that_cannot_come_within_its_budget_is_refused_unplaced() -> None:
    problem = made(300, machines=30, sites=10)
    search = Search(build(problem), 1)
    search.first()
    before = search.objective
    search.run(400)
    rows = search.state.rows
    assert (search.objective or 0) < (before or 0)
    assert int(rows.worths.missing.sum()) == 0
    spans = rows.spans[rows.spans.lot >= 0]
    assert np.all(spans.end >= spans.start)
    assert check(problem, search.plan()) == ()


def test_searches_join_what_they_have_found_and_lose_nothing() -> None:
    problem = made(600, due=0.5, machines=60, sites=20)
    built = build(problem)
    searches = [Search(built, seed) for seed in (1, 2)]
    for search in searches:
        search.first()
        search.run(800)
    own = [search.objective or 0 for search in searches]
    in_hand = min(search.worth for search in searches)
    join(searches)
    assert min(search.worth for search in searches) <= in_hand
    assert min(search.objective or 0 for search in searches) <= min(own)
    for search in searches:
        search.run(300)
        assert (search.objective or 0) <= min(own)
        assert check(problem, search.plan()) == ()


def test_searches_join_often_enough_to_be_worth_it_and_few_cases_go_their_own_ways() -> None:
    few, many = build(made(60)), build(made(2000, machines=100, sites=50))
    assert span([Search(few, 1), Search(few, 2)]) == 0
    assert span([Search(many, 1)]) == 0
    assert span([Search(many, 1), Search(many, 2)]) == 4 * len(many.cases)


def test_two_threads_that_look_ahead_see_what_one_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = made(150)
    one = build(problem).rows
    monkeypatch.setattr("zagumi.engine.solve.tables.MANY", 0)
    two = build(problem).rows
    assert all((mine == other).all() for mine, other in zip(one, two, strict=True))
    assert one.options.tail_cost.any()


def test_a_first_plan_that_is_copied_is_a_plan_to_go_on_from(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = made(150)
    monkeypatch.setattr("zagumi.engine.solve.search.MANY", 1)
    alone, together = (solve(problem, Limits(steps=0, workers=workers)) for workers in (1, 2))
    assert alone.plan == together.plan
    built = build(problem)
    search, follower = Search(built, 1), Search(built, 2)
    search.first()
    follower.begin_as(search)
    assert follower.objective == search.objective
    for each in (search, follower):
        each.run(500)
        assert not check(problem, each.plan())
    assert follower.plan() != search.plan()  # chance of its own


@pytest.mark.parametrize("heard_after", [1, 3])
def test_who_cancels_is_heard_while_the_first_plan_is_made(monkeypatch: pytest.MonkeyPatch, heard_after: int) -> None:
    monkeypatch.setattr("zagumi.engine.solve.search.PORTION", 10)
    monkeypatch.setattr("zagumi.engine.solve.solve.obstacles", lambda _problem: pytest.fail("not asked for any more"))
    asked = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) >= heard_after

    result = solve(made(1500), Limits(seconds=60, cancelled=cancelled))
    assert result.cancelled
    assert result.plan is None
    assert result.status is Status.UNKNOWN
    assert len(asked) == heard_after


def test_a_plan_constructed_in_portions_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = made(300)
    whole = solve(problem, Limits(steps=0))
    monkeypatch.setattr("zagumi.engine.solve.search.PORTION", 7)
    assert solve(problem, Limits(steps=0)).plan == whole.plan

"""Certainty is bought where it is short, at least cost; what is promised holds in courses never seen before."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from zagumi.engine.errors import ProblemError
from zagumi.engine.insight import robust as module
from zagumi.engine.insight.risk import Chances, Stops, forecast
from zagumi.engine.insight.robust import Robust, robust
from zagumi.engine.plan.check import check
from zagumi.engine.plan.cost import measure
from zagumi.engine.plan.plan import Plan, SubLot
from zagumi.engine.problem import Case, Company, Machine, Operation, Option, Problem, Site
from zagumi.engine.sample import sample
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.solve import solve

FEW = Limits(steps=2000)


def two_machines(due: int, other_due: int = 9000) -> tuple[Problem, Plan]:
    """Each case can be done on a cheap machine whose times spread widely, or for 500 yen more on a steady one."""
    options = {
        name: (
            Option(f"cheap {name}", 0, 100.0, 1000, spread=0.5),
            Option(f"steady {name}", 0, 100.0, 1500, spread=0.01),
        )
        for name in ("first", "second")
    }
    problem = Problem(
        (Company("a"),),
        (Site("s", "a"),),
        tuple(Machine(option.machine, "s") for each in options.values() for option in each),
        (Case("first", due=due), Case("second", due=other_due)),
        tuple(Operation(name, name, each) for name, each in options.items()),
        10_000,
    )
    return problem, Plan(tuple(SubLot(name, 1, f"cheap {name}", 1, 0, 100) for name in options))


def machines(plan: Plan) -> set[str]:
    return {sublot.machine for sublot in plan.sublots}


def test_the_steady_machine_is_bought_for_the_case_that_is_short_alone() -> None:
    problem, plan = two_machines(due=130)
    found = robust(problem, plan, FEW, target=0.95)
    assert found.given.on_time["first"] == pytest.approx(0.71, abs=0.03)  # of a log-normal with a deviation of 0.472
    assert found.chosen is not None
    assert machines(found.chosen.plan) == {"steady first", "cheap second"}
    assert found.chosen.cost_yen - found.given.cost_yen == 500
    assert found.chosen.on_time == {"first": 1.0, "second": 1.0}
    assert [point.cost_yen for point in found.curve] == [2000, 2500]


def test_what_is_sure_enough_is_left_as_it_is() -> None:
    problem, plan = two_machines(due=130)
    found = robust(problem, plan, FEW, target=0.6)
    assert found.chosen is not None
    assert (found.chosen.plan, found.rounds, len(found.curve)) == (plan, 0, 1)


def test_a_target_that_cannot_be_reached_is_owned_up_to() -> None:
    problem, plan = two_machines(due=99)
    found = robust(problem, plan, FEW, target=0.9)
    assert found.chosen is None
    assert 0.3 < found.curve[-1].least < 0.6
    assert found.curve[-1].least == max(point.least for point in found.curve)


def test_together_asks_more_than_each() -> None:
    """Each date alone is kept in 92 of 100 courses, both in 85."""
    problem, plan = two_machines(due=195, other_due=195)
    each = robust(problem, plan, FEW, target=0.9)
    both = robust(problem, plan, FEW, target=0.9, together=True)
    assert each.chosen is not None
    assert each.chosen.plan == plan
    assert both.chosen is not None
    assert both.chosen.every >= 0.9 > both.given.every
    assert both.chosen.cost_yen == both.given.cost_yen + 500, "one steady machine is enough"


def test_earlier_is_bought_without_paying_when_only_the_order_is_wrong() -> None:
    """On one machine the case with the early date stands last, in time and all the same in danger."""
    problem = Problem(
        (Company("a"),),
        (Site("s", "a"),),
        (Machine("m", "s"),),
        (Case("hurried", due=215), Case("patient", due=900)),
        tuple(Operation(name, name, (Option("m", 0, 100.0, spread=0.2),)) for name in ("hurried", "patient")),
        10_000,
    )
    plan = Plan((SubLot("patient", 1, "m", 1, 0, 100), SubLot("hurried", 1, "m", 1, 100, 200)))
    found = robust(problem, plan, FEW, target=0.99)
    assert found.given.least < 0.75
    assert found.chosen is not None
    assert [s.operation for s in found.chosen.plan.on_machine["m"]] == ["hurried", "patient"]
    assert found.chosen.cost_yen == found.given.cost_yen
    assert len(found.curve) == 1, "the given plan costs as much and is less sure"


@pytest.fixture(scope="module")
def town() -> tuple[Problem, Robust]:
    """A town with dates so tight that the plan in hand is not sure of them."""
    wide = sample(12, 6, 3)
    problem = replace(
        wide,
        cases=tuple(
            c if c.due is None else replace(c, due=c.release + 45 * (c.due - c.release) // 100) for c in wide.cases
        ),
    )
    plan = solve(problem, Limits(steps=500)).plan
    assert plan is not None
    return problem, robust(problem, plan, Limits(steps=10_000, seed=3), target=0.95)


def test_every_point_is_a_valid_plan_dearer_and_surer_than_the_one_before(town: tuple[Problem, Robust]) -> None:
    problem, found = town
    assert len(found.curve) >= 2
    for point in found.curve:
        assert check(problem, point.plan) == ()
        assert point.measures == measure(problem, point.plan)
    for one, two in pairwise(found.curve):
        assert one.cost_yen < two.cost_yen
        assert one.least < two.least
    assert found.chosen is not None
    assert found.chosen.least >= 0.95 > found.given.least
    cheaper = found.curve[: found.curve.index(found.chosen)]
    assert all(point.least < 0.95 for point in cheaper)


def test_what_is_promised_holds_in_other_courses(town: tuple[Problem, Robust]) -> None:
    problem, found = town
    for point in found.curve:
        fresh = forecast(problem, point.plan, samples=2000, seed=12_345)
        assert fresh.least == pytest.approx(point.least, abs=0.04)
        assert fresh.every == pytest.approx(point.every, abs=0.04)


def test_plans_are_judged_by_courses_that_the_search_has_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    seeds: list[tuple[int, int]] = []

    def spied(*given: object, seed: int, samples: int, **more: object) -> object:
        seeds.append((seed, samples))
        return forecast(*given, seed=seed, samples=samples, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "forecast", spied)
    problem, plan = two_machines(due=130)
    found = robust(problem, plan, FEW, target=0.95)
    searched = {seed for seed, samples in seeds if samples == module.SEARCHED}
    judged = [seed for seed, samples in seeds if samples == module.JUDGED]
    assert searched.isdisjoint(judged)
    assert len(judged) == found.rounds + 1


def test_the_same_steps_and_seed_give_the_same_curve() -> None:
    problem, plan = two_machines(due=130)
    one, two = (robust(problem, plan, FEW, target=0.95) for _ in range(2))
    assert one == two


def test_stops_count_where_they_are_stated() -> None:
    problem, plan = two_machines(due=9000)
    found = robust(problem, plan, FEW, target=0.95, chances=Chances(stops=Stops(200, 8000)))
    assert found.given.least < 0.85
    assert found.chosen is None


def test_who_cancels_has_what_was_found() -> None:
    problem, plan = two_machines(due=130)
    found = robust(problem, plan, Limits(seconds=600, cancelled=lambda: True), target=0.95)
    assert (found.rounds, found.chosen, [point.plan for point in found.curve]) == (0, None, [plan])


def test_no_probability_is_refused() -> None:
    problem, plan = two_machines(due=130)
    for target in (0.0, 1.5):
        with pytest.raises(ProblemError, match="robust, target"):
            robust(problem, plan, FEW, target=target)

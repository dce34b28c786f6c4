"""How likely a plan keeps its dates: certain when nothing varies, less with less slack, the same with the same seed."""

from dataclasses import replace

import pytest

from zagumi.engine.insight.risk import prospects
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import Case, Company, Link, Machine, Operation, Option, Problem, Site
from zagumi.engine.sample import sample
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.solve import solve


def chain(spread: float, due: int) -> Problem:
    """Two steps on two machines, 100 minutes each."""
    steps = tuple(
        Operation(name, "c", (Option(machine, 0, 100.0, spread=spread),), after=after)
        for name, machine, after in (("one", "m", ()), ("two", "n", (Link("one"),)))
    )
    return Problem(
        (Company("a"),), (Site("s", "a"),), (Machine("m", "s"), Machine("n", "s")), (Case("c", due=due),), steps, 10_000
    )


def planned(problem: Problem) -> Plan:
    plan = solve(problem, Limits(seconds=1, steps=0)).plan
    assert plan is not None
    return plan


def test_what_does_not_vary_is_certain() -> None:
    problem = chain(0.0, 200)
    assert prospects(problem, planned(problem))["c"].on_time == 1.0
    late = chain(0.0, 199)
    assert prospects(late, planned(late))["c"].on_time == 0.0


def test_without_slack_half_the_courses_are_late_and_slack_buys_certainty() -> None:
    tight, loose = chain(0.2, 200), chain(0.2, 300)
    chance = prospects(tight, planned(tight), samples=400)["c"].on_time
    assert 0.05 < chance < 0.5, "nothing starts before it was planned, so a gain of the first step is no gain"
    assert prospects(loose, planned(loose), samples=400)["c"].on_time > 0.95


def test_more_spread_is_more_risk() -> None:
    chances = [prospects(p, planned(p), samples=400)["c"].on_time for p in (chain(s, 230) for s in (0.05, 0.2, 0.5))]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > chances[-1]


def test_a_delay_passes_on_over_the_machine() -> None:
    """A case whose one step waits behind a varying one shares its risk."""
    problem = Problem(
        (Company("a"),),
        (Site("s", "a"),),
        (Machine("m", "s"),),
        (Case("first", due=100), Case("second", due=200)),
        (
            Operation("x", "first", (Option("m", 0, 100.0, spread=0.3),)),
            Operation("y", "second", (Option("m", 0, 100.0),)),
        ),
        10_000,
    )
    plan = planned(problem)
    order = [s.operation for s in plan.on_machine["m"]]
    assert order == ["x", "y"]
    found = prospects(problem, plan, samples=400)
    assert found["second"].on_time == pytest.approx(found["first"].on_time)
    assert found["second"].on_time < 0.7


def test_the_same_seed_says_the_same_with_every_feature_on() -> None:
    problem = sample(companies=12, cases=5, seed=3)
    plan = planned(problem)
    assert prospects(problem, plan, samples=30, seed=5) == prospects(problem, plan, samples=30, seed=5)
    calm = replace(
        problem,
        operations=tuple(
            replace(o, options=tuple(replace(each, spread=0.0) for each in o.options)) for o in problem.operations
        ),
    )
    ends = {each.case: each.middle for each in prospects(calm, plan, samples=2).values()}
    from zagumi.engine.plan.cost import measure

    assert ends == {figures.case: figures.completion for figures in measure(calm, plan).cases}

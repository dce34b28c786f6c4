"""How likely a plan keeps its dates: certain when nothing varies, less with less slack, the same with the same seed."""

import math
from dataclasses import replace
from typing import Any

import pytest

from zagumi.engine.errors import ProblemError
from zagumi.engine.insight.risk import Chances, Stops, forecast, prospects
from zagumi.engine.plan.cost import measure
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import Calendar, Case, Company, Link, Machine, Operation, Option, Problem, Site
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
    calm = forecast(problem, plan, samples=2, chances=Chances(spread=False, good_rate=False))
    ends = {each.case: each.middle for each in calm.cases.values()}
    assert ends == {figures.case: figures.completion for figures in measure(problem, plan).cases}


def one(machine: Option, pieces: int, due: int, **fields: Any) -> tuple[Problem, Plan]:
    """One operation on one machine, and its plan."""
    problem = Problem(
        (Company("a"),),
        (Site("s", "a"),),
        (Machine("m", "s", **fields),),
        (Case("c", due=due),),
        (Operation("o", "c", (machine,), pieces),),
        10_000,
        calendars=(Calendar("day", ((0, 600), (1440, 2040))),),
    )
    return problem, planned(problem)


def test_spoilt_pieces_are_made_good_again() -> None:
    """100 good ones of 4 minutes at 80 %: 125 are worked on average, with a deviation of √(100 × 0.2) / 0.8."""
    problem, plan = one(Option("m", 0, 4.0, good_rate=0.8), 100, 500)
    minutes = forecast(problem, plan, samples=4000).completion["c"]
    assert minutes.mean() == pytest.approx(500, abs=2)
    assert minutes.std() == pytest.approx(4 * math.sqrt(100 * 0.2) / 0.8, rel=0.05)
    assert forecast(problem, plan, samples=5, chances=Chances(good_rate=False)).completion["c"].tolist() == [500] * 5


def test_machines_stop_as_often_and_as_long_as_said() -> None:
    problem, plan = one(Option("m", 0, 1000.0), 1, 1000)
    found = forecast(problem, plan, samples=4000, chances=Chances(stops=Stops(every=500, minutes=60)))
    minutes = found.completion["c"] - 1000
    assert minutes.mean() == pytest.approx(2 * 60, rel=0.06)
    assert (minutes == 0).mean() == pytest.approx(math.exp(-2), abs=0.02), "no stop at all"
    assert minutes.var() == pytest.approx(2 * 2 * 60**2, rel=0.15)  # Poisson many of exponential length
    assert found.cases["c"].on_time == pytest.approx(math.exp(-2), abs=0.02)


def test_work_that_takes_longer_rests_while_closed_or_booked() -> None:
    """600 minutes are open until 600, then from 1440 on but for the booking; 40 more end at 1500 + 40 − 20."""
    problem, plan = one(Option("m", 0, 1.0, good_rate=0.5), 300, 600, calendar="day", bookings=((1460, 1500),))
    worked = forecast(problem, plan, samples=500, chances=Chances()).completion["c"]
    late = worked[worked > 600]
    assert 0.3 < len(late) / 500 < 0.6
    assert late.min() > 1440
    assert not ((late > 1460) & (late <= 1500)).any()


def test_where_the_slack_is_short_is_said_in_minutes() -> None:
    problem, plan = one(Option("m", 0, 100.0, spread=0.3), 1, 110)
    found = forecast(problem, plan, samples=2000).cases["c"]
    sigma = math.sqrt(math.log1p(0.3**2))
    assert found.late == pytest.approx(100 * math.exp(1.2816 * sigma), rel=0.03)
    assert found.short == found.late - 110
    assert prospects(problem, plan, samples=2000)["c"] == found


def test_all_dates_together_are_kept_less_often_than_each() -> None:
    machines, names = (Machine("m", "s"), Machine("n", "s")), ("one", "two")
    operations = tuple(
        Operation(name, name, (Option(machine.id, 0, 100.0, spread=0.3),))
        for name, machine in zip(names, machines, strict=True)
    )
    problem = Problem(
        (Company("a"),), (Site("s", "a"),), machines, tuple(Case(n, due=110) for n in names), operations, 10_000
    )
    found = forecast(problem, planned(problem), samples=4000)
    each = [found.cases[name].on_time for name in names]
    assert found.least == min(each)
    assert found.every == pytest.approx(each[0] * each[1], abs=0.02)


def test_a_sub_lot_has_the_same_luck_in_every_plan() -> None:
    problem = chain(0.3, 400)
    plan = planned(problem)
    later = replace(plan, sublots=tuple(replace(s, start=s.start + 50, end=s.end + 50) for s in plan.sublots))
    one, two = (forecast(problem, each, samples=50).completion["c"] for each in (plan, later))
    assert (two - one == 50).mean() > 0.4  # where the first step is not faster than planned
    assert (two >= one).all()


def test_nonsense_is_refused() -> None:
    problem = chain(0.3, 400)
    with pytest.raises(ProblemError, match="1 or more"):
        forecast(problem, planned(problem), samples=0)
    with pytest.raises(ProblemError, match="stops, every"):
        Stops(0, 10)
    with pytest.raises(ProblemError, match="stops, minutes"):
        Stops(10, -1)

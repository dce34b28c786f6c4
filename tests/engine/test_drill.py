"""The drill: what fails, what stands, what is left, what becomes of the cases; by hand where the answer is known."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.engine.strategies import tiny_problems
from zagumi.engine.errors import CheckError, ProblemError
from zagumi.engine.insight.drill import drill
from zagumi.engine.insight.failure import Failure, Kind, failures, hit, left_over, standing
from zagumi.engine.insight.recovery import Fate, Outcome, recover
from zagumi.engine.plan.check import check
from zagumi.engine.plan.cost import measure
from zagumi.engine.plan.plan import Plan, SubLot, Transfer
from zagumi.engine.problem import (
    Band,
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
from zagumi.engine.sample import sample
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.solve import solve

FEW = Limits(steps=200)


def two_shops(**fields: object) -> Problem:
    """Turning at a (10 yen) or b (30 yen a piece) of 100 minutes; grinding only at c; the case is due at 1000."""
    return replace(
        Problem(
            (Company("A"), Company("B"), Company("C")),
            (
                Site("sa", "A", district="harbour"),
                Site("sb", "B", district="hill"),
                Site("sc", "C", district="hill"),
                Site("buyer"),
            ),
            (Machine("a", "sa"), Machine("b", "sb"), Machine("c", "sc"), Machine("idle", "sa")),
            (Case("shaft", due=1000, late_yen_per_minute=2), Case("pin", due=1000, late_yen_per_minute=1)),
            (
                Operation("turn", "shaft", (Option("a", 0, 10.0, 0, 10), Option("b", 0, 10.0, 0, 30, co2_g=7)), 10),
                Operation("bore", "pin", (Option("a", 0, 10.0, 0, 10), Option("b", 0, 10.0, 0, 30)), 10),
                Operation("grind", "pin", (Option("c", 0, 1.0),), 10, after=(Link("bore"),), process="grinding"),
            ),
            2000,
            roads=Roads(handling_minutes=0),
        ),
        **fields,
    )


SHOPS = two_shops()
PLAN = Plan(
    (
        SubLot("turn", 1, "a", 10, 0, 100),
        SubLot("bore", 1, "a", 10, 100, 200),
        SubLot("grind", 1, "c", 10, 200, 210),
    ),
    (Transfer("bore", 1, "grind", 1, 10, 200, 200),),
)


def of(outcomes: tuple[Outcome, ...], kind: Kind, name: str) -> Outcome:
    return next(each for each in outcomes if (each.failure.kind, each.failure.id) == (kind, name))


# ------------------------------------------------------------------------------------------------ by hand


def test_what_moves_to_a_dearer_machine_costs_its_difference() -> None:
    found = drill(SHOPS, PLAN, FEW, kinds=[Kind.MACHINE]).outcomes
    a = of(found, Kind.MACHINE, "a")
    assert (a.sublots, a.pieces, a.gaps, a.searched) == (2, 20, (), True)
    assert a.recovered == a.cases
    assert [(case.case, case.fate, case.later_minutes) for case in a.cases] == [
        ("shaft", Fate.ON_TIME, 0),
        ("pin", Fate.ON_TIME, 0),
    ]
    assert (a.extra_yen, a.extra_co2_g, a.extra_tardiness_yen, a.later_minutes) == (2 * 10 * 20, 7, 0, 0)
    assert a.plan is not None
    assert {s.machine for s in a.plan.sublots} == {"b", "c"}


def test_a_failure_that_touches_nothing_is_answered_without_a_search() -> None:
    for name in ("b", "idle"):
        found = of(drill(SHOPS, PLAN, FEW, kinds=[Kind.MACHINE]).outcomes, Kind.MACHINE, name)
        assert found == Outcome(found.failure, plan=PLAN)
        assert found.harm == (0, 0, 0, 0)
        assert not found.searched


def test_what_a_single_holder_does_is_a_gap_and_its_case_is_lost_the_other_is_not() -> None:
    c = of(drill(SHOPS, PLAN, FEW, kinds=[Kind.MACHINE]).outcomes, Kind.MACHINE, "c")
    (gap,) = c.gaps
    assert (gap.case, gap.operation, gap.process, gap.rule) == ("pin", "grind", "grinding", "option")
    assert gap.text == "operation grind has no machine that qualifies"
    assert [(case.case, case.fate, case.sublots) for case in c.cases] == [("pin", Fate.LOST, 1)]
    assert c.recovered == ()
    assert (c.extra_yen, c.moved) == (0, 0)
    assert c.plan is not None
    assert [s.operation for s in c.plan.sublots] == ["turn"]


def test_when_every_case_is_lost_nothing_is_searched() -> None:
    problem = replace(SHOPS, cases=SHOPS.cases[1:], operations=SHOPS.operations[1:])
    plan = Plan(
        (SubLot("bore", 1, "a", 10, 0, 100), SubLot("grind", 1, "c", 10, 100, 110)),
        (Transfer("bore", 1, "grind", 1, 10, 100, 100),),
    )
    c = of(drill(problem, plan, FEW).outcomes, Kind.COMPANY, "C")
    assert [case.fate for case in c.cases] == [Fate.LOST]
    assert (c.searched, c.plan) == (False, Plan(()))


def test_a_short_failure_of_a_single_holder_is_waited_out() -> None:
    a = of(drill(SHOPS, PLAN, FEW, kinds=[Kind.MACHINE], start=150, minutes=950).outcomes, Kind.MACHINE, "a")
    (pin,) = a.cases
    assert (a.gaps, pin.fate, pin.new_completion) == ((), Fate.ON_TIME, 260)  # b bores what a had begun
    found = {o.failure.id: o for o in drill(SHOPS, PLAN, FEW, kinds=[Kind.MACHINE], start=200, minutes=950).outcomes}
    (pin,) = found["c"].cases
    assert found["c"].gaps == ()
    assert (pin.fate, pin.new_completion, pin.later_minutes) == (Fate.LATE, 1160, 160)
    assert (found["c"].extra_tardiness_yen, found["c"].later_minutes, found["c"].moved) == (160, 160, 1)
    assert not found["a"].cases  # its work had ended


def test_begun_work_stands_and_what_is_broken_off_is_made_anew() -> None:
    alone = replace(
        SHOPS, operations=tuple(replace(o, options=o.options[:1]) for o in SHOPS.operations), machines=SHOPS.machines
    )
    before = Failure(Kind.MACHINE, "a", 100, 150, ("a",))
    assert standing(alone, PLAN, before) == {("turn", 1)}
    found = recover(alone, PLAN, before, FEW)
    assert found.plan is not None
    assert {(s.operation, s.start) for s in found.plan.sublots} == {("turn", 0), ("bore", 150), ("grind", 250)}
    within = replace(before, start=50)
    assert standing(alone, PLAN, within) == set()
    found = recover(alone, PLAN, within, FEW)
    assert found.plan is not None
    assert sorted(s.start for s in found.plan.sublots_of["turn"] + found.plan.sublots_of["bore"]) == [150, 250]


def test_what_runs_on_pieces_still_to_come_falls_with_what_makes_them() -> None:
    batched = tuple(replace(o, after=(Link("bore", batch=1),)) if o.after else o for o in SHOPS.operations)
    problem = replace(SHOPS, operations=batched)
    plan = Plan(
        (
            SubLot("turn", 1, "a", 10, 100, 200),
            SubLot("bore", 1, "a", 10, 0, 100),
            SubLot("grind", 1, "c", 10, 91, 101),
        ),
        tuple(Transfer("bore", 1, "grind", 1, 1, 10 * n, 10 * n) for n in range(1, 11)),
    )
    assert check(problem, plan) == ()
    other = Failure(Kind.MACHINE, "b", 95, 500, ("b",))
    assert standing(problem, plan, other) == {("bore", 1), ("grind", 1)}
    assert standing(problem, plan, Failure(Kind.MACHINE, "a", 95, 500, ("a",))) == set()
    assert standing(problem, plan, Failure(Kind.MACHINE, "a", 101, 500, ("a",))) == {("bore", 1), ("grind", 1)}


def test_work_that_stands_has_used_its_bands() -> None:
    """Of a band of 150 minutes 100 are used: the next 100 go to the next band."""
    guarded = Machine("a", "sa", bands=(Band(0, 300, 150), Band(600, 900, 500)))
    problem = replace(
        SHOPS,
        machines=(guarded, *SHOPS.machines[1:]),
        operations=(
            SHOPS.operations[0],
            replace(SHOPS.operations[1], options=(Option("a", 0, 10.0), Option("idle", 0, 10.0))),
        ),
    )
    plan = Plan((SubLot("turn", 1, "a", 10, 0, 100), SubLot("bore", 1, "idle", 10, 120, 220)))
    found = recover(problem, plan, Failure(Kind.MACHINE, "idle", 110, 2000, ("idle",)), FEW)
    assert found.plan is not None
    assert [(s.machine, s.start) for s in found.plan.sublots_of["bore"]] == [("a", 600)]


def test_frozen_work_that_fails_is_planned_anew() -> None:
    problem = replace(SHOPS, policy=Policy(frozen=(FrozenWork("turn", "a", 10, 0, 100),)))
    found = recover(problem, PLAN, Failure(Kind.MACHINE, "a", 0, 2000, ("a",)), FEW)
    assert found.plan is not None
    assert found.plan.sublots_of["turn"][0].machine == "b"
    kept = recover(problem, PLAN, Failure(Kind.MACHINE, "c", 0, 300, ("c",)), FEW)
    assert kept.plan is not None
    assert kept.plan.sublots_of["turn"] == PLAN.sublots_of["turn"]


def test_where_not_all_fits_the_case_that_counts_least_is_lost() -> None:
    """Both operations have only b left, which is open for one of them."""
    problem = replace(SHOPS, horizon=210, operations=SHOPS.operations[:2])
    problem = replace(problem, machines=tuple(replace(m, bookings=((150, 210),)) for m in problem.machines))
    plan = Plan((SubLot("turn", 1, "a", 10, 0, 100), SubLot("bore", 1, "b", 10, 0, 100)))
    found = recover(problem, plan, Failure(Kind.MACHINE, "a", 0, 210, ("a",)), FEW)
    assert {case.case: case.fate for case in found.cases} == {"shaft": Fate.ON_TIME, "pin": Fate.LOST}
    assert [(gap.rule, gap.operation) for gap in found.gaps] == [("horizon", "bore")]


def test_companies_sites_and_districts_are_their_machines() -> None:
    asked = failures(SHOPS, tuple(Kind))
    machines = {(each.kind, each.id): each.machines for each in asked}
    assert machines[Kind.COMPANY, "A"] == machines[Kind.SITE, "sa"] == machines[Kind.DISTRICT, "harbour"]
    assert machines[Kind.DISTRICT, "hill"] == ("b", "c")
    assert (Kind.SITE, "buyer") not in machines
    found = drill(SHOPS, PLAN, FEW)
    assert (found.untried, found.absent) == ((), (Kind.VEHICLE,))
    assert {(each.failure.kind, each.failure.id) for each in found.outcomes} == set(machines)
    harbour, company = of(found.outcomes, Kind.DISTRICT, "harbour"), of(found.outcomes, Kind.COMPANY, "A")
    assert replace(harbour, failure=company.failure) == company


def test_the_worst_comes_first() -> None:
    found = drill(SHOPS, PLAN, FEW, kinds=[Kind.MACHINE]).outcomes
    assert [each.failure.id for each in found] == ["c", "a", "b", "idle"]
    assert [each.harm for each in found] == [(1, 0, 0, 1), (0, 400, 0, 2), (0, 0, 0, 0), (0, 0, 0, 0)]


# ------------------------------------------------------------------------------------------------ vehicles


def carried(*vehicles: Vehicle) -> tuple[Problem, Plan]:
    """Ten kilograms go from b at one end of a degree of latitude to c at the other."""
    sites = (*SHOPS.sites[:2], replace(SHOPS.sites[2], latitude=1.0), SHOPS.sites[3])
    operations = tuple(replace(o, part="rod") if o.id == "bore" else o for o in SHOPS.operations)
    roads = Roads(handling_minutes=0, vehicles=vehicles)
    problem = replace(SHOPS, sites=sites, operations=operations, parts=(Part("rod", "pin", mass_g=1000),), roads=roads)
    result = solve(problem, FEW)
    assert result.plan is not None
    return problem, result.plan


def test_without_a_vehicle_the_next_cheapest_drives() -> None:
    problem, plan = carried(Vehicle("van", 100, 1000, 0, 1), Vehicle("truck", 1000, 4000, 0, 3))
    km = problem.haul("sa", "sc", 1).km
    van = of(drill(problem, plan, FEW).outcomes, Kind.VEHICLE, "van")
    assert (van.sublots, van.pieces, van.extra_yen) == (1, 10, 3000)
    assert van.extra_co2_g == round(3 * km) - round(km)
    assert [(case.case, case.fate) for case in van.cases] == [("pin", Fate.ON_TIME)]
    assert of(drill(problem, plan, FEW).outcomes, Kind.VEHICLE, "truck").cases == ()
    later = drill(problem, plan, FEW, kinds=[Kind.VEHICLE], start=measure(problem, plan).makespan).outcomes
    assert not any(each.cases for each in later)


def test_without_the_only_vehicle_nothing_that_moves_is_finished() -> None:
    problem, plan = carried(Vehicle("van", 100, 1000))
    van = of(drill(problem, plan, FEW).outcomes, Kind.VEHICLE, "van")
    assert [(gap.rule, gap.operation) for gap in van.gaps] == [("travel", "bore")]
    assert [(case.case, case.fate) for case in van.cases] == [("pin", Fate.LOST)]
    assert (van.extra_yen, van.plan) == (0, None)


# ------------------------------------------------------------------------------------------------ limits


def test_what_the_time_does_not_suffice_for_is_named() -> None:
    found = drill(SHOPS, PLAN, Limits(seconds=1e-6), kinds=[Kind.MACHINE])
    assert {each.id for each in found.untried} == {"a", "c"}
    assert {each.failure.id for each in found.outcomes} == {"b", "idle"}


def test_who_cancels_keeps_what_is_done() -> None:
    done: list[str] = []
    limits = replace(FEW, cancelled=lambda: len(done) >= 3)
    found = drill(
        SHOPS, PLAN, limits, kinds=[Kind.MACHINE], report=lambda _done, _all, last: done.append(last.failure.id)
    )
    assert sorted(each.failure.id for each in found.outcomes) == sorted(done)
    assert [each.id for each in found.untried] == ["a"]  # c comes before it: nobody else can do what it does


def test_who_cancels_ends_the_processes_at_once() -> None:
    """Each failure of the town would be searched for minutes; the first answer without a search ends it all."""
    town = sample(companies=12, cases=3, seed=7)
    plan = solve(town, Limits(steps=100)).plan
    assert plan is not None
    looks: list[int] = []

    def cancelled() -> bool:
        looks.append(len(multiprocessing.active_children()))
        return looks[-1] == 2

    found = drill(town, plan, Limits(seconds=3600, workers=2, cancelled=cancelled), kinds=[Kind.COMPANY])
    assert looks[-1] == 2
    assert multiprocessing.active_children() == []
    assert {each.searched for each in found.outcomes} <= {False}
    assert sum(bool(hit(plan, each)) for each in found.untried) >= 3


def test_a_process_that_dies_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zagumi.engine.insight.drill._answer", _dies)
    with pytest.raises(RuntimeError, match="has ended by itself"):
        drill(SHOPS, PLAN, replace(FEW, workers=2), kinds=[Kind.MACHINE])
    assert multiprocessing.active_children() == []


def _dies(*_given: object) -> None:
    """In the place of a process's work."""


def test_the_same_steps_give_the_same_drill_with_any_number_of_processes() -> None:
    town = sample(companies=12, cases=3, seed=7)
    plan = solve(town, Limits(steps=100)).plan
    assert plan is not None
    limits = Limits(steps=300, seconds=60)
    one, again, two = (
        drill(town, plan, each, kinds=[Kind.COMPANY]) for each in (limits, limits, replace(limits, workers=2))
    )
    assert sum(each.searched for each in one.outcomes) >= 3
    assert one == again == two
    for each in one.outcomes:
        _holds(town, plan, each)


def test_nonsense_is_refused() -> None:
    with pytest.raises(CheckError, match="quantity"):
        drill(SHOPS, Plan(()), FEW)
    with pytest.raises(ProblemError, match="a minute before the horizon at 2000"):
        drill(SHOPS, PLAN, FEW, start=2000)
    with pytest.raises(ProblemError, match="1 or more"):
        drill(SHOPS, PLAN, FEW, minutes=0)


# ------------------------------------------------------------------------------------------------ property


def _holds(problem: Problem, plan: Plan, found: Outcome) -> None:
    """The judge accepts the new plan; nothing new begins before the failure or runs on what fails."""
    failure = found.failure
    if found.plan is None:
        assert found.with_fate(Fate.LOST, Fate.UNPLANNED)
        return
    given_up = [case.case for case in found.with_fate(Fate.LOST, Fate.UNPLANNED)]
    stands = standing(problem, plan, failure)
    left = left_over(problem, plan, failure, stands, given_up)
    assert check(left, found.plan) == ()
    made = {sublot.key: sublot for sublot in plan.sublots}
    kept = {(made[k].operation, made[k].machine, made[k].start, made[k].end) for k in stands}
    new = [s for s in found.plan.sublots if (s.operation, s.machine, s.start, s.end) not in kept]
    if found.cases:
        assert all(s.start >= failure.start for s in new)
    assert not any(s.machine in failure.machines and failure.covers(s.start, s.end) for s in found.plan.sublots)
    assert {problem.operation[s.operation].case for s in found.plan.sublots}.isdisjoint(given_up)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(tiny_problems(), st.data())
def test_a_drilled_plan_is_valid_and_never_uses_what_fails(problem: Problem, data: st.DataObject) -> None:
    # frozen work drawn at random may stand where no plan would put it, such as before what feeds it
    problem = replace(problem, policy=replace(problem.policy, weights=Weights()))
    result = solve(problem, Limits(steps=50))
    assume(result.plan is not None)
    assert result.plan is not None
    start = data.draw(st.integers(0, problem.horizon - 1))
    minutes = data.draw(st.sampled_from((None, 1, 3)))
    asked = [each for each in failures(problem, tuple(Kind), start, minutes) if hit(result.plan, each)]
    assume(asked)
    failure = data.draw(st.sampled_from(asked))
    _holds(problem, result.plan, recover(problem, result.plan, failure, Limits(steps=20)))

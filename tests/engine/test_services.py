"""Scheduled tours: what goes with which run, what it costs, and what nothing can go with any more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.brute import Brute
from tests.engine.strategies import tiny_problems
from zagumi.engine.errors import FileError, ProblemError
from zagumi.engine.files import problem_from_json, problem_to_json
from zagumi.engine.insight.events import Events, Stop, changed
from zagumi.engine.insight.explain import why
from zagumi.engine.insight.lateness import Kind, why_late
from zagumi.engine.insight.replan import replan
from zagumi.engine.insight.risk import forecast
from zagumi.engine.plan.check import check
from zagumi.engine.plan.cost import measure
from zagumi.engine.plan.plan import Delivery, Plan, SubLot, Transfer
from zagumi.engine.problem import (
    Case,
    Company,
    Link,
    Machine,
    Operation,
    Option,
    Part,
    Problem,
    Roads,
    Service,
    Site,
    Vehicle,
    Weights,
)
from zagumi.engine.sample import Features, sample
from zagumi.engine.solve.bounds import lower_bound
from zagumi.engine.solve.exact import solve_exact
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.priced import Prices, covers
from zagumi.engine.solve.result import Status
from zagumi.engine.solve.roads import travel
from zagumi.engine.solve.schedule.hours import arrival, departure, journey
from zagumi.engine.solve.search import Search
from zagumi.engine.solve.solve import solve
from zagumi.engine.solve.tables import build

TO_B = Service("a", "b", ((10, 40), (60, 75), (120, 150)), yen=300, co2_g=50)
TO_BUYER = Service("b", "buyer", ((100, 130), (200, 230)), yen=500)

PROBLEM = Problem(
    companies=(Company("A"), Company("B")),
    sites=(Site("a", "A"), Site("b", "B", 0.01), Site("buyer", None, 0.0, 0.01)),
    machines=(Machine("A1", "a"), Machine("B1", "b")),
    parts=(Part("part", "case", mass_g=900_000),),
    cases=(Case("case", due=100, deliver_to="buyer"),),
    operations=(
        Operation("cut", "case", (Option("A1", 0, 2.0),), quantity=5, part="part"),
        Operation("coat", "case", (Option("B1", 0, 3.0),), quantity=5, part="part", after=(Link("cut", lag=5),)),
    ),
    horizon=300,
    roads=Roads(vehicles=(Vehicle("van", 1000, 1000, 10),), services=(TO_B, TO_BUYER)),
)
PLAN = Plan(
    (SubLot("cut", 1, "A1", 5, 0, 10), SubLot("coat", 1, "B1", 5, 75, 90)),
    (Transfer("cut", 1, "coat", 1, 5, 60, 75),),
    (Delivery("coat", 1, 5, 100, 130),),
)


@pytest.mark.parametrize(
    ("ready", "run"), [(0, (10, 40)), (10, (10, 40)), (11, (60, 75)), (60, (60, 75)), (120, (120, 150)), (121, None)]
)
def test_what_is_ready_takes_the_next_run(ready: int, run: tuple[int, int] | None):
    assert TO_B.run(ready) == run
    assert PROBLEM.sent("a", "b", ready) == run


def test_the_way_back_and_within_a_site_is_as_without():
    plain = replace(PROBLEM, roads=replace(PROBLEM.roads, services=()))
    assert PROBLEM.haul("b", "a", 5) == plain.haul("b", "a", 5)
    assert PROBLEM.sent("b", "a", 7) == (7, 7 + plain.haul("b", "a", 0).minutes)
    assert PROBLEM.sent("a", "a", 7) == (7, 7)


def test_a_service_costs_the_same_whatever_the_mass_and_goes_before_a_table():
    assert {(h.minutes, h.yen, h.co2_g) for h in (PROBLEM.haul("a", "b", mass) for mass in (0, 10**9))} == {
        (15, 300, 50)
    }
    listed = replace(PROBLEM.roads, order=("a", "b"), minutes=((0, 1), (2, 0)), yen=((0, 3), (4, 0)))
    both = replace(PROBLEM, roads=listed)
    assert (both.haul("a", "b", 1).yen, both.haul("b", "a", 1).yen) == (300, 4)


def test_every_run_arrives_later_by_the_delay_of_the_pair():
    late = replace(PROBLEM, roads=replace(PROBLEM.roads, delays={("b", "a"): 7}))
    assert late.sent("a", "b", 11) == (60, 82)
    assert late.haul("a", "b", 0).minutes == 22


def test_without_runs_nothing_ever_travels():
    closed = replace(PROBLEM, roads=replace(PROBLEM.roads, services=(Service("a", "b", ()),)))
    assert closed.sent("a", "b", 0) is None
    assert closed.haul("a", "b", 0).minutes > closed.horizon


def test_a_plan_by_the_runs_is_valid_and_pays_for_them():
    assert check(PROBLEM, PLAN) == ()
    measures = measure(PROBLEM, PLAN)
    assert (measures.transport_yen, measures.co2_g, measures.tardy_minutes) == (800, 50, 30)
    assert measure(PROBLEM, PLAN).objective(Weights.only(cost=1)) == 800


def test_a_later_run_may_be_waited_for():
    later = replace(PLAN, deliveries=(Delivery("coat", 1, 5, 200, 230),))
    assert check(PROBLEM, later) == ()


WRONG: dict[str, tuple[Plan, tuple[str, ...], int, str]] = {
    "a transfer when none departs": (
        replace(PLAN, transfers=(Transfer("cut", 1, "coat", 1, 5, 57, 75),)),
        ("cut", "b"),
        3,
        "depart for b at 57",
    ),
    "a transfer faster than its run": (
        replace(PLAN, transfers=(Transfer("cut", 1, "coat", 1, 5, 60, 74),)),
        ("cut", "b"),
        1,
        "arrives at 75",
    ),
    "a delivery when none departs": (
        replace(PLAN, deliveries=(Delivery("coat", 1, 5, 95, 130),)),
        ("coat", "buyer"),
        5,
        "depart for buyer at 95",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_movement_beside_the_service_is_named(name: str):
    plan, items, amount, said = WRONG[name]
    (fault,) = check(PROBLEM, plan)
    assert (fault.rule, fault.items, fault.amount) == ("travel", items, amount)
    assert said in fault.text


def test_a_run_before_the_pieces_are_ready_is_no_way():
    early = replace(PLAN, transfers=(Transfer("cut", 1, "coat", 1, 5, 10, 40),))
    assert [(fault.rule, fault.amount) for fault in check(PROBLEM, early)] == [("batch", 5)]


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "one site": (lambda: Service("a", "a", ()), "service from a to a"),
    "not by departure": (lambda: Service("a", "b", ((5, 9), (5, 9))), "service from a to b, runs"),
    "arriving before departing": (lambda: Service("a", "b", ((5, 4),)), "service from a to b, runs"),
    "before the origin": (lambda: Service("a", "b", ((-1, 4),)), "service from a to b, runs"),
    "overtaking": (lambda: Service("a", "b", ((5, 20), (6, 19))), "service from a to b, runs"),
    "a gift": (lambda: Service("a", "b", (), yen=-1), "service from a to b, yen"),
    "twice": (lambda: Roads(services=(TO_B, TO_B)), "roads, service from a to b"),
    "from nowhere": (
        lambda: replace(PROBLEM, roads=Roads(services=(Service("x", "b", ()),))),
        "roads, service, site",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_service_that_cannot_be_is_refused(name: str):
    make, place = REFUSED[name]
    with pytest.raises(ProblemError) as caught:
        make()
    assert caught.value.place == place


def test_a_service_is_read_back_equal_and_a_bad_one_refused_with_its_place():
    text = problem_to_json(PROBLEM)
    assert '"services":[{"origin":"a","destination":"b","runs":[[10,40],[60,75],[120,150]],"yen":300' in text
    assert problem_from_json(text) == PROBLEM
    with pytest.raises(FileError, match=r"/roads/services/0 \(service from a to b, runs\)"):
        problem_from_json(text.replace("[10,40]", "[10,90]"))


def tried(examples: int) -> settings:
    """So many examples, the same ones every time, as long as they take."""
    return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@tried(100)
@given(problem=tiny_problems(features=2, always=("services", "travel", "deliveries")), minutes=st.integers(0, 14))
def test_the_tables_say_of_every_minute_what_the_problem_says(problem: Problem, minutes: int):
    built, horizon = build(problem), problem.horizon
    used = {machine.site for machine in problem.machines} | {case.deliver_to for case in problem.cases} - {None}
    sites = [site for site in sorted(used) if site is not None]
    for a, one in enumerate(sites):
        for b, other in enumerate(sites):
            found = departure(built.store.tables, a, b, minutes), arrival(built.store.tables, a, b, minutes)
            times = problem.sent(one, other, minutes)
            if (one, other) in problem.services and (times is None or times[1] > horizon):
                assert found == (horizon + 1, horizon + 1)
            else:
                assert found == times
                assert found[1] - found[0] >= journey(built.store.tables, a, b)


def test_a_service_between_sites_that_nobody_uses_is_left_out():
    unused = replace(PROBLEM, roads=replace(PROBLEM.roads, services=(Service("buyer", "a", ((5, 6),)), TO_B)))
    sites = [unused.site[name] for name in ("a", "b")]
    assert travel(unused, sites).services == {"run0": [0], "run1": [3], "least": [15], "last": [120]}


@tried(50)
@given(problem=tiny_problems(features=2, always=("services", "travel", "deliveries")))
def test_plans_by_services_are_the_best_there_are(problem: Problem):
    best, result = Brute(problem).best, solve(problem, Limits(steps=6000, workers=1))
    assert (result.plan is None) == (best is None)
    assert best is None or lower_bound(problem)[0] <= result.bound <= best <= (result.objective or 0)
    assert result.status is Status.FEASIBLE or result.objective == best
    if result.plan is not None:
        assert check(problem, result.plan) == ()


@st.composite
def shared_machines(draw: st.DrawFn) -> Problem:
    """Two cases want one machine before the run, and perhaps another after it."""
    number = st.integers(0, 3)
    points = sorted(draw(st.sets(st.integers(0, 11), min_size=1, max_size=4)))
    runs = tuple((point, point + 1) for point in points)
    operations: list[Operation] = []
    for case in ("one", "two"):
        operations.append(Operation(f"cut {case}", case, (Option("A1", draw(number)),)))
        if draw(st.booleans()):
            coat = (Option("B1", draw(number)), Option("A1", draw(number), fixed_yen=draw(number)))
            operations.append(Operation(f"coat {case}", case, coat, after=(Link(f"cut {case}", lag=draw(number)),)))
    services = (Service("a", "b", runs, yen=draw(number)), Service("b", "buyer", runs), Service("a", "buyer", runs))
    return Problem(
        companies=PROBLEM.companies,
        sites=PROBLEM.sites,
        machines=PROBLEM.machines,
        cases=tuple(Case(name, 0, draw(number), 1 + draw(number), deliver_to="buyer") for name in ("one", "two")),
        operations=tuple(operations),
        horizon=13,
        roads=Roads(handling_minutes=1, services=services),
    )


@tried(60)
@given(problem=shared_machines())
def test_who_misses_the_run_is_decided_as_well_as_by_trying_everything(problem: Problem):
    best, found = Brute(problem).best, solve_exact(problem, Limits(steps=30_000))
    assert found.proved
    assert found.objective == best
    assert found.plan is None or check(problem, found.plan) == ()
    assert solve(problem, Limits(steps=30_000)).objective == best
    built = build(problem)
    search = Search(built, 1)
    search.first()
    if search.objective is not None:
        assert best is not None
        assert max(Prices(built, search.completion, search.objective).rise(20, lambda: False)) <= best


@tried(50)
@given(problem=tiny_problems(features=1, always=("services", "travel", "deliveries")), steps=st.sampled_from((0, 20)))
def test_what_a_search_says_is_what_its_plan_costs_and_no_price_gives_a_bound_above_it(problem: Problem, steps: int):
    built = build(problem)
    search = Search(built, 1)
    search.first()
    search.run(steps)
    if search.objective is not None:
        assert measure(problem, search.plan()).objective(problem.policy.weights) == search.objective
        if covers(built):
            best = Brute(problem).best
            assert best is not None
            assert max(Prices(built, search.completion, search.objective).rise(20, lambda: False)) <= best


@tried(50)
@given(problem=tiny_problems(features=2, always=("services", "travel", "batches", "splitting")))
def test_pieces_streamed_by_services_are_valid(problem: Problem):
    """Departures by run may come in another order than the pieces are done."""
    search = Search(build(problem), 1)
    search.first()
    search.run(50)
    if search.objective is not None:
        assert check(problem, search.plan()) == ()


@pytest.mark.parametrize(("run", "pieces", "batch"), [(15, 5, 2), (15, 6, 2), (30, 6, 2), (15, 7, 3)])
def test_a_rest_less_than_a_batch_never_leaves_before_what_waits_for_its_run(run: int, pieces: int, batch: int):
    """Next door the rest would be there at once, while the batch made before it still waits."""
    options = (Option("A2", 0, 30.0), Option("B1", 0, 20.0))
    coat = Operation("coat", "case", options, pieces, None, (Link("cut", batch=batch),), True, 1, 2)
    problem = replace(
        PROBLEM,
        machines=(*PROBLEM.machines, Machine("A2", "a")),
        cases=(Case("case", due=0, late_yen_per_minute=10),),
        operations=(Operation("cut", "case", (Option("A1", 0, 2.0),), pieces), coat),
        roads=Roads(services=(Service("a", "b", ((run, run + 1),)),)),
    )
    search = Search(build(problem), 1)
    search.first()
    search.run(30)
    assert search.objective is not None
    assert check(problem, search.plan()) == ()


def test_the_run_is_waited_for_unless_that_is_dearer_than_a_van_of_ones_own():
    assert solve(PROBLEM, Limits(steps=50)).plan == PLAN
    # from a no service goes to the buyer: the van leaves when the work is done
    at_home = replace(PROBLEM.operations[1], options=(*PROBLEM.operations[1].options, Option("A1", 0, 3.0)))
    for late, machine in ((1, "B1"), (1000, "A1")):
        cases = (replace(PROBLEM.cases[0], late_yen_per_minute=late),)
        result = solve(replace(PROBLEM, cases=cases, operations=(PROBLEM.operations[0], at_home)), Limits(steps=50))
        assert result.status is Status.OPTIMAL
        assert result.plan is not None
        assert result.plan.sublots_of["coat"][0].machine == machine


def test_when_the_last_run_has_gone_that_is_said():
    problem = replace(PROBLEM, roads=replace(PROBLEM.roads, services=(Service("a", "b", ((5, 9),)), TO_BUYER)))
    result = solve(problem, Limits(steps=50))
    assert result.status is Status.INFEASIBLE
    assert [(reason.rule, reason.items) for reason in result.reasons] == [("travel", ("cut", "coat"))]
    nobody = replace(PROBLEM, roads=replace(PROBLEM.roads, services=(Service("b", "buyer", ((2, 9),)),)))
    result = solve(nobody, Limits(steps=50))
    assert [(reason.rule, reason.items) for reason in result.reasons] == [("travel", ("coat", "buyer"))]
    assert solve_exact(problem, Limits(seconds=5)).proved
    assert solve_exact(nobody, Limits(seconds=5)).proved


def test_a_region_with_tours_is_planned_and_uses_them():
    region = sample(8, 3, 2, Features(frozen=False))
    result = solve(region, Limits(steps=400))
    assert result.plan is not None
    at = {sublot.key: region.machine[sublot.machine].site for sublot in result.plan.sublots}
    pairs = {(at[t.from_operation, t.from_lot], at[t.to_operation, t.to_lot]) for t in result.plan.transfers}
    assert pairs & region.services.keys()


OFTEN = replace(PROBLEM.roads, services=(TO_B, Service("b", "buyer", ((40, 70), (100, 130), (200, 230)), yen=500)))


def test_waiting_for_a_run_is_a_reason_to_be_late_when_another_one_would_be_reached():
    late = why_late(replace(PROBLEM, roads=OFTEN), PLAN, "case")
    assert (late.completion, late.slack) == (130, -30)
    assert [(cause.kind, cause.operation, cause.minutes, cause.saves) for cause in late.causes] == [
        (Kind.TRANSPORT, "coat", 60, 30)
    ]
    # where the next run to the buyer is the same one, nothing is gained by being earlier
    assert why_late(PROBLEM, PLAN, "case").causes == ()
    assert [(s.kind, s.start, s.end) for s in why_late(PROBLEM, PLAN, "case").chain] == [
        (Kind.WORK, 0, 10),
        (Kind.TRANSPORT, 10, 60),
        (Kind.TRANSPORT, 60, 75),
        (Kind.WORK, 75, 90),
        (Kind.TRANSPORT, 90, 100),
        (Kind.TRANSPORT, 100, 130),
    ]


def test_an_operation_could_begin_elsewhere_when_the_run_arrives():
    both = replace(PROBLEM.operations[1], options=(*PROBLEM.operations[1].options, Option("A1", 0, 3.0)))
    problem = replace(PROBLEM, operations=(PROBLEM.operations[0], both))
    assert {choice.machine: choice.start for choice in why(problem, PLAN, "coat").choices} == {"A1": 15, "B1": 75}
    gone = replace(problem, roads=replace(PROBLEM.roads, services=(Service("a", "b", ((5, 9),)),)))
    assert {choice.machine: choice.start for choice in why(gone, PLAN, "coat").choices} == {"A1": 15, "B1": None}


def test_by_chance_a_run_is_missed_and_the_next_one_taken():
    spread = tuple(
        replace(operation, options=tuple(replace(option, spread=1.5) for option in operation.options))
        for operation in PROBLEM.operations
    )
    found = forecast(replace(PROBLEM, operations=spread), PLAN, samples=2000)
    moments = set(found.completion["case"].tolist())
    assert {130, 230} < moments
    assert min(moments - {130, 230}) > PROBLEM.horizon  # the last run is missed
    assert set(forecast(PROBLEM, PLAN).completion["case"].tolist()) == {130}


def test_a_stopped_road_takes_away_the_runs_within_and_holds_up_what_is_on_it():
    back = Service("b", "a", ((0, 20), (80, 100)))
    problem = replace(PROBLEM, roads=replace(PROBLEM.roads, services=(TO_B, TO_BUYER, back)))
    left = changed(problem, PLAN, Events(stops=(Stop(20, 70, road=("b", "a")),)), 1)
    assert left.roads.delays == {}
    assert {pair: service.runs for pair, service in left.services.items()} == {
        ("a", "b"): ((10, 90), (120, 150)),
        ("b", "a"): ((0, 20), (80, 100)),
        ("b", "buyer"): TO_BUYER.runs,
    }
    assert changed(PROBLEM, PLAN, Events(stops=(Stop(20, 70, road=("a", "b")),)), 1).roads.delays == {("a", "b"): 50}


def test_a_plan_is_mended_after_the_run_it_counted_on_fell_out():
    back = Service("b", "a", ((0, 20),))
    problem = replace(PROBLEM, roads=replace(PROBLEM.roads, services=(TO_B, TO_BUYER, back)))
    mended = replan(problem, PLAN, Events(20, stops=(Stop(50, 70, road=("a", "b")),)))
    assert mended.result.plan is not None
    assert mended.result.plan.transfers == (Transfer("cut", 1, "coat", 1, 5, 120, 150),)
    assert mended.moved == ("coat",)
    assert [(case.completion, case.new_completion) for case in mended.cases] == [(130, 230)]

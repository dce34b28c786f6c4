"""Replanning: each kind of event, what has begun stands, few moves, no worse than only putting in what is new."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.strategies import tiny_problems
from zagumi.engine.errors import ProblemError
from zagumi.engine.insight.events import EVENTS, Change, Delay, Events, NewCase, Stop, changed
from zagumi.engine.insight.replan import Replanned, replan
from zagumi.engine.network_sample import Size, network
from zagumi.engine.plan.check import check
from zagumi.engine.plan.cost import measure, moved_operations
from zagumi.engine.plan.plan import Plan, SubLot
from zagumi.engine.problem import Case, Machine, Problem, Roads, Site
from zagumi.engine.read.network import problem_of
from zagumi.engine.sample import Features, sample
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.solve import solve

NOW = 2000


def planned(problem: Problem, steps: int) -> Plan:
    plan = solve(problem, Limits(steps=steps, seed=1)).plan
    assert plan is not None
    return plan


TOWN = sample(8, 6, 1)
PLAN = planned(TOWN, 600)
GRID = problem_of(network(Size(1500, 150, 60, 1.0), 3), "grid")
GRID_PLAN = planned(GRID, 6000)


def rush(problem: Problem, model: str, release: int, due: int, yen: int) -> NewCase:
    """A case like another one, wanted soon."""
    case = replace(problem.case[model], id="rush", release=release, due=due, late_yen_per_minute=yen)
    parts = tuple(replace(part, id=f"rush {part.id}", case="rush") for part in problem.parts if part.case == model)
    operations = tuple(
        replace(
            operation,
            id=f"rush {operation.id}",
            case="rush",
            part=None if operation.part is None else f"rush {operation.part}",
            after=tuple(replace(link, before=f"rush {link.before}") for link in operation.after),
        )
        for operation in problem.operations
        if operation.case == model
    )
    return NewCase(case, operations, parts)


def later() -> SubLot:
    """Something of the town's plan that has not begun."""
    return min((s for s in PLAN.sublots if s.start > NOW + 500), key=lambda s: s.start)


def running() -> SubLot:
    """Something in progress."""
    return next(s for s in PLAN.sublots if s.start < NOW < s.end)


def company() -> str:
    """Who does the most that has not begun."""
    done = [TOWN.company_of(s.machine) or "" for s in PLAN.sublots if s.start > NOW]
    return max(sorted(set(done)), key=done.count)


def road() -> tuple[str, str]:
    """The sites of a transfer that has not left."""
    made = {s.key: TOWN.machine[s.machine].site for s in PLAN.sublots}
    ways = [(made[t.from_operation, t.from_lot], made[t.to_operation, t.to_lot], t.depart) for t in PLAN.transfers]
    return next((a, b) for a, b, depart in ways if a != b and depart > NOW)


HAPPENED = {
    "nothing": Events(NOW),
    "a rush case": Events(NOW, cases=(rush(TOWN, TOWN.cases[0].id, NOW, NOW + 3000, 100),)),
    "a machine stops": Events(NOW, stops=(Stop(NOW + 100, NOW + 6000, machine=later().machine),)),
    "a machine stops under work": Events(NOW, stops=(Stop(NOW - 1, NOW + 3000, machine=running().machine),)),
    "a site stops": Events(NOW, stops=(Stop(NOW, NOW + 4320, site=TOWN.machine[later().machine].site),)),
    "a company stops": Events(NOW, stops=(Stop(NOW, NOW + 4320, company=company()),)),
    "a road is closed": Events(NOW, stops=(Stop(NOW, NOW + 600, road=road()),)),
    "an operation takes longer": Events(NOW, delays=(Delay(later().operation, 300),)),
    "an operation ends later": Events(NOW, delays=(Delay(running().operation, 120),)),
    "more is wanted": Events(NOW, changes=(Change(TOWN.cases[1].id, 140),)),
    "less is wanted": Events(NOW, changes=(Change(TOWN.cases[1].id, 50),)),
    "everything": Events(
        NOW,
        (rush(TOWN, TOWN.cases[0].id, NOW, NOW + 3000, 100),),
        (Stop(NOW, NOW + 600, road=road()), Stop(NOW + 100, NOW + 6000, machine=later().machine)),
        (Delay(running().operation, 120),),
        (Change(TOWN.cases[1].id, 140),),
    ),
}


def hold(problem: Problem, plan: Plan, events: Events, found: Replanned) -> None:
    """What has begun stands, nothing else begins before now, and the figures are those of the plans."""
    new = found.result.plan
    assert new is not None
    assert check(found.problem, new) == ()
    frozen = {(w.operation, w.machine, w.quantity, w.start, w.end, w.person) for w in found.problem.policy.frozen}
    stood = {(s.operation, s.machine, s.quantity, s.start, s.end, s.person) for s in new.sublots} & frozen
    assert stood == frozen
    for sublot in new.sublots:
        key = (sublot.operation, sublot.machine, sublot.quantity, sublot.start, sublot.end, sublot.person)
        assert key in frozen or sublot.start >= events.now
    assert found.moved == moved_operations(found.problem, new)
    assert found.unmoved + len(found.moved) == len({s.operation for s in plan.sublots})
    before, after = measure(problem, plan), measure(found.problem, new)
    assert found.extra_yen == after.cost_yen - before.cost_yen
    assert found.extra_tardiness_yen == after.tardiness_yen - before.tardiness_yen
    new_cases = {each.case.id for each in events.cases}
    assert {case.case for case in found.cases if case.completion is None} == new_cases


@pytest.mark.parametrize("name", HAPPENED)
def test_each_event_leaves_a_valid_plan(name: str) -> None:
    events = HAPPENED[name]
    found = replan(TOWN, PLAN, events)
    hold(TOWN, PLAN, events, found)
    alone = replan(TOWN, PLAN, events, Limits(steps=0))
    assert alone.result.objective is not None
    assert found.result.objective is not None
    assert found.result.objective <= alone.result.objective
    assert EVENTS.from_json(EVENTS.to_json(events), "events") == events


def test_nothing_moves_when_nothing_happens() -> None:
    assert replan(TOWN, PLAN, HAPPENED["nothing"]).moved == ()


def test_begun_work_stands_unless_its_machine_stops() -> None:
    def frozen(name: str) -> set[tuple[str, int]]:
        works = changed(TOWN, PLAN, HAPPENED[name], 1).policy.frozen
        return {(work.operation, work.end) for work in works}

    work = running()
    assert (work.operation, work.end) in frozen("nothing")
    assert (work.operation, work.end) not in frozen("a machine stops under work")
    ended = next(end for operation, end in frozen("an operation ends later") if operation == work.operation)
    hours = sum(
        min(b, ended) - max(a, work.end)
        for a, b in TOWN.windows(work.machine, work.person)
        if b > work.end and a < ended
    )
    assert hours == 120


def test_a_stopped_machine_does_nothing_and_a_closed_road_takes_longer() -> None:
    stop = HAPPENED["a machine stops"].stops[0]
    found = replan(TOWN, PLAN, HAPPENED["a machine stops"]).result.plan
    assert found is not None
    assert all(s.end <= stop.start or s.start >= stop.end for s in found.on_machine.get(stop.machine or "", ()))
    one, other = road()
    left = changed(TOWN, PLAN, HAPPENED["a road is closed"], 1)
    for way in ((one, other), (other, one)):
        assert left.haul(*way, 1000).minutes == TOWN.haul(*way, 1000).minutes + 600
        assert left.haul(*way, 1000).yen == TOWN.haul(*way, 1000).yen


def test_quantities_follow_what_is_wanted() -> None:
    case = TOWN.cases[1].id
    more, less = (changed(TOWN, PLAN, HAPPENED[f"{word} is wanted"], 1) for word in ("more", "less"))
    last = [o for o in TOWN.operations if o.case == case and not TOWN.successors[o.id]]
    for operation in last:
        assert more.operation[operation.id].quantity == -(-operation.quantity * 140 // 100)
    begun = {w.operation: sum(x.quantity for x in less.frozen[w.operation]) for w in less.policy.frozen}
    for operation in TOWN.operations:
        wanted = less.operation[operation.id].quantity
        assert begun.get(operation.id, 0) <= wanted <= operation.quantity
        if operation.case != case:
            assert wanted == operation.quantity


def long_cases() -> list[str]:
    """Cases of more than five operations in the network."""
    works = [operation.case for operation in GRID.operations]
    return [case.id for case in GRID.cases if works.count(case.id) > 5]


def tardy(found: Replanned) -> int:
    """Minutes by which the rush case is late."""
    return next(case.new_tardy_minutes for case in found.cases if case.case == "rush")


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_rush_case_in_a_large_plan_moves_few_and_waits_little(at: int) -> None:
    """Of what it waits because of work not begun, at least half is saved."""
    events = Events(500, (rush(GRID, long_cases()[at], 500, 1000, 50),))
    found, alone = replan(GRID, GRID_PLAN, events), replan(GRID, GRID_PLAN, events, Limits(steps=0))
    hold(GRID, GRID_PLAN, events, found)
    assert alone.moved == ()
    assert len(found.moved) <= len(GRID.operations) * 0.05
    left = changed(GRID, GRID_PLAN, events, 0)
    there = {work.operation for work in left.policy.frozen} | {o.id for o in events.cases[0].operations}
    best = solve(replace(left, operations=tuple(o for o in left.operations if o.id in there)), Limits(steps=3000)).plan
    assert best is not None
    least = max(s.end for s in best.sublots if s.operation.startswith("rush")) - 1000
    assert tardy(alone) > least
    assert tardy(found) - least <= (tardy(alone) - least) / 2


def test_a_high_price_moves_nothing_a_low_one_something() -> None:
    events = Events(500, (rush(GRID, long_cases()[0], 500, 1000, 50),))
    assert replan(GRID, GRID_PLAN, events, stability=10**9).moved == ()
    assert replan(GRID, GRID_PLAN, events, stability=1).moved != ()


def test_the_same_again() -> None:
    events = HAPPENED["everything"]
    assert replan(TOWN, PLAN, events).result.plan == replan(TOWN, PLAN, events).result.plan


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(problem=tiny_problems(features=5), data=st.data())
def test_tiny_plans_survive_what_happens(problem: Problem, data: st.DataObject) -> None:
    """Whatever happens to whatever is planned: a valid plan, or none."""
    plan = solve(problem, Limits(steps=30)).plan
    if plan is None:
        return
    now = data.draw(st.integers(0, problem.horizon - 1))
    machine = data.draw(st.sampled_from(sorted(problem.machine)))
    start = data.draw(st.integers(0, problem.horizon))
    stops = (Stop(start, start + 2, machine=machine),) if data.draw(st.booleans()) else ()
    changes = (Change("one", data.draw(st.sampled_from((50, 100, 200)))),) if data.draw(st.booleans()) else ()
    events = Events(now, (NewCase(Case("rush"), ()),), stops, (), changes)
    found = replan(problem, plan, events, Limits(steps=60))
    if found.result.plan is not None:
        hold(problem, plan, events, found)


@pytest.mark.parametrize("kind", ["site", "company"])
def test_a_site_or_company_that_stops_is_all_its_machines_and_no_others(kind: str) -> None:
    works = Site("second works", TOWN.company_of(later().machine))
    town = replace(TOWN, sites=(*TOWN.sites, works), machines=(*TOWN.machines, Machine("spare", works.id)))
    at = {each.id: each.site if kind == "site" else town.company_of(each.id) for each in town.machines}
    name = at[later().machine]
    whole = Stop(NOW, NOW + 60, site=name) if kind == "site" else Stop(NOW, NOW + 60, company=name)
    each = tuple(Stop(NOW, NOW + 60, machine=machine) for machine, where in at.items() if where == name)
    assert 0 < len(each) < len(town.machines)
    assert changed(town, PLAN, Events(NOW, stops=(whole,)), 0) == changed(town, PLAN, Events(NOW, stops=each), 0)


WRONG = {
    "now": (Events(TOWN.horizon), "events, now"),
    "machine": (Events(NOW, stops=(Stop(0, 9, machine="nowhere"),)), "stop, machine"),
    "site": (Events(NOW, stops=(Stop(0, 9, site="nowhere"),)), "stop, site"),
    "company": (Events(NOW, stops=(Stop(0, 9, company="nobody"),)), "stop, company"),
    "road": (Events(NOW, stops=(Stop(0, 9, road=("nowhere", road()[0])),)), "stop, road"),
    "operation": (Events(NOW, delays=(Delay("nothing", 1),)), "delay, operation"),
    "done": (Events(TOWN.horizon - 1, delays=(Delay(PLAN.sublots[0].operation, 1),)), "delay of operation"),
    "case": (Events(NOW, changes=(Change("nothing", 10),)), "change, case"),
    "twice": (Events(NOW, cases=(NewCase(TOWN.cases[0], ()),)), "case "),
}


@pytest.mark.parametrize("name", WRONG)
def test_events_that_cannot_be_are_named(name: str) -> None:
    events, place = WRONG[name]
    with pytest.raises(ProblemError) as wrong:
        replan(TOWN, PLAN, events)
    assert wrong.value.place.startswith(place)


@pytest.mark.parametrize(
    ("make", "place"),
    [
        (lambda: Stop(9, 9, machine="M"), "stop"),
        (lambda: Stop(0, 9), "stop"),
        (lambda: Stop(0, 9, machine="M", company="K"), "stop"),
        (lambda: Stop(0, 9, site="S", machine="M"), "stop"),
        (lambda: Delay("a", 0), "delay of operation a, minutes"),
        (lambda: Change("a", 0), "change of case a, percent"),
        (lambda: Roads(delays={("a", "a"): 1}), "roads, delay"),
        (lambda: Roads(delays={("a", "b"): -1}), "roads, delay"),
    ],
)
def test_events_that_make_no_sense_are_refused(make: object, place: str) -> None:
    with pytest.raises(ProblemError) as wrong:
        make()  # type: ignore[operator]
    assert wrong.value.place.startswith(place)


def test_features_that_frozen_work_meets() -> None:
    """Bands give their minutes to what has begun, divided work may stand in part."""
    region = sample(6, 5, 2, Features.only(bands=True, splitting=True, batches=True, people=True))
    plan = planned(region, 300)
    for now in (500, 3000, 8000):
        events = Events(now, cases=(rush(region, region.cases[0].id, now, now + 2000, 50),))
        hold(region, plan, events, replan(region, plan, events))

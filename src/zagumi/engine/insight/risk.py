"""How likely a plan keeps its dates: a seeded simulation of run times with the plan's own order.

Each sub-lot's run time varies with its option's ``spread`` (relative standard deviation, log-normal with the
planned time as its median, so that delays are longer than gains). Machines keep the plan's order, people and sub-lots
wait for what feeds them, nothing starts before it was planned, and work stops outside open hours.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from zagumi.engine.clock import WorkingTime
from zagumi.engine.plan.plan import Plan, SubLot
from zagumi.engine.problem import Problem

SubLotKey = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Prospect:
    """One case's dates in simulation: share of courses on time (1.0 without a due date), and completion quantiles."""

    case: str
    on_time: float
    early: int
    middle: int
    late: int


@dataclass(frozen=True, slots=True)
class _Step:
    """A sub-lot ready for simulation. ``feeds``: (giver, minutes from its end to the earliest start it allows)."""

    key: SubLotKey
    case: str
    start: int
    setup: int
    run: int
    sigma: float
    feeds: tuple[tuple[SubLotKey, int], ...]
    same_resource: tuple[SubLotKey, ...]
    hours: WorkingTime
    delivery: int


def prospects(problem: Problem, plan: Plan, *, samples: int = 200, seed: int = 0) -> dict[str, Prospect]:
    """Simulate ``samples`` courses of a valid plan; the same seed gives the same answer."""
    steps = _steps(problem, plan)
    draw = random.Random(seed)
    finished: dict[str, list[int]] = {case.id: [] for case in problem.cases}
    for _ in range(samples):
        completion = _course(steps, draw)
        for name, moment in completion.items():
            finished[name].append(moment)
    found = {}
    for case in problem.cases:
        moments = sorted(finished[case.id]) or [case.release]
        kept = sum(1 for moment in moments if case.due is None or moment <= case.due)
        quantile = {share: moments[min(len(moments) - 1, int(share * len(moments)))] for share in (0.1, 0.5, 0.9)}
        found[case.id] = Prospect(case.id, kept / len(moments), quantile[0.1], quantile[0.5], quantile[0.9])
    return found


def _course(steps: list[_Step], draw: random.Random) -> dict[str, int]:
    """One simulated course: completion by case."""
    ends: dict[SubLotKey, int] = {}
    completion: dict[str, int] = {}
    for step in steps:
        run = step.run if not step.sigma else round(step.run * draw.lognormvariate(0.0, step.sigma))
        start = step.start
        for giver, minutes in step.feeds:
            if giver in ends:
                start = max(start, ends[giver] + minutes)
        for before in step.same_resource:
            if before in ends:
                start = max(start, ends[before])
        opening = step.hours.opening(start)
        begin = start if opening is None else opening
        end = step.hours.finish(begin, step.setup + run)
        # past the last open hour the work goes on without pause: late enough to count as late
        ends[step.key] = begin + step.setup + run if end is None else end
        done = ends[step.key] + step.delivery
        completion[step.case] = max(completion.get(step.case, 0), done)
    return completion


def _steps(problem: Problem, plan: Plan) -> list[_Step]:
    hours: dict[tuple[str, str | None], WorkingTime] = {}
    feeds: dict[SubLotKey, list[tuple[SubLotKey, int]]] = {}
    ends = {sublot.key: sublot.end for sublot in plan.sublots}
    starts = {sublot.key: sublot.start for sublot in plan.sublots}
    for t in plan.transfers:
        giver = (t.from_operation, t.from_lot)
        taker = (t.to_operation, t.to_lot)
        # transfer batches arrive before their giver ends, or after their taker began: those two then shift together
        feeds.setdefault(taker, []).append((giver, min(t.arrive, starts[taker]) - ends[giver]))
    delivery: dict[SubLotKey, int] = {}
    for d in plan.deliveries:
        key = (d.operation, d.lot)
        delivery[key] = max(delivery.get(key, 0), d.arrive - ends[key])
    before = _before_on_resource(plan)
    steps = []
    for sublot in _in_order(plan, feeds, before):
        operation = problem.operation[sublot.operation]
        option = next(o for o in operation.options if o.machine == sublot.machine)
        resource = (sublot.machine, sublot.person)
        if resource not in hours:
            hours[resource] = WorkingTime.of(problem.windows(*resource))
        steps.append(
            _Step(
                sublot.key,
                operation.case,
                sublot.start,
                sublot.setup_minutes,
                option.run_minutes(sublot.quantity),
                math.sqrt(math.log1p(option.spread**2)),
                tuple(feeds.get(sublot.key, ())),
                before[sublot.key],
                hours[resource],
                delivery.get(sublot.key, 0),
            )
        )
    return steps


def _in_order(
    plan: Plan,
    feeds: Mapping[SubLotKey, list[tuple[SubLotKey, int]]],
    before: Mapping[SubLotKey, tuple[SubLotKey, ...]],
) -> list[SubLot]:
    """Sub-lots after all that they wait for, the earliest first.

    With transfer batches two may wait for different pieces of each other; then the earlier one goes first.
    """
    waits = {s.key: {giver for giver, _minutes in feeds.get(s.key, ())} | set(before[s.key]) for s in plan.sublots}
    holds: dict[SubLotKey, list[SubLotKey]] = {}
    for key, others in waits.items():
        for other in others:
            holds.setdefault(other, []).append(key)
    sublot = {s.key: s for s in plan.sublots}
    rank = {s.key: (s.start, s.end, s.key) for s in plan.sublots}
    left = sorted(sublot, key=rank.__getitem__, reverse=True)
    ready = [(rank[key], key) for key in sublot if not waits[key]]
    heapify(ready)
    ordered: list[SubLot] = []
    done: set[SubLotKey] = set()
    while len(ordered) < len(sublot):
        while left and left[-1] in done:
            left.pop()
        key = heappop(ready)[1] if ready else left.pop()
        if key in done:
            continue
        done.add(key)
        ordered.append(sublot[key])
        for other in holds.get(key, ()):
            waits[other].discard(key)
            if not waits[other] and other not in done:
                heappush(ready, (rank[other], other))
    return ordered


def _before_on_resource(plan: Plan) -> dict[SubLotKey, tuple[SubLotKey, ...]]:
    """For each sub-lot the ones just before it on its machine and with its person."""
    last: dict[tuple[str, str], SubLotKey] = {}
    before: dict[SubLotKey, tuple[SubLotKey, ...]] = {}
    for sublot in sorted(plan.sublots, key=lambda s: (s.start, s.end, s.key)):
        resources = [("machine", sublot.machine)]
        if sublot.person is not None:
            resources.append(("person", sublot.person))
        before[sublot.key] = tuple(last[r] for r in resources if r in last)
        for resource in resources:
            last[resource] = sublot.key
    return before

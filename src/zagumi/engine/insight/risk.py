"""How likely a plan keeps its dates: a seeded simulation of many courses of it, in the plan's own order.

What varies: the minutes of a piece with the option's ``spread`` (log-normal with the planned time as its median, so
that delays are longer than gains); how many pieces must be worked until enough are good, each being good with the
option's ``good_rate``; and stops of machines, where it is said how often they happen. Machines keep the plan's order,
people and sub-lots wait for what feeds them, nothing starts before it was planned, and work rests outside open hours
and while the machine is booked. A sub-lot of an operation has the same luck in every plan: so plans can be compared.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from zagumi.engine.clock import Window, without
from zagumi.engine.errors import ProblemError
from zagumi.engine.insight.failure import frozen_keys
from zagumi.engine.plan.plan import Plan, SubLot
from zagumi.engine.problem import Option, Problem, Service

SubLotKey = tuple[str, int]
Moments = NDArray[np.int64]  # one for each course


@dataclass(frozen=True, slots=True)
class Stops:
    """How a machine stops: once in ``every`` working minutes and for ``minutes`` of them, both on average.

    The minutes between stops and those of a stop are exponential.
    """

    every: int
    minutes: int

    def __post_init__(self) -> None:
        if self.every < 1:
            raise ProblemError("stops, every", self.every, "1 minute or more")
        if self.minutes < 0:
            raise ProblemError("stops, minutes", self.minutes, "0 minutes or more")


@dataclass(frozen=True, slots=True)
class Chances:
    """What varies: run times by ``spread``, the pieces worked by ``good_rate``, and the stops of every machine."""

    spread: bool = True
    good_rate: bool = True
    stops: Stops | None = None


@dataclass(frozen=True, slots=True)
class Prospect:
    """One case's dates in simulation.

    Attributes:
        on_time: share of courses that keep the date (1.0 without one).
        early, middle, late: completion in the first tenth, half and nine tenths of the courses.
        short: minutes that ``late`` lies after the date: so much slack is missing for nine courses out of ten.
    """

    case: str
    on_time: float
    early: int
    middle: int
    late: int
    short: int = 0


@dataclass(frozen=True, slots=True)
class Forecast:
    """A plan in simulation.

    Attributes:
        cases: by id.
        every: share of the courses in which every date is kept.
        completion: of each case in each course.
    """

    cases: Mapping[str, Prospect]
    every: float
    completion: Mapping[str, Moments]

    @property
    def least(self) -> float:
        """The share of the case that most often misses its date."""
        return min((prospect.on_time for prospect in self.cases.values()), default=1.0)


def prospects(problem: Problem, plan: Plan, *, samples: int = 200, seed: int = 0) -> dict[str, Prospect]:
    """Simulate ``samples`` courses of a valid plan without stops; the same seed gives the same answer."""
    return dict(forecast(problem, plan, samples=samples, seed=seed).cases)


def forecast(
    problem: Problem, plan: Plan, *, samples: int = 200, seed: int = 0, chances: Chances | None = None
) -> Forecast:
    """Simulate ``samples`` courses of a valid plan; the same seed gives the same answer.

    Raises:
        ProblemError: fewer than one sample.
    """
    if samples < 1:
        raise ProblemError("simulation, samples", samples, "1 or more")
    luck = _Luck(chances or Chances(), samples, seed)
    completion = {case.id: np.full(samples, case.release) for case in problem.cases}
    ends: dict[SubLotKey, Moments] = {}
    for step in _steps(problem, plan):
        ready = np.full(samples, step.sublot.start)
        for giver, way in step.feeds:
            if giver in ends:
                ready = np.maximum(ready, way.after(ends[giver]))
        for before in step.same_resource:
            if before in ends:
                ready = np.maximum(ready, ends[before])
        ends[step.sublot.key] = step.hours.done(ready, luck.minutes(step.sublot, step.option))
        completion[step.case] = np.maximum(completion[step.case], step.delivery.after(ends[step.sublot.key]))
    kept = np.full(samples, fill_value=True)
    found = {}
    for case in problem.cases:
        moments = np.sort(completion[case.id])
        early, middle, late = (int(moments[min(samples - 1, int(share * samples))]) for share in (0.1, 0.5, 0.9))
        due = max(int(moments[-1]), case.release) if case.due is None else case.due
        kept &= completion[case.id] <= due
        on_time = float(np.mean(moments <= due))
        found[case.id] = Prospect(case.id, on_time, early, middle, late, max(0, late - due))
    return Forecast(found, float(np.mean(kept)), completion)


class _Luck:
    """What chance does to each sub-lot, by its name alone: whatever the machine, the plan or the order."""

    def __init__(self, chances: Chances, samples: int, seed: int) -> None:
        self.chances, self.samples, self.seed = chances, samples, seed

    def minutes(self, sublot: SubLot, option: Option) -> Moments:
        """Working minutes of a sub-lot, set-up and repairs included."""
        chances, name = self.chances, crc32(sublot.operation.encode())
        durations, pieces, stops = (
            np.random.Generator(np.random.PCG64((self.seed, name, sublot.lot, kind))) for kind in range(3)
        )
        worked = np.full(self.samples, float(option.worked(sublot.quantity)))
        if chances.good_rate and option.good_rate < 1:
            # pieces spoilt until so many are good: negative binomial
            worked = sublot.quantity + pieces.negative_binomial(sublot.quantity, option.good_rate, self.samples)
        each = np.full(self.samples, option.minutes_per_piece)
        if chances.spread and option.spread:
            sigma = math.sqrt(math.log1p(option.spread**2))
            each = each * np.exp(sigma * durations.standard_normal(self.samples))
        minutes: NDArray[np.float64] = sublot.setup_minutes + np.ceil(worked * each - 1e-9)
        if chances.stops is not None:
            often = stops.poisson(minutes / chances.stops.every)
            minutes = minutes + np.rint(stops.standard_gamma(often) * chances.stops.minutes)
        whole: Moments = minutes.astype(np.int64)
        return whole


class _Hours:
    """Open hours for all courses at once."""

    def __init__(self, windows: tuple[Window, ...]) -> None:
        self.opens, self.closes = np.array(windows, dtype=np.int64).reshape(-1, 2).T
        self.before = np.concatenate(([0], np.cumsum(self.closes - self.opens)))  # open minutes before each window
        self.opens = np.append(self.opens, np.iinfo(np.int64).max // 2)

    def done(self, ready: Moments, minutes: Moments) -> Moments:
        """When so many minutes of work are done that may begin at ``ready``.

        Past the last open hour work goes on without pause: late enough to count as late.
        """
        at = np.searchsorted(self.closes, ready, side="right")  # the window it is in, else the next one
        is_late = at == len(self.closes)
        begin = np.where(is_late, ready, np.maximum(ready, self.opens[at]))
        worked = self.before[at] + np.where(is_late, 0, begin - self.opens[at]) + minutes
        is_late |= worked > self.before[-1]
        last = np.maximum(np.searchsorted(self.before, worked, side="left") - 1, 0)
        end = np.where(is_late | (minutes == 0), begin + minutes, self.opens[last] + worked - self.before[last])
        return end.astype(np.int64)


class _Runs:
    """Runs of a service for all courses at once; what misses the last arrives after the horizon."""

    def __init__(self, problem: Problem, service: Service) -> None:
        self.departures, self.arrivals = np.array(service.runs, dtype=np.int64).reshape(-1, 2).T
        self.horizon = problem.horizon

    def arrival(self, ready: Moments) -> Moments:
        """When what is ready arrives."""
        at = np.searchsorted(self.departures, ready)
        missed = at == len(self.departures)
        return np.where(missed, np.maximum(ready, self.horizon) + 1, np.append(self.arrivals, 0)[at])


@dataclass(frozen=True, slots=True)
class _Way:
    """From the end of a sub-lot to what it allows: ``minutes`` later; so late with the next run, less ``spare``."""

    minutes: int = 0
    runs: _Runs | None = None
    spare: int = 0

    def after(self, ends: Moments) -> Moments:
        """What the ends of a sub-lot allow."""
        ready: Moments = ends + self.minutes
        return ready if self.runs is None else self.runs.arrival(ready) - self.spare


@dataclass(frozen=True, slots=True)
class _Step:
    """A sub-lot ready for simulation. ``feeds``: givers, and when they allow its start at the earliest."""

    sublot: SubLot
    case: str
    option: Option
    feeds: tuple[tuple[SubLotKey, _Way], ...]
    same_resource: tuple[SubLotKey, ...]
    hours: _Hours
    delivery: _Way


def _steps(problem: Problem, plan: Plan) -> list[_Step]:
    hours: dict[tuple[str, str | None, bool], _Hours] = {}
    before, frozen = _before_on_resource(plan), frozen_keys(problem, plan)
    feeds, delivery = _ways(problem, plan, frozen)
    steps = []
    for sublot in _in_order(plan, feeds, before):
        operation = problem.operation[sublot.operation]
        resource = (sublot.machine, sublot.person, sublot.key in frozen)
        if resource not in hours:
            windows = problem.windows(sublot.machine, sublot.person)
            bookings = () if sublot.key in frozen else problem.machine[sublot.machine].bookings
            hours[resource] = _Hours(without(windows, bookings))
        steps.append(
            _Step(
                sublot,
                operation.case,
                next(option for option in operation.options if option.machine == sublot.machine),
                tuple(feeds.get(sublot.key, ())),
                before[sublot.key],
                hours[resource],
                delivery.get(sublot.key, _Way()),
            )
        )
    return steps


def _ways(
    problem: Problem, plan: Plan, frozen: Collection[SubLotKey]
) -> tuple[dict[SubLotKey, list[tuple[SubLotKey, _Way]]], dict[SubLotKey, _Way]]:
    """What feeds each sub-lot, and the way of its last delivery."""
    made = {sublot.key: sublot for sublot in plan.sublots}
    site = {sublot.key: problem.machine[sublot.machine].site for sublot in plan.sublots}
    runs = {pair: _Runs(problem, service) for pair, service in problem.services.items()}
    feeds: dict[SubLotKey, list[tuple[SubLotKey, _Way]]] = {}
    for t in plan.transfers:
        giver, taker = (t.from_operation, t.from_lot), (t.to_operation, t.to_lot)
        end, there = made[giver].end, min(t.arrive, made[taker].start)
        service = runs.get((site[giver], site[taker])) if taker not in frozen else None
        if service is not None:
            lag = next(link.lag for link in problem.operation[t.to_operation].after if link.before == t.from_operation)
            way = _Way(min(lag, t.depart - end), service, t.arrive - there)
        else:
            # transfer batches arrive before their giver ends, or after their taker began: those two then shift together
            way = _Way(there - end)
        feeds.setdefault(taker, []).append((giver, way))
    delivery: dict[SubLotKey, _Way] = {}
    for d in sorted(plan.deliveries, key=lambda d: d.arrive):
        key, to_site = (d.operation, d.lot), problem.case[problem.operation[d.operation].case].deliver_to
        service = runs.get((site[key], to_site or ""))
        delivery[key] = _Way(d.arrive - made[key].end) if service is None else _Way(0, service)
    return feeds, delivery


def _in_order(
    plan: Plan,
    feeds: Mapping[SubLotKey, list[tuple[SubLotKey, _Way]]],
    before: Mapping[SubLotKey, tuple[SubLotKey, ...]],
) -> list[SubLot]:
    """Sub-lots after all that they wait for, the earliest first.

    With transfer batches two may wait for different pieces of each other; then the earlier one goes first.
    """
    waits = {s.key: {giver for giver, _way in feeds.get(s.key, ())} | set(before[s.key]) for s in plan.sublots}
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

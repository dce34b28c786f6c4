"""What happens while a plan is in force, and the problem that is then left.

Work begun before ``now`` stands where it is, unless its machine stops: then the whole sub-lot is made anew. Nothing
else may begin before ``now``. ``docs/engine/files.md`` describes events as a file.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from operator import eq

from zagumi.engine.clock import Window, WorkingTime, union
from zagumi.engine.errors import ProblemError
from zagumi.engine.files import Format
from zagumi.engine.insight.failure import Key, begun, less_bands
from zagumi.engine.plan.plan import Plan, SubLot
from zagumi.engine.problem import (
    Case,
    FrozenWork,
    Machine,
    Operation,
    Option,
    Part,
    PlannedWork,
    Problem,
    Roads,
    Service,
)


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case that comes in, with its work."""

    case: Case
    operations: tuple[Operation, ...]
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Stop:
    """A machine, all of a site or company, or the road between two sites, out of use from ``start``, before ``end``.

    Just one of the four is named. Whatever takes the road, at any time, is taken to wait as long as the stop lasts. Of
    a service on it the runs within the stop fall out; where both directions have one, nothing else waits.
    """

    start: int
    end: int
    machine: str | None = None
    company: str | None = None
    road: tuple[str, str] | None = None
    site: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ProblemError("stop", f"from {self.start} to {self.end}", "minutes in order")
        named = [name for name in ("machine", "site", "company", "road") if getattr(self, name) is not None]
        if len(named) != 1:
            raise ProblemError("stop", " and ".join(named) or "nothing", "one of machine, site, company, road")


@dataclass(frozen=True, slots=True)
class Delay:
    """An operation takes so many working minutes more; what of it is in progress ends so much later."""

    operation: str
    minutes: int

    def __post_init__(self) -> None:
        if self.minutes < 1:
            raise ProblemError(f"delay of operation {self.operation}, minutes", self.minutes, "1 or more")


@dataclass(frozen=True, slots=True)
class Change:
    """A case is wanted in another quantity, in hundredths of the one planned; what has begun is made all the same."""

    case: str
    percent: int

    def __post_init__(self) -> None:
        if self.percent < 1:
            raise ProblemError(f"change of case {self.case}, percent", self.percent, "1 or more")


@dataclass(frozen=True, slots=True)
class Events:
    """All that has happened by minute ``now``."""

    now: int = 0
    cases: tuple[NewCase, ...] = ()
    stops: tuple[Stop, ...] = ()
    delays: tuple[Delay, ...] = ()
    changes: tuple[Change, ...] = ()


EVENTS = Format("zagumi-events", Events, 1, {})


def changed(problem: Problem, plan: Plan, events: Events, stability: int) -> Problem:
    """The problem that events leave, with the plan in force in its policy.

    Args:
        plan: the plan in force, valid before the events.
        stability: weight of each operation moved.

    Raises:
        ProblemError: an event names what is not there, or cannot be at this time.
    """
    return _Change(problem, plan, events).problem(stability)


class _Change:
    """The parts of the changed problem."""

    def __init__(self, problem: Problem, plan: Plan, events: Events) -> None:
        self.given, self.plan, self.events = problem, plan, events
        if not 0 <= events.now < problem.horizon:
            raise ProblemError("events, now", events.now, f"a minute before the horizon at {problem.horizon}")
        self.stopped = self._stopped()
        broken = {
            sublot.key
            for machine, spans in self.stopped.items()
            for sublot in plan.on_machine.get(machine, ())
            for start, end in spans
            if sublot.start < end and max(sublot.end, sublot.start + 1) > start
        }
        stands = begun(problem, plan, events.now, broken)
        self.kept = [sublot for sublot in plan.sublots if sublot.key in stands]
        self.pieces: dict[str, int] = defaultdict(int)
        for sublot in self.kept:
            self.pieces[sublot.operation] += sublot.quantity
        self.later = self._later()

    def problem(self, stability: int) -> Problem:
        """All of it put together."""
        given, new = self.given, self.events.cases
        policy = given.policy
        changed = self._operations()
        return replace(
            given,
            machines=tuple(self._machine(machine) for machine in less_bands(given, self.plan, self.kept)),
            cases=(*(self._case(case) for case in given.cases), *(self._case(each.case) for each in new)),
            parts=(*given.parts, *(part for each in new for part in each.parts)),
            operations=(
                *(changed.get(operation.id, operation) for operation in given.operations),
                *(operation for each in new for operation in each.operations),
            ),
            roads=self._roads(),
            policy=replace(
                policy,
                weights=replace(policy.weights, stability=stability),
                frozen=tuple(self._frozen(sublot) for sublot in self.kept),
                in_force=tuple(
                    PlannedWork(s.operation, s.machine, s.quantity, s.start, s.person) for s in self.plan.sublots
                ),
            ),
        )

    def _stopped(self) -> dict[str, list[Window]]:
        """When each machine is out of use."""
        problem, found = self.given, defaultdict[str, list[Window]](list)
        for stop in self.events.stops:
            if stop.machine is not None:
                _known("stop, machine", stop.machine, problem.machine)
            if stop.site is not None:
                _known("stop, site", stop.site, problem.site)
            if stop.company is not None:
                _known("stop, company", stop.company, problem.company)
            for machine in problem.machines:
                names = machine.id, machine.site, problem.company_of(machine.id)
                if any(map(eq, names, (stop.machine, stop.site, stop.company))):
                    found[machine.id].append((stop.start, stop.end))
        return found

    def _machine(self, machine: Machine) -> Machine:
        """A machine taken until now and while it stops."""
        past = [(0, self.events.now)] if self.events.now else []
        spans = [*past, *self.stopped.get(machine.id, ())]
        return replace(machine, bookings=union([*machine.bookings, *spans])) if spans else machine

    def _case(self, case: Case) -> Case:
        """A case whose work does not start before now; one already late is held back by its machines alone."""
        release = self.events.now if case.due is None else min(self.events.now, case.due)
        return replace(case, release=release) if release > case.release else case

    def _roads(self) -> Roads:
        """Roads with longer ways, and services with the runs that are left."""
        roads = self.given.roads
        services = tuple(replace(service, runs=tuple(self._runs(service))) for service in roads.services)
        return replace(roads, delays=self._delays(), services=services)

    def _runs(self, service: Service) -> Iterator[Window]:
        """The runs of a service without those that would set off on a stopped road; what is on it waits there."""
        pair, latest = {service.origin, service.destination}, 0
        later = self.given.roads.delay(service.origin, service.destination)
        stops = [stop for stop in self.events.stops if stop.road is not None and set(stop.road) == pair]
        for departure, arrival in service.runs:
            if any(stop.start <= departure < stop.end for stop in stops):
                continue
            held = (stop.end - stop.start for stop in stops if departure < stop.start < arrival + later)
            latest = max(latest, arrival + sum(held))
            yield departure, latest

    def _delays(self) -> dict[tuple[str, str], int]:
        """Minutes by which ways are longer."""
        found = dict(self.given.roads.delays)
        for stop in self.events.stops:
            if stop.road is not None:
                for site in stop.road:
                    _known("stop, road", site, self.given.site)
                if all(way in self.given.services for way in (stop.road, stop.road[::-1])):
                    continue  # their runs say when they travel
                found[stop.road] = found.get(stop.road, 0) + stop.end - max(stop.start, min(self.events.now, stop.end))
        return found

    def _later(self) -> dict[Key, int]:
        """Working minutes by which sub-lots in progress end later."""
        found: dict[Key, int] = defaultdict(int)
        for delay in self.events.delays:
            _known("delay, operation", delay.operation, self.given.operation)
            lots = [sublot for sublot in self.kept if sublot.operation == delay.operation]
            running = [sublot.key for sublot in lots if sublot.end > self.events.now]
            if not running and self.pieces[delay.operation] == self.given.operation[delay.operation].quantity:
                ended = max(sublot.end for sublot in lots)
                place = f"delay of operation {delay.operation}"
                raise ProblemError(place, f"ended at {ended}", f"an operation not done by {self.events.now}")
            for key in running:
                found[key] += delay.minutes
        return found

    def _frozen(self, s: SubLot) -> FrozenWork:
        end = s.end
        if s.key in self.later:
            hours = WorkingTime.of(self.given.windows(s.machine, s.person))
            found = hours.finish(s.end, self.later[s.key])
            if found is None:
                expected = f"an end by the horizon at {self.given.horizon}"
                raise ProblemError(f"delay of operation {s.operation}", f"{self.later[s.key]} minutes", expected)
            end = found
        return FrozenWork(s.operation, s.machine, s.quantity, s.start, end, s.person, s.setup_minutes)

    def _operations(self) -> dict[str, Operation]:
        """Operations that are longer or of other quantity, by id."""
        found = dict(self._resized())
        running = {name for name, _lot in self.later}
        for delay in self.events.delays:
            if delay.operation not in running:
                operation = found.get(delay.operation, self.given.operation[delay.operation])
                rest = operation.quantity - self.pieces[delay.operation]
                options = tuple(_longer(option, delay.minutes, rest) for option in operation.options)
                found[delay.operation] = replace(operation, options=options)
        return found

    def _resized(self) -> Iterator[tuple[str, Operation]]:
        """Operations of cases wanted in another quantity: what is made last by its share, what feeds it as it needs."""
        share: dict[str, int] = {}
        for change in self.events.changes:
            _known("change, case", change.case, self.given.case)
            share[change.case] = change.percent
        need: dict[str, int] = defaultdict(int)
        for name in reversed(self.given.order) if share else ():
            operation = self.given.operation[name]
            if operation.case in share:
                scaled = math.ceil(operation.quantity * share[operation.case] / 100)
                quantity = max(scaled, need[name], self.pieces[name])
                for link in operation.after:
                    need[link.before] = max(need[link.before], quantity * link.per)
                yield name, replace(operation, quantity=quantity)


def _longer(option: Option, minutes: int, pieces: int) -> Option:
    """An option that takes so many minutes more for so many pieces, shared among them."""
    return replace(option, minutes_per_piece=option.minutes_per_piece + minutes / option.worked(pieces))


def _known(place: str, name: str, index: Collection[str]) -> None:
    if name not in index:
        raise ProblemError(place, name, "one of the problem's")

"""One thing that fails for a time: what of a plan it hits, what stands, and the problem that is then left.

Work that had begun before the failure stands where it is, unless the failure breaks it off: then the whole sub-lot is
made anew. Nothing else may begin before the failure does. Pieces made before it are taken to go straight to where they
are then needed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from zagumi.engine.clock import union, without
from zagumi.engine.errors import ProblemError
from zagumi.engine.insight.compare import working_minutes
from zagumi.engine.plan.plan import Plan, SubLot
from zagumi.engine.problem import Calendar, FrozenWork, Machine, Operation, Problem

Key = tuple[str, int]


class Kind(StrEnum):
    """What can fail."""

    MACHINE = "machine"
    COMPANY = "company"
    SITE = "site"
    VEHICLE = "vehicle"  # a kind of vehicle
    DISTRICT = "district"


@dataclass(frozen=True, slots=True)
class Failure:
    """A thing that is not there from minute ``start`` until before minute ``end``.

    ``machines`` are those that stand still with it, by id; none with a vehicle.
    """

    kind: Kind
    id: str
    start: int
    end: int
    machines: tuple[str, ...] = ()

    def covers(self, start: int, end: int) -> bool:
        """Whether something from ``start`` to ``end``, perhaps at one moment, falls into the failure."""
        return start < self.end and (end > self.start or start >= self.start)


def failures(problem: Problem, kinds: Iterable[Kind], start: int = 0, minutes: int | None = None) -> list[Failure]:
    """Every single thing of these kinds, failing alone; companies, sites and districts are those with machines.

    Args:
        minutes: how long it fails; None: until the horizon.

    Raises:
        ProblemError: the failure would begin at the horizon or later, or last no minute.
    """
    if not 0 <= start < problem.horizon:
        raise ProblemError("failure, start", start, f"a minute before the horizon at {problem.horizon}")
    if minutes is not None and minutes < 1:
        raise ProblemError("failure, minutes", minutes, "1 or more")
    end = problem.horizon if minutes is None else min(problem.horizon, start + minutes)
    found = []
    for kind in kinds:
        if kind is Kind.VEHICLE:
            found += [Failure(kind, vehicle.id, start, end) for vehicle in problem.roads.vehicles]
            continue
        groups: dict[str, list[str]] = {}
        for machine in problem.machines:
            groups.setdefault(_group(problem, kind, machine), []).append(machine.id)
        found += [Failure(kind, name, start, end, tuple(sorted(groups[name]))) for name in sorted(groups) if name]
    return found


def _group(problem: Problem, kind: Kind, machine: Machine) -> str:
    if kind is Kind.MACHINE:
        return machine.id
    if kind is Kind.COMPANY:
        return problem.company_of(machine.id) or ""
    return machine.site if kind is Kind.SITE else problem.site[machine.site].district


def hit(plan: Plan, failure: Failure) -> tuple[SubLot, ...]:
    """Sub-lots that run on a failed machine while it fails."""
    return tuple(
        sublot
        for machine in failure.machines
        for sublot in plan.on_machine.get(machine, ())
        if failure.covers(sublot.start, sublot.end)
    )


def standing(problem: Problem, plan: Plan, failure: Failure) -> frozenset[Key]:
    """Sub-lots that stay when something fails: those :func:`begun` before, unless the failure breaks them off."""
    return begun(problem, plan, failure.start, {sublot.key for sublot in hit(plan, failure)})


def begun(problem: Problem, plan: Plan, minute: int, broken: Collection[Key]) -> frozenset[Key]:
    """Sub-lots begun or frozen before a minute, with those that still feed them, unless one of these is broken off.

    What has ended stands whatever becomes of its givers: it had its pieces.
    """
    made = {sublot.key: sublot for sublot in plan.sublots}
    feeders: dict[Key, list[Key]] = {}
    for move in plan.transfers:
        taker = move.to_operation, move.to_lot
        if made[taker].end > minute:
            feeders.setdefault(taker, []).append((move.from_operation, move.from_lot))
    given = frozen_keys(problem, plan)
    ready = [key for key in made if made[key].start < minute or key in given]
    wanted: set[Key] = set()
    while ready:
        key = ready.pop()
        if key not in wanted:
            wanted.add(key)
            ready += feeders.get(key, ())
    fallen = set(broken)
    falls = True
    while falls:
        falling = {key for key in wanted - fallen if any(giver in fallen for giver in feeders.get(key, ()))}
        fallen |= falling
        falls = bool(falling)
    return frozenset(wanted - fallen)


def frozen_keys(problem: Problem, plan: Plan) -> frozenset[Key]:
    """The plan's sub-lots that are the problem's frozen work."""
    left = Counter((w.operation, w.machine, w.quantity, w.start, w.end, w.person) for w in problem.policy.frozen)
    found = set()
    for s in plan.sublots if left else ():
        work = (s.operation, s.machine, s.quantity, s.start, s.end, s.person)
        if left[work]:
            left[work] -= 1
            found.add(s.key)
    return frozenset(found)


def left_over(
    problem: Problem, plan: Plan, failure: Failure, stands: Collection[Key], lost: Collection[str] = ()
) -> Problem:
    """The problem that is left: the failed machines closed, what stands frozen, nothing begun before the failure.

    Args:
        stands: sub-lots that stay as they are.
        lost: cases that are given up; their work is broken off and leaves its machines free.
    """
    kept = [s for s in plan.sublots if s.key in stands and problem.operation[s.operation].case not in lost]
    hours = _Hours(problem, failure)
    machines = tuple(hours.of(machine) for machine in less_bands(problem, plan, kept))
    frozen = tuple(
        FrozenWork(s.operation, s.machine, s.quantity, s.start, s.end, s.person, s.setup_minutes) for s in kept
    )
    at = {(s.operation, s.machine) for s in kept}
    operations = (operation for operation in problem.operations if operation.case not in lost)
    return replace(
        problem,
        cases=tuple(case for case in problem.cases if case.id not in lost),
        parts=tuple(part for part in problem.parts if part.case not in lost),
        operations=tuple(_less_options(operation, hours.closed, at) for operation in operations),
        machines=machines,
        calendars=(*problem.calendars, *hours.calendars.values()),
        policy=replace(problem.policy, frozen=frozen, one_company=problem.policy.one_company - frozenset(lost)),
    )


def _less_options(operation: Operation, closed: set[str], at: set[tuple[str, str]]) -> Operation:
    """The operation without the machines that never open again, except where work of its own stands."""
    if not any(option.machine in closed for option in operation.options):
        return operation
    kept = (o for o in operation.options if o.machine not in closed or (operation.id, o.machine) in at)
    return replace(operation, options=tuple(kept))


def less_bands(problem: Problem, plan: Plan, kept: list[SubLot]) -> Iterable[Machine]:
    """Machines whose bands have given their minutes to the work that stands; frozen work takes nothing by itself."""
    given = frozen_keys(problem, plan)
    used: Counter[tuple[str, int]] = Counter()
    for s in kept:
        for at, band in enumerate(problem.machine[s.machine].bands):
            if band.start <= s.start < band.end and s.key not in given:
                used[s.machine, at] += working_minutes(problem, s)
    for machine in problem.machines:
        if not machine.bands:
            yield machine
            continue
        bands = enumerate(machine.bands)
        left = tuple(replace(band, minutes=max(0, band.minutes - used[machine.id, at])) for at, band in bands)
        yield replace(machine, bands=left)


class _Hours:
    """Open hours from the failure on, as calendars of their own.

    ``closed`` are failed machines that never open again; ``calendars`` those made so far, by what they come from.
    """

    def __init__(self, problem: Problem, failure: Failure) -> None:
        self.problem, self.failure = problem, failure
        self.closed: set[str] = set()
        self.calendars: dict[tuple[str | None, bool], Calendar] = {}

    def of(self, machine: Machine) -> Machine:
        """A machine with the hours that are left to it."""
        failure = self.failure
        failed = machine.id in failure.machines
        if not failed and failure.start == 0:
            return machine
        calendar = self._calendar(machine, failed=failed)
        if not failed:
            return replace(machine, calendar=calendar.id)
        if calendar.windows[0][0] >= self.problem.horizon:
            self.closed.add(machine.id)
        # a booking too: no work may pause over the failure
        bookings = union([*machine.bookings, (failure.start, failure.end)])
        return replace(machine, calendar=calendar.id, bookings=bookings)

    def _calendar(self, machine: Machine, *, failed: bool) -> Calendar:
        origin = (machine.calendar, failed)
        if origin not in self.calendars:
            horizon, failure = self.problem.horizon, self.failure
            gone = (0, failure.end if failed else failure.start)
            windows = without(self.problem.windows(machine.id), [gone])
            name = f"{machine.calendar or 'always'} from {gone[1]}"
            while name in self.problem.calendar:
                name += "'"
            self.calendars[origin] = Calendar(name, windows or ((horizon, horizon + 1),))
        return self.calendars[origin]

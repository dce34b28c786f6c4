"""Earliest times: when each operation could run if nothing else took its machine or its people.

All times are lower bounds for every valid plan. Calendars, bookings, bands and work that may not pause count, the
sequence on machines does not. A time beyond the horizon is given as the horizon.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from zagumi.engine.clock import Window, WorkingTime, common, without
from zagumi.engine.problem import Link, Operation, Option, Problem

ENDLESS = 2**62


@dataclass(frozen=True, slots=True)
class Opening:
    """Minutes in which a sub-lot may start: from ``start`` before ``end``, done by ``until``, of at most ``budget``."""

    start: int
    end: int
    until: int
    budget: int


class Rooms:
    """Where a sub-lot fits on a machine that has nothing but its bookings and its frozen work."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._taken: dict[str, list[Window]] = {machine.id: list(machine.bookings) for machine in problem.machines}
        for work in problem.policy.frozen:
            self._taken[work.machine].append((work.start, work.end))
        self._hours: dict[tuple[str | None, str | None], WorkingTime] = {}
        self._openings: dict[object, tuple[list[Opening], list[int]]] = {}

    def calendars(self, machine: str, person: str | None) -> tuple[str | None, str | None]:
        """What decides the open hours of a machine and the person who attends."""
        return self.problem.machine[machine].calendar, None if person is None else self.problem.person[person].calendar

    def hours(self, machine: str, person: str | None = None) -> WorkingTime:
        """Open hours as working time."""
        key = self.calendars(machine, person)
        if key not in self._hours:
            self._hours[key] = WorkingTime.of(self.problem.windows(machine, person))
        return self._hours[key]

    def free(self, machine: str) -> tuple[Window, ...]:
        """Stretches of clock time, closed minutes included, between bookings and frozen work."""
        return without(((0, self.problem.horizon),), self._taken[machine])

    def openings(self, machine: str, person: str | None, *, empty: bool) -> tuple[list[Opening], list[int]]:
        """Where a sub-lot may start, and the ends of these; an ``empty`` one, of no minutes, needs no room."""
        bands = self.problem.machine[machine].bands
        own = machine if bands or (self._taken[machine] and not empty) else None
        key = (*self.calendars(machine, person), own, empty)
        if key not in self._openings:
            hours = self.hours(machine, person).windows
            stretches = ((0, self.problem.horizon),) if empty else self.free(machine)
            allowed = [((band.start, band.end), band.minutes) for band in bands] or [
                ((0, self.problem.horizon), ENDLESS)
            ]
            found = [
                Opening(start, end, stretch[1], budget)
                for window, budget in allowed
                for stretch in common([window], stretches)
                for start, end in common([stretch], hours)
            ]
            if bands and not empty:  # the stretch was cut by the band, but only the start must lie within
                free = self.free(machine)
                found = [Opening(o.start, o.end, _until(free, o.start), o.budget) for o in found]
            self._openings[key] = (found, [opening.end for opening in found])
        return self._openings[key]

    def fit(
        self, machine: str, person: str | None, ready: int, minutes: int, *, may_pause: bool
    ) -> tuple[int, int] | None:
        """Earliest start from ``ready`` on, and the end; None when it fits nowhere before the horizon."""
        hours = self.hours(machine, person)
        openings, ends = self.openings(machine, person, empty=minutes == 0)
        for opening in openings[bisect_right(ends, ready) :]:
            start = max(ready, opening.start)
            end = hours.finish(start, minutes)
            if end is None:
                return None
            if end <= opening.until and minutes <= opening.budget and (may_pause or end - start == minutes):
                return start, end
        return None


def _until(stretches: tuple[Window, ...], minute: int) -> int:
    return next(end for start, end in stretches if start <= minute < end)


@dataclass(frozen=True, slots=True)
class Lots:
    """How the pieces of an operation that are not frozen may be cut.

    Attributes:
        rest: pieces to plan.
        smallest: pieces of the smallest sub-lot.
        share: pieces that some sub-lot must have at least.
        free: sub-lots at most.
        most: the same with the frozen ones.
        whole: one sub-lot, nothing frozen.
    """

    rest: int
    smallest: int
    share: int
    free: int
    most: int
    whole: bool


def lots_of(problem: Problem, operation: Operation) -> Lots:
    """The cuts an operation allows: the rest may always be one sub-lot, whatever its size."""
    frozen = problem.frozen.get(operation.id, ())
    rest = operation.quantity - sum(work.quantity for work in frozen)
    free = 0
    if rest:
        least = operation.min_sublot or rest
        free = max(1, min(operation.max_sublots - len(frozen), rest // least))
    smallest = rest if free < 2 else operation.min_sublot or rest
    share = -(-rest // max(1, free))
    whole = not frozen and free == 1
    return Lots(rest, smallest, share, free, len(frozen) + free, whole)


@dataclass
class Earliest:
    """Lower bounds on times.

    Attributes:
        start, end: of any sub-lot of (operation, machine); absent when it fits nowhere.
        done: of the whole operation.
        completion: of each case.
        tail: least minutes from the end of any sub-lot of an operation to the completion of its case.
    """

    start: dict[tuple[str, str], int] = field(default_factory=dict)
    end: dict[tuple[str, str], int] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)
    completion: dict[str, int] = field(default_factory=dict)
    tail: dict[str, int] = field(default_factory=dict)


class Outlook:
    """Works out :class:`Earliest` along the links."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.rooms = Rooms(problem)
        self.lots = {operation.id: lots_of(problem, operation) for operation in problem.operations}
        self.options = {
            operation.id: problem.eligible(operation) if self.lots[operation.id].rest else ()
            for operation in problem.operations
        }
        self.sites = {machine.id: machine.site for machine in problem.machines}
        self.families = {operation.family for operation in problem.operations if operation.family}
        self.ready: dict[tuple[str, str], int] = {}
        self.found = Earliest()
        self._minutes: dict[tuple[str, str], int] = {}
        self._fits: dict[tuple[str, str, int], tuple[int, int] | None] = {}

    def look(self) -> Earliest:
        """All earliest times and tails."""
        for name in self.problem.order:
            self._place(self.problem.operation[name])
        for case in self.problem.cases:
            self.found.completion[case.id] = 0
        for operation in self.problem.operations:
            completion = self.found.completion
            completion[operation.case] = max(completion[operation.case], self._delivered(operation))
        for name in reversed(self.problem.order):
            self.found.tail[name] = self._tail(self.problem.operation[name])
        return self.found

    def travel(self, from_site: str, to_site: str) -> int:
        """Fewest minutes between two sites."""
        pair = (from_site, to_site)
        if pair not in self._minutes:
            self._minutes[pair] = self.problem.haul(from_site, to_site, 0).minutes
        return self._minutes[pair]

    def arrive(self, from_site: str, to_site: str, ready: int) -> int:
        """When what is ready at a minute reaches another site; behind the horizon after the last run of a service."""
        service = self.problem.services.get((from_site, to_site))
        if service is None:
            return ready + self.travel(from_site, to_site)
        run = service.run(ready)
        return self.problem.horizon + 1 if run is None else run[1]

    def setups(self, operation: Operation, option: Option) -> set[int]:
        """The set-up minutes that some sequence on the machine may ask for."""
        machine = self.problem.machine[option.machine]
        if not operation.family or not machine.setups:
            return {option.setup_minutes}
        befores = self.families | {machine.family}
        return {machine.setups.get((before, operation.family), option.setup_minutes) for before in befores}

    def working(self, operation: Operation, option: Option, pieces: int) -> int:
        """The fewest working minutes of a sub-lot."""
        return min(self.setups(operation, option)) + option.run_minutes(pieces)

    def fit(self, operation: Operation, option: Option, pieces: int) -> tuple[int, int] | None:
        """Earliest start and end of a sub-lot of so many pieces, whoever attends."""
        key = (operation.id, option.machine, pieces)
        if key not in self._fits:
            ready = self.ready[operation.id, option.machine]
            minutes = self.working(operation, option, pieces)
            people = (None,) if option.skill is None else self.problem.attendants(option)
            fits = [
                fit
                for person in people
                if (fit := self.rooms.fit(option.machine, person, ready, minutes, may_pause=operation.may_pause))
            ]
            self._fits[key] = (min(s for s, _ in fits), min(e for _, e in fits)) if fits else None
        return self._fits[key]

    def _place(self, operation: Operation) -> None:
        problem, lots, found = self.problem, self.lots[operation.id], self.found
        release = problem.case[operation.case].release
        dones = []
        for option in self.options[operation.id]:
            site, key = self.sites[option.machine], (operation.id, option.machine)
            firsts = [self._arrival(link, site, lots.smallest * link.per, lots.whole) for link in operation.after]
            self.ready[key] = max([release, *firsts])
            smallest, share = self.fit(operation, option, lots.smallest), self.fit(operation, option, lots.share)
            if smallest is None:
                continue
            found.start[key], found.end[key] = smallest
            if share is not None:
                lasts = [self._last_arrival(link, site, operation.quantity) for link in operation.after if lots.whole]
                dones.append(max([share[1], *lasts]))
        frozen = max((work.end for work in problem.frozen.get(operation.id, ())), default=0)
        rest = min([problem.horizon, *dones]) if lots.rest else 0
        found.done[operation.id] = max(frozen, rest)

    def _arrival(self, link: Link, site: str, need: int, whole: bool) -> int:
        """Earliest arrival at a site of what a sub-lot that takes ``need`` pieces must wait for."""
        giver = self.problem.operation[link.before]
        lots = self.lots[giver.id]
        # Of at most `most` sub-lots that feed it, one gives at least this many.
        pieces = -(-need // lots.most)
        arrivals = [self.problem.horizon]
        for work in self.problem.frozen.get(giver.id, ()):
            if work.quantity >= pieces:
                ready = work.end if link.batch is None else work.start
                arrivals.append(self.arrive(self.sites[work.machine], site, ready + link.lag))
        pieces = max(pieces, lots.smallest)
        for option in self.options[giver.id]:
            fit = self.fit(giver, option, pieces if link.batch is None else lots.smallest)
            if fit is None or pieces > lots.rest:
                continue
            ready = fit[1]
            if link.batch is not None:
                first = min(link.batch, need) if whole and lots.whole else 1
                ready = self._made(giver, option, fit[0], first)
            arrivals.append(self.arrive(self.sites[option.machine], site, ready + link.lag))
        return min(arrivals)

    def _last_arrival(self, link: Link, site: str, quantity: int) -> int:
        """Earliest arrival of the last pieces sent on in batches to an operation done in one sub-lot."""
        giver, need = self.problem.operation[link.before], quantity * link.per
        if link.batch is None or not self.lots[giver.id].whole:
            return 0
        arrivals = [self.problem.horizon]
        for option in self.options[giver.id]:
            if fit := self.fit(giver, option, giver.quantity):
                ready = self._made(giver, option, fit[0], need)
                arrivals.append(self.arrive(self.sites[option.machine], site, ready + link.lag))
        return min(arrivals)

    def _made(self, operation: Operation, option: Option, start: int, pieces: int) -> int:
        made = self.rooms.hours(option.machine).finish(start, self.working(operation, option, pieces))
        return self.problem.horizon if made is None else made

    def _delivered(self, operation: Operation) -> int:
        """Earliest completion an operation allows its case."""
        problem = self.problem
        to_site = problem.case[operation.case].deliver_to
        if to_site is None:
            return self.found.done[operation.id]
        if problem.successors[operation.id]:
            return 0
        lots = self.lots[operation.id]
        arrivals = [
            self.arrive(self.sites[work.machine], to_site, work.end) for work in problem.frozen.get(operation.id, ())
        ]
        done = self.found.done[operation.id] if lots.whole else 0
        rest = [
            self.arrive(self.sites[option.machine], to_site, max(fit[1], done))
            for option in self.options[operation.id]
            if (fit := self.fit(operation, option, lots.share))
        ]
        if lots.rest:
            arrivals.append(min([problem.horizon, *rest]))
        return max(arrivals)

    def _tail(self, operation: Operation) -> int:
        problem, lots = self.problem, self.lots[operation.id]
        case = problem.case[operation.case]
        sites = self._sites(operation)
        if not problem.successors[operation.id]:
            return (
                min((self.travel(a, case.deliver_to) for a in sites), default=0) if case.deliver_to is not None else 0
            )
        tails = [0]
        for name in problem.successors[operation.id]:
            after = problem.operation[name]
            link = next(link for link in after.after if link.before == operation.id)
            spare = after.quantity * link.per < operation.quantity
            if name in problem.frozen or (spare and (link.batch is not None or not lots.whole)):
                continue  # pieces that nobody waits for
            way = min((self.travel(a, b) for a in sites for b in self._sites(after)), default=0)
            pieces = self.lots[name].smallest
            work = (
                min((self.working(after, o, pieces) for o in self.options[name]), default=0)
                if link.batch is None
                else 0
            )
            tails.append(link.lag + way + work + self.found.tail[name])
        return max(tails)

    def _sites(self, operation: Operation) -> set[str]:
        machines = [option.machine for option in self.options[operation.id]]
        machines += [work.machine for work in self.problem.frozen.get(operation.id, ())]
        return {self.sites[machine] for machine in machines}

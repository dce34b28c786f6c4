"""Why a case is late: the chain of waits that its lateness rests on, and nothing else.

The times of a case's sub-lots are explained one by one: pieces arrive, the machine or the person is taken until some
minute, hours are closed, then work begins. With these reasons the case's times are computed anew; with one reason
taken away, the completion says how much of the lateness rests on it. So a wait that slack absorbs, one on a branch
that is not critical, and one of an unrelated case count for nothing. Times of other cases stand as planned.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from zagumi.engine.clock import Window, WorkingTime, union
from zagumi.engine.insight.compare import working_minutes
from zagumi.engine.plan.plan import Delivery, Plan, SubLot, Transfer
from zagumi.engine.problem import Band, Problem, Service

Key = tuple[str, int]
Times = dict[Key, tuple[int, int]]


class Kind(StrEnum):
    """What a case waits for, or spends its time on."""

    RELEASE = "release"  # material or drawings were not there before
    WORK = "work"  # set-up and run
    MACHINE = "machine"  # taken by other sub-lots
    BOOKING = "booking"  # taken by work that is not planned here
    PERSON = "person"  # the attending person was busy elsewhere
    BAND = "band"  # no published capacity left before
    HOURS = "hours"  # closed
    TRANSPORT = "transport"  # on the way, cooling and the wait for a service included
    CHOICE = "choice"  # the plan begins later than it had to


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the chain that decides a case's completion; ``by`` names the operations waited for."""

    kind: Kind
    operation: str
    machine: str
    start: int
    end: int
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason of lateness: ``saves`` minutes of it would go if it were not there, everything else unchanged."""

    kind: Kind
    operation: str
    machine: str
    minutes: int
    saves: int
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lateness:
    """A case against its date.

    Attributes:
        slack: minutes between completion and due date, negative when late; None without a date.
        chain: from release to completion without a gap.
        causes: single reasons by what they save, at most the lateness; none when the case is not late.
        kinds: what all reasons of a kind save together: one wait often hides behind the next.
        at_best: completion if nothing of this case ever waited for a machine, a person or hours, on the machines
            it has; beyond the due date no sequence helps.
    """

    case: str
    completion: int
    slack: int | None
    chain: tuple[Segment, ...]
    causes: tuple[Cause, ...]
    kinds: tuple[tuple[Kind, int], ...]
    at_best: int

    @property
    def late_minutes(self) -> int:
        """Minutes after the due date."""
        return max(0, -(self.slack or 0))


@dataclass(frozen=True, slots=True)
class _Reason:
    """Why a sub-lot does not begin before ``until``, or ``delay`` after it could; HOURS and TRANSPORT stretch it."""

    kind: Kind
    key: Key
    until: int = 0
    delay: int = 0
    by: tuple[str, ...] = ()


def why_late(problem: Problem, plan: Plan, case: str) -> Lateness:
    """Explain when a case is done, and why not earlier."""
    return _Case(_View(problem, plan), case).lateness()


@dataclass(frozen=True, slots=True)
class _Feed:
    """A transfer into a sub-lot.

    Attributes:
        offset: how long after the sub-lot's start its pieces are first needed.
        made, later: end of their maker, and how long after it they could leave; less than 0 for batches.
        service: what they go by, when it is one.
    """

    transfer: Transfer
    offset: int
    made: int
    later: int
    service: Service | None

    def arrival(self, ready: int) -> int:
        """When the pieces arrive that could leave at a minute."""
        if self.service is None:
            return ready + self.transfer.arrive - self.transfer.depart
        run = self.service.run(ready)
        return self.transfer.arrive if run is None else run[1]

    @property
    def maker(self) -> Key:
        return (self.transfer.from_operation, self.transfer.from_lot)


@dataclass(frozen=True, slots=True)
class _Taken:
    """Time that a machine or a person is taken, by what."""

    start: int
    end: int
    kind: Kind
    key: Key | None = None

    @property
    def by(self) -> tuple[str, ...]:
        """The operation, when it is planned here."""
        return () if self.key is None else (self.key[0],)


class _View:
    """A plan by what explanations ask for: sub-lots by case and by person, feeds by sub-lot, hours by machine."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem = problem
        self.plan = plan
        self.of_case: dict[str, list[SubLot]] = {case.id: [] for case in problem.cases}
        for name in problem.order:
            self.of_case[problem.operation[name].case] += plan.sublots_of.get(name, ())
        self.at_person: dict[str, list[SubLot]] = {}
        for sublot in plan.sublots:
            if sublot.person is not None:
                self.at_person.setdefault(sublot.person, []).append(sublot)
        self.deliveries: dict[str, list[Delivery]] = {}
        for delivery in plan.deliveries:
            self.deliveries.setdefault(problem.operation[delivery.operation].case, []).append(delivery)
        self.into: dict[Key, list[Transfer]] = {}
        for transfer in plan.transfers:
            self.into.setdefault((transfer.to_operation, transfer.to_lot), []).append(transfer)
        self.made = {sublot.key: sublot for sublot in plan.sublots}
        self.frozen = {(w.operation, w.machine, w.start, w.end) for works in problem.frozen.values() for w in works}
        self._hours: dict[tuple[str, str | None], WorkingTime] = {}
        self._taken: dict[Key, list[_Taken]] = {}

    def hours(self, machine: str, person: str | None = None) -> WorkingTime:
        """Open hours of a machine with the person who attends."""
        if (machine, person) not in self._hours:
            self._hours[machine, person] = WorkingTime.of(self.problem.windows(machine, person))
        return self._hours[machine, person]

    def taken(self, sublot: SubLot) -> list[_Taken]:
        """When the machine and the person of a sub-lot are taken by others, in order."""
        if sublot.key in self._taken:
            return self._taken[sublot.key]
        found = [_Taken(start, end, Kind.BOOKING) for start, end in self.problem.machine[sublot.machine].bookings]
        for kind, lots in (
            (Kind.MACHINE, self.plan.on_machine[sublot.machine]),
            (Kind.PERSON, self.at_person.get(sublot.person or "", ())),
        ):
            found += [_Taken(s.start, s.end, kind, s.key) for s in lots if s.key != sublot.key and s.start < s.end]
        found.sort(key=lambda taken: (taken.start, taken.end))
        self._taken[sublot.key] = found
        return found

    def service(self, maker: SubLot, to_site: str | None) -> Service | None:
        """The service from where a sub-lot is made to another site."""
        return self.problem.services.get((self.problem.machine[maker.machine].site, to_site or ""))

    def band(self, sublot: SubLot) -> Band | None:
        """The published capacity that a sub-lot begins in."""
        bands = self.problem.machine[sublot.machine].bands
        return next((band for band in bands if band.start <= sublot.start < band.end), None)

    def feeds(self, sublot: SubLot) -> list[_Feed]:
        """What comes into a sub-lot; later batches are needed only when the work reaches them (rule ``arrival``)."""
        operation = self.problem.operation[sublot.operation]
        option = next(option for option in operation.options if option.machine == sublot.machine)
        links = {link.before: link for link in operation.after}
        arrived: dict[str, int] = {}
        found = []
        for transfer in sorted(self.into.get(sublot.key, ()), key=lambda t: (t.arrive, t.from_operation, t.from_lot)):
            link = links[transfer.from_operation]
            pieces = arrived.get(transfer.from_operation, 0) // link.per
            offset = 0
            if pieces:
                minutes = sublot.setup_minutes + math.floor(option.worked(pieces) * option.minutes_per_piece + 1e-9)
                needed = self.hours(sublot.machine, sublot.person).finish(sublot.start, minutes)
                offset = (sublot.end if needed is None else needed) - sublot.start
            maker = self.made[transfer.from_operation, transfer.from_lot]
            service, later = self.service(maker, self.problem.machine[sublot.machine].site), transfer.depart - maker.end
            if service is not None:
                later = min(later, link.lag)
            found.append(_Feed(transfer, offset, maker.end, later, service))
            arrived[transfer.from_operation] = arrived.get(transfer.from_operation, 0) + transfer.pieces
        return found


class _Case:
    """The sub-lots of one case with the reasons of their times. ``times`` of no reason taken away are the plan's."""

    def __init__(self, view: _View, case: str) -> None:
        self.view = view
        self.case = view.problem.case[case]
        self.sublots = view.of_case[case]
        self.made = {sublot.key: sublot for sublot in self.sublots}
        self.deliveries = view.deliveries.get(case, [])
        self.minutes = {sublot.key: working_minutes(view.problem, sublot) for sublot in self.sublots}
        self.feeds = {sublot.key: view.feeds(sublot) for sublot in self.sublots}
        self.planned = {sublot.key: (sublot.start, sublot.end) for sublot in self.sublots}
        self.ready = {sublot.key: self._ready(sublot, self.planned, frozenset()) for sublot in self.sublots}
        self.reasons = {sublot.key: self._reasons(sublot) for sublot in self.sublots}

    def lateness(self) -> Lateness:
        completion = self._completion(frozenset())
        slack = None if self.case.due is None else self.case.due - completion
        late = max(0, -(slack or 0))
        every = [reason for reasons in self.reasons.values() for reason in reasons]
        kinds = self._kinds(completion, late, every)
        return Lateness(
            self.case.id,
            completion,
            slack,
            self._chain(),
            self._causes(completion, late, {kind for kind, _ in kinds}),
            kinds,
            self._completion(self._all_of(*(kind for kind in Kind if kind is not Kind.TRANSPORT))),
        )

    def _causes(self, completion: int, late: int, kinds: set[Kind]) -> tuple[Cause, ...]:
        """Single reasons; what its whole kind does not save, none of the kind does."""
        causes = []
        for sublot in self.sublots:
            for reason in self.reasons[sublot.key]:
                waits = self._waits(reason, sublot) if reason.kind in kinds else 0
                saves = min(late, completion - self._completion(frozenset({reason}))) if waits else 0
                if saves > 0:
                    causes.append(Cause(reason.kind, sublot.operation, sublot.machine, waits, saves, reason.by))
        return tuple(sorted(causes, key=lambda cause: (-cause.saves, cause.operation, cause.kind)))

    def _kinds(self, completion: int, late: int, every: list[_Reason]) -> tuple[tuple[Kind, int], ...]:
        if not late:
            return ()
        kinds = dict.fromkeys(reason.kind for reason in every)
        found = [(kind, min(late, completion - self._completion(self._all_of(kind)))) for kind in kinds]
        return tuple(sorted(((kind, saves) for kind, saves in found if saves > 0), key=lambda item: -item[1]))

    def _all_of(self, *kinds: Kind) -> frozenset[_Reason]:
        """Every reason of these kinds, those that show only when others are gone among them."""
        return frozenset(_Reason(kind, sublot.key) for kind in kinds for sublot in self.sublots)

    # ------------------------------------------------------------------------------------------ reasons of a sub-lot

    def _reasons(self, sublot: SubLot) -> list[_Reason]:
        """Everything that stands between a sub-lot's pieces and its start, and what stretches it."""
        if self._stands(sublot):
            return []
        ready = self.ready[sublot.key]
        found = []
        band = self.view.band(sublot)
        if band is not None and band.start > ready:
            found.append(_Reason(Kind.BAND, sublot.key, band.start))
            ready = band.start
        start, blocks = self._blocks(sublot, ready)
        found += blocks
        if start < sublot.start:
            found.append(_Reason(Kind.CHOICE, sublot.key, delay=sublot.start - start))
        return [*found, _Reason(Kind.HOURS, sublot.key), _Reason(Kind.TRANSPORT, sublot.key)]

    def _stands(self, sublot: SubLot) -> bool:
        """Whether it is frozen: then nothing moves it."""
        return (sublot.operation, sublot.machine, sublot.start, sublot.end) in self.view.frozen

    def _blocks(self, sublot: SubLot, ready: int) -> tuple[int, list[_Reason]]:
        """The first start from ``ready`` on that nothing else is in the way of, and what was in the way before.

        A gap too short for the sub-lot is no chance missed; an idle machine is nobody's fault.
        """
        taken = self.view.taken(sublot)
        until: dict[Kind, int] = {}
        by: dict[Kind, dict[str, None]] = {}
        start, end = self._fit(sublot, ready, in_hours=True)
        while start < sublot.start:
            clash = next((other for other in taken if other.start < end and start < other.end), None)
            if clash is None:
                break
            until[clash.kind] = clash.end
            by.setdefault(clash.kind, {}).update(dict.fromkeys(clash.by))
            start, end = self._fit(sublot, clash.end, in_hours=True)
        if start > sublot.start:  # its own set-up was shorter where it stands
            start = sublot.start
            until = {kind: min(minute, start) for kind, minute in until.items()}
        return start, [_Reason(kind, sublot.key, minute, by=tuple(by[kind])) for kind, minute in until.items()]

    # ------------------------------------------------------------------------------------------ times anew

    def _ready(self, sublot: SubLot, times: Times, without: Collection[_Reason]) -> int:
        """When the pieces allow the start; they leave so long after their maker as planned, or with the next run."""
        on_foot = _Reason(Kind.TRANSPORT, sublot.key) in without
        ready = self.case.release
        for feed in self.feeds[sublot.key]:
            leave = times[feed.maker][1] + feed.later
            ready = max(ready, (leave if on_foot else feed.arrival(leave)) - feed.offset)
        return ready

    def _times(self, without: Collection[_Reason]) -> Times:
        """Start and end of every sub-lot with some reasons taken away.

        What moves forward may meet what it did not have to wait for where it stands: that counts like any other wait.
        """
        gone: dict[Key, set[Kind]] = {}
        for reason in without:
            gone.setdefault(reason.key, set()).add(reason.kind)
        times: Times = {}
        for sublot in self.sublots:
            ready = self._ready(sublot, times, without)
            own = gone.get(sublot.key, set())
            stays = self._stands(sublot) or not (own or ready < self.ready[sublot.key])
            times[sublot.key] = self.planned[sublot.key] if stays else self._placed(sublot, ready, own, times)
        return times

    def _placed(self, sublot: SubLot, ready: int, gone: set[Kind], times: Times) -> tuple[int, int]:
        """The first place from ``ready`` on, no later than planned, without waits of the kinds that are gone."""
        band = self.view.band(sublot)
        if band is not None and Kind.BAND not in gone:
            ready = max(ready, band.start)
        in_hours = Kind.HOURS not in gone
        start, end = self._fit(sublot, ready, in_hours=in_hours)
        while start < sublot.start:
            clash = self._clash(sublot, start, end, gone, times)
            if clash is None:
                break
            start, end = self._fit(sublot, clash, in_hours=in_hours)
        delay = 0 if Kind.CHOICE in gone else sum(reason.delay for reason in self.reasons[sublot.key])
        if delay:
            start, end = self._fit(sublot, start + delay, in_hours=in_hours)
        return (start, end) if start < sublot.start else self._fit(sublot, sublot.start, in_hours=in_hours)

    def _clash(self, sublot: SubLot, start: int, end: int, gone: set[Kind], times: Times) -> int | None:
        """The end of what is in the way between two minutes; sub-lots of this case stand at their times anew."""
        for other in self.view.taken(sublot):
            if other.kind in gone:
                continue
            begin, until = other.start, other.end
            if other.key in self.made:
                if other.key not in times and begin >= sublot.start:  # it comes later, and moves forward as well
                    continue
                begin, until = times.get(other.key, (begin, until))
            elif begin >= end:
                continue
            if begin < end and start < until:
                return until
        return None

    def _fit(self, sublot: SubLot, ready: int, *, in_hours: bool) -> tuple[int, int]:
        """Earliest start and end from ``ready`` on, within open hours or not; as planned when it would fit nowhere."""
        minutes = self.minutes[sublot.key]
        if not in_hours:
            return ready, ready + minutes
        hours = self.view.hours(sublot.machine, sublot.person)
        may_pause = self.view.problem.operation[sublot.operation].may_pause
        start = hours.opening(ready)
        while start is not None:
            end = hours.finish(start, minutes)
            if end is None:
                break
            if may_pause or end - start == minutes:
                return start, end
            start = next((opens for opens, _ in hours.windows if opens > start), None)
        return self.planned[sublot.key]

    def _completion(self, without: Collection[_Reason]) -> int:
        times = self._times(without)
        if self.deliveries:
            return max(self._delivered(d, times[d.operation, d.lot][1]) for d in self.deliveries)
        return max((end for _, end in times.values()), default=self.case.release)

    def _delivered(self, delivery: Delivery, end: int) -> int:
        """The arrival of a delivery whose sub-lot ends at a minute, no later than planned."""
        made = self.made[delivery.operation, delivery.lot]
        service = self.view.service(made, self.case.deliver_to)
        if service is None or end == made.end:
            return end + delivery.arrive - made.end
        run = service.run(end)
        return delivery.arrive if run is None else min(delivery.arrive, run[1])

    def _waits(self, reason: _Reason, sublot: SubLot) -> int:
        """Minutes of a reason in the plan as it is."""
        ready = self.ready[sublot.key]
        if reason.kind is Kind.TRANSPORT:
            return max((f.transfer.arrive - f.made - f.later for f in self.feeds[sublot.key]), default=0)
        if reason.kind is Kind.HOURS:
            hours = self.view.hours(sublot.machine, sublot.person)
            before = sublot.start - ready - (hours.worked(sublot.start) - hours.worked(ready))
            return max(0, before) + sublot.end - sublot.start - self.minutes[sublot.key]
        return reason.delay or max(0, reason.until - ready)

    # ------------------------------------------------------------------------------------------ the chain

    def _chain(self) -> tuple[Segment, ...]:
        """Back from the completion, always along what came last, to the release."""
        if not self.sublots:
            return ()
        chain: list[Segment] = []
        at = max(self.sublots, key=lambda s: s.end)
        until = at.end
        if self.deliveries:
            last = max(self.deliveries, key=lambda d: d.arrive)
            at, until = self.made[last.operation, last.lot], last.depart
            chain.append(Segment(Kind.TRANSPORT, at.operation, at.machine, last.depart, last.arrive))
        while True:
            feeds = [feed for feed in self.feeds[at.key] if feed.transfer.arrive <= until]
            feed = max(feeds, key=lambda f: f.transfer.arrive - f.offset, default=None)
            begin = self.case.release if feed is None else max(self.case.release, feed.transfer.arrive)
            chain += self._stretch(at, at.start if self._stands(at) else begin, until)
            if feed is None or self._stands(at) or feed.transfer.arrive <= self.case.release:
                break
            move = feed.transfer
            at, until = self.made[feed.maker], move.depart
            if move.arrive > move.depart:
                chain.append(Segment(Kind.TRANSPORT, move.to_operation, at.machine, move.depart, move.arrive))
        if self.case.release > 0 and not self._stands(at):
            chain.append(Segment(Kind.RELEASE, at.operation, at.machine, 0, self.case.release))
        return tuple(segment for segment in reversed(chain) if segment.start < segment.end)

    def _stretch(self, sublot: SubLot, begin: int, until: int) -> list[Segment]:
        """From when a sub-lot is left to when its deciding pieces arrived, the later first."""
        place = (sublot.operation, sublot.machine)
        found = []
        if until > sublot.end:  # pieces cool, or wait for their departure
            found.append(Segment(Kind.TRANSPORT, *place, sublot.end, until))
        found.append(Segment(Kind.WORK, *place, max(sublot.start, begin), min(sublot.end, until)))
        waits = []
        for reason in sorted(self.reasons[sublot.key], key=lambda reason: reason.until):
            if reason.until > begin:
                waits.append(Segment(reason.kind, *place, begin, reason.until, reason.by))
                begin = reason.until
        delay = sum(reason.delay for reason in self.reasons[sublot.key])
        if sublot.start - delay > begin:
            waits.append(Segment(Kind.HOURS, *place, begin, sublot.start - delay))
            begin = sublot.start - delay
        if sublot.start > begin:
            waits.append(Segment(Kind.CHOICE, *place, begin, sublot.start))
        return [*found, *reversed(waits)]


@dataclass(frozen=True, slots=True)
class Load:
    """How much is asked of a machine.

    Attributes:
        window: from the first release or start to the last completion of the cases looked at.
        open_minutes, taken_minutes: open time in the window, and what sub-lots and bookings take of it.
        waited_minutes: minutes that sub-lots stood ready while the machine was taken.
        saves: minutes of lateness that rest on waits for this machine, over all late cases.
        cases: cases that waited.
        waits: when something stood ready while it was taken, as disjoint spans; if that never was, while it was booked,
            closed or had no published capacity left.
    """

    machine: str
    company: str
    window: Window
    open_minutes: int
    taken_minutes: int
    waited_minutes: int
    saves: int
    cases: tuple[str, ...]
    waits: tuple[Window, ...] = ()

    @property
    def share(self) -> float:
        """Share of the open time that is taken."""
        return self.taken_minutes / self.open_minutes if self.open_minutes else 0.0


def bottlenecks(problem: Problem, plan: Plan) -> tuple[Load, ...]:
    """Machines that are used, the tightest first: by lateness that rests on them, then by waits, then by load.

    The window is that of the late cases, or of all when none is late.
    """
    view = _View(problem, plan)
    found = {case.id: _Case(view, case.id).lateness() for case in problem.cases}
    late = {name for name, lateness in found.items() if lateness.late_minutes}
    looked_at = late or set(found)
    if not looked_at or not plan.sublots:
        return ()
    window = (min(problem.case[name].release for name in looked_at), max(found[name].completion for name in looked_at))
    waits: dict[str, dict[str, int]] = {}
    spans: dict[tuple[str, bool], list[Window]] = {}
    saves: dict[str, int] = {}
    for name in looked_at:
        for segment in found[name].chain:
            if segment.kind in (Kind.MACHINE, Kind.BOOKING, Kind.HOURS, Kind.BAND):
                is_taken = segment.kind is Kind.MACHINE
                spans.setdefault((segment.machine, is_taken), []).append((segment.start, segment.end))
            if segment.kind is Kind.MACHINE:
                waits.setdefault(segment.machine, {}).setdefault(name, 0)
                waits[segment.machine][name] += segment.end - segment.start
        for cause in found[name].causes:
            if cause.kind is Kind.MACHINE:
                saves[cause.machine] = saves.get(cause.machine, 0) + cause.saves
    loads = []
    for machine, sublots in plan.on_machine.items():
        hours = view.hours(machine)
        taken = [(s.start, s.end) for s in sublots] + list(problem.machine[machine].bookings)
        loads.append(
            Load(
                machine,
                problem.company_of(machine) or "",
                window,
                hours.worked(window[1]) - hours.worked(window[0]),
                sum(_within(hours, window, busy) for busy in taken),
                sum(waits.get(machine, {}).values()),
                saves.get(machine, 0),
                tuple(sorted(waits.get(machine, {}))),
                union(spans.get((machine, True), []) or spans.get((machine, False), [])),
            )
        )
    return tuple(sorted(loads, key=lambda load: (-load.saves, -load.waited_minutes, -load.share, load.machine)))


def _within(hours: WorkingTime, window: Window, busy: Window) -> int:
    start, end = max(window[0], busy[0]), min(window[1], busy[1])
    return hours.worked(end) - hours.worked(start) if start < end else 0

"""Requirements that no plan can meet, found before any search; each is proved and names its items.

Every rule here looks at one operation, case, machine or pair of frozen sub-lots alone. A problem without an obstacle
may still have no plan; then only the complete search can say so.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate, pairwise

from zagumi.engine.clock import Window, without
from zagumi.engine.problem import Case, Machine, Operation, Option, Problem
from zagumi.engine.solve.earliest import Rooms, lots_of
from zagumi.engine.solve.result import Reason

NODES = 20_000  # teams looked at per case before its possibility is left open

# sentences with more than one use or a long one
NO_TEAM = "no team of at most {limit} companies that may work together can do every operation of case {case}"
NO_LEAD = "no team that can do every operation of case {case} has a company that may lead"
NO_RUN = "no service takes pieces of operation {before} to {to} any more when they are done"
OVERLOADED = "what only machine {machine} can do needs {needed} working minutes, it has {there} before the horizon"


def obstacles(problem: Problem) -> tuple[Reason, ...]:
    """All obstacles, by case and operation in the order given."""
    rooms = _Rooms(problem)
    found = [reason for operation in problem.operations for reason in _of_operation(rooms, operation)]
    if problem.services:
        found += [reason for operation in problem.operations for reason in _of_services(rooms, operation)]
    return (*found, *_of_teams(rooms), *frozen_conflicts(problem), *_of_machines(rooms))


class _Rooms:
    """What qualifies for each operation, and how much work fits on a machine at a stretch."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.eligible = {operation.id: problem.eligible(operation) for operation in problem.operations}
        self._hours = Rooms(problem)
        self._longest: dict[object, int] = {}
        self._stretches: dict[object, tuple[tuple[Window, ...], list[int]]] = {}

    def longest(self, machine: str, person: str | None, release: int, may_pause: bool) -> int:
        """Most open minutes from a release on between two bookings, without a pause where none is allowed."""
        # machines of the same hours without bookings are alike
        own = machine if self.problem.machine[machine].bookings else None
        alike = (*self._hours.calendars(machine, person), own)
        key = (*alike, release, may_pause)
        if key not in self._longest:
            if may_pause:
                self._longest[key] = max(self._between(machine, person, release))
            else:
                self._longest[key] = self._unbroken(alike, machine, person, release)
        return self._longest[key]

    def there(self, machine: str) -> int:
        """Open minutes of a machine that no booking takes."""
        return sum(self._between(machine, None, 0))

    def _between(self, machine: str, person: str | None, release: int) -> list[int]:
        """Open minutes from a release on between each booking and the next."""
        hours = self._hours.hours(machine, person)
        edges = [0, *(edge for booking in self.problem.machine[machine].bookings for edge in booking)]
        spans = zip(edges[::2], [*edges[1::2], self.problem.horizon], strict=True)
        return [max(0, hours.worked(end) - hours.worked(max(start, release))) for start, end in spans]

    def _unbroken(self, alike: object, machine: str, person: str | None, release: int) -> int:
        """The longest open stretch from a release on."""
        if alike not in self._stretches:
            windows = without(self._hours.hours(machine, person).windows, self.problem.machine[machine].bookings)
            sizes = (end - start for start, end in reversed(windows))
            self._stretches[alike] = windows, [*accumulate(sizes, max, initial=0)][::-1]
        windows, from_here = self._stretches[alike]
        at = bisect_right(windows, (release, release))  # the first that opens at the release or later
        begun = max(0, windows[at - 1][1] - release) if at else 0
        return max(begun, from_here[at])

    def holds(self, operation: Operation, option: Option, minutes: int) -> bool:
        """Whether so much work fits there, in the hours of someone who may attend."""
        release = self.problem.case[operation.case].release
        people: Iterable[str | None] = self.problem.attendants(option) if option.skill is not None else (None,)
        return any(self.longest(option.machine, person, release, operation.may_pause) >= minutes for person in people)


def _of_operation(rooms: _Rooms, operation: Operation) -> Iterator[Reason]:
    problem = rooms.problem
    lots = lots_of(problem, operation)
    if lots.rest == 0:
        return
    eligible = rooms.eligible[operation.id]
    if not eligible:
        text = f"operation {operation.id} has no machine that qualifies"
        if operation.options:
            text += f": none of its {len(operation.options)} options passes grade, barred companies and skills"
        yield Reason("option", (operation.id,), text)
        return
    needed = [
        (option, _working_minutes(problem.machine[option.machine], operation, option, lots.share))
        for option in eligible
    ]
    if not any(minutes == 0 or rooms.holds(operation, option, minutes) for option, minutes in needed):
        rule = "hours" if not operation.may_pause else "horizon"
        fewest = min(minutes for _option, minutes in needed)
        stretch = "one open stretch" if not operation.may_pause else "the free open hours before the horizon"
        text = f"operation {operation.id} needs at least {fewest} working minutes in {stretch} of one of its machines"
        yield Reason(rule, (operation.id,), text)
        return
    guarded = [option for option, minutes in needed if _band_holds(problem.machine[option.machine], minutes)]
    if not guarded:
        text = f"operation {operation.id} does not fit into any band that its machines publish"
        yield Reason("band", (operation.id,), text)


def _of_services(rooms: _Rooms, operation: Operation) -> Iterator[Reason]:
    """Pieces of an operation that cannot be ready, wherever they are made, before the last run of every service."""
    problem = rooms.problem
    to_site, stands = problem.case[operation.case].deliver_to, problem.frozen.get(operation.id, ())
    if to_site is not None and not problem.successors[operation.id]:
        ends = _ready(rooms, operation, None)
        gone = bool(ends) and all(problem.sent(site, to_site, end) is None for site, end in ends)
        standing = ((problem.machine[work.machine].site, work.end) for work in stands)
        if gone or any(problem.sent(site, to_site, end) is None for site, end in standing):
            yield Reason("travel", (operation.id, to_site), NO_RUN.format(before=operation.id, to=f"site {to_site}"))
    sites = {problem.machine[option.machine].site for option in rooms.eligible[operation.id]}
    if not sites or lots_of(problem, operation).rest == 0:
        return
    for link in operation.after:
        before = problem.operation[link.before]
        ends = _ready(rooms, before, link.batch)
        for work in problem.frozen.get(before.id, ()):
            ends.append((problem.machine[work.machine].site, work.end if link.batch is None else work.start))
        if ends and all(problem.sent(a, b, end + link.lag) is None for a, end in ends for b in sites):
            text = NO_RUN.format(before=before.id, to=f"operation {operation.id}")
            yield Reason("travel", (before.id, operation.id), text)


def _ready(rooms: _Rooms, operation: Operation, batch: int | None) -> list[tuple[str, int]]:
    """Where and when the first pieces of an operation that are not frozen can be ready at the earliest."""
    problem, lots = rooms.problem, lots_of(rooms.problem, operation)
    release = problem.case[operation.case].release
    pieces = lots.smallest if batch is None else 1
    return [
        (machine.site, release + _working_minutes(machine, operation, option, pieces))
        for option in (rooms.eligible[operation.id] if lots.rest else ())
        for machine in (problem.machine[option.machine],)
    ]


def _working_minutes(machine: Machine, operation: Operation, option: Option, pieces: int) -> int:
    """Least working minutes there: the shortest set-up that any sequence can ask for."""
    setup = option.setup_minutes
    if operation.family and machine.setups:
        into = [minutes for (_before, family), minutes in machine.setups.items() if family == operation.family]
        setup = min([setup, *into])
    return setup + option.run_minutes(pieces)


def _band_holds(machine: Machine, minutes: int) -> bool:
    return not machine.bands or max(band.minutes for band in machine.bands) >= minutes


def _of_teams(rooms: _Rooms) -> Iterator[Reason]:
    problem, policy = rooms.problem, rooms.problem.policy
    if policy.max_companies is None and not (policy.apart or policy.one_company or policy.lead_required):
        return
    able: dict[str, list[frozenset[str]]] = {case.id: [] for case in problem.cases}
    standing: dict[str, set[str]] = {case.id: set() for case in problem.cases}
    for operation in problem.operations:
        frozen = problem.frozen.get(operation.id, ())
        standing[operation.case] |= {_company(problem, work.machine) for work in frozen}
        if sum(work.quantity for work in frozen) < operation.quantity:
            companies = {_company(problem, option.machine) for option in rooms.eligible[operation.id]}
            able[operation.case].append(frozenset(companies))
    for case in problem.cases:
        if all(able[case.id]):
            yield from _of_team(problem, case, able[case.id], frozenset(standing[case.id]))


def _of_team(problem: Problem, case: Case, able: list[frozenset[str]], standing: frozenset[str]) -> Iterator[Reason]:
    policy = problem.policy
    if not (able or standing):
        return
    limit = 1 if case.id in policy.one_company else policy.max_companies
    teams = _Teams(problem, able, limit if limit is not None else len(problem.companies))
    anyone = {name for companies in able for name in companies} | standing
    if policy.lead_required and not any(problem.company[name].may_lead for name in anyone):
        yield Reason("lead", (case.id,), f"no company that could work on case {case.id} may lead")
    elif teams.possible(standing, lead=False) is False:
        text = f"no single company can do every operation of case {case.id}"
        yield Reason("team", (case.id,), text if limit == 1 else NO_TEAM.format(limit=teams.limit, case=case.id))
    elif policy.lead_required and teams.possible(standing, lead=True) is False:
        yield Reason("lead", (case.id,), NO_LEAD.format(case=case.id))


class _Teams:
    """Searches for companies that can do a case together."""

    def __init__(self, problem: Problem, able: list[frozenset[str]], limit: int) -> None:
        self.problem = problem
        self.able = sorted(set(able), key=lambda companies: (len(companies), sorted(companies)))
        self.limit = limit
        self.foes: dict[str, set[str]] = {}
        for one, other in problem.policy.apart:
            self.foes.setdefault(one, set()).add(other)
            self.foes.setdefault(other, set()).add(one)

    def possible(self, team: frozenset[str], *, lead: bool) -> bool | None:
        """Whether a team can be completed; None when that is not decided after ``NODES`` teams."""
        if len(team) > self.limit or any(self.foes.get(name, set()) & team for name in team):
            return False
        stack, looked = [team], 0
        while stack:
            team = stack.pop()
            looked += 1
            if looked > NODES:
                return None
            open_to = [companies for companies in self.able if not companies & team]
            if not open_to and (not lead or any(self.problem.company[name].may_lead for name in team)):
                return True
            if len(team) == self.limit:
                continue
            # the operation with the fewest to choose from decides next, else one who leads is added
            able = frozenset().union(*self.able)
            wanted = open_to[0] if open_to else {name for name in able if self.problem.company[name].may_lead}
            stack += [team | {name} for name in sorted(wanted) if not self.foes.get(name, set()) & team]
        return False


def _company(problem: Problem, machine: str) -> str:
    return problem.company_of(machine) or ""


def frozen_conflicts(problem: Problem) -> Iterator[Reason]:
    """Frozen work that takes a machine or a person twice at once."""
    held: dict[str, list[tuple[int, int, str]]] = {}
    for work in problem.policy.frozen:
        if work.start < work.end:
            held.setdefault(f"machine {work.machine}", []).append((work.start, work.end, work.operation))
            if work.person is not None:
                held.setdefault(f"person {work.person}", []).append((work.start, work.end, work.operation))
    for resource, spans in held.items():
        for before, after in pairwise(sorted(spans)):
            if after[0] < before[1]:
                text = f"frozen work on operations {before[2]} and {after[2]} overlaps on {resource}"
                yield Reason("frozen", (before[2], after[2], resource), text)


def _of_machines(rooms: _Rooms) -> Iterator[Reason]:
    """Machines that alone can do more than they have hours for."""
    problem = rooms.problem
    needed: dict[str, int] = {}
    names: dict[str, list[str]] = {}
    for operation in problem.operations:
        eligible = rooms.eligible[operation.id] if operation.id not in problem.frozen else ()
        if len(eligible) == 1:
            machine = problem.machine[eligible[0].machine]
            minutes = _working_minutes(machine, operation, eligible[0], operation.quantity)
            needed[machine.id] = needed.get(machine.id, 0) + minutes
            names.setdefault(machine.id, []).append(operation.id)
    for name, minutes in needed.items():
        there = rooms.there(name)
        if minutes > there:
            text = OVERLOADED.format(machine=name, needed=minutes, there=there)
            yield Reason("horizon", (name, *names[name]), text)

"""The whole problem: a network, the work, the policy; it checks itself as one thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field, replace
from functools import cached_property
from typing import Protocol, TypeVar

from zagumi.engine.clock import Window, common
from zagumi.engine.errors import ProblemError
from zagumi.engine.problem.network import Calendar, Company, Haul, Machine, Person, Roads, Service, Site
from zagumi.engine.problem.policy import FrozenWork, PlannedWork, Policy
from zagumi.engine.problem.work import Case, Operation, Option, Part


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=_HasId)


def _by_id(kind: str, items: Iterable[Item]) -> dict[str, Item]:
    index: dict[str, Item] = {}
    for item in items:
        if item.id in index:
            raise ProblemError(f"{kind} {item.id}", "listed twice", "every id once")
        index[item.id] = item
    return index


def _sorted(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=lambda item: item.id))


@dataclass(frozen=True)
class Problem:
    """What is to be planned, where, and under which rules.

    Attributes:
        horizon: no work, travel or delivery ends after this minute.
        origin: what minute 0 is for people, as ISO 8601 local time; the engine never reads it.

    Raises:
        ProblemError: naming the item, when an id is unknown or listed twice, operations form a cycle, or
            quantities do not fit along a link.
    """

    companies: tuple[Company, ...]
    sites: tuple[Site, ...]
    machines: tuple[Machine, ...]
    cases: tuple[Case, ...]
    operations: tuple[Operation, ...]
    horizon: int
    calendars: tuple[Calendar, ...] = ()
    people: tuple[Person, ...] = ()
    parts: tuple[Part, ...] = ()
    roads: Roads = field(default_factory=Roads)
    policy: Policy = field(default_factory=Policy)
    origin: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        if self.horizon < 1:
            raise ProblemError("problem, horizon", self.horizon, "minute 1 or later")
        self._check_network()
        self._check_work()
        self._check_policy()
        _ = self.order  # raises on a cycle

    @cached_property
    def company(self) -> Mapping[str, Company]:
        """Companies by id."""
        return _by_id("company", self.companies)

    @cached_property
    def site(self) -> Mapping[str, Site]:
        """Sites by id."""
        return _by_id("site", self.sites)

    @cached_property
    def machine(self) -> Mapping[str, Machine]:
        """Machines by id."""
        return _by_id("machine", self.machines)

    @cached_property
    def calendar(self) -> Mapping[str, Calendar]:
        """Calendars by id."""
        return _by_id("calendar", self.calendars)

    @cached_property
    def person(self) -> Mapping[str, Person]:
        """People by id."""
        return _by_id("person", self.people)

    @cached_property
    def case(self) -> Mapping[str, Case]:
        """Cases by id."""
        return _by_id("case", self.cases)

    @cached_property
    def part(self) -> Mapping[str, Part]:
        """Parts by id."""
        return _by_id("part", self.parts)

    @cached_property
    def operation(self) -> Mapping[str, Operation]:
        """Operations by id."""
        return _by_id("operation", self.operations)

    @cached_property
    def successors(self) -> Mapping[str, tuple[str, ...]]:
        """Operations that take pieces of each operation."""
        found = self._successors()
        return {operation.id: tuple(found.get(operation.id, ())) for operation in self.operations}

    def _successors(self) -> dict[str, list[str]]:
        """Those of the operations that have any."""
        found: dict[str, list[str]] = {}
        for operation in self.operations:
            for link in operation.after:
                found.setdefault(link.before, []).append(operation.id)
        return found

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Operation ids so that each comes after all it is made from; ties in the order given."""
        waiting = {operation.id: len(operation.after) for operation in self.operations}
        ready = [operation.id for operation in self.operations if not operation.after]
        successors = self._successors()
        for done in ready:  # grows while it is walked
            for after in successors.get(done, ()):
                waiting[after] -= 1
                if not waiting[after]:
                    ready.append(after)
        if len(ready) < len(self.operations):
            left = {name for name, count in waiting.items() if count}
            raise ProblemError("operations", " -> ".join(self._cycle(left)), "links without a cycle")
        return tuple(ready)

    def _cycle(self, left: set[str]) -> list[str]:
        walk: list[str] = []
        at = min(left)
        while at not in walk:
            walk.append(at)
            at = next(link.before for link in self.operation[at].after if link.before in left)
        loop = [*walk[walk.index(at) :], at]
        return loop[::-1]

    def in_order(self) -> Problem:
        """The same problem with everything listed by id, so that the order of the input decides nothing.

        Only the order of vehicles stays, which says which of equally cheap ones drives.
        """
        operations = (
            replace(
                operation,
                options=tuple(sorted(operation.options, key=lambda option: option.machine)),
                after=tuple(sorted(operation.after, key=lambda link: link.before)),
            )
            for operation in self.operations
        )
        policy = replace(
            self.policy,
            frozen=tuple(sorted(self.policy.frozen, key=lambda work: tuple(map(str, astuple(work))))),
            entitlement=dict(sorted(self.policy.entitlement.items())),
            in_force=tuple(sorted(self.policy.in_force, key=lambda work: tuple(map(str, astuple(work))))),
        )
        return replace(
            self,
            companies=_sorted(self.companies),
            sites=_sorted(self.sites),
            machines=_sorted(self.machines),
            cases=_sorted(self.cases),
            operations=_sorted(operations),
            calendars=_sorted(self.calendars),
            people=_sorted(self.people),
            parts=_sorted(self.parts),
            policy=policy,
        )

    def company_of(self, machine: str) -> str | None:
        """The company that owns a machine."""
        return self.site[self.machine[machine].site].company

    def mass_g(self, operation: Operation, pieces: int) -> int:
        """Grams of so many pieces of what an operation makes."""
        return pieces * self.part[operation.part].mass_g if operation.part is not None else 0

    def windows(self, machine: str, person: str | None = None) -> tuple[Window, ...]:
        """Open hours of a machine up to the horizon, narrowed to those of the person who attends."""
        hours: tuple[Window, ...] = ((0, self.horizon),)
        for calendar in (
            self.machine[machine].calendar,
            self.person[person].calendar if person is not None else None,
        ):
            if calendar is not None:
                hours = common(hours, self.calendar[calendar].windows)
        return hours

    def attendants(self, option: Option) -> tuple[str, ...]:
        """People who may attend an option that needs a skill, in the order given."""
        company = self.company_of(option.machine)
        return tuple(p.id for p in self.people if p.company == company and option.skill in p.skills)

    def eligible(self, operation: Operation) -> tuple[Option, ...]:
        """Options that pass the hard conditions: grade, barred companies, someone with the skill."""
        barred = self.case[operation.case].barred
        return tuple(
            option
            for option in operation.options
            if option.grade >= operation.min_grade
            and self.company_of(option.machine) not in barred
            and (option.skill is None or self.attendants(option))
        )

    def haul(self, from_site: str, to_site: str, mass_g: int) -> Haul:
        """The movement of a mass between two sites: by service, given when listed, else from coordinates."""
        at, roads = self._road_index, self.roads
        if roads.services and (service := self.services.get((from_site, to_site))) is not None:
            fastest = min((arrival - departure for departure, arrival in service.runs), default=self.horizon + 1)
            return Haul(fastest, service.yen, service.co2_g)
        if from_site in at and to_site in at:
            i, j = at[from_site], at[to_site]
            haul = Haul(
                roads.minutes[i][j],
                roads.yen[i][j] if roads.yen else 0,
                roads.co2_g[i][j] if roads.co2_g else 0,
            )
        else:
            haul = roads.by_coordinates(self.site[from_site], self.site[to_site], mass_g)
        if roads.delays:
            haul = haul._replace(minutes=haul.minutes + roads.delay(from_site, to_site))
        return haul

    def sent(self, from_site: str, to_site: str, ready: int) -> Window | None:
        """When what is ready at a minute departs and arrives; None after the last run of a service."""
        service = self.services.get((from_site, to_site))
        return service.run(ready) if service else (ready, ready + self.haul(from_site, to_site, 0).minutes)

    @cached_property
    def services(self) -> Mapping[tuple[str, str], Service]:
        """Services by origin and destination; each run arrives as much later as the pair is delayed."""
        found = {}
        for service in self.roads.services:
            later = self.roads.delay(service.origin, service.destination)
            if later:
                service = replace(service, runs=tuple((start, end + later) for start, end in service.runs))
            found[service.origin, service.destination] = service
        return found

    @cached_property
    def _road_index(self) -> dict[str, int]:
        return {site: index for index, site in enumerate(self.roads.order)}

    @cached_property
    def frozen(self) -> Mapping[str, tuple[FrozenWork, ...]]:
        """Frozen sub-lots by operation."""
        found: dict[str, list[FrozenWork]] = {}
        for work in self.policy.frozen:
            found.setdefault(work.operation, []).append(work)
        return {operation: tuple(works) for operation, works in found.items()}

    @cached_property
    def in_force(self) -> Mapping[str, tuple[PlannedWork, ...]]:
        """Sub-lots of the plan in force by operation, of operations that there still are."""
        found: dict[str, list[PlannedWork]] = {}
        for work in self.policy.in_force:
            if work.operation in self.operation:
                found.setdefault(work.operation, []).append(work)
        return {operation: tuple(works) for operation, works in found.items()}

    def frozen_setup(self, work: FrozenWork) -> int:
        """Set-up minutes of frozen work: those stated with it, else its option's."""
        if work.setup_minutes is not None:
            return work.setup_minutes
        options = self.operation[work.operation].options
        return next(option.setup_minutes for option in options if option.machine == work.machine)

    def _check_network(self) -> None:
        for site in self.sites:
            if site.company is not None:
                self._known(f"site {site.id}", "company", site.company, self.company)
        for machine in self.machines:
            self._known(f"machine {machine.id}", "site", machine.site, self.site)
            if self.site[machine.site].company is None:
                raise ProblemError(f"machine {machine.id}, site", machine.site, "a site that belongs to a company")
            if machine.calendar is not None:
                self._known(f"machine {machine.id}", "calendar", machine.calendar, self.calendar)
        for person in self.people:
            self._known(f"person {person.id}", "company", person.company, self.company)
            if person.calendar is not None:
                self._known(f"person {person.id}", "calendar", person.calendar, self.calendar)
        for name in self.roads.order:
            self._known("roads", "site", name, self.site)
        for pair in self.roads.delays:
            for name in pair:
                self._known("roads, delay", "site", name, self.site)
        for service in self.roads.services:
            for name in (service.origin, service.destination):
                self._known("roads, service", "site", name, self.site)
        _by_id("vehicle", self.roads.vehicles)

    def _check_work(self) -> None:
        for case in self.cases:
            if case.deliver_to is not None:
                self._known(f"case {case.id}", "site", case.deliver_to, self.site)
            for company in case.barred:
                self._known(f"case {case.id}, barred", "company", company, self.company)
        for part in self.parts:
            self._known(f"part {part.id}", "case", part.case, self.case)
        cases, machines = self.case, self.machine
        for operation in self.operations:  # large problems have millions of options
            if operation.case not in cases:
                self._known(f"operation {operation.id}", "case", operation.case, cases)
            if operation.part is not None:
                self._check_part(operation, operation.part)
            for option in operation.options:
                if option.machine not in machines:
                    self._known(f"operation {operation.id}, option", "machine", option.machine, machines)
            if operation.after:
                self._check_links(operation)

    def _check_part(self, operation: Operation, part: str) -> None:
        place = f"operation {operation.id}"
        self._known(place, "part", part, self.part)
        if self.part[part].case != operation.case:
            raise ProblemError(f"{place}, part", part, f"a part of case {operation.case}")

    def _check_links(self, operation: Operation) -> None:
        for link in operation.after:
            place = f"operation {operation.id}, link"
            self._known(place, "operation", link.before, self.operation)
            before = self.operation[link.before]
            if before.case != operation.case:
                raise ProblemError(place, link.before, f"an operation of case {operation.case}")
            if before.quantity < operation.quantity * link.per:
                raise ProblemError(
                    f"{place} from {link.before}",
                    f"{before.quantity} pieces",
                    f"{operation.quantity * link.per} pieces or more ({link.per} for each of {operation.quantity})",
                )

    def _check_policy(self) -> None:
        policy = self.policy
        for pair in policy.apart:
            for company in pair:
                self._known("policy, apart", "company", company, self.company)
        for company in policy.entitlement:
            self._known("policy, entitlement", "company", company, self.company)
        for case in policy.one_company:
            self._known("policy, one company", "case", case, self.case)
        for work in policy.frozen:
            place = f"frozen work on operation {work.operation}"
            self._known(place, "operation", work.operation, self.operation)
            operation = self.operation[work.operation]
            if work.machine not in {option.machine for option in operation.options}:
                raise ProblemError(f"{place}, machine", work.machine, "a machine among the operation's options")
            if work.person is not None:
                self._known(place, "person", work.person, self.person)
            if work.quantity < 1 or not 0 <= work.start <= work.end <= self.horizon:
                raise ProblemError(
                    place, f"{work.quantity} pieces from {work.start} to {work.end}", "pieces and times in order"
                )
            if work.setup_minutes is not None and work.setup_minutes < 0:
                raise ProblemError(f"{place}, set-up minutes", work.setup_minutes, "0 or more")
            total = sum(other.quantity for other in self.frozen[work.operation])
            if total > operation.quantity:
                raise ProblemError(f"{place}, quantity", total, f"at most {operation.quantity} pieces together")

    @staticmethod
    def _known(place: str, kind: str, name: str, index: Mapping[str, object]) -> None:
        if name not in index:
            raise ProblemError(f"{place}, {kind}", name, f"a {kind} that is listed")

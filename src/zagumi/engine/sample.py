"""Seeded problems of realistic make: a region of small factories with rivals in ten process families.

Companies and people are fictional. Every problem has a valid plan: in each process family one *core* company can
always do the work, and nothing bars it.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, fields, replace

from zagumi.engine.clock import MINUTES_PER_DAY, MINUTES_PER_WEEK, Window, WorkingTime, weekly, without
from zagumi.engine.problem import (
    Band,
    Calendar,
    Case,
    Company,
    FrozenWork,
    Link,
    Machine,
    Operation,
    Option,
    Part,
    Person,
    Policy,
    Problem,
    Roads,
    Service,
    Site,
    Vehicle,
    Weights,
)


@dataclass(frozen=True, slots=True)
class Features:
    """What a generated problem contains; all of it unless switched off."""

    calendars: bool = True
    no_pause: bool = True
    bookings: bool = True
    bands: bool = True
    people: bool = True
    families: bool = True
    splitting: bool = True
    batches: bool = True
    assembly: bool = True
    lags: bool = True
    good_rates: bool = True
    travel: bool = True
    deliveries: bool = True
    releases: bool = True
    grades: bool = True
    barred: bool = True
    teams: bool = True
    leads: bool = True
    fairness: bool = True
    frozen: bool = True
    services: bool = True

    @classmethod
    def only(cls, **given: bool) -> Features:
        """Nothing but the features given."""
        return cls(**{**{field.name: False for field in fields(cls)}, **given})


@dataclass(frozen=True, slots=True)
class Process:
    """A process family. Minutes are per piece and per set-up, yen per working hour."""

    name: str
    piece: tuple[float, float]
    setup: tuple[int, int]
    yen_per_hour: tuple[int, int]
    skill: str | None = None
    families: bool = False
    furnace: bool = False


PROCESSES = (
    Process("cutting", (0.5, 2.0), (10, 20), (3500, 5000)),
    Process("turning", (2.0, 6.0), (30, 60), (4500, 7000), families=True),
    Process("milling", (3.0, 8.0), (30, 90), (5000, 8000), families=True),
    Process("pressing", (0.2, 0.8), (40, 90), (5000, 7000), families=True),
    Process("welding", (3.0, 7.0), (15, 30), (4500, 6500), skill="welding"),
    Process("heat treatment", (0.5, 2.0), (60, 120), (4000, 6000), furnace=True),
    Process("grinding", (2.0, 6.0), (20, 45), (5500, 8500)),
    Process("surface treatment", (0.5, 2.0), (20, 40), (4000, 6000)),
    Process("inspection", (0.5, 2.0), (5, 15), (3500, 5000), skill="inspection"),
    Process("assembly", (3.0, 8.0), (15, 30), (3500, 5000)),
)
ROUTINGS = (
    ("cutting", "turning", "milling", "heat treatment", "grinding", "surface treatment", "inspection"),
    ("cutting", "turning", "heat treatment", "grinding", "inspection"),
    ("cutting", "milling", "milling", "surface treatment", "inspection"),
    ("pressing", "welding", "surface treatment", "inspection"),
    ("cutting", "pressing", "welding", "grinding", "surface treatment", "inspection"),
    ("cutting", "turning", "turning", "milling", "grinding", "inspection"),
)
MATERIALS = ("carbon steel", "stainless", "aluminium")
DEPARTURES = (600, 960)  # minutes of the day at which tours set off, on weekdays
CENTRE = (36.3, 138.6)
CORE_GRADE = 2
WEEKDAYS = 5


def sample(companies: int = 40, cases: int = 12, seed: int = 7, features: Features | None = None) -> Problem:
    """A regional network of ``companies`` with ``cases`` of about 25 operations each; same arguments, same problem."""
    draw = random.Random(f"{seed}/{companies}/{cases}")
    region = _Region(draw, features or Features(), companies, cases)
    region.found_companies()
    region.equip()
    for number in range(1, cases + 1):
        region.take_in(number)
    return region.problem(f"sample of {companies} companies and {cases} cases, seed {seed}")


class _Region:
    """A problem that grows: companies first, then machines and people, then the work."""

    def __init__(self, draw: random.Random, features: Features, companies: int, cases: int) -> None:
        self.draw = draw
        self.has = features
        self.horizon = (16 + math.ceil(4 * cases / companies)) * MINUTES_PER_WEEK
        self.processes_of = [
            {PROCESSES[i % 10].name for i in (range(at, 10, companies) if companies < 10 else (at,))}
            | {PROCESSES[draw.randrange(10)].name for _ in range(draw.randint(0, 2))}
            for at in range(companies)
        ]
        self.companies: list[Company] = []
        self.sites: list[Site] = []
        self.calendars: list[Calendar] = []
        self.machines: list[Machine] = []
        self.people: list[Person] = []
        self.cases: list[Case] = []
        self.parts: list[Part] = []
        self.operations: list[Operation] = []
        self.frozen: list[FrozenWork] = []
        self.machines_of: dict[str, list[tuple[Machine, Option]]] = {process.name: [] for process in PROCESSES}
        self.core: dict[str, str] = {}

    def found_companies(self) -> None:
        """Companies with one site each, three buyers, the core company of each process."""
        for at, processes in enumerate(self.processes_of, start=1):
            name = f"K{at:02}"
            leads = bool(processes & {"assembly", "inspection"}) or not self.has.leads
            self.companies.append(Company(name, f"Fictional Works {at}", may_lead=leads))
            self.sites.append(self._site(f"{name}-site", name))
            for process in sorted(processes):
                self.core.setdefault(process, name)
        self.sites += [self._site(f"buyer-{at}", None) for at in (1, 2, 3)]

    def _site(self, name: str, company: str | None) -> Site:
        spread = 1.0 if self.has.travel else 0.0
        latitude = round(self.draw.gauss(CENTRE[0], 0.08 * spread), 5)
        longitude = round(self.draw.gauss(CENTRE[1], 0.1 * spread), 5)
        bearing = ("north" if latitude >= CENTRE[0] else "south") + ("east" if longitude >= CENTRE[1] else "west")
        return Site(name, company, latitude, longitude, district=bearing if self.has.travel else "")

    def equip(self) -> None:
        """Calendars, machines with bookings and bands, people."""
        self._calendars()
        for company, processes in zip(self.companies, self.processes_of, strict=True):
            shift = self.draw.choice(("day", "day", "day", "long", "two shifts"))
            for process in PROCESSES:
                if process.name in processes:
                    for number in range(1, self.draw.randint(1, 3) + 1):
                        self._machine(company.id, process, number, "furnace" if process.furnace else shift)
            for skill in ("welding", "inspection"):
                if skill in processes and self.has.people:
                    self.people += [
                        Person(f"{company.id}-{skill}-{n}", company.id, frozenset({skill}), self._calendar(shift))
                        for n in range(1, self.draw.randint(1, 2) + 1)
                    ]

    def _calendars(self) -> None:
        if not self.has.calendars:
            return
        days = self.horizon // MINUTES_PER_DAY
        holidays = sorted(self.draw.sample(range(days), days // 25))
        closed = [(day * MINUTES_PER_DAY, (day + 1) * MINUTES_PER_DAY) for day in holidays]
        patterns: dict[str, list[Window]] = {
            "day": [(480, 720), (780, 1020)],
            "long": [(480, 720), (780, 1140)],
            "two shifts": [(360, 840), (840, 1320)],
        }
        for name, shifts in patterns.items():
            saturday = name == "two shifts"
            week = [(d * 1440 + a, d * 1440 + b) for d in range(5 + saturday) for a, b in shifts]
            windows = weekly(week, first_weekday=0, horizon=self.horizon, closed=closed)
            self.calendars.append(Calendar(name, windows))
        furnace = weekly([(360, 5 * 1440 + 360)], first_weekday=0, horizon=self.horizon, closed=closed)
        self.calendars.append(Calendar("furnace", furnace))

    def _calendar(self, shift: str) -> str | None:
        return shift if self.has.calendars else None

    def _open(self, shift: str) -> tuple[Window, ...]:
        return next((c.windows for c in self.calendars if c.id == shift), ((0, self.horizon),))

    def _machine(self, company: str, process: Process, number: int, shift: str) -> None:
        draw, core = self.draw, self.core[process.name] == company
        bookings: list[Window] = []
        for start, end in draw.sample(self._open(shift)[:40], draw.randint(0, 3)) if self.has.calendars else ():
            bookings.append((start + draw.randrange(0, (end - start) // 2, 5), end))
        bands: list[Band] = []
        if self.has.bands and not core and draw.random() < 0.2:
            weeks = range(0, self.horizon, MINUTES_PER_WEEK)
            bands = [Band(week, week + MINUTES_PER_WEEK, 60 * draw.randint(8, 24)) for week in weeks]
        pairs = [(a, b) for a in ("", *MATERIALS) for b in MATERIALS]
        table = {pair: 10 if pair[0] == pair[1] else draw.randrange(20, 95, 5) for pair in pairs}
        machine = Machine(
            f"{company}-{process.name}-{number}".replace(" ", "-"),
            f"{company}-site",
            self._calendar(shift),
            tuple(sorted(bookings)) if self.has.bookings else (),
            tuple(bands),
            table if process.families and self.has.families else {},
            name=f"{process.name} {number}",
        )
        self.machines.append(machine)
        self.machines_of[process.name].append((machine, self._habit(machine.id, process, core)))

    def _habit(self, machine: str, process: Process, core: bool) -> Option:
        """What a machine takes for an average piece; an operation scales it."""
        draw = self.draw
        setup, per_hour = draw.randint(*process.setup), draw.randrange(*process.yen_per_hour, 100)
        speed = draw.uniform(0.85, 1.25)
        grade = max(CORE_GRADE if core else 0, draw.randint(1, 3))
        return Option(
            machine,
            setup,
            round(speed, 3),
            fixed_yen=setup * per_hour // 60,
            unit_yen=per_hour,
            good_rate=round(draw.uniform(0.94, 1.0), 3) if self.has.good_rates else 1.0,
            co2_g=setup * 5,
            unit_co2_g=10,
            skill=process.skill if self.has.people else None,
            grade=grade if self.has.grades else 0,
            spread=round(draw.uniform(0.02, 0.15), 3),
        )

    def take_in(self, number: int) -> None:
        """One case: several parts, then assembly and a last inspection."""
        draw = self.draw
        case = f"C-{number:03}"
        release = draw.randrange(0, 10) * MINUTES_PER_DAY if self.has.releases else 0
        due = release + draw.randrange(21, 50) * MINUTES_PER_DAY
        spare = self._spare()
        barred = frozenset(draw.sample(spare, 1)) if spare and self.has.barred and draw.random() < 0.3 else frozenset()
        buyer = f"buyer-{draw.randint(1, 3)}" if self.has.deliveries else None
        late = draw.choice((2, 5, 10, 20))
        self.cases.append(Case(case, release, due, late, 2 * MINUTES_PER_DAY, buyer, f"Case {number}", barred))
        lot = draw.choice((20, 30, 50, 80, 120))
        ends: list[tuple[str, int]] = []
        for at in range(1, draw.randint(3, 4) + 1 if self.has.assembly else 2):
            per = draw.choice((1, 1, 1, 2)) if self.has.assembly else 1
            ends.append((self._part(case, f"{case}-{at}", draw.choice(ROUTINGS), lot * per, ()), per))
        if self.has.assembly:
            links = tuple(Link(before, per) for before, per in ends)
            self._part(case, f"{case}-0", ("assembly", "inspection"), lot, links)
        if self.has.frozen and number == 1:
            self._freeze()

    def _spare(self) -> list[str]:
        needed = set(self.core.values())
        return [company.id for company in self.companies if company.id not in needed]

    def _part(self, case: str, part: str, routing: tuple[str, ...], quantity: int, links: tuple[Link, ...]) -> str:
        """The operations of one part; returns the last one's id."""
        draw = self.draw
        self.parts.append(Part(part, case, f"Part {part}", draw.randrange(50, 3000, 50)))
        material = draw.choice(MATERIALS)
        for step, name in enumerate(routing, start=1):
            process = next(process for process in PROCESSES if process.name == name)
            minutes = min(draw.uniform(*process.piece), 600 / quantity)
            # A furnace takes the lot whole and stops for nothing; elsewhere long work may be split.
            long = minutes * quantity > 180 and not process.furnace
            split = quantity // 4 if self.has.splitting and long and draw.random() < 0.5 else None
            operation = Operation(
                f"{part}-{10 * step}",
                case,
                self._options(process, round(minutes, 2)),
                quantity,
                part,
                links,
                may_pause=not (process.furnace and self.has.no_pause),
                min_sublot=split,
                max_sublots=1 if split is None else draw.randint(2, 3),
                family=material if process.families and self.has.families else "",
                min_grade=draw.randint(0, CORE_GRADE) if self.has.grades else 0,
                name=f"{process.name} of {part}",
                process=process.name,
            )
            self.operations.append(operation)
            batch = quantity // 4 if self.has.batches and not process.furnace and draw.random() < 0.3 else None
            lag = 240 if process.name == "surface treatment" and self.has.lags else 0
            links = (Link(operation.id, batch=batch, lag=lag),)
        return links[0].before

    def _options(self, process: Process, minutes: float) -> tuple[Option, ...]:
        """Up to five machines, one of the core company's first."""
        able = self.machines_of[process.name]
        cores = [pair for pair in able if pair[0].site == f"{self.core[process.name]}-site"]
        first = self.draw.choice(cores)
        others = [pair for pair in able if pair is not first]
        chosen = [first, *self.draw.sample(others, min(len(others), self.draw.randint(2, 4)))]
        return tuple(self._scaled(option, minutes) for _, option in chosen)

    @staticmethod
    def _scaled(habit: Option, minutes: float) -> Option:
        per_piece = round(habit.minutes_per_piece * minutes, 2)
        return Option(
            habit.machine,
            habit.setup_minutes,
            per_piece,
            habit.fixed_yen,
            round(per_piece * habit.unit_yen / 60),
            habit.good_rate,
            habit.co2_g,
            round(per_piece * habit.unit_co2_g),
            habit.skill,
            habit.grade,
            habit.spread,
        )

    def _freeze(self) -> None:
        """The first operation of the first case has begun."""
        operation = self.operations[0]
        option = operation.options[0]
        machine = next(machine for machine in self.machines if machine.id == option.machine)
        hours = WorkingTime.of(without(self._open(machine.calendar or ""), machine.bookings))
        start = hours.opening(0)
        end = (
            None
            if start is None
            else hours.finish(start, option.setup_minutes + option.run_minutes(operation.quantity))
        )
        if start is not None and end is not None and option.skill is None:
            self.frozen.append(FrozenWork(operation.id, machine.id, operation.quantity, start, end))

    def _services(self, roads: Roads) -> tuple[Service, ...]:
        """Every other company is on a tour to one more site: a detour, for a part of a van's fare."""
        draw = random.Random(f"{self.horizon}/{len(self.cases)}/tours")  # all else stays as without tours
        days = range(0, self.horizon, MINUTES_PER_DAY)
        found = []
        for at, origin in enumerate(self.sites[: len(self.companies) : 2]):
            destination = draw.choice([site for site in self.sites if site is not origin])
            later, way = 10 * at, roads.by_coordinates(origin, destination, 1)
            leaves = [
                day + minute + later
                for number, day in enumerate(days)
                for minute in DEPARTURES
                if number % 7 < WEEKDAYS
            ]
            runs = tuple((minute, minute + way.minutes * 3 // 2) for minute in leaves)
            found.append(Service(origin.id, destination.id, runs, way.yen // 4, way.co2_g // 4))
        return tuple(found)

    def problem(self, name: str) -> Problem:
        """What has grown, with a policy over it."""
        draw, has = self.draw, self.has
        spare = self._spare()
        processes: dict[str, set[str]] = {case.id: set() for case in self.cases}
        for operation in self.operations:
            processes[operation.case].add(operation.process)
        most = max(len(needed) for needed in processes.values())
        rivals = {(min(pair), max(pair)) for pair in [draw.sample(spare, 2)]} if len(spare) > 1 else set()
        policy = Policy(
            Weights(co2=5, risk=100, companies=2_000_000 if has.teams else 0, fairness=2000 if has.fairness else 0),
            max_companies=most if has.teams else None,
            apart=frozenset(rivals) if has.teams else frozenset(),
            lead_required=has.leads,
            entitlement={company.id: draw.randint(1, 5) for company in self.companies} if has.fairness else {},
            frozen=tuple(self.frozen),
        )
        vehicles = (
            Vehicle("light van", 350, 1500, 30, 150),
            Vehicle("2 t truck", 2000, 3000, 60, 300),
            Vehicle("4 t truck", 4000, 4500, 90, 500),
        )
        roads = Roads(vehicles=vehicles) if has.travel else Roads(handling_minutes=0)
        if has.services:
            roads = replace(roads, services=self._services(roads))
        return Problem(
            tuple(self.companies),
            tuple(self.sites),
            tuple(self.machines),
            tuple(self.cases),
            tuple(self.operations),
            self.horizon,
            tuple(self.calendars),
            tuple(self.people),
            tuple(self.parts),
            roads,
            policy,
            origin="2026-04-06T00:00",
            name=name,
        )

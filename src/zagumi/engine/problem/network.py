"""The network: who is where, with which machines, people, hours and roads."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from zagumi.engine.clock import Window
from zagumi.engine.errors import ProblemError


def check_windows(place: str, windows: tuple[Window, ...]) -> None:
    """Refuse windows that are empty, negative, unsorted or overlapping."""
    previous = 0
    for start, end in windows:
        if not previous <= start < end:
            raise ProblemError(place, (start, end), f"windows in order, none empty, from minute {previous} on")
        previous = end


def check_id(kind: str, value: str) -> None:
    """Refuse an empty name: every fault and explanation calls items by it."""
    if not value or value != value.strip():
        raise ProblemError(kind, value, "an id that is not empty and has no outer spaces")


@dataclass(frozen=True, slots=True)
class Company:
    """A company that can be given work. ``may_lead``: it may be the lead company of a case."""

    id: str
    name: str = ""
    may_lead: bool = False

    def __post_init__(self) -> None:
        check_id("company", self.id)


@dataclass(frozen=True, slots=True)
class Site:
    """A place with coordinates in degrees (WGS 84). ``company`` is None for a hub or a buyer's site."""

    id: str
    company: str | None = None
    latitude: float = 0.0
    longitude: float = 0.0
    name: str = ""
    district: str = ""

    def __post_init__(self) -> None:
        check_id("site", self.id)
        if not -90 <= self.latitude <= 90:
            raise ProblemError(f"site {self.id}, latitude", self.latitude, "degrees from -90 to 90")
        if not -180 <= self.longitude <= 180:
            raise ProblemError(f"site {self.id}, longitude", self.longitude, "degrees from -180 to 180")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Open hours: sorted, disjoint windows in minutes after the origin; closed everywhere else."""

    id: str
    windows: tuple[Window, ...]

    def __post_init__(self) -> None:
        check_id("calendar", self.id)
        check_windows(f"calendar {self.id}", self.windows)
        if not self.windows:
            raise ProblemError(f"calendar {self.id}", "no window", "at least one open window")


@dataclass(frozen=True, slots=True)
class Band:
    """All that a guarded owner publishes: at most ``minutes`` of work may start within the window.

    The whole working time of a sub-lot counts in the band in which it starts.
    """

    start: int
    end: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine does one sub-lot at a time.

    Attributes:
        calendar: id of its open hours; None means always open.
        bookings: minutes already taken; work may neither touch nor pause across them.
        bands: when not empty, work may start only within a band and within its budget.
        setups: minutes of set-up by (family before, family after), used instead of the option's
            own set-up when the operation has a set-up family; a missing pair falls back to the option.
        family: set-up family the machine stands in at the origin ("" when unknown).
    """

    id: str
    site: str
    calendar: str | None = None
    bookings: tuple[Window, ...] = ()
    bands: tuple[Band, ...] = ()
    setups: Mapping[tuple[str, str], int] = field(default_factory=dict)
    family: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        check_id("machine", self.id)
        check_windows(f"machine {self.id}, bookings", self.bookings)
        check_windows(f"machine {self.id}, bands", tuple((b.start, b.end) for b in self.bands))
        for band in self.bands:
            if band.minutes < 0:
                raise ProblemError(f"machine {self.id}, band from {band.start}", band.minutes, "0 minutes or more")
        for pair, minutes in self.setups.items():
            if minutes < 0:
                raise ProblemError(f"machine {self.id}, set-up {pair}", minutes, "0 minutes or more")


@dataclass(frozen=True, slots=True)
class Person:
    """Someone of a company who can attend machines: one sub-lot at a time, within the calendar."""

    id: str
    company: str
    skills: frozenset[str]
    calendar: str | None = None

    def __post_init__(self) -> None:
        check_id("person", self.id)


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A kind of vehicle for direct trips; as many trips as the mass needs."""

    id: str
    capacity_kg: int
    trip_yen: int = 0
    yen_per_km: int = 0
    co2_g_per_km: int = 0

    def __post_init__(self) -> None:
        check_id("vehicle", self.id)
        if self.capacity_kg <= 0:
            raise ProblemError(f"vehicle {self.id}, capacity", self.capacity_kg, "more than 0 kg")
        for name in ("trip_yen", "yen_per_km", "co2_g_per_km"):
            if getattr(self, name) < 0:
                raise ProblemError(f"vehicle {self.id}, {name}", getattr(self, name), "0 or more")


@dataclass(frozen=True, slots=True)
class Service:
    """A vehicle of a shared tour that goes from one site to another again and again; the pair is travelled by it alone.

    What is ready takes the first run that departs then or later, and pays the same whatever its mass.

    Attributes:
        runs: (departure, arrival) in minutes after the origin, by departure; none overtakes another. After the last,
            nothing travels.
        yen, co2_g: of each movement.
    """

    origin: str
    destination: str
    runs: tuple[Window, ...]
    yen: int = 0
    co2_g: int = 0

    def __post_init__(self) -> None:
        place = f"service from {self.origin} to {self.destination}"
        if self.origin == self.destination:
            raise ProblemError(place, self.destination, "two different sites")
        for name in ("yen", "co2_g"):
            if getattr(self, name) < 0:
                raise ProblemError(f"{place}, {name}", getattr(self, name), "0 or more")
        departed, arrived = -1, 0
        for run in self.runs:
            departure, arrival = run
            if not departed < departure <= arrival:
                expected = f"runs by departure, each arriving after it departs, from minute {departed + 1} on"
                raise ProblemError(f"{place}, runs", run, expected)
            if arrival < arrived:
                raise ProblemError(f"{place}, runs", run, f"an arrival at minute {arrived} or later, as the run before")
            departed, arrived = run

    def run(self, ready: int) -> Window | None:
        """The first run that departs at a minute or later."""
        at = bisect_left(self.runs, (ready,))
        return self.runs[at] if at < len(self.runs) else None


class Haul(NamedTuple):
    """What one movement between two sites takes; by a service, ``minutes`` are those of its fastest run."""

    minutes: int
    yen: int = 0
    co2_g: int = 0
    km: float = 0.0
    vehicle: str | None = None
    trips: int = 0


@dataclass(frozen=True, slots=True)
class Roads:
    """Travel from coordinates, or given.

    From coordinates: great-circle kilometres (earth radius 6371 km) times ``road_factor``, driven at
    ``speed_kmh``, plus ``handling_minutes`` for loading and unloading; minutes are rounded up, yen
    and grams to the nearest. The cheapest vehicle (then the first listed) carries the mass in
    ``ceil(mass / capacity)`` trips. Within one site a movement takes nothing.

    Given: ``minutes[i][j]`` (and ``yen``, ``co2_g``) between the sites ``order[i]`` and ``order[j]``, per
    movement whatever its mass; sites that are not listed fall back to coordinates. A given diagonal counts
    between two machines of one site. ``delays``: further minutes between two different sites, in both directions.

    Between two sites that ``services`` name, in their direction, goes what they say and nothing else; they arrive
    later by the pair's delay.
    """

    road_factor: float = 1.3
    speed_kmh: float = 35.0
    handling_minutes: int = 20
    vehicles: tuple[Vehicle, ...] = ()
    order: tuple[str, ...] = ()
    minutes: tuple[tuple[int, ...], ...] = ()
    yen: tuple[tuple[int, ...], ...] = ()
    co2_g: tuple[tuple[int, ...], ...] = ()
    delays: Mapping[tuple[str, str], int] = field(default_factory=dict)
    services: tuple[Service, ...] = ()

    def __post_init__(self) -> None:
        if self.road_factor < 1:
            raise ProblemError("roads, road factor", self.road_factor, "1 or more")
        if self.speed_kmh <= 0:
            raise ProblemError("roads, speed", self.speed_kmh, "more than 0 km/h")
        if self.handling_minutes < 0:
            raise ProblemError("roads, handling", self.handling_minutes, "0 minutes or more")
        for pair, minutes in self.delays.items():
            if minutes < 0 or pair[0] == pair[1]:
                raise ProblemError(f"roads, delay {pair}", minutes, "0 minutes or more between two different sites")
        served: set[tuple[str, str]] = set()
        for service in self.services:
            pair = (service.origin, service.destination)
            if pair in served:
                place = f"roads, service from {service.origin} to {service.destination}"
                raise ProblemError(place, "a second one", "one service from a site to another")
            served.add(pair)
        size = len(self.order)
        for name in ("minutes", "yen", "co2_g"):
            table = getattr(self, name)
            if not table and (name != "minutes" or not size):
                continue
            if len(table) != size or any(len(row) != size for row in table):
                raise ProblemError(f"roads, {name}", f"{len(table)} rows", f"a {size} x {size} table")
            if any(min(row) < 0 for row in table):
                raise ProblemError(f"roads, {name}", "a negative entry", "0 or more everywhere")

    def delay(self, a: str, b: str) -> int:
        """Further minutes between two sites."""
        return self.delays.get((a, b), 0) + self.delays.get((b, a), 0) if self.delays else 0

    def kilometres(self, a: Site, b: Site) -> float:
        """Road kilometres between two sites, from their coordinates (haversine formula)."""
        phi_a, phi_b = math.radians(a.latitude), math.radians(b.latitude)
        half = (
            math.sin((phi_b - phi_a) / 2) ** 2
            + math.cos(phi_a) * math.cos(phi_b) * math.sin(math.radians(b.longitude - a.longitude) / 2) ** 2
        )
        return 2 * 6371.0 * math.asin(math.sqrt(min(1.0, half))) * self.road_factor

    def by_coordinates(self, a: Site, b: Site, mass_g: int) -> Haul:
        """The direct movement of a mass between two sites, from their coordinates."""
        if a.id == b.id:
            return Haul(0)
        km = self.kilometres(a, b)
        minutes = math.ceil(km / self.speed_kmh * 60 - 1e-9) + self.handling_minutes
        best: Haul | None = None
        for vehicle in self.vehicles:
            trips = max(1, math.ceil(mass_g / (vehicle.capacity_kg * 1000)))
            yen = trips * (vehicle.trip_yen + round(vehicle.yen_per_km * km))
            if best is None or yen < best.yen:
                best = Haul(minutes, yen, trips * round(vehicle.co2_g_per_km * km), km, vehicle.id, trips)
        return best or Haul(minutes, km=km)

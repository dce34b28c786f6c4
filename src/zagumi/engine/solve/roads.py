"""Travel between sites as arrays, equal to ``Problem.haul`` and ``Problem.sent`` for every pair, mass and minute."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zagumi.engine.problem import Problem, Site

Whole = NDArray[np.int64]
DOUBT = 1e-6  # closer than this to a step of rounding, the problem's own formula decides


class Travel(NamedTuple):
    """See the fields of the same names in :class:`zagumi.engine.solve.schedule.records.Tables`."""

    capacity: Whole
    minutes: Whole
    given: Whole
    trip: Whole
    services: dict[str, list[int]]
    runs: dict[str, list[int]]


def travel(problem: Problem, sites: list[Site]) -> Travel:
    """Minutes and costs of movements between the sites, in their order."""
    roads, size = problem.roads, len(sites)
    capacity = np.array([v.capacity_kg * 1000 for v in roads.vehicles], dtype=np.int64)
    minutes = np.zeros((size, size), dtype=np.int64)
    trip = np.zeros((len(roads.vehicles), size, size, 2), dtype=np.int64)
    given = np.full((size, size), -1, dtype=np.int64)
    listed = {site: at for at, site in enumerate(roads.order)}
    rows = [(at, listed[site.id]) for at, site in enumerate(sites) if site.id in listed]
    if len(rows) < size:
        _by_coordinates(problem, sites, minutes, trip)
    if rows:
        here, there = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
        weights = problem.policy.weights
        minutes[np.ix_(here, here)] = _between(roads.minutes, there)
        given[np.ix_(here, here)] = 0
        for weight, table in ((weights.cost, roads.yen), (weights.co2, roads.co2_g)):
            if table and weight:
                given[np.ix_(here, here)] += weight * _between(table, there)
    at = {site.id: number for number, site in enumerate(sites)}
    for (one, other), later in roads.delays.items():
        if one in at and other in at:
            minutes[at[one], at[other]] += later
            minutes[at[other], at[one]] += later
    services, runs = _services(problem, at, minutes, given)
    return Travel(capacity, minutes, given, trip, services, runs)


def _services(
    problem: Problem, at: dict[str, int], minutes: Whole, given: Whole
) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """Enter the services between the sites; the columns of services and of their runs by the horizon."""
    weights, horizon = problem.policy.weights, problem.horizon
    services: dict[str, list[int]] = {"run0": [], "run1": [], "least": [], "last": []}
    runs: dict[str, list[int]] = {"departure": [], "arrival": []}
    for (one, other), service in sorted(problem.services.items()):
        if one in at and other in at:
            minutes[at[one], at[other]] = -1 - len(services["last"])
            given[at[one], at[other]] = weights.cost * service.yen + weights.co2 * service.co2_g
            kept = [run for run in service.runs if run[1] <= horizon]
            services["run0"].append(len(runs["arrival"]))
            runs["departure"] += [departure for departure, _ in kept]
            runs["arrival"] += [arrival for _, arrival in kept]
            services["run1"].append(len(runs["arrival"]))
            services["least"].append(min((end - start for start, end in kept), default=horizon + 1))
            services["last"].append(kept[-1][0] if kept else -1)
    return services, runs


def _between(table: Sequence[Sequence[int]], sites: Whole) -> Whole:
    """A table's figures between so many of its sites, in their order."""
    size = len(table)
    whole = np.fromiter(chain.from_iterable(table), dtype=np.int64, count=size * size).reshape(size, size)
    return whole.take(sites, 0).take(sites, 1)


def _by_coordinates(problem: Problem, sites: list[Site], minutes: Whole, trip: Whole) -> None:
    roads = problem.roads
    phi = np.radians([site.latitude for site in sites])
    lam = np.radians([site.longitude for site in sites])
    half = (
        np.sin((phi[None, :] - phi[:, None]) / 2) ** 2
        + np.cos(phi[:, None]) * np.cos(phi[None, :]) * np.sin((lam[None, :] - lam[:, None]) / 2) ** 2
    )
    km = 2 * 6371.0 * np.arcsin(np.sqrt(np.minimum(1.0, half))) * roads.road_factor
    exact = km / roads.speed_kmh * 60
    minutes[:] = np.ceil(exact - 1e-9).astype(np.int64) + roads.handling_minutes
    doubtful = np.abs(exact - np.round(exact)) < DOUBT
    for at, vehicle in enumerate(roads.vehicles):
        trip[at, :, :, 0] = vehicle.trip_yen + np.rint(vehicle.yen_per_km * km).astype(np.int64)
        trip[at, :, :, 1] = np.rint(vehicle.co2_g_per_km * km).astype(np.int64)
        for rate in (vehicle.yen_per_km, vehicle.co2_g_per_km):
            doubtful |= (rate > 0) & (np.abs(rate * km - np.floor(rate * km) - 0.5) < DOUBT)
    for a, b in np.argwhere(doubtful):
        if a != b:
            far = problem.roads.kilometres(sites[a], sites[b])
            minutes[a, b] = problem.roads.by_coordinates(sites[a], sites[b], 0).minutes
            for at, vehicle in enumerate(roads.vehicles):
                trip[at, a, b] = (
                    vehicle.trip_yen + round(vehicle.yen_per_km * far),
                    round(vehicle.co2_g_per_km * far),
                )
    here = np.arange(len(sites))
    minutes[here, here] = 0
    trip[:, here, here] = 0

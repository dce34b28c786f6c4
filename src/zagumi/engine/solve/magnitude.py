"""How large each measure could possibly get, so that no objective leaves the whole numbers the solvers count in."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from operator import attrgetter

from zagumi.engine.errors import ProblemError
from zagumi.engine.problem import MEASURES, Problem, Weights
from zagumi.engine.solve.schedule.records import BATCHES, ENDLESS


def magnitudes(problem: Problem) -> dict[str, int]:
    """For each measure, by its name in weights, a value that no plan and nothing on the way to one goes beyond."""
    size, horizon = len(problem.operations), problem.horizon
    options = list(chain.from_iterable(map(attrgetter("options"), problem.operations)))
    pieces, lots = _most(problem.operations, "quantity"), _most(problem.operations, "max_sublots")
    lots += max((len(works) for works in problem.frozen.values()), default=0)
    moved = size + sum(len(operation.after) for operation in problem.operations)
    movements = moved * min(pieces * lots, (BATCHES + 1) * lots * lots)
    yen, grams = _hauls(problem, pieces)
    dated = [case for case in problem.cases if case.due is not None]
    late = sum(c.late_yen_per_minute * max(0, horizon - c.due) for c in dated if c.due is not None)
    risk = sum(c.late_yen_per_minute * max(0, horizon + c.buffer - c.due) for c in dated if c.due is not None)
    return {
        "cost": size * (_most(options, "fixed_yen") * lots + _most(options, "unit_yen") * pieces) + movements * yen,
        "tardiness": late,
        "co2": size * (_most(options, "co2_g") * lots + _most(options, "unit_co2_g") * pieces) + movements * grams,
        "makespan": horizon,
        "risk": risk,
        "fairness": _awarded(problem),
        "companies": len(problem.cases) * len(problem.companies),
        "stability": size,
    }


def require_room(problem: Problem) -> None:
    """Refuse weights under which an objective could leave the numbers that the solvers count in.

    Raises:
        ProblemError: naming the measure that contributes most, and what it may come to.
    """
    weights, most = problem.policy.weights, magnitudes(problem)
    parts = {name: getattr(weights, name) * most[name] for name in MEASURES}
    if sum(parts.values()) >= ENDLESS:
        name = max(parts, key=lambda each: parts[each])
        given = f"weight {getattr(weights, name)} times up to {most[name]}"
        raise ProblemError(f"objective, {name}", given, "less than 2^62 in all, about 4.6e18")

    if weights.fairness:
        whole = sum(problem.policy.entitlement.values())
        if whole * _awarded(problem) >= ENDLESS:
            given = f"{whole} in all times up to {_awarded(problem)} minutes"
            raise ProblemError("policy, entitlement", given, "less than 2^62, about 4.6e18")


def _awarded(problem: Problem) -> int:
    """Most working minutes of all machines together."""
    frozen = sum(work.end - work.start for work in problem.policy.frozen)
    return len(problem.machines) * problem.horizon + frozen


def dominating(values: list[tuple[str, int]], lower: int, problem: Problem) -> Weights:
    """Weights of measures, the first first, that let none grow above its value for any gain in those that follow.

    They are as large as the numbers allow, where these do not allow that.

    Args:
        values: of a plan.
        lower: value of what follows them all.
    """
    most, share = magnitudes(problem), ENDLESS // 4 // max(1, len(values))
    found: dict[str, int] = {}
    behind = lower
    for name, value in reversed(values):
        found[name] = max(1, min(behind + 1, share // max(1, most[name])))
        behind += found[name] * value
    return Weights.only(**found)


def _most(items: Iterable[object], name: str) -> int:
    return max(map(attrgetter(name), items), default=0)


def _hauls(problem: Problem, pieces: int) -> tuple[int, int]:
    """Most yen and grams of CO2 of one movement."""
    roads = problem.roads
    yen, grams = (max(map(max, table), default=0) for table in (roads.yen, roads.co2_g))
    yen = max([yen, *(service.yen for service in roads.services)])
    grams = max([grams, *(service.co2_g for service in roads.services)])
    if len(roads.order) < len(problem.sites) and problem.sites:
        # no two sites are farther apart than by way of the first
        km = 2 * max(roads.kilometres(problem.sites[0], site) for site in problem.sites)
        mass = pieces * max((part.mass_g for part in problem.parts), default=0)
        for vehicle in roads.vehicles:
            trips = mass // (vehicle.capacity_kg * 1000) + 1
            yen = max(yen, trips * (vehicle.trip_yen + int(vehicle.yen_per_km * km) + 1))
            grams = max(grams, trips * (int(vehicle.co2_g_per_km * km) + 1))
    return yen, grams

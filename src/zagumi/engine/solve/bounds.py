"""Lower bounds on the objective that hold for every valid plan, each measure bounded by itself.

- ``critical path``: completions no earlier than :mod:`zagumi.engine.solve.earliest` allows; they bound tardiness,
  risk and makespan.
- ``load``: the makespan by which machines can have done their shares at best, from the prices (dual values) of a
  linear program; whatever the prices, the inequality they give is recomputed and valid.
- ``tree``: the cheapest choice of sites along the tree of each case's operations, travel included (dynamic
  programming from the first operations to the last).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import highspy  # type: ignore[import-untyped]  # it carries no types
import numpy as np
from numpy.typing import NDArray

from zagumi.engine.clock import common
from zagumi.engine.problem import Link, Operation, Option, Problem, Weights
from zagumi.engine.solve.earliest import Earliest, Lots, Outlook

Minutes = NDArray[np.int64]

SAFE = 1 - 1e-9  # covers the rounding of floating sums


@dataclass(frozen=True, slots=True)
class Bound:
    """A lower bound of one weighted measure and the argument that gives it."""

    value: int
    by: str


def lower_bound(problem: Problem, weights: Weights | None = None) -> tuple[int, str]:
    """A value that no valid plan's objective is below, and the argument that contributes most to it.

    Args:
        weights: of the objective; those of the problem's policy when not given.
    """
    outlook = Outlook(problem.in_order())
    return total(bounds(outlook, outlook.look(), weights or problem.policy.weights))


def total(parts: Mapping[str, Bound]) -> tuple[int, str]:
    """The sum of the bounds of all measures, and the argument that contributes most."""
    share: dict[str, int] = {}
    for part in parts.values():
        share[part.by] = share.get(part.by, 0) + part.value
    return sum(share.values()), max(share, key=lambda by: share[by])


def bounds(outlook: Outlook, earliest: Earliest, weights: Weights) -> dict[str, Bound]:
    """The weighted bound of each measure, by its name in :class:`Weights`. Fairness is not bounded."""
    problem = outlook.problem
    cases = problem.cases
    completion = earliest.completion
    tardiness = sum(
        case.late_yen_per_minute * max(0, completion[case.id] - case.due) for case in cases if case.due is not None
    )
    risk = sum(
        case.late_yen_per_minute * max(0, completion[case.id] + case.buffer - case.due)
        for case in cases
        if case.due is not None
    )
    found = {
        "tardiness": Bound(weights.tardiness * tardiness, "critical path"),
        "risk": Bound(weights.risk * risk, "critical path"),
        "cost": Bound(Tree(outlook, weights).total() if weights.cost or weights.co2 else 0, "tree"),
        "companies": Bound(weights.companies * _companies(outlook) if weights.companies else 0, "tree"),
    }
    if weights.makespan:
        path = max(completion.values(), default=0)
        load = Load(outlook, earliest).makespan(path)
        found["makespan"] = Bound(weights.makespan * max(path, load), "load" if load > path else "critical path")
    return found


def _companies(outlook: Outlook) -> int:
    """Operations of a case that no company can share need a company each; picked greedily, the choosiest first."""
    problem = outlook.problem
    able: dict[str, list[frozenset[str | None]]] = {}
    for operation in problem.operations:
        machines = [option.machine for option in outlook.options[operation.id]]
        machines += [work.machine for work in problem.frozen.get(operation.id, ())]
        able.setdefault(operation.case, []).append(frozenset(problem.company_of(machine) for machine in machines))
    total = 0
    for sets in able.values():
        used: set[str | None] = set()
        for companies in sorted(sets, key=len):
            if companies and not companies & used:
                used |= companies
                total += 1
    return total


class Tree:
    """Least weighted cost and CO2 of processing and transport."""

    def __init__(self, outlook: Outlook, weights: Weights) -> None:
        self.outlook = outlook
        self.problem = outlook.problem
        self.weights = weights
        self._listed = frozenset(self.problem.roads.order)
        self._trips: dict[tuple[str, str], list[tuple[int, int]]] = {}
        self._moves: dict[tuple[str, str, int, bool], int] = {}

    def total(self) -> int:
        """The bound over all cases."""
        problem, total = self.problem, 0
        best: dict[str, dict[str, int]] = {}
        for name in problem.order:
            operation = problem.operation[name]
            at = self._work(operation)
            for link in operation.after:
                total += self._join(at, best[link.before], link, operation)
            best[name] = at
            to_site = problem.case[operation.case].deliver_to
            if not problem.successors[name]:
                mass, split = problem.mass_g(operation, operation.quantity), not self.outlook.lots[name].whole
                ways = {site: self.move(site, to_site, mass, split) if to_site is not None else 0 for site in at}
                total += min((at[site] + ways[site] for site in at), default=0)
        return total

    def _join(self, at: dict[str, int], before: dict[str, int], link: Link, operation: Operation) -> int:
        """Add what comes before to the cost at each site; what cannot be added is returned, bounded by itself."""
        giver = self.problem.operation[link.before]
        lots, taken = self.outlook.lots, operation.quantity * link.per
        split = not (lots[giver.id].whole and lots[operation.id].whole)
        mass = self.problem.mass_g(giver, taken)
        # A tree edge: the last successor takes the giver's cost with it. When pieces are left over, parts of a split
        # giver need not follow the pieces, so its own cost stands apart.
        edge = self.problem.successors[giver.id][-1] == operation.id and (
            taken == giver.quantity or lots[giver.id].whole
        )
        apart = 0
        if not edge:
            if self.problem.successors[giver.id][-1] == operation.id:
                apart = min(before.values(), default=0)
            before = dict.fromkeys(before, 0)
        if before:
            for site in at:
                at[site] += min(cost + self.move(a, site, mass, split) for a, cost in before.items())
        return apart

    def _work(self, operation: Operation) -> dict[str, int]:
        """Least cost of an operation done wholly at each site; no mixture is cheaper than the best of them."""
        by_machine = {option.machine: option for option in operation.options}
        options: Iterable[Option] = self.outlook.options[operation.id]
        frozen = self.problem.frozen.get(operation.id, ())
        least: dict[str, int] = {}
        for option in [*options, *(by_machine[work.machine] for work in frozen)]:
            site = self.outlook.sites[option.machine]
            cost = self.weights.cost * option.yen(operation.quantity) + self.weights.co2 * (
                option.co2_g + option.unit_co2_g * operation.quantity
            )
            least[site] = min(cost, least.get(site, cost))
        return least

    def move(self, from_site: str, to_site: str, mass_g: int, split: bool) -> int:
        """Least weighted cost of moving a mass, in however many movements.

        ``split``: a fraction of the mass costs at least this fraction of the value.
        """
        key = (from_site, to_site, mass_g, split)
        if key not in self._moves:
            self._moves[key] = self._cheapest(from_site, to_site, mass_g, split)
        return self._moves[key]

    def _cheapest(self, from_site: str, to_site: str, mass_g: int, split: bool) -> int:
        trips = self._of_pair(from_site, to_site)
        least = min((cost for _, cost in trips), default=0)
        if mass_g <= min((capacity for capacity, _ in trips), default=mass_g) or trips[0][0] == 0:
            return least
        rate = min(Fraction(cost, capacity) for capacity, cost in trips)
        flat = max(least, math.ceil(rate * mass_g))
        largest = max(capacity for capacity, _ in trips)
        if split or mass_g > 12 * largest:
            return flat
        # Cover the mass with whole trips, cheapest first (states: what is left).
        covered = {mass_g: 0}
        answer = math.ceil(mass_g / largest) * max(cost for _, cost in trips)
        while covered:
            left = max(covered)
            spent = covered.pop(left)
            for capacity, cost in trips:
                if left <= capacity:
                    answer = min(answer, spent + cost)
                elif spent + cost < covered.get(left - capacity, answer):
                    covered[left - capacity] = spent + cost
        return max(answer, flat)

    def _of_pair(self, from_site: str, to_site: str) -> list[tuple[int, int]]:
        """Capacity in grams and weighted cost of one trip of each vehicle; capacity 0: whatever the mass."""
        pair = (from_site, to_site)
        if pair not in self._trips:
            problem, weights = self.problem, self.weights
            roads = problem.roads
            given = (from_site in self._listed and to_site in self._listed) or pair in problem.services
            if given or from_site == to_site:
                haul = problem.haul(from_site, to_site, 0)
                trips = [(0, weights.cost * haul.yen + weights.co2 * haul.co2_g)]
            else:
                km = roads.kilometres(problem.site[from_site], problem.site[to_site])
                trips = [
                    (
                        vehicle.capacity_kg * 1000,
                        weights.cost * (vehicle.trip_yen + round(vehicle.yen_per_km * km))
                        + weights.co2 * round(vehicle.co2_g_per_km * km),
                    )
                    for vehicle in roads.vehicles
                ]
            self._trips[pair] = trips
        return self._trips[pair]


class Load:
    """The makespan by which all machines together can have done all work."""

    def __init__(self, outlook: Outlook, earliest: Earliest) -> None:
        self.outlook = outlook
        self.earliest = earliest
        problem = outlook.problem
        self.works: list[list[tuple[str, float]]] = []
        self.head: dict[str, int] = {}
        self.tail: dict[str, int] = {}
        for operation in problem.operations:
            lots = outlook.lots[operation.id]
            choices = []
            for option in outlook.options[operation.id]:
                start = earliest.start.get((operation.id, option.machine))
                if start is None:
                    continue
                choices.append((option.machine, self._minutes(operation, option, lots)))
                self.head[option.machine] = min(start, self.head.get(option.machine, start))
                tail = earliest.tail[operation.id]
                self.tail[option.machine] = min(tail, self.tail.get(option.machine, tail))
            if choices:
                self.works.append(choices)
        self.machines = sorted(self.head)
        self.free = {machine: self._free(machine) for machine in self.machines}

    def _minutes(self, operation: Operation, option: Option, lots: Lots) -> float:
        """Least working minutes when the whole rest is done here; a fraction takes at least its fraction of them."""
        if lots.whole:
            return self.outlook.working(operation, option, operation.quantity)
        return lots.rest / option.good_rate * option.minutes_per_piece * SAFE

    def _free(self, machine: str) -> tuple[Minutes, Minutes, Minutes]:
        """Starts and ends of the free open windows, and the open minutes before each."""
        hours = self.outlook.rooms.hours(machine).windows
        windows = np.array(common(hours, self.outlook.rooms.free(machine)), dtype=np.int64).reshape(-1, 2)
        lengths = windows[:, 1] - windows[:, 0]
        return windows[:, 0], windows[:, 1], np.concatenate(([0], np.cumsum(lengths)))

    def capacity(self, machine: str, makespan: int) -> int:
        """Open minutes between the first possible start on a machine and the last useful end."""
        return max(0, self._until(machine, makespan - self.tail[machine]) - self._until(machine, self.head[machine]))

    def _until(self, machine: str, minute: int) -> int:
        starts, ends, before = self.free[machine]
        at = int(np.searchsorted(starts, minute, side="right")) - 1
        return 0 if at < 0 else int(before[at] + min(minute, ends[at]) - starts[at])

    def makespan(self, least: int) -> int:
        """A lower bound on the makespan, at least ``least``."""
        if not self.works:
            return least
        low, high = least, self.outlook.problem.horizon
        prices = self._prices(low)
        for _ in range(3):  # prices depend on the hours until the makespan: ask again where the bound has moved to
            bound = self._priced(prices, low, high)
            if bound <= low:
                break
            low = bound
            prices = self._prices(low)
        return low

    def _priced(self, prices: dict[str, float], low: int, high: int) -> int:
        """The least makespan whose priced capacity is enough for the cheapest choice of each operation."""
        needed = math.fsum(min(prices[m] * minutes for m, minutes in choices) for choices in self.works) * SAFE

        def enough(makespan: int) -> bool:
            return math.fsum(price * self.capacity(m, makespan) for m, price in prices.items() if price) >= needed

        if enough(low):
            return low
        while low + 1 < high:
            middle = (low + high) // 2
            low, high = (low, middle) if enough(middle) else (middle, high)
        return high

    def _prices(self, makespan: int) -> dict[str, float]:
        """Dual values of the machines in: least overload, in minutes, when all is to be done by ``makespan``."""
        row = {machine: at for at, machine in enumerate(self.machines)}
        columns = [(at, row[m], minutes) for at, choices in enumerate(self.works) for m, minutes in choices]
        rows, count = len(self.machines) + len(self.works), len(columns) + 1
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = count, rows
        lp.col_cost_ = np.array([0.0] * len(columns) + [1.0])
        lp.col_lower_ = np.zeros(count)
        lp.col_upper_ = np.full(count, highspy.kHighsInf)
        capacity = [float(self.capacity(machine, makespan)) for machine in self.machines]
        lp.row_lower_ = np.array([-highspy.kHighsInf] * len(self.machines) + [1.0] * len(self.works))
        lp.row_upper_ = np.array(capacity + [1.0] * len(self.works))
        starts, index, value = [0], [], []
        for at, machine, minutes in columns:
            index += [machine, len(self.machines) + at]
            value += [minutes, 1.0]
            starts.append(len(index))
        index += range(len(self.machines))
        value += [-1.0] * len(self.machines)
        starts.append(len(index))
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = np.array(starts)
        lp.a_matrix_.index_ = np.array(index)
        lp.a_matrix_.value_ = np.array(value)
        solver = highspy.Highs()
        solver.silent()
        solver.setOptionValue("threads", 1)
        solver.passModel(lp)
        solver.run()
        duals = solver.getSolution().row_dual
        return {machine: max(0.0, -duals[at]) for machine, at in row.items()}

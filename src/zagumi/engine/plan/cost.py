"""What a plan is worth: money in whole yen, CO2 in grams, tardiness, risk, fairness.

Defined in ``docs/engine/problem.md``, section "Measures".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zagumi.engine.plan.plan import Plan, SubLot
from zagumi.engine.problem import MEASURES, Operation, PlannedWork, Problem, Weights

# the measure that each weight is for
WEIGHED = {
    "cost": "cost_yen",
    "tardiness": "tardiness_yen",
    "co2": "co2_g",
    "makespan": "makespan",
    "risk": "risk_yen",
    "fairness": "unfair_minutes",
    "companies": "companies",
    "stability": "moved_operations",
}


@dataclass(frozen=True, slots=True)
class CaseMeasures:
    """One case in a plan. ``slack``: minutes between completion and due (negative when late), None without a date."""

    case: str
    completion: int
    tardy_minutes: int
    slack: int | None
    cost_yen: int
    co2_g: int
    companies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures of a whole plan; units as in the names, ``makespan`` in minutes."""

    processing_yen: int
    transport_yen: int
    co2_g: int
    makespan: int
    tardy_minutes: int
    tardiness_yen: int
    risk_yen: int
    companies: int
    unfair_minutes: int
    travel_km: float
    transfers: int
    cases: tuple[CaseMeasures, ...]
    moved_operations: int = 0

    @property
    def cost_yen(self) -> int:
        """Processing and transport."""
        return self.processing_yen + self.transport_yen

    def of(self, name: str) -> int:
        """The measure that a weight of this name is for."""
        value: int = getattr(self, WEIGHED[name])
        return value

    def objective(self, weights: Weights) -> int:
        """The weighted sum the solvers minimise."""
        total: int = sum(getattr(weights, name) * self.of(name) for name in MEASURES)
        return total


@dataclass
class _Sum:
    """Running totals of one case."""

    yen: int = 0
    co2_g: int = 0
    end: int = 0


def measure(problem: Problem, plan: Plan) -> Measures:
    """Measure a plan. The plan need not be valid, but must name only things of the problem."""
    sums = {case.id: _Sum() for case in problem.cases}
    teams: dict[str, set[str]] = {case.id: set() for case in problem.cases}
    awarded: dict[str, int] = {}
    processing = _measure_work(problem, plan, sums, teams, awarded)
    transport, km, moved = _measure_movements(problem, plan, sums)
    cases, tardiness_yen, risk_yen = [], 0, 0
    for case in problem.cases:
        total = sums[case.id]
        slack = None if case.due is None else case.due - total.end
        late = 0 if slack is None else max(0, -slack)
        tardiness_yen += late * case.late_yen_per_minute
        if slack is not None:
            risk_yen += max(0, case.buffer - slack) * case.late_yen_per_minute
        cases.append(
            CaseMeasures(case.id, total.end, late, slack, total.yen, total.co2_g, tuple(sorted(teams[case.id])))
        )
    return Measures(
        processing_yen=processing,
        transport_yen=transport,
        co2_g=sum(total.co2_g for total in sums.values()),
        makespan=max((case.completion for case in cases), default=0),
        tardy_minutes=sum(case.tardy_minutes for case in cases),
        tardiness_yen=tardiness_yen,
        risk_yen=risk_yen,
        companies=sum(len(team) for team in teams.values()),
        unfair_minutes=unfairness(awarded, problem.policy.entitlement),
        travel_km=km,
        transfers=moved,
        cases=tuple(cases),
        moved_operations=len(moved_operations(problem, plan)),
    )


def _measure_work(
    problem: Problem, plan: Plan, sums: dict[str, _Sum], teams: dict[str, set[str]], awarded: dict[str, int]
) -> int:
    processing = 0
    companies = {machine.id: problem.company_of(machine.id) for machine in problem.machines}
    delivered = {case.id for case in problem.cases if case.deliver_to is not None}
    for sublot in plan.sublots:
        operation = problem.operation[sublot.operation]
        machine, quantity = sublot.machine, sublot.quantity
        for option in operation.options:
            if option.machine == machine:
                break
        total = sums[operation.case]
        yen = option.fixed_yen + option.unit_yen * quantity
        processing += yen
        total.yen += yen
        total.co2_g += option.co2_g + option.unit_co2_g * quantity
        if sublot.end > total.end and operation.case not in delivered:
            total.end = sublot.end
        company = companies[machine]
        if company is not None:
            teams[operation.case].add(company)
            if problem.policy.entitlement:
                minutes = sublot.setup_minutes + option.run_minutes(quantity)
                awarded[company] = awarded.get(company, 0) + minutes
    return processing


def _measure_movements(problem: Problem, plan: Plan, sums: dict[str, _Sum]) -> tuple[int, float, int]:
    """Yen, kilometres and number of movements between different sites."""
    sites = {machine.id: machine.site for machine in problem.machines}
    site = {(s.operation, s.lot): sites[s.machine] for s in plan.sublots}
    yen, km, moved = 0, 0.0, 0

    def move(operation: Operation, from_site: str, to_site: str, pieces: int) -> None:
        nonlocal yen, km, moved
        haul = problem.haul(from_site, to_site, problem.mass_g(operation, pieces))
        total = sums[operation.case]
        yen += haul.yen
        total.yen += haul.yen
        total.co2_g += haul.co2_g
        km += haul.km * max(1, haul.trips)
        moved += from_site != to_site

    for t in plan.transfers:
        from_site, to_site = site[t.from_operation, t.from_lot], site[t.to_operation, t.to_lot]
        move(problem.operation[t.from_operation], from_site, to_site, t.pieces)
    for d in plan.deliveries:
        operation = problem.operation[d.operation]
        total, wanted_at = sums[operation.case], problem.case[operation.case].deliver_to
        total.end = max(total.end, d.arrive)
        if wanted_at is not None:
            move(operation, site[d.operation, d.lot], wanted_at, d.pieces)
    return yen, km, moved


def moved_operations(problem: Problem, plan: Plan) -> tuple[str, ...]:
    """Operations whose sub-lots are, by machine, start and person, not those of the plan in force."""
    made = plan.sublots_of
    return tuple(name for name, works in problem.in_force.items() if not _alike(works, made.get(name, ())))


def _alike(works: tuple[PlannedWork, ...], lots: tuple[SubLot, ...]) -> bool:
    if len(works) == len(lots) == 1:  # most of a large plan
        work, lot = works[0], lots[0]
        return work.start == lot.start and work.machine == lot.machine and (work.person or None) == (lot.person or None)
    return _places(works) == _places(lots)


def _places(works: tuple[PlannedWork, ...] | tuple[SubLot, ...]) -> list[tuple[str, int, str]]:
    return sorted((work.machine, work.start, work.person or "") for work in works)


def unfairness(awarded: Mapping[str, int], entitlement: Mapping[str, int]) -> int:
    """Working minutes awarded above entitlement, summed over the companies; 0 without entitlements."""
    whole = sum(entitlement.values())
    if not whole:
        return 0
    total = sum(awarded.values())
    excess = sum(
        max(0, awarded.get(company, 0) * whole - total * entitlement.get(company, 0))
        for company in awarded.keys() | entitlement.keys()
    )
    return excess // whole

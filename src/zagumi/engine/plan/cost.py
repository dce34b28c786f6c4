"""What a plan is worth: money in whole yen, CO2 in grams, tardiness, risk, fairness.

Defined in ``docs/engine/problem.md``, section "Measures".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import Problem, Weights


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

    def objective(self, weights: Weights) -> int:
        """The weighted sum the solvers minimise."""
        return (
            weights.cost * self.cost_yen
            + weights.tardiness * self.tardiness_yen
            + weights.co2 * self.co2_g
            + weights.makespan * self.makespan
            + weights.risk * self.risk_yen
            + weights.fairness * self.unfair_minutes
            + weights.companies * self.companies
            + weights.stability * self.moved_operations
        )


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
    for sublot in plan.sublots:
        operation = problem.operation[sublot.operation]
        option = next(option for option in operation.options if option.machine == sublot.machine)
        total = sums[operation.case]
        yen = option.yen(sublot.quantity)
        processing += yen
        total.yen += yen
        total.co2_g += option.co2_g + option.unit_co2_g * sublot.quantity
        if problem.case[operation.case].deliver_to is None:
            total.end = max(total.end, sublot.end)
        company = problem.company_of(sublot.machine)
        if company is not None:
            teams[operation.case].add(company)
            minutes = sublot.setup_minutes + option.run_minutes(sublot.quantity)
            awarded[company] = awarded.get(company, 0) + minutes
    return processing


def _measure_movements(problem: Problem, plan: Plan, sums: dict[str, _Sum]) -> tuple[int, float, int]:
    """Yen, kilometres and number of movements between different sites."""
    site = {s.key: problem.machine[s.machine].site for s in plan.sublots}
    movements = [
        (t.from_operation, site[t.from_operation, t.from_lot], site[t.to_operation, t.to_lot], t.pieces, None)
        for t in plan.transfers
    ] + [
        (
            d.operation,
            site[d.operation, d.lot],
            problem.case[problem.operation[d.operation].case].deliver_to,
            d.pieces,
            d,
        )
        for d in plan.deliveries
    ]
    yen, km, moved = 0, 0.0, 0
    for name, from_site, to_site, pieces, delivery in movements:
        operation = problem.operation[name]
        total = sums[operation.case]
        if delivery is not None:
            total.end = max(total.end, delivery.arrive)
        if to_site is None:
            continue
        haul = problem.haul(from_site, to_site, problem.mass_g(operation, pieces))
        yen += haul.yen
        total.yen += haul.yen
        total.co2_g += haul.co2_g
        km += haul.km * max(1, haul.trips)
        moved += from_site != to_site
    return yen, km, moved


def moved_operations(problem: Problem, plan: Plan) -> tuple[str, ...]:
    """Operations whose sub-lots are, by machine, start and person, not those of the plan in force."""
    made = plan.sublots_of
    return tuple(
        name
        for name, works in problem.in_force.items()
        if sorted((work.machine, work.start, work.person or "") for work in works)
        != sorted((sublot.machine, sublot.start, sublot.person or "") for sublot in made.get(name, ()))
    )


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

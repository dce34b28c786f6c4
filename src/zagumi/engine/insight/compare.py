"""Two plans side by side; and a plan beside what really happened."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from zagumi.engine.plan.cost import Measures, measure
from zagumi.engine.plan.plan import Plan, SubLot
from zagumi.engine.problem import Problem
from zagumi.engine.read.shoplog.actual import Actual


@dataclass(frozen=True, slots=True)
class Moved:
    """An operation that is done elsewhere or at another time; ``later`` counts minutes of its first start."""

    operation: str
    machines: tuple[str, ...]
    other_machines: tuple[str, ...]
    companies: tuple[str, ...]
    other_companies: tuple[str, ...]
    later: int

    @property
    def changes_company(self) -> bool:
        """Whether another company does it."""
        return self.companies != self.other_companies


@dataclass(frozen=True, slots=True)
class CaseDifference:
    """One case: the other plan's value less the first one's."""

    case: str
    completion: int
    tardy_minutes: int
    cost_yen: int
    co2_g: int
    joined: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """The other plan less the first one; what is equal in both is not listed."""

    cost_yen: int
    processing_yen: int
    transport_yen: int
    tardy_minutes: int
    tardiness_yen: int
    makespan: int
    co2_g: int
    travel_km: float
    transfers: int
    companies: int
    objective: int
    cases: tuple[CaseDifference, ...]
    moved: tuple[Moved, ...]


def compare(problem: Problem, plan: Plan, other: Plan) -> Difference:
    """What changes from one plan of a problem to another."""
    a, b = measure(problem, plan), measure(problem, other)
    weights = problem.policy.weights
    return Difference(
        cost_yen=b.cost_yen - a.cost_yen,
        processing_yen=b.processing_yen - a.processing_yen,
        transport_yen=b.transport_yen - a.transport_yen,
        tardy_minutes=b.tardy_minutes - a.tardy_minutes,
        tardiness_yen=b.tardiness_yen - a.tardiness_yen,
        makespan=b.makespan - a.makespan,
        co2_g=b.co2_g - a.co2_g,
        travel_km=b.travel_km - a.travel_km,
        transfers=b.transfers - a.transfers,
        companies=b.companies - a.companies,
        objective=b.objective(weights) - a.objective(weights),
        cases=_cases(a, b),
        moved=_moved(problem, plan, other),
    )


def _cases(a: Measures, b: Measures) -> tuple[CaseDifference, ...]:
    found = []
    for one, two in zip(a.cases, b.cases, strict=True):
        difference = CaseDifference(
            one.case,
            two.completion - one.completion,
            two.tardy_minutes - one.tardy_minutes,
            two.cost_yen - one.cost_yen,
            two.co2_g - one.co2_g,
            tuple(company for company in two.companies if company not in one.companies),
            tuple(company for company in one.companies if company not in two.companies),
        )
        if difference != CaseDifference(one.case, 0, 0, 0, 0, (), ()):
            found.append(difference)
    return tuple(found)


def _moved(problem: Problem, plan: Plan, other: Plan) -> tuple[Moved, ...]:
    found = []
    for operation in problem.order:
        one, two = plan.sublots_of.get(operation, ()), other.sublots_of.get(operation, ())
        if _places(one) == _places(two):
            continue
        found.append(
            Moved(
                operation,
                _machines(one),
                _machines(two),
                _companies(problem, one),
                _companies(problem, two),
                min((s.start for s in two), default=0) - min((s.start for s in one), default=0),
            )
        )
    return tuple(found)


def _places(sublots: tuple[SubLot, ...]) -> list[tuple[str, int, int, int]]:
    return sorted((s.machine, s.start, s.end, s.quantity) for s in sublots)


def _machines(sublots: tuple[SubLot, ...]) -> tuple[str, ...]:
    return tuple(sorted({s.machine for s in sublots}))


def _companies(problem: Problem, sublots: tuple[SubLot, ...]) -> tuple[str, ...]:
    return tuple(sorted({company for s in sublots if (company := problem.company_of(s.machine)) is not None}))


@dataclass(frozen=True, slots=True)
class OrderAgainstActual:
    """One order, planned and real; all in minutes after the origin."""

    case: str
    start: int
    finish: int
    planned_start: int
    planned_finish: int

    @property
    def lead(self) -> int:
        """Real lead time."""
        return self.finish - self.start

    @property
    def planned_lead(self) -> int:
        """Planned lead time, counted from the same real start."""
        return self.planned_finish - self.start

    @property
    def late(self) -> int:
        """Minutes planned beyond the real finish."""
        return max(0, self.planned_finish - self.finish)


@dataclass(frozen=True, slots=True)
class MachineAgainstActual:
    """Minutes of work on one machine, planned and reported."""

    machine: str
    company: str
    planned: int
    reported: int


@dataclass(frozen=True, slots=True)
class AgainstActual:
    """A plan beside what really happened, with what such a comparison cannot know."""

    orders: tuple[OrderAgainstActual, ...]
    machines: tuple[MachineAgainstActual, ...]
    transport_minutes: int
    transfers: int
    caveats: tuple[str, ...]

    @property
    def sooner(self) -> int:
        """Orders planned to finish before they really did."""
        return sum(order.planned_finish < order.finish for order in self.orders)

    @property
    def later(self) -> int:
        """Orders planned to finish after they really did."""
        return sum(order.late > 0 for order in self.orders)

    @property
    def tardy_minutes(self) -> int:
        """Total tardiness against the real finish."""
        return sum(order.late for order in self.orders)

    @property
    def median_lead(self) -> int:
        """Median real lead time."""
        return round(median(order.lead for order in self.orders))

    @property
    def median_planned_lead(self) -> int:
        """Median planned lead time."""
        return round(median(order.planned_lead for order in self.orders))

    @property
    def planned_minutes(self) -> int:
        """Planned machine minutes."""
        return sum(machine.planned for machine in self.machines)

    @property
    def reported_minutes(self) -> int:
        """Reported machine minutes."""
        return sum(machine.reported for machine in self.machines)


def against_actual(problem: Problem, plan: Plan, actual: Actual) -> AgainstActual | None:
    """A plan beside reality; None when the two have no order in common."""
    real = {order.order: order for order in actual.orders}
    measures = {case.case: case for case in measure(problem, plan).cases}
    starts: dict[str, int] = {}
    for sublot in plan.sublots:
        case = problem.operation[sublot.operation].case
        starts[case] = min(starts.get(case, sublot.start), sublot.start)
    orders = tuple(
        OrderAgainstActual(name, real[name].start, real[name].finish, starts[name], measures[name].completion)
        for name in starts
        if name in real
    )
    if not orders:
        return None
    sites = {s.key: problem.machine[s.machine].site for s in plan.sublots}
    moves = [t for t in plan.transfers if sites[t.from_operation, t.from_lot] != sites[t.to_operation, t.to_lot]]
    return AgainstActual(
        tuple(sorted(orders, key=lambda order: (order.start, order.case))),
        _machine_minutes(problem, plan, actual),
        sum(t.arrive - t.depart for t in moves),
        len(moves),
        actual.caveats,
    )


def _machine_minutes(problem: Problem, plan: Plan, actual: Actual) -> tuple[MachineAgainstActual, ...]:
    return tuple(
        MachineAgainstActual(
            machine.machine,
            next((problem.company_of(bench) or "" for bench in machine.benches if bench in problem.machine), ""),
            sum(
                working_minutes(problem, sublot)
                for bench in machine.benches
                for sublot in plan.on_machine.get(bench, ())
            ),
            machine.minutes,
        )
        for machine in actual.machines
    )


def working_minutes(problem: Problem, sublot: SubLot) -> int:
    """Set-up and run of a sub-lot."""
    options = problem.operation[sublot.operation].options
    option = next(option for option in options if option.machine == sublot.machine)
    return sublot.setup_minutes + option.run_minutes(sublot.quantity)

"""A solution of the model as a plan, and a plan as a hint for the model."""

from __future__ import annotations

from collections.abc import Callable

from zagumi.engine.plan.plan import Delivery, Plan, SubLot, Transfer
from zagumi.engine.solve.exact.base import Base, Choice, Lot, Movement, Term
from zagumi.engine.solve.exact.moves import Moves

Value = Callable[[Term], int]


def read_plan(base: Base, value: Value) -> Plan:
    """The plan that the values of a solution describe."""
    found: dict[int, SubLot] = {}
    for name, lots in base.lots.items():
        there = [(lot, choice) for lot in lots for choice in lot.choices if value(choice.present)]
        there.sort(key=lambda pair: (value(pair[0].start), pair[1].option.machine))
        for number, (lot, choice) in enumerate(there, start=1):
            person = next((person for person, literal in choice.people.items() if value(literal)), None)
            found[id(lot)] = SubLot(
                name,
                number,
                choice.option.machine,
                value(lot.quantity),
                value(lot.start),
                value(lot.end),
                value(choice.setup),
                person,
            )
    transfers: list[Transfer] = []
    deliveries: list[Delivery] = []
    moves = Moves(base.problem, base.weights)
    for movement in base.movements:
        giver = found.get(id(movement.giver))
        pieces = value(movement.pieces)
        if giver is not None and pieces:
            if movement.taker is None:
                deliveries += _deliveries(base, moves, giver, pieces)
            else:
                transfers += _transfers(base, moves, movement, giver, found[id(movement.taker)], value)
    plan = Plan(tuple(found.values()), tuple(transfers), tuple(deliveries))
    return Plan(plan.sublots, plan.transfers, plan.deliveries, _leads(base, plan))


def _deliveries(base: Base, moves: Moves, giver: SubLot, pieces: int) -> list[Delivery]:
    problem = base.problem
    operation = problem.operation[giver.operation]
    from_site, to_site = base.outlook.sites[giver.machine], problem.case[operation.case].deliver_to or ""
    depart, arrive = _sent(base, from_site, to_site, giver.end)
    sizes = moves.sizes(from_site, to_site, problem.mass_g(operation, 1), pieces)
    return [Delivery(giver.operation, giver.lot, size, depart, arrive) for size in sizes]


def _transfers(
    base: Base, moves: Moves, movement: Movement, giver: SubLot, taker: SubLot, value: Value
) -> list[Transfer]:
    problem = base.problem
    operation = problem.operation[giver.operation]
    from_site, to_site = base.outlook.sites[giver.machine], base.outlook.sites[taker.machine]
    pieces = value(movement.pieces)
    if movement.sizes:
        sizes = list(next(way for literal, way in movement.sizes if value(literal)))
    elif movement.batch is not None:
        sizes = [pieces]
    else:
        sizes = moves.sizes(from_site, to_site, problem.mass_g(operation, 1), pieces)
    transfers, done = [], 0
    for size in sizes:
        done += size
        ready = (_made(base, giver, done) if movement.sizes else giver.end) + movement.lag
        depart, arrive = _sent(base, from_site, to_site, ready)
        if movement.taker is not None and movement.taker.frozen is not None:
            # frozen work does not wait; what the plan says of its feeds stays within the horizon
            depart, arrive = min(depart, problem.horizon), min(arrive, problem.horizon)
        transfers.append(Transfer(giver.operation, giver.lot, taker.operation, taker.lot, size, depart, arrive))
    return transfers


def _sent(base: Base, from_site: str, to_site: str, ready: int) -> tuple[int, int]:
    """Departure and arrival; both at the horizon when nothing goes any more, as into frozen work it need not."""
    return base.problem.sent(from_site, to_site, ready) or (base.problem.horizon, base.problem.horizon)


def _made(base: Base, giver: SubLot, pieces: int) -> int:
    """When so many pieces of a sub-lot are done."""
    option = next(o for o in base.problem.operation[giver.operation].options if o.machine == giver.machine)
    hours = base.outlook.rooms.hours(giver.machine, giver.person)
    made = hours.finish(giver.start, giver.setup_minutes + option.run_minutes(pieces))
    return giver.end if made is None else made


def _leads(base: Base, plan: Plan) -> tuple[tuple[str, str], ...]:
    """The first company in the problem's order that is in the team and may lead."""
    problem = base.problem
    teams: dict[str, set[str | None]] = {}
    for sublot in plan.sublots:
        case = problem.operation[sublot.operation].case
        teams.setdefault(case, set()).add(problem.company_of(sublot.machine))
    return tuple(
        (case.id, lead)
        for case in problem.cases
        if (lead := next((c.id for c in problem.companies if c.may_lead and c.id in teams.get(case.id, ())), None))
    )


def hint(base: Base, plan: Plan) -> None:
    """Tell the solver where to begin."""
    numbered: dict[tuple[str, int], int] = {}
    for name, lots in base.lots.items():
        frozen = {(w.machine, w.quantity, w.start, w.end, w.person) for w in base.problem.frozen.get(name, ())}
        sublots = {
            s.machine: s
            for s in plan.sublots_of.get(name, ())
            if (s.machine, s.quantity, s.start, s.end, s.person) not in frozen
        }
        for lot in lots:
            if lot.frozen is not None:
                continue
            for choice in lot.choices:
                sublot = sublots.get(choice.option.machine)
                base.cp.add_hint(choice.present, int(sublot is not None))
                if sublot is not None:
                    numbered[sublot.key] = id(lot)
                    _hint_lot(base, lot, choice, sublot)
    fed: dict[tuple[int, int], int] = {}
    for t in plan.transfers:
        ends = (numbered.get((t.from_operation, t.from_lot)), numbered.get((t.to_operation, t.to_lot)))
        if ends[0] is not None and ends[1] is not None:
            fed[ends[0], ends[1]] = fed.get((ends[0], ends[1]), 0) + t.pieces
    for movement in base.movements:
        if not isinstance(movement.pieces, int) and movement.taker is not None and movement.taker.frozen is None:
            base.cp.add_hint(movement.pieces, fed.get((id(movement.giver), id(movement.taker)), 0))


def _hint_lot(base: Base, lot: Lot, choice: Choice, sublot: SubLot) -> None:
    base.cp.add_hint(lot.start, sublot.start)
    base.cp.add_hint(lot.end, sublot.end)
    base.cp.add_hint(lot.size, sublot.end - sublot.start)
    if not isinstance(lot.quantity, int):
        base.cp.add_hint(lot.quantity, sublot.quantity)
    for person, literal in choice.people.items():
        base.cp.add_hint(literal, int(person == sublot.person))
    if len(choice.setups) > 1:
        for minutes, literal in choice.setups.items():
            base.cp.add_hint(literal, int(minutes == sublot.setup_minutes))

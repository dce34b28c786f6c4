"""Sub-lots: which options, how many pieces, who attends, from when to when."""

from __future__ import annotations

from zagumi.engine.problem import FrozenWork, Operation, Option
from zagumi.engine.solve.exact.base import Base, Choice, Literal, Lot, NoPlan, Term
from zagumi.engine.solve.exact.hours import keep_hours

MOST_PIECES = 2000  # above it the quantities of split operations are taken from a grid


def add_lots(base: Base) -> None:
    """All sub-lots that a plan may have, with times, hours, quantities and the splitting rules."""
    for name in base.problem.order:
        operation = base.problem.operation[name]
        if base.outlook.lots[name].whole:
            base.lots[name] = [_whole_lot(base, operation)]
        else:
            base.lots[name] = _split_lots(base, operation)


def _bounds(base: Base, operation: Operation, option: Option) -> tuple[int, int] | None:
    """First start and last end worth looking at."""
    key = (operation.id, option.machine)
    last = base.latest[operation.case] - base.earliest.tail[operation.id]
    if key not in base.earliest.start or base.earliest.end[key] > last:
        return None
    return base.earliest.start[key], last


def _whole_lot(base: Base, operation: Operation) -> Lot:
    bounds = {o: b for o in base.outlook.options[operation.id] if (b := _bounds(base, operation, o))}
    if not bounds:
        raise NoPlan
    lot = _timed(base, operation, list(bounds.values()), operation.quantity)
    presents = [base.flag() for _ in bounds]
    base.cp.add_exactly_one(presents)
    for (option, (first, last)), present in zip(bounds.items(), presents, strict=True):
        _choose(base, lot, option, present, (first, last))
        base.goals.append(present * _value(base, option, operation.quantity))
    return lot


def _timed(base: Base, operation: Operation, bounds: list[tuple[int, int]], quantity: Term) -> Lot:
    first, last = min(a for a, _ in bounds), max(b for _, b in bounds)
    start = base.whole(first, min(last, base.problem.horizon - 1))
    end = base.whole(first, last)
    size = base.whole(0, last - first)
    base.cp.add(start + size == end)
    return Lot(operation, start, size, end, quantity, [])


def _value(base: Base, option: Option, quantity: Term) -> Term:
    weights = base.weights
    fixed = weights.cost * option.fixed_yen + weights.co2 * option.co2_g
    return fixed + (weights.cost * option.unit_yen + weights.co2 * option.unit_co2_g) * quantity


def _split_lots(base: Base, operation: Operation) -> list[Lot]:
    lots, cp = base.outlook.lots[operation.id], base.cp
    frozen = base.problem.frozen.get(operation.id, ())
    made = [_frozen_lot(base, operation, work) for work in frozen]
    if not lots.rest:
        return made
    free = []
    for option in base.outlook.options[operation.id]:
        bounds = _bounds(base, operation, option)
        if bounds is None:
            continue
        present = base.flag()
        quantity = base.whole(0, lots.rest)
        cp.add(quantity >= lots.smallest).only_enforce_if(present)
        cp.add(quantity == 0).only_enforce_if(present.negated())
        lot = _timed(base, operation, [bounds], quantity)
        _choose(base, lot, option, present, bounds)
        weights, (fixed, unit) = base.weights, (_value(base, option, 0), _value(base, option, 1))
        if weights.cost or weights.co2:
            base.goals += [fixed * present, (unit - fixed) * quantity]
        free.append(lot)
    if not free:
        raise NoPlan
    cp.add(sum(lot.quantity for lot in free) == lots.rest)
    cp.add(sum(lot.choices[0].present for lot in free) <= lots.free)
    return made + free


def _frozen_lot(base: Base, operation: Operation, work: FrozenWork) -> Lot:
    option = next(option for option in operation.options if option.machine == work.machine)
    yes, setup = base.cp.new_constant(1), base.problem.frozen_setup(work)
    choice = Choice(
        option,
        base.outlook.sites[option.machine],
        base.problem.company_of(option.machine) or "",
        yes,
        {work.person: yes} if work.person is not None else {},
        {setup: yes},
        setup,
        option.run_minutes(work.quantity),
    )
    base.goals.append(_value(base, option, work.quantity))
    return Lot(operation, work.start, work.end - work.start, work.end, work.quantity, [choice], work)


def _choose(base: Base, lot: Lot, option: Option, present: Literal, bounds: tuple[int, int]) -> None:
    """Add a choice to a lot: people, set-ups, run minutes, open hours."""
    problem, cp = base.problem, base.cp
    people = {person: base.flag() for person in problem.attendants(option)} if option.skill is not None else {}
    if people:
        cp.add(sum(people.values()) == present)
    values = sorted(base.outlook.setups(lot.operation, option))
    setups: dict[int, Literal] = {value: base.flag() if len(values) > 1 else present for value in values}
    if len(values) > 1:
        cp.add(sum(setups.values()) == present)
    run: Term = (
        option.run_minutes(lot.quantity)
        if isinstance(lot.quantity, int)
        else _run(base, lot.operation, option, lot.quantity)
    )
    setup = sum(value * literal for value, literal in setups.items() if value)
    choice = Choice(
        option,
        base.outlook.sites[option.machine],
        problem.company_of(option.machine) or "",
        present,
        people,
        setups,
        setup,
        run,
    )
    lot.choices.append(choice)
    _forbid_empty_families(base, lot, choice)
    first, last = bounds
    last = min(last, problem.horizon - 1)
    by_hours: dict[tuple[str | None, str | None], list[tuple[str | None, Literal]]] = {}
    attending: list[tuple[str | None, Literal]] = [*people.items()] or [(None, present)]
    for person, literal in attending:
        by_hours.setdefault(base.outlook.rooms.calendars(option.machine, person), []).append((person, literal))
    for members in by_hours.values():
        hours = base.outlook.rooms.hours(option.machine, members[0][0])
        attended = base.any_of([literal for _, literal in members]) if len(by_hours) > 1 else present
        if not isinstance(run, int):
            keep_hours(base, lot, attended, hours, setup + run, (first, last))
        elif len(by_hours) == 1 or len(setups) == 1:
            for value, literal in setups.items() if len(setups) > 1 else [(values[0], attended)]:
                keep_hours(base, lot, literal, hours, value + run, (first, last))
        else:
            for value, literal in setups.items():
                keep_hours(base, lot, base.both(attended, literal), hours, value + run, (first, last))


def _forbid_empty_families(base: Base, lot: Lot, choice: Choice) -> None:
    """Work of no minutes leaves the machine's family as it is, which the sequence below does not know."""
    empty = isinstance(choice.run, int) and choice.run == 0
    if empty and lot.operation.family and base.problem.machine[choice.option.machine].setups:
        base.restricted.add("work without minutes in a set-up family")
        if 0 in choice.setups:
            base.cp.add_bool_and([choice.setups[0].negated()])


def _run(base: Base, operation: Operation, option: Option, quantity: Term) -> Term:
    """Run minutes of a changing quantity: linear where the rounding leaves it so, else by table."""
    rest = base.outlook.lots[operation.id].rest
    if rest > MOST_PIECES:
        base.restricted.add("quantities of many pieces")
        step = -(-rest // 200)
        grid = sorted({*range(0, rest, step), *(rest - pieces for pieces in range(0, rest, step))})
        at = base.whole(0, len(grid) - 1)
        base.cp.add_element(at, grid, quantity)
    else:
        grid, at = list(range(rest + 1)), quantity
    table = [option.run_minutes(pieces) for pieces in grid]
    unit = option.run_minutes(1)
    if all(minutes == unit * pieces for pieces, minutes in zip(grid, table, strict=True)):
        return unit * quantity if unit else 0
    run = base.whole(0, table[-1])
    base.cp.add_element(at, table, run)
    return run

"""Machines and people do one thing at a time; set-ups follow the sequence; bands have budgets."""

from __future__ import annotations

from collections import defaultdict

from zagumi.engine.clock import without
from zagumi.engine.solve.exact.base import Base, Choice, Literal, Lot, Term

Placed = tuple[Lot, Choice]


def add_machines(base: Base) -> None:
    """No overlap on machines (bookings and frozen work included) and for people, set-ups, bands."""
    on_machine: dict[str, list[Placed]] = defaultdict(list)
    for lots in base.lots.values():
        for lot in lots:
            for choice in lot.choices:
                on_machine[choice.option.machine].append((lot, choice))
    for machine, placed in on_machine.items():
        _one_at_a_time(base, machine, placed)
        if base.problem.machine[machine].setups:
            _follow_sequence(base, machine, placed)
        if base.problem.machine[machine].bands:
            _keep_bands(base, machine, [(lot, choice) for lot, choice in placed if lot.frozen is None])
    _one_place_at_a_time(base, [pair for placed in on_machine.values() for pair in placed])


def occupied(base: Base, lot: Lot, choice: Choice) -> Literal | None:
    """The lot takes the choice's machine for some minutes; None: it never does."""
    if lot.frozen is not None:
        return choice.present if lot.frozen.start < lot.frozen.end else None
    if not isinstance(choice.run, int):
        return choice.present
    some = [literal for value, literal in choice.setups.items() if value + choice.run > 0]
    if len(some) == len(choice.setups):
        return choice.present
    return base.any_of(some) if some else None


def _interval(base: Base, lot: Lot, literal: Literal) -> Term:
    if lot.frozen is not None:
        return base.cp.new_fixed_size_interval_var(lot.frozen.start, lot.frozen.end - lot.frozen.start, "")
    return base.cp.new_optional_interval_var(lot.start, lot.size, lot.end, literal, "")


def _one_at_a_time(base: Base, machine: str, placed: list[Placed]) -> None:
    intervals = []
    for lot, choice in placed:
        literal = occupied(base, lot, choice)
        if literal is not None:
            intervals.append(_interval(base, lot, literal))
    frozen = [(lot.frozen.start, lot.frozen.end) for lot, _ in placed if lot.frozen is not None]
    for start, end in without(base.problem.machine[machine].bookings, frozen):
        intervals.append(base.cp.new_fixed_size_interval_var(start, end - start, ""))
    if len(intervals) > 1:
        base.cp.add_no_overlap(intervals)


def _one_place_at_a_time(base: Base, placed: list[Placed]) -> None:
    attended: dict[str, list[Term]] = defaultdict(list)
    for lot, choice in placed:
        if not choice.people:
            continue
        busy = occupied(base, lot, choice)
        for person, literal in choice.people.items() if busy is not None else ():
            both = literal if busy is choice.present else base.both(literal, busy)
            attended[person].append(_interval(base, lot, both))
    for intervals in attended.values():
        if len(intervals) > 1:
            base.cp.add_no_overlap(intervals)


def _follow_sequence(base: Base, machine: str, placed: list[Placed]) -> None:
    """A circuit through the lots that have a family; the others leave the machine as it stands."""
    cp, setups = base.cp, base.problem.machine[machine].setups
    nodes: list[tuple[Lot, Choice, Literal]] = []
    for lot, choice in placed:
        if lot.operation.family and (literal := occupied(base, lot, choice)) is not None:
            nodes.append((lot, choice, literal))
    if not any(lot.frozen is None and len(choice.setups) > 1 for lot, choice, _ in nodes):
        return
    nothing = base.flag()
    arcs: list[tuple[int, int, Literal]] = [(0, 0, nothing)]
    for j, (lot, choice, literal) in enumerate(nodes, start=1):
        arcs.append((j, j, literal.negated()))
        cp.add_implication(nothing, literal.negated())
        arcs.append((j, 0, base.flag()))
        for i in range(len(nodes) + 1):
            if i == j:
                continue
            arc = base.flag()
            arcs.append((i, j, arc))
            before = nodes[i - 1][0].operation.family if i else base.problem.machine[machine].family
            if i:
                cp.add(lot.start >= nodes[i - 1][0].end).only_enforce_if(arc)
            if lot.frozen is None:
                right = setups.get((before, lot.operation.family), choice.option.setup_minutes)
                asked = choice.setups.get(right)
                cp.add_implication(arc, asked) if asked is not None else cp.add_bool_and([arc.negated()])
    cp.add_circuit(arcs)


def _keep_bands(base: Base, machine: str, placed: list[Placed]) -> None:
    cp, bands = base.cp, base.problem.machine[machine].bands
    used: list[list[Term]] = [[] for _ in bands]
    for lot, choice in placed:
        chosen = []
        for at, band in enumerate(bands):
            within = base.flag()
            chosen.append(within)
            cp.add_linear_constraint(lot.start, band.start, band.end - 1).only_enforce_if(within)
            if isinstance(choice.run, int) and len(choice.setups) == 1:
                used[at].append((choice.run + next(iter(choice.setups))) * within)
            else:
                minutes = base.whole(0, band.minutes)
                cp.add(minutes >= choice.setup + choice.run).only_enforce_if(within)
                used[at].append(minutes)
        cp.add(sum(chosen) == choice.present)
    for band, minutes in zip(bands, used, strict=True):
        cp.add(sum(minutes) <= band.minutes)

"""An operation against the plan in force: whether it is moved; see "Measures" in ``docs/engine/problem.md``."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel
from zagumi.engine.solve.schedule.records import State, Tables
from zagumi.engine.solve.schedule.rows import force_at, lot_at, mode_at, op_at, rules


@kernel
def moving_price(net: Tables, op: int) -> int:
    """What it costs to move an operation; nothing when the plan in force does not know it."""
    return rules(net).stability if op_at(net, op).force1 > op_at(net, op).force0 else 0


@kernel
def _in_force(net: Tables, op: int, option: int, person: int, start: int) -> int:
    """How many sub-lots an operation has there in the plan in force."""
    count = 0
    for at in range(op_at(net, op).force0, op_at(net, op).force1):
        there = force_at(net, at)
        count += 1 if there.option == option and there.person == person and there.start == start else 0
    return count


@kernel
def moving_cost(net: Tables, st: State, op: int, lots: int) -> int:
    """What the first so many sub-lots of an operation cost because they are not those of the plan in force."""
    row = op_at(net, op)
    if row.force1 == row.force0:
        return 0
    if lots != row.force1 - row.force0:
        return rules(net).stability
    for number in range(row.lot0, row.lot0 + lots):
        lot = lot_at(st, number)
        mode = mode_at(net, lot.mode)
        same = 0
        for other in range(row.lot0, row.lot0 + lots):
            there = lot_at(st, other)
            other_mode = mode_at(net, there.mode)
            if other_mode.option == mode.option and other_mode.person == mode.person and there.start == lot.start:
                same += 1
        if same != _in_force(net, op, mode.option, mode.person, lot.start):
            return rules(net).stability
    return 0

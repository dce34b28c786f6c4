"""What to take out of a plan: always operations together with all that is made from them."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel, routine
from zagumi.engine.solve.schedule.chance import below
from zagumi.engine.solve.schedule.feeding import unfeed
from zagumi.engine.solve.schedule.occupancy import first_after, set_done, span_of, take_lot
from zagumi.engine.solve.schedule.records import State, Tables
from zagumi.engine.solve.schedule.rows import (
    case_at,
    done_at,
    focus_at,
    forced_at,
    link_at,
    lot_at,
    mode_at,
    now,
    op_at,
    option_at,
    room_at,
    rules,
    settings,
    span_at,
    touched_at,
    used_at,
    worth_at,
)

LARGE = 12  # a case of more operations is taken out in part


@kernel
def touch(st: State, case: int) -> None:
    """Note that something of a case is taken out."""
    if worth_at(st, case).touched == 0:
        worth_at(st, case).touched = 1
        touched_at(st, now(st).touched).index = case
        now(st).touched += 1


@kernel
def take_op(net: Tables, st: State, op: int) -> None:
    row, done = op_at(net, op), done_at(st, op)
    for number in range(row.lot0 + row.frozen, row.lot0 + done.lots):
        take_lot(net, st, number)
    unfeed(net, st, op)
    set_done(st, op, row.frozen, 0, 0)


@kernel
def ruin_op(net: Tables, st: State, op: int) -> None:
    """Take out an operation and all that is made from it."""
    if not done_at(st, op).placed:
        return
    case = op_at(net, op).case
    touch(st, case)
    now(st).stamp += 1
    stamp = now(st).stamp
    done_at(st, op).stamp = stamp
    last = op
    for other in range(op + 1, case_at(net, case).op1):
        for link in range(op_at(net, other).link0, op_at(net, other).link1):
            if done_at(st, link_at(net, link).before).stamp == stamp:
                done_at(st, other).stamp = stamp
                last = other
                break
    for other in range(last, op - 1, -1):
        if done_at(st, other).stamp == stamp and done_at(st, other).placed:
            take_op(net, st, other)


@routine
def ruin_case(net: Tables, st: State, case: int) -> None:
    """Take out a case."""
    touch(st, case)
    for op in range(case_at(net, case).op1 - 1, case_at(net, case).op0 - 1, -1):
        if done_at(st, op).placed:
            take_op(net, st, op)


@kernel
def ruin_forced(net: Tables, st: State) -> None:
    """Take out what no longer fits because what stood before it went."""
    while now(st).forced > 0:
        now(st).forced -= 1
        ruin_op(net, st, forced_at(st, now(st).forced).index)


@kernel
def _some_case(net: Tables, st: State) -> int:
    """A case, among those around which to search."""
    if now(st).focused > 0:
        return int(focus_at(st, below(st, now(st).focused)).index)
    return below(st, rules(net).case_count)


@kernel
def _some_op(net: Tables, st: State, case: int) -> int:
    row = case_at(net, case)
    return row.op0 + below(st, row.op1 - row.op0)


@kernel
def _ruin_some(net: Tables, st: State, case: int) -> None:
    """Take out a case, or a random part of a large one."""
    row = case_at(net, case)
    size = row.op1 - row.op0
    if size == 0:
        return
    if size <= LARGE or below(st, 8) == 0:
        ruin_case(net, st, case)
        return
    for _ in range(1 + below(st, 3)):
        ruin_op(net, st, _some_op(net, st, case))


@kernel
def _ruin_beside(net: Tables, st: State, op: int) -> None:
    """Take out what stands next to an operation's first sub-lot on its machine."""
    if done_at(st, op).lots == 0:
        return
    lot = op_at(net, op).lot0
    if not lot_at(st, lot).tied:
        return
    machine = option_at(net, mode_at(net, lot_at(st, lot).mode).option).machine
    at = span_of(net, st, machine, lot) + 2 * below(st, 2) - 1
    if 0 <= at < used_at(st, machine).spans:
        other = span_at(st, room_at(net, machine).first + at).lot
        if other >= 0:
            touched_op = lot_at(st, other).op
            case = op_at(net, touched_op).case
            row = case_at(net, case)
            if row.op1 - row.op0 <= LARGE:
                ruin_case(net, st, case)
            else:
                ruin_op(net, st, touched_op)


@kernel
def _ruin_stretch(net: Tables, st: State) -> None:
    """Take out some neighbours on one machine."""
    machine = below(st, rules(net).machine_count)
    if now(st).focused > 0:
        op = op_at(net, _some_op(net, st, _some_case(net, st)))
        machine = option_at(net, op.option0 + below(st, op.option1 - op.option0)).machine
    if used_at(st, machine).spans == 0:
        return
    count = 2 + below(st, 3)
    at = below(st, used_at(st, machine).spans)
    for _ in range(count):
        if at < used_at(st, machine).spans:
            lot = span_at(st, room_at(net, machine).first + at).lot
            if lot >= 0 and done_at(st, lot_at(st, lot).op).placed and not lot_at(st, lot).frozen:
                ruin_op(net, st, lot_at(st, lot).op)
            else:
                at += 1


@kernel
def _without_place(net: Tables, st: State) -> int:
    """A case of which something has no place, of those that there are with equal chance."""
    chosen, count = 0, 0
    for case in range(rules(net).case_count):
        if worth_at(st, case).missing > 0:
            count += 1
            if below(st, count) == 0:
                chosen = case
    return chosen


@kernel
def _draw_case(net: Tables, st: State) -> int:
    """A case, one that is late or dearer than it could be being likelier; half of the time one without a place."""
    if now(st).missing > 0 and below(st, 2) == 0:
        return _without_place(net, st)
    case = _some_case(net, st)
    for _ in range(below(st, settings(st).dear)):
        if worth_at(st, case).value > case_at(net, case).least:
            break
        case = _some_case(net, st)
    return case


@kernel
def ruin_about(net: Tables, st: State, op: int) -> None:
    """Take out the case of an operation; of a large one, what is made from the operation."""
    case = op_at(net, op).case
    if case_at(net, case).op1 - case_at(net, case).op0 <= LARGE:
        ruin_case(net, st, case)
    else:
        ruin_op(net, st, op)


@kernel
def _some_held_up(net: Tables, st: State, case: int, late: int) -> int:
    """An operation of a case, at random among those not at their cheapest, or if late that wait; -1 for none."""
    chosen, count = -1, 0
    for op in range(case_at(net, case).op0, case_at(net, case).op1):
        row = op_at(net, op)
        if done_at(st, op).lots > row.frozen:
            lot = lot_at(st, row.lot0 + row.frozen)
            if lot.start > lot.ready if late else mode_at(net, lot.mode).option != row.cheapest:
                count += 1
                if below(st, count) == 0:
                    chosen = op
    return chosen


@kernel
def _ruin_in_the_way(net: Tables, st: State, case: int) -> None:
    """Take out what may keep an operation of a case from starting when it is ready, or from its cheapest machine."""
    late = 1 if worth_at(st, case).end > case_at(net, case).due and below(st, 4) > 0 else 0
    op = _some_held_up(net, st, case, late)
    if op < 0:
        return
    row = op_at(net, op)
    lot = lot_at(st, row.lot0 + row.frozen)
    minute, option = lot.start, row.cheapest
    if late:
        minute, option = lot.ready, row.option0 + below(st, row.option1 - row.option0)
    machine = option_at(net, option).machine
    at = first_after(net, st, machine, minute) + below(st, 3) - 1 + late
    if 0 <= at < used_at(st, machine).spans:
        other = span_at(st, room_at(net, machine).first + at).lot
        if other >= 0 and not lot_at(st, other).frozen:
            ruin_about(net, st, lot_at(st, other).op)


@routine
def ruin(net: Tables, st: State) -> None:
    """Take something out: a few cases, one with what stands beside it, or a stretch of a machine."""
    kind = below(st, 1000)
    if kind < settings(st).alone:
        _ruin_some(net, st, _draw_case(net, st))
    elif kind < settings(st).beside:
        case = _draw_case(net, st)
        for _ in range(1 + below(st, 2)):
            if case_at(net, case).op1 > case_at(net, case).op0:
                _ruin_beside(net, st, _some_op(net, st, case))
        _ruin_some(net, st, case)
    elif kind < settings(st).way:
        case = _draw_case(net, st)
        for _ in range(1 + below(st, 3)):
            _ruin_in_the_way(net, st, case)
        _ruin_some(net, st, case)
    elif kind < (1000 + settings(st).way) // 2:
        _ruin_stretch(net, st)
    else:
        for _ in range(2):
            _ruin_some(net, st, _draw_case(net, st))
    ruin_forced(net, st)

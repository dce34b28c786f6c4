"""What one search does better is taken over by another: the case goes where it stands there, others make room."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel
from zagumi.engine.solve.schedule.annealing import conclude, reinsert
from zagumi.engine.solve.schedule.following import follow_op
from zagumi.engine.solve.schedule.occupancy import first_after
from zagumi.engine.solve.schedule.records import State, Tables
from zagumi.engine.solve.schedule.rows import (
    case_at,
    done_at,
    lot_at,
    mode_at,
    now,
    op_at,
    option_at,
    room_at,
    rules,
    span_at,
    used_at,
    wish_at,
    worth_at,
)
from zagumi.engine.solve.schedule.ruin import ruin_about, ruin_case, ruin_forced
from zagumi.engine.solve.schedule.worth import worth


@kernel
def _clear(net: Tables, st: State, machine: int, start: int, end: int) -> int:
    """Take out what stands on a machine in a time; 0 when something there cannot move."""
    while True:
        at = first_after(net, st, machine, start)
        if at >= used_at(st, machine).spans:
            return 1
        span = span_at(st, room_at(net, machine).first + at)
        if span.start >= end:
            return 1
        if span.lot < 0 or lot_at(st, span.lot).frozen:
            return 0
        op = lot_at(st, span.lot).op
        ruin_about(net, st, op)
        if done_at(st, op).placed:
            return 0


@kernel
def _wish(net: Tables, st: State, other: State, op: int) -> int:
    """Wish for an operation what another search has, and make room for it; 0 when that cannot be."""
    row = op_at(net, op)
    wished = done_at(other, op).lots - row.frozen
    for number in range(wished):
        lot, wish = lot_at(other, row.lot0 + row.frozen + number), wish_at(st, row.lot0 + number)
        wish.mode, wish.quantity, wish.start, wish.end = lot.mode, lot.quantity, lot.start, lot.end
        if not _clear(net, st, option_at(net, mode_at(net, lot.mode).option).machine, lot.start, lot.end):
            return 0
    done_at(st, op).wished = wished
    return 1


@kernel
def take_over(net: Tables, st: State, other: State, case: int) -> int:
    """Place a case as another search has it, then again what had to make room; 0 when that cannot be."""
    row = case_at(net, case)
    ruin_case(net, st, case)
    for op in range(row.op0, row.op1):
        if not _wish(net, st, other, op):
            return 0
    ruin_forced(net, st)
    for op in range(row.op0, row.op1):
        if not done_at(st, op).placed and not follow_op(net, st, op):
            return 0
    return reinsert(net, st)


@kernel
def borrow(net: Tables, st: State, other: State) -> None:
    """Take over, one by one, the cases that are better in another search, where that makes the whole no worse."""
    for case in range(rules(net).case_count):
        there, here = worth_at(other, case), worth_at(st, case)
        if there.missing > 0 or there.value >= here.value or case_at(net, case).guarded or rules(net).lead_required:
            continue
        value, missing = now(st).value, now(st).missing
        makespan, unfair = now(st).makespan, now(st).unfair
        limit = worth(net, st)
        now(st).logged = 0
        now(st).touched = 0
        done = take_over(net, st, other, case)
        conclude(net, st, done, limit, value, missing, makespan, unfair)

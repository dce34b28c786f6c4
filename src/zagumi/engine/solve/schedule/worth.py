"""The objective of a state, kept case by case; see "Measures" in ``docs/engine/problem.md``."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel, routine
from zagumi.engine.solve.schedule.hours import arrival
from zagumi.engine.solve.schedule.occupancy import set_worth
from zagumi.engine.solve.schedule.records import State, Tables
from zagumi.engine.solve.schedule.rows import (
    case_at,
    company_at,
    done_at,
    firm_at,
    lot_at,
    mode_at,
    now,
    op_at,
    option_at,
    rules,
    worth_at,
)


@kernel
def mark_team(net: Tables, st: State, case: int, stamp: int) -> int:
    """Stamp the companies that work on a case in ``st.seen``; returns how many."""
    size = 0
    for op in range(case_at(net, case).op0, case_at(net, case).op1):
        lots = done_at(st, op).lots
        for number in range(op_at(net, op).lot0, op_at(net, op).lot0 + lots):
            company = option_at(net, mode_at(net, lot_at(st, number).mode).option).company
            if firm_at(st, company).seen != stamp:
                firm_at(st, company).seen = stamp
                size += 1
    return size


@kernel
def _completion(net: Tables, st: State, case: int) -> int:
    """The last arrival of its deliveries, else the last end of its sub-lots; 0 when it has no work at all."""
    row = case_at(net, case)
    end = row.release if row.op0 < row.op1 else 0
    for op in range(row.op0, row.op1):
        if row.site >= 0 and not op_at(net, op).last:
            continue
        for number in range(op_at(net, op).lot0, op_at(net, op).lot0 + done_at(st, op).lots):
            lot = lot_at(st, number)
            done = lot.end
            if row.site >= 0:
                done = arrival(net, option_at(net, mode_at(net, lot.mode).option).site, row.site, done)
            end = max(end, done)
    return end


@routine
def appraise(net: Tables, st: State, case: int, stamp: int) -> None:
    """Bring what a case adds to the objective up to date; ``stamp`` must be new in ``st.seen``."""
    row = case_at(net, case)
    missing, value = 0, 0
    for op in range(row.op0, row.op1):
        value += done_at(st, op).cost
        missing += 1 - done_at(st, op).placed
    end = _completion(net, st, case)
    if rules(net).companies > 0:
        value += rules(net).companies * mark_team(net, st, case, stamp)
    if end > row.due:
        value += row.late * (end - row.due)
    if end + row.buffer > row.due:
        value += row.risk * (end + row.buffer - row.due)
    now(st).value += value - worth_at(st, case).value
    now(st).missing += missing - worth_at(st, case).missing
    set_worth(st, case, value, end, missing)


@routine
def refresh(net: Tables, st: State) -> None:
    """Bring the terms up to date that concern all cases together: makespan and fairness."""
    weights = rules(net)
    now(st).makespan = 0
    now(st).unfair = 0
    if weights.makespan > 0:
        for case in range(rules(net).case_count):
            now(st).makespan = max(now(st).makespan, worth_at(st, case).end)
    if weights.fairness > 0 and weights.entitled > 0:
        total, excess = 0, 0
        for company in range(rules(net).company_count):
            total += firm_at(st, company).awarded
        for company in range(rules(net).company_count):
            over = firm_at(st, company).awarded * weights.entitled - total * company_at(net, company).entitled
            excess += max(0, over)
        now(st).unfair = excess // weights.entitled


@kernel
def worth(net: Tables, st: State) -> int:
    """The objective after :func:`refresh`, of what is placed."""
    weights = rules(net)
    return now(st).value + weights.makespan * now(st).makespan + weights.fairness * now(st).unfair

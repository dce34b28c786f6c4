"""Room for a case in a plan: it goes where it would if little else were planned, and what stands there goes elsewhere.

Where a rush case is held up at several machines at once, taking out one or two of the cases in its way gains nothing.
"""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel
from zagumi.engine.solve.schedule.annealing import conclude
from zagumi.engine.solve.schedule.case import insert_case
from zagumi.engine.solve.schedule.lending import take_over
from zagumi.engine.solve.schedule.records import State, Tables
from zagumi.engine.solve.schedule.rows import case_at, focus_at, now, rules, worth_at
from zagumi.engine.solve.schedule.ruin import ruin_case
from zagumi.engine.solve.schedule.worth import worth


@kernel
def _draw_places(net: Tables, alone: State, case: int) -> int:
    """Insert a case anew where next to nothing is in its way; 0 when it goes nowhere."""
    now(alone).logged, now(alone).touched = 0, 0
    ruin_case(net, alone, case)
    worth_at(alone, case).touched = 0
    return insert_case(net, alone, case)


@kernel
def clear(net: Tables, st: State, alone: State, tries: int) -> None:
    """Make way for each case searched around, so many times; what makes the plan no better is undone.

    Args:
        alone: a state in which nothing is but what stands.
    """
    for at in range(now(st).focused):
        case = focus_at(st, at).index
        if case_at(net, case).guarded or rules(net).lead_required:
            continue
        for _ in range(tries):
            if not _draw_places(net, alone, case):
                continue
            value, missing = now(st).value, now(st).missing
            makespan, unfair = now(st).makespan, now(st).unfair
            limit = worth(net, st)
            now(st).logged, now(st).touched = 0, 0
            done = take_over(net, st, alone, case)
            conclude(net, st, done, limit, value, missing, makespan, unfair)

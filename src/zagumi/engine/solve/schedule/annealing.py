"""The search: a first plan case by case, then ruin and recreate."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel
from zagumi.engine.solve.schedule.case import insert_case, new_stamp
from zagumi.engine.solve.schedule.records import State, Tables
from zagumi.engine.solve.schedule.rows import now, queue_at, rules
from zagumi.engine.solve.schedule.worth import appraise, refresh


@kernel
def construct(net: Tables, st: State) -> None:
    """Insert every case that is not complete, in the order of the queue."""
    for at in range(rules(net).case_count):
        case = queue_at(st, at).index
        now(st).logged = 0
        insert_case(net, st, case)
        appraise(net, st, case, new_stamp(st))
        refresh(net, st)
    now(st).logged = 0

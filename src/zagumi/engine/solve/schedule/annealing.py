"""The search: a first plan case by case, then ruin and recreate."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel
from zagumi.engine.solve.schedule.case import insert_case, new_stamp
from zagumi.engine.solve.schedule.records import LOGGED, State, Tables
from zagumi.engine.solve.schedule.worth import appraise, refresh


@kernel
def construct(net: Tables, st: State) -> None:
    """Insert every case that is not complete, in the order of ``st.order``."""
    for at in range(len(net.cases)):
        case = st.order[at]
        st.box[LOGGED] = 0
        insert_case(net, st, case)
        appraise(net, st, case, new_stamp(st))
        refresh(net, st)
    st.box[LOGGED] = 0


@kernel
def keep(net: Tables, st: State) -> None:
    """Keep the state as the best plan."""
    st.best_lots[:] = st.lots
    st.best_feeds[:] = st.feeds
    st.best_ops[:] = st.ops

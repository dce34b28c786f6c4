"""The objective of a state, kept case by case; see "Measures" in ``docs/engine/problem.md``."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel
from zagumi.engine.solve.schedule.occupancy import set_worth
from zagumi.engine.solve.schedule.records import MAKESPAN, MISSING, UNFAIR, VALUE, State, Tables


@kernel
def mark_team(net: Tables, st: State, case: int, stamp: int) -> int:
    """Stamp the companies that work on a case in ``st.seen``; returns how many."""
    size = 0
    for op in range(net.cases[case].op0, net.cases[case].op1):
        lots = st.ops[op].lots
        for number in range(net.ops[op].lot0, net.ops[op].lot0 + lots):
            company = net.options[net.modes[st.lots[number].mode].option].company
            if st.seen[company] != stamp:
                st.seen[company] = stamp
                size += 1
    return size


@kernel
def _completion(net: Tables, st: State, case: int) -> int:
    """The last arrival of its deliveries, else the last end of its sub-lots; its release when it has none."""
    row = net.cases[case]
    end = row.release
    for op in range(row.op0, row.op1):
        if row.site >= 0 and not net.ops[op].last:
            continue
        for number in range(net.ops[op].lot0, net.ops[op].lot0 + st.ops[op].lots):
            lot = st.lots[number]
            way = net.minutes[net.options[net.modes[lot.mode].option].site, row.site] if row.site >= 0 else 0
            end = max(end, lot.end + way)
    return end


@kernel
def appraise(net: Tables, st: State, case: int, stamp: int) -> None:
    """Bring what a case adds to the objective up to date; ``stamp`` must be new in ``st.seen``."""
    row = net.cases[case]
    missing, value = 0, 0
    for op in range(row.op0, row.op1):
        value += st.ops[op].cost
        missing += 1 - st.ops[op].placed
    end = _completion(net, st, case)
    value += net.rules[0].companies * mark_team(net, st, case, stamp)
    if end > row.due:
        value += row.late * (end - row.due)
    if end + row.buffer > row.due:
        value += row.risk * (end + row.buffer - row.due)
    st.box[VALUE] += value - st.cases[case].value
    st.box[MISSING] += missing - st.cases[case].missing
    set_worth(st, case, value, end, missing)


@kernel
def refresh(net: Tables, st: State) -> None:
    """Bring the terms up to date that concern all cases together: makespan and fairness."""
    rules = net.rules[0]
    st.box[MAKESPAN] = 0
    st.box[UNFAIR] = 0
    if rules.makespan > 0:
        for case in range(len(net.cases)):
            st.box[MAKESPAN] = max(st.box[MAKESPAN], st.cases[case].end)
    if rules.fairness > 0 and rules.entitled > 0:
        total, excess = 0, 0
        for company in range(len(net.companies)):
            total += st.awarded[company]
        for company in range(len(net.companies)):
            over = st.awarded[company] * rules.entitled - total * net.companies[company].entitled
            excess += max(0, over)
        st.box[UNFAIR] = excess // rules.entitled


@kernel
def worth(net: Tables, st: State) -> int:
    """The objective after :func:`refresh`, of what is placed."""
    rules = net.rules[0]
    return st.box[VALUE] + rules.makespan * st.box[MAKESPAN] + rules.fairness * st.box[UNFAIR]

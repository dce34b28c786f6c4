"""A whole case: its team, then all of its operations that are not placed."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel
from zagumi.engine.solve.schedule.chance import below
from zagumi.engine.solve.schedule.occupancy import undo
from zagumi.engine.solve.schedule.placing import permitted, place_op
from zagumi.engine.solve.schedule.records import FORCED, LEADER, LOGGED, STAMP, State, Tables
from zagumi.engine.solve.schedule.team import draw_team
from zagumi.engine.solve.schedule.worth import mark_team

DRAWS = 12  # teams drawn before a case counts as not placeable for now


@kernel
def new_stamp(st: State) -> int:
    """A stamp not yet used in any of the state's marks."""
    st.box[STAMP] += 1
    return st.box[STAMP]


@kernel
def _place_all(net: Tables, st: State, case: int) -> int:
    for op in range(net.cases[case].op0, net.cases[case].op1):
        if not st.ops[op].placed and not place_op(net, st, op, st.pick[op]):
            return 0
    return 1


@kernel
def _led(net: Tables, st: State, case: int) -> int:
    """Whether a company that may lead works on a case."""
    for op in range(net.cases[case].op0, net.cases[case].op1):
        for number in range(net.ops[op].lot0, net.ops[op].lot0 + st.ops[op].lots):
            if net.companies[net.options[net.modes[st.lots[number].mode].option].company].may_lead:
                return 1
    return 0


@kernel
def _choose_leader(net: Tables, st: State, case: int) -> int:
    """An operation, at random among those not placed, that a company able to lead may do; -1 when there is none."""
    chosen, count = -1, 0
    for op in range(net.cases[case].op0, net.cases[case].op1):
        if st.ops[op].placed or net.ops[op].rest == 0:
            continue
        for option in range(net.ops[op].option0, net.ops[op].option1):
            if permitted(net, st, option) and net.companies[net.options[option].company].may_lead:
                count += 1
                if below(st, count) == 0:
                    chosen = op
                break
    return chosen


@kernel
def _begin(net: Tables, st: State, case: int) -> int:
    """A new stamp, the case's team drawn where it must be, its companies so far seen; 0 when no team was found."""
    st.box[LEADER] = -1
    for _ in range(DRAWS):
        new_stamp(st)
        if not net.cases[case].guarded or draw_team(net, st, case):
            mark_team(net, st, case, st.box[STAMP])
            return 1
    return 0


@kernel
def insert_case(net: Tables, st: State, case: int) -> int:
    """Place every operation of a case that is not placed; 0 with nothing changed when that fails."""
    mark = st.box[LOGGED]
    if not _begin(net, st, case):
        return 0
    done = _place_all(net, st, case)
    if done and net.rules[0].lead_required and not _led(net, st, case):
        undo(net, st, mark)
        st.box[LEADER] = _choose_leader(net, st, case)
        done = 1 if st.box[LEADER] >= 0 and _place_all(net, st, case) else 0
    st.box[LEADER] = -1
    if not done:
        undo(net, st, mark)
        st.box[FORCED] = 0
    return done

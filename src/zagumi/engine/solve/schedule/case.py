"""A whole case: its team, then all of its operations that are not placed."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel, routine
from zagumi.engine.solve.schedule.chance import below
from zagumi.engine.solve.schedule.occupancy import undo
from zagumi.engine.solve.schedule.placing import permitted, place_op
from zagumi.engine.solve.schedule.program import suggest
from zagumi.engine.solve.schedule.records import State, Tables
from zagumi.engine.solve.schedule.rows import (
    case_at,
    company_at,
    done_at,
    lot_at,
    mode_at,
    now,
    op_at,
    option_at,
    rules,
)
from zagumi.engine.solve.schedule.team import draw_team, spare_those_for
from zagumi.engine.solve.schedule.worth import mark_team

DRAWS = 12  # draws until one is a team
TEAMS = 8  # teams tried until a case counts as not placeable for now, while the plan has gaps


@kernel
def new_stamp(st: State) -> int:
    """A stamp not yet used in any of the state's marks."""
    now(st).stamp += 1
    return now(st).stamp


@kernel
def _place_all(net: Tables, st: State, case: int) -> int:
    if not suggest(net, st, case):
        return 0
    for op in range(case_at(net, case).op0, case_at(net, case).op1):
        if not done_at(st, op).placed and not place_op(net, st, op, done_at(st, op).pick):
            now(st).stuck = op
            return 0
    return 1


@kernel
def led(net: Tables, st: State, case: int) -> int:
    """Whether a company that may lead works on a case."""
    for op in range(case_at(net, case).op0, case_at(net, case).op1):
        for number in range(op_at(net, op).lot0, op_at(net, op).lot0 + done_at(st, op).lots):
            if company_at(net, option_at(net, mode_at(net, lot_at(st, number).mode).option).company).may_lead:
                return 1
    return 0


@kernel
def _choose_leader(net: Tables, st: State, case: int) -> int:
    """An operation, at random among those not placed, that a company able to lead may do; -1 when there is none."""
    chosen, count = -1, 0
    for op in range(case_at(net, case).op0, case_at(net, case).op1):
        if done_at(st, op).placed or op_at(net, op).rest == 0:
            continue
        for option in range(op_at(net, op).option0, op_at(net, op).option1):
            if permitted(net, st, option) and company_at(net, option_at(net, option).company).may_lead:
                count += 1
                if below(st, count) == 0:
                    chosen = op
                break
    return chosen


@kernel
def _begin(net: Tables, st: State, case: int, since: int) -> int:
    """A new stamp, the case's team drawn where it must be, its companies so far seen; 0 when no team was found."""
    now(st).leader = -1
    for _ in range(DRAWS):
        new_stamp(st)
        if not case_at(net, case).guarded or draw_team(net, st, case, since):
            mark_team(net, st, case, now(st).stamp)
            return 1
    return 0


@kernel
def _place_led(net: Tables, st: State, case: int) -> int:
    """Place all that is not placed with the team drawn, somebody leading who may; 0 when that fails."""
    mark = now(st).logged
    done = _place_all(net, st, case)
    if done and rules(net).lead_required and not led(net, st, case):
        undo(net, st, mark)
        now(st).leader = _choose_leader(net, st, case)
        done = 1 if now(st).leader >= 0 and _place_all(net, st, case) else 0
    now(st).leader = -1
    return done


@routine
def insert_case(net: Tables, st: State, case: int) -> int:
    """Place every operation of a case that is not placed; 0 with nothing changed when that fails.

    While a plan has gaps it is worth while to try other teams, without those where an operation found no place: who
    can do most is the first to have no time left.
    """
    mark, since = now(st).logged, now(st).stamp
    for _ in range(TEAMS if case_at(net, case).guarded and now(st).missing > 0 else 1):
        now(st).stuck = -1
        if _begin(net, st, case, since) and _place_led(net, st, case):
            return 1
        undo(net, st, mark)
        now(st).forced = 0
        if now(st).stuck >= 0:
            spare_those_for(net, st, now(st).stuck)
    return 0

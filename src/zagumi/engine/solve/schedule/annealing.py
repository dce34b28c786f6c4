"""The search: a first plan case by case, then ruin and recreate with simulated annealing.

The course depends on the seed and the number of steps alone, never on the limits: the temperature falls in cycles that
grow, so that a longer search goes on where a shorter one ended.
"""

from __future__ import annotations

import math

from zagumi.engine.solve.compiled import kernel, routine
from zagumi.engine.solve.schedule.case import insert_case, new_stamp
from zagumi.engine.solve.schedule.chance import below, share
from zagumi.engine.solve.schedule.keeping import keep, note_changes
from zagumi.engine.solve.schedule.occupancy import undo
from zagumi.engine.solve.schedule.records import ENDLESS, NEVER, State, Tables
from zagumi.engine.solve.schedule.replay import replay
from zagumi.engine.solve.schedule.rows import (
    case_at,
    done_at,
    focus_at,
    now,
    op_at,
    option_at,
    queue_at,
    rules,
    settings,
    touched_at,
    worth_at,
)
from zagumi.engine.solve.schedule.ruin import ruin, ruin_case, ruin_forced
from zagumi.engine.solve.schedule.shifting import postpone
from zagumi.engine.solve.schedule.worth import appraise, refresh, worth


@kernel
def _insert_afresh(net: Tables, st: State, case: int) -> None:
    """Insert a case anew that could not be completed as it stood."""
    now(st).touched = 0
    ruin_case(net, st, case)
    ruin_forced(net, st)
    for at in range(now(st).touched):
        touched = touched_at(st, at).index
        worth_at(st, touched).touched = 0
        insert_case(net, st, touched)
        appraise(net, st, touched, new_stamp(st))
    now(st).touched = 0


@kernel
def construct(net: Tables, st: State, first: int, last: int) -> None:
    """Insert the cases of a stretch of the queue that are not complete, in its order, and keep the plan."""
    for at in range(first, last):
        case = queue_at(st, at).index
        now(st).logged = 0
        if not insert_case(net, st, case):
            _insert_afresh(net, st, case)
        appraise(net, st, case, new_stamp(st))
        refresh(net, st)
        note_changes(st)
    now(st).logged = 0
    keep(net, st)


@kernel
def _least(net: Tables) -> int:
    """About what the cases would cost each for itself."""
    total = 0
    for op in range(rules(net).op_count):
        row = op_at(net, op)
        if row.link1 > row.link0:
            continue
        least = -1
        for option in range(row.option0, row.option1):
            there = option_at(net, option)
            cost = there.fixed + there.unit * row.rest + there.tail_cost
            if there.eligible and (least < 0 or cost < least):
                least = cost
        total += max(0, least)
    return total


@kernel
def _shuffle(st: State) -> None:
    """Put the cases in hand in the order in which they go back in."""
    count = now(st).touched
    for at in range(count - 1, 0, -1):
        other = below(st, at + 1)
        first, second = touched_at(st, at), touched_at(st, other)
        case = first.index
        first.index = second.index
        second.index = case


@kernel
def _some_start(net: Tables, st: State, case: int) -> int:
    """A minute before which a case shall not start this time: it need not be early that is not late."""
    row = case_at(net, case)
    room = row.due - row.buffer - row.release - row.shortest
    if row.due == NEVER or room <= 0 or below(st, 1000) >= settings(st).later:
        return 0
    return row.release + below(st, room)


@kernel
def _budget(net: Tables, st: State, first: int, limit: int) -> int:
    """Most that the next case may cost so that the objective stays within a limit, if the further ones cost least."""
    weights = rules(net)
    if weights.makespan + weights.fairness + weights.companies > 0 or now(st).missing > 0:
        return ENDLESS
    left = limit - now(st).value
    for at in range(now(st).touched):
        case = touched_at(st, at).index
        left += worth_at(st, case).value
        if at > first:
            left -= case_at(net, case).least
        elif at < first:
            for op in range(case_at(net, case).op0, case_at(net, case).op1):
                left -= done_at(st, op).cost
    row = case_at(net, touched_at(st, first).index)
    for op in range(row.op0, row.op1):
        if done_at(st, op).placed or not row.tree or op_at(net, op).frozen > 0:
            return ENDLESS
    return left


@kernel
def _critical_case(net: Tables, st: State) -> int:
    """A case to speed up: the one that ends last when the makespan counts, else one that is late; -1 for none."""
    late, count, last = -1, 0, 0
    for case in range(rules(net).case_count):
        if worth_at(st, case).end > worth_at(st, last).end:
            last = case
        if worth_at(st, case).end + case_at(net, case).buffer > case_at(net, case).due:
            count += 1
            if below(st, count) == 0:
                late = case
    if rules(net).makespan > 0 and (late < 0 or below(st, 4) > 0):
        return last
    return late if below(st, 8) > 0 else -1


@kernel
def _try(net: Tables, st: State, limit: int) -> int:
    """Take out and put back; 0 when it does not all go back."""
    if now(st).missing == 0 and now(st).focused == 0 and below(st, 1000000) < settings(st).replays:
        return replay(net, st, _critical_case(net, st))
    ruin(net, st)
    if now(st).touched == 0:
        return 0
    _shuffle(st)
    back = 1
    for at in range(now(st).touched):
        case = touched_at(st, at).index
        now(st).floor = _some_start(net, st, case)
        now(st).budget = _budget(net, st, at, limit)
        if now(st).budget < case_at(net, case).least:
            back = 0
            break
        if not insert_case(net, st, case):
            back = 0
            break
    now(st).floor = 0
    now(st).budget = ENDLESS
    return back


@kernel
def _temperature(st: State, base: int) -> float:
    """Falls from hot to cold over a cycle; each cycle is twice as long as the one before."""
    start, length = 0, base
    while now(st).steps >= start + length:
        start += length
        length *= 2
    part = (now(st).steps - start) / length
    return float(settings(st).hot * math.exp(math.log(settings(st).cold / settings(st).hot) * part))


@kernel
def reinsert(net: Tables, st: State) -> int:
    """Put back, in random order, the cases in hand that are not whole; 0 when one finds no place."""
    _shuffle(st)
    for at in range(now(st).touched):
        if not insert_case(net, st, touched_at(st, at).index):
            return 0
    return 1


@routine
def conclude(
    net: Tables, st: State, done: int, limit: int, value: int, missing: int, makespan: int, unfair: int
) -> None:
    """Accept the change in hand when the objective is within a limit, else go back to the values given."""
    for at in range(now(st).touched):
        case = touched_at(st, at).index
        worth_at(st, case).touched = 0
        if done:
            appraise(net, st, case, new_stamp(st))
    accept = 0
    if done:
        refresh(net, st)
        accept = 1 if now(st).missing < missing or (now(st).missing == missing and worth(net, st) <= limit) else 0
    if accept:
        now(st).accepted += 1
        note_changes(st)
        if now(st).missing < now(st).best_missing or (
            now(st).missing == now(st).best_missing and worth(net, st) < now(st).best
        ):
            keep(net, st)
    else:
        undo(net, st, 0)
        now(st).value = value
        now(st).missing = missing
        now(st).makespan = makespan
        now(st).unfair = unfair
        now(st).forced = 0


@routine
def step(net: Tables, st: State, scale: float) -> None:
    """One step: ruin, recreate, accept or go back."""
    if now(st).focused == 0 and below(st, 1000) < settings(st).shifts:
        postpone(net, st, below(st, rules(net).machine_count))
    value, missing = now(st).value, now(st).missing
    makespan, unfair = now(st).makespan, now(st).unfair
    limit = worth(net, st) - int(scale * math.log(max(share(st), 1e-12)))
    now(st).logged = 0
    now(st).touched = 0
    done = _try(net, st, limit)
    conclude(net, st, done, limit, value, missing, makespan, unfair)
    now(st).steps += 1


@kernel
def _breadth(net: Tables, st: State) -> int:
    """How many cases are searched."""
    return now(st).focused if now(st).focused > 0 else rules(net).case_count


@kernel
def _excess(net: Tables, st: State) -> float:
    """How much an operation that is searched around costs, on average, above the least it could."""
    value, count = worth(net, st) - now(st).base, rules(net).op_count
    if now(st).focused > 0:
        value, count = 0, 0
        for at in range(now(st).focused):
            case = focus_at(st, at).index
            value += worth_at(st, case).value - case_at(net, case).least
            count += case_at(net, case).op1 - case_at(net, case).op0
    return max(1.0, value / max(1, count))


@kernel
def run(net: Tables, st: State, steps: int) -> None:
    """Take so many steps."""
    if now(st).base == 0:
        for case in range(rules(net).case_count):
            now(st).base += case_at(net, case).least
    for _ in range(steps):
        step(net, st, _excess(net, st) * _temperature(st, 20 * _breadth(net, st) + 1000))

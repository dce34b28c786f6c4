"""A plan to begin from: its sub-lots go where they were, or as little later as the rules ask for."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel
from zagumi.engine.solve.schedule.keeping import note_changes
from zagumi.engine.solve.schedule.occupancy import set_done, undo
from zagumi.engine.solve.schedule.placing import feed_frozen, settle_at
from zagumi.engine.solve.schedule.records import State, Tables
from zagumi.engine.solve.schedule.rows import (
    apart_at,
    case_at,
    company_at,
    done_at,
    firm_at,
    focus_at,
    found,
    link_at,
    lot_at,
    now,
    op_at,
    queue_at,
    rules,
    wish_at,
    worth_at,
)
from zagumi.engine.solve.schedule.ruin import ruin_case
from zagumi.engine.solve.schedule.stability import moving_cost
from zagumi.engine.solve.schedule.worth import mark_team


@kernel
def follow_op(net: Tables, st: State, op: int) -> int:
    """Place an operation as wished; 0 with nothing changed when that cannot be."""
    row, mark = op_at(net, op), now(st).logged
    for link in range(row.link0, row.link1):
        if not done_at(st, link_at(net, link).before).placed:
            return 0
    total, wished = feed_frozen(net, st, op), done_at(st, op).wished
    fits = total >= 0 and (wished > 0 or row.rest == 0)
    for number in range(wished):
        if not fits:
            break
        wish = wish_at(st, row.lot0 + number)
        taker, final = row.frozen + number, 1 if number == wished - 1 else 0
        end = settle_at(net, st, wish.mode, taker, wish.quantity, wish.start, wish.end, final)
        fits = end >= 0 and now(st).forced == 0
        total += found(st).cost
    if fits:
        lots = row.frozen + wished
        set_done(st, op, lots, 1, total + moving_cost(net, st, op, lots))
        return 1
    now(st).forced = 0
    undo(net, st, mark)
    return 0


@kernel
def _team_fits(net: Tables, st: State, case: int) -> int:
    """Whether the companies at work on a case may work on it together."""
    now(st).stamp += 1
    stamp = now(st).stamp
    size = mark_team(net, st, case, stamp)
    if size > (1 if case_at(net, case).single else rules(net).max_companies):
        return 0
    for company in range(rules(net).company_count):
        if firm_at(st, company).seen != stamp:
            continue
        for at in range(company_at(net, company).apart0, company_at(net, company).apart1):
            if firm_at(st, apart_at(net, at).company).seen == stamp:
                return 0
    return 1


@kernel
def _as_wished(net: Tables, st: State, op: int) -> int:
    """Whether an operation starts when it was wished to."""
    row = op_at(net, op)
    for number in range(done_at(st, op).wished):
        if lot_at(st, row.lot0 + row.frozen + number).start != wish_at(st, row.lot0 + number).start:
            return 0
    return 1


@kernel
def follow(net: Tables, st: State) -> None:
    """Place the operations of the queue as wished, as far as that goes; cases of impossible teams are left out.

    Where moving has a price, what cannot start when it was wished to is left out too, or it would push others away.
    """
    for at in range(rules(net).op_count):
        op = queue_at(st, at).index
        now(st).logged = 0
        if follow_op(net, st, op):
            if op_at(net, op).stays > 0 and not _as_wished(net, st, op):
                undo(net, st, 0)
                now(st).forced = 0
            else:
                note_changes(st)
    for case in range(rules(net).case_count):
        if case_at(net, case).guarded and not _team_fits(net, st, case):
            now(st).logged = 0
            ruin_case(net, st, case)
            note_changes(st)
            worth_at(st, case).touched, now(st).touched = 0, 0


@kernel
def focus(net: Tables, st: State) -> None:
    """Search from now on only around the cases that are not whole."""
    for case in range(rules(net).case_count):
        if worth_at(st, case).missing > 0:
            focus_at(st, now(st).focused).index = case
            now(st).focused += 1

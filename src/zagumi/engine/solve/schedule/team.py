"""Which companies may work on a case whose team is limited: covered operations, nobody apart, somebody to lead.

A team is drawn as a set cover: again and again the operation that fewest may do gets a company, one that does much of
what nobody in the team does yet being likelier (the greedy rule of Chvátal, "A greedy heuristic for the set-covering
problem", 1979, with chance). Who is in the team carries the stamp of the insertion in hand.
"""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel, routine
from zagumi.engine.solve.schedule.chance import below
from zagumi.engine.solve.schedule.records import State, Tables
from zagumi.engine.solve.schedule.rows import (
    apart_at,
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
)


@kernel
def _in_team(st: State, company: int) -> int:
    return 1 if firm_at(st, company).allowed == now(st).stamp else 0


@kernel
def _may_join(net: Tables, st: State, company: int) -> int:
    """Whether a company that is not in the team may be, beside those who are."""
    for other in range(company_at(net, company).apart0, company_at(net, company).apart1):
        if _in_team(st, apart_at(net, other).company):
            return 0
    return 1


@kernel
def _waits(net: Tables, st: State, op: int) -> int:
    """Whether an operation is to be done and nobody in the team can."""
    row = op_at(net, op)
    if row.rest == 0 or done_at(st, op).placed:
        return 0
    for option in range(row.option0, row.option1):
        if option_at(net, option).eligible and _in_team(st, option_at(net, option).company):
            return 0
    return 1


@kernel
def _hardest(net: Tables, st: State, case: int) -> tuple[int, int]:
    """The operation beyond the team that has the fewest options to choose from, and how many; -1: all is covered."""
    hardest, fewest = -1, 0
    for op in range(case_at(net, case).op0, case_at(net, case).op1):
        if not _waits(net, st, op):
            continue
        open_to = 0
        for option in range(op_at(net, op).option0, op_at(net, op).option1):
            row = option_at(net, option)
            open_to += 1 if row.eligible and _may_join(net, st, row.company) else 0
        if hardest < 0 or open_to < fewest:
            hardest, fewest = op, open_to
    return hardest, fewest


@kernel
def _covers(net: Tables, st: State, case: int, company: int) -> int:
    """How many operations of a case that nobody in the team can do a company can."""
    count = 0
    for op in range(case_at(net, case).op0, case_at(net, case).op1):
        for option in range(op_at(net, op).option0, op_at(net, op).option1):
            if option_at(net, option).company == company and option_at(net, option).eligible:
                count += _waits(net, st, op)
                break
    return count


@kernel
def _join_fixed(net: Tables, st: State, case: int) -> tuple[int, int]:
    """Start the team with the companies whose work on the case stands; its size, and whether one may lead."""
    size, leads = 0, 0
    for op in range(case_at(net, case).op0, case_at(net, case).op1):
        for number in range(op_at(net, op).lot0, op_at(net, op).lot0 + done_at(st, op).lots):
            company = option_at(net, mode_at(net, lot_at(st, number).mode).option).company
            if not _in_team(st, company):
                firm_at(st, company).allowed = now(st).stamp
                leads = max(leads, company_at(net, company).may_lead)
                size += 1
    return size, leads


@routine
def spare_those_for(net: Tables, st: State, op: int) -> None:
    """In further draws take only where nobody else can those of the team that might have done an operation."""
    for option in range(op_at(net, op).option0, op_at(net, op).option1):
        company = option_at(net, option).company
        if _in_team(st, company):
            firm_at(st, company).spared = now(st).stamp


@kernel
def _pick_for(net: Tables, st: State, case: int, op: int, leading: int, since: int) -> int:
    """A company for an operation, one that covers much more of the case being likelier; -1 when there is none."""
    best, best_score = -1, 0
    for option in range(op_at(net, op).option0, op_at(net, op).option1):
        row = option_at(net, option)
        if not row.eligible or _in_team(st, row.company) or not _may_join(net, st, row.company):
            continue
        if leading and not company_at(net, row.company).may_lead:
            continue
        score = (1 + _covers(net, st, case, row.company)) * (100 + below(st, 200))
        if firm_at(st, row.company).spared > since:
            score = 1 + below(st, 100)
        if score > best_score:
            best, best_score = row.company, score
    return best


@kernel
def _join_further(net: Tables, st: State, case: int, room: int, leads: int) -> int:
    """Give the room left to further companies, a leading one first when one is missing; whether one may lead."""
    for op in range(case_at(net, case).op0, case_at(net, case).op1):
        start = op_at(net, op).option0
        count = op_at(net, op).option1 - start
        shift = below(st, count) if count > 0 else 0
        for number in range(count if room > 0 else 0):
            row = option_at(net, start + (number + shift) % count)
            if not row.eligible or not (leads or company_at(net, row.company).may_lead):
                continue
            if leads and number > 0:
                break
            if room > 0 and not _in_team(st, row.company) and _may_join(net, st, row.company):
                firm_at(st, row.company).allowed = now(st).stamp
                leads = max(leads, company_at(net, row.company).may_lead)
                room -= 1
    return leads


@routine
def draw_team(net: Tables, st: State, case: int, since: int) -> int:
    """Draw a team that can do the whole case and stamp it in ``st.allowed``; 0 when this draw found none.

    Args:
        since: companies spared after this stamp are taken only where nobody else can.
    """
    limit = 1 if case_at(net, case).single else rules(net).max_companies
    size, leads = _join_fixed(net, st, case)
    if not rules(net).lead_required:
        leads = 1
    while True:
        op, open_to = _hardest(net, st, case)
        if op < 0:
            break
        if open_to == 0 or size >= limit:
            return 0
        company = _pick_for(net, st, case, op, 1 if size == limit - 1 and not leads else 0, since)
        if company < 0:
            return 0
        firm_at(st, company).allowed = now(st).stamp
        leads = max(leads, company_at(net, company).may_lead)
        size += 1
    return _join_further(net, st, case, limit - size, leads)

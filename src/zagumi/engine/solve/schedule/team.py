"""Which companies may work on a case whose team is limited: covered operations, nobody apart, somebody to lead."""

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
    team_at,
)


@kernel
def _joins(net: Tables, st: State, size: int, company: int) -> int:
    """Whether a company is in the team so far (2), may join it (1) or not (0)."""
    for at in range(size):
        if team_at(st, at).company == company:
            return 2
    for other in range(company_at(net, company).apart0, company_at(net, company).apart1):
        for at in range(size):
            if team_at(st, at).company == apart_at(net, other).company:
                return 0
    return 1


@kernel
def _hardest(net: Tables, st: State, case: int, size: int) -> tuple[int, int]:
    """The operation beyond the team that has the fewest companies to choose from, and how many; -1: all is covered."""
    hardest, fewest = -1, 0
    for op in range(case_at(net, case).op0, case_at(net, case).op1):
        row = op_at(net, op)
        if row.rest == 0 or done_at(st, op).placed:
            continue
        open_to = 0
        for option in range(row.option0, row.option1):
            if not option_at(net, option).eligible:
                continue
            joins = _joins(net, st, size, option_at(net, option).company)
            if joins == 2:
                open_to = -1
                break
            open_to += joins
        if open_to >= 0 and (hardest < 0 or open_to < fewest):
            hardest, fewest = op, open_to
    return hardest, fewest


@kernel
def _covers(net: Tables, st: State, case: int, company: int) -> int:
    """How many operations of a case, not placed, a company can do."""
    count = 0
    for op in range(case_at(net, case).op0, case_at(net, case).op1):
        if done_at(st, op).placed or op_at(net, op).rest == 0:
            continue
        for option in range(op_at(net, op).option0, op_at(net, op).option1):
            if option_at(net, option).eligible and option_at(net, option).company == company:
                count += 1
                break
    return count


@kernel
def _fixed_team(net: Tables, st: State, case: int) -> int:
    """Start the team with the companies whose work on the case stands; returns its size."""
    size = 0
    for op in range(case_at(net, case).op0, case_at(net, case).op1):
        for number in range(op_at(net, op).lot0, op_at(net, op).lot0 + done_at(st, op).lots):
            company = option_at(net, mode_at(net, lot_at(st, number).mode).option).company
            if _joins(net, st, size, company) != 2:
                team_at(st, size).company = company
                size += 1
    return size


@kernel
def _has_lead(net: Tables, st: State, size: int) -> int:
    for at in range(size):
        if company_at(net, team_at(st, at).company).may_lead:
            return 1
    return 0


@kernel
def _pick_for(net: Tables, st: State, case: int, op: int, size: int, leading: int) -> int:
    """A company for an operation, one that covers much of the case being likelier; -1 when there is none."""
    best, best_score = -1, 0
    for option in range(op_at(net, op).option0, op_at(net, op).option1):
        row = option_at(net, option)
        if not row.eligible or _joins(net, st, size, row.company) != 1:
            continue
        if leading and not company_at(net, row.company).may_lead:
            continue
        score = (1 + _covers(net, st, case, row.company)) * (100 + below(st, 200))
        if score > best_score:
            best, best_score = row.company, score
    return best


@routine
def draw_team(net: Tables, st: State, case: int) -> int:
    """Draw a team that can do the whole case and stamp it in ``st.allowed``; 0 when this draw found none."""
    limit = 1 if case_at(net, case).single else rules(net).max_companies
    need_lead = rules(net).lead_required
    size = _fixed_team(net, st, case)
    while True:
        op, open_to = _hardest(net, st, case, size)
        if op < 0:
            break
        if open_to == 0 or size >= limit:
            return 0
        leading = 1 if need_lead and size == limit - 1 and not _has_lead(net, st, size) else 0
        company = _pick_for(net, st, case, op, size, leading)
        if company < 0:
            return 0
        team_at(st, size).company = company
        size += 1
    # room that is left goes to further companies, a leading one first when one is missing
    for op in range(case_at(net, case).op0, case_at(net, case).op1):
        start = op_at(net, op).option0
        count = op_at(net, op).option1 - start
        shift = below(st, count) if count > 0 else 0
        for number in range(count):
            row = option_at(net, start + (number + shift) % count)
            missing = need_lead and not _has_lead(net, st, size)
            if size >= limit or not row.eligible or (missing and not company_at(net, row.company).may_lead):
                continue
            if not missing and number > 0:
                break
            if _joins(net, st, size, row.company) == 1:
                team_at(st, size).company = row.company
                size += 1
    if need_lead and not _has_lead(net, st, size):
        return 0
    for at in range(size):
        firm_at(st, team_at(st, at).company).allowed = now(st).stamp
    return 1

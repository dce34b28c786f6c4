"""What lies before and ahead of each option at best, as if its case were alone: time, and cost."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel
from zagumi.engine.solve.schedule.hours import carriage, journey
from zagumi.engine.solve.schedule.records import NEVER, Tables
from zagumi.engine.solve.schedule.rows import (
    case_at,
    hours_at,
    link_at,
    machine_at,
    op_at,
    option_at,
    out_at,
    window_row,
)


@kernel
def _stretch(net: Tables, hours: int) -> float:
    """Clock minutes per worked minute, on average."""
    first, last = hours_at(net, hours).window0, hours_at(net, hours).window1 - 1
    if last < first:
        return 1.0
    opened = window_row(net, last).before + window_row(net, last).end - window_row(net, last).start
    return (window_row(net, last).end - window_row(net, first).start) / opened


@kernel
def _time_ahead(net: Tables, option: int, link: int) -> int:
    """About the least minutes from an option over a link to the end of its case."""
    row, flow = option_at(net, option), link_at(net, link)
    pieces = flow.per * op_at(net, flow.after).quantity
    least = NEVER
    for other in range(op_at(net, flow.after).option0, op_at(net, flow.after).option1):
        there = option_at(net, other)
        if not there.eligible:
            continue
        work = there.setup + there.run
        if flow.batch > 0:
            work = there.run * min(flow.batch, pieces) // max(1, pieces)
        stretch = _stretch(net, machine_at(net, there.machine).hours)
        least = min(least, flow.lag + journey(net, row.site, there.site) + int(work * stretch) + there.tail_time)
    return least if least < NEVER else 0


@kernel
def _cheapest_from(net: Tables, link: int, option: int) -> int:
    """Least cost of all that leads over a link to an option, the movement included.

    Of an operation that gives to several each of them counts an equal share, or the sum would double at every join.
    """
    flow, there = link_at(net, link), option_at(net, option)
    share = op_at(net, flow.before).out1 - op_at(net, flow.before).out0
    grams = flow.per * op_at(net, flow.after).rest * flow.mass
    least = -1
    for other in range(op_at(net, flow.before).option0, op_at(net, flow.before).option1):
        here = option_at(net, other)
        if here.eligible:
            cost = here.subtree // share + carriage(net, here.site, there.site, grams)
            if least < 0 or cost < least:
                least = cost
    return max(0, least)


@kernel
def _cheapest_to(net: Tables, option: int, link: int) -> int:
    """Least cost of all that is left besides what leads to an option, over the link that leaves it."""
    flow, here = link_at(net, link), option_at(net, option)
    grams = flow.per * op_at(net, flow.after).rest * flow.mass
    least = -1
    for other in range(op_at(net, flow.after).option0, op_at(net, flow.after).option1):
        there = option_at(net, other)
        if there.eligible:
            cost = there.subtree - _cheapest_from(net, link, other)
            cost += carriage(net, here.site, there.site, grams) + there.tail_cost
            if least < 0 or cost < least:
                least = cost
    return max(0, least)


@kernel
def _price(net: Tables, op: int) -> None:
    """Fill ``subtree``: the option itself and the cheapest of all that leads to it."""
    row = op_at(net, op)
    for option in range(row.option0, row.option1):
        there = option_at(net, option)
        cost = there.fixed + there.unit * row.rest
        for link in range(row.link0, row.link1):
            cost += _cheapest_from(net, link, option)
        there.subtree = cost


@kernel
def _look_on(net: Tables, op: int) -> None:
    """Fill ``tail_time`` and ``tail_cost`` of an operation's options, and ``shortest`` of its case."""
    row = op_at(net, op)
    case = case_at(net, row.case)
    least = NEVER
    for option in range(row.option0, row.option1):
        there = option_at(net, option)
        time, cost = 0, 0
        if row.last and case.site >= 0:
            time = journey(net, there.site, case.site)
            cost = carriage(net, there.site, case.site, row.rest * row.mass)
        for at in range(row.out0, row.out1):
            time = max(time, _time_ahead(net, option, out_at(net, at).link))
            cost += _cheapest_to(net, option, out_at(net, at).link) // (row.out1 - row.out0)
        there.tail_time = time
        there.tail_cost = cost
        if there.eligible:
            least = min(least, there.setup + there.run + time)
    if row.link0 == row.link1 and least < NEVER:
        case.shortest = max(case.shortest, least)
    if row.out1 - row.out0 > 1:
        case.tree = 0
    if row.lots > 1:
        case.rigid = 0


@kernel
def _least_cost(net: Tables, case: int) -> int:
    """Least cost of a case alone on the network, from the cheapest ways to its last operations."""
    total = 0
    for op in range(case_at(net, case).op0, case_at(net, case).op1):
        row = op_at(net, op)
        least = -1
        for option in range(row.option0, row.option1):
            there = option_at(net, option)
            if there.eligible and (least < 0 or there.subtree + there.tail_cost < least):
                least = there.subtree + there.tail_cost
                row.cheapest = option
        if row.last:
            total += max(0, least)
    return total


@kernel
def look_ahead(net: Tables, first: int, last: int) -> None:
    """Fill what options and cases say about the least that lies before and ahead of them, for some cases."""
    for case in range(first, last):
        there = case_at(net, case)
        there.tree = 1
        there.rigid = 1
        for op in range(there.op0, there.op1):
            _price(net, op)
        for op in range(there.op1 - 1, there.op0 - 1, -1):
            _look_on(net, op)
        there.least = _least_cost(net, case)

"""What lies ahead of each option: the least time and cost from its end to the end of the case."""

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
    rules,
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
def _ahead(net: Tables, option: int, link: int) -> tuple[int, int]:
    """Least time and cost, each for itself, over one link from an option."""
    row, flow = option_at(net, option), link_at(net, link)
    pieces = flow.per * op_at(net, flow.after).quantity
    least_time, least_cost = NEVER, -1
    for other in range(op_at(net, flow.after).option0, op_at(net, flow.after).option1):
        there = option_at(net, other)
        if not there.eligible:
            continue
        work = there.setup + there.run
        if flow.batch > 0:
            work = there.run * min(flow.batch, pieces) // max(1, pieces)
        stretch = _stretch(net, machine_at(net, there.machine).hours)
        time = flow.lag + journey(net, row.site, there.site) + int(work * stretch) + there.tail_time
        least_time = min(least_time, time)
        cost = carriage(net, row.site, there.site, pieces * flow.mass)
        own = there.fixed + there.unit * op_at(net, flow.after).rest + there.tail_cost
        # what several operations join in is shared among them, or the sum would double at every join
        cost += own // (op_at(net, flow.after).link1 - op_at(net, flow.after).link0)
        if least_cost < 0 or cost < least_cost:
            least_cost = cost
    return least_time if least_time < NEVER else 0, max(0, least_cost)


@kernel
def look_ahead(net: Tables) -> None:
    """Fill ``tail_time`` (the longest way on) and ``tail_cost`` (the sum of the ways on) of every option."""
    for op in range(rules(net).op_count - 1, -1, -1):
        row = op_at(net, op)
        site = case_at(net, row.case).site
        for option in range(row.option0, row.option1):
            time, cost = 0, 0
            if row.last and site >= 0:
                time = journey(net, option_at(net, option).site, site)
            for at in range(row.out0, row.out1):
                further, more = _ahead(net, option, out_at(net, at).link)
                time = max(time, further)
                cost += more
            option_at(net, option).tail_time = time
            option_at(net, option).tail_cost = cost

"""What lies ahead of each option: the least time and cost from its end to the end of the case."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel
from zagumi.engine.solve.schedule.hours import carriage
from zagumi.engine.solve.schedule.records import NEVER, Tables


@kernel
def _stretch(net: Tables, hours: int) -> float:
    """Clock minutes per worked minute, on average."""
    first, last = net.hours[hours].window0, net.hours[hours].window1 - 1
    if last < first:
        return 1.0
    opened = net.windows[last].before + net.windows[last].end - net.windows[last].start
    return (net.windows[last].end - net.windows[first].start) / opened


@kernel
def _ahead(net: Tables, option: int, link: int) -> tuple[int, int]:
    """Least time and cost, each for itself, over one link from an option."""
    row, flow = net.options[option], net.links[link]
    pieces = flow.per * net.ops[flow.after].quantity
    least_time, least_cost = NEVER, -1
    for other in range(net.ops[flow.after].option0, net.ops[flow.after].option1):
        there = net.options[other]
        if not there.eligible:
            continue
        work = there.setup + there.run
        if flow.batch > 0:
            work = there.run * min(flow.batch, pieces) // max(1, pieces)
        stretch = _stretch(net, net.machines[there.machine].hours)
        time = flow.lag + net.minutes[row.site, there.site] + int(work * stretch) + there.tail_time
        least_time = min(least_time, time)
        cost = carriage(net, row.site, there.site, pieces * flow.mass)
        own = there.fixed + there.unit * net.ops[flow.after].rest + there.tail_cost
        # what several operations join in is shared among them, or the sum would double at every join
        cost += own // (net.ops[flow.after].link1 - net.ops[flow.after].link0)
        if least_cost < 0 or cost < least_cost:
            least_cost = cost
    return least_time if least_time < NEVER else 0, max(0, least_cost)


@kernel
def look_ahead(net: Tables) -> None:
    """Fill ``tail_time`` (the longest way on) and ``tail_cost`` (the sum of the ways on) of every option."""
    for op in range(len(net.ops) - 1, -1, -1):
        row = net.ops[op]
        site = net.cases[row.case].site
        for option in range(row.option0, row.option1):
            time, cost = 0, 0
            if row.last and site >= 0:
                time = net.minutes[net.options[option].site, site]
            for at in range(row.out0, row.out1):
                further, more = _ahead(net, option, net.out[at])
                time = max(time, further)
                cost += more
            net.options[option].tail_time = time
            net.options[option].tail_cost = cost

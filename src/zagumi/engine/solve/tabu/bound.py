"""A lower bound on the makespan from each machine alone.

Operations that only one machine can do, each with its earliest start and the least time from its end to the completion
of all: their best preemptive schedule bounds every plan, and Jackson's rule finds it (J. Carlier, The one-machine
sequencing problem, European Journal of Operational Research 11, 1982).
"""

from __future__ import annotations

from heapq import heappop, heappush

from zagumi.engine.solve.tabu.records import LONGEST
from zagumi.engine.solve.tabu.shop import Workshop


def machine_bound(shop: Workshop) -> int:
    """A number of minutes that no plan's makespan is below."""
    rows = shop.rows
    heads, tails = _heads_and_tails(shop)
    alone: dict[int, list[tuple[int, int, int]]] = {}
    for v, (option, end) in enumerate(zip(rows.ops.option0.tolist(), rows.ops.option1.tolist(), strict=True)):
        if end - option == 1:
            job = heads[v], int(rows.options.minutes[option]), tails[v]
            alone.setdefault(int(rows.options.machine[option]), []).append(job)
    return max((preemptive(jobs) for jobs in alone.values()), default=0)


def preemptive(jobs: list[tuple[int, int, int]]) -> int:
    """The least makespan of jobs (head, minutes, tail) on one machine that may interrupt them."""
    waiting = sorted(jobs)
    urgent: list[tuple[int, int]] = []  # (-tail, minutes left) of those whose head has come
    at, time, longest = 0, 0, 0
    while at < len(waiting) or urgent:
        if not urgent:
            time = max(time, waiting[at][0])
        while at < len(waiting) and waiting[at][0] <= time:
            heappush(urgent, (-waiting[at][2], waiting[at][1]))
            at += 1
        tail, left = heappop(urgent)
        until = min(time + left, waiting[at][0]) if at < len(waiting) else time + left
        if until - time < left:
            heappush(urgent, (tail, left - until + time))
        else:
            longest = max(longest, until - tail)
        time = until
    return longest


def _heads_and_tails(shop: Workshop) -> tuple[list[int], list[int]]:
    """For each operation its earliest start and the least time after its end, with every machine free at all times."""
    rows = shop.rows
    sites = int(rows.rules.site_count[0])
    ways = rows.ways.minutes.tolist()
    options = [
        list(zip(some.site.tolist(), some.minutes.tolist(), some.finish.tolist(), strict=True))
        for some in (rows.options[a:b] for a, b in zip(rows.ops.option0, rows.ops.option1, strict=True))
    ]
    release, lags = rows.ops.release.tolist(), rows.befores.lag.tolist()
    before0, before1, befores = rows.ops.before0.tolist(), rows.ops.before1.tolist(), rows.befores.op.tolist()
    links = [list(zip(befores[a:b], lags[a:b], strict=True)) for a, b in zip(before0, before1, strict=True)]
    count = len(options)
    ready = [[release[v]] * len(options[v]) for v in range(count)]  # by option; what follows is listed later
    after = [[finish for _, _, finish in options[v]] for v in range(count)]
    for v in range(count):
        for before, lag in links[v]:
            for at, (site, _, _) in enumerate(options[v]):
                arrivals = (
                    start + minutes + ways[other * sites + site]
                    for start, (other, minutes, _) in zip(ready[before], options[before], strict=True)
                )
                ready[v][at] = max(ready[v][at], min(arrivals, default=LONGEST) + lag)
    for v in range(count - 1, -1, -1):
        for before, lag in links[v]:
            for at, (site, _, _) in enumerate(options[before]):
                rests = (
                    rest + minutes + ways[site * sites + other]
                    for rest, (other, minutes, _) in zip(after[v], options[v], strict=True)
                )
                after[before][at] = max(after[before][at], min(rests, default=LONGEST) + lag)
    return [min(some) for some in ready], [min(some) for some in after]

"""Measure replanning: ``python bench/replan.py [--sizes 2000 10000] [--seconds 10] [--rushes 5]``.

Plans random networks (``zagumi sample --network``), then lets rush cases come in, one at a time: each is like one of
the orders, released now, wanted by 900 minutes later, 20 yen a minute late. ``all`` is what ``replan`` takes from the
problem, the plan in force and the event to the judged plan; the other times are of its parts, tried one by one.
Processor seconds, means over the rush cases. Lateness stands for pure insertion, after replanning, and for the case
when all that has not begun is gone. The table is written to ``bench/results/replan.md``.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from statistics import fmean
from typing import TypeVar

from network import size
from table import Table, command_line

from zagumi.engine.collector import uncollected
from zagumi.engine.insight.events import Events, NewCase, changed
from zagumi.engine.insight.replan import STEPS, Replanned, replan, usual_price
from zagumi.engine.network_sample import network
from zagumi.engine.plan.check import require
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import Case, Problem
from zagumi.engine.read.network import problem_of
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.search import Search
from zagumi.engine.solve.solve import solve
from zagumi.engine.solve.tables import build

COLUMNS = ("operations", "all", "change", "build", "follow", "search", "judge", "unmoved", "least unmoved", "late")
PARTS = ("all", "change", "build", "follow", "search", "judge")
Answer = TypeVar("Answer")


def rush(problem: Problem, seed: int) -> Events:
    """A case like one of the problem's, some time after the beginning."""
    draw = random.Random(seed)
    model, now = draw.choice(problem.cases).id, draw.randint(100, 900)
    operations = tuple(
        replace(o, id=f"rush {o.id}", case="rush", after=tuple(replace(a, before=f"rush {a.before}") for a in o.after))
        for o in problem.operations
        if o.case == model
    )
    return Events(now, (NewCase(Case("rush", now, now + 900, 20), operations),))


def late(found: Replanned) -> int:
    """Minutes by which the rush case is late."""
    return next(case.new_tardy_minutes for case in found.cases if case.case == "rush")


def least(problem: Problem, plan: Plan, events: Events) -> int:
    """The same, with nothing planned but what has begun."""
    left = changed(problem, plan, events, 0)
    there = {work.operation for work in left.policy.frozen} | {o.id for o in events.cases[0].operations}
    alone = replace(left, operations=tuple(o for o in left.operations if o.id in there))
    best = solve(alone, Limits(steps=2000))
    assert best.measures is not None
    return next(case.tardy_minutes for case in best.measures.cases if case.case == "rush")


class Clock:
    """Processor seconds by part."""

    def __init__(self) -> None:
        self.taken = dict.fromkeys(PARTS, 0.0)

    def time(self, part: str, task: Callable[[], Answer]) -> Answer:
        """Do something and add what it took."""
        begun = time.process_time()
        answer = task()
        self.taken[part] += time.process_time() - begun
        return answer


def measure_parts(clock: Clock, problem: Problem, plan: Plan, events: Events) -> None:
    """Replan step by step."""
    price = usual_price(problem)
    left = clock.time("change", lambda: changed(problem, plan, events, price))
    built = clock.time("build", lambda: build(left))
    search = clock.time("follow", lambda: Search(built, 0, repair=True))
    clock.time("follow", lambda: search.first(plan))
    clock.time("search", lambda: search.run(STEPS))
    new = clock.time("judge", search.plan)
    clock.time("judge", lambda: require(left, new))


def row(table: Table, operations: int, seconds: float, rushes: int) -> None:
    """A line of the table."""
    problem = problem_of(network(size(operations), 1), "network")
    plan = solve(problem, Limits(seconds=seconds, seed=1)).plan
    assert plan is not None
    replan(problem, plan, rush(problem, 0))  # the compiled code is loaded once
    clock, shares, waits = Clock(), [], []
    for seed in range(1, rushes + 1):
        events = rush(problem, seed)
        found = clock.time("all", lambda events=events: replan(problem, plan, events))  # type: ignore[misc]
        with uncollected():
            measure_parts(clock, problem, plan, events)
        shares.append(found.unmoved / (found.unmoved + len(found.moved)))
        alone = replan(problem, plan, events, Limits(steps=0))
        waits.append(f"{late(alone)} → {late(found)} ({least(problem, plan, events)})")
    times = (f"{clock.taken[part] / rushes:.3f}" for part in PARTS)
    table.row(len(problem.operations), *times, f"{fmean(shares):.2%}", f"{min(shares):.2%}", ", ".join(waits))


def main() -> int:
    """Measure, print, write."""
    parser = command_line(__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_000, 10_000], help="operations")
    parser.add_argument("--seconds", type=float, default=10.0, help="to make the plan in force")
    parser.add_argument("--rushes", type=int, default=5, help="rush cases for each network")
    args = parser.parse_args()
    said = (
        f"plans in force of {args.seconds:g} s, {args.rushes} rush cases each. Processor seconds; minutes late by "
        "pure insertion → replanned (with nothing else but what has begun)."
    )
    with Table("replan", "Replanning", COLUMNS, said, folder=args.out) as table:
        for operations in args.sizes:
            row(table, operations, args.seconds, args.rushes)
    return 0


if __name__ == "__main__":
    sys.exit(main())

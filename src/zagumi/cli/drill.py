"""``zagumi drill``: what becomes of a plan when one thing fails, for every thing in turn."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from zagumi.cli import console
from zagumi.cli.console import NO_PLAN, say
from zagumi.cli.console.given import add_problem, add_repeatable, add_workers, limits, plan_in_force
from zagumi.cli.console.interrupt import until_interrupted
from zagumi.cli.console.parser import natural, positive, seconds
from zagumi.engine.clock import MINUTES_PER_DAY
from zagumi.engine.errors import FileError
from zagumi.engine.insight.failure import Kind
from zagumi.engine.read.formats import read_file

FIRST_SHARE = 0.25  # of the time makes a plan when none is given
LINE_SECONDS = 2.0


def kinds(text: str) -> tuple[Kind, ...]:
    """Kinds with commas between them."""
    return tuple(Kind(word.strip()) for word in text.split(","))


# argparse names this in "invalid … value"
kinds.__name__ = "list of machine, company, site, vehicle, district"


def add_to(subparsers: Any) -> None:
    """Add the ``drill`` command."""
    parser = subparsers.add_parser(
        "drill",
        help="let every machine, company, site, vehicle and district fail alone",
        description="Let every machine, company, site, kind of vehicle and district fail alone, plan anew around it, "
        "and rank what that costs. Ctrl-C ends with what is done.",
    )
    add_problem(parser)
    parser.add_argument("--plan", metavar="PLAN", help="the plan in force; without one the problem is planned first")
    parser.add_argument(
        "--kinds",
        type=kinds,
        default=tuple(Kind),
        metavar="LIST",
        help="what fails, with commas between (default: all)",
    )
    parser.add_argument(
        "--from",
        dest="start",
        type=natural,
        default=0,
        metavar="MINUTE",
        help="when each failure begins (default: %(default)s)",
    )
    parser.add_argument("--days", type=positive, metavar="N", help="how long it lasts (default: to the end)")
    parser.add_argument(
        "--limit", type=seconds, default=60.0, metavar="S", help="seconds for the whole drill (default: %(default)g)"
    )
    add_repeatable(parser, description="same seed and steps, same plan (default: %(default)s)")
    add_workers(parser)
    parser.add_argument("--csv", metavar="FILE", help="where to write a table with a row for each failure")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Plan or take the plan, drill, show."""
    from zagumi.cli.console import drilled, summary
    from zagumi.engine.insight.drill import drill
    from zagumi.engine.report.story import Story
    from zagumi.engine.solve.solve import solve

    table = console.writable(args.csv)
    given = read_file(Path(args.problem), args.format)
    problem = given.problem
    if args.start >= problem.horizon:
        raise FileError(say("command line"), "--from", args.start, f"a minute before the horizon at {problem.horizon}")
    plan = None if args.plan is None else plan_in_force(problem, args.plan)
    with until_interrupted() as stop:
        begun = time.monotonic()
        if plan is None:
            result = solve(problem, limits(args, args.limit * FIRST_SHARE, stop.is_set))
            if result.plan is None:
                return summary.without_plan(given, result, wants_json=args.json)
            plan = result.plan
        left = max(1e-6, args.limit - (time.monotonic() - begun))
        found = drill(
            problem,
            plan,
            limits(args, left, stop.is_set),
            kinds=args.kinds,
            start=args.start,
            minutes=args.days and args.days * MINUTES_PER_DAY,
            report=_Lines(),
        )
    story = Story(problem, plan, console.language())
    if table is not None:
        console.write(table, drilled.table(found))
        console.complain(say("Table written to {file}", file=table))
    for line in drilled.left_out(found):
        console.complain(line)
    if args.json:
        console.answer(drilled.document(found))
    else:
        drilled.show(story, found)
    return 0 if found.outcomes or not found.untried else NO_PLAN


class _Lines:
    """A line now and then on standard error."""

    def __init__(self) -> None:
        self._said = time.monotonic()

    def __call__(self, done: int, every: int, last: Any) -> None:
        """So many of all are done."""
        now = time.monotonic()
        if now - self._said >= LINE_SECONDS or done == every:
            self._said = now
            console.complain(say("{done} of {all} failures, last {name}", done=done, all=every, name=last.failure.id))

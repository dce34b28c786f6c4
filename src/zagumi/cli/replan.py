"""``zagumi replan``: mend a plan after a rush case, a stop, a delay, a change of quantity, with few moves."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from zagumi.cli import console
from zagumi.cli.console import say
from zagumi.cli.console.given import add_problem, add_repeatable, plan_in_force
from zagumi.cli.console.interrupt import until_interrupted
from zagumi.cli.console.parser import natural, seconds
from zagumi.engine.files import load, save_plan, save_problem
from zagumi.engine.read.formats import read_file
from zagumi.engine.solve.limits import Limits


def add_to(subparsers: Any) -> None:
    """Add the ``replan`` command."""
    parser = subparsers.add_parser(
        "replan",
        help="mend a plan after a rush case, a stop, a delay or a change of quantity",
        description="Mend the plan in force after what has happened, moving few operations. Work begun stands. "
        "Exit codes: 0 a plan, 1 proved impossible, 2 bad input, 3 no plan within the limits.",
    )
    add_problem(parser)
    parser.add_argument("--plan", metavar="PLAN", required=True, help="the plan in force")
    parser.add_argument("--events", metavar="EVENTS", required=True, help="what has happened, see docs/engine/files.md")
    parser.add_argument(
        "--stability",
        type=natural,
        metavar="N",
        help="what each moved operation costs in the objective (default: as much as an operation does at least)",
    )
    parser.add_argument("--limit", type=seconds, metavar="S", help="seconds to search (default: by steps)")
    add_repeatable(parser, description="same seed and steps, same plan (default: %(default)s)")
    parser.add_argument("--out", metavar="FILE", help="where to write the plan")
    parser.add_argument("--problem-out", metavar="FILE", help="where to write the problem that is left")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read, mend, show."""
    from zagumi.cli.console import replanned, summary
    from zagumi.engine.insight.events import EVENTS
    from zagumi.engine.insight.replan import STEPS, replan

    out, left = console.writable(args.out), console.writable(args.problem_out)
    given = read_file(Path(args.problem), args.format)
    plan = plan_in_force(given.problem, args.plan)
    events = load(EVENTS, args.events)
    with until_interrupted() as stop:
        steps = args.steps if args.steps is not None or args.limit is not None else STEPS
        limits = Limits(seconds=args.limit or 60.0, seed=args.seed, steps=steps, cancelled=stop.is_set)
        found = replan(given.problem, plan, events, limits, stability=args.stability)
    if left is not None:
        save_problem(found.problem, left)
        console.complain(say("Problem written to {file}", file=left))
    if found.result.plan is None:
        return summary.without_plan(given, found.result, wants_json=args.json)
    if out is not None:
        save_plan(found.result.plan, out)
        console.complain(say("Plan written to {file}", file=out))
    if args.json:
        console.answer(replanned.document(found))
    else:
        replanned.show(found, console.language())
    return 0

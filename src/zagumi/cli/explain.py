"""``zagumi explain``: what a plan rests on: bottleneck, lateness, why a company, why not another."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from zagumi.cli import console
from zagumi.cli.console import say
from zagumi.cli.console.given import add_problem, add_repeatable, plan_in_force
from zagumi.cli.console.parser import seconds
from zagumi.engine.errors import FileError
from zagumi.engine.read.formats import read_file
from zagumi.engine.report.story import Story
from zagumi.engine.solve.limits import Limits


def add_to(subparsers: Any) -> None:
    """Add the ``explain`` command."""
    parser = subparsers.add_parser(
        "explain", help="say why a plan is as it is: bottleneck, lateness, choice of companies"
    )
    add_problem(parser)
    parser.add_argument("plan", metavar="PLAN", help="the plan, as written by solve --out")
    parser.add_argument("--why", metavar="OPERATION", help="why this operation is where it is")
    parser.add_argument("--why-not", nargs=2, metavar=("OPERATION", "COMPANY"), help="why this company does not do it")
    parser.add_argument(
        "--hour",
        nargs="?",
        const="",
        metavar="NAME",
        help="what one more hour of this machine or company would save (without a name: of the bottleneck)",
    )
    parser.add_argument(
        "--limit",
        type=seconds,
        default=10.0,
        metavar="S",
        help="seconds to plan anew for --why-not and --hour (default: %(default)g)",
    )
    add_repeatable(parser, description="seed of that search (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Explain the whole plan, or the operation asked for."""
    from zagumi.cli.console import reasons

    problem = read_file(Path(args.problem), args.format).problem
    plan = plan_in_force(problem, args.plan)
    story = Story(problem, plan, console.language())
    found: dict[str, Any] = {}
    lines: list[str] = []
    if args.why is not None:
        from zagumi.engine.insight.explain import why

        answer = why(problem, plan, _known("--why", args.why, problem.operation, "an operation of the problem"))
        found["why"] = asdict(answer)
        lines += reasons.why(story, answer)
    if args.why_not is not None:
        from zagumi.engine.insight.explain import why_not

        operation = _known("--why-not", args.why_not[0], problem.operation, "an operation of the problem")
        company = _known("--why-not", args.why_not[1], problem.company, "a company of the problem")
        limits = Limits(seconds=args.limit, seed=args.seed, steps=args.steps)
        refused = why_not(problem, plan, operation, company, limits)
        found["why_not"] = {key: value for key, value in asdict(refused).items() if key != "plan"}
        lines += reasons.why_not(story, refused)
    if args.hour is not None:
        from zagumi.engine.insight.shadow import shadow

        name = args.hour or (story.loads[0].machine if story.loads else "")
        if name not in problem.machine:
            name = _known("--hour", name, problem.company, "a machine or a company of the problem")
        worth = shadow(problem, plan, name, Limits(seconds=args.limit, seed=args.seed, steps=args.steps))
        found["hour"] = {"name": name, **asdict(worth)}
        lines += reasons.hour(story, name, worth)
    if not lines:
        found, lines = reasons.whole(story)
    if args.json:
        console.answer(found)
    else:
        print("\n".join(lines))
    return 0


def _known(option: str, name: str, index: Any, expected: str) -> str:
    if name not in index:
        raise FileError(say("command line"), option, name, f"{expected}, such as {', '.join(list(index)[:3])}")
    return name

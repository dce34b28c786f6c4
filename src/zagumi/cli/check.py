"""``zagumi check``: the independent judgement of a plan."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from zagumi.cli import console
from zagumi.cli.console import INFEASIBLE, say, wording
from zagumi.cli.console.summary import measures_document
from zagumi.engine.files import load_plan
from zagumi.engine.plan.check import check
from zagumi.engine.plan.cost import measure
from zagumi.engine.read.formats import READERS, read_file

LISTED = 50


def add_to(subparsers: Any) -> None:
    """Add the ``check`` command."""
    parser = subparsers.add_parser("check", help="judge a plan by every rule of its problem")
    parser.add_argument("problem", metavar="PROBLEM", help="the problem, in any format that can be solved")
    parser.add_argument("plan", metavar="PLAN", help="the plan, as written by solve --out")
    parser.add_argument(
        "--format",
        choices=["auto", *READERS],
        default="auto",
        metavar="NAME",
        help="format of PROBLEM: %(choices)s (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Judge; 0 without fault, 1 with faults."""
    problem = read_file(Path(args.problem), args.format).problem
    plan = load_plan(args.plan)
    faults = check(problem, plan)
    measures = None if any(fault.rule in ("known", "option") for fault in faults) else measure(problem, plan)
    if args.json:
        document = {"valid": not faults, "faults": [asdict(fault) for fault in faults]}
        if measures is not None:
            document["measures"] = measures_document(measures, problem)
        console.answer(document)
    elif faults:
        print(say("{count} faults:", count=len(faults)))
        for fault in faults[:LISTED]:
            print("  " + wording.fault(fault, console.language()))
        if len(faults) > LISTED:
            print(say("  … and {count} more (all of them with --json)", count=len(faults) - LISTED))
    else:
        print(say("No fault: {count} sub-lots judged by every rule.", count=f"{len(plan.sublots):,}"))
    return INFEASIBLE if faults else 0

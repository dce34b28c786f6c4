"""``zagumi sample``: a problem of realistic make, the same for the same numbers."""

from __future__ import annotations

import argparse
from typing import Any

from zagumi.cli import console
from zagumi.cli.console import say
from zagumi.cli.console.parser import natural, positive
from zagumi.engine.files import problem_to_json, save_problem


def add_to(subparsers: Any) -> None:
    """Add the ``sample`` command."""
    parser = subparsers.add_parser("sample", help="make a problem of realistic make")
    parser.add_argument("--companies", type=positive, default=40, metavar="N", help="companies (default: %(default)s)")
    parser.add_argument("--cases", type=positive, default=12, metavar="N", help="cases (default: %(default)s)")
    parser.add_argument(
        "--seed", type=natural, default=7, metavar="K", help="same seed, same problem (default: %(default)s)"
    )
    parser.add_argument("--out", metavar="FILE", help="where to write it; else it goes to standard output")
    parser.add_argument("--json", action="store_true", help="with --out: say what was made as one JSON object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make the problem and write it."""
    from zagumi.engine.sample import sample

    path = console.writable(args.out)
    problem = sample(args.companies, args.cases, args.seed)
    if path is None:
        print(problem_to_json(problem))
        return 0
    save_problem(problem, path)
    counts = {
        "companies": len(problem.companies),
        "machines": len(problem.machines),
        "cases": len(problem.cases),
        "operations": len(problem.operations),
    }
    if args.json:
        console.answer({"out": str(path), **counts})
    else:
        print(
            say("{companies} companies, {machines} machines, {cases} cases, {operations} operations", **counts)
            + f" → {path}"
        )
    return 0

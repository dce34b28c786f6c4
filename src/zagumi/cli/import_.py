"""``zagumi import``: make a problem of a shop-floor log or of a case workbook."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from zagumi.cli import console
from zagumi.cli.console import say
from zagumi.cli.solve import beside_problem
from zagumi.engine.files import save_problem
from zagumi.engine.problem import Problem
from zagumi.engine.read.source import read_bytes

LINES_UP_TO = 12


def add_to(subparsers: Any) -> None:
    """Add the ``import`` command with its kinds."""
    parser = subparsers.add_parser("import", help="make a problem of a shop-floor log or of a case workbook")
    kinds = parser.add_subparsers(dest="kind", metavar="KIND", required=True)
    log = kinds.add_parser("shoplog", help="learn times, routings and hours from a log of what really happened")
    log.add_argument("--own-times", action="store_true", help="plan each order with the minutes it really reported")
    log.add_argument("--same-machines", action="store_true", help="allow each step only the machines it really ran on")
    book = kinds.add_parser("workbook", help="read a case workbook (xlsx)")
    for kind, run in ((log, run_shoplog), (book, run_workbook)):
        kind.add_argument("file", metavar="FILE", help="what to read")
        kind.add_argument("--out", metavar="FILE", help="where to write the problem")
        kind.add_argument("--json", action="store_true", help="one JSON object on standard output")
        kind.set_defaults(run=run)


def run_workbook(args: argparse.Namespace) -> int:
    """Read a workbook; every fault in it is named."""
    from zagumi.engine.read.case_workbook import read_book, to_problem

    out = console.writable(args.out)
    path = Path(args.file)
    read_bytes(path, 1)  # says so when there is no such file
    reading = read_book(path)
    if reading.book is None:
        for fault in reading.faults:
            console.complain(f"{path.name}: {fault}")
        if args.json:
            faults = [
                {"file": path.name, "place": f.place, "given": f.given, "expected": f.expected} for f in reading.faults
            ]
            console.answer({"error": faults[0], "faults": faults})
        return console.BAD_INPUT
    problem = to_problem(reading.book)
    _save(problem, out)
    _tell(problem, args, {})
    return 0


def run_shoplog(args: argparse.Namespace) -> int:
    """Learn from a log, write the problem and what really happened, and say what was left out and why."""
    from zagumi.engine.read.shoplog.actual import ACTUAL
    from zagumi.engine.read.shoplog.problem import read_shoplog

    out = console.writable(args.out)
    log = read_shoplog(Path(args.file), own_times=args.own_times, same_machines=args.same_machines)
    _save(log.problem, out)
    if out is not None:
        beside = beside_problem(out)
        console.write(beside, ACTUAL.to_json(log.actual) + "\n")
        console.complain(say("What really happened written to {file}", file=beside))
    if args.json:
        from zagumi.cli.console.shoplog import document

        _tell(log.problem, args, document(log))
    else:
        from zagumi.cli.console.shoplog import print_log

        _tell(log.problem, args, {})
        print_log(log, LINES_UP_TO)
    return 0


def _save(problem: Problem, out: Path | None) -> None:
    if out is not None:
        save_problem(problem, out)
        console.complain(say("Problem written to {file}", file=out))


def _tell(problem: Problem, args: argparse.Namespace, more: dict[str, Any]) -> None:
    counts = {
        "companies": len(problem.companies),
        "machines": len(problem.machines),
        "cases": len(problem.cases),
        "operations": len(problem.operations),
    }
    if args.json:
        console.answer({"out": args.out, **counts, **more})
    else:
        print(say("{companies} companies, {machines} machines, {cases} cases, {operations} operations", **counts))

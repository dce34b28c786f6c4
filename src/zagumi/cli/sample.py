"""``zagumi sample``: a problem of realistic make, or a random network of any size; the same for the same numbers."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from zagumi.cli import console
from zagumi.cli.console import say
from zagumi.cli.console.parser import natural, positive
from zagumi.engine.files import problem_to_json, save_problem
from zagumi.engine.network_sample import FEATURES, Size, featured, network
from zagumi.engine.problem import Problem
from zagumi.engine.read.network import problem_of


def add_to(subparsers: Any) -> None:
    """Add the ``sample`` command."""
    parser = subparsers.add_parser("sample", help="make a problem of realistic make")
    parser.add_argument("--companies", type=positive, default=40, metavar="N", help="companies (default: %(default)s)")
    parser.add_argument("--cases", type=positive, default=12, metavar="N", help="cases (default: %(default)s)")
    parser.add_argument(
        "--seed", type=natural, default=7, metavar="K", help="same seed, same problem (default: %(default)s)"
    )
    parser.add_argument(
        "--network", type=positive, metavar="N", help="instead: a random network of at least so many operations"
    )
    parser.add_argument(
        "--machines", type=positive, metavar="N", help="of the network (default: one for 10 operations)"
    )
    parser.add_argument("--sites", type=positive, metavar="N", help="of the network (default: one for 2 machines)")
    parser.add_argument(
        "--due", type=float, default=1.0, metavar="F", help="factor on the network's due windows (default: %(default)g)"
    )
    parser.add_argument(
        "--with",
        dest="features",
        nargs="+",
        choices=FEATURES,
        default=(),
        metavar="FEATURE",
        help="of the network: %(choices)s (default: none, and the file is of the format network)",
    )
    parser.add_argument("--out", metavar="FILE", help="where to write it; else it goes to standard output")
    parser.add_argument("--json", action="store_true", help="with --out: say what was made as one JSON object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make the problem and write it."""
    from zagumi.engine.sample import sample

    path = console.writable(args.out)
    if args.network is not None:
        return _network(args, path)
    problem = sample(args.companies, args.cases, args.seed)
    if path is None:
        print(problem_to_json(problem))
        return 0
    save_problem(problem, path)
    return _tell(problem, path, args)


def _network(args: argparse.Namespace, path: Path | None) -> int:
    """A network: plain as a file of that format, with features as a problem."""
    machines = args.machines or max(20, args.network // 10)
    size = Size(args.network, machines, min(machines, args.sites or max(1, machines // 2)), args.due)
    plain = network(size, args.seed)
    problem = problem_of(plain, f"network-{args.network}-{args.seed}")
    if args.features:
        problem = featured(problem, frozenset(args.features), args.seed)
    if path is None:
        print(problem_to_json(problem) if args.features else json.dumps(plain))
        return 0
    if args.features:
        save_problem(problem, path)
    else:
        path.write_text(json.dumps(plain), encoding="utf-8")
    return _tell(problem, path, args, bound=True)


def _tell(problem: Problem, path: Path, args: argparse.Namespace, *, bound: bool = False) -> int:
    """Say what was made; of a network also what no plan is below."""
    counts = {
        "companies": len(problem.companies),
        "machines": len(problem.machines),
        "cases": len(problem.cases),
        "operations": len(problem.operations),
    }
    if bound:
        from zagumi.engine.solve.bounds import lower_bound

        counts["bound"], _ = lower_bound(problem)
    if args.json:
        console.answer({"out": str(path), **counts})
    else:
        print(
            say("{companies} companies, {machines} machines, {cases} cases, {operations} operations", **counts)
            + f" → {path}"
        )
    return 0

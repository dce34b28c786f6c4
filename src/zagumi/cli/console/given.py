"""What is given to a command: a problem, a plan in force, limits of a search; and the arguments that give them."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable

from zagumi.cli.console.parser import natural, positive
from zagumi.engine.errors import FileError
from zagumi.engine.files import load_plan
from zagumi.engine.plan.check import check
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import Problem
from zagumi.engine.read.formats import READERS
from zagumi.engine.solve.limits import Limits

MOST_WORKERS = 64


def add_problem(parser: argparse.ArgumentParser) -> None:
    """Take the problem and its format."""
    parser.add_argument("problem", metavar="PROBLEM", help="the problem, in any format that can be solved")
    parser.add_argument(
        "--format",
        choices=["auto", *READERS],
        default="auto",
        metavar="NAME",
        help="format of PROBLEM: %(choices)s (default: %(default)s)",
    )


def add_repeatable(parser: argparse.ArgumentParser, *, description: str) -> None:
    """Take the seed of a search, described as given, and the steps that end it."""
    parser.add_argument("--seed", type=natural, default=1, metavar="K", help=description)
    parser.add_argument("--steps", type=natural, metavar="N", help="end after so many steps: fully repeatable")


def add_workers(parser: argparse.ArgumentParser) -> None:
    """Take how many search at once."""
    parser.add_argument("--workers", type=positive, metavar="N", help="processes or threads (default: all cores)")


def limits(args: argparse.Namespace, seconds: float, cancelled: Callable[[], bool]) -> Limits:
    """Limits from those arguments."""
    workers = min(MOST_WORKERS, args.workers or os.cpu_count() or 1)
    return Limits(seconds=seconds, workers=workers, seed=args.seed, steps=args.steps, cancelled=cancelled)


def plan_in_force(problem: Problem, name: str) -> Plan:
    """The plan of a file, refused when it breaks a rule of the problem."""
    plan = load_plan(name)
    faults = check(problem, plan)
    if faults:
        raise FileError(name, faults[0].rule, faults[0].text, "a plan without faults")
    return plan

"""``zagumi risk``: how likely a plan keeps its dates, and what more certainty costs."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from zagumi.cli import console
from zagumi.cli.console import NO_PLAN, say
from zagumi.cli.console.given import add_problem, add_repeatable, add_workers, limits, plan_in_force
from zagumi.cli.console.interrupt import until_interrupted
from zagumi.cli.console.parser import positive, seconds
from zagumi.engine.read.formats import read_file


def probability(text: str) -> float:
    """More than 0, at most 1."""
    value = float(text)
    if not 0 < value <= 1:
        raise ValueError
    return value


# argparse names this in "invalid … value"
probability.__name__ = "probability above 0, at most 1"


def add_to(subparsers: Any) -> None:
    """Add the ``risk`` command."""
    parser = subparsers.add_parser(
        "risk",
        help="say how likely a plan keeps its dates, and what more certainty costs",
        description="Simulate a plan many times with run times, good pieces and stops as chance has them. "
        "With --target, look for the cheapest plan that keeps its dates so surely, and say what each further percent "
        "costs. Exit code 3: no plan that sure was found. Ctrl-C ends with what is found.",
    )
    add_problem(parser)
    parser.add_argument("plan", metavar="PLAN", help="the plan, as written by solve --out")
    parser.add_argument(
        "--samples", type=positive, default=1000, metavar="N", help="courses to simulate (default: %(default)s)"
    )
    parser.add_argument(
        "--stops",
        nargs=2,
        type=positive,
        metavar=("HOURS", "MINUTES"),
        help="each machine stops once in so many hours of work, for so many minutes, on average",
    )
    parser.add_argument("--target", type=probability, metavar="P", help="look for plans that keep each date so surely")
    parser.add_argument("--together", action="store_true", help="the target is for all dates together")
    parser.add_argument(
        "--limit", type=seconds, default=30.0, metavar="S", help="seconds for that search (default: %(default)g)"
    )
    add_repeatable(parser, description="same seed and steps, same answer (default: %(default)s)")
    add_workers(parser)
    parser.add_argument("--out", metavar="FILE", help="where to write the plan found")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Simulate the plan; with a target, look for surer ones."""
    from zagumi.cli.console import risks
    from zagumi.engine.files import save_plan
    from zagumi.engine.insight.risk import Chances, Stops, forecast
    from zagumi.engine.insight.robust import robust
    from zagumi.engine.report.story import Story

    out = console.writable(args.out)
    problem = read_file(Path(args.problem), args.format).problem
    plan = plan_in_force(problem, args.plan)
    chances = Chances(stops=None if args.stops is None else Stops(args.stops[0] * 60, args.stops[1]))
    seen = forecast(problem, plan, samples=args.samples, seed=args.seed, chances=chances)
    found = None
    if args.target is not None:
        with until_interrupted() as stop:
            found = robust(
                problem,
                plan,
                limits(args, args.limit, stop.is_set),
                target=args.target,
                together=args.together,
                chances=chances,
                report=_Lines(together=args.together),
            )
        if out is not None:
            save_plan((found.chosen or found.curve[-1]).plan, out)
            console.complain(say("Plan written to {file}", file=out))
    if args.json:
        console.answer(risks.document(problem, seen, found))
    else:
        risks.show(Story(problem, plan, console.language()), seen, found)
    return 0 if found is None or found.chosen is not None else NO_PLAN


class _Lines:
    """A line now and then on standard error."""

    def __init__(self, *, together: bool) -> None:
        self.together = together
        self._said = time.monotonic()

    def __call__(self, done: int, every: int, point: Any) -> None:
        """So many searches of all are done."""
        now = time.monotonic()
        if now - self._said >= 2.0 or done == every:
            self._said = now
            sure = point.every if self.together else point.least
            yen, share = console.language().yen(point.cost_yen), console.language().percent(sure)
            console.complain(
                say("{done} of {all} searches: {share} sure at {yen}", done=done, all=every, share=share, yen=yen)
            )

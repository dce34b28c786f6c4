"""Measure planning at town size: ``python bench/town.py [--seconds 10] [--workers 2]``.

Samples with every feature on, the automotive case and the real shop-floor log. Each line is one solve after the
compiled code is loaded; times count from the moment the problem is read. Below the table: how long the four
alternatives of the largest sample took. It is written to ``bench/results/town.md``.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator

from table import ROOT, Table, command_line

from zagumi.engine.insight.alternatives import alternatives
from zagumi.engine.problem import Problem
from zagumi.engine.read.formats import read_file
from zagumi.engine.sample import Features, sample
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.solve import solve

COLUMNS = ("problem", "operations", "first plan (s)", "objective", "bound", "gap", "by", "memory (MB)")


def problems() -> Iterator[tuple[str, Problem]]:
    """What is measured."""
    for companies, cases in ((12, 4), (40, 12), (40, 14)):
        yield f"sample, {companies} companies, {cases} cases", sample(companies, cases, 7, Features(services=False))
    yield "automotive case", read_file(ROOT / "examples" / "automotive_case.xlsx").problem
    yield "shop-floor log, 220 orders", read_file(ROOT / "examples" / "shoplog" / "production_log.csv").problem


def main() -> int:
    """Measure, print, write."""
    parser = command_line(__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    solve(sample(companies=3, cases=1, seed=1), Limits(steps=10))  # loads the compiled code outside the clock
    said = f"{args.seconds:g} s each, {args.workers} workers, seed 0."
    with Table("town", "Towns", COLUMNS, said, folder=args.out) as table:
        for name, problem in problems():
            result = solve(problem, Limits(seconds=args.seconds, workers=args.workers))
            first = None if result.first_plan_seconds is None else f"{result.first_plan_seconds:.2f}"
            gap = None if result.gap is None else f"{result.gap:.1%}"
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            figures = (first, result.objective, result.bound, gap, result.bound_by, memory)
            table.row(name, len(problem.operations), *figures)
        begun = time.perf_counter()
        limits = Limits(seconds=2 * args.seconds, workers=args.workers)
        found = alternatives(sample(40, 14, 7, Features(services=False)), limits)
        took = time.perf_counter() - begun
        table.note(f"{len(found)} alternatives of the sample with 14 cases: {took:.1f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

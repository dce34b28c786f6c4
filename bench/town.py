"""Measure planning at town size: ``python bench/town.py [--seconds 10] [--workers 2]``.

Samples with every feature on, the automotive case and the real shop-floor log. Each line is one solve after the
compiled code is loaded; times count from the moment the problem is read. Below the table: how long the four
alternatives of the largest sample took. It goes to the screen and, with date, commit and cores, to
``bench/results/town.md``.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from zagumi.engine.insight.alternatives import alternatives
from zagumi.engine.problem import Problem
from zagumi.engine.read.formats import read_file
from zagumi.engine.sample import sample
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.solve import solve

ROOT = Path(__file__).parent.parent
COLUMNS = ("problem", "operations", "first plan (s)", "objective", "bound", "gap", "by", "memory (MB)")
HEAD = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}\n"


def problems() -> Iterator[tuple[str, Problem]]:
    """What is measured."""
    for companies, cases in ((12, 4), (40, 12), (40, 14)):
        yield f"sample, {companies} companies, {cases} cases", sample(companies=companies, cases=cases, seed=7)
    yield "automotive case", read_file(ROOT / "examples" / "automotive_case.xlsx").problem
    yield "shop-floor log, 220 orders", read_file(ROOT / "examples" / "shoplog" / "production_log.csv").problem


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    solve(sample(companies=3, cases=1, seed=1), Limits(steps=10))  # loads the compiled code outside the clock
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    said = f"{datetime.now(UTC):%Y-%m-%d}, commit {commit or 'unknown'}, {os.cpu_count()} cores, "
    lines = [f"# Towns\n\n{said}{args.seconds:g} s each, {args.workers} workers, seed 0.\n\n", HEAD]
    for name, problem in problems():
        result = solve(problem, Limits(seconds=args.seconds, workers=args.workers))
        first = "-" if result.first_plan_seconds is None else f"{result.first_plan_seconds:.2f}"
        gap = "-" if result.gap is None else f"{result.gap:.1%}"
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        figures = (len(problem.operations), first, result.objective, result.bound, gap, result.bound_by, memory)
        lines.append(f"| {name} | " + " | ".join(map(str, figures)) + " |\n")
        sys.stdout.write(lines[-1])
        sys.stdout.flush()
    begun = time.perf_counter()
    found = alternatives(sample(companies=40, cases=14, seed=7), Limits(seconds=2 * args.seconds, workers=args.workers))
    took = time.perf_counter() - begun
    lines.append(f"\n{len(found)} alternatives of the sample with 14 cases: {took:.1f} s.\n")
    sys.stdout.write(lines[-1])
    (ROOT / "bench" / "results").mkdir(exist_ok=True)
    (ROOT / "bench" / "results" / "town.md").write_text("".join(lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Measure searching across machines: ``python bench/cluster.py [--seconds 30] [--nodes 2]``.

Random networks with loose and tight dates, with one worker at home, alone and with the nodes of a
Ray cluster that is started for it on this machine, one processor each. With fewer free processors than nodes and the
worker at home together all are slower; the last column therefore says what is found at home alone with the same steps.
It goes to the screen and, with date, commit, cores and the machine's load, to ``bench/results/cluster.md``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from zagumi.engine.network_sample import Size, network
from zagumi.engine.problem import Problem
from zagumi.engine.read.network import problem_of
from zagumi.engine.solve.cluster.cluster import Cluster
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.solve import solve

ROOT = Path(__file__).parent.parent
COLUMNS = ("problem", "seconds", "nodes", "objective", "gap", "steps at home", "tasks", "lost", "alone, same steps")
HEAD = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}\n"
SEED = 1


@contextmanager
def nodes(count: int) -> Iterator[str]:
    """The address of a cluster of so many nodes on this machine."""
    script = ROOT / "tests" / "engine" / "loopback.py"
    with TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder:
        words = [sys.executable, str(script), folder, str(count)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)
        assert process.stdin is not None
        assert process.stdout is not None
        with process.stdout, process.stdin:
            yield process.stdout.readline().strip()
        process.wait(30)


def row(name: str, problem: Problem, seconds: float, cluster: Cluster | None) -> str:
    """A line of the table; tasks are counted from the beginning of the cluster, so they are taken as differences."""
    before = (cluster.answered.total(), cluster.lost) if cluster is not None else (0, 0)
    result = solve(problem, Limits(seconds=seconds, seed=SEED), cluster=cluster)
    gap = "-" if result.gap is None else f"{result.gap:.2%}"
    figures: list[object] = [name, f"{seconds:g}", 0, result.objective, gap, result.steps, "-", "-", "-"]
    if cluster is not None:
        after = cluster.answered.total(), cluster.lost
        figures[2], figures[6:8] = len(cluster.nodes), [now - then for now, then in zip(after, before, strict=True)]
        figures[8] = solve(problem, Limits(steps=result.steps, seed=SEED)).objective
    return f"| {' | '.join(map(str, figures))} |\n"


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--nodes", type=int, default=2)
    args = parser.parse_args()
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    said = f"{datetime.now(UTC):%Y-%m-%d}, commit {commit or 'unknown'}, {os.cpu_count()} cores, "
    said += f"load {os.getloadavg()[0]:.1f} at the start, one worker at home, seed {SEED}."
    lines = [f"# Across machines\n\n{said}\n\n", HEAD]
    sys.stdout.write("".join(lines))
    measured = {
        f"network {operations}{'' if due == 1 else f', due × {due:g}'}": problem_of(
            network(Size(operations, operations // 10, operations // 20, due), SEED), "network"
        )
        for operations, due in ((2_000, 1.0), (2_000, 0.25), (10_000, 1.0), (10_000, 0.25))
    }
    solve(measured["network 2000"], Limits(steps=10))  # loads the compiled code outside the clock
    with nodes(args.nodes) as address, Cluster(address) as cluster:
        for name, problem in measured.items():
            for helping in (None, cluster):
                lines.append(row(name, problem, args.seconds, helping))
                sys.stdout.write(lines[-1])
                sys.stdout.flush()
    out = ROOT / "bench" / "results" / "cluster.md"
    out.parent.mkdir(exist_ok=True)
    out.write_text("".join(lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

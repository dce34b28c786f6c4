"""Measure searching across machines: ``python bench/cluster.py [--seconds 30] [--nodes 2]``.

Random networks with loose and tight dates, with one worker at home, alone and with the nodes of a
Ray cluster that is started for it on this machine, one processor each. With fewer free processors than nodes and the
worker at home together all are slower; the last column therefore says what is found at home alone with the same steps.
It is written to ``bench/results/cluster.md``.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from network import size
from table import ROOT, Table, command_line

from zagumi.engine.network_sample import network
from zagumi.engine.problem import Problem
from zagumi.engine.read.network import problem_of
from zagumi.engine.solve.cluster.cluster import Cluster
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.solve import solve

COLUMNS = ("problem", "seconds", "nodes", "objective", "gap", "steps at home", "tasks", "lost", "alone, same steps")
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


def row(table: Table, name: str, problem: Problem, seconds: float, cluster: Cluster | None) -> None:
    """A line of the table; tasks are counted from the beginning of the cluster, so they are taken as differences."""
    before = (cluster.answered.total(), cluster.lost) if cluster is not None else (0, 0)
    result = solve(problem, Limits(seconds=seconds, seed=SEED), cluster=cluster)
    gap = None if result.gap is None else f"{result.gap:.2%}"
    there: tuple[object, ...] = (None, None, None)
    if cluster is not None:
        after = cluster.answered.total(), cluster.lost
        alone = solve(problem, Limits(steps=result.steps, seed=SEED)).objective
        there = (*(now - then for now, then in zip(after, before, strict=True)), alone)
    count = len(cluster.nodes) if cluster is not None else 0
    table.row(name, f"{seconds:g}", count, result.objective, gap, result.steps, *there)


def main() -> int:
    """Measure, print, write."""
    parser = command_line(__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_000, 10_000], help="operations")
    parser.add_argument("--nodes", type=int, default=2)
    args = parser.parse_args()
    measured = {
        f"network {operations}{'' if due == 1 else f', due × {due:g}'}": problem_of(
            network(size(operations, due), SEED), "network"
        )
        for operations in args.sizes
        for due in (1.0, 0.25)
    }
    solve(next(iter(measured.values())), Limits(steps=10))  # loads the compiled code outside the clock
    kept = Table("cluster", "Across machines", COLUMNS, f"one worker at home, seed {SEED}.", ["ray"], args.out)
    with nodes(args.nodes) as address, Cluster(address) as cluster, kept as table:
        for name, problem in measured.items():
            for helping in (None, cluster):
                row(table, name, problem, args.seconds, helping)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Measure planning at network size: ``python bench/network.py [--sizes 2000 10000] [--seconds 10] [--workers 2]``.

Makes random networks (``zagumi sample --network``), or takes the files of a folder (``--data``); solves each through
the command line in a process of its own. The table is written to ``bench/results/network.md``. The first plan counts
from the moment the file is read; memory is that of the whole process, from reading to judging.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any

from table import Table, command_line

from zagumi.engine.network_sample import Size, network

MACHINES = {2_000: (200, 100), 10_000: (1_000, 500), 50_000: (1_000, 500), 200_000: (4_000, 2_000)}
MOST = (20_000, 2_000)  # machines and sites of the largest
COLUMNS = ("network", "operations", "seconds", "first plan (s)", "objective", "bound", "gap", "memory (MB)", "all (s)")


@dataclass(frozen=True)
class Answer:
    """What one solve said and took; ``document`` is None when it failed."""

    document: dict[str, Any] | None
    seconds: float
    megabytes: int


def networks(args: argparse.Namespace, folder: Path) -> Iterator[Path]:
    """The files to solve."""
    if args.data is not None:
        yield from sorted(args.data.glob("*.json"))
        return
    for operations in args.sizes:
        for seed in args.seeds:
            for due in args.due:
                path = folder / f"{operations}-seed-{seed}{'' if due == 1 else f'-due-{due:g}'}.json"
                path.write_text(json.dumps(network(size(operations, due), seed)), encoding="utf-8")
                yield path


def size(operations: int, due: float = 1.0) -> Size:
    """A network with so many operations, of the usual machines and sites."""
    about = max(20, operations // 10)
    machines, sites = MACHINES.get(operations, MOST if operations > 200_000 else (about, about // 2))
    return Size(operations, machines, sites, due)


def solve(path: Path, seconds: float, workers: int) -> Answer:
    """Solve one file in a process of its own."""
    command = [sys.executable, "-m", "zagumi", "solve", str(path), "--format", "network", "--json"]
    command += ["--limit", f"{seconds:g}", "--workers", str(workers), "--seed", "1"]
    begun = time.perf_counter()
    with TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        document = json.load(said) if process.returncode == 0 else None
    return Answer(document, time.perf_counter() - begun, used.ru_maxrss // 1024)


def row(table: Table, name: str, seconds: float, answer: Answer) -> None:
    """A line of the table."""
    count: int | None = None
    figures: tuple[object, ...] = (None, "no plan", None, None)
    if (found := answer.document) is not None:
        count = len(found["assignments"])
        gap = None if found["gap"] is None else f"{found['gap']:.2%}"
        figures = f"{found['first_plan_seconds']:.2f}", found["objective"], found["bound"], gap
    table.row(name, count, f"{seconds:g}", *figures, answer.megabytes, f"{answer.seconds:.0f}")


def main() -> int:
    """Measure, print, write."""
    parser = command_line(__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_000, 10_000, 50_000], help="operations")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--due", type=float, nargs="+", default=[1.0], help="factors on the due windows")
    parser.add_argument("--data", type=Path, help="a folder of files to solve instead")
    parser.add_argument("--seconds", type=float, nargs="+", default=[10.0])
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    said = f"{args.workers} workers, seed 1."
    with TemporaryDirectory() as folder, Table("network", "Networks", COLUMNS, said, folder=args.out) as table:
        for path in networks(args, Path(folder)):
            for seconds in args.seconds:
                row(table, path.stem, seconds, solve(path, seconds, args.workers))
    return 0


if __name__ == "__main__":
    sys.exit(main())

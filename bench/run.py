"""Measure everything: ``make bench`` (about ten minutes), ``make bench ARGS="--full --data DIR"`` (hours).

Runs the tables of this folder one after the other, each in a process of its own so that none warms another up, and
puts them together as ``docs/engine/benchmarks.md``. The short form takes what lies in ``examples``; the full one takes
sixty seconds for everything, all sizes of networks, and the public instances of a folder.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys

from table import RESULTS, ROOT

PAGE = ROOT / "docs" / "engine" / "benchmarks.md"
HEAD = """# Benchmarks

Written by `make bench`; do not edit. What is measured, and how, stands at the head of the files in `bench`. A gap is
(objective - bound) / objective with our own bound, or, where a best known value is published, the distance to it.
"""
SHORT = {
    "town": ["--seconds", "10"],
    "families": ["--seconds", "10"],
    "network": ["--sizes", "2000", "10000", "--seconds", "10"],
    "replan": ["--sizes", "2000", "10000", "--seconds", "10"],
}
FULL = {
    "town": ["--seconds", "60"],
    "families": ["--seconds", "60"],
    "network": ["--sizes", "2000", "10000", "50000", "200000", "1000000", "--seeds", "1", "2", "--seconds", "10", "60"],
    "replan": ["--sizes", "2000", "10000", "50000", "--seconds", "10", "--rushes", "20"],
    "cluster": ["--seconds", "60"],
}


def main() -> int:
    """Run the tables and put them together."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="sixty seconds each, every size")
    parser.add_argument("--data", help="folder of public instances (default: those in examples)")
    args = parser.parse_args()
    tables = FULL if args.full else SHORT
    peers = ["cpsat", *(["pyjobshop"] if importlib.util.find_spec("pyjobshop") else [])]
    tables["families"] += ["--peers", ",".join(peers), *(["--data", args.data] if args.data else [])]
    for name, words in tables.items():
        subprocess.run([sys.executable, str(ROOT / "bench" / f"{name}.py"), *words], check=True)
    results = [(RESULTS / f"{name}.md").read_text(encoding="utf-8") for name in tables]
    PAGE.write_text("\n".join([HEAD, *(f"#{text}" for text in results)]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

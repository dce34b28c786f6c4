"""Compile the searches once and keep the machine code: ``python -m zagumi.engine.compile``; ``make setup`` calls it."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path


def main() -> int:
    """Compile what is not compiled yet, plan a tiny problem by each search to see that it works, and say how long."""
    begun = time.perf_counter()
    print("Compiling the planning engine (once; about half a minute) ...", file=sys.stderr, flush=True)
    from zagumi.engine.problem import Policy, Weights
    from zagumi.engine.sample import Features, sample
    from zagumi.engine.solve import schedule, tabu
    from zagumi.engine.solve.compiled import cache_folder
    from zagumi.engine.solve.limits import Limits
    from zagumi.engine.solve.solve import solve

    result = solve(sample(companies=3, cases=1, seed=1), Limits(steps=50))
    plain = replace(
        sample(companies=3, cases=1, seed=1, features=Features.only()), policy=Policy(weights=Weights.only(makespan=1))
    )
    other = solve(plain, Limits(steps=50))
    folders = [cache_folder(Path(package.__file__).parent) for package in (schedule, tabu) if package.__file__]
    where = "kept on disk" if all(folders) else "no folder is writable: compiled anew in each process"
    took = time.perf_counter() - begun
    print(f"Ready after {took:.1f} s ({where}; test plans: {result.status}, {other.status}).", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())

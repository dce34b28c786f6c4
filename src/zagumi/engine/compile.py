"""Compile the search once and keep the machine code: ``python -m zagumi.engine.compile``; ``make setup`` calls it."""

from __future__ import annotations

import sys
import time


def main() -> int:
    """Compile what is not compiled yet, plan a tiny problem to see that it works, and say how long it took."""
    begun = time.perf_counter()
    print("Compiling the planning engine (once; about half a minute) ...", file=sys.stderr, flush=True)
    from zagumi.engine.sample import sample
    from zagumi.engine.solve.compiled import CACHE
    from zagumi.engine.solve.limits import Limits
    from zagumi.engine.solve.solve import solve

    result = solve(sample(companies=3, cases=1, seed=1), Limits(steps=50))
    where = "kept on disk" if CACHE is not None else "no folder is writable: compiled anew in each process"
    print(f"Ready after {time.perf_counter() - begun:.1f} s ({where}; test plan: {result.status}).", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())

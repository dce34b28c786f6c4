"""One-time compilation of the search: ``python -m zagumi.engine.compile``."""

from __future__ import annotations

import importlib
import time


def main() -> None:
    """Compile what is not compiled yet and say so; the machine code stays on disk."""
    begun = time.perf_counter()
    print("Compiling the search …", flush=True)
    importlib.import_module("zagumi.engine.solve.search")
    print(f"Compiled in {time.perf_counter() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    main()

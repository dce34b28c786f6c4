"""The one-time steps of a checkout: browser islands, translation catalogues, compilation of the engine's inner loops.

`make setup` runs them, and so do the commands that serve pages; each step looks first whether it is needed, so a second
run costs a tenth of a second. An installed wheel carries the islands and catalogues; there only the engine is compiled.
"""

import hashlib
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from zagumi import islands
from zagumi.platform import catalogues

ENGINE = Path(__file__).resolve().parent / "engine"


def ensure() -> None:
    """Bring everything that is built to the state of its sources.

    Raises:
        zagumi.islands.IslandsError: the islands could not be built.
    """
    islands.ensure()
    catalogues.ensure()
    _compile_engine()


def _compile_engine() -> None:
    """Fill numba's cache once per state of the engine, in a process of its own; it is an economy, never a need."""
    stamp = ENGINE / "__pycache__" / "compiled.sha256"
    state = _engine_state()
    if (stamp.is_file() and stamp.read_text() == state) or find_spec("zagumi.engine.compile") is None:
        return
    subprocess.run([sys.executable, "-m", "zagumi.engine.compile"], check=True)
    try:
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(state)
    except OSError:
        pass  # a read-only installation: numba keeps its cache elsewhere, and asks again next time


def _engine_state() -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(ENGINE.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    try:
        ensure()
    except islands.IslandsError as error:
        sys.exit(str(error))

"""How the search's inner functions are compiled, and where the machine code is kept.

The machine code is kept in a folder named after everything it depends on (the sources of all compiled functions and
numba's version), because numba itself only looks at the file of the outermost function. ``python -m
zagumi.engine.compile`` fills it; without a writable folder the functions are compiled anew in every process.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import llvmlite.binding  # type: ignore[import-untyped]
import numba

Function = TypeVar("Function", bound=Callable[..., object])

SOURCES = Path(__file__).parent / "schedule"


def _fingerprint() -> str:
    digest = hashlib.sha256(f"{numba.__version__} {sys.version} {SOURCES}".encode())
    for path in sorted(SOURCES.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _user_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return Path(base) if base else Path.home() / ".cache"


def cache_folder() -> Path | None:
    """Where machine code is kept: ``NUMBA_CACHE_DIR``, else the package, else the user's cache; None: nowhere."""
    given = os.environ.get("NUMBA_CACHE_DIR")
    bases = [Path(given)] if given else [SOURCES / "__pycache__", _user_cache() / "zagumi"]
    name = f"machine-code-{_fingerprint()}"
    return next((base / name for base in bases if _writable(base / name)), None)


CACHE = cache_folder()
ROUTINES: list[Any] = []  # kept alive: their addresses are in use
# types by the names that annotations give them; the two stores are addresses
KNOWN = {"int": numba.int64, "float": numba.float64, "None": numba.void, "Tables": numba.int64, "State": numba.int64}


def _signature(function: Callable[..., object]) -> Any:
    """The compiled signature that a function's annotations state."""
    names = dict(function.__annotations__)
    result = names.pop("return")
    if result.startswith("tuple["):
        parts = [KNOWN[part.strip()] for part in result.removeprefix("tuple[").removesuffix("]").split(",")]
        answer = numba.types.UniTuple(parts[0], len(parts))
    else:
        answer = KNOWN[result]
    return answer(*(KNOWN[name] for name in names.values()))


@contextmanager
def _caching() -> Iterator[None]:
    """Let numba keep machine code in our folder."""
    before = numba.config.CACHE_DIR
    if CACHE is not None:
        numba.config.CACHE_DIR = str(CACHE)
    try:
        yield
    finally:
        numba.config.CACHE_DIR = before


def kernel(function: Function) -> Function:
    """Compile a function of numbers as its annotations say, to be taken into those that call it; cached on disk."""
    with _caching():
        compiled: Function = numba.njit(_signature(function), nogil=True, error_model="numpy", cache=CACHE is not None)(
            function
        )
    return compiled


def routine(function: Function) -> Function:
    """Compile a function of numbers by itself; other compiled functions (not Python) call it by its address.

    Callers are then not compiled with all that it calls, which otherwise makes compiling quadratic in depth.
    """
    with _caching():
        compiled = numba.cfunc(_signature(function), error_model="numpy", cache=CACHE is not None)(function)
    name = f"{function.__module__}.{function.__name__}".replace(".", "_")
    llvmlite.binding.add_symbol(name, compiled.address)
    ROUTINES.append(compiled)
    return cast(Function, numba.types.ExternalFunction(name, _signature(function)))

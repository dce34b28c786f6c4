"""How the search's inner functions are compiled, and where the machine code is kept.

The machine code of a package is kept in a folder named after everything it depends on (the sources of its compiled
functions and numba's version), because numba itself only looks at the file of the outermost function. ``python -m
zagumi.engine.compile`` fills it; without a writable folder the functions are compiled anew in every process.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import llvmlite.binding  # type: ignore[import-untyped]
import numba
import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

Function = TypeVar("Function", bound=Callable[..., object])

WORD = ir.IntType(64)


def _fingerprint(package: Path) -> str:
    digest = hashlib.sha256(f"{numba.__version__} {sys.version} {package}".encode())
    for path in [Path(__file__), *sorted(package.glob("*.py"))]:
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


@cache
def cache_folder(package: Path) -> Path | None:
    """Where a package's machine code is kept: ``NUMBA_CACHE_DIR``, else the package, else the user's cache, or nowhere.

    Args:
        package: the folder of its sources; its compiled functions call none of another package.
    """
    given = os.environ.get("NUMBA_CACHE_DIR")
    bases = [Path(given)] if given else [package / "__pycache__", _user_cache() / "zagumi"]
    name = f"machine-code-{_fingerprint(package)}"
    return next((base / name for base in bases if _writable(base / name)), None)


ROUTINES: list[Any] = []  # kept alive: their addresses are in use
# types by the names that annotations give them; the stores are addresses
STORES = ("Tables", "State", "Shop", "Board")
KNOWN = {"int": numba.int64, "float": numba.float64, "bool": numba.boolean, "None": numba.void}
KNOWN |= dict.fromkeys(STORES, numba.int64)
KNOWN |= {"Line": numba.int64[::1], "Grid": numba.float64[:, ::1]}


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
def _caching(function: Callable[..., object]) -> Iterator[bool]:
    """Let numba keep a function's machine code in our folder; whether there is one."""
    folder = cache_folder(Path(function.__code__.co_filename).parent)
    before = numba.config.CACHE_DIR
    if folder is not None:
        numba.config.CACHE_DIR = str(folder)
    try:
        yield folder is not None
    finally:
        numba.config.CACHE_DIR = before


def kernel(function: Function) -> Function:
    """Compile a function of numbers as its annotations say, to be taken into those that call it; cached on disk."""
    with _caching(function) as kept:
        compiled: Function = numba.njit(_signature(function), nogil=True, error_model="numpy", cache=kept)(function)
    return compiled


def routine(function: Function) -> Function:
    """Compile a function of numbers by itself; other compiled functions (not Python) call it by its address.

    Callers are then not compiled with all that it calls, which otherwise makes compiling quadratic in depth.
    """
    with _caching(function) as kept:
        compiled = numba.cfunc(_signature(function), error_model="numpy", cache=kept)(function)
    name = f"{function.__module__}.{function.__name__}".replace(".", "_")
    llvmlite.binding.add_symbol(name, compiled.address)
    ROUTINES.append(compiled)
    return cast(Function, numba.types.ExternalFunction(name, _signature(function)))


def row(store: type[Any], name: str, dtype: np.dtype[Any]) -> Callable[[int, int], Any]:
    """The compiled function (address of a store's directory, position) -> record of one of its arrays.

    Args:
        store: the named tuple of the store's arrays; its directory holds their addresses in the same order.
    """
    record = numba.from_dtype(dtype)
    entry, size = store._fields.index(name) * 8, dtype.itemsize

    @intrinsic  # type: ignore[untyped-decorator]
    def at(_context: Any, _directory: Any, _position: Any) -> Any:
        def generate(target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            base, number = arguments
            slot = builder.inttoptr(builder.add(base, WORD(entry)), WORD.as_pointer())
            address = builder.add(builder.load(slot), builder.mul(number, WORD(size)))
            return builder.inttoptr(address, target.get_value_type(record))

        return record(types.int64, types.int64), generate

    found: Callable[[int, int], Any] = at
    return found

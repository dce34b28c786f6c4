"""The inside of a child process: computes, reports, and cannot outlive the worker. Imports no Django.

Started as ``python -m zagumi.platform.core.child <connection> <alive>`` by ``core.jobs.process``.
"""

import os
import signal
import sys
import threading
import traceback
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any


class Channel:
    """What a function in a child process can say and hear."""

    def __init__(self, connection: "Connection[Any, Any]") -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._finish = threading.Event()

    def progress(self, fraction: float | None, text: str, data: dict[str, Any] | None = None) -> None:
        """How far it is; ``text`` is an English catalogue msgid, ``data`` fills its places."""
        self._say("progress", (fraction, text, data))

    def send(self, message: Any) -> None:
        """Anything for the job's ``on_message``, for example a better plan."""
        self._say("message", message)

    def finishing(self) -> bool:
        """Whether people want the best so far now."""
        return self._finish.is_set()

    def _say(self, kind: str, content: Any) -> None:
        with self._lock:
            self._connection.send((kind, content))

    def _listen(self) -> None:
        try:
            while self._connection.recv() != "finish":
                pass
            self._finish.set()
        except (EOFError, OSError):
            return


def _die_with_the_worker(alive: int) -> None:
    """Leave a guard behind that kills this process group when the worker's end of ``alive`` closes.

    A process, not a thread: a computation that holds the interpreter lock would keep a thread from running.
    """
    if os.fork():
        os.close(alive)
        return
    os.closerange(3, alive)
    os.closerange(alive + 1, alive + 64)
    os.read(alive, 1)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def main() -> None:
    """Take one call from the connection, run it, send its result."""
    descriptor, alive = int(sys.argv[1]), int(sys.argv[2])
    _die_with_the_worker(alive)
    connection: Connection[Any, Any] = Connection(descriptor)
    function, args = connection.recv()
    channel = Channel(connection)
    threading.Thread(target=channel._listen, daemon=True).start()
    try:
        module, _, name = function.partition(":")
        result = getattr(import_module(module), name)(channel, *args)
    except Exception as fault:
        channel._say("fault", (f"{type(fault).__name__}: {fault}", traceback.format_exc()))
    else:
        channel._say("result", result)


if __name__ == "__main__":
    main()

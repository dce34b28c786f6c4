"""A Ray cluster as the solver sees it: tasks go out, answers come in, and nothing here waits for what happens there."""

from __future__ import annotations

import os
import queue
import socket
import subprocess
import sys
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, Self

from zagumi.engine.solve.cluster.figures import Figures, Standing, packed, unpacked
from zagumi.engine.solve.cluster.trouble import ClusterError, Trouble, engine_version

CONNECT = 20.0  # seconds for the head, for all nodes to answer, and for them to load, each
LISTEN = 3.0  # seconds for the address itself to answer
END = 1.0  # seconds for Ray to end
# nobody is told of the use of Ray, and it looks for nothing that was not asked for
QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0", "RAY_DISABLE_IMPORT_WARNING": "1"}


@dataclass(frozen=True)
class Answer:
    """How a task of a node has ended; ``where`` it led, None when it was lost."""

    number: int
    node: str
    where: Standing | None


class Cluster:
    """The nodes of a Ray cluster that search along; to be closed.

    Attributes:
        address: ``HOST:PORT`` of its head.
        nodes: processors of each node in use, by name.
        answered: tasks by the node that did them.
        lost: tasks that were lost with a node or a process; each was sent out again where there was time.
        gone: nodes that were lost or given up.
        refused: of these, the ones whose answer was wrong, each with what was wrong.
        why_lost: what Ray said of the last such task.

    Raises:
        ClusterError: it cannot be used, and why; at most three times ``seconds`` after the beginning.
    """

    def __init__(self, address: str, seconds: float = CONNECT) -> None:
        self.address = address
        self.answered: Counter[str] = Counter()
        self.lost = 0
        self.gone: list[str] = []
        self.refused: dict[str, str] = {}
        self.why_lost = ""
        self._out: set[int] = set()
        self._numbers = 0
        if find_spec("ray") is None:
            raise ClusterError(Trouble.PACKAGE, address)
        _knock(address)
        self._socket, there = Pipe()
        self._outbox: queue.SimpleQueue[tuple[Any, ...]] = queue.SimpleQueue()
        self._inbox: queue.SimpleQueue[tuple[Any, ...]] = queue.SimpleQueue()
        self._process = _envoy(there, address, seconds)
        there.close()
        try:
            self.nodes = self._welcome(3 * seconds)
        except BaseException:
            self.close()
            raise
        for task in (self._write, self._read):
            threading.Thread(target=task, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _welcome(self, seconds: float) -> dict[str, int]:
        """The nodes that are ready."""
        said: tuple[Any, ...] = ("refused", Trouble.SILENT, f"no answer within {seconds:g} s")
        with suppress(EOFError, OSError):
            if self._socket.poll(seconds):
                said = self._socket.recv()
        if said[0] == "ready":
            nodes: dict[str, int] = said[1]
            return nodes
        raise ClusterError(Trouble(said[1]), self.address, said[2])

    @property
    def slots(self) -> int:
        """Tasks that can run at once."""
        return sum(self.nodes.values())

    @property
    def running(self) -> int:
        """Tasks that are out."""
        return len(self._out)

    def entrust(self, figures: Figures) -> None:
        """Take a problem to the nodes; what is out is dropped."""
        self.recall()
        self._outbox.put(("entrust", 0, figures))

    def recall(self) -> None:
        """Drop what is out: it ends there by itself, and is not heard of again."""
        self._out.clear()

    def send(self, where: Standing, seconds: float, seed: int) -> int:
        """Send out a task; its number."""
        self._numbers += 1
        self._out.add(self._numbers)
        self._outbox.put(("errand", self._numbers, where, seconds, seed))
        return self._numbers

    def refuse(self, node: str, why: str) -> None:
        """Give up a node that has sent what is wrong: it is told nothing more, and nothing of it is heard."""
        if node not in self.refused:
            self.refused[node] = why
            self._leave(node)
            self._outbox.put(("refuse", 0, node))

    def answers(self) -> list[Answer]:
        """What has come back since."""
        found = []
        while not self._inbox.empty():
            what, *said = self._inbox.get()
            if what == "closed":  # the envoy is gone, and with it the way to all nodes
                for node in list(self.nodes):
                    self._leave(node)
                found += [self._lose(number, "", "the way to the cluster is gone") for number in sorted(self._out)]
            elif what == "gone":
                self._leave(*said)
            elif what == "garbled":
                self.refuse(*said)
            elif said[0] in self._out:
                found.append(self._ended(what, *said))
        return found

    def _leave(self, node: str) -> None:
        if self.nodes.pop(node, None) is not None:
            self.gone.append(node)

    def _ended(self, what: str, number: int, node: str, told: Any) -> Answer:
        if what == "lost":
            return self._lose(number, node, told)
        if node in self.refused:  # sent before it heard
            return self._lose(number, node, self.refused[node])
        self._out.discard(number)
        self.answered[node] += 1
        return Answer(number, node, told)

    def _lose(self, number: int, node: str, why: str) -> Answer:
        self._out.discard(number)
        self.lost += 1
        self.why_lost = why
        return Answer(number, node, None)

    def close(self) -> None:
        """End all tasks and the connection; nothing is left running here."""
        with suppress(OSError), socket.fromfd(self._socket.fileno(), socket.AF_UNIX, socket.SOCK_STREAM) as end:
            end.shutdown(socket.SHUT_RDWR)  # wakes whoever reads or writes, on both sides
        self._outbox.put(())
        try:
            self._process.wait(END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _write(self) -> None:
        """Pack and send; what a dead envoy cannot take is dropped."""
        last: tuple[Any, bytes] = (None, b"")  # often the same goes to several nodes
        with suppress(OSError):
            while message := self._outbox.get():
                what, number, content, *rest = message
                if what == "refuse":  # a name is sent as it is
                    self._socket.send(message)
                    continue
                if content is not last[0]:
                    last = content, packed(content)
                self._socket.send((what, number, last[1], *rest))

    def _read(self) -> None:
        """Receive and unpack until the envoy ends."""
        with suppress(EOFError, OSError):
            while True:
                what, *said = self._socket.recv()
                if what == "answer":
                    try:
                        said[2] = unpacked(said[2])
                    except Exception as wrong:  # whatever the bytes are: they are the node's fault
                        self._inbox.put(("garbled", said[1], f"{type(wrong).__name__}: {wrong}"))
                        what, said[2] = "lost", "the answer cannot be read"
                self._inbox.put((what, *said))
        self._inbox.put(("closed",))


def _knock(address: str) -> None:
    """Look whether anything listens, which is known sooner than whether it is a cluster."""
    host, _, port = address.rpartition(":")
    try:
        if not host or not port.isdecimal() or int(port) > 65535:
            raise ClusterError(Trouble.SILENT, address, "HOST:PORT was expected")
        socket.create_connection((host.strip("[]"), int(port)), LISTEN).close()
    except OSError as error:
        raise ClusterError(Trouble.SILENT, address, error.strerror or str(error)) from None


def _envoy(there: Connection, address: str, seconds: float) -> subprocess.Popen[bytes]:
    """The process that speaks with Ray; Ctrl-C of a terminal is not for it."""
    number = there.fileno()
    words = [str(number), address, engine_version(), f"{seconds:g}"]
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "zagumi.engine.solve.cluster.envoy", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={**os.environ, **QUIET},
        pass_fds=(number,),
        start_new_session=True,
    )

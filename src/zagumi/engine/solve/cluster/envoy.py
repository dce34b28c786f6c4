"""The process that speaks with Ray: ``python -m zagumi.engine.solve.cluster.envoy FILENO HOST:PORT VERSION SECONDS``.

It is a process of its own because Ray ends its host when the cluster's head is gone for good. It sends and receives
tuples over the socket that it is given, and ends when the other side does.

It is told:
    ``("entrust", 0, figures)``: the problem from now on; tasks before are dropped.
    ``("errand", number, where, seconds, seed)``: a task.
    ``("refuse", 0, node)``: the node is given up.

It says, first ``refused`` or ``ready``, then the others as it comes:
    ``("refused", trouble, detail)``, ``("ready", {node: processors})``,
    ``("answer", number, node, where)``, ``("lost", number, node, why)``, ``("gone", node)``.
"""

from __future__ import annotations

import hashlib
import logging
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from zagumi.engine.solve.cluster.trouble import Trouble

POLL = 0.02  # seconds between looks at the socket and at Ray
STRIKES = 3  # tasks lost in a row after which a node is given up
PATIENCE = 5.0  # seconds beside its search after which a task is lost: for some time Ray waits for a dead node
WATCH = 1.0  # seconds between looks whether the nodes live
SILENCE = 15.0  # seconds without an answer from the head after which it is dead


def _version_there() -> str:
    """Runs on a node that may have no zagumi, or another one."""
    try:
        from zagumi.engine.solve.cluster.trouble import engine_version
    except ImportError:
        return "no zagumi"
    return engine_version()


def _prepare() -> None:
    """Load on a node what the first task needs."""
    import zagumi.engine.solve.cluster.errand  # noqa: F401


def _go(key: str, figures: list[Any], where: bytes, seconds: float, seed: int) -> bytes:
    """Runs on a node."""
    from zagumi.engine.solve.cluster.errand import go

    return go(key, lambda: ray.get(figures[0]), where, seconds, seed)


class Refused(Exception):
    """The cluster cannot be used."""


def _remote(function: Callable[..., Any], node: str, processors: int = 1) -> Any:
    """A function as a task that runs on a node or not at all, once."""
    # functions of the main module travel themselves: a node without zagumi can still say so
    strategy = NodeAffinitySchedulingStrategy(node, soft=False)
    return ray.remote(function).options(num_cpus=processors, max_retries=0, scheduling_strategy=strategy)


@dataclass(frozen=True)
class Task:
    """A task that is out, on a node, and until when it is waited for."""

    number: int
    node: str
    until: float


@dataclass
class Envoy:
    """The nodes and the tasks that run on them."""

    socket: Connection
    names: dict[str, str] = field(default_factory=dict)  # by Ray's id
    processors: dict[str, int] = field(default_factory=dict)  # of the nodes still in use
    tasks: dict[Any, Task] = field(default_factory=dict)  # by Ray's reference
    strikes: Counter[str] = field(default_factory=Counter)
    figures: tuple[str, Any] = ("", None)
    dead: set[str] = field(default_factory=set)
    heard: float = field(default_factory=time.monotonic)  # when the head last said who lives

    def connect(self, address: str, expected: str, seconds: float) -> None:
        """Find the nodes; each must run the same version.

        Raises:
            Refused: with trouble and detail.
        """
        try:
            ray.init(address=address, log_to_driver=False, logging_level=logging.CRITICAL)
        except Exception as error:
            trouble = Trouble.VERSION if "ersion mismatch" in str(error) else Trouble.SILENT
            raise Refused(trouble, " ".join(str(error).split())) from None
        here = ray.get_runtime_context().get_node_id()
        for node in ray.nodes():
            count, name = int(node["Resources"].get("CPU", 0)), node["NodeID"]
            if node["Alive"] and count and name != here:
                self.names[name] = f"{node['NodeManagerAddress']}:{node['NodeManagerPort']}"
                self.processors[name] = count
        if not self.names:
            raise Refused(Trouble.EMPTY, "")
        asked = {_remote(_version_there, node, 0).remote(): node for node in self.names}
        answered, silent = ray.wait(list(asked), num_returns=len(asked), timeout=seconds)
        for task in silent:
            del self.processors[asked[task]]
        if not self.processors:
            raise Refused(Trouble.SILENT, f"no node answered within {seconds:g} s")
        for task in answered:
            found = ray.get(task)
            if found != expected:
                raise Refused(Trouble.VERSION, f"node {self.names[asked[task]]} has {found}, expected {expected}")
        loading = [_remote(_prepare, node).remote() for node, count in self.processors.items() for _ in range(count)]
        ray.wait(loading, num_returns=len(loading), timeout=seconds)  # who takes longer joins later

    def serve(self) -> None:
        """Go on until the other side ends."""
        self.heard = time.monotonic()  # joining may have taken longer than SILENCE
        threading.Thread(target=self._watch, daemon=True).start()
        while time.monotonic() - self.heard < SILENCE:
            while self.socket.poll(0 if self.tasks else 10 * POLL):
                self._obey(*self.socket.recv())
            if self.tasks:
                done, _ = ray.wait(list(self.tasks), num_returns=1, timeout=POLL)
                for reference in done:
                    self._tell(reference)
                self._end_dead()

    def _watch(self) -> None:
        """Ask the head who lives; a head that is dead itself keeps whoever asks waiting."""
        while True:
            self.dead = {node["NodeID"] for node in ray.nodes() if not node["Alive"]}
            self.heard = time.monotonic()
            time.sleep(WATCH)

    def _obey(self, what: str, *given: Any) -> None:
        if what == "entrust":
            self.tasks.clear()  # they end soon, and a process that is not stopped need not be started again
            _, content = given
            self.figures = hashlib.sha256(content).hexdigest(), ray.put(content)
        elif what == "refuse":
            self._refuse(*given)
        else:
            self._send_out(*given)

    def _refuse(self, _: int, name: str) -> None:
        """Give up a node; what is out on it is lost."""
        self.processors = {node: count for node, count in self.processors.items() if self.names[node] != name}
        for reference in [reference for reference, task in self.tasks.items() if self.names[task.node] == name]:
            self._lose(reference, f"node {name} was refused")

    def _send_out(self, number: int, where: bytes, seconds: float, seed: int) -> None:
        """Begin a task on the node with most room that has lost least."""
        if not self.processors:
            self.socket.send(("lost", number, "", "no node is left"))
            return
        taken = Counter(task.node for task in self.tasks.values())
        node = max(self.processors, key=lambda name: (-self.strikes[name], self.processors[name] - taken[name], name))
        key, content = self.figures
        reference = _remote(_go, node).remote(key, [content], where, seconds, seed)
        waits = seconds * (1 + taken[node] // self.processors[node])  # also for those before it
        self.tasks[reference] = Task(number, node, time.monotonic() + waits + PATIENCE)

    def _tell(self, reference: Any) -> None:
        """Pass on how a task has ended."""
        task = self.tasks[reference]
        try:
            where = ray.get(reference)
        except Exception as error:  # whatever Ray or the task says: the task is lost, nothing else
            self._lose(reference, f"{type(error).__name__}: {error}".splitlines()[0])
        else:
            self.strikes[task.node] = 0
            del self.tasks[reference]
            self.socket.send(("answer", task.number, self.names[task.node], where))

    def _lose(self, reference: Any, why: str) -> None:
        task = self.tasks.pop(reference)
        self.strikes[task.node] += 1
        self.socket.send(("lost", task.number, self.names[task.node], why))

    def _end_dead(self) -> None:
        """Give up nodes that died or lose one task after the other, and the tasks that do not come back."""
        for node in [name for name in self.processors if name in self.dead or self.strikes[name] >= STRIKES]:
            del self.processors[node]
            self.socket.send(("gone", self.names[node]))
        now = time.monotonic()
        for reference, task in list(self.tasks.items()):
            if task.until < now or task.node in self.dead:
                self._lose(reference, f"nothing came back from node {self.names[task.node]}")


def main() -> None:
    """Connect, serve, end with the other side."""
    number, address, expected, seconds = sys.argv[1:]
    envoy = Envoy(Connection(int(number)))
    try:
        envoy.connect(address, expected, float(seconds))
    except Refused as refused:
        envoy.socket.send(("refused", *refused.args))
        return
    with suppress(EOFError, OSError), envoy.socket as socket:
        socket.send(("ready", {envoy.names[node]: count for node, count in envoy.processors.items()}))
        envoy.serve()


if __name__ == "__main__":
    main()

"""Searching across machines: what travels, and real nodes of a Ray cluster that die in the middle of it."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, cast
from unittest.mock import MagicMock, Mock

import numpy as np
import pytest

from tests.engine.test_tabu import shop_floor
from zagumi.cli import main
from zagumi.engine.network_sample import FEATURES, Size, featured, network
from zagumi.engine.plan.check import check
from zagumi.engine.problem import Problem
from zagumi.engine.read.network import problem_of
from zagumi.engine.solve.cluster import errand
from zagumi.engine.solve.cluster.cluster import Answer, Cluster
from zagumi.engine.solve.cluster.figures import Figures, Standing, Traveller, packed, settle, standing, stir, unpacked
from zagumi.engine.solve.cluster.trouble import ClusterError, Trouble
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.result import Result
from zagumi.engine.solve.search import JOINED, Search
from zagumi.engine.solve.solve import solve
from zagumi.engine.solve.tables import build
from zagumi.engine.solve.tabu.search import TabuSearch
from zagumi.engine.solve.tabu.shop import workshop

NODES = 2
LONG = 60.0  # seconds after which a search that waits for a node is a failure


def town() -> Problem:
    """So many cases that searches are joined, with every feature."""
    given = problem_of(network(Size(1700, 100, 20, 0.5), 1), "network")
    assert len(given.cases) >= JOINED
    return featured(given, frozenset(FEATURES), 1)


def pairs() -> Problem:
    """The same, of orders of two operations: quickly planned."""
    draw, count = random.Random(1), JOINED + 10
    orders = [
        {"w": 1, "rel": 0, "due": draw.randint(60, 600), "ops": [at, at + 1], "last": at + 1}
        for at in range(0, 2 * count, 2)
    ]
    ops = [[[m, draw.randint(5, 30), draw.randint(0, 90)] for m in draw.sample(range(8), 3)] for _ in range(2 * count)]
    travel = [[5 * abs(one - other) for other in range(8)] for one in range(8)]
    before = [[at, at + 1] for at in range(0, 2 * count, 2)]
    ways = {"msite": list(range(8)), "TT": travel, "TC": travel}
    return problem_of({"ops": ops, "prec": before, "orders": orders, **ways}, "pairs")


def searches() -> list[Traveller]:
    plain = shop_floor(5, cases=10, machines=5)
    found = [Search(build(town()), 1), TabuSearch(workshop(build(plain)), 1)]
    for search in found:
        search.first()
        search.run(500)
    return found


@pytest.mark.parametrize("search", searches(), ids=["general", "makespan"])
def test_a_search_goes_on_elsewhere_as_it_would_have_here(search: Traveller) -> None:
    there = unpacked(packed(Figures.of(search))).search()
    settle(there, unpacked(packed(standing(search))))
    for one in (search, there):
        stir(one, 7)
        one.run(3000)
    back = type(search)(search.shop if isinstance(search, TabuSearch) else search.built, 3)  # type: ignore[arg-type]
    settle(back, unpacked(packed(standing(there))))
    assert back.objective == search.objective
    assert back.plan() == search.plan()


@pytest.mark.parametrize("search", searches(), ids=["general", "makespan"])
def test_no_name_leaves(search: Traveller) -> None:
    figures = Figures.of(search).search()
    built = figures.shop.built if isinstance(figures, TabuSearch) else figures.built
    for names in (built.cases, built.operations, built.options, built.machines, built.people, built.companies):
        assert names == ()
    assert built.problem.company == built.problem.site == built.problem.case == {}


def test_an_errand_reads_figures_once_and_improves() -> None:
    search, asked = searches()[0], []

    def figures() -> bytes:
        asked.append(1)
        return packed(Figures.of(search))

    before, where = search.objective, packed(standing(search))
    for seed in (1, 2):
        where = errand.go("key", figures, where, 0.3, seed)
    settle(search, unpacked(where))
    assert asked == [1]
    assert (search.objective or 0) < (before or 0)


class Nodes:
    """In the place of a cluster: two processors, tasks of some steps done when asked for, each third one lost."""

    slots, address = 2, "here"

    def __init__(self, steps: int = 2000) -> None:
        self.steps = steps
        self.sent: list[tuple[Standing, int]] = []
        self.out: list[int] = []
        self.done: list[Standing] = []
        self.lost: list[int] = []
        self.refused: dict[str, str] = {}

    @property
    def running(self) -> int:
        return len(self.out)

    def entrust(self, figures: Figures) -> None:
        self.search = unpacked(packed(figures)).search()

    def recall(self) -> None:
        self.out.clear()

    def send(self, where: Standing, _seconds: float, seed: int) -> int:
        self.sent.append((unpacked(packed(where)), seed))
        self.out.append(len(self.sent) - 1)
        return self.out[-1]

    def answers(self) -> list[Answer]:
        out, self.out = self.out, []
        self.lost += [number for number in out if number % 3 == 2]
        return [Answer(number, "node", None if number in self.lost else self.do(number)) for number in out]

    def refuse(self, node: str, why: str) -> None:
        self.refused[node] = why

    def do(self, number: int) -> Standing:
        where, seed = self.sent[number]
        settle(self.search, where)
        stir(self.search, seed)
        self.search.run(self.steps)
        self.done.append(standing(self.search))
        return self.done[-1]


def tell_less(where: Standing) -> None:
    if where.get("best") is not None:  # of the search for the makespan
        where["best"] = replace(where["best"], makespan=1)
    where["now"].best[0] = 1


def begin_all_at_once(where: Standing) -> None:
    if "best_lots" in where:
        lots = where["best_lots"]
        lots.end -= lots.start
        lots.start[:] = 0
    tell_less(where)


def send_less(where: Standing) -> None:
    name = "best_options" if "best_options" in where else "best_lots"
    where[name] = where[name][:3]


def send_nothing(where: Standing) -> None:
    where.clear()
    where["now"] = "nothing"


class OneFaulty(Nodes):
    """Every second task is done by a node whose answers are spoiled."""

    def __init__(self, spoil: Callable[[Standing], None]) -> None:
        super().__init__()
        self.spoil = spoil
        self.sound = 0  # tasks that the other one has done since the refusal

    def answers(self) -> list[Answer]:
        out, self.out = self.out, []
        return [self.answer(number) for number in out]

    def answer(self, number: int) -> Answer:
        where = self.do(number)
        if number % 2 or self.refused:
            self.sound += bool(self.refused)
            return Answer(number, "sound", where)
        self.spoil(where)
        return Answer(number, "faulty", where)


def same(one: Standing, other: Standing) -> bool:
    return all(np.array_equal(one[name], other[name]) for name in one if isinstance(one[name], np.ndarray))


@pytest.mark.parametrize("problem", [pairs(), shop_floor(5, cases=12, steps=11)], ids=["general", "makespan"])
def test_guests_make_the_answer_better_and_change_nothing_at_home(problem: Problem) -> None:
    alone = solve(problem, Limits(steps=400, seed=1))
    idle, busy = Nodes(steps=0), Nodes(steps=2000)
    with_idle = solve(problem, Limits(steps=400, seed=1), cluster=cast(Cluster, idle))
    with_busy = solve(problem, Limits(steps=400, seed=1), cluster=cast(Cluster, busy))
    assert len(busy.done) > 1
    assert (with_idle.objective or 0) <= (alone.objective or 0)
    assert (with_busy.objective or 0) < (alone.objective or 0)
    assert with_busy.plan is not None
    assert check(problem, with_busy.plan) == ()


@pytest.mark.parametrize("spoil", [tell_less, begin_all_at_once, send_less, send_nothing])
@pytest.mark.parametrize("problem", [pairs(), shop_floor(5, cases=12, steps=11)], ids=["general", "makespan"])
def test_a_node_that_sends_what_is_wrong_is_refused_and_the_others_go_on(
    problem: Problem, spoil: Callable[[Standing], None]
) -> None:
    alone = solve(problem, Limits(steps=400, seed=1))
    nodes = OneFaulty(spoil)
    result = solve(problem, Limits(steps=400, seed=1), cluster=cast(Cluster, nodes))
    assert list(nodes.refused) == ["faulty"]
    assert all(nodes.refused.values())
    assert nodes.sound
    assert (result.objective or 0) < (alone.objective or 0)
    assert result.plan is not None
    assert check(problem, result.plan) == ()


@pytest.mark.parametrize(("language", "said"), [("en", "Node faulty was given up"), ("ja", "ノード faulty は")])
def test_who_is_refused_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, language: str, said: str
) -> None:
    cluster = MagicMock(address="here", nodes={"faulty": 1}, answered=Counter(), slots=1, running=1, lost=0)
    cluster.__enter__.return_value = cluster
    cluster.why_lost, cluster.gone, cluster.refused = "", [], {"faulty": "precedence: broken"}
    monkeypatch.setattr("zagumi.engine.solve.cluster.cluster.Cluster", lambda _address: cluster)
    file = tmp_path / "one.txt"
    file.write_text("1 0 1\n1 0 5\n")
    assert main(["solve", str(file), "--cluster", "here", "--json", "--limit", "1", "--lang", language]) == 0
    told = capsys.readouterr()
    assert said in told.err
    assert "precedence: broken" in told.err
    assert json.loads(told.out)["cluster"]["refused"] == cluster.refused


def test_what_cannot_be_read_is_the_fault_of_its_node(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[Any, ...]] = []

    def envoy(there: Connection, *_: object) -> Mock:
        there = Connection(os.dup(there.fileno()))

        def serve() -> None:
            there.send(("ready", {"faulty": 1, "sound": 1}))
            with suppress(EOFError):
                while message := there.recv():
                    told.append(message)
                    if message[0] == "errand":
                        node = "faulty" if "refuse" not in [each[0] for each in told] else "sound"
                        there.send(("answer", message[1], node, b"?" if node == "faulty" else message[2]))

        Thread(target=serve, daemon=True).start()
        return Mock()

    module = "zagumi.engine.solve.cluster.cluster"
    monkeypatch.setattr(f"{module}._knock", lambda _address: None)
    monkeypatch.setattr(f"{module}._envoy", envoy)
    with Cluster("here") as cluster:

        def answered() -> Answer:
            number, until = cluster.send({"a": 1}, 1.0, 1), time.monotonic() + 10
            while time.monotonic() < until:
                for answer in cluster.answers():
                    assert answer.number == number
                    return answer
                time.sleep(0.01)
            raise AssertionError("no answer")

        assert answered().where is None
        assert list(cluster.refused) == cluster.gone == ["faulty"]
        assert cluster.slots == cluster.lost == 1
        assert answered() == Answer(2, "sound", {"a": 1})
    assert ("refuse", 0, "faulty") in told


def test_a_lost_task_is_sent_again_from_where_it_began() -> None:
    problem, nodes = shop_floor(5, cases=12, steps=11), Nodes()
    solve(problem, Limits(steps=400, seed=1), cluster=cast(Cluster, nodes))
    answered = [number for number in nodes.lost if number + 3 < len(nodes.sent)]
    assert answered
    for number in answered:
        begun, *after = [where for where, _ in nodes.sent[number : number + 3]]
        assert any(same(begun, where) for where in after)


@dataclass
class Loopback:
    """Nodes on this machine, each with an address of its own."""

    process: subprocess.Popen[str]
    address: str

    def kill(self, what: str) -> None:
        """``node N``, or ``all``."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(what, file=self.process.stdin, flush=True)
        assert self.process.stdout.readline() == "dead\n"


@pytest.fixture(scope="module")
def loopback() -> Iterator[Loopback]:
    script = Path(__file__).with_name("loopback.py")
    # names of sockets have to be short
    with TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder:
        words = [sys.executable, str(script), folder, str(NODES)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)
        assert process.stdout is not None
        assert process.stdin is not None
        with process.stdout, process.stdin:
            yield Loopback(process, process.stdout.readline().strip())
        process.wait(30)


def searched(problem: Problem, cluster: Cluster, enough: Callable[[], bool]) -> Result:
    """Plan until enough has happened there."""
    result = solve(problem, Limits(seconds=LONG, seed=1, cancelled=enough), cluster=cluster)
    assert result.cancelled, f"what was waited for has not happened, {cluster.lost} tasks lost: {cluster.why_lost}"
    assert result.plan is not None
    assert check(problem, result.plan) == ()
    alone = solve(problem, Limits(steps=result.steps, seed=1))
    assert (result.objective or 0) <= (alone.objective or 0)
    return result


@pytest.mark.xdist_group("cluster")
class TestNodes:
    """In this order: each leaves less of the cluster."""

    def test_other_versions_are_refused(self, loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("zagumi.engine.solve.cluster.cluster.engine_version", lambda: "9.9+other")
        with pytest.raises(ClusterError, match=r"node 127\.0\.0\.\d:\d+ has 0\.\S+, expected 9\.9\+other") as caught:
            Cluster(loopback.address)
        assert caught.value.why is Trouble.VERSION

    def test_a_node_that_is_refused_is_told_nothing_more(self, loopback: Loopback) -> None:
        with Cluster(loopback.address) as cluster:
            since: Counter[str] = Counter()

            def enough() -> bool:
                if not cluster.refused and len(cluster.answered) == NODES:
                    cluster.refuse(next(iter(cluster.nodes)), "not trusted")
                    since.update(cluster.answered)
                return bool(cluster.refused and (cluster.answered - since).total() > 1)

            searched(town(), cluster, enough)
            assert cluster.gone == list(cluster.refused)
            assert cluster.slots == NODES - 1
            assert not set(cluster.answered - since) & set(cluster.refused)

    def test_a_node_that_dies_loses_nothing(self, loopback: Loopback, capfd: pytest.CaptureFixture[str]) -> None:
        problem, killed = town(), list[int]()
        with Cluster(loopback.address) as cluster:
            assert len(cluster.nodes) == cluster.slots == NODES
            searched(shop_floor(5, cases=12, steps=11), cluster, lambda: len(cluster.answered) == NODES)

            def enough() -> bool:
                if not killed and cluster.running == NODES:
                    loopback.kill("node 0")
                    killed.append(cluster.answered.total())
                return bool(killed and cluster.lost and cluster.answered.total() > killed[0] + 1)

            searched(problem, cluster, enough)
            loopback.kill("all")
            result = solve(problem, Limits(seconds=2, seed=1), cluster=cluster)
            assert result.plan is not None
            assert result.seconds < 4
        assert capfd.readouterr() == ("", "")


def test_nobody_at_the_address_is_said_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    begun = time.monotonic()
    for address in (f"127.0.0.1:{port}", "nonsense", "127.0.0.1:99999999"):
        with pytest.raises(ClusterError, match=address) as caught:
            Cluster(address)
        assert caught.value.why is Trouble.SILENT
    assert time.monotonic() - begun < 5


def test_who_listens_but_is_no_cluster_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        begun = time.monotonic()
        with pytest.raises(ClusterError) as caught:
            Cluster(f"127.0.0.1:{server.getsockname()[1]}", seconds=0.5)
    assert caught.value.why is Trouble.SILENT
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(("language", "said"), [("en", "needs Ray"), ("ja", "Rayが要ります")])
def test_without_ray_the_package_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, language: str, said: str
) -> None:
    monkeypatch.setattr("zagumi.engine.solve.cluster.cluster.find_spec", lambda _name: None)
    file = tmp_path / "one.txt"
    file.write_text("1 0 1\n1 0 5\n")
    words = ["solve", str(file), "--cluster", "127.0.0.1:1", "--lang", language]
    assert main(words) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "pip install 'zagumi[cluster]'" in error

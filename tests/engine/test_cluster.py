"""Searching across machines: what travels, and real nodes of a Ray cluster that die in the middle of it."""

from __future__ import annotations

import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

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
        return [Answer(number, None if number in self.lost else self.do(number)) for number in out]

    def do(self, number: int) -> Standing:
        where, seed = self.sent[number]
        settle(self.search, where)
        stir(self.search, seed)
        self.search.run(self.steps)
        self.done.append(standing(self.search))
        return self.done[-1]


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
    assert result.cancelled, "what was waited for has not happened"
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

"""Many at once: codes without gaps, one unbroken chain, on both databases, with threads and with processes."""

import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import connection, connections

from tests.conftest import Database
from zagumi.platform.core import audit, services
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.codes import next_code
from zagumi.platform.core.errors import NotNow
from zagumi.platform.core.jobs import enqueue, job
from zagumi.platform.core.jobs.worker import Worker
from zagumi.platform.core.models import AuditEntry, Counter, Job, Network, Party, Role, Seat, User

pytestmark = pytest.mark.both_databases

THREADS = 8
ROUNDS = 10


@pytest.fixture
def network(database: Database) -> Network:
    made, _office = services.found_network(code="busy", name="混雑(架空)", office_name="事務局(架空)")
    return made


def in_threads(work: Callable[[int], None], threads: int = THREADS) -> list[BaseException]:
    """Run ``work(number)`` in several threads that begin together; returns what they raised."""
    raised: list[BaseException] = []
    start = threading.Barrier(threads)

    def run(number: int) -> None:
        try:
            start.wait()
            work(number)
        except BaseException as error:
            raised.append(error)
        finally:
            connections.close_all()

    crew = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    return raised


def test_services_at_the_same_time_keep_one_chain_and_gap_free_codes(network: Network) -> None:
    system = Actor.system(network)

    def work(number: int) -> None:
        for turn in range(ROUNDS):
            services.add_party(system, kind="company", name=f"会社{number}-{turn}")

    assert in_threads(work) == []

    codes = sorted(Party.objects.values_list("code", flat=True))
    assert codes == [f"P-{number:04d}" for number in range(1, THREADS * ROUNDS + 2)]
    assert AuditEntry.objects.count() == THREADS * ROUNDS + 2
    assert audit.verify(network) == []


def test_rolled_back_services_leave_no_gap(network: Network) -> None:
    system = Actor.system(network)

    @services.service
    def half_of_the_time(number: int, turn: int) -> None:
        services.add_party(system, kind="company", name=f"会社{number}-{turn}")
        if turn % 2:
            raise ZeroDivisionError

    def work(number: int) -> None:
        for turn in range(ROUNDS):
            with suppress(ZeroDivisionError):
                half_of_the_time(number, turn)

    assert in_threads(work) == []
    kept = THREADS * ROUNDS // 2 + 1
    assert sorted(Party.objects.values_list("code", flat=True)) == [f"P-{number:04d}" for number in range(1, kept + 1)]
    assert audit.verify(network) == []


def test_the_first_code_of_a_prefix_is_given_once(network: Network) -> None:
    codes: list[str] = []

    def work(_number: int) -> None:
        codes.append(next_code(network, "C"))

    assert in_threads(work) == []
    year = codes[0].split("-")[1]
    assert sorted(codes) == [f"C-{year}-{number:04d}" for number in range(1, THREADS + 1)]
    assert Counter.objects.get(prefix=f"C-{year}").last == THREADS


WRITE = """
from zagumi.platform.core import services
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Network
system = Actor.system(Network.objects.get(code="busy"))
for turn in range(20):
    services.add_party(system, kind="company", name=f"{turn}")
"""


def test_processes_at_the_same_time_keep_one_chain(database: Database, network: Network) -> None:
    command = [sys.executable, "-m", "zagumi.platform", "shell", "--no-imports", "-c", WRITE]
    crew = [subprocess.Popen(command, env=database.environment) for _number in range(3)]

    assert [process.wait(120) for process in crew] == [0, 0, 0]
    assert Party.objects.count() == 61
    assert audit.verify(network) == []


def test_one_job_is_taken_by_one_worker(network: Network) -> None:
    @job(f"test.taken.{connection.vendor}")
    def nothing(_ctx: object) -> None:
        """Nobody gets to do it."""

    for _number in range(20):
        enqueue(f"test.taken.{connection.vendor}", network=network)
    taken: list[int] = []

    def work(number: int) -> None:
        worker = Worker(f"worker {number}")
        while (found := worker.claim()) is not None:
            taken.append(found.pk)

    assert in_threads(work) == []
    assert len(taken) == len(set(taken)) == 20
    assert set(Job.objects.values_list("attempts", "fence")) == {(1, 1)}


def test_an_invitation_is_accepted_by_one(network: Network) -> None:
    system = Actor.system(network)
    office = Party.objects.get(kind="coordinator")
    user = services.add_person(system, username="coordinator", name="調整 役")
    coordinator = Actor.of(services.give_seat(system, user=user, party=office, role=Role.COORDINATOR))
    _invitation, secret = services.invite(coordinator, party=office, role=Role.COORDINATOR, name="新人")

    def work(number: int) -> None:
        services.accept_invitation(secret=secret, username=f"new-{number}", password="correct horse battery")

    raised = in_threads(work)

    assert [type(error) for error in raised] == [NotNow] * (THREADS - 1)
    assert (User.objects.count(), Seat.objects.count()) == (2, 2)


def test_the_same_key_makes_one_job(network: Network) -> None:
    kind = f"test.once.{connection.vendor}"

    @job(kind)
    def nothing(_ctx: object) -> None:
        """Nobody does it."""

    assert in_threads(lambda _number: enqueue(kind, network=network, key="R-1") and None) == []
    assert Job.objects.count() == 1

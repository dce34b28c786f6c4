"""Background work with real processes, killed at the worst moments, on both databases."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.conftest import Database
from tests.platform.core import chores
from zagumi.platform.core import services
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.jobs import cancel, enqueue
from zagumi.platform.core.jobs.process import memory_of_group_mb
from zagumi.platform.core.models import Job, Network, Party

pytestmark = pytest.mark.both_databases

LEASE = 2.0
PATIENCE = 40.0


@pytest.fixture
def network(database: Database) -> Network:
    chores.declare()
    made, _office = services.found_network(code="kills", name="試験(架空)", office_name="事務局(架空)")
    return made


@contextmanager
def workers(database: Database, count: int = 1) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Worker processes on ``database``, ended afterwards."""
    command = [sys.executable, "-m", "tests.platform.core.chores", str(LEASE)]
    started = [subprocess.Popen(command, env=database.environment) for _number in range(count)]
    try:
        yield started
    finally:
        for process in started:
            process.kill()
            process.wait()


def eventually(condition: Callable[[], object], what: str) -> None:
    """Wait until ``condition`` holds."""
    latest = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < latest, f"waited in vain for: {what}"
        time.sleep(0.05)


def state(job: Job) -> str:
    return Job.objects.values_list("state", flat=True).get(pk=job.pk)


def stored(name: str) -> int:
    return Party.objects.filter(name=name).count()


def files(folder: Path, start: str) -> list[int]:
    """The process numbers at the ends of the file names beginning with ``start``."""
    return [int(path.name.rpartition("-")[2]) for path in folder.glob(f"{start}-*")]


def alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_a_worker_killed_at_work_is_replaced_and_its_child_dies_with_it(
    database: Database, network: Network, tmp_path: Path
) -> None:
    folder = tmp_path / "signs"
    folder.mkdir()
    job = enqueue("test.slow", network=network, folder=str(folder), seconds=4)
    with workers(database) as (first,):
        eventually(lambda: len(files(folder, "child")) == 2, "the computation of the first worker")
        orphans = files(folder, "child")
        first.kill()
        eventually(lambda: not any(map(alive, orphans)), "the end of the orphans")
        with workers(database):
            eventually(lambda: state(job) == "done", "the second worker's result")

    job.refresh_from_db()
    assert (job.attempts, job.fence, stored("slept")) == (2, 2, 1)


def test_a_computation_that_holds_the_interpreter_dies_with_its_worker(
    database: Database, network: Network, tmp_path: Path
) -> None:
    enqueue("test.stubborn", network=network, folder=str(tmp_path))
    with workers(database) as (worker,):
        eventually(lambda: files(tmp_path, "child"), "the computation")
        (child,) = files(tmp_path, "child")
        time.sleep(0.5)
        worker.kill()
        eventually(lambda: memory_of_group_mb(child) == 0, "the end of the computation and its guard")


def test_a_killed_child_is_tried_again_by_the_same_worker(database: Database, network: Network, tmp_path: Path) -> None:
    folder = tmp_path / "signs"
    folder.mkdir()
    job = enqueue("test.slow", network=network, folder=str(folder), seconds=2)
    with workers(database):
        eventually(lambda: len(files(folder, "child")) == 2, "the first computation")
        os.kill(min(files(folder, "child")), signal.SIGKILL)
        eventually(lambda: state(job) == "done", "the second computation's result")

    job.refresh_from_db()
    assert (job.attempts, stored("slept")) == (2, 1)
    assert len(set(files(folder, "begun"))) == 1


def test_a_worker_killed_while_storing_leaves_nothing_half_done(database: Database, network: Network) -> None:
    job = enqueue("test.inside", network=network, folder="")
    with workers(database) as (first,):
        first.wait(PATIENCE)
        assert stored("inside") == 0
        with workers(database):
            eventually(lambda: state(job) == "done", "the second worker's result")

    assert stored("inside") == 1


def test_a_worker_that_slept_through_its_lease_is_refused(database: Database, network: Network, tmp_path: Path) -> None:
    job = enqueue("test.late", network=network, folder=str(tmp_path))
    with workers(database) as (first,):
        eventually(lambda: list(tmp_path.glob("begun-1-*")), "the first worker's start")
        first.send_signal(signal.SIGSTOP)
        with workers(database):
            eventually(lambda: list(tmp_path.glob("begun-2-*")), "the second worker's start")
            (tmp_path / "go-1").touch()
            first.send_signal(signal.SIGCONT)
            eventually((tmp_path / "tried-1").exists, "the late attempt to store")
            assert stored("late") == 0
            assert state(job) == "running"
            (tmp_path / "go-2").touch()
            eventually(lambda: state(job) == "done", "the rightful result")

    assert stored("late") == 1


def test_cancelling_kills_the_computation_within_seconds(database: Database, network: Network, tmp_path: Path) -> None:
    folder = tmp_path / "signs"
    folder.mkdir()
    job = enqueue("test.slow", network=network, folder=str(folder), seconds=60)
    with workers(database):
        eventually(lambda: len(files(folder, "child")) == 2, "the computation")
        cancel(Actor.system(network), job=job)
        begun = time.monotonic()
        eventually(lambda: state(job) == "cancelled", "the cancellation")
        eventually(lambda: not any(map(alive, files(folder, "child"))), "the end of the computation")

    assert time.monotonic() - begun < 5
    assert stored("slept") == 0


def test_a_worker_told_to_end_gives_its_job_back_at_once(database: Database, network: Network, tmp_path: Path) -> None:
    folder = tmp_path / "signs"
    folder.mkdir()
    job = enqueue("test.slow", network=network, folder=str(folder), seconds=60)
    with workers(database) as (worker,):
        eventually(lambda: len(files(folder, "child")) == 2, "the computation")
        worker.terminate()
        assert worker.wait(5) == 0

    job.refresh_from_db()
    assert (job.state, job.attempts, job.worker) == ("queued", 0, "")
    assert not any(map(alive, files(folder, "child")))


def test_many_jobs_and_several_workers_with_deaths_give_each_result_once(database: Database, network: Network) -> None:
    jobs = [enqueue("test.add", network=network, numbers=[number, 1000]) for number in range(12)]
    with workers(database, 3) as crew:
        eventually(lambda: Job.objects.filter(state="done").count() >= 3, "the first results")
        crew[0].kill()
        crew[1].kill()
        eventually(lambda: not Job.objects.exclude(state="done").exists(), "all results")

    assert [stored(f"sum {number + 1000}") for number in range(12)] == [1] * 12
    assert len(jobs) == 12


def test_the_worker_command_works_off_what_waits(database: Database, network: Network) -> None:
    Job.objects.create(kind="test.unknown", network=network)
    command = [sys.executable, "-m", "zagumi.cli.worker", "worker", "--once"]

    done = subprocess.run(command, env=database.environment, capture_output=True, text=True, timeout=PATIENCE)

    assert done.returncode == 0, done.stderr
    assert Job.objects.get().state == "failed"

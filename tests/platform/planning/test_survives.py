"""A planning run whose worker, or whose search, is killed in the middle: it finishes once, and nothing is doubled."""

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
from tests.people import Cast, assemble
from tests.platform.planning.conftest import EXAMPLE, NOW
from zagumi.platform.cases import services as cases
from zagumi.platform.core import audit
from zagumi.platform.core.models import AuditEntry, Job
from zagumi.platform.network.models import Booking
from zagumi.platform.planning import services
from zagumi.platform.planning.conditions import Conditions
from zagumi.platform.planning.models import Run

pytestmark = pytest.mark.both_databases

LEASE = 2.0
PATIENCE = 90.0
SECONDS = 120  # far more than it takes to kill the first attempt; the second is told to keep its best
WORKER = """
import os, django
django.setup()
from zagumi.platform.core.jobs.worker import Worker
Worker(lease_seconds=float(os.environ["LEASE"]), backoff_seconds=0.1).run()
"""


@contextmanager
def worker(database: Database) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process on ``database`` with a short lease, killed at the end."""
    environment = {
        **database.environment,
        "LEASE": str(LEASE),
        "ZAGUMI_NOW": NOW,
        "DJANGO_SETTINGS_MODULE": "zagumi.platform.settings",
    }
    process = subprocess.Popen([sys.executable, "-c", WORKER], env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def eventually(condition: Callable[[], object], what: str) -> None:
    latest = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < latest, f"waited in vain for: {what}"
        time.sleep(0.05)


def children(pid: int) -> list[int]:
    """The processes that ``pid`` started and that live."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == pid and state != "Z":
                found.append(int(path.parent.name))
    return found


def searching(run: Run) -> bool:
    """Whether the search has told of a plan, that is, is in the middle."""
    job = Job.objects.get(pk=run.job_id)
    return job.state == Job.State.RUNNING and bool(job.data or job.progress)


def second_attempt(run: Run) -> bool:
    """Whether the run is searched for a second time."""
    job = Job.objects.get(pk=run.job_id)
    return job.attempts == 2 and searching(run)


def over(run: Run) -> bool:
    return Job.objects.get(pk=run.job_id).state in {"done", "failed", "cancelled"}


@pytest.fixture
def cast(database: Database) -> Cast:
    return assemble()


@pytest.fixture
def run(cast: Cast) -> Run:
    """A run of the automotive case, asked for and not yet begun."""
    case, _outcome = cases.import_case_workbook(cast.coordinator, file=EXAMPLE.read_bytes())
    return services.start_run(cast.coordinator, cases=[case], conditions=Conditions(seconds=SECONDS), reason="試験")


def assert_finished_once(run: Run, attempts: int) -> None:
    """The run has one outcome; its alternatives, log lines and later bookings exist once."""
    stored = Run.objects.get(pk=run.pk)
    job = Job.objects.get(pk=run.job_id)
    assert (job.state, job.attempts, stored.outcome) == ("done", attempts, Run.Outcome.DONE), job.trace
    keys = list(stored.alternatives.values_list("key", flat=True))
    assert keys
    assert len(keys) == len(set(keys))
    lines = AuditEntry.objects.filter(subject_model="planning.Run", subject_code=stored.code)
    verbs = list(lines.values_list("verb", flat=True))
    assert len(verbs) == len(set(verbs)), verbs
    assert audit.verify(stored.network) == []
    assert not Booking.objects.filter(kind=Booking.Kind.PLAN).exists()


def test_a_worker_killed_in_the_middle_of_a_search_is_replaced(database: Database, cast: Cast, run: Run) -> None:
    with worker(database) as first:
        eventually(lambda: searching(run), "the first worker's search")
        snapshot = bytes(Run.objects.get(pk=run.pk).snapshot)
        orphans = children(first.pid)
        assert orphans
        os.kill(first.pid, signal.SIGKILL)
        eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in orphans), "the end of the orphans")
        assert not run.alternatives.exists()
        with worker(database):
            eventually(lambda: second_attempt(run), "the second worker's search")
            services.stop_run(cast.coordinator, run=run, keep=True)
            eventually(lambda: over(run), "the second worker's result")

    assert_finished_once(run, attempts=2)
    assert bytes(Run.objects.get(pk=run.pk).snapshot) == snapshot


def test_a_search_killed_in_the_middle_is_tried_again(database: Database, cast: Cast, run: Run) -> None:
    with worker(database) as only:
        eventually(lambda: searching(run), "the first search")
        for pid in children(only.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        eventually(lambda: second_attempt(run), "the second search")
        services.stop_run(cast.coordinator, run=run, keep=True)
        eventually(lambda: over(run), "the second search's result")
        assert only.poll() is None

    assert_finished_once(run, attempts=2)

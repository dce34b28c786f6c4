"""Background work in one process: asking, doing, trying again, giving up."""

import time
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone, translation

from tests.people import Cast
from tests.platform.core import chores
from zagumi.platform.core.errors import Hidden, NotNow
from zagumi.platform.core.jobs import JobContext, cancel, enqueue, finish_early
from zagumi.platform.core.jobs.context import Lease, LeaseLost
from zagumi.platform.core.jobs.worker import Worker
from zagumi.platform.core.models import Job, Party


@pytest.fixture(autouse=True)
def declared() -> None:
    chores.declare()


@pytest.fixture
def worker() -> Worker:
    return Worker("here", backoff_seconds=0.0, in_background=False)


def made(name: str) -> int:
    return Party.objects.filter(name=name).count()


def test_a_job_computes_in_a_child_process_and_stores_its_result_once(cast: Cast, worker: Worker) -> None:
    job = enqueue("test.add", network=cast.network, numbers=[1, 2, 3])

    assert worker.drain() == 1

    job.refresh_from_db()
    assert (job.state, job.progress, job.attempts, job.error) == ("done", 1.0, 1, "")
    assert job.finished is not None
    assert made("sum 6") == 1


def test_progress_is_worded_in_the_readers_language(cast: Cast, worker: Worker) -> None:
    job = enqueue("test.add", network=cast.network, numbers=[1, 2, 3])
    worker.drain()
    job.refresh_from_db()

    with translation.override("en"):
        assert job.wording == "halfway through 3 numbers"


def test_a_job_of_a_rolled_back_transaction_never_was(cast: Cast, worker: Worker) -> None:
    with transaction.atomic():
        enqueue("test.add", network=cast.network, numbers=[1])
        transaction.set_rollback(True)

    assert worker.drain() == 0


def test_the_same_key_gives_the_waiting_job_until_it_is_over(cast: Cast, worker: Worker) -> None:
    first = enqueue("test.add", network=cast.network, key="R-1", numbers=[1])
    again = enqueue("test.add", network=cast.network, key="R-1", numbers=[1])
    other = enqueue("test.add", network=cast.elsewhere, key="R-1", numbers=[1])
    worker.drain()
    later = enqueue("test.add", network=cast.network, key="R-1", numbers=[1])

    assert again == first
    assert other != first
    assert later != first


def test_work_nobody_can_do_is_refused_at_once(cast: Cast) -> None:
    with pytest.raises(LookupError, match=r"test\.unheard"):
        enqueue("test.unheard", network=cast.network)


def test_a_failing_job_is_tried_three_times_and_then_says_why(cast: Cast, worker: Worker) -> None:
    job = enqueue("test.fail", network=cast.network, attempts_needed=9)

    assert worker.drain() == 3

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 3)
    with translation.override("en"):
        assert job.failure == "The calculation stopped: ValueError: no such machine"
    assert "sums.py" in job.trace


def test_a_job_that_succeeds_in_the_end_shows_no_error(cast: Cast, worker: Worker) -> None:
    job = enqueue("test.fail", network=cast.network, attempts_needed=3)

    worker.drain()

    job.refresh_from_db()
    assert (job.state, job.attempts, job.error, job.trace) == ("done", 3, "", "")
    assert made("in the end") == 1


def test_waits_grow_between_attempts(cast: Cast) -> None:
    worker = Worker(backoff_seconds=100.0, in_background=False)
    job = enqueue("test.shaky", network=cast.network)
    waits = []
    for _attempt in range(2):
        worker.drain()
        job.refresh_from_db()
        waits.append((job.not_before - timezone.now()).total_seconds())
        Job.objects.filter(pk=job.pk).update(not_before=None)

    assert 95 < waits[0] <= 100
    assert 395 < waits[1] <= 400
    with translation.override("en"):
        assert job.failure == "It stopped unexpectedly: ConnectionError: cable pulled"


def test_what_cannot_succeed_is_not_tried_again(cast: Cast, worker: Worker) -> None:
    job = enqueue("test.hopeless", network=cast.network)

    assert worker.drain() == 1

    job.refresh_from_db()
    with translation.override("en"):
        assert (job.state, job.failure) == ("failed", "No company can do lapping.")


def test_work_this_installation_no_longer_knows_fails_readably(cast: Cast, worker: Worker) -> None:
    job = Job.objects.create(kind="test.gone", network=cast.network)

    worker.drain()

    job.refresh_from_db()
    assert job.state == "failed"
    assert job.error == "This installation does not know this kind of work."


def test_a_waiting_job_is_cancelled_at_once_and_a_finished_one_never(cast: Cast, worker: Worker) -> None:
    job = enqueue("test.add", network=cast.network, numbers=[1])

    assert cancel(cast.coordinator, job=job).state == "cancelled"

    assert worker.drain() == 0
    with pytest.raises(NotNow):
        cancel(cast.coordinator, job=job)


def test_only_who_asked_for_it_and_the_coordinator_stop_a_job(cast: Cast) -> None:
    job = enqueue("test.add", network=cast.network, actor=cast.member, numbers=[1])

    for outsider in (cast.rival, cast.buyer, cast.viewer, cast.far_coordinator):
        with pytest.raises(Hidden):
            cancel(outsider, job=job)
    assert finish_early(cast.member, job=job).wish == "finish"
    assert cancel(cast.coordinator, job=job).state == "cancelled"


def test_finishing_early_keeps_the_best_so_far(cast: Cast, worker: Worker) -> None:
    job = enqueue("test.finish", network=cast.network)
    finish_early(cast.coordinator, job=job)

    worker.drain()

    assert Job.objects.get(pk=job.pk).state == "done"
    assert made("best so far") == 1


def test_an_abandoned_job_is_taken_over_only_after_its_lease(cast: Cast, worker: Worker) -> None:
    job = enqueue("test.add", network=cast.network, numbers=[4, 4])
    Worker("dead", lease_seconds=0.3, in_background=False).claim()

    assert worker.drain() == 0
    time.sleep(0.4)
    assert worker.drain() == 1

    job.refresh_from_db()
    assert (job.state, job.worker, job.attempts, job.fence) == ("done", "here", 2, 2)
    assert made("sum 8") == 1


def test_a_job_that_kills_its_workers_is_given_up(cast: Cast, worker: Worker) -> None:
    job = enqueue("test.add", network=cast.network, numbers=[1])
    for _attempt in range(3):
        Worker("dead", lease_seconds=-1, in_background=False).claim()

    worker.drain()

    job.refresh_from_db()
    with translation.override("en"):
        assert (job.state, job.failure) == ("failed", "The worker died during each of 3 attempts.")


def test_a_cancelled_job_whose_worker_died_is_not_taken_up_again(cast: Cast, worker: Worker) -> None:
    job = enqueue("test.add", network=cast.network, numbers=[5])
    Worker("dead", lease_seconds=-1, in_background=False).claim()
    cancel(cast.coordinator, job=job)

    worker.drain()

    job.refresh_from_db()
    assert job.state == "cancelled"
    assert made("sum 5") == 0


def test_a_worker_that_lost_its_lease_writes_nothing(cast: Cast) -> None:
    enqueue("test.add", network=cast.network, numbers=[1])
    slow = Worker("slow", lease_seconds=-1, in_background=False).claim()
    fast = Worker("fast", in_background=False).claim()
    ctx = JobContext(slow, Lease(slow, in_background=False))

    with pytest.raises(LeaseLost), ctx.fenced():
        Party.objects.update(name="overwritten")
    ctx._lease.look = lambda: None
    ctx._lease.lost.clear()
    with pytest.raises(LeaseLost), ctx.fenced():
        Party.objects.update(name="overwritten")

    assert made("overwritten") == 0
    assert Job.objects.get(pk=slow.pk).fence == fast.fence


def test_nothing_is_stored_for_a_job_that_was_cancelled_meanwhile(cast: Cast) -> None:
    from zagumi.platform.core.jobs import Cancelled

    job = enqueue("test.add", network=cast.network, numbers=[1])
    taken = Worker(in_background=False).claim()
    cancel(cast.coordinator, job=job)
    ctx = JobContext(taken, Lease(taken, in_background=False))
    ctx._lease.look = lambda: None

    with pytest.raises(Cancelled), ctx.fenced():
        Party.objects.update(name="overwritten")

    assert made("overwritten") == 0


def test_progress_of_a_lost_job_is_not_shown(cast: Cast) -> None:
    enqueue("test.add", network=cast.network, numbers=[1])
    slow = Worker("slow", lease_seconds=-1, in_background=False).claim()
    Worker("fast", in_background=False).claim()
    ctx = JobContext(slow, Lease(slow, in_background=False))

    with pytest.raises(LeaseLost):
        ctx.progress(0.9, "nearly")

    assert Job.objects.get(pk=slow.pk).text == ""


def test_the_oldest_job_comes_first_and_none_before_its_time(cast: Cast) -> None:
    early = enqueue("test.add", network=cast.network, numbers=[1])
    Job.objects.filter(pk=early.pk).update(not_before=timezone.now() + timedelta(minutes=1))
    second = enqueue("test.add", network=cast.network, numbers=[2])
    enqueue("test.add", network=cast.network, numbers=[3])

    assert Worker(in_background=False).claim().pk == second.pk

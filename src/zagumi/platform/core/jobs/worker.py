"""The worker: takes jobs one after the other, and hands each back in a state that says the truth."""

import logging
import os
import socket
import threading
import traceback

from django.db import close_old_connections, connections, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.db.utils import Error as DatabaseError
from django.utils.translation import gettext_noop

from zagumi.platform.core import clock
from zagumi.platform.core.errors import DomainError
from zagumi.platform.core.jobs.context import (
    LEASE_SECONDS,
    Cancelled,
    ChildFailed,
    Interrupted,
    JobContext,
    JobFailed,
    Lease,
    LeaseLost,
    from_now,
)
from zagumi.platform.core.jobs.registry import Kind, kind_of
from zagumi.platform.core.models import Job

log = logging.getLogger("zagumi.jobs")

POLL_SECONDS = 0.5
BACKOFF_SECONDS = 2.0


class Worker:
    """Does the jobs of an installation. Several may run at once, on one machine or many.

    Args:
        name: who it is in the rows; made of host and process by default.
        lease_seconds: how long a job stays taken after the worker's last sign of life.
        backoff_seconds: the wait before the second try; each further one waits four times as long.
        in_background: renew leases in a thread of its own; False does everything in the calling thread and
            connection (tests inside one transaction).
    """

    def __init__(
        self,
        name: str = "",
        *,
        lease_seconds: float = LEASE_SECONDS,
        backoff_seconds: float = BACKOFF_SECONDS,
        in_background: bool = True,
    ) -> None:
        self.name = name or f"{socket.gethostname()}:{os.getpid()}"
        self.lease_seconds = lease_seconds
        self.backoff_seconds = backoff_seconds
        self.in_background = in_background
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Take nothing more; give the present job back."""
        self._stopping.set()

    def run(self) -> None:
        """Work until ``stop``. A database that goes away for a while is waited for."""
        while not self._stopping.is_set():
            try:
                close_old_connections()
                busy = self.work_once()
            except DatabaseError:
                log.exception("the database does not answer")
                connections.close_all()
                self._stopping.wait(POLL_SECONDS * 4)
                continue
            if not busy:
                self._stopping.wait(POLL_SECONDS)
        connections.close_all()

    def drain(self) -> int:
        """Do everything that is ready and return how many jobs were taken."""
        count = 0
        while not self._stopping.is_set() and self.work_once():
            count += 1
        return count

    def work_once(self) -> bool:
        """Take one job, if there is one, and see it through; whether there was one."""
        job = self.claim()
        if job is None:
            return False
        try:
            kind = kind_of(job.kind)
        except LookupError as fault:
            self._fail(job, gettext_noop("This installation does not know this kind of work."), {}, str(fault))
            return True
        if job.wish == Job.Wish.CANCEL:
            self._close(job, state=Job.State.CANCELLED)
        elif job.attempts > kind.attempts:
            self._fail(
                job, gettext_noop("The worker died during each of %(attempts)s attempts."), {"attempts": kind.attempts}
            )
        else:
            self._work(job, kind)
        return True

    def claim(self) -> Job | None:
        """Take the oldest job that waits or whose worker's lease has ended; None when there is none.

        Two statements and no lock: the second one changes the row only if nobody else did in between.
        """
        waiting = Q(state=Job.State.QUEUED) & (Q(not_before=None) | Q(not_before__lte=Now()))
        orphaned = Q(state=Job.State.RUNNING, lease_until__lt=Now())
        while (seen := Job.objects.filter(waiting | orphaned).order_by("pk").values("pk", "fence").first()) is not None:
            taken = Job.objects.filter(waiting | orphaned, **seen).update(
                state=Job.State.RUNNING,
                fence=F("fence") + 1,
                attempts=F("attempts") + 1,
                worker=self.name,
                lease_until=from_now(self.lease_seconds),
                started=Coalesce(F("started"), Now()),
            )
            if taken:
                job = Job.objects.select_related("network").get(pk=seen["pk"])
                if job.fence == seen["fence"] + 1:
                    return job
        return None

    def _work(self, job: Job, kind: Kind) -> None:
        log.info("%s: attempt %d begins", job, job.attempts)
        lease = Lease(job, seconds=self.lease_seconds, in_background=self.in_background)
        try:
            with lease:
                kind.function(JobContext(job, lease, self._stopping), **job.args)
            self._close(job, state=Job.State.DONE, progress=1.0, error="", trace="")
            log.info("%s: done", job)
        except LeaseLost:
            log.warning("%s: lost to another worker; its results are thrown away", job)
        except Cancelled:
            self._close(job, state=Job.State.CANCELLED)
            log.info("%s: cancelled", job)
        except Interrupted:
            self._mine(job).update(
                state=Job.State.QUEUED, attempts=F("attempts") - 1, fence=F("fence") + 1, lease_until=None, worker=""
            )
            log.info("%s: given back", job)
        except JobFailed as fault:
            self._fail(job, fault.text, fault.figures)
        except DomainError as fault:
            self._fail(job, str(fault), {})
        except ChildFailed as fault:
            self._retry(job, kind, fault.text, fault.figures, fault.trace)
        except Exception as fault:
            reason = f"{type(fault).__name__}: {fault}"
            self._retry(
                job,
                kind,
                gettext_noop("It stopped unexpectedly: %(reason)s"),
                {"reason": reason},
                traceback.format_exc(),
            )

    def _mine(self, job: Job) -> models.QuerySet[Job]:
        return Job.objects.filter(pk=job.pk, fence=job.fence, state=Job.State.RUNNING)

    def _close(self, job: Job, **fields: object) -> None:
        self._mine(job).update(finished=clock.now(), lease_until=None, **fields)

    def _fail(self, job: Job, text: str, figures: dict[str, object], trace: str = "") -> None:
        self._close(job, state=Job.State.FAILED, error=text, data=figures, trace=trace)
        log.error("%s: failed: %s", job, text % figures if figures else text)

    def _retry(self, job: Job, kind: Kind, text: str, figures: dict[str, object], trace: str) -> None:
        if job.attempts >= kind.attempts:
            self._fail(job, text, figures, trace)
            return
        wait = self.backoff_seconds * 4 ** (job.attempts - 1)
        self._mine(job).update(
            state=Job.State.QUEUED,
            not_before=from_now(wait) if wait else None,
            lease_until=None,
            worker="",
            error=text,
            data=figures,
            trace=trace,
        )
        log.warning("%s: attempt %d failed (%s); again in %.0f s", job, job.attempts, text % figures, wait)

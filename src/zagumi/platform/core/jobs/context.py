"""What a job function gets: progress, the wish of people, the lease, and child processes."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connections
from django.db.models import DateTimeField, DurationField, Expression, ExpressionWrapper, Value
from django.db.models.functions import Now
from django.db.utils import Error as DatabaseError
from django.utils.translation import gettext_noop

from zagumi.platform.core import clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.jobs.process import ChildFailed, ChildProcess
from zagumi.platform.core.models import Job
from zagumi.platform.core.services import one_transaction

__all__ = ["Cancelled", "ChildFailed", "Interrupted", "JobContext", "JobFailed", "Lease", "LeaseLost"]

LEASE_SECONDS = 30.0
PROGRESS_SECONDS = 0.5
FINISH_SECONDS = 10.0


class LeaseLost(Exception):
    """Another worker has, or may have, this job now: whatever this one still has is thrown away."""


class Cancelled(Exception):
    """Somebody cancelled the job."""


class Interrupted(Exception):
    """The worker is being stopped in good order: the job goes back to the queue."""


class JobFailed(Exception):
    """The job cannot succeed, however often it is tried. ``text`` is a catalogue msgid with ``figures`` to fill in."""

    def __init__(self, text: str, **figures: Any) -> None:
        super().__init__(text % figures if figures else text)
        self.text = text
        self.figures = figures


def from_now(seconds: float) -> Expression:
    """The database's own clock plus ``seconds``, so that workers on several machines agree."""
    delta = Value(timedelta(seconds=seconds), output_field=DurationField())
    return ExpressionWrapper(Now() + delta, output_field=DateTimeField())


class Lease:
    """The right to work on a job: kept by a thread that renews it and listens for wishes.

    ``lost`` is set when the row says that it is no longer ours, or when it could not be renewed in time.
    """

    def __init__(self, job: Job, *, seconds: float = LEASE_SECONDS, in_background: bool = True) -> None:
        self.job_id = job.pk
        self.fence = job.fence
        self.seconds = seconds
        self.wish: str = job.wish
        self.lost = threading.Event()
        self._over = threading.Event()
        self._renewed = time.monotonic()
        self._thread = threading.Thread(target=self._keep, name=f"lease-{job.pk}", daemon=True)
        self.in_background = in_background

    def __enter__(self) -> "Lease":
        if self.in_background:
            self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._over.set()
        if self.in_background:
            self._thread.join()

    def _keep(self) -> None:
        try:
            while not self._over.wait(min(1.0, self.seconds / 6)) and not self.lost.is_set():
                self.look()
        finally:
            connections.close_all()

    def look(self) -> None:
        """Read the wish, renew the lease when a third of it has passed, and notice when it is lost."""
        try:
            mine = Job.objects.filter(pk=self.job_id, fence=self.fence, state=Job.State.RUNNING)
            if time.monotonic() - self._renewed > self.seconds / 3:
                if not mine.update(lease_until=from_now(self.seconds)):
                    self.lost.set()
                    return
                self._renewed = time.monotonic()
            wish = mine.values_list("wish", flat=True).first()
            if wish is None:
                self.lost.set()
            else:
                self.wish = wish
        except DatabaseError:
            connections.close_all()
            if time.monotonic() - self._renewed > self.seconds:
                self.lost.set()


class JobContext:
    """Handed to a job function as its first argument."""

    def __init__(self, job: Job, lease: Lease, stopping: threading.Event | None = None) -> None:
        self.job = job
        self.actor = Actor.system(job.network)
        self.fence = job.fence
        self._lease = lease
        self._stopping = stopping or threading.Event()
        self._shown = -PROGRESS_SECONDS
        self._unshown: dict[str, Any] = {}

    def check(self) -> None:
        """Raise LeaseLost, Cancelled or Interrupted when there is no point in going on."""
        self._check_rights()
        if self._stopping.is_set():
            raise Interrupted()

    def _check_rights(self) -> None:
        if not self._lease.in_background:
            self._lease.look()
        if self._lease.lost.is_set():
            raise LeaseLost(f"job {self.job.pk} has passed to another worker")
        if self.cancelled():
            raise Cancelled()

    def cancelled(self) -> bool:
        """Whether somebody asked to cancel."""
        return self._lease.wish == Job.Wish.CANCEL

    def finishing(self) -> bool:
        """Whether somebody asked to stop and keep the best so far."""
        return self._lease.wish == Job.Wish.FINISH

    def progress(self, fraction: float | None, text: str, data: dict[str, Any] | None = None) -> None:
        """Say how far it is. Written at most twice a second; of several words in between the last one counts.

        Args:
            fraction: 0 to 1, or None when nobody can know.
            text: an English catalogue msgid; ``%(name)s`` places are filled from ``data`` in the reader's language.
            data: plain figures.
        """
        self.check()
        self._unshown = {"progress": fraction, "text": text, "data": data or {}}
        self._show()

    def _show(self) -> None:
        if self._unshown and time.monotonic() - self._shown >= PROGRESS_SECONDS:
            Job.objects.filter(pk=self.job.pk, fence=self.fence, state=Job.State.RUNNING).update(**self._unshown)
            self._shown, self._unshown = time.monotonic(), {}

    @contextmanager
    def fenced(self, *, last: bool = False) -> Iterator[None]:
        """One transaction for storing (part of) the result, refused when the lease is lost.

        The job's row is locked and its fence compared, so that no other worker can begin meanwhile and nothing is
        written by one whose place was taken. ``last=True`` also marks the job as done in the same transaction:
        the result is stored exactly once.

        Raises:
            LeaseLost: another worker has the job.
            Cancelled: somebody cancelled it.
        """
        self._check_rights()
        with one_transaction():
            held = (
                Job.objects.select_for_update()
                .filter(pk=self.job.pk, fence=self.fence, state=Job.State.RUNNING)
                .first()
            )
            if held is None:
                raise LeaseLost(f"job {self.job.pk} has passed to another worker")
            if held.wish == Job.Wish.CANCEL:
                raise Cancelled()
            yield
            if last:
                Job.objects.filter(pk=held.pk).update(
                    state=Job.State.DONE, progress=1.0, finished=clock.now(), lease_until=None, error="", trace=""
                )

    def run_child(
        self,
        function: str,
        args: tuple[Any, ...] = (),
        *,
        seconds: float | None = None,
        memory_mb: int = 4096,
        on_message: Callable[[Any], None] | None = None,
    ) -> Any:
        """Run ``function`` in a process of its own and return its result.

        Args:
            function: ``"package.module:name"``, importable without Django; called as ``name(channel, *args)`` with a
                ``core.child.Channel`` for progress, messages and the wish to finish.
            args: anything that pickles.
            seconds: killed after this long.
            memory_mb: killed when it and its own children hold more than this.
            on_message: called here with whatever the child passes to ``channel.send``.

        Raises:
            ChildFailed: it raised, died, or went over a limit.
            LeaseLost, Cancelled, Interrupted: as ``check``; the child is killed.
        """
        with ChildProcess(function, args, seconds=seconds, memory_mb=memory_mb) as child:
            told = False
            for kind, content in child.messages(every=0.25):
                self.check()
                self._show()
                if self.finishing() and not told:
                    child.ask_to_finish(FINISH_SECONDS)
                    told = True
                if kind == "progress":
                    self.progress(*content)
                elif kind == "message" and on_message:
                    on_message(content)
                elif kind == "result":
                    return content
        raise ChildFailed(gettext_noop("The calculation ended without a result."))

"""Background work that survives the death of whoever does it.

An app names a piece of work in its ``jobs.py`` and asks for it in a service::

    @job("planning.solve")
    def solve(ctx: JobContext, *, run_id: int) -> None:
        result = ctx.run_child("zagumi.platform.planning.solving:run", snapshot, seconds=120)
        with ctx.fenced(last=True):
            store_result(ctx.actor, run_id=run_id, result=result)

    enqueue("planning.solve", network=run.network, actor=actor, run_id=run.pk)

The job is a row written in the caller's transaction: it exists when the caller's work does. A worker leases it,
renews the lease while it lives, and writes results only inside ``ctx.fenced()``, which checks the lease under a
row lock. When a worker dies, its lease ends and another takes over; what the dead one would still write is refused.
"""

from zagumi.platform.core.jobs.context import Cancelled, ChildFailed, JobContext, JobFailed, LeaseLost
from zagumi.platform.core.jobs.queue import cancel, enqueue, finish_early
from zagumi.platform.core.jobs.registry import MAX_ATTEMPTS, job

__all__ = [
    "MAX_ATTEMPTS",
    "Cancelled",
    "ChildFailed",
    "JobContext",
    "JobFailed",
    "LeaseLost",
    "cancel",
    "enqueue",
    "finish_early",
    "job",
]

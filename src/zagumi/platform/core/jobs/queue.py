"""Asking for work, and changing one's mind."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from zagumi.platform.core import clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import NotNow
from zagumi.platform.core.jobs.registry import kind_of
from zagumi.platform.core.models import Job, Network

_OPEN = (Job.State.QUEUED, Job.State.RUNNING)


def enqueue(kind: str, *, network: Network, key: str | None = None, actor: Actor | None = None, **ids: Any) -> Job:
    """Ask for one job. It is a row of the caller's transaction, so it begins only if that commits.

    Args:
        kind: the name given to ``@job``.
        network: whose work it is.
        key: while a job of this kind and key waits or runs, that one is returned and no second one made.
        actor: who asked; they may watch and cancel it.
        ids: what the job function gets as keywords; numbers and strings, never rows.

    Raises:
        LookupError: no installed app does this kind of work.
    """
    kind_of(kind)
    started_by = actor.seat_id if actor else None
    if key:
        if present := _open_job(kind, network, key):
            return present
        try:
            with transaction.atomic():
                return Job.objects.create(kind=kind, network=network, key=key, args=ids, started_by_id=started_by)
        except IntegrityError:
            if present := _open_job(kind, network, key):
                return present
            raise
    return Job.objects.create(kind=kind, network=network, args=ids, started_by_id=started_by)


def _open_job(kind: str, network: Network, key: str) -> Job | None:
    return Job.objects.filter(kind=kind, network=network, key=key, state__in=_OPEN).first()


def cancel(actor: Actor, *, job: Job) -> Job:
    """Stop ``job`` and keep nothing of it. A waiting job ends at once, a running one within seconds."""
    return _wish(actor, job, Job.Wish.CANCEL)


def finish_early(actor: Actor, *, job: Job) -> Job:
    """Ask ``job`` to stop and keep the best it has."""
    return _wish(actor, job, Job.Wish.FINISH)


def _wish(actor: Actor, job: Job, wish: Job.Wish) -> Job:
    with transaction.atomic():
        Job.objects.find(actor, pk=job.pk)
        locked = Job.objects.select_for_update().get(pk=job.pk)
        if locked.is_over:
            raise NotNow(_("This calculation has already ended."))
        locked.wish = wish
        if locked.state == Job.State.QUEUED and wish == Job.Wish.CANCEL:
            locked.state = Job.State.CANCELLED
            locked.finished = clock.now()
        locked.save(update_fields=["wish", "state", "finished"])
    return locked

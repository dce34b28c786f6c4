"""What core's pages read."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from zagumi.platform.core import clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import Refused
from zagumi.platform.core.models import AuditEntry, Invitation, Job, Role, Seat, Token
from zagumi.platform.core.rules import may_run_the_network


def people(actor: Actor) -> QuerySet[Seat]:
    """The seats the coordinator looks after."""
    if not may_run_the_network(actor):
        raise Refused()
    return Seat.objects.visible_to(actor).select_related("user", "party")


def open_invitations(actor: Actor) -> list[Invitation]:
    """Invitations that may still be accepted, newest first."""
    waiting = Invitation.objects.visible_to(actor).filter(accepted=None, withdrawn=None, expires__gt=clock.now())
    return list(waiting.select_related("party"))


def own_tokens(actor: Actor) -> list[Token]:
    """The tokens of the present seat that still work."""
    return [
        token
        for token in Token.objects.visible_to(actor).filter(revoked=None)
        if token.expires is None or token.expires > clock.now()
    ]


def log_entries(actor: Actor) -> QuerySet[AuditEntry]:
    """The audit log of the network."""
    if not may_run_the_network(actor):
        raise Refused()
    return AuditEntry.objects.visible_to(actor).select_related("party", "on_behalf_of")


@dataclass(frozen=True)
class JobView:
    """A job as its watchers see it. ``seconds`` is how long it has run; ``progress`` is 0 to 1 or None."""

    code: str
    state: str
    label: str
    wording: str
    failure: str
    progress: float | None
    seconds: float
    attempts: int
    is_over: bool
    is_stopping: bool
    started: datetime | None


def job_view(actor: Actor, code: str) -> JobView:
    """The job called ``code``; raises Hidden for those who may not know of it."""
    job = Job.objects.find(actor, code=code)
    until = job.finished or clock.now()
    return JobView(
        code=job.code,
        state=job.state,
        label=job.get_state_display(),
        wording=job.wording,
        failure=job.failure,
        progress=job.progress,
        seconds=max(0.0, (until - (job.started or job.created)).total_seconds()),
        attempts=job.attempts,
        is_over=job.is_over,
        is_stopping=bool(job.wish) and not job.is_over,
        started=job.started,
    )


def demo_seats() -> list[Seat]:
    """Seats anybody may try on a demo installation: the first three of each role that a person holds."""
    seats = Seat.objects.filter(is_active=True, user__is_active=True).select_related("user", "party").order_by("pk")
    shown: list[Seat] = []
    for role in Role.values:
        shown += [seat for seat in seats if seat.role == role][:3]
    return shown

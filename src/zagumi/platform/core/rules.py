"""Who sees what of core's rows."""

from django.db.models import Q

from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import (
    AuditEntry,
    Invitation,
    Job,
    Network,
    Party,
    Seat,
    StoredFile,
    Token,
)
from zagumi.platform.core.visibility import NOBODY, rows


@rows(Network)
def network_rows(actor: Actor) -> Q:
    """Everybody sees the one network they sit in."""
    return Q(pk=actor.network_id)


@rows(Party)
def party_rows(actor: Actor) -> Q:
    """The coordinator sees every party of the network; members see one another's existence and the office.

    Buyers, carriers and viewers see themselves and the office: never who the members are.
    """
    in_network = Q(pk__in=Party.networks.through.objects.filter(network_id=actor.network_id).values("party_id"))
    if actor.is_coordinator:
        return in_network
    own = Q(pk=actor.party_id)
    office = in_network & Q(kind=Party.Kind.COORDINATOR)
    if actor.is_member:
        return own | office | (in_network & Q(kind=Party.Kind.COMPANY))
    return own | office


@rows(Seat)
def seat_rows(actor: Actor) -> Q:
    """The coordinator sees the seats of the network, everybody else the ones of their own party in it."""
    in_network = Q(network_id=actor.network_id)
    return in_network if actor.is_coordinator else in_network & Q(party_id=actor.party_id)


@rows(Invitation)
def invitation_rows(actor: Actor) -> Q:
    """Only the coordinator, who writes them."""
    return Q(network_id=actor.network_id) if actor.is_coordinator else NOBODY


@rows(Token)
def token_rows(actor: Actor) -> Q:
    """Only one's own, of the present seat."""
    return Q(seat_id=actor.seat_id) if actor.seat_id else NOBODY


@rows(StoredFile)
def stored_file_rows(actor: Actor) -> Q:
    """The coordinator and the owner; others reach a file only through the page of the thing it belongs to."""
    in_network = Q(network_id=actor.network_id)
    return in_network if actor.is_coordinator else in_network & Q(owner_id=actor.party_id, owner__isnull=False)


@rows(AuditEntry)
def audit_rows(actor: Actor) -> Q:
    """The coordinator sees the log of the network, everybody else what they or someone for them did."""
    in_network = Q(network_id=actor.network_id)
    if actor.is_coordinator:
        return in_network
    return in_network & (Q(party_id=actor.party_id) | Q(on_behalf_of_id=actor.party_id))


@rows(Job)
def job_rows(actor: Actor) -> Q:
    """The coordinator sees every job of the network, everybody else the ones they started."""
    in_network = Q(network_id=actor.network_id)
    return in_network if actor.is_coordinator else in_network & Q(started_by_id=actor.seat_id, started_by__isnull=False)


def may_run_the_network(actor: Actor) -> bool:
    """Inviting people, reading the whole log, watching jobs."""
    return actor.role == "coordinator"

"""What the homes show: frozen dataclasses, computed from what the reader may know."""

from zagumi.platform.core.actor import Actor
from zagumi.platform.shell.queries import buyer, carrier, member, office, region

__all__ = ["buyer", "carrier", "member", "office", "region", "waiting"]


def waiting(actor: Actor) -> int:
    """How many things want the reader's attention now, for the menu."""
    if actor.is_coordinator:
        return office.waiting(actor)
    if actor.is_member:
        return member.waiting(actor)
    return buyer.waiting(actor) if actor.is_buyer else 0

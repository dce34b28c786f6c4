"""Who acts: one person in one seat, with one role in one network, through one channel."""

from dataclasses import dataclass, replace
from typing import Any, Protocol

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from zagumi.platform.core.errors import Refused

SYSTEM = "system"


class _Row(Protocol):
    @property
    def pk(self) -> Any: ...


class _Seat(_Row, Protocol):
    """What an actor needs of a ``core.Seat`` with its user, party and network (models import this module)."""

    user: Any
    user_id: int
    party: Any
    party_id: int
    network_id: int
    role: str


@dataclass(frozen=True)
class Actor:
    """The one on whose behalf something is read or done. Every service and query takes one first.

    ``role`` is a role of ``Seat`` or ``"system"``. ``channel`` is how the wish came in (screen, phone, fax, mail,
    excel, api, job). ``on_behalf_of`` is the key of the party for whom a coordinator enters something.
    ``purpose`` says why a coordinator looks at what is otherwise closed.
    """

    seat_id: int | None
    user_id: int | None
    user_name: str
    role: str
    party_id: int | None
    party_code: str
    party_name: str
    network_id: int
    channel: str = "screen"
    on_behalf_of: int | None = None
    purpose: str = ""

    @classmethod
    def of(cls, seat: _Seat, *, channel: str = "screen") -> "Actor":
        """The actor sitting in ``seat``."""
        return cls(
            seat_id=seat.pk,
            user_id=seat.user_id,
            user_name=seat.user.name or seat.user.username,
            role=seat.role,
            party_id=seat.party_id,
            party_code=seat.party.code,
            party_name=seat.party.name,
            network_id=seat.network_id,
            channel=channel,
        )

    @classmethod
    def system(cls, network: _Row) -> "Actor":
        """The installation itself, for background work in ``network``; sees all of it, and nothing of others."""
        return cls(
            seat_id=None,
            user_id=None,
            user_name=SYSTEM,
            role=SYSTEM,
            party_id=None,
            party_code="",
            party_name="",
            network_id=network.pk,
            channel="job",
        )

    def for_party(self, party: _Row, *, channel: str = "phone", purpose: str = "") -> "Actor":
        """The coordinator entering something for ``party`` as told by telephone, FAX or post."""
        if not self.is_coordinator:
            raise Refused(_("Only the coordinator may enter something for another party."))
        return replace(self, on_behalf_of=party.pk, channel=channel, purpose=purpose)

    def because(self, purpose: str) -> "Actor":
        """The same actor, stating why it looks."""
        return replace(self, purpose=purpose)

    @property
    def is_system(self) -> bool:
        """Background work of the installation."""
        return self.role == SYSTEM

    @property
    def is_coordinator(self) -> bool:
        """The coordinator of the network, or background work acting with the coordinator's view."""
        return self.role in {"coordinator", SYSTEM}

    @property
    def is_member(self) -> bool:
        """A member company."""
        return self.role == "member"

    @property
    def is_buyer(self) -> bool:
        """A customer who orders."""
        return self.role == "buyer"

    @property
    def is_carrier(self) -> bool:
        """A transport company."""
        return self.role == "carrier"

    @property
    def is_viewer(self) -> bool:
        """A bank, a chamber: aggregates only."""
        return self.role == "viewer"


class ActingRequest(HttpRequest):
    """A request after the middleware: ``actor`` is None for the anonymous and for people without a seat."""

    actor: Actor | None


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a signed-in request.

    Raises:
        Refused: the person is signed in but holds no active seat in any network.
    """
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        raise Refused(_("You hold no active seat in a network. Please ask the coordinator."))
    return actor

"""Which seat a signed-in person sits in now."""

from django.http import HttpRequest

from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import Hidden
from zagumi.platform.core.models import Seat, User

_KEY = "seat_id"


def seats_of(user: User) -> list[Seat]:
    """The active seats of ``user``, oldest first, ready to become actors."""
    return list(user.seats.filter(is_active=True).select_related("user", "party", "network"))


def present_actor(request: HttpRequest) -> Actor | None:
    """The actor of a session: the seat chosen last, else the first; None without sign-in or seat."""
    if not isinstance(request.user, User) or not request.user.is_authenticated:
        return None
    seats = seats_of(request.user)
    if not seats:
        return None
    chosen = request.session.get(_KEY)
    return Actor.of(next((seat for seat in seats if seat.pk == chosen), seats[0]))


def switch(request: HttpRequest, seat_id: int) -> Actor:
    """Sit down in another of one's own active seats; raises Hidden for anybody else's."""
    user = request.user
    if not isinstance(user, User):
        raise Hidden()
    for seat in seats_of(user):
        if seat.pk == seat_id:
            request.session[_KEY] = seat.pk
            return Actor.of(seat)
    raise Hidden()

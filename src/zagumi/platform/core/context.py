"""What every page template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from zagumi.platform.core.navigation import menu
from zagumi.platform.core.queries import demo_seats
from zagumi.platform.core.seats import seats_of


def page(request: HttpRequest) -> dict[str, Any]:
    """What ``base.html`` reads: who acts where, the menu, the seats to switch to, and what this installation is.

    ``site_name`` is the coordinator's office; ``footer_role`` says whose view the page is; ``seats`` is empty when
    there is no choice; ``demo_seats`` (on a demo installation) are the people anybody may sign in as.
    """
    actor = getattr(request, "actor", None)
    known: dict[str, Any] = {
        "site_name": "",
        "footer_role": "",
        "actor": actor,
        "nav": [],
        "network": None,
        "seats": [],
        "is_demo": settings.ZAGUMI_DEMO,
        "demo_seats": SimpleLazyObject(demo_seats) if settings.ZAGUMI_DEMO else [],
        "tiles": settings.ZAGUMI_TILES,
    }
    if actor is None:
        return known
    seats = seats_of(request.user)  # type: ignore[arg-type]
    seat = next(seat for seat in seats if seat.pk == actor.seat_id)
    return known | {
        "nav": menu(actor, request.path),
        "network": seat.network,
        "site_name": seat.network.office,
        "footer_role": f"{seat.party} · {seat.get_role_display()}",
        "seats": seats if len(seats) > 1 else [],
    }

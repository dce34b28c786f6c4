"""What every page template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from zagumi.platform.core.models import Network
from zagumi.platform.core.navigation import menu
from zagumi.platform.core.seats import seats_of


def page(request: HttpRequest) -> dict[str, Any]:
    """``actor``, ``nav``, ``network``, ``site_name``, ``seats`` (when there is a choice), ``demo`` and ``tiles``."""
    actor = getattr(request, "actor", None)
    known: dict[str, Any] = {
        "site_name": "Zagumi",
        "actor": actor,
        "nav": [],
        "network": None,
        "seats": [],
        "demo": settings.ZAGUMI_DEMO,
        "tiles": settings.ZAGUMI_TILES,
    }
    if actor is None:
        return known
    seats = seats_of(request.user)  # type: ignore[arg-type]
    network = next((seat.network for seat in seats if seat.network_id == actor.network_id), None)
    return known | {
        "nav": menu(actor),
        "network": network or Network.objects.get(pk=actor.network_id),
        "seats": seats if len(seats) > 1 else [],
    }

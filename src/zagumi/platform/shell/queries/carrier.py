"""A carrier's view: where goods are gathered and whom to call."""

from dataclasses import dataclass

from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Party, localized
from zagumi.platform.network.models import Site


@dataclass(frozen=True)
class Home:
    """Everything on a carrier's home."""

    office: str
    office_phone: str
    hub: str
    hub_address: str


def home(actor: Actor) -> Home:
    """A carrier's home."""
    office = Party.objects.visible_to(actor).filter(kind=Party.Kind.COORDINATOR).first()
    hub = Site.objects.visible_to(actor).filter(is_hub=True).first()
    return Home(
        office=str(office) if office else "",
        office_phone=office.phone if office else "",
        hub=localized(hub.name, hub.name_en) if hub else "",
        hub_address=hub.address if hub else "",
    )

"""The main menu: each app offers entries for an actor, in the fixed order of the house."""

from dataclasses import dataclass, replace

from django.apps import apps
from django.utils.functional import Promise

from zagumi.platform.core.actor import Actor

# The order of the menu, whichever app an entry comes from.
ORDER = ("home", "cases", "work", "companies", "plans", "transport", "money", "region", "records")


@dataclass(frozen=True)
class NavItem:
    """One entry: its place (one of ``ORDER``), words, address, icon, and how many things wait there.

    ``active`` is filled in by ``menu``: the entry whose address is the longest beginning of the present one.
    """

    key: str
    label: str | Promise
    url: str
    icon: str = ""
    count: int = 0
    active: bool = False


def menu(actor: Actor, here: str = "") -> list[NavItem]:
    """The entries of every app's ``AppConfig.navigation(actor)``, in order, for a page at the address ``here``.

    Two entries with one key are an error.
    """
    found: dict[str, NavItem] = {}
    for config in apps.get_app_configs():
        offer = getattr(config, "navigation", None)
        for item in offer(actor) if offer else ():
            if item.key in found:
                raise ValueError(f"two menu entries are called {item.key}")
            found[item.key] = item
    items = [found[key] for key in sorted(found, key=ORDER.index)]
    around = [item for item in items if here == item.url or (item.url != "/" and here.startswith(item.url))]
    present = max(around, key=lambda item: len(item.url), default=None)
    return [replace(item, active=item is present) for item in items]

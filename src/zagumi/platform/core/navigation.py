"""The main menu: each app offers entries for an actor, in the fixed order of the house."""

from dataclasses import dataclass

from django.apps import apps
from django.utils.functional import Promise

from zagumi.platform.core.actor import Actor

# The order of the menu, whichever app an entry comes from.
ORDER = ("home", "cases", "work", "companies", "plans", "transport", "money", "region", "records")


@dataclass(frozen=True)
class NavItem:
    """One entry: ``key`` (one of ``ORDER``, also what a page names as its place), label and address."""

    key: str
    label: str | Promise
    url: str


def menu(actor: Actor) -> list[NavItem]:
    """The entries of every app's ``AppConfig.navigation(actor)``, in order; two of one key are an error."""
    found: dict[str, NavItem] = {}
    for config in apps.get_app_configs():
        offer = getattr(config, "navigation", None)
        for item in offer(actor) if offer else ():
            if item.key in found:
                raise ValueError(f"two menu entries are called {item.key}")
            found[item.key] = item
    return [found[key] for key in sorted(found, key=ORDER.index)]

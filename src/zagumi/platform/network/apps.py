"""The network app."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zagumi.platform.core.actor import Actor
from zagumi.platform.core.navigation import NavItem


class NetworkConfig(AppConfig):
    """Companies and what they can do."""

    name = "zagumi.platform.network"
    label = "network"
    verbose_name = _("Network")

    def ready(self) -> None:
        """Load the rules; keep the lists of processes and skills current after each migration."""
        from zagumi.platform.network import rules  # noqa: F401

        post_migrate.connect(load_lists, sender=self, dispatch_uid="network.lists")

    def navigation(self, actor: Actor) -> list[NavItem]:
        """The coordinator goes to all companies, a member to its own (from there to the others)."""
        from zagumi.platform.network.models import Company

        if actor.is_member and Company.objects.filter(party_id=actor.party_id or 0).exists():
            return [
                NavItem("companies", _("Our company"), reverse("network:company", args=[actor.party_code]), "factory")
            ]
        if actor.is_coordinator or actor.is_member:
            return [NavItem("companies", _("Members"), reverse("network:company-list"), "factory")]
        return []


def load_lists(using: str, **_kwargs: Any) -> None:
    """``post_migrate`` receiver: bring the rows of processes and skills up to the bundled lists."""
    from zagumi.platform.network.lists import load

    load(using)

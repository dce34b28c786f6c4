"""The cases app."""

from collections.abc import Iterator

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zagumi.platform.core.actor import Actor
from zagumi.platform.core.navigation import NavItem


class CasesConfig(AppConfig):
    """The register of cases."""

    name = "zagumi.platform.cases"
    label = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        """Load the rules."""
        from zagumi.platform.cases import rules  # noqa: F401

    def navigation(self, actor: Actor) -> Iterator[NavItem]:
        """The register: a board for the office, a list for buyers, the requests to members."""
        if actor.is_coordinator or actor.is_buyer:
            yield NavItem("cases", _("Cases"), reverse("cases:board"), "folder")
        elif actor.is_member:
            yield NavItem("cases", _("Requests"), reverse("cases:board"), "folder")

"""The shell app."""

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zagumi.platform.core.actor import Actor
from zagumi.platform.core.navigation import NavItem


class ShellConfig(AppConfig):
    """Home by role, search, help, and the root of the API."""

    name = "zagumi.platform.shell"
    label = "shell"
    verbose_name = _("Front of the house")

    def navigation(self, actor: Actor) -> list[NavItem]:
        """Where everybody begins; for a viewer that is the region's figures."""
        if actor.is_viewer:
            return [NavItem("region", _("The region in figures"), reverse("shell:home"), "chart")]
        from zagumi.platform.shell.queries import waiting

        return [NavItem("home", _("Today"), reverse("shell:home"), "home", waiting(actor))]

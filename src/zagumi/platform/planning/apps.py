"""The planning app."""

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zagumi.platform.core.actor import Actor
from zagumi.platform.core.navigation import NavItem


class PlanningConfig(AppConfig):
    """Runs of the solver, alternatives side by side, adopted plans and their schedules."""

    name = "zagumi.platform.planning"
    label = "planning"
    verbose_name = _("Planning")

    def ready(self) -> None:
        """Load the rules, and say on the pages of a case what planning knows of it."""
        from zagumi.platform.planning import on_case_pages, rules  # noqa: F401

        on_case_pages.register()

    def navigation(self, actor: Actor) -> list[NavItem]:
        """Plans for the coordinator, own work for a member."""
        if actor.is_coordinator:
            return [NavItem("plans", _("Plans"), reverse("planning:plans"), "calendar")]
        if actor.is_member:
            return [NavItem("work", _("Work"), reverse("planning:work"), "calendar")]
        return []

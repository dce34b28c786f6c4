"""The planning app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlanningConfig(AppConfig):
    """Runs of the solver, alternatives side by side, adopted plans and their schedules."""

    name = "zagumi.platform.planning"
    label = "planning"
    verbose_name = _("Planning")

    def ready(self) -> None:
        """Load the rules and what planning shows on the pages of a case."""
        from zagumi.platform.planning import rules  # noqa: F401

"""The cases app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """The register of cases."""

    name = "zagumi.platform.cases"
    label = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        """Load the rules."""
        from zagumi.platform.cases import rules  # noqa: F401

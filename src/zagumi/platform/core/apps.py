"""The core app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    """Actors, visibility, audit, files, jobs and the pages about a person's own access."""

    name = "zagumi.platform.core"
    label = "core"
    verbose_name = _("Core")

    def ready(self) -> None:
        """Load the rules and guard the append-only tables after each migration."""
        from zagumi.platform.core import append_only, rules  # noqa: F401

        post_migrate.connect(append_only.guard_after_migration, dispatch_uid="core.append_only")

"""The network app."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class NetworkConfig(AppConfig):
    """Companies and what they can do."""

    name = "zagumi.platform.network"
    label = "network"
    verbose_name = _("Network")

    def ready(self) -> None:
        """Load the rules; keep the lists of processes and skills current after each migration."""
        from zagumi.platform.network import rules  # noqa: F401

        post_migrate.connect(load_lists, sender=self, dispatch_uid="network.lists")


def load_lists(using: str, **_kwargs: Any) -> None:
    """``post_migrate`` receiver: bring the rows of processes and skills up to the bundled lists."""
    from zagumi.platform.network.lists import load

    load(using)

"""``python -m zagumi.platform <command>``: Django's own commands (migrate, makemigrations, shell …)."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run one management command with this project's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zagumi.platform.settings")
    execute_from_command_line(["zagumi.platform", *sys.argv[1:]])


if __name__ == "__main__":
    main()

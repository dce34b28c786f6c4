"""``flush`` that may also empty the append-only tables: erasing a whole database is the one way to do so."""

from typing import Any

from django.core.management.commands import flush
from django.db import connections

from zagumi.platform.core import append_only


class Command(flush.Command):
    """Django's ``flush`` with the append-only triggers lifted while it runs."""

    def handle(self, **options: Any) -> None:
        """Lift, empty every table, guard again."""
        connection = connections[options["database"]]
        present = set(connection.introspection.table_names())
        tables = [table for table in append_only.guarded_tables() if table in present]
        for table in tables:
            append_only.lift(connection, table)
        try:
            super().handle(**options)
        finally:
            for table in tables:
                append_only.guard(connection, table)

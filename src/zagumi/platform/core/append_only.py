"""Tables in which rows are only ever added: the audit log, issued documents, adopted plans.

``@append_only`` on a model refuses changes twice: ``save`` and ``delete`` of an existing row raise, and triggers
in the database refuse UPDATE and DELETE from whatever side they come. The triggers are put in place after every
``migrate`` (SQLite loses them when a migration rebuilds a table); a data migration that must touch such a table
lifts them with ``lift`` first.
"""

from typing import Any, TypeVar

from django.apps import AppConfig
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

M = TypeVar("M", bound=type[models.Model])

_guarded: list[type[models.Model]] = []


class AppendOnly(RuntimeError):
    """Somebody tried to change or remove a row of an append-only table."""


def append_only(model: M) -> M:
    """Class decorator: rows of ``model`` are added, never changed or removed."""
    original_save = model.save

    def save(self: models.Model, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly(f"{self._meta.label} rows are never changed")
        original_save(self, *args, **kwargs)

    def delete(self: models.Model, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly(f"{self._meta.label} rows are never removed")

    model.save = save  # type: ignore[method-assign]
    model.delete = delete  # type: ignore[method-assign]
    _guarded.append(model)
    return model


def guard_after_migration(app_config: AppConfig, using: str, **_kwargs: Any) -> None:
    """``post_migrate`` receiver: put the triggers of one app's append-only tables in place."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    for model in _guarded:
        if model._meta.app_label == app_config.label and model._meta.db_table in tables:
            guard(connection, model._meta.db_table)


def guard(connection: BaseDatabaseWrapper, table: str) -> None:
    """Make the database refuse UPDATE and DELETE on ``table``; harmless when it does already."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for verb in ("update", "delete"):
                cursor.execute(
                    f'CREATE TRIGGER IF NOT EXISTS "append_only_{verb}_{table}" BEFORE {verb.upper()} ON "{table}" '
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        else:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
                "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME "
                "USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
            cursor.execute(
                f'CREATE OR REPLACE TRIGGER "append_only_{table}" BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}" '
                "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
            )


def lift(connection: BaseDatabaseWrapper, table: str) -> None:
    """Take the triggers of ``table`` away (erasing a whole database; data migrations)."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for verb in ("update", "delete"):
                cursor.execute(f'DROP TRIGGER IF EXISTS "append_only_{verb}_{table}"')
        else:
            cursor.execute(f'DROP TRIGGER IF EXISTS "append_only_{table}" ON "{table}"')


def guarded_tables() -> list[str]:
    """The names of all append-only tables of the installed apps."""
    return [model._meta.db_table for model in _guarded]

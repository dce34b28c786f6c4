"""The bundled lists: processes and skills (kept as rows, because other rows point at them) and national holidays."""

import csv
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.db import connections

from zagumi.platform.core.models import localized
from zagumi.platform.network.models import Process, Skill

DATA = Path(__file__).parent / "data"


def _read(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def load(using: str = "default") -> None:
    """Insert or update every process and skill of the lists, by key; rows that left a list stay."""
    if Skill._meta.db_table not in connections[using].introspection.table_names():
        return  # migrated back to before this app
    parents: dict[str, Process] = {}
    for order, row in enumerate(_read("processes.csv")):
        fields = {name: row[name] for name in ("name", "name_en", "family", "symbol")}
        parents[row["key"]], _made = Process.objects.using(using).update_or_create(
            key=row["key"], defaults={**fields, "order": order, "parent": parents.get(row["parent"])}
        )
    for row in _read("skills.csv"):
        Skill.objects.using(using).update_or_create(
            key=row["key"],
            defaults={"name": row["name"], "name_en": row["name_en"], "process": parents[row["process"]]},
        )


@lru_cache(maxsize=1)
def _holidays() -> dict[date, tuple[str, str]]:
    return {date.fromisoformat(row["date"]): (row["name"], row["name_en"]) for row in _read("holidays.csv")}


def holiday(day: date) -> str:
    """The name of the national holiday on ``day`` in the reader's language; "" on other days."""
    return localized(*_holidays().get(day, ("", "")))


def is_holiday(day: date) -> bool:
    """Whether ``day`` is a national holiday of Japan (2024 to 2036; see data/README.md)."""
    return day in _holidays()

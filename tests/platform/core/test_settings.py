"""The settings: databases, and what is read from the environment."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from zagumi.platform.settings import _database

SHOW = """
from django.conf import settings as s
engine = s.DATABASES["default"]["ENGINE"]
print(engine, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.SECRET_KEY)
"""


def test_sqlite_lets_writers_wait_and_readers_pass(db: None) -> None:
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    with connection.cursor() as cursor:
        found = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in names}

    assert found == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 20000}
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_postgresql_is_described_by_its_address() -> None:
    found = _database("postgresql://me:p%40ss@db.example:6543/zagumi?sslmode=require", Path("/nowhere"))

    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"]) == ("me", "p@ss", "db.example", 6543)
    assert (found["NAME"], found["OPTIONS"]) == ("zagumi", {"sslmode": "require"})


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(ValueError, match="postgresql://"):
        _database("mysql://me@db/zagumi", Path("/nowhere"))


def show(folder: Path, **environment: str) -> list[str]:
    command = [sys.executable, "-m", "zagumi.platform", "shell", "--no-imports", "-c", SHOW]
    known = {name: value for name, value in os.environ.items() if not name.startswith(("ZAGUMI", "DATABASE"))}
    given = known | {"ZAGUMI_DATA_DIR": str(folder)} | environment
    return subprocess.run(command, env=given, capture_output=True, text=True, check=True).stdout.split()


def test_an_installation_makes_one_secret_key_and_keeps_it_private(tmp_path: Path) -> None:
    first, again, other = show(tmp_path / "a"), show(tmp_path / "a"), show(tmp_path / "b")

    assert first == again
    assert len(first[-1]) > 50
    assert first[-1] != other[-1]
    assert stat.S_IMODE((tmp_path / "a" / "secret.key").stat().st_mode) == 0o600


def test_https_turns_secure_cookies_redirect_and_hsts_on(tmp_path: Path) -> None:
    assert show(tmp_path)[1:4] == ["False", "False", "0"]
    assert show(tmp_path, ZAGUMI_HTTPS="1")[1:4] == ["True", "True", "31536000"]


def test_settings_are_read_without_a_database(tmp_path: Path) -> None:
    assert show(tmp_path, DATABASE_URL="postgresql://nobody@192.0.2.1:1/none")[0].endswith("postgresql")

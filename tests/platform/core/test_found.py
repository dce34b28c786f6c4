"""`zagumi found`: how an installation of one's own begins."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

GIVEN = ("--code", "minato", "--name", "みなと連携(架空)", "--office", "みなと商工会議所(架空)", "--person", "港 一")


def found(folder: Path, *words: str, password: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "zagumi", "--lang", "en", "found", *words, "--password-stdin"],
        env=os.environ | {"ZAGUMI_DATA_DIR": str(folder), "DATABASE_URL": ""},
        input=f"{password}\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def counted(folder: Path) -> tuple[int, ...]:
    with sqlite3.connect(folder / "zagumi.sqlite3") as database:
        tables = ("core_network", "core_user", "core_seat", "core_party")
        return tuple(database.execute(f"select count(*) from {table}").fetchone()[0] for table in tables)


def test_a_network_is_founded_once_and_bad_input_leaves_nothing(tmp_path: Path) -> None:
    weak = found(tmp_path, *GIVEN, "--sign-in", "minato", password="1234")
    assert weak.returncode == 2
    assert "--password-stdin" in weak.stderr
    assert "1234" not in weak.stderr
    assert counted(tmp_path) == (0, 0, 0, 0)

    well = found(tmp_path, *GIVEN, "--sign-in", "minato", password="kamome-to-hashi-27")
    assert well.returncode == 0, well.stderr
    assert "zagumi serve" in well.stdout
    assert counted(tmp_path) == (1, 1, 1, 1)

    again = found(tmp_path, *GIVEN, "--sign-in", "minato2", password="kamome-to-hashi-27")
    assert again.returncode == 2
    assert "--code minato" in again.stderr
    assert counted(tmp_path) == (1, 1, 1, 1)

"""`zagumi demo` as a stranger runs it: a process that builds, serves, answers, and leaves nothing behind."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[3]
SLOW = 240.0
"""Seconds; generous, because the machine may be doing other things."""


def environment(folder: Path) -> dict[str, str]:
    """Nothing of the tests' own installation."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("ZAGUMI_", "DJANGO_", "DATABASE_"))
    }
    return {**kept, "XDG_DATA_HOME": str(folder), "PYTHONUNBUFFERED": "1", "LC_ALL": "C.UTF-8"}


def run_demo(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "zagumi", "demo", *words],
        env=environment(folder),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SLOW,
        check=False,
    )


def processes_of(folder: Path) -> list[str]:
    """Commands of processes that carry the demo's folder in their environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if f"XDG_DATA_HOME={folder}\0".encode() in (entry / "environ").read_bytes():
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


def gone(folder: Path) -> bool:
    until = time.monotonic() + 15
    while processes_of(folder) and time.monotonic() < until:
        time.sleep(0.2)
    return not processes_of(folder)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's data folder with a built town in it."""
    folder = tmp_path_factory.mktemp("data")
    ended = run_demo("--once", "--seconds", "2", "--lang", "en", folder=folder)
    assert ended.returncode == 0, ended.stdout
    for expected in (
        "Planning the first case",
        "The town is open: http://127.0.0.1:",
        "佐伯 恵",
        "One request answered: 200",
    ):
        assert expected in ended.stdout
    assert gone(folder), processes_of(folder)
    return folder


def test_once_builds_plans_serves_answers_and_ends(home: Path) -> None:
    town = home / "zagumi" / "demo"
    assert (town / "zagumi.sqlite3").exists()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d\n", (town / "demo-town").read_text())


def test_a_second_start_finds_the_town(home: Path) -> None:
    before = (home / "zagumi" / "demo" / "zagumi.sqlite3").stat().st_ino
    ended = run_demo("--once", "--lang", "ja", folder=home)
    assert ended.returncode == 0, ended.stdout
    assert "町を作っています" not in ended.stdout
    assert "町が開きました" in ended.stdout
    assert (home / "zagumi" / "demo" / "zagumi.sqlite3").stat().st_ino == before
    assert gone(home)


def opened_at(running: subprocess.Popen[str]) -> str:
    """The address a demo prints, once it has introduced everybody."""
    assert running.stdout is not None
    address = ""
    for line in running.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
            address = found[0]
        if line.startswith("Ctrl-C"):
            break
    return address


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_on_a_free_port(home: Path, how: signal.Signals) -> None:
    command = [sys.executable, "-m", "zagumi", "demo", "--lang", "en"]
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, env=environment(home), cwd=ROOT, **output) as running:  # type: ignore[call-overload]
        try:
            address = opened_at(running)
            with urlopen(f"{address}accounts/login/", timeout=30) as answer:
                assert answer.status == 200
                assert "佐伯" in answer.read().decode()
            again = run_demo("--reset", "--once", "--lang", "en", folder=home)
            assert again.returncode == 2
            assert "A demo is using" in again.stdout
        finally:
            running.send_signal(how)
            assert running.stdout is not None
            running.stdout.read()
        assert running.wait(SLOW) == 0
    assert gone(home), processes_of(home)


def test_the_folder_of_a_real_installation_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "real"
    folder.mkdir()
    (folder / "zagumi.sqlite3").write_bytes(b"somebody's")
    ended = run_demo("--reset", "--once", "--data-dir", str(folder), "--lang", "en", folder=tmp_path)
    assert ended.returncode == 2
    assert "holds an installation of its own" in ended.stdout
    assert [path.name for path in folder.iterdir()] == ["zagumi.sqlite3"]

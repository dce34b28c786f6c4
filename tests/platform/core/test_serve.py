"""The serve command: pages, static files and worker come up together and end together."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

COMMAND = """
import argparse, sys
from zagumi.cli import serve
parser = argparse.ArgumentParser()
serve.add_to(parser.add_subparsers())
arguments = parser.parse_args()
sys.exit(arguments.run(arguments))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(port: int, path: str) -> tuple[HTTPResponse, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read().decode(errors="replace")
    connection.close()
    return answer, body


def children(pid: int) -> list[int]:
    """The living processes started by ``pid`` or by its children."""
    found: list[int] = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                child = int(stat.parent.name)
                found += [child, *children(child)]
    return found


@contextmanager
def serving(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    environment = os.environ | {"ZAGUMI_DATA_DIR": str(folder), "ZAGUMI_STATIC": ""}
    process = subprocess.Popen([sys.executable, "-c", COMMAND, "serve", "--port", str(port)], env=environment)
    try:
        for _attempt in range(600):
            assert process.poll() is None, "the server ended by itself"
            with suppress(OSError):
                if get(port, "/healthz")[0].status == 200:
                    break
            time.sleep(0.1)
        yield process, port
    finally:
        process.kill()
        process.wait()


def worker_among(pids: list[int]) -> list[int]:
    found = []
    for pid in pids:
        with suppress(OSError):  # it may have ended since it was listed
            if b"zagumi.cli.worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


def wait_until_gone(pids: list[int]) -> None:
    """Orphans that have ended stay in the list of processes until the system has taken note of them."""
    latest = time.monotonic() + 20
    while left := [pid for pid in pids if Path(f"/proc/{pid}").exists()]:
        assert time.monotonic() < latest, f"these live on: {left}"
        time.sleep(0.1)


def test_everything_comes_up_and_goes_down_together(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, port):
        answer, page = get(port, "/accounts/login/")
        assert answer.status == 200
        sheets = re.findall(r'href="(/static/css/[\w-]+\.[0-9a-f]{12}\.css)"', page)
        assert sheets, "style sheets are not fingerprinted"
        sheet, _text = get(port, sheets[0])
        assert sheet.status == 200
        assert "immutable" in sheet.headers["Cache-Control"]

        family = children(process.pid)
        (worker,) = worker_among(family)
        os.kill(worker, signal.SIGKILL)
        latest = time.monotonic() + 20
        while worker_among(children(process.pid)) in ([], [worker]):
            assert time.monotonic() < latest, "no worker came back"
            time.sleep(0.1)

        family = children(process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        wait_until_gone(family)


def test_a_port_in_use_is_refused_with_a_word(tmp_path: Path) -> None:
    with serving(tmp_path / "one") as (_process, port):
        command = [sys.executable, "-m", "zagumi", "--lang", "en", "serve", "--port", str(port)]
        environment = os.environ | {"ZAGUMI_DATA_DIR": str(tmp_path / "two"), "ZAGUMI_STATIC": ""}
        second = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert second.returncode == 2
        assert f"127.0.0.1:{port}" in second.stderr
        assert not (tmp_path / "two").exists()


def test_a_server_that_is_killed_takes_all_its_processes_along(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, _port):
        family = children(process.pid)
        assert len(family) >= 2
        process.kill()
        process.wait()
        wait_until_gone(family)

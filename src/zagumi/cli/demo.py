"""``zagumi demo``: an invented town in the browser, with a past, people to be and cases to plan."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from zagumi.cli import console
from zagumi.cli.console import BAD_INPUT, say
from zagumi.cli.console.parser import positive

if TYPE_CHECKING:
    from zagumi.platform.planning.models import Run

HOST = "127.0.0.1"
USUAL_PORT = 8000
MARK = "demo-town"
"""A file that says whose the folder is, when its town was built, and (locked) that a demo uses it."""
MADE = ("zagumi.sqlite3", "zagumi.sqlite3-wal", "zagumi.sqlite3-shm", "files", "cache", "mail")
PAST_SECONDS = 3
"""For the search that lies in the town's past; nobody waits to see it."""
START_SECONDS = 60.0


def add_to(subparsers: Any) -> None:
    """Add the ``demo`` command."""
    parser = subparsers.add_parser(
        "demo",
        help="show an invented town in the browser",
        description="Build an invented town, plan its first case, and serve it until Ctrl-C. "
        "It lives in a folder of its own; nothing else on this machine is touched.",
    )
    parser.add_argument("--reset", action="store_true", help="build the town anew, around today's date")
    parser.add_argument("--once", action="store_true", help="build, plan, serve, ask for one page, and end")
    parser.add_argument("--port", type=positive, metavar="N", help="port to serve at (default: 8000, else a free one)")
    parser.add_argument("--data-dir", metavar="DIR", help="folder of the town (default: in the user's data folder)")
    parser.add_argument(
        "--seconds", type=positive, default=6, metavar="N", help="seconds to plan the first case (default: %(default)s)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Build the town when it is not there, then serve it until SIGTERM or Ctrl-C."""
    folder = _folder(args.data_dir)
    with _claimed(folder, reset=args.reset) as mark:
        if mark is None:
            return BAD_INPUT
        os.environ.update(ZAGUMI_DATA_DIR=str(folder), ZAGUMI_DEMO="1", DATABASE_URL="")
        from zagumi.cli.serve import WorkerProcess, prepare, serve_pages

        prepare()
        if not mark.read():
            _build(args.seconds)
            mark.write(f"{time.strftime('%Y-%m-%d')}\n")
            mark.flush()
        else:
            _hint_at_age(folder)
        fcntl.flock(mark, fcntl.LOCK_SH)
        held = _claimed_port(args.port)
        if held is None:
            return BAD_INPUT
        with held:
            visitor = _Visitor(held.getsockname()[1], is_once=args.once)
            threading.Thread(target=visitor.visit, name="visitor", daemon=True).start()
            with WorkerProcess():
                serve_pages(HOST, visitor.port, threads=4)
    return 0 if visitor.is_content or not args.once else console.FAULT


# --------------------------------------------------------------------------------------------------------- the folder


def _folder(given: str | None) -> Path:
    if given or os.environ.get("ZAGUMI_DATA_DIR"):
        return Path(given or os.environ["ZAGUMI_DATA_DIR"]).absolute()
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "zagumi" / "demo"


@contextmanager
def _claimed(folder: Path, *, reset: bool) -> Iterator[TextIO | None]:
    """The folder's mark, at its beginning, locked while the town is built; None when the folder cannot be had.

    The mark holds the day on which the town was finished. Without one, what is there is half a town and goes.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (folder / MADE[0]).exists() and not (folder / MARK).exists():
        console.complain(
            say("{folder} holds an installation of its own. Choose another folder with --data-dir.", folder=folder)
        )
        yield None
        return
    with (folder / MARK).open("a+", encoding="utf-8") as mark:
        mark.seek(0)
        wants_all = reset or not mark.read()
        try:
            fcntl.flock(mark, (fcntl.LOCK_EX if wants_all else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            console.complain(say("A demo is using {folder}. End it first, or choose --data-dir.", folder=folder))
            yield None
            return
        if wants_all:
            mark.truncate(0)
            _clear(folder)
        mark.seek(0)
        yield mark


def _clear(folder: Path) -> None:
    for name in MADE:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _hint_at_age(folder: Path) -> None:
    built = (folder / MARK).read_text(encoding="utf-8").strip()
    if built != time.strftime("%Y-%m-%d"):
        print(say("The town was built on {day}; --reset moves its dates to today.", day=built), flush=True)


# ------------------------------------------------------------------------------------------------------------ the town


def _build(seconds: int) -> None:
    """Tell the town's story with its two plans, saying what happens."""
    import logging

    from zagumi.platform.shell.demo.telling import Telling

    logging.getLogger("zagumi.jobs").setLevel(logging.WARNING)
    begun = time.monotonic()
    print(say("Building the town: 40 companies, 3 buyers, 12 cases …"), flush=True)
    telling = Telling(watch=_watched)
    telling.begin()
    print(say("Planning the work at hand …"), flush=True)
    telling.plan_work_at_hand(seconds=PAST_SECONDS)
    telling.go_on()
    print(say("Planning the first case …"), flush=True)
    _show(telling.plan_first_case(seconds=seconds), telling)
    telling.ask_for_more(seconds=seconds)
    print(say("The town stands after {seconds} s.", seconds=round(time.monotonic() - begun)), flush=True)


@contextmanager
def _watched(run: Run) -> Iterator[None]:
    """Show how a search goes while it goes: one line that changes on a terminal, a line now and then elsewhere."""
    over = threading.Event()
    thread = threading.Thread(target=_follow, args=(run.job_id, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _follow(job: int, over: threading.Event) -> None:
    from django.db import connection

    from zagumi.platform.core.models import Job

    live, said = sys.stdout.isatty(), ""
    try:
        while not over.wait(0.5):
            data = Job.objects.filter(pk=job).values_list("data", flat=True).first() or {}
            if data.get("objective") is None:
                continue
            line = "  " + say(
                "{seconds} s: best {objective}, bound {bound}, gap {gap}",
                seconds=f"{data['seconds']:.1f}",
                objective=f"{data['objective']:,}",
                bound=f"{data['bound']:,}",
                gap=console.language().percent(data["gap"], 1),
            )
            if live:
                print(f"\r\033[K{line}", end="", flush=True)
            elif line.split(":")[1:] != said.split(":")[1:]:
                print(line, flush=True)
            said = line
    finally:
        if live and said:
            print(flush=True)
        connection.close()


def _show(run: Run, telling: Any) -> None:
    """The alternatives of a finished search, side by side."""
    from django.utils import translation
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    from zagumi.platform.core.templatetags.ui import duration, moment, money, percent
    from zagumi.platform.planning.queries import run_page

    with translation.override(console.language().code):
        page = run_page(telling.town.office, run.code)
        table = Table(box=SIMPLE, title=f"{page.cases[0].code} {page.cases[0].title}", title_justify="left")
        for heading in (say("Plan"), say("Done"), say("Slack"), say("On time"), say("Cost"), say("Companies")):
            table.add_column(heading)
        for column in page.columns:
            table.add_row(
                column.label,
                moment(column.completion),
                duration(column.slack_minutes),
                percent(column.on_time),
                money(column.cost_yen),
                str(column.companies),
            )
        Console().print(table if page.columns else say("No plan was found: {why}", why=", ".join(page.reasons)))


# ---------------------------------------------------------------------------------------------------------- the server


def _claimed_port(given: int | None) -> socket.socket | None:
    """The port asked for, held; else the usual one if it is free; else one that is. None, with a word: none of them."""
    from zagumi.cli.serve import claim

    for wanted in (given,) if given else (USUAL_PORT, 0):
        try:
            return claim(HOST, wanted)
        except OSError as error:
            why = error.strerror or str(error)
    console.complain(
        say("Cannot listen at {host}:{port} ({why}). Choose with --port.", host=HOST, port=given or USUAL_PORT, why=why)
    )
    return None


class _Visitor:
    """Waits until the pages are served, says where and as whom to come in; with ``--once`` comes in and ends it all."""

    def __init__(self, port: int, *, is_once: bool) -> None:
        self.port = port
        self.is_content = False
        self._is_once = is_once
        self._address = f"http://{HOST}:{port}/"

    def visit(self) -> None:
        """Called in a thread of its own."""
        try:
            if not self._is_served():
                console.complain(say("The pages did not answer within {seconds} s.", seconds=round(START_SECONDS)))
                return
            self._introduce()
            if self._is_once:
                self.is_content = self._comes_in()
        finally:
            if self._is_once:
                os.kill(os.getpid(), signal.SIGTERM)

    def _is_served(self) -> bool:
        from urllib.error import URLError
        from urllib.request import urlopen

        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                with urlopen(f"{self._address}healthz", timeout=5) as answer:
                    return bool(answer.status == 200)
            except (URLError, OSError):
                time.sleep(0.2)
        return False

    def _introduce(self) -> None:
        from django.db import connection
        from django.utils import translation

        from zagumi.platform.core.queries import demo_seats

        with translation.override(console.language().code):
            print("\n" + say("The town is open: {address}", address=self._address))
            print(say("Come in as one of these people (no password):"))
            for seat in demo_seats():
                print(f"  {seat.get_role_display()}  {seat.user}  {seat.party.short}")
            print(say("Ctrl-C ends everything."), flush=True)
        connection.close()

    def _comes_in(self) -> bool:
        """Whether the sign-in page and, signed in as the first person, the home answer with 200."""
        import http.cookiejar
        import re
        from urllib.parse import urlencode
        from urllib.request import HTTPCookieProcessor, build_opener

        browser = build_opener(HTTPCookieProcessor(http.cookiejar.CookieJar()))
        with browser.open(f"{self._address}accounts/login/", timeout=30) as answer:
            page = answer.read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        seat = re.search(r'name="seat" value="(\d+)"', page)
        if answer.status != 200 or token is None or seat is None:
            console.complain(say("The sign-in page answered {status}.", status=answer.status))
            return False
        form = urlencode({"csrfmiddlewaretoken": token[1], "seat": seat[1], "next": "/"}).encode()
        with browser.open(f"{self._address}demo/sign-in", form, timeout=30) as answer:
            home = answer.read().decode()
        print(
            say("One request answered: {status}, {size} characters.", status=answer.status, size=len(home)), flush=True
        )
        return bool(answer.status == 200 and answer.url == self._address)

"""``zagumi serve``: the platform on one machine: web server and worker, ended together."""

import argparse
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import nullcontext
from importlib import import_module
from typing import Any

from zagumi.cli import console
from zagumi.cli.console import BAD_INPUT, say
from zagumi.cli.worker import when_alone

log = logging.getLogger("zagumi.serve")

RESTART_SECONDS = 2.0


def add_to(subparsers: Any) -> None:
    """Add the ``serve`` command."""
    parser = subparsers.add_parser("serve", help="serve the platform: web pages, API and background work")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default: this machine only)")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--threads", type=int, default=8, help="requests answered at the same time")
    parser.add_argument("--no-worker", action="store_true", help="background work is done by `zagumi worker` elsewhere")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Bring the database up to date, collect static files, then serve until SIGTERM or Ctrl-C."""
    try:
        port = claim(args.host, args.port)
    except OSError as error:
        why = error.strerror or str(error)
        console.complain(
            say("Cannot listen at {host}:{port} ({why}). Choose with --port.", host=args.host, port=args.port, why=why)
        )
        return BAD_INPUT
    with port:
        prepare()
        with nullcontext() if args.no_worker else WorkerProcess():
            serve_pages(args.host, args.port, args.threads)
    return 0


def claim(host: str, port: int) -> socket.socket:
    """Hold a port (0: any free one) for ``serve_pages`` of this process, until the socket is closed.

    The server shares its port with whoever else asks for it in the same way, so that two servers would answer in turn.
    What is held here is refused to the next claim, and opened to sharing only once it is ours.

    Raises:
        OSError: the port is taken, or not ours to have.
    """
    family, kind, _protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    held = socket.socket(family, kind)
    try:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(address)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    except OSError:
        held.close()
        raise
    return held


def prepare() -> None:
    """Build what is not built, set Django up in this process, migrate, collect static files; safe to repeat.

    Must come before anything else in the process reads the platform's settings.
    """
    from zagumi.prepare import ensure

    ensure()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zagumi.platform.settings")
    os.environ["ZAGUMI_STATIC"] = "1"
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    connections.close_all()


def serve_pages(host: str, port: int, threads: int = 8) -> None:
    """Serve until SIGTERM or SIGINT, after ``prepare``."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    server = Granian(
        "zagumi.platform.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=threads,
        backpressure=threads * 4,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
    )
    main = os.getpid()

    def application(_target: str) -> Any:
        """The application, loaded in a server process that must not outlive this one."""
        when_alone(main, lambda: os.kill(os.getpid(), signal.SIGKILL))
        return import_module("zagumi.platform.wsgi").application

    server.serve(target_loader=application)


class WorkerProcess:
    """A worker that lives as long as the ``with`` block: started again when it dies, ended when this process does."""

    def __enter__(self) -> "WorkerProcess":
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="worker-process", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._over.set()
        with self._lock:
            if self._process and self._process.poll() is None:
                self._process.terminate()
        self._thread.join()

    def _keep(self) -> None:
        while not self._over.is_set():
            with self._lock:
                if self._over.is_set():
                    return
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "zagumi.cli.worker", "worker", "--parent", str(os.getpid())],
                    stdin=subprocess.DEVNULL,
                    # Ctrl-C is for the server, which then ends the worker in good order.
                    start_new_session=True,
                )
            code = self._process.wait()
            if not self._over.is_set():
                log.error("the worker died (%s); starting another", code)
                self._over.wait(RESTART_SECONDS)

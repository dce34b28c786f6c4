"""``zagumi worker``: does the background work of an installation until it is told to stop."""

import argparse
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

log = logging.getLogger("zagumi.jobs")


def add_to(subparsers: Any) -> None:
    """Add the ``worker`` command."""
    parser = subparsers.add_parser("worker", help="do the background work of the platform until told to stop")
    parser.add_argument("--once", action="store_true", help="do what is waiting, then end")
    parser.add_argument("--parent", type=int, metavar="PID", help="end when this process, which started it, has ended")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Work until SIGTERM or SIGINT; the job at hand goes back to the queue. A second signal ends at once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zagumi.platform.settings")
    import django

    django.setup()
    from zagumi.platform.core.jobs.worker import Worker

    worker = Worker()

    def end(_signal: int, _frame: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        worker.stop()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    if args.parent:
        when_alone(args.parent, worker.stop)
    log.info("worker %s is ready", worker.name)
    if args.once:
        worker.drain()
    else:
        worker.run()
    log.info("worker %s has ended", worker.name)
    return 0


def when_alone(parent: int, then: Callable[[], None]) -> None:
    """Call ``then`` once ``parent`` is no longer this process's parent, that is, has ended."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        then()

    threading.Thread(target=watch, name="parent", daemon=True).start()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m zagumi.cli.worker")
    add_to(parser.add_subparsers(required=True))
    arguments = parser.parse_args()
    sys.exit(arguments.run(arguments))

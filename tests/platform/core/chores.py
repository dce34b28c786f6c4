"""Jobs of the tests, and a worker process that does them: ``python -m tests.platform.core.chores``.

Their results are parties called after the job, so that counting parties tells how often a result was stored.
"""

import os
import signal
import sys
import time
from pathlib import Path

import django


def main() -> None:
    """A worker with a short lease that goes on until SIGTERM."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zagumi.platform.settings")
    django.setup()
    from zagumi.platform.core.jobs.worker import Worker

    declare()
    worker = Worker(lease_seconds=float(sys.argv[1]), backoff_seconds=0.1)
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    worker.run()


def declare() -> None:
    """Make the jobs known, once in a process."""
    from zagumi.platform.core.jobs import registry

    if "test.add" in registry._kinds:
        return
    for name, function in (
        ("test.add", add),
        ("test.slow", slow),
        ("test.stubborn", stubborn),
        ("test.fail", fail),
        ("test.hopeless", hopeless),
        ("test.shaky", shaky),
        ("test.late", late),
        ("test.inside", inside),
        ("test.finish", finish),
    ):
        registry.job(name)(function)


def _store(ctx, name: str, **options) -> None:
    from zagumi.platform.core import services

    with ctx.fenced(last=True):
        services.add_party(ctx.actor, kind="company", name=name)


def add(ctx, *, numbers: list[int]) -> None:
    heard: list[object] = []
    total = ctx.run_child("tests.platform.core.sums:add", tuple(numbers), on_message=heard.append)
    assert heard == [{"so far": numbers[0]}]
    _store(ctx, f"sum {total}")


def slow(ctx, *, folder: str, seconds: float) -> None:
    Path(folder, f"begun-{ctx.fence}-{os.getpid()}").touch()
    ctx.run_child("tests.platform.core.sums:note_and_sleep", (folder, seconds))
    _store(ctx, "slept")


def stubborn(ctx, *, folder: str) -> None:
    ctx.run_child("tests.platform.core.sums:hold_the_interpreter", (folder,))


def fail(ctx, *, attempts_needed: int) -> None:
    if ctx.job.attempts < attempts_needed:
        ctx.run_child("tests.platform.core.sums:fail")
    _store(ctx, "in the end")


def hopeless(ctx) -> None:
    from zagumi.platform.core.jobs import JobFailed

    raise JobFailed("No company can do %(process)s.", process="lapping")


def shaky(ctx) -> None:
    raise ConnectionError("cable pulled")


def late(ctx, *, folder: str) -> None:
    """Ignores every sign until told by a file, then tries to store its result."""
    Path(folder, f"begun-{ctx.fence}-{os.getpid()}").touch()
    while not Path(folder, f"go-{ctx.fence}").exists():
        time.sleep(0.02)
    try:
        ctx._lease.lost.clear()  # as if this worker had noticed nothing
        _store(ctx, "late")
    finally:
        Path(folder, f"tried-{ctx.fence}").touch()


def inside(ctx, *, folder: str) -> None:
    """Dies in the middle of storing."""
    from zagumi.platform.core import services

    with ctx.fenced(last=True):
        services.add_party(ctx.actor, kind="company", name="inside")
        if ctx.job.attempts == 1:
            os.kill(os.getpid(), signal.SIGKILL)


def finish(ctx) -> None:
    _store(ctx, ctx.run_child("tests.platform.core.sums:until_told"))


if __name__ == "__main__":
    main()

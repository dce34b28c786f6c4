"""Work for child processes of the tests. Like all such work it knows no Django."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from zagumi.platform.core.child import Channel


def add(channel: Channel, *numbers: int) -> int:
    """The sum, with a word on the way."""
    channel.progress(0.5, "halfway through %(count)s numbers", {"count": len(numbers)})
    channel.send({"so far": numbers[0]})
    return sum(numbers)


def until_told(channel: Channel) -> str:
    """Goes on until somebody wants the best so far."""
    while not channel.finishing():
        time.sleep(0.02)
    return "best so far"


def sleep(channel: Channel, seconds: float) -> str:
    """Sleeps, having said so."""
    channel.progress(0.1, "asleep")
    time.sleep(seconds)
    return "slept"


def note_and_sleep(channel: Channel, folder: str, seconds: float) -> str:
    """Leaves a file named after the process and one for a process of its own, then sleeps."""
    own = subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({seconds})"])
    for pid in (os.getpid(), own.pid):
        Path(folder, f"child-{pid}").touch()
    time.sleep(seconds)
    return "slept"


def hold_the_interpreter(channel: Channel, folder: str) -> None:
    """Computes in one step that lets no other thread of its process run."""
    Path(folder, f"child-{os.getpid()}").touch()
    pow(3, 10**9)


def fail(channel: Channel) -> None:
    """Raises."""
    raise ValueError("no such machine")


def die(channel: Channel) -> None:
    """Ends without a word."""
    os._exit(7)


def eat(channel: Channel, megabytes: int) -> int:
    """Takes memory and keeps it for a while."""
    taken = bytearray(megabytes * 1_000_000)
    taken[::4096] = b"x" * len(taken[::4096])
    time.sleep(30)
    return len(taken)


def environment(channel: Channel) -> dict[str, Any]:
    """What this process knows of the world."""
    secret = [name for name in os.environ if name.startswith(("DATABASE", "ZAGUMI", "DJANGO"))]
    return {"secret": secret, "django": "django" in sys.modules, "session": os.getsid(0) == os.getpid()}

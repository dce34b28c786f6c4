"""One door to every file that can be planned: by the name of its format, or by looking at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from zagumi.engine.errors import FileError
from zagumi.engine.files import load_problem
from zagumi.engine.problem import Problem
from zagumi.engine.read.dfjsp import KEYS as DFJSP_KEYS
from zagumi.engine.read.dfjsp import read_dfjsp
from zagumi.engine.read.fjsp import read_fjsp, read_fjsp_transport
from zagumi.engine.read.network import KEYS as NETWORK_KEYS
from zagumi.engine.read.network import read_network
from zagumi.engine.read.shoplog.actual import Actual
from zagumi.engine.read.source import Source, read_bytes

NUMBERED = frozenset({"fjsp", "fjsp-transport", "dfjsp", "network"})
HEAD_BYTES = 4096


@dataclass(frozen=True)
class Given:
    """A problem read from a file, and which format the file had.

    Attributes:
        actual: what really happened, when the file is a log of it.
    """

    problem: Problem
    format: str
    actual: Actual | None = None

    @property
    def is_numbered(self) -> bool:
        """Whether the problem's ids of operations and machines are the file's own numbers from 0."""
        return self.format in NUMBERED


def _workbook(path: Path) -> Given:
    from zagumi.engine.read.case_workbook import read_problem  # openpyxl is slow to load

    return Given(read_problem(path), "workbook")


def _shoplog(path: Path) -> Given:
    from zagumi.engine.read.shoplog.problem import read_shoplog

    log = read_shoplog(path)
    return Given(log.problem, "shoplog", log.actual)


READERS: dict[str, Callable[[Path], Given]] = {
    "problem": lambda path: Given(load_problem(path), "problem"),
    "fjsp": lambda path: Given(read_fjsp(path), "fjsp"),
    "fjsp-transport": lambda path: Given(read_fjsp_transport(path), "fjsp-transport"),
    "dfjsp": lambda path: Given(read_dfjsp(path), "dfjsp"),
    "network": lambda path: Given(read_network(path), "network"),
    "workbook": _workbook,
    "shoplog": _shoplog,
}


def read_file(path: Path, form: str = "auto") -> Given:
    """Read a file that can be planned.

    Args:
        form: a name of ``READERS``, or ``auto`` to look at the file.

    Raises:
        FileError: naming file, place, what was given and what was expected.
        ProblemError: when a workbook is sound but cannot be planned.
    """
    head = read_bytes(path, HEAD_BYTES)  # every reader may trust that there is a file
    return READERS[_detect(path, head) if form == "auto" else form](path)


def detect(path: Path) -> str:
    """The format of a file by what stands in it.

    Raises:
        FileError: when it is none of the known ones, or cannot be read.
    """
    return _detect(path, read_bytes(path, HEAD_BYTES))


def _detect(path: Path, head: bytes) -> str:
    if head.startswith(b"PK"):
        return "workbook"
    if head.startswith(b"\x1f\x8b"):
        return "problem"  # gzipped
    source = Source.open(path)
    start = source.text[:HEAD_BYTES].lstrip()
    if start.startswith("{"):
        return _of_json(source.text)
    if "Case ID" in start.splitlines()[0]:
        return "shoplog"
    return _of_text(source)


def _of_json(text: str) -> str:
    """By its keys, without parsing what may be a hundred megabytes twice."""
    if '"zagumi-problem"' in text[:HEAD_BYTES]:
        return "problem"
    if all(f'"{key}"' in text for key in DFJSP_KEYS):
        return "dfjsp"
    return "network" if all(f'"{key}"' in text for key in NETWORK_KEYS) else "problem"


def _of_text(source: Source) -> str:
    """By how many lines the heading promises."""
    lines = source.lines()
    words = lines[0].words if lines else ()
    if len(words) < 3 or not all(word.isdigit() for word in words[:3]):
        raise FileError(
            source.file,
            f"line {lines[0].number if lines else 1}",
            " ".join(words)[:60],
            f"a file of {', '.join(READERS)}",
        )
    operations, precedences, machines = (int(word) for word in words[:3])
    if len(lines) == 1 + precedences + operations + machines:
        return "fjsp-transport"
    second = lines[1].words if len(lines) > 1 else ()
    if len(lines) != 1 + precedences + operations and len(second) == 3 and second[:2] == ("1", "1"):
        return "dfjsp"
    return "fjsp"

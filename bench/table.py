"""A table of measurements: above it what was measured, when and on what; each line on the screen once it is known.

Every file of this folder measures one. ``run.py`` puts them together.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "bench" / "results"


@dataclass
class Table:
    """Kept as ``NAME.md`` when everything was measured; what was interrupted leaves the last one in its place.

    Attributes:
        name: of the file; ``title`` and ``columns`` are what people read.
        measured: how, as a sentence or several, after the date, the commit and the machine.
        packages: beside Python, whose versions say what was measured.
        folder: where it is kept.
    """

    name: str
    title: str
    columns: Sequence[str]
    measured: str
    packages: Sequence[str] = ()
    folder: Path = RESULTS
    _lines: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        head = f"# {self.title}\n\n{where(self.packages)}, {self.measured}\n\n"
        self._say(f"{head}| {' | '.join(self.columns)} |\n|{'---|' * len(self.columns)}\n")
        return self

    def __exit__(self, failure: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if failure is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / f"{self.name}.md").write_text("".join(self._lines), encoding="utf-8")

    def row(self, *cells: object) -> None:
        """Add a line; None is shown as a dash.

        Raises:
            ValueError: it has not as many cells as there are columns.
        """
        if len(cells) != len(self.columns):
            raise ValueError(f"a row of {self.name}: {len(cells)} cells, expected {len(self.columns)}")
        self._say(f"| {' | '.join('-' if cell is None else str(cell) for cell in cells)} |\n")

    def note(self, text: str) -> None:
        """Add a sentence below the lines so far."""
        self._say(f"\n{text}\n")

    def _say(self, text: str) -> None:
        self._lines.append(text)
        sys.stdout.write(text)
        sys.stdout.flush()


def where(packages: Sequence[str] = ()) -> str:
    """The date, the commit, the versions and the machine, for the head of a table."""
    words = ["git", "rev-parse", "--short", "HEAD"]
    found = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    versions = [f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in packages)]
    load = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    commit = found.stdout.strip() or "unknown"
    return f"{datetime.now(UTC):%Y-%m-%d}, commit {commit}, {', '.join(versions)}, {os.cpu_count()} cores{load}"


def command_line(said: str | None) -> argparse.ArgumentParser:
    """What every table's command line knows."""
    parser = argparse.ArgumentParser(description=said, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=RESULTS, help="the folder for the table")
    return parser

"""The search as it goes, on standard error: a live bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any

from zagumi.cli.console import clustered, language, say
from zagumi.engine.solve.result import Progress

if TYPE_CHECKING:
    from zagumi.engine.solve.cluster.cluster import Cluster

LINE_SECONDS = 5.0


class Watch:
    """Takes the search's reports: keeps those that belong to the curve, and shows where it is."""

    def __init__(self, seconds: float, cluster: Cluster | None = None) -> None:
        self.history: list[Progress] = []
        self._limit = seconds
        self._cluster = cluster
        self._bar: Any = None
        self._task: Any = None
        self._said = -LINE_SECONDS
        self._begun = time.monotonic()

    def __enter__(self) -> Watch:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as Bar

            self._bar = Bar(
                TimeElapsedColumn(),
                BarColumn(bar_width=24),
                TextColumn("{task.description}"),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task(say("searching …"), total=self._limit)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, moment: Progress) -> None:
        """One report of the search; plans themselves are not kept."""
        kept = Progress(moment.seconds, moment.phase, moment.objective, moment.bound, moment.bound_by, moment.steps)
        self.history.append(kept)
        if self._bar is not None:
            self._bar.update(self._task, completed=min(self._limit, moment.seconds), description=self._line(kept))
        elif moment.plan is not None or moment.objective is None:
            now = time.monotonic() - self._begun
            if now - self._said >= LINE_SECONDS:
                self._said = now
                print(f"{moment.seconds:8.1f} s  {self._line(kept)}", file=sys.stderr, flush=True)

    def _line(self, moment: Progress) -> str:
        line = _line(moment)
        return line if self._cluster is None else f"{line} · {clustered.progress(self._cluster)}"


def _line(moment: Progress) -> str:
    if moment.objective is None:
        return say("no plan yet, none below {bound}", bound=f"{moment.bound:,}")
    return say(
        "best {objective}, bound {bound}, gap {gap}",
        objective=f"{moment.objective:,}",
        bound=f"{moment.bound:,}",
        gap=language().percent(moment.gap, 2),
    )

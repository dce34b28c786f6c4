"""A lower bound from prices of machine time (Lagrangian relaxation), computed from the tables of the search.

At any prices the cheapest ways of the cases, each by itself and paying for the time it takes, less what all time that
is there would cost, are no dearer than any plan. The prices follow a surrogate subgradient: they move many times while
the cases are gone through, with the latest known way of each (Zhao, Luh and Wang, "Surrogate gradient algorithm for
Lagrangian relaxation", 1999). At prices of nothing the bound is that of the trees: the cheapest choice of machines and
travel for each case, and its earliest end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from zagumi.engine.solve.schedule.prices import sweep
from zagumi.engine.solve.tables import Built

CELLS, FINE = 270, 400  # cells into which the time of a plan is cut; finer is slower and gives a little more
SMALL = 4000  # operations, up to which it is fine
WIDTH = 3  # cells of a bucket, in which the price is one
MOVES, LOOSE_MOVES = 8, 20  # of the prices during a sweep, in general and where little is scarce
LOOSE = 0.2  # of the bound, by which a plan is dearer there at most
CHUNK = 500  # cases between looks at whether to stop
STEP, SMALLER, SMALLEST = 0.15, 0.8, 1e-4  # of the gap, per move: at first, after stalling, when to end
PATIENCE = 3  # sweeps without much of a rise before steps get smaller
SHARE = 0.3  # of the first plan's excess, by which the bound is expected to rise
FLOOR = 0.01  # and of the bound, at least
SAFE = 1e-9  # covers the rounding of floating sums


def covers(built: Built) -> bool:
    """Whether the bound says something here: whole operations, each feeding at most one other, no frozen work."""
    rows = built.rows
    plain = len(rows.ops) > 0 and bool((rows.cases.tree > 0).all() and (rows.ops.lots == 1).all() and not built.frozen)
    weights = built.problem.policy.weights
    return plain and not weights.makespan and bool(weights.cost or weights.tardiness or weights.risk or weights.co2)


class Prices:
    """Prices of one problem, and the best bound they have given."""

    def __init__(self, built: Built, until: int, upper: int) -> None:
        """Begin with prices of nothing.

        Args:
            until: the minute by which a plan is done; later time is free.
            upper: the objective of a plan.
        """
        self.built, self.upper = built, upper
        rows = built.rows
        self.length = max(1, math.ceil(until / (FINE if len(rows.ops) <= SMALL else CELLS)))
        buckets = math.ceil(math.ceil(until / self.length) / WIDTH)
        cells = buckets * WIDTH
        longest = int((rows.options.setup + rows.options.run).max(initial=0))
        machines = len(rows.machines)
        self.frame = np.array([self.length, cells, WIDTH], dtype=np.int64)
        self.price = np.zeros((machines, cells + longest // self.length + 2))
        self.paid = np.zeros_like(self.price)
        self.usage = np.zeros((machines, buckets))
        self.room = np.full((machines, buckets), float(self.length * WIDTH))
        self.window = self._windows(cells)
        self.best = np.zeros((int(rows.rules.label_count[0]) + 1, cells))
        self.pick = np.full(len(rows.ops), -1, dtype=np.int64)
        self.start = np.zeros(len(rows.ops), dtype=np.int64)
        self.bound = 0.0
        self.moves = MOVES

    def _windows(self, cells: int) -> NDArray[np.int64]:
        """Cells to look at for each case: until being late costs as much again as the case does at least."""
        cases = self.built.rows.cases
        due = np.minimum(cases.due, self.length * cells)
        late = cases.least / np.maximum(cases.late + cases.risk, 1)
        minutes = np.maximum(due - cases.release, cases.shortest) + np.minimum(late, self.length * cells)
        found: NDArray[np.int64] = np.clip(minutes / self.length + 1, 1, cells).astype(np.int64)
        return found

    def _go_through(self, step: float, stopped: Callable[[], bool]) -> float | None:
        """The bound at the prices as they are when ``step`` is 0; None when stopped."""
        count = len(self.built.cases)
        size = max(1, math.ceil(count / self.moves) if step else CHUNK)
        total = 0.0
        arrays = (self.window, self.price, self.paid, self.usage, self.room, self.best, self.pick, self.start)
        for first in range(0, count, size):
            last = min(count, first + size)
            total += sweep(self.built.store.tables, self.frame, *arrays, first, last, step)
            if stopped():
                return None
        return total - float((self.price[:, : int(self.frame[1]) : WIDTH] * self.room).sum())

    def rise(self, sweeps: int, stopped: Callable[[], bool]) -> Iterator[int]:
        """Bounds, each better than the one before; the first is that at prices of nothing."""
        self.bound = self._go_through(0.0, lambda: False) or 0.0
        yield self._whole()
        if self.upper - self.bound < LOOSE * self.bound:
            self.moves = LOOSE_MOVES
        expected = self.bound + max(SHARE * (self.upper - self.bound), FLOOR * self.bound)
        step, stalled = STEP, 0
        for _ in range(sweeps // 3):
            for _ in range(2):
                if self._go_through(step * (expected - self.bound), stopped) is None:
                    return
            found = self._go_through(0.0, stopped)
            if found is None:
                return
            stalled += found - self.bound < 0.02 * (expected - self.bound)
            if found > self.bound:
                self.bound = found
                yield self._whole()
            if stalled >= PATIENCE:
                step, stalled = step * SMALLER, 0
            if step < SMALLEST or self._whole() >= self.upper:
                return

    def _whole(self) -> int:
        """The bound as a whole number, which every objective is."""
        return math.ceil(self.bound * (1 - SAFE) - 1e-6)

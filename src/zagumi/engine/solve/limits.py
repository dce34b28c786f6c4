"""How long and how hard to search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

from zagumi.engine.errors import ProblemError

# a bound takes some 70 ms at town size; a search with so many seconds or steps may be spared more by it
BOUND_SECONDS, BOUND_STEPS = 1.0, 5000


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one call of ``solve``.

    Attributes:
        seconds: wall-clock time for the search (a plan is returned as soon as it is proved optimal).
        workers: processes or threads to use.
        seed: same problem, same seed, same ``steps``: the same plan.
        steps: when given, the search ends after this many steps whatever the time: fully repeatable.
        gap: stop when ``(objective - bound) / objective`` is at most this.
        cancelled: asked often; True ends the search with the best plan so far.
        bound: whether a lower bound is computed beside the search. Without one the plans are the same, but a search
            that cannot find a better one does not notice, unless the complete model proves it.
    """

    seconds: float = 10.0
    workers: int = 1
    seed: int = 0
    steps: int | None = None
    gap: float = 0.0
    cancelled: Callable[[], bool] | None = None
    bound: bool = True

    def __post_init__(self) -> None:
        if not self.seconds > 0:
            raise ProblemError("limits, seconds", self.seconds, "more than 0")
        if self.workers < 1:
            raise ProblemError("limits, workers", self.workers, "1 or more")
        if self.steps is not None and self.steps < 0:
            raise ProblemError("limits, steps", self.steps, "0 or more")
        if not 0 <= self.gap < 1:
            raise ProblemError("limits, gap", self.gap, "0 or more, below 1")

    def for_plan(self) -> Self:
        """The same for whom only the plan counts: with a bound where that may end the search before its time."""
        worth = self.seconds >= BOUND_SECONDS if self.steps is None else self.steps >= BOUND_STEPS
        return replace(self, bound=self.bound and worth)

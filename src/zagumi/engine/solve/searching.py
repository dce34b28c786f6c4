"""What the door to the solvers asks of a search, whichever it is."""

from __future__ import annotations

from typing import Protocol

from zagumi.engine.plan.plan import Plan


class Searching(Protocol):
    """A search of one thread; what it does depends on its seed and the steps taken alone."""

    @property
    def objective(self) -> int | None:
        """Of the best plan; None while there is none."""

    @property
    def followed(self) -> bool:
        """Whether the plan to begin from stands as it was given, so that none of its objective is lost."""

    def first(self, start: Plan | None = None) -> None:
        """Make a first plan, from the one given when there is one."""

    def run(self, steps: int) -> None:
        """Take so many steps."""

    def plan(self) -> Plan:
        """The best plan found; there must be one."""

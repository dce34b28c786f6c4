"""The heuristic search of one thread: a first plan, then improvement for as long as it is let."""

from __future__ import annotations

import numpy as np

from zagumi.engine.plan.plan import Plan
from zagumi.engine.solve.plans import best_plan, new_state, wish
from zagumi.engine.solve.schedule.annealing import construct, run
from zagumi.engine.solve.schedule.following import follow
from zagumi.engine.solve.tables import Built

MANY = 1000  # with so many cases one order of them makes the first plan


class Search:
    """A state of the compiled search and the best plan it has found."""

    def __init__(self, built: Built, seed: int) -> None:
        self.built = built
        self.seed = seed
        self.state = new_state(built, seed)

    @property
    def objective(self) -> int | None:
        """Of the best plan; None while there is none."""
        now = self.state.rows.now
        return int(now.best[0]) if now.best_missing[0] == 0 else None

    @property
    def completion(self) -> int:
        """The last minute of the plan in hand."""
        return int(self.state.rows.worths.end.max(initial=0))

    def first(self, start: Plan | None = None) -> None:
        """Complete a plan to start from, or construct plans from several orders of the cases and keep the best."""
        cases = self.built.rows.cases
        keys = [cases.due - cases.shortest]
        if start is None and len(cases) < MANY:
            keys += [cases.due - cases.release, -cases.late]
        best = None
        for key in keys:
            state = new_state(self.built, self.seed)
            if start is not None:
                wish(self.built, state, start)
                follow(self.built.store.tables, state.state)
            state.rows.queue["index"][: len(cases)] = np.argsort(key, kind="stable")
            construct(self.built.store.tables, state.state)
            value = int(state.rows.now.best_missing[0]), int(state.rows.now.best[0])
            if best is None or value < best:
                best, self.state = value, state

    def run(self, steps: int) -> None:
        """Take so many steps."""
        run(self.built.store.tables, self.state.state, steps)

    def plan(self) -> Plan:
        """The best plan found; there must be one."""
        return best_plan(self.built, self.state)

"""The heuristic search of one thread: a first plan, then improvement for as long as it is let."""

from __future__ import annotations

import numpy as np

from zagumi.engine.plan.plan import Plan
from zagumi.engine.solve.plans import best_plan, new_state
from zagumi.engine.solve.schedule.annealing import construct
from zagumi.engine.solve.schedule.worth import worth
from zagumi.engine.solve.tables import Built


class Search:
    """A state of the compiled search and the best plan it has found.

    Attributes:
        objective: of the best plan; None while there is none.
    """

    def __init__(self, built: Built, seed: int) -> None:
        self.built = built
        self.seed = seed
        self.objective: int | None = None
        self.state = new_state(built, seed)

    def first(self) -> None:
        """Construct plans from several orders of the cases and keep the best."""
        cases = self.built.rows.cases
        keys = (cases.due, cases.due - cases.release, -cases.late)
        for key in keys:
            state = new_state(self.built, self.seed)
            state.rows.queue.index[: len(cases)] = np.argsort(key, kind="stable")
            construct(self.built.store.tables, state.state)
            if state.rows.now.missing[0] == 0:
                value = int(worth(self.built.store.tables, state.state))
                if self.objective is None or value < self.objective:
                    rows = state.rows
                    rows.best_lots[:], rows.best_feeds[:], rows.best_done[:] = rows.lots, rows.feeds, rows.done
                    self.objective, self.state = value, state

    def plan(self) -> Plan:
        """The best plan found; there must be one."""
        return best_plan(self.built, self.state)

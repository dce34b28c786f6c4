"""The heuristic search of one thread: a first plan, then improvement for as long as it is let."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set

import numpy as np

from zagumi.engine.collector import uncollected
from zagumi.engine.plan.plan import Plan
from zagumi.engine.solve.plans import best_plan, new_state, wish
from zagumi.engine.solve.schedule.annealing import construct, run
from zagumi.engine.solve.schedule.clearing import clear
from zagumi.engine.solve.schedule.following import focus, follow
from zagumi.engine.solve.schedule.lending import borrow
from zagumi.engine.solve.schedule.records import StateRows, Store
from zagumi.engine.solve.schedule.state import open_books
from zagumi.engine.solve.tables import Built

MANY = 1000  # with so many cases one order of them makes the first plan
JOINED = 200  # with so many cases the searches join what they find; with fewer they had better differ
CLEARINGS, BLINK = 50, 100  # times in all to make way in a repair; options then overlooked, per thousand
PORTION = 2000  # cases constructed between looks at whether to go on
SPAN = 4  # steps per case between two such exchanges


class Search:
    """A state of the compiled search and the best plan it has found."""

    def __init__(
        self,
        built: Built,
        seed: int,
        settled: tuple[int, int] = (0, 0),
        *,
        repair: bool = False,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """Begin.

        Args:
            settled: what of the objective, cost and CO2 apart from the rest, is not expected to get any less.
            repair: search only around the cases that the plan to begin from leaves open.
            cancelled: asked while a large first plan is made; True leaves it incomplete.
        """
        self.built = built
        self.seed = seed
        self.state = new_state(built, seed)
        self.followed = False
        self._repair = repair
        self._settled = settled
        self._cancelled = cancelled
        self._alone = self.state

    @property
    def objective(self) -> int | None:
        """Of the best plan; None while there is none."""
        now = self.state.rows.now
        return int(now.best[0]) if now.best_missing[0] == 0 else None

    @property
    def worth(self) -> tuple[int, int]:
        """Of the plan in hand: operations without a place, and the value of all cases."""
        now = self.state.rows.now
        return int(now.missing[0]), int(now.value[0])

    @property
    def completion(self) -> int:
        """The last minute of the plan in hand."""
        return int(self.state.rows.worths.end.max(initial=0))

    def first(self, start: Plan | None = None) -> None:
        """Complete a plan to start from, or construct plans from several orders of the cases and keep the best.

        ``followed`` then says whether all of the start stands as it was given, with as many movements.
        """
        cases = self.built.rows.cases
        keys = [cases.due - cases.shortest]
        if start is None and len(cases) < MANY:
            keys += [cases.due - cases.release, -cases.late]
        best = None
        for number, key in enumerate(keys):
            state = new_state(self.built, self.seed) if number else self.state
            if start is not None:
                if self._repair:
                    self._alone = Store.of(StateRows(*(rows.copy() for rows in state.rows)))
                entered = wish(self.built, state, start)
                follow(self.built.store.tables, state.state)
                whole = entered + len(self.built.frozen) == len(start.sublots)
                self.followed = whole and self._stands(state, start)
                open_books(self.built.store.tables, state.state)
                if self._repair:
                    focus(self.built.store.tables, state.state)
            state.rows.queue["index"][: len(cases)] = np.argsort(key, kind="stable")
            for case in range(0, max(1, len(cases)), PORTION):
                if case and self._cancelled():
                    break
                construct(self.built.store.tables, state.state, case, min(case + PORTION, len(cases)))
            if any(self._settled):
                state.rows.now["base"][0] = max(self._settled[0], int(cases.least.sum())) + self._settled[1]
            value = int(state.rows.now.best_missing[0]), int(state.rows.now.best[0])
            if best is None or value < best:
                best, self.state = value, state

    def run(self, steps: int) -> None:
        """Take so many steps."""
        if self.state.rows.now.focused[0] and not self.state.rows.now.steps[0]:
            self._clear()
        run(self.built.store.tables, self.state.state, steps)

    def _clear(self) -> None:
        """Make way for the cases that the start left open."""
        focused = int(self.state.rows.now.focused[0])
        self._alone.rows.settings.blink[0] = BLINK
        clear(self.built.store.tables, self.state.state, self._alone.state, CLEARINGS // max(1, focused) + 1)

    def _stands(self, state: Store[StateRows], start: Plan) -> bool:
        """Whether what was wished for is there, with as many movements as the start has."""
        ops, rows = self.built.rows.ops, state.rows
        count = rows.done.wished[: len(ops)]
        wished = np.repeat(np.arange(len(ops)), count)
        number = np.arange(len(wished)) - np.repeat(np.cumsum(count) - count, count)
        wishes, lots = rows.wishes[ops.lot0[wished] + number], rows.lots[ops.lot0[wished] + ops.frozen[wished] + number]
        same = all((wishes[name] == lots[name]).all() for name in ("mode", "quantity", "start", "end"))
        moved = int(rows.feeds["count"][rows.feeds.pieces > 0].sum())
        return bool(same and rows.done.placed[wished].all()) and moved == len(start.transfers)

    def borrow(self, other: Search) -> None:
        """Take over what another search does better; neither may be running."""
        borrow(self.built.store.tables, self.state.state, other.state.state)

    def copy(self, other: Search) -> None:
        """Go on from where another search is, with chance of one's own, and one's own best plan if that is better."""
        rows, now = self.state.rows, self.state.rows.now
        best = (int(now.best_missing[0]), int(now.best[0]))
        own = best < (int(other.state.rows.now.best_missing[0]), int(other.state.rows.now.best[0]))
        self.begin_as(other, but={"best_lots", "best_feeds", "best_done"} if own else set())
        if own:  # all may differ from it now
            now.best_missing[0], now.best[0] = best
            now.dirty[0] = size = len(self.built.operations)
            rows.dirty["index"][:size] = np.arange(size)
            rows.done.dirty[:] = 1

    def begin_as(self, other: Search, but: Set[str] = frozenset()) -> None:
        """Have the arrays of another search, but for some, with chance of one's own."""
        chance = int(self.state.rows.now.random[0])
        for name, mine, theirs in zip(self.state.rows._fields, self.state.rows, other.state.rows, strict=True):
            if name != "log" and name not in but:  # nothing is logged between steps
                np.copyto(mine, theirs)
        self.state.rows.now.random[0] = chance

    def plan(self) -> Plan:
        """The best plan found; there must be one."""
        with uncollected():
            return best_plan(self.built, self.state)


def span(searches: Sequence[Search]) -> int:
    """Steps after which searches join what they have found; 0: never."""
    cases = len(searches[0].built.cases)
    return SPAN * cases if len(searches) > 1 and cases >= JOINED else 0


def join(searches: Sequence[Search]) -> None:
    """Join what the searches have found in the best of them, and let all go on from there."""
    leader = min(searches, key=lambda search: search.worth)
    for search in searches:
        if search is not leader:
            leader.borrow(search)
    for search in searches:
        if search is not leader:
            search.copy(leader)

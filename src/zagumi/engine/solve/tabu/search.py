"""The makespan search of one thread: walks from constructed plans, then from children of the plans they ended in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zagumi.engine.plan.plan import Plan
from zagumi.engine.solve.tabu.construct import construct
from zagumi.engine.solve.tabu.records import BoardRows, Store, empty_board
from zagumi.engine.solve.tabu.seating import assign, seat_all
from zagumi.engine.solve.tabu.shop import Numbers, Workshop
from zagumi.engine.solve.tabu.walk import keep, walk

PARENTS = 5
SPAN = 100_000  # steps between exchanges
PATIENCE = 10_000  # steps without a better plan after which a walk ends
FAILURES = 10  # children per parent that may fail in a row before all begins anew
MOVED = 0.5  # share of the children of which one case goes to another company, where it must be done wholly by one
NOISE = 0.5  # by which share the weight of an operation is lowered at most in the order of construction


@dataclass(frozen=True, eq=False)
class Found:
    """A plan: the operations in a topological order, and the option of each operation."""

    makespan: int
    order: Numbers
    options: Numbers

    def ranks(self) -> Numbers:
        """Position of each operation in the order."""
        ranks = np.empty_like(self.order)
        ranks[self.order] = np.arange(len(self.order))
        return ranks


class TabuSearch:
    """A board, the plans to breed from, and the best plan found."""

    def __init__(self, shop: Workshop, seed: int) -> None:
        self.shop = shop
        self.random = np.random.default_rng(seed)
        self.store = empty_board(shop.rows, seed)
        self.board = self.store.rows
        self.parents: list[Found] = []
        self.failures = 0
        self.best: Found | None = None

    @property
    def makespan(self) -> int | None:
        """The least found; None while nothing stands."""
        walked = int(self.board.now.best[0])
        known = [makespan for makespan in (walked, self.best.makespan if self.best else 0) if makespan]
        return min(known, default=None)

    @property
    def objective(self) -> int | None:
        """Of the best plan; None while there is none that ends by the horizon."""
        makespan = self.makespan
        if makespan is None or makespan > self.shop.built.problem.horizon:
            return None
        return self.shop.weight * makespan

    @property
    def followed(self) -> bool:
        """A plan to begin from may end earlier here, and seldom later."""
        return False

    def first(self, start: Plan | None = None) -> None:
        """Stand on a plan to start from, or construct one."""
        if start is None:
            self._construct(-self.shop.body)
        else:
            times, options = self.shop.wishes(start)
            self._construct(times, options)

    def run(self, steps: int) -> None:
        """Take so many steps."""
        while steps > 0:
            if self.board.now.stalled[0] >= PATIENCE:
                self._end_walk()
                self._begin_walk()
            steps -= walk(self.shop.store.shop, self.store.board, steps)

    def plan(self) -> Plan:
        """The best plan found; there must be one."""
        best = self.walked()
        if self.best is not None and self.best.makespan <= best.makespan:
            best = self.best
        return self.shop.plan(best.options, self.heads(best))

    def walked(self) -> Found:
        """The best of the walk in hand."""
        board = self.board
        return Found(
            int(board.now.best[0]), board.best_order.op.astype(np.int64), board.best_options.op.astype(np.int64)
        )

    def heads(self, found: Found) -> Numbers:
        """The earliest start of each operation in a plan."""
        store = empty_board(self.shop.rows, 0)
        _seat(self.shop, store, found.order, found.options)
        heads: Numbers = store.rows.nodes.head.astype(np.int64)
        return heads

    def _stand(self, order: Numbers, options: Numbers) -> None:
        """Begin a walk on a plan."""
        _seat(self.shop, self.store, order, options)
        self.board.now.patience[0] = PATIENCE
        self.board.now.strict[0] = self.random.random() < self.shop.fixed
        self.board.bans.until[:] = 0
        keep(self.shop.store.shop, self.store.board)

    def _construct(self, times: NDArray[Any], wishes: Numbers | int = -1) -> None:
        """Begin a walk on a plan constructed in the order of some times, with the options wished for."""
        order = self.shop.order(times)
        self.board.order.op[:] = order
        homes = self.shop.homes
        options = np.broadcast_to(wishes, len(order))
        self.board.homes.company[:] = companies = homes.draw(homes.of(options), self.random)
        at_home = (homes.case < 0) | (self.shop.rows.options.company[options] == companies[homes.case])
        self.board.best_options.op[:] = np.where(at_home, options, -1)
        construct(self.shop.store.shop, self.store.board)
        ranks = np.empty_like(order)
        ranks[order] = np.arange(len(order))
        self._stand(np.lexsort((ranks, self.board.nodes.head)), self.board.nodes.option.copy())

    def learn(self, found: Found | None) -> None:
        """Breed from a plan of another search too, when it is better than some parent."""
        if found is not None and len(self.parents) == PARENTS:
            self._adopt(found)

    def _end_walk(self) -> None:
        """Keep what the walk has found where it is worth it."""
        found = self.walked()
        if self.best is None or found.makespan < self.best.makespan:
            self.best = found
        if len(self.parents) < PARENTS:
            self.parents.append(found)
        elif self._adopt(found):
            self.failures = 0
        else:
            self.failures += 1
            if self.failures > FAILURES * PARENTS:
                self.parents, self.failures = [], 0

    def _adopt(self, found: Found) -> bool:
        """Put a plan in the place of the worst parent when it is better than that and none is like it."""
        worst = max(range(len(self.parents)), key=lambda at: self.parents[at].makespan)
        if found.makespan >= self.parents[worst].makespan:
            return False
        if any(other.makespan == found.makespan and (other.options == found.options).all() for other in self.parents):
            return False
        self.parents[worst] = found
        return True

    def _begin_walk(self) -> None:
        """Begin on a constructed plan while parents are few, else on a child of two."""
        if len(self.parents) < PARENTS:
            noise = 1 - NOISE * self.random.random(len(self.shop.body))
            self._construct(-self.shop.body * noise)
            return
        one, other = (self.parents[at] for at in self.random.choice(PARENTS, 2, replace=False))
        middle = one.ranks() + other.ranks() + self.random.random(len(one.order))
        homes = self.shop.homes
        options = homes.mixed(one.options, other.options, self.random)
        if homes.count and self.random.random() < MOVED:
            options = homes.moved(options, self.random)
        self._stand(np.argsort(middle, kind="stable"), options)


def exchange(searches: Sequence[TabuSearch]) -> None:
    """Give each search the best plan of the one before it as a parent."""
    bests = [search.best for search in searches]
    for at, search in enumerate(searches):
        search.learn(bests[at - 1])


def _seat(shop: Workshop, store: Store[BoardRows], order: Numbers, options: Numbers) -> None:
    """Put a plan on a board."""
    store.rows.order.op[:] = order
    for v, option in enumerate(options.tolist()):
        assign(shop.store.shop, store.board, v, option)
    seat_all(shop.store.shop, store.board)

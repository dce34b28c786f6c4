"""The searches of one call of ``solve`` that run on other machines."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import cast

from zagumi.engine.solve.cluster.cluster import Cluster
from zagumi.engine.solve.cluster.figures import Figures, Standing, Traveller, settle, standing
from zagumi.engine.solve.search import JOINED, Search, join
from zagumi.engine.solve.searching import Searching
from zagumi.engine.solve.tables import Built
from zagumi.engine.solve.tabu.search import TabuSearch

SECONDS = 2.0  # of a task at least
OPERATIONS = 10_000  # per further second: what a task sends grows with them
SHARE = 0.05  # of the time at home that meeting may take
LEAST = 0.2  # seconds for which a task is worth sending
LATE = 0.5  # seconds that a task takes beside its search, until it is known


@dataclass(frozen=True)
class _Task:
    """A task that is out: where it began (None: at home), when it was sent, and for how long."""

    start: Standing | None
    sent: float
    seconds: float


class Guests:
    """Sends out tasks and takes over what they have found; the searches at home go on meanwhile.

    Each guest is a search that goes from node to node, one task after the other. With many cases, where the searches at
    home are joined too, it is joined with the best of them after each task and begins the next one there. Otherwise it
    goes its own way; with the search for the makespan plans to breed from are exchanged. A task that is lost is sent
    out again: where it began is kept here.
    """

    def __init__(self, cluster: Cluster, home: Sequence[Searching], seed: int, left: Callable[[], float]) -> None:
        """Send out the first tasks.

        Args:
            home: the searches at home, which have made their first plans.
            left: seconds until a task must be back.
        """
        self.cluster, self.left = cluster, left
        self.home = [cast(Traveller, search) for search in home]
        first = self.home[0]
        self.joined = isinstance(first, Search) and len(first.built.cases) >= JOINED
        self.seconds = max(SECONDS, len(_built(first).operations) / OPERATIONS)
        self.best: Traveller | None = None  # stands where the best plan was found that a guest has brought
        self._mirror = _like(first)  # stands where the guest stood that came last
        self._seeds = count(seed)
        self._waiting: deque[Standing | None] = deque(
            [None] * cluster.slots
        )  # None: begins where the best at home stands
        self._out: dict[int, _Task] = {}
        self._late, self._met, self._meeting = LATE, 0, 0.0
        cluster.entrust(Figures.of(first))
        self._send_out()

    @property
    def searches(self) -> list[Searching]:
        """What can tell the best plan that the guests have brought, when there is one."""
        return [] if self.best is None else [self.best]

    def meet(self) -> None:
        """Take over what has come back and send out again; no search at home may be running."""
        begun = time.perf_counter()
        answers = self.cluster.answers()
        for answer in answers:
            task = self._out.pop(answer.number)
            if answer.where is None:
                self._waiting.append(task.start)
            else:
                self._late = max(0.0, begun - task.sent - task.seconds)
                self._waiting.append(self._take_over(answer.where))
        self._send_out()
        if answers:
            self._met += len(answers)
            self._meeting += time.perf_counter() - begun
            self.seconds = max(self.seconds, self._meeting / self._met * self.cluster.slots / SHARE)

    def part(self) -> None:
        """Take over what has come back; what is still out is not waited for."""
        for answer in self.cluster.answers():
            if answer.where is not None:
                self._take_over(answer.where)
        self.cluster.recall()

    def _send_out(self) -> None:
        """Send out as many tasks as there are processors."""
        home: Standing | None = None
        while self._waiting and self.cluster.running < self.cluster.slots:
            seconds = min(self.seconds, self.left() - self._late)
            if seconds < LEAST:
                return
            start = self._waiting.popleft()
            if start is None and home is None:
                home = standing(self._leader())
            number = self.cluster.send(start or home or {}, seconds, next(self._seeds))
            self._out[number] = _Task(start, time.perf_counter(), seconds)

    def _leader(self) -> Traveller:
        """The best search at home."""
        return min(self.home, key=_worth)

    def _take_over(self, where: Standing) -> Standing | None:
        """Let those at home learn from a guest; where it goes on, None for where the best at home stands."""
        guest = self._mirror
        settle(guest, where)
        goes_on: Standing | None = where
        if self.joined:
            join([cast(Search, self._leader()), cast(Search, guest)])
            goes_on = None
        elif isinstance(guest, TabuSearch):
            _learn(guest, cast(list[TabuSearch], self.home))
            goes_on = standing(guest)
        if guest.objective is not None and (self.best is None or guest.objective < (self.best.objective or 0)):
            self.best, self._mirror = guest, self.best or _like(guest)
        return goes_on


def _learn(guest: TabuSearch, home: Sequence[TabuSearch]) -> None:
    """A guest breeds from the best plan at home too, those at home from its."""
    bests = [search.best for search in home if search.best is not None]
    guest.learn(min(bests, key=lambda found: found.makespan, default=None))
    for search in home:
        search.learn(guest.best)


def _worth(search: Traveller) -> tuple[int, int]:
    """Of where a search stands, less being better."""
    return (0, search.makespan or 0) if isinstance(search, TabuSearch) else search.worth


def _built(search: Traveller) -> Built:
    return search.shop.built if isinstance(search, TabuSearch) else search.built


def _like(search: Traveller) -> Traveller:
    """A search of the same problem that stands nowhere yet."""
    return TabuSearch(search.shop, 0) if isinstance(search, TabuSearch) else Search(search.built, 0)

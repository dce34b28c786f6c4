"""The searches of one call of ``solve`` that run on other machines."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import cast

from zagumi.engine.errors import CheckError
from zagumi.engine.plan.check import require
from zagumi.engine.plan.cost import measure
from zagumi.engine.solve.cluster.cluster import Answer, Cluster
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
    """A task that is out.

    Attributes:
        start: where it began; None: in the hub, or at home.
        steps: that the search had taken before.
        sent: when.
        seconds: how long it searches.
    """

    start: Standing | None
    steps: int
    sent: float
    seconds: float


class Guests:
    """Sends out tasks and takes over what they have found; the searches at home go on as if there were none.

    Each guest is a search that goes from node to node, one task after the other. With many cases, where searches are
    joined, what the guests bring and what stands at home is joined in a hub, and each task begins there. Otherwise a
    guest goes its own way, and with the search for the makespan it breeds from the best plans of the others too.
    Nothing flows back to those at home: with the same steps they find the same with guests and without, and the answer,
    the best of both, is no worse. A task that is lost is sent out again: where it began is kept here.

    No node is trusted: what would be the best plan of all guests is judged first. A node whose plan is refused is given
    up, and all guests begin anew from plans that were judged, for it may have misled the others.
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
        size = len(_built(first).operations)
        self.seconds = max(SECONDS, size / OPERATIONS)
        self.best: Traveller | None = None  # stands where the best plan was found that a guest has brought
        self._mirror = _like(first)  # stands where the guest stood that came last
        self._hub: Search | None = None
        if isinstance(first, Search) and len(first.built.cases) >= JOINED:
            self._hub = Search(first.built, seed)
            settle(self._hub, standing(self._leader()))
        self._seeds = count(seed)
        # where guests go on from; None: from the hub, or where the best at home stands
        self._waiting: deque[Standing | None] = deque([None] * cluster.slots)
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
                self._waiting.append(self._received(answer, answer.where, task.steps))
        self._send_out()
        if answers:
            self._met += len(answers)
            self._meeting += time.perf_counter() - begun
            self.seconds = max(self.seconds, self._meeting / self._met * self.cluster.slots / SHARE)

    def part(self) -> None:
        """Take over what has come back; what is still out is not waited for."""
        for answer in self.cluster.answers():
            if answer.where is not None:
                self._received(answer, answer.where, self._out[answer.number].steps)
        self.cluster.recall()

    def _send_out(self) -> None:
        """Send out as many tasks as there are processors."""
        common: Standing | None = None
        while self._waiting and self.cluster.running < self.cluster.slots:
            seconds = min(self.seconds, self.left() - self._late)
            if seconds < LEAST:
                return
            start = self._waiting.popleft()
            if start is None and common is None:
                common = self._common()
            where = start or common or {}
            steps = int(where["now"].steps[0]) if self._hub is not None else 0
            number = self.cluster.send(where, seconds, next(self._seeds))
            self._out[number] = _Task(start, steps, time.perf_counter(), seconds)

    def _common(self) -> Standing:
        """Where a guest begins that does not go its own way."""
        leader, hub = self._leader(), self._hub
        if hub is None:
            return standing(leader)
        at_home, spare = cast(Search, leader), cast(Search, self._mirror)
        if at_home.worth < hub.worth:
            settle(spare, standing(hub))
            hub.copy(at_home)
            hub.borrow(spare)
        else:
            hub.borrow(at_home)
        return standing(hub)

    def _leader(self) -> Traveller:
        """The best search at home."""
        return min(self.home, key=_worth)

    def _received(self, answer: Answer, where: Standing, begun: int) -> Standing | None:
        """Take over what a node has sent unless it is wrong; where its guest goes on, None for where all do."""
        try:
            return self._take_over(where, begun)
        except Exception as wrong:  # whatever its figures lead to, the search at home goes on
            self.cluster.refuse(answer.node, str(wrong) if isinstance(wrong, CheckError) else f"unreadable: {wrong!r}")
        self._waiting = deque([None] * len(self._waiting))
        if self._hub is not None:
            settle(self._hub, standing(self.best or self._leader()))
        return None

    def _take_over(self, where: Standing, begun: int) -> Standing | None:
        """Keep what a guest has found; where it goes on, None for where all do."""
        guest = self._mirror
        settle(guest, where)
        if guest.objective is not None and (self.best is None or guest.objective < (self.best.objective or 0)):
            _judge(guest)
            self.best, self._mirror = guest, self.best or _like(guest)
        if self._hub is not None:
            guest = self._mirror
            settle(guest, where)
            _gather(self._hub, cast(Search, guest), begun)
            return None
        if isinstance(guest, TabuSearch):
            for search in [*self.home, *self.searches]:
                guest.learn(cast(TabuSearch, search).best)
            return standing(guest)
        return where


def _judge(guest: Traveller) -> None:
    """Look whether a guest's best plan is valid and as good as it says.

    Raises:
        CheckError: it is not.
    """
    problem, plan = _built(guest).problem, guest.plan()
    require(problem, plan)
    value, told = measure(problem, plan).objective(problem.policy.weights), guest.objective
    if told is None or value > told:
        raise CheckError(f"the objective of a plan is {value}, {told} was told")


def _gather(hub: Search, guest: Search, begun: int) -> None:
    """Join a guest with the hub; it had taken so many steps when it was sent out.

    Plans grow worse where a cycle of annealing begins and better where it ends. A guest that is a task ahead therefore
    takes the hub along, better or not: else all would begin the same cycle again and again. One that is behind only
    lends what it does better.
    """
    ahead, task = 2 * (_steps(guest) - _steps(hub)), _steps(guest) - begun
    if ahead > task:
        hub.copy(guest)
    elif ahead < -task:
        hub.borrow(guest)
    else:
        join([hub, guest])


def _steps(search: Search) -> int:
    return int(search.state.rows.now.steps[0])


def _worth(search: Traveller) -> tuple[int, int]:
    """Of where a search stands, less being better."""
    return (0, search.makespan or 0) if isinstance(search, TabuSearch) else search.worth


def _built(search: Traveller) -> Built:
    return search.shop.built if isinstance(search, TabuSearch) else search.built


def _like(search: Traveller) -> Traveller:
    """A search of the same problem that stands nowhere yet."""
    return TabuSearch(search.shop, 0) if isinstance(search, TabuSearch) else Search(search.built, 0)

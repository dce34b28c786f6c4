"""Between plans and states of the compiled search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from zagumi.engine.clock import Window, without
from zagumi.engine.plan.plan import Delivery, Plan, SubLot, Transfer
from zagumi.engine.solve.in_force import Positions, found, places, whole
from zagumi.engine.solve.schedule.feeding import done_by, sent_before
from zagumi.engine.solve.schedule.hours import arrival, departure
from zagumi.engine.solve.schedule.records import StateRows, Store
from zagumi.engine.solve.schedule.shifting import advance
from zagumi.engine.solve.schedule.state import book, empty_state, open_books, stand
from zagumi.engine.solve.tables import Built


def new_state(built: Built, seed: int) -> Store[StateRows]:
    """A state with the bookings and the frozen work of a problem in it."""
    store = empty_state(built.rows, seed)
    net, st = built.store.tables, store.state
    standing: dict[str, list[Window]] = {}
    for _op, work in built.frozen:
        standing.setdefault(work.machine, []).append((work.start, work.end))
    for at, machine in enumerate(built.machines):
        # spans of a machine never overlap: where frozen work stands in a booking, the booking gives way
        for start, end in without(built.problem.machine[machine].bookings, standing.get(machine, ())):
            book(net, st, at, start, end)
    for number, (op, work) in enumerate(built.frozen):
        setup = built.problem.frozen_setup(work)
        stand(net, st, op, built.frozen_mode + number, work.quantity, work.start, work.end, setup)
    open_books(net, st)
    return store


def wish(built: Built, store: Store[StateRows], plan: Plan) -> int:
    """Enter what a plan says about work that is not frozen, and the order in which to follow it.

    Left out is what the problem does not allow: unknown operations and machines, too many pieces or sub-lots.

    Returns:
        How many sub-lots were entered.
    """
    rows, st = built.rows, store.rows
    names = ((operation.id for operation in built.operations), built.machines, built.people)
    at = Positions(*({name: number for number, name in enumerate(each)} for each in names))
    known = _free(built, plan, at.operation)
    op = whole(at.operation[s.operation] for s in known)
    machine, person = places(at, known)
    _, mode = found(op, machine, person, at, rows.options, rows.modes[: built.frozen_mode])
    quantity, start, end = (whole(getattr(s, name) for s in known) for name in ("quantity", "start", "end"))
    order = np.lexsort((quantity, mode, end, start, op))
    order = order[mode[order] >= 0]
    op, mode, quantity, start, end = op[order], mode[order], quantity[order], start[order], end[order]
    size = len(rows.ops)
    count = np.bincount(op, minlength=size)
    first = np.cumsum(count) - count
    small = np.bincount(op, weights=quantity < np.where(count > 1, rows.ops.least, 1)[op], minlength=size)
    pieces = np.bincount(op, weights=quantity, minlength=size)
    fits = (count > 0) & (pieces == rows.ops.rest) & (count <= rows.ops.lots) & (small == 0)
    used = fits[op]
    slot = (rows.ops.lot0[op] + np.arange(len(op)) - first[op])[used]
    for name, column in (("mode", mode), ("quantity", quantity), ("start", start), ("end", end)):
        st.wishes[name][slot] = column[used]
    st.done["wished"][:size] = np.where(fits, count, 0)
    starts = np.zeros(size, dtype=np.int64)
    starts[fits] = start[first[fits]]
    _follow_givers(built, starts)
    st.queue["index"][:size] = np.lexsort((np.arange(size), starts))
    return int(used.sum())


def _free(built: Built, plan: Plan, known: Mapping[str, int]) -> list[SubLot]:
    """The sub-lots of known operations that are not frozen work."""
    frozen = Counter((w.operation, w.machine, w.quantity, w.start, w.end, w.person) for _, w in built.frozen)
    if not frozen:
        return [s for s in plan.sublots if s.operation in known]
    free = []
    for s in plan.sublots:
        key = (s.operation, s.machine, s.quantity, s.start, s.end, s.person)
        if frozen[key]:
            frozen[key] -= 1
        elif s.operation in known:
            free.append(s)
    return free


def _follow_givers(built: Built, starts: NDArray[np.int64]) -> None:
    """Let no operation start before what it is made from."""
    links, known = built.rows.links, starts.tolist()
    # by the operation they lead to: givers are known before takers
    for before, after in zip(links.before.tolist(), links.after.tolist(), strict=True):
        known[after] = max(known[after], known[before])
    starts[:] = known


def best_plan(built: Built, store: Store[StateRows]) -> Plan:
    """The best plan a state has kept, its work begun as early as it can."""
    if not built.operations:
        return Plan(())
    rows = store.rows
    kept = Store.of(rows._replace(lots=rows.best_lots.copy(), feeds=rows.best_feeds, done=rows.best_done))
    begin_early(built, kept)
    return plan_of(built, kept)


def plan_of(built: Built, store: Store[StateRows]) -> Plan:
    """The plan in a state as it stands; it must be complete."""
    return _Reading(built, store).plan()


def begin_early(built: Built, store: Store[StateRows]) -> None:
    """Have the work of a complete plan begin as soon as it can; the search lets it wait where that costs nothing.

    Only the times of sub-lots change: the state is no longer one to search on from.
    """
    net, st = built.rows, store.rows
    count = st.done.lots.astype(np.int64)
    used = np.repeat(net.ops.lot0 - np.cumsum(count) + count, count) + np.arange(count.sum())
    booked = [
        (at, *window) for at, name in enumerate(built.machines) for window in built.problem.machine[name].bookings
    ]
    machine, start, end = np.array(booked, dtype=np.int64).reshape(-1, 3).T
    items = np.concatenate([used, -1 - np.arange(len(booked))])
    times = np.concatenate([st.lots.end[used], end]), np.concatenate([st.lots.start[used], start])
    order = items[np.lexsort(times)]
    resources = len(built.machines) + len(built.people)
    free = np.concatenate([np.zeros(resources, dtype=np.int64), np.stack([machine, end], 1).ravel()])
    advance(built.store.tables, store.state, order, free)


class _Reading:
    """Reads a complete plan from arrays, column by column."""

    def __init__(self, built: Built, store: Store[StateRows]) -> None:
        self.built, self.store = built, store
        net, st = built.rows, store.rows
        option = net.modes.option[st.lots.mode]
        self.option = option.tolist()
        self.person = net.modes.person[st.lots.mode].tolist()
        self.site = net.options.site[option].tolist()
        self.quantity, self.start, self.end = st.lots.quantity.tolist(), st.lots.start.tolist(), st.lots.end.tolist()
        self.setup, self.run = st.lots.setup.tolist(), st.lots.run.tolist()
        self.first, self.count = net.ops.lot0.tolist(), st.done.lots.tolist()
        # below 0 where a service goes
        self.minutes = net.journeys.minutes.reshape(net.rules[0].site_count, -1).tolist()

    def plan(self) -> Plan:
        return Plan(tuple(self._sublots()), tuple(self._transfers()), tuple(self._deliveries()), tuple(self._leads()))

    def _lots(self, op: int) -> range:
        """Positions of an operation's sub-lots."""
        return range(self.first[op], self.first[op] + self.count[op])

    def _sent(self, source: int, to_site: int, ready: int) -> tuple[int, int]:
        """Departure and arrival of what is ready at a sub-lot's machine.

        The way into frozen work may be longer than the horizon; its times are not judged.
        """
        from_site, horizon = self.site[source], self.built.problem.horizon
        minutes, depart = self.minutes[from_site][to_site], ready
        arrive = ready + minutes
        if minutes < 0:
            way = self.built.store.tables, from_site, to_site, ready
            depart, arrive = int(departure(*way)), int(arrival(*way))
        return min(depart, horizon), min(arrive, horizon)

    def _sublots(self) -> Iterator[SubLot]:
        built = self.built
        for op, operation in enumerate(built.operations):
            for number, lot in enumerate(self._lots(op), start=1):
                person = built.people[self.person[lot]] if self.person[lot] >= 0 else None
                machine = built.options[self.option[lot]].machine
                times = self.start[lot], self.end[lot], self.setup[lot]
                yield SubLot(operation.id, number, machine, self.quantity[lot], *times, person)

    def _deliveries(self) -> Iterator[Delivery]:
        net = self.built.rows
        site = net.cases.site[net.ops.case]
        to = site.tolist()
        for op in np.flatnonzero((site >= 0) & (net.ops.last > 0)).tolist():
            name = self.built.operations[op].id
            for number, lot in enumerate(self._lots(op), start=1):
                yield Delivery(name, number, self.quantity[lot], *self._sent(lot, to[op], self.end[lot]))

    def _transfers(self) -> Iterator[Transfer]:
        net, feeds, operations = self.built.rows, self.store.rows.feeds, self.built.operations
        columns = (net.links.before, net.links.after, net.links.feed0, net.links.width, net.links.batch, net.links.lag)
        fed = feeds.pieces.tolist()
        rows = enumerate(zip(*(column.tolist() for column in columns), strict=True))
        for link, (before, after, feed0, width, batch, lag) in rows:
            names = operations[before].id, operations[after].id
            for giver, source in enumerate(self._lots(before)):
                for taker, target in enumerate(self._lots(after)):
                    at = feed0 + giver * width + taker
                    if fed[at] and not batch:
                        times = self._sent(source, self.site[target], self.end[source] + lag)
                        yield Transfer(names[0], giver + 1, names[1], taker + 1, fed[at], *times)
                    elif fed[at]:
                        for pieces, depart, arrive in self._batches(link, at, giver, taker, source, target):
                            yield Transfer(names[0], giver + 1, names[1], taker + 1, pieces, depart, arrive)

    def _batches(
        self, link: int, at: int, giver: int, taker: int, source: int, target: int
    ) -> Iterator[tuple[int, int, int]]:
        """Pieces, departure and arrival of what one sub-lot sends another."""
        row, feed = self.built.rows.links[link], self.store.rows.feeds[at]
        tables, state = self.built.store.tables, self.store.state
        left = int(feed.pieces)
        sent = sent_before(tables, state, link, giver, taker)
        for number in range(int(feed["count"])):
            pieces = int(feed.batch) if number < feed["count"] - 1 else left
            left -= pieces
            sent += pieces
            ready = int(done_by(tables, state, source, sent) + row.lag)
            yield pieces, *self._sent(source, self.site[target], ready)

    def _leads(self) -> Iterator[tuple[str, str]]:
        """For each case the company of its team that may lead and has most of the work, then the first by id."""
        net, built = self.built.rows, self.built
        company, leads = net.options.company.tolist(), net.companies.may_lead.tolist()
        minutes: dict[tuple[int, int], int] = {}
        for op, case in enumerate(net.ops.case.tolist()):
            for lot in self._lots(op):
                worker = company[self.option[lot]]
                if leads[worker]:
                    minutes[case, worker] = minutes.get((case, worker), 0) + self.setup[lot] + self.run[lot]
        best: dict[int, tuple[int, int]] = {}
        for (case, worker), work in sorted(minutes.items()):
            if case not in best or work > best[case][0]:
                best[case] = (work, worker)
        return ((built.cases[case].id, built.companies[worker]) for case, (_, worker) in best.items())

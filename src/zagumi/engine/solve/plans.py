"""Between plans and states of the compiled search."""

from __future__ import annotations

from typing import Any

from zagumi.engine.plan.plan import Delivery, Plan, SubLot, Transfer
from zagumi.engine.solve.schedule.feeding import done_by, sent_before
from zagumi.engine.solve.schedule.records import State
from zagumi.engine.solve.schedule.state import book, empty_state, open_books, stand
from zagumi.engine.solve.tables import Built


def new_state(built: Built, seed: int) -> State:
    """A state with the bookings and the frozen work of a problem in it."""
    net, st = built.net, empty_state(built.net, seed)
    for at, machine in enumerate(built.machines):
        for start, end in built.problem.machine[machine].bookings:
            book(net, st, at, start, end)
    for number, (op, work) in enumerate(built.frozen):
        stand(net, st, op, built.frozen_mode + number, work.quantity, work.start, work.end)
    open_books(net, st)
    return st


def best_plan(built: Built, st: State) -> Plan:
    """The best plan a state has kept."""
    return _Reading(built, st._replace(lots=st.best_lots, feeds=st.best_feeds, ops=st.best_ops)).plan()


class _Reading:
    """Reads a complete plan from arrays."""

    def __init__(self, built: Built, st: State) -> None:
        self.built, self.net, self.st = built, built.net, st
        self.option = self.net.modes.option
        self.site = self.net.options.site

    def plan(self) -> Plan:
        sublots: list[SubLot] = []
        transfers: list[Transfer] = []
        deliveries: list[Delivery] = []
        for op in range(len(self.net.ops)):
            sublots += self._sublots(op)
            deliveries += self._deliveries(op)
        for link in range(len(self.net.links)):
            transfers += self._transfers(link)
        return Plan(tuple(sublots), tuple(transfers), tuple(deliveries), tuple(self._leads()))

    def _lots(self, op: int) -> list[Any]:
        first = int(self.net.ops.lot0[op])
        return [self.st.lots[number] for number in range(first, first + int(self.st.ops.lots[op]))]

    def _sublots(self, op: int) -> list[SubLot]:
        built, name = self.built, self.built.operations[op].id
        found = []
        for number, lot in enumerate(self._lots(op), start=1):
            option = int(self.option[lot.mode])
            person = int(self.net.modes.person[lot.mode])
            found.append(
                SubLot(
                    name,
                    number,
                    built.options[option].machine,
                    int(lot.quantity),
                    int(lot.start),
                    int(lot.end),
                    int(lot.setup),
                    built.people[person] if person >= 0 else None,
                )
            )
        return found

    def _deliveries(self, op: int) -> list[Delivery]:
        net = self.net
        to = int(net.cases.site[net.ops.case[op]])
        if to < 0 or not net.ops.last[op]:
            return []
        return [
            Delivery(
                self.built.operations[op].id,
                number,
                int(lot.quantity),
                int(lot.end),
                int(lot.end + net.minutes[self.site[self.option[lot.mode]], to]),
            )
            for number, lot in enumerate(self._lots(op), start=1)
        ]

    def _transfers(self, link: int) -> list[Transfer]:
        net, st, row = self.net, self.st, self.net.links[link]
        givers, takers = self._lots(int(row.before)), self._lots(int(row.after))
        names = self.built.operations[row.before].id, self.built.operations[row.after].id
        found = []
        for giver, source in enumerate(givers):
            number = int(net.ops.lot0[row.before]) + giver
            for taker, target in enumerate(takers):
                fed = st.feeds[int(row.feed0) + giver * int(row.width) + taker]
                way = int(net.minutes[self.site[self.option[source.mode]], self.site[self.option[target.mode]]])
                sent = sent_before(net, st, link, giver, taker)
                left = int(fed.pieces)
                for movement in range(int(fed.count) if left else 0):
                    pieces = int(fed.size) if movement < fed.count - 1 else left
                    left -= pieces
                    sent += pieces
                    ready = int(source.end) if row.batch == 0 else done_by(net, st, number, sent)
                    # into frozen work the way may be longer than the horizon; its times are not judged
                    depart = min(int(ready + row.lag), self.built.problem.horizon)
                    arrive = min(depart + way, self.built.problem.horizon)
                    found.append(Transfer(names[0], giver + 1, names[1], taker + 1, pieces, depart, arrive))
        return found

    def _leads(self) -> list[tuple[str, str]]:
        """For each case the company of its team that may lead and has most of the work, then the first by id."""
        net, minutes = self.net, {}
        for op in range(len(net.ops)):
            for lot in self._lots(op):
                company = int(net.options.company[self.option[lot.mode]])
                if net.companies.may_lead[company]:
                    key = (int(net.ops.case[op]), company)
                    minutes[key] = minutes.get(key, 0) + int(lot.setup + lot.run)
        best: dict[int, tuple[int, int]] = {}
        for (case, company), work in sorted(minutes.items()):
            if case not in best or work > best[case][0]:
                best[case] = (work, company)
        return [(self.built.cases[case].id, self.built.companies[company]) for case, (_, company) in best.items()]

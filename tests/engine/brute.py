"""The best plan of a tiny problem by trying everything: every cut, machine, person, set-up, start and batch.

Nothing here is clever. Candidates are generated too freely rather than too narrowly, and the judge decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import permutations, product

from zagumi.engine.plan.check import check
from zagumi.engine.plan.cost import measure
from zagumi.engine.plan.plan import Delivery, Plan, SubLot, Transfer
from zagumi.engine.problem import Link, Operation, Option, Problem

Priced = tuple[int, tuple[Transfer, ...]]


class Brute:
    """Tries everything. ``best`` is the least objective, None when no plan is valid."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.best: int | None = None
        self.plan: Plan | None = None
        self._try([problem.operation[name] for name in problem.order], (), (), 0)

    def weighted(self, yen: int, co2_g: int) -> int:
        """Part of the objective."""
        weights = self.problem.policy.weights
        return weights.cost * yen + weights.co2 * co2_g

    def fare(self, from_site: str, to_site: str, operation: Operation, pieces: int) -> int:
        """Weighted cost of one movement."""
        haul = self.problem.haul(from_site, to_site, self.problem.mass_g(operation, pieces))
        return self.weighted(haul.yen, haul.co2_g)

    def sent(self, from_site: str, to_site: str, ready: int) -> tuple[int, int] | None:
        """Departure and arrival of one movement, looked up run by run."""
        for service in self.problem.roads.services:
            if (service.origin, service.destination) == (from_site, to_site):
                later = sum(m for pair, m in self.problem.roads.delays.items() if set(pair) == {from_site, to_site})
                return next(((start, end + later) for start, end in service.runs if start >= ready), None)
        return ready, ready + self.problem.haul(from_site, to_site, 0).minutes

    @cached_property
    def open(self) -> dict[tuple[str, str | None], list[bool]]:
        """For each machine and person, whether each minute is open."""
        found = {}
        for machine in self.problem.machines:
            for person in (None, *self.problem.people):
                names = [machine.calendar, person.calendar if person else None]
                found[machine.id, person.id if person else None] = [
                    all(
                        name is None or any(a <= minute < b for a, b in self.problem.calendar[name].windows)
                        for name in names
                    )
                    for minute in range(self.problem.horizon)
                ]
        return found

    def after(self, machine: str, person: str | None, start: int, minutes: int) -> int | None:
        """First minute by which so many open minutes have passed."""
        at = start
        while minutes:
            if at >= self.problem.horizon:
                return None
            minutes -= self.open[machine, person][at]
            at += 1
        return at

    def option(self, s: SubLot) -> Option:
        """The option a sub-lot is done on."""
        return next(o for o in self.problem.operation[s.operation].options if o.machine == s.machine)

    def _try(
        self,
        left: list[Operation],
        placed: tuple[SubLot, ...],
        transfers: tuple[Transfer, ...],
        cost: int,
    ) -> None:
        if self.best is not None and cost >= self.best:
            return
        if not left:
            self._judge(placed, transfers)
            return
        operation, *left = left
        for lots in self._cuts(operation):
            price = sum(self._price(operation, lot) for lot in lots)
            for timed in self._times(operation, lots, placed):
                fed = [self._feed(operation, link, placed, timed) for link in operation.after]
                if None not in fed:
                    more = tuple(t for _, moved in fed for t in moved)
                    way = sum(paid for paid, _ in fed)
                    self._try(left, placed + timed, transfers + more, cost + price + way)

    def _price(self, operation: Operation, s: SubLot) -> int:
        option = self.option(s)
        return self.weighted(option.yen(s.quantity), option.co2_g + option.unit_co2_g * s.quantity)

    def _cuts(self, operation: Operation) -> Iterator[tuple[SubLot, ...]]:
        """Sub-lots without times: frozen ones first."""
        frozen = self.problem.frozen.get(operation.id, ())
        fixed = tuple(
            SubLot(operation.id, at, w.machine, w.quantity, w.start, w.end, self.problem.frozen_setup(w), w.person)
            for at, w in enumerate(frozen, start=1)
        )
        rest = operation.quantity - sum(w.quantity for w in frozen)
        if not rest:
            yield fixed
            return
        for count in range(1, operation.max_sublots + 1):
            for options in permutations(operation.options, count):
                if list(options) != sorted(options, key=lambda o: o.machine):
                    continue
                for sizes in product(range(1, rest + 1), repeat=count):
                    if sum(sizes) == rest:
                        for lots in product(*map(self._manned, options)):
                            yield fixed + tuple(
                                SubLot(operation.id, at, o.machine, size, -1, -1, setup, person)
                                for at, ((o, person, setup), size) in enumerate(
                                    zip(lots, sizes, strict=True), start=len(fixed) + 1
                                )
                            )

    def _manned(self, option: Option) -> list[tuple[Option, str | None, int]]:
        people = [None] if option.skill is None else [p.id for p in self.problem.people]
        setups = {option.setup_minutes, *self.problem.machine[option.machine].setups.values()}
        return [(option, person, setup) for person in people for setup in sorted(setups)]

    def _times(
        self, operation: Operation, lots: tuple[SubLot, ...], placed: tuple[SubLot, ...]
    ) -> Iterator[tuple[SubLot, ...]]:
        choices: list[list[SubLot]] = []
        for lot in lots:
            if lot.start >= 0:
                choices.append([lot])
                continue
            minutes = lot.setup_minutes + self.option(lot).run_minutes(lot.quantity)
            timed = []
            for start in range(self.problem.horizon):
                end = self.after(lot.machine, lot.person, start, minutes)
                if end is not None:
                    one = SubLot(
                        lot.operation, lot.lot, lot.machine, lot.quantity, start, end, lot.setup_minutes, lot.person
                    )
                    if not any(self._clash(one, other) for other in placed):
                        timed.append(one)
            choices.append(timed)
        return product(*choices)

    @staticmethod
    def _clash(one: SubLot, other: SubLot) -> bool:
        shared = one.machine == other.machine or (one.person is not None and one.person == other.person)
        return shared and max(one.start, other.start) < min(one.end, other.end)

    def _feed(
        self, operation: Operation, link: Link, placed: tuple[SubLot, ...], takers: tuple[SubLot, ...]
    ) -> Priced | None:
        """The cheapest transfers over a link that arrive in time."""
        givers = [s for s in placed if s.operation == link.before]
        before = self.problem.operation[link.before]
        needs = [taker.quantity * link.per for taker in takers]
        best: Priced | None = None
        rows = [
            [row for row in product(*(range(need + 1) for need in needs)) if sum(row) <= giver.quantity]
            for giver in givers
        ]
        for matrix in product(*rows):
            if [sum(column) for column in zip(*matrix, strict=True)] != needs:
                continue
            sendings = [
                list(self._sendings(before, link, giver, takers, row))
                for giver, row in zip(givers, matrix, strict=True)
            ]
            for sent in product(*sendings):
                cost, moved = sum(c for c, _ in sent), tuple(t for _, ts in sent for t in ts)
                if (best is None or cost < best[0]) and all(self._in_time(link, taker, moved) for taker in takers):
                    best = (cost, moved)
        return best

    def _sendings(
        self, before: Operation, link: Link, giver: SubLot, takers: tuple[SubLot, ...], row: tuple[int, ...]
    ) -> Iterator[Priced]:
        """All ways in which a giver sends the pieces of a row, one movement after the other, to frozen work first."""
        site = {m.id: m.site for m in self.problem.machines}

        def send(left: tuple[int, ...], done: int) -> Iterator[Priced]:
            if not any(left):
                yield 0, ()
                return
            first = any(pieces and self._frozen(taker) for pieces, taker in zip(left, takers, strict=True))
            for at, most in enumerate(left):
                if first and not self._frozen(takers[at]):
                    continue
                for pieces in range(1, most + 1):
                    after = (*left[:at], most - pieces, *left[at + 1 :])
                    if link.batch is not None and pieces < link.batch and any(after) and not first:
                        continue
                    ready: int | None = giver.end
                    if link.batch is not None:
                        minutes = giver.setup_minutes + self.option(giver).run_minutes(done + pieces)
                        ready = self.after(giver.machine, giver.person, giver.start, minutes)
                        ready = giver.end if ready is None else min(ready, giver.end)
                    taker = takers[at]
                    cost = self.fare(site[giver.machine], site[taker.machine], before, pieces)
                    times = self.sent(site[giver.machine], site[taker.machine], ready + link.lag)
                    if times is None and not self._frozen(taker):
                        continue
                    depart, arrive = times or (self.problem.horizon, self.problem.horizon)
                    if self._frozen(taker):
                        depart, arrive = min(depart, self.problem.horizon), min(arrive, self.problem.horizon)
                    t = Transfer(before.id, giver.lot, taker.operation, taker.lot, pieces, depart, arrive)
                    for rest_cost, rest in send(after, done + pieces):
                        yield cost + rest_cost, (t, *rest)

        return send(row, 0)

    def _frozen(self, s: SubLot) -> bool:
        return s.lot <= len(self.problem.frozen.get(s.operation, ()))

    def _in_time(self, link: Link, taker: SubLot, moved: tuple[Transfer, ...]) -> bool:
        if self._frozen(taker):
            return True
        pieces, option = 0, self.option(taker)
        for t in sorted((t for t in moved if t.to_lot == taker.lot), key=lambda t: t.arrive):
            latest: int | None = taker.start
            if link.batch is not None and pieces:
                worked = int(option.worked(pieces // link.per) * option.minutes_per_piece + 1e-9)
                latest = self.after(taker.machine, taker.person, taker.start, taker.setup_minutes + worked)
            if latest is None or t.arrive > latest:
                return False
            pieces += t.pieces
        return True

    def _judge(self, placed: tuple[SubLot, ...], transfers: tuple[Transfer, ...]) -> None:
        problem = self.problem
        deliveries = tuple(d for s in placed for d in self._deliveries(s))
        leads = []
        for case in problem.cases:
            team = {problem.company_of(s.machine) for s in placed if problem.operation[s.operation].case == case.id}
            leads += [(case.id, c.id) for c in problem.companies if c.may_lead and c.id in team][:1]
        plan = Plan(placed, transfers, deliveries, tuple(leads))
        objective = measure(problem, plan).objective(problem.policy.weights)
        if (self.best is None or objective < self.best) and not check(problem, plan):
            self.best, self.plan = objective, plan

    def _deliveries(self, s: SubLot) -> list[Delivery]:
        problem, operation = self.problem, self.problem.operation[s.operation]
        to_site = problem.case[operation.case].deliver_to
        if to_site is None or problem.successors[operation.id]:
            return []
        site = problem.machine[s.machine].site

        def cheapest(pieces: int) -> tuple[int, list[int]]:
            ways = [(0, list[int]())] if not pieces else []
            for size in range(1, pieces + 1):
                cost, sizes = cheapest(pieces - size)
                ways.append((cost + self.fare(site, to_site, operation, size), [size, *sizes]))
            return min(ways)

        depart, arrive = self.sent(site, to_site, s.end) or (s.end, s.end)  # which the judge refuses
        return [Delivery(s.operation, s.lot, size, depart, arrive) for size in cheapest(s.quantity)[1]]

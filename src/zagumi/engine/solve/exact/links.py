"""What flows between sub-lots and to the buyer: quantities, travel, transfer batches, transport cost."""

from __future__ import annotations

import math
from collections.abc import Iterator

from zagumi.engine.problem import Link, Operation, Option
from zagumi.engine.solve.exact.base import Base, Choice, Literal, Lot, Movement, Term
from zagumi.engine.solve.exact.moves import Moves

MOST_WAYS = 24  # of sending a lot on in batches; when there are more, only some are looked at


def add_links(base: Base) -> None:
    """Feeds along every link, and deliveries."""
    moves = Moves(base.problem, base.weights)
    for name in base.problem.order:
        operation = base.problem.operation[name]
        for link in operation.after:
            giver, taker = base.lots[link.before], base.lots[name]
            whole = base.outlook.lots[link.before].whole and base.outlook.lots[name].whole
            if whole and link.batch is not None:
                _Stream(base, moves, link, giver[0], taker[0]).add()
            elif whole:
                _whole_feed(base, moves, link, giver[0], taker[0])
            else:
                _split_feed(base, moves, link, giver, taker)
        to_site = base.problem.case[operation.case].deliver_to
        if to_site is not None and not base.problem.successors[name]:
            _deliver(base, moves, operation, to_site)
    if moves.undivided:
        base.restricted.add("movements of many pieces")


def _piece_g(base: Base, operation: Operation) -> int:
    return base.problem.mass_g(operation, 1)


def _cost_of_way(
    base: Base, given: dict[str, Literal], taken: dict[str, Literal], cost: dict[tuple[str, str], int]
) -> None:
    """A goal of ``cost[a, b]`` when the pieces go from a to b; row by row, one variable for all pairs."""
    if not any(cost.values()):
        return
    if len(given) == 1 or len(taken) == 1:
        base.goals += [cost[a, b] * (y if len(taken) == 1 else z) for a, y in given.items() for b, z in taken.items()]
        return
    paid = base.whole(min(cost.values()), max(cost.values()))
    base.goals.append(paid)
    for a, here in given.items():
        row = sum(cost[a, b] * there for b, there in taken.items())
        base.cp.add(paid >= row).only_enforce_if(here)


def _sites(base: Base, lot: Lot) -> dict[str, Literal]:
    """The sites a lot may be done at, each with its literal."""
    if not lot.sites:
        found: dict[str, list[Literal]] = {}
        for choice in lot.choices:
            found.setdefault(choice.site, []).append(choice.present)
        lot.sites.update((site, base.any_of(literals)) for site, literals in found.items())
    return lot.sites


def _whole_feed(base: Base, moves: Moves, link: Link, giver: Lot, taker: Lot) -> None:
    """One lot feeds one lot when it is done: for each site it may come from, one row over the sites it may go to."""
    need = taker.operation.quantity * link.per
    given, taken = _sites(base, giver), _sites(base, taker)
    piece_g = _piece_g(base, giver.operation)
    for a, here in given.items():
        ways = {b: base.outlook.travel(a, b) for b in taken}
        least = min(ways.values())
        row = sum((minutes - least) * taken[b] for b, minutes in ways.items() if minutes > least)
        later = base.cp.add(taker.start >= giver.end + link.lag + least + row)
        if len(given) > 1:
            later.only_enforce_if(here)
        for b, there in taken.items():
            if base.served(a, b):
                goes = [here, there]
                base.cp.add(taker.start >= base.reach(giver, link.lag, a, b, goes)).only_enforce_if(goes)
    cost = {(a, b): moves.cost(a, b, piece_g, need) for a in given for b in taken}
    _cost_of_way(base, given, taken, cost)
    base.movements.append(Movement(giver, taker, link.lag, None, need))


class _Stream:
    """One lot feeds one lot in batches sent on while it runs.

    Each way of cutting the pieces into batches is a literal. With closed hours the moments used are on the safe side
    (no earlier than true for the giver, no later for the taker), so that some plans are missed; by a service the pieces
    are looked at all together only.
    """

    def __init__(self, base: Base, moves: Moves, link: Link, giver: Lot, taker: Lot) -> None:
        self.base, self.moves, self.link, self.giver, self.taker = base, moves, link, giver, taker
        self.need = taker.operation.quantity * link.per
        self.piece_g = _piece_g(base, giver.operation)

    def add(self) -> None:
        """The constraints and the cost."""
        base = self.base
        if not all(self._always_open(lot) for lot in (self.giver, self.taker)):
            base.restricted.add("transfer batches and closed hours")
        ways = self._ways()
        chosen = [base.flag() for _ in ways]
        base.cp.add_exactly_one(chosen)
        given, taken = _sites(base, self.giver), _sites(base, self.taker)
        for way, literal in zip(ways, chosen, strict=True):
            for choice in self.giver.choices:
                for follower in self.taker.choices:
                    self._keep_fed(way, choice, follower, [literal, choice.present, follower.present])
        self._pay(ways, chosen, given, taken)
        movement = Movement(self.giver, self.taker, self.link.lag, self.link.batch, self.need)
        movement.sizes = list(zip(chosen, ways, strict=True))
        base.movements.append(movement)

    def _always_open(self, lot: Lot) -> bool:
        rooms, attendants = (
            self.base.outlook.rooms,
            [(c.option.machine, p) for c in lot.choices for p in c.people or (None,)],
        )
        return all(len(rooms.hours(machine, person).windows) == 1 for machine, person in attendants)

    def _ways(self) -> list[tuple[int, ...]]:
        batch = self.link.batch or 1
        ways: list[tuple[int, ...]] = []
        for way in _compositions(self.need, batch):
            ways.append(way)
            if len(ways) > MOST_WAYS:
                self.base.restricted.add("transfer batches of many sizes")
                sizes = {max(batch, -(-self.need // parts)) for parts in (1, 2, 3, 4, 8, self.need)}
                return [_even(self.need, size) for size in sorted(sizes)]
        return ways

    def _keep_fed(self, way: tuple[int, ...], choice: Choice, follower: Choice, literals: list[Literal]) -> None:
        """Each batch arrives before the taker has worked off those before it."""
        if self.base.served(choice.site, follower.site):
            self._keep_served(way, choice, follower, literals)
            return
        option, taking, link = choice.option, follower.option, self.link
        run, minutes = (
            option.run_minutes(self.giver.operation.quantity),
            self.base.outlook.travel(choice.site, follower.site),
        )
        done, first, later = 0, 0, None
        for size in way:
            before, done = done, done + size
            depart = option.run_minutes(done) - run + link.lag + minutes  # after the giver's end
            if not before:
                first = depart
            else:
                waits = depart - _begun_after(taking, before // link.per)
                later = waits if later is None else max(later, waits)
        cp, end, start = self.base.cp, self.giver.end, self.taker.start
        cp.add(start >= end + first).only_enforce_if(literals)
        if later is not None:
            cp.add(start + follower.setup >= end + later).only_enforce_if(literals)

    def _keep_served(self, way: tuple[int, ...], choice: Choice, follower: Choice, literals: list[Literal]) -> None:
        """All pieces go with one run."""
        base = self.base
        if len(way) > 1:
            base.restricted.add("transfer batches by service")
            base.cp.add_bool_or([literal.negated() for literal in literals])
            return
        arrival = base.reach(self.giver, self.link.lag, choice.site, follower.site, literals)
        base.cp.add(self.taker.start >= arrival).only_enforce_if(literals)

    def _pay(
        self, ways: list[tuple[int, ...]], chosen: list[Literal], given: dict[str, Literal], taken: dict[str, Literal]
    ) -> None:
        base = self.base
        cost = {
            (way, a, b): sum(self.moves.single(a, b, self.piece_g, size) for size in way)
            for way in ways
            for a in given
            for b in taken
        }
        if not any(cost.values()):
            return
        paid = base.whole(min(cost.values()), max(cost.values()))
        base.goals.append(paid)
        for way, literal in zip(ways, chosen, strict=True):
            for a, here in given.items():
                row = sum(cost[way, a, b] * there for b, there in taken.items())
                base.cp.add(paid >= row).only_enforce_if([literal, here])


def _begun_after(option: Option, pieces: int) -> int:
    """Run minutes after which the next good piece is begun."""
    return math.floor(option.worked(pieces) * option.minutes_per_piece + 1e-9)


def _compositions(pieces: int, batch: int) -> Iterator[tuple[int, ...]]:
    """All ways to cut pieces into batches of at least ``batch``, the last of any size."""
    for size in range(batch, pieces):
        for rest in _compositions(pieces - size, batch):
            yield (size, *rest)
    yield (pieces,)


def _even(pieces: int, size: int) -> tuple[int, ...]:
    return tuple(min(size, pieces - at) for at in range(0, pieces, size))


def _split_feed(base: Base, moves: Moves, link: Link, givers: list[Lot], takers: list[Lot]) -> None:
    """Any lot may feed any lot. A batch is sent on when its lot is done: those sent on earlier are not looked at."""
    if link.batch is not None:
        base.restricted.add("transfer batches of split lots")
    from_nodes = [(lot, site, here) for lot in givers for site, here in _sites(base, lot).items()]
    to_nodes = [(lot, site, here) for lot in takers for site, here in _sites(base, lot).items()]
    into: list[list[Term]] = [[] for _ in to_nodes]
    for giver, a, here in from_nodes:
        out: list[Term] = []
        sent: list[tuple[Term, Literal]] = []
        for at, (taker, b, there) in enumerate(to_nodes):
            most = min(giver.operation.quantity, taker.operation.quantity * link.per)
            pieces, goes = base.whole(0, most), base.flag()
            base.cp.add(pieces >= 1).only_enforce_if(goes)
            base.cp.add(pieces == 0).only_enforce_if(goes.negated())
            base.cp.add_implication(goes, here)
            base.cp.add_implication(goes, there)
            if taker.frozen is None:
                base.cp.add(taker.start >= base.reach(giver, link.lag, a, b, [goes])).only_enforce_if(goes)
            _pay_pieces(base, moves, a, b, _piece_g(base, giver.operation), pieces, goes, most, link.batch)
            base.movements.append(Movement(giver, taker, link.lag, link.batch, pieces))
            out.append(pieces)
            if taker.frozen is None:
                sent.append((pieces, goes))
            into[at].append(pieces)
        base.cp.add(sum(out) <= giver.quantity)
        if link.batch is not None and len(sent) > 1:
            _one_small(base, sent, link.batch)
    for (taker, _, there), pieces in zip(to_nodes, into, strict=True):
        need = taker.quantity * link.per
        if isinstance(need, int) and taker.frozen is None:  # a whole lot at one of its sites
            need = need * there
        base.cp.add(sum(pieces) == need)


def _one_small(base: Base, sent: list[tuple[Term, Literal]], batch: int) -> None:
    """Of the batches a lot sends, all but one have the batch size."""
    smalls = []
    by_service = bool(base.problem.services)  # then another may depart after the small one
    for pieces, goes in sent:
        small = base.flag()
        base.cp.add(pieces >= batch).only_enforce_if([goes, small.negated()])
        if by_service:
            base.cp.add(sum(goes for _, goes in sent) <= 1).only_enforce_if(small)
        smalls.append(small)
    base.cp.add_at_most_one(smalls)


def _pay_pieces(
    base: Base, moves: Moves, a: str, b: str, piece_g: int, pieces: Term, goes: Literal, most: int, batch: int | None
) -> None:
    """The cost of a changing number of pieces: a literal for each stretch of equal cost."""
    # a batch goes in one movement, so that it keeps its size
    steps = moves.steps(a, b, piece_g, most, divided=batch is None)
    if len(steps) == 1:
        if steps[0][2]:
            base.goals.append(steps[0][2] * goes)
        return
    literals = []
    for first, last, cost in steps:
        literal = base.flag()
        base.cp.add_linear_constraint(pieces, first, last).only_enforce_if(literal)
        base.goals.append(cost * literal)
        literals.append(literal)
    base.cp.add(sum(literals) == goes)


def _deliver(base: Base, moves: Moves, operation: Operation, to_site: str) -> None:
    """Everything goes to the buyer as soon as its lot is done."""
    piece_g = _piece_g(base, operation)
    for lot in base.lots[operation.id]:
        for choice in lot.choices:
            minutes = base.outlook.travel(choice.site, to_site)
            base.cp.add(lot.end + minutes <= base.latest[operation.case]).only_enforce_if(choice.present)
            if isinstance(lot.quantity, int):
                base.goals.append(moves.cost(choice.site, to_site, piece_g, lot.quantity) * choice.present)
            else:
                most = base.outlook.lots[operation.id].rest
                _pay_pieces(base, moves, choice.site, to_site, piece_g, lot.quantity, choice.present, most, None)
        base.movements.append(Movement(lot, None, 0, None, lot.quantity))

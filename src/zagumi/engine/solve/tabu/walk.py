"""The tabu search: from move to move, each the best of some that take an operation from a critical path."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel
from zagumi.engine.solve.tabu.records import Board, Shop
from zagumi.engine.solve.tabu.rows import (
    ban_at,
    before_at,
    below,
    best_option_at,
    best_order_at,
    last_at,
    line_at,
    node_at,
    now_at,
    op_at,
    option_at,
    order_at,
    path_at,
    row_at,
    rules_at,
    seat_at,
    way,
)
from zagumi.engine.solve.tabu.seating import move
from zagumi.engine.solve.tabu.times import arrival, remainder

FEWEST, MORE = 4, 20  # operations of the critical path looked at in a step: at least, and up to how many more
BARRED = 50  # steps for which a move that would close a cycle is tabu
TENURE, SPREAD, SHARE = 5, 10, 0.3  # steps for which a machine is tabu: plus a share of path length and options


@kernel
def _critical_end(shop: Shop, board: Board) -> int:
    """One of the operations that complete last."""
    found, ties, number = -1, 0, 0
    while last_at(shop, number).op >= 0:
        v = last_at(shop, number).op
        node = node_at(board, v)
        if node.end + node.finish == now_at(board, 0).makespan:
            ties += 1
            if below(board, ties) == 0:
                found = v
        number += 1
    return found


@kernel
def _critical_before(shop: Shop, board: Board, v: int) -> int:
    """One of the operations whose end lets this one start no earlier; -1: none does."""
    node, op = node_at(board, v), op_at(shop, v)
    found, ties = -1, 0
    if node.prev >= 0 and node_at(board, node.prev).end == node.head:
        found, ties = int(node.prev), 1
    for link in range(op.before0, op.before1):
        before = before_at(shop, link)
        other = node_at(board, before.op)
        if other.end + before.lag + way(shop, other.site, node.site) == node.head:
            ties += 1
            if below(board, ties) == 0:
                found = before.op
    return found


@kernel
def trace(shop: Shop, board: Board) -> None:
    """Find a critical path at random."""
    v, length = _critical_end(shop, board), 0
    while v >= 0:
        path_at(board, length).op = v
        length += 1
        v = _critical_before(shop, board, v)
    now_at(board, 0).path = length


@kernel
def _weigh(board: Board, v: int, option: int, place: int, length: int, load: int, count: int) -> None:
    """Keep a move when it is the best so far.

    Moves through which no way is as long as the makespan are equal, unless the walk is strict, but for harm to the
    balance of loads, then length, then chance.

    Args:
        load: growth of the sum of squared loads; a better balance counts as much as none.
        count: places that are as good, of which ``place`` was drawn.
    """
    now = now_at(board, 0)
    now.spares += count
    if below(board, now.spares) < count:
        now.spare_op, now.spare_option, now.spare_place = v, option, place
    if ban_at(board, option).until > now.steps:
        return
    rank = length if now.strict > 0 else max(length, now.makespan - 1)
    if now.op >= 0:
        if rank != now.rank:
            worse = rank > now.rank
        elif load != now.load:
            worse = load > now.load
        else:
            worse = length > now.length
        if worse:
            return
        if rank == now.rank and load == now.load and length == now.length:
            now.ties += count
            if below(board, now.ties) >= count:
                return
        else:
            now.ties = count
    else:
        now.ties = count
    now.op, now.option, now.place = v, option, place
    now.rank, now.length, now.load = rank, length, load


@kernel
def _first_ending_after(board: Board, first: int, count: int, time: int) -> int:
    """The first place of a sequence whose operation ends after a time."""
    low, high = 0, count
    while low < high:
        middle = (low + high) >> 1
        if node_at(board, seat_at(board, first + middle).op).end > time:
            high = middle
        else:
            low = middle + 1
    return low


@kernel
def _first_of_body(board: Board, first: int, count: int, time: int) -> int:
    """The first place of a sequence whose operation's body is no longer than a time."""
    low, high = 0, count
    while low < high:
        middle = (low + high) >> 1
        if node_at(board, seat_at(board, first + middle).op).body <= time:
            high = middle
        else:
            low = middle + 1
    return low


@kernel
def _look_at_machine(shop: Shop, board: Board, v: int, option: int, ready: int, rest: int, load: int) -> None:
    """Weigh all places on another machine among which the best one surely is.

    Args:
        ready: when what the operation needs is there; ``rest``: least time from its end to the completion of all.
    """
    chosen = option_at(shop, option)
    minutes, first = int(chosen.minutes), int(row_at(shop, chosen.machine).first)
    count = line_at(board, chosen.machine).count
    late = _first_ending_after(board, first, count, ready)
    early = _first_of_body(board, first, count, rest)
    if early <= late:  # wherever it goes between the two, no other operation matters
        places = late - early + 1
        _weigh(board, v, option, early + below(board, places), ready + minutes + rest, load, places)
        return
    for place in range(late, early + 1):
        start, tail = ready, rest
        if place > late:
            start = max(start, node_at(board, seat_at(board, first + place - 1).op).end)
        if place < early:
            tail = max(tail, node_at(board, seat_at(board, first + place).op).body)
        _weigh(board, v, option, place, start + minutes + tail, load, 1)


@kernel
def _take_off(shop: Shop, board: Board, v: int) -> None:
    """Set ends and bodies on an operation's machine as they would be without it (see ``end_off`` of the nodes)."""
    node = node_at(board, v)
    end = node_at(board, node.prev).end if node.prev >= 0 else 0
    w = int(node.next)
    while w >= 0:
        other = node_at(board, w)
        if end < other.head:
            end = max(end, arrival(shop, board, w, other.site))
        end += other.minutes
        other.end_off = end
        w = int(other.next)
    body = node_at(board, node.next).body if node.next >= 0 else 0
    w = int(node.prev)
    while w >= 0:
        other = node_at(board, w)
        if body < other.tail:
            body = max(body, remainder(shop, board, w, other.site, other.finish))
        body += other.minutes
        other.body_off = body
        w = int(other.prev)


@kernel
def _look_at_own_machine(shop: Shop, board: Board, v: int, ready: int, rest: int) -> None:
    """Weigh all other places on an operation's machine among which the best one surely is."""
    node = node_at(board, v)
    own, minutes = int(node.seat), int(node.minutes)
    first, count = row_at(shop, node.machine).first, line_at(board, node.machine).count - 1
    _take_off(shop, board, v)
    late, early = 0, 0
    while late < own and node_at(board, seat_at(board, first + late).op).end <= ready:
        late += 1
    if late == own:
        while late < count and node_at(board, seat_at(board, first + late + 1).op).end_off <= ready:
            late += 1
    while early < own and node_at(board, seat_at(board, first + early).op).body_off > rest:
        early += 1
    if early == own:
        while early < count and node_at(board, seat_at(board, first + early + 1).op).body > rest:
            early += 1
    for place in range(min(late, early), max(late, early) + 1):
        if place == own:
            continue
        start, tail = ready, rest
        if place > own:
            start = max(start, node_at(board, seat_at(board, first + place).op).end_off)
        elif place > 0:
            start = max(start, node_at(board, seat_at(board, first + place - 1).op).end)
        if place < own:
            tail = max(tail, node_at(board, seat_at(board, first + place).op).body_off)
        elif place < count:
            tail = max(tail, node_at(board, seat_at(board, first + place + 1).op).body)
        _weigh(board, v, node.option, place, start + minutes + tail, 0, 1)


@kernel
def _look_at(shop: Shop, board: Board, v: int) -> None:
    """Weigh all moves of an operation."""
    node, op = node_at(board, v), op_at(shop, v)
    leaving = node.minutes * (node.minutes - 2 * line_at(board, node.machine).load)
    site, ready, rest = -1, 0, 0
    for option in range(op.option0, op.option1):
        chosen = option_at(shop, option)
        if op.whole >= 0 and chosen.company != option_at(shop, node.option).company:
            continue
        if chosen.site != site:
            site = int(chosen.site)
            ready = arrival(shop, board, v, site)
            rest = remainder(shop, board, v, site, chosen.finish)
        if chosen.machine == node.machine:
            _look_at_own_machine(shop, board, v, ready, rest)
        else:
            load = leaving + chosen.minutes * (chosen.minutes + 2 * line_at(board, chosen.machine).load)
            _look_at_machine(shop, board, v, option, ready, rest, max(0, load))


@kernel
def _choose(shop: Shop, board: Board) -> None:
    """Choose a move of some operations of a critical path."""
    trace(shop, board)
    now = now_at(board, 0)
    now.op, now.spare_op, now.spares = -1, -1, 0
    for number in range(min(FEWEST + below(board, MORE), now.path)):
        other = number + below(board, now.path - number)
        v = path_at(board, other).op
        path_at(board, other).op = path_at(board, number).op
        path_at(board, number).op = v
        _look_at(shop, board, v)
    if now.op < 0:
        now.op, now.option, now.place = now.spare_op, now.spare_option, now.spare_place


@kernel
def keep(shop: Shop, board: Board) -> None:
    """Keep what stands as the best of this walk."""
    now = now_at(board, 0)
    now.best = now.makespan
    now.stalled = 0
    for at in range(rules_at(shop, 0).op_count):
        best_order_at(board, at).op = order_at(board, at).op
        best_option_at(board, at).op = node_at(board, at).option


@kernel
def walk(shop: Shop, board: Board, steps: int) -> int:
    """Take so many steps, or fewer when patience ends; returns how many."""
    now = now_at(board, 0)
    for taken in range(steps):
        if now.stalled >= now.patience:
            return taken
        now.steps += 1
        now.stalled += 1
        _choose(shop, board)
        if now.op < 0:
            continue
        v, left = int(now.op), int(node_at(board, now.op).option)
        if not move(shop, board, v, now.option, now.place):
            ban_at(board, now.option).until = now.steps + BARRED
            continue
        op = op_at(shop, v)
        share = int(SHARE * (now.path + op.option1 - op.option0))
        ban_at(board, left).until = now.steps + TENURE + below(board, SPREAD + 1) + share
        if now.makespan < now.best:
            keep(shop, board)
    return steps

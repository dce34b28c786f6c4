"""Operations in the sequences of their machines: a whole order at once, and one operation moved."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel
from zagumi.engine.solve.tabu.records import Board, Shop
from zagumi.engine.solve.tabu.rows import (
    after_at,
    before_at,
    line_at,
    node_at,
    now_at,
    op_at,
    option_at,
    order_at,
    row_at,
    rules_at,
    seat_at,
    spare_at,
)
from zagumi.engine.solve.tabu.times import mend_heads, mend_tails, set_heads, set_makespan, set_tails


@kernel
def assign(shop: Shop, board: Board, v: int, option: int) -> None:
    """Let an operation be done by an option; its sequence is another matter."""
    node, chosen = node_at(board, v), option_at(shop, option)
    node.option = option
    node.machine = chosen.machine
    node.site = chosen.site
    node.minutes = chosen.minutes
    node.finish = chosen.finish


@kernel
def seat_all(shop: Shop, board: Board) -> None:
    """Sequence all operations, assigned already, in the order at hand, and set all times."""
    rules = rules_at(shop, 0)
    for machine in range(rules.machine_count):
        line_at(board, machine).count = 0
        line_at(board, machine).load = 0
    for rank in range(rules.op_count):
        v = order_at(board, rank).op
        node = node_at(board, v)
        line, first = line_at(board, node.machine), row_at(shop, node.machine).first
        node.rank, node.seat, node.mark = rank, line.count, 0
        node.prev, node.next = -1, -1
        if line.count > 0:
            node.prev = seat_at(board, first + line.count - 1).op
            node_at(board, node.prev).next = v
        seat_at(board, first + line.count).op = v
        line.count += 1
        line.load += node.minutes
    now_at(board, 0).stamp = 0
    set_heads(shop, board)
    set_tails(shop, board)
    set_makespan(shop, board)


@kernel
def _link(board: Board, v: int, prev: int, after: int) -> None:
    """Put an operation between two neighbours on a machine."""
    node = node_at(board, v)
    node.prev, node.next = prev, after
    if prev >= 0:
        node_at(board, prev).next = v
    if after >= 0:
        node_at(board, after).prev = v


@kernel
def _unlink(board: Board, v: int) -> None:
    """Take an operation from between its neighbours, who become neighbours of each other."""
    node = node_at(board, v)
    if node.prev >= 0:
        node_at(board, node.prev).next = node.next
    if node.next >= 0:
        node_at(board, node.next).prev = node.prev


@kernel
def _follows(shop: Shop, board: Board, v: int, stamp: int) -> bool:
    """Whether an operation directly follows a marked one."""
    prev = node_at(board, v).prev
    if prev >= 0 and node_at(board, prev).mark == stamp:
        return True
    op = op_at(shop, v)
    found = False
    for link in range(op.before0, op.before1):
        found = found or node_at(board, before_at(shop, link).op).mark == stamp
    return found


@kernel
def _leads(shop: Shop, board: Board, v: int, stamp: int) -> bool:
    """Whether a marked operation directly follows an operation."""
    after = node_at(board, v).next
    if after >= 0 and node_at(board, after).mark == stamp:
        return True
    op = op_at(shop, v)
    found = False
    for link in range(op.after0, op.after1):
        found = found or node_at(board, after_at(shop, link).op).mark == stamp
    return found


@kernel
def _order_after(shop: Shop, board: Board, v: int, left: int) -> bool:
    """Move an operation, with all that follows it, behind one of higher rank; False: that one follows it itself.

    The order between the two ranks is kept otherwise (as in D. J. Pearce and P. H. J. Kelly, A dynamic topological
    sort algorithm for directed acyclic graphs, 2006, with a scan in place of their searches).
    """
    now = now_at(board, 0)
    now.stamp += 1
    node_at(board, v).mark = now.stamp
    first, last = node_at(board, v).rank, node_at(board, left).rank
    for rank in range(first + 1, last + 1):
        w = order_at(board, rank).op
        if _follows(shop, board, w, now.stamp):
            node_at(board, w).mark = now.stamp
    if node_at(board, left).mark == now.stamp:
        return False
    kept, moved = first, 0
    for rank in range(first, last + 1):
        w = order_at(board, rank).op
        if node_at(board, w).mark == now.stamp:
            spare_at(board, moved).op = w
            moved += 1
        else:
            order_at(board, kept).op = w
            node_at(board, w).rank = kept
            kept += 1
    for number in range(moved):
        w = spare_at(board, number).op
        order_at(board, kept + number).op = w
        node_at(board, w).rank = kept + number
    return True


@kernel
def _order_before(shop: Shop, board: Board, v: int, right: int) -> bool:
    """Move an operation, with all that leads to it, before one of lower rank; False: that one leads to it itself."""
    now = now_at(board, 0)
    now.stamp += 1
    node_at(board, v).mark = now.stamp
    first, last = node_at(board, right).rank, node_at(board, v).rank
    for rank in range(last - 1, first - 1, -1):
        w = order_at(board, rank).op
        if _leads(shop, board, w, now.stamp):
            node_at(board, w).mark = now.stamp
    if node_at(board, right).mark == now.stamp:
        return False
    kept, moved = last, 0
    for rank in range(last, first - 1, -1):
        w = order_at(board, rank).op
        if node_at(board, w).mark == now.stamp:
            spare_at(board, moved).op = w
            moved += 1
        else:
            order_at(board, kept).op = w
            node_at(board, w).rank = kept
            kept -= 1
    for number in range(moved):
        w = spare_at(board, number).op
        order_at(board, kept - number).op = w
        node_at(board, w).rank = kept - number
    return True


@kernel
def _reseat(shop: Shop, board: Board, v: int, machine: int, place: int) -> None:
    """Take an operation from its seat to one on a machine; ``place`` counts without it."""
    node = node_at(board, v)
    first, line = row_at(shop, node.machine).first, line_at(board, node.machine)
    line.count -= 1
    line.load -= node.minutes
    for seat in range(node.seat, line.count):
        w = seat_at(board, first + seat + 1).op
        seat_at(board, first + seat).op = w
        node_at(board, w).seat = seat
    first, line = row_at(shop, machine).first, line_at(board, machine)
    for seat in range(line.count, place, -1):
        w = seat_at(board, first + seat - 1).op
        seat_at(board, first + seat).op = w
        node_at(board, w).seat = seat
    seat_at(board, first + place).op = v
    node.seat = place
    line.count += 1


@kernel
def move(shop: Shop, board: Board, v: int, option: int, place: int) -> bool:
    """Move an operation to a place on an option's machine and set all times; False: refused, it would close a cycle.

    Args:
        place: its seat there, counted without it.
    """
    node = node_at(board, v)
    machine = int(option_at(shop, option).machine)
    first, count = row_at(shop, machine).first, line_at(board, machine).count
    own = machine == node.machine
    left_seat, right_seat = place - 1, place
    if own:
        count -= 1
        left_seat += left_seat >= node.seat
        right_seat += right_seat >= node.seat
    left = int(seat_at(board, first + left_seat).op) if place > 0 else -1
    right = int(seat_at(board, first + right_seat).op) if place < count else -1
    prev, after = int(node.prev), int(node.next)
    _unlink(board, v)
    node.prev, node.next = -1, -1
    possible = True
    if left >= 0 and node_at(board, left).rank > node.rank:
        possible = _order_after(shop, board, v, left)
    elif right >= 0 and node_at(board, right).rank < node.rank:
        possible = _order_before(shop, board, v, right)
    if not possible:
        _link(board, v, prev, after)
        now_at(board, 0).refused += 1
        return False
    _reseat(shop, board, v, machine, place)
    _link(board, v, left, right)
    assign(shop, board, v, option)
    line_at(board, machine).load += node.minutes
    mend_heads(shop, board, v, after)
    mend_tails(shop, board, v, prev)
    set_makespan(shop, board)
    return True

"""A first plan: operations in a given order, each into the gap in which it ends soonest."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel
from zagumi.engine.solve.tabu.records import Board, Shop
from zagumi.engine.solve.tabu.rows import (
    best_option_at,
    home_at,
    line_at,
    node_at,
    op_at,
    option_at,
    order_at,
    row_at,
    rules_at,
    seat_at,
)
from zagumi.engine.solve.tabu.seating import assign
from zagumi.engine.solve.tabu.times import arrival


@kernel
def _gap(shop: Shop, board: Board, option: int, ready: int) -> tuple[int, int]:
    """The first gap on an option's machine that holds it from ``ready`` on: its place and the start there."""
    chosen = option_at(shop, option)
    first, count = row_at(shop, chosen.machine).first, line_at(board, chosen.machine).count
    place, high = 0, count
    while place < high:
        middle = (place + high) >> 1
        if node_at(board, seat_at(board, first + middle).op).end > ready:
            high = middle
        else:
            place = middle + 1
    start = ready
    while place < count:
        node = node_at(board, seat_at(board, first + place).op)
        if node.head - start >= chosen.minutes:
            break
        start = max(start, node.end)
        place += 1
    return place, start


@kernel
def construct(shop: Shop, board: Board) -> None:
    """Place all operations in the order at hand, on the options wished for in ``best_options`` (-1: on any).

    Cases of one company are done in their ``homes``. Heads and options are set; sequences are to be made of them.
    """
    rules = rules_at(shop, 0)
    for machine in range(rules.machine_count):
        line_at(board, machine).count = 0
    for rank in range(rules.op_count):
        v = order_at(board, rank).op
        op, node = op_at(shop, v), node_at(board, v)
        best_end, best_option, best_place = 0, -1, 0
        wish = best_option_at(board, v).op
        for option in range(op.option0, op.option1):
            chosen = option_at(shop, option)
            if wish >= 0 and option != wish:
                continue
            if op.whole >= 0 and chosen.company != home_at(board, op.whole).company:
                continue
            place, start = _gap(shop, board, option, arrival(shop, board, v, chosen.site))
            end = start + chosen.minutes
            shorter = best_option >= 0 and end == best_end and chosen.minutes < option_at(shop, best_option).minutes
            if best_option < 0 or end < best_end or shorter:
                best_end, best_option, best_place = end, option, place
        assign(shop, board, v, best_option)
        node.end = best_end
        node.head = best_end - node.minutes
        first, line = row_at(shop, node.machine).first, line_at(board, node.machine)
        for seat in range(line.count, best_place, -1):
            seat_at(board, first + seat).op = seat_at(board, first + seat - 1).op
        seat_at(board, first + best_place).op = v
        line.count += 1

"""Heads and tails: longest ways from the start to an operation and from it to the end, along a topological order."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel
from zagumi.engine.solve.tabu.records import Board, Shop
from zagumi.engine.solve.tabu.rows import after_at, before_at, last_at, node_at, now_at, op_at, order_at, rules_at, way


@kernel
def arrival(shop: Shop, board: Board, v: int, site: int) -> int:
    """The earliest minute at which all an operation needs can be at a site."""
    op = op_at(shop, v)
    time = int(op.release)
    for link in range(op.before0, op.before1):
        before = before_at(shop, link)
        node = node_at(board, before.op)
        time = max(time, node.end + before.lag + way(shop, node.site, site))
    return time


@kernel
def remainder(shop: Shop, board: Board, v: int, site: int, finish: int) -> int:
    """The least time from the end of an operation at a site to the completion of all, by what follows from it."""
    op = op_at(shop, v)
    time = finish
    for link in range(op.after0, op.after1):
        after = after_at(shop, link)
        node = node_at(board, after.op)
        time = max(time, node.body + after.lag + way(shop, site, node.site))
    return time


@kernel
def set_heads(shop: Shop, board: Board, first: int) -> None:
    """Set the heads of all operations from a rank on."""
    for rank in range(first, rules_at(shop, 0).op_count):
        v = order_at(board, rank).op
        node = node_at(board, v)
        time = arrival(shop, board, v, node.site)
        if node.prev >= 0:
            time = max(time, node_at(board, node.prev).end)
        node.head = time
        node.end = time + node.minutes


@kernel
def set_tails(shop: Shop, board: Board, last: int) -> None:
    """Set the tails of all operations up to a rank."""
    for rank in range(last, -1, -1):
        v = order_at(board, rank).op
        node = node_at(board, v)
        time = remainder(shop, board, v, node.site, node.finish)
        if node.next >= 0:
            time = max(time, node_at(board, node.next).body)
        node.tail = time
        node.body = time + node.minutes


@kernel
def set_makespan(shop: Shop, board: Board) -> None:
    """Set the makespan from the heads; it is that of some operation that nothing follows."""
    longest = 0
    number = 0
    while last_at(shop, number).op >= 0:
        node = node_at(board, last_at(shop, number).op)
        longest = max(longest, node.end + node.finish)
        number += 1
    now_at(board, 0).makespan = longest

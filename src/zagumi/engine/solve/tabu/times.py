"""Heads and tails: longest ways from the start to an operation and from it to the end, along a topological order."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel
from zagumi.engine.solve.tabu.records import Board, Shop
from zagumi.engine.solve.tabu.rows import (
    after_at,
    before_at,
    last_at,
    node_at,
    now_at,
    op_at,
    order_at,
    rules_at,
    stale_at,
    way,
)


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
def _head(shop: Shop, board: Board, v: int) -> int:
    """The head of an operation, by the ends of those directly before it."""
    node = node_at(board, v)
    time = arrival(shop, board, v, node.site)
    if node.prev >= 0:
        time = max(time, node_at(board, node.prev).end)
    return time


@kernel
def _tail(shop: Shop, board: Board, v: int) -> int:
    """The tail of an operation, by the bodies of those directly after it."""
    node = node_at(board, v)
    time = remainder(shop, board, v, node.site, node.finish)
    if node.next >= 0:
        time = max(time, node_at(board, node.next).body)
    return time


@kernel
def set_heads(shop: Shop, board: Board) -> None:
    """Set the heads of all operations."""
    for rank in range(rules_at(shop, 0).op_count):
        node = node_at(board, order_at(board, rank).op)
        node.head = _head(shop, board, order_at(board, rank).op)
        node.end = node.head + node.minutes


@kernel
def set_tails(shop: Shop, board: Board) -> None:
    """Set the tails of all operations."""
    for rank in range(rules_at(shop, 0).op_count - 1, -1, -1):
        node = node_at(board, order_at(board, rank).op)
        node.tail = _tail(shop, board, order_at(board, rank).op)
        node.body = node.tail + node.minutes


@kernel
def _spoil(board: Board, v: int) -> int:
    """Mark the time in hand of an operation as stale; 1 if it was not (-1 is no operation)."""
    if v < 0:
        return 0
    stale = stale_at(board, node_at(board, v).rank)
    fresh = 1 - stale.op
    stale.op = 1
    return int(fresh)


@kernel
def mend_heads(shop: Shop, board: Board, v: int, after: int) -> None:
    """Set the heads that change when an operation has moved, which ``after`` followed on its machine before."""
    rank = int(node_at(board, v).rank)
    if after >= 0:
        rank = min(rank, node_at(board, after).rank)
    waiting = _spoil(board, v) + _spoil(board, after)
    while waiting > 0:
        stale = stale_at(board, rank)
        if stale.op > 0:
            stale.op = 0
            waiting -= 1
            w = order_at(board, rank).op
            node = node_at(board, w)
            head = _head(shop, board, w)
            if head + node.minutes != node.end or w == v:
                op = op_at(shop, w)
                waiting += _spoil(board, node.next)
                for link in range(op.after0, op.after1):
                    waiting += _spoil(board, after_at(shop, link).op)
            node.head, node.end = head, head + node.minutes
        rank += 1


@kernel
def mend_tails(shop: Shop, board: Board, v: int, prev: int) -> None:
    """Set the tails that change when an operation has moved, which followed ``prev`` on its machine before."""
    rank = int(node_at(board, v).rank)
    if prev >= 0:
        rank = max(rank, node_at(board, prev).rank)
    waiting = _spoil(board, v) + _spoil(board, prev)
    while waiting > 0:
        stale = stale_at(board, rank)
        if stale.op > 0:
            stale.op = 0
            waiting -= 1
            w = order_at(board, rank).op
            node = node_at(board, w)
            tail = _tail(shop, board, w)
            if tail + node.minutes != node.body or w == v:
                op = op_at(shop, w)
                waiting += _spoil(board, node.prev)
                for link in range(op.before0, op.before1):
                    waiting += _spoil(board, before_at(shop, link).op)
            node.tail, node.body = tail, tail + node.minutes
        rank -= 1


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

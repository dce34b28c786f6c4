"""The best plan so far, kept beside the state by copying only what has changed."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel, routine
from zagumi.engine.solve.schedule.occupancy import DONE, FEED, WORTH
from zagumi.engine.solve.schedule.records import State, Tables
from zagumi.engine.solve.schedule.rows import (
    best_done_at,
    best_feed_at,
    best_lot_at,
    dirty_at,
    done_at,
    feed_at,
    link_at,
    log_at,
    lot_at,
    now,
    op_at,
)
from zagumi.engine.solve.schedule.worth import worth


@kernel
def note_change(st: State, op: int) -> None:
    """Remember that an operation has changed since the best plan was kept."""
    if not done_at(st, op).dirty:
        done_at(st, op).dirty = 1
        dirty_at(st, now(st).dirty).index = op
        now(st).dirty += 1


@kernel
def note_changes(st: State) -> None:
    """Remember which operations the log has changed since the best plan was kept."""
    for at in range(now(st).logged):
        entry = log_at(st, at)
        if entry.kind == FEED or entry.kind == WORTH:
            continue  # the operations that are fed are logged too
        note_change(st, entry.index if entry.kind == DONE else lot_at(st, entry.index).op)


@kernel
def _keep_op(net: Tables, st: State, op: int) -> None:
    row = op_at(net, op)
    for number in range(row.lot0, row.lot0 + row.slots):
        kept, lot = best_lot_at(st, number), lot_at(st, number)
        kept.op = lot.op
        kept.mode = lot.mode
        kept.quantity = lot.quantity
        kept.start = lot.start
        kept.end = lot.end
        kept.setup = lot.setup
        kept.run = lot.run
        kept.ready = lot.ready
        kept.supply = lot.supply
        kept.frozen = lot.frozen
        kept.tied = lot.tied
    for link in range(row.link0, row.link1):
        flow = link_at(net, link)
        for at in range(flow.feed0, flow.feed0 + op_at(net, flow.before).slots * flow.width):
            best_feed_at(st, at).pieces = feed_at(st, at).pieces
            best_feed_at(st, at).batch = feed_at(st, at).batch
            best_feed_at(st, at).count = feed_at(st, at).count
    best_done_at(st, op).lots = done_at(st, op).lots
    best_done_at(st, op).placed = done_at(st, op).placed
    best_done_at(st, op).cost = done_at(st, op).cost


@routine
def keep(net: Tables, st: State) -> None:
    """Keep the state as the best plan; only what changed is copied."""
    while now(st).dirty > 0:
        now(st).dirty -= 1
        op = dirty_at(st, now(st).dirty).index
        done_at(st, op).dirty = 0
        _keep_op(net, st, op)
    now(st).best = worth(net, st)
    now(st).best_missing = now(st).missing

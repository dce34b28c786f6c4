"""A new state: bookings and frozen work stand, nothing else is placed."""

from __future__ import annotations

import numpy as np

from zagumi.engine.solve.arrays import blank
from zagumi.engine.solve.compiled import kernel
from zagumi.engine.solve.schedule import records
from zagumi.engine.solve.schedule.hours import run_minutes
from zagumi.engine.solve.schedule.occupancy import add_span, occupy
from zagumi.engine.solve.schedule.records import (
    BATCHES,
    ENDLESS,
    FRONTS,
    LABELS,
    State,
    StateRows,
    Store,
    TableRows,
    Tables,
)
from zagumi.engine.solve.schedule.rows import done_at, lot_at, mode_at, now, op_at, option_at, rules
from zagumi.engine.solve.schedule.worth import appraise, refresh


def empty_state(net: TableRows, seed: int) -> Store[StateRows]:
    """Arrays of the right size for a problem, with nothing in them."""
    ops, links = net.ops, net.links
    lots = int(ops.slots.sum())
    given = (net.rules[0].op_count > 0) * (len(links) > 0)
    feeds = int((ops.slots[links.before] * links.width).sum()) if given else 0
    givers = np.zeros(len(ops) + 1, dtype=np.int64)
    if given:
        np.add.at(givers, links.after, ops.slots[links.before])
    per_case = int(net.rules[0].label_count)
    per_lot = 10 if len(net.forces) else 6  # entries of the log: one that is timed anew may cost more than before
    items = max(len(ops), len(net.cases))
    rows = StateRows(
        now=blank(records.NOW, 1),
        settings=blank(records.SETTINGS, 1),
        found=blank(records.FOUND, 1),
        lots=blank(records.LOT, lots),
        feeds=blank(records.FEED, feeds),
        spans=blank(records.SPAN, int(net.rooms.first[-1])),
        used=blank(records.USED, len(net.rooms)),
        offers=blank(records.OFFER, len(net.bands)),
        done=blank(records.DONE, len(ops)),
        worths=blank(records.WORTH, len(net.cases)),
        firms=blank(records.FIRM, len(net.companies)),
        log=blank(records.LOG, per_lot * lots + 4 * feeds + 4 * len(ops) + 4 * len(net.cases) + 64),
        wishes=blank(records.WISH, lots),
        pulls=blank(records.PULL, int(givers.max())),
        arrivals=blank(records.ARRIVAL, int(givers.max()) * (BATCHES + 1)),
        parts=blank(records.PART, 2 * int(net.rules[0].part_count)),
        labels=blank(records.LABEL, LABELS * per_case),
        label_counts=blank(records.ITEM, per_case),
        fronts=blank(records.FRONT, 3 * (FRONTS + 1)),
        forced=blank(records.ITEM, lots),
        touched=blank(records.ITEM, len(net.cases)),
        queue=blank(records.ITEM, items),
        focus=blank(records.ITEM, len(net.cases)),
        dirty=blank(records.ITEM, len(ops)),
        best_lots=blank(records.LOT, lots),
        best_feeds=blank(records.FEED, feeds),
        best_done=blank(records.DONE, len(ops)),
    )
    rows.done.pick[:] = -1
    rows.now.leader[0], rows.now.prefer[0] = -1, -1
    rows.now.budget[0] = ENDLESS
    for name, value in settings_for(net).items():
        rows.settings[name][0] = value
    rows.now.random[0] = (seed * 0x5DEECE66D + 0x330E) % (1 << 48)
    return Store.of(rows)


def settings_for(net: TableRows) -> dict[str, float]:
    """How the search behaves, as found best on regional samples, networks and makespan instances together.

    ``hot``, ``cold``: temperature at the ends of a cycle, as a share of the mean excess of an operation over its least
    cost. Per thousand: ``blink``, to overlook an option; ``later``, to start a case later than it could; ``alone``,
    ``beside`` and ``way`` (running total), to take out a case alone, with what stands beside it, or with what is in its
    way, and ``shifts``, to postpone work of a machine, less often where plans are large and far from good. ``dear``:
    draws for a case that is late or dear. ``replays``: per million, to place the later part of the plan anew, which
    takes as long as the plan is large; where all work can be postponed, nothing is gained by it.
    """
    size = max(1, len(net.ops))
    if net.rules.makespan[0]:
        shares = {"alone": 450, "beside": 750, "way": 750, "dear": 3, "replays": min(500_000, 150_000_000 // size)}
        shares["shifts"] = 0
    else:
        shares = {"alone": 150, "beside": 300, "way": 850, "dear": 8, "shifts": min(1000, 20_000_000 // size)}
        shares["replays"] = 0 if net.modes.plain.all() else min(30_000, 750_000 // size)
    return {"hot": 1.5, "cold": 0.06, "blink": 15, "later": 300, **shares}


@kernel
def book(net: Tables, st: State, machine: int, start: int, end: int) -> None:
    """Take a machine for a booking."""
    add_span(net, st, machine, start, end, -1)


@kernel
def stand(net: Tables, st: State, op: int, mode: int, quantity: int, start: int, end: int, setup: int) -> None:
    """Enter a frozen sub-lot behind the ones of its operation already there."""
    number = op_at(net, op).lot0 + done_at(st, op).lots
    option = option_at(net, mode_at(net, mode).option)
    lot = lot_at(st, number)
    lot.op = op
    lot.mode = mode
    lot.quantity = quantity
    lot.start = start
    lot.end = end
    lot.setup = setup
    lot.run = run_minutes(quantity, option.pace, option.rate)
    lot.frozen = 1
    occupy(net, st, number)
    done_at(st, op).lots += 1


@kernel
def open_books(net: Tables, st: State) -> None:
    """Appraise every case as it stands at the beginning."""
    for case in range(rules(net).case_count):
        now(st).stamp += 1
        appraise(net, st, case, now(st).stamp)
    refresh(net, st)

"""A new state: bookings and frozen work stand, nothing else is placed."""

from __future__ import annotations

from typing import Any

import numpy as np

from zagumi.engine.solve.compiled import kernel
from zagumi.engine.solve.schedule import records
from zagumi.engine.solve.schedule.occupancy import add_span, occupy
from zagumi.engine.solve.schedule.hours import run_minutes
from zagumi.engine.solve.schedule.records import BATCHES, LEADER, RANDOM, STAMP, State, Tables
from zagumi.engine.solve.schedule.worth import appraise, refresh

LABELS = 4  # most labels of an option in the whole-case program


def rows(dtype: np.dtype[Any], size: int) -> Any:
    """So many zeroed rows, at least one."""
    return np.zeros(max(1, size), dtype=dtype).view(np.recarray)


def whole(size: int) -> Any:
    """So many zeros, at least one."""
    return np.zeros(max(1, size), dtype=np.int64)


def empty_state(net: Tables, seed: int) -> State:
    """Arrays of the right size for a problem, with nothing in them."""
    ops, links = net.ops, net.links
    lots = int(ops.slots.sum())
    feeds = int((ops.slots[links.before] * links.width).sum()) if len(links) else 0
    spans = int(net.room[-1])
    givers = np.zeros(len(ops) + 1, dtype=np.int64)
    if len(links):
        np.add.at(givers, links.after, ops.slots[links.before])
    most_options = int((ops.option1 - ops.option0).max(initial=1))
    state = State(
        lots=rows(records.LOT, lots),
        feeds=rows(records.FEED, feeds),
        spans=rows(records.SPAN, spans),
        used=whole(len(net.room)),
        offered=whole(len(net.bands)),
        ops=rows(records.DONE, len(ops)),
        cases=rows(records.WORTH, len(net.cases)),
        awarded=whole(len(net.companies)),
        log=rows(records.LOG, 6 * lots + 4 * feeds + 4 * len(ops) + 4 * len(net.cases) + 64),
        box=whole(16),
        pulls=rows(records.PULL, int(givers.max())),
        arrivals=rows(records.ARRIVAL, int(givers.max()) * (BATCHES + 1)),
        parts=rows(records.PART, most_options),
        chosen=rows(records.PART, most_options),
        labels=rows(records.LABEL, 0),
        label_count=whole(0),
        front=rows(records.LABEL, 0),
        forced=whole(lots),
        pick=whole(len(ops)),
        allowed=whole(len(net.companies)),
        mark=whole(len(ops)),
        seen=whole(len(net.companies)),
        team=whole(len(net.companies)),
        order=whole(max(len(ops), len(net.cases))),
        keys=whole(max(len(ops), len(net.cases))),
        dirty=whole(len(ops)),
        best_lots=rows(records.LOT, lots),
        best_feeds=rows(records.FEED, feeds),
        best_ops=rows(records.DONE, len(ops)),
    )
    state.pick[:] = -1
    state.box[LEADER] = -1
    state.box[RANDOM] = (seed * 0x5DEECE66D + 0x330E) % (1 << 48)
    return state


@kernel
def book(net: Tables, st: State, machine: int, start: int, end: int) -> None:
    """Take a machine for a booking."""
    add_span(net, st, machine, start, end, -1)


@kernel
def stand(net: Tables, st: State, op: int, mode: int, quantity: int, start: int, end: int) -> None:
    """Enter a frozen sub-lot behind the ones of its operation already there."""
    number = net.ops[op].lot0 + st.ops[op].lots
    option = net.options[net.modes[mode].option]
    lot = st.lots[number]
    lot.op = op
    lot.mode = mode
    lot.quantity = quantity
    lot.start = start
    lot.end = end
    lot.setup = option.setup
    lot.run = run_minutes(quantity, option.pace, option.rate)
    lot.frozen = 1
    occupy(net, st, number)
    st.ops[op].lots += 1


@kernel
def open_books(net: Tables, st: State) -> None:
    """Appraise every case as it stands at the beginning."""
    for case in range(len(net.cases)):
        st.box[STAMP] += 1
        appraise(net, st, case, st.box[STAMP])
    refresh(net, st)

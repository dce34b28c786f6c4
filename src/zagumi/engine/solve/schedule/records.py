"""The arrays that compiled code works on: what is given (:class:`Tables`) and what changes (:class:`State`).

Indices are positions in these arrays. Times are clock minutes unless a comment says worked minutes; costs are weighted
(they add up to the objective of ``docs/engine/problem.md``). ``-1`` means none.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zagumi.engine.solve.compiled import declare

NEVER = 1 << 40  # later than any minute of any problem
BATCHES = 20  # most transfers in which one sub-lot streams to another

# positions in State.box
LOGGED, VALUE, MISSING, MAKESPAN, UNFAIR, FORCED, PULLS, ARRIVALS, STAMP, RANDOM, BLINK, LEADER, DIRTY = range(13)

Rows = Any  # a record array: rows[i].field


def _record(whole: str, real: str = "") -> np.dtype[Any]:
    fields = [(name, np.int64) for name in whole.split()] + [(name, np.float64) for name in real.split()]
    return np.dtype(fields, align=True)


RULES = _record(
    "horizon cost co2 makespan fairness companies max_companies lead_required machines families entitled vehicles"
)
# late, risk: weighted yen per minute; site: where it is delivered; guarded: its team must be chosen beforehand
CASE = _record("release due late risk buffer site op0 op1 guarded single")
# rest: pieces not frozen; lots: most sub-lots of the rest; slots: room for sub-lots, frozen ones first
OP = _record(
    "case quantity rest option0 option1 link0 link1 out0 out1 lot0 slots frozen lots least pause family mass last"
)
# run: minutes for the rest in one sub-lot; tail_*: least time and cost from its end to the end of the case
OPTION = _record("op machine company site mode0 mode1 setup run fixed unit eligible tail_time tail_cost", "pace rate")
MODE = _record("option person hours")
LINK = _record("before after per batch lag mass feed0 width")
MACHINE = _record("hours site company band0 band1 setup0 family")
HOURS = _record("window0 window1")
WINDOW = _record("start end before")  # before: worked minutes before its start
BAND = _record("start end minutes")
COMPANY = _record("may_lead entitled apart0 apart1")

# ready: first minute its feeds and release allow; supply: least worked minute at which its run may begin
LOT = _record("op mode quantity start end setup run ready supply frozen tied")
FEED = _record("pieces size count")  # count - 1 transfers of ``size`` pieces and one of the rest
SPAN = _record("start end lot")
DONE = _record("lots placed cost")
WORTH = _record("value end missing")
LOG = _record("kind item mode quantity start end setup run ready supply tied")
PULL = _record("link giver pieces size count")
ARRIVAL = _record("time ahead")
# option chosen for a part of a split operation, when a trial of ``quantity`` pieces ends there, what it is worth
PART = _record("option end quantity value")
LABEL = _record("end cost ready start")


class Tables(NamedTuple):
    """What is given; one-dimensional record arrays unless noted."""

    rules: Rows  # one row
    cases: Rows
    ops: Rows  # by case, each after all it is made from
    options: Rows  # by operation, then machine
    modes: Rows  # an option with each person who may attend it
    links: Rows  # by the operation they lead to
    out: NDArray[np.int64]  # links by the operation they come from
    machines: Rows
    room: NDArray[np.int64]  # first span of each machine, then of each person, then the end
    hours: Rows
    windows: Rows
    bands: Rows
    setups: NDArray[np.int64]  # minutes by (family before, family), row by row; -1 when not listed
    companies: Rows
    apart: NDArray[np.int64]
    capacity: NDArray[np.int64]  # grams of each vehicle
    minutes: NDArray[np.int64]  # travel, [site, site]
    given: NDArray[np.int64]  # weighted cost of a movement whatever its mass, [site, site]; -1: by vehicle
    trip: NDArray[np.int64]  # yen and grams of one trip, [vehicle, site, site, 2]


class State(NamedTuple):
    """What changes."""

    lots: Rows
    feeds: Rows
    spans: Rows
    used: NDArray[np.int64]  # spans in use of each machine and person
    offered: NDArray[np.int64]  # minutes taken of each band
    ops: Rows  # DONE
    cases: Rows  # WORTH
    awarded: NDArray[np.int64]  # working minutes of each company
    log: Rows
    box: NDArray[np.int64]  # single values, by the names above
    pulls: Rows
    arrivals: Rows
    parts: Rows
    chosen: Rows
    labels: Rows
    label_count: NDArray[np.int64]
    front: Rows
    forced: NDArray[np.int64]  # operations to take out because a set-up no longer fits
    pick: NDArray[np.int64]  # option suggested for each operation
    allowed: NDArray[np.int64]  # stamp of each company that may work on the case in hand
    mark: NDArray[np.int64]  # stamp of each operation
    seen: NDArray[np.int64]  # stamp of each company
    team: NDArray[np.int64]
    order: NDArray[np.int64]
    keys: NDArray[np.int64]
    dirty: NDArray[np.int64]  # operations changed since the best plan was kept
    best_lots: Rows  # the best plan so far
    best_feeds: Rows
    best_ops: Rows


def _example(kind: type[Any], records: dict[str, np.dtype[Any]], dimensions: dict[str, int]) -> Any:
    """A value of a named tuple of arrays, for its type."""
    return kind(
        *(
            np.zeros(1, dtype=records[name]).view(np.recarray)
            if name in records
            else np.zeros((1,) * dimensions.get(name, 1), dtype=np.int64)
            for name in kind._fields
        )
    )


declare(
    "Tables",
    _example(
        Tables,
        {"rules": RULES, "cases": CASE, "ops": OP, "options": OPTION, "modes": MODE, "links": LINK, "machines": MACHINE,
         "hours": HOURS, "windows": WINDOW, "bands": BAND, "companies": COMPANY},
        {"minutes": 2, "given": 2, "trip": 4},
    ),
)
declare(
    "State",
    _example(
        State,
        {"lots": LOT, "feeds": FEED, "spans": SPAN, "ops": DONE, "cases": WORTH, "log": LOG, "pulls": PULL,
         "arrivals": ARRIVAL, "parts": PART, "chosen": PART, "labels": LABEL, "front": LABEL, "best_lots": LOT,
         "best_feeds": FEED, "best_ops": DONE},
        {},
    ),
)

"""Single records of tables and states, as compiled code reads and writes them: ``op_at(net, op).case``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]  # it carries no types
from numba.core import types
from numba.extending import intrinsic

from zagumi.engine.solve.schedule import records
from zagumi.engine.solve.schedule.records import StateRows, TableRows

WORD = ir.IntType(64)


def _row(kind: type[Any], name: str, dtype: np.dtype[Any]) -> Callable[[int, int], Any]:
    """The function (number of the store, position) -> record of one of its arrays."""
    record = numba.from_dtype(dtype)
    entry, size = kind._fields.index(name) * 8, dtype.itemsize

    @intrinsic  # type: ignore[untyped-decorator]
    def row(context: Any, store: Any, position: Any) -> Any:
        def generate(target: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            base, at = arguments
            slot = builder.inttoptr(builder.add(base, WORD(entry)), WORD.as_pointer())
            address = builder.add(builder.load(slot), builder.mul(at, WORD(size)))
            return builder.inttoptr(address, target.get_value_type(record))

        return record(types.int64, types.int64), generate

    found: Callable[[int, int], Any] = row
    return found


def _single(kind: type[Any], name: str, dtype: np.dtype[Any]) -> Callable[[int], Any]:
    """The function (number of the store) -> the only record of one of its arrays."""
    record = numba.from_dtype(dtype)
    entry = kind._fields.index(name) * 8

    @intrinsic  # type: ignore[untyped-decorator]
    def row(context: Any, store: Any) -> Any:
        def generate(target: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            slot = builder.inttoptr(builder.add(arguments[0], WORD(entry)), WORD.as_pointer())
            return builder.inttoptr(builder.load(slot), target.get_value_type(record))

        return record(types.int64), generate

    found: Callable[[int], Any] = row
    return found


rules = _single(TableRows, "rules", records.RULES)
case_at = _row(TableRows, "cases", records.CASE)
op_at = _row(TableRows, "ops", records.OP)
option_at = _row(TableRows, "options", records.OPTION)
mode_at = _row(TableRows, "modes", records.MODE)
link_at = _row(TableRows, "links", records.LINK)
out_at = _row(TableRows, "out", records.OUT)
machine_at = _row(TableRows, "machines", records.MACHINE)
room_at = _row(TableRows, "rooms", records.ROOM)
hours_at = _row(TableRows, "hours", records.HOURS)
window_row = _row(TableRows, "windows", records.WINDOW)
band_at = _row(TableRows, "bands", records.BAND)
setup_at = _row(TableRows, "setups", records.SETUP)
company_at = _row(TableRows, "companies", records.COMPANY)
apart_at = _row(TableRows, "apart", records.APART)
vehicle_at = _row(TableRows, "vehicles", records.VEHICLE)
journey_at = _row(TableRows, "journeys", records.JOURNEY)
trip_at = _row(TableRows, "trips", records.TRIP)

now = _single(StateRows, "now", records.NOW)
settings = _single(StateRows, "settings", records.SETTINGS)
found = _single(StateRows, "found", records.FOUND)
lot_at = _row(StateRows, "lots", records.LOT)
feed_at = _row(StateRows, "feeds", records.FEED)
span_at = _row(StateRows, "spans", records.SPAN)
used_at = _row(StateRows, "used", records.USED)
offer_at = _row(StateRows, "offers", records.OFFER)
done_at = _row(StateRows, "done", records.DONE)
worth_at = _row(StateRows, "worths", records.WORTH)
firm_at = _row(StateRows, "firms", records.FIRM)
log_at = _row(StateRows, "log", records.LOG)
wish_at = _row(StateRows, "wishes", records.WISH)
pull_at = _row(StateRows, "pulls", records.PULL)
arrival_at = _row(StateRows, "arrivals", records.ARRIVAL)
part_at = _row(StateRows, "parts", records.PART)
label_at = _row(StateRows, "labels", records.LABEL)
labels_of = _row(StateRows, "label_counts", records.ITEM)
front_at = _row(StateRows, "fronts", records.FRONT)
team_at = _row(StateRows, "team", records.TEAM)
forced_at = _row(StateRows, "forced", records.ITEM)
touched_at = _row(StateRows, "touched", records.ITEM)
queue_at = _row(StateRows, "queue", records.ITEM)
dirty_at = _row(StateRows, "dirty", records.ITEM)
best_lot_at = _row(StateRows, "best_lots", records.LOT)
best_feed_at = _row(StateRows, "best_feeds", records.FEED)
best_done_at = _row(StateRows, "best_done", records.DONE)

"""Single records of tables and states, as compiled code reads and writes them: ``op_at(net, op).case``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]  # it carries no types
from numba.core import types
from numba.extending import intrinsic

from zagumi.engine.solve.compiled import row
from zagumi.engine.solve.schedule import records
from zagumi.engine.solve.schedule.records import StateRows, TableRows

WORD = ir.IntType(64)


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
case_at = row(TableRows, "cases", records.CASE)
op_at = row(TableRows, "ops", records.OP)
option_at = row(TableRows, "options", records.OPTION)
mode_at = row(TableRows, "modes", records.MODE)
link_at = row(TableRows, "links", records.LINK)
out_at = row(TableRows, "out", records.OUT)
machine_at = row(TableRows, "machines", records.MACHINE)
room_at = row(TableRows, "rooms", records.ROOM)
hours_at = row(TableRows, "hours", records.HOURS)
window_row = row(TableRows, "windows", records.WINDOW)
band_at = row(TableRows, "bands", records.BAND)
setup_at = row(TableRows, "setups", records.SETUP)
company_at = row(TableRows, "companies", records.COMPANY)
apart_at = row(TableRows, "apart", records.APART)
vehicle_at = row(TableRows, "vehicles", records.VEHICLE)
journey_at = row(TableRows, "journeys", records.JOURNEY)
trip_at = row(TableRows, "trips", records.TRIP)
service_at = row(TableRows, "services", records.SERVICE)
run_at = row(TableRows, "runs", records.RUN)
force_at = row(TableRows, "forces", records.FORCE)

now = _single(StateRows, "now", records.NOW)
settings = _single(StateRows, "settings", records.SETTINGS)
found = _single(StateRows, "found", records.FOUND)
lot_at = row(StateRows, "lots", records.LOT)
feed_at = row(StateRows, "feeds", records.FEED)
span_at = row(StateRows, "spans", records.SPAN)
used_at = row(StateRows, "used", records.USED)
offer_at = row(StateRows, "offers", records.OFFER)
done_at = row(StateRows, "done", records.DONE)
worth_at = row(StateRows, "worths", records.WORTH)
firm_at = row(StateRows, "firms", records.FIRM)
log_at = row(StateRows, "log", records.LOG)
wish_at = row(StateRows, "wishes", records.WISH)
pull_at = row(StateRows, "pulls", records.PULL)
arrival_at = row(StateRows, "arrivals", records.ARRIVAL)
part_at = row(StateRows, "parts", records.PART)
label_at = row(StateRows, "labels", records.LABEL)
labels_of = row(StateRows, "label_counts", records.ITEM)
front_at = row(StateRows, "fronts", records.FRONT)
forced_at = row(StateRows, "forced", records.ITEM)
touched_at = row(StateRows, "touched", records.ITEM)
queue_at = row(StateRows, "queue", records.ITEM)
focus_at = row(StateRows, "focus", records.ITEM)
dirty_at = row(StateRows, "dirty", records.ITEM)
best_lot_at = row(StateRows, "best_lots", records.LOT)
best_feed_at = row(StateRows, "best_feeds", records.FEED)
best_done_at = row(StateRows, "best_done", records.DONE)

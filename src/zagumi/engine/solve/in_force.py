"""Sub-lots of a plan as positions in the arrays; where each of the plan in force was, and whether it can be again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zagumi.engine.plan.plan import SubLot
from zagumi.engine.problem import FrozenWork, PlannedWork
from zagumi.engine.solve.schedule import records

Whole = NDArray[np.int64]
Placed = PlannedWork | SubLot


class Positions(NamedTuple):
    """Position of each operation, machine and person by its id."""

    operation: Mapping[str, int]
    machine: Mapping[str, int]
    person: Mapping[str, int]


def whole(values: Iterable[int]) -> Whole:
    """An array of whole numbers."""
    return np.fromiter(values, dtype=np.int64)


def places(at: Positions, works: Sequence[Placed]) -> tuple[Whole, Whole]:
    """Machine and person of sub-lots: nobody is -1, a machine or somebody unknown -2."""
    machine = whole(at.machine.get(work.machine, -2) for work in works)
    return machine, whole(-1 if work.person is None else at.person.get(work.person, -2) for work in works)


def found(op: Whole, machine: Whole, person: Whole, at: Positions, options: Any, modes: Any) -> tuple[Whole, Whole]:
    """Option and mode of sub-lots; -1 where there is none, and for the mode where the option is not eligible."""
    machines, people = len(at.machine), len(at.person) + 1
    option = _sought(options.op * machines + options.machine, op * machines + machine, machine >= 0)
    wanted = (option >= 0) & (person >= -1)
    mode = _sought(modes.option * people + modes.person, option * people + person, wanted)
    return option, np.where(options.eligible[np.maximum(option, 0)] > 0, mode, -1) if len(options) else mode


def _sought(keys: Whole, wanted: Whole, meant: NDArray[np.bool_]) -> Whole:
    """Positions of wanted keys among sorted ones; -1 for those that are not there or not meant."""
    if not len(keys):
        return np.full(len(wanted), -1)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(meant & (keys[place] == wanted), place, -1)


def enter(
    works: tuple[PlannedWork, ...],
    frozen: Mapping[str, tuple[FrozenWork, ...]],
    at: Positions,
    options: Any,
    modes: Any,
    ops: Any,
) -> Any:
    """The rows of the plan in force; fills ``force0``, ``force1`` and ``stays`` of the operations.

    Args:
        works: of operations that there are.
        modes: of all options, those of frozen work not among them.
    """
    op, start = whole(at.operation[work.operation] for work in works), whole(work.start for work in works)
    machine, person = places(at, works)
    stands = _standing(works, frozen)
    order = np.lexsort((start, ~stands, op))
    op, machine, person, stands = op[order], machine[order], person[order], stands[order]
    rows = np.zeros(len(works), dtype=records.FORCE).view(np.recarray)
    rows["start"] = start[order]
    rows["quantity"] = whole(work.quantity for work in works)[order]
    rows["person"] = person
    rows["option"], rows["mode"] = found(op, machine, person, at, options, modes)
    last = np.cumsum(np.bincount(op, minlength=len(ops)))
    ops["force0"], ops["force1"] = np.concatenate(([0], last[:-1])), last
    ops["stays"] = _stays(op, stands, rows, ops)
    return rows


def _standing(works: tuple[PlannedWork, ...], frozen: Mapping[str, tuple[FrozenWork, ...]]) -> NDArray[np.bool_]:
    """Which of the works are frozen."""
    left = Counter((w.operation, w.machine, w.start, w.person) for each in frozen.values() for w in each)
    found = np.zeros(len(works), dtype=bool)
    for number, work in enumerate(works) if left else ():
        key = (work.operation, work.machine, work.start, work.person)
        if left[key]:
            left[key] -= 1
            found[number] = True
    return found


def _stays(op: Whole, stands: NDArray[np.bool_], rows: Any, ops: Any) -> Whole:
    """How many sub-lots put the rest of each operation where it is in the plan in force; 0: it cannot be there."""
    size = len(ops)
    free, standing = np.bincount(op[~stands], minlength=size), np.bincount(op[stands], minlength=size)
    pieces = np.bincount(op[~stands], weights=rows.quantity[~stands], minlength=size)
    gone = np.bincount(op[~stands], weights=rows.mode[~stands] < 0, minlength=size)
    small = np.bincount(op, weights=~stands & (rows.quantity < ops.least[op]), minlength=size)
    divided = (pieces == ops.rest) & (free <= ops.lots) & (small == 0)
    possible = (ops.rest > 0) & (standing == ops.frozen) & (gone == 0) & ((free == 1) | divided)
    return np.where(possible, free, 0)

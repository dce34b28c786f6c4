"""The arrays of the makespan search: what is given (:class:`ShopRows`) and what changes (:class:`BoardRows`).

Every array holds records of the type of the same name; a position in it is what other records refer to. ``-1`` means
none, times are minutes. As in :mod:`zagumi.engine.solve.schedule.records`, compiled functions take one number for all
arrays of a store: the address of its directory.
"""

from __future__ import annotations

from typing import Any, NamedTuple, NewType, TypeVar, cast

import numpy as np

from zagumi.engine.solve.arrays import Arrays, Rows, blank

LONGEST = 1 << 29  # horizons from here on are not covered: times are 32-bit numbers, and sums of two must be
Shop = NewType("Shop", int)
Board = NewType("Board", int)


def _record(names: str, kind: type[np.integer[Any]] = np.int32) -> np.dtype[Any]:
    return np.dtype([(name, kind) for name in names.split()], align=True)


RULES = _record("op_count machine_count site_count", np.int64)
# whole: number of its case among those that one company does wholly, or -1
OP = _record("before0 before1 after0 after1 option0 option1 release whole")
# finish: minutes from the end of a last operation to its case's completion
OPTION = _record("op machine company site minutes finish")
LINK = _record("op lag")  # the operation at the other end
WAY = _record("minutes")
SEATS = _record("first")


class ShopRows(NamedTuple):
    """What is given."""

    rules: Rows  # one row
    ops: Rows
    options: Rows  # by operation
    befores: Rows  # by the operation they lead to
    afters: Rows  # by the operation they come from
    ways: Rows  # by (from site, to site)
    seats: Rows  # where each machine's row of the board begins, then the end
    lasts: Rows  # the operations that nothing follows


# One operation where it stands. head: earliest start; end: head + minutes; tail: least time from its end to the
# completion of all; body: minutes + tail; prev, next: its neighbours on the machine; rank: position in the topological
# order; seat: position in the machine's sequence; mark: stamp of the last reordering that moved it; finish: see OPTION;
# end_off, body_off: end and body without the operation in hand, set for those after, or before it on its machine
NODE = _record("head end tail body minutes site prev next rank seat machine option mark finish end_off body_off")
ITEM = _record("op")
HOME = _record("company")
LINE = _record("count load", np.int64)  # operations of a machine and their minutes
BAN = _record("until", np.int64)  # the step up to which an option is tabu
# makespan: of what stands; best: of this walk; steps, stalled: taken in all, and since the best was found; patience:
# most of the latter; path: length of the critical path in hand; stamp: see NODE; refused: moves refused for a cycle;
# strict: 1 when lengths below the makespan are ranked too.
# The move in hand: op (-1: none), option, place (seat once it has left its own), length (estimated), rank (of it), load
# (growth of the sum of squared loads), ties (moves as good); spare_*: any move, for when all are tabu.
NOW = _record(
    "makespan best steps stalled patience path stamp random refused strict"
    " op option place length rank load ties spare_op spare_option spare_place spares",
    np.int64,
)


class BoardRows(NamedTuple):
    """What changes."""

    now: Rows  # one row
    nodes: Rows
    order: Rows  # operations, each after all that must be done before it
    seats: Rows  # operations by machine, in sequence
    lines: Rows  # of each machine
    bans: Rows  # of each option
    path: Rows  # a critical path
    homes: Rows  # the company of each case that one does wholly, in a construction; then one of no case
    spare: Rows  # room for reordering
    stale: Rows  # by rank: 1 where the time in hand, head or tail, is to be set anew
    best_order: Rows
    best_options: Rows  # option of each operation


Kind = TypeVar("Kind", ShopRows, BoardRows)


class Store(Arrays[Kind]):
    """The arrays of this search with the numbers by which its compiled code finds them."""

    @property
    def shop(self) -> Shop:
        """The number by which compiled code finds what is given."""
        return cast(Shop, self.directory.ctypes.data)

    @property
    def board(self) -> Board:
        """The number by which compiled code finds what changes."""
        return cast(Board, self.directory.ctypes.data)


def empty_board(shop: ShopRows, seed: int) -> Store[BoardRows]:
    """A board on which nothing stands yet."""
    ops, machines = len(shop.ops), len(shop.seats) - 1
    rows = BoardRows(
        now=blank(NOW, 1),
        nodes=blank(NODE, ops),
        order=blank(ITEM, ops),
        seats=blank(ITEM, int(shop.seats.first[-1])),
        lines=blank(LINE, machines),
        bans=blank(BAN, len(shop.options)),
        path=blank(ITEM, ops),
        homes=blank(HOME, int(shop.ops.whole.max()) + 2),
        spare=blank(ITEM, ops),
        stale=blank(ITEM, ops),
        best_order=blank(ITEM, ops),
        best_options=blank(ITEM, ops),
    )
    rows.now.random[0] = seed * 0x5DEECE66D + 0x330E
    return Store.of(rows)

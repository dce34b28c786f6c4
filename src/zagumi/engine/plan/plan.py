"""The plan: which sub-lot runs where and when, what moves between them, who leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True, order=True)
class SubLot:
    """A number of good pieces of one operation, made on one machine in one go.

    The machine is taken from ``start`` to ``end``; set-up comes first, then the run. ``lot`` numbers the
    sub-lots of an operation from 1. ``setup_minutes`` is the set-up that the sequence on the machine asks for.
    """

    operation: str
    lot: int
    machine: str
    quantity: int
    start: int
    end: int
    setup_minutes: int = 0
    person: str | None = None

    @property
    def key(self) -> tuple[str, int]:
        """What names the sub-lot: operation and lot number."""
        return (self.operation, self.lot)


@dataclass(frozen=True, slots=True, order=True)
class Transfer:
    """Pieces that go from one sub-lot to a sub-lot of a following operation in one movement.

    Listed for every feed, also within one site (where it takes no time), because it says which pieces
    feed which sub-lot. ``pieces`` counts pieces of the giving operation.
    """

    from_operation: str
    from_lot: int
    to_operation: str
    to_lot: int
    pieces: int
    depart: int
    arrive: int


@dataclass(frozen=True, slots=True, order=True)
class Delivery:
    """Pieces of a last operation's sub-lot that go to the case's site in one movement."""

    operation: str
    lot: int
    pieces: int
    depart: int
    arrive: int


@dataclass(frozen=True)
class Plan:
    """A complete answer; ``check`` says whether it is a valid one, ``measure`` what it is worth.

    ``leads`` names the lead company of each case that has one.
    """

    sublots: tuple[SubLot, ...]
    transfers: tuple[Transfer, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    leads: tuple[tuple[str, str], ...] = ()

    @cached_property
    def sublots_of(self) -> Mapping[str, tuple[SubLot, ...]]:
        """Sub-lots by operation, by lot number."""
        found: dict[str, list[SubLot]] = {}
        for sublot in self.sublots:
            found.setdefault(sublot.operation, []).append(sublot)
        return {operation: tuple(sorted(lots, key=lambda s: s.lot)) for operation, lots in found.items()}

    @cached_property
    def on_machine(self) -> Mapping[str, tuple[SubLot, ...]]:
        """Sub-lots by machine, by start."""
        found: dict[str, list[SubLot]] = {}
        for sublot in self.sublots:
            found.setdefault(sublot.machine, []).append(sublot)
        return {machine: tuple(sorted(lots, key=lambda s: (s.start, s.end))) for machine, lots in found.items()}

    @cached_property
    def lead(self) -> Mapping[str, str]:
        """Lead company by case."""
        return dict(self.leads)

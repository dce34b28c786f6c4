"""Seeded chance: a 48-bit linear congruential generator (the constants of POSIX drand48) kept in the state."""

from __future__ import annotations

from zagumi.engine.solve.compiled import kernel
from zagumi.engine.solve.schedule.records import State
from zagumi.engine.solve.schedule.rows import now

MASK = (1 << 48) - 1


@kernel
def below(st: State, limit: int) -> int:
    """A whole number from 0 to ``limit - 1``."""
    now(st).random = (now(st).random * 25214903917 + 11) & MASK
    return (now(st).random >> 17) % limit


@kernel
def share(st: State) -> float:
    """A number from 0 up to, not including, 1."""
    return below(st, 1 << 30) / (1 << 30)

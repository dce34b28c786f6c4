"""What a search hands back to the platform: plain data only, so that the web need not load the solvers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Offer:
    """One alternative as it is stored: figures as plain data, the plan as gzipped JSON."""

    key: str
    objective: int
    bound: int
    bound_by: str
    measures: dict[str, Any]
    gives_up: list[dict[str, Any]]
    on_time: dict[str, float]
    faults: list[dict[str, Any]]
    plan: bytes


@dataclass
class Outcome:
    """What a run found. ``points``: seconds, objective (None before the first plan) and bound along the search."""

    state: str
    offers: list[Offer] = field(default_factory=list)
    reasons: list[dict[str, Any]] = field(default_factory=list)
    points: list[list[float | None]] = field(default_factory=list)
    objective: int | None = None
    bound: int | None = None
    bound_by: str = ""
    first_plan_seconds: float | None = None
    seconds: float = 0.0

"""What ``solve`` answers, and what it says on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from zagumi.engine.plan.cost import Measures
from zagumi.engine.plan.plan import Plan


class Status(StrEnum):
    """How a search ended."""

    OPTIMAL = "optimal"  # proved: no valid plan is better
    FEASIBLE = "feasible"  # a checked plan, not proved best
    INFEASIBLE = "infeasible"  # proved: no valid plan exists; ``reasons`` say why
    UNKNOWN = "unknown"  # no plan found within the limits, none excluded


@dataclass(frozen=True, slots=True)
class Reason:
    """A requirement that makes a problem infeasible: the rule's name, the items, and a sentence."""

    rule: str
    items: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Level:
    """A measure that comes first, in the answer: no plan as good in those before it has less than ``bound``."""

    measure: str
    value: int
    bound: int
    bound_by: str


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of the search. ``plan`` comes only with an improvement."""

    seconds: float
    phase: str
    objective: int | None
    bound: int
    bound_by: str
    steps: int = 0
    plan: Plan | None = None

    @property
    def gap(self) -> float | None:
        """``(objective - bound) / objective``; None while there is no plan."""
        return gap(self.objective, self.bound)


@dataclass(frozen=True, slots=True)
class Result:
    """The answer. ``measures`` belong to ``plan``; both are None when there is no plan.

    ``levels`` are the measures that the policy puts first; ``bound`` is then one of the plans as good in all of them.
    """

    status: Status
    plan: Plan | None
    measures: Measures | None
    objective: int | None
    bound: int
    bound_by: str
    seconds: float
    first_plan_seconds: float | None
    steps: int = 0
    cancelled: bool = False
    reasons: tuple[Reason, ...] = ()
    levels: tuple[Level, ...] = ()

    @property
    def gap(self) -> float | None:
        """``(objective - bound) / objective``; None when there is no plan."""
        return gap(self.objective, self.bound)


# What a bound may rest on, as ``bound_by`` says it; "CP-SAT" is a name in every language.
BOUNDS = ("tree", "prices", "critical path", "load", "one machine")
Report = Callable[[Progress], None]


def gap(objective: int | None, bound: int) -> float | None:
    """Share of the objective that the lower bound leaves open."""
    if objective is None:
        return None
    return 0.0 if objective <= bound or objective == 0 else (objective - bound) / objective

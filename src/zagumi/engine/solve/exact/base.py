"""What every part of the model shares."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ortools.sat.python import cp_model

from zagumi.engine.problem import FrozenWork, Operation, Option, Problem, Weights
from zagumi.engine.solve.earliest import Earliest, Outlook

Term = Any  # a whole number, a variable or a linear expression of CP-SAT
Literal = Any  # a Boolean variable, its negation or a constant


class NoPlan(Exception):
    """While the model was built it turned out that no plan exists."""


@dataclass
class Choice:
    """A lot done on one option.

    Attributes:
        present: the lot is done so.
        people: who attends, one of them when present.
        setups: set-up minutes, one of them when present; ``setup`` their value, 0 when absent.
        run: run minutes, 0 when a lot of changing quantity is absent.
    """

    option: Option
    site: str
    company: str
    present: Literal
    people: dict[str, Literal]
    setups: dict[int, Literal]
    setup: Term
    run: Term


@dataclass
class Lot:
    """A sub-lot that may be in the plan. A frozen one has constants for variables and one choice.

    ``sites`` is filled when the links are added: the literal of each site it may be done at.
    """

    operation: Operation
    start: Term
    size: Term
    end: Term
    quantity: Term
    choices: list[Choice]
    frozen: FrozenWork | None = None
    sites: dict[str, Literal] = field(default_factory=dict)


@dataclass
class Movement:
    """Pieces that may go from one lot to another, or to the case's site (``taker`` None).

    ``pieces``: 0 when they do not go; ``sizes``: literals of the ways to send them on in batches, with the sizes.
    """

    giver: Lot
    taker: Lot | None
    lag: int
    batch: int | None
    pieces: Term
    sizes: list[tuple[Literal, tuple[int, ...]]] = field(default_factory=list)


@dataclass
class Base:
    """The model while it grows.

    Attributes:
        latest: last minute at which each case may be complete for a plan worth having.
        restricted: features for which the model knows only some of the plans; it then proves nothing.
        goals: terms of the objective.
    """

    problem: Problem
    weights: Weights
    outlook: Outlook
    earliest: Earliest
    latest: dict[str, int]
    cp: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    restricted: set[str] = field(default_factory=set)
    goals: list[Term] = field(default_factory=list)
    lots: dict[str, list[Lot]] = field(default_factory=dict)
    movements: list[Movement] = field(default_factory=list)

    def flag(self) -> Literal:
        """A new Boolean variable."""
        return self.cp.new_bool_var("")

    def whole(self, least: int, most: int) -> Term:
        """A new whole-number variable."""
        if least > most:
            raise NoPlan
        return self.cp.new_int_var(least, most, "")

    def reach(self, lot: Lot, lag: int, from_site: str, to_site: str, goes: list[Literal]) -> Term:
        """The arrival, or more, of a lot that goes so long after its end while all literals hold.

        By a service a run is chosen that leaves no earlier; none would come later than is worth looking at.
        """
        ready = lot.end + lag
        service = self.problem.services.get((from_site, to_site))
        if service is None:
            return ready + self.outlook.travel(from_site, to_site)
        first, last = self._first_end(lot) + lag, self.latest[lot.operation.case]
        runs = [(departure, arrival) for departure, arrival in service.runs if departure >= first and arrival <= last]
        if not runs:
            self.cp.add_bool_or([literal.negated() for literal in goes])
            return last
        taken = [self.flag() for _ in runs]
        self.cp.add_exactly_one(taken)
        leaves = sum(departure * run for (departure, _), run in zip(runs, taken, strict=True))
        self.cp.add(leaves >= ready).only_enforce_if(goes)
        return sum(arrival * run for (_, arrival), run in zip(runs, taken, strict=True))

    def _first_end(self, lot: Lot) -> int:
        if lot.frozen is not None:
            return lot.frozen.end
        return min(self.earliest.end[lot.operation.id, choice.option.machine] for choice in lot.choices)

    def served(self, from_site: str, to_site: str) -> bool:
        """Whether a service goes from a site to another."""
        return (from_site, to_site) in self.problem.services

    def any_of(self, literals: list[Literal]) -> Literal:
        """A literal that is true when one of several literals, of which at most one is true, is true."""
        if len(literals) == 1:
            return literals[0]
        one = self.flag()
        self.cp.add(sum(literals) == one)
        return one

    def both(self, one: Literal, other: Literal) -> Literal:
        """A literal that is true when both are."""
        conjunction = self.flag()
        self.cp.add_implication(conjunction, one)
        self.cp.add_implication(conjunction, other)
        self.cp.add_bool_or([one.negated(), other.negated(), conjunction])
        return conjunction

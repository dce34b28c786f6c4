"""The policy: what counts for how much, and who may not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from zagumi.engine.errors import ProblemError

# what is measured, by the names that weights give it
MEASURES = ("cost", "tardiness", "co2", "makespan", "risk", "fairness", "companies", "stability")


@dataclass(frozen=True, slots=True)
class Weights:
    """Whole-number weights of the objective, which is their sum product with the plan's measures.

    Conventional unit: thousandths of a yen, so that ``cost=1000`` and ``tardiness=1000`` count yen for yen
    and ``co2=5`` prices a kilogram at 5 yen. For a pure makespan problem use ``Weights.only(makespan=1)``.

    Attributes:
        cost: per yen of processing and transport.
        tardiness: per yen of lateness (minutes late times the case's yen per minute).
        co2: per gram.
        makespan: per minute of the last completion.
        risk: per yen of buffer shortfall (minutes by which a case misses ``due - buffer``, times its yen
            per minute).
        fairness: per working minute awarded above a company's entitlement.
        companies: per company in a case's team, summed over the cases.
        stability: per operation that is moved against the plan in force (:attr:`Policy.in_force`).
    """

    cost: int = 1000
    tardiness: int = 1000
    co2: int = 0
    makespan: int = 0
    risk: int = 0
    fairness: int = 0
    companies: int = 0
    stability: int = 0

    def __post_init__(self) -> None:
        for name in MEASURES:
            value = getattr(self, name)
            if not isinstance(value, int) or value < 0:
                raise ProblemError(f"weights, {name}", value, "a whole number, 0 or more")

    @classmethod
    def only(cls, **given: int) -> Weights:
        """Weights that are 0 except those given."""
        return cls(**{**dict.fromkeys(MEASURES, 0), **given})


@dataclass(frozen=True, slots=True)
class FrozenWork:
    """A sub-lot that stands: it is in every plan exactly so.

    ``setup_minutes`` is how much of it is set-up; None: as much as its option says.
    """

    operation: str
    machine: str
    quantity: int
    start: int
    end: int
    person: str | None = None
    setup_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class PlannedWork:
    """A sub-lot of the plan in force: it may move, at the price of ``Weights.stability``.

    Machine, start and person decide whether its operation is moved; ``quantity`` only says how it was divided.
    """

    operation: str
    machine: str
    quantity: int
    start: int
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules of the coordinator.

    Attributes:
        weights: the objective.
        max_companies: most companies in the team of one case; None: no limit.
        apart: pairs of companies that may not work on the same case.
        lead_required: every case's team needs a company that may lead.
        entitlement: share of the work each company is entitled to, in any unit (eligible capacity less
            what it was awarded before); companies not named have 0. Empty: fairness measures 0.
        frozen: work that stands. An operation with frozen sub-lots that do not add up to its quantity
            gets the rest planned: always possible as one sub-lot, and divided as far as ``max_sublots`` leaves room.
        one_company: cases all of whose operations must be done by one company.
        in_force: sub-lots of the plan in force. It may name operations, machines and people that are gone.
        first: measures, named as in weights, that come before the weighted objective, in this order: a plan is better
            when it is better in the first in which the two differ.
    """

    weights: Weights = field(default_factory=Weights)
    max_companies: int | None = None
    apart: frozenset[tuple[str, str]] = frozenset()
    lead_required: bool = False
    entitlement: Mapping[str, int] = field(default_factory=dict)
    frozen: tuple[FrozenWork, ...] = ()
    one_company: frozenset[str] = frozenset()
    in_force: tuple[PlannedWork, ...] = ()
    first: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.max_companies is not None and self.max_companies < 1:
            raise ProblemError("policy, most companies", self.max_companies, "1 or more")
        for name in self.first:
            if name not in MEASURES:
                raise ProblemError("policy, first", name, f"one of {', '.join(MEASURES)}")
            if self.first.count(name) > 1:
                raise ProblemError("policy, first", f"{name} twice", "each measure once")
        for one, other in self.apart:
            if one >= other:
                raise ProblemError("policy, apart", (one, other), "two companies in alphabetical order")
        for company, share in self.entitlement.items():
            if share < 0:
                raise ProblemError(f"policy, entitlement of {company}", share, "0 or more")

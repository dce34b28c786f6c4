"""The work: cases, their parts, and the operations that make them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from zagumi.engine.errors import ProblemError
from zagumi.engine.problem.network import check_id


@dataclass(frozen=True, slots=True)
class Case:
    """One buyer's case.

    Attributes:
        release: no work of the case starts before this minute.
        due: the last minute at which everything should have been delivered; None when there is no date.
        late_yen_per_minute: weight of tardiness.
        buffer: minutes of slack wanted before the due date; the shortfall is the case's risk.
        deliver_to: site that receives the last operations' pieces; None when finishing is enough.
        barred: companies that may not work on this case.
    """

    id: str
    release: int = 0
    due: int | None = None
    late_yen_per_minute: int = 1
    buffer: int = 0
    deliver_to: str | None = None
    name: str = ""
    barred: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        check_id("case", self.id)
        if self.release < 0:
            raise ProblemError(f"case {self.id}, release", self.release, "minute 0 or later")
        if self.due is not None and self.due < self.release:
            raise ProblemError(f"case {self.id}, due", self.due, f"not before its release at minute {self.release}")
        if self.late_yen_per_minute < 0:
            raise ProblemError(f"case {self.id}, late yen per minute", self.late_yen_per_minute, "0 or more")
        if self.buffer < 0:
            raise ProblemError(f"case {self.id}, buffer", self.buffer, "0 minutes or more")


@dataclass(frozen=True, slots=True)
class Part:
    """A part or an assembly of a case; ``mass_g`` is the mass of one piece in grams."""

    id: str
    case: str
    name: str = ""
    mass_g: int = 0

    def __post_init__(self) -> None:
        check_id("part", self.id)
        if self.mass_g < 0:
            raise ProblemError(f"part {self.id}, mass", self.mass_g, "0 grams or more")


@dataclass(frozen=True, slots=True)
class Link:
    """``before`` feeds the operation that holds this link.

    Attributes:
        per: pieces of ``before`` that one piece of the holder takes (4 bolts per flange).
        batch: pieces may be sent on ahead in transfer batches of at least this many; None: a sub-lot
            moves only when the whole of it is done.
        lag: minutes (clock, not working) between the end of the pieces and their departure: cooling, drying.
    """

    before: str
    per: int = 1
    batch: int | None = None
    lag: int = 0

    def __post_init__(self) -> None:
        if self.per < 1:
            raise ProblemError(f"link after {self.before}, per", self.per, "1 piece or more")
        if self.batch is not None and self.batch < 1:
            raise ProblemError(f"link after {self.before}, batch", self.batch, "1 piece or more")
        if self.lag < 0:
            raise ProblemError(f"link after {self.before}, lag", self.lag, "0 minutes or more")


@dataclass(frozen=True, slots=True)
class Option:
    """One machine that can do an operation, and what it takes there.

    Attributes:
        setup_minutes: before the first piece (unless the machine's set-up families say otherwise).
        minutes_per_piece: for each piece worked, good or not.
        fixed_yen, unit_yen: per sub-lot, and per good piece.
        good_rate: share of worked pieces that turn out good, 0 < rate <= 1.
        co2_g, unit_co2_g: grams per sub-lot, and per good piece.
        skill: a person of the machine's company with this skill attends from start to end.
        grade: quality grade this machine reaches (higher is better).
        spread: relative standard deviation of the run time, as learnt or declared.
    """

    machine: str
    setup_minutes: int = 0
    minutes_per_piece: float = 0.0
    fixed_yen: int = 0
    unit_yen: int = 0
    good_rate: float = 1.0
    co2_g: int = 0
    unit_co2_g: int = 0
    skill: str | None = None
    grade: int = 0
    spread: float = 0.0

    def __post_init__(self) -> None:
        if (  # large problems have millions of options
            0 <= self.setup_minutes < math.inf
            and 0 <= self.minutes_per_piece < math.inf
            and 0 <= self.fixed_yen < math.inf
            and 0 <= self.unit_yen < math.inf
            and 0 <= self.co2_g < math.inf
            and 0 <= self.unit_co2_g < math.inf
            and 0 <= self.spread < math.inf
            and 0 < self.good_rate <= 1
        ):
            return
        place = f"option on machine {self.machine}"
        for name in ("setup_minutes", "minutes_per_piece", "fixed_yen", "unit_yen", "co2_g", "unit_co2_g", "spread"):
            value = getattr(self, name)
            if not 0 <= value < math.inf:
                raise ProblemError(f"{place}, {name}", value, "0 or more")
        if not 0 < self.good_rate <= 1:
            raise ProblemError(f"{place}, good_rate", self.good_rate, "more than 0, at most 1")

    def worked(self, pieces: int) -> int:
        """Pieces to be worked for ``pieces`` good ones: ``ceil(pieces / good_rate)``."""
        return math.ceil(pieces / self.good_rate - 1e-9)

    def run_minutes(self, pieces: int) -> int:
        """Working minutes for ``pieces`` good ones, without set-up, rounded up once for the sub-lot."""
        return math.ceil(self.worked(pieces) * self.minutes_per_piece - 1e-9)

    def yen(self, pieces: int) -> int:
        """What a sub-lot of ``pieces`` good ones costs."""
        return self.fixed_yen + self.unit_yen * pieces


@dataclass(frozen=True, slots=True)
class Operation:
    """One step of the routing of a part.

    Attributes:
        quantity: good pieces it must deliver.
        after: what must come before it.
        may_pause: work may stop when the machine closes and go on when it opens; else it fits in one window.
        min_sublot: smallest sub-lot when split over several machines; None: never split.
        max_sublots: most sub-lots when split.
        family: set-up family ("" when set-up does not depend on what ran before).
        min_grade: options below this grade do not qualify.
    """

    id: str
    case: str
    options: tuple[Option, ...]
    quantity: int = 1
    part: str | None = None
    after: tuple[Link, ...] = ()
    may_pause: bool = True
    min_sublot: int | None = None
    max_sublots: int = 1
    family: str = ""
    min_grade: int = 0
    name: str = ""
    process: str = ""

    def __post_init__(self) -> None:
        check_id("operation", self.id)
        place = f"operation {self.id}"
        if self.quantity < 1:
            raise ProblemError(f"{place}, quantity", self.quantity, "1 piece or more")
        if self.min_sublot is not None and not 1 <= self.min_sublot <= self.quantity:
            raise ProblemError(f"{place}, smallest sub-lot", self.min_sublot, f"1 to {self.quantity} pieces")
        if self.max_sublots < 1 or (self.min_sublot is None and self.max_sublots != 1):
            raise ProblemError(
                f"{place}, most sub-lots", self.max_sublots, "1, or more together with a smallest sub-lot"
            )
        machines = [option.machine for option in self.options]
        if len(set(machines)) != len(machines):
            raise ProblemError(f"{place}, options", sorted(machines), "each machine once")
        befores = [link.before for link in self.after]
        if len(set(befores)) != len(befores):
            raise ProblemError(f"{place}, links", befores, "each predecessor once")

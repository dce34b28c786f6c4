"""Set-up, minutes per piece and good rate of every step on every machine, learnt robustly from a log.

The run minutes of a process are first fitted over all its observations, one per order, pass and machine, by a line
``fixed + slope × pieces`` (Theil-Sen: the median of all pairwise slopes, the median of what they leave). Then a factor
scales the line to what was reported: of the process, of the machine, of the part on the machine. A factor is a ratio of
sums (so that the minutes reported come out again), the outermost twentieth on either side drawn in to the next one,
and counts as ``n / (n + 3)`` against the level above (so that few observations change little).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from zagumi.engine.read.shoplog.routing import Order, Step, Work

PRIOR = 3  # a level of n observations counts n against this for the level above
OUTER = 0.05
SETUP_CAP = 0.9
WIDEST_SPREAD = 2.0
MAD_TO_DEVIATION = 1.4826  # of a normal distribution


@dataclass(frozen=True, slots=True)
class Learnt:
    """What is known of a process on a machine (``machine`` and ``part`` are "" on the levels above).

    Attributes:
        orders, observations: how many orders, and how many observations with a time.
        setup_minutes: set-up and fixed part of the run together.
        spread: robust relative deviation of single run times from what is learnt.
        good_rate: share of the process's work that needed no scrap and no rework.
    """

    process: str
    machine: str
    part: str
    orders: int
    observations: int
    setup_minutes: int
    minutes_per_piece: float
    good_rate: float
    spread: float


@dataclass(frozen=True, slots=True)
class _Seen:
    """One observation: the minutes a machine reported for a step."""

    order: str
    part: str
    machine: str
    pieces: int
    setup: int
    run: int


@dataclass(frozen=True, slots=True)
class _Line:
    """The fit of a process before any factor."""

    fixed: float
    slope: float

    def run(self, pieces: int) -> float:
        return self.fixed + self.slope * pieces


class Times:
    """Learnt times, asked for by process, machine and part."""

    def __init__(self, orders: Iterable[Order]) -> None:
        steps = [step for order in orders for step in order.steps]
        self._seen: dict[str, list[_Seen]] = {}
        for step in steps:
            self._seen.setdefault(step.process, []).extend(_observations(step))
        self._fits = {process: _Fit(process, seen) for process, seen in self._seen.items()}
        self._known: dict[tuple[str, str, str], Learnt] = {}
        self._good = {process: _good_rate([s for s in steps if s.process == process]) for process in self._fits}

    def learnt(self, process: str, machine: str = "", part: str = "") -> Learnt:
        """What is known of a process, of it on a machine, of a part of it on a machine."""
        key = (process, machine, part)
        if key not in self._known:
            self._known[key] = self._learn(*key)
        return self._known[key]

    def _learn(self, process: str, machine: str, part: str) -> Learnt:
        fit = self._fits[process]
        group = fit.level(machine, part)
        factor = fit.factor(machine, part)
        return Learnt(
            process,
            machine,
            part,
            orders=len({seen.order for seen in group}),
            observations=len(group),
            setup_minutes=round(fit.setup(machine) + factor * fit.line.fixed),
            minutes_per_piece=round(factor * fit.line.slope, 3),
            good_rate=self._good[process],
            spread=fit.spread(group or fit.level("", "")),
        )

    def table(self) -> tuple[Learnt, ...]:
        """Every process, and every process on every machine that was seen doing it."""
        found = []
        for process in sorted(self._fits):
            machines = sorted({seen.machine for seen in self._seen[process]})
            found += [self.learnt(process), *(self.learnt(process, machine) for machine in machines)]
        return tuple(found)


class _Fit:
    """Line, factors and set-ups of one process."""

    def __init__(self, process: str, seen: list[_Seen]) -> None:
        self.process = process
        self.line = _theil_sen([(s.pieces, s.run) for s in seen if s.run > 0])
        self._drawn = _drawn_in([(s, s.run / max(1.0, self.line.run(s.pieces))) for s in seen])
        ordered = sorted(s.setup for s in seen)
        cap = ordered[min(len(ordered) - 1, int(SETUP_CAP * len(ordered)))] if ordered else 0
        self._setups = [(s.machine, min(s.setup, cap)) for s in seen]
        self._all = seen

    def level(self, machine: str, part: str) -> list[_Seen]:
        return [s for s in self._all if machine in ("", s.machine) and part in ("", s.part)]

    def factor(self, machine: str, part: str) -> float:
        factor = 1.0
        levels = [("", ""), (machine, ""), (machine, part)]
        for at, (level_machine, level_part) in enumerate(levels):
            if at and (level_machine, level_part) == levels[at - 1]:
                continue
            group = [
                (self.line.run(s.pieces), ratio)
                for s, ratio in self._drawn
                if level_machine in ("", s.machine) and level_part in ("", s.part)
            ]
            expected = factor * sum(run for run, _ in group)
            reported = sum(run * ratio for run, ratio in group)
            if expected > 0 and reported > 0:
                weight = 1.0 if not at else len(group) / (len(group) + PRIOR)
                factor *= (reported / expected) ** weight
        return factor

    def setup(self, machine: str) -> float:
        whole = _mean([minutes for _, minutes in self._setups], 0.0, 0)
        return _mean([minutes for name, minutes in self._setups if name == machine], whole, PRIOR) if machine else whole

    def spread(self, group: list[_Seen]) -> float:
        factor = {machine: self.factor(machine, "") for machine in {s.machine for s in group}}
        logs = [
            math.log(s.run / (factor[s.machine] * self.line.run(s.pieces)))
            for s in group
            if s.run > 0 and self.line.run(s.pieces) > 0
        ]
        if not logs:
            return 0.0
        middle = median(logs)
        return round(min(WIDEST_SPREAD, MAD_TO_DEVIATION * median(abs(value - middle) for value in logs)), 3)


def _observations(step: Step) -> list[_Seen]:
    """The machines of a step with their minutes; a process known by standard entries alone goes by those."""
    timed = [work for work in step.works if work.is_timed]
    share = _pieces(step, timed or list(step.works))
    if timed:
        return [_Seen(step.order, step.part, w.machine, share[w.machine], w.setup, w.run) for w in timed]
    if step.family == "packing":
        return [_Seen(step.order, step.part, w.machine, share[w.machine], 0, w.standard_minutes) for w in step.works]
    return []


def _pieces(step: Step, works: list[Work]) -> dict[str, int]:
    """Pieces by machine: as reported, else the planned quantity shared by run minutes."""
    if step.pieces:
        return {work.machine: work.pieces for work in works}
    whole = sum(work.run for work in works)
    return {work.machine: round(step.quantity * work.run / whole) if whole else step.quantity for work in works}


def _theil_sen(points: Sequence[tuple[int, int]]) -> _Line:
    """Median of the pairwise slopes, median of what is left; neither below 0. One point goes through the origin."""
    if not points:
        return _Line(0.0, 0.0)
    slopes = [
        (later - run) / (more - pieces)
        for at, (pieces, run) in enumerate(points)
        for more, later in points[at + 1 :]
        if more != pieces
    ]
    if not slopes:
        pieces, run = points[0][0], median(run for _, run in points)
        return _Line(0.0, run / pieces) if pieces else _Line(run, 0.0)
    slope = max(0.0, median(slopes))
    return _Line(max(0.0, median(run - slope * pieces for pieces, run in points)), slope)


def _drawn_in(ratios: list[tuple[_Seen, float]]) -> list[tuple[_Seen, float]]:
    """The outermost ratios on either side replaced by the next ones inward (winsorised)."""
    ordered = sorted(ratio for _, ratio in ratios)
    outer = int(OUTER * len(ordered))
    if not ordered:
        return []
    low, high = ordered[outer], ordered[len(ordered) - 1 - outer]
    return [(seen, min(max(ratio, low), high)) for seen, ratio in ratios]


def _mean(values: list[int], above: float, prior: int) -> float:
    weight = len(values) + prior
    return (sum(values) + prior * above) / weight if weight else above


def _good_rate(steps: list[Step]) -> float:
    """Share of pieces not scrapped, times share of run minutes that were not rework."""
    pieces, scrap = sum(step.pieces for step in steps), sum(step.scrap for step in steps)
    run, rework = (
        sum(work.run for step in steps for work in step.works),
        sum(minutes for step in steps for _, minutes in step.reworked),
    )
    rate = (pieces / (pieces + scrap) if pieces else 1.0) * (run / (run + rework) if run else 1.0)
    return max(0.01, round(rate, 4))

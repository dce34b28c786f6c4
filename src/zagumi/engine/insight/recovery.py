"""What becomes of a plan when one thing fails: what is lost, what is recovered, at what price.

The cases that are hit are planned anew while all others stand. Only when one of them comes late, or finds no place, may
everything move that has not begun. Cases that nobody can finish any more are found without a search and given up.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from zagumi.engine.insight.failure import Failure, Key, Kind, hit, left_over, standing
from zagumi.engine.plan.check import check
from zagumi.engine.plan.cost import measure
from zagumi.engine.plan.plan import Delivery, Plan, SubLot, Transfer
from zagumi.engine.problem import Operation, Problem
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.obstacles import obstacles
from zagumi.engine.solve.result import Reason
from zagumi.engine.solve.solve import solve

FIRST_SHARE = 0.4  # of the time that is left goes into plans in which the cases that are not hit stand
TRY_SHARE = 0.1  # and into each try with fewer of the cases that are hit, where there is no plan of all
LEAST = 0.01  # seconds that a search is always given


class Fate(StrEnum):
    """What becomes of a case."""

    ON_TIME = "on_time"  # or without a date
    LATE = "late"
    LOST = "lost"  # proved: nobody can finish it any more
    UNPLANNED = "unplanned"  # no plan was found for it within the limits, none is excluded


@dataclass(frozen=True, slots=True)
class Gap:
    """A requirement of a case that nobody else meets.

    ``operation`` is None where the reason is not about one, and ``process`` is then empty; ``rule`` and ``text`` say
    what is not met, as the solvers' reasons do.
    """

    case: str
    operation: str | None
    process: str
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """One case that is hit or changed.

    Attributes:
        sublots, pieces: hit by the failure (with a vehicle: movements, and the pieces they carry).
        completion, tardy_minutes: in the plan in force.
        new_completion, new_tardy_minutes: after replanning; None when it is lost or unplanned.
    """

    case: str
    fate: Fate
    sublots: int
    pieces: int
    completion: int
    tardy_minutes: int
    new_completion: int | None
    new_tardy_minutes: int | None

    @property
    def later_minutes(self) -> int:
        """Tardiness that the failure adds; 0 when lost."""
        return 0 if self.new_tardy_minutes is None else self.new_tardy_minutes - self.tardy_minutes


@dataclass(frozen=True, slots=True)
class Outcome:
    """One failure and what becomes of the plan in force.

    Attributes:
        cases: those hit, and others whose dates change, in the problem's order.
        gaps: requirements that nobody else meets.
        extra_yen, extra_co2_g, extra_tardiness_yen: of the cases that are recovered or not hit, against the plan in
            force; negative when replanning found something better on the way.
        moved: sub-lots of these cases that are elsewhere or at another time.
        searched: whether a search was needed.
        plan: the replanned one, without the cases given up; None when none was found.
    """

    failure: Failure
    cases: tuple[CaseOutcome, ...] = ()
    gaps: tuple[Gap, ...] = ()
    extra_yen: int = 0
    extra_co2_g: int = 0
    extra_tardiness_yen: int = 0
    moved: int = 0
    searched: bool = False
    plan: Plan | None = None

    @property
    def sublots(self) -> int:
        """Sub-lots (with a vehicle: movements) hit."""
        return sum(case.sublots for case in self.cases)

    @property
    def pieces(self) -> int:
        """Pieces in them."""
        return sum(case.pieces for case in self.cases)

    @property
    def recovered(self) -> tuple[CaseOutcome, ...]:
        """Cases that are hit and finished all the same, in time or late."""
        return tuple(case for case in self.with_fate(Fate.ON_TIME, Fate.LATE) if case.sublots)

    @property
    def later_minutes(self) -> int:
        """Tardiness added, over all cases that are finished."""
        return sum(case.later_minutes for case in self.cases)

    def with_fate(self, *fates: Fate) -> tuple[CaseOutcome, ...]:
        """Cases that end so."""
        return tuple(case for case in self.cases if case.fate in fates)

    @property
    def harm(self) -> tuple[int, int, int, int]:
        """To rank by, the larger the worse: cases not finished, extra yen with lateness, minutes late, sub-lots hit."""
        ended = len(self.with_fate(Fate.LOST, Fate.UNPLANNED))
        return ended, self.extra_yen + self.extra_tardiness_yen, self.later_minutes, self.sublots


def recover(problem: Problem, plan: Plan, failure: Failure, limits: Limits) -> Outcome:
    """Replan around a failure.

    Args:
        plan: the plan in force, a valid one.
        limits: for this failure alone.

    Raises:
        CheckError: the judge refuses the replanned plan; no outcome leaves then.
    """
    if failure.kind is Kind.VEHICLE:
        return _without_vehicle(problem, plan, failure)
    found = hit(plan, failure)
    if not found:
        return Outcome(failure, plan=plan)
    touched = {problem.operation[sublot.operation].case for sublot in found}
    stands = standing(problem, plan, failure)
    search = _Search(problem, plan, failure, stands, limits)
    gaps, lost = _gaps(problem, plan, failure, stands)
    new = search.around(touched - lost, lost)
    given_up = lost | search.unplanned
    sublots = Counter(problem.operation[s.operation].case for s in found)
    pieces: Counter[str] = Counter()
    for s in found:
        pieces[problem.operation[s.operation].case] += s.quantity
    outcome = _measured(problem, plan, failure, new, lost, given_up, sublots, pieces)
    return replace(outcome, gaps=gaps, searched=search.begun)


def _gaps(
    problem: Problem, plan: Plan, failure: Failure, stands: Collection[Key]
) -> tuple[tuple[Gap, ...], frozenset[str]]:
    """What nobody can do any more, and the cases given up for it.

    Where a reason is about several cases, the one whose lateness weighs least goes, then the one due last.
    """
    gaps: list[Gap] = []
    lost: frozenset[str] = frozenset()
    while len(lost) < len(problem.cases):
        reasons = obstacles(left_over(problem, plan, failure, stands, lost))
        if not reasons:
            break
        for reason in reasons:
            cases = _cases(problem, reason)
            if not cases & lost:
                case = _lightest(problem, cases)
                gaps.append(_gap(problem, reason, case))
                lost |= {case}
            elif len(cases) == 1:
                gaps.append(_gap(problem, reason, *cases))
    return tuple(gaps), lost


def _operations(problem: Problem, reason: Reason) -> list[Operation]:
    """Operations a reason names; where there are several items the first is a machine."""
    if reason.rule in ("team", "lead"):
        return []
    names = reason.items[1:] or reason.items
    return [problem.operation[name] for name in names if name in problem.operation]


def _cases(problem: Problem, reason: Reason) -> set[str]:
    return {operation.case for operation in _operations(problem, reason)} or set(reason.items)


def _lightest(problem: Problem, cases: Collection[str]) -> str:
    return min(cases, key=lambda name: _weight(problem, name))


def _weight(problem: Problem, name: str) -> tuple[int, int, str]:
    """How much a case counts: by yen per minute late, then by the date, the earlier the more."""
    case = problem.case[name]
    return case.late_yen_per_minute, -(problem.horizon if case.due is None else case.due), name


def _gap(problem: Problem, reason: Reason, case: str) -> Gap:
    operation = next((each for each in _operations(problem, reason) if each.case == case), None)
    if operation is None:
        return Gap(case, None, "", reason.rule, reason.text)
    return Gap(case, operation.id, operation.process, reason.rule, reason.text)


class _Search:
    """Looks for a plan after a failure, with as few disturbed as possible; its time runs from its making."""

    def __init__(self, problem: Problem, plan: Plan, failure: Failure, stands: frozenset[Key], limits: Limits) -> None:
        self.problem, self.plan, self.failure, self.stands, self.limits = problem, plan, failure, stands, limits
        self.until = time.perf_counter() + limits.seconds
        self.tardy = {case.case: case.tardy_minutes for case in measure(problem, plan).cases}
        self.unplanned: frozenset[str] = frozenset()
        self.begun = False

    def around(self, touched: Collection[str], lost: frozenset[str]) -> Plan | None:
        """A plan of all cases but the lost ones, judged; what it leaves out of those touched is in ``unplanned``."""
        others = {s.key for s in self.plan.sublots if self.problem.operation[s.operation].case not in touched}
        whole = left_over(self.problem, self.plan, self.failure, self.stands, lost)
        near = left_over(self.problem, self.plan, self.failure, self.stands | others, lost)
        first = self._solved(near, self.plan, FIRST_SHARE)
        if first is not None and check(whole, first):
            # frozen work is excused from some rules, such as set-ups by the sequence: it gives way by as much
            first = self._solved(whole, first, 0.0)
        if first is not None and not self._comes_late(whole, first):
            return first
        found = self._solved(whole, first or self.plan, 1 - FIRST_SHARE)
        kept = sorted(touched, key=lambda name: _weight(self.problem, name), reverse=True)
        while found is None and kept:
            kept = kept[: len(kept) // 2]
            self.unplanned = frozenset(touched) - frozenset(kept)
            fewer = left_over(self.problem, self.plan, self.failure, self.stands, lost | self.unplanned)
            found = self._solved(fewer, self.plan, TRY_SHARE)
        return found

    def _solved(self, problem: Problem, start: Plan, share: float) -> Plan | None:
        if not problem.operations:
            return Plan(())
        if self.limits.cancelled is not None and self.limits.cancelled():
            return None
        self.begun = True
        steps = None if self.limits.steps is None else int(self.limits.steps * share)
        seconds = max(LEAST, (self.until - time.perf_counter()) * share)
        limits = replace(self.limits, seconds=seconds, steps=steps, workers=1)
        return solve(problem, limits.for_plan(), start=start).plan

    def _comes_late(self, problem: Problem, plan: Plan) -> bool:
        return any(case.tardy_minutes > self.tardy[case.case] for case in measure(problem, plan).cases)


def _measured(
    problem: Problem,
    plan: Plan,
    failure: Failure,
    new: Plan | None,
    lost: Collection[str],
    given_up: Collection[str],
    sublots: Counter[str],
    pieces: Counter[str],
) -> Outcome:
    """The new plan against the one in force."""
    after = {} if new is None else {case.case: case for case in measure(problem, new).cases}
    cases, yen, co2_g, tardiness_yen = [], 0, 0, 0
    for old in measure(problem, plan).cases:
        now = None if old.case in given_up else after.get(old.case)
        if now is None:
            if old.case in given_up or sublots[old.case]:
                fate = Fate.LOST if old.case in lost else Fate.UNPLANNED
            else:
                continue
        else:
            fate = Fate.LATE if now.tardy_minutes else Fate.ON_TIME
            yen += now.cost_yen - old.cost_yen
            co2_g += now.co2_g - old.co2_g
            tardiness_yen += (now.tardy_minutes - old.tardy_minutes) * problem.case[old.case].late_yen_per_minute
            if not sublots[old.case] and now.completion == old.completion:
                continue
        times = (None, None) if now is None else (now.completion, now.tardy_minutes)
        hits = sublots[old.case], pieces[old.case]
        cases.append(CaseOutcome(old.case, fate, *hits, old.completion, old.tardy_minutes, *times))
    moved = 0 if new is None else _moved(problem, plan, new, given_up)
    return Outcome(failure, tuple(cases), (), yen, co2_g, tardiness_yen, moved, plan=new)


def _moved(problem: Problem, plan: Plan, new: Plan, given_up: Collection[str]) -> int:
    there = Counter((s.operation, s.machine, s.quantity, s.start, s.end) for s in new.sublots)
    was = Counter(
        (s.operation, s.machine, s.quantity, s.start, s.end)
        for s in plan.sublots
        if problem.operation[s.operation].case not in given_up
    )
    return sum((was - there).values())


def _without_vehicle(problem: Problem, plan: Plan, failure: Failure) -> Outcome:
    """Movements take the cheapest vehicle that is left: speed does not depend on it, so that no date changes."""
    roads = problem.roads
    others = replace(roads, vehicles=tuple(vehicle for vehicle in roads.vehicles if vehicle.id != failure.id))
    fewer = replace(problem, roads=others)
    made = {sublot.key: sublot for sublot in plan.sublots}
    ways: list[tuple[SubLot, str, Transfer | Delivery]] = [
        (made[t.from_operation, t.from_lot], problem.machine[made[t.to_operation, t.to_lot].machine].site, t)
        for t in plan.transfers
    ]
    to = {o.id: problem.case[o.case].deliver_to for o in problem.operations}
    ways += [(made[d.operation, d.lot], to[d.operation] or "", d) for d in plan.deliveries]
    sublots: Counter[str] = Counter()
    pieces: Counter[str] = Counter()
    gaps: dict[str, Gap] = {}
    yen = co2_g = 0
    for giver, site, move in ways:
        operation = problem.operation[giver.operation]
        way = (problem.machine[giver.machine].site, site, problem.mass_g(operation, move.pieces))
        old = problem.haul(*way)
        if old.vehicle != failure.id or not failure.covers(move.depart, move.arrive):
            continue
        sublots[operation.case] += 1
        pieces[operation.case] += move.pieces
        new = fewer.haul(*way)
        if new.vehicle is None:
            text = f"no other vehicle carries pieces of operation {operation.id}"
            gaps.setdefault(operation.id, Gap(operation.case, operation.id, operation.process, "travel", text))
        yen += new.yen - old.yen
        co2_g += new.co2_g - old.co2_g
    if gaps:  # no vehicle is left at all, so there is a gap wherever a movement is hit
        yen = co2_g = 0
    lost = {gap.case for gap in gaps.values()}
    outcome = _measured(problem, plan, failure, plan, lost, lost, sublots, pieces)
    return replace(
        outcome,
        gaps=tuple(gaps.values()),
        extra_yen=yen,
        extra_co2_g=co2_g,
        plan=None if gaps else plan,
    )

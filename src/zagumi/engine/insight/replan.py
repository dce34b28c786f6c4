"""Replanning: events change the problem, the plan in force is mended with few moves, and what became of it is said."""

from __future__ import annotations

from dataclasses import dataclass

from zagumi.engine.collector import uncollected
from zagumi.engine.insight.events import Events, changed
from zagumi.engine.plan.cost import Measures, measure, moved_operations
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import Problem
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.result import Result
from zagumi.engine.solve.solve import solve

STEPS = 1500  # of the search, after way was made for what the events left open


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A case that is done at another time than before.

    ``completion`` and ``tardy_minutes`` are those of the plan in force; None when the case is new.
    """

    case: str
    completion: int | None
    tardy_minutes: int | None
    new_completion: int
    new_tardy_minutes: int


@dataclass(frozen=True, slots=True)
class Replanned:
    """The mended plan, against the one in force.

    Attributes:
        problem: the one the events leave; ``result`` is its answer, without a plan when none was found.
        moved: operations that are moved.
        unmoved: how many stay where they were; new ones are neither.
        cases: those done at another time, new ones among them, by id.
        extra_yen, extra_co2_g, extra_tardiness_yen: against the plan in force; new cases count in full.
    """

    problem: Problem
    result: Result
    moved: tuple[str, ...] = ()
    unmoved: int = 0
    cases: tuple[CaseChange, ...] = ()
    extra_yen: int = 0
    extra_co2_g: int = 0
    extra_tardiness_yen: int = 0


@uncollected()
def replan(
    problem: Problem, plan: Plan, events: Events, limits: Limits | None = None, *, stability: int | None = None
) -> Replanned:
    """Mend a plan after events.

    Args:
        plan: the plan in force, valid before the events.
        limits: ``Limits(steps=STEPS)`` when not given, which takes tenths of a second.
        stability: what each moved operation costs in the objective; :func:`usual_price` when not given.

    Raises:
        ProblemError: an event names what is not there, or cannot be at this time.
        CheckError: the judge refuses the mended plan.
    """
    price = usual_price(problem) if stability is None else stability
    with uncollected():
        left = changed(problem, plan, events, price)
        result = solve(left, limits or Limits(steps=STEPS), start=plan, repair=True)
        if result.plan is None or result.measures is None:
            return Replanned(left, result)
        return _against(problem, plan, left, result, result.plan, result.measures)


def usual_price(problem: Problem) -> int:
    """What an operation costs at least, on average, in units of the objective; 1 where work costs nothing."""
    yen = 0
    for each in problem.operations:
        yen += min([o.fixed_yen + o.unit_yen * each.quantity for o in each.options], default=0)
    return max(1, problem.policy.weights.cost * yen // max(1, len(problem.operations)))


def _against(problem: Problem, plan: Plan, left: Problem, result: Result, new: Plan, measures: Measures) -> Replanned:
    before = measure(problem, plan)
    known = {case.case: case for case in before.cases}
    cases = []
    for case in sorted(measures.cases, key=lambda case: case.case):
        old = known.get(case.case)
        if old is None:
            cases.append(CaseChange(case.case, None, None, case.completion, case.tardy_minutes))
        elif (old.completion, old.tardy_minutes) != (case.completion, case.tardy_minutes):
            times = old.completion, old.tardy_minutes, case.completion, case.tardy_minutes
            cases.append(CaseChange(case.case, *times))
    moved = moved_operations(left, new)
    return Replanned(
        left,
        result,
        moved,
        len(left.in_force) - len(moved),
        tuple(cases),
        measures.cost_yen - before.cost_yen,
        measures.co2_g - before.co2_g,
        measures.tardiness_yen - before.tardiness_yen,
    )

"""Why an operation is done where it is, and why not by another company."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from zagumi.engine.clock import Window, WorkingTime, union, without
from zagumi.engine.insight.compare import Difference, compare, working_minutes
from zagumi.engine.plan.plan import Plan, SubLot
from zagumi.engine.problem import Operation, Option, Problem
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.result import Reason, Status
from zagumi.engine.solve.solve import solve


class Obstacle(StrEnum):
    """A hard condition that an option or a company fails."""

    NO_OPTION = "no_option"  # the company has no machine that can do it
    GRADE = "grade"  # the machine does not reach the quality asked for
    BARRED = "barred"  # the company may not work on the case
    SKILL = "skill"  # nobody at the company has the skill
    APART = "apart"  # may not work beside a company that must be in the team
    FROZEN = "frozen"  # the work already stands elsewhere
    NO_TIME = "no_time"  # fits nowhere before the horizon
    NO_PLAN = "no_plan"  # no plan was found with it there; the status says whether that is proved


class Decided(StrEnum):
    """What speaks for the machine an operation is on, among those that qualify."""

    FROZEN = "frozen"  # it stands
    ONLY = "only"  # no other one qualifies
    CHEAPEST = "cheapest"  # least yen, transport included
    EARLIEST = "earliest"  # not the cheapest, but done first
    BALANCE = "balance"  # neither: it leaves room or saves elsewhere


@dataclass(frozen=True, slots=True)
class Choice:
    """One machine an operation could be on, everything else in the plan unchanged.

    Attributes:
        yen, co2_g: of the whole operation there, with the transport of its pieces in and out.
        start, finish: earliest, beside the work that stands in the plan; None when it fits nowhere.
        obstacles: hard conditions it fails; then nothing else is known of it.
    """

    machine: str
    company: str
    chosen: bool
    yen: int | None
    co2_g: int | None
    start: int | None
    finish: int | None
    obstacles: tuple[Obstacle, ...] = ()


@dataclass(frozen=True, slots=True)
class Why:
    """Where an operation is, which machines it could be on, and what decided."""

    operation: str
    case: str
    sublots: tuple[SubLot, ...]
    companies: tuple[str, ...]
    decided: Decided
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a company does not do an operation.

    Attributes:
        does: it does do it (then nothing else is said).
        obstacles: hard conditions that exclude it.
        difference: with the operation forced to the company and everything planned anew, the new plan less the given
            one; None when excluded or when no plan was found within the limits.
        status: how the search for that plan ended, infeasible when it is proved that there is none, unknown when none
            was found within the limits; None when no search was needed.
        reasons: why no plan exists, when it was proved.
        plan: the plan with the operation at the company.
    """

    operation: str
    company: str
    does: bool
    obstacles: tuple[Obstacle, ...] = ()
    difference: Difference | None = None
    completion_days: float | None = None
    status: Status | None = None
    reasons: tuple[Reason, ...] = ()
    plan: Plan | None = None


def why(problem: Problem, plan: Plan, operation: str) -> Why:
    """Explain why an operation is where it is.

    Raises:
        KeyError: when there is no such operation.
    """
    item = problem.operation[operation]
    sublots = plan.sublots_of.get(operation, ())
    eligible = {option.machine for option in problem.eligible(item)}
    on = {sublot.machine for sublot in sublots}
    choices = []
    for option in item.options:
        company = problem.company_of(option.machine) or ""
        if option.machine not in eligible:
            obstacles = tuple(obstacles_of(problem, item, option))
            choices.append(Choice(option.machine, company, False, None, None, None, None, obstacles))
            continue
        yen, co2_g = worth(problem, plan, item, option)
        times = _earliest(problem, plan, item, option)
        start, finish = times or (None, None)
        late = () if times else (Obstacle.NO_TIME,)
        choices.append(Choice(option.machine, company, option.machine in on, yen, co2_g, start, finish, late))
    return Why(
        operation,
        item.case,
        sublots,
        tuple(sorted({problem.company_of(machine) or "" for machine in on})),
        _decided(problem, item, choices),
        tuple(sorted(choices, key=lambda c: (bool(c.obstacles), not c.chosen, c.yen or 0, c.finish or 0, c.machine))),
    )


def why_not(problem: Problem, plan: Plan, operation: str, company: str, limits: Limits) -> WhyNot:
    """Explain why a company does not do an operation: what excludes it, or what it would cost.

    Raises:
        KeyError: when there is no such operation or company.
    """
    item, name = problem.operation[operation], problem.company[company].id
    if any(problem.company_of(sublot.machine) == name for sublot in plan.sublots_of.get(operation, ())):
        return WhyNot(operation, company, does=True)
    obstacles = _excluded(problem, item, name)
    if obstacles:
        return WhyNot(operation, company, does=False, obstacles=obstacles)
    forced = _only(problem, item, tuple(o for o in item.options if problem.company_of(o.machine) == name))
    result = solve(forced, limits.for_plan(), start=plan)
    if result.plan is None:
        return WhyNot(operation, company, False, (Obstacle.NO_PLAN,), status=result.status, reasons=result.reasons)
    difference = compare(problem, plan, result.plan)
    later = next((case.completion for case in difference.cases if case.case == item.case), 0)
    return WhyNot(
        operation,
        company,
        does=False,
        difference=difference,
        completion_days=later / 1440,
        status=result.status,
        plan=result.plan,
    )


def obstacles_of(problem: Problem, operation: Operation, option: Option) -> list[Obstacle]:
    """Hard conditions of the operation that an option fails."""
    found = []
    if option.grade < operation.min_grade:
        found.append(Obstacle.GRADE)
    if problem.company_of(option.machine) in problem.case[operation.case].barred:
        found.append(Obstacle.BARRED)
    if option.skill is not None and not problem.attendants(option):
        found.append(Obstacle.SKILL)
    return found


def _excluded(problem: Problem, operation: Operation, company: str) -> tuple[Obstacle, ...]:
    """Hard conditions that exclude a company whatever the rest of the plan."""
    options = [option for option in operation.options if problem.company_of(option.machine) == company]
    if not options:
        return (Obstacle.NO_OPTION,)
    failed = [set(obstacles_of(problem, operation, option)) for option in options]
    if all(failed):
        return tuple(sorted(set.union(*failed)))
    if sum(work.quantity for work in problem.frozen.get(operation.id, ())) == operation.quantity:
        return (Obstacle.FROZEN,)
    needed = {
        companies.pop()
        for other in problem.operations
        if other.case == operation.case and other.id != operation.id
        if len(companies := {problem.company_of(option.machine) or "" for option in problem.eligible(other)}) == 1
    }
    if any(tuple(sorted((company, other))) in problem.policy.apart for other in needed):
        return (Obstacle.APART,)
    return ()


def _only(problem: Problem, operation: Operation, options: tuple[Option, ...]) -> Problem:
    """The problem with an operation done on these options alone; its frozen sub-lots keep theirs."""
    frozen = {work.machine for work in problem.frozen.get(operation.id, ())}
    kept = tuple(o for o in operation.options if o in options or o.machine in frozen)
    forced = replace(operation, options=kept)
    return replace(
        problem, operations=tuple(forced if other.id == operation.id else other for other in problem.operations)
    )


def _decided(problem: Problem, operation: Operation, choices: list[Choice]) -> Decided:
    chosen = [choice for choice in choices if choice.chosen]
    open_ones = [choice for choice in choices if not choice.obstacles or choice.chosen]
    if sum(work.quantity for work in problem.frozen.get(operation.id, ())) == operation.quantity:
        return Decided.FROZEN
    if len(open_ones) <= len(chosen):
        return Decided.ONLY
    others = [choice for choice in open_ones if not choice.chosen]
    if all((c.yen or 0) < (o.yen or 0) for c in chosen for o in others):
        return Decided.CHEAPEST
    done = max((c.finish for c in chosen if c.finish is not None), default=None)
    if done is not None and all(o.finish is None or done < o.finish for o in others):
        return Decided.EARLIEST
    return Decided.BALANCE


def worth(problem: Problem, plan: Plan, operation: Operation, option: Option) -> tuple[int, int]:
    """Yen and grams of the whole operation on an option, transport in and out included."""
    site = problem.machine[option.machine].site
    places = {sublot.key: problem.machine[sublot.machine].site for sublot in plan.sublots}
    yen = option.yen(operation.quantity)
    co2_g = option.co2_g + option.unit_co2_g * operation.quantity
    hauls = []
    for transfer in plan.transfers:
        giver = problem.operation[transfer.from_operation]
        if transfer.to_operation == operation.id:
            hauls.append((places[transfer.from_operation, transfer.from_lot], site, giver, transfer.pieces))
        elif transfer.from_operation == operation.id:
            hauls.append((site, places[transfer.to_operation, transfer.to_lot], giver, transfer.pieces))
    to = problem.case[operation.case].deliver_to
    if to is not None and not problem.successors[operation.id]:
        hauls.append((site, to, operation, operation.quantity))
    for start, end, giver, pieces in hauls:
        haul = problem.haul(start, end, problem.mass_g(giver, pieces))
        yen += haul.yen
        co2_g += haul.co2_g
    return yen, co2_g


def _earliest(problem: Problem, plan: Plan, operation: Operation, option: Option) -> tuple[int, int] | None:
    """Earliest start and end of the whole operation on an option, beside everything else in the plan.

    Pieces come whole from where they are made in the plan; the set-up is the one after what then stands before.
    """
    site = problem.machine[option.machine].site
    links = {link.before: link for link in operation.after}
    made = {sublot.key: sublot for sublot in plan.sublots}
    ready = problem.case[operation.case].release
    for transfer in plan.transfers:
        if transfer.to_operation == operation.id:
            giver = made[transfer.from_operation, transfer.from_lot]
            leave = giver.end + links[giver.operation].lag
            times = problem.sent(problem.machine[giver.machine].site, site, leave)
            if times is None:
                return None
            ready = max(ready, times[1])
    people: tuple[str | None, ...] = (None,) if option.skill is None else problem.attendants(option)
    found = [_fit(problem, plan, operation, option, person, ready) for person in people]
    return min((times for times in found if times is not None), key=lambda times: times[1], default=None)


def _fit(
    problem: Problem, plan: Plan, operation: Operation, option: Option, person: str | None, ready: int
) -> tuple[int, int] | None:
    machine = problem.machine[option.machine]
    others = [s for s in plan.on_machine.get(machine.id, ()) if s.operation != operation.id and s.start < s.end]
    taken: list[Window] = [*machine.bookings, *((s.start, s.end) for s in others)]
    if person is not None:
        taken += [
            (s.start, s.end)
            for s in plan.sublots
            if s.person == person and s.operation != operation.id and s.start < s.end
        ]
    hours = WorkingTime.of(problem.windows(machine.id, person))
    run = option.run_minutes(operation.quantity)
    if ready >= problem.horizon:
        return None
    for free_from, free_until in without(((ready, problem.horizon),), union(taken)):
        for begin, until, budget in _starts(problem, plan, operation, machine.id, free_from):
            start = hours.opening(begin)
            while start is not None and start < min(until, free_until):
                minutes = _setup(problem, operation, option, others, start) + run
                end = hours.finish(start, minutes)
                if end is None or end > free_until or minutes > budget:
                    break
                if operation.may_pause or end - start == minutes:
                    return start, end
                at = start
                start = next((opens for opens, _ in hours.windows if opens > at), None)
    return None


def _starts(problem: Problem, plan: Plan, operation: Operation, machine: str, since: int) -> list[tuple[int, int, int]]:
    """From when until when a start is allowed, and the minutes left there: by bands when the machine publishes them."""
    bands = problem.machine[machine].bands
    if not bands:
        return [(since, problem.horizon, problem.horizon)]
    found = []
    for band in bands:
        used = sum(
            working_minutes(problem, s)
            for s in plan.on_machine.get(machine, ())
            if band.start <= s.start < band.end and s.operation != operation.id
        )
        if max(since, band.start) < band.end:
            found.append((max(since, band.start), band.end, band.minutes - used))
    return found


def _setup(problem: Problem, operation: Operation, option: Option, others: list[SubLot], start: int) -> int:
    machine = problem.machine[option.machine]
    if not operation.family or not machine.setups:
        return option.setup_minutes
    families = [f for s in others if s.start < start and (f := problem.operation[s.operation].family)]
    before = families[-1] if families else machine.family
    return machine.setups.get((before, operation.family), option.setup_minutes)

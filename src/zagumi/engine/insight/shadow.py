"""What one more hour of a machine or a company would save, where it is short.

The hour is put where work waited for the machine: as overtime where it was closed, else as an hour less of a booking or
more of a published band, else as an hour of work in its way that is done elsewhere. Then everything is planned anew,
with the hour and without it, with the same limits. Where the bound by prices of machine time
covers the machine, its price is an estimate beforehand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from zagumi.engine.clock import Window, union, without
from zagumi.engine.insight.compare import Difference, compare
from zagumi.engine.insight.lateness import Load, bottlenecks
from zagumi.engine.plan.cost import measure
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import Calendar, Machine, Operation, Problem
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.solve import solve

HOUR = 60
SWEEPS = 120  # over all cases, in which the prices settle


class Added(StrEnum):
    """How the hour is added."""

    OVERTIME = "overtime"  # open longer
    BOOKING = "booking"  # a booking shortened
    BAND = "band"  # more capacity published
    RELIEF = "relief"  # always open: an hour of the work in the way is done elsewhere


@dataclass(frozen=True, slots=True)
class Hour:
    """One more hour of one machine: from when until when, and how."""

    machine: str
    added: Added
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Shadow:
    """What more hours are worth.

    Attributes:
        hours: one for each machine of those asked for that something waited for; none: more of it saves nothing.
        saves: of the objective, by planning anew; 0 at least.
        difference: the plan with the hours less the one without: negative yen, minutes and grams are saved.
        completion_minutes: the same of all cases' completions together.
        price: of the objective, what an hour is worth by the price of machine time that proves the bound; None where
            that bound does not cover the machines.
    """

    hours: tuple[Hour, ...]
    saves: int = 0
    difference: Difference | None = None
    completion_minutes: int = 0
    price: int | None = None


def shadow(problem: Problem, plan: Plan, name: str, limits: Limits) -> Shadow:
    """What one more hour of a machine, or of every machine of a company that is waited for, would save.

    Args:
        plan: a valid plan.
        name: of a machine or of a company.
        limits: for both searches together.

    Raises:
        KeyError: there is neither a machine nor a company of this name.
    """
    if name not in problem.machine:
        name = problem.company[name].id
    loads = [load for load in bottlenecks(problem, plan) if name in (load.machine, load.company) and load.waits]
    if not loads:
        return Shadow(())
    longer, hours = problem, []
    for load in loads:
        longer, hour = _with_hour(longer, plan, load)
        hours.append(hour)
    usual, better = _both(problem, longer, plan, limits)
    price = _price(problem, usual, loads)
    weights = problem.policy.weights
    if better is None or measure(longer, better).objective(weights) >= measure(problem, usual).objective(weights):
        return Shadow(tuple(hours), price=price)
    # both are measured by yen, sites and dates, which the hour leaves as they are
    difference = compare(longer, usual, better)
    completion = sum(case.completion for case in difference.cases)
    return Shadow(tuple(hours), -difference.objective, difference, completion, price)


def _both(problem: Problem, longer: Problem, plan: Plan, limits: Limits) -> tuple[Plan, Plan | None]:
    """The best plan without the hour and with it.

    What a search finds anyhow must not pass for the hour's: both go on from the same plan, and the one without the hour
    also follows what was found with it.
    """
    steps = None if limits.steps is None else limits.steps // 4
    part = replace(limits, seconds=limits.seconds / 4, steps=steps).for_plan()
    first = solve(problem, part, start=plan).plan or plan
    better = solve(longer, part, start=first).plan
    others = [solve(problem, part, start=start).plan for start in (first, better) if start is not None]
    known = [first, *(other for other in others if other is not None)]
    weights = problem.policy.weights
    return min(known, key=lambda each: measure(problem, each).objective(weights)), better


def _with_hour(problem: Problem, plan: Plan, load: Load) -> tuple[Problem, Hour]:
    """The problem with one more hour of a machine where it is waited for."""
    machine, waits = problem.machine[load.machine], load.waits
    if machine.bands:
        return _more_published(problem, machine, waits)
    # the opening hours in which the first wait begins or the last one ends may be longer too
    hours = problem.windows(machine.id)
    first = max((start for start, _ in hours if start <= waits[0][0]), default=waits[0][0])
    closed = [span for span in without([(0, problem.horizon)], hours) if first <= span[0] <= waits[-1][1]]
    if closed:
        start, end = next((span for span in closed if span[1] - span[0] >= HOUR), closed[0])
        return _open(problem, machine, start, min(end, start + HOUR))
    booked = [(start, end) for start, end in machine.bookings if start <= waits[-1][1] and waits[0][0] < end]
    if booked:
        start = max(booked[0][0], booked[0][1] - HOUR)
        bookings = without(machine.bookings, [(start, booked[0][1])])
        return _changed(problem, replace(machine, bookings=bookings)), Hour(
            machine.id, Added.BOOKING, start, booked[0][1]
        )
    return _relieved(problem, plan, machine, waits)


def _changed(problem: Problem, machine: Machine) -> Problem:
    machines = (machine if other.id == machine.id else other for other in problem.machines)
    return replace(problem, machines=tuple(machines))


def _open(problem: Problem, machine: Machine, start: int, end: int) -> tuple[Problem, Hour]:
    """Overtime of a machine and of the people of its company."""
    calendars = list(problem.calendars)

    def longer(calendar: str | None) -> str | None:
        if calendar is None:
            return None
        name = f"{calendar} and {start}"
        while name in problem.calendar:
            name += "'"
        if all(other.id != name for other in calendars):
            calendars.append(Calendar(name, union([*problem.calendar[calendar].windows, (start, end)])))
        return name

    owner = problem.company_of(machine.id)
    people = tuple(replace(p, calendar=longer(p.calendar)) if p.company == owner else p for p in problem.people)
    machine = replace(machine, calendar=longer(machine.calendar))
    changed = _changed(replace(problem, calendars=tuple(calendars), people=people), machine)
    return changed, Hour(machine.id, Added.OVERTIME, start, end)


def _more_published(problem: Problem, machine: Machine, waits: tuple[Window, ...]) -> tuple[Problem, Hour]:
    """An hour more in the last band that opens before the waiting ends."""
    at = max((at for at, band in enumerate(machine.bands) if band.start < waits[-1][1]), default=0)
    band = machine.bands[at]
    bands = (*machine.bands[:at], replace(band, minutes=band.minutes + HOUR), *machine.bands[at + 1 :])
    return _changed(problem, replace(machine, bands=bands)), Hour(machine.id, Added.BAND, band.start, band.end)


def _relieved(problem: Problem, plan: Plan, machine: Machine, waits: tuple[Window, ...]) -> tuple[Problem, Hour]:
    """An hour less of the first work that stands where others wait, by what it has of set-up and run."""
    lot = next(s for s in plan.on_machine[machine.id] if any(s.start < end and start < s.end for start, end in waits))
    operation = problem.operation[lot.operation]

    def shorter(operation: Operation) -> Operation:
        options = []
        for option in operation.options:
            if option.machine == machine.id:
                less = min(HOUR, option.setup_minutes)
                worked = option.worked(operation.quantity)
                each = max(0.0, option.minutes_per_piece - (HOUR - less) / worked)
                option = replace(option, setup_minutes=option.setup_minutes - less, minutes_per_piece=each)
            options.append(option)
        return replace(operation, options=tuple(options))

    operations = (shorter(other) if other.id == operation.id else other for other in problem.operations)
    hour = Hour(machine.id, Added.RELIEF, lot.start, min(lot.end, lot.start + HOUR))
    return replace(problem, operations=tuple(operations)), hour


def _price(problem: Problem, plan: Plan, loads: list[Load]) -> int | None:
    """The dearest hour of each machine while it is waited for, by the prices of the bound; in the objective's unit."""
    from zagumi.engine.solve.priced import Prices, covers
    from zagumi.engine.solve.tables import build

    built = build(problem)
    rows, wanted = built.rows, [built.machines.index(load.machine) for load in loads]
    free = rows.options.machine[rows.modes.option[rows.modes.plain == 0]]  # machines whose time has no price
    if not covers(built) or set(wanted) & set(free.tolist()):
        return None
    measures = measure(problem, plan)
    prices = Prices(built, measures.makespan, measures.objective(problem.policy.weights))
    for _bound in prices.rise(SWEEPS, lambda: False):
        pass
    total = 0.0
    for at, load in zip(wanted, loads, strict=True):
        first, last = load.waits[0][0] // prices.length, load.waits[-1][1] // prices.length
        total += float(prices.price[at, first : last + 1].max(initial=0.0)) * HOUR
    return math.floor(total)

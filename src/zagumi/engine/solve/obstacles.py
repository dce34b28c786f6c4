"""Requirements that no plan can meet, found before any search; each is proved and names its items.

Every rule here looks at one operation, case or pair of frozen sub-lots alone. A problem without an obstacle may still
have no plan; then only the complete search can say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from zagumi.engine.clock import Window, without
from zagumi.engine.problem import Machine, Operation, Option, Problem
from zagumi.engine.solve.result import Reason


def obstacles(problem: Problem) -> tuple[Reason, ...]:
    """All obstacles, by case and operation in the order given."""
    found = [reason for operation in problem.operations for reason in _of_operation(problem, operation)]
    return (*found, *_of_teams(problem), *_of_frozen_work(problem))


def _of_operation(problem: Problem, operation: Operation) -> Iterator[Reason]:
    rest = operation.quantity - sum(work.quantity for work in problem.frozen.get(operation.id, ()))
    if rest == 0:
        return
    eligible = problem.eligible(operation)
    if not eligible:
        text = f"operation {operation.id} has no machine that qualifies"
        if operation.options:
            text += f": none of its {len(operation.options)} options passes grade, barred companies and skills"
        yield Reason("option", (operation.id,), text)
        return
    least = _least_lot(operation, rest)
    needed = [
        (option, _working_minutes(problem.machine[option.machine], operation, option, least)) for option in eligible
    ]
    if not any(_fits(problem, operation, option, minutes) for option, minutes in needed):
        rule = "hours" if not operation.may_pause else "horizon"
        fewest = min(minutes for _option, minutes in needed)
        stretch = "one open stretch" if not operation.may_pause else "the free open hours before the horizon"
        text = f"operation {operation.id} needs at least {fewest} working minutes in {stretch} of one of its machines"
        yield Reason(rule, (operation.id,), text)
        return
    guarded = [option for option, minutes in needed if _band_holds(problem.machine[option.machine], minutes)]
    if not guarded:
        text = f"operation {operation.id} does not fit into any band that its machines publish"
        yield Reason("band", (operation.id,), text)


def _least_lot(operation: Operation, rest: int) -> int:
    """Pieces of the largest sub-lot when the rest is divided as finely as may be."""
    if operation.min_sublot is None:
        return rest
    lots = max(1, min(operation.max_sublots, rest // operation.min_sublot))
    return -(-rest // lots)


def _working_minutes(machine: Machine, operation: Operation, option: Option, pieces: int) -> int:
    """Least working minutes there: the shortest set-up that any sequence can ask for."""
    setup = option.setup_minutes
    if operation.family and machine.setups:
        into = [minutes for (_before, family), minutes in machine.setups.items() if family == operation.family]
        setup = min([setup, *into])
    return setup + option.run_minutes(pieces)


def _fits(problem: Problem, operation: Operation, option: Option, minutes: int) -> bool:
    """Whether so much work fits between two bookings of a machine, in the hours of someone who may attend."""
    machine = problem.machine[option.machine]
    release = problem.case[operation.case].release
    people: Iterable[str | None] = problem.attendants(option) if option.skill is not None else (None,)
    for person in people:
        hours = without(problem.windows(machine.id, person), ((0, release),))
        if operation.may_pause:
            stretches = _between(hours, machine.bookings, problem.horizon)
        else:
            stretches = [end - start for start, end in without(hours, machine.bookings)]
        if max(stretches, default=0) >= minutes:
            return True
    return minutes == 0


def _between(hours: tuple[Window, ...], bookings: tuple[Window, ...], horizon: int) -> list[int]:
    """Open minutes between each booking and the next."""
    edges = [0, *(edge for booking in bookings for edge in booking), horizon]
    gaps = [(edges[i], edges[i + 1]) for i in range(0, len(edges), 2)]
    return [sum(min(end, close) - max(start, first) for start, end in hours if start < close and end > first)
            for first, close in gaps]  # fmt: skip


def _band_holds(machine: Machine, minutes: int) -> bool:
    return not machine.bands or max(band.minutes for band in machine.bands) >= minutes


def _of_teams(problem: Problem) -> Iterator[Reason]:
    limit = problem.policy.max_companies
    for case in problem.cases:
        operations = [operation for operation in problem.operations if operation.case == case.id]
        able = [{problem.company_of(o.machine) for o in problem.eligible(each)} for each in operations]
        if not all(able):
            continue
        standing = {problem.company_of(w.machine) for each in operations for w in problem.frozen.get(each.id, ())}
        if problem.policy.lead_required and operations:
            companies = set().union(*able, standing)
            if not any(problem.company[name].may_lead for name in companies if name is not None):
                yield Reason("lead", (case.id,), f"no company that could work on case {case.id} may lead")
        if (limit == 1 or case.id in problem.policy.one_company) and operations and not set.intersection(*able):
            yield Reason("team", (case.id,), f"no single company can do every operation of case {case.id}")


def _of_frozen_work(problem: Problem) -> Iterator[Reason]:
    held: dict[str, list[tuple[int, int, str]]] = {}
    for work in problem.policy.frozen:
        if work.start < work.end:
            held.setdefault(f"machine {work.machine}", []).append((work.start, work.end, work.operation))
            if work.person is not None:
                held.setdefault(f"person {work.person}", []).append((work.start, work.end, work.operation))
    for resource, spans in held.items():
        for before, after in pairwise(sorted(spans)):
            if after[0] < before[1]:
                text = f"frozen work on operations {before[2]} and {after[2]} overlaps on {resource}"
                yield Reason("frozen", (before[2], after[2], resource), text)

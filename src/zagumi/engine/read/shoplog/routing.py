"""The routing of every work order: which steps it went through, with how many pieces, on which machines.

Reports of one process in one order are one step, whatever machines they come from, until the pieces reported reach
the quantity ordered; what is reported after that is the next pass of the same process. Overlapping reports are
merged. Reworked pieces count as pieces that were not good at first, so they make no step of their own, unless an
order holds mostly rework of that process: then the rework is the step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from zagumi.engine.clock import MINUTES_PER_DAY, Window, union, without
from zagumi.engine.read.shoplog.log import Dropped, Log, Report, busy, family


@dataclass(frozen=True, slots=True)
class Work:
    """What one machine did of a step: minutes of set-up and of run, both 0 when only standard entries speak of it.

    ``standard_minutes`` are those of the entries without a time; ``unexplained`` those of reports of kind B.
    """

    machine: str
    setup: int
    run: int
    pieces: int
    standard_minutes: int
    unexplained: int
    has_setup: bool

    @property
    def is_timed(self) -> bool:
        """Whether a report with a time speaks of set-up or run."""
        return self.setup + self.run > 0


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of an order as it happened.

    Attributes:
        number: pass through the process, from 1.
        pieces: good pieces reported, first-time ones only.
        quantity: pieces to plan: no fewer than any later step of the order reports.
        reworked: minutes of rework by machine.
        last: end of the last report. An entry without a time ends at the end of its day here, which puts it
            behind what was done that day.
        hours: start of the first and end of the last report with a time; None when there is none.
        lots: reports with pieces, the number of lots the pieces came in.
    """

    order: str
    part: str
    process: str
    number: int
    pieces: int
    quantity: int
    scrap: int
    reworked: tuple[tuple[str, int], ...]
    last: int
    hours: Window | None
    lots: int
    works: tuple[Work, ...]

    @property
    def family(self) -> str:
        """The trade that does it."""
        return family(self.process)


@dataclass(frozen=True, slots=True)
class Order:
    """A work order: its steps in the order they were finished in, its real start and finish.

    ``finish`` gives an entry without a time the benefit of the doubt: it ends when its standard minutes are over,
    or with the last timed report of the order.
    """

    name: str
    part: str
    ordered: int
    start: int
    finish: int
    steps: tuple[Step, ...]


def orders(log: Log, places: Mapping[str, int]) -> tuple[tuple[Order, ...], tuple[Dropped, ...]]:
    """Every order of the log, by real start, and the reports that give no step.

    Args:
        places: how many workers a machine holds side by side.
    """
    reports: dict[str, list[Report]] = {}
    for report in log.reports:
        reports.setdefault(report.order, []).append(report)
    found, dropped = [], []
    for name, group in reports.items():
        order, left = _order(name, group, places)
        dropped += left
        found.append(order)
    return tuple(sorted(found, key=lambda order: (order.start, order.name))), tuple(dropped)


def _order(name: str, reports: list[Report], places: Mapping[str, int]) -> tuple[Order, list[Dropped]]:
    ordered = max(report.ordered for report in reports)
    groups: dict[str, list[Report]] = {}
    for report in reports:
        groups.setdefault(report.process, []).append(report)
    steps: list[Step] = []
    dropped: list[Dropped] = []
    for process, group in groups.items():
        again = [report for report in group if report.rework]
        if sum(report.pieces for report in again) * 2 > sum(report.pieces for report in group) or len(again) == len(
            group
        ):
            again = []
        passes = _passes([report for report in group if report not in again], ordered)
        for number, members in enumerate(passes, start=1):
            steps.append(_step(members, again if number == len(passes) else [], number, places))
        dropped += [
            Dropped(report.line, "rework: lowers the good rate, gives no step", f"{name}, {process}")
            for report in again
        ]
    steps = _with_quantities(_in_sequence(steps), ordered)
    timed = [report.end for report in reports if not report.standard]
    return (
        Order(
            name,
            reports[0].part,
            ordered,
            start=min(report.start for report in reports),
            finish=max([*timed, *(report.end for report in reports if report.standard)]),
            steps=tuple(steps),
        ),
        dropped,
    )


def _passes(reports: list[Report], ordered: int) -> list[list[Report]]:
    """Cut the reports of one process where the pieces reach the quantity ordered."""
    whole = max(1, round(sum(report.pieces for report in reports) / ordered))
    passes: list[list[Report]] = [[]]
    pieces = 0
    for report in reports:
        if pieces >= ordered and len(passes) < whole:
            passes.append([])
            pieces = 0
        passes[-1].append(report)
        pieces += report.pieces
    return passes


def _step(reports: list[Report], again: list[Report], number: int, places: Mapping[str, int]) -> Step:
    machines: dict[str, list[Report]] = {}
    for report in reports:
        machines.setdefault(report.machine, []).append(report)
    reworked = tuple(
        (machine, busy((r for r in again if r.machine == machine and not r.standard), side_by_side=places[machine] > 1))
        for machine in sorted({report.machine for report in again})
    )
    pieces = sum(report.pieces for report in reports)
    timed = [report for report in reports if not report.standard]
    return Step(
        order=reports[0].order,
        part=reports[0].part,
        process=reports[0].process,
        number=number,
        pieces=pieces,
        quantity=pieces,
        scrap=sum(report.scrap for report in [*reports, *again]),
        reworked=reworked,
        last=max(_done(report) for report in reports),
        hours=(min(r.start for r in timed), max(r.end for r in timed)) if timed else None,
        lots=sum(report.pieces > 0 for report in reports),
        works=tuple(_work(machine, group, places[machine]) for machine, group in sorted(machines.items())),
    )


def _done(report: Report) -> int:
    return report.start + MINUTES_PER_DAY if report.standard else report.end


def _work(machine: str, reports: list[Report], places: int) -> Work:
    """Run is what D reports cover, set-up what S reports cover beyond that, unexplained what B covers beyond both."""
    timed = [report for report in reports if not report.standard]
    minutes = {"D": 0, "S": 0, "B": 0}
    groups: dict[str, list[Report]] = {}
    for report in timed:
        groups.setdefault(report.worker if places > 1 else "", []).append(report)
    for group in groups.values():
        covered: tuple[Window, ...] = ()
        for kind in minutes:
            windows = union(report.window for report in group if report.kind == kind)
            minutes[kind] += sum(end - start for start, end in without(windows, covered))
            covered = union([*covered, *windows])
    return Work(
        machine,
        setup=minutes["S"],
        run=minutes["D"],
        pieces=sum(report.pieces for report in reports),
        standard_minutes=sum(report.end - report.start for report in reports if report.standard),
        unexplained=minutes["B"],
        has_setup=any(report.kind == "S" for report in reports),
    )


def _in_sequence(steps: list[Step]) -> list[Step]:
    """By their last report; an inspection of a process stands behind that process, packing at the very end."""
    done = {(step.process, step.number): step.last for step in steps}

    def moment(step: Step) -> tuple[bool, int, bool, int]:  # its sort key
        inspected = step.process.removesuffix(" Q.C.")
        is_check = inspected != step.process
        since = max((done.get((inspected, n), 0) for n in range(1, step.number + 1)), default=0) if is_check else 0
        return (step.family == "packing", max(step.last, since), is_check, step.number)

    return sorted(steps, key=moment)


def _with_quantities(steps: list[Step], ordered: int) -> list[Step]:
    """Pieces to plan: what the step reports, or any later one; a step that reports none takes those before it."""
    reached = 0
    planned: list[Step] = []
    for step in reversed(steps):
        reached = max(reached, min(step.pieces, ordered))
        planned.append(replace(step, quantity=reached))
    planned.reverse()
    before = reached or ordered
    for at, step in enumerate(planned):
        if not step.quantity:
            planned[at] = replace(step, quantity=before)
        before = planned[at].quantity
    return planned

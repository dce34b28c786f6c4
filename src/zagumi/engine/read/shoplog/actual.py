"""What really happened, as a log tells it: the other side of a comparison with a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from zagumi.engine.clock import Window, union
from zagumi.engine.files import Format
from zagumi.engine.read.shoplog.hours import benches
from zagumi.engine.read.shoplog.log import Dropped, Log
from zagumi.engine.read.shoplog.routing import Order

CAVEATS = (
    "The log covers one quarter of one workshop; orders not in it took machine time too, which the plan keeps.",
    "Orders may have begun before the log or ended after it: only their reported part is planned and compared.",
    "The plan knows all orders beforehand; in reality they came in one by one and changed.",
    "Times are those learnt from the log, not each order's own; good days and bad days of single orders even out.",
    "People are not planned: in reality one worker often served several machines, or was away.",
    "Hours are learnt from activity; material, tools and the customer's wishes are not in the log.",
    "The seven companies and their places are assumed; in reality all machines stood in one workshop.",
)


@dataclass(frozen=True, slots=True)
class ActualOrder:
    """One work order: first report and last report, in minutes after the origin."""

    order: str
    start: int
    finish: int


@dataclass(frozen=True, slots=True)
class ActualMachine:
    """Minutes reported on one machine of the log.

    Attributes:
        benches: the problem's machines that stand for it, several where workers work side by side.
        run, setup: of reports with a time; unexplained: reports of kind B.
        standard: of entries with a date only, as the log books them.
        rework: minutes of reports that lower the good rate and are no steps.
        taken: minutes in which the machine was reported at work at all, overlaps between orders counted once.
    """

    machine: str
    benches: tuple[str, ...]
    setup: int
    run: int
    unexplained: int
    standard: int
    rework: int
    taken: int

    @property
    def minutes(self) -> int:
        """All reported minutes."""
        return self.setup + self.run + self.unexplained + self.standard + self.rework


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows were left out of something, or put right, and why; with their lines in the file."""

    reason: str
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Actual:
    """What really happened.

    Attributes:
        problem: name of the problem made from the same log.
        left_out, put_right: what of the log was not used, and what was used otherwise than it stands there.
        caveats: what the comparison cannot know.
    """

    problem: str
    origin: str
    rows: int
    orders: tuple[ActualOrder, ...]
    machines: tuple[ActualMachine, ...]
    left_out: tuple[Count, ...]
    put_right: tuple[Count, ...]
    caveats: tuple[str, ...] = CAVEATS


ACTUAL = Format("zagumi-actual", Actual, 1, {})


def actual(
    log: Log, orders: Sequence[Order], more_dropped: Sequence[Dropped], places: Mapping[str, int], name: str
) -> Actual:
    """The real side of a log; ``places`` tells how many workers each machine holds side by side."""
    standard = [report.line for report in log.reports if report.standard]
    unexplained = [report.line for report in log.reports if report.kind == "B"]
    return Actual(
        problem=name,
        origin=_text(log.origin),
        rows=log.rows,
        orders=tuple(ActualOrder(order.name, order.start, order.finish) for order in orders),
        machines=_machines(log, orders, places),
        left_out=(
            *_counts(log.dropped),
            *_counts(more_dropped),
            Count("only a date and a standard length: pieces and day count, times do not", tuple(standard)),
            Count("report type B, which the source does not explain: not learnt from", tuple(unexplained)),
        ),
        put_right=_counts(log.changed),
    )


def _text(origin: datetime) -> str:
    return origin.isoformat(timespec="minutes")


def _machines(log: Log, orders: Sequence[Order], places: Mapping[str, int]) -> tuple[ActualMachine, ...]:
    windows: dict[str, list[Window]] = {}
    rework: dict[str, int] = {}
    for report in log.reports:
        windows.setdefault(report.machine, [])
        if not report.standard:
            windows[report.machine].append(report.window)
    for order in orders:
        for step in order.steps:
            for machine, minutes in step.reworked:
                rework[machine] = rework.get(machine, 0) + minutes
    works = [work for order in orders for step in order.steps for work in step.works]
    return tuple(
        ActualMachine(
            machine,
            benches(machine, places[machine]),
            setup=sum(work.setup for work in works if work.machine == machine),
            run=sum(work.run for work in works if work.machine == machine),
            unexplained=sum(work.unexplained for work in works if work.machine == machine),
            standard=sum(work.standard_minutes for work in works if work.machine == machine and not work.is_timed),
            rework=rework.get(machine, 0),
            taken=sum(end - start for start, end in union(windows[machine])),
        )
        for machine in sorted(windows)
    )


def _counts(dropped: Sequence[Dropped]) -> tuple[Count, ...]:
    lines: dict[str, list[int]] = {}
    for row in dropped:
        lines.setdefault(row.reason, []).append(row.line)
    return tuple(Count(reason, tuple(sorted(found))) for reason, found in lines.items())

"""The planning problem of a shop-floor log: every trade an independent company, the real orders, learnt times.

What the log does not hold is assumed, and openly so: where the companies are (fictional places around one town), what
a journey costs, and that an hour of lateness weighs ten times an hour of lead time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from zagumi.engine.clock import MINUTES_PER_WEEK, weekly
from zagumi.engine.problem import (
    Calendar,
    Case,
    Company,
    Link,
    Machine,
    Operation,
    Option,
    Part,
    Policy,
    Problem,
    Roads,
    Site,
    Vehicle,
    Weights,
)
from zagumi.engine.read.shoplog.actual import Actual, actual
from zagumi.engine.read.shoplog.hours import Hours, benches, learn_hours, places
from zagumi.engine.read.shoplog.log import UNNAMED, Log, read_log, trades
from zagumi.engine.read.shoplog.routing import Order, Step, orders
from zagumi.engine.read.shoplog.times import Learnt, Times

# Fictional: kilometres east and north of a point in open sea, so that nobody takes the place for a real one.
CENTRE = (34.27, 137.83)
PLACES = {
    "turning & milling": (-2.5, 1.0),
    "grinding": (1.5, 2.0),
    "lapping": (3.0, -0.5),
    "laser marking": (0.5, -1.5),
    "wire cutting": (-1.0, -3.0),
    "inspection": (0.0, 0.5),
    "packing": (4.5, 1.5),
}
KM_PER_DEGREE = 111.2
TRUCK = Vehicle("2t", capacity_kg=2000, trip_yen=2500, yen_per_km=90, co2_g_per_km=437)
# Yen for late minutes; a minute of lead time at a tenth of that; transport as a tie-breaker (thousandths of a yen).
WEIGHTS = Weights(cost=1, tardiness=1000, risk=100)
WEEKS_AFTER = 13
PROVEN_ORDERS = 2


@dataclass(frozen=True)
class ShopLog:
    """A log, read and learnt from."""

    problem: Problem
    actual: Actual
    learnt: tuple[Learnt, ...]
    hours: Mapping[str, Hours]
    orders: tuple[Order, ...]


def read_shoplog(path: Path, *, own_times: bool = False, same_machines: bool = False) -> ShopLog:
    """Learn a planning problem from a shop-floor log.

    Args:
        own_times: plan every order with the minutes it really reported, instead of the learnt ones. What a plan
            could have known beforehand are the learnt ones; these show how much of a difference is theirs.
        same_machines: allow each step only the machines it really ran on, instead of all machines that did that
            pass of that process on that part in at least two orders.

    Raises:
        FileError: when it is not such a log, or no row of it can be used.
    """
    log = read_log(path)
    count = places(log)
    found, dropped = orders(log, count)
    hours = learn_hours(log)
    times = Times(found)
    builder = _Builder(log, found, hours, times, count, own_times=own_times, same_machines=same_machines)
    problem = builder.problem(path.stem)
    return ShopLog(problem, actual(log, found, dropped, count, problem.name), times.table(), hours, found)


class _Builder:
    def __init__(
        self,
        log: Log,
        found: Sequence[Order],
        hours: Mapping[str, Hours],
        times: Times,
        places: Mapping[str, int],
        *,
        own_times: bool,
        same_machines: bool,
    ) -> None:
        self.log = log
        self.orders = found
        self.hours = hours
        self.times = times
        self.places = places
        self.own_times = own_times
        self.trade = trades(log.reports)
        self.horizon = log.end + WEEKS_AFTER * MINUTES_PER_WEEK
        self.proven = {} if same_machines or own_times else _proven(found)

    def problem(self, name: str) -> Problem:
        used = sorted(set(self.trade.values()))
        calendars: dict[tuple[tuple[int, int], ...], str] = {}
        for machine in sorted(self.trade):
            calendars.setdefault(self.hours[machine].shifts, f"hours of {machine}")
        return Problem(
            companies=tuple(Company(trade, trade.capitalize()) for trade in used),
            sites=tuple(_site(trade) for trade in used),
            machines=tuple(
                Machine(bench, self.trade[machine], calendar=calendars[self.hours[machine].shifts], name=bench)
                for machine in sorted(self.trade)
                for bench in benches(machine, self.places[machine])
            ),
            cases=tuple(self._case(order) for order in self.orders),
            operations=tuple(operation for order in self.orders for operation in self._operations(order)),
            horizon=self.horizon,
            calendars=tuple(
                Calendar(calendar, weekly(shifts, first_weekday=self.log.first_weekday, horizon=self.horizon))
                for shifts, calendar in calendars.items()
            ),
            parts=tuple(Part(order.name, order.name, order.part) for order in self.orders),
            roads=Roads(vehicles=(TRUCK,)),
            policy=Policy(weights=WEIGHTS),
            origin=self.log.origin.isoformat(timespec="minutes"),
            name=name,
        )

    @staticmethod
    def _case(order: Order) -> Case:
        # A buffer as long as the real lead time makes the shortfall of slack (risk) the planned lead time.
        return Case(
            order.name,
            release=order.start,
            due=order.finish,
            buffer=order.finish - order.start,
            name=f"{order.part} × {order.ordered}",
        )

    def _operations(self, order: Order) -> list[Operation]:
        found: list[Operation] = []
        for at, step in enumerate(order.steps):
            split = [work.pieces for work in step.works if work.pieces]
            may_split = len(split) > 1 and step.quantity > 1
            found.append(
                Operation(
                    f"{order.name}/{10 * (at + 1)}",
                    order.name,
                    self._options(step),
                    quantity=step.quantity,
                    part=order.name,
                    after=(_link(order.steps[at - 1], step, found[-1].id),) if at else (),
                    min_sublot=min(min(split), step.quantity // 2) if may_split else None,
                    max_sublots=len(split) if may_split else 1,
                    name=step.process + (f" ({step.number})" if step.number > 1 else ""),
                    process=step.process,
                )
            )
        return found

    def _options(self, step: Step) -> tuple[Option, ...]:
        machines = {work.machine for work in step.works} | self.proven.get(
            (step.part, step.process, step.number), set()
        )
        return tuple(
            self._option(step, machine, bench)
            for machine in sorted(machines)
            for bench in benches(machine, self.places[machine])
        )

    def _option(self, step: Step, machine: str, bench: str) -> Option:
        learnt = self.times.learnt(step.process, machine, "" if step.part == UNNAMED else step.part)
        timed = [work for work in step.works if work.is_timed]
        if self.own_times and timed:
            return Option(
                bench,
                setup_minutes=round(sum(work.setup for work in timed) / len(timed)),
                minutes_per_piece=sum(work.run for work in timed) / step.quantity,
                spread=learnt.spread,
            )
        return Option(
            bench,
            setup_minutes=learnt.setup_minutes,
            minutes_per_piece=learnt.minutes_per_piece,
            good_rate=learnt.good_rate,
            spread=learnt.spread,
        )


def _proven(found: Sequence[Order]) -> dict[tuple[str, str, int], set[str]]:
    """Machines that did a pass of a process on a part in at least two orders."""
    seen: dict[tuple[str, str, int, str], set[str]] = {}
    for order in found:
        for step in order.steps:
            for work in step.works:
                if step.part != UNNAMED:
                    seen.setdefault((step.part, step.process, step.number, work.machine), set()).add(order.name)
    proven: dict[tuple[str, str, int], set[str]] = {}
    for (part, process, number, machine), names in seen.items():
        if len(names) >= PROVEN_ORDERS:
            proven.setdefault((part, process, number), set()).add(machine)
    return proven


def _link(before: Step, step: Step, operation: str) -> Link:
    """In batches of the usual lot when the step really began before the one ahead of it was over."""
    overlap = before.hours is not None and step.hours is not None and step.hours[0] < before.hours[1]
    batch = -(-before.quantity // before.lots) if overlap and before.lots > 1 else None
    return Link(operation, batch=batch)


def _site(trade: str) -> Site:
    east, north = PLACES[trade]
    return Site(
        trade,
        trade,
        latitude=round(CENTRE[0] + north / KM_PER_DEGREE, 5),
        longitude=round(CENTRE[1] + east / (KM_PER_DEGREE * 0.8264), 5),  # 0.8264: cosine of the latitude
        name=f"{trade.capitalize()} (fictional place)",
        district="fictional",
    )

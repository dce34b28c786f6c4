"""What was learnt from a shop-floor log, what was left out of it and why, for people and as JSON."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from zagumi.cli.console import language, say
from zagumi.engine.clock import MINUTES_PER_DAY, Window
from zagumi.engine.read.shoplog.actual import Count
from zagumi.engine.read.shoplog.hours import Hours
from zagumi.engine.read.shoplog.problem import ShopLog
from zagumi.engine.report.language import WEEKDAYS


def document(log: ShopLog) -> dict[str, Any]:
    """Everything as JSON: learnt times, hours, rows left out with their lines, caveats."""
    return {
        "rows": log.actual.rows,
        "left_out": [asdict(count) for count in log.actual.left_out],
        "put_right": [asdict(count) for count in log.actual.put_right],
        "learnt": [asdict(learnt) for learnt in log.learnt],
        "hours": {machine: asdict(hours) for machine, hours in log.hours.items()},
        "caveats": list(log.actual.caveats),
    }


def print_log(log: ShopLog, lines: int) -> None:
    """Tables of what was learnt, and what was left out; ``lines`` of the file are listed for each reason."""
    from rich.console import Console
    from rich.table import Table

    out = Console(file=sys.stdout, highlight=False)
    times = Table(
        *language().each("Step", "Machine", "Orders", "Seen", "Set-up (min)", "Min. per piece", "Good rate", "Spread"),
        box=None,
        pad_edge=False,
    )
    for learnt in log.learnt:
        times.add_row(
            learnt.process if not learnt.machine else "",
            learnt.machine or say("all"),
            f"{learnt.orders}",
            f"{learnt.observations}",
            f"{learnt.setup_minutes}",
            f"{learnt.minutes_per_piece:.2f}",
            f"{learnt.good_rate:.1%}",
            f"±{learnt.spread:.0%}",
        )
    print("\n" + say("Learnt times (set-up with the fixed part of the run)"))
    out.print(times)
    hours = Table(
        *language().each("Machine", "Days seen", "Hours from", "Share within", "Open"), box=None, pad_edge=False
    )
    for machine, found in log.hours.items():
        hours.add_row(
            machine, f"{found.days}", say(found.source), f"{found.covered:.0%}" if found.days else "—", _shifts(found)
        )
    print("\n" + say("Learnt hours"))
    out.print(hours)
    print("\n" + say("Of {rows} rows:", rows=f"{log.actual.rows:,}"))
    for count in log.actual.left_out:
        print(_count(say("left out"), count, lines))
    for count in log.actual.put_right:
        print(_count(say("put right"), count, lines))


def _count(what: str, count: Count, lines: int) -> str:
    shown = ", ".join(map(str, count.lines[:lines])) + (" …" if len(count.lines) > lines else "")
    return f"  {what} {len(count.lines):4d}  {say(count.reason)} ({say('lines {lines}', lines=shown)})"


def _shifts(hours: Hours) -> str:
    """The week by equal days: ``Sun-Thu 07-18, Fri 07-13``."""
    days = [_of_day(hours.shifts, day) for day in range(7)]
    names = WEEKDAYS[language().code]
    groups: list[tuple[list[int], str]] = []
    for day in (6, 0, 1, 2, 3, 4, 5):  # the log's week begins on Sunday
        if not days[day]:
            continue
        if groups and groups[-1][1] == days[day]:
            groups[-1][0].append(day)
        else:
            groups.append(([day], days[day]))
    return ", ".join(
        (names[group[0]] if len(group) == 1 else f"{names[group[0]]}-{names[group[-1]]}") + f" {text}"
        for group, text in groups
    )


def _of_day(shifts: Sequence[Window], day: int) -> str:
    start = day * MINUTES_PER_DAY
    parts = [
        (max(a, start) - start, min(b, start + MINUTES_PER_DAY) - start)
        for a, b in shifts
        if a < start + MINUTES_PER_DAY and b > start
    ]
    return "/".join(f"{a // 60:02d}-{b // 60:02d}" for a, b in parts)

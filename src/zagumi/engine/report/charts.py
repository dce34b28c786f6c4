"""Small drawings: how the search went, cost by company, planned against real lead times, a case against its date."""

from __future__ import annotations

import math
from collections.abc import Sequence

from zagumi.engine.insight.compare import OrderAgainstActual
from zagumi.engine.report.language import Language
from zagumi.engine.report.markup import number, svg, text
from zagumi.engine.solve.result import Progress

WIDE, HIGH, LEFT, BELOW = 640, 240, 90, 34
DIGIT = 8.5  # at most as wide
STEPS_UP_TO = 400
LEAD_TICKS = (60, 6 * 60, 1440, 3 * 1440, 10 * 1440, 30 * 1440, 100 * 1440, 1000 * 1440)


def progress(history: Sequence[Progress], say: Language) -> str:
    """Objective and bound over the seconds of the search, as steps."""
    seen = [moment for moment in history if moment.objective is not None]
    if len(seen) < 2:
        return ""
    stride = -(-len(seen) // STEPS_UP_TO)
    kept = [*seen[::stride], seen[-1]]
    last = max(kept[-1].seconds, 1e-3)
    values = [moment.objective or 0 for moment in kept]
    top, bottom = max(values), kept[-1].bound
    # a bound far below would press the curve into a line; the axis then starts near the best plan and says so
    low = (
        bottom if top == min(values) or (top - bottom) < 6 * (top - min(values)) else min(values) - (top - min(values))
    )
    spread = max(1, top - low)
    left = max(LEFT, 8 + DIGIT * len(f"{top:,}"))

    def at(seconds: float, value: float) -> tuple[str, str]:
        x = left + seconds / last * (WIDE - left - 12)
        y = 12 + (top - max(value, low)) / spread * (HIGH - BELOW - 12)
        return number(x), number(y)

    best: list[str] = []
    bound: list[str] = []
    for moment in kept:
        x, y = at(moment.seconds, moment.objective or 0)
        best.append(f"H{x}V{y}" if best else f"M{x} {y}")
        x, y = at(moment.seconds, moment.bound)
        if moment.bound >= low:
            bound.append(f"H{x}V{y}" if bound else f"M{x} {y}")
    ticks = "".join(
        f'<text x="{left - 6:g}" y="{at(0, value)[1]}" dy="5" text-anchor="end">{value:,.0f}</text>'
        for value in (top, (top + low) / 2, low)
    )
    seconds = "".join(
        f'<text x="{at(share * last, top)[0]}" y="{HIGH - 10}" text-anchor="middle">'
        f"{text(_seconds(share * last, say))}</text>"
        for share in (0.0, 0.5, 0.96)
    )
    frame = f'<path d="M{left:g} 8V{HIGH - BELOW}H{WIDE - 6}" class="frame"/>'
    lines = f'<path d="{"".join(best)}" class="best"/>'
    if bound:
        lines += f'<path d="{"".join(bound)}" class="bound"/>'
    else:
        lines += f'<text x="{WIDE - 12}" y="{HIGH - BELOW - 8}" text-anchor="end">↓ {kept[-1].bound:,}</text>'
    label = say(
        "Best plan from {first} down to {last} within {seconds}; nothing can be below {bound}",
        first=f"{values[0]:,}", last=f"{values[-1]:,}", seconds=_seconds(last, say), bound=f"{kept[-1].bound:,}",
    )  # fmt: skip
    return f'<div class="chart">{svg(WIDE, HIGH, frame + ticks + seconds + lines, label=label)}</div>'


def _seconds(value: float, say: Language) -> str:
    return say("{count} s", count=f"{value:.0f}" if value >= 10 or value == 0 else f"{value:.2g}")


def shares(items: Sequence[tuple[str, int]], say: Language) -> str:
    """Bars of amounts, the largest first."""
    largest = max((value for _, value in items), default=0)
    if not largest:
        return ""
    rows = "".join(
        f'<li><span>{text(name)}</span><i style="width:{100 * value / largest:.1f}%"></i>'
        f"<b>{text(say.yen(value))}</b></li>"
        for name, value in items
    )
    return f'<ul class="shares">{rows}</ul>'


def lead_times(orders: Sequence[OrderAgainstActual], say: Language) -> str:
    """Every order as a point on logarithmic axes: real lead time across, planned up; below the line is faster."""
    size, edge = 440, 70
    room = size - edge - 16
    longest = max(max(order.lead, order.planned_lead) for order in orders)
    ticks = [minutes for minutes in LEAD_TICKS if minutes <= max(longest, 2 * LEAD_TICKS[0])]
    reach = math.log(max(longest, ticks[-1]) / LEAD_TICKS[0])

    def at(minutes: int) -> float:
        return math.log(max(minutes, LEAD_TICKS[0]) / LEAD_TICKS[0]) / reach * room

    points = "".join(
        f'<circle cx="{number(edge + at(order.lead))}" cy="{number(16 + room - at(order.planned_lead))}" r="4" '
        f'class="{"slower" if order.late else "faster"}"><title>{text(order.case)}: '
        f"{text(say.duration(order.lead))} → {text(say.duration(order.planned_lead))}</title></circle>"
        for order in orders
    )
    marks = "".join(
        f'<text x="{number(edge + at(minutes))}" y="{size - edge + 20}" text-anchor="middle">{text(name)}</text>'
        f'<text x="{edge - 6}" y="{number(21 + room - at(minutes))}" text-anchor="end">{text(name)}</text>'
        for minutes in ticks
        for name in (say.duration(minutes),)
    )
    frame = (
        f'<path d="M{edge} 16V{size - edge}H{size - 16}" class="frame"/>'
        f'<path d="M{edge} {size - edge}L{edge + room} 16" class="diagonal"/>'
        f'<text x="{size / 2 + 20:g}" y="{size - 20}" text-anchor="middle">{text(say("real lead time"))}</text>'
        f'<text transform="translate(14 {size / 2 - 20:g}) rotate(-90)" text-anchor="middle">'
        f"{text(say('planned lead time'))}</text>"
    )
    sooner = sum(not order.late for order in orders)
    label = say("{sooner} of {all} orders lie on or below the line of equal lead times", sooner=sooner, all=len(orders))
    return f'<div class="chart">{svg(size, size, frame + marks + points, label=label)}</div>'


def ruler(release: int, completion: int, due: int | None, first: int, last: int, label: str) -> str:
    """A case on a small time line: from release to completion, its due date as a double red line."""
    wide = 150
    span = max(1, last - first)

    def at(minute: int) -> float:
        return (minute - first) / span * (wide - 6) + 3

    late = due is not None and completion > due
    bar = f'<rect x="{number(at(release))}" y="6" width="{number(max(2.0, at(completion) - at(release)))}" height="8"/>'
    if late and due is not None:
        over = at(max(due, release))
        wide_over = max(1.5, at(completion) - over)
        bar += f'<rect x="{number(over)}" y="6" width="{number(wide_over)}" height="8" class="over"/>'
    mark = ""
    if due is not None:
        x = at(due)
        mark = f'<path d="M{number(x - 1.5)} 1V19M{number(x + 1.5)} 1V19"/>'
    return svg(wide, 20, bar + mark, label=label, css="ruler")

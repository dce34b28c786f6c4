"""Figures drawn by the server as SVG: they print, need no script, and say the same in words.

`{% load figures %}`. Coordinates are user units equal to pixels at full size; no text is smaller than 14.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from zagumi.platform.core.templatetags.ui import days, icon, part_class

register = template.Library()

DAY = 15.0
"""Pixels of one day on the ruler around a due date."""


@dataclass(frozen=True)
class Step:
    """One node of a process graph.

    ``part`` is the letter of the part, empty for what joins parts (assembly, final inspection); ``state`` is "",
    "running", "done", "stopped" or "open" (nobody holds it yet).
    """

    key: str
    title: str
    detail: str = ""
    part: str = ""
    state: str = ""
    url: str = ""


@dataclass(frozen=True)
class Link:
    """``target`` starts after ``source``; ``moves`` when the goods travel to another company in between."""

    source: str
    target: str
    moves: bool = False
    critical: bool = False


@dataclass(frozen=True)
class Free:
    """Free time of one machine in one week: ``hours``, or only a ``band`` of words when no number is published.

    ``share`` (0–1) of the week's capacity decides the shade.
    """

    hours: float | None = None
    share: float = 0.0
    band: str = ""


@register.simple_tag
def due_ruler(slack: float, spread: float = 0.0, label: str = "") -> SafeString:
    """Draw the forecast as a dot around the due line: ``slack`` days before it, negative when late.

    ``spread`` is half the width of the likely range in days. One tick is one day; the ruler shows five each way.
    """
    centre = 97.0
    at = centre - max(-5.0, min(5.0, slack)) * DAY
    left = max(20.0, at - spread * DAY)
    right = min(186.0, at + spread * DAY)
    ticks = format_html_join(
        "", '<line class="tick" x1="{0}" x2="{0}" y1="13" y2="21"/>', ((centre + step * DAY,) for step in range(-5, 6))
    )
    said = label or (
        gettext("%(days)s late") % {"days": days(-slack)}
        if slack < 0
        else gettext("%(days)s of slack") % {"days": days(slack)}
    )
    state = "is-late" if slack < 0 else "is-ok" if slack >= 2 else ""
    return format_html(
        '<svg class="figure ruler {}" viewBox="0 0 190 34" width="190" height="34" role="img" aria-label="{}">'
        '<path class="axis" d="M20 17H186"/>{}<rect class="spread" x="{}" y="10" width="{}" height="14" rx="7"/>'
        '<path class="due" d="M95 4V30M99 4V30"/><circle class="dot" cx="{}" cy="17" r="6"/></svg>',
        state,
        said,
        ticks,
        f"{left:.1f}",
        f"{max(right - left, 0):.1f}",
        f"{at:.1f}",
    )


@register.simple_tag
def range_bar(
    scale: Sequence[float],
    claimed: Sequence[float],
    proven: Sequence[float] | None = None,
    unit: str = "",
    label: str = "",
) -> SafeString:
    """Draw what a company can do on the axis ``scale`` = (low, high): pale = claimed, solid = proven by results."""
    low, high = scale
    span = (high - low) or 1.0

    def across(value: float) -> float:
        return 8 + 224 * min(max((value - low) / span, 0), 1)

    start, end = across(claimed[0]), across(claimed[1])
    solid = SafeString("")
    if proven:
        first, last = across(proven[0]), across(proven[1])
        solid = format_html(
            '<rect class="proven" x="{}" y="18" width="{}" height="12" rx="3"/>', f"{first:.1f}", f"{last - first:.1f}"
        )
    words = f"{_short(claimed[0])}{_dash()}{_short(claimed[1])}{unit}"
    upper = f"{_short(claimed[1])}{unit}"
    # Each number stands over its end; when the bar is short they move apart so that they never touch.
    room = 8 * (len(upper) + len(_short(claimed[0]))) / 2 + 8
    middle = (start + end) / 2
    left, right = (start, end) if end - start >= room else (middle - room / 2, middle + room / 2)
    left, right = max(left, 4.0 * len(_short(claimed[0]))), min(right, 240 - 4.2 * len(upper))
    return format_html(
        '<svg class="figure range" viewBox="0 0 240 34" width="240" height="34" role="img" aria-label="{}">'
        '<path class="axis" d="M8 24H232"/><rect class="claimed" x="{}" y="18" width="{}" height="12" rx="3"/>{}'
        '<text x="{}" y="13" text-anchor="middle">{}</text><text x="{}" y="13" text-anchor="middle">{}</text></svg>',
        f"{label} {words}".strip(),
        f"{start:.1f}",
        f"{max(end - start, 3):.1f}",
        solid,
        f"{left:.1f}",
        _short(claimed[0]),
        f"{right:.1f}",
        upper,
    )


@register.simple_tag
def gap_bar(have: float, need: float, label: str = "") -> SafeString:
    """Draw how far off somebody is: what there is, dashed red what is missing, black the value needed."""
    top = max(have, need) * 1.2 or 1.0
    reach, wanted = 176 * have / top, 176 * need / top
    said = label or gettext("%(have)s of %(need)s") % {"have": _short(have), "need": _short(need)}
    missing = SafeString("")
    if wanted > reach:
        missing = format_html(
            '<rect class="missing" x="{}" y="6" width="{}" height="10"/>', f"{reach:.1f}", f"{wanted - reach:.1f}"
        )
    return format_html(
        '<svg class="figure" viewBox="0 0 180 22" width="180" height="22" role="img" aria-label="{}">'
        '<path class="axis" d="M0 11H178"/><rect class="claimed" x="0.5" y="6" width="{}" height="10" rx="2"/>{}'
        '<path class="needed" d="M{}  1V21"/></svg>',
        said,
        f"{max(reach, 1):.1f}",
        missing,
        f"{wanted:.1f}",
    )


@register.simple_tag
def search_curve(found: Sequence[tuple[float, float]], bounds: Sequence[tuple[float, float]], gap: str) -> SafeString:
    """Draw how a search goes: the best plan found falls, the proven bound rises; ``gap`` is written between them.

    Both are (seconds, value) in order of time.
    """
    last = max((at for at, _ in [*found, *bounds]), default=0) or 1.0
    values = [value for _, value in [*found, *bounds]] or [0.0, 1.0]
    low, high = min(values), max(values)
    span = (high - low) or 1.0

    def spot(at: float, value: float) -> tuple[float, float]:
        return 208 * at / last, 22 + 62 * (high - value) / span

    def path(points: Sequence[tuple[float, float]]) -> str:
        if not points:
            return ""
        x, y = spot(*points[0])
        drawn = [f"M{x:.1f} {y:.1f}"]
        for at, value in points[1:]:
            x, y = spot(at, value)
            drawn.append(f"H{x:.1f}V{y:.1f}")
        return "".join([*drawn, "H208"])

    end = spot(last, found[-1][1])[1] if found else 22.0
    floor = spot(last, bounds[-1][1])[1] if bounds else 84.0
    return format_html(
        '<svg class="figure" viewBox="0 0 290 100" width="290" height="100" role="img" aria-label="{}">'
        '<path class="bound" d="{}"/><path class="best" d="{}"/><circle cx="208" cy="{}" r="5" fill="#0017c1"/>'
        '<path class="needed" d="M216 {}V{}"/><text x="222" y="{}" font-weight="700">{}</text>'
        '<text class="words-best" x="0" y="13">{}</text><text class="words-bound" x="0" y="98">{}</text></svg>',
        gettext("The best plan found so far and the line it cannot pass; %(gap)s") % {"gap": gap},
        path(bounds),
        path(found),
        f"{end:.1f}",
        f"{end:.1f}",
        f"{max(floor, end + 1):.1f}",
        f"{min(max((end + floor) / 2 + 5, 14), 96):.1f}",
        gap,
        gettext("Best plan found"),
        gettext("It cannot be better than this line"),
    )


@register.inclusion_tag("_free_hours.html")
def free_hours(
    weeks: Sequence[str], rows: Iterable[tuple[str, Sequence[Free]]], caption: str = ""
) -> dict[str, object]:
    """Table of free hours by week: ``rows`` are (machine, one `Free` per week)."""
    drawn = [
        (name, [(_shade(cell), cell.band or f"{_short(cell.hours or 0)}h") for cell in cells]) for name, cells in rows
    ]
    return {"weeks": weeks, "rows": drawn, "caption": caption}


@register.inclusion_tag("_process_graph.html")
def process_graph(
    steps: Sequence[Step], links: Sequence[Link], parts: Mapping[str, str] | None = None
) -> dict[str, object]:
    """Draw the steps of a case: a lane per part, time from left to right, thick = what decides the date.

    ``parts`` names the letters. Every step also says in words what it follows, for those who do not see the lines.
    """
    column, row, lanes, rows = _lay_out(steps, links)
    titles = {step.key: step.title for step in steps}
    before: dict[str, list[str]] = defaultdict(list)
    for link in links:
        before[link.target].append(titles[link.source])
    drawn = [
        {
            "step": step,
            "column": column[step.key],
            "row": row[step.key],
            "part": part_class(step.part) if step.part else "part-z",
            "after": ", ".join(before[step.key]),
        }
        for step in steps
    ]
    edges = [_edge(link, column, row) for link in sorted(links, key=lambda link: link.critical)]
    return {
        "nodes": drawn,
        "edges": edges,
        "columns": max(column.values(), default=0) + 1,
        "rows": rows,
        "lanes": [
            {
                "letter": letter,
                "name": (parts or {}).get(letter, ""),
                "part": part_class(letter),
                "row": top,
                "span": size,
            }
            for letter, (top, size) in lanes.items()
        ],
        "truck": icon("truck", 20),
    }


def _lay_out(
    steps: Sequence[Step], links: Sequence[Link]
) -> tuple[dict[str, int], dict[str, float], dict[str, tuple[int, int]], int]:
    """Column by longest path, row by part; joining steps stand at the middle of what they join."""
    before: dict[str, list[str]] = defaultdict(list)
    for link in links:
        before[link.target].append(link.source)
    column: dict[str, int] = {}

    def depth(key: str) -> int:
        if key not in column:
            column[key] = 0
            column[key] = max((depth(source) + 1 for source in before[key]), default=0)
        return column[key]

    for step in steps:
        depth(step.key)
    lanes: dict[str, tuple[int, int]] = {}
    row: dict[str, float] = {}
    top = 0
    for letter in dict.fromkeys(step.part for step in steps if step.part):
        taken: dict[int, int] = defaultdict(int)
        for step in steps:
            if step.part == letter:
                row[step.key] = top + taken[column[step.key]]
                taken[column[step.key]] += 1
        size = max(taken.values())
        lanes[letter] = (top, size)
        top += size
    used: set[tuple[int, float]] = {(column[key], at) for key, at in row.items()}
    for step in sorted((step for step in steps if not step.part), key=lambda step: column[step.key]):
        sources = [row[key] for key in before[step.key] if key in row]
        at = float(round(sum(sources) / len(sources))) if sources else 0.0
        while (column[step.key], at) in used:
            at += 1
        used.add((column[step.key], at))
        row[step.key] = at
    return column, row, lanes, int(max(row.values(), default=0)) + 1


def _edge(link: Link, column: Mapping[str, int], row: Mapping[str, float]) -> dict[str, object]:
    x1, y1 = column[link.source] * 172 + 96 + 132, row[link.source] * 88 + 37
    x2, y2 = column[link.target] * 172 + 96 - 3, row[link.target] * 88 + 37
    turn = x2 - 13
    path = f"M{x1} {y1:g}H{x2}" if y1 == y2 else f"M{x1} {y1:g}H{turn}V{y2:g}H{x2}"
    return {"path": path, "critical": link.critical, "moves": link.moves, "x": x1 + 13, "y": f"{y1:g}"}


def _shade(cell: Free) -> str:
    if cell.band:
        return "heat-band"
    if not cell.hours:
        return "heat-0"
    return f"heat-{1 + min(3, int(cell.share * 4))}"


def _short(value: float) -> str:
    places = 0 if value == round(value) else 1 if value * 10 == round(value * 10) else 2
    return number_format(value, places, force_grouping=True)


def _dash() -> str:
    return "\u2013"

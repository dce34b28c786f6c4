"""The map: where the companies are, and what moves between them; the same as a table beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from zagumi.engine.problem import Site
from zagumi.engine.report.markup import number, pages, section, svg, text
from zagumi.engine.report.story import Story

WIDTH, HEIGHT, MARGIN = 760, 480, 70
LABELS_UP_TO = 40
ROWS_UP_TO = 60
ROWS = 15
THICKEST = 9.0

Box = tuple[float, float, float, float]
OUTSIDE: tuple[Box, ...] = (
    (-999, -999, 0, 999), (WIDTH, -999, 1999, 999), (-999, -999, 1999, 0), (-999, HEIGHT, 1999, 999),
)  # fmt: skip


@dataclass
class _Flow:
    """All movements from one site to another."""

    movements: int = 0
    pieces: int = 0
    mass_g: int = 0
    yen: int = 0
    co2_g: int = 0
    km: float = 0.0


def flows(story: Story) -> str:
    """The section with map and table; nothing when nothing moves."""
    say = story.say
    found = _flows(story)
    if not found:
        return ""
    heaviest = sorted(found.items(), key=lambda item: (-_weight(item[1]), item[0]))
    rows = [
        (
            text(_site(story, start)),
            text(_site(story, end)),
            say.number(flow.movements),
            say.number(flow.pieces),
            say.number(flow.mass_g / 1000) if flow.mass_g else "—",
            f"{flow.km:,.0f}" if flow.km else "—",
            text(say.yen(flow.yen)),
            text(say.grams(flow.co2_g)),
        )
        for (start, end), flow in heaviest[:ROWS_UP_TO]
    ]
    head = say.each("From", "To", "Trips", "Pieces", "kg", "km", "Cost", "CO2")
    note = say(
        "{movements} movements between {sites} sites, {km} km. The thicker the line, the more is carried.",
        movements=f"{sum(flow.movements for flow in found.values()):,}",
        sites=len({site for pair in found for site in pair}),
        km=f"{sum(flow.km for flow in found.values()):,.0f}",
    )
    if len(found) > ROWS_UP_TO:
        note += " " + say("The {count} largest flows of {all} are listed.", count=ROWS_UP_TO, all=len(found))
    drawing = _map(story, found)
    beside = pages(head, rows, caption=say("Flows between sites"), numbers=range(2, 8), size=ROWS)
    return section("map", say("Flow of goods"), f'<div class="beside">{drawing}<div>{beside}</div></div>', note)


def _weight(flow: _Flow) -> float:
    return flow.mass_g / 1000 or float(flow.pieces)


def _site(story: Story, name: str) -> str:
    site = story.problem.site[name]
    return site.name or (story.company(site.company) if site.company else "") or name


def _flows(story: Story) -> dict[tuple[str, str], _Flow]:
    problem, plan = story.problem, story.plan
    at = {s.key: problem.machine[s.machine].site for s in plan.sublots}
    moves: list[tuple[str, str, str, int]] = [
        (at[t.from_operation, t.from_lot], at[t.to_operation, t.to_lot], t.from_operation, t.pieces)
        for t in plan.transfers
    ]
    for d in plan.deliveries:
        to = problem.case[problem.operation[d.operation].case].deliver_to
        if to is not None:
            moves.append((at[d.operation, d.lot], to, d.operation, d.pieces))
    found: dict[tuple[str, str], _Flow] = {}
    for start, end, name, pieces in moves:
        if start == end:
            continue
        mass = problem.mass_g(problem.operation[name], pieces)
        haul = problem.haul(start, end, mass)
        flow = found.setdefault((start, end), _Flow())
        flow.movements += 1
        flow.pieces += pieces
        flow.mass_g += mass
        flow.yen += haul.yen
        flow.co2_g += haul.co2_g
        flow.km += haul.km * max(1, haul.trips)
    return found


def _map(story: Story, found: dict[tuple[str, str], _Flow]) -> str:
    """Sites at their places; "" when the problem gives no coordinates."""
    sites = [story.problem.site[name] for name in dict.fromkeys(name for pair in found for name in pair)]
    if len({(site.latitude, site.longitude) for site in sites}) < 2:
        return ""
    places = _places(sites)
    heaviest = max(_weight(flow) for flow in found.values())
    home = _home(sites)
    parts = ['<rect width="100%" height="100%" class="sea"/>']
    for (start, end), flow in sorted(found.items(), key=lambda item: _weight(item[1])):
        wide = 1.2 + (THICKEST - 1.2) * math.sqrt(_weight(flow) / heaviest)
        outside = story.problem.site[start].district != home or story.problem.site[end].district != home
        parts.append(_arrow(places[start], places[end], wide, dashed=outside))
    parts += [_dot(story, site, places[site.id]) for site in sites]
    if len(sites) <= LABELS_UP_TO:
        parts += _labels({name: _site(story, name) for name in places}, places)
    label = story.say("Map of {sites} sites with the flows between them; the table lists them", sites=len(sites))
    return f'<div class="map">{svg(WIDTH, HEIGHT, "".join(parts), label=label)}</div>'


def _home(sites: Iterable[Site]) -> str:
    """The district most sites are in: what leaves it is drawn dashed."""
    names = [site.district for site in sites]
    return max(names, key=names.count)


def _places(sites: list[Site]) -> dict[str, tuple[float, float]]:
    """Equirectangular projection around the middle latitude, fitted into the drawing."""
    middle = math.cos(math.radians(sum(site.latitude for site in sites) / len(sites)))
    xs = {site.id: site.longitude * middle for site in sites}
    ys = {site.id: -site.latitude for site in sites}
    spread = max(
        (max(xs.values()) - min(xs.values())) / (WIDTH - 2 * MARGIN),
        (max(ys.values()) - min(ys.values())) / (HEIGHT - 2 * MARGIN),
    )
    middle_x, middle_y = (min(xs.values()) + max(xs.values())) / 2, (min(ys.values()) + max(ys.values())) / 2
    return {
        site.id: (WIDTH / 2 + (xs[site.id] - middle_x) / spread, HEIGHT / 2 + (ys[site.id] - middle_y) / spread)
        for site in sites
    }


def _arrow(start: tuple[float, float], end: tuple[float, float], wide: float, *, dashed: bool) -> str:
    """A bent line, so that there and back do not lie on each other; it ends before the mark of the site."""
    (x0, y0), (x1, y1) = start, end
    length = math.hypot(x1 - x0, y1 - y0)
    if length < 1:
        return ""
    bend_x, bend_y = (x0 + x1) / 2 - (y1 - y0) * 0.14, (y0 + y1) / 2 + (x1 - x0) * 0.14
    back = math.hypot(x1 - bend_x, y1 - bend_y)
    tip_x, tip_y = x1 - (x1 - bend_x) / back * 15, y1 - (y1 - bend_y) / back * 15
    angle = math.degrees(math.atan2(y1 - bend_y, x1 - bend_x))
    size = 4 + wide
    kind = "flow outside" if dashed else "flow"
    return (
        f'<path d="M{number(x0)} {number(y0)}Q{number(bend_x)} {number(bend_y)} {number(tip_x)} {number(tip_y)}" '
        f'class="{kind}" stroke-width="{number(wide)}"/>'
        f'<path d="M0 0L-{number(size)} -{number(size / 1.6)}V{number(size / 1.6)}Z" class="tip" '
        f'transform="translate({number(tip_x)} {number(tip_y)}) rotate({number(angle)})"/>'
    )


def _dot(story: Story, site: Site, place: tuple[float, float]) -> str:
    """Round for a company, orange when it holds the bottleneck, a black square for a buyer or a hub."""
    x, y = place
    is_tight = story.bottleneck is not None and story.bottleneck.company == site.company
    if site.company is None:
        mark = f'<rect x="{number(x - 9)}" y="{number(y - 9)}" width="18" height="18" class="buyer"/>'
    else:
        mark = f'<circle cx="{number(x)}" cy="{number(y)}" r="10" class="{"member tight" if is_tight else "member"}"/>'
    return f"<g><title>{text(_site(story, site.id))}</title>{mark}</g>"


def _labels(names: dict[str, str], places: dict[str, tuple[float, float]]) -> list[str]:
    """Each name below, above, right or left of its mark, where it covers least of what is there already."""
    taken = [(x - 11, y - 11, x + 11, y + 11) for x, y in places.values()]
    found = []
    for name, (x, y) in places.items():
        wide = sum(14.0 if ord(letter) >= 0x2E80 else 7.8 for letter in names[name])
        spots = (
            (x - wide / 2, y + 12), (x - wide / 2, y - 30), (x + 14, y - 9), (x - 14 - wide, y - 9),
            (x + 10, y + 8), (x - 10 - wide, y + 8),
        )  # fmt: skip
        boxes = [(left, top, left + wide, top + 18) for left, top in spots]
        best = min(boxes, key=lambda box: sum(_covered(box, other) for other in (*taken, *OUTSIDE)))
        taken.append(best)
        found.append(f'<text x="{number(best[0])}" y="{number(best[1] + 14)}">{text(names[name])}</text>')
    return found


def _covered(box: Box, other: Box) -> float:
    wide = min(box[2], other[2]) - max(box[0], other[0])
    high = min(box[3], other[3]) - max(box[1], other[1])
    return wide * high if wide > 0 and high > 0 else 0.0

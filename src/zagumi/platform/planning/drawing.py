"""The flows of a plan drawn by the server on the network's base map."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from zagumi.platform.network.basemap import Sheet
from zagumi.platform.planning.queries.flows import FlowMap

LEAST_WEIGHT, MOST_WEIGHT = 2.0, 9.0
BEND = 0.12


@dataclass(frozen=True)
class Arc:
    """One line from site to site, with the numbers of its trips in a pill on it."""

    path: str
    weight: float
    text: str
    text_x: float
    text_y: float

    @property
    def pill_w(self) -> int:
        """Width that holds the text."""
        return 20 + 9 * len(self.text)

    @property
    def pill_x(self) -> float:
        """Left edge of the pill."""
        return self.text_x - self.pill_w / 2

    @property
    def pill_y(self) -> float:
        """Upper edge of the pill."""
        return self.text_y - 17


@dataclass(frozen=True)
class Spot:
    """A place on the drawing."""

    x: float
    y: float
    kind: str
    name: str

    @property
    def top(self) -> float:
        """Upper edge of the mark."""
        return self.y - (14 if self.kind == "hub" else 10)

    @property
    def left(self) -> float:
        """Left edge of the mark."""
        return self.x - 10

    @property
    def label_y(self) -> float:
        """Where the name is written."""
        return self.y - 16


def sheet_for(network_code: str, flow: FlowMap) -> Sheet:
    """The base map, or a sheet that holds all places."""
    return Sheet.of(network_code, [(place.latitude, place.longitude) for place in flow.places])


def spots(sheet: Sheet, flow: FlowMap) -> list[Spot]:
    """The places."""
    return [Spot(*sheet.at(place.latitude, place.longitude), place.kind, place.name) for place in flow.places]


def arcs(sheet: Sheet, flow: FlowMap) -> list[Arc]:
    """The flows as arcs that bend to the left of their way, so that there and back are two lines."""
    at = {place.code: sheet.at(place.latitude, place.longitude) for place in flow.places}
    heaviest = max((each.mass_kg for each in flow.flows), default=0.0) or 1.0
    drawn = []
    for each in flow.flows:
        if each.from_site not in at or each.to_site not in at:
            continue
        (x1, y1), (x2, y2) = at[each.from_site], at[each.to_site]
        length = math.hypot(x2 - x1, y2 - y1) or 1.0
        bend_x = (x1 + x2) / 2 + (y2 - y1) * BEND
        bend_y = (y1 + y2) / 2 - (x2 - x1) * BEND
        weight = LEAST_WEIGHT + (MOST_WEIGHT - LEAST_WEIGHT) * math.sqrt(each.mass_kg / heaviest)
        middle_x, middle_y = (x1 + 2 * bend_x + x2) / 4, (y1 + 2 * bend_y + y2) / 4
        path = f"M{x1:g} {y1:g}Q{bend_x:.1f} {bend_y:.1f} {x2:g} {y2:g}"
        drawn.append(Arc(path, weight, _numbers(each.numbers), middle_x, middle_y + (6 if length > 60 else -14)))
    return drawn


def _numbers(numbers: Sequence[int]) -> str:
    return "・".join(str(number) for number in numbers[:3]) + ("…" if len(numbers) > 3 else "")

"""The bundled outline of a network's region: in which district a place lies, and how the map is drawn without script.

Positions on the drawn map are an equirectangular projection of the base map's bounds (or of the places shown, where a
network has no base map), 1000 units wide.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

from zagumi.platform.core import geo
from zagumi.platform.core.models import localized

Position = tuple[float, float]
Bounds = tuple[float, float, float, float]

WIDTH = 1000


@dataclass(frozen=True)
class District:
    """A part of the region."""

    key: str
    name: str
    name_en: str
    municipality: str
    municipality_en: str
    ring: tuple[Position, ...]

    def __str__(self) -> str:
        return localized(self.name, self.name_en)

    @property
    def place(self) -> str:
        """Municipality and district in the reader's language."""
        town = localized(self.municipality, self.municipality_en)
        if town == str(self):
            return town
        return localized(f"{self.municipality}{self.name}", f"{self.name_en}, {self.municipality_en}")

    def contains(self, longitude: float, latitude: float) -> bool:
        """Whether the point lies inside (even-odd rule)."""
        inside = False
        for (x1, y1), (x2, y2) in pairwise(self.ring):
            if (y1 > latitude) != (y2 > latitude) and longitude < (x2 - x1) * (latitude - y1) / (y2 - y1) + x1:
                inside = not inside
        return inside


@lru_cache(maxsize=8)
def districts(network_code: str) -> tuple[District, ...]:
    """The districts of a network's base map, in the map's order; none without a map."""
    found = []
    for feature in _features(network_code):
        known = feature["properties"]
        if known["kind"] == "district":
            ring = tuple((x, y) for x, y in feature["geometry"]["coordinates"][0])
            names = (known["key"], known["name"], known["name_en"], known["municipality"], known["municipality_en"])
            found.append(District(*names, ring))
    return tuple(found)


def district_of(network_code: str, key: str) -> District | None:
    """The district with this key."""
    return next((district for district in districts(network_code) if district.key == key), None)


def district_at(network_code: str, latitude: float, longitude: float) -> District | None:
    """The district in which a point lies."""
    return next((d for d in districts(network_code) if d.contains(longitude, latitude)), None)


def _features(network_code: str) -> list[dict[str, Any]]:
    found = geo.basemap(network_code)
    return list(found["features"]) if found else []


@dataclass(frozen=True)
class Shape:
    """One line or area of the drawn map: its class in map.css and its path."""

    css: str
    path: str


@dataclass(frozen=True)
class Label:
    """One name on the drawn map."""

    css: str
    x: float
    y: float
    text: str


_CSS = {
    "land": "map-land",
    "hill": "map-hill",
    "district": "map-district",
    "river": "map-river",
    "rail": "map-rail",
    "station": "map-place",
    "place": "map-place",
    "water": "map-water",
}


@dataclass(frozen=True)
class Sheet:
    """A piece of the globe on a drawing 1000 units wide."""

    network_code: str
    bounds: Bounds

    @classmethod
    def of(cls, network_code: str, places: Iterable[tuple[float, float]] = ()) -> "Sheet":
        """The sheet of a network's base map; without one, the one that holds ``places`` (latitude, longitude)."""
        found = geo.basemap(network_code)
        if found:
            (west, south), (east, north) = found["bounds"]
            return cls(network_code, (west, south, east, north))
        points = list(places) or [(35.0, 135.0)]
        latitudes, longitudes = [point[0] for point in points], [point[1] for point in points]
        return cls(
            network_code,
            (min(longitudes) - 0.02, min(latitudes) - 0.02, max(longitudes) + 0.02, max(latitudes) + 0.02),
        )

    @property
    def width(self) -> int:
        """Units from west to east."""
        return WIDTH

    @cached_property
    def height(self) -> int:
        """Units from south to north."""
        west, south, east, north = self.bounds
        return round(WIDTH * (north - south) / ((east - west) * self._squeeze))

    @cached_property
    def _squeeze(self) -> float:
        return math.cos(math.radians((self.bounds[1] + self.bounds[3]) / 2))

    @cached_property
    def kilometre(self) -> float:
        """Units of one kilometre."""
        west, south, east, _north = self.bounds
        return WIDTH / (geo.distance_m(south, west, south, east) / 1000)

    @property
    def two_kilometres(self) -> float:
        """Length of the scale."""
        return round(2 * self.kilometre, 1)

    @property
    def scale_y(self) -> int:
        """Where the scale stands."""
        return self.height - 20

    def at(self, latitude: float, longitude: float) -> Position:
        """Where a point lies on the sheet."""
        west, _south, east, north = self.bounds
        unit = WIDTH / (east - west)
        return round((longitude - west) * unit, 1), round((north - latitude) * unit / self._squeeze, 1)

    def shapes(self) -> list[Shape]:
        """The outline, from the ground up."""
        order = ("land", "hill", "river", "road", "rail", "district")
        features = sorted(
            (feature for feature in _features(self.network_code) if feature["properties"]["kind"] in order),
            key=lambda feature: order.index(feature["properties"]["kind"]),
        )
        return [Shape(_css(feature["properties"]), self._path(feature["geometry"])) for feature in features]

    def labels(self) -> list[Label]:
        """The names of districts, stations, places and waters."""
        found = []
        for feature in _features(self.network_code):
            known, geometry = feature["properties"], feature["geometry"]
            if geometry["type"] == "Point":
                longitude, latitude = geometry["coordinates"]
                x, y = self.at(latitude, longitude)
            elif known["kind"] == "district":
                x, y = self._middle(geometry["coordinates"][0])
            else:
                continue
            found.append(Label(_CSS[known["kind"]], x, y, localized(known["name"], known["name_en"])))
        return found

    def _path(self, geometry: dict[str, Any]) -> str:
        area = geometry["type"] == "Polygon"
        points = geometry["coordinates"][0] if area else geometry["coordinates"]
        steps = "L".join("{:g} {:g}".format(*self.at(y, x)) for x, y in points)
        return f"M{steps}Z" if area else f"M{steps}"

    def _middle(self, ring: Sequence[Sequence[float]]) -> Position:
        """The centroid of an area."""
        twice, x, y = 0.0, 0.0, 0.0
        for (x1, y1), (x2, y2) in pairwise(ring):
            cross = x1 * y2 - x2 * y1
            twice, x, y = twice + cross, x + (x1 + x2) * cross, y + (y1 + y2) * cross
        return self.at(y / (3 * twice), x / (3 * twice))


def _css(known: dict[str, Any]) -> str:
    if known["kind"] == "road":
        return "map-road" if known["class"] in {"expressway", "national"} else "map-road-minor"
    return _CSS[known["kind"]]

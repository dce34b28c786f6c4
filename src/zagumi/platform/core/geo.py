"""Places: distances on the globe, and the base map of a network."""

import json
import math
from functools import lru_cache
from pathlib import Path
from typing import Any

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG 1980
_MAPS = Path(__file__).parent / "data" / "basemaps"


def distance_m(latitude_a: float, longitude_a: float, latitude_b: float, longitude_b: float) -> float:
    """Metres between two points given in degrees, along the great circle (haversine formula)."""
    phi_a, phi_b = math.radians(latitude_a), math.radians(latitude_b)
    half_phi = (phi_b - phi_a) / 2
    half_lambda = math.radians(longitude_b - longitude_a) / 2
    chord = math.sin(half_phi) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(half_lambda) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, chord)))


@lru_cache(maxsize=8)
def basemap(network_code: str) -> dict[str, Any] | None:
    """The bundled GeoJSON outline of a network's region (coast, river, roads, districts), or None without one."""
    path = _MAPS / f"{network_code}.geojson"
    if not path.is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found

"""What a node does: search from where it is told, for as long as it is told, and send back where that led."""

from __future__ import annotations

import time
from collections.abc import Callable

from zagumi.engine.solve.cluster.figures import Figures, Traveller, packed, settle, standing, stir, unpacked

SLICE, LOOK = 25, 0.05  # steps between looks at the clock, at first; adapted to take about so many seconds

_searches: dict[str, Traveller] = {}  # of this process, by the key of the figures; only the last is kept


def go(key: str, figures: Callable[[], bytes], where: bytes, seconds: float, seed: int) -> bytes:
    """Search for some seconds.

    Args:
        key: of the figures, which are asked for only when this process does not have them.
        where: the packed standing to begin from; so is what is returned.
    """
    if key not in _searches:
        _searches.clear()
        content: Figures = unpacked(figures())
        _searches[key] = content.search()
    search = _searches[key]
    settle(search, unpacked(where))
    stir(search, seed)
    until, steps = time.perf_counter() + seconds, SLICE
    while (begun := time.perf_counter()) < until:
        search.run(steps)
        took = time.perf_counter() - begun
        steps = max(1, min(4 * steps, int(steps * LOOK / max(took, 1e-6))))
    return packed(standing(search))

"""What it costs to move pieces between two sites, in the movements that cost least."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zagumi.engine.problem import Problem, Weights

MOST_PIECES = 2000  # above it pieces go in one movement


class Moves:
    """Least weighted cost of moving pieces and the movements that reach it.

    Vehicles of different sizes make it worth sending a full lorry and a small van, so a movement may be divided.
    """

    def __init__(self, problem: Problem, weights: Weights) -> None:
        self.problem = problem
        self.weights = weights
        self.undivided = False  # some pieces were too many to look for the best division
        self._tables: dict[tuple[str, str, int, int], tuple[NDArray[np.int64], NDArray[np.int64]]] = {}

    def single(self, from_site: str, to_site: str, piece_g: int, pieces: int) -> int:
        """Weighted cost of one movement."""
        haul = self.problem.haul(from_site, to_site, piece_g * pieces)
        return self.weights.cost * haul.yen + self.weights.co2 * haul.co2_g

    def cost(self, from_site: str, to_site: str, piece_g: int, pieces: int) -> int:
        """Least weighted cost of moving so many pieces of ``piece_g`` grams each."""
        if not self._divisible(from_site, to_site, piece_g, pieces):
            return self.single(from_site, to_site, piece_g, pieces)
        return int(self._table(from_site, to_site, piece_g, pieces)[0][pieces])

    def sizes(self, from_site: str, to_site: str, piece_g: int, pieces: int) -> list[int]:
        """Pieces of each movement."""
        if not self._divisible(from_site, to_site, piece_g, pieces):
            return [pieces]
        first, sizes = self._table(from_site, to_site, piece_g, pieces)[1], []
        while pieces:
            sizes.append(int(first[pieces]))
            pieces -= sizes[-1]
        return sizes

    def steps(
        self, from_site: str, to_site: str, piece_g: int, most: int, *, divided: bool
    ) -> list[tuple[int, int, int]]:
        """First and last number of pieces of each stretch of equal cost, from 1 to ``most``, and the cost."""
        found: list[tuple[int, int, int]] = []
        if not self._steep(from_site, to_site, piece_g, most):
            return [(1, most, self.single(from_site, to_site, piece_g, 1))]
        price = self.cost if divided else self.single
        for pieces in range(1, most + 1):
            cost = price(from_site, to_site, piece_g, pieces)
            if found and found[-1][2] == cost:
                found[-1] = (found[-1][0], pieces, cost)
            else:
                found.append((pieces, pieces, cost))
        return found

    def _steep(self, from_site: str, to_site: str, piece_g: int, pieces: int) -> bool:
        """One movement of so many pieces needs more than one trip of some vehicle."""
        roads = self.problem.roads
        served = (from_site, to_site) in self.problem.services
        given = served or (from_site in roads.order and to_site in roads.order)
        if given or from_site == to_site or not roads.vehicles:
            return False
        return piece_g * pieces > 1000 * min(vehicle.capacity_kg for vehicle in roads.vehicles)

    def _divisible(self, from_site: str, to_site: str, piece_g: int, pieces: int) -> bool:
        if len(self.problem.roads.vehicles) < 2 or not self._steep(from_site, to_site, piece_g, pieces):
            return False
        if pieces > MOST_PIECES:
            self.undivided = True
        return pieces <= MOST_PIECES

    def _table(
        self, from_site: str, to_site: str, piece_g: int, pieces: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Least cost of 0 … pieces, and the size of a first movement that reaches it."""
        key = (from_site, to_site, piece_g, -(-pieces // 100) * 100)
        if key not in self._tables:
            most = key[3]
            one = np.array([0] + [self.single(from_site, to_site, piece_g, n) for n in range(1, most + 1)])
            best, first = one.copy(), np.arange(most + 1)
            for n in range(2, most + 1):
                divided = best[1:n][::-1] + one[1:n]
                at = int(np.argmin(divided))
                if divided[at] < best[n]:
                    best[n], first[n] = divided[at], at + 1
            self._tables[key] = (best, first)
        return self._tables[key]

"""What travels between machines: the figures of a problem, once, and where a search is. No name leaves."""

from __future__ import annotations

import pickle
import zlib
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from zagumi.engine.problem import Policy, Problem, Weights
from zagumi.engine.solve.schedule.records import Store, TableRows
from zagumi.engine.solve.search import Search
from zagumi.engine.solve.tables import Built
from zagumi.engine.solve.tabu.search import TabuSearch
from zagumi.engine.solve.tabu.shop import workshop

Traveller: TypeAlias = Search | TabuSearch
Standing: TypeAlias = dict[str, Any]  # where a search is: what it needs to go on elsewhere, by name

SCRATCH = {"log", "wishes"}  # arrays of the general search that hold nothing between two steps


@dataclass(frozen=True)
class Figures:
    """A problem without its words: enough to search, not to say what for.

    Attributes:
        makespan: whether the search for the makespan covers it.
        tables: the arrays of ``TableRows``.
    """

    makespan: bool
    horizon: int
    weights: Weights
    tables: tuple[NDArray[Any], ...]

    @classmethod
    def of(cls, search: Traveller) -> Figures:
        """The figures that a search works on."""
        built = search.shop.built if isinstance(search, TabuSearch) else search.built
        problem = built.problem
        return cls(isinstance(search, TabuSearch), problem.horizon, problem.policy.weights, tuple(built.rows))

    def search(self) -> Traveller:
        """A search that stands nowhere yet and can tell no plan: that takes the words."""
        nameless = Problem((), (), (), (), (), self.horizon, policy=Policy(weights=self.weights))
        rows = TableRows(*(array.view(np.recarray) for array in self.tables))
        built = Built(nameless, Store.of(rows), (), (), (), (), (), (), (), 0)
        return TabuSearch(workshop(built), 0) if self.makespan else Search(built, 0)


def packed(content: object) -> bytes:
    """Anything as few bytes."""
    return zlib.compress(pickle.dumps(content, 5), 1)


def unpacked(content: bytes) -> Any:
    """What was packed."""
    return pickle.loads(zlib.decompress(content))


def standing(search: Traveller) -> Standing:
    """A copy of where a search is."""
    if isinstance(search, TabuSearch):
        own = {name: getattr(search, name) for name in ("best", "failures", "random")}
        arrays = search.board._asdict()
        return {name: array.copy() for name, array in arrays.items()} | own | {"parents": list(search.parents)}
    arrays = search.state.rows._asdict()
    return {name: array.copy() for name, array in arrays.items() if name not in SCRATCH}


def settle(search: Traveller, where: Standing) -> None:
    """Put a search where another one was."""
    rows = search.board if isinstance(search, TabuSearch) else search.state.rows
    for name, array in rows._asdict().items():
        if name in where:
            np.copyto(array, where[name])
    if isinstance(search, TabuSearch):
        search.best, search.failures = where["best"], where["failures"]
        search.random, search.parents = where["random"], where["parents"]


def stir(search: Traveller, seed: int) -> None:
    """Give a search chances of its own, so that it goes another way than those that stand where it stands."""
    draw = np.random.default_rng(seed)
    if isinstance(search, TabuSearch):
        search.random = draw
        search.board.now.random[0] = draw.integers(1 << 47)
    else:
        search.state.rows.now.random[0] = draw.integers(1 << 47)

"""Cases that one company does wholly: which could, and which should."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zagumi.engine.solve.tables import Built
from zagumi.engine.solve.tabu.records import ShopRows

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
SPREAD = 0.3  # by which share the work of a case is lowered at most when companies are drawn for all


def usable(built: Built) -> Flags:
    """Which options may be taken: for a case of one company those of companies that can do all of it."""
    rows = built.rows
    eligible = rows.options.eligible > 0
    case = rows.ops.case[rows.options.op]
    can = np.zeros((len(rows.ops), len(rows.companies)), dtype=np.bool_)
    can[rows.options.op[eligible], rows.options.company[eligible]] = True
    able = np.ones((len(rows.cases), len(rows.companies)), dtype=np.bool_)
    np.logical_and.at(able, rows.ops.case, can)
    found: Flags = eligible & (able[case, rows.options.company] | (rows.cases.single[case] == 0))
    return found


class Homes:
    """The cases of a problem that one company does wholly.

    Attributes:
        case: of each operation the number of its case among them, or -1.
        count: of these cases.
        minutes: of each case in each company the least work; without end where it cannot.
    """

    def __init__(self, rows: ShopRows) -> None:
        self.case: Numbers = rows.ops.whole.astype(np.int64)
        companies = int(rows.options.company.max()) + 1
        least = np.full((len(rows.ops), companies), np.inf)
        np.minimum.at(least, (rows.options.op, rows.options.company), rows.options.minutes)
        whole = self.case >= 0
        self.count = int(self.case.max(initial=-1)) + 1
        self.minutes = np.zeros((self.count, companies))
        np.add.at(self.minutes, self.case[whole], least[whole])
        pairs = np.unique(np.stack((rows.options.company, rows.options.machine)), axis=1)
        self._machines = np.maximum(1, np.bincount(pairs[0], minlength=companies))
        self._rows = rows

    def of(self, options: Numbers) -> Numbers:
        """The company of each case, by the option of each operation (-1: unknown); the last is that of no case."""
        homes = np.full(self.count + 1, -1, dtype=np.int64)
        known = (self.case >= 0) & (options >= 0)
        homes[self.case[known]] = self._rows.options.company[options[known]]
        return homes

    def draw(self, homes: Numbers, random: np.random.Generator) -> Numbers:
        """A company for each case that has none: the longest cases first, each to where work ends soonest."""
        noise = 1 - SPREAD * random.random(self.minutes.shape)
        load = np.zeros(self.minutes.shape[1])
        for case in np.flatnonzero(homes[:-1] >= 0):
            load[homes[case]] += self.minutes[case, homes[case]]
        homes = homes.copy()
        for case in np.argsort(-self.minutes.min(axis=1, initial=np.inf) * noise[:, 0], kind="stable"):
            if homes[case] < 0:
                homes[case] = np.argmin((load + self.minutes[case] * noise[case]) / self._machines)
                load[homes[case]] += self.minutes[case, homes[case]]
        return homes

    def mixed(self, one: Numbers, other: Numbers, random: np.random.Generator) -> Numbers:
        """The options of a child: each from either parent, those of a case of one company from the same."""
        coins = random.random(len(one)) < 0.5
        coins = np.where(self.case >= 0, coins[self.case], coins)
        return np.where(coins, one, other)

    def moved(self, options: Numbers, random: np.random.Generator) -> Numbers:
        """The options after a case, drawn at random, has gone to another company that can do it, if there is one."""
        case = int(random.integers(self.count))
        others = np.isfinite(self.minutes[case])
        others[self.of(options)[case]] = False
        if not others.any():
            return options
        company = int(random.choice(np.flatnonzero(others)))
        options, rows = options.copy(), self._rows
        for v in np.flatnonzero(self.case == case):
            chosen = np.arange(rows.ops.option0[v], rows.ops.option1[v])
            chosen = chosen[rows.options.company[chosen] == company]
            options[v] = chosen[np.argmin(rows.options.minutes[chosen])]
        return options

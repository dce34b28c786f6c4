"""Random planning networks: many orders over many machines at many sites, of any size, the same for the same seed.

The measure of the engine at network size. Plain ones are files of the format ``network`` (see
:mod:`zagumi.engine.read.network`); calendars, splitting and set-ups make them problems of the full model.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from zagumi.engine.clock import MINUTES_PER_DAY, weekly
from zagumi.engine.problem import Calendar, Operation, Option, Problem

KINDS = 20  # of machines; each operation asks for one
SIDE = 400  # of the square in which the sites lie, as minutes of travel
FEATURES = ("calendars", "splitting", "set-ups")
PIECES = 20  # of an operation that may be split
FAMILIES = ("A", "B", "C", "D")
WEEKDAYS, OPENS, CLOSES = 6, 360, 1320


@dataclass(frozen=True, slots=True)
class Size:
    """How large a network is, and how tight: ``due`` scales the time from release to due date."""

    operations: int
    machines: int
    sites: int
    due: float = 1.0


def network(size: Size, seed: int) -> dict[str, Any]:
    """A network as the format ``network`` has it: orders of one to three parts that are assembled at the end."""
    draw = random.Random(seed)
    minutes, yen = _ways(size.sites, draw)
    machines = [(number % size.sites, draw.uniform(0.8, 1.3), draw.randint(5, 15)) for number in range(size.machines)]
    of_kind: list[list[int]] = [[] for _ in range(KINDS)]
    for number in range(size.machines):
        of_kind[(7 * number + draw.randrange(3)) % KINDS].append(number)
    able = [kind for kind in of_kind if kind]
    load = size.operations * 135 / size.machines  # mean minutes of work per machine
    ops: list[list[list[int]]] = []
    prec: list[list[int]] = []
    orders: list[dict[str, Any]] = []

    def operation() -> int:
        kind, base = draw.choice(able), draw.randint(30, 240)
        chosen = draw.sample(kind, min(len(kind), draw.randint(2, 8)))
        ops.append(
            [[m, max(1, int(base / machines[m][1])), int(base / machines[m][1] / 10 * machines[m][2])] for m in chosen]
        )
        return len(ops) - 1

    while len(ops) < size.operations:
        first, ends = len(ops), []
        for _ in range(draw.randint(1, 3)):
            chain = [operation() for _ in range(draw.randint(2, 5))]
            prec += [[before, after] for before, after in pairwise(chain)]
            ends.append(chain[-1])
        last = ends[0]
        if len(ends) > 1:
            last = operation()
            prec += [[end, last] for end in ends]
        release = draw.randint(0, int(load / 2))
        due = release + int(draw.uniform(0.6, 1.6) * (1800 + load) * size.due)
        known = {"w": draw.randint(1, 10), "rel": release, "due": due}
        orders.append({**known, "ops": list(range(first, len(ops))), "last": last})
    return {
        "ops": ops,
        "prec": prec,
        "orders": orders,
        "msite": [site for site, _, _ in machines],
        "TT": minutes,
        "TC": yen,
    }


def _ways(sites: int, draw: random.Random) -> tuple[list[list[int]], list[list[int]]]:
    """Minutes and yen between the sites."""
    places = [(draw.uniform(0, SIDE), draw.uniform(0, SIDE)) for _ in range(sites)]
    far = [[math.dist(a, b) for b in places] for a in places]
    minutes = [[0 if a == b else int(30 + far[a][b]) for b in range(sites)] for a in range(sites)]
    yen = [[0 if a == b else int(10 + far[a][b] / 2) for b in range(sites)] for a in range(sites)]
    return minutes, yen


def featured(problem: Problem, features: frozenset[str], seed: int) -> Problem:
    """A plain network with some of ``FEATURES``: the dates are stretched by as much as the machines are closed."""
    draw = random.Random(seed)
    open_share = WEEKDAYS * (CLOSES - OPENS) / (7 * MINUTES_PER_DAY) if "calendars" in features else 1.0
    horizon = math.ceil(problem.horizon / open_share) + 7 * MINUTES_PER_DAY
    machines, calendars = list(problem.machines), problem.calendars
    if "calendars" in features:
        shifts = [(day * MINUTES_PER_DAY + OPENS, day * MINUTES_PER_DAY + CLOSES) for day in range(WEEKDAYS)]
        calendars = (Calendar("two shifts", weekly(shifts, first_weekday=0, horizon=horizon)),)
        machines = [replace(machine, calendar="two shifts") for machine in machines]
    if "set-ups" in features:
        machines = [replace(machine, setups=_changes(draw), family=draw.choice(FAMILIES)) for machine in machines]
    cases = tuple(
        replace(case, release=round(case.release / open_share), due=round((case.due or 0) / open_share))
        for case in problem.cases
    )
    operations = tuple(_featured(operation, features, draw) for operation in problem.operations)
    return replace(
        problem, machines=tuple(machines), calendars=calendars, cases=cases, operations=operations, horizon=horizon
    )


def _changes(draw: random.Random) -> dict[tuple[str, str], int]:
    return {(a, b): 0 if a == b else draw.randrange(10, 45, 5) for a in FAMILIES for b in FAMILIES}


def _featured(operation: Operation, features: frozenset[str], draw: random.Random) -> Operation:
    family = draw.choice(FAMILIES) if "set-ups" in features else ""
    if "splitting" not in features:
        return replace(operation, family=family)
    options = tuple(_per_piece(option) for option in operation.options)
    return replace(operation, options=options, family=family, quantity=PIECES, min_sublot=PIECES // 4, max_sublots=3)


def _per_piece(option: Option) -> Option:
    """The same work and about the same money as so many pieces."""
    unit = option.fixed_yen // PIECES
    return replace(
        option,
        minutes_per_piece=round(option.minutes_per_piece / PIECES, 2),
        unit_yen=unit,
        fixed_yen=option.fixed_yen - unit * PIECES,
    )

"""Random planning networks of ``bench``: many orders over many machines at many sites.

JSON, all times minutes, all costs yen, numbers from 0: ``ops`` (options ``[machine, minutes, cost]`` of each
operation), ``prec`` (pairs ``[before, after]``), ``orders`` (``w`` yen per minute late, ``rel`` release, ``due``,
``ops``, ``last``), ``msite`` (site of each machine), ``TT`` and ``TC`` (travel minutes and cost between sites).
The objective is tardiness plus cost, yen for yen. Every site is a company; ids are the file's numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from zagumi.engine.collector import uncollected
from zagumi.engine.problem import Case, Company, Link, Machine, Operation, Option, Policy, Problem, Roads, Site, Weights
from zagumi.engine.read.source import LARGEST_NUMBER, Source

KEYS = ("ops", "prec", "orders", "msite", "TT", "TC")


def read_network(path: Path) -> Problem:
    """A random network.

    Raises:
        FileError: naming the entry, what was given and what was expected.
    """
    with uncollected():
        source = Source.open(path)
        shared: dict[int, int] = {}
        rows = partial(_sharing, shared)
        data = source.json(ops=_Options(source), TT=rows, TC=rows)
        return _read(Source(source.file, ""), data)  # large text is let go once it is read


def _sharing(shared: dict[int, int], _: int, row: Any) -> Any:
    """A row of a large table with one object for each number."""
    if not isinstance(row, list):
        return row
    return [shared.setdefault(value, value) if type(value) is int else value for value in row]


def problem_of(data: dict[str, Any], name: str) -> Problem:
    """The problem of a network given as the content of such a file, which it leaves as it is."""
    with uncollected():
        source = Source(name, "")
        read = _Options(source)
        return _read(source, {**data, "ops": [read(number, options) for number, options in enumerate(data["ops"])]})


def _read(source: Source, data: Any) -> Problem:
    if not isinstance(data, dict):
        source.refuse("file", type(data).__name__, "an object")
    for key in KEYS:
        source.items(data.get(key), key)
    sites = len(data["TT"])
    msite = [source.whole(site, f"msite[{m}]", high=sites - 1) for m, site in enumerate(data["msite"])]
    minutes, yen = (_table(source, data[key], key, sites) for key in ("TT", "TC"))
    befores = _befores(source, data)
    cases, case_of = _cases(source, data, befores)
    operations = tuple(_operations(source, data.pop("ops"), case_of, befores, len(msite)))
    data.clear()
    farthest = max((max(row) for row in minutes), default=0)
    return source.problem(
        companies=tuple(Company(str(site)) for site in range(sites)),
        sites=tuple(Site(str(site), str(site)) for site in range(sites)),
        machines=tuple(Machine(str(machine), str(site)) for machine, site in enumerate(msite)),
        cases=cases,
        operations=operations,
        horizon=_horizon(cases, operations, farthest),
        roads=Roads(order=tuple(map(str, range(sites))), minutes=minutes, yen=yen),
        policy=Policy(weights=Weights.only(cost=1, tardiness=1)),
        name=Path(source.file).stem,
    )


def _operations(
    source: Source, given: list[tuple[Option, ...]], case_of: dict[int, str], befores: list[list[int]], machines: int
) -> Iterator[Operation]:
    """The operations; what is equal is shared, or a million would not fit."""
    ids = [str(number) for number in range(len(given))]
    links = {before: Link(ids[before]) for group in befores for before in group}
    for number, options in enumerate(given):
        for option in options:
            if int(option.machine) >= machines:
                source.whole(int(option.machine), f"ops[{number}], machine", high=machines - 1)
        yield Operation(ids[number], case_of[number], options, after=tuple([links[each] for each in befores[number]]))


class _Options:
    """Makes the options of one operation after the other from what a file says; numbers and names are shared."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.ids: dict[int, str] = {}
        self.minutes: dict[int, float] = {}
        self.yen: dict[int, int] = {}

    def __call__(self, number: int, options: object) -> tuple[Option, ...]:
        source, place = self.source, f"ops[{number}]"
        found: dict[int, Option] = {}
        for option in source.items(options, place):
            machine, minutes, cost = source.items(option, place, length=3)
            if not (type(machine) is type(minutes) is type(cost) is int and 0 <= machine <= LARGEST_NUMBER
                    and 0 <= minutes <= LARGEST_NUMBER and 0 <= cost <= LARGEST_NUMBER):  # fmt: skip
                machine = source.whole(machine, f"{place}, machine")
                minutes = source.whole(minutes, f"{place}, minutes")
                cost = source.whole(cost, f"{place}, cost")
            if machine in found:
                source.refuse(place, f"machine {machine} twice", "each machine once")
            name = self.ids.setdefault(machine, str(machine))
            time = self.minutes.setdefault(minutes, float(minutes))
            found[machine] = Option(name, 0, time, self.yen.setdefault(cost, cost))
        if not found:
            source.refuse(place, "no option", "at least one machine")
        return tuple(found.values())


def _horizon(cases: tuple[Case, ...], operations: tuple[Operation, ...], farthest: int) -> int:
    """From the last release on, all operations one by one on their slowest machines, each after the longest way."""
    work = sum(int(max(option.minutes_per_piece for option in operation.options)) for operation in operations)
    ways = sum(farthest for operation in operations if operation.after)
    return max(1, max(case.release for case in cases) + work + ways)


def _table(source: Source, rows: list[Any], key: str, sites: int) -> tuple[tuple[int, ...], ...]:
    if len(rows) != sites:
        source.refuse(key, f"{len(rows)} rows", f"{sites} rows, as many as TT")
    if all(isinstance(row, list) and len(row) == sites for row in rows):
        import numpy as np  # who only judges plans does not wait for it

        values = np.array(rows)
        if values.dtype == np.int64 and values.size and values.min() >= 0 and values.max() <= LARGEST_NUMBER:
            shared = {value: value for value in np.unique(values).tolist()}
            return tuple(tuple([shared[value] for value in row]) for row in rows)
    return tuple(
        tuple(
            source.whole(value, f"{key}[{i}][{j}]")
            for j, value in enumerate(source.items(row, f"{key}[{i}]", length=sites))
        )
        for i, row in enumerate(rows)
    )


def _befores(source: Source, data: dict[str, Any]) -> list[list[int]]:
    befores: list[list[int]] = [[] for _ in data["ops"]]
    last = len(befores) - 1
    for i, pair in enumerate(data["prec"]):
        before, after = source.items(pair, f"prec[{i}]", length=2)
        if not (type(before) is type(after) is int and 0 <= before <= last and 0 <= after <= last):
            before, after = (source.whole(number, f"prec[{i}]", high=last) for number in pair)
        if before not in befores[after]:
            befores[after].append(before)
    return befores


def _cases(source: Source, data: dict[str, Any], befores: list[list[int]]) -> tuple[tuple[Case, ...], dict[int, str]]:
    """The orders as cases, and the case of each operation; only the last operation of an order has no successor."""
    count = len(befores)
    has_after = {before for group in befores for before in group}
    cases: list[Case] = []
    case_of: dict[int, str] = {}
    for number, order in enumerate(data["orders"]):
        place, name = f"orders[{number}]", f"order {number}"
        if not isinstance(order, dict) or not {"w", "rel", "due", "ops", "last"} <= order.keys():
            source.refuse(place, order, "an object with w, rel, due, ops and last")
        release = source.whole(order["rel"], f"{place}, rel")
        due = source.whole(order["due"], f"{place}, due", low=-LARGEST_NUMBER)
        if due < release:
            source.refuse(f"{place}, due", due, f"not before its release at {release}")
        weight = source.whole(order["w"], f"{place}, w")
        last = source.whole(order["last"], f"{place}, last", high=count - 1)
        cases.append(Case(name, release=release, due=due, late_yen_per_minute=weight))
        for operation in source.items(order["ops"], f"{place}, ops"):
            operation = source.whole(operation, f"{place}, ops", high=count - 1)
            if operation in case_of:
                source.refuse(f"{place}, ops", f"operation {operation} again", "each operation in one order")
            if operation not in has_after and operation != last:
                source.refuse(f"{place}, last", last, f"operation {operation}, which nothing follows")
            case_of[operation] = name
    if not cases or len(case_of) != count:
        source.refuse("orders", f"{len(case_of)} operations", f"all {count} operations in orders")
    return tuple(cases), case_of

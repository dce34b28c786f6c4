"""A problem as flat arrays in one canonical order, so that the order of the input changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from threading import Thread
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zagumi.engine.clock import Window, common
from zagumi.engine.collector import uncollected
from zagumi.engine.problem import Case, FrozenWork, Operation, Option, Problem, Site
from zagumi.engine.solve.in_force import Positions, enter
from zagumi.engine.solve.roads import travel
from zagumi.engine.solve.schedule import records
from zagumi.engine.solve.schedule.outlook import look_ahead
from zagumi.engine.solve.schedule.records import NEVER, Store, TableRows

Columns = Mapping[str, Sequence[Any] | NDArray[Any] | int]
Index = dict[str, int]
MANY = 20_000  # with so many operations two threads look ahead
BLOCK = 1024  # rows of a table that are filled, and items that are read, at a time
OPTION_COLUMNS = {"minutes_per_piece": np.float64, "good_rate": np.float64} | dict.fromkeys(
    ("setup_minutes", "fixed_yen", "unit_yen"), np.int64
)
BAND_COLUMNS = dict.fromkeys(("start", "end", "minutes"), np.int64)


@dataclass(frozen=True)
class Built:
    """The arrays with what their positions mean.

    Attributes:
        store: the arrays; ``rows`` is short for ``store.rows``.
        options: the option at each position of ``rows.options``.
        frozen: frozen work by operation position, in the order of its first sub-lots.
        frozen_mode: position of the first frozen sub-lot's mode; the others follow in the same order.
    """

    problem: Problem
    store: Store[TableRows]
    cases: tuple[Case, ...]
    operations: tuple[Operation, ...]
    options: tuple[Option, ...]
    machines: tuple[str, ...]
    people: tuple[str, ...]
    companies: tuple[str, ...]
    frozen: tuple[tuple[int, FrozenWork], ...]
    frozen_mode: int

    @property
    def rows(self) -> TableRows:
        """The arrays."""
        return self.store.rows


def table(dtype: np.dtype[Any], columns: Columns) -> Any:
    """A record array from equally long columns; a missing column is 0, a number fills its column."""
    size = max((len(column) for column in columns.values() if not isinstance(column, int)), default=0)
    rows = np.zeros(size, dtype=dtype)
    arrays = {name: column if isinstance(column, int) else np.asarray(column) for name, column in columns.items()}
    for first in range(0, size, BLOCK):  # every row is brought into the processor's cache once, not for each column
        block = slice(first, first + BLOCK)
        for name, column in arrays.items():
            rows[name][block] = column if isinstance(column, int) else column[block]
    return rows.view(np.recarray)


def _starts(counts: Iterable[int] | NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last-plus-one position of consecutive groups of the given sizes."""
    ends = np.cumsum(counts if isinstance(counts, np.ndarray) else _whole(counts))
    return np.concatenate(([0], ends[:-1])) if len(ends) else ends, ends


def _whole(values: Iterable[int]) -> NDArray[np.int64]:
    return np.fromiter(values, dtype=np.int64)


def _columns(
    items: Sequence[Any], dtypes: Mapping[str, type], indexes: Mapping[str, Mapping[Any, int]] | None = None
) -> dict[str, NDArray[Any]]:
    """Attributes of all items; those with an index as the position it gives. Reads each item once, when it is near."""
    indexes = indexes or {}
    found: dict[str, NDArray[Any]] = {
        name: np.empty(len(items), dtype=dtypes.get(name, np.int64)) for name in (*dtypes, *indexes)
    }
    ways = {name: (attrgetter(name), indexes[name].__getitem__ if name in indexes else None) for name in found}
    for first in range(0, len(items), BLOCK):
        some = items[first : first + BLOCK]
        for name, (read, position) in ways.items():
            values = map(read, some) if position is None else map(position, map(read, some))
            found[name][first : first + len(some)] = np.fromiter(values, found[name].dtype, count=len(some))
    return found


def _column(items: Sequence[Any], name: str) -> NDArray[np.int64]:
    """A whole-number attribute of all items."""
    return _columns(items, {name: np.int64})[name]


def _sizes(items: Sequence[Any], name: str) -> NDArray[np.int64]:
    """The length of an attribute of all items."""
    return np.fromiter(map(len, map(attrgetter(name), items)), dtype=np.int64, count=len(items))


def _positions(items: Sequence[Any], name: str, index: Mapping[Any, int]) -> NDArray[np.int64]:
    """Where what an attribute of all items names stands."""
    return np.fromiter(map(index.__getitem__, map(attrgetter(name), items)), dtype=np.int64, count=len(items))


def build(problem: Problem) -> Built:
    """Arrays for the compiled search. Takes about 10 µs per operation and option."""
    with uncollected():
        return _Builder(problem).build()


class _Builder:
    """Builds tables step by step; each step only reads what earlier ones made."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.cases = sorted(problem.cases, key=lambda case: case.id)
        self.case_at = {case.id: at for at, case in enumerate(self.cases)}
        self.operations = self._ordered()
        self.op_at = {operation.id: at for at, operation in enumerate(self.operations)}
        self.companies = sorted(problem.company)
        self.company_at = {name: at for at, name in enumerate(self.companies)}
        self.machines = sorted(problem.machines, key=lambda machine: machine.id)
        self.machine_at = {machine.id: at for at, machine in enumerate(self.machines)}
        self.people = sorted(problem.people, key=lambda person: person.id)
        self.person_at = {person.id: at for at, person in enumerate(self.people)}
        self.sites = self._used_sites()
        self.site_at = {site.id: at for at, site in enumerate(self.sites)}
        self.machine_company = [self.company_at[problem.site[m.site].company or ""] for m in self.machines]
        self.families = self._families()
        self.hours_at: dict[tuple[str | None, str | None], int] = {}
        self.windows: list[tuple[Window, ...]] = []

    def _ordered(self) -> list[Operation]:
        """By case, then by how many stand before it in the longest chain, then by id."""
        operation = self.problem.operation
        depth: dict[str, int] = {}
        for name in self.problem.order:
            after = operation[name].after
            depth[name] = max([depth[link.before] for link in after]) + 1 if after else 0
        given = sorted(self.problem.operations, key=attrgetter("id"))
        deep = np.fromiter(map(depth.__getitem__, map(attrgetter("id"), given)), dtype=np.int64, count=len(given))
        order = np.lexsort((deep, _positions(given, "case", self.case_at)))
        return [given[at] for at in order.tolist()]

    def _used_sites(self) -> list[Site]:
        used = {machine.site for machine in self.machines}
        used |= {case.deliver_to for case in self.cases if case.deliver_to is not None}
        return [self.problem.site[name] for name in sorted(used)]

    def _families(self) -> Index:
        names = set(map(attrgetter("family"), self.operations))
        for machine in self.machines:
            names |= {machine.family, *(name for pair in machine.setups for name in pair)}
        return {name: at for at, name in enumerate(["", *sorted(names - {""})])}

    def hours(self, machine: str | None, person: str | None) -> int:
        """Position of the open hours of a machine's calendar cut by a person's."""
        key = (machine, person)
        if key not in self.hours_at:
            windows: tuple[Window, ...] = ((0, self.problem.horizon),)
            for name in key:
                if name is not None:
                    windows = common(windows, self.problem.calendar[name].windows)
            self.hours_at[key] = len(self.windows)
            self.windows.append(tuple(_joined(windows)))
        return self.hours_at[key]

    def build(self) -> Built:
        options, modes = self._options()
        frozen = self._frozen()
        ops, links, out = self._ops(options, frozen)
        problem, priced = self.problem, self.problem.policy.weights.stability > 0
        works = tuple(work for each in problem.in_force.values() for work in each) if priced else ()
        at = Positions(self.op_at, self.machine_at, self.person_at)
        forces = enter(works, problem.frozen, at, options, modes, ops)
        frozen_mode = len(modes)
        modes = np.concatenate((modes, self._frozen_modes(options, ops, frozen))).view(np.recarray)
        machines, setups = self._machines()
        windows, hours = self._windows()
        companies, apart = self._companies()
        roads = travel(self.problem, self.sites)
        rows = TableRows(
            rules=self._rules(options, ops, len(roads.services["last"])),
            cases=self._cases(ops),
            ops=ops,
            options=options,
            modes=modes,
            links=links,
            out=out,
            machines=machines,
            rooms=self._room(options, modes, ops),
            hours=hours,
            windows=windows,
            bands=table(records.BAND, _columns([band for m in self.machines for band in m.bands], BAND_COLUMNS)),
            setups=setups,
            companies=companies,
            apart=apart,
            vehicles=table(records.VEHICLE, {"capacity": roads.capacity}),
            journeys=table(records.JOURNEY, {"minutes": roads.minutes.ravel(), "given": roads.given.ravel()}),
            trips=table(records.TRIP, {"yen": roads.trip[..., 0].ravel(), "co2": roads.trip[..., 1].ravel()}),
            forces=forces,
            services=table(records.SERVICE, roads.services),
            runs=table(records.RUN, roads.runs),
        )
        _mark_plain(rows)
        store = Store.of(rows)
        half = len(self.cases) // 2 if len(self.operations) > MANY else 0
        beside = Thread(target=look_ahead, args=(store.tables, 0, half))
        beside.start()
        look_ahead(store.tables, half, len(self.cases))
        beside.join()
        return Built(
            self.problem,
            store,
            tuple(self.cases),
            tuple(self.operations),
            tuple(self.flat),
            tuple(machine.id for machine in self.machines),
            tuple(person.id for person in self.people),
            tuple(self.companies),
            tuple(frozen),
            frozen_mode,
        )

    def _rules(self, options: Any, ops: Any, services: int) -> Any:
        policy, weights = self.problem.policy, self.problem.policy.weights
        known: dict[str, int] = {"horizon": self.problem.horizon, "cost": weights.cost, "co2": weights.co2}
        known |= {"makespan": weights.makespan, "fairness": weights.fairness}
        known |= {"companies": weights.companies, "stability": weights.stability}
        known |= {"max_companies": policy.max_companies or NEVER, "lead_required": int(policy.lead_required)}
        known |= {
            "entitled": sum(policy.entitlement.values()),
            "service_count": services,
            "part_count": int(np.bincount(options.op).max(initial=1)),
            "label_count": int(np.bincount(ops.case[options.op]).max(initial=1)),
        }
        counted: dict[str, Sized] = {
            "case": self.cases,
            "op": self.operations,
            "company": self.companies,
            "machine": self.machines,
        }
        counted |= {"person": self.people, "family": self.families, "site": self.sites}
        counted |= {"vehicle": self.problem.roads.vehicles}
        known |= {f"{name}_count": len(items) for name, items in counted.items()}
        return table(records.RULES, {name: [value] for name, value in known.items()})

    def _options(self) -> tuple[Any, Any]:
        problem, weights = self.problem, self.problem.policy.weights
        given = list(chain.from_iterable(map(attrgetter("options"), self.operations)))
        owner = np.repeat(np.arange(len(self.operations)), _sizes(self.operations, "options"))
        least = _column(self.operations, "min_grade")
        asked = {"grade": least.any(), "co2_g": weights.co2, "unit_co2_g": weights.co2}
        wanted = OPTION_COLUMNS | {name: np.int64 for name, needed in asked.items() if needed}
        known = _columns(given, wanted, {"machine": self.machine_at})
        order = np.lexsort((known["machine"], owner))
        known = {name: column[order] for name, column in known.items()}
        machine = known["machine"]
        self.flat = [given[at] for at in order.tolist()]
        company = np.array(self.machine_company, dtype=np.int64)[machine]
        eligible = np.ones(len(given), dtype=bool)
        if least.any():
            eligible = known["grade"] >= least[owner]
        if any(case.barred for case in self.cases):
            barred = [{self.company_at[name] for name in problem.case[o.case].barred} for o in self.operations]
            pairs = zip(owner.tolist(), company.tolist(), strict=True)
            eligible &= np.array([where not in barred[at] for at, where in pairs], dtype=bool)
        modes, counts = self._modes(machine, company)
        mode0, mode1 = _starts(counts)
        columns: dict[str, Any] = {
            "op": owner,
            "machine": machine,
            "company": company,
            "site": _positions(self.machines, "site", self.site_at)[machine],
            "mode0": mode0,
            "mode1": mode1,
            "setup": known["setup_minutes"],
            "fixed": weights.cost * known["fixed_yen"],
            "unit": weights.cost * known["unit_yen"],
            "eligible": eligible & (counts > 0),
            "pace": known["minutes_per_piece"],
            "rate": known["good_rate"],
        }
        if weights.co2:
            columns["fixed"] += weights.co2 * known["co2_g"]
            columns["unit"] += weights.co2 * known["unit_co2_g"]
        return table(records.OPTION, columns), modes

    def _modes(self, machine: NDArray[np.int64], company: NDArray[np.int64]) -> tuple[Any, NDArray[np.int64]]:
        """A mode for each person who may attend each option, one where nobody must; and how many each option has."""
        calendars = [m.calendar for m in self.machines]
        hours = _whole(self.hours(calendar, None) for calendar in calendars)
        size = len(self.flat)
        if set(map(attrgetter("skill"), self.flat)) <= {None}:
            nobody = np.full(size, -1)
            modes = table(records.MODE, {"option": np.arange(size), "person": nobody, "hours": hours[machine]})
            return modes, np.ones(size, dtype=np.int64)
        skilled: dict[tuple[int, str], list[int]] = {}
        for at, person in enumerate(self.people):
            for skill in person.skills:
                skilled.setdefault((self.company_at[person.company], skill), []).append(at)
        found, counts = [], []
        for at, (option, where, firm) in enumerate(zip(self.flat, machine.tolist(), company.tolist(), strict=True)):
            attending: Sequence[int] = (-1,) if option.skill is None else skilled.get((firm, option.skill), ())
            counts.append(len(attending))
            found += [
                (at, person, self.hours(calendars[where], self.people[person].calendar if person >= 0 else None))
                for person in attending
            ]
        rows = np.array(found, dtype=np.int64).reshape(-1, 3)
        modes = table(records.MODE, {"option": rows[:, 0], "person": rows[:, 1], "hours": rows[:, 2]})
        return modes, np.array(counts, dtype=np.int64)

    def _frozen(self) -> list[tuple[int, FrozenWork]]:
        known = [(self.op_at[work.operation], work) for work in self.problem.policy.frozen]
        return sorted(known, key=lambda p: (p[0], p[1].start, p[1].end, p[1].machine, p[1].quantity, p[1].person or ""))

    def _frozen_modes(self, options: Any, ops: Any, frozen: list[tuple[int, FrozenWork]]) -> Any:
        rows, first, where = [], ops.option0.tolist(), options.machine.tolist() if frozen else []
        for op, work in frozen:
            machine = self.machine_at[work.machine]
            option = where.index(machine, first[op])
            person = self.person_at[work.person] if work.person is not None else -1
            calendar = self.people[person].calendar if person >= 0 else None
            rows.append((option, person, self.hours(self.machines[machine].calendar, calendar)))
        found = np.array(rows, dtype=np.int64).reshape(-1, 3)
        return table(records.MODE, {"option": found[:, 0], "person": found[:, 1], "hours": found[:, 2]})

    def _ops(self, options: Any, frozen: list[tuple[int, FrozenWork]]) -> tuple[Any, Any, Any]:
        operations, part = self.operations, self.problem.part
        count, done = np.zeros(len(operations), dtype=np.int64), np.zeros(len(operations), dtype=np.int64)
        for op, work in frozen:
            count[op] += 1
            done[op] += work.quantity
        option0, option1 = _starts(_sizes(operations, "options"))
        capable = np.bincount(options.op, weights=options.eligible, minlength=len(operations)).astype(np.int64)
        quantity = _column(operations, "quantity")
        rest = quantity - done
        lots = (rest > 0).astype(np.int64)
        for op, operation in enumerate(operations):
            if operation.min_sublot is not None:
                lots[op] = _most_sublots(operation, int(rest[op]), int(count[op]), int(capable[op]))
        slots = count + lots
        link0, link1 = _starts(_sizes(operations, "after"))
        mass: Any = 0
        if part:
            mass = [part[o.part].mass_g if o.part is not None else 0 for o in operations]
        rows = table(
            records.OP,
            {
                "case": _positions(operations, "case", self.case_at),
                "quantity": quantity,
                "rest": rest,
                "option0": option0,
                "option1": option1,
                "link0": link0,
                "link1": link1,
                "lot0": _starts(slots)[0],
                "slots": slots,
                "frozen": count,
                "lots": lots,
                "least": [least or 1 for least in map(attrgetter("min_sublot"), operations)],
                "pause": _column(operations, "may_pause"),
                "family": _positions(operations, "family", self.families),
                "mass": mass,
            },
        )
        links, out = self._links(rows)
        owner = options.op
        pieces = rows.rest[owner]
        options["run"] = np.ceil(np.ceil(pieces / options.rate - 1e-9) * options.pace - 1e-9).astype(np.int64)
        return rows, links, out

    def _links(self, ops: Any) -> tuple[Any, Any]:
        by_before = attrgetter("before")
        sorted_by = (
            after if len(after) < 2 else sorted(after, key=by_before)
            for after in map(attrgetter("after"), self.operations)
        )
        linked = list(chain.from_iterable(sorted_by))
        before = _positions(linked, "before", self.op_at)
        after = np.repeat(np.arange(len(ops)), _sizes(self.operations, "after"))
        slots = ops.slots
        links = table(
            records.LINK,
            {
                "before": before,
                "after": after,
                "per": _column(linked, "per"),
                "batch": [batch or 0 for batch in map(attrgetter("batch"), linked)],
                "lag": _column(linked, "lag"),
                "mass": ops.mass[before],
                "feed0": _starts(slots[before] * slots[after])[0],
                "width": slots[after],
            },
        )
        out = table(records.OUT, {"link": np.argsort(before, kind="stable")})
        leaving = np.bincount(before, minlength=len(ops))
        ops["out0"], ops["out1"] = _starts(leaving)
        ops["last"] = leaving == 0
        return links, out

    def _cases(self, ops: Any) -> Any:
        problem, policy, weights = self.problem, self.problem.policy, self.problem.policy.weights
        op0, op1 = _starts(np.bincount(ops.case, minlength=len(self.cases)).tolist())
        most = policy.max_companies
        guarded = bool(policy.apart) or (most is not None and most < len(self.companies))
        return table(
            records.CASE,
            {
                "release": [case.release for case in self.cases],
                "due": [NEVER if case.due is None else case.due for case in self.cases],
                "late": [weights.tardiness * case.late_yen_per_minute for case in self.cases],
                "risk": [weights.risk * case.late_yen_per_minute for case in self.cases],
                "buffer": [case.buffer for case in self.cases],
                "site": [
                    -1 if case.deliver_to is None else self.site_at[problem.site[case.deliver_to].id]
                    for case in self.cases
                ],
                "op0": op0,
                "op1": op1,
                "guarded": [guarded or case.id in policy.one_company for case in self.cases],
                "single": [case.id in policy.one_company for case in self.cases],
            },
        )

    def _machines(self) -> tuple[Any, Any]:
        size = len(self.families)
        blocks: list[NDArray[np.int64]] = []
        setup0: list[int] = []
        for machine in self.machines:
            setup0.append(sum(len(block) for block in blocks) if machine.setups else -1)
            if machine.setups:
                block = np.full(size * size, -1, dtype=np.int64)
                for (before, after), minutes in machine.setups.items():
                    block[self.families[before] * size + self.families[after]] = minutes
                blocks.append(block)
        band0, band1 = _starts(len(machine.bands) for machine in self.machines)
        rows = table(
            records.MACHINE,
            {
                "hours": [self.hours(machine.calendar, None) for machine in self.machines],
                "site": [self.site_at[machine.site] for machine in self.machines],
                "company": self.machine_company,
                "band0": band0,
                "band1": band1,
                "setup0": setup0,
                "family": [self.families[machine.family] for machine in self.machines],
            },
        )
        return rows, table(records.SETUP, {"minutes": np.concatenate([*blocks, [0]])})

    def _room(self, options: Any, modes: Any, ops: Any) -> Any:
        """Room for the spans of each machine and person: bookings and all sub-lots that might ever be there."""
        size = len(self.machines)
        most = np.zeros(size + len(self.people) + 1, dtype=np.int64)
        most[1 : size + 1] = [len(machine.bookings) for machine in self.machines]
        # every free sub-lot of an operation is on another machine; its frozen ones are among the last modes
        # and each of those may cut a booking it stands in into two
        np.add.at(most, options.machine + 1, 1 + 2 * ops.frozen[options.op])
        attended = modes[modes.person >= 0]
        np.add.at(most, size + 1 + attended.person, 1 + ops.frozen[options.op[attended.option]])
        return table(records.ROOM, {"first": np.cumsum(most)})

    def _windows(self) -> tuple[Any, Any]:
        window0, window1 = _starts(len(windows) for windows in self.windows)
        flat = np.array([window for windows in self.windows for window in windows], dtype=np.int64).reshape(-1, 2)
        length = flat[:, 1] - flat[:, 0]
        before = np.cumsum(length) - length
        firsts = np.repeat(window0, window1 - window0)
        before -= before[firsts] if len(flat) else 0
        rows = table(records.WINDOW, {"start": flat[:, 0], "end": flat[:, 1], "before": before})
        return rows, table(records.HOURS, {"window0": window0, "window1": window1})

    def _companies(self) -> tuple[Any, Any]:
        policy = self.problem.policy
        apart: list[set[int]] = [set() for _ in self.companies]
        for one, other in policy.apart:
            apart[self.company_at[one]].add(self.company_at[other])
            apart[self.company_at[other]].add(self.company_at[one])
        apart0, apart1 = _starts(len(others) for others in apart)
        rows = table(
            records.COMPANY,
            {
                "may_lead": [self.problem.company[name].may_lead for name in self.companies],
                "entitled": [policy.entitlement.get(name, 0) for name in self.companies],
                "apart0": apart0,
                "apart1": apart1,
            },
        )
        return rows, table(records.APART, {"company": [other for others in apart for other in sorted(others)]})


def _mark_plain(rows: TableRows) -> None:
    """Mark the modes that are always open, attended by nobody, on a machine without bands and set-up table."""
    window0, machines = rows.hours.window0, rows.machines
    first = rows.windows[np.minimum(window0, len(rows.windows) - 1)]
    always = (window0 < rows.hours.window1) & (first.start == 0) & (first.end == rows.rules.horizon[0])
    simple = (machines.band0 == machines.band1) & (machines.setup0 < 0)
    rows.modes["plain"] = (
        always[rows.modes.hours] & (rows.modes.person < 0) & simple[rows.options.machine[rows.modes.option]]
    )


def _joined(windows: Iterable[Window]) -> Iterator[Window]:
    """The same minutes with touching windows made one."""
    last: Window | None = None
    for window in windows:
        if last is not None and last[1] == window[0]:
            last = (last[0], window[1])
            continue
        if last is not None:
            yield last
        last = window
    if last is not None:
        yield last


def _most_sublots(operation: Operation, rest: int, frozen: int, capable: int) -> int:
    """Most sub-lots into which the pieces of a divisible operation that are not frozen may be split."""
    if rest <= 0:
        return 0
    assert operation.min_sublot is not None
    return max(1, min(operation.max_sublots - frozen, rest // operation.min_sublot, capable))

"""What only shows when rows are seen together: doubles, unknown references, cycles, quantities, dates.

Rows may lack fields that could not be read; a check that needs such a field passes over the row, so that
one wrong cell is reported once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from zagumi.engine.clock import union
from zagumi.engine.read.case_workbook.book import LinkLine
from zagumi.engine.read.case_workbook.cells import fold
from zagumi.engine.read.case_workbook.findings import Findings, Places
from zagumi.engine.read.case_workbook.layout import (
    CASE,
    DEFAULT_MAX_SUBLOTS,
    HOLIDAYS,
    MACHINES,
    OPERATIONS,
    OPTIONS,
    PARTS,
    Sheet,
)

Row = dict[str, Any]
Rows = dict[str, list[Row]]


def judge(rows: Rows, places: Places, findings: Findings) -> None:
    """Check the rows against one another and give companies and machines one spelling throughout."""
    court = _Court(rows, places, findings)
    court.spell()
    court.doubles()
    court.dates()
    court.references()
    court.quantities()
    court.cycles()
    court.people_and_places()
    court.gaps()
    court.shifts()


def find_cycle(before: Mapping[int, Sequence[int]]) -> list[int] | None:
    """A cycle in operation number → predecessors, in the order of work, first number repeated; None without one."""
    done: set[int] = set()
    for root in sorted(before):
        path: list[int] = []
        on_path: set[int] = set()
        waiting: list[tuple[int, bool]] = [(root, True)]
        while waiting:
            number, is_entry = waiting.pop()
            if not is_entry:
                path.pop()
                on_path.discard(number)
                done.add(number)
            elif number in on_path:
                return [*path[path.index(number) :], number][::-1]
            elif number not in done:
                path.append(number)
                on_path.add(number)
                waiting.append((number, False))
                waiting.extend((other, True) for other in sorted(before.get(number, ()), reverse=True))
    return None


class _Court:
    def __init__(self, rows: Rows, places: Places, findings: Findings) -> None:
        self.rows, self.places, self.findings = rows, places, findings
        self.case: Row = (rows.get("case") or [{}])[0]
        self.parts = rows.get("parts", [])
        self.operations = rows.get("operations", [])
        self.machines = rows.get("machines", [])
        self.options = rows.get("options", [])
        self.holidays = rows.get("holidays", [])
        self.numbers = {row["number"]: row for row in self.operations if "number" in row}

    def _fault(
        self, sheet: Sheet, row: Row, key: str, given: object, expected: str, rule: str, **details: object
    ) -> None:
        self.findings.fault(self.places.of(sheet, row.get("row"), key), given, expected, rule, **details)

    def _notice(
        self, sheet: Sheet, row: Row, key: str, given: object, expected: str, rule: str, **details: object
    ) -> None:
        self.findings.notice(self.places.of(sheet, row.get("row"), key), given, expected, rule, **details)

    def spell(self) -> None:
        """Names that differ only in width, case or spaces are one name: the first spelling counts."""
        companies: dict[str, str] = {}
        machines: dict[tuple[str, str], str] = {}
        for row in [*self.machines, *self.options, *self.holidays]:
            if "company" in row:
                row["company"] = companies.setdefault(fold(row["company"]), row["company"])
            if "company" in row and "machine" in row:
                key = (row["company"], fold(row["machine"]))
                row["machine"] = machines.setdefault(key, row["machine"])
        if "lead" in self.case:
            self.case["lead"] = companies.get(fold(self.case["lead"]), self.case["lead"])

    def doubles(self) -> None:
        """Letters, numbers, machines, options and days stand once."""
        self._once(PARTS, self.parts, ("letter",), "letter")
        self._once(OPERATIONS, self.operations, ("number",), "number")
        self._once(MACHINES, self.machines, ("company", "machine"), "machine")
        self._once(OPTIONS, self.options, ("operation", "company", "machine"), "machine")
        for row in self.holidays:
            row.setdefault("company", "")
        self._once(HOLIDAYS, self.holidays, ("day", "company"), "day")

    def _once(self, sheet: Sheet, rows: list[Row], keys: tuple[str, ...], shown: str) -> None:
        first: dict[tuple[Any, ...], int] = {}
        for row in rows:
            if any(key not in row for key in keys):
                continue
            identity = tuple(row[key] for key in keys)
            if identity in first:
                given = " / ".join(str(value) for value in identity if value != "")
                self._fault(
                    sheet,
                    row,
                    shown,
                    given,
                    f"each once (it stands in row {first[identity]})",
                    "double",
                    first=first[identity],
                )
            else:
                first[identity] = row["row"]

    def dates(self) -> None:
        """The due date lies after the release; an answer is not due before the inquiry came."""
        release, due = self.case.get("release"), self.case.get("due")
        if release and due and due <= release:
            begin = f"{release:%Y/%m/%d %H:%M}"
            self._fault(CASE, self.case, "due", due, f"later than {begin}", "due_before_release", release=begin)
        received, answer = self.case.get("received_on"), self.case.get("answer_due")
        if received and answer and answer < received:
            expected = f"not before {received:%Y/%m/%d}"
            self._fault(
                CASE,
                self.case,
                "answer_due",
                answer,
                expected,
                "answer_before_received",
                received=f"{received:%Y/%m/%d}",
            )

    def references(self) -> None:
        """What a row points at stands on its sheet."""
        letters = {row["letter"] for row in self.parts if "letter" in row}
        for row in self.operations:
            if "part" in row and row["part"] not in letters and self._whole(self.parts, "letter"):
                self._unknown(OPERATIONS, row, "part", row["part"], PARTS)
            for link in row.get("before", ()):
                if link.before not in self.numbers and self._whole(self.operations, "number"):
                    self._unknown(OPERATIONS, row, "before", link.before, OPERATIONS)
        machines = {(row["company"], row["machine"]) for row in self.machines if "company" in row and "machine" in row}
        companies = {row["company"] for row in self.machines if "company" in row}
        for row in self.options:
            if "operation" in row and row["operation"] not in self.numbers and self._whole(self.operations, "number"):
                self._unknown(OPTIONS, row, "operation", row["operation"], OPERATIONS)
            if "company" not in row or not self._whole(self.machines, "company", "machine"):
                continue
            if row["company"] not in companies:
                self._unknown(OPTIONS, row, "company", row["company"], MACHINES)
            elif "machine" in row and (row["company"], row["machine"]) not in machines:
                self._unknown(OPTIONS, row, "machine", row["machine"], MACHINES)
        for row in self.holidays:
            if row.get("company") and row["company"] not in companies and self._whole(self.machines, "company"):
                self._unknown(HOLIDAYS, row, "company", row["company"], MACHINES)
        lead = self.case.get("lead")
        if lead and lead not in companies and self._whole(self.machines, "company"):
            self._unknown(CASE, self.case, "lead", lead, MACHINES)

    def _whole(self, rows: list[Row], *keys: str) -> bool:
        """Whether the rows pointed at are all known; else a reference may mean the unreadable one."""
        return bool(rows) and all(key in row for row in rows for key in keys)

    def _unknown(self, sheet: Sheet, row: Row, key: str, given: object, target: Sheet) -> None:
        name = self.places.names.get(target.key, target.name)
        self._fault(sheet, row, key, given, f"one that stands on sheet {name}", "unknown_reference", name=name)

    def quantities(self) -> None:
        """Enough pieces flow along every link, out of every part, and into every sub-lot and batch."""
        wanted = {row["letter"]: row for row in self.parts if "letter" in row and "quantity" in row}
        feeds = {(link.before, row.get("part")) for row in self.operations for link in row.get("before", ())}
        for row in self.operations:
            if "quantity" not in row:
                continue
            for link in row.get("before", ()):
                self._feed(row, link)
            part = wanted.get(row.get("part", ""))
            if part and (row.get("number"), row["part"]) not in feeds and row["quantity"] < part["quantity"]:
                self._fault(
                    OPERATIONS,
                    row,
                    "quantity",
                    row["quantity"],
                    f"{part['quantity']} or more: part {row['part']} needs them",
                    "too_few_for_part",
                    least=part["quantity"],
                    part=row["part"],
                )
            smallest = row.get("min_sublot")
            if smallest is not None and smallest > row["quantity"]:
                self._fault(
                    OPERATIONS,
                    row,
                    "min_sublot",
                    smallest,
                    f"at most {row['quantity']}",
                    "above_quantity",
                    most=row["quantity"],
                )
            if row.get("max_sublots", 1) > 1 and smallest is None and not self._is_unread(row, "min_sublot"):
                self._fault(
                    OPERATIONS,
                    row,
                    "max_sublots",
                    row["max_sublots"],
                    "a smallest sub-lot beside it",
                    "sublots_without_smallest",
                )

    def _is_unread(self, row: Row, key: str) -> bool:
        place = self.places.of(OPERATIONS, row["row"], key)
        return any((f.sheet, f.row, f.column) == (place.sheet, place.row, place.column) for f in self.findings.faults)

    def _feed(self, row: Row, link: LinkLine) -> None:
        before = self.numbers.get(link.before)
        if before is None or "quantity" not in before:
            return
        least = row["quantity"] * link.per
        if before["quantity"] < least:
            self._fault(
                OPERATIONS,
                row,
                "before",
                f"{link.before}: {before['quantity']}",
                f"{least} or more from operation {link.before}",
                "too_few_along_link",
                before=link.before,
                found=before["quantity"],
                least=least,
            )
        if link.batch is not None and link.batch > before["quantity"]:
            self._fault(
                OPERATIONS,
                row,
                "batch",
                link.batch,
                f"at most {before['quantity']}",
                "above_quantity",
                most=before["quantity"],
            )

    def cycles(self) -> None:
        """No operation is made from itself; the cycle is named."""
        before: dict[int, list[int]] = {}
        for number, row in self.numbers.items():
            befores = [link.before for link in row.get("before", ())]
            if len(set(befores)) != len(befores):
                self._fault(
                    OPERATIONS, row, "before", ", ".join(map(str, befores)), "each predecessor once", "doubled_link"
                )
            before[number] = befores
        cycle = find_cycle(before)
        if cycle is not None:
            text = " → ".join(map(str, cycle))
            row = self.numbers[cycle[0]]
            self._fault(OPERATIONS, row, "before", text, "steps without a cycle", "cycle", cycle=text)

    def people_and_places(self) -> None:
        """One site of one company has one place; a working day off the calendar has its hours."""
        first: dict[tuple[str, str], Row] = {}
        for row in self.machines:
            if "company" not in row:
                continue
            site = first.setdefault((row["company"], fold(row.get("site", ""))), row)
            for key in ("latitude", "longitude"):
                if key in row and key in site and row[key] != site[key]:
                    self._fault(
                        MACHINES,
                        row,
                        key,
                        row[key],
                        f"{site[key]}, as in row {site['row']}",
                        "moved_site",
                        first=site[key],
                        at=site["row"],
                    )
        for row in self.holidays:
            if row.get("kind") == "open" and not row.get("hours") and "day" in row:
                self._fault(HOLIDAYS, row, "hours", "", "hours of the working day, e.g. 8:00-12:00", "hours")
        has_latitude = "deliver_latitude" in self.case
        if has_latitude != ("deliver_longitude" in self.case) and not self.findings.faults:
            key = "deliver_longitude" if has_latitude else "deliver_latitude"
            self._fault(CASE, self.case, key, "", "latitude and longitude together", "half_a_place")

    def gaps(self) -> None:
        """Worth knowing: steps nobody can do, machines of another kind, prices that stay at nothing."""
        doers = {row["operation"] for row in self.options if "operation" in row}
        if self._whole(self.options, "operation") or not self.options:
            for number, row in self.numbers.items():
                if number not in doers:
                    self._notice(OPERATIONS, row, "number", number, "a company on the sheet of options", "nobody_can")
        named = {"company", "machine", "process"}
        process = {(row["company"], row["machine"]): row["process"] for row in self.machines if named <= row.keys()}
        for row in self.options:
            operation = self.numbers.get(row.get("operation", 0))
            if operation is None or not {"company", "machine"} <= row.keys() or "process" not in operation:
                continue
            known = process.get((row["company"], row["machine"]))
            if known is not None and fold(known) != fold(operation["process"]):
                self._notice(
                    OPTIONS,
                    row,
                    "machine",
                    f"{row['machine']}: {known}",
                    f"a machine for {operation['process']}",
                    "other_process",
                    known=known,
                    process=operation["process"],
                )

    def shifts(self) -> None:
        """Work that may not stop over night or lunch has to fit into one stretch of a machine that can do it."""
        stretches = {
            (row["company"], row["machine"]): max((end - start for start, end in union(row["shifts"])), default=0)
            for row in self.machines
            if {"company", "machine", "shifts"} <= row.keys()
        }
        needs: dict[int, list[tuple[int, int]]] = {}
        for row in self.options:
            stretch = stretches.get((row.get("company", ""), row.get("machine", "")))
            operation = self.numbers.get(row.get("operation", 0))
            if stretch is None or operation is None or not row.keys() >= _TIMES or "quantity" not in operation:
                needs.setdefault(row.get("operation", 0), []).append((0, 0))  # unreadable: give it the doubt
            else:
                needs.setdefault(operation["number"], []).append((_least_minutes(operation, row), stretch))
        for number, found in needs.items():
            row = self.numbers.get(number, {})
            if row.get("may_pause", True) or any(need <= stretch for need, stretch in found):
                continue
            need, stretch = min(found, key=lambda pair: pair[0] - pair[1])
            self._notice(
                OPERATIONS,
                row,
                "may_pause",
                f"{need} min",
                f"at most {stretch} min in one stretch",
                "never_fits",
                need=need,
                stretch=stretch,
            )


_TIMES = {"setup_minutes", "minutes_per_piece"}


def _least_minutes(operation: Row, option: Row) -> int:
    """Minutes of the smallest sub-lots into which the step may be cut, on this machine."""
    most = operation.get("max_sublots", DEFAULT_MAX_SUBLOTS) if "min_sublot" in operation else 1
    pieces = max(operation.get("min_sublot", 1), -(-operation["quantity"] // most))
    worked = math.ceil(pieces / option.get("good_rate", 100) * 100)
    minutes: Decimal = option["setup_minutes"] + worked * option["minutes_per_piece"]
    return math.ceil(minutes)

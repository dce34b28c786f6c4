"""Places in a workbook, and the faults and notices collected while it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from openpyxl.utils import get_column_letter

from zagumi.engine.read.case_workbook.book import Fault
from zagumi.engine.read.case_workbook.cells import plain
from zagumi.engine.read.case_workbook.layout import MAX_FAULTS, Column, Sheet


@dataclass(frozen=True)
class Head:
    """Where a column of the layout stands (its row on a vertical sheet), and the factor of its heading's unit."""

    column: Column
    at: int
    title: str
    factor: Decimal


@dataclass(frozen=True)
class Place:
    """Where in the workbook: sheet, row, column letter and its heading."""

    sheet: str
    row: int | None = None
    column: str = ""
    header: str = ""


@dataclass
class Findings:
    """Faults stop the import, notices are worth knowing; both capped, so that a wrong file gets a short answer."""

    faults: list[Fault] = field(default_factory=list)
    notices: list[Fault] = field(default_factory=list)

    def fault(self, place: Place, given: object, expected: str, rule: str, **details: object) -> None:
        """Something that stops the import."""
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(_fault(place, given, expected, rule, details))

    def notice(self, place: Place, given: object, expected: str, rule: str, **details: object) -> None:
        """Something a person should know, which stops nothing."""
        if len(self.notices) < MAX_FAULTS:
            self.notices.append(_fault(place, given, expected, rule, details))


def _fault(place: Place, given: object, expected: str, rule: str, details: Mapping[str, object]) -> Fault:
    words = {key: str(value) for key, value in details.items()}
    return Fault(place.sheet, place.row, place.column, place.header, plain(given)[:200], expected, rule, words)


@dataclass
class Places:
    """Where each sheet and each of its columns stands, for faults found after reading."""

    names: dict[str, str] = field(default_factory=dict)
    heads: dict[str, dict[str, Head]] = field(default_factory=dict)
    heading_rows: dict[str, int] = field(default_factory=dict)  # by sheet name; 0 on a vertical sheet

    def of(self, sheet: Sheet, row: int | None, key: str = "") -> Place:
        """The place of field ``key`` of a row."""
        name = self.names.get(sheet.key, sheet.name)
        head = self.heads.get(sheet.key, {}).get(key)
        if head is None:
            title = next((column.title for column in sheet.columns if column.key == key), "")
            return Place(name, None if sheet.vertical else row, "", title)
        if sheet.vertical:
            return Place(name, head.at, "B", head.title)
        return Place(name, row, get_column_letter(head.at), head.title)

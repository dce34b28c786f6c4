"""From raw cells to a book: find the sheets and headings, read every cell, say every fault."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from openpyxl.utils import get_column_letter

from zagumi.engine.read.case_workbook.book import (
    CaseBook,
    CaseLine,
    Fault,
    HolidayLine,
    LinkLine,
    MachineLine,
    OperationLine,
    OptionLine,
    PartLine,
)
from zagumi.engine.read.case_workbook.cells import Unreadable, fold, is_blank, read_cell
from zagumi.engine.read.case_workbook.findings import Findings, Head, Place, Places
from zagumi.engine.read.case_workbook.grid import Grid, NotAWorkbook, read_grids
from zagumi.engine.read.case_workbook.judging import Rows, judge
from zagumi.engine.read.case_workbook.layout import (
    DEFAULT_MAX_SUBLOTS,
    DITTO,
    HEADER_ROWS,
    MAX_ROWS,
    SHEETS,
    Column,
    Sheet,
)

_HEADING = re.compile(r"^(?P<name>.+?)[(\[<{【](?P<unit>[^)\]>}】]*)[)\]>}】]$")
_REMARKS = ("必須", "任意")
_DITTO = {unicodedata.normalize("NFKC", mark) for mark in DITTO}


@dataclass(frozen=True)
class Reading:
    """What came of reading.

    Attributes:
        book: what the workbook says; None when there is a fault.
        faults: everything wrong, in the order of sheets, rows and columns (at most MAX_FAULTS).
        notices: worth knowing; they stop nothing.
        counts: filled rows by sheet key.
        places: where sheets and columns stand, to name places of faults that are found later.
    """

    book: CaseBook | None
    faults: tuple[Fault, ...] = ()
    notices: tuple[Fault, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    places: Places = field(default_factory=Places)


def read_book(source: Path | BinaryIO | bytes) -> Reading:
    """Read a case workbook.

    Args:
        source: path, open binary file, or the bytes of an ``.xlsx`` file.

    Returns:
        the book when nothing is wrong, else every fault by sheet, row and column (at most MAX_FAULTS).
    """
    try:
        grids = read_grids(source)
    except NotAWorkbook as refused:
        return Reading(None, (refused.fault,))
    findings, places = Findings(), Places()
    found = _find_sheets(grids, findings, places)
    rows: Rows = {
        sheet.key: list(_rows(sheet, found[sheet.key], findings, places)) for sheet in SHEETS if sheet.key in found
    }
    for line in rows.get("operations", []):
        _gather_links(line, places, findings)
    judge(rows, places, findings)
    counts = {key: len(lines) for key, lines in rows.items()}
    faults = tuple(sorted(findings.faults, key=_order(places)))
    return Reading(None if faults else _book(rows), faults, tuple(findings.notices), counts, places)


def _order(places: Places) -> Callable[[Fault], tuple[int, int, int, str]]:
    names = [places.names.get(sheet.key, sheet.name) for sheet in SHEETS]

    def key(fault: Fault) -> tuple[int, int, int, str]:
        sheet = names.index(fault.sheet) if fault.sheet in names else -1
        return sheet, fault.row or 0, len(fault.column), fault.column

    return key


def _find_sheets(grids: list[Grid], findings: Findings, places: Places) -> dict[str, Grid]:
    known = {fold(word): sheet for sheet in SHEETS for word in (sheet.name, sheet.english, sheet.key, *sheet.aliases)}
    found: dict[str, Grid] = {}
    for grid in grids:
        sheet = known.get(fold(grid.name))
        if sheet is None:
            findings.notice(Place(grid.name), grid.name, "one of the sheets of the template", "unknown_sheet")
        elif sheet.key in found:
            findings.fault(
                Place(grid.name), grid.name, f"one sheet {sheet.name} only", "doubled_sheet", name=sheet.name
            )
        else:
            found[sheet.key] = grid
            places.names[sheet.key] = grid.name
    for sheet in SHEETS:
        if sheet.required and sheet.key not in found:
            names = ", ".join(grid.name for grid in grids)
            findings.fault(Place(sheet.name), names, f"a sheet named {sheet.name}", "missing_sheet", name=sheet.name)
    return found


def _columns_by_heading(sheet: Sheet) -> dict[str, Column]:
    return {
        fold(word): column
        for column in reversed(sheet.columns)
        for word in (column.key, *column.aliases, column.english, column.header)
    }


def _heading(text: str, columns: Mapping[str, Column]) -> tuple[Column | None, str]:
    """The column a heading names, and the unit written in it."""
    clean = re.sub(r"[\s*＊※]+", "", unicodedata.normalize("NFKC", text))
    whole = columns.get(fold(clean))
    if whole is not None:
        return whole, ""
    found = _HEADING.match(clean)
    return (columns.get(fold(found["name"])), found["unit"].casefold()) if found else (None, "")


def _take_head(
    columns: Mapping[str, Column], heads: dict[str, Head], findings: Findings, place: Place, *, at: int
) -> None:
    """Note the column that a heading names; say so when it is unknown, doubled or in an unknown unit."""
    known, unit = _heading(place.header, columns)
    if known is None:
        findings.notice(place, place.header, "a heading of the template", "unknown_column")
        return
    if known.key in heads:
        findings.fault(place, place.header, f"the column {known.title} once", "doubled_column", name=known.title)
        return
    factor = Decimal(1)
    if unit in known.units:
        factor = known.units[unit]
    elif unit and unit not in _REMARKS and known.units:
        accepted = "、".join(known.units)
        findings.fault(place, place.header, f"one of the units {accepted}", "unknown_unit", accepted=accepted)
    heads[known.key] = Head(known, at, place.header, factor)


def _heads(sheet: Sheet, grid: Grid, findings: Findings) -> tuple[dict[str, Head], int]:
    """The columns of a sheet and its heading row: of the first rows, the one that names most columns."""
    columns = _columns_by_heading(sheet)
    best: dict[str, Head] = {}
    best_row, best_findings = 1, Findings()
    for row in range(1, min(HEADER_ROWS, len(grid.rows)) + 1):
        heads: dict[str, Head] = {}
        trial = Findings()
        for at, cell in enumerate(grid.rows[row - 1], start=1):
            if isinstance(cell.value, str) and cell.value.strip():
                place = Place(grid.name, row, get_column_letter(at), cell.value.strip())
                _take_head(columns, heads, trial, place, at=at)
        if len(heads) > len(best):
            best, best_row, best_findings = heads, row, trial
    findings.faults.extend(best_findings.faults)
    findings.notices.extend(best_findings.notices)
    return best, best_row


def _rows(sheet: Sheet, grid: Grid, findings: Findings, places: Places) -> Iterator[dict[str, Any]]:
    """Each filled row of a sheet as field → value, with its ``row``; unreadable and empty fields are left out."""
    if grid.is_cut:
        place = Place(grid.name)
        findings.fault(place, f"more than {MAX_ROWS} rows", f"at most {MAX_ROWS} rows", "too_many_rows", limit=MAX_ROWS)
        return
    if sheet.vertical:
        yield _vertical(sheet, grid, findings, places)
        return
    heads, heading_row = _heads(sheet, grid, findings)
    places.heads[sheet.key] = heads
    places.heading_rows[grid.name] = heading_row
    missing = [column for column in sheet.columns if column.required and column.key not in heads]
    for column in missing:
        given = ", ".join(head.title for head in heads.values())
        findings.fault(
            Place(grid.name, heading_row), given, f"a column {column.title}", "missing_column", name=column.title
        )
    if missing:
        return
    count = 0
    for row in range(heading_row + 1, len(grid.rows) + 1):
        places_of_row = [(row, head.at) for head in heads.values()]
        if all(is_blank(grid.cell(*at).value) and at not in grid.unsaved_formulas for at in places_of_row):
            continue
        count += 1
        values: dict[str, Any] = {"row": row}
        for head in heads.values():
            place = Place(grid.name, row, get_column_letter(head.at), head.title)
            _take(values, head, grid, (row, head.at), place, findings)
        yield values
    if not count and sheet.key in ("parts", "operations"):
        findings.fault(Place(grid.name), "no row", "at least one row", "no_rows")


def _take(
    values: dict[str, Any], head: Head, grid: Grid, at: tuple[int, int], place: Place, findings: Findings
) -> None:
    """Read one cell into ``values``; a field that is empty or unreadable is left out."""
    cell = grid.cell(*at)
    above = at[0]
    while isinstance(cell.value, str) and unicodedata.normalize("NFKC", cell.value).strip() in _DITTO and above > 1:
        above -= 1
        cell = grid.cell(above, at[1])
    column = head.column
    if at in grid.unsaved_formulas:
        findings.fault(place, "a formula without a stored result", "a value", "unsaved_formula")
    elif cell.is_error:
        findings.fault(place, cell.value, "a value, not an error", "formula_error")
    elif cell.value is None or (is_blank(cell.value) and column.kind != "yes"):
        if column.required:
            findings.fault(place, "", "something to be filled in", "required")
    else:
        try:
            values[column.key] = read_cell(cell.value, column, factor=head.factor, is_percent=cell.is_percent)
        except Unreadable as refused:
            findings.fault(place, cell.value, refused.expected, refused.rule, **refused.details)


def _vertical(sheet: Sheet, grid: Grid, findings: Findings, places: Places) -> dict[str, Any]:
    """The one record of a sheet with a field on each line: heading in column A, value in column B."""
    columns = _columns_by_heading(sheet)
    heads: dict[str, Head] = {}
    for row in range(1, len(grid.rows) + 1):
        text = grid.cell(row, 1).value
        if not isinstance(text, str) or is_blank(text):
            continue
        is_remark = _heading(text, columns)[0] is None and is_blank(grid.cell(row, 2).value)
        if not is_remark and fold(text) != "項目":
            _take_head(columns, heads, findings, Place(grid.name, row, "A", text.strip()), at=row)
    places.heads[sheet.key] = heads
    values: dict[str, Any] = {"row": 0}
    for column in sheet.columns:
        head = heads.get(column.key)
        if head is not None:
            _take(values, head, grid, (head.at, 2), Place(grid.name, head.at, "B", head.title), findings)
        elif column.required:
            findings.fault(Place(grid.name), "", f"a line {column.title}", "missing_column", name=column.title)
    return values


def _gather_links(values: dict[str, Any], places: Places, findings: Findings) -> None:
    """Join predecessors with their batches and lags: one figure for all, or one for each in the same order."""
    links: tuple[LinkLine, ...] = values.get("before", ())
    figures: dict[str, tuple[int | None, ...]] = {}
    for key in ("batch", "lag_minutes"):
        given: tuple[int | None, ...] = values.pop(key, None) or (None,)
        if len(given) not in (1, len(links)) or (links == () and given != (None,)):
            place = places.of(SHEETS[2], values["row"], key)
            text = ", ".join("-" if figure is None else str(figure) for figure in given)
            findings.fault(place, text, "one figure, or one for each predecessor", "figures", count=len(links))
            given = (None,)
        figures[key] = given * len(links) if len(given) == 1 else given
    values["before"] = tuple(
        LinkLine(link.before, link.per, figures["batch"][at], figures["lag_minutes"][at] or 0)
        for at, link in enumerate(links)
    )


def _operation(values: dict[str, Any]) -> OperationLine:
    if "min_sublot" in values and "max_sublots" not in values:
        values = {**values, "max_sublots": min(DEFAULT_MAX_SUBLOTS, values["quantity"] // values["min_sublot"])}
    return OperationLine(**values)


def _part(values: dict[str, Any]) -> PartLine:
    return PartLine(**{**values, "mass_g": round(values.get("mass_g", 0))})


def _book(rows: Rows) -> CaseBook:
    return CaseBook(
        case=CaseLine(**rows["case"][0]),
        parts=tuple(_part(values) for values in rows["parts"]),
        operations=tuple(_operation(values) for values in rows["operations"]),
        machines=tuple(MachineLine(**values) for values in rows["machines"]),
        options=tuple(OptionLine(**values) for values in rows["options"]),
        holidays=tuple(HolidayLine(**values) for values in rows.get("holidays", ())),
    )

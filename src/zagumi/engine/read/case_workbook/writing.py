"""A book written as a workbook in the layout the reader reads: what is exported can be imported again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from zagumi.engine.read.case_workbook.book import CaseBook, LinkLine
from zagumi.engine.read.case_workbook.cells import write_hours, write_shifts
from zagumi.engine.read.case_workbook.layout import CASE, SHEETS, Column, Sheet

_FONT = "Meiryo"
_TITLE = Font(name=_FONT, size=14, bold=True, color="0017C1")
_PLAIN = Font(name=_FONT, size=11)
_BOLD = Font(name=_FONT, size=11, bold=True)
_NOTE = Font(name=_FONT, size=10, color="4D4D4D")
_HEAD = PatternFill("solid", start_color="D9E6FF")
_REQUIRED = PatternFill("solid", start_color="FFF0B3")
_LINE = Side(style="thin", color="B3B3B3")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_FIRST_ROW = 4  # heading row of the tables, below title and note
_EMPTY_ROWS = 5  # boxed lines left for what is still to be written in


def write_book(book: CaseBook | None) -> bytes:
    """The bytes of an ``.xlsx`` workbook holding the book; without a book the empty template."""
    workbook = Workbook()
    workbook.remove(workbook.active)  # type: ignore[arg-type]
    workbook.calculation.fullCalcOnLoad = False
    for sheet in SHEETS:
        page = workbook.create_sheet(sheet.name)
        page.sheet_view.showGridLines = False
        page["A1"], page["A1"].font = sheet.name, _TITLE
        page["A2"], page["A2"].font = sheet.note, _NOTE
        records = [] if book is None else ([book.case] if sheet is CASE else getattr(book, sheet.key))
        values = [_cells(sheet, record) for record in records]
        if sheet.vertical:
            _write_lines(page, sheet, values[0] if values else {})
        else:
            _write_table(page, sheet, values)
        page.page_setup.orientation = "landscape"
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
        page.sheet_properties.pageSetUpPr.fitToPage = True
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def _links(links: Sequence[LinkLine]) -> dict[str, Any]:
    """Predecessors, batches and lags as text; one figure when all links share it."""

    def figures(values: list[int | None], nothing: int | None) -> Any:
        if all(value == nothing for value in values):
            return None
        if len(set(values)) == 1:
            return values[0]
        return "、".join("-" if value is None else str(value) for value in values)

    before = "、".join(f"{link.before}×{link.per}" if link.per > 1 else str(link.before) for link in links)
    return {
        "before": before or None,
        "batch": figures([link.batch for link in links], None),
        "lag_minutes": figures([link.lag_minutes for link in links], 0),
    }


def _cells(sheet: Sheet, record: Any) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    if sheet.key == "operations":
        cells.update(_links(record.before))
    for column in sheet.columns:
        if column.key not in cells:
            cells[column.key] = _cell(column, getattr(record, column.key))
    if sheet.key == "operations" and record.min_sublot is None:
        cells["max_sublots"] = None
    return cells


def _choice(column: Column, value: str) -> str:
    return column.choices[value][0].upper() if value in ("fax", "api") else column.choices[value][0]


_WRITERS: Mapping[str, Callable[[Column, Any], Any]] = {
    "yes": lambda _column, value: "○" if value else "×",
    "choice": _choice,
    "shifts": lambda _column, value: write_shifts(value),
    "hours": lambda _column, value: write_hours(value) or None,
}


def _cell(column: Column, value: Any) -> Any:
    if column.kind in _WRITERS:
        return _WRITERS[column.kind](column, value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, str):
        return value or None
    return value


def _write_lines(page: Worksheet, sheet: Sheet, values: Mapping[str, Any]) -> None:
    for letter, width in zip("ABC", (24, 44, 60), strict=True):
        page.column_dimensions[letter].width = width
    for at, title in enumerate(("項目", "内容", "説明"), start=1):
        _head(page, _FIRST_ROW, at, title)
    for row, column in enumerate(sheet.columns, start=_FIRST_ROW + 1):
        name = page.cell(row, 1, column.title)
        name.font, name.border = (_BOLD if column.required else _PLAIN), _BOX
        cell = page.cell(row, 2)
        _fill(cell, column, values.get(column.key))
        if column.required:
            cell.fill = _REQUIRED
        note = page.cell(row, 3, column.note or None)
        note.font, note.border, note.alignment = _NOTE, _BOX, Alignment(wrap_text=True, vertical="center")
        _offer(page, column, f"B{row}")
    page.freeze_panes = f"B{_FIRST_ROW + 1}"


def _write_table(page: Worksheet, sheet: Sheet, rows: Sequence[Mapping[str, Any]]) -> None:
    last = _FIRST_ROW + len(rows) + _EMPTY_ROWS
    for at, column in enumerate(sheet.columns, start=1):
        head = _head(page, _FIRST_ROW, at, column.title)
        if column.required:
            head.fill = _REQUIRED
        if column.note:
            head.comment = Comment(column.note, "Zagumi", height=90, width=260)
        letter = get_column_letter(at)
        page.column_dimensions[letter].width = column.width
        for row in range(_FIRST_ROW + 1, last + 1):
            index = row - _FIRST_ROW - 1
            _fill(page.cell(row, at), column, rows[index].get(column.key) if index < len(rows) else None)
        _offer(page, column, f"{letter}{_FIRST_ROW + 1}:{letter}{last}")
    page.row_dimensions[_FIRST_ROW].height = 32
    page.freeze_panes = f"B{_FIRST_ROW + 1}"
    page.auto_filter.ref = f"A{_FIRST_ROW}:{get_column_letter(len(sheet.columns))}{max(last, _FIRST_ROW + 1)}"
    page.print_title_rows = f"{_FIRST_ROW}:{_FIRST_ROW}"


def _head(page: Worksheet, row: int, at: int, title: str) -> Any:
    cell = page.cell(row, at, title)
    cell.font, cell.fill, cell.border = _BOLD, _HEAD, _BOX
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    return cell


def _fill(cell: Any, column: Column, value: Any) -> None:
    cell.font, cell.border = _PLAIN, _BOX
    is_number = column.kind in ("whole", "decimal", "wholes")
    is_wrapped = column.width > 20 or column.length > 500
    side = "right" if is_number else "left"
    cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=is_wrapped)
    if column.kind in ("text", "name", "letter", "links", "shifts", "hours"):
        cell.number_format = "@"  # a drawing number keeps its leading zeros
    elif isinstance(value, datetime):
        cell.number_format = "yyyy/mm/dd hh:mm"
    elif isinstance(value, date):
        cell.number_format = "yyyy/mm/dd"
    elif is_number and column.unit == "円":
        cell.number_format = "#,##0"
    elif column.kind == "whole":
        cell.number_format = "#,##0" if column.key != "number" and column.key != "operation" else "0"
    if value is not None:
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"  # a text that begins with = stays a text


def _offer(page: Worksheet, column: Column, cells: str) -> None:
    words: Iterable[str] = ()
    if column.kind == "yes":
        words = ("○", "×")
    elif column.kind == "choice":
        words = (_choice(column, key) for key in column.choices)
    listed = ",".join(words)
    if listed:
        offer = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
        offer.add(cells)
        page.add_data_validation(offer)

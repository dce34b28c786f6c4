"""An uploaded workbook for the eye: its sheets with the faulty cells marked, on the page and as a file."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO

from openpyxl import load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

from zagumi.engine.read.case_workbook import Fault, Places
from zagumi.engine.read.case_workbook.cells import plain
from zagumi.engine.read.case_workbook.grid import EMPTY, Grid, NotAWorkbook, read_grids
from zagumi.platform.cases.wording import expected

_RED = PatternFill("solid", start_color="FFDADA")
COLUMNS_SHOWN = 14
ROWS_SHOWN = 80


@dataclass(frozen=True)
class SheetCell:
    """A cell as it stands in the file; ``fault`` says what was expected instead."""

    text: str
    fault: str = ""


@dataclass(frozen=True)
class SheetRow:
    """A row of a sheet; ``skipped`` rows stand together as (first, last) without cells."""

    number: int
    cells: tuple[SheetCell, ...] = ()
    skipped_to: int = 0


@dataclass(frozen=True)
class SheetView:
    """A sheet: its letters and the rows worth looking at."""

    name: str
    letters: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    faults: int


def sheet_views(data: bytes, faults: Iterable[Fault], places: Places) -> list[SheetView]:
    """Sheets that have a fault, with the heading, the faulty rows and the rows around them."""
    by_sheet: dict[str, list[Fault]] = defaultdict(list)
    for fault in faults:
        by_sheet[fault.sheet].append(fault)
    try:
        grids = read_grids(data)
    except NotAWorkbook:
        return []
    return [
        _view(grid, by_sheet[grid.name], places.heading_rows.get(grid.name, 0))
        for grid in grids
        if by_sheet.get(grid.name)
    ]


def _view(grid: Grid, faults: list[Fault], heading: int) -> SheetView:
    marked = {(fault.row, fault.column): expected(fault) for fault in faults if fault.row}
    filled = [
        at for row in grid.rows[max(0, heading - 1) :] for at, cell in enumerate(row, start=1) if cell is not EMPTY
    ]
    width = min(COLUMNS_SHOWN, max(filled, default=0))
    shown = {at for row, _column in marked for at in (row - 1, row, row + 1) if row and at > heading} | {heading}
    rows: list[SheetRow] = []
    for number in range(max(1, heading), len(grid.rows) + 1):
        if number in shown and len(rows) < ROWS_SHOWN:
            cells = tuple(
                SheetCell(
                    plain(grid.cell(number, at).value)[:80],
                    marked.get((number, get_column_letter(at)), ""),
                )
                for at in range(1, width + 1)
            )
            rows.append(SheetRow(number, cells))
        elif rows and rows[-1].skipped_to:
            rows[-1] = SheetRow(rows[-1].number, (), number)
        else:
            rows.append(SheetRow(number, (), number))
    letters = tuple(get_column_letter(at) for at in range(1, width + 1))
    return SheetView(grid.name, letters, tuple(rows), len(faults))


def marked_copy(data: bytes, faults: Iterable[Fault]) -> bytes:
    """The same workbook with every faulty cell red and what was expected as its comment."""
    workbook = load_workbook(BytesIO(data))
    for fault in faults:
        if fault.sheet not in workbook.sheetnames or not fault.row:
            continue
        cell = workbook[fault.sheet][f"{fault.column or 'A'}{fault.row}"]
        if isinstance(cell, MergedCell):
            continue
        cell.fill = _RED
        said = f"{fault.header}: {expected(fault)}".strip(": ")
        cell.comment = Comment(f"{cell.comment.text}\n{said}" if cell.comment else said, "Zagumi", height=90, width=280)
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()

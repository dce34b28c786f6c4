"""Raw cells of an ``.xlsx`` file, streamed, with guards against files that are too large or not what they claim.

Merged cells count as filled everywhere with the value of their first cell, and formulas whose result the
file does not hold are remembered, so that they are reported instead of read as empty.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from warnings import catch_warnings, simplefilter
from xml.etree import ElementTree

from openpyxl import load_workbook
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries

from zagumi.engine.read.case_workbook.book import Fault
from zagumi.engine.read.case_workbook.layout import (
    MAX_BYTES,
    MAX_COLUMNS,
    MAX_RATIO,
    MAX_ROWS,
    MAX_SHEETS,
    MAX_UNPACKED_BYTES,
)

_NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class NotAWorkbook(ValueError):
    """The file as a whole cannot be read; ``fault`` says why."""

    def __init__(self, given: str, expected: str, rule: str, **details: object) -> None:
        self.fault = Fault("", None, "", "", given, expected, rule, {k: str(v) for k, v in details.items()})
        super().__init__(str(self.fault))


@dataclass(frozen=True)
class RawCell:
    """A cell's value; ``is_percent`` when it is shown as a percentage (0.98 for 98 %)."""

    value: Any
    is_percent: bool = False
    is_error: bool = False


EMPTY = RawCell(None)


@dataclass
class Grid:
    """One sheet: rows from 1, columns from 1."""

    name: str
    rows: list[list[RawCell]] = field(default_factory=list)
    unsaved_formulas: set[tuple[int, int]] = field(default_factory=set)
    is_cut: bool = False

    def cell(self, row: int, column: int) -> RawCell:
        """The cell at a place; empty when the sheet does not reach it."""
        if row > len(self.rows) or column > len(self.rows[row - 1]):
            return EMPTY
        return self.rows[row - 1][column - 1]


def read_grids(source: Path | BinaryIO | bytes) -> list[Grid]:
    """Every visible or hidden sheet of the workbook, in order.

    Raises:
        NotAWorkbook: no ``.xlsx`` file, encrypted, damaged, or larger than the limits of the layout.
    """
    data = _bytes(source)
    with _archive(data) as archive:
        paths = _guard(archive)
        extras = {name: _extras(archive, path) for name, path in paths.items()}
    try:
        with catch_warnings():
            simplefilter("ignore")  # openpyxl warns of styles and validations it drops: they hold no data
            book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
            try:
                return [_grid(sheet, *extras.get(sheet.title, ([], set()))) for sheet in book.worksheets]
            finally:
                book.close()
    except Exception as broken:  # openpyxl raises whatever its parsers raise on a damaged file
        raise NotAWorkbook("a damaged file", "an Excel workbook (.xlsx)", "damaged") from broken


def _bytes(source: Path | BinaryIO | bytes) -> bytes:
    if isinstance(source, bytes):
        data = source
    elif isinstance(source, Path):
        with source.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    else:
        data = source.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise NotAWorkbook(
            f"more than {MAX_BYTES // 1_000_000} MB",
            f"at most {MAX_BYTES // 1_000_000} MB",
            "too_large",
            limit=MAX_BYTES // 1_000_000,
        )
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise NotAWorkbook("an old .xls or a file with a password", "an Excel workbook (.xlsx)", "old_or_locked")
    return data


@contextmanager
def _archive(data: bytes) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            yield archive
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, EOFError) as broken:
        raise NotAWorkbook("another kind of file", "an Excel workbook (.xlsx)", "not_xlsx") from broken


def _guard(archive: zipfile.ZipFile) -> dict[str, str]:
    """Refuse zip bombs and document type definitions; answer sheet name → path inside the archive."""
    unpacked = sum(info.file_size for info in archive.infolist())
    packed = max(1, sum(info.compress_size for info in archive.infolist()))
    if unpacked > MAX_UNPACKED_BYTES or unpacked / packed > MAX_RATIO:
        raise NotAWorkbook(f"{unpacked:,} bytes unpacked", "a workbook of ordinary size", "zip_bomb")
    for info in archive.infolist():
        if info.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.open(info).read(2048):
            raise NotAWorkbook("a document type definition", "an Excel workbook (.xlsx)", "not_xlsx")
    relations = {
        node.get("Id"): node.get("Target", "")
        for node in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    sheets = list(ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(f"{_NAMESPACE}sheet"))
    if len(sheets) > MAX_SHEETS:
        raise NotAWorkbook(f"{len(sheets)} sheets", f"at most {MAX_SHEETS} sheets", "too_many_sheets", limit=MAX_SHEETS)
    paths = {}
    for node in sheets:
        target = next((value for key, value in node.attrib.items() if key.endswith("}id")), "")
        path = relations.get(target, "")
        paths[node.get("name", "")] = path.lstrip("/") if path.startswith("/") else f"xl/{path}"
    return paths


_Extras = tuple[list[tuple[int, int, int, int]], set[tuple[int, int]]]


def _extras(archive: zipfile.ZipFile, path: str) -> _Extras:
    """What the streaming reader does not tell: merged ranges, and formulas without a stored result."""
    merged: list[tuple[int, int, int, int]] = []
    unsaved: set[tuple[int, int]] = set()
    if path not in archive.namelist():
        return merged, unsaved
    with archive.open(path) as file:
        for _event, node in ElementTree.iterparse(file):
            if node.tag == f"{_NAMESPACE}mergeCell":
                bounds = range_boundaries(node.get("ref", "A1"))
                if all(isinstance(bound, int) for bound in bounds):
                    merged.append(bounds)  # type: ignore[arg-type]
            elif node.tag == f"{_NAMESPACE}c":
                result = node.find(f"{_NAMESPACE}v")
                if node.find(f"{_NAMESPACE}f") is not None and (result is None or not result.text):
                    unsaved.add(coordinate_to_tuple(node.get("r", "A1")))
            elif node.tag == f"{_NAMESPACE}row":
                node.clear()
    return merged, unsaved


_QUOTED = re.compile(r'"[^"]*"|\\.')


def _grid(sheet: Any, merged: list[tuple[int, int, int, int]], unsaved: set[tuple[int, int]]) -> Grid:
    grid = Grid(sheet.title, unsaved_formulas=unsaved)
    for count, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
        if count > MAX_ROWS:
            grid.is_cut = True
            break
        cells = []
        for cell in row:
            if cell.value is None:
                cells.append(EMPTY)
                continue
            shown = _QUOTED.sub("", getattr(cell, "number_format", "") or "")
            cells.append(RawCell(cell.value, "%" in shown, cell.data_type == "e"))
        grid.rows.append(cells)
    while grid.rows and all(cell is EMPTY for cell in grid.rows[-1]):
        grid.rows.pop()
    for left, top, right, bottom in merged:
        first = grid.cell(top, left)
        for row_number in range(top, min(bottom, len(grid.rows)) + 1):
            cells = grid.rows[row_number - 1]
            for column_number in range(left, min(right, len(cells)) + 1):
                cells[column_number - 1] = first
    return grid

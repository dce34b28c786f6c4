"""Tables as files that Japanese offices can open: CSV with a byte order mark, and XLSX.

Cells that a table program would take for a formula are disarmed: text from others must never compute.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from zagumi.platform.core import clock

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_file(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    """A CSV download (UTF-8 with byte order mark, CRLF), streamed row by row."""

    def lines() -> Iterator[bytes]:
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\r\n")
        yield b"\xef\xbb\xbf"
        writer.writerow([_csv_cell(head) for head in heads])
        for row in rows:
            writer.writerow([_csv_cell(cell) for cell in row])
            if buffer.tell() > 32_000:
                yield buffer.getvalue().encode()
                buffer.seek(0)
                buffer.truncate()
        yield buffer.getvalue().encode()

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    return _named(response, name, "csv")


def xlsx_file(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    """A workbook download with one sheet: bold headings that stay in view, real numbers and dates."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    sheet.freeze_panes = "A2"
    bold = [_xlsx_cell(sheet, head) for head in heads]
    for cell in bold:
        cell.font = Font(bold=True)
    sheet.append(bold)
    for row in rows:
        sheet.append([_xlsx_cell(sheet, cell) for cell in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return _named(HttpResponse(buffer.getvalue(), content_type=XLSX), name, "xlsx")


def _named(response: HttpResponseBase, name: str, ending: str) -> HttpResponseBase:
    file_name = f"{name}-{clock.today():%Y%m%d}.{ending}"
    response.headers["Content-Disposition"] = content_disposition_header(True, file_name) or "attachment"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _csv_cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case str() if value.startswith(_FORMULA_STARTS):
            return f"'{value}"
    return str(value)


def _xlsx_cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"  # else a leading "=" would make it a formula
    return cell

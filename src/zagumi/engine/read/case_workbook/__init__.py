"""Case workbooks: an Excel file that a coordinator fills in by hand, read, checked, written and planned.

``read_book`` turns the file into a :class:`CaseBook` or into every fault by sheet, row and column;
``write_book`` writes a book in the same layout (an export is the template); ``to_problem`` makes the
engine's problem of a book.
"""

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
from zagumi.engine.read.case_workbook.findings import Findings, Places
from zagumi.engine.read.case_workbook.judging import find_cycle
from zagumi.engine.read.case_workbook.problem import read_problem, to_problem
from zagumi.engine.read.case_workbook.reading import Reading, read_book
from zagumi.engine.read.case_workbook.writing import write_book

__all__ = [
    "CaseBook",
    "CaseLine",
    "Fault",
    "Findings",
    "HolidayLine",
    "LinkLine",
    "MachineLine",
    "OperationLine",
    "OptionLine",
    "PartLine",
    "Places",
    "Reading",
    "find_cycle",
    "read_book",
    "read_problem",
    "to_problem",
    "write_book",
]

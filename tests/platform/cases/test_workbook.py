"""Reading and writing case workbooks, without any database: what people write, and every way of getting it wrong."""

import io
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests.platform.cases.conftest import EXAMPLE
from zagumi.engine.errors import FileError
from zagumi.engine.read.case_workbook import find_cycle, read_book, read_problem, to_problem, write_book
from zagumi.engine.read.case_workbook.layout import MAX_ROWS, OPERATIONS, SHEETS

Change = Callable[[Workbook], None]
SATURDAY = (5 * 1440 + 480, 5 * 1440 + 720)


def changed(change: Change) -> bytes:
    """The example with one thing changed; the company's cells are no longer merged, so that each can be."""
    book = load_workbook(EXAMPLE)
    for area in list(book["会社と設備"].merged_cells.ranges):
        first = book["会社と設備"].cell(area.min_row, area.min_col).value
        book["会社と設備"].unmerge_cells(str(area))
        for row in range(area.min_row, area.max_row + 1):
            book["会社と設備"].cell(row, area.min_col).value = first
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(sheet: str, cell: str, value: Any) -> Change:
    return lambda book: book[sheet].__setitem__(cell, value)


def renamed(sheet: str, name: str) -> Change:
    return lambda book: setattr(book[sheet], "title", name)


def case_line(name: str, value: Any) -> Change:
    """Set the value beside a line of the case sheet, whatever unit stands in its heading."""

    def change(book: Workbook) -> None:
        for row in book["案件"].iter_rows(max_col=2):
            if str(row[0].value).split("(")[0] == name:
                row[1].value = value
                if isinstance(value, int):
                    row[1].number_format = "General"
                return
        raise AssertionError(name)

    return change


# --------------------------------------------------------------------------------------------------- what is accepted


def test_the_example_says_what_its_script_says() -> None:
    sys.path.insert(0, str(EXAMPLE.parent))
    import make_automotive_case as script

    reading = read_book(EXAMPLE)
    assert reading.faults == ()
    assert reading.notices == ()
    assert reading.book == script.make_book(script.START)
    assert reading.counts == {"case": 1, "parts": 4, "operations": 12, "machines": 21, "options": 28, "holidays": 3}
    assert script.shifts(script.LATE)[-1] == (5 * 1440 + 480, 5 * 1440 + 720)
    again = read_book(script.make(script.START))
    assert again.book == reading.book


def test_a_book_written_out_reads_back_the_same() -> None:
    book = read_book(EXAMPLE).book
    assert book is not None
    again = read_book(write_book(book))
    assert again.book == book
    assert not again.faults
    assert not again.notices


def test_the_empty_template_asks_for_what_is_required_and_nothing_else() -> None:
    faults = read_book(write_book(None)).faults
    assert [(fault.sheet, fault.header, fault.rule) for fault in faults] == [
        ("案件", "件名", "required"),
        ("案件", "発注者", "required"),
        ("案件", "着手できる日", "required"),
        ("案件", "納期", "required"),
        ("部品", "", "no_rows"),
        ("工程", "", "no_rows"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2026/12/11",
        "2026-12-11",
        "20261211",
        "2026年12月11日",
        "R8.12.11",
        "令和8年12月11日",
        "２０２６／１２／１１",
        "2026/12/11(金)",
        "令和８年１２月１１日（金）",
        date(2026, 12, 11),
        datetime(2026, 12, 11),  # noqa: DTZ001
        20261211,
    ],
)
def test_dates_as_people_write_them(text: object) -> None:
    book = read_book(changed(case_line("納期", text))).book
    assert book is not None
    assert book.case.due == datetime(2026, 12, 11, 17, 0)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("2026/12/11 15:30", 15, 30),
        ("R8.12.11 9時", 9, 0),
        ("2026年12月11日 8時半", 8, 30),
        ("20261211 16時05分", 16, 5),
    ],
)
def test_moments_as_people_write_them(text: str, hour: int, minute: int) -> None:
    book = read_book(changed(case_line("納期", text))).book
    assert book is not None
    assert book.case.due == datetime(2026, 12, 11, hour, minute)  # noqa: DTZ001


def test_the_first_year_of_an_era() -> None:
    book = read_book(changed(case_line("受付日", "令和元年6月1日"))).book
    assert book is not None
    assert book.case.received_on == date(2019, 6, 1)


@pytest.mark.parametrize("written", ["3,100", "３，１００", "3100本", "3,100 個", " 3100 ", 3100, 3100.0, "¥3,100"])
def test_figures_as_people_write_them(written: object) -> None:
    book = read_book(changed(put("工程", "E5", written))).book
    assert book is not None
    assert book.operations[0].quantity == 3100


@pytest.mark.parametrize(
    ("heading", "written", "minutes"),
    [
        ("段取り(時間)", 1.5, 90),
        ("段取り（時間）", "１．５", 90),
        ("段取り[分]", 45, 45),
        ("段取り", 45, 45),
        ("段取り", "2時間", 120),
    ],
)
def test_units_in_headings_and_cells(heading: str, written: object, minutes: int) -> None:
    def change(book: Workbook) -> None:
        book["できる会社"]["D4"] = heading
        for row in range(5, 33):
            book["できる会社"].cell(row, 4).value = written

    book = read_book(changed(change)).book
    assert book is not None
    assert {option.setup_minutes for option in book.options} == {minutes}


def test_seconds_percentages_and_kilograms() -> None:
    def change(book: Workbook) -> None:
        book["できる会社"]["E5"] = "7.2秒"
        book["できる会社"]["H5"] = 0.985
        book["できる会社"]["H5"].number_format = "0.0%"
        book["できる会社"]["H6"] = "98.5%"
        book["部品"]["H4"] = "質量(kg)"
        for row in range(5, 9):
            book["部品"].cell(row, 8).value = 0.088

    book = read_book(changed(change)).book
    assert book is not None
    assert book.options[0].minutes_per_piece == Decimal("0.12")
    assert book.options[0].good_rate == book.options[1].good_rate == Decimal("98.5")
    assert {part.mass_g for part in book.parts} == {88}


def test_merged_cells_and_ditto_marks_repeat_what_stands_above() -> None:
    book = read_book(EXAMPLE).book
    assert book is not None
    assert [row.company for row in book.machines[:3]] == ["三崎精機"] * 3
    assert [row.company for row in book.options if row.operation == 20] == [
        "三崎精機", "三崎精機", "高台シャフト工業", "灘ターニング",
    ]  # fmt: skip


def test_headings_in_english_other_orders_and_below_a_title() -> None:
    def change(book: Workbook) -> None:
        book["部品"].title = "Parts"
        sheet = book["Parts"]
        for at, heading in enumerate(
            ("Letter", "Part name", "Drawing no", "rev", "材料", "要求", "個数", "重量"), start=1
        ):
            sheet.cell(4, at).value = heading
        sheet["B4"] = "name"
        sheet.insert_rows(1, 3)

    reading = read_book(changed(change))
    assert reading.book is not None
    assert [part.letter for part in reading.book.parts] == ["A", "B", "C", "S"]
    assert [(notice.rule, notice.given) for notice in reading.notices] == [("unknown_column", "rev")]


@pytest.mark.parametrize(
    ("text", "first", "last", "count"),
    [
        ("平日 8時-17時", (480, 1020), (4 * 1440 + 480, 4 * 1440 + 1020), 5),
        ("月～金 ８：００～１２：００、１３：００～１７：００；土 ８：００～１２：００", (480, 720), SATURDAY, 11),
        ("Mon-Fri 8:00-17:00", (480, 1020), (4 * 1440 + 480, 4 * 1440 + 1020), 5),
        ("毎日 0:00-24:00", (0, 1440), (6 * 1440, 7 * 1440), 7),
        ("月水金 22:00-6:00", (1320, 1800), (4 * 1440 + 1320, 4 * 1440 + 1800), 3),
    ],
)  # fmt: skip
def test_shifts_as_people_write_them(text: str, first: tuple[int, int], last: tuple[int, int], count: int) -> None:
    book = read_book(changed(put("会社と設備", "H5", text))).book
    assert book is not None
    shifts = book.machines[0].shifts
    assert (shifts[0], shifts[-1], len(shifts)) == (first, last, count)
    again = read_book(write_book(book)).book
    assert again is not None
    assert again.machines[0].shifts == shifts


def test_links_with_their_own_lots_and_waiting_times() -> None:
    book = read_book(EXAMPLE).book
    assert book is not None
    links = {link.before: link for link in next(row for row in book.operations if row.number == 100).before}
    assert {before: (link.per, link.batch, link.lag_minutes) for before, link in links.items()} == {
        80: (1, 500, 0), 90: (1, 1000, 0), 70: (2, 2000, 60),
    }  # fmt: skip


# ---------------------------------------------------------------------------------------------------- what is refused

# What is wrong: how it came about, and the sheet, row, column and rule of the fault that names it.
BROKEN: dict[str, tuple[Change, str, int | None, str, str]] = {
    "no number": (put("工程", "E6", "三千"), "工程", 6, "E", "whole"),
    "a negative number": (put("工程", "E6", -5), "工程", 6, "E", "whole"),
    "a broken number": (put("部品", "G5", 3.5), "部品", 5, "G", "whole"),
    "an unknown unit in a cell": (put("できる会社", "D5", "3日"), "できる会社", 5, "D", "whole"),
    "an unknown unit in a heading": (put("できる会社", "D4", "段取り(日)"), "できる会社", 4, "D", "unknown_unit"),
    "a required cell left empty": (put("工程", "C7", None), "工程", 7, "C", "required"),
    "a day that is not": (case_line("納期", "2026/13/31"), "案件", 13, "B", "date"),
    "a date in words": (case_line("納期", "来月末"), "案件", 13, "B", "date"),
    "due before release": (case_line("納期", "2026/11/20"), "案件", 13, "B", "due_before_release"),
    "answer before the inquiry": (case_line("回答期限", "2026/11/1"), "案件", 11, "B", "answer_before_received"),
    "an unknown way in": (case_line("受付経路", "伝書鳩"), "案件", 9, "B", "choice"),
    "half a place": (case_line("納入先の経度", None), "案件", 18, "B", "half_a_place"),
    "a lead nobody knows": (case_line("幹事会社", "無い会社"), "案件", 20, "B", "unknown_reference"),
    "two letters alike": (put("部品", "A6", "Ａ"), "部品", 6, "A", "double"),
    "no letter": (put("部品", "A6", "1"), "部品", 6, "A", "letter"),
    "two numbers alike": (put("工程", "A6", 10), "工程", 6, "A", "double"),
    "an unknown part": (put("工程", "B6", "Z"), "工程", 6, "B", "unknown_reference"),
    "an unknown step before": (put("工程", "F6", 999), "工程", 6, "F", "unknown_reference"),
    "a step before twice": (put("工程", "F6", "10、10"), "工程", 6, "F", "doubled_link"),
    "something else before": (put("工程", "F6", "切断のあと"), "工程", 6, "F", "links"),
    "a cycle": (put("工程", "F5", "20"), "工程", 5, "F", "cycle"),
    "too few along a link": (put("工程", "E5", 3050), "工程", 6, "F", "too_few_along_link"),
    "too few for two each": (put("工程", "E11", 6000), "工程", 14, "F", "too_few_along_link"),
    "too few for the part": (put("工程", "E16", 2999), "工程", 16, "E", "too_few_for_part"),
    "a sub-lot above the quantity": (put("工程", "I6", 5000), "工程", 6, "I", "above_quantity"),
    "sub-lots without a smallest": (put("工程", "J7", 3), "工程", 7, "J", "sublots_without_smallest"),
    "a lot above the quantity": (put("工程", "G6", 9999), "工程", 6, "G", "above_quantity"),
    "too many figures": (put("工程", "G6", "500、600"), "工程", 6, "G", "figures"),
    "neither yes nor no": (put("工程", "K6", "たぶん"), "工程", 6, "K", "yes"),
    "latitude in the sea of Okhotsk": (put("会社と設備", "D5", 54.2), "会社と設備", 5, "D", "decimal"),
    "one site in two places": (put("会社と設備", "D6", 34.3), "会社と設備", 6, "D", "moved_site"),
    "a machine twice": (put("会社と設備", "F6", "丸のこ盤　1号"), "会社と設備", 6, "F", "double"),
    "shifts in words": (put("会社と設備", "H5", "朝から晩まで"), "会社と設備", 5, "H", "shifts"),
    "overlapping shifts": (put("会社と設備", "H5", "月 8:00-12:00 11:00-17:00"), "会社と設備", 5, "H", "shifts"),
    "more hours than a week has": (put("会社と設備", "I5", 200), "会社と設備", 5, "I", "whole"),
    "an unknown company": (put("できる会社", "B10", "灘タニング"), "できる会社", 10, "B", "unknown_reference"),
    "an unknown machine": (put("できる会社", "C10", "NC旋盤 9号"), "できる会社", 10, "C", "unknown_reference"),
    "an unknown step": (put("できる会社", "A10", 999), "できる会社", 10, "A", "unknown_reference"),
    "the same machine twice": (put("できる会社", "C8", "NC旋盤 1号"), "できる会社", 8, "C", "double"),
    "a good rate as a share": (put("できる会社", "H10", 0.98), "できる会社", 10, "H", "decimal"),
    "a good rate above all": (put("できる会社", "H10", 101), "できる会社", 10, "H", "decimal"),
    "a formula that failed": (put("できる会社", "F10", "#REF!"), "できる会社", 10, "F", "formula_error"),
    "a formula never calculated": (put("できる会社", "F10", "=F9*2"), "できる会社", 10, "F", "unsaved_formula"),
    "an open day without hours": (put("休日", "D7", None), "休日", 7, "D", "hours"),
    "a day twice": (put("休日", "A6", date(2026, 11, 23)), "休日", 6, "A", "double"),
    "a missing sheet": (renamed("工程", "作業"), "工程", None, "", "missing_sheet"),
    "a missing column": (put("工程", "D4", "なにか"), "工程", 4, "", "missing_column"),
    "a doubled column": (put("工程", "D4", "工程名"), "工程", 4, "D", "doubled_column"),
    "text beyond all measure": (put("部品", "B5", "長" * 201), "部品", 5, "B", "too_long"),
    "invisible characters": (put("部品", "B5", "軸\x9b"), "部品", 5, "B", "control_character"),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_a_fault_is_named_by_sheet_row_and_column(what: str) -> None:
    change, sheet, row, column, rule = BROKEN[what]
    if what == "a day twice":

        def both(book: Workbook) -> None:
            book["休日"]["A6"], book["休日"]["B6"] = date(2026, 11, 23), None

        change = both
    reading = read_book(changed(change))
    found = [(fault.sheet, fault.row, fault.column, fault.rule) for fault in reading.faults]
    assert (sheet, row, column, rule) in found, [str(fault) for fault in reading.faults]
    assert reading.book is None
    fault = reading.faults[found.index((sheet, row, column, rule))]
    assert fault.expected
    assert sheet in str(fault)


def test_every_fault_is_reported_at_once_and_in_order() -> None:
    def change(book: Workbook) -> None:
        for one in ("no number", "an unknown part", "a good rate above all", "a day that is not"):
            BROKEN[one][0](book)

    places = [(fault.sheet, fault.row, fault.column) for fault in read_book(changed(change)).faults]
    assert places == [("案件", 13, "B"), ("工程", 6, "B"), ("工程", 6, "E"), ("できる会社", 10, "H")]


def test_one_wrong_cell_is_one_fault() -> None:
    """A number that cannot be read makes no second fault where other rows point at it."""
    assert len(read_book(changed(put("工程", "A5", "十"))).faults) == 1
    assert len(read_book(changed(put("会社と設備", "F5", None))).faults) == 1


def test_the_cycle_is_named_in_the_order_of_work() -> None:
    fault = next(f for f in read_book(changed(put("工程", "F5", "110"))).faults if f.rule == "cycle")
    assert fault.given == "10 → 20 → 50 → 80 → 100 → 110 → 10"
    assert find_cycle({1: [2], 2: [3], 3: []}) is None
    assert find_cycle({1: [1]}) == [1, 1]


def test_work_that_may_not_pause_and_fits_no_shift_is_said() -> None:
    def change(book: Workbook) -> None:
        for row in book["会社と設備"].iter_rows(min_row=5, min_col=8, max_col=8):
            if row[0].value == "月-金 7:00-18:00":
                row[0].value = "月-金 8:00-12:00 13:00-17:00"

    notices = read_book(changed(change)).notices
    # step 50 fits when it is split in two and step 70 fits as it is; step 60 (row 10) does not
    found = [(notice.rule, notice.row, dict(notice.details)) for notice in notices]
    assert found == [("never_fits", 10, {"need": "413", "stretch": "240"})]


def test_what_is_passed_over_is_said() -> None:
    def change(book: Workbook) -> None:
        book.create_sheet("覚え書き")
        book["部品"]["I4"] = "色"
        book["できる会社"].delete_rows(31, 2)
        book["できる会社"]["C5"] = "NC旋盤 1号"

    rules = [(notice.sheet, notice.rule) for notice in read_book(changed(change)).notices]
    assert rules == [
        ("覚え書き", "unknown_sheet"),
        ("部品", "unknown_column"),
        ("工程", "nobody_can"),
        ("できる会社", "other_process"),
    ]


# -------------------------------------------------------------------------------------------------------- bad files


def archive(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members:
            file.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "not_xlsx"),
        (b"\x83e\x83X\x83g,1,2\r\n", "not_xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_or_locked"),
        (b"x" * 5_000_001, "too_large"),
        (archive(("hello.txt", b"hello")), "not_xlsx"),
        (archive(("xl/worksheets/sheet1.xml", b"\0" * 30_000_000)), "zip_bomb"),
        (archive(("xl/workbook.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><workbook/>')), "not_xlsx"),
    ],
    ids=["empty", "csv", "old xls", "too large", "a zip of something", "zip bomb", "entities"],
)
def test_files_that_are_no_workbook(data: bytes, rule: str) -> None:
    reading = read_book(data)
    assert [fault.rule for fault in reading.faults] == [rule]
    assert reading.book is None


def test_a_workbook_cut_in_the_middle() -> None:
    whole = EXAMPLE.read_bytes()
    assert read_book(whole[: len(whole) // 2]).faults[0].rule == "not_xlsx"


def test_too_many_rows_are_refused_without_reading_them() -> None:
    def change(book: Workbook) -> None:
        for row in range(6, MAX_ROWS + 10):
            book["休日"].cell(row, 5).value = "x"

    assert "too_many_rows" in {fault.rule for fault in read_book(changed(change)).faults}


# ------------------------------------------------------------------------------------------------------ the problem


def test_the_book_as_a_problem() -> None:
    problem = read_problem(EXAMPLE)
    assert (len(problem.companies), len(problem.machines), len(problem.operations)) == (13, 21, 12)
    assert problem.origin == "2026-11-24T00:00"
    case = problem.cases[0]
    assert (case.release, case.due) == (480, 13 * 1440 + 1020)
    assert case.deliver_to in problem.site
    assert problem.policy.lead_required
    banded = {machine.id for machine in problem.machines if machine.bands}
    assert banded == {
        "三崎精機 / NC旋盤 2号",
        "潮田プレス / 60tプレス",
        "東雲表面処理 / 自動めっきライン",
    }
    lathe = problem.machine["三崎精機 / NC旋盤 2号"]
    # Monday is a holiday and past: the first week has 36 of its usual 44 hours, so 36/44 of the 24 free ones.
    assert lathe.bands[0].minutes == 24 * 60 * 36 // 44
    assert lathe.bands[1].minutes == 24 * 60
    assert problem.operation["case/100"].after[0].before == "case/80"
    # the plater's stocktaking: closed on Friday 4 December, and the assembler opens on Saturday 28 November
    friday, saturday = 10 * 1440, 4 * 1440
    assert not [w for w in problem.windows("灘ターニング / NC旋盤") if friday <= w[0] < friday + 1440]
    assert (saturday + 480, saturday + 720) in problem.windows("東港アッセンブリ / 組立セル 1")


def test_a_lead_that_is_chosen_is_the_only_one_that_may_lead() -> None:
    book = read_book(changed(case_line("幹事会社", "潮田プレス"))).book
    assert book is not None
    assert [company.id for company in to_problem(book).companies if company.may_lead] == ["潮田プレス"]


def test_a_faulty_file_is_refused_by_name_and_place(tmp_path: Path) -> None:
    path = tmp_path / "wrong.xlsx"
    path.write_bytes(changed(put("工程", "E6", "三千")))
    with pytest.raises(FileError) as refused:
        read_problem(path)
    assert refused.value.file == "wrong.xlsx"
    assert refused.value.place == "工程 row 6, column E (数量)"


def test_the_layout_is_told_apart_by_its_headings() -> None:
    for sheet in SHEETS:
        words = [word for c in sheet.columns for word in {c.key, c.header, c.english, *c.aliases}]
        assert len(words) == len(set(words)), sheet.name
    assert OPERATIONS.columns[0].title == "工程番号"

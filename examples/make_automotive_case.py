"""Makes ``automotive_case.xlsx``: an automotive part through six kinds of companies, with rivals for most steps.

    python examples/make_automotive_case.py [--start 2026-11-24]

Everything in it is fictional. Cutting, precision press, surface treatment, inspection, assembly and shipping
are done at six different companies chosen from thirteen; 3,000 sets are due nine working days after the start,
which no single company can do alone. The sheet is filled in the way people do it: merged cells, ditto marks,
a Japanese era date, units beside figures.
"""

from __future__ import annotations

import argparse
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from zagumi.engine.read.case_workbook import (
    CaseBook,
    CaseLine,
    HolidayLine,
    LinkLine,
    MachineLine,
    OperationLine,
    OptionLine,
    PartLine,
    write_book,
)
from zagumi.engine.read.case_workbook.cells import read_cell
from zagumi.engine.read.case_workbook.layout import MACHINES

HERE = Path(__file__).parent
START = date(2026, 11, 24)
DAY = "月-金 8:00-12:00 13:00-17:00"
EARLY = "月-金 7:00-12:00 12:45-18:00"
LATE = f"{DAY}; 土 8:00-12:00"
LINE = "月-金 7:00-18:00"  # plating runs through: a rack is not left in the bath over lunch

# company: site, address, latitude, longitude, may lead; machines: name, process, shifts, free hours a week
COMPANIES = {
    "三崎精機": (
        "本社工場",
        "みなと市三崎2-4",
        "34.2521",
        "137.7298",
        True,
        (("丸のこ盤 1号", "のこ引き", DAY, None), ("NC旋盤 1号", "旋削", LATE, None), ("NC旋盤 2号", "旋削", LATE, 24)),
    ),
    "高台シャフト工業": (
        "高台工場",
        "みなと市高台工業団地7",
        "34.3187",
        "137.7457",
        True,
        (("高速切断機", "のこ引き", DAY, None), ("NC自動盤", "旋削", EARLY, None)),
    ),
    "灘ターニング": ("", "灘市東1-12", "34.2962", "137.9305", False, (("NC旋盤", "旋削", DAY, None),)),
    "潮田プレス": (
        "",
        "みなと市潮田5-1",
        "34.2920",
        "137.7310",
        True,
        (("110t順送プレス", "精密プレス", DAY, None), ("60tプレス", "精密プレス", DAY, 16)),
    ),
    "磯辺精密プレス": (
        "",
        "みなと市磯辺3-8",
        "34.2553",
        "137.9048",
        False,
        (("80tサーボプレス", "精密プレス", DAY, None),),
    ),
    "北浜めっき": (
        "",
        "みなと市北浜1-20",
        "34.2884",
        "137.7902",
        False,
        (
            ("亜鉛めっきライン(静止)", "亜鉛めっき", LINE, None),
            ("亜鉛めっきライン(バレル)", "亜鉛めっき", LINE, None),
        ),
    ),
    "東雲表面処理": (
        "",
        "みなと市東雲4-4",
        "34.2903",
        "137.8516",
        False,
        (("自動めっきライン", "亜鉛めっき", LINE, 20),),
    ),
    "汐見計測": (
        "",
        "みなと市汐見町9-2",
        "34.2618",
        "137.8383",
        False,
        (("画像測定ライン", "寸法検査", DAY, None), ("検査台 A", "検査", DAY, None)),
    ),
    "みなと検査センター": (
        "",
        "みなと市港町2-15",
        "34.2557",
        "137.8152",
        False,
        (("画像測定機", "寸法検査", LATE, None), ("検査台", "検査", LATE, None)),
    ),
    "東港アッセンブリ": (
        "",
        "みなと市東港6-3",
        "34.2470",
        "137.8622",
        True,
        (("組立セル 1", "組立", EARLY, None), ("組立セル 2", "組立", DAY, None)),
    ),
    "浜田組立": ("", "みなと市浜田8-8", "34.2583", "137.7851", False, (("組立ライン", "組立", DAY, None),)),
    "みなと流通梱包": (
        "東港センター",
        "みなと市東港1-1",
        "34.2438",
        "137.8687",
        False,
        (("梱包ライン", "出荷", EARLY, None),),
    ),
    "港町物流サービス": ("", "みなと市港町7-30", "34.2561", "137.8094", False, (("梱包場", "出荷", DAY, None),)),
}

PARTS = (
    PartLine("A", "プッシュロッド", 3000, "PR-2041", "C", "SUM24L φ14", "全長 92±0.05、軸径 φ11 h7、Ra 1.6", 88),
    PartLine("B", "ブラケット", 3000, "PR-2042", "B", "SPFH590 t2.6", "曲げ角度 ±0.5°、バリ 0.1以下", 64),
    PartLine("C", "止め座金", 6000, "PR-2043", "A", "SPCC t1.6", "平面度 0.08", 9),
    PartLine("S", "プッシュロッド組立品", 3000, "PR-2040", "C", "", "引抜荷重 1.2kN以上、全数外観", 170),
)

# number, part, name, process, quantity, (before, per, batch, lag)…, smallest sub-lot, most sub-lots, may pause, note
OPERATIONS = (
    (10, "A", "切断", "のこ引き", 3100, (), None, 1, True, "定尺4m材から"),
    (20, "A", "切削", "旋削", 3060, ((10, 1, 600, 0),), 600, 3, True, "両端面・外径・溝"),
    (30, "B", "精密プレス", "精密プレス", 3060, (), None, 1, True, "支給金型 PR-2042-D1"),
    (40, "C", "精密プレス", "精密プレス", 6120, (), None, 1, True, "支給金型 PR-2043-D1"),
    (50, "A", "亜鉛ニッケルめっき", "亜鉛めっき", 3040, ((20, 1, 500, 0),), 500, 2, False, "膜厚 8μm"),
    (60, "B", "亜鉛ニッケルめっき", "亜鉛めっき", 3040, ((30, 1, None, 0),), None, 1, False, "膜厚 8μm"),
    (70, "C", "亜鉛めっき", "亜鉛めっき", 6080, ((40, 1, None, 0),), None, 1, False, "膜厚 8μm"),
    (80, "A", "寸法検査", "寸法検査", 3020, ((50, 1, 500, 120),), 500, 2, True, "軸径・全長 全数。めっき後2時間置く"),
    (90, "B", "外観・寸法検査", "寸法検査", 3020, ((60, 1, None, 120),), None, 1, True, "曲げ角度 抜取"),
    (
        100,
        "S",
        "組立・かしめ",
        "組立",
        3010,
        ((80, 1, 500, 0), (90, 1, 1000, 0), (70, 2, 2000, 60)),
        500,
        3,
        True,
        "かしめ治具は支給",
    ),
    (110, "S", "完成検査", "検査", 3000, ((100, 1, 250, 0),), 500, 2, True, "引抜荷重 抜取 n=50"),
    (120, "S", "梱包・出荷", "出荷", 3000, ((110, 1, 500, 0),), None, 1, True, "通い箱 50組/箱"),
)

# operation, company, machine, set-up minutes, minutes per piece, fixed yen, unit yen, good rate %
OPTIONS = (
    (10, "三崎精機", "丸のこ盤 1号", 30, "0.12", 6000, 6, "99.5"),
    (10, "高台シャフト工業", "高速切断機", 25, "0.08", 7500, 7, "99.7"),
    (20, "三崎精機", "NC旋盤 1号", 90, "1.10", 14000, 64, "99"),
    (20, "三崎精機", "NC旋盤 2号", 90, "1.20", 14000, 64, "99"),
    (20, "高台シャフト工業", "NC自動盤", 180, "0.78", 28000, 66, "99.4"),
    (20, "灘ターニング", "NC旋盤", 75, "1.35", 9000, 61, "98.5"),
    (30, "潮田プレス", "110t順送プレス", 150, "0.055", 18000, 9, "99.6"),
    (30, "磯辺精密プレス", "80tサーボプレス", 120, "0.075", 14000, 11, "99.8"),
    (40, "潮田プレス", "110t順送プレス", 120, "0.035", 15000, 4, "99.6"),
    (40, "潮田プレス", "60tプレス", 90, "0.050", 11000, 4, "99.5"),
    (40, "磯辺精密プレス", "80tサーボプレス", 100, "0.045", 12000, 5, "99.8"),
    (50, "北浜めっき", "亜鉛めっきライン(静止)", 45, "0.11", 12000, 15, "99.3"),
    (50, "東雲表面処理", "自動めっきライン", 60, "0.13", 9000, 14, "99"),
    (60, "北浜めっき", "亜鉛めっきライン(静止)", 45, "0.12", 12000, 13, "99.3"),
    (60, "東雲表面処理", "自動めっきライン", 60, "0.14", 9000, 12, "99"),
    (70, "北浜めっき", "亜鉛めっきライン(バレル)", 30, "0.03", 6000, 4, "99.5"),
    (70, "東雲表面処理", "自動めっきライン", 60, "0.06", 8000, 4, "99"),
    (80, "汐見計測", "画像測定ライン", 40, "0.20", 5000, 9, "99.8"),
    (80, "みなと検査センター", "画像測定機", 30, "0.26", 4000, 8, "99.8"),
    (90, "汐見計測", "画像測定ライン", 30, "0.10", 4000, 5, "99.8"),
    (90, "みなと検査センター", "画像測定機", 30, "0.12", 4000, 5, "99.8"),
    (100, "東港アッセンブリ", "組立セル 1", 60, "0.72", 12000, 38, "99.7"),
    (100, "東港アッセンブリ", "組立セル 2", 60, "0.80", 12000, 38, "99.7"),
    (100, "浜田組立", "組立ライン", 90, "0.68", 15000, 41, "99.5"),
    (110, "汐見計測", "検査台 A", 30, "0.28", 5000, 12, "99.9"),
    (110, "みなと検査センター", "検査台", 20, "0.34", 4000, 11, "99.9"),
    (120, "みなと流通梱包", "梱包ライン", 30, "0.05", 6000, 6, "100"),
    (120, "港町物流サービス", "梱包場", 20, "0.09", 4000, 6, "100"),
)


def shifts(text: str) -> tuple[tuple[int, int], ...]:
    """Weekly shifts as the sheet says them."""
    column = next(column for column in MACHINES.columns if column.key == "shifts")
    return tuple(read_cell(text, column, factor=Decimal(1)))


def working_days_after(start: date, count: int) -> date:
    """The weekday ``count`` working days after ``start`` (weekends only)."""
    day = start
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def machines() -> tuple[MachineLine, ...]:
    """One row for each machine."""
    return tuple(
        MachineLine(
            company, machine, process, Decimal(north), Decimal(east), shifts(hours), site, address, free, may_lead
        )
        for company, (site, address, north, east, may_lead, owned) in COMPANIES.items()
        for machine, process, hours, free in owned
    )


def make_book(start: date) -> CaseBook:
    """The case, beginning on ``start``."""
    case = CaseLine(
        title="電動ブレーキ用 プッシュロッド組立品 3,000組",
        buyer="岐山オートパーツ",
        buyer_reference="GA-26-1187",
        channel="mail",
        received_on=start - timedelta(days=8),
        answer_due=start - timedelta(days=1),
        release=datetime.combine(start, time(8, 0)),
        due=datetime.combine(working_days_after(start, 9), time(17, 0)),
        late_yen_per_day=720_000,
        deliver_to="岐山オートパーツ 岐山工場",
        deliver_address="岐山市南2-1",
        deliver_latitude=Decimal("34.4105"),
        deliver_longitude=Decimal("137.6420"),
        contract_form="lead",
        lead="",
        price_yen=960_000,
        note="量産立上げの初回。1日遅れるとラインが止まる。会社・人・数値はすべて架空。",
    )
    operations = tuple(
        OperationLine(
            number,
            name,
            process,
            quantity,
            part,
            tuple(LinkLine(*link) for link in links),
            smallest,
            most,
            pause,
            note=note,
        )
        for number, part, name, process, quantity, links, smallest, most, pause, note in OPERATIONS
    )
    options = tuple(
        OptionLine(number, company, machine, setup, Decimal(each), fixed, unit, Decimal(good))
        for number, company, machine, setup, each, fixed, unit, good in OPTIONS
    )
    saturday = start + timedelta(days=(5 - start.weekday()) % 7)
    friday = saturday + timedelta(days=6)
    holidays = (
        HolidayLine(date(2026, 11, 23), reason="勤労感謝の日"),
        HolidayLine(friday, "灘ターニング", reason="棚卸し"),
        HolidayLine(saturday, "東港アッセンブリ", "open", ((480, 720),), reason="この案件のため出勤"),
    )
    return CaseBook(case, PARTS, operations, machines(), options, holidays)


def fill_in_by_hand(page: Worksheet) -> None:
    """Merge the company's cells over its machines, as people do."""
    first = 5
    for owned in (len(company[5]) for company in COMPANIES.values()):
        for column in range(1, 6):
            if owned > 1:
                page.merge_cells(start_row=first, end_row=first + owned - 1, start_column=column, end_column=column)
        first += owned


def make(start: date) -> bytes:
    """The workbook's bytes; the same start gives the same cells."""
    book = make_book(start)
    workbook = load_workbook(BytesIO(write_book(book)))
    case, parts, operations = workbook["案件"], workbook["部品"], workbook["工程"]
    due = book.case.due
    for line in case.iter_rows(min_row=5, max_col=2):
        if line[0].value == "納期":
            line[1].value = f"令和{due.year - 2018}年{due.month}月{due.day}日 17時"
        if line[0].value == "受注額(円)":
            line[0].value, line[1].value = "受注額(万円)", 96
    parts["G5"].value = "３，０００本"
    operations["N10"].value = operations["N11"].value = "〃"
    options = workbook["できる会社"]
    for row in range(options.max_row, 5, -1):
        if options.cell(row, 2).value and options.cell(row, 2).value == options.cell(row - 1, 2).value:
            options.cell(row, 2).value = "〃"
    fill_in_by_hand(workbook["会社と設備"])
    workbook.properties.creator = "みなと市ものづくり連携センター(架空)"
    workbook.properties.created = workbook.properties.modified = datetime.combine(start - timedelta(days=4), time(9))
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def main() -> None:
    """Write the workbook beside this script."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--start", type=date.fromisoformat, default=START, help="first day of work (YYYY-MM-DD)")
    arguments.add_argument("--out", type=Path, default=HERE / "automotive_case.xlsx")
    given = arguments.parse_args()
    given.out.write_bytes(make(given.start))


if __name__ == "__main__":
    main()

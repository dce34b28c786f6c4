"""Lists: what the address says is what is shown, and what is shown is what is exported."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime

import openpyxl
import pytest
from django.test import RequestFactory
from django.utils import translation

from tests.people import Cast
from zagumi.platform.core import lists, services
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.lists import Choice, Column, Empty, Flag, ListSpec, Range
from zagumi.platform.core.models import Party


@dataclass(frozen=True)
class Row:
    code: str
    name: str
    price: int | None
    due: date
    stage: str
    seen: datetime = datetime(2026, 11, 20, 1, 40, tzinfo=UTC)


ROWS = [
    Row("C-1", "主軸", 300, date(2026, 12, 1), "plan"),
    Row("C-2", "=1+1", None, date(2026, 12, 5), "plan"),
    Row("C-3", "軸受", 100, date(2026, 12, 9), "done"),
    Row("C-4", "+81-3", 200, date(2026, 12, 12), "done"),
]

SPEC = ListSpec(
    name="cases",
    columns=[
        Column("code", "Code", lambda row: row.code, sort="code", url=lambda row: f"/cases/{row.code}"),
        Column("name", "Name", lambda row: row.name, sort="name"),
        Column("price", "Price", lambda row: row.price, sort="price", kind="yen"),
        Column("due", "Due", lambda row: row.due, sort="due", kind="date"),
        Column("stage", "Stage", lambda row: ("ok" if row.stage == "done" else "now", row.stage), kind="tag"),
        Column("seen", "Seen", lambda row: row.seen, kind="moment"),
        Column("secret", "Button", lambda row: "button", export=False),
    ],
    filters=[
        Choice("stage", "Stage", [("plan", "In planning"), ("done", "Done")]),
        Range("price", "Price"),
        Range("due", "Due", kind="date"),
        Flag("odd", "Odd only", lambda rows, _yes: [row for row in rows if int(row.code[-1]) % 2]),
    ],
    search=lambda rows, text: [row for row in rows if text in row.name],
    default_sort="code",
)


def page(address: str = "", rows=ROWS, spec: ListSpec = SPEC) -> lists.ListPage:
    return lists.show(RequestFactory().get(f"/list{address}"), spec, rows)


def codes(address: str = "") -> list[str]:
    return [row.code for row in page(address).objects]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", ["C-1", "C-2", "C-3", "C-4"]),
        ("?sort=-code", ["C-4", "C-3", "C-2", "C-1"]),
        ("?sort=price", ["C-3", "C-4", "C-1", "C-2"]),
        ("?sort=-price", ["C-1", "C-4", "C-3", "C-2"]),
        ("?sort=stage", ["C-1", "C-2", "C-3", "C-4"]),
        ("?sort=__class__", ["C-1", "C-2", "C-3", "C-4"]),
        ("?q=軸", ["C-1", "C-3"]),
        ("?stage=done", ["C-3", "C-4"]),
        ("?stage=nonsense", ["C-1", "C-2", "C-3", "C-4"]),
        ("?price_from=150", ["C-1", "C-4"]),
        ("?price_from=0", ["C-1", "C-3", "C-4"]),
        ("?price_from=150&price_to=250", ["C-4"]),
        ("?price_from=abc&stage=done", ["C-3", "C-4"]),
        ("?due_from=2026-12-05&due_to=2026-12-09", ["C-2", "C-3"]),
        ("?odd=on", ["C-1", "C-3"]),
        ("?odd=on&stage=plan&q=主", ["C-1"]),
    ],
)
def test_the_address_says_what_is_shown(address: str, expected: list[str]) -> None:
    assert codes(address) == expected


def test_each_condition_can_be_taken_off_alone() -> None:
    shown = page("?q=軸&stage=done&odd=on&page=2&sort=-code")

    assert [(chip.label, chip.value) for chip in shown.chosen[1:]] == [("Stage", "Done"), ("Odd only", "はい")]
    assert shown.chosen[0].value == "軸"
    assert [chip.url for chip in shown.chosen] == [
        "?stage=done&odd=on&sort=-code",
        "?q=%E8%BB%B8&odd=on&sort=-code",
        "?q=%E8%BB%B8&stage=done&sort=-code",
    ]


def test_pages_are_cut_and_a_number_out_of_range_gives_the_nearest() -> None:
    spec = ListSpec(name="n", columns=[Column("n", "N", lambda row: row, sort=lambda row: row)], per_page=10)

    assert page("?page=2", list(range(25)), spec).objects == list(range(10, 20))
    assert page("?page=99", list(range(25)), spec).objects == list(range(20, 25))
    assert page("?page=x", list(range(25)), spec).objects == list(range(10))
    assert page("?sort=-n", list(range(25)), spec).objects[0] == 24
    assert page("", list(range(25)), spec).total == 25


def exported_csv(address: str) -> list[list[str]]:
    answer = page(address).export
    raw = b"".join(answer.streaming_content)
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_csv_holds_what_is_shown_on_all_pages_and_disarms_formulas() -> None:
    assert exported_csv("?export=csv&sort=-code&stage=plan") == [
        ["Code", "Name", "Price", "Due", "Stage", "Seen"],
        ["C-2", "'=1+1", "", "2026-12-05", "plan", "2026-11-20 10:40"],
        ["C-1", "主軸", "300", "2026-12-01", "plan", "2026-11-20 10:40"],
    ]
    spec = ListSpec(name="n", columns=[Column("n", "N", lambda row: row)], per_page=10)
    answer = page("?export=csv&page=2", list(range(-5, 2000)), spec).export
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").split("\r\n")
    assert lines == ["N", *map(str, range(-5, 2000)), ""]


def test_a_workbook_holds_numbers_dates_and_text_that_stays_text() -> None:
    answer = page("?export=xlsx").export
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(values_only=True))

    assert rows[0] == ("Code", "Name", "Price", "Due", "Stage", "Seen")
    assert rows[1][2:4] == (300, datetime(2026, 12, 1))  # noqa: DTZ001 - workbooks know no time zones
    assert rows[1][5] == datetime(2026, 11, 20, 10, 40)  # noqa: DTZ001
    assert [row[1] for row in rows[1:]] == ["主軸", "=1+1", "軸受", "+81-3"]
    assert [sheet.cell(row, 2).data_type for row in (3, 5)] == ["s", "s"]
    assert sheet.freeze_panes == "A2"
    assert answer["Content-Disposition"].endswith('.xlsx"')


def test_control_characters_do_not_break_a_workbook() -> None:
    spec = ListSpec(name="n", columns=[Column("n", "N", lambda row: row)])

    answer = page("?export=xlsx", ["a\x07b"], spec).export

    assert openpyxl.load_workbook(io.BytesIO(answer.content)).active["A2"].value == "ab"


PARTIES = ListSpec(
    name="parties",
    columns=[
        Column("code", "Code", lambda party: party.code, sort="code"),
        Column("latitude", "Latitude", lambda party: party.latitude, sort="latitude", kind="number"),
        Column("kind", "Kind", lambda party: party.get_kind_display(), sort="kind"),
    ],
    filters=[Choice("kind", "Kind", Party.Kind.choices), Range("latitude", "Latitude")],
    search=lambda rows, text: rows.filter(name__icontains=text),
    default_sort="-code",
    empty=Empty("No party yet", link="Add one", url="/new"),
)


def test_query_sets_are_narrowed_and_ordered_by_the_database(cast: Cast, django_assert_num_queries) -> None:
    system = Actor.system(cast.network)
    for number in range(60):
        services.add_party(system, kind="company", name=f"会社{number}", latitude=number or None)
    rows = Party.objects.visible_to(cast.coordinator)

    with django_assert_num_queries(2):
        shown = page("?kind=company&latitude_from=1&sort=latitude&q=会社", rows, PARTIES)
        cells = list(shown.rows())
    assert (shown.total, len(cells)) == (59, 50)
    assert cells[0][1].value == 1
    empty_last = [row.latitude for row in page("?q=会社&sort=latitude&page=2", rows, PARTIES).objects]
    empty_last_falling = [row.latitude for row in page("?q=会社&sort=-latitude&page=2", rows, PARTIES).objects]
    assert (empty_last[-1], empty_last_falling[-1]) == (None, None)


def test_the_page_says_why_nothing_is_there(cast: Cast) -> None:
    request = RequestFactory().get("/list?q=nowhere")
    request.user, request.actor = None, None
    filtered = lists.show(request, PARTIES, Party.objects.all()).render("core/_list.html").content.decode()
    empty_request = RequestFactory().get("/list")
    empty_request.user, empty_request.actor = None, None
    with translation.override("en"):
        empty = lists.show(empty_request, PARTIES, Party.objects.none()).render("core/_list.html").content.decode()

    assert "No party yet" not in filtered
    assert 'href="?"' in filtered
    assert "No party yet" in empty
    assert "Add one" in empty

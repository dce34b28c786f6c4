"""Importing a workbook: rehearsed, in one transaction, twice without a change, and out again in the same layout."""

import io
from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from tests.people import Cast, assemble
from tests.platform.cases.conftest import EXAMPLE, PURPOSE, Town
from zagumi.engine.read.case_workbook import read_book
from zagumi.platform.cases import queries, services
from zagumi.platform.cases.bridge import engine_work
from zagumi.platform.cases.models import Case, CaseImport, Operation, OperationLink, Option, Part
from zagumi.platform.cases.services.importing import rehearse
from zagumi.platform.core import audit
from zagumi.platform.core.errors import BadInput, Hidden, NotNow, Refused
from zagumi.platform.core.models import AuditEntry, Counter, Party
from zagumi.platform.network import services as network
from zagumi.platform.network.bridge import engine_network
from zagumi.platform.network.models import Booking, CalendarDay, Company, Machine, Site, WorkCalendar
from zagumi.platform.network.sheets import CompanySheet, MachineSheet, SiteSheet

pytestmark = pytest.mark.django_db

COUNTS = {"company": 13, "machine": 21, "buyer": 1, "site": 1, "case": 1, "part": 4, "step": 12, "option": 28}


def edited(change: Callable[[Workbook], None], data: bytes | None = None) -> bytes:
    book = load_workbook(io.BytesIO(data) if data else EXAMPLE)
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(sheet: str, cell: str, value: Any) -> Callable[[Workbook], None]:
    return lambda book: book[sheet].__setitem__(cell, value)


def rows() -> dict[str, int]:
    models = (Case, Part, Operation, OperationLink, Option, Company, Machine, Site, Party, WorkCalendar, Booking)
    return {model.__name__: model.objects.count() for model in models} | {"audit": AuditEntry.objects.count()}


@pytest.fixture
def imported(cast: Cast) -> Case:
    return services.import_case_workbook(cast.coordinator, file=EXAMPLE.read_bytes())[0]


def test_the_example_becomes_a_case(cast: Cast) -> None:
    case, outcome = services.import_case_workbook(cast.coordinator, file=EXAMPLE.read_bytes())
    assert outcome.counted == COUNTS
    assert (outcome.faults, outcome.notices, outcome.left) == ([], [], [])
    assert case.title == "電動ブレーキ用 プッシュロッド組立品 3,000組"
    assert (case.price_yen, case.late_yen_per_minute, case.buyer_reference) == (960_000, 500, "GA-26-1187")
    assert timezone.localtime(case.due).isoformat() == "2026-12-07T17:00:00+09:00"
    page = queries.case_page(cast.coordinator, case.code)
    assert [step.number for step in page.steps] == [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120]
    assert all(step.able for step in page.steps)
    assembly = next(step for step in page.steps if step.number == 100)
    assert {(link.number, link.per, link.batch, link.lag_minutes) for link in assembly.before} == {
        (80, 1, 500, 0), (90, 1, 1000, 0), (70, 2, 2000, 60),
    }  # fmt: skip
    assert audit.verify(cast.network) == []


def test_importing_again_changes_nothing(cast: Cast, imported: Case) -> None:
    before = rows()
    again, outcome = services.import_case_workbook(cast.coordinator, file=EXAMPLE.read_bytes())
    assert again == imported
    assert not outcome.is_change
    assert outcome.same == {"case": 1, "part": 4, "step": 12, "option": 28}
    assert rows() == before | {"audit": before["audit"] + 1}  # the upload itself


def test_an_export_imports_without_a_change(cast: Cast, imported: Case) -> None:
    office = cast.coordinator
    data = services.export_workbook(office, code=imported.code, purpose=PURPOSE)
    book, original = read_book(data).book, read_book(EXAMPLE).book
    assert book is not None
    assert original is not None
    assert book.case.code == imported.code
    assert sorted(book.options, key=str) == sorted(original.options, key=str)
    assert [(line.number, set(line.before)) for line in book.operations] == [
        (line.number, set(line.before)) for line in original.operations
    ]
    _case, outcome = services.import_case_workbook(office, file=data)
    assert outcome.changes == []
    entry = AuditEntry.objects.filter(verb="exported the workbook").get()
    assert (entry.purpose, entry.case_code) == (PURPOSE, imported.code)
    with pytest.raises(BadInput):
        services.export_workbook(office, code=imported.code, purpose="")


def test_a_rehearsal_writes_nothing_and_tells_everything(cast: Cast) -> None:
    office = cast.coordinator
    upload = services.upload_workbook(office, uploaded=EXAMPLE.read_bytes(), name="案件.xlsx")
    before, counters = rows(), dict(Counter.objects.values_list("prefix", "last"))
    found, reading, outcome = rehearse(office, code=upload.code)
    assert found == upload
    assert not reading.faults
    assert outcome is not None
    assert outcome.counted == COUNTS
    assert outcome.is_new_case
    assert rows() == before
    assert dict(Counter.objects.values_list("prefix", "last")) == counters
    case, done = services.apply_workbook(office, code=upload.code)
    assert [change.name for change in done.changes] == [change.name for change in outcome.changes]
    upload.refresh_from_db()
    assert upload.case == case


def test_what_changed_is_told_without_the_companies_costs(cast: Cast, imported: Case) -> None:
    office = cast.coordinator

    def change(book: Workbook) -> None:
        book["工程"]["E6"] = 3_070
        book["部品"]["F5"] = "全長 92±0.03"
        book["できる会社"]["G5"] = 7
        book["できる会社"]["D6"] = 26

    data = edited(change, services.export_workbook(office, code=imported.code, purpose=PURPOSE))
    _case, outcome = services.import_case_workbook(office, file=data)
    assert {(change.kind, change.name, change.fields) for change in outcome.changes} == {
        ("part", "A プッシュロッド", (("requirement", "全長 92±0.05、軸径 φ11 h7、Ra 1.6", "全長 92±0.03"),)),
        ("step", "20 切削", (("quantity", 3_060, 3_070),)),
        ("option", "10 三崎精機 丸のこ盤 1号", (("unit_yen", "•••", "•••"),)),
        ("option", "10 高台シャフト工業 高速切断機", (("setup_minutes", 25, 26),)),
    }
    assert Option.objects.get(operation__number=10, machine__name="丸のこ盤 1号").unit_yen == 7
    entry = AuditEntry.objects.filter(verb="imported the workbook").first()
    assert entry is not None
    assert entry.changes["rows"] == ["", {"part": 1, "step": 1, "option": 2}]


def test_nothing_at_all_is_written_when_anything_is_wrong(cast: Cast) -> None:
    before = rows()
    upload = services.upload_workbook(cast.coordinator, uploaded=edited(put("工程", "D16", "魔法")), name="wrong.xlsx")
    _upload, reading, outcome = rehearse(cast.coordinator, code=upload.code)
    assert reading.faults == ()
    assert outcome is not None
    assert [(fault.sheet, fault.row, fault.column, fault.rule) for fault in outcome.faults] == [
        ("工程", 16, "D", "unknown_process")
    ]
    with pytest.raises(BadInput) as refused:
        services.apply_workbook(cast.coordinator, code=upload.code)
    fault = refused.value.faults[0]
    assert (fault.place, fault.given, str(fault.expected)) == ("工程 16行 D列 加工", "魔法", "一覧にある加工法")
    assert rows() == before | {"audit": before["audit"] + 1}


def test_every_fault_of_a_bad_workbook_is_answered_in_words(cast: Cast) -> None:
    def change(book: Workbook) -> None:
        book["工程"]["E6"] = "三千"
        book["できる会社"]["H8"] = 0.98
        book["会社と設備"]["D5"] = 54.2

    with pytest.raises(BadInput) as refused:
        services.import_case_workbook(cast.coordinator, file=edited(change))
    said = [(fault.place, fault.given, str(fault.expected)) for fault in refused.value.faults]
    assert said[0] == ("工程 6行 E列 数量", "三千", "1 から 10000000 までの整数")
    assert ("できる会社 8行 H列 良品率(%)", "0.98", "10 から 100 までの数 (%)") in said
    assert [place for place, *_ in said].count("会社と設備 5行 D列 緯度(度)") == 1


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "rule"),
    [
        ("案件", "B5", "C-1999-0001", "unknown_case"),
        ("工程", "M6", "宇宙飛行士", "unknown_skill"),
        ("会社と設備", "G8", "魔法", "unknown_process"),
    ],
)
def test_what_the_network_does_not_know(cast: Cast, sheet: str, cell: str, value: str, rule: str) -> None:
    def change(book: Workbook) -> None:
        for area in list(book[sheet].merged_cells.ranges):
            book[sheet].unmerge_cells(str(area))
            for row in range(area.min_row + 1, area.max_row + 1):
                book[sheet].cell(row, area.min_col).value = "〃"
        book[sheet][cell] = value

    upload = services.upload_workbook(cast.coordinator, uploaded=edited(change), name="x.xlsx")
    outcome = rehearse(cast.coordinator, code=upload.code)[2]
    assert outcome is not None
    assert rule in {fault.rule for fault in outcome.faults}


def test_the_delivery_needs_a_place_once(cast: Cast) -> None:
    def change(book: Workbook) -> None:
        for row in book["案件"].iter_rows(max_col=2):
            if str(row[0].value).startswith(("納入先の緯度", "納入先の経度")):
                row[1].value = None

    upload = services.upload_workbook(cast.coordinator, uploaded=edited(change), name="x.xlsx")
    outcome = rehearse(cast.coordinator, code=upload.code)[2]
    assert outcome is not None
    assert [fault.rule for fault in outcome.faults] == ["unknown_place"]
    services.import_case_workbook(cast.coordinator, file=EXAMPLE.read_bytes())
    outcome = rehearse(cast.coordinator, code=upload.code)[2]
    assert outcome is not None
    assert outcome.faults == []


def test_rows_not_in_the_workbook_stay(cast: Cast, imported: Case) -> None:
    data = edited(
        lambda book: (book["部品"].delete_rows(8), book["できる会社"].delete_rows(31, 2), book["工程"].delete_rows(16)),
        services.export_workbook(cast.coordinator, code=imported.code, purpose=PURPOSE),
    )

    def without_assembly(book: Workbook) -> None:
        for row in book["工程"].iter_rows(min_row=5, min_col=2, max_col=2):
            if row[0].value == "S":
                row[0].value = None

    _case, outcome = services.import_case_workbook(cast.coordinator, file=edited(without_assembly, data))
    assert set(outcome.left) == {
        "S プッシュロッド組立品", "120 梱包・出荷", "みなと流通梱包 梱包ライン", "港町物流サービス 梱包場",
    }  # fmt: skip
    assert Operation.objects.filter(case=imported, number=120, removed_at__isnull=True).exists()


def test_together_with_rows_that_stay_it_must_still_fit(cast: Cast, imported: Case) -> None:
    def change(book: Workbook) -> None:
        book["工程"].delete_rows(16)
        book["できる会社"].delete_rows(31, 2)
        book["工程"]["E15"] = 2_900
        book["部品"]["G8"] = 2_900

    with pytest.raises(BadInput) as refused:
        services.import_case_workbook(cast.coordinator, file=edited(change))
    assert "工程110" in refused.value.faults[0].given
    assert Operation.objects.get(case=imported, number=110).quantity == 3_000


def test_the_case_is_found_by_code_or_by_buyer_number_and_title(cast: Cast, imported: Case) -> None:
    office = cast.coordinator
    other, outcome = services.import_case_workbook(office, file=edited(put("案件", "B8", "GA-26-9999")))
    assert other != imported
    assert outcome.counted == {"case": 1, "part": 4, "step": 12, "option": 28}
    services.lose_case(office, code=imported.code, reason="見送り")
    third, _outcome = services.import_case_workbook(office, file=EXAMPLE.read_bytes())
    assert third.code not in {imported.code, other.code}


def test_production_refuses_changes_of_steps_but_not_the_same_again(cast: Cast, imported: Case) -> None:
    office = cast.coordinator
    services.advance(office, code=imported.code, stage="planning")
    services.advance(office, code=imported.code, stage="production")
    services.import_case_workbook(office, file=EXAMPLE.read_bytes())
    with pytest.raises(NotNow):
        services.import_case_workbook(office, file=edited(put("工程", "E6", 3_080)))


@pytest.mark.parametrize("who", ["member", "buyer", "viewer"])
def test_only_the_office_imports(cast: Cast, who: str) -> None:
    actor = cast.everybody[who]
    with pytest.raises(Refused):
        services.upload_workbook(actor, uploaded=EXAMPLE.read_bytes(), name="x.xlsx")
    upload = services.upload_workbook(cast.coordinator, uploaded=EXAMPLE.read_bytes(), name="x.xlsx")
    with pytest.raises(Refused):
        services.apply_workbook(actor, code=upload.code)
    with pytest.raises(Hidden):
        rehearse(actor, code=upload.code)
    with pytest.raises(Hidden):
        rehearse(cast.far_coordinator, code=upload.code)
    assert not CaseImport.objects.get().applied_at


# --------------------------------------------------------------------------------------------------------- newcomers


def test_newcomers_bring_hours_and_days_and_what_is_free(cast: Cast, imported: Case) -> None:
    lathe = Machine.objects.get(name="NC旋盤 2号")
    assert lathe.capacity_disclosure == "band"
    assert lathe.calendar is not None
    taken = sum((booking.end - booking.start for booking in lathe.bookings.all()), timedelta())
    weeks = (lathe.bookings.latest("end").end - lathe.bookings.earliest("start").start) / timedelta(weeks=1)
    assert weeks > 4
    assert timedelta(hours=18) < taken / weeks < timedelta(hours=22)  # 44 hours a week, 24 of them free
    assert Machine.objects.get(name="NC旋盤 1号").capacity_disclosure == "exact"
    closed = CalendarDay.objects.get(calendar__company__party__name="灘ターニング")
    assert (closed.kind, closed.reason) == ("closed", "棚卸し")
    opened = CalendarDay.objects.filter(calendar__company__party__name="東港アッセンブリ", kind="open")
    assert {day.reason for day in opened} == {"この案件のため出勤"}
    assert Company.objects.filter(may_lead=True).count() == 4


def test_the_imported_case_is_a_problem_of_the_engine(cast: Cast, imported: Case) -> None:
    origin = imported.release
    net = engine_network(cast.network, origin=origin, horizon=60 * 1440)
    work = engine_work([imported], origin=origin)
    machines = {machine.id for machine in net.machines}
    assert len(work.operations) == 12
    assert all(option.machine in machines for step in work.operations for option in step.options)
    assert work.cases[0].deliver_to in {site.id for site in net.sites}


def test_what_a_known_company_says_of_itself_stays(cast: Cast) -> None:
    office = cast.coordinator
    party = Party.objects.get(pk=cast.member.party_id)
    company = network.admit_company(office, sheet=CompanySheet(name="三崎精機", address="本当の住所"), party=party)
    site = network.add_site(office, party=party, sheet=SiteSheet(name="本社工場", latitude=34.9, longitude=137.1))
    network.set_shifts(office, company_code=company.code, shifts=[])
    known = network.add_machine(office, site_code=site.code, sheet=MachineSheet(name="ＮＣ旋盤１号", process="turning"))
    _case, outcome = services.import_case_workbook(office, file=EXAMPLE.read_bytes())
    assert outcome.counted == COUNTS | {"company": 12, "machine": 20}
    company.refresh_from_db()
    site.refresh_from_db()
    assert (company.party.address, company.may_lead, site.latitude) == ("本当の住所", False, 34.9)
    assert Option.objects.filter(operation__number=20, machine=known).exists()


def test_two_machines_of_one_name_need_their_code(cast: Cast, imported: Case) -> None:
    office = cast.coordinator
    first = Machine.objects.get(name="NC自動盤")
    twin = network.add_machine(
        office, site_code=first.site.code, sheet=MachineSheet(name="NC自動盤", process="turning"), disclosure="exact"
    )
    upload = services.upload_workbook(office, uploaded=EXAMPLE.read_bytes(), name="x.xlsx")
    outcome = rehearse(office, code=upload.code)[2]
    assert outcome is not None
    assert [fault.rule for fault in outcome.faults] == ["ambiguous_machine"]
    assert twin.code in outcome.faults[0].details["names"]

    def named(book: Workbook) -> None:
        for sheet in ("会社と設備", "できる会社"):
            for row in book[sheet].iter_rows(min_row=5):
                for cell in row:
                    if cell.value == "NC自動盤":
                        cell.value = f"NC自動盤 [{first.code}]"

    _case, outcome = services.import_case_workbook(office, file=edited(named))
    assert not outcome.is_change


def test_the_number_of_queries_does_not_grow_with_the_options(
    cast: Cast, imported: Case, django_assert_max_num_queries: Any
) -> None:
    upload = services.upload_workbook(cast.coordinator, uploaded=EXAMPLE.read_bytes(), name="x.xlsx")
    with django_assert_max_num_queries(90):
        rehearse(cast.coordinator, code=upload.code)


def test_the_town_of_the_other_tests_is_left_alone(town: Town, case: Case) -> None:
    before = queries.case_page(town.cast.coordinator, case.code)
    services.import_case_workbook(town.cast.coordinator, file=EXAMPLE.read_bytes())
    assert queries.case_page(town.cast.coordinator, case.code) == before


@pytest.mark.both_databases
def test_two_imports_at_once_make_one_case(database: Any) -> None:
    cast = assemble()
    codes: list[str] = []

    def work() -> None:
        try:
            codes.append(services.import_case_workbook(cast.coordinator, file=EXAMPLE.read_bytes())[0].code)
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == ["C-2026-0001", "C-2026-0001"]
    assert (Case.objects.count(), Company.objects.count(), Machine.objects.count()) == (1, 13, 21)
    assert audit.verify(cast.network) == []

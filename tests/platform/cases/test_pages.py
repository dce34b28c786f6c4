"""The pages of cases: what they show, what their forms do, in Japanese and English, and at what cost."""

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from tests.people import Cast
from tests.platform.cases.conftest import EXAMPLE, PURPOSE, Town, at, case_sheet, option_sheet
from tests.platform.conftest import SignedIn
from zagumi.engine.read.case_workbook import read_book
from zagumi.platform.cases import pages, queries, services
from zagumi.platform.cases.models import Case, CaseFile, Operation, Option, Part
from zagumi.platform.cases.pages import Assignment, Blocker, CaseTab, Fact, PlanOfCase
from zagumi.platform.cases.sheets import OperationSheet
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import AuditEntry

pytestmark = pytest.mark.django_db

OFFICE = (
    "", "list/", "new/", "import/", "{code}/", "{code}/edit/", "{code}/lose/", "{code}/costs/", "{code}/export/",
    "{code}/history/", "{code}/files/", "{code}/files/new/", "{code}/files/{file}/revision/", "{code}/parts/new/",
    "{code}/parts/A/", "{code}/steps/", "{code}/steps/new/", "{code}/steps/10/", "{code}/steps/40/",
    "{code}/steps/10/edit/", "{code}/steps/10/options/new/", "{code}/steps/10/options/{machine}/",
)  # fmt: skip
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")


@pytest.fixture
def office(town: Town, signed_in: SignedIn) -> Client:
    return signed_in(town.cast.coordinator)


def text_of(answer: Any) -> str:
    return answer.content.decode()


def words_of(answer: Any) -> str:
    """The visible words of a page."""
    body = re.sub(r"(?s)<(script|style|svg)\b.*?</\1>", " ", text_of(answer))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


def errors_of(answer: Any) -> str:
    return re.sub(r"<[^>]*>", "", " ".join(re.findall(r'(?s)class="field-error">(.*?)</span></span>', text_of(answer))))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_answers_in_both_languages(
    town: Town, case: Case, files: dict[str, str], office: Client, language: str
) -> None:
    """In English no Japanese is left in labels, heads and buttons but what people wrote."""
    written = re.compile("の機械|旋削|めっき|組立|軸|座金|架空|例|佐|ロータ|作業|見積の|覚書")
    for path in OFFICE:
        address = path.format(code=case.code, machine=town.machines["member"].code, file=files["軸の図面"])
        answer = office.get(f"/cases/{address}", headers={"accept-language": language})
        assert answer.status_code == 200, address
        page = text_of(answer)
        assert f'<html lang="{language}"' in page
        labels = re.findall(r"(?s)<(?:label|legend|th|dt|summary|button|option)\b[^>]*>(.*?)</", page)
        labels += re.findall(r'(?s)<nav class="tabs".*?</nav>', page)
        words = [re.sub(r"<[^>]*>", "", label).strip() for label in labels]
        left = [word for word in words if language == "en" and JAPANESE.search(word) and not written.search(word)]
        assert not [word for word in left if word != "日本語"], address


def test_the_board_shows_stages_dates_and_what_is_missing(town: Town, case: Case, office: Client) -> None:
    services.expect_end(town.cast.coordinator, code=case.code, end=at(14, 12))
    page = text_of(office.get("/cases/"))
    columns = re.findall(r'data-stage="(\w+)"', page)
    assert columns == [
        "inquiry", "design", "team", "quote", "planning", "production", "delivery", "settlement", "review",
    ]  # fmt: skip
    card = page[page.index('data-code="C-2026-0001"') - 200 :]
    assert "tone-late" in card
    assert "3日遅れの見込み" in card
    assert "できる会社なし 1工程" in card
    assert 'data-moves="design team quote planning "' in card
    assert 'data-stage="lost"' in text_of(office.get("/cases/?closed=1"))
    assert "C-2026-0001" not in text_of(office.get("/cases/?q=ポンプ"))
    assert "C-2026-0001" in text_of(office.get("/cases/?q=ＰＲ-2043&late=1"))
    assert "C-2026-0001" not in text_of(office.get(f"/cases/?buyer={town.cast.other_buyer.party_code}"))


def test_a_card_is_moved_by_its_form_and_by_script(town: Town, case: Case, office: Client) -> None:
    answer = office.post(f"/cases/{case.code}/move/", {"stage": "team", "back": "board"})
    assert answer.headers["Location"] == "/cases/"
    answer = office.post(f"/cases/{case.code}/move/", {"stage": "planning"}, headers={"x-requested-with": "fetch"})
    assert answer.status_code == 204
    case.refresh_from_db()
    assert case.stage == "planning"
    refused = office.post(f"/cases/{case.code}/move/", {"stage": "production"})
    assert refused.status_code == 409
    assert "40 組立" in text_of(refused)


def test_readers_without_a_board_get_their_list(town: Town, case: Case, signed_in: SignedIn) -> None:
    for actor in (town.cast.member, town.cast.buyer):
        answer = signed_in(actor).get("/cases/", follow=True)
        assert answer.redirect_chain == [("/cases/list/", 302)]
        assert case.code in text_of(answer)
    assert case.code not in text_of(signed_in(town.cast.viewer).get("/cases/list/"))


def test_the_list_is_searched_filtered_sorted_and_exported_as_shown(town: Town, case: Case, office: Client) -> None:
    buyer = town.cast.other_buyer.party_code
    services.register_case(
        town.cast.coordinator,
        sheet=case_sheet(town.cast, title="送水ポンプ 40台", buyer=buyer, channel="fax", due=at(4)),
    )

    def codes(query: str) -> list[str]:
        return re.findall(r"/cases/(C-2026-\d{4})/", text_of(office.get(f"/cases/list/?{query}")))

    assert codes("") == ["C-2026-0002", "C-2026-0001"]
    assert codes("sort=-due") == ["C-2026-0001", "C-2026-0002"]
    assert codes("q=ﾎﾟﾝﾌﾟ") == ["C-2026-0002"]
    assert codes("channel=fax&stage=inquiry") == ["C-2026-0002"]
    assert codes(f"buyer={buyer}") == ["C-2026-0002"]
    assert codes("due_from=2026-12-05") == ["C-2026-0001"]
    assert codes("late=on") == []
    exported = office.get("/cases/list/?export=csv&q=ポンプ")
    data = b"".join(exported.streaming_content) if exported.streaming else exported.content
    assert data.startswith(b"\xef\xbb\xbf")
    rows = data.decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert "送水ポンプ 40台" in rows[1]


# --------------------------------------------------------------------------------------------------------- new inquiry

INQUIRY = {
    "title": "油圧ブロック 300個", "channel": "phone", "due": "2026-12-18T17:00", "contract_form": "lead", "note": "",
    "received_on": "2026-11-20", "answer_due": "2026-11-25", "late_yen_per_day": "14400",
}  # fmt: skip


def test_an_inquiry_by_telephone_from_somebody_new(town: Town, office: Client) -> None:
    form = INQUIRY | {"buyer": "new", "buyer_name": "", "buyer_phone": "0123-45-6789"}
    answer = office.post("/cases/new/", form)
    assert "新しい発注者の名前を書いてください。" in text_of(answer)
    assert "油圧ブロック 300個" in text_of(answer)  # what was typed is kept
    answer = office.post("/cases/new/", form | {"buyer_name": "東海機装"})
    case = Case.objects.get()
    assert answer.headers["Location"] == f"/cases/{case.code}/"
    assert (case.buyer.name, case.buyer.phone, case.channel) == ("東海機装", "0123-45-6789", "phone")
    assert case.late_yen_per_minute == 10


def test_a_double_is_shown_before_it_is_registered(town: Town, case: Case, office: Client) -> None:
    form = INQUIRY | {"title": "ロッド組立品　３００組", "buyer": town.cast.buyer.party_code}
    answer = office.post("/cases/new/", form)
    assert answer.status_code == 200
    assert f"/cases/{case.code}/" in text_of(answer)
    assert Case.objects.count() == 1
    hint = office.get("/cases/new/doubles/", {"title": "ロッド組立品 300組", "buyer": town.cast.buyer.party_code})
    assert case.code in text_of(hint)
    office.post("/cases/new/", form | {"is_new": "1"})
    assert Case.objects.count() == 2


def test_what_the_service_refuses_is_said_at_the_field(town: Town, office: Client) -> None:
    form = INQUIRY | {"buyer": town.cast.buyer.party_code, "due": "2026-11-01T17:00", "answer_due": "2026-11-01"}
    answer = office.post("/cases/new/", form)
    assert "着手できる日時" in errors_of(answer)
    assert "2026-11-20 以降" in errors_of(answer)
    assert not Case.objects.exists()


def test_a_buyer_asks_on_the_web(town: Town, signed_in: SignedIn) -> None:
    client = signed_in(town.cast.buyer)
    page = text_of(client.get("/cases/new/"))
    assert "受注額" not in page
    assert "幹事会社" not in page
    client.post("/cases/new/", {"title": "ピン 90本", "due": "2026-12-18T17:00", "note": ""})
    case = Case.objects.get()
    assert (case.buyer_id, case.channel) == (town.cast.buyer.party_id, "web")
    shown = words_of(client.get(f"/cases/{case.code}/"))
    assert "受付済み" in shown
    assert "製造中" in shown


def test_correcting_losing_and_taking_up_again(town: Town, case: Case, office: Client) -> None:
    form = INQUIRY | {"title": "ロッド 320組", "buyer": town.cast.buyer.party_code, "price_yen": "900000"}
    office.post(f"/cases/{case.code}/edit/", form)
    case.refresh_from_db()
    assert (case.title, case.price_yen) == ("ロッド 320組", 900_000)
    assert office.post(f"/cases/{case.code}/lose/", {"reason": ""}).status_code == 200
    office.post(f"/cases/{case.code}/lose/", {"reason": "値段"})
    assert "この案件はまとまりませんでした" in text_of(office.get(f"/cases/{case.code}/"))
    office.post(f"/cases/{case.code}/reopen/")
    office.post(f"/cases/{case.code}/answered/")
    case.refresh_from_db()
    assert (case.stage, str(case.answered_on)) == ("inquiry", "2026-11-20")


# ------------------------------------------------------------------------------------------------------------ a case


def test_the_case_page_says_what_it_waits_for(town: Town, case: Case, office: Client) -> None:
    words = words_of(office.get(f"/cases/{case.code}/"))
    for said in ("894.7万円", "40 組立 をできる会社がありません", "発注者に回答する", "2社ができる", "あと14稼働日"):
        assert said in words, said
    assert "軸のめっき" in words


def test_the_graph_has_a_table_beside_it(town: Town, case: Case, office: Client) -> None:
    page = text_of(office.get(f"/cases/{case.code}/"))
    assert page.count('class="graph-node') == 4
    assert page.count("<path d=") >= 3
    table = page[page.index('id="graph-table"') :]
    for step in ("10 旋削", "20 軸のめっき", "30 座金のめっき", "40 組立"):
        assert step in table
    assert "20 軸のめっき、30 座金のめっき ×2" in re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", table)).replace(", ", "、")


def test_a_member_sees_its_step_between_nameless_neighbours(town: Town, case: Case, signed_in: SignedIn) -> None:
    page = signed_in(town.plater).get(f"/cases/{case.code}/")
    words = words_of(page)
    assert "前の会社" in words
    assert "次の会社" in words
    assert "20 軸のめっき" in words
    assert "旋削" not in words
    assert "返事をお待ちしています" in words


def test_rooms_above_put_their_part_on_the_page(
    town: Town, case: Case, office: Client, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "_registered", pages.Extensions())
    pages.add_tab(CaseTab("orders", "注文", 50, lambda row: f"/orders/{row.code}/", count=lambda _actor, _row: 7))
    pages.add_tab(CaseTab("secret", "内緒", 60, lambda _row: "/", shown=lambda actor, _row: actor.is_viewer))
    pages.add_facts(lambda _actor, _row: [Fact("完了の見込み", "12/14", "late")])
    pages.add_blockers(lambda _actor, _row: [Blocker("炉が止まります", "11/27")])
    pages.add_actions(lambda _actor, _row: [pages.CaseAction("案を比べる", "/plans/", is_main=True)])
    pages.add_panel(pages.CasePanel("empty", 5, "cases/_notices.html", lambda _actor, _row: None))

    def plan(actor: Actor, row: Case) -> PlanOfCase | None:
        shared = (Assignment(10, "西尾精機(架空)", 200), Assignment(10, "東野製作所(架空)", 110, "running"))
        return PlanOfCase((*shared, Assignment(20, "北浜めっき", 305)), frozenset({(10, 20)}))

    pages.tell_plan(plan)
    with pytest.raises(ValueError, match="two rooms"):
        pages.tell_plan(plan)
    with pytest.raises(ValueError, match="orders"):
        pages.add_tab(CaseTab("orders", "二重", 1, lambda _row: "/"))
    page = text_of(office.get(f"/cases/{case.code}/"))
    assert f'href="/orders/{case.code}/"' in page
    assert "内緒" not in page
    for said in ("注文 7", "完了の見込み", "炉が止まります", "案を比べる", "10 旋削 200", "10 旋削 110", "北浜めっき"):
        assert said in page, said
    assert page.count('class="graph-node') == 5
    assert page.count('class="is-critical"') == 2
    assert page.count("graph-truck") == 2


def test_notes_and_questions(town: Town, case: Case, office: Client, signed_in: SignedIn) -> None:
    member = signed_in(town.cast.member)
    member.post(f"/cases/{case.code}/notes/", {"text": "面取りは全周ですか", "is_question": "on"})
    page = text_of(office.get(f"/cases/{case.code}/"))
    assert "面取りは全周ですか" in page
    key = re.search(r"/notes/(\d+)/settle/", page)
    assert key is not None
    office.post(f"/cases/{case.code}/notes/{key[1]}/settle/")
    assert "片づいた" in text_of(member.get(f"/cases/{case.code}/"))


def test_costs_are_shown_once_after_saying_what_for(town: Town, case: Case, office: Client) -> None:
    assert "331" not in words_of(office.get(f"/cases/{case.code}/costs/"))
    assert office.post(f"/cases/{case.code}/costs/", {"purpose": "a"}).status_code == 200
    answer = office.post(f"/cases/{case.code}/costs/", {"purpose": PURPOSE})
    assert "331円" in words_of(answer)
    assert "no-store" in answer.headers["Cache-Control"]
    assert AuditEntry.objects.filter(verb="looked at the costs of", purpose=PURPOSE).count() == 1


def test_the_record_tells_changes_in_words(town: Town, case: Case, office: Client) -> None:
    services.advance(town.cast.coordinator, code=case.code, stage="planning")
    words = words_of(office.get(f"/cases/{case.code}/history/"))
    assert "段階 受付 → 計画" in words
    assert "納期 2026-12-11 17:00" in words
    assert "佐伯 みどり" in words


# ------------------------------------------------------------------------------------------------------------- forms

STEP = {
    "number": "50", "name": "出荷", "process": "shipping", "quantity": "300", "before": "40", "batch": "",
    "lag_minutes": "", "may_pause": "on", "note": "", "setup_family": "", "material": "", "certificates": "",
}  # fmt: skip


def test_a_step_is_added_corrected_removed_and_brought_back(town: Town, case: Case, office: Client) -> None:
    base = f"/cases/{case.code}/steps/"
    assert office.post(base + "new/", STEP).headers["Location"] == base + "50/"
    links = {"before": "30×2、40", "batch": "200、-", "lag_minutes": "90"}
    office.post(base + "50/edit/", STEP | links | {"min_sublot": "100", "value_diameter_mm": "38"})
    step = next(s for s in queries.case_steps(town.cast.coordinator, case) if s.number == 50)
    assert [(n.number, n.per, n.batch, n.lag_minutes) for n in step.before] == [(30, 2, 200, 90), (40, 1, None, 90)]
    assert (step.min_sublot, step.max_sublots) == (100, 2)
    page = text_of(office.get(base + "50/edit/"))
    assert 'value="30×2, 40"' in page
    assert 'value="200、-"' in page
    answer = office.post(base + "50/remove/", follow=True)
    undo = re.search(r'formaction="([^"]+)"', text_of(answer))
    assert undo is not None
    assert "50 出荷" in words_of(answer)
    office.post(undo[1])
    assert [s.number for s in queries.case_steps(town.cast.coordinator, case)][-1] == 50


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"before": "999"}, "この案件の工程番号"),
        ({"before": "切断のあと"}, "工程番号を「、」で区切る"),
        ({"before": "40", "batch": "1、2、3"}, "前の工程ごとの数"),
        ({"quantity": "301"}, "301 以上"),
        ({"number": "10"}, "使っていない番号"),
        ({"process": ""}, "必須"),
    ],
)
def test_a_wrong_step_is_refused_at_its_field(
    town: Town, case: Case, office: Client, change: dict[str, str], said: str
) -> None:
    answer = office.post(f"/cases/{case.code}/steps/new/", STEP | change)
    assert answer.status_code == 200
    assert said in errors_of(answer)
    assert not Operation.objects.filter(case=case, number=50).exists()


def test_a_cycle_is_named_on_the_form(town: Town, case: Case, office: Client) -> None:
    form = STEP | {"number": "10", "name": "旋削", "process": "turning", "quantity": "300", "before": "40", "part": "A"}
    answer = office.post(f"/cases/{case.code}/steps/10/edit/", form)
    assert "10 → 20 → 40 → 10" in errors_of(answer)


def test_parts_on_the_page(town: Town, case: Case, office: Client) -> None:
    base = f"/cases/{case.code}/parts/"
    form = {"letter": "c", "name": "組立品", "quantity": "300", "mass_g": ""}
    office.post(base + "new/", form)
    office.post(base + "C/", form | {"mass_g": "510"})
    assert Part.objects.get(letter="C").mass_g == 510
    assert "AからZ" in errors_of(office.post(base + "new/", form | {"letter": "1"}))
    refused = office.post(base + "A/remove/")
    assert refused.status_code == 409
    answer = office.post(base + "C/remove/", follow=True)
    undo = re.search(r'formaction="([^"]+)"', text_of(answer))
    assert undo is not None
    office.post(undo[1])
    assert Part.objects.get(letter="C").removed_at is None


def test_a_company_answers_on_the_page(town: Town, case: Case, office: Client, signed_in: SignedIn) -> None:
    machine = town.machines["member"].code
    address = f"/cases/{case.code}/steps/10/options/{machine}/"
    member = signed_in(town.cast.member)
    assert 'value="71111"' in text_of(member.get(address))
    assert "71111" not in text_of(office.get(address))
    assert signed_in(town.cast.rival).get(address).status_code == 404
    form = {
        "setup_minutes": "45",
        "minutes_per_piece": "1.2",
        "fixed_yen": "9000",
        "unit_yen": "300",
        "good_percent": "98.5",
    }
    member.post(address, form | {"answer": "accept"})
    option = Option.objects.get(machine__code=machine)
    assert (option.setup_minutes, option.unit_yen, str(option.good_rate)) == (45, 300, "0.9850")
    member.post(address, {"answer": "decline", "reason": "手いっぱい"})
    option.refresh_from_db()
    assert (option.answer, option.declined_reason) == ("declined", "手いっぱい")
    assert "必須" in errors_of(member.post(address, {"answer": "decline", "reason": ""}))


def test_the_office_enters_what_a_company_said_on_the_telephone(town: Town, case: Case, office: Client) -> None:
    machine = town.machines["member"].code
    address = f"/cases/{case.code}/steps/10/options/{machine}/"
    office.post(address, {"answer": "decline", "reason": "炉の点検", "told_by": "fax"})
    entry = AuditEntry.objects.filter(verb="declined the step").get()
    assert (entry.user_name, entry.channel) == ("佐伯 みどり", "fax")
    assert entry.on_behalf_of_id == town.cast.member.party_id
    assert "西尾精機(架空)" in words_of(office.get(f"/cases/{case.code}/history/"))
    form = {"setup_minutes": "45", "minutes_per_piece": "1", "fixed_yen": "1", "unit_yen": "1", "good_percent": "100"}
    assert "必須" in errors_of(office.post(address, form | {"answer": "accept"}))
    office.post(address, form | {"answer": "accept", "told_by": "phone"})
    assert Option.objects.get(machine__code=machine).answer == "accepted"


def test_options_are_entered_and_removed_by_the_office(town: Town, case: Case, office: Client) -> None:
    base = f"/cases/{case.code}/steps/40/options/"
    machine = town.machines["plater"].code
    form = {"setup_minutes": "1", "minutes_per_piece": "1", "fixed_yen": "1", "unit_yen": "1", "good_percent": "100"}
    office.post(base + "new/", form | {"machine": machine})
    assert Option.objects.filter(operation__number=40).exists()
    assert "まだ書かれていない" in errors_of(office.post(base + "new/", form | {"machine": machine}))
    answer = office.post(base + f"{machine}/remove/", follow=True)
    undo = re.search(r'formaction="([^"]+)"', text_of(answer))
    assert undo is not None
    office.post(undo[1])
    assert Option.objects.get(operation__number=40).removed_at is None


# ------------------------------------------------------------------------------------------------------------- files


def test_files_on_the_page(town: Town, case: Case, office: Client, signed_in: SignedIn) -> None:
    base = f"/cases/{case.code}/files/"
    form = {"title": "軸の図面", "kind": "drawing", "part": "A", "revision": "A", "audience": "steps"}
    assert "このフィールドは必須です" in errors_of(office.post(base + "new/", form))
    office.post(base + "new/", form | {"uploaded": SimpleUploadedFile("a.pdf", b"%PDF-1 A")})
    first = CaseFile.objects.get()
    answer = signed_in(town.cast.member).get(f"{base}{first.code}/?show=1")
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert b"".join(answer.streaming_content) == b"%PDF-1 A"
    office.post(
        f"{base}{first.code}/revision/", form | {"revision": "B", "uploaded": SimpleUploadedFile("b.pdf", b"%PDF-1 B")}
    )
    latest = CaseFile.objects.get(revision="B")
    assert latest.replaces == first
    assert "前: A" in words_of(office.get(base))
    office.post(f"{base}{latest.code}/audience/", {"audience": "office"})
    assert signed_in(town.cast.member).get(f"{base}{latest.code}/").status_code == 404
    answer = office.post(f"{base}{latest.code}/remove/", follow=True)
    undo = re.search(r'formaction="([^"]+)"', text_of(answer))
    assert undo is not None
    office.post(undo[1])
    latest.refresh_from_db()
    assert latest.removed_at is None


# ------------------------------------------------------------------------------------------------------------ import


def upload(client: Client, data: bytes, name: str = "案件.xlsx") -> Any:
    return client.post("/cases/import/", {"workbook": SimpleUploadedFile(name, data)}, follow=True)


def test_a_workbook_is_looked_at_and_imported(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.coordinator)
    template = client.get("/cases/import/template.xlsx")
    assert read_book(template.content).counts["operations"] == 0
    preview = upload(client, EXAMPLE.read_bytes())
    words = words_of(preview)
    assert "新しい案件として登録します" in words
    assert "81件を取り込む" in words
    assert not Case.objects.exists()
    apply = re.search(r'action="(/cases/import/[^"]+/apply/)"', text_of(preview))
    assert apply is not None
    answer = client.post(apply[1])
    case = Case.objects.get()
    assert answer.headers["Location"] == f"/cases/{case.code}/"
    again = words_of(upload(client, EXAMPLE.read_bytes()))
    assert "すべて前と同じです" in again
    assert client.get("/cases/import/").status_code == 200
    export = client.post(f"/cases/{case.code}/export/", {"purpose": PURPOSE})
    assert read_book(export.content).book is not None


def test_faults_are_shown_in_the_sheet_and_marked_in_a_copy(cast: Cast, signed_in: SignedIn) -> None:
    book = load_workbook(EXAMPLE)
    book["工程"]["E6"] = "三千"
    book["できる会社"]["H8"] = 0.98
    out = io.BytesIO()
    book.save(out)
    client = signed_in(cast.coordinator)
    page = upload(client, out.getvalue())
    words = words_of(page)
    assert "工程 6行 E列 数量" in words
    assert "1 から 10000000 までの整数" in words
    assert "直すところが2 か所あります" in words
    assert text_of(page).count('class="is-wrong"') == 2
    assert "/apply/" not in text_of(page)
    marked = re.search(r'href="(/cases/import/[^"]+/marked.xlsx)"', text_of(page))
    assert marked is not None
    copy = load_workbook(io.BytesIO(client.get(marked[1]).content))
    assert "1 から 10000000 までの整数" in copy["工程"]["E6"].comment.text
    assert copy["工程"]["E6"].fill.start_color.rgb == "00FFDADA"
    broken = upload(client, b"no workbook at all", "x.xlsx")
    assert "ファイルを読めません" in words_of(broken)
    assert "marked.xlsx" not in text_of(broken)


# ------------------------------------------------------------------------------------------------------------- costs


@pytest.mark.parametrize(
    ("path", "most"), [("", 30), ("list/", 30), ("{code}/", 45), ("{code}/steps/", 45), ("{code}/steps/10/", 45)]
)
def test_the_number_of_queries_does_not_grow(
    town: Town, case: Case, office: Client, django_assert_max_num_queries: Any, path: str, most: int
) -> None:
    address = "/cases/" + path.format(code=case.code)
    office.get(address)
    with django_assert_max_num_queries(most) as few:
        office.get(address)
    for number in range(5):
        services.register_case(town.cast.coordinator, sheet=case_sheet(town.cast, title=f"別の案件 {number}"))
    for number in (21, 22, 23):
        sheet = OperationSheet(number=number, name="別の旋削", process="turning", quantity=10, part="A")
        services.add_operation(town.cast.coordinator, code=case.code, sheet=sheet)
        services.offer_option(town.cast.coordinator, code=case.code, number=number, sheet=option_sheet(town, "member"))
        services.offer_option(town.cast.coordinator, code=case.code, number=number, sheet=option_sheet(town, "rival"))
    with django_assert_max_num_queries(len(few)):
        office.get(address)

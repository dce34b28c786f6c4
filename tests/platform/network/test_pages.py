"""The pages: who gets which, what they do, what they never show; and the forms behind them."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from tests import factories
from tests.platform.conftest import SignedIn
from tests.platform.network.conftest import Town, at, build, plan_booking, proven
from zagumi.platform.core.models import AuditEntry
from zagumi.platform.network import services
from zagumi.platform.network.models import Capability, Company, Machine, Person
from zagumi.platform.network.sheets import CapabilitySheet, MachineSheet, PersonSheet
from zagumi.platform.network.urls import urlpatterns

PRIVATE = ("7,777", "7777", "8,888", "山根甲", "得意先甲", "点検甲", "発注者認定甲")


def text(client: Client, name: str, *args: str, query: str = "", status: int = 200) -> str:
    answer = client.get(reverse(f"network:{name}", args=args) + query)
    assert answer.status_code == status, answer.content.decode()[:400]
    return read(answer).decode()


def read(answer: Any) -> bytes:
    """What was sent, whether in one piece or streamed from a file."""
    content: bytes = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content


def arguments(town: Town) -> dict[str, list[str]]:
    """The arguments of every page that can be asked for, for the member's company."""
    works = town.works
    company = {name: [works.code] for name in ("company", "company-edit", "company-calendar", "company-prices")}
    company |= {name: [works.code] for name in ("company-history", "hours-edit", "site-new", "machine-new", "people")}
    company |= {name: [works.code] for name in ("capability-new", "certificate-new", "person-new")}
    certificate = works.company.certificates.get(kind="iso_9001").code
    return {
        **{name: [] for name in ("company-list", "company-map", "coverage", "basemap", "company-new")},
        **company,
        "site-edit": [works.site.code],
        "machine": [works.exact.code],
        "machine-edit": [works.exact.code],
        "capability-edit": [works.capability.code],
        "capability-proof": [works.capability.code],
        "capability-evidence": [works.capability.code],
        "certificate-edit": [certificate],
        "certificate-file": [certificate],
        "person-edit": [works.company.people.get().code],
    }


OPEN = {"company-list": 200, "company-map": 200, "coverage": 200, "company": 200, "machine": 200}
OWN = {
    *("company-edit", "company-calendar", "company-prices", "company-history", "hours-edit", "site-new", "site-edit"),
    *("machine-new", "machine-edit", "people", "capability-new", "capability-edit", "certificate-new"),
    *("certificate-edit", "certificate-file", "person-new", "person-edit"),
}
# No base map and no evidence in this town; admitting and proving is the coordinator's.
EXPECTED = {
    "coordinator": OPEN | dict.fromkeys(OWN, 200) | {"basemap": 404, "company-new": 200, "capability-proof": 200},
    "member": OPEN | dict.fromkeys(OWN, 200) | {"basemap": 404, "company-new": 403, "capability-proof": 403},
    "rival": OPEN
    | dict.fromkeys(OWN, 403)
    | {"basemap": 404, "company-new": 403, "capability-proof": 403, "certificate-file": 404},
    "buyer": dict.fromkeys(("company-list", "company-map", "coverage", "company-new"), 403),
    "viewer": dict.fromkeys(("company-list", "company-map", "coverage", "company-new"), 403),
    "far_member": {"company-list": 200, "company-map": 200, "coverage": 200, "company-new": 403},
}


@pytest.mark.parametrize("name", EXPECTED)
def test_every_page_answers_each_reader_as_it_should(town: Town, signed_in: SignedIn, name: str) -> None:
    client = signed_in(getattr(town.cast, name))
    pages = arguments(town)
    posted = {p.name for p in urlpatterns if p.name not in pages}
    assert posted <= POSTS | {"do"}
    for page, args in pages.items():
        answer = client.get(reverse(f"network:{page}", args=args))
        assert answer.status_code == EXPECTED[name].get(page, 404), page
        read(answer)


POSTS = {
    *("company-membership", "close-days", "open-days", "reset-days", "machine-retire", "machine-restore"),
    *("machine-disclosure", "machine-book", "machine-free", "machine-stop", "machine-resume"),
}


def test_what_changes_things_is_only_posted_and_closed_to_others(town: Town, signed_in: SignedIn) -> None:
    own, rival, stranger = (signed_in(a) for a in (town.cast.member, town.cast.rival, town.cast.buyer))
    before = AuditEntry.objects.count()
    for name in POSTS:
        code = town.works.exact.code if name.startswith("machine") else town.works.code
        url = reverse(f"network:{name}", args=[code])
        assert own.get(url).status_code == 405
        assert (
            rival.post(url, {"verb": "announce", "day": "2026-12-01", "start": at(24, 8).isoformat()}).status_code
            == 403
        )
        assert stranger.post(url, {"verb": "announce"}).status_code in {403, 404}
    assert AuditEntry.objects.count() == before


def test_nobody_gets_in_without_signing_in(town: Town) -> None:
    answer = Client().get(reverse("network:company", args=[town.works.code]))
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"next=/companies/{town.works.code}/")


@pytest.mark.parametrize("reader", ["rival", "buyer", "viewer", "far_member"])
def test_no_page_shows_others_what_is_private(town: Town, signed_in: SignedIn, reader: str) -> None:
    own = signed_in(town.cast.member)
    inside = text(own, "company", town.works.code) + text(own, "company-prices", town.works.code)
    inside += text(own, "machine", town.works.exact.code) + text(own, "machine", town.works.band.code)
    for word in PRIVATE:
        assert word in inside or word == "7777", f"{word} is not there and could not leak"
    client = signed_in(getattr(town.cast, reader))
    for page, args in arguments(town).items():
        answer = client.get(reverse(f"network:{page}", args=args))
        content = read(answer).decode(errors="replace")
        for word in PRIVATE:
            assert word not in content, (page, word)


# ------------------------------------------------------------------------------------------------------------ lists


def test_the_list_filters_from_its_address(town: Town, signed_in: SignedIn) -> None:
    client = signed_in(town.cast.coordinator)
    proven(town.cast.coordinator, town.plater.capability)

    def shown(query: str) -> set[str]:
        content = text(client, "company-list", query=query)
        codes = {works.code for works in (town.works, town.rival, town.plater)}
        return {code for code in codes if f"/companies/{code}/" in content}

    everybody = {town.works.code, town.rival.code, town.plater.code}
    assert shown("") == everybody
    assert shown("?q=ﾒｯｷ") == {town.plater.code}
    assert shown("?family=surface") == {town.plater.code}
    assert shown("?process=turning") == {town.works.code, town.rival.code}
    assert shown("?proof=verified") == {town.plater.code}
    assert shown("?certificate=buyer") == everybody
    assert shown("?certificate=iso_14001") == set()
    assert shown("?free=many") == everybody
    assert shown("?free_next=many") == set()
    assert shown("?single=on") == {town.plater.code}
    assert shown("?lead=on") == set()
    assert shown("?channel=screen&family=surface") == {town.plater.code}
    assert shown("?state=left") == set()
    assert shown("?family=nonsense") == everybody


def test_filters_do_not_tell_what_is_not_shown(town: Town, signed_in: SignedIn) -> None:
    client = signed_in(town.cast.member)
    for query in ("?free=few", "?free_next=few", "?free=many"):
        assert f"/companies/{town.rival.code}/" not in text(client, "company-list", query=query)
    assert f"/companies/{town.rival.code}/" not in text(client, "company-list", query="?certificate=buyer")


def test_exports_are_what_is_shown(town: Town, signed_in: SignedIn) -> None:
    client = signed_in(town.cast.member)
    answer = client.get(reverse("network:company-list") + "?export=csv&process=turning&sort=code")
    table = list(csv.DictReader(io.StringIO(read(answer).decode("utf-8-sig"))))
    assert [row["番号"] for row in table] == [town.works.code, town.rival.code]
    assert [row["今週の空き"] for row in table] == ["多", ""]
    book = load_workbook(io.BytesIO(client.get(reverse("network:company-list") + "?export=xlsx").content))
    assert book.active.max_row == 4
    assert "発注者認定乙" not in str([[cell.value for cell in row] for row in book.active])
    answer = client.get(reverse("network:coverage") + "?export=csv&state=single")
    table = list(csv.DictReader(io.StringIO(read(answer).decode("utf-8-sig"))))
    assert [row["できる会社"] for row in table] == ["梅田めっき(架空)"]


def counted(client: Client, name: str, *args: str) -> int:
    """How many queries a page takes, the session once known."""
    text(client, name, *args)
    with CaptureQueriesContext(connection) as queries:
        text(client, name, *args)
    return len(queries)


def test_lists_take_no_more_queries_when_they_grow(town: Town, signed_in: SignedIn) -> None:
    client, names = signed_in(town.cast.coordinator), ("company-list", "company-map", "coverage")
    before = {name: counted(client, name) for name in names}
    for number in range(3):
        party = factories.party(town.cast.network, name=f"隣{number}(架空)")
        build(town.cast.coordinator, party, process="milling", mark="隣", latitude=34.2, longitude=137.8)
    assert {name: counted(client, name) for name in names} == before


def test_the_map_says_everything_in_a_table_and_without_script(town: Town, signed_in: SignedIn) -> None:
    content = text(signed_in(town.cast.coordinator), "company-map")
    for works in (town.works, town.rival, town.plater):
        assert f'data-map-key="{works.site.code}"' in content
    assert '<svg class="map-sheet"' in content
    assert content.count("<circle") == 3
    assert '"kind": "hub"' in content


def test_the_base_map_is_handed_out(town: Town, signed_in: SignedIn) -> None:
    town.cast.network.code = "minato"
    town.cast.network.save()
    client = signed_in(town.cast.member)
    found = client.get(reverse("network:basemap")).json()
    kinds = {feature["properties"]["kind"] for feature in found["features"]}
    assert kinds == {"land", "hill", "district", "river", "rail", "road", "station", "place", "water"}
    assert all(feature["properties"]["name_en"] for feature in found["features"])
    drawn = text(client, "company-map")
    assert 'class="map-land"' in drawn
    assert "みなと湾" in drawn


def test_coverage_in_words_and_as_a_table(town: Town, signed_in: SignedIn) -> None:
    client = signed_in(town.cast.member)
    assert "1社だけの加工法が1" in text(client, "coverage")
    matrix = text(client, "coverage", query="?view=matrix&family=surface")
    assert "梅田めっき(架空): 自己申告" in matrix


# --------------------------------------------------------------------------------------------------------- one page


def test_the_company_says_its_decision_first(town: Town, signed_in: SignedIn) -> None:
    client = signed_in(town.cast.coordinator)
    services.report_stop(town.cast.coordinator, code=town.plater.exact.code, reason="ポンプの故障")
    content = text(client, "company", town.plater.code)
    assert "この地域で1社だけの加工法 1" in content
    assert "代わりがありません" in content
    assert "機械exact が止まっています" in content
    assert "まだ実績がありません" in content
    assert "この地域で1社だけ" not in text(client, "company", town.works.code)


def test_rivals_read_why_there_are_no_hours(town: Town, signed_in: SignedIn) -> None:
    content = text(signed_in(town.cast.rival), "company", town.works.code)
    assert "社名つきの空きは見せません" in content
    assert 'class="heat"' not in content
    assert "すべて稼働" not in content  # whether machines run is not theirs to know
    assert "会社の情報を直す" not in content


def test_see_as_another(town: Town, signed_in: SignedIn) -> None:
    client = signed_in(town.cast.member)
    rival = text(client, "company", town.works.code, query="?as=rival")
    assert "社名つきの空きは見せません" in rival
    assert "会社の情報を直す" not in rival
    for word in PRIVATE:
        assert word not in rival
    assert "この会社は見えません" in text(client, "company", town.works.code, query="?as=buyer")
    assert "山根甲" in text(client, "company", town.works.code, query="?as=coordinator")
    text(client, "company", town.rival.code, query="?as=coordinator", status=403)
    text(client, "company", town.works.code, query="?as=system", status=403)


def test_pages_of_one_company_take_no_more_queries_when_it_grows(town: Town, signed_in: SignedIn) -> None:
    client, works = signed_in(town.cast.member), town.works
    pages = dict.fromkeys(("company", "company-calendar", "company-history", "company-prices", "people"), works.code)
    pages["machine"] = works.exact.code
    before = {name: counted(client, name, code) for name, code in pages.items()}
    for number in range(3):
        sheet = MachineSheet(name=f"追加{number}", process="turning")
        machine = services.add_machine(town.cast.member, site_code=works.site.code, sheet=sheet)
        services.book_machine(town.cast.member, code=machine.code, start=at(24, 8), end=at(24, 9))
        services.report_stop(town.cast.member, code=machine.code, reason="点検", start=at(26, 8), end=at(26, 9))
        ranges = {"length_mm": (Decimal(1), Decimal(100))}
        can = CapabilitySheet(process="turning", machine=machine.code, ranges=ranges)
        services.declare_capability(town.cast.member, company_code=works.code, sheet=can)
        person = PersonSheet(name=f"架空{number}", skills={"milling_1": None})
        services.add_person(town.cast.member, company_code=works.code, sheet=person)
    assert {name: counted(client, name, code) for name, code in pages.items()} == before


def test_prices_ask_the_coordinator_why(town: Town, signed_in: SignedIn) -> None:
    client = signed_in(town.cast.coordinator)
    url = reverse("network:company-prices", args=[town.works.code])
    assert "7,777" not in text(client, "company-prices", town.works.code)
    assert client.post(url, {"purpose": "見る"}).status_code == 422
    answer = client.post(url, {"purpose": "C-2026-0001 の比較"})
    assert "7,777円" in answer.content.decode()
    assert "no-cache" in answer["Cache-Control"]
    assert "7,777" not in text(client, "company-prices", town.works.code)
    assert "C-2026-0001 の比較" in text(signed_in(town.cast.member), "company-history", town.works.code)


def test_papers_are_handed_to_owner_and_coordinator(town: Town, signed_in: SignedIn) -> None:
    code = town.works.company.certificates.get(kind="iso_9001").code
    for actor in (town.cast.member, town.cast.coordinator):
        answer = signed_in(actor).get(reverse("network:certificate-file", args=[code]))
        assert read(answer) == b"%PDF-1.7 certificate"


# ------------------------------------------------------------------------------------------------------------ forms


def post(client: Client, name: str, code: str, data: dict[str, Any], status: int = 302) -> str:
    answer = client.post(reverse(f"network:{name}", args=[code]), data)
    assert answer.status_code == status, answer.content.decode()[-3000:]
    return answer.content.decode()


def test_a_member_fills_in_its_entry(town: Town, signed_in: SignedIn) -> None:
    client, works = signed_in(town.cast.member), town.works
    facts = {"name": "西尾精機(架空)", "employees": "31", "contact_channel": "fax"}
    post(client, "company-edit", works.code, facts)
    assert Company.objects.get(pk=works.company.pk).employees == 31
    faulty = post(client, "company-edit", works.code, facts | {"corporate_number": "1234567890123"}, 422)
    assert "検査数字の合う13桁の法人番号" in faulty
    assert "1234567890123" in faulty

    machine = {"name": "円筒研削盤", "process": "grinding_cyl", "site": works.site.code, "capacity_disclosure": "exact"}
    post(client, "machine-new", works.code, machine | {"hourly_yen": "5500", "diameter_mm": "200"})
    made = Machine.objects.get(name="円筒研削盤")
    assert (made.hourly_yen, made.capacity_disclosure, made.site) == (5500, "exact", works.site)
    post(client, "machine-edit", made.code, {"name": "円筒研削盤2", "process": "grinding_cyl"})

    capability = {"process": "grinding_cyl", "machine": made.code, "materials": "SUS304、SKD11", "diameter_mm_low": "5"}
    post(client, "capability-new", works.code, capability | {"diameter_mm_high": "200", "minutes_per_piece": "2.25"})
    can = Capability.objects.get(machine=made)
    assert can.materials == ["SUS304", "SKD11"]
    assert [(row.quantity, row.low, row.high) for row in can.ranges.all()] == [("diameter_mm", 5, 200)]
    wrong = post(client, "capability-edit", can.code, capability | {"diameter_mm_high": "4"}, 422)
    assert "終わりより後でない始まり" in wrong

    person = {"name": "架空 花子", "has_grinding_1": "on", "until_grinding_1": "2028-04-01"}
    post(client, "person-new", works.code, person)
    assert Person.objects.get(name="架空 花子").held.get().valid_until == date(2028, 4, 1)
    paper = {"kind": "iso_14001", "name": "ISO 14001", "valid_until": "2028-01-31"}
    post(client, "certificate-new", works.code, paper)
    post(client, "site-new", works.code, {"name": "第二工場", "latitude": "34.2", "longitude": "137.9"})
    post(client, "hours-edit", works.code, {"start_0_0": "08:00", "end_0_0": "12:00", "start_0_1": "13:00"}, 422)
    post(client, "hours-edit", works.code, {"start_0_0": "08:00", "end_0_0": "12:00"})
    assert works.company.calendars.get().shifts.count() == 1


def test_forms_show_what_is_there(town: Town, signed_in: SignedIn) -> None:
    client, works = signed_in(town.cast.member), town.works
    assert 'value="7777"' in text(client, "machine-edit", works.exact.code)
    assert 'value="8888"' in text(client, "capability-edit", works.capability.code)
    assert 'value="08:00"' in text(client, "hours-edit", works.code)
    assert "山根甲" in text(client, "person-edit", works.company.people.get().code)
    boss = signed_in(town.cast.coordinator)
    assert "7777" not in text(boss, "machine-edit", works.exact.code)
    assert "8888" not in text(boss, "capability-edit", works.capability.code)


def test_the_coordinator_says_how_it_was_told(town: Town, signed_in: SignedIn) -> None:
    client = signed_in(town.cast.coordinator)
    machine = {"name": "旋盤", "process": "turning", "told_by": "fax"}
    post(client, "machine-edit", town.works.exact.code, machine | {"told_by": "pigeon"}, 422)
    post(client, "machine-edit", town.works.exact.code, machine)
    entry = AuditEntry.objects.order_by("-seq").first()
    assert entry is not None
    assert (entry.channel, entry.on_behalf_of_id) == ("fax", town.works.company.party_id)
    assert Machine.objects.get(pk=town.works.exact.pk).hourly_yen == 7777


def test_the_coordinator_admits_proves_and_moves(town: Town, signed_in: SignedIn) -> None:
    client = signed_in(town.cast.coordinator)
    answer = client.post(reverse("network:company-new"), {"name": "新川鉄工(架空)", "contact_channel": "phone"})
    made = Company.objects.get(party__name="新川鉄工(架空)")
    assert answer["Location"] == reverse("network:company", args=[made.code])
    proof = {"provenance": "measured", "assessor": "受入検査", "assessed_on": "2026-11-18", "measured_lots": "12"}
    post(client, "capability-proof", town.works.capability.code, proof | {"diameter_mm_low": "20"}, 422)
    post(client, "capability-proof", town.works.capability.code, proof)
    assert Capability.objects.get(pk=town.works.capability.pk).measured_lots == 12
    assert "12" in text(client, "company", town.works.code)
    post(client, "company-membership", made.code, {"verb": "announce"})
    post(client, "company-membership", made.code, {"verb": "screen"}, 409)


def test_days_bookings_stops_and_disclosure_go_there_and_back(town: Town, signed_in: SignedIn) -> None:
    client, works = signed_in(town.cast.member), town.works
    post(client, "close-days", works.code, {"first": "2026-12-29", "last": "2026-12-31", "reason": "年末"})
    post(client, "open-days", works.code, {"day": "2026-12-26", "start": "08:00", "end": "12:00"})
    post(client, "open-days", works.code, {"day": "2026-12-26", "start": "12:00", "end": "08:00"}, 422)
    month = text(client, "company-calendar", works.code, query="?month=2026-12")
    assert month.count("/calendar/reset/") == 4
    post(client, "reset-days", works.code, {"day": "2026-12-30"})
    post(client, "reset-days", works.code, {"day": "never"}, 404)

    code = works.exact.code
    post(client, "machine-book", code, {"start": "2026-11-26T08:00", "end": "2026-11-26T12:00", "note": "急ぎ"})
    assert "予約済み" in post(
        client, "machine-book", code, {"start": "2026-11-26T09:00", "end": "2026-11-26T10:00"}, 422
    )
    post(client, "machine-free", code, {"start": at(26, 8).isoformat()})
    post(client, "machine-free", code, {"start": at(26, 8).isoformat()}, 404)
    post(client, "machine-stop", code, {"reason": "異音", "start": "2026-11-20T10:00"})
    assert "止まっています" in text(client, "machine", code)
    post(client, "machine-resume", code, {})
    post(client, "machine-disclosure", code, {"capacity_disclosure": "hidden"})
    assert Machine.objects.get(code=code).capacity_disclosure == "hidden"
    post(client, "machine-retire", code, {})
    assert "再び使う" in text(client, "machine", code)
    post(client, "machine-restore", code, {})
    plan_booking(town.cast.coordinator, works.exact, "P-9", at(26, 8), at(26, 9))
    assert "P-9" in post(client, "machine-retire", code, {}, 409)


def test_what_is_taken_away_comes_back(town: Town, signed_in: SignedIn) -> None:
    client, works = signed_in(town.cast.member), town.works
    certificate, person = works.company.certificates.get(kind="iso_9001"), works.company.people.get()
    pairs = [
        ("withdraw-capability", "restore-capability", works.capability, "withdrawn_on"),
        ("withdraw-certificate", "restore-certificate", certificate, "withdrawn_on"),
        ("leave-person", "return-person", person, "left_on"),
    ]
    for away, back, row, field in pairs:
        for verb, gone in ((away, True), (back, False)):
            answer = client.post(reverse("network:do", args=[verb, row.code]))
            assert answer.status_code == 302
            row.refresh_from_db()
            assert bool(getattr(row, field)) is gone
    assert client.post(reverse("network:do", args=["destroy", works.capability.code])).status_code == 404
    assert client.post(reverse("network:do", args=["check-certificate", certificate.code])).status_code == 403
    rival = signed_in(town.cast.rival)
    assert rival.post(reverse("network:do", args=["leave-person", person.code])).status_code == 403


def test_pages_are_complete_in_english(town: Town, signed_in: SignedIn) -> None:
    client = signed_in(town.cast.coordinator)
    client.cookies["django_language"] = "en"
    content = text(client, "company", town.works.code)
    assert "What it can do" in content
    assert "Turning" in content
    assert "できること" not in content


def test_the_menu_leads_members_to_their_own_entry(town: Town, signed_in: SignedIn) -> None:
    own = reverse("network:company", args=[town.works.code])
    assert f'href="{own}"' in text(signed_in(town.cast.member), "coverage")
    assert f'href="{reverse("network:company-list")}"' in text(signed_in(town.cast.coordinator), "coverage")

"""Cases in the API: the same rights, the same words, every main verb."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.people import Cast
from tests.platform.cases.conftest import COSTS, EXAMPLE, MINUTES, NOTE, PRICE, PURPOSE, Town
from tests.platform.conftest import SignedIn
from zagumi.platform.cases.models import Case, CaseFile, Operation, Option, Part
from zagumi.platform.core.services import create_token

pytestmark = pytest.mark.django_db

API = "/api/v1"


class Caller:
    """Calls the API with the session of one reader."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def __call__(self, verb: str, path: str, status: int, body: Any = None) -> Any:
        data = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        answer = getattr(self.client, verb)(API + path, **data)
        assert answer.status_code == status, (path, answer.content.decode())
        return answer.json() if answer.content else None


@pytest.fixture
def office(town: Town, signed_in: SignedIn) -> Caller:
    return Caller(signed_in(town.cast.coordinator))


def test_a_token_opens_the_register(town: Town, case: Case) -> None:
    _token, secret = create_token(town.cast.coordinator, name="帳票")
    answer = Client().get(f"{API}/cases", headers={"authorization": f"Bearer {secret}"})
    assert answer.json()["items"][0]["code"] == case.code
    assert Client().get(f"{API}/cases").status_code == 401


def test_the_list_is_paged_and_narrowed(town: Town, case: Case, office: Caller) -> None:
    page = office("get", "/cases?size=1", 200)
    assert (page["total"], page["page"], page["size"]) == (1, 1, 1)
    assert page["items"][0]["price_yen"] == PRICE
    for query, total in (
        ("q=ロッド", 1), ("q=ポンプ", 0), ("stage=inquiry", 1), ("stage=planning", 0), ("late=true", 0),
        ("open=false", 0), (f"buyer={town.cast.buyer.party_code}", 1), ("channel=fax", 0),
    ):  # fmt: skip
        assert office("get", f"/cases?{query}", 200)["total"] == total, query
    office("get", "/cases?size=201", 422)


def test_every_verb_of_a_case(town: Town, office: Caller) -> None:
    given = {
        "title": "治具 6台",
        "buyer": town.cast.buyer.party_code,
        "due": "2026-12-18T17:00:00+09:00",
        "price_yen": 1,
    }
    code = office("post", "/cases", 201, given)["code"]
    assert Case.objects.get().channel == "api"
    office("put", f"/cases/{code}", 200, given | {"title": "治具 8台"})
    assert office("post", f"/cases/{code}/parts", 201, {"letter": "A", "name": "枠", "quantity": 8})["code"] == "A"
    office("put", f"/cases/{code}/parts/A", 200, {"letter": "A", "name": "枠", "quantity": 9})
    step = {"number": 10, "name": "旋削", "process": "turning", "quantity": 9, "part": "A"}
    office("post", f"/cases/{code}/steps", 201, step)
    after = {"number": 20, "name": "検査", "process": "inspection", "quantity": 8, "before": [{"before": 10}]}
    office("post", f"/cases/{code}/steps", 201, after)
    wanted = {"material": "SUS304", "values": {"diameter_mm": "38"}}
    office("put", f"/cases/{code}/steps/10", 200, step | {"requirement": wanted})
    machine = town.machines["member"].code
    option = {"machine": machine, "setup_minutes": 5, "minutes_per_piece": "1.5", "fixed_yen": 10, "unit_yen": 20}
    office("post", f"/cases/{code}/steps/10/options", 201, option)
    office("put", f"/cases/{code}/steps/10/options/{machine}", 200, option | {"unit_yen": 30})
    office("post", f"/cases/{code}/notes", 201, {"text": "急ぎ"})
    office("post", f"/cases/{code}/stage", 200, {"stage": "design"})
    read = office("get", f"/cases/{code}", 200)
    assert (read["title"], read["stage"], read["parts"][0]["quantity"]) == ("治具 8台", "design", 9)
    assert [n["number"] for n in read["steps"][1]["before"]] == [10]
    assert read["steps"][0]["options"][0]["unit_yen"] is None
    costs = office("post", f"/cases/{code}/costs", 200, {"purpose": PURPOSE})
    assert costs[0]["options"][0]["unit_yen"] == 30
    assert office("get", f"/cases/{code}/history", 200)[0]["verb"] == "費用を見ました"
    office("delete", f"/cases/{code}/steps/10/options/{machine}", 204)
    office("delete", f"/cases/{code}/steps/20", 204)
    office("delete", f"/cases/{code}/steps/10", 204)
    office("delete", f"/cases/{code}/parts/A", 204)
    assert not Operation.objects.filter(removed_at=None).exists()
    assert not Part.objects.filter(removed_at=None).exists()
    office("post", f"/cases/{code}/lose", 200, {"reason": "見送り"})


def test_problems_say_what_to_do(town: Town, case: Case, office: Caller) -> None:
    problem = office("post", f"/cases/{case.code}/stage", 409, {"stage": "done"})
    assert problem["next_step"].startswith("いまできること")
    step = {"number": 10, "name": "", "process": "magic", "quantity": 1, "before": [{"before": 40}]}
    problem = office("put", f"/cases/{case.code}/steps/10", 422, step)
    assert {fault["place"] for fault in problem["faults"]} == {"name", "process", "quantity", "before"}
    assert "10 → 20 → 40 → 10" in {fault["given"] for fault in problem["faults"]}
    office("get", "/cases/C-1999-0001", 404)


def test_readers_get_what_their_pages_show(town: Town, case: Case, files: dict[str, str], signed_in: SignedIn) -> None:
    hidden = {
        "member": {
            str(PRICE),
            NOTE,
            "大河内",
            "rival",
            "plater",
            "座金",
            "PR-2043",
            MINUTES["rival"],
            str(COSTS["rival"][1]),
        },
        "buyer": {str(PRICE), NOTE, "西尾", "旋削", MINUTES["member"], str(COSTS["member"][1]), "見積の控え"},
    }
    for who, words in hidden.items():
        call = Caller(signed_in(town.cast.everybody[who]))
        said = json.dumps(
            [
                call("get", "/cases", 200),
                call("get", f"/cases/{case.code}", 200),
                call("get", f"/cases/{case.code}/steps", 200),
                call("get", f"/cases/{case.code}/files", 200),
                call("get", f"/cases/{case.code}/history", 200),
            ],
            ensure_ascii=False,
        )
        assert case.code in said
        assert not [word for word in {*words, str(PRICE), NOTE} if word in said], who
        call("post", f"/cases/{case.code}/costs", 403, {"purpose": PURPOSE})
        call("post", f"/cases/{case.code}/stage", 403, {"stage": "design"})
    for who in ("viewer", "carrier", "other_buyer", "far_coordinator"):
        call = Caller(signed_in(town.cast.everybody[who]))
        assert call("get", "/cases", 200)["total"] == 0
        for path in ("", "/steps", "/files", "/history"):
            call("get", f"/cases/{case.code}{path}", 404)


def test_a_member_answers_and_a_buyer_asks(town: Town, case: Case, signed_in: SignedIn) -> None:
    machine = town.machines["member"].code
    option = {"machine": "ignored", "setup_minutes": 5, "minutes_per_piece": "1.5", "fixed_yen": 10, "unit_yen": 20}
    member = Caller(signed_in(town.cast.member))
    address = f"/cases/{case.code}/steps/10/options"
    member("post", f"{address}/{machine}/answer", 200, {"option": option})
    assert Option.objects.get(machine__code=machine).unit_yen == 20
    member("post", f"{address}/{machine}/answer", 200, {"reason": "手いっぱい"})
    member("post", f"{address}/{town.machines['rival'].code}/answer", 404, {"reason": "やめます"})
    buyer = Caller(signed_in(town.cast.buyer))
    made = buyer("post", "/cases", 201, {"title": "ピン", "due": "2026-12-18T17:00:00+09:00"})
    assert Case.objects.get(code=made["code"]).buyer_id == town.cast.buyer.party_id


def test_files(town: Town, case: Case, office: Caller) -> None:
    answer = office.client.post(
        f"{API}/cases/{case.code}/files?title=図面&part=A&audience=steps",
        {"uploaded": SimpleUploadedFile("a.pdf", b"%PDF-1")},
    )
    assert answer.status_code == 201
    assert CaseFile.objects.get().code == answer.json()["code"]
    listed = office("get", f"/cases/{case.code}/files", 200)
    assert (listed[0]["media_type"], listed[0]["audience"]) == ("application/pdf", "steps")


def test_workbooks(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.coordinator)
    call = Caller(client)

    def upload(data: bytes) -> Any:
        answer = client.post(f"{API}/case-imports", {"workbook": SimpleUploadedFile("a.xlsx", data)})
        assert answer.status_code == 201
        return answer.json()

    wrong = upload(b"nothing of the kind")
    assert wrong["faults"][0]["place"] == "ファイル"
    assert call("post", f"/case-imports/{wrong['code']}/apply", 422)["faults"]
    preview = upload(EXAMPLE.read_bytes())
    assert (len(preview["changes"]), preview["case"], preview["faults"]) == (81, "", [])
    code = call("post", f"/case-imports/{preview['code']}/apply", 200)["code"]
    again = call("get", f"/case-imports/{preview['code']}", 200)
    assert (again["changes"], again["case"], again["unchanged"]) == ([], code, 45)
    Caller(signed_in(cast.member))("get", f"/case-imports/{preview['code']}", 404)

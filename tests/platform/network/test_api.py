"""The API: the same trimming and the same refusals as the pages, as JSON."""

import json
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import path

from tests.platform.conftest import SignedIn
from tests.platform.network.conftest import Town, at
from zagumi.platform.core.api import new_api
from zagumi.platform.core.models import AuditEntry
from zagumi.platform.network.api import router
from zagumi.platform.network.models import Booking, Capability, Company, Machine

api = new_api(title="network", urls_namespace="network-tests", docs_url=None)
api.add_router("", router)
urlpatterns = [path("api/", api.urls)]

PRIVATE = ("7777", "8888", "山根甲", "得意先甲", "点検甲", "発注者認定甲")
JSON = "application/json"


@pytest.fixture(autouse=True)
def _addresses() -> Any:
    """Only the addresses of this router."""
    with override_settings(ROOT_URLCONF=__name__):
        yield


def get(client: Client, address: str, status: int = 200) -> Any:
    answer = client.get(f"/api{address}")
    assert answer.status_code == status, answer.content
    return answer.json()


def send(client: Client, verb: str, address: str, data: Any = None, status: int = 200) -> Any:
    answer = getattr(client, verb)(f"/api{address}", data, content_type=JSON)
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


def words(client: Client, address: str) -> str:
    """Everything an address answers, as people read it."""
    return json.dumps(client.get(f"/api{address}").json(), ensure_ascii=False)


def reads(town: Town) -> list[str]:
    works = town.works
    return [
        "/companies",
        f"/companies/{works.code}",
        f"/companies/{works.code}/load",
        f"/companies/{works.code}/calendar",
        f"/machines/{works.exact.code}/load",
        f"/machines/{works.exact.code}/bookings",
        "/coverage",
        "/map",
    ]


@pytest.mark.parametrize("reader", ["rival", "buyer", "carrier", "viewer", "far_member", "far_coordinator"])
def test_nothing_private_leaves_by_any_address(town: Town, signed_in: SignedIn, reader: str) -> None:
    own = signed_in(town.cast.member)
    inside = "".join(words(own, address) for address in reads(town))
    for word in PRIVATE:
        assert word in inside, f"{word} is not there and could not leak"
    client = signed_in(getattr(town.cast, reader))
    for address in reads(town):
        content = words(client, address)
        # the far network's own entries carry the same figures, but never this company's
        forbidden = PRIVATE if reader not in {"far_member", "far_coordinator"} else ("甲", town.works.exact.code)
        for word in forbidden:
            assert word not in content, (address, word)


def test_readers_without_a_part_are_told_so(town: Town, signed_in: SignedIn) -> None:
    assert Client().get("/api/companies").status_code == 401
    problem = get(signed_in(town.cast.viewer), "/companies", 403)
    assert problem["status"] == 403
    assert problem["detail"]
    get(signed_in(town.cast.buyer), f"/companies/{town.works.code}", 404)


def test_companies_are_narrowed_and_paged(town: Town, signed_in: SignedIn) -> None:
    client = signed_in(town.cast.coordinator)

    def codes(query: str) -> list[str]:
        return [row["code"] for row in get(client, f"/companies?{query}")["items"]]

    assert codes("q=ﾒｯｷ") == [town.plater.code]
    assert sorted(codes("process=turning")) == [town.works.code, town.rival.code]
    assert codes("family=surface&free_now=many&proof=declared") == [town.plater.code]
    assert codes("certificate=iso_13485") == []
    page = get(client, "/companies?size=2&page=2")
    assert (len(page["items"]), page["total"]) == (1, 3)
    assert "search_text" not in page["items"][0]
    get(client, "/companies?size=201", 422)
    get(client, "/companies?free_now=lots", 422)


def test_load_is_exact_band_or_hidden(town: Town, signed_in: SignedIn) -> None:
    def views(actor: Any) -> list[tuple[str, int | None]]:
        table = get(signed_in(actor), f"/companies/{town.plater.code}/load?weeks=2")
        return [(row["cells"][1]["view"], row["cells"][1]["free_minutes"]) for row in table["rows"]]

    assert views(town.cast.coordinator) == [("exact", 1080), ("band", None), ("hidden", None)]
    assert views(town.cast.member) == [("band", None), ("band", None), ("hidden", None)]
    assert get(signed_in(town.cast.rival), f"/companies/{town.works.code}/load")["rival"] is True
    get(signed_in(town.cast.member), f"/companies/{town.plater.code}/load?weeks=27", 422)


def test_a_member_writes_its_own_entry(town: Town, signed_in: SignedIn) -> None:
    client, works = signed_in(town.cast.member), town.works
    lathe = {"name": "CNC", "process": "turning", "hourly_yen": 4000, "roughness_ra": "0.8"}
    made = send(client, "post", f"/sites/{works.site.code}/machines?disclosure=exact", lathe, 201)["code"]
    assert Machine.objects.get(code=made).capacity_disclosure == "exact"
    send(client, "put", f"/machines/{made}", lathe | {"name": "CNC 2"})
    send(client, "put", f"/machines/{made}/disclosure?disclosure=hidden")
    span = {"start": at(26, 8).isoformat(), "end": at(26, 9).isoformat(), "note": "x"}
    send(client, "post", f"/machines/{made}/bookings", span, 201)
    fault = send(client, "post", f"/machines/{made}/bookings", span, 422)["faults"][0]
    assert fault["place"] == "start"
    assert "2026-11-26 08:00" in fault["given"]
    assert fault["expected"]
    send(client, "post", f"/machines/{made}/bookings", span | {"start": "2026-11-27T08:00"}, 422)
    answer = client.delete(f"/api/machines/{made}/bookings?start=2026-11-26T08:00:00%2B09:00")
    assert answer.status_code == 204
    assert not Booking.objects.filter(machine__code=made).exists()
    send(client, "post", f"/machines/{made}/stops", {"reason": "故障"}, 201)
    send(client, "post", f"/machines/{made}/stops", {"reason": "故障"}, 409)
    send(client, "post", f"/machines/{made}/resume")
    send(client, "post", f"/machines/{made}/retire")
    send(client, "post", f"/machines/{made}/restore")

    can = {"process": "turning", "machine": made, "ranges": {"diameter_mm": ["5", "80"]}, "materials": ["SUS304"]}
    code = send(client, "post", f"/companies/{works.code}/capabilities", can, 201)["code"]
    send(client, "put", f"/capabilities/{code}", can | {"lot_max": 100})
    send(client, "post", f"/capabilities/{code}/withdraw")
    send(client, "post", f"/capabilities/{code}/restore")
    row = Capability.objects.get(code=code)
    assert (row.lot_max, row.ranges.get().high) == (100, 80)

    shifts = [{"weekday": 0, "start": "08:00", "end": "12:00"}]
    send(client, "put", f"/companies/{works.code}/hours", {"shifts": shifts})
    send(client, "post", f"/companies/{works.code}/closures", {"first": "2026-12-28", "reason": "棚卸し"}, 201)
    opening = {"day": "2026-12-26", "start": "08:00", "end": "12:00"}
    send(client, "post", f"/companies/{works.code}/openings", opening, 201)
    assert client.delete(f"/api/companies/{works.code}/days?first=2026-12-26&last=2026-12-28").status_code == 204
    send(client, "post", f"/companies/{works.code}/people", {"name": "架空", "skills": {"turning_2": None}}, 201)
    paper = {"kind": "other", "name": "表彰", "valid_until": "2030-01-01"}
    send(client, "post", f"/companies/{works.code}/certificates", paper, 201)
    place = {"name": "第二工場", "latitude": 34.2, "longitude": 137.9}
    send(client, "post", f"/companies/{works.code}/sites", place, 201)
    assert AuditEntry.objects.order_by("-seq")[0].channel == "api"


def test_a_field_that_a_sheet_does_not_have_is_an_error(town: Town, signed_in: SignedIn) -> None:
    data = {"name": "CNC", "process": "turning", "hourly_price": 1}
    problem = send(signed_in(town.cast.member), "post", f"/sites/{town.works.site.code}/machines", data, 422)
    assert "hourly_price" in problem["faults"][0]["place"]


def test_others_are_refused(town: Town, signed_in: SignedIn) -> None:
    rival, buyer = signed_in(town.cast.rival), signed_in(town.cast.buyer)
    works = town.works
    writes: list[tuple[str, str, Any]] = [
        ("put", f"/companies/{works.code}", {"name": "x"}),
        ("post", f"/companies/{works.code}/sites", {"name": "x", "latitude": 1, "longitude": 1}),
        ("post", f"/sites/{works.site.code}/machines", {"name": "x", "process": "turning"}),
        ("put", f"/machines/{works.exact.code}", {"name": "x", "process": "turning"}),
        ("post", f"/machines/{works.exact.code}/retire", None),
        ("put", f"/machines/{works.exact.code}/disclosure?disclosure=exact", None),
        ("post", f"/machines/{works.exact.code}/stops", {"reason": "x"}),
        ("post", f"/companies/{works.code}/capabilities", {"process": "turning"}),
        ("post", f"/capabilities/{works.capability.code}/withdraw", None),
        ("put", f"/companies/{works.code}/hours", {"shifts": []}),
        ("post", f"/companies/{works.code}/closures", {"first": "2026-12-01"}),
        ("post", f"/companies/{works.code}/prices", {"purpose": "気になるので"}),
    ]
    for verb, address, data in writes:
        send(rival, verb, address, data, 403)
        send(buyer, verb, address, data, 404)


def test_the_coordinator_admits_proves_and_looks_with_a_purpose(town: Town, signed_in: SignedIn) -> None:
    client, works = signed_in(town.cast.coordinator), town.works
    facts = {"name": "新川鉄工(架空)", "corporate_number": "7000012050002"}
    code = send(client, "post", "/companies", facts, 201)["code"]
    assert Company.objects.get(party__code=code).admissions.get().state == "active"
    faults = send(client, "post", "/companies", {"name": "", "corporate_number": "1"}, 422)["faults"]
    assert [fault["place"] for fault in faults] == ["name", "corporate_number"]
    proof = {"provenance": "verified", "assessor": "県センター", "assessed_on": "2026-05-01"}
    send(client, "post", f"/capabilities/{works.capability.code}/proof", proof)
    send(signed_in(town.cast.member), "post", f"/capabilities/{works.capability.code}/proof", proof, 403)
    send(client, "post", f"/companies/{works.code}/prices", {"purpose": ""}, 422)
    lines = send(client, "post", f"/companies/{works.code}/prices", {"purpose": "C-2026-0001 の比較"})
    assert 7777 in [line["hourly_yen"] for line in lines]
    own = send(signed_in(town.cast.member), "post", f"/companies/{works.code}/prices", {"purpose": ""})
    assert 8888 in [line["fixed_yen"] for line in own]


def test_the_description_is_complete(town: Town) -> None:
    document = api.get_openapi_schema()
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    assert len(operations) == len({operation["operationId"] for operation in operations}) >= 30
    assert all(operation["summary"] and operation["description"] for operation in operations)

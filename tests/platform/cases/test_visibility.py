"""Who sees what: the exact rows for every reader, and no private word or figure on any page or in any answer."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.urls import get_resolver

from tests.platform.cases.conftest import (
    COSTS,
    FILES,
    MINUTES,
    NOTE,
    PRICE,
    PURPOSE,
    STEPS,
    Town,
    case_sheet,
    option_sheet,
)
from tests.platform.conftest import SignedIn
from tests.platform.crawler import CSRF_TOKEN
from zagumi.platform.cases import queries, rules, services
from zagumi.platform.cases.models import (
    Case,
    CaseFile,
    CaseImport,
    CaseNote,
    Operation,
    OperationLink,
    Option,
    Part,
)
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Party

pytestmark = pytest.mark.django_db

READERS = (
    "coordinator", "member", "rival", "plater", "buyer", "other_buyer", "carrier", "viewer", "far_coordinator",
    "far_member",
)  # fmt: skip


@pytest.fixture
def town_with_everything(town: Town, case: Case, files: dict[str, str]) -> Town:
    """A second case for the other buyer, notes with everybody, a workbook, and things taken away."""
    office = town.cast.coordinator
    other = services.register_case(
        office,
        sheet=case_sheet(
            town.cast, title="別件 ポンプ", buyer=town.cast.other_buyer.party_code, buyer_reference="", price_yen=1
        ),
    )
    for actor in (town.cast.member, town.cast.buyer):
        services.write_note(office, code=case.code, text=f"{actor.party_name}への話", party=actor.party_code)
    services.write_note(office, code=case.code, text="事務局の中の話")
    services.upload_workbook(office, uploaded=b"any bytes", name="全社の費用.xlsx")
    services.lose_case(office, code=other.code, reason="他社に決まった")
    step = replace(STEPS[0], number=99, name="取り消した工程")
    gone = services.add_operation(office, code=case.code, sheet=step)
    services.offer_option(office, code=case.code, number=99, sheet=option_sheet(town, "member"))
    services.remove_operation(office, code=case.code, number=gone.number)
    return town


def actor_of(town: Town, name: str) -> Actor:
    return town.plater if name == "plater" else town.cast.everybody[name]


def seen(actor: Actor) -> dict[str, set[str]]:
    """What a reader's doors let through, in words."""
    return {
        "case": set(Case.objects.visible_to(actor).values_list("title", flat=True)),
        "part": set(Part.objects.visible_to(actor).values_list("letter", flat=True)),
        "step": {str(number) for number in Operation.objects.visible_to(actor).values_list("number", flat=True)},
        "link": {
            f"{before}-{after}"
            for before, after in OperationLink.objects.visible_to(actor).values_list("before__number", "after__number")
        },
        "option": {
            f"{number} {code}"
            for number, code in Option.objects.visible_to(actor).values_list("operation__number", "machine__code")
        },
        "file": set(CaseFile.objects.visible_to(actor).values_list("title", flat=True)),
        "note": set(CaseNote.objects.visible_to(actor).values_list("text", flat=True)),
        "import": set(CaseImport.objects.visible_to(actor).values_list("stored__name", flat=True)),
    }


def test_the_rows_of_every_reader_are_exactly_these(town_with_everything: Town) -> None:
    town = town_with_everything
    member, rival, plater = (town.machines[key].code for key in ("member", "rival", "plater"))
    nothing: dict[str, set[str]] = {key: set() for key in seen(town.cast.viewer)}
    files_of = {who: {title for title, _part, _audience, readers in FILES if who in readers} for who in READERS}
    first, other = "ロッド組立品 300組", "別件 ポンプ"
    talk = {who: {f"{actor_of(town, who).party_name}への話"} for who in ("member", "buyer")}
    expected: dict[str, dict[str, set[str]]] = {
        "coordinator": {
            "case": {first, other},
            "part": {"A", "B"},
            "step": {"10", "20", "30", "40", "99"},
            "link": {"10-20", "20-40", "30-40"},
            "option": {f"10 {member}", f"10 {rival}", f"20 {plater}", f"30 {plater}", f"99 {member}"},
            "file": {title for title, *_ in FILES},
            "note": talk["member"] | talk["buyer"] | {"事務局の中の話"},
            "import": {"全社の費用.xlsx"},
        },
        "member": nothing | {
            "case": {first}, "part": {"A"}, "step": {"10"}, "link": {"10-20"}, "option": {f"10 {member}"},
            "file": files_of["member"], "note": talk["member"],
        },
        "rival": nothing | {
            "case": {first}, "part": {"A"}, "step": {"10"}, "link": {"10-20"}, "option": {f"10 {rival}"},
            "file": files_of["rival"],
        },
        "plater": nothing | {
            "case": {first}, "part": {"A", "B"}, "step": {"20", "30"}, "link": {"10-20", "20-40", "30-40"},
            "option": {f"20 {plater}", f"30 {plater}"}, "file": files_of["plater"],
        },
        "buyer": nothing | {
            "case": {first}, "part": {"A", "B"}, "file": files_of["buyer"], "note": talk["buyer"],
        },
        "other_buyer": nothing | {"case": {other}},
        "carrier": nothing,
        "viewer": nothing,
        "far_coordinator": nothing,
        "far_member": nothing,
    }  # fmt: skip
    assert {who: seen(actor_of(town, who)) for who in READERS} == expected


def test_a_lead_company_sees_its_case_and_no_more_of_it(town_with_everything: Town, case: Case) -> None:
    town = town_with_everything
    services.edit_case(
        town.cast.coordinator, code=case.code, sheet=case_sheet(town.cast, lead=town.cast.rival.party_code)
    )
    services.remove_option(town.cast.coordinator, code=case.code, number=10, machine=town.machines["rival"].code)
    rows = seen(town.cast.rival)
    assert rows["case"] == {"ロッド組立品 300組"}
    assert not any(rows[key] for key in rows if key != "case")


def test_a_company_that_declined_keeps_its_step_and_loses_the_drawings(town_with_everything: Town, case: Case) -> None:
    town = town_with_everything
    services.answer_option(
        town.cast.member, code=case.code, number=10, machine=town.machines["member"].code, reason="手いっぱい"
    )
    rows = seen(town.cast.member)
    assert rows["step"] == {"10"}
    assert rows["file"] == set()


@pytest.mark.parametrize("who", READERS)
def test_columns(town_with_everything: Town, case: Case, who: str) -> None:
    actor = actor_of(town_with_everything, who)
    office = {"price", "structure", "buyer", "contract", "note", "parts", "lateness"}
    mine = {"coordinator": office, "far_coordinator": office, "buyer": {"buyer", "parts"}}
    assert rules.case_columns(actor, case) == mine.get(who, set())
    own = Option.objects.filter(operation__case=case, machine=town_with_everything.machines["member"]).first()
    assert own is not None
    shown = {
        "member": {"times", "costs", "answer"},
        "coordinator": {"times", "answer"},
        "far_coordinator": {"times", "answer"},
    }
    assert rules.option_columns(actor, own) == shown.get(who, set())
    if who == "coordinator":
        assert "costs" in rules.option_columns(actor.because(PURPOSE), own)


def test_members_cannot_find_out_by_searching(town_with_everything: Town) -> None:
    member = queries.case_list(town_with_everything.cast.member)
    assert queries.found(member, "ロッド")
    for probe in ("大河内", "PR-2043", "座金", "GA-26-1187", "SUS304"):
        assert not queries.found(member, probe), probe
        assert queries.found(queries.case_list(town_with_everything.cast.coordinator), probe), probe


# ----------------------------------------------------------------------------------------------------------- crawler

ADDRESSES = (
    "/cases/", "/cases/list/", "/cases/list/?export=csv", "/cases/new/", "/cases/new/doubles/?title=ロッド組立品",
    "/cases/import/", "/cases/import/I-2026-0001/", "/cases/import/I-2026-0001/marked.xlsx",
    "/cases/{code}/", "/cases/{code}/edit/", "/cases/{code}/lose/", "/cases/{code}/costs/", "/cases/{code}/export/",
    "/cases/{code}/history/", "/cases/{code}/history/?export=csv", "/cases/{code}/files/", "/cases/{code}/files/new/",
    "/cases/{code}/parts/new/", "/cases/{code}/parts/A/", "/cases/{code}/parts/B/",
    "/cases/{code}/steps/", "/cases/{code}/steps/new/", "/cases/{code}/steps/10/", "/cases/{code}/steps/20/",
    "/cases/{code}/steps/30/", "/cases/{code}/steps/40/", "/cases/{code}/steps/99/", "/cases/{code}/steps/10/edit/",
    "/cases/{code}/steps/10/options/new/", "/cases/{code}/steps/10/options/{member}/",
    "/cases/{code}/steps/10/options/{rival}/", "/cases/{code}/steps/20/options/{plater}/",
    "/cases/{other}/", "/cases/{other}/steps/", "/cases/{other}/history/",
)  # fmt: skip
ANSWERS_TO_POST_ONLY = {
    "import-apply", "case-move", "case-reopen", "case-answered", "note", "note-settle", "restore", "file-remove",
    "file-audience", "part-remove", "operation-remove", "option-remove", "option-ask",
}  # fmt: skip
NO_TEXT = {"case-template", "file", "file-revision"}


def test_the_crawler_knows_every_address() -> None:
    names = {
        pattern.name
        for resolver in get_resolver().url_patterns
        for pattern in getattr(resolver, "url_patterns", [])
        if getattr(resolver, "app_name", "") == "cases"
    }
    walked = set()
    for address in ADDRESSES:
        path = address.split("?")[0].format(code="C-1", other="C-2", member="M-1", rival="M-2", plater="M-3")
        walked.add(get_resolver().resolve(path).url_name)
    assert names == walked | ANSWERS_TO_POST_ONLY | NO_TEXT


def secrets(town: Town) -> dict[str, tuple[str, set[str]]]:
    """Each private word or figure: how it looks on a page, and who may meet it."""
    found: dict[str, tuple[str, set[str]]] = {
        "price": (f"{PRICE:,}|{PRICE}", {"coordinator"}),
        "price in short": (r"894\.[78]", {"coordinator"}),
        "note": (NOTE, {"coordinator"}),
        "office talk": ("事務局の中の話", {"coordinator"}),
        "talk with member": ("西尾精機\\(架空\\)への話", {"coordinator", "member"}),
        "talk with buyer": ("大河内重工\\(架空\\)への話", {"coordinator", "buyer"}),
        "buyer": ("大河内重工", {"coordinator", "buyer"}),
        "buyer's number": ("GA-26-1187", {"coordinator", "buyer"}),
        "other case": ("別件 ポンプ", {"coordinator", "other_buyer"}),
        "why it was lost": ("他社に決まった", {"coordinator"}),
        "workbook": ("全社の費用", {"coordinator"}),
        "assembly step": ("40 組立", {"coordinator"}),
        "removed step": ("取り消した工程", {"coordinator"}),
        "part B drawing": ("PR-2043", {"coordinator", "buyer", "plater"}),
    }
    names = {key: Party.objects.get(pk=actor_of(town, key).party_id).name for key in ("member", "rival", "plater")}
    for key, (fixed, unit) in COSTS.items():
        found[f"{key} fixed cost"] = (f"(?<!\\d)({fixed:,}|{fixed})(?!\\d)", {key})
        found[f"{key} unit cost"] = (f"(?<!\\d){unit}(?!\\d)", {key})
        found[f"{key} minutes"] = (re.escape(MINUTES[key]), {key, "coordinator"})
        found[f"{key} note"] = (f"{key}だけの備考", {key, "coordinator"})
        found[f"{key} machine"] = (f"{key}の機械|{town.machines[key].code}(?!\\d)", {key, "coordinator"})
        found[f"{key} name"] = (re.escape(names[key]), {key, "coordinator"})
    for title, _part, _audience, readers in FILES:
        found[f"file {title}"] = (title, {*readers, "coordinator"})
    return found


@pytest.mark.parametrize("who", READERS)
def test_no_page_shows_what_its_reader_may_not_know(
    town_with_everything: Town, case: Case, signed_in: SignedIn, who: str
) -> None:
    """Every address as every reader; words of the reader's own address line are not counted against the page."""
    town = town_with_everything
    client = signed_in(actor_of(town, who))
    codes = {key: town.machines[key].code for key in ("member", "rival", "plater")}
    other = Case.objects.get(title="別件 ポンプ").code
    pages: dict[str, str] = {}
    for address in ADDRESSES:
        path = address.format(code=case.code, other=other, **codes)
        answer = client.get(path)
        assert answer.status_code in {200, 302, 403, 404}, path
        if answer.status_code == 200:
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            pages[path] = CSRF_TOKEN.sub("", body.decode("utf-8", "replace"))
    leaks = [
        f"{name} on {path}"
        for name, (pattern, readers) in secrets(town).items()
        if who not in readers
        for path, text in pages.items()
        if re.search(pattern, re.sub(r'(href|action|formaction|content)="[^"]*"', "", text))
    ]
    assert not leaks, leaks
    if who in {"coordinator", "member", "rival", "plater", "buyer"}:
        everything = "".join(pages.values())
        missing = [
            name
            for name, (pattern, readers) in secrets(town).items()
            if who in readers and not re.search(pattern, everything)
        ]
        assert not missing, f"this test looks in the wrong place: {missing}"


@pytest.mark.parametrize("who", READERS)
def test_files_are_handed_out_to_their_readers_only(
    town_with_everything: Town, case: Case, files: dict[str, str], signed_in: SignedIn, who: str
) -> None:
    client = signed_in(actor_of(town_with_everything, who))
    for title, _part, _audience, readers in FILES:
        answer: Any = client.get(f"/cases/{case.code}/files/{files[title]}/")
        allowed = who == "coordinator" or who in readers
        assert answer.status_code == (200 if allowed else 404), title
        if allowed:
            assert b"".join(answer.streaming_content) == f"%PDF-{title}".encode()
            assert answer["X-Content-Type-Options"] == "nosniff"

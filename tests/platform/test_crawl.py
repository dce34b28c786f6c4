"""Nothing private is told where it should not be: every reader opens every page, export, file and API answer.

The table ``markers`` says for every private word and figure of the world who may meet it. A reader who may and never
does is a failure as well: then the walk does not look where things are told.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tests.platform.conftest import SignedIn
from tests.platform.crawler import Marker, Walk, addresses, look, many, operations, pages, walk
from tests.platform.world import FILES, FIRMS, PARTNERS, PRICES, TITLES, Secrets, World, standing
from zagumi.platform.network import rules
from zagumi.platform.shell.api import document

pytestmark = pytest.mark.django_db

READERS = (
    "coordinator", "member", "rival", "plater", "former", "buyer", "other_buyer", "carrier", "viewer",
    "far_coordinator", "far_member",
)  # fmt: skip
OFFICE = {"coordinator"}
OFFICES = {who: "far_coordinator" if who == "far_member" else "coordinator" for who in FIRMS}
Private = tuple[str, str | tuple[str, ...], set[str]]
"""What it is, the words that tell it, who may be told."""
NOT_WALKED = ("元能力", "規格の写し")
"""What is withdrawn has no page that tells its note; of the certificates only some are opened."""
SEARCHES = ("ロッド", "GA-26-1187", "PR-2043", "大河内", "山根", "旋削")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), standing() as built:
        yield built


# ----------------------------------------------------------------------------------------------------- what is private


def figure(number: int) -> tuple[str, ...]:
    """A figure as pages, tables and JSON write it."""
    return f"{number:,}", str(number)


def of_a_company(world: World, who: str) -> Iterator[Private]:
    secrets, firm = Secrets(who), world.firms[who]
    # The plater's far office enters and sees what its near office does, save the other network's own business.
    offices = {"coordinator", "far_coordinator"} if who == "plater" else {OFFICES[who]}
    inside = {who, *offices}
    yield "hourly price", figure(secrets.hourly_yen), {who}
    yield "fixed price", figure(secrets.fixed_yen), {who}
    yield "price of a piece", figure(secrets.unit_yen), {who}
    yield "minutes of a piece", str(secrets.minutes), inside
    yield "capital", figure(secrets.capital_yen), inside
    yield "cost of a step", figure(secrets.option_fixed_yen), {who}
    yield "cost of a piece", figure(secrets.option_unit_yen), {who}
    asked = {who, "far_coordinator"} if who == "far_member" else {who, "coordinator"}
    asked |= offices if who == "plater" else set()
    yield "minutes of a step", str(secrets.option_minutes), asked if who != "former" else set()
    yield "words on a step", secrets.word("条件"), asked if who != "former" else set()
    for what in (
        "休業",
        "停止",
        "測定先",
        "元能力",
        "得意先認定",
        "旧規格",
        "規格の備考",
        "山根",
        "昔野",
        "規格の写し",
    ):
        yield what, secrets.word(what), inside
    yield "note of an open booking", secrets.word("予約exact"), inside
    for kind in ("band", "hidden"):
        yield f"note of a booking, {kind}", secrets.word(f"予約{kind}"), {who}
    yield "machine out of use", f"retiredの機械{who}", inside
    known = {
        "far_member": {"far_member", "far_coordinator", "plater"},
        "plater": {*PARTNERS, "coordinator", "far_coordinator", "far_member"},
        "former": {"former", "coordinator"},
    }.get(who, {*PARTNERS, "coordinator"})
    yield "machine", f"exactの機械{who}", known - ({"plater"} if who == "far_member" else set())
    yield "capability", secrets.word("得手"), known - ({"plater"} if who == "far_member" else set())
    assert firm.company.code


def of_the_cases(world: World) -> Iterator[Private]:
    yield "title", TITLES["first"], {*PARTNERS, "coordinator", "buyer"}
    yield "another title", TITLES["second"], {"coordinator", "rival", "other_buyer"}
    yield "a far title", TITLES["far"], {"far_coordinator", "far_member"}
    yield "price", figure(PRICES["first"]), OFFICE
    yield "price in short", ("894.7", "894.8"), OFFICE
    yield "lost price", figure(PRICES["second"]), OFFICE
    yield "far price", figure(PRICES["far"]), {"far_coordinator"}
    yield "buyer's number", "GA-26-1187", {"coordinator", "buyer"}
    yield "buyer", "大河内重工", {"coordinator", "buyer"}
    yield "other buyer", "小早川電機", {"coordinator", "other_buyer"}
    yield "far buyer", "山手の買主", {"far_coordinator"}
    yield "note", "案件の秘密の覚え", OFFICE
    yield "why it was lost", "他社に決まった秘密", OFFICE
    yield "talk in the office", "事務局の中の話", OFFICE
    for who in (*PARTNERS, "buyer"):
        yield f"talk with {who}", f"{who}への話", {"coordinator", who}
    yield "workbook", "全社の費用", OFFICE
    yield "step of the member", "旋削軸", {"coordinator", "member", "rival"}
    yield "step of the plater", "めっき軸", {"coordinator", "plater"}
    yield "step of the rival", "旋削座金", {"coordinator", "rival"}
    yield "step taken away", "やめた工程", OFFICE
    yield "part taken away", "やめた部品", OFFICE
    yield "file taken away", "消した図面", OFFICE
    yield "drawing", "PR-2043", {"coordinator", "buyer", "rival"}
    yield "far step", "遠い旋削", {"far_coordinator", "far_member"}
    yield "far plating", ("遠いめっき", "遠い仕上げめっき"), {"far_coordinator"}
    readers_of = {title: {*readers, "coordinator"} for title, (_part, _audience, readers) in FILES.items()}
    for title, readers in (readers_of | {"自分の写真": {"member", "coordinator"}}).items():
        yield f"file {title}", title, readers
        yield f"content of {title}", f"中身の{title}", readers


def of_planning(world: World) -> Iterator[Private]:
    for key, office in (("first", "coordinator"), ("far", "far_coordinator")):
        yield f"cost of the {key} plan", figure(world.plans[key].cost_yen), {office}
    yield "why this plan", "最初の採用理由", OFFICE
    yield "why the far plan", "遠い採用理由", {"far_coordinator"}


def of_access(world: World) -> Iterator[Private]:
    yield "invited person", "招かれた人", OFFICE
    yield "person invited elsewhere", "遠方の客人", {"far_coordinator"}
    for who, secret in world.tokens.items():
        yield f"secret of {who}", secret, set()
    for who in READERS:
        office = "far_coordinator" if who.startswith("far") else "coordinator"
        # Whom to talk to is known to those whose case or entry the office looks after.
        told = {"coordinator": {*PARTNERS, "former", "buyer"}, "far_coordinator": {"far_member"}}.get(who, set())
        yield f"name of the person of {who}", world.readers[who].user_name, {who, office, *told}
        yield f"token of {who}", f"〈{who}〉の鍵", {who, office}


@pytest.fixture(scope="module")
def markers(world: World) -> list[Marker]:
    found = [(f"{who}: {name}", words, readers) for who in FIRMS for name, words, readers in of_a_company(world, who)]
    for each in (of_the_cases, of_planning, of_access):
        found += each(world)
    return [
        Marker(name, (words,) if isinstance(words, str) else words, frozenset(readers))
        for name, words, readers in found
    ]


# ------------------------------------------------------------------------------------------------------------ the walk


def things(world: World) -> dict[str, list[dict[str, str]]]:
    """What the parts of addresses can name, by how the address begins; strangers' things included."""
    firms = world.firms
    first, far = world.cases["first"].code, world.cases["far"].code
    machines = [
        firms[who].machines[kind].code
        for who, kind in (("member", "exact"), ("rival", "hidden"), ("plater", "band"), ("plater", "retired"))
    ]
    runs = [run.code for run in world.runs.values()]
    papers = [firms[who].certificates[kind] for who in ("member", "plater") for kind in ("iso_9001", "buyer")]
    case = [
        *many(code=[first, world.cases["second"].code, far]),
        *many(code=[first], letter=["A", "B", "Z"]),
        *many(code=[first], number=["10", "20", "30", "99"]),
        *many(code=[first], number=["10"], machine=machines[:2]),
        *many(code=[first], file=world.files.values()),
        *many(code=[first], replaces=list(world.files.values())[:2]),
        *many(code=[first, far], version=["1"]),
    ]
    found = {
        "/companies/": many(code=[firms[who].company.code for who in FIRMS]),
        "/sites/": many(code=[firms["member"].site, firms["rival"].site]),
        "/machines/": many(code=machines),
        "/capabilities/": many(code=[firms["member"].capability, firms["plater"].capability]),
        "/certificates/": many(code=papers),
        "/people/": many(code=[firms["member"].people["now"], firms["rival"].people["gone"]]),
        "/cases/": case,
        "/cases/import/": many(code=[world.imported]),
        "/plans/": many(code=runs, key=["cheapest"], job=["no-such-job"]),
        "/jobs/": many(code=[run.job.code for run in world.runs.values() if run.job]),
        "/runs/": many(code=runs, key=["cheapest"]),
        "/case-imports/": many(code=[world.imported]),
    }
    return {"": [], **found, **{f"/api/v1{beginning}": each for beginning, each in found.items()}}


def start(world: World) -> list[str]:
    known = things(world)
    named = list(addresses([*pages(), *operations(document())], known))
    lists = ("/cases/list/", "/companies/", "/plans/", "/people/", "/log/", "/work/", "/companies/coverage/")
    histories = [f"/cases/{world.cases[key].code}/history/" for key in world.cases]
    histories += [f"/companies/{firm.company.code}/history/" for firm in world.firms.values()]
    exports = [f"{address}?export={kind}" for address in (*lists, *histories) for kind in ("csv", "xlsx")]
    searches = [f"{door}?q={word}" for word in SEARCHES for door in ("/search/", "/api/v1/search", "/companies/")]
    steps = [
        f"/plans/{world.runs['first'].code}/cheapest/step/?step={world.cases['first'].code}.{number}"
        for number in (10, 20, 30)
    ]
    return ["/", *named, *exports, *searches, *steps, "/cases/new/doubles/?title=ロッド組立品", "/work/?by=table"]


@pytest.fixture(scope="module")
def walks() -> dict[str, Walk]:
    """The walks done so far, so that the tests of one reader share one."""
    return {}


@pytest.fixture(scope="module")
def only_pressed() -> set[str]:
    return set()


@pytest.fixture
def walked(world: World, walks: dict[str, Walk], only_pressed: set[str], signed_in: SignedIn, who: str) -> Walk:
    if who not in walks:
        client = Client() if who == "anonymous" else signed_in(world.readers[who])
        client.raise_request_exception = False
        walks[who] = walk(client, who, start(world), only_pressed=only_pressed)
    return walks[who]


@pytest.mark.parametrize("who", [*READERS, "anonymous"])
def test_nobody_meets_what_is_not_theirs(walked: Walk, markers: list[Marker], who: str) -> None:
    leaks = walked.leaks(markers)
    assert not leaks, f"{len(leaks)} leaks\n" + "\n".join(leaks[:40])
    broken = [answer.address for answer in walked.answers if answer.status >= 500]
    assert not broken, broken


@pytest.mark.parametrize("who", ["coordinator", *PARTNERS, "buyer", "far_member"])
def test_everybody_meets_what_is_theirs(walked: Walk, markers: list[Marker], who: str) -> None:
    unmet = [name for name in walked.unmet(markers) if not name.endswith(NOT_WALKED)]
    assert not unmet, f"met nowhere by {who}: {unmet}"


def test_a_rule_that_leaks_would_be_noticed(
    world: World, markers: list[Marker], signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same page is clean with the rules as they are, and not when a company's times are given to everybody."""
    code = world.firms["member"].company.code
    path = [f"/companies/{code}/", f"/api/v1/companies/{code}"]

    def leaks() -> list[str]:
        client = signed_in(world.readers["rival"])
        return Walk("rival", [look(client, address) for address in path]).leaks(markers)

    assert not leaks()
    monkeypatch.setattr(rules, "capability_columns", lambda _actor, _row: frozenset({"times"}))
    assert any("minutes of a piece" in leak for leak in leaks())

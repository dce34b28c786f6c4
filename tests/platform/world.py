"""One world for the tests of who sees what: both networks, with something private in every place that has any.

Five companies. Three work on the same case and are one another's rivals (``member``, ``rival``, ``plater``); the plater
belongs to both networks, so that each could learn of the other's work; ``former`` has left; ``far_member`` is
elsewhere. Each has a number, and its private figures and words carry it, so that any of them found on a page tells
whose it is. Everything is made by the services, as in life.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.test import override_settings

from tests.people import Cast, assemble, seat
from tests.platform.planning.conftest import search
from zagumi.platform.cases import services as cases
from zagumi.platform.cases.models import Case
from zagumi.platform.cases.sheets import (
    CaseSheet,
    FileSheet,
    LinkSheet,
    OperationSheet,
    OptionSheet,
    PartSheet,
)
from zagumi.platform.core import services
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Job, Network, Party, Role
from zagumi.platform.network import services as network
from zagumi.platform.network.models import Company, Machine
from zagumi.platform.network.sheets import (
    CapabilitySheet,
    CertificateSheet,
    CompanySheet,
    MachineSheet,
    PersonSheet,
    ProofSheet,
    ShiftSheet,
    SiteSheet,
)
from zagumi.platform.planning import services as planning
from zagumi.platform.planning.models import Plan, Run

NOW = "2026-11-20T10:40:00+09:00"  # a Friday
PURPOSE = "見積もりを比べるため"
WEEKDAYS = tuple(ShiftSheet(day, time(8), time(17)) for day in range(5))
FIRMS = ("member", "rival", "plater", "former", "far_member")
PARTNERS = ("member", "rival", "plater")
FILES = {
    # title: part, audience, who may open it besides the office
    "図面甲": ("A", "all", {"buyer", "member", "rival", "plater"}),
    "図面乙": ("B", "steps", {"rival"}),
    "見積控": ("", "office", set()),
    "買主覚書": ("", "buyer", {"buyer"}),
    "作業注意": ("", "steps", {"member", "rival", "plater"}),
}
PRICES = {"first": 8_947_613, "second": 7_836_502, "far": 6_725_491}
TITLES = {"first": "ロッド組立品", "second": "別件ポンプ軸", "far": "山手の歯車"}
COUNTED = {"member": 1, "rival": 2, "plater": 3, "former": 4, "far_member": 5}


def at(day: int, hour: int = 17, month: int = 11) -> datetime:
    """A moment of 2026 in Japan."""
    return datetime(2026, month, day, hour, tzinfo=ZoneInfo("Asia/Tokyo"))


@dataclass(frozen=True)
class Secrets:
    """A company's private figures and words."""

    who: str

    @property
    def number(self) -> int:
        return COUNTED[self.who]

    @property
    def hourly_yen(self) -> int:
        return 61_307 + 10 * self.number

    @property
    def fixed_yen(self) -> int:
        return 724_101 + 10 * self.number

    @property
    def unit_yen(self) -> int:
        return 38_203 + 10 * self.number

    @property
    def minutes(self) -> Decimal:
        return Decimal(f"2.6{self.number}7")

    @property
    def capital_yen(self) -> int:
        return 43_170_000 + 1_000 * self.number

    @property
    def option_fixed_yen(self) -> int:
        return 57_409 + 10 * self.number

    @property
    def option_unit_yen(self) -> int:
        return 3_361 + 10 * self.number

    @property
    def option_minutes(self) -> Decimal:
        return Decimal(f"1.51{self.number}7")

    def word(self, what: str) -> str:
        """A word that only this company's ``what`` carries."""
        return f"{what}{'〇壱弐参四伍'[self.number]}号"


@dataclass
class Firm:
    """A company of the world."""

    actor: Actor
    company: Company
    secrets: Secrets
    site: str
    machines: dict[str, Machine]
    capability: str = ""
    certificates: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)


@dataclass
class World:
    """Everything, with the codes by which the tests find it."""

    cast: Cast
    plater: Actor
    firms: dict[str, Firm]
    goods_in: str
    cases: dict[str, Case] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    imported: str = ""
    invitation: str = ""

    @property
    def readers(self) -> dict[str, Actor]:
        """Everybody who may sign in, by name."""
        return {**self.cast.everybody, "plater": self.plater, "former": self.firms["former"].actor}

    def name_of_party(self, key: int | None) -> str:
        """The word for a party in the tables: the reader's name, or the office's."""
        names = {actor.party_id: name for name, actor in self.readers.items()}
        return names.get(key, "nobody")


@contextmanager
def standing() -> Iterator[World]:
    """The world in a transaction of its own, which is undone at the end; the clock stands at ``NOW``."""
    quick = override_settings(ZAGUMI_NOW=NOW, PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
    around = transaction.atomic()
    with quick:
        around.__enter__()
        try:
            yield build()
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


def build() -> World:
    """Both networks, their companies, three cases, two plans."""
    cast = assemble()
    plater = seat(cast.network, "plater", "梅田 薫", Role.MEMBER, "梅田めっき(架空)")
    former = seat(cast.network, "former", "去田 昔", Role.MEMBER, "去田鉄工(架空)")
    members = {"member": cast.member, "rival": cast.rival, "plater": plater, "former": former}
    firms = {who: _firm(cast.coordinator, who, actor) for who, actor in members.items()}
    firms["far_member"] = _firm(cast.far_coordinator, "far_member", cast.far_member)
    twice = CompanySheet(name=plater.party_name, capital_yen=Secrets("plater").capital_yen)
    network.admit_company(cast.far_coordinator, sheet=twice, party=_party(plater))
    for verb in ("announce", "leave"):
        network.move_admission(cast.coordinator, company_code=firms["former"].company.code, verb=verb)
    hub = SiteSheet(name="共同ハブ", latitude=34.245, longitude=137.83, is_hub=True)
    network.add_site(cast.coordinator, party=_party(cast.coordinator), sheet=hub)
    goods_in = _goods_in(cast, cast.buyer, "岐山工場")
    _goods_in(cast, cast.other_buyer, "小早川受入口")
    world = World(cast, plater, firms, goods_in)
    _first_case(world)
    _second_case(world)
    _far_case(world)
    _words_in_the_office(world)
    _access(world)
    return world


def _party(actor: Actor) -> Party:
    return Party.objects.get(pk=actor.party_id)


def _goods_in(cast: Cast, buyer: Actor, name: str) -> str:
    sheet = SiteSheet(name=name, latitude=34.41, longitude=137.64)
    return network.add_site(cast.coordinator, party=_party(buyer), sheet=sheet).code


def _firm(office: Actor, who: str, actor: Actor) -> Firm:
    """A company with one of everything: in use, hidden by its own wish, and taken away."""
    secrets = Secrets(who)
    sheet = CompanySheet(name=actor.party_name, capital_yen=secrets.capital_yen, may_lead=True, trades="架空の仕事")
    company = network.admit_company(office, sheet=sheet, party=_party(actor))
    network.set_shifts(office, company_code=company.code, shifts=WEEKDAYS)
    network.close_day(office, company_code=company.code, first=date(2026, 12, 23), reason=secrets.word("休業"))
    place = SiteSheet(name=f"{who}工場", latitude=34.25 + secrets.number / 100, longitude=137.8)
    site = network.add_site(office, party=_party(actor), sheet=place)
    process = "plating" if who == "plater" else "turning"
    machines = {
        kind: network.add_machine(
            office,
            site_code=site.code,
            sheet=MachineSheet(name=f"{kind}の機械{who}", process=process, hourly_yen=secrets.hourly_yen),
            disclosure=kind if kind != "retired" else "exact",
        )
        for kind in ("exact", "band", "hidden", "retired")
    }
    firm = Firm(actor, company, secrets, site.code, machines)
    _capabilities(office, firm, process)
    _papers_and_people(office, firm)
    for kind in ("exact", "band", "hidden"):
        code = machines[kind].code
        network.book_machine(actor, code=code, start=at(23, 8), end=at(23), note=secrets.word(f"予約{kind}"))
    stop = {"start": at(30, 8), "end": at(30)}
    network.report_stop(actor, code=machines["hidden"].code, reason=secrets.word("停止"), **stop)
    network.retire_machine(office, code=machines["retired"].code)
    return firm


def _capabilities(office: Actor, firm: Firm, process: str) -> None:
    secrets, company = firm.secrets, firm.company.code
    figures: dict[str, Any] = {
        "process": process,
        "ranges": {"diameter_mm": (Decimal(10), Decimal(80))},
        "setup_minutes": 45,
        "minutes_per_piece": secrets.minutes,
        "fixed_yen": secrets.fixed_yen,
        "unit_yen": secrets.unit_yen,
    }
    sheet = CapabilitySheet(note=secrets.word("得手"), **figures)
    made = network.declare_capability(firm.actor, company_code=company, sheet=sheet)
    proof = ProofSheet(provenance="measured", assessor=secrets.word("測定先"), assessed_on=date(2026, 5, 11))
    proof_file = f"%PDF-1.7 {secrets.word('証拠')}".encode()
    network.verify_capability(
        office, code=made.code, sheet=proof, evidence=proof_file, evidence_name=f"{secrets.word('証拠')}.pdf"
    )
    firm.capability = made.code
    gone = CapabilitySheet(note=secrets.word("元能力"), **figures)
    network.withdraw_capability(
        firm.actor, code=network.declare_capability(firm.actor, company_code=company, sheet=gone).code
    )


def _papers_and_people(office: Actor, firm: Firm) -> None:
    secrets, company = firm.secrets, firm.company.code
    for kind, name in (("iso_9001", "規格"), ("buyer", "得意先認定"), ("iso_14001", "旧規格")):
        paper = network.add_certificate(
            office,
            company_code=company,
            sheet=CertificateSheet(kind=kind, name=secrets.word(name), note=secrets.word(f"{name}の備考")),
            file=f"%PDF-1.7 {secrets.word(f'{name}の写し')}".encode(),
            file_name=f"{secrets.word(f'{name}の写し')}.pdf",
        )
        firm.certificates[kind] = paper.code
    network.withdraw_certificate(office, code=firm.certificates["iso_14001"])
    for when, name in (("now", "山根"), ("gone", "昔野")):
        sheet = PersonSheet(name=secrets.word(name), skills={"turning_1": None})
        firm.people[when] = network.add_person(firm.actor, company_code=company, sheet=sheet).code
    network.leave_person(firm.actor, code=firm.people["gone"])


def _option(world: World, who: str, kind: str = "exact", **more: Any) -> OptionSheet:
    secrets = world.firms[who].secrets
    given: dict[str, Any] = {
        "machine": world.firms[who].machines[kind].code,
        "setup_minutes": 60,
        "minutes_per_piece": secrets.option_minutes,
        "fixed_yen": secrets.option_fixed_yen,
        "unit_yen": secrets.option_unit_yen,
        "note": secrets.word("条件"),
    }
    return OptionSheet(**{**given, **more})


def _first_case(world: World) -> None:
    """The member could turn A, the rival would for ten times the price; the plater plates A; the rival turns B."""
    office = world.cast.coordinator
    sheet = CaseSheet(
        title=TITLES["first"],
        buyer=world.cast.buyer.party_code,
        buyer_reference="GA-26-1187",
        due=at(18, month=12),
        release=at(24, 8),
        deliver_to=world.goods_in,
        lead=world.firms["member"].company.code,
        price_yen=PRICES["first"],
        note="案件の秘密の覚え",
    )
    code = cases.register_case(office, sheet=sheet).code
    for letter, name, drawing in (("A", "軸", "PR-2041"), ("B", "座金", "PR-2043"), ("Z", "やめた部品", "PR-2099")):
        part = PartSheet(letter=letter, name=name, quantity=300, drawing_no=drawing, mass_g=90)
        cases.add_part(office, code=code, sheet=part)
    steps = (
        OperationSheet(number=10, name="旋削軸", process="turning", quantity=300, part="A", note="旋削軸の心得"),
        OperationSheet(
            number=20, name="めっき軸", process="plating", quantity=300, part="A", before=(LinkSheet(10, batch=100),)
        ),
        OperationSheet(number=30, name="旋削座金", process="turning", quantity=300, part="B"),
        OperationSheet(number=99, name="やめた工程", process="turning", quantity=300, part="A"),
    )
    for step in steps:
        cases.add_operation(office, code=code, sheet=step)
    dear = {"fixed_yen": 9_457_421}
    for number, who, kind, more in (
        (10, "member", "exact", {}),
        (10, "rival", "exact", dear),
        (20, "plater", "band", {}),
        (30, "rival", "hidden", {}),
        (30, "member", "band", dear),
        (99, "member", "exact", {}),
    ):
        cases.offer_option(office, code=code, number=number, sheet=_option(world, who, kind, **more))
    cases.remove_option(office, code=code, number=30, machine=world.firms["member"].machines["band"].code)
    cases.remove_operation(office, code=code, number=99)
    cases.remove_part(office, code=code, letter="Z")
    for title, (part_of, audience, _readers) in FILES.items():
        world.files[title] = _file(office, code, title, part=part_of, audience=audience)
    own = _file(world.cast.member, code, "自分の写真", part="A", audience="office")
    world.files["自分の写真"] = own
    cases.remove_file(office, code=code, file=_file(office, code, "消した図面", part="A", audience="all"))
    world.cases["first"] = Case.objects.get(network=world.cast.network, code=code)
    _plan(world, "first", office, "最初の採用理由")


def _file(actor: Actor, code: str, title: str, **more: str) -> str:
    content = f"%PDF-1.7 中身の{title}".encode()
    return cases.attach_file(
        actor, code=code, uploaded=content, name=f"{title}.pdf", sheet=FileSheet(title=title, **more)
    ).code


def _second_case(world: World) -> None:
    """Another buyer's, for which only the rival was asked; it was lost."""
    office = world.cast.coordinator
    sheet = CaseSheet(
        title=TITLES["second"],
        buyer=world.cast.other_buyer.party_code,
        due=at(11, month=12),
        price_yen=PRICES["second"],
    )
    code = cases.register_case(office, sheet=sheet).code
    cases.add_part(office, code=code, sheet=PartSheet(letter="A", name="ポンプ軸", quantity=10))
    step = OperationSheet(number=10, name="ポンプ旋削", process="turning", quantity=10, part="A")
    cases.add_operation(office, code=code, sheet=step)
    cases.offer_option(office, code=code, number=10, sheet=_option(world, "rival"))
    cases.lose_case(office, code=code, reason="他社に決まった秘密")
    world.cases["second"] = Case.objects.get(network=world.cast.network, code=code)


def _far_case(world: World) -> None:
    """Elsewhere, with work for the plater on machines of every kind of disclosure but one."""
    office = world.cast.far_coordinator
    buyer = services.add_party(office, kind=Party.Kind.BUYER, name="山手の買主(架空)")
    sheet = CaseSheet(
        title=TITLES["far"], buyer=buyer.code, due=at(18, month=12), release=at(24, 8), price_yen=PRICES["far"]
    )
    code = cases.register_case(office, sheet=sheet).code
    cases.add_part(office, code=code, sheet=PartSheet(letter="A", name="歯車", quantity=20))
    for number, name, process, who, kind in (
        (10, "遠い旋削", "turning", "far_member", "exact"),
        (20, "遠いめっき", "plating", "plater", "hidden"),
        (30, "遠い仕上げめっき", "plating", "plater", "exact"),
    ):
        before = (LinkSheet(number - 10),) if number > 10 else ()
        step = OperationSheet(number=number, name=name, process=process, quantity=20, part="A", before=before)
        cases.add_operation(office, code=code, sheet=step)
        cases.offer_option(office, code=code, number=number, sheet=_option(world, who, kind))
    world.cases["far"] = Case.objects.get(network=world.cast.elsewhere, code=code)
    _plan(world, "far", office, "遠い採用理由")


def _plan(world: World, key: str, office: Actor, reason: str) -> None:
    run = search(office, [world.cases[key]], seconds=1)
    Run.objects.filter(pk=run.pk).update(reason=f"{reason}の計算")
    chosen = run.alternatives.get(key="cheapest")
    (world.plans[key],) = planning.adopt_alternative(office, alternative=chosen, reason=reason)
    world.runs[key] = Run.objects.get(pk=run.pk)


def _words_in_the_office(world: World) -> None:
    office, code = world.cast.coordinator, world.cases["first"].code
    cases.write_note(office, code=code, text="事務局の中の話")
    for who in (*PARTNERS, "buyer"):
        party = world.readers[who].party_code
        cases.write_note(office, code=code, text=f"{who}への話", party=party, is_question=True)
    world.imported = cases.upload_workbook(office, uploaded=b"any bytes", name="全社の費用.xlsx").code


def _access(world: World) -> None:
    """Invitations, tokens, a member's own job, and something entered on a member's behalf."""
    near, far = world.cast.coordinator, world.cast.far_coordinator
    for office, name in ((near, "招かれた人"), (far, "遠方の客人")):
        _made, secret = services.invite(office, party=_party(office), role=Role.COORDINATOR, name=name)
        world.invitation = world.invitation or secret
    for who, actor in world.readers.items():
        expires = at(20) + timedelta(days=90)
        _token, world.tokens[who] = services.create_token(actor, name=f"〈{who}〉の鍵", expires=expires)
    here = Network.objects.get(pk=near.network_id)
    Job.objects.create(kind="asked.by_member", network=here, started_by_id=world.cast.member.seat_id, state="done")
    told = near.for_party(_party(world.cast.rival))
    rival = world.firms["rival"]
    day, reason = date(2026, 12, 24), rival.secrets.word("休業")
    network.close_day(told, company_code=rival.company.code, first=day, reason=reason)

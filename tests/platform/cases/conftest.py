"""A case with something of everything: two rival companies for one step, private figures and files everywhere."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests import factories
from tests.people import Cast
from zagumi.platform.cases import services
from zagumi.platform.cases.models import Case
from zagumi.platform.cases.sheets import CaseSheet, FileSheet, LinkSheet, OperationSheet, OptionSheet, PartSheet
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Party, Role
from zagumi.platform.network import services as network
from zagumi.platform.network.models import Machine
from zagumi.platform.network.sheets import CompanySheet, MachineSheet, ShiftSheet, SiteSheet

NOW = "2026-11-20T10:40:00+09:00"  # a Friday
EXAMPLE = Path(__file__).parents[3] / "examples" / "automotive_case.xlsx"
WEEKDAYS = tuple(ShiftSheet(day, time(8), time(17)) for day in range(5))
PURPOSE = "見積もりを比べるため"

# Figures and words that must never reach the wrong reader; none of them occurs anywhere else.
PRICE = 8_947_613
NOTE = "秘密の覚え書き"
COSTS = {"member": (71_111, 331), "rival": (82_222, 442), "plater": (93_333, 553)}
MINUTES = {"member": "1.5171", "rival": "1.6272", "plater": "0.7373"}


@pytest.fixture(autouse=True)
def standing_clock(settings: Any, tmp_path: Path) -> None:
    settings.ZAGUMI_NOW = NOW
    settings.MEDIA_ROOT = tmp_path / "files"


def at(day: int, hour: int = 17, month: int = 12) -> datetime:
    """A moment of 2026 in Japan."""
    return datetime(2026, month, day, hour, tzinfo=ZoneInfo("Asia/Tokyo"))


@dataclass(frozen=True)
class Town:
    """The cast's two rival members and a plater, with one machine each; the buyer's goods-in."""

    cast: Cast
    plater: Actor
    machines: dict[str, Machine]
    goods_in: str


@pytest.fixture
def town(cast: Cast) -> Town:
    office = cast.coordinator
    plater = factories.actor(cast.network, Role.MEMBER)
    machines = {}
    for key, actor, process in (
        ("member", cast.member, "turning"),
        ("rival", cast.rival, "turning"),
        ("plater", plater, "plating"),
    ):
        party = Party.objects.get(pk=actor.party_id)
        company = network.admit_company(office, sheet=CompanySheet(name=party.name, may_lead=True), party=party)
        network.set_shifts(office, company_code=company.code, shifts=WEEKDAYS)
        sheet = SiteSheet(name="本社工場", latitude=34.27, longitude=137.8)
        site = network.add_site(office, party=party, sheet=sheet)
        machine = MachineSheet(name=f"{key}の機械", process=process)
        machines[key] = network.add_machine(office, site_code=site.code, sheet=machine, disclosure="exact")
    buyer = Party.objects.get(pk=cast.buyer.party_id)
    goods_in = network.add_site(office, party=buyer, sheet=SiteSheet(name="岐山工場", latitude=34.41, longitude=137.64))
    return Town(cast, plater, machines, goods_in.code)


def case_sheet(cast: Cast, **more: Any) -> CaseSheet:
    given: dict[str, Any] = {
        "title": "ロッド組立品 300組",
        "buyer": cast.buyer.party_code,
        "buyer_reference": "GA-26-1187",
        "release": at(24, 8, month=11),
        "due": at(11),
        "received_on": date(2026, 11, 16),
        "answer_due": date(2026, 11, 24),
        "price_yen": PRICE,
        "note": NOTE,
    }
    return CaseSheet(**{**given, **more})


def option_sheet(town: Town, key: str, **more: Any) -> OptionSheet:
    fixed, unit = COSTS[key]
    given: dict[str, Any] = {
        "machine": town.machines[key].code,
        "setup_minutes": 60,
        "minutes_per_piece": Decimal(MINUTES[key]),
        "fixed_yen": fixed,
        "unit_yen": unit,
        "good_rate": Decimal("0.99"),
        "note": f"{key}だけの備考",
    }
    return OptionSheet(**{**given, **more})


STEPS = (
    OperationSheet(number=10, name="旋削", process="turning", quantity=310, part="A", min_sublot=100, max_sublots=2),
    OperationSheet(
        number=20, name="軸のめっき", process="plating", quantity=305, part="A",
        before=(LinkSheet(10, batch=100, lag_minutes=30),),
    ),
    OperationSheet(number=30, name="座金のめっき", process="plating", quantity=620, part="B"),
    OperationSheet(
        number=40, name="組立", process="assembly", quantity=300, before=(LinkSheet(20), LinkSheet(30, per=2))
    ),
)  # fmt: skip


@pytest.fixture
def case(town: Town) -> Case:
    """A: turned at member or rival, then plated; B: plated; both assembled, which nobody can do yet."""
    office = town.cast.coordinator
    made = services.register_case(office, sheet=case_sheet(town.cast, deliver_to=town.goods_in))
    code = made.code
    for letter, name, quantity, drawing in (("A", "軸", 300, "PR-2041"), ("B", "座金", 600, "PR-2043")):
        sheet = PartSheet(letter=letter, name=name, quantity=quantity, drawing_no=drawing, material="SUS304", mass_g=90)
        services.add_part(office, code=code, sheet=sheet)
    for step in STEPS:
        services.add_operation(office, code=code, sheet=step)
    for number, key in ((10, "member"), (10, "rival"), (20, "plater"), (30, "plater")):
        services.offer_option(office, code=code, number=number, sheet=option_sheet(town, key))
    return Case.objects.get(pk=made.pk)


FILES = (
    # title, part, audience, who may open it besides the office
    ("軸の図面", "A", "all", {"buyer", "member", "rival", "plater"}),
    ("座金の図面", "B", "steps", {"plater"}),
    ("見積の控え", "", "office", set()),
    ("発注者との覚書", "", "buyer", {"buyer"}),
    ("作業の注意", "", "steps", {"member", "rival", "plater"}),
)


@pytest.fixture
def files(case: Case, town: Town) -> dict[str, str]:
    """Code of each file of ``FILES`` by its title."""
    codes = {}
    for title, part, audience, _readers in FILES:
        sheet = FileSheet(title=title, part=part, audience=audience, revision="A")
        kept = services.attach_file(
            town.cast.coordinator, code=case.code, uploaded=f"%PDF-{title}".encode(), name=f"{title}.pdf", sheet=sheet
        )
        codes[title] = kept.code
    return codes

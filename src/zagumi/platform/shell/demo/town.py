"""The town as it is founded: the office and its hub, buyers, the bank and the carrier, and who sits where."""

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from zagumi.platform.core import services
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Network, Party, Role
from zagumi.platform.network.services import add_site
from zagumi.platform.network.sheets import SiteSheet
from zagumi.platform.shell.demo.story import Calendar, Script

CODE = "minato"
FICTIONAL = "(架空)"
FOUNDED = -520  # days from today

OFFICE = {
    "name_kana": "みなとしものづくりれんけいせんたー",
    "name_en": "Minato Makers' Coordination Centre (fictional)",
    "short_name": "連携センター",
    "phone": "000-100-2000",
    "fax": "000-100-2001",
    "email": "center@minato.example",
    "postal_code": "000-0001",
    "address": "みなと市東港3-1",
    "municipality_code": "99201",
    "latitude": 34.2391,
    "longitude": 137.8612,
}
BUYERS: tuple[Mapping[str, Any], ...] = (
    {
        "name": "岐山オートパーツ",
        "kana": "きざんおーとぱーつ",
        "en": "Kizan Auto Parts",
        "site": ("岐山オートパーツ 岐山工場", "Kizan Auto Parts, Kizan plant", 34.4105, 137.6420, "岐山市南2-1"),
        "person": ("kizan", "大野 恭平"),
    },
    {
        "name": "東都ポンプ",
        "kana": "とうとぽんぷ",
        "en": "Toto Pump",
        "site": ("東都ポンプ 灘工場", "Toto Pump, Nada plant", 34.3320, 137.8828, "灘市北9-4"),
        "person": ("toto", "早川 玲子"),
    },
    {
        "name": "西浦包機",
        "kana": "にしうらほうき",
        "en": "Nishiura Packaging Machines",
        "site": ("西浦包機 本社工場", "Nishiura Packaging Machines, main plant", 34.2484, 137.7787, "みなと市浜田11-2"),
        "person": ("nishiura", "西浦 剛志"),
    },
)


@cache
def table(name: str) -> Mapping[str, Any]:
    """A data file of the town; numbers with a point are exact decimals."""
    text = (Path(__file__).parent / "data" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text, parse_float=Decimal)


def chance(*names: object) -> random.Random:
    """Random numbers that belong to something: the same in every town that is built."""
    return random.Random("/".join(map(str, names)))


@dataclass
class Town:
    """What the scripts share: who acts. Filled in as the story goes."""

    day: Calendar
    actors: dict[str, Actor] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)

    @property
    def office(self) -> Actor:
        """佐伯 恵, who coordinates."""
        return self.actors["saeki"]

    @property
    def network(self) -> Network:
        """The network of the town."""
        return Network.objects.get(code=CODE)

    def acting_for(self, short_name: str) -> Actor:
        """The member itself where it has a seat; else the office, entering what it is told on the telephone."""
        party = self.party(short_name)
        seated = self.actors.get(party.code)
        return seated or self.office.for_party(party, channel="phone")

    def party(self, short_name: str) -> Party:
        """A party of the town by its short name."""
        return Party.objects.get(networks__code=CODE, short_name=short_name)

    def seat(self, username: str, name: str, party: Party, role: Role) -> Actor:
        """Seat a person who signs in on the demo's page."""
        chief = Actor.system(self.network)
        email = f"{username}@minato.example"
        user = services.add_person(chief, username=username, name=name, email=email)
        actor = Actor.of(services.give_seat(chief, user=user, party=party, role=role))
        self.actors[username] = actor
        return actor


def founding(town: Town) -> Script:
    """The office opens with its two coordinators and the hub, then come bank, carrier and buyers."""
    yield town.day.at(FOUNDED)
    network, office = services.found_network(
        code=CODE,
        name="みなと市ものづくり連携" + FICTIONAL,
        name_en="Minato Makers' Network (fictional)",
        office_name="みなと市ものづくり連携センター",
        office_name_en="Minato Makers' Coordination Centre",
    )
    chief = Actor.system(network)
    office = services.edit_party(chief, party=office, name=office.name + FICTIONAL, **OFFICE)
    town.seat("saeki", "佐伯 恵", office, Role.COORDINATOR)
    town.seat("sakaguchi", "坂口 直人", office, Role.COORDINATOR)
    add_site(
        town.office,
        party=office,
        sheet=SiteSheet(
            name="東港共同ハブ",
            name_en="Higashiminato hub",
            latitude=34.2391,
            longitude=137.8612,
            address="みなと市東港3-1",
            is_hub=True,
        ),
    )
    yield town.day.at(FOUNDED + 20)
    _friend(town, Party.Kind.VIEWER, Role.VIEWER, "みなと信用金庫", "Minato Shinkin Bank", "kiryu", "桐生 昌子")
    _friend(town, Party.Kind.CARRIER, Role.CARRIER, "汐川運送", "Shiokawa Transport", "shioya", "塩谷 大輔")
    for number, buyer in enumerate(BUYERS):
        yield town.day.at(FOUNDED + 40 + 15 * number)
        _buyer(town, number, buyer)


def _friend(town: Town, kind: str, role: Role, name: str, name_en: str, username: str, person: str) -> None:
    party = services.add_party(
        town.office,
        kind=kind,
        name=name + FICTIONAL,
        name_en=f"{name_en} (fictional)",
        short_name=name,
        phone="000-300-0001",
    )
    town.seat(username, person, party, role)


def _buyer(town: Town, number: int, buyer: Mapping[str, Any]) -> None:
    name, name_en, latitude, longitude, address = buyer["site"]
    party = services.add_party(
        town.office,
        kind=Party.Kind.BUYER,
        name=buyer["name"] + FICTIONAL,
        name_kana=buyer["kana"],
        name_en=f"{buyer['en']} (fictional)",
        short_name=buyer["name"],
        corporate_number=corporate_number(900 + number),
        phone=f"000-400-{number + 1:04}",
        address=address,
    )
    sheet = SiteSheet(name=name, name_en=name_en, latitude=latitude, longitude=longitude, address=address)
    add_site(town.office, party=party, sheet=sheet)
    username, person = buyer["person"]
    town.seat(username, person, party, Role.BUYER)


def corporate_number(number: int) -> str:
    """A corporate number whose check digit holds, of a registry office that does not exist (9999)."""
    body = f"999900{number:06}"
    total = sum(int(digit) * (1 if n % 2 else 2) for n, digit in enumerate(reversed(body), start=1))
    return f"{9 - total % 9}{body}"

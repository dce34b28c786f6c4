"""A small town for the network's tests: two rivals, a neighbour, a company elsewhere; something private everywhere."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import override_settings

from tests import factories
from tests.people import Cast, assemble
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Network, Party
from zagumi.platform.network import services
from zagumi.platform.network.models import Booking, Capability, Company, Machine, Site
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

NOW = "2026-11-20T10:40:00+09:00"  # a Friday
WEEKDAYS = tuple(ShiftSheet(day, time(8), time(17)) for day in range(5))


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """A moment of 2026 in Japan."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo("Asia/Tokyo"))


@dataclass(frozen=True)
class Works:
    """A company with everything on it."""

    company: Company
    site: Site
    exact: Machine
    band: Machine
    hidden: Machine
    capability: Capability
    booking: Booking

    @property
    def code(self) -> str:
        return self.company.code


@dataclass(frozen=True)
class Town:
    """``works`` belongs to the cast's member, ``rival`` to its rival; ``plater`` shares no process with them."""

    cast: Cast
    works: Works
    rival: Works
    plater: Works
    far: Works
    hub: Site
    goods_in: Site


def company(actor: Actor, party: Party, **facts: Any) -> Company:
    sheet = CompanySheet(name=party.name, **facts)
    return services.admit_company(actor, sheet=sheet, party=party)


def build(actor: Actor, party: Party, *, process: str, mark: str, latitude: float, longitude: float) -> Works:
    """Admit ``party`` and give it one of everything; private fields carry ``mark``."""
    made = company(actor, party, employees=24, capital_yen=10_000_000, trades="架空の仕事")
    site = services.add_site(
        actor, party=party, sheet=SiteSheet(name="本社工場", latitude=latitude, longitude=longitude)
    )
    services.set_shifts(actor, company_code=made.code, shifts=WEEKDAYS)
    machines = {
        level: services.add_machine(
            actor,
            site_code=site.code,
            sheet=MachineSheet(name=f"機械{level}", process=process, hourly_yen=7777, diameter_mm=80, length_mm=310),
            disclosure=level,
        )
        for level in ("exact", "band", "hidden")
    }
    capability = services.declare_capability(
        actor,
        company_code=made.code,
        sheet=CapabilitySheet(
            process=process,
            machine=machines["exact"].code,
            materials=("SUS304", "SCM435"),
            ranges={"diameter_mm": (Decimal(10), Decimal(80)), "tolerance_mm": (Decimal("0.01"), None)},
            setup_minutes=45,
            minutes_per_piece=Decimal("3.5"),
            fixed_yen=8888,
            unit_yen=999,
            good_rate=Decimal("0.98"),
        ),
    )
    for kind, name in (("iso_9001", "ISO 9001:2015"), ("buyer", f"発注者認定{mark}")):
        services.add_certificate(
            actor,
            company_code=made.code,
            sheet=CertificateSheet(kind=kind, name=name, number=f"{kind}-1", valid_until=date(2027, 8, 31), note=mark),
            file=b"%PDF-1.7 certificate",
            file_name="certificate.pdf",
        )
    services.add_person(
        actor, company_code=made.code, sheet=PersonSheet(name=f"山根{mark}", skills={"turning_1": date(2028, 3, 31)})
    )
    for machine in machines.values():
        booking = services.book_machine(actor, code=machine.code, start=at(24, 8), end=at(25, 17), note=f"得意先{mark}")
    services.report_stop(actor, code=machines["band"].code, reason=f"点検{mark}", start=at(30, 8), end=at(30, 17))
    return Works(made, site, machines["exact"], machines["band"], machines["hidden"], capability, booking)


def party_of(actor: Actor) -> Party:
    return Party.objects.get(pk=actor.party_id)


def build_town() -> Town:
    """The network of the cast with its companies."""
    cast = assemble()
    boss = cast.coordinator
    plater = factories.party(cast.network, name="梅田めっき(架空)")
    works = build(boss, party_of(cast.member), process="turning", mark="甲", latitude=34.25, longitude=137.82)
    rival = build(boss, party_of(cast.rival), process="turning", mark="乙", latitude=34.26, longitude=137.84)
    other = build(boss, plater, process="plating", mark="丙", latitude=34.24, longitude=137.90)
    far = build(
        cast.far_coordinator, party_of(cast.far_member), process="turning", mark="丁", latitude=34.3, longitude=137.8
    )
    hub = SiteSheet(name="共同ハブ", latitude=34.245, longitude=137.83, is_hub=True)
    goods_in = SiteSheet(name="受入口", latitude=34.4, longitude=138.1)
    return Town(
        cast,
        works,
        rival,
        other,
        far,
        services.add_site(boss, party=party_of(boss), sheet=hub),
        services.add_site(boss, party=party_of(cast.buyer), sheet=goods_in),
    )


@pytest.fixture(scope="module")
def _built(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    """The town, built once for a file, in a transaction around those of its tests."""
    quick = override_settings(ZAGUMI_NOW=NOW, PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
    around = transaction.atomic()
    with django_db_blocker.unblock(), quick:
        around.__enter__()
        town = build_town()
    yield town
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture
def town(_built: Town, db: None, settings: Any) -> Town:
    """The town as it was built, on Friday, 20 November 2026, 10:40."""
    settings.ZAGUMI_NOW = NOW
    return deepcopy(_built)


def proven(actor: Actor, capability: Capability, **changes: Any) -> Capability:
    """The capability, verified by a testing centre."""
    sheet = ProofSheet(
        provenance="verified",
        assessor="県工業技術センター(架空)",
        assessed_on=date(2026, 5, 11),
        valid_until=date(2027, 5, 10),
        proven={"diameter_mm": (Decimal(20), Decimal(60))},
    )
    return services.verify_capability(actor, code=capability.code, sheet=replace(sheet, **changes))


def plan_booking(actor: Actor, machine: Machine, code: str, start: datetime, end: datetime) -> None:
    services.hold_for_plan(actor, source_code=code, slots=[services.Slot(machine.code, start, end)])


def network_of(actor: Actor) -> Network:
    return Network.objects.get(pk=actor.network_id)

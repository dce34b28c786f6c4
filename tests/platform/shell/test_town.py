"""The demo town: what stands in it, that it is the same whenever it is built, and that it is openly invented."""

import hashlib
import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import _default_is
from tests.platform.shell.conftest import NOW, Built
from zagumi.platform.cases.models import Case, CaseFile, CaseNote, Operation, Option
from zagumi.platform.cases.queries import case_list
from zagumi.platform.core import audit
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import AuditEntry, Network, Party, Seat
from zagumi.platform.network.basemap import district_at
from zagumi.platform.network.checks import is_corporate_number
from zagumi.platform.network.models import Admission, Certificate, Company, Disclosure, Family, Machine, Site
from zagumi.platform.network.queries import company_list
from zagumi.platform.planning.models import Alternative, Plan, Run
from zagumi.platform.shell.demo.story import is_working_day, working_day
from zagumi.platform.shell.demo.telling import Telling
from zagumi.platform.shell.demo.town import CODE


def test_it_has_the_people_companies_and_cases_it_promises(town: Built) -> None:
    assert Company.objects.count() == 40
    assert len({family for machine in Machine.objects.all() for family in [machine.process.family]}) >= 10
    assert {machine.process.family for machine in Machine.objects.select_related("process")} == set(Family.values)
    assert Party.objects.filter(kind=Party.Kind.BUYER).count() == 3
    assert {seat.role for seat in Seat.objects.all()} == {"coordinator", "member", "buyer", "carrier", "viewer"}
    assert Case.objects.count() == 12
    assert len(set(Case.objects.values_list("stage", flat=True))) >= 8
    assert set(Machine.objects.values_list("capacity_disclosure", flat=True)) == set(Disclosure.values)
    assert set(Company.objects.values_list("contact_channel", flat=True)) == {"screen", "phone", "fax"}
    assert CaseFile.objects.count() >= 20
    assert Site.objects.filter(is_hub=True).count() == 1


def test_bad_things_happen_in_it(town: Built) -> None:
    nobody = Operation.objects.exclude(options__answer__in=["accepted", "waiting"])
    assert [(step.case.title, step.name) for step in nobody] == [("計測船用 チタン鋳造ハウジング 20個", "精密鋳造")]
    assert Option.objects.filter(answer=Option.Answer.DECLINED).exists()
    assert Option.objects.filter(answer=Option.Answer.WAITING).count() >= 4
    assert CaseNote.objects.filter(is_question=True, settled_at=None).count() >= 3
    assert Admission.objects.filter(state=Admission.State.LEAVING).count() == 1
    today = town.town.day.today
    assert Certificate.objects.filter(valid_until__lt=today).exists()
    assert Certificate.objects.filter(valid_until__range=(today, today + timedelta(days=30))).count() >= 2
    rush = Case.objects.get(title__startswith="至急")
    assert working_day(today, 3) == rush.due.astimezone(town.town.day.present.tzinfo).date()


def test_work_is_planned_adopted_and_held_up(town: Built) -> None:
    assert Run.objects.filter(outcome=Run.Outcome.DONE).count() == 2
    assert Plan.objects.count() == 3
    first = Run.objects.get(cases__code=town.town.cases["automotive"])
    assert Alternative.objects.filter(run=first).count() >= 3
    machine = Machine.objects.get(stops__isnull=False)
    held = Plan.objects.get(case__code=town.town.cases["pump"]).sublots.filter(machine=machine)
    assert held.filter(ends__gt=town.town.day.present).exists()


def test_everybody_in_it_is_openly_invented(town: Built) -> None:
    assert all("(架空)" in party.name and "(fictional)" in party.name_en for party in Party.objects.all())
    assert all(machine.maker.endswith("(架空)") for machine in Machine.objects.all())
    numbers = [party.corporate_number for party in Party.objects.exclude(corporate_number="")]
    assert len(numbers) == len(set(numbers)) == 43
    assert all(is_corporate_number(number) and number[1:7] == "999900" for number in numbers)
    assert all(party.phone.startswith("000-") for party in Party.objects.all() if party.phone)
    assert all(seat.user.email.endswith("@minato.example") for seat in Seat.objects.select_related("user"))


def test_every_works_stands_on_the_land_of_the_base_map(town: Built) -> None:
    for site in Site.objects.filter(party__kind=Party.Kind.COMPANY):
        assert district_at(CODE, site.latitude, site.longitude), site.name


def test_it_was_built_by_services_in_the_order_of_time(town: Built) -> None:
    entries = list(AuditEntry.objects.order_by("seq"))
    assert len(entries) > 1000
    assert audit.verify(Network.objects.get()) == []
    told = [entry.at for entry in entries if entry.channel != "job"]
    assert told == sorted(told)
    assert {entry.channel for entry in entries} >= {"screen", "phone", "fax", "job"}
    assert max(told) <= town.town.day.present
    assert any(entry.on_behalf_of_id for entry in entries)


def test_every_working_day_is_one() -> None:
    from datetime import date

    assert working_day(date(2026, 12, 28), 1) == date(2027, 1, 4)
    assert working_day(date(2026, 11, 24), -1) == date(2026, 11, 20)  # Monday is a holiday
    assert not is_working_day(date(2026, 11, 23))
    assert working_day(date(2026, 11, 21), 0) == date(2026, 11, 21)


def facts(actor: Actor) -> str:
    """A hash of what the coordinator can see: companies, cases, and everything that was done."""
    seen: dict[str, Any] = {
        "companies": [asdict(row) for row in company_list(actor)],
        "cases": [asdict(row) for row in case_list(actor)],
        "log": list(AuditEntry.objects.order_by("seq").values_list("at", "user_name", "verb", "subject_code", "hash")),
        "files": list(CaseFile.objects.order_by("pk").values_list("code", "stored__sha256")),
    }
    return hashlib.sha256(json.dumps(seen, sort_keys=True, default=str).encode()).hexdigest()


@pytest.fixture
def build(sqlite_template: Any, tmp_path: Path, settings: Any, django_db_blocker: Any) -> Any:
    """A function that builds a town up to its first search and gives its facts."""
    settings.ZAGUMI_NOW, settings.MEDIA_ROOT = NOW, tmp_path / "files"

    def once(name: str) -> str:
        folder = tmp_path / name
        folder.mkdir()
        with django_db_blocker.unblock(), sqlite_template(folder) as (_url, description), _default_is(description):
            telling = Telling()
            telling.begin()
            return facts(telling.town.office)

    return once


def test_the_same_moment_gives_the_same_town(build: Any) -> None:
    assert build("one") == build("other")

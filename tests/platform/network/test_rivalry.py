"""Two at once: time is taken once, on either database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from tests import factories
from tests.conftest import Database
from tests.platform.network.conftest import at, company
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import BadInput, NotNow
from zagumi.platform.network import services
from zagumi.platform.network.models import Booking, Machine, MachineStop
from zagumi.platform.network.sheets import MachineSheet, SiteSheet

SAME_TIME = 6


@pytest.fixture
def machine(database: Database) -> tuple[Actor, Machine]:
    """A machine that shows its exact hours, and the system acting in its network."""
    network = factories.network()
    party, actor = factories.party(network), Actor.system(network)
    company(actor, party)
    site = services.add_site(actor, party=party, sheet=SiteSheet(name="工場", latitude=34.2, longitude=137.8))
    sheet = MachineSheet(name="旋盤", process="turning")
    return actor, services.add_machine(actor, site_code=site.code, sheet=sheet, disclosure="exact")


def at_once(verb: Callable[[int], Any]) -> list[str]:
    """What several calls made at the same moment come to: done, or the name of the refusal."""
    together = Barrier(SAME_TIME)

    def call(number: int) -> str:
        together.wait()
        try:
            verb(number)
        except (BadInput, NotNow) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(SAME_TIME) as pool:
        return sorted(pool.map(call, range(SAME_TIME)))


def test_the_same_time_is_booked_once(machine: tuple[Actor, Machine]) -> None:
    actor, row = machine
    told = at_once(lambda _n: services.book_machine(actor, code=row.code, start=at(24, 8), end=at(24, 9)))
    assert told == ["BadInput"] * (SAME_TIME - 1) + ["done"]
    assert Booking.objects.count() == 1


def test_two_plans_do_not_hold_the_same_time(machine: tuple[Actor, Machine]) -> None:
    actor, row = machine
    slots = [services.Slot(row.code, at(24, 8), at(24, 9))]
    told = at_once(lambda n: services.hold_for_plan(actor, source_code=f"P-{n}", slots=slots))
    assert told == ["NotNow"] * (SAME_TIME - 1) + ["done"]
    assert Booking.objects.count() == 1


def test_a_stop_is_reported_once(machine: tuple[Actor, Machine]) -> None:
    actor, row = machine
    told = at_once(lambda n: services.report_stop(actor, code=row.code, reason=f"故障{n}"))
    assert told == ["NotNow"] * (SAME_TIME - 1) + ["done"]
    assert MachineStop.objects.count() == 1

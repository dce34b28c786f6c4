"""Stages, codes, distances, the clock: small things everybody leans on."""

from datetime import UTC, date, datetime
from math import isclose

import pytest
from django.utils import translation

from tests.people import Cast
from zagumi.platform.core import clock, geo
from zagumi.platform.core.codes import next_code
from zagumi.platform.core.errors import NotNow
from zagumi.platform.core.models import Job
from zagumi.platform.core.states import Flow

FLOW = Flow(
    "job",
    {("queued", "start"): "running", ("queued", "drop"): "cancelled", ("running", "end"): "done"},
    verbs={"start": "Start it", "drop": "Drop it"},
)


def test_a_verb_leads_to_the_next_stage() -> None:
    job = Job(state="queued")

    assert FLOW.allows(job, "state", "start")
    assert FLOW.move(job, "state", "start") == ("queued", "running")
    assert job.state == "running"


def test_what_is_not_possible_says_what_is() -> None:
    job = Job(state="queued")

    with translation.override("en"), pytest.raises(NotNow) as refusal:
        FLOW.move(job, "state", "end")

    assert job.state == "queued"
    with translation.override("en"):
        assert str(refusal.value) == "“end” is not possible while the state is “Waiting”."
        assert str(refusal.value.next_step) == "Possible now: Start it, Drop it"


def test_at_the_end_of_the_line_it_says_so() -> None:
    with translation.override("en"), pytest.raises(NotNow) as refusal:
        FLOW.move(Job(state="done"), "state", "start")

    with translation.override("en"):
        assert str(refusal.value.next_step) == "Nothing more can be done here."


def test_codes_count_for_each_network_prefix_and_year(cast: Cast, settings) -> None:
    settings.ZAGUMI_NOW = "2026-12-31T23:59"
    assert [next_code(cast.network, "C"), next_code(cast.network, "C")] == ["C-2026-0001", "C-2026-0002"]
    assert next_code(cast.elsewhere, "C") == "C-2026-0001"
    assert next_code(cast.network, "R", width=2) == "R-2026-01"
    assert next_code(cast.network, "M", yearly=False) == "M-0001"
    settings.ZAGUMI_NOW = "2027-01-01T00:00"
    assert next_code(cast.network, "C") == "C-2027-0001"


def test_the_clock_can_stand_still_and_days_are_local(settings) -> None:
    settings.ZAGUMI_NOW = "2026-11-20T10:40"
    assert clock.now() == datetime(2026, 11, 20, 1, 40, tzinfo=UTC)
    settings.ZAGUMI_NOW = "2026-11-20T16:00:00+00:00"
    assert clock.today() == date(2026, 11, 21)
    settings.ZAGUMI_NOW = ""
    assert abs((clock.now() - datetime.now(UTC)).total_seconds()) < 5


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [
        ((35.681236, 139.767125), (34.702485, 135.495951), 403_500),  # Tokyo station to Osaka station
        ((0.0, 0.0), (0.0, 180.0), 20_015_115),  # half the equator of the mean sphere
        ((34.0, 135.0), (34.0, 135.0), 0),
    ],
)
def test_distances_on_the_globe(a: tuple[float, float], b: tuple[float, float], metres: float) -> None:
    assert isclose(geo.distance_m(*a, *b), metres, rel_tol=2e-3, abs_tol=0.1)
    assert isclose(geo.distance_m(*b, *a), geo.distance_m(*a, *b))


def test_a_region_without_a_map_has_none() -> None:
    assert geo.basemap("nowhere") is None
    assert geo.basemap("../../models") is None


def test_every_bundled_map_is_geojson() -> None:
    bundled = sorted(geo._MAPS.glob("*.geojson"))

    assert bundled
    for path in bundled:
        found = geo.basemap(path.stem)
        assert found is not None
        assert found["type"] == "FeatureCollection"
        assert found["features"]

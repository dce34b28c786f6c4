"""``zagumi replan``: what it says, writes and refuses, in both languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engine.test_replan import HAPPENED, PLAN, TOWN
from zagumi.cli import main
from zagumi.engine.files import load_plan, load_problem, save_plan, save_problem
from zagumi.engine.insight.events import EVENTS, Events
from zagumi.engine.plan.check import check


@pytest.fixture
def town(tmp_path: Path) -> list[str]:
    """The arguments of a replan of the town after everything has happened."""
    save_problem(TOWN, tmp_path / "town.json")
    save_plan(PLAN, tmp_path / "plan.json")
    return given(tmp_path, HAPPENED["everything"])


def given(folder: Path, events: Events) -> list[str]:
    (folder / "events.json").write_text(EVENTS.to_json(events), encoding="utf-8")
    names = ["--plan", str(folder / "plan.json"), "--events", str(folder / "events.json"), "--lang", "en"]
    return ["replan", str(folder / "town.json"), *names]


def test_what_moved_is_said_in_json(town: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The plan it writes is valid for the problem it writes."""
    plan, problem = tmp_path / "new.json", tmp_path / "left.json"
    assert main([*town, "--json", "--out", str(plan), "--problem-out", str(problem)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert check(load_problem(problem), load_plan(plan)) == ()
    assert len(found["moved"]) + found["unmoved"] == len({s.operation for s in PLAN.sublots})
    assert "rush" in {case["case"] for case in found["cases"]}
    assert found["late_minutes"]["after"] >= found["late_minutes"]["before"]
    assert found["checked"] is True
    assert main([*town, "--json", "--stability", "0"]) == 0
    assert json.loads(capsys.readouterr().out)["stability"] == 0


def test_people_read_it_in_their_language(town: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(town) == 0
    english = capsys.readouterr().out
    assert "operations move" in english
    assert "rush" in english
    assert main([*town, "--lang", "ja"]) == 0
    assert "工程が動き" in capsys.readouterr().out


BAD = {
    "no JSON": ("{", "/"),
    "another format": ('{"format": "zagumi-plan", "version": 1}', "/format"),
    "an unknown field": ('{"format": "zagumi-events", "version": 1, "holiday": 1}', "/"),
    "a stop of nothing": ('{"format": "zagumi-events", "version": 1, "stops": [{"start": 1, "end": 2}]}', "/stops/0"),
    "an unknown machine": (
        '{"format": "zagumi-events", "version": 1, "stops": [{"start": 1, "end": 2, "machine": "no"}]}',
        "stop, machine",
    ),
    "a minute too late": ('{"format": "zagumi-events", "version": 1, "now": 99999999}', "events, now"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_events_are_refused_by_name(
    town: list[str], tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text, place = BAD[name]
    (tmp_path / "events.json").write_text(text, encoding="utf-8")
    assert main([*town, "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["place"].startswith(place)
    assert error["expected"]


def test_a_missing_file_is_refused(town: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "events.json").unlink()
    assert main(town) == 2
    assert "events.json" in capsys.readouterr().err

"""``zagumi explain``: the hour, what binds, and a company for which no plan was found; both languages, JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engine.test_shadow import queue
from zagumi.cli import main
from zagumi.engine.files import save_plan, save_problem


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


@pytest.fixture
def given(tmp_path: Path) -> list[str]:
    problem, plan = queue(due=170)
    save_problem(problem, tmp_path / "problem.json")
    save_plan(plan, tmp_path / "plan.json")
    return ["explain", str(tmp_path / "problem.json"), str(tmp_path / "plan.json"), "--steps", "400"]


def test_the_hour_of_the_bottleneck_is_worth_the_lateness_it_saves(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*given, "--json", "--hour"]) == 0
    hour = json.loads(capsys.readouterr().out)["hour"]
    assert (hour["name"], hour["saves"]) == ("A", 30_000)
    assert hour["hours"] == [{"machine": "A", "added": "relief", "start": 0, "end": 60}]
    assert (hour["difference"]["tardy_minutes"], hour["difference"]["tardiness_yen"]) == (-30, -30)
    assert main([*given, "--hour", "a"]) == 0
    shown = capsys.readouterr().out
    assert "A relieved of an hour of the work from" in shown
    assert "lateness -30 min (-¥30)" in shown.replace("−", "-")
    assert main([*given, "--hour", "B", "--lang", "ja"]) == 0
    assert "あと1時間あっても何も浮きません" in capsys.readouterr().out
    assert main([*given, "--hour", "nobody"]) == 2
    assert "a machine or a company of the problem" in capsys.readouterr().err


def test_what_binds_is_part_of_the_whole(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*given, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["binding"] == [
        {"rule": "machine", "item": "A", "minutes": 30, "yen": 30, "cases": ["L"]}
    ]
    assert main(given) == 0
    assert "  waits for the machine, A: ¥30 and 30 min of lateness in 1 cases" in capsys.readouterr().out

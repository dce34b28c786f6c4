"""``zagumi risk``: probabilities, what certainty costs, both languages, JSON and exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.engine.test_robust import two_machines
from zagumi.cli import main
from zagumi.engine.files import load_plan, save_plan, save_problem


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


@pytest.fixture
def given(tmp_path: Path) -> list[str]:
    """The arguments for the two machines."""
    problem, plan = two_machines(due=130)
    save_problem(problem, tmp_path / "problem.json")
    save_plan(plan, tmp_path / "plan.json")
    return ["risk", str(tmp_path / "problem.json"), str(tmp_path / "plan.json"), "--steps", "2000", "--workers", "1"]


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, Any]:
    assert main([*arguments, "--json"]) == code
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    document: dict[str, Any] = json.loads(out)
    return document


def test_without_a_target_the_plan_is_told_about(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, *given)
    first, second = found["cases"]
    assert (first["case"], first["due"], second["on_time"]) == ("first", 130, 1.0)
    assert found["least"] == found["every"] == first["on_time"] == pytest.approx(0.71, abs=0.05)
    assert first["short"] == first["late"] - 130 > 0
    assert "curve" not in found
    assert main(given) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [row[0] for row in rows[1:3]] == ["first", "second"]  # the least sure first


def test_with_a_target_each_percent_has_its_price(
    tmp_path: Path, given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "sure.json"
    found = answer(capsys, *given, "--target", "0.95", "--out", str(out))
    assert (found["reached"], found["chosen"], found["target"]) == (True, 1, 0.95)
    cheap, sure = found["curve"]
    assert (cheap["yen_per_percent"], cheap["more_yen"], sure["more_yen"], sure["least"]) == (None, 0, 500, 1.0)
    assert sure["yen_per_percent"] == round(500 / (100 - 100 * cheap["least"]))
    assert {s.machine for s in load_plan(out).sublots} == {"steady first", "cheap second"}
    assert main([*given, "--target", "0.95"]) == 0
    assert "95.0% is reached for +¥500." in capsys.readouterr().out
    assert main([*given, "--target", "0.95", "--lang", "ja"]) == 0
    assert "確率95.0%は +500円 で得られます。" in capsys.readouterr().out


def test_what_is_not_reached_is_said_and_has_its_exit_code(
    tmp_path: Path, given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    save_problem(two_machines(due=99)[0], tmp_path / "problem.json")
    found = answer(capsys, *given, "--target", "0.9", code=3)
    assert (found["reached"], found["chosen"]) == (False, None)
    assert found["curve"]
    assert main([*given, "--target", "0.9"]) == 3
    assert "No plan was found that is 90.0% sure" in capsys.readouterr().out


def test_stops_are_those_of_the_option(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, *given, "--stops", "1", "600")["least"] < 0.3


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--target", "1.5"), "probability above 0, at most 1"),
        (("--samples", "0"), "whole number from 1"),
        (("--stops", "3"), "expected 2 arguments"),
    ],
)
def test_bad_input_is_refused(
    given: list[str], capsys: pytest.CaptureFixture[str], more: tuple[str, ...], told: str
) -> None:
    assert main([*given, *more]) == 2
    assert told in capsys.readouterr().err

"""``zagumi drill``: table, CSV and JSON, exit codes, Ctrl-C, both languages."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.engine.test_drill import PLAN, SHOPS
from zagumi.cli import main
from zagumi.engine.files import save_plan, save_problem
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import Operation
from zagumi.engine.sample import sample

ENGLISH = {**os.environ, "LANG": "en_US.UTF-8", "LC_ALL": "", "PYTHONIOENCODING": "utf-8"}


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


@pytest.fixture
def shops(tmp_path: Path) -> list[str]:
    """The arguments of a drill of the two shops."""
    save_problem(SHOPS, tmp_path / "problem.json")
    save_plan(PLAN, tmp_path / "plan.json")
    return [
        "drill",
        str(tmp_path / "problem.json"),
        "--plan",
        str(tmp_path / "plan.json"),
        "--workers",
        "1",
        "--steps",
        "200",
    ]


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, Any]:
    assert main([*arguments, "--json"]) == code
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    document: dict[str, Any] = json.loads(out)
    return document


def test_json_has_every_failure_the_worst_first(shops: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, *shops, "--kinds", "machine,vehicle")
    assert [each["id"] for each in found["failures"]] == ["c", "a", "b", "idle"]
    lost, moved = found["failures"][:2]
    assert (lost["kind"], lost["start"], lost["end"], lost["sublots"], lost["pieces"]) == ("machine", 0, 2000, 1, 10)
    assert [(case["case"], case["fate"]) for case in lost["cases"]] == [("pin", "lost")]
    assert [(gap["operation"], gap["process"], gap["rule"]) for gap in lost["gaps"]] == [
        ("grind", "grinding", "option")
    ]
    assert (lost["recovered"], moved["recovered"]) == (0, 2)
    assert (moved["extra_yen"], moved["extra_co2_g"], moved["moved"], moved["later_minutes"]) == (400, 7, 3, 0)
    assert [case["later_minutes"] for case in moved["cases"]] == [0, 0]
    assert (found["untried"], found["absent"]) == ([], ["vehicle"])


def test_the_window_is_that_of_the_options(shops: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, *shops, "--kinds", "machine", "--from", "205", "--days", "1")
    first = found["failures"][0]
    assert (first["id"], first["start"], first["end"]) == ("c", 205, 1645)
    assert [(case["fate"], case["later_minutes"]) for case in first["cases"]] == [("late", 655)]


def test_the_table_says_what_is_lost_and_what_nobody_else_can_do(
    shops: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*shops, "--kinds", "machine,district,vehicle"]) == 0
    shown = capsys.readouterr()
    rows = [line.split() for line in shown.out.splitlines()]
    assert rows[0][5:7] == ["Recovered", "Late"]
    assert [row[:8] for row in rows[1:3]] == [
        [*name, "1", "10", "1", "1", "0", "0"] for name in (("machine", "c"), ("district", "hill"))
    ]
    assert ["machine", "a", "2", "20", "2", "0", "2", "0", "0.0", "+¥400", "+7", "g", "3"] in rows
    assert "2 failures that the plan does not notice." in shown.out
    assert "  machine c: grind grinding: operation grind has no machine that qualifies" in shown.out
    assert "There is no vehicle in this problem." in shown.err
    assert main([*shops, "--kinds", "machine", "--lang", "ja"]) == 0
    shown = capsys.readouterr()
    assert "機械 c: grind grinding: 使えない機械か人(option):工程grindをできる機械がありません" in shown.out


def test_csv_has_a_row_for_each_failure_and_no_formula(
    tmp_path: Path, shops: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    sites = tuple(replace(site, district="=1+1") if site.id == "sa" else site for site in SHOPS.sites)
    save_problem(replace(SHOPS, sites=sites), tmp_path / "problem.json")
    assert main([*shops, "--csv", str(tmp_path / "drill.csv")]) == 0
    assert "Table written to" in capsys.readouterr().err
    text = (tmp_path / "drill.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 4 + 3 + 3 + 2
    assert [int(row["rank"]) for row in rows] == list(range(1, 13))
    assert {row["id"] for row in rows if row["kind"] == "district"} == {"'=1+1", "hill"}
    single = next(row for row in rows if row["id"] == "c")
    assert (single["lost"], single["on_time"], single["gaps"]) == ("1", "0", "grind grinding option")
    assert {row["id"]: row["recovered"] for row in rows if row["kind"] == "company"} == {"A": "2", "B": "0", "C": "0"}


def test_without_a_plan_the_problem_is_planned_first(
    tmp_path: Path, shops: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    found = answer(capsys, "drill", shops[1], "--workers", "1", "--steps", "200", "--kinds", "company")
    assert {each["id"] for each in found["failures"]} == {"A", "B", "C"}
    impossible = replace(SHOPS, operations=(*SHOPS.operations, Operation("weld", "pin", ())))
    save_problem(impossible, tmp_path / "impossible.json")
    refused = answer(capsys, "drill", str(tmp_path / "impossible.json"), "--limit", "5", code=1)
    assert refused["status"] == "infeasible"
    assert [reason["items"] for reason in refused["reasons"]] == [["weld"]]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--from", "2000"), "a minute before the horizon at 2000"),
        (("--kinds", "machine,moon"), "list of machine, company, site, vehicle, district"),
        (("--days", "0"), "whole number from 1"),
        (("--csv", "/nowhere/at/all.csv"), "a file in a folder that exists"),
    ],
)
def test_bad_input_is_refused(
    shops: list[str], capsys: pytest.CaptureFixture[str], more: tuple[str, ...], told: str
) -> None:
    assert main([*shops, *more]) == 2
    assert told in capsys.readouterr().err


def test_a_plan_with_faults_is_refused(tmp_path: Path, shops: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    save_plan(Plan(()), tmp_path / "plan.json")
    assert main(shops) == 2
    assert "a plan without faults" in capsys.readouterr().err


def test_when_the_time_suffices_for_nothing_that_is_said(shops: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    timed = [*shops[:6], "--limit", "1e-6"]
    assert main([*timed, "--kinds", "company"]) == 0  # nobody needs B, which is answered
    assert "2 failures were not reached" in capsys.readouterr().err


def test_ctrl_c_keeps_what_is_done(tmp_path: Path) -> None:
    save_problem(sample(12, 4, 7), tmp_path / "p.json")
    assert main(["solve", str(tmp_path / "p.json"), "--steps", "20", "--out", str(tmp_path / "plan.json")]) == 0
    run = subprocess.Popen(
        [sys.executable, "-m", "zagumi", "drill", str(tmp_path / "p.json"), "--plan", str(tmp_path / "plan.json"),
         "--limit", "120", "--workers", "2", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENGLISH, text=True,
    )  # fmt: skip
    assert run.stderr is not None
    assert "failures, last" in run.stderr.readline()
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=20)
    assert run.returncode == 0, err
    found = json.loads(out)
    assert found["failures"]
    assert found["untried"]
    assert "Traceback" not in err

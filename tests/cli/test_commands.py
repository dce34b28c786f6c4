"""The commands as people and scripts use them: exit codes, one JSON object, messages, files, Ctrl-C."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from zagumi.cli import commands, main
from zagumi.engine.files import load_plan, load_problem, save_plan, save_problem
from zagumi.engine.plan.check import check
from zagumi.engine.plan.plan import Plan
from zagumi.engine.problem import Case, Company, Machine, Operation, Option, Problem, Site
from zagumi.engine.read.formats import READERS, read_file
from zagumi.engine.read.shoplog.actual import ACTUAL
from zagumi.engine.sample import sample

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
BENCHMARKS = ROOT / "examples" / "benchmarks"
REAL = ROOT / "examples" / "shoplog" / "production_log.csv"
ENGLISH = {**os.environ, "LANG": "en_US.UTF-8", "LC_ALL": "", "PYTHONIOENCODING": "utf-8"}


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, Any]:
    """Run a command with --json: its one object."""
    assert main([*arguments, "--json"]) == code
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    document = json.loads(out)
    assert isinstance(document, dict)
    return document


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a problem and a plan of it."""
    folder = tmp_path_factory.mktemp("town")
    save_problem(sample(12, 4, 7), folder / "problem.json")
    assert (
        main(
            [
                "solve",
                str(folder / "problem.json"),
                "--steps",
                "50",
                "--limit",
                "20",
                "--out",
                str(folder / "plan.json"),
            ]
        )
        == 0
    )
    return folder


# ---------------------------------------------------------------------------------------------------- solve


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("fjsp.txt", "fjsp"),
        ("fjsp-transport.txt", "fjsp-transport"),
        ("dfjsp.json", "dfjsp"),
        ("dfjsp.txt", "dfjsp"),
        ("network.json", "network"),
    ],
)
def test_classic_formats_are_answered_in_the_files_own_numbers(
    capsys: pytest.CaptureFixture[str], name: str, form: str
) -> None:
    """Exactly the promised keys; what the numbers say adds up to the objective."""
    found = answer(capsys, "solve", str(DATA / name), "--format", form, "--limit", "5", "--workers", "1", "--seed", "1")
    assert set(found) == {
        "status", "objective", "bound", "gap", "seconds", "first_plan_seconds", "checked", "assignments",
    }  # fmt: skip
    assert found["checked"] is True
    assert found["bound"] <= found["objective"]
    problem = read_file(DATA / name).problem
    assert [row["operation"] for row in found["assignments"]] == list(range(len(problem.operations)))
    for row in found["assignments"]:
        assert set(row) == {"operation", "machine", "start", "end"}
        option = next(o for o in problem.operation[str(row["operation"])].options if o.machine == str(row["machine"]))
        assert row["end"] - row["start"] == option.run_minutes(1)
    ends = [row["end"] for row in found["assignments"]]
    assert form == "network" or found["objective"] == max(ends)


def test_small_public_instances_are_solved_to_their_optimum(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "solve", str(BENCHMARKS / "fjsp" / "kacem1.txt"), "--limit", "20")
    assert (found["status"], found["objective"], found["gap"]) == ("optimal", 11, 0.0)


def test_solve_writes_a_plan_that_the_judge_accepts(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(load_problem(town / "problem.json"), load_plan(town / "plan.json")) == ()
    assert main(["check", str(town / "problem.json"), str(town / "plan.json")]) == 0
    assert capsys.readouterr().out.startswith("No fault: ")


def test_solve_says_the_plan_in_a_sentence_and_writes_the_report(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = town / "report.html"
    given = [str(town / "problem.json"), "--steps", "20", "--limit", "10", "--html", str(page)]
    assert main(["solve", *given, "--start", str(town / "plan.json"), "--lang", "ja"]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("納期のある4件すべてが間に合います。")
    assert "報告書を書きました" in shown.err
    assert page.read_text(encoding="utf-8").startswith('<!DOCTYPE html><html lang="ja">')


def test_a_start_is_never_made_worse(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = answer(capsys, "solve", str(town / "problem.json"), "--steps", "50", "--limit", "20")
    again = answer(capsys, "solve", str(town / "problem.json"), "--steps", "0", "--start", str(town / "plan.json"))
    assert again["objective"] <= first["objective"]
    assert first["plan"]["format"] == "zagumi-plan"
    assert {"cost_yen", "co2_g", "cases", "objective"} <= first["measures"].keys()


def test_measures_come_first_as_asked(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In JSON and for people; a list of something else is refused."""
    problem = str(town / "problem.json")
    found = answer(capsys, "solve", problem, "--steps", "300", "--limit", "20", "--first", "tardiness,cost")
    assert [level["measure"] for level in found["levels"]] == ["tardiness", "cost"]
    assert all(level["bound"] <= level["value"] for level in found["levels"])
    assert found["levels"][1]["value"] == found["measures"]["cost_yen"]
    assert main(["solve", problem, "--steps", "300", "--limit", "20", "--first", "co2"]) == 0
    assert "first co2: " in capsys.readouterr().out
    for wrong in ("speed", "cost,cost", ""):
        assert main(["solve", problem, "--first", wrong]) == 2
    assert "co2" in capsys.readouterr().err


def test_alternatives_are_shown_and_written(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = town / "chosen.json"
    found = answer(
        capsys,
        "solve",
        str(town / "problem.json"),
        "--limit",
        "6",
        "--steps",
        "60",
        "--alternatives",
        "3",
        "--out",
        str(out),
    )
    assert [other["name"] for other in found["alternatives"]][:2] == ["Cheapest", "Fastest"]
    problem = load_problem(town / "problem.json")
    for key in ("cheapest", "fastest"):
        assert check(problem, load_plan(town / f"chosen.{key}.json")) == ()


def impossible() -> Problem:
    """A case whose only machine belongs to a company that may not work on it."""
    return Problem(
        companies=(Company("one"),),
        sites=(Site("one", "one"),),
        machines=(Machine("M", "one"),),
        cases=(Case("C", barred=frozenset({"one"})),),
        operations=(Operation("C/1", "C", (Option("M", 0, 5.0),)),),
        horizon=100,
    )


def test_an_impossible_problem_ends_with_1_and_names_the_requirement(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_problem(impossible(), tmp_path / "p.json")
    assert main(["solve", str(tmp_path / "p.json"), "--limit", "5"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "C/1" in shown.err
    found = answer(capsys, "solve", str(tmp_path / "p.json"), "--limit", "5", code=1)
    assert (found["status"], found["objective"], found["checked"]) == ("infeasible", None, False)
    assert found["reasons"]
    assert main(["solve", str(tmp_path / "p.json"), "--limit", "5", "--lang", "ja"]) == 1
    assert "計画できません" in capsys.readouterr().err


def test_ctrl_c_ends_the_search_with_the_best_plan_so_far(tmp_path: Path) -> None:
    """On a problem that would be searched for minutes, interrupted as soon as there is a plan."""
    save_problem(sample(40, 12, 7), tmp_path / "p.json")
    run = subprocess.Popen(
        [sys.executable, "-m", "zagumi", "solve", str(tmp_path / "p.json"), "--limit", "300", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENGLISH, text=True,
    )  # fmt: skip
    assert run.stderr is not None
    first = run.stderr.readline()  # the search says so when it has its first plan
    assert "best" in first
    begun = time.monotonic()
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert time.monotonic() - begun < 30
    assert run.returncode == 0, err
    found = json.loads(out)
    assert found["checked"] is True
    assert found["objective"] > 0
    assert "Traceback" not in err


# ---------------------------------------------------------------------------------------------------- check, explain


def test_check_names_every_fault(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = load_plan(town / "plan.json")
    first, *rest = sorted(plan.sublots)
    save_plan(
        replace(plan, sublots=(replace(first, start=first.start + 10_000, end=first.end + 10_000), *rest)),
        town / "bad.json",
    )
    assert main(["check", str(town / "problem.json"), str(town / "bad.json")]) == 1
    assert first.operation in capsys.readouterr().out
    found = answer(capsys, "check", str(town / "problem.json"), str(town / "bad.json"), code=1)
    assert found["valid"] is False
    assert {"rule", "items", "amount", "text"} == set(found["faults"][0])
    assert main(["check", str(town / "problem.json"), str(town / "bad.json"), "--lang", "ja"]) == 1
    assert "違反" in capsys.readouterr().out
    stranger = Plan(tuple(replace(sublot, operation="no such") for sublot in plan.sublots[:1]))
    save_plan(stranger, town / "stranger.json")
    assert (
        answer(capsys, "check", str(town / "problem.json"), str(town / "stranger.json"), code=1)["faults"][0]["rule"]
        == "known"
    )


def test_explain_tells_where_it_is_tight_and_why(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = [str(town / "problem.json"), str(town / "plan.json")]
    assert main(["explain", *given]) == 0
    assert capsys.readouterr().out.startswith("Where it is tight")
    whole = answer(capsys, "explain", *given)
    assert set(whole) == {"loads", "late", "binding"}
    problem, plan = load_problem(given[0]), load_plan(given[1])
    operation = next(
        o
        for o in problem.operations
        if len({problem.company_of(x.machine) for x in problem.eligible(o)}) > 1 and o.id not in problem.frozen
    )
    here = {problem.company_of(sublot.machine) for sublot in plan.sublots_of[operation.id]}
    other = next(c for c in {problem.company_of(o.machine) for o in problem.eligible(operation)} if c not in here)
    found = answer(
        capsys, "explain", *given, "--why", operation.id, "--why-not", operation.id, str(other), "--limit", "2"
    )
    assert found["why"]["operation"] == operation.id
    assert any(choice["chosen"] for choice in found["why"]["choices"])
    assert found["why_not"]["does"] is False
    assert found["why_not"]["difference"] is not None or found["why_not"]["obstacles"]
    assert main(["explain", *given, "--why", operation.id, "--lang", "ja"]) == 0
    assert "が担当" in capsys.readouterr().out


def test_explain_refuses_names_it_does_not_know_and_plans_with_faults(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [str(town / "problem.json"), str(town / "plan.json")]
    assert main(["explain", *given, "--why", "nothing"]) == 2
    assert "nothing" in capsys.readouterr().err
    empty = town / "empty.json"
    save_plan(Plan(()), empty)
    found = answer(capsys, "explain", given[0], str(empty), code=2)
    assert found["error"]["expected"] == "a plan without faults"


# ---------------------------------------------------------------------------------------------------- import, sample


def test_import_shoplog_writes_problem_and_reality_and_says_what_it_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "log.json"
    assert main(["import", "shoplog", str(REAL), "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "7 companies, 20 machines, 220 cases" in shown
    assert "left out   22  names no machine (lines 258," in shown
    assert len(load_problem(out).cases) == 220
    beside = tmp_path / "log.actual.json"
    assert len(ACTUAL.from_json(beside.read_bytes(), beside.name).orders) == 220
    found = answer(capsys, "import", "shoplog", str(REAL))
    lines = {row["reason"]: row["lines"] for row in found["left_out"]}
    assert lines["step of one trade on a machine of another"] == [357]
    assert {row["process"] for row in found["learnt"]} >= {"Turning & Milling", "Packing"}


def test_the_imported_log_is_planned_and_compared_with_reality(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, page = tmp_path / "log.json", tmp_path / "log.html"
    assert main(["import", "shoplog", str(REAL), "--out", str(out)]) == 0
    assert main(["solve", str(out), "--steps", "20", "--limit", "20", "--html", str(page)]) == 0
    shown = capsys.readouterr()
    assert "Against reality: " in shown.out
    assert "Compared with what really happened" in shown.err
    assert '<section id="reality"' in page.read_text(encoding="utf-8")


def test_import_workbook_reads_the_six_company_case(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "case.json"
    found = answer(capsys, "import", "workbook", str(ROOT / "examples" / "automotive_case.xlsx"), "--out", str(out))
    assert found["cases"] == 1
    assert found["companies"] >= 6
    assert len(load_problem(out).operations) == found["operations"]


def test_sample_is_the_same_for_the_same_seed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sample", "--companies", "12", "--cases", "3", "--seed", "5"]) == 0
    first = capsys.readouterr().out
    found = answer(
        capsys, "sample", "--companies", "12", "--cases", "3", "--seed", "5", "--out", str(tmp_path / "s.json")
    )
    assert found["cases"] == 3
    assert json.loads(first) == json.loads((tmp_path / "s.json").read_text())


# ---------------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["no-such-command"],
        ["solve"],
        ["solve", "x", "--format", "no-such-format"],
        ["solve", "x", "--limit", "0"],
        ["solve", "x", "--limit", "nan"],
        ["solve", "x", "--limit", "1e99"],
        ["solve", "x", "--workers", "0"],
        ["solve", "x", "--seed", "-1"],
        ["solve", "x", "--seed", "a"],
        ["solve", "missing-file"],
        ["solve", "."],
        ["check", "missing", "missing"],
        ["explain", "missing", "missing", "--why-not", "one"],
        ["import", "shoplog", "missing"],
        ["import", "workbook", "."],
        ["import", "nothing", "x"],
        ["sample", "--companies", "0"],
        ["sample", "--out", "no/such/folder/x.json"],
    ],
)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_bad_use_ends_with_2_and_a_message(
    capsys: pytest.CaptureFixture[str], arguments: list[str], language: str
) -> None:
    assert main([*arguments, "--lang", language]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.strip()
    assert "Traceback" not in shown.err


def test_bad_files_are_named_with_place_and_expectation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.txt"
    path.write_text("1 0 1\n1 0 x\n")
    found = answer(capsys, "solve", str(path), code=2)
    assert found["error"] == {
        "file": "bad.txt",
        "place": "line 2, minutes",
        "given": "x",
        "expected": "a whole number from 0 to 1000000000",
    }
    assert main(["solve", str(path), "--lang", "ja"]) == 2
    assert capsys.readouterr().err == "bad.txt: 2行目の時間:'x' とあります。必要なのは、0から1000000000までの整数\n"
    assert main(["solve", str(tmp_path / "none.txt"), "--lang", "ja"]) == 2
    assert capsys.readouterr().err == "none.txt: ファイル:'なし' とあります。必要なのは、実在するファイル\n"


def test_no_file_is_written_before_the_input_is_read(tmp_path: Path) -> None:
    assert main(["solve", "missing", "--out", str(tmp_path / "plan.json"), "--html", str(tmp_path / "r.html")]) == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("seed", range(60))
def test_broken_files_never_end_in_a_trace(tmp_path: Path, capsys: pytest.CaptureFixture[str], seed: int) -> None:
    """Real files with bytes changed, cut off or doubled, read as anything."""
    draw = random.Random(seed)
    source = draw.choice([*DATA.iterdir(), ROOT / "examples" / "automotive_case.xlsx", REAL, DATA / "README.md"])
    content = bytearray(source.read_bytes()[: draw.choice([200, 2000, 10**6])])
    for _ in range(draw.randrange(1, 6)):
        at = draw.randrange(len(content))
        content[at : at + draw.randrange(3)] = draw.choice(
            [b"", b"\xff", b"-", b"9" * 12, b"[", b"\n", bytes(content[:50])]
        )
    path = tmp_path / "broken"
    path.write_bytes(content)
    form = draw.choice(["auto", "auto", *READERS])
    code = main(
        ["solve", str(path), "--format", form, "--limit", "1", "--steps", "0", "--lang", draw.choice(["ja", "en"])]
    )
    shown = capsys.readouterr()
    assert code in (0, 1, 2, 3), shown.err
    assert code == 0 or shown.err.strip()


def test_a_fault_of_the_program_is_owned_up_to(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken inside")

    monkeypatch.setattr("zagumi.engine.sample.sample", fail)
    assert main(["sample"]) == 70
    assert "fault of the program" in capsys.readouterr().err


def test_a_reader_who_has_enough_is_no_fault() -> None:
    run = subprocess.run(
        f"{sys.executable} -m zagumi sample --companies 40 --cases 12 | head -c 10; exit ${{PIPESTATUS[0]}}",
        shell=True, executable="/bin/bash", capture_output=True, env=ENGLISH, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""


# ---------------------------------------------------------------------------------------------------- starting


def test_every_module_of_the_package_is_a_command() -> None:
    assert {"solve", "check", "explain", "import", "sample"} <= commands().keys()
    assert "console" not in commands()


def test_planning_does_not_load_the_platform() -> None:
    """`zagumi solve` starts without Django, `zagumi check` without the solvers either."""
    code = "import sys; from zagumi.cli import main; main(sys.argv[1:]); print(sorted(sys.modules))"
    solve = subprocess.run(
        [sys.executable, "-c", code, "solve", str(DATA / "fjsp.txt"), "--limit", "1"],
        capture_output=True, text=True, env=ENGLISH, timeout=120, check=True,
    )  # fmt: skip
    assert "'django'" not in solve.stdout
    judge = subprocess.run(
        [sys.executable, "-c", code, "check", "missing", "missing"],
        capture_output=True, text=True, env=ENGLISH, timeout=60, check=True,
    )  # fmt: skip
    for module in ("'django'", "'ortools'", "'numba'", "'numpy'", "'openpyxl'"):
        assert module not in judge.stdout

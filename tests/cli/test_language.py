"""The command line in Japanese and English: complete, and set right on the terminal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.sentences import SOURCE, sentences, values
from zagumi.cli import console, main
from zagumi.cli.console.drilled import KINDS
from zagumi.cli.console.japanese import JAPANESE
from zagumi.cli.console.parser import cells, wrap
from zagumi.cli.console.reasons import ADDED, BINDING, DECIDED, OBSTACLES
from zagumi.cli.console.wording import PATTERNS, RULES, expectation, fault, reason
from zagumi.engine.insight.explain import Decided, Obstacle
from zagumi.engine.insight.failure import Kind
from zagumi.engine.insight.shadow import Added
from zagumi.engine.plan.check import RULES as JUDGED
from zagumi.engine.plan.check import Fault
from zagumi.engine.read.shoplog.problem import read_shoplog
from zagumi.engine.report.japanese import JAPANESE as OF_REPORT
from zagumi.engine.report.language import Language
from zagumi.engine.solve.result import Reason

REAL = Path(__file__).parents[2] / "examples" / "shoplog" / "production_log.csv"
PLATFORM = {"found.py", "serve.py", "worker.py", "demo.py", "openapi.py"}
ARGPARSE = {"usage: ", "positional arguments", "options", "show this help message and exit"}


def used() -> dict[str, str]:
    found = {text: file for text, file in sentences("cli").items() if file not in PLATFORM}
    log = read_shoplog(REAL)
    said = {
        *DECIDED.values(),
        *OBSTACLES.values(),
        *ADDED.values(),
        *BINDING.values(),
        *KINDS.values(),
        *ARGPARSE,
        *(hours.source for hours in log.hours.values()),
    }
    said |= {count.reason for count in (*log.actual.left_out, *log.actual.put_right)}
    return {**found, **dict.fromkeys(said, "tables")}


def test_every_sentence_of_the_command_line_has_japanese() -> None:
    known, needed = {**OF_REPORT, **JAPANESE}, used()
    assert {text: file for text, file in needed.items() if text not in known} == {}
    of_platform = {text for text, file in sentences("cli").items() if file in PLATFORM}
    # these reasons stand in no row of the real log
    rare = {"unreadable number or time", "repeats an earlier row"}
    assert {text for text in JAPANESE if text not in needed and text not in of_platform} == rare


def test_japanese_takes_the_same_values() -> None:
    assert {text for text, japanese in JAPANESE.items() if values(text) != values(japanese)} == set()
    for pattern, japanese in PATTERNS:
        assert sorted(values(japanese)) == [f"{{{at}}}" for at in range(pattern.count("*"))]


def test_every_rule_and_every_reason_has_its_words() -> None:
    assert {"known", *JUDGED} <= RULES.keys()
    assert set(DECIDED) == set(Decided)
    assert set(OBSTACLES) == set(Obstacle)
    assert set(KINDS) == set(Kind)
    assert set(ADDED) == set(Added)
    ja, en = Language("ja"), Language("en")
    found = Fault("overlap", ("C-1/10", "C-1/20"), 30, "they overlap")
    assert fault(found, ja) == "機械の取り合い(overlap):C-1/10、C-1/20 30分"
    assert fault(found, en) == "overlap: they overlap"
    nobody = Reason("option", ("C-1/10",), "operation C-1/10 has no machine that qualifies")
    assert reason(nobody, ja) == "使えない機械か人(option):工程C-1/10をできる機械がありません"
    assert reason(nobody, en) == nobody.text


def test_every_reason_of_the_solvers_has_japanese() -> None:
    """The sentences are read from the source; what stands for a value in them is any text."""
    ja = Language("ja")
    for file in ("obstacles.py", "solve.py"):
        source = (SOURCE / "engine" / "solve" / file).read_text(encoding="utf-8")
        texts = re.findall(r'(?:text \+?= |Reason\("\w+", \([^)]*\), )f?"([^"]+)"', source)
        assert texts
        for text in texts:
            if text.startswith(": none of"):
                text = "operation X has no machine that qualifies" + text
            said = re.sub(r"\{stretch\}", "one open stretch", text)
            said = re.sub(r"\{[^}]*\}", "7", said)
            assert expectation(said, ja) != said, said


@pytest.mark.parametrize(
    ("english", "japanese"),
    [
        ("line 3, machines of the operation", "3行目の機械の数"),
        ("a whole number from 1 to 5", "1から5までの整数"),
        ("argument --limit: invalid number of seconds above 0 value: 'x'", "--limit:'x' は使えません(0より大きい秒数)"),
        ("something nobody has thought of", "something nobody has thought of"),
    ],
)
def test_what_the_engine_expects_is_said_in_japanese(english: str, japanese: str) -> None:
    assert expectation(english, Language("ja")) == japanese
    assert expectation(english, Language("en")) == english


@pytest.mark.parametrize(
    ("given", "environment", "code"),
    [
        (["--lang", "ja", "x"], {}, "ja"),
        (["x", "--lang=en"], {"LANG": "ja_JP.UTF-8"}, "en"),
        (["x"], {"LANG": "ja_JP.UTF-8"}, "ja"),
        (["x"], {"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "en"),
        (["x"], {"LANG": "de_DE.UTF-8"}, "en"),
        (["x"], {}, "en"),
    ],
)
def test_the_language_is_that_of_the_option_else_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, given: list[str], environment: dict[str, str], code: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert console.take_language(given) == ["x"]
    assert console.language().code == code


@pytest.mark.parametrize("command", ["", "solve", "check", "explain", "drill", "import", "sample", "import shoplog"])
def test_help_is_japanese_and_no_line_is_wider_than_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.setenv("COLUMNS", "90")
    assert main([*command.split(), "--help", "--lang", "ja"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("使い方: zagumi")
    assert "この説明を表示して終わる" in shown
    assert max(map(cells, shown.splitlines())) <= 90


def test_wrapping_goes_by_width_and_keeps_japanese_punctuation_off_the_line_start() -> None:
    text = "計画します。Ctrl-Cで、それまでの最良の計画を残して探索を終えます。"
    for width in range(12, 60):
        lines = wrap(text, width)
        assert "".join(lines).replace(" ", "") == text
        assert all(cells(line) <= width for line in lines)
        assert not any(line[0] in "、。" for line in lines)
    assert wrap("one two  three", 8) == ["one two", "three"]
    assert wrap("", 10) == [""]

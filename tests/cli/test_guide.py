"""The guide's examples work: every command ends well, every Python block runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from zagumi.cli import main

ROOT = Path(__file__).parents[2]
GUIDES = [ROOT / "docs" / f"guide.{language}" / "engine.md" for language in ("en", "ja")]


def blocks(guide: Path, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(autouse=True)
def _beside_the_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("guide", GUIDES, ids=["en", "ja"])
def test_every_command_of_the_guide_ends_well(guide: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commands = [line.removeprefix("$ ") for block in blocks(guide, "console") for line in block.splitlines()]
    assert len(commands) >= 9
    for command in commands:
        words = shlex.split(command)
        assert words[0] == "zagumi"
        if "--limit" in words:  # the guide takes its time, the test does not
            words[words.index("--limit") + 1] = "2"
        assert main(words[1:]) == 0, command
        assert capsys.readouterr().out or "--out" in words


@pytest.mark.parametrize("guide", GUIDES, ids=["en", "ja"])
def test_the_python_of_the_guide_runs(guide: Path) -> None:
    code = "\n".join(blocks(guide, "python"))
    assert "solve(" in code
    exec(compile(code, guide.name, "exec"), {"__name__": "guide"})


@pytest.mark.parametrize("guide", GUIDES, ids=["en", "ja"])
def test_links_of_the_guide_lead_somewhere(guide: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", guide.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (guide.parent / link).exists()] == []

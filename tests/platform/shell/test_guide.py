"""The coordinator's guide keeps to the words of the screens, and its commands end well."""

import re
import shlex
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.platform.shell.test_demo import run_demo
from zagumi.platform.catalogues import catalogue_files
from zagumi.platform.shell.demo.town import table

ROOT = Path(__file__).parents[3]
QUOTED = {"ja": r"「([^」]+)」", "en": r"“([^”]+)”"}


def guide(language: str) -> str:
    return (ROOT / "docs" / f"guide.{language}" / "coordinator.md").read_text(encoding="utf-8")


def said_on_screens(language: str) -> list[str]:
    """Every sentence of the catalogues in this language, and what the town's things are called."""
    found = [case["title"] for case in table("cases").values()]
    found += ["電動ブレーキ用 プッシュロッド組立品 3,000組", "みなと市"]
    for path in catalogue_files():
        with path.open("rb") as file:
            for message in read_po(file, locale="ja"):
                text = message.string if language == "ja" else message.id
                found += [text] if isinstance(text, str) else text
    return found


@pytest.mark.parametrize("language", ["ja", "en"])
def test_it_uses_the_words_of_the_screens(language: str) -> None:
    quoted = {
        re.sub(r"\s+", " " if language == "en" else "", word) for word in re.findall(QUOTED[language], guide(language))
    }
    known = said_on_screens(language)
    exact = {re.sub(r"\s+", " " if language == "en" else "", text) for text in known}
    filled = [re.sub(r"%\\\(\w+\\\)s", ".+", re.escape(text)) for text in known if "%(" in text]
    unknown = {word for word in quoted - exact if not any(re.fullmatch(pattern, word) for pattern in filled)}
    assert len(quoted) > 40
    assert not unknown


def test_both_languages_have_the_same_chapters() -> None:
    chapters = {language: re.findall(r"^## (\d+)\.", guide(language), re.M) for language in ("ja", "en")}
    assert chapters["ja"] == chapters["en"] == [str(number) for number in range(1, 10)]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_its_commands_end_well(language: str, tmp_path: Path) -> None:
    blocks = re.findall(r"```console\n(.*?)```", guide(language), re.DOTALL)
    commands = [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]
    assert commands == ["zagumi demo --once --seconds 2"]
    if language == "ja":  # the same command: once is enough
        words = shlex.split(commands[0])
        ended = run_demo(*words[2:], "--lang", language, folder=tmp_path)
        assert ended.returncode == 0, ended.stdout
        assert "佐伯 恵" in ended.stdout

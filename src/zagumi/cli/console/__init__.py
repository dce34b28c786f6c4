"""What all commands share: the language, messages, files to write, one JSON object."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zagumi.cli.console.japanese import JAPANESE
from zagumi.cli.console.wording import expectation, what_was_found
from zagumi.engine.errors import FileError, ProblemError
from zagumi.engine.report.language import LANGUAGES, Language

INFEASIBLE = 1
BAD_INPUT = 2
NO_PLAN = 3
FAULT = 70  # of the program itself

_language = Language("en")


def language() -> Language:
    """The language of this run."""
    return _language


def say(text: str, **values: object) -> str:
    """A sentence in the language of this run."""
    return _language(text, **values)


def take_language(arguments: Sequence[str]) -> list[str]:
    """Set the language from ``--lang`` or the environment; the arguments without it."""
    rest: list[str] = []
    chosen = ""
    words = iter(arguments)
    for word in words:
        if word == "--lang":
            chosen = next(words, "")
        elif word.startswith("--lang="):
            chosen = word.removeprefix("--lang=")
        else:
            rest.append(word)
    if not chosen:
        chosen = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    global _language  # one run has one language
    code = chosen[:2].lower()
    _language = Language(code if code in LANGUAGES else "en", JAPANESE)
    return rest


def complain(text: str) -> None:
    """One message on standard error."""
    print(text, file=sys.stderr, flush=True)


def answer(document: dict[str, Any]) -> None:
    """The one JSON object of ``--json`` on standard output."""
    print(json.dumps(document, ensure_ascii=False, allow_nan=False))


def refuse(error: FileError | ProblemError, *, wants_json: bool) -> None:
    """Say what was wrong with the input: file, place, what was given, what was expected."""
    file = error.file if isinstance(error, FileError) else ""
    complain(
        say(
            "{file}{place}: {given} was given, expected {expected}",
            file=f"{file}: " if file else "",
            place=expectation(error.place, language()),
            given=f"'{what_was_found(error.given, language())}'",
            expected=expectation(error.expected, language()),
        )
    )
    if wants_json:
        answer(
            {
                "error": {
                    "file": file or None,
                    "place": error.place,
                    "given": error.given,
                    "expected": error.expected,
                }
            }
        )


def writable(name: str | None) -> Path | None:
    """A file to write later: refused now rather than after an hour of planning."""
    if name is None:
        return None
    path = Path(name)
    folder = path.parent
    if path.is_dir() or not folder.is_dir() or not os.access(path if path.exists() else folder, os.W_OK):
        raise FileError(name, "file", "a place that cannot be written", "a file in a folder that exists")
    return path


def write(path: Path, text: str) -> None:
    """Write a text file."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FileError(str(path), "file", error.strerror or "an error", "a file that can be written") from None

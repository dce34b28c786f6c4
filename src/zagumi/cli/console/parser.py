"""argparse that speaks the language of the run and wraps Japanese by its width."""

from __future__ import annotations

import argparse
import sys
import unicodedata
from collections.abc import Iterable
from typing import Any, NoReturn

from zagumi.cli import console
from zagumi.cli.console.wording import expectation

WIDE = ("W", "F")


def cells(text: str) -> int:
    """Columns a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(letter) in WIDE else 1 for letter in text)


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most so many columns; between Japanese letters a line may break anywhere but before a full stop."""
    lines, line = [], ""
    for word in _words(" ".join(text.split())):
        if line and cells(line) + cells(word.rstrip()) > width:
            lines.append(line.rstrip())
            line = word.lstrip()
        else:
            line += word
    return [*lines, line.rstrip()] if line.strip() else lines or [""]


def _words(text: str) -> Iterable[str]:
    """Latin words with the space behind them, Japanese letters one by one with what must not begin a line."""
    word = ""
    for letter in text:
        is_wide = unicodedata.east_asian_width(letter) in WIDE
        breaks_before = is_wide and letter not in "、。」)ー・ゃゅょっァィゥェォャュョッ"
        if word and (breaks_before or word.endswith(" ") or (cells(word[-1]) == 2 and not is_wide)):
            yield word
            word = ""
        word += letter
    if word:
        yield word


class Formatter(argparse.HelpFormatter):
    """Help in the language of the run: texts are looked up when they are shown."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrap(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(indent + line for line in wrap(text, width))

    def _expand_help(self, action: argparse.Action) -> str:
        text = console.language().lookup(action.help or "")
        values = {key: value for key, value in vars(action).items() if value is not argparse.SUPPRESS}
        if action.choices is not None:
            values["choices"] = ", ".join(map(str, action.choices))
        return text % dict(values, prog=self._prog)

    def _format_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None) -> str:
        said = console.say("usage: ") if prefix is None else prefix
        self._width -= cells(said) - len(said)  # argparse counts letters
        text = super()._format_usage(usage, actions, groups, said)
        self._width += cells(said) - len(said)
        return text

    def add_text(self, text: str | None) -> None:
        super().add_text(console.language().lookup(text) if text else text)

    def start_section(self, heading: str | None) -> None:
        super().start_section(console.language().lookup(heading) if heading else heading)


class Parser(argparse.ArgumentParser):
    """A parser whose help and errors are in the language of the run; sub-parsers are of the same kind."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **{"formatter_class": Formatter, "allow_abbrev": False, **settings})

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments and how they go, then end with 2."""
        self.print_usage(sys.stderr)
        wrong = expectation(message, console.language())
        self.exit(2, console.say("{prog}: {what}", prog=self.prog, what=wrong) + "\n")


def positive(text: str) -> int:
    """A whole number from 1 on."""
    value = int(text)
    if value < 1:
        raise ValueError
    return value


def natural(text: str) -> int:
    """A whole number from 0 on."""
    value = int(text)
    if value < 0:
        raise ValueError
    return value


def seconds(text: str) -> float:
    """More than 0 seconds, less than a year."""
    value = float(text)
    if not 0 < value < 366 * 86400:
        raise ValueError
    return value


# argparse names these in "invalid … value"
positive.__name__ = "whole number from 1"
natural.__name__ = "whole number from 0"
seconds.__name__ = "number of seconds above 0"

"""A file from outside: opened with care, and refused with file, place, what was given and what was expected."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from zagumi.engine.errors import FileError, ProblemError
from zagumi.engine.problem import Problem

LARGEST_BYTES = 2_000_000_000
LARGEST_NUMBER = 1_000_000_000  # keeps every sum of minutes or yen far inside 64 bits

_SPACE = re.compile(r"[ \t\n\r]*").match


def read_bytes(path: Path, most: int = LARGEST_BYTES + 1) -> bytes:
    """The first ``most`` bytes of a file.

    Raises:
        FileError: when there is no such file, it is a folder, a device or a pipe, cannot be read, or is too big.
    """
    name = path.name or str(path)
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise FileError(name, "file", "a folder" if stat.S_ISDIR(mode) else "a device or a pipe", "a file")
        with path.open("rb") as file:
            data = file.read(most)
    except FileNotFoundError:
        raise FileError(name, "file", "nothing", "a file that exists") from None
    except OSError as error:
        raise FileError(name, "file", error.strerror or "an error", "a file that can be read") from None
    if len(data) > LARGEST_BYTES:
        raise FileError(name, "file", f"more than {LARGEST_BYTES} bytes", f"at most {LARGEST_BYTES} bytes")
    return data


@dataclass(frozen=True, slots=True)
class Line:
    """One line that says something: its number in the file, from 1, and its words."""

    number: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a file, with the file's name for whoever has to refuse something in it."""

    file: str
    text: str

    @classmethod
    def open(cls, path: Path) -> Source:
        """Read a text file.

        Raises:
            FileError: when it cannot be read (see :func:`read_bytes`), is empty, or is not text.
        """
        data = read_bytes(path)
        name = path.name
        if b"\0" in data:
            raise FileError(name, f"byte {data.index(0)}", "a zero byte", "text")
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise FileError(name, f"byte {error.start}", f"byte 0x{data[error.start]:02x}", "text in UTF-8") from None
        if not text.strip():
            raise FileError(name, "file", "nothing", "some content")
        return cls(name, text)

    def refuse(self, place: str, given: object, expected: str) -> NoReturn:
        """Raise the error that names this file."""
        text = str(given)
        raise FileError(self.file, place, text if len(text) <= 80 else text[:79] + "…", expected)

    def lines(self) -> list[Line]:
        """All lines with words; what follows a ``#`` is a comment."""
        return [
            Line(number, words)
            for number, line in enumerate(self.text.splitlines(), start=1)
            if (words := tuple(line.split("#", 1)[0].split()))
        ]

    def json(self, **each: Callable[[int, Any], Any]) -> Any:
        """The text as JSON.

        Args:
            each: by key of the outermost object, what takes the place of every entry of the list under it, from its
                number and the entry; entries are taken as they are read, so that a long list never stands there whole.
        """
        decoder = json.JSONDecoder(parse_constant=lambda name: self.refuse("number", name, "a finite number"))
        try:
            return _Entries(self.text, decoder, each).object() if each else decoder.decode(self.text)
        except json.JSONDecodeError as error:
            given = self.text[error.pos : error.pos + 20].split("\n")[0] or "the end"
            self.refuse(f"line {error.lineno}, column {error.colno}", given, f"JSON ({error.msg})")
        except RecursionError:
            self.refuse("file", "lists nested too deeply", "JSON of a few levels")

    def whole(self, given: object, place: str, *, low: int = 0, high: int = LARGEST_NUMBER) -> int:
        """A whole number within bounds, from a JSON value or a word; ``5.0`` is one."""
        value: float | None = None
        if isinstance(given, int | float) and not isinstance(given, bool):
            value = given
        elif isinstance(given, str):
            try:
                value = float(given)
            except ValueError:
                value = None
        # the comparison comes first: it also refuses NaN and infinities
        if value is None or not low <= value <= high or value != int(value):
            self.refuse(place, given, f"a whole number from {low} to {high}")
        return int(value)

    def items(self, given: object, place: str, *, length: int | None = None) -> list[Any]:
        """A JSON list, of a given length when one is stated."""
        if not isinstance(given, list) or (length is not None and len(given) != length):
            found = f"{len(given)} entries" if isinstance(given, list) else given
            self.refuse(place, found, "a list" if length is None else f"a list of {length} entries")
        return given

    def problem(self, **parts: Any) -> Problem:
        """The problem made of what was read; what the model refuses is refused as part of this file."""
        try:
            return Problem(**parts)
        except ProblemError as error:
            self.refuse(error.place, error.given, error.expected)


class _Entries:
    """A walk through an object in JSON that takes the entries of some of its lists one at a time."""

    def __init__(self, text: str, decoder: json.JSONDecoder, each: Mapping[str, Callable[[int, Any], Any]]) -> None:
        self.text, self.decoder, self.each = text, decoder, each
        self.at = _SPACE(text).end()  # type: ignore[union-attr]  # it matches always

    def object(self) -> Any:
        """The whole text; what is no object is decoded as usual."""
        if not self.text.startswith("{", self.at):
            return self.decoder.decode(self.text)
        found: dict[str, Any] = {}
        for _ in self._until("}"):
            if not self.text.startswith('"', self.at):
                self._expect('"', "Expecting property name enclosed in double quotes")
            key = self._value()
            self._expect(":", "Expecting ':' delimiter")
            if key in self.each and self.text.startswith("[", self.at):
                take = self.each[key]
                found[key] = [take(number, self._value()) for number in self._until("]")]
            else:
                found[key] = self._value()
        if self.at < len(self.text):
            raise json.JSONDecodeError("Extra data", self.text, self.at)
        return found

    def _value(self) -> Any:
        try:
            value, self.at = self.decoder.raw_decode(self.text, self.at)
        except StopIteration as error:
            raise json.JSONDecodeError("Expecting value", self.text, error.value) from None
        self._space()
        return value

    def _space(self) -> None:
        self.at = _SPACE(self.text, self.at).end()  # type: ignore[union-attr]

    def _expect(self, mark: str, complaint: str) -> None:
        if not self.text.startswith(mark, self.at):
            raise json.JSONDecodeError(complaint, self.text, self.at)
        self.at += len(mark)
        self._space()

    def _until(self, end: str) -> Iterator[int]:
        """Numbers from 0 for what stands between an opening mark, here, and its end, with commas between."""
        self.at += 1
        self._space()
        number = 0
        while number or not self.text.startswith(end, self.at):
            yield number
            number += 1
            if self.text.startswith(end, self.at):
                break
            self._expect(",", "Expecting ',' delimiter")
        self._expect(end, f"Expecting '{end}'")

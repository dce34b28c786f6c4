"""What the engine says when it cannot accept or answer something."""

from __future__ import annotations


class EngineError(Exception):
    """Base of every error the engine raises on purpose."""


class ProblemError(EngineError, ValueError):
    """A problem was refused at birth.

    Attributes:
        place: the item that is wrong, e.g. ``"operation C-1/20"``.
        given: the value found there, as text.
        expected: what would have been accepted, in plain English.
    """

    def __init__(self, place: str, given: object, expected: str) -> None:
        self.place = place
        self.given = str(given)
        self.expected = expected
        super().__init__(f"{place}: {given!r} was given, expected {expected}")


class FileError(EngineError, ValueError):
    """A file could not be read: which file, where in it, what was found, what was expected."""

    def __init__(self, file: str, place: str, given: object, expected: str) -> None:
        self.file = file
        self.place = place
        self.given = str(given)
        self.expected = expected
        super().__init__(f"{file}: {place}: {given!r} was given, expected {expected}")


class CheckError(EngineError):
    """A solver returned a plan that the independent checker refuses; never shown as a result."""

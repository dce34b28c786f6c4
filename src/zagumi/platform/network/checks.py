"""Checks of what is given to the services: every fault is collected and named before anything is written."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from zagumi.engine.clock import MINUTES_PER_WEEK
from zagumi.platform.core.errors import BadInput, Fault
from zagumi.platform.network.hours import shift_window
from zagumi.platform.network.words import span_words

Number = int | float | Decimal


class Faults:
    """The faults found so far; ``done`` raises them together."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, place: str, given: Any, expected: str | Promise) -> None:
        """Note that ``given`` stands at ``place`` where ``expected`` should."""
        text = "" if given is None else str(given)
        message = _("Expected %(expected)s; “%(given)s” was given.") % {"expected": expected, "given": text}
        self.found.append(Fault(place, text, expected, message))

    def required(self, place: str, given: str, longest: int) -> None:
        """A text that is neither empty nor too long."""
        if not given.strip():
            self.add(place, given, _("a text"))
        self.longest(place, given, longest)

    def longest(self, place: str, given: str, limit: int) -> None:
        """A text that fits."""
        if len(given) > limit:
            self.add(place, given, _("at most %(limit)s characters") % {"limit": limit})

    def between(self, place: str, given: Number | None, low: Number, high: Number) -> None:
        """A number within bounds, or nothing."""
        if given is not None and not low <= given <= high:
            self.add(place, given, _("a number from %(low)s to %(high)s") % {"low": low, "high": high})

    def choice(self, place: str, given: str, choices: Iterable[str]) -> None:
        """One of the known words."""
        known = list(choices)
        if given not in known:
            self.add(place, given, _("one of: %(choices)s") % {"choices": ", ".join(known)})

    def order(self, place: str, first: Any, last: Any) -> None:
        """Two bounds, where both are given, the first not above the last."""
        if first is not None and last is not None and first > last:
            self.add(place, f"{first} – {last}", _("a beginning not after the end"))

    def span(self, place: str, start: datetime, end: datetime | None) -> None:
        """Two moments, the first before the second."""
        if end is not None and not start < end:
            self.add(place, span_words(start, end), _("a beginning before the end"))

    def day(self, place: str, given: date | None, first: date, last: date) -> None:
        """A day within bounds, or nothing."""
        if given is not None and not first <= given <= last:
            self.add(place, given, _("a day from %(first)s to %(last)s") % {"first": first, "last": last})

    def corporate_number(self, place: str, given: str) -> None:
        """Nothing, or a corporate number whose check digit holds."""
        if given and not is_corporate_number(given):
            self.add(place, given, _("13 digits of a corporate number whose first digit fits the other twelve"))

    def coordinates(self, latitude: float, longitude: float) -> None:
        """Degrees on the globe."""
        self.between("latitude", latitude, -90, 90)
        self.between("longitude", longitude, -180, 180)

    def done(self) -> None:
        """Raise BadInput when anything was found."""
        if self.found:
            raise BadInput(self.found)


def is_corporate_number(number: str) -> bool:
    """Whether the check digit of a Japanese corporate number (法人番号) holds.

    The first digit is ``9 - (sum of P(n) * Q(n) mod 9)`` over the other twelve, P(n) the n-th digit from the right and
    Q(n) 1 for odd, 2 for even n (ordinance of the Ministry of Finance on the designation of corporate numbers).
    """
    if len(number) != 13 or not (number.isascii() and number.isdigit()):
        return False
    body = [int(digit) for digit in number[:0:-1]]
    total = sum(digit * (1 if n % 2 else 2) for n, digit in enumerate(body, start=1))
    return int(number[0]) == 9 - total % 9


def overlapping_shifts(shifts: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Pairs of shifts (each with ``weekday``, ``start``, ``end``) that overlap, across midnight and Sunday too."""
    windows = sorted((shift_window(shift.weekday, shift.start, shift.end), n, shift) for n, shift in enumerate(shifts))
    pairs = [(one[2], other[2]) for one, other in pairwise(windows) if other[0][0] < one[0][1]]
    if len(windows) > 1 and windows[-1][0][1] - MINUTES_PER_WEEK > windows[0][0][0]:
        pairs.append((windows[-1][2], windows[0][2]))
    return pairs

"""Words, numbers and times for people, in Japanese or English.

Sentences are written in English where they are used and looked up here; ``{name}`` stands for a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta

from zagumi.engine.problem import Problem
from zagumi.engine.report.japanese import JAPANESE

WEEKDAYS = {"ja": "月火水木金土日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LANGUAGES = ("ja", "en")


class Language:
    """Says things: ``say("{count} orders", count=3)``. ``more`` holds further Japanese sentences."""

    def __init__(self, code: str, more: Mapping[str, str] | None = None) -> None:
        self.code = code
        self._table = {**JAPANESE, **(more or {})} if code == "ja" else {}

    def __call__(self, text: str, **values: object) -> str:
        """A sentence in this language."""
        return self.lookup(text).format(**values)

    def lookup(self, text: str) -> str:
        """A sentence in this language with its ``{names}`` left as they are; the English one when there is none."""
        return self._table.get(text, text)

    def each(self, *texts: str) -> tuple[str, ...]:
        """Several words, for the heads of a table."""
        return tuple(self(text) for text in texts)

    def number(self, value: float, digits: int = 0) -> str:
        """With thousands separated."""
        return f"{value:,.{digits}f}"

    def yen(self, value: int) -> str:
        """Whole yen; from 100,000 on in 万円 in Japanese, to the nearest thousand yen."""
        if self.code == "ja":
            return f"{value / 10_000:,.1f}万円" if abs(value) >= 100_000 else f"{value:,}円"
        return f"¥{value:,}" if value >= 0 else f"-¥{-value:,}"

    def grams(self, value: int) -> str:
        """CO2 in kilograms from one kilogram on."""
        return f"{value / 1000:,.1f} kg" if abs(value) >= 1000 else f"{value} g"

    def percent(self, value: float | None, digits: int = 1) -> str:
        """A share as a percentage."""
        return "—" if value is None else f"{value * 100:.{digits}f}%"

    def duration(self, minutes: float) -> str:
        """Days, hours and minutes of the clock, the two largest that count."""
        rest = abs(round(minutes))
        days, rest = divmod(rest, 1440)
        hours, rest = divmod(rest, 60)
        names = ("日", "時間", "分") if self.code == "ja" else (" d", " h", " min")
        parts = [f"{n}{name}" for n, name in zip((days, hours, rest), names, strict=True) if n] or [f"0{names[2]}"]
        return ("-" if minutes < 0 else "") + ("" if self.code == "ja" else " ").join(parts[:2])

    def hours(self, minutes: float) -> str:
        """Working time in hours."""
        return f"{minutes / 60:,.1f}{'時間' if self.code == 'ja' else ' h'}"

    def signed(self, value: float, text: str) -> str:
        """A difference's text with its plus sign."""
        return f"+{text}" if value > 0 else text

    def list(self, items: tuple[str, ...], most: int = 5) -> str:
        """Some names, and how many more."""
        comma = "、" if self.code == "ja" else ", "
        shown = comma.join(items[:most])
        return shown if len(items) <= most else shown + self(" and {count} more", count=len(items) - most)

    def clauses(self, parts: Iterable[str]) -> str:
        """Parts of a sentence one after the other, without the empty ones."""
        return ("、" if self.code == "ja" else "; ").join(part for part in parts if part)


class Clock:
    """Minutes after a problem's origin as moments; without an origin they stay minutes."""

    def __init__(self, problem: Problem, say: Language) -> None:
        self.say = say
        self.origin: datetime | None = None
        with suppress(ValueError):  # the engine never reads an origin, so it may be any text
            self.origin = datetime.fromisoformat(problem.origin).replace(tzinfo=None)

    def at(self, minute: int) -> datetime:
        """The moment; only with an origin."""
        if self.origin is None:
            raise ValueError("this problem has no origin")
        return self.origin + timedelta(minutes=minute)

    def moment(self, minute: int) -> str:
        """Day and time of day."""
        if self.origin is None:
            return self.say("minute {minute}", minute=f"{minute:,}")
        when = self.at(minute)
        return f"{self.day(when.date())} {when:%H:%M}"

    def day(self, when: date) -> str:
        """Day and weekday."""
        name = WEEKDAYS[self.say.code][when.weekday()]
        return (
            f"{when.month}/{when.day}({name})"
            if self.say.code == "ja"
            else f"{name} {when.day} {MONTHS[when.month - 1]}"
        )

    def month(self, when: date) -> str:
        """Month and year."""
        return f"{when.year}年{when.month}月" if self.say.code == "ja" else f"{MONTHS[when.month - 1]} {when.year}"

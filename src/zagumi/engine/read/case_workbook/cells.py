"""One cell at a time: what people write in spreadsheets, as values.

Full-width digits, thousands separators, units in the cell or in the heading, Japanese era dates, ticks
and crosses are all understood; everything else is refused with what was expected.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from zagumi.engine.read.case_workbook.book import LinkLine, Span
from zagumi.engine.read.case_workbook.layout import NO, YES, Column

DAY = 1440
WEEKDAYS = "月火水木金土日"
_ENGLISH_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ERAS = {"r": 2018, "令和": 2018, "h": 1988, "平成": 1988}
_BLANKS = {"", "-", "ー", "―", "–", "—", "‐", "−"}


class Unreadable(ValueError):
    """A cell that cannot be read: what was expected, which rule, and the values of its wording."""

    def __init__(self, expected: str, rule: str, **details: object) -> None:
        self.expected = expected
        self.rule = rule
        self.details = {key: str(value) for key, value in details.items()}
        super().__init__(expected)


def fold(text: str) -> str:
    """The form in which names are compared: NFKC, without case and without spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def plain(value: Any) -> str:
    """A cell's value as the person sees it, trimmed; whole numbers without ``.0``."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return format(Decimal(repr(value)).normalize(), "f") if value == value else "NaN"
    if isinstance(value, datetime):
        return f"{value:%Y/%m/%d}" if value.time() == time() else f"{value:%Y/%m/%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%Y/%m/%d}"
    return str(value).strip()


def is_blank(value: Any) -> bool:
    """Nothing, or the dash people write for nothing."""
    return value is None or (isinstance(value, str) and unicodedata.normalize("NFKC", value).strip() in _BLANKS)


def _text(value: Any, column: Column) -> str:
    text = plain(value)
    if len(text) > column.length:
        raise Unreadable(f"at most {column.length} characters", "too_long", length=column.length)
    if any(unicodedata.category(mark) == "Cc" and mark not in "\n\t" for mark in text):
        raise Unreadable("text without control characters", "control_character")
    return text


def _letter(value: Any, _column: Column) -> str:
    letter = unicodedata.normalize("NFKC", plain(value)).strip().upper()
    if not re.fullmatch(r"[A-Z]{1,2}", letter):
        raise Unreadable("one or two letters A to Z", "letter")
    return letter


def _bounds(column: Column) -> str:
    if column.low is not None and column.high is not None:
        return f"from {column.low} to {column.high}"
    return ""


def number(value: Any, column: Column, *, factor: Decimal, is_percent: bool) -> Decimal:
    """A number in the column's unit; ``factor`` is the heading's unit, a unit in the cell wins over it."""
    kind = "a whole number" if column.kind in ("whole", "wholes") else "a number"
    unit = f" ({column.unit})" if column.unit else ""
    expected = f"{kind} {_bounds(column)}".strip() + unit
    wording = {"low": column.low, "high": column.high, "unit": column.unit}
    refused = Unreadable(expected, column.kind if column.kind != "wholes" else "whole", **wording)
    if isinstance(value, bool | date):
        raise refused
    if isinstance(value, int | float):
        amount = Decimal(repr(value)) if value == value and abs(value) < 1e15 else None
        if amount is None:
            raise refused
        amount *= Decimal(100) if is_percent else factor
    else:
        text = unicodedata.normalize("NFKC", plain(value)).replace(",", "").replace("、", "").lstrip("¥\\約").strip()
        text = text.replace("−", "-")
        found = re.fullmatch(r"([+-]?\d+(?:\.\d+)?|[+-]?\.\d+)\s*(\D*)", text)
        if not found:
            raise refused
        amount = Decimal(found[1])
        written = found[2].strip().casefold()
        if written and written not in column.units:
            raise refused
        amount *= column.units[written] if written else factor
    amount = amount.quantize(Decimal("0.000001")).normalize() if amount else Decimal(0)
    if (column.low is not None and amount < column.low) or (column.high is not None and amount > column.high):
        raise refused
    if column.kind in ("whole", "wholes") and amount != amount.to_integral_value():
        raise refused
    return amount


def _whole(value: Any, column: Column, factor: Decimal, is_percent: bool) -> int:
    return int(number(value, column, factor=factor, is_percent=is_percent))


def _decimal(value: Any, column: Column, factor: Decimal, is_percent: bool) -> Decimal:
    return number(value, column, factor=factor, is_percent=is_percent)


_DATE = re.compile(
    r"(?:(?P<year>\d{4})|(?P<era>令和|平成|[rh])\s*(?P<era_year>\d{1,2}|元))\s*(?:年|[./-])\s*"
    r"(?P<month>\d{1,2})\s*(?:月|[./-])\s*(?P<day>\d{1,2})\s*日?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
_TIME = re.compile(r"(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::00)?|時(?:(?P<half>半)|(?P<past>\d{1,2})分)?)")
_NO_DATE = Unreadable("a date, e.g. 2026/12/11 or R8.12.11", "date")


def read_date(text: str) -> tuple[date, str]:
    """A date at the beginning of a text (Western, Japanese era, or eight digits), and what follows it."""
    clean = unicodedata.normalize("NFKC", text).strip()
    clean = re.sub(r"\s*[(][月火水木金土日][)]", "", clean)
    found = _DATE.match(clean) or _COMPACT.match(clean)
    if not found:
        raise _NO_DATE
    groups = found.groupdict()
    if groups.get("era"):
        since = 1 if groups["era_year"] == "元" else int(groups["era_year"])
        year = _ERAS[groups["era"].casefold()] + since
    else:
        year = int(groups["year"])
    if not 1990 <= year <= 2100:
        raise _NO_DATE
    try:
        return date(year, int(groups["month"]), int(groups["day"])), clean[found.end() :].strip()
    except ValueError:
        raise _NO_DATE from None


def read_minute(text: str) -> int:
    """Minutes after midnight of ``8:30``, ``8時半``, ``17時30分`` or ``24:00``."""
    found = _TIME.fullmatch(text.strip())
    if found:
        minute = 30 if found["half"] else int(found["minute"] or found["past"] or 0)
        total = int(found["hour"]) * 60 + minute
        if minute < 60 and total <= DAY:
            return total
    raise Unreadable("a time, e.g. 17:00", "time")


def _date(value: Any, _column: Column) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise _NO_DATE
    day, rest = read_date(value)
    if rest:
        raise _NO_DATE
    return day


def _moment(value: Any, column: Column) -> datetime:
    if isinstance(value, datetime) and value.time() != time():
        return value.replace(second=0, microsecond=0)
    if isinstance(value, date):
        day, minute = _date(value, column), column.minute
    else:
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise _NO_DATE
        day, rest = read_date(value)
        try:
            minute = read_minute(rest) if rest else column.minute
        except Unreadable:
            raise _NO_DATE from None
    return datetime.combine(day, time()) + timedelta(minutes=minute)


def _yes(value: Any, _column: Column) -> bool:
    word = fold(plain(value))
    if word in YES:
        return True
    if word in NO:
        return False
    raise Unreadable("○ or ×", "yes")


def _choice(value: Any, column: Column) -> str:
    word = fold(plain(value))
    for key, words in column.choices.items():
        if word == key or word in {fold(known) for known in words}:
            return key
    accepted = [words[0] for words in column.choices.values()]
    raise Unreadable("one of " + ", ".join(accepted), "choice", accepted="、".join(accepted))


_NO_HOURS = Unreadable("hours, e.g. 8:00-12:00 13:00-17:00", "hours")
_NO_SHIFTS = Unreadable("weekdays and hours, e.g. 月-金 8:00-12:00 13:00-17:00; 土 8:00-12:00", "shifts")


def _straight(text: str) -> str:
    """Every dash people use between two times as ``-``."""
    return re.sub(r"\s*[~〜～ー―–—‐−-]\s*", "-", unicodedata.normalize("NFKC", text))


def _spans(text: str) -> list[Span]:
    spans: list[Span] = []
    for piece in re.split(r"[\s,、/・]+", text.strip()):
        if not piece:
            continue
        start_text, dash, end_text = piece.partition("-")
        if not dash:
            raise _NO_HOURS
        try:
            start, end = read_minute(start_text), read_minute(end_text)
        except Unreadable:
            raise _NO_HOURS from None
        if end <= start:
            end += DAY  # a night shift
        spans.append((start, end))
    if not spans:
        raise _NO_HOURS
    return spans


def _hours(value: Any, _column: Column) -> tuple[Span, ...]:
    return _disjoint(_spans(_straight(plain(value))), _NO_HOURS)


def _days(text: str) -> list[int]:
    """Weekdays of ``月-金``, ``月水金``, ``平日``, ``毎日`` or ``Mon-Fri``."""
    text = re.sub(r"曜日?|[,、・\s]", "", text)
    for english, japanese in zip(_ENGLISH_DAYS, WEEKDAYS, strict=True):
        text = re.sub(english, japanese, text, flags=re.IGNORECASE)
    text = {"平日": "月-金", "毎日": "月-日", "全日": "月-日", "土日": "土-日"}.get(text, text)
    days: list[int] = []
    for first, last in re.findall(r"([月火水木金土日])(?:-([月火水木金土日]))?", text):
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        days.extend(range(start, end + 1) if start <= end else [*range(start, 7), *range(end + 1)])
    if not days or re.sub(r"[月火水木金土日-]", "", text):
        raise _NO_SHIFTS
    return days


def _shifts(value: Any, _column: Column) -> tuple[Span, ...]:
    weekly: list[Span] = []
    for clause in re.split(r"[;\n]", _straight(plain(value))):
        if not clause.strip():
            continue
        found = re.match(r"\s*([^0-9:]+?)\s*(\d.*)$", clause)
        if not found:
            raise _NO_SHIFTS
        try:
            spans = _spans(found[2])
        except Unreadable:
            raise _NO_SHIFTS from None
        weekly.extend((day * DAY + start, day * DAY + end) for day in _days(found[1]) for start, end in spans)
    return _disjoint(weekly, _NO_SHIFTS)


def _disjoint(spans: list[Span], refused: Unreadable) -> tuple[Span, ...]:
    ordered = sorted(spans)
    if not ordered or any(one[1] > other[0] for one, other in pairwise(ordered)):
        raise refused
    return tuple(ordered)


_LINK = re.compile(r"(\d+)(?:[x×*✕](\d+))?")


def _links(value: Any, _column: Column) -> tuple[LinkLine, ...]:
    links = []
    text = unicodedata.normalize("NFKC", plain(value))
    for piece in re.split(r"[,、;\s]+", text.strip()):
        found = _LINK.fullmatch(piece)
        if not found or int(found[2] or 1) < 1:
            raise Unreadable("operation numbers separated by commas, e.g. 10, 30×4", "links")
        links.append(LinkLine(before=int(found[1]), per=int(found[2] or 1)))
    return tuple(links)


def _wholes(value: Any, column: Column, factor: Decimal, is_percent: bool) -> tuple[int | None, ...]:
    """One whole number, or several separated by commas, with a dash for none; ``3,000`` is one number."""
    if not isinstance(value, str):
        return (_whole(value, column, factor, is_percent),)
    text = unicodedata.normalize("NFKC", value)
    text = re.sub(r"(?<=\d),(?=\d{3}(?:\D|$))", "", text)
    return tuple(
        None if piece.strip() in _BLANKS else _whole(piece, column, factor, is_percent)
        for piece in re.split(r"[,、]", text)
    )


_SIMPLE: Mapping[str, Callable[[Any, Column], Any]] = {
    "text": _text,
    "name": _text,
    "letter": _letter,
    "date": _date,
    "moment": _moment,
    "yes": _yes,
    "choice": _choice,
    "shifts": _shifts,
    "hours": _hours,
    "links": _links,
}
_NUMERIC: Mapping[str, Callable[[Any, Column, Decimal, bool], Any]] = {
    "whole": _whole,
    "decimal": _decimal,
    "wholes": _wholes,
}


def read_cell(value: Any, column: Column, *, factor: Decimal, is_percent: bool = False) -> Any:
    """The value of one filled cell as the column's kind; raises :class:`Unreadable`."""
    if column.kind in _NUMERIC:
        return _NUMERIC[column.kind](value, column, factor, is_percent)
    return _SIMPLE[column.kind](value, column)


def write_shifts(shifts: tuple[Span, ...]) -> str:
    """Weekly shifts as the template writes them; days with the same hours are joined."""
    hours: dict[int, str] = {}
    for start, end in shifts:
        day = start // DAY
        span = f"{_clock(start - day * DAY)}-{_clock((end - day * DAY - 1) % DAY + 1)}"
        hours[day] = f"{hours[day]} {span}" if day in hours else span
    clauses: list[tuple[list[int], str]] = []
    for day in sorted(hours):
        if clauses and clauses[-1][1] == hours[day] and clauses[-1][0][-1] == day - 1:
            clauses[-1][0].append(day)
        else:
            clauses.append(([day], hours[day]))
    return "; ".join(f"{_day_names(days)} {span}" for days, span in clauses)


def write_hours(hours: tuple[Span, ...]) -> str:
    """A day's hours: ``8:00-12:00 13:00-17:00``."""
    return " ".join(f"{_clock(start)}-{_clock((end - 1) % DAY + 1)}" for start, end in hours)


def _day_names(days: list[int]) -> str:
    first, last = WEEKDAYS[days[0]], WEEKDAYS[days[-1]]
    return first if len(days) == 1 else f"{first}-{last}"


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"

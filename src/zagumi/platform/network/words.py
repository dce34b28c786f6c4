"""Words: as they are compared when searching, and moments as they are logged."""

import unicodedata
from datetime import datetime

from django.utils import timezone


def folded(text: str) -> str:
    """``text`` for comparing: width and case do not count, katakana becomes hiragana, blanks shrink to one."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in plain).split())


def span_words(start: datetime, end: datetime | None) -> str:
    """Two moments in local time; a date is not repeated, an unknown end is left open."""
    first = timezone.localtime(start)
    if end is None:
        return f"{first:%Y-%m-%d %H:%M} –"
    last = timezone.localtime(end)
    same_day = f"{first:%Y-%m-%d}" == f"{last:%Y-%m-%d}"
    return f"{first:%Y-%m-%d %H:%M} – {last:%H:%M}" if same_day else f"{first:%Y-%m-%d %H:%M} – {last:%Y-%m-%d %H:%M}"

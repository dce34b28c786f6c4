"""Words as they are compared when searching."""

import unicodedata


def folded(text: str) -> str:
    """``text`` for comparing: width and case do not count, katakana becomes hiragana, blanks shrink to one."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in plain).split())

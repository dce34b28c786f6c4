"""A reader who opens everything: every link, every address of the site with everything in it that could be named, every
operation of the API, every export; and the table of what must not be met by whom."""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit
from zipfile import BadZipFile, ZipFile

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

METHOD_NOT_ALLOWED = 405
NOT_FOLLOWED = ("/static/", "/accounts/logout", "/guide/patterns/")

# What readers type into their own address line is not told to them by the page.
_OWN_WORDS = re.compile(r'(href|action|formaction|hx-get|hx-post|content|value)="[^"]*"')
_VIEW_ONLY = re.compile(r"[?&](sort|page|zoom|format|month|first|view)=")
# Random letters, in which a short figure stands by chance now and then; nothing else of a page is left out.
CSRF_TOKEN = re.compile(r'("X-CSRFToken": |name="csrfmiddlewaretoken" value=)"[A-Za-z0-9]{64}"')
_LINKS = re.compile(r'(?:href|src|action|hx-get)="([^"#][^"]*)"')


@dataclass(frozen=True)
class Marker:
    """Something private: the words or figures that tell it wherever they stand, and who may be told.

    A figure counts only where it stands alone: 1200 is not told by 31,200.
    """

    name: str
    words: tuple[str, ...]
    readers: frozenset[str]

    def place_in(self, text: str) -> int | None:
        """Where the first of the words stands; None when none does."""
        for word in self.words:
            place = text.find(word)
            while place >= 0:
                if not word[0].isdigit() or not _is_longer_figure(text, place, place + len(word)):
                    return place
                place = text.find(word, place + 1)
        return None


def _is_longer_figure(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 1) : start], text[end : end + 2]
    return before.isdigit() or before in {",", "."} or after[:1].isdigit() or (after[:1] == "," and after[1:].isdigit())


@dataclass(frozen=True)
class Answer:
    """What an address said: the status, the words a reader could find in it, and where it leads."""

    address: str
    status: int
    text: str
    leads_to: tuple[str, ...] = ()


@dataclass
class Walk:
    """One reader's walk through everything."""

    who: str
    answers: list[Answer] = field(default_factory=list)

    def leaks(self, markers: Iterable[Marker]) -> list[str]:
        """Every marker met that is not this reader's."""
        forbidden = [marker for marker in markers if self.who not in marker.readers]
        return [
            f"{marker.name} at {answer.address}: …{_around(place, answer.text)}…"
            for answer in self.answers
            for marker in forbidden
            if (place := marker.place_in(answer.text)) is not None
        ]

    def unmet(self, markers: Iterable[Marker]) -> list[str]:
        """Markers that are this reader's and were met nowhere: the walk looked in the wrong places."""
        everything = "\n".join(answer.text for answer in self.answers)
        mine = [marker for marker in markers if self.who in marker.readers]
        return [marker.name for marker in mine if marker.place_in(everything) is None]

    def statuses(self) -> Counter[int]:
        """How many answers there were of each status."""
        return Counter(answer.status for answer in self.answers)


def _around(place: int, text: str) -> str:
    return " ".join(text[max(0, place - 60) : place + 60].split())


def pages() -> Iterator[tuple[str, list[str]]]:
    """Every pattern of an address as ``cases/{code}/parts/{letter}/`` with the names of its parts, save the API's."""

    def below(resolver: URLResolver, before: str) -> Iterator[tuple[str, list[str]]]:
        for each in resolver.url_patterns:
            if isinstance(each, URLResolver):
                if each.app_name != "ninja":
                    yield from below(each, before + str(each.pattern))
            elif isinstance(each, URLPattern) and not str(each.pattern).startswith("^"):
                path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", before + str(each.pattern))
                yield path, re.findall(r"{(\w+)}", path)

    yield from below(get_resolver(), "/")


def operations(document: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Every GET operation of the API document, in the same form."""
    for path, verbs in document["paths"].items():
        if "get" in verbs:
            yield path, re.findall(r"{(\w+)}", path)


def addresses(patterns: Iterable[tuple[str, list[str]]], things: dict[str, list[dict[str, str]]]) -> Iterator[str]:
    """Each pattern filled with those of ``things`` that its beginning is about, where they have all its parts."""
    for path, parts in patterns:
        beginning = max((each for each in things if path.startswith(each)), key=len, default="")
        seen = set()
        for thing in things[beginning] if parts else [{}]:
            if all(part in thing for part in parts):
                filled = path.format(**thing)
                if filled not in seen:
                    seen.add(filled)
                    yield filled


def walk(client: Client, who: str, start: Iterable[str], *, only_pressed: set[str]) -> Walk:
    """Open every address of ``start``, and what the pages lead to, one of each pattern and set of filters.

    ``only_pressed`` remembers, for the next walk, patterns that answer to no mere look of anybody.
    """
    done = Walk(who)
    known: set[str] = set()
    kinds: set[str] = set()
    waiting = deque((address, True) for address in start)
    while waiting:
        address, is_given = waiting.popleft()
        kind = _kind(address)
        if address in known or kind in only_pressed or address.startswith(NOT_FOLLOWED):
            continue
        if not is_given and (kind in kinds or _VIEW_ONLY.search(address)):
            continue
        known.add(address)
        kinds.add(kind)
        answer = look(client, address)
        if answer.status == METHOD_NOT_ALLOWED:
            only_pressed.add(kind)
        done.answers.append(answer)
        waiting.extend((each, False) for each in answer.leads_to if each not in known)
    return done


def _kind(address: str) -> str:
    """The pattern of an address: numbers and codes left out, names of its filters kept."""
    parts = urlsplit(address)
    keys = sorted({pair.partition("=")[0] for pair in parts.query.split("&") if pair})
    return f"{re.sub(r'[A-Z]+-[0-9][-0-9]*|[0-9]+|[0-9a-f]{32}', '#', parts.path)} {keys}"


def look(client: Client, address: str) -> Answer:
    """Open one address as a browser does, without following where it sends us."""
    response = client.get(address)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = _read(body, response.get("Content-Type", ""))
    leads_to: tuple[str, ...] = ()
    if 300 <= response.status_code < 400:
        leads_to = tuple(_inside(address, [response["Location"]]))
    elif "html" in response.get("Content-Type", ""):
        leads_to = tuple(_inside(address, map(unescape, _LINKS.findall(text))))
    text = CSRF_TOKEN.sub("", text)
    asked = [value for _name, value in parse_qsl(urlsplit(address).query)]
    if asked:
        text = _OWN_WORDS.sub("", text)
    for value in asked:
        text = text.replace(value, "")
    return Answer(address, response.status_code, text, leads_to)


def _inside(address: str, links: Iterable[str]) -> Iterator[str]:
    for link in links:
        there = urlsplit(urljoin(f"http://testserver{address}", link))
        if there.netloc == "testserver" and there.scheme == "http":
            yield there.path + (f"?{there.query}" if there.query else "")


def _read(body: bytes, media_type: str) -> str:
    """The words of an answer; those of a workbook are taken out of its sheets."""
    if body[:2] == b"PK":
        try:
            with ZipFile(BytesIO(body)) as book:
                return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
        except BadZipFile:
            pass
    text = body.decode("utf-8", "replace")
    return unescape(text) if "html" in media_type else text


def many(**choices: Iterable[str]) -> list[dict[str, str]]:
    """Every combination of the parts given."""
    names = list(choices)
    return [dict(zip(names, values, strict=True)) for values in product(*choices.values())]

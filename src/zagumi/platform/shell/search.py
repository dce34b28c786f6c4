"""Search across the house: cases, companies, drawings, machines, by code or words; only among visible rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zagumi.platform.cases.models import CaseFile, Part
from zagumi.platform.cases.queries import case_list, found
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import localized
from zagumi.platform.network.models import Company, Machine
from zagumi.platform.network.words import folded
from zagumi.platform.planning.models import Run

MOST_OF_A_KIND = 8
SHORTEST = 1

KINDS: dict[str, str | Promise] = {
    "case": _("Cases"),
    "company": _("Companies"),
    "drawing": _("Drawings and files"),
    "machine": _("Machines"),
    "run": _("Planning runs"),
}
ICONS = {"case": "folder", "company": "factory", "drawing": "drawing", "machine": "machine", "run": "gantt"}


@dataclass(frozen=True)
class Hit:
    """One thing found. ``detail`` is one line under its name."""

    kind: str
    code: str
    name: str
    detail: str
    url: str


@dataclass(frozen=True)
class Group:
    """The hits of one kind; ``total`` counts those not shown as well."""

    kind: str
    label: str | Promise
    icon: str
    hits: tuple[Hit, ...]
    total: int


@dataclass(frozen=True)
class Found:
    """What a search found."""

    text: str
    groups: tuple[Group, ...]

    @property
    def hits(self) -> list[Hit]:
        """Everything, kind by kind."""
        return [hit for group in self.groups for hit in group.hits]

    @property
    def total(self) -> int:
        """How many, shown or not."""
        return sum(group.total for group in self.groups)

    @property
    def exact(self) -> Hit | None:
        """The one thing whose code was typed, if any."""
        wanted = folded(self.text)
        return next((hit for hit in self.hits if folded(hit.code) == wanted), None)


def search(actor: Actor, text: str) -> Found:
    """Everything the reader may know of that holds every word of ``text``; width, case and kana do not count."""
    words = folded(text).split()
    if not words or len("".join(words)) < SHORTEST:
        return Found(text.strip(), ())
    finders: tuple[tuple[str, Callable[[Actor, list[str]], list[Hit]]], ...] = (
        ("case", _cases),
        ("company", _companies),
        ("drawing", _drawings),
        ("machine", _machines),
        ("run", _runs),
    )
    groups = []
    for kind, finder in finders:
        hits = finder(actor, words)
        if hits:
            groups.append(Group(kind, KINDS[kind], ICONS[kind], tuple(hits[:MOST_OF_A_KIND]), len(hits)))
    return Found(text.strip(), tuple(groups))


def _holds(words: Iterable[str], *texts: str) -> bool:
    plain = folded(" ".join(texts))
    return all(word in plain for word in words)


def _cases(actor: Actor, words: list[str]) -> list[Hit]:
    rows = found(case_list(actor), " ".join(words))
    return [
        Hit(
            "case",
            row.code,
            row.title,
            " · ".join(filter(None, (row.buyer, row.stage_name))),
            reverse("cases:case", args=[row.code]),
        )
        for row in rows
    ]


def _companies(actor: Actor, words: list[str]) -> list[Hit]:
    companies = Company.objects.visible_to(actor).select_related("party")
    for word in words:
        companies = companies.filter(search_text__contains=word)
    return [
        Hit(
            "company",
            company.code,
            str(company.party),
            " · ".join(filter(None, (localized(company.trades, company.trades_en), company.party.address))),
            reverse("network:company", args=[company.code]),
        )
        for company in companies
    ]


def _drawings(actor: Actor, words: list[str]) -> list[Hit]:
    """Parts by drawing number and files by title; each leads to the files of its case."""
    parts = Part.objects.visible_to(actor).kept().select_related("case").order_by("drawing_no")
    hits = [
        Hit(
            "drawing",
            part.drawing_no,
            f"{part.letter} {part.name}",
            f"{part.case.code} {part.case.title}",
            reverse("cases:case-files", args=[part.case.code]),
        )
        for part in parts
        if part.drawing_no and _holds(words, part.drawing_no, part.name, part.material)
    ]
    files = CaseFile.objects.visible_to(actor).kept().filter(replaced_by__isnull=True).select_related("case", "stored")
    hits += [
        Hit(
            "drawing",
            file.code,
            f"{file.title} {file.revision}".strip(),
            f"{file.case.code} {file.case.title}",
            reverse("cases:case-files", args=[file.case.code]),
        )
        for file in files.order_by("code")
        if _holds(words, file.code, file.title, file.stored.name)
    ]
    return hits


def _machines(actor: Actor, words: list[str]) -> list[Hit]:
    machines = Machine.objects.visible_to(actor).filter(retired_on__isnull=True)
    return [
        Hit(
            "machine",
            machine.code,
            localized(machine.name, machine.name_en),
            f"{machine.site.party.short} · {machine.process}",
            reverse("network:machine", args=[machine.code]),
        )
        for machine in machines.select_related("site__party", "process").order_by("code")
        if _holds(words, machine.code, machine.name, machine.name_en, machine.maker, machine.model)
    ]


def _runs(actor: Actor, words: list[str]) -> list[Hit]:
    runs = Run.objects.visible_to(actor).defer("snapshot").prefetch_related("cases").order_by("-pk")
    return [
        Hit(
            "run",
            run.code,
            ", ".join(case.code for case in run.cases.all()),
            run.reason,
            reverse("planning:run", args=[run.code]),
        )
        for run in runs
        if _holds(words, run.code, run.reason)
    ]

"""Sample data of the pattern page: `{% sample "stats" as numbers %}`. Everything in it is fictional (架空)."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django import forms, template
from django.contrib.staticfiles import finders
from django.core.paginator import Page, Paginator
from django.utils.translation import pgettext, pgettext_lazy

from zagumi.platform.core.templatetags.figures import Free, Link, Step
from zagumi.platform.core.templatetags.ui import TONES, Entry, Stage, Stat, Tab

register = template.Library()

PARTS = {"A": "主軸", "B": "インペラ", "C": "軸受箱", "D": "カバー"}
KINDS = [
    "ok",
    "info",
    "running",
    "warn",
    "single",
    "late",
    "stopped",
    "waiting",
    "asked",
    "draft",
    "fixed",
    "review",
    "over",
]


COLOURS = [
    ("--key", "--paper"),
    ("--paper", "--text"),
    ("--paper", "--text-soft"),
    ("--paper", "--text-faint"),
    ("--shade", "--ink"),
    ("--ok-back", "--ok-text"),
    ("--warn-back", "--warn-text"),
    ("--single-back", "--single-text"),
    ("--late-back", "--late-text"),
    ("--late-mark", "--paper"),
    ("--info-back", "--info-text"),
    *((f"--part-{letter}", f"--part-{letter}-text") for letter in "abcdefz"),
]
"""Pairs of a ground and the text on it."""


class SampleForm(forms.Form):
    """One field of each kind, two of them filled in wrongly."""

    quantity = forms.IntegerField(
        label=pgettext_lazy("pattern", "Quantity"), help_text=pgettext_lazy("pattern", "Whole pieces."), initial=120
    )
    tolerance = forms.DecimalField(label=pgettext_lazy("pattern", "Tolerance (mm)"))
    due = forms.DateField(label=pgettext_lazy("pattern", "Due"), widget=forms.DateInput(attrs={"type": "date"}))
    process = forms.ChoiceField(
        label=pgettext_lazy("pattern", "Process"), choices=[("turning", "旋削"), ("heat", "焼入れ")]
    )
    channel = forms.ChoiceField(
        label=pgettext_lazy("pattern", "How to reach them"),
        choices=[
            ("screen", pgettext_lazy("pattern", "Screen")),
            ("phone", pgettext_lazy("pattern", "Telephone")),
            ("fax", "FAX"),
        ],
        widget=forms.RadioSelect,
    )
    remark = forms.CharField(
        label=pgettext_lazy("pattern", "Remark"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    drawing = forms.BooleanField(label=pgettext_lazy("pattern", "They may see the drawing"), required=False)


class SampleFilters(forms.Form):
    """A search word and one filter."""

    q = forms.CharField(
        label=pgettext_lazy("pattern", "Search"), required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    stage = forms.ChoiceField(
        label=pgettext_lazy("pattern", "Stage"),
        required=False,
        choices=[("", pgettext_lazy("pattern", "All")), ("plan", pgettext_lazy("pattern", "Planning"))],
    )


@cache
def _tokens() -> dict[str, str]:
    """Every custom property of the two token files, by name, as written."""
    found: dict[str, str] = {}
    for name in ("css/dads_tokens.css", "css/tokens.css"):
        path = finders.find(name)
        if path:
            for key, value in re.findall(r"(--[\w-]+):\s*([^;]+);", Path(path).read_text(encoding="utf-8")):
                found.setdefault(key, value)
    return found


def _luminance(name: str) -> float:
    """Relative luminance of a colour token (WCAG 2.2)."""
    value = name
    while not value.startswith("#"):
        value = _tokens()[value.removeprefix("var(").removesuffix(")")]
    channels = [int(value[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(back: str, text: str) -> float:
    """Contrast ratio of two colour tokens: (lighter + 0.05) / (darker + 0.05)."""
    darker, lighter = sorted((_luminance(f"var({back})"), _luminance(f"var({text})")))
    return (lighter + 0.05) / (darker + 0.05)


def _contrasts() -> list[dict[str, str]]:
    return [
        {
            "label": (text if back == "--paper" else back).removeprefix("--"),
            "back": back,
            "text": text,
            "ratio": f"{contrast(back, text):.1f}",
        }
        for back, text in COLOURS
    ]


def _tones() -> list[tuple[str, str]]:
    words = {
        "ok": pgettext("pattern", "Complete"),
        "info": pgettext("pattern", "Replies 3 of 4"),
        "running": pgettext("pattern", "In progress"),
        "warn": pgettext("pattern", "0.6 days of slack"),
        "single": pgettext("pattern", "Only one company"),
        "late": pgettext("pattern", "1 day late"),
        "stopped": pgettext("pattern", "Stopped"),
        "waiting": pgettext("pattern", "Waiting for a reply"),
        "asked": pgettext("pattern", "Asked"),
        "draft": pgettext("pattern", "Draft"),
        "fixed": pgettext("pattern", "Fixed"),
        "review": pgettext("pattern", "Needs review"),
        "over": pgettext("pattern", "Closed"),
    }
    return [(kind, words[kind]) for kind in KINDS if kind in TONES]


def _stats() -> list[Stat]:
    return [
        Stat(pgettext("pattern", "Cases in progress"), 23, url="#numbers"),
        Stat(pgettext("pattern", "Late (forecast)"), 1, url="#numbers", tone="late"),
        Stat(pgettext("pattern", "Under 2 days of slack"), 3, url="#numbers"),
        Stat(pgettext("pattern", "Companies yet to reply"), 7, url="#numbers"),
        Stat(pgettext("pattern", "Shared trips today"), 4, url="#numbers"),
    ]


def _trust() -> list[Stat]:
    return [
        Stat(
            pgettext("pattern", "Kept the date (12 months)"), "96.8%", note=pgettext("pattern", "120 of 124, measured")
        ),
        Stat(pgettext("pattern", "Defects"), "0.21%", note=pgettext("pattern", "Inspected by the receiver")),
        Stat(
            pgettext("pattern", "Replies within"),
            "3.5",
            unit="h",
            note=pgettext("pattern", "Median, telephone included"),
        ),
        Stat(pgettext("pattern", "Chosen"), "3 + 1", tone="chosen"),
    ]


def _stages() -> list[Stage]:
    names = [
        pgettext("pattern", "Inquiry"),
        pgettext("pattern", "Process design"),
        pgettext("pattern", "Team"),
        pgettext("pattern", "Quote and consent"),
        pgettext("pattern", "Plan"),
        pgettext("pattern", "Production"),
        pgettext("pattern", "Delivery"),
        pgettext("pattern", "Settlement"),
        pgettext("pattern", "Review"),
    ]
    notes = ["10/2", "10/6", "10/14", "10/23", "11/9", pgettext("pattern", "In progress"), "12/14", "", ""]
    states = ["done"] * 5 + ["current"] + [""] * 3
    return [Stage(name, state, note) for name, state, note in zip(names, states, notes, strict=True)]


def _tabs() -> list[Tab]:
    names = [
        pgettext("pattern", "Overview"),
        pgettext("pattern", "Steps"),
        pgettext("pattern", "Drawings"),
        pgettext("pattern", "Plan"),
        pgettext("pattern", "Record"),
    ]
    return [Tab(name, "#record", at == 0, 4 if at == 2 else None) for at, name in enumerate(names)]


def _record() -> list[Entry]:
    return [
        Entry("10:12", "旋削 31/80本(現場の携帯)", "港精密加工", "act"),
        Entry("9:12", "炉の点検を電話で連絡。読み返し済み", "汐見熱処理", "late"),
        Entry(datetime(2026, 11, 19, 6, 0, tzinfo=UTC), "軸受箱の鋳込みを始めた", "三崎鋳工", "ok"),
        Entry(datetime(2026, 11, 16, 6, 0, tzinfo=UTC), "計画 第3版を採用。9社が同意"),
    ]


def _cases() -> list[dict[str, Any]]:
    rows = [
        ("C-2026-0142", "送水ポンプ ロータ組立品 120台", "東都ポンプ", datetime(2026, 12, 11, tzinfo=UTC), -1.0, 0.8),
        ("C-2026-0131", "包装機 カム一式 40組", "西浦包機", datetime(2026, 11, 27, tzinfo=UTC), 0.1, 0.9),
        ("C-2026-0138", "検査治具 6台", "湾岸計測", datetime(2026, 12, 4, tzinfo=UTC), 0.6, 1.2),
        ("C-2026-0125", "コンベヤ軸 200本", "港南搬送", datetime(2026, 11, 30, tzinfo=UTC), 2.4, 0.5),
    ]
    names = ("code", "title", "buyer", "due", "slack", "spread")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _steps() -> list[Step]:
    return [
        Step("A10", "10 旋削 80", "港精密加工", "A", "running", "#steps"),
        Step("A10b", "10 旋削 40", "浜田製作所", "A", "", "#steps"),
        Step("A20", "20 焼入れ", "汐見熱処理", "A", "stopped", "#steps"),
        Step("A30", "30 円筒研削", "北浜研磨", "A", "", "#steps"),
        Step("B11", "11 鋳造", "三崎鋳工", "B", "done", "#steps"),
        Step("B21", "21 仕上・釣合", "港精密加工", "B", "", "#steps"),
        Step("C12", "12 鋳造", "三崎鋳工", "C", "running", "#steps"),
        Step("C22", "22 機械加工", "浜田製作所", "C", "", "#steps"),
        Step("C32", "32 めっき", pgettext("pattern", "Nobody yet"), "C", "open", "#steps"),
        Step("Z60", "60 組立", "東港組立", "", "", "#steps"),
        Step("Z70", "70 検査", "東港組立", "", "", "#steps"),
    ]


def _links() -> list[Link]:
    lines = [
        ("A10", "A20", True, True),
        ("A10b", "A20", True, False),
        ("A20", "A30", True, True),
        ("A30", "Z60", True, True),
        ("B11", "B21", True, False),
        ("B21", "Z60", True, False),
        ("C12", "C22", True, False),
        ("C22", "C32", True, False),
        ("C32", "Z60", True, False),
        ("Z60", "Z70", False, True),
    ]
    return [Link(*line) for line in lines]


def _free() -> list[tuple[str, list[Free]]]:
    return [
        ("真空炉 1号", [Free(hours, hours / 40) for hours in (0, 0, 4, 6, 22, 38)]),
        ("真空炉 2号", [Free(hours, hours / 40) for hours in (6, 4, 12, 18, 26, 34)]),
        ("浸炭炉", [Free(band=word) for word in "少少中中多多"]),
    ]


def _page() -> "Page[int]":
    return Paginator(range(240), 20).page(5)


def _wrong_form() -> SampleForm:
    return SampleForm({"quantity": "120", "tolerance": "±0,5", "process": "turning", "channel": "fax"})


SAMPLES: dict[str, Callable[[], Any]] = {
    "contrasts": _contrasts,
    "tones": _tones,
    "stats": _stats,
    "trust": _trust,
    "stages": _stages,
    "tabs": _tabs,
    "record": _record,
    "cases": _cases,
    "steps": _steps,
    "links": _links,
    "parts": lambda: PARTS,
    "weeks": lambda: ["11/16", "11/23", "11/30", "12/7", "12/14", "12/21"],
    "free": _free,
    "page": _page,
    "form": _wrong_form,
    "filters": lambda: SampleFilters({"q": "ポンプ"}),
    "chips": lambda: [{"label": pgettext("pattern", "Search"), "value": "ポンプ", "url": "?"}],
    "found": lambda: [(0, 812), (6, 780), (13, 752), (22, 738), (34, 730), (47, 722), (62, 718), (78, 716)],
    "bounds": lambda: [(0, 640), (10, 662), (25, 678), (44, 688), (66, 694)],
    "range": lambda: {"scale": (0, 600), "claimed": (20, 310), "proven": (60, 310)},
    "narrow": lambda: {"scale": (0, 0.2), "claimed": (0.02, 0.08), "proven": (0.03, 0.06)},
}


@register.simple_tag
def sample(name: str) -> Any:
    """The sample called ``name``."""
    return SAMPLES[name]()

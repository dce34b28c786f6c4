"""Tags and filters shared by every page: icons, tags, numbers as people say them, and the parts of a page.

`{% load ui %}`. What each part looks like and which words it takes stands in docs/look.md and on the pattern page.
Sums of money are integer yen, times are minutes unless a name says otherwise, CO2 and weights are grams or kilograms.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from zagumi.platform.core.models import Role

register = template.Library()

Number = int | float | Decimal

MINUS = "\u2212"
NOTHING = "\u2014"
WEEKDAYS = "月火水木金土日"

TONES: Mapping[str, tuple[str, str]] = {
    "ok": ("ok", "check"),
    "moving": ("info", "truck"),
    "info": ("info", "chat"),
    "running": ("now", "play"),
    "chosen": ("info", "check"),
    "now": ("now", "truck"),
    "warn": ("warn", "warning"),
    "review": ("warn", "eye"),
    "sending": ("warn", "clock"),
    "expiring": ("warn", "clock"),
    "single": ("single", "warning"),
    "bottleneck": ("single", "warning"),
    "late": ("late", "warning"),
    "blocked": ("late", "stop"),
    "stopped": ("stopped", "stop"),
    "waiting": ("plain", "clock"),
    "asked": ("plain", "phone"),
    "draft": ("plain", "eye"),
    "fixed": ("plain", "lock"),
    "plain": ("plain", ""),
    "over": ("over", "minus"),
}
"""Kind of status → (tone, icon). Apps map their states to a kind; the words are their own."""

PROOFS: Mapping[str, tuple[str, str]] = {
    "declared": ("declared", "circle"),
    "verified": ("verified", "shield"),
    "measured": ("measured", "gauge"),
    "expired": ("expired", "clock"),
}


@dataclass(frozen=True)
class Stat:
    """One number of a stat strip. ``tone``: "", "late" or "chosen"; ``unit`` is set smaller after the value."""

    label: str
    value: object
    unit: str = ""
    note: str = ""
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Stage:
    """One stop of a stage line. ``state``: "done", "current", "stopped" or "" (still to come)."""

    label: str
    state: str = ""
    note: str = ""


@dataclass(frozen=True)
class Tab:
    """One tab: a link, so that it works without a script. ``count`` is shown after the label unless None."""

    label: str
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Entry:
    """One line of a record. ``tone``: "" (noted), "act" (somebody did something), "ok" or "late"."""

    when: datetime | date | str
    text: str
    who: str = ""
    tone: str = ""
    url: str = ""


# --- marks --------------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, size: int | str = "", label: str = "") -> SafeString:
    """Draw the icon ``name`` of the sprite; without a ``label`` it is decoration and hidden from screen readers.

    ``size`` is 14, 16, 18, 20, 24, 32 or 40 pixels; without it the icon grows with the text.
    """
    classes = f"icon icon-{size}" if size else "icon"
    address = f"{static('icons/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="{}" viewBox="0 0 24 24" role="img" aria-label="{}"><use href="{}"/></svg>',
            classes,
            label,
            address,
        )
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true"><use href="{}"/></svg>', classes, address
    )


@register.simple_tag
def tag(kind: str, text: object, icon_name: str = "") -> SafeString:
    """Draw a status: shape, word and tone. ``kind`` is a key of `TONES`; ``icon_name`` replaces its icon."""
    tone, sign = TONES.get(kind, TONES["plain"])
    drawn = icon(icon_name or sign, 16) if icon_name or sign else ""
    return format_html('<span class="tag tag-{}">{}{}</span>', tone, drawn, text)


@register.simple_tag
def proof(kind: str, text: object = "") -> SafeString:
    """Draw where a statement comes from: declared (dashed), verified (outlined), measured (solid), expired."""
    tone, sign = PROOFS[kind]
    words = {
        "declared": gettext("Self-declared"),
        "verified": gettext("Verified"),
        "measured": gettext("Measured"),
        "expired": gettext("Expired"),
    }
    return format_html(
        '<span class="proof proof-{}">{}{}</span>', tone, icon(sign, 16), words[kind] if text == "" else text
    )


@register.filter
def part_class(letter: str) -> str:
    """Class of the tint of a part letter: A–F have their own and repeat; anything else (assembly) is dark."""
    first = letter[:1].upper()
    if not ("A" <= first <= "Y"):
        return "part-z"
    return "part-" + "abcdef"[(ord(first) - ord("A")) % 6]


@register.simple_tag
def letter(name: str, word: str = "") -> SafeString:
    """Draw the letter of a part in its tint, with its name after it when given."""
    drawn = format_html('<span class="letter {}">{}</span>', part_class(name), name)
    return format_html('<span class="letter-word">{}{}</span>', drawn, word) if word else drawn


@register.simple_tag
def meter(value: Number, maximum: Number = 100, text: str = "", tone: str = "", label: str = "") -> SafeString:
    """Draw a bar of ``value`` in ``maximum``; ``text`` is what stands after it (default: the percentage)."""
    share = 100 * float(value) / float(maximum) if maximum else 0.0
    shown = text or percent(share / 100)
    name = f"{label} {shown}".strip()
    return format_html(
        '<span class="meter {}"><span class="meter-bar" role="img" aria-label="{}"><i style="--share:{}%"></i></span>'
        "<b>{}</b></span>",
        f"meter-{tone}" if tone else "",
        name,
        f"{min(max(share, 0), 100):.1f}",
        shown,
    )


@register.simple_tag
def load_column(share: float | None, band: str = "") -> SafeString:
    """Draw the load of a resource, 0–1. From 90 % it counts as high; with ``band`` only "about" is known."""
    if share is None:
        return format_html('<span class="load"><span>{}</span></span>', NOTHING)
    style = "load-band" if band else "load-high" if share >= 0.9 else ""
    words = gettext("about %(share)s") % {"share": percent(share)} if band else percent(share)
    return format_html(
        '<span class="load {}"><i style="--share:{}%"></i><span>{}</span></span>',
        style,
        round(min(share, 1) * 100),
        band if band and band not in {"1", "band"} else words,
    )


# --- numbers as people say them -----------------------------------------------------------------------------------


def _japanese() -> bool:
    return (get_language() or "ja").startswith("ja")


def _signed(value: Number, words: str) -> str:
    return words.replace("-", MINUS) if value < 0 else words


@register.filter
def yen(value: Number | None) -> str:
    """Whole yen: 342,760円 or ¥342,760."""
    if value is None:
        return NOTHING
    amount = number_format(abs(round(value)), force_grouping=True)
    sign = MINUS if value < 0 else ""
    return f"{sign}{amount}円" if _japanese() else f"{sign}¥{amount}"


@register.filter
def man_yen(value: Number | None) -> str:
    """Ten thousands of yen with one decimal: 703.6 for 7,036,000. The unit (万円 / ¥10k) stands in the heading."""
    return NOTHING if value is None else _signed(value, number_format(Decimal(value) / 10_000, 1, force_grouping=True))


@register.filter
def money(value: Number | None) -> str:
    """Yen short enough for a table: 703.6万円 from 100,000 yen on, whole yen below; ¥7.04M in English."""
    if value is None or -100_000 < value < 100_000:
        return yen(value)
    if _japanese():
        return f"{man_yen(value)}万円"
    sign = MINUS if value < 0 else ""
    size = abs(Decimal(value))
    short = f"{size / 1_000_000:.2f}M" if size >= 1_000_000 else f"{size / 1000:.0f}k"
    return f"{sign}¥{short}"


@register.filter
def signed(value: Number | None, places: int = 0) -> str:
    """A difference with its sign: +22.8, −6.8, ±0."""
    if value is None:
        return NOTHING
    words = number_format(abs(Decimal(str(value))), places, force_grouping=True)
    if not any(digit in words for digit in "123456789"):
        return f"±{words}"
    return f"{'+' if value > 0 else MINUS}{words}"


@register.filter
def grouped(value: Number | None, places: int = 0) -> str:
    """A number with thousands separated: 1,769,900."""
    return NOTHING if value is None else _signed(value, number_format(value, places, force_grouping=True))


@register.filter
def percent(value: Number | None, places: int = 0) -> str:
    """A share 0–1 as a percentage: 0.968 → 97%."""
    return NOTHING if value is None else _signed(value, f"{float(value) * 100:.{places}f}%")


@register.filter
def kilograms(grams: Number | None) -> str:
    """Grams in the unit people use: 405 kg, 1.9 t, 350 g."""
    if grams is None:
        return NOTHING
    if not -1_000_000 < grams < 1_000_000:
        return f"{number_format(Decimal(grams) / 1_000_000, 1, force_grouping=True)} t"
    if not -1000 < grams < 1000:
        return f"{number_format(Decimal(grams) / 1000, 0, force_grouping=True)} kg"
    return f"{round(grams)} g"


@register.filter
def kilometres(metres: Number | None) -> str:
    """Metres as kilometres: 248 km, 2.1 km below ten."""
    if metres is None:
        return NOTHING
    size = Decimal(metres) / 1000
    return f"{number_format(size, 1 if abs(size) < 10 else 0, force_grouping=True)} km"


@register.filter
def duration(minutes: Number | None) -> str:
    """Minutes as people say them: 45分, 3時間20分, 2日4時間 / 45 min, 3 h 20 min, 2 d 4 h."""
    if minutes is None:
        return NOTHING
    days, rest = divmod(abs(round(minutes)), 1440)
    hours, left = divmod(rest, 60)
    units = ("日", "時間", "分") if _japanese() else (" d", " h", " min")
    sizes = [(days, units[0]), (hours, units[1]), (left if not days else 0, units[2])]
    joint = "" if _japanese() else " "
    said = joint.join(f"{size}{unit}" for size, unit in sizes if size) or f"0{units[2]}"
    return f"{MINUS}{said}" if minutes < 0 else said


@register.filter
def elapsed(seconds: Number | timedelta | None) -> str:
    """Seconds of a running computation: 8秒, 1分18秒 / 8 s, 1 min 18 s."""
    if seconds is None:
        return NOTHING
    whole = int(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds)
    minutes, rest = divmod(max(whole, 0), 60)
    if _japanese():
        return f"{minutes}分{rest}秒" if minutes else f"{rest}秒"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


@register.filter
def days(value: Number | None) -> str:
    """A number of days, at most one decimal: 2日, 0.6日 / 2 days, 0.6 days."""
    if value is None:
        return NOTHING
    size = Decimal(str(value)).quantize(Decimal("0.1"))
    words = f"{size.normalize():f}".replace("-", MINUS)
    return ngettext("%(count)s day", "%(count)s days", 1 if size == 1 else 2) % {"count": words}


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@register.filter
def day(value: date | datetime | None) -> str:
    """A day with its weekday: 11/20(金) / Fri 20 Nov."""
    if value is None:
        return NOTHING
    local = _local(value)
    if _japanese():
        return f"{local.month}/{local.day}({WEEKDAYS[local.weekday()]})"
    return f"{local:%a} {local.day} {local:%b}"


@register.filter
def long_day(value: date | datetime | None) -> str:
    """A day with year and weekday: 2026年11月20日(金) / Fri 20 Nov 2026."""
    if value is None:
        return NOTHING
    local = _local(value)
    if _japanese():
        return f"{local.year}年{local.month}月{local.day}日({WEEKDAYS[local.weekday()]})"
    return f"{day(local)} {local.year}"


@register.filter
def clock(value: datetime | time | None) -> str:
    """A time of day in local time: 9:05."""
    if value is None:
        return NOTHING
    local = _local(value) if isinstance(value, datetime) else value
    return f"{local.hour}:{local.minute:02}"  # type: ignore[union-attr]


@register.filter
def moment(value: datetime | None) -> str:
    """A day and a time: 11/20(金) 10:40 / Fri 20 Nov 10:40."""
    return NOTHING if value is None else f"{day(value)} {clock(value)}"


@register.filter
def iso(value: date | datetime | None) -> str:
    """What a `<time datetime="…">` needs, in local time."""
    return "" if value is None else _local(value).isoformat()


# --- frame --------------------------------------------------------------------------------------------------------


@register.filter
def role_name(role: str) -> str:
    """The role of a seat in the reader's language."""
    return str(Role(role).label) if role in Role.values else ""


# --- parts of a page ----------------------------------------------------------------------------------------------


@register.inclusion_tag("_crumbs.html")
def crumbs(*steps: object) -> dict[str, object]:
    """Where this page stands: label, address, label, address, …, label of this page."""
    linked = [{"label": steps[at], "url": steps[at + 1]} for at in range(0, len(steps) - 1, 2)]
    return {"linked": linked, "here": steps[-1] if len(steps) % 2 else ""}


@register.inclusion_tag("_tabs.html")
def tabs(items: Iterable[Tab], label: str = "") -> dict[str, object]:
    """Tabs of a detail page; each is a link."""
    return {"tabs": items, "label": label or gettext("Parts of this page")}


@register.inclusion_tag("_stages.html")
def stages(items: Iterable[Stage], label: str = "") -> dict[str, object]:
    """The line of stages a case passes, or the steps of a longer form."""
    return {"stages": items, "label": label or gettext("Stages")}


@register.inclusion_tag("_stats.html")
def stats(items: Iterable[Stat], label: str = "", inline: bool = False) -> dict[str, object]:
    """Two to eight numbers in one frame; ``inline`` puts the label beside a larger number."""
    return {"stats": items, "label": label or gettext("Numbers now"), "inline": inline}


@register.inclusion_tag("_timeline.html")
def timeline(entries: Iterable[Entry], wide: bool = False) -> dict[str, object]:
    """What happened, newest first; ``wide`` shows full dates."""
    return {"entries": entries, "wide": wide}


@register.inclusion_tag("_pager.html", takes_context=True)
def pager(context: Context, page: "Page[Any]", name: str = "page") -> dict[str, object]:
    """Links to the other pages of a list, keeping search, filters and order of the address."""
    pages = [
        {"number": number, "url": _address(context, **{name: number}) if isinstance(number, int) else ""}
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
    return {
        "page": page,
        "pages": pages,
        "before": _address(context, **{name: page.previous_page_number()}) if page.has_previous() else "",
        "after": _address(context, **{name: page.next_page_number()}) if page.has_next() else "",
    }


@register.inclusion_tag("_sort_header.html", takes_context=True)
def sort_header(context: Context, key: str, label: str, classes: str = "", name: str = "sort") -> dict[str, object]:
    """A `<th>` that sorts by ``key``: the address carries ``sort=key`` or ``sort=-key`` and starts at page 1."""
    now = context["request"].GET.get(name) or context.get("sort", "")
    direction = "ascending" if now == key else "descending" if now == f"-{key}" else "none"
    target = f"-{key}" if now == key else key
    return {
        "label": label,
        "classes": classes,
        "direction": direction,
        "url": _address(context, page=None, **{name: target}),
    }


@register.simple_tag(takes_context=True)
def address(context: Context, **changes: object) -> str:
    """The address of this page with some parameters changed; None takes one away. `{% address page=2 %}`"""
    return _address(context, **changes)


def _address(context: Context, **changes: object) -> str:
    asked = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None or value == "":
            asked.pop(key, None)
        else:
            asked[key] = str(value)
    return f"?{asked.urlencode()}" if asked else "?"


@register.inclusion_tag("_hidden_fields.html", takes_context=True)
def keep(context: Context, *names: str) -> dict[str, object]:
    """Hidden fields carrying ``names`` of the present address through a GET form."""
    asked = context["request"].GET
    return {"fields": [(name, value) for name in names for value in asked.getlist(name) if value]}


# --- surfaces with content ----------------------------------------------------------------------------------------


@register.simple_block_tag
def panel(
    content: str,
    title: str,
    ident: str = "",
    note: str = "",
    url: str = "",
    link: str = "",
    mark: str = "",
    flush: bool = False,
    level: int = 2,
    classes: str = "",
) -> SafeString:
    """A framed part of a page: `{% panel "Parts" note="…" url=… link="All" %}…{% endpanel %}`.

    ``mark`` is a drawn tag for the head. ``flush`` leaves out the inner margin, for tables and lists.
    """
    values = {
        "content": content,
        "title": title,
        "ident": ident,
        "note": note,
        "url": url,
        "link": link,
        "mark": mark,
        "flush": flush,
        "level": level,
        "classes": classes,
    }
    return render_to_string("_panel.html", values)


@register.simple_block_tag
def note(content: str, tone: str = "info", title: str = "") -> SafeString:
    """A remark in the flow of a page. ``tone``: info, ok, warn or late."""
    signs = {"info": "info", "ok": "check", "warn": "warning", "late": "warning"}
    return render_to_string(
        "_note.html", {"content": mark_safe(content.strip()), "tone": tone, "title": title, "icon": signs[tone]}
    )


@register.simple_block_tag
def dialog(content: str, ident: str, title: str) -> SafeString:
    """A dialog opened by `<button popovertarget="IDENT">`; it needs no script and closes by Escape."""
    return render_to_string("_dialog.html", {"content": content, "ident": ident, "title": title})

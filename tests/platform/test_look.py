"""What templates write with: words for numbers and days, marks, figures, and colours that can be read."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from zagumi.platform.core.templatetags import figures, patterns, ui


def drawn(source: str, address: str = "/", **values: object) -> str:
    request: HttpRequest = RequestFactory().get(address)
    return Template("{% load ui figures patterns %}" + source).render(Context({"request": request, **values}))


@pytest.mark.parametrize(
    ("source", "japanese", "english"),
    [
        ("{{ 342760|yen }}", "342,760円", "¥342,760"),
        ("{{ v|yen }}", "−5円", "−¥5"),
        ("{{ 7036000|money }}", "703.6万円", "¥7.04M"),
        ("{{ 99999|money }}", "99,999円", "¥99,999"),
        ("{{ 22.84|signed:1 }}", "+22.8", "+22.8"),
        ("{{ 0.01|signed:1 }}", "±0.0", "±0.0"),
        ("{{ 0.968|percent:1 }}", "96.8%", "96.8%"),
        ("{{ 405000|kilograms }}", "405 kg", "405 kg"),
        ("{{ 1900000|kilograms }}", "1.9 t", "1.9 t"),
        ("{{ 2100|kilometres }}", "2.1 km", "2.1 km"),
        ("{{ 200|duration }}", "3時間20分", "3 h 20 min"),
        ("{{ 3120|duration }}", "2日4時間", "2 d 4 h"),
        ("{{ 0|duration }}", "0分", "0 min"),
        ("{{ 78|elapsed }}", "1分18秒", "1 min 18 s"),
        ("{{ 1|days }}", "1日", "1 day"),
        ("{{ 0.6|days }}", "0.6日", "0.6 days"),
        ("{{ when|day }}", "11/20(金)", "Fri 20 Nov"),
        ("{{ when|long_day }}", "2026年11月20日(金)", "Fri 20 Nov 2026"),
        ("{{ when|moment }}", "11/20(金) 1:05", "Fri 20 Nov 1:05"),
        ("{{ nothing|yen }}{{ nothing|day }}{{ nothing|percent }}", "———", "———"),
    ],
)
def test_numbers_and_days_are_said_as_the_reader_says_them(source: str, japanese: str, english: str) -> None:
    # 16:05 in Greenwich is already the next day in Japan.
    values = {"v": -5, "when": datetime(2026, 11, 19, 16, 5, tzinfo=UTC), "nothing": None}
    for language, expected in (("ja", japanese), ("en", english)):
        with translation.override(language):
            assert drawn(source, **values) == expected


def test_elapsed_takes_a_span_too() -> None:
    with translation.override("ja"):
        assert ui.elapsed(timedelta(seconds=8)) == "8秒"


def test_every_kind_of_status_has_an_icon_of_the_sprite_or_none() -> None:
    path = finders.find("icons/icons.svg")
    assert isinstance(path, str)
    sprite = Path(path).read_text(encoding="utf-8")
    signs = [sign for _, sign in (*ui.TONES.values(), *ui.PROOFS.values()) if sign]
    assert len(signs) > 20
    assert not [sign for sign in signs if f'id="{sign}"' not in sprite]


def test_a_tag_escapes_its_words() -> None:
    shown = drawn("{% tag 'late' words %}{% letter words words %}{% meter 1 2 words %}", words="<b>1日</b>")
    assert "<b>1日" not in shown
    assert shown.count("&lt;b&gt;1日") == 5


def test_part_letters_have_their_own_tint_and_assembly_is_dark() -> None:
    assert ui.part_class("A") == "part-a"
    assert ui.part_class("G") == "part-a"
    assert ui.part_class("Z") == ui.part_class("組立") == ui.part_class("") == "part-z"


def test_sorting_keeps_the_search_turns_round_and_goes_to_the_first_page() -> None:
    assert 'aria-sort="none"><a class="sort" href="?q=a&amp;sort=due"' in drawn(
        "{% sort_header 'due' 'Due' %}", "/?q=a&page=3"
    )
    assert 'aria-sort="ascending"><a class="sort" href="?sort=-due"' in drawn(
        "{% sort_header 'due' 'Due' %}", "/?sort=due"
    )
    assert 'aria-sort="descending"' in drawn("{% sort_header 'due' 'Due' %}", sort="-due")


def test_the_pager_keeps_the_address_and_marks_the_page() -> None:
    shown = drawn("{% pager page %}", "/?q=a&page=5", page=Paginator(range(240), 20).page(5))
    assert 'href="?q=a&amp;page=4" rel="prev"' in shown
    assert shown.count('aria-current="page"') == 1
    assert drawn("{% pager page %}", page=Paginator(range(3), 20).page(1)).strip() == ""


def test_the_due_ruler_says_its_meaning_and_stays_on_the_paper() -> None:
    with translation.override("en"):
        late = figures.due_ruler(-400, 30)
    assert 'aria-label="400 days late"' in late
    assert "is-late" in late
    assert 'cx="172.0"' in late


def test_numbers_over_a_short_range_do_not_touch() -> None:
    shown = figures.range_bar((0, 600), (300, 301), unit="mm")
    left, right = (float(x) for x in re.findall(r'<text x="([\d.]+)"', shown))
    assert right - left >= 8 * (len("301mm") + len("300")) / 2


def test_a_process_graph_lays_steps_from_left_to_right_without_overlap() -> None:
    steps, links = patterns._steps(), patterns._links()
    graph = figures.process_graph(steps, links)
    places = {node["step"].key: (node["column"], node["row"]) for node in graph["nodes"]}  # type: ignore[attr-defined]
    assert len(set(places.values())) == len(steps)
    assert all(places[link.source][0] < places[link.target][0] for link in links)


def test_every_step_of_a_graph_says_what_it_follows() -> None:
    steps = [figures.Step("a", "10 旋削", part="A"), figures.Step("b", "20 <焼入れ>", part="A")]
    shown = drawn("{% process_graph steps links %}", steps=steps, links=[figures.Link("a", "b", moves=True)])
    assert "10 旋削</span>" in shown
    assert "20 &lt;焼入れ&gt;" in shown
    assert "#truck" in shown


def test_text_can_be_read_on_every_ground() -> None:
    assert len(patterns.COLOURS) > 15
    weak = {pair: patterns.contrast(*pair) for pair in patterns.COLOURS if patterns.contrast(*pair) < 5.7}
    assert not weak


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_pattern_page_is_drawn(language: str) -> None:
    with translation.override(language):
        shown = drawn("{% include 'patterns.html' %}")
    assert shown.count("<h1>") == 1
    assert shown.count('class="bar ') > 40
    # The content security policy allows neither style elements, nor scripts or event handlers in the page.
    assert "<style" not in shown
    assert all("src=" in start for start in re.findall(r"<script[^>]*>", shown))
    assert not re.search(r"\son[a-z]+=", shown)

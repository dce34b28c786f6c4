"""The report: complete in both languages, self-contained, accessible, and small for big plans."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.cli.sentences import sentences, values
from zagumi.engine.insight.alternatives import LABELS, alternatives
from zagumi.engine.insight.compare import against_actual
from zagumi.engine.plan.check import check
from zagumi.engine.plan.plan import Plan, SubLot, Transfer
from zagumi.engine.problem import Case, Company, Link, Machine, Operation, Option, Policy, Problem, Site, Weights
from zagumi.engine.read.formats import read_file
from zagumi.engine.read.shoplog.actual import CAVEATS
from zagumi.engine.read.shoplog.problem import read_shoplog
from zagumi.engine.report.axis import axis
from zagumi.engine.report.charts import progress
from zagumi.engine.report.gantt import MOST_BARS
from zagumi.engine.report.japanese import JAPANESE
from zagumi.engine.report.language import Clock, Language
from zagumi.engine.report.page import LINKS, html
from zagumi.engine.report.sections import KINDS, summary
from zagumi.engine.report.story import Rival, Story, rival
from zagumi.engine.sample import sample
from zagumi.engine.solve.limits import Limits
from zagumi.engine.solve.result import BOUNDS, Progress
from zagumi.engine.solve.solve import solve

EXAMPLES = Path(__file__).parents[2] / "examples"
VOID = {"meta"}


@cache
def town() -> Story:
    problem = sample(12, 4, 7)
    history: list[Progress] = []
    result = solve(problem, Limits(seconds=3, steps=100), report=history.append)
    assert result.plan is not None
    history = [*history, replace(history[-1], seconds=history[-1].seconds + 1)]
    rival = Rival("cheapest", result.plan, "two days")
    return Story(problem, result.plan, Language("en"), result, history, (rival,), made="made by a test")


class Page(HTMLParser):
    """The page's tags, checked for balance; its ids, links, images and texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.svgs: list[dict[str, str | None]] = []
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in given and tag != "pattern":
            self.ids.append(given["id"] or "")
        if tag == "a":
            self.links.append(given["href"] or "")
        if tag == "svg":
            self.svgs.append(given)
        assert not {"src", "onclick", "onload"} & given.keys()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.texts.append(data)


# ---------------------------------------------------------------------------------------------------- language


def test_every_sentence_of_the_report_has_japanese() -> None:
    used = {*sentences("engine/report"), *KINDS.values(), *LABELS.values(), *CAVEATS, *(title for _, title in LINKS)}
    used |= set(BOUNDS)
    assert {text for text in used if text not in JAPANESE} == set()
    assert {text for text in JAPANESE if text not in used} == set(), "no longer used"


def test_japanese_takes_the_same_values() -> None:
    assert {text for text, japanese in JAPANESE.items() if values(text) != values(japanese)} == set()


def test_durations_money_and_moments_are_said_as_people_do() -> None:
    ja, en = Language("ja"), Language("en")
    assert [ja.duration(m) for m in (0, 59, 61, 1440, 1500, -90)] == [
        "0分",
        "59分",
        "1時間1分",
        "1日",
        "1日1時間",
        "-1時間30分",
    ]
    assert [en.duration(m) for m in (0, 59, 61, 1441)] == ["0 min", "59 min", "1 h 1 min", "1 d 1 min"]
    assert (ja.yen(99_999), ja.yen(2_094_191), en.yen(-5)) == ("99,999円", "209.4万円", "-¥5")
    assert (ja.list(("a", "b", "c"), 2), en.list(("a", "b"), 2)) == ("a、b ほか1件", "a, b")
    clock = Clock(replace(town().problem, origin="2026-04-06T00:00"), ja)
    assert clock.moment(1440 + 65) == "4/7(火) 01:05"
    assert Clock(replace(town().problem, origin="whenever"), en).moment(1234) == "minute 1,234"


# ---------------------------------------------------------------------------------------------------- the page


@pytest.mark.parametrize("code", ["ja", "en"])
def test_the_page_stands_alone_and_is_well_formed(code: str) -> None:
    page = html(replace(town(), say=Language(code)))
    found = Page(page)
    assert f'<html lang="{code}">' in page
    assert "http" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    assert "@import" not in page
    assert "url(" not in re.sub(r"url\(#[\w-]+\)", "", page)
    assert "script" not in found.tags
    assert len(found.ids) == len(set(found.ids))
    assert {link.removeprefix("#") for link in found.links} <= set(found.ids)
    assert not [text for text in found.texts if "None" in text or re.search(r"\{\w*\}", text)]
    assert "made by a test" in found.texts


def test_every_drawing_has_a_text_alternative_and_every_table_a_caption() -> None:
    found = Page(html(town()))
    drawings = [svg for svg in found.svgs if svg.get("aria-hidden") != "true"]
    assert len(drawings) >= 4
    assert all(svg["role"] == "img" and svg["aria-label"] for svg in drawings)
    assert found.tags.count("table") == found.tags.count("caption")


def test_each_sub_lot_is_a_bar_with_its_sentence() -> None:
    story = town()
    page = html(story)
    for sublot in story.plan.sublots:
        if sublot.start < sublot.end:
            assert f"<title>{story.sentence(sublot)}</title>" in page


def test_names_from_outside_cannot_write_into_the_page() -> None:
    story = town()
    evil = '<script>alert("x")</script>'
    problem = replace(
        story.problem,
        name=evil,
        companies=tuple(replace(company, name=evil) for company in story.problem.companies),
        cases=tuple(replace(case, name=evil) for case in story.problem.cases),
        operations=tuple(replace(operation, name=evil) for operation in story.problem.operations),
    )
    page = html(replace(story, problem=problem, rivals=(Rival(evil, story.plan, evil),), made=evil))
    assert evil not in page
    assert "&lt;script&gt;" in page
    Page(page)


def test_the_summary_says_how_many_are_late() -> None:
    story = town()
    loose = tuple(replace(case, due=story.problem.horizon) for case in story.problem.cases)
    early = replace(story, problem=replace(story.problem, cases=loose))
    assert summary(early).startswith("All 4 cases with a date keep it; ")
    tight = tuple(replace(case, due=case.release) for case in story.problem.cases)
    late = replace(story, problem=replace(story.problem, cases=tight))
    assert summary(late).startswith("0 of 4 cases keep their date, 4 are late, the latest (")
    page = html(late)
    assert '<section id="late"' in page
    assert page.count('class="due"') == len({case.due for case in tight})


def test_alternatives_say_what_they_give_up() -> None:
    problem = town().problem
    found = alternatives(problem, Limits(seconds=4, steps=200), count=3)
    assert len(found) >= 2
    assert any(alternative.gives_up for alternative in found)
    for alternative in found:
        shown = rival(alternative, Language("ja"))
        assert shown is not None
        assert bool(shown.gives_up) == bool(alternative.gives_up)
        change = alternative.differs[0]
        assert f"座組みの違い {change.case}:" in shown.differs
        assert all(name in shown.differs for name in (*change.joined, *change.left))
        assert "{" not in shown.gives_up
    names = [rival(alternative, Language("en")).name for alternative in found]  # type: ignore[union-attr]
    page = html(replace(town(), rivals=tuple(rival(a, Language("en")) for a in found)))  # type: ignore[misc]
    assert all(f"<b>{name}</b>" in page for name in names)


def test_classic_problems_speak_of_the_makespan_alone() -> None:
    problem = read_file(EXAMPLES / "benchmarks" / "fjsp" / "kacem1.txt").problem
    result = solve(problem, Limits(seconds=5))
    assert result.plan is not None
    page = html(Story(problem, result.plan, Language("ja"), result))
    assert f"{result.objective}" in page
    assert "運送費" not in page
    assert '<section id="map"' not in page
    Page(page)


def test_the_log_is_compared_with_reality_and_its_caveats() -> None:
    log = read_shoplog(EXAMPLES / "shoplog" / "production_log.csv")
    result = solve(log.problem, Limits(seconds=5, steps=1))
    assert result.plan is not None
    against = against_actual(log.problem, result.plan, log.actual)
    page = html(Story(log.problem, result.plan, Language("en"), result, actual=against))
    assert '<section id="reality"' in page
    for caveat in CAVEATS:
        assert caveat.replace("'", "&#x27;") in page
    assert page.count("<circle") >= 220
    assert len(page) < 2_000_000
    Page(page)


def test_big_plans_stay_small_and_say_what_they_leave_out() -> None:
    """600 cases of 10 steps on 120 machines: the busiest machines, a stated number of rows."""
    count, steps, machines = 600, 10, 120
    operations, sublots, transfers = [], [], []
    free = [0] * machines
    for case in range(count):
        ready = 0
        for step in range(steps):
            name, machine = f"{case}-{step}", (case * 7 + step * 11) % machines
            after = (Link(f"{case}-{step - 1}"),) if step else ()
            operations.append(
                Operation(name, f"{case}", (Option(f"M{machine}", 5, 30.0),), after=after, name="turning")
            )
            start = max(ready, free[machine])
            sublots.append(SubLot(name, 1, f"M{machine}", 1, start, start + 35, 5))
            if step:
                transfers.append(Transfer(f"{case}-{step - 1}", 1, name, 1, 1, ready, ready))
            ready = free[machine] = start + 35
    problem = Problem(
        companies=(Company("one"),),
        sites=(Site("one", "one"),),
        machines=tuple(Machine(f"M{at}", "one") for at in range(machines)),
        cases=tuple(Case(f"{case}", due=500) for case in range(count)),
        operations=tuple(operations),
        horizon=100_000,
        origin="2026-04-06",
        policy=Policy(weights=Weights()),
    )
    plan = Plan(tuple(sublots), tuple(transfers))
    assert check(problem, plan) == ()
    page = html(Story(problem, plan, Language("en")))
    assert len(page.encode()) < 5_000_000
    assert page.count("<g><title>") <= MOST_BARS
    assert "busiest of 120 used machines" in page
    assert "The first 2,000 of 6,000 entries" in page
    assert "The 500 cases with the least slack of 600 are listed." in page
    Page(page)


def test_an_axis_runs_forward_and_makes_closed_days_narrow() -> None:
    problem = replace(town().problem, origin="2026-04-06T00:00")  # a Monday
    open_days = tuple((day * 1440 + 480, day * 1440 + 1020) for day in range(14) if day % 7 < 5)
    scale = axis(Clock(problem, Language("en")), 0, 14 * 1440, [open_days])
    places = [scale.x(minute) for minute in range(0, 14 * 1440, 60)]
    assert places == sorted(places)
    monday = scale.x(1440) - scale.x(0)
    sunday = scale.x(7 * 1440) - scale.x(6 * 1440)
    assert sunday < monday / 3
    assert scale.x(-5) == 0
    assert scale.x(10**6) == scale.width
    short = axis(Clock(problem, Language("en")), 480, 600, [open_days])
    assert short.x(540) - short.x(480) == pytest.approx(40)
    plain = axis(Clock(replace(problem, origin=""), Language("en")), 0, 40, [])
    assert plain.x(40) == plain.width


@pytest.mark.parametrize(
    ("objectives", "bound", "drawn"),
    [((1_431_699_080, 1_420_259_825), 1_398_462_265, True), ((500, 500), 400, True), ((1000, 990), 100, False)],
)
def test_the_course_of_the_search_shows_a_bound_where_it_lies(
    objectives: tuple[int, ...], bound: int, drawn: bool
) -> None:
    history = [Progress(1.0 + at, "search", value, bound * at, "tree") for at, value in enumerate(objectives)]
    found = progress(history, Language("ja"))
    assert ('class="bound"' in found) == drawn
    assert (f"↓ {bound:,}" in found) != drawn
    place = re.search(r'<text x="([\d.]+)" y="12"', found)
    assert place is not None
    assert float(place[1]) > 8 * len(f"{objectives[0]:,}")  # room for the largest figure

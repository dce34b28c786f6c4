"""How sure dates are, and what more certainty costs: tables on the terminal, JSON."""

from __future__ import annotations

import sys
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from zagumi.cli.console import say
from zagumi.cli.console.summary import measures_document
from zagumi.engine.insight.risk import Forecast
from zagumi.engine.insight.robust import Point, Robust
from zagumi.engine.problem import Problem
from zagumi.engine.report.story import Story

CASES_UP_TO = 20
WIDTH = 120  # of a table in a file or a pipe


def show(story: Story, seen: Forecast, found: Robust | None) -> None:
    """For people: the cases, the least sure first; then what certainty costs."""
    _show_cases(story, seen)
    if found is not None:
        _show_curve(story, found)


def _show_cases(story: Story, seen: Forecast) -> None:
    from rich.console import Console
    from rich.table import Table

    words, clock = story.say, story.clock
    table = Table(
        *words.each("Case", "Due", "On time", "Middle", "Nine of ten by", "Slack short"), box=None, pad_edge=False
    )
    dated = [prospect for prospect in seen.cases.values() if story.problem.case[prospect.case].due is not None]
    for prospect in sorted(dated, key=lambda each: (each.on_time, -each.short, each.case))[:CASES_UP_TO]:
        table.add_row(
            prospect.case,
            clock.moment(story.problem.case[prospect.case].due or 0),
            words.percent(prospect.on_time),
            clock.moment(prospect.middle),
            clock.moment(prospect.late),
            words.duration(prospect.short) if prospect.short else "—",
        )
    Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else WIDTH).print(table)
    if len(dated) > CASES_UP_TO:
        print(say("… the {count} least sure cases of {all}", count=CASES_UP_TO, all=len(dated)))
    print(say("All dates together: {share}", share=words.percent(seen.every)))


def _show_curve(story: Story, found: Robust) -> None:
    from rich.console import Console
    from rich.table import Table

    words = story.say
    print(say("What certainty costs, in courses that the search has not seen:"))
    table = Table(
        *words.each("Cost", "More", "Each date", "All dates", "Each further percent"), box=None, pad_edge=False
    )
    for point, price in zip(found.curve, _prices(found), strict=True):
        more = point.cost_yen - found.given.cost_yen
        table.add_row(
            words.yen(point.cost_yen),
            words.signed(more, words.yen(more)),
            words.percent(point.least),
            words.percent(point.every),
            "—" if price is None else words.yen(price),
        )
    Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else WIDTH).print(table)
    target = words.percent(found.target)
    if found.chosen is None:
        print(say("No plan was found that is {target} sure; the surest is the last one.", target=target))
    else:
        more = found.chosen.cost_yen - found.given.cost_yen
        yen = words.signed(more, words.yen(more))
        print(say("{target} is reached for {yen}.", target=target, yen=yen))


def _sure(found: Robust, point: Point) -> float:
    return point.every if found.together else point.least


def _prices(found: Robust) -> list[int | None]:
    """Yen for each percent that a point is surer than the one before; None for the first."""
    prices: list[int | None] = [None]
    for before, after in pairwise(found.curve):
        percent = 100 * (_sure(found, after) - _sure(found, before))
        prices.append(round((after.cost_yen - before.cost_yen) / percent))
    return prices


def document(problem: Problem, seen: Forecast, found: Robust | None) -> dict[str, Any]:
    """Both as JSON; probabilities from 0 to 1, minutes after the origin."""
    whole: dict[str, Any] = {
        "cases": [{**asdict(each), "due": problem.case[each.case].due} for each in seen.cases.values()],
        "least": seen.least,
        "every": seen.every,
    }
    if found is None:
        return whole
    points = [
        {
            "cost_yen": point.cost_yen,
            "more_yen": point.cost_yen - found.given.cost_yen,
            "least": point.least,
            "every": point.every,
            "yen_per_percent": price,
            "on_time": dict(point.on_time),
            "measures": measures_document(point.measures, problem),
        }
        for point, price in zip(found.curve, _prices(found), strict=True)
    ]
    chosen = None if found.chosen is None else found.curve.index(found.chosen)
    return {
        **whole,
        "target": found.target,
        "together": found.together,
        "reached": found.chosen is not None,
        "chosen": chosen,
        "searches": found.rounds,
        "curve": points,
    }

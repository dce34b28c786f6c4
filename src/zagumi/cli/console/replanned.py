"""What became of a plan that was mended: a few lines and a table on the terminal, JSON."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

from zagumi.cli.console import say
from zagumi.engine.insight.replan import Replanned
from zagumi.engine.report.language import Language

SHOWN_UP_TO = 25


def show(found: Replanned, words: Language) -> None:
    """For people: what moved, what it costs, and the cases that are done at another time, the latest first."""
    from rich.console import Console
    from rich.table import Table

    moved, all_ = len(found.moved), len(found.moved) + found.unmoved
    print(
        say(
            "{moved} of {all} operations move, {unmoved} stay ({share})",
            moved=moved,
            all=all_,
            unmoved=found.unmoved,
            share=words.percent(found.unmoved / all_ if all_ else 1.0, 2),
        )
    )
    print(
        say(
            "against the plan in force: {yen}, CO2 {co2}, lateness {late}",
            yen=words.signed(found.extra_yen, words.yen(found.extra_yen)),
            co2=words.signed(found.extra_co2_g, words.grams(found.extra_co2_g)),
            late=words.signed(found.extra_tardiness_yen, words.yen(found.extra_tardiness_yen)),
        )
    )
    table = Table(*words.each("Case", "Done", "Late before", "Late now"), box=None, pad_edge=False)
    cases = sorted(found.cases, key=lambda case: (-case.new_tardy_minutes, case.case))
    for case in cases[:SHOWN_UP_TO]:
        before = "—" if case.tardy_minutes is None else words.duration(case.tardy_minutes)
        if case.completion is None:
            later = say("new")
        else:
            gain = case.new_completion - case.completion
            later = f"{'+' if gain > 0 else '-' if gain < 0 else ''}{words.duration(abs(gain))}"
        table.add_row(case.case, later, before, words.duration(case.new_tardy_minutes))
    if cases:
        Console(file=sys.stdout, highlight=False).print(table)
    if len(cases) > SHOWN_UP_TO:
        print(say("… {count} of {all} cases (all of them with --json)", count=SHOWN_UP_TO, all=len(cases)))


def document(found: Replanned) -> dict[str, Any]:
    """The answer as JSON."""
    result = found.result
    return {
        "status": str(result.status),
        "objective": result.objective,
        "seconds": round(result.seconds, 3),
        "checked": True,
        "moved": list(found.moved),
        "unmoved": found.unmoved,
        "cases": [asdict(case) for case in found.cases],
        "late_minutes": {
            "before": sum(case.tardy_minutes or 0 for case in found.cases),
            "after": sum(case.new_tardy_minutes for case in found.cases),
        },
        "extra_yen": found.extra_yen,
        "extra_co2_g": found.extra_co2_g,
        "extra_tardiness_yen": found.extra_tardiness_yen,
        "stability": found.problem.policy.weights.stability,
    }

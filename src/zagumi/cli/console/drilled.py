"""What a drill found: a table on the terminal, CSV, JSON."""

from __future__ import annotations

import csv
import io
import sys
from dataclasses import asdict, replace
from typing import Any

from zagumi.cli.console import language, say, wording
from zagumi.engine.insight.drill import Drill
from zagumi.engine.insight.failure import Failure, Kind
from zagumi.engine.insight.recovery import Fate, Gap, Outcome
from zagumi.engine.report.story import Story
from zagumi.engine.solve.result import Reason

SHOWN_UP_TO = 25
GAPS_UP_TO = 15
WIDTH = 120  # of the table in a file or a pipe
DISARMED = ("=", "+", "-", "@", "\t", "\r")  # a table program would take a cell that begins so for a formula

KINDS = {
    Kind.MACHINE: "machine",
    Kind.COMPANY: "company",
    Kind.SITE: "site",
    Kind.VEHICLE: "vehicle",
    Kind.DISTRICT: "district",
}


def show(story: Story, found: Drill) -> None:
    """For people: the failures that hurt, the worst first, and what nobody else can do."""
    from rich.console import Console
    from rich.table import Table

    words = story.say
    noticed = [outcome for outcome in found.outcomes if outcome.cases]
    heads = words.each("Failure", "Hit", "Pieces", "Cases", "Lost", "Recovered", "Late", "Days", "Cost", "CO2", "Moved")
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(heads[0], overflow="fold", min_width=16)
    for head in heads[1:]:
        table.add_column(head, justify="right", no_wrap=True)
    for outcome in noticed[:SHOWN_UP_TO]:
        lost, unplanned = (len(outcome.with_fate(fate)) for fate in (Fate.LOST, Fate.UNPLANNED))
        table.add_row(
            _name(outcome.failure),
            f"{outcome.sublots:,}",
            f"{outcome.pieces:,}",
            f"{sum(case.sublots > 0 for case in outcome.cases)}",
            f"{lost}" + (f"+{unplanned}?" if unplanned else ""),
            f"{len(outcome.recovered)}",
            f"{len(outcome.with_fate(Fate.LATE))}",
            f"{outcome.later_minutes / 1440:,.1f}",
            words.signed(outcome.extra_yen, words.yen(outcome.extra_yen)),
            words.signed(outcome.extra_co2_g, words.grams(outcome.extra_co2_g)),
            f"{outcome.moved:,}",
        )
    if noticed:
        width = None if sys.stdout.isatty() else WIDTH
        Console(file=sys.stdout, highlight=False, width=width).print(table)
    if len(noticed) > SHOWN_UP_TO:
        print(
            say("… the worst {count} of {all} (all of them with --json or --csv)", count=SHOWN_UP_TO, all=len(noticed))
        )
    print(say("{count} failures that the plan does not notice.", count=len(found.outcomes) - len(noticed)))
    if any(outcome.with_fate(Fate.UNPLANNED) for outcome in noticed):
        print(say("?: no plan was found for these cases in the time given, and none is excluded."))
    _show_gaps(story, noticed)


def _show_gaps(story: Story, noticed: list[Outcome]) -> None:
    gaps = [(outcome.failure, gap) for outcome in noticed for gap in outcome.gaps]
    if gaps:
        print(say("Nobody else can do:"))
    for failure, gap in gaps[:GAPS_UP_TO]:
        what = gap.case if gap.operation is None else story.operation(gap.operation)
        print(f"  {_name(failure)}: {what}: {_reason(gap)}")
    if len(gaps) > GAPS_UP_TO:
        print(say("  … and {count} more (all of them with --json)", count=len(gaps) - GAPS_UP_TO))


def _reason(gap: Gap) -> str:
    return wording.reason(Reason(gap.rule, (), gap.text), language())


def _name(failure: Failure) -> str:
    return f"{say(KINDS[failure.kind])} {failure.id}"


def left_out(found: Drill) -> list[str]:
    """What was asked for and not answered."""
    lines = [say("There is no {kind} in this problem.", kind=say(KINDS[kind])) for kind in found.absent]
    if found.untried:
        lines.append(say("{count} failures were not reached in the time given: allow more.", count=len(found.untried)))
    return lines


def document(found: Drill) -> dict[str, Any]:
    """The drill as JSON; minutes, yen and grams are those that the failure adds."""
    return {
        "failures": [_document(outcome) for outcome in found.outcomes],
        "untried": [asdict(failure) for failure in found.untried],
        "absent": [str(kind) for kind in found.absent],
    }


def _document(outcome: Outcome) -> dict[str, Any]:
    whole = asdict(replace(outcome, plan=None))
    del whole["plan"]
    for case, told in zip(outcome.cases, whole["cases"], strict=True):
        told["later_minutes"] = case.later_minutes
    sums = {
        "sublots": outcome.sublots,
        "pieces": outcome.pieces,
        "recovered": len(outcome.recovered),
        "later_minutes": outcome.later_minutes,
    }
    return {**whole.pop("failure"), **sums, **whole}


def table(found: Drill) -> str:
    """A row for each failure, for table programs (with a byte order mark)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    fates = [str(fate) for fate in Fate]
    writer.writerow(
        ["rank", "kind", "id", "start", "end", "sublots", "pieces", "recovered", *fates, "later_minutes", "extra_yen",
         "extra_tardiness_yen", "extra_co2_g", "moved", "later_cases", "gaps"]
    )  # fmt: skip
    for rank, outcome in enumerate(found.outcomes, 1):
        failure = outcome.failure
        later = [f"{case.case} {case.later_minutes}" for case in outcome.cases if case.later_minutes]
        gaps = [" ".join((gap.operation or gap.case, gap.process, gap.rule)) for gap in outcome.gaps]
        writer.writerow(
            [rank, failure.kind, _disarmed(failure.id), failure.start, failure.end, outcome.sublots, outcome.pieces,
             len(outcome.recovered), *(len(outcome.with_fate(fate)) for fate in Fate), outcome.later_minutes,
             outcome.extra_yen, outcome.extra_tardiness_yen, outcome.extra_co2_g, outcome.moved,
             _disarmed("; ".join(later)), _disarmed("; ".join(gaps))]
        )  # fmt: skip
    return "\ufeff" + text.getvalue()


def _disarmed(text: str) -> str:
    return f"'{text}" if text.startswith(DISARMED) else text

"""A plan in a few lines on the terminal, and as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from zagumi.cli import console
from zagumi.cli.console import INFEASIBLE, NO_PLAN, say, wording
from zagumi.engine.files import plan_to_json
from zagumi.engine.plan.cost import Measures
from zagumi.engine.problem import Problem
from zagumi.engine.read.formats import Given
from zagumi.engine.report import sections
from zagumi.engine.report.story import Rival, Story
from zagumi.engine.solve.result import Result, Status

CASES_UP_TO = 15


def print_plan(story: Story) -> None:
    """The plan for people: the sentence, how good it is, the cases with the least slack, where it is tight."""
    print(sections.summary(story))
    _print_search(story)
    if story.is_classic:
        return
    _print_cases(story)
    if story.bottleneck is not None:
        load = story.bottleneck
        print(
            say(
                "Bottleneck: {machine} ({company}), {share} taken, waits {time}",
                machine=story.machine(load.machine),
                company=story.company(load.company),
                share=story.say.percent(load.share, 0),
                time=story.say.duration(load.waited_minutes),
            )
        )
    _print_reality(story)
    for rival in story.rivals:
        print(f"- {rival.name}: " + story.say.clauses((rival.gives_up, rival.differs)))


def without_plan(given: Given, result: Result, *, wants_json: bool) -> int:
    """Say why there is no plan; the exit code."""
    if result.status is Status.INFEASIBLE:
        console.complain(say("No plan is possible:"))
        for reason in result.reasons:
            console.complain("  " + wording.reason(reason, console.language()))
    else:
        console.complain(say("No plan was found within the limits, and none is excluded: allow more time."))
    if wants_json:
        console.answer(result_document(given, result, checked=False))
    return INFEASIBLE if result.status is Status.INFEASIBLE else NO_PLAN


def _print_search(story: Story) -> None:
    result = story.result
    if result is None or result.objective is None:
        return
    for level in result.levels:
        print(
            say(
                "first {measure}: {value}, no plan as good before it below {bound}",
                measure=level.measure,
                value=f"{level.value:,}",
                bound=f"{level.bound:,}",
            )
        )
    print(
        say(
            "objective {objective}, no plan below {bound} ({by}), gap {gap}",
            objective=f"{result.objective:,}",
            bound=f"{result.bound:,}",
            by=story.say.lookup(result.bound_by),
            gap=story.say.percent(result.gap),
        )
    )
    first = "—" if result.first_plan_seconds is None else f"{result.first_plan_seconds:.2f}"
    ended = f"{result.seconds:.1f}"
    print(say("first plan after {first} s, search ended after {ended} s; judged: no fault", first=first, ended=ended))


def _print_cases(story: Story) -> None:
    from rich.console import Console
    from rich.table import Table

    words = story.say
    table = Table(*words.each("Case", "Done", "Due", "Slack", "Cost", "Companies"), box=None, pad_edge=False)
    cases = sorted(story.measures.cases, key=lambda case: (case.slack is None, case.slack or 0, case.case))
    for case in cases[:CASES_UP_TO]:
        due = story.problem.case[case.case].due
        slack = "—" if case.slack is None else words.duration(case.slack)
        table.add_row(
            case.case,
            story.clock.moment(case.completion),
            "—" if due is None else story.clock.moment(due),
            say("{time} late", time=words.duration(case.tardy_minutes)) if case.tardy_minutes else slack,
            words.yen(case.cost_yen),
            words.list(tuple(story.company(name) for name in case.companies), 3),
        )
    Console(file=sys.stdout, highlight=False).print(table)
    if len(cases) > CASES_UP_TO:
        print(say("… the {count} cases with the least slack of {all}", count=CASES_UP_TO, all=len(cases)))


def _print_reality(story: Story) -> None:
    found, words = story.actual, story.say
    if found is None:
        return
    print(
        say(
            "Against reality: {sooner} of {all} orders sooner, {later} later; "
            "lead time {planned}, really {real} (medians); "
            "machine hours {hours}, really {reported} (what this comparison cannot know is in the report)",
            sooner=found.sooner,
            all=len(found.orders),
            later=found.later,
            planned=words.duration(found.median_planned_lead),
            real=words.duration(found.median_lead),
            hours=words.hours(found.planned_minutes),
            reported=words.hours(found.reported_minutes),
        )
    )


def measures_document(measures: Measures, problem: Problem) -> dict[str, Any]:
    """Measures as JSON."""
    return {
        **asdict(measures),
        "cost_yen": measures.cost_yen,
        "objective": measures.objective(problem.policy.weights),
    }


def result_document(given: Given, result: Result, *, checked: bool, rivals: Sequence[Rival] = ()) -> dict[str, Any]:
    """The answer of ``solve --json``; for the classic formats with the file's own numbers and nothing else."""
    head: dict[str, Any] = {
        "status": str(result.status),
        "objective": result.objective,
        "bound": result.bound,
        "gap": result.gap,
        "seconds": round(result.seconds, 3),
        "first_plan_seconds": None if result.first_plan_seconds is None else round(result.first_plan_seconds, 3),
        "checked": checked,
    }
    sublots = sorted(result.plan.sublots, key=lambda s: (s.start, s.end)) if result.plan is not None else []
    if result.levels:
        head["levels"] = [asdict(level) for level in result.levels]
    if given.is_numbered:
        head["assignments"] = [
            {"operation": int(s.operation), "machine": int(s.machine), "start": s.start, "end": s.end}
            for s in sorted(sublots, key=lambda s: int(s.operation))
        ]
        return head
    head["bound_by"] = result.bound_by
    head["steps"] = result.steps
    head["cancelled"] = result.cancelled
    head["reasons"] = [asdict(reason) for reason in result.reasons]
    if result.plan is not None and result.measures is not None:
        head["measures"] = measures_document(result.measures, given.problem)
        head["plan"] = json.loads(plan_to_json(result.plan))
    head["alternatives"] = [
        {
            "name": rival.name,
            "gives_up": rival.gives_up,
            "differs": rival.differs,
            "plan": json.loads(plan_to_json(rival.plan)),
        }
        for rival in rivals
    ]
    return head

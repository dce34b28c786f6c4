"""Explanations in sentences."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from zagumi.cli.console import language, say, wording
from zagumi.engine.insight.binding import TEAM, Binding, bindings
from zagumi.engine.insight.explain import Choice, Decided, Obstacle, Why, WhyNot
from zagumi.engine.insight.lateness import Kind, Load, why_late
from zagumi.engine.insight.shadow import Added, Shadow
from zagumi.engine.report import sections
from zagumi.engine.report.story import Story
from zagumi.engine.solve.result import Status

LATE_UP_TO = 10
LOADS_UP_TO = 5
BINDINGS_UP_TO = 8

DECIDED = {
    Decided.FROZEN: "It stands: the work is frozen.",
    Decided.ONLY: "Nobody else qualifies.",
    Decided.CHEAPEST: "It is the cheapest, transport included.",
    Decided.EARLIEST: "Of those that qualify it is done first.",
    Decided.BALANCE: "It is neither the cheapest nor the first done: it leaves room or saves elsewhere.",
}
ADDED = {
    Added.OVERTIME: "{machine} open an hour longer from {start}",
    Added.BOOKING: "{machine} booked an hour less from {start}",
    Added.BAND: "{machine} with an hour more published from {start}",
    Added.RELIEF: "{machine} relieved of an hour of the work from {start}",
}
BINDING = {
    str(Kind.MACHINE): "waits for the machine",
    str(Kind.BOOKING): "booked by others",
    str(Kind.PERSON): "waits for the person",
    str(Kind.BAND): "no published capacity",
    str(Kind.HOURS): "closed",
    str(Kind.TRANSPORT): "transport",
    str(Obstacle.GRADE): "quality asked for",
    str(Obstacle.BARRED): "barred company",
    str(Obstacle.SKILL): "missing skill",
    str(Obstacle.APART): "companies kept apart",
    TEAM: "most companies in a team",
}
OBSTACLES = {
    Obstacle.NO_OPTION: "no machine there can do it",
    Obstacle.GRADE: "the machine does not reach the quality asked for",
    Obstacle.BARRED: "the company may not work on the case",
    Obstacle.SKILL: "nobody there has the skill",
    Obstacle.APART: "it may not work beside a company that the case needs",
    Obstacle.FROZEN: "the work already stands elsewhere",
    Obstacle.NO_TIME: "it fits nowhere before the horizon",
    Obstacle.NO_PLAN: "no valid plan has it there",
}


def whole(story: Story) -> tuple[dict[str, Any], list[str]]:
    """The tightest machines and the late cases, as JSON and as lines."""
    lines = [say("Where it is tight"), *(_load(story, load) for load in story.loads[:LOADS_UP_TO])]
    lines.append(say("Why late") if story.late else say("No case is late."))
    late = [why_late(story.problem, story.plan, case.case) for case in story.late[:LATE_UP_TO]]
    for found in late:
        time = say("{time} late", time=story.say.duration(found.late_minutes))
        lines.append(f"  {found.case}: {time}: {sections.reasons_line(story, found)}")
        lines += [f"    - {sections.cause_line(story, cause)}" for cause in found.causes[:3]]
    binds = bindings(story.problem, story.plan)
    lines += [say("What binds"), *(_binding(story, found) for found in binds[:BINDINGS_UP_TO])] if binds else []
    loads = [{**asdict(load), "share": load.share} for load in story.loads]
    document = {"loads": loads, "late": [asdict(found) for found in late], "binding": [asdict(each) for each in binds]}
    return document, lines


def _binding(story: Story, found: Binding) -> str:
    item = story.machine(found.item) if found.item in story.problem.machine else story.company(found.item)
    return "  " + say(
        "{rule}, {item}: {yen} and {time} of lateness in {count} cases",
        rule=say(BINDING[found.rule]),
        item=item,
        yen=story.say.yen(found.yen),
        time=story.say.duration(found.minutes),
        count=len(found.cases),
    )


def hour(story: Story, name: str, found: Shadow) -> list[str]:
    """What one more hour would save."""
    words = story.say
    item = story.machine(name) if name in story.problem.machine else story.company(name)
    if not found.hours:
        return [say("Nothing waits for {item}: one more hour saves nothing.", item=item)]
    lines = [
        "  " + say(ADDED[each.added], machine=story.machine(each.machine), start=story.clock.moment(each.start))
        for each in found.hours
    ]
    if found.difference is None:
        lines.append("  " + say("planned anew within the limits: no better plan was found with it."))
    else:
        change = found.difference
        lines.append(
            "  "
            + say(
                "planned anew within the limits: {yen}, lateness {late} ({late_yen}), all finishes together {finish}, "
                "CO2 {co2}",
                yen=words.signed(change.cost_yen, words.yen(change.cost_yen)),
                late=words.signed(change.tardy_minutes, words.duration(change.tardy_minutes)),
                late_yen=words.signed(change.tardiness_yen, words.yen(change.tardiness_yen)),
                finish=words.signed(found.completion_minutes, words.duration(found.completion_minutes)),
                co2=words.signed(change.co2_g, words.grams(change.co2_g)),
            )
        )
    if found.price is not None:
        lines.append("  " + say("by the prices of the bound, in the objective: {price}", price=f"{found.price:,}"))
    return [say("One more hour of {item}:", item=item), *lines]


def _load(story: Story, load: Load) -> str:
    return "  " + say(
        "{machine} ({company}): {share} taken, waits {time}, lateness resting on it {saves}",
        machine=story.machine(load.machine),
        company=story.company(load.company),
        share=story.say.percent(load.share, 0),
        time=story.say.duration(load.waited_minutes),
        saves=story.say.duration(load.saves),
    )


def why(story: Story, found: Why) -> list[str]:
    """Why an operation is where it is."""
    head = say(
        "{operation} is done by {companies}. {decided}",
        operation=story.operation(found.operation),
        companies=story.say.list(tuple(story.company(name) for name in found.companies)) or "—",
        decided=say(DECIDED[found.decided]),
    )
    return [head, *("  " + _choice(story, choice) for choice in found.choices)]


def _choice(story: Story, choice: Choice) -> str:
    mark = "●" if choice.chosen else "○"
    name = f"{mark} {story.company(choice.company)}, {story.machine(choice.machine)}: "
    if choice.yen is None:
        return name + story.say.clauses(say(OBSTACLES[obstacle]) for obstacle in choice.obstacles)
    times = say(OBSTACLES[Obstacle.NO_TIME])
    if choice.start is not None and choice.finish is not None:
        start, finish = story.clock.moment(choice.start), story.clock.moment(choice.finish)
        times = say("could start {start}, done {finish}", start=start, finish=finish)
    return name + f"{story.say.yen(choice.yen)}, CO2 {story.say.grams(choice.co2_g or 0)}, {times}"


def why_not(story: Story, found: WhyNot) -> list[str]:
    """Why a company does not do an operation."""
    company, operation = story.company(found.company), story.operation(found.operation)
    if found.does:
        return [say("{company} does {operation}.", company=company, operation=operation)]
    head = say("{company} does not do {operation}:", company=company, operation=operation)
    if found.difference is None and found.status is Status.UNKNOWN:
        return [head, "  " + say("no plan was found with it within the limits, and none is excluded")]
    if found.difference is None:
        lines = [say(OBSTACLES[obstacle]) for obstacle in found.obstacles]
        lines += [wording.reason(reason, language()) for reason in found.reasons]
        return [head, *(f"  {line}" for line in lines)]
    change, words = found.difference, story.say
    later = (found.completion_days or 0) * 1440
    sentence = say(
        "with it, planned anew within the time given: {yen}, lateness {late}, finish of the case {finish}, CO2 {co2}, "
        "{moved} operations moved",
        yen=words.signed(change.cost_yen, words.yen(change.cost_yen)),
        late=words.signed(change.tardy_minutes, words.duration(change.tardy_minutes)),
        finish=words.signed(later, words.duration(later)),
        co2=words.signed(change.co2_g, words.grams(change.co2_g)),
        moved=len(change.moved),
    )
    better = [say("In all that is better: the given plan was not the best one.")] if change.objective < 0 else []
    return [head, *(f"  {line}" for line in (sentence, *better))]

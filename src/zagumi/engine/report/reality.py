"""The plan beside what really happened, with everything that makes the comparison unfair."""

from __future__ import annotations

from zagumi.engine.report import charts
from zagumi.engine.report.markup import definitions, pages, section, table, text
from zagumi.engine.report.story import Story


def reality(story: Story) -> str:
    """The section for problems that come from a log; nothing for others."""
    say, found = story.say, story.actual
    if found is None:
        return ""
    note = say(
        "Of {all} orders the plan finishes {sooner} sooner than they really were and {later} later, by {tardy} in all; "
        "the median lead time is {planned} instead of {real}.",
        all=len(found.orders), sooner=found.sooner, later=found.later, tardy=say.duration(found.tardy_minutes),
        planned=say.duration(found.median_planned_lead), real=say.duration(found.median_lead),
    )  # fmt: skip
    lead = sum(order.lead for order in found.orders)
    planned = sum(order.planned_lead for order in found.orders)
    figures = definitions(
        (
            (
                say("Median lead time"),
                say.duration(found.median_planned_lead),
                say("really {time}", time=say.duration(found.median_lead)),
            ),
            (say("Lead times in all"), say.duration(planned), say("really {time}", time=say.duration(lead))),
            (
                say("Machine hours"),
                say.hours(found.planned_minutes),
                say("really {time}", time=say.hours(found.reported_minutes)),
            ),
            (
                say("On the way between sites"),
                say.duration(found.transport_minutes),
                say("{count} trips; really none", count=f"{found.transfers:,}"),
            ),
        )
    )
    caveats = "".join(f"<li>{text(say(caveat))}</li>" for caveat in found.caveats)
    warning = f'<div class="caveats"><h3>{text(say("What this comparison cannot know"))}</h3><ul>{caveats}</ul></div>'
    drawing = f'<div class="beside">{charts.lead_times(found.orders, say)}{_machines(story)}</div>'
    return section(
        "reality", say("Compared with what really happened"), figures + drawing + warning + _orders(story), note
    )


def _machines(story: Story) -> str:
    say, found = story.say, story.actual
    if found is None:
        return ""
    rows = [
        (
            text(machine.machine),
            text(story.company(machine.company)),
            text(say.hours(machine.planned)),
            text(say.hours(machine.reported)),
            say.percent(machine.planned / machine.reported, 0) if machine.reported else "—",
        )
        for machine in sorted(found.machines, key=lambda machine: -machine.reported)
    ]
    head = say.each("Machine", "Company", "Planned", "Really", "Share")
    return table(head, rows, caption=say("Machine hours"), numbers=(2, 3, 4))


def _orders(story: Story) -> str:
    say, found = story.say, story.actual
    if found is None:
        return ""
    rows = []
    for order in sorted(found.orders, key=lambda order: (-order.late, order.planned_finish - order.finish)):
        change = order.planned_finish - order.finish
        wording = (
            say("{time} later", time=say.duration(change))
            if change > 0
            else say("{time} sooner", time=say.duration(-change))
        )
        mark = f'<b class="late">{text(wording)}</b>' if change > 0 else text(wording)
        rows.append(
            (
                f"<b>{text(order.case)}</b> {text(story.problem.case[order.case].name)}",
                text(story.clock.moment(order.start)),
                text(story.clock.moment(order.finish)),
                text(story.clock.moment(order.planned_finish)),
                text(say.duration(order.lead)),
                text(say.duration(order.planned_lead)),
                mark,
            )
        )
    head = say.each(
        "Order",
        "Really begun",
        "Really finished",
        "Planned finish",
        "Real lead time",
        "Planned lead time",
        "Difference",
    )
    return pages(head, rows, caption=say("Orders, planned and real"), numbers=(4, 5), size=20)

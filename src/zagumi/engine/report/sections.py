"""The parts of the report that are words and tables: summary, figures, cases, lateness, costs, search, all work."""

from __future__ import annotations

from zagumi.engine.insight.compare import working_minutes
from zagumi.engine.insight.lateness import Cause, Kind, Lateness, why_late
from zagumi.engine.plan.cost import CaseMeasures, Measures, measure
from zagumi.engine.report import charts
from zagumi.engine.report.language import Language
from zagumi.engine.report.markup import definitions, pages, section, table, text
from zagumi.engine.report.story import Story, step

CASES_UP_TO = 500
WORK_UP_TO = 2000
LATE_UP_TO = 12
LOADS_UP_TO = 15
COMPANIES_UP_TO = 30

KINDS = {
    Kind.RELEASE: "material and drawings",
    Kind.WORK: "the work itself",
    Kind.MACHINE: "machine taken by other work",
    Kind.BOOKING: "machine booked for other work",
    Kind.PERSON: "person busy elsewhere",
    Kind.BAND: "no published capacity",
    Kind.HOURS: "closed hours",
    Kind.TRANSPORT: "transport and cooling",
    Kind.CHOICE: "begun later than possible",
}


def summary(story: Story) -> str:
    """The plan in one sentence that can be repeated on the telephone."""
    say, measures = story.say, story.measures
    if story.is_classic:
        end = story.clock.moment(measures.makespan) if story.clock.origin else f"{measures.makespan:,}"
        if story.is_proved:
            return say("All work is done by {end}; nothing shorter exists (proved).", end=end)
        return say("All work is done by {end}.", end=end)
    dated = [case for case in measures.cases if case.slack is not None]
    companies = len({company for case in measures.cases for company in case.companies})
    if not dated:
        first = say(
            "{cases} cases are done by {end}", cases=len(measures.cases), end=story.clock.moment(measures.makespan)
        )
    elif not story.late:
        first = say("All {cases} cases with a date keep it", cases=len(dated))
    else:
        first = say(
            "{kept} of {cases} cases keep their date, {late} are late, the latest ({case}) by {time}",
            kept=len(dated) - len(story.late), cases=len(dated), late=len(story.late), case=story.late[0].case,
            time=say.duration(story.late[0].tardy_minutes),
        )  # fmt: skip
    return first + say("; {companies} companies, {yen}.", companies=companies, yen=say.yen(measures.cost_yen))


def figures(story: Story) -> str:
    """The measures that count, each with what it means."""
    say, m, result = story.say, story.measures, story.result
    items = []
    if result is not None and result.objective is not None:
        items.append((say("Objective"), f"{result.objective:,}", say("weighted sum, lower is better")))
        proof = say("proved best") if story.is_proved else say("no plan is below {bound}", bound=f"{result.bound:,}")
        items.append((say("Gap"), say.percent(result.gap), proof))
    end = story.clock.moment(m.makespan) if story.clock.origin else f"{m.makespan:,}"
    items.append((say("Last completion"), end, ""))
    if not story.is_classic:
        late = say.duration(m.tardy_minutes) if m.tardy_minutes else say("none")
        items += [
            (say("Lateness in all"), late, say("{count} late cases", count=len(story.late))),
            (say("Processing"), say.yen(m.processing_yen), ""),
            (say("Transport"), say.yen(m.transport_yen), say("{count} trips", count=f"{m.transfers:,}")),
            ("CO2", say.grams(m.co2_g), f"{m.travel_km:,.0f} km"),
        ]
    items.append(
        (
            say("Operations"),
            f"{len(story.plan.sublots_of):,}",
            say("{count} sub-lots", count=f"{len(story.plan.sublots):,}"),
        )
    )
    return definitions(items)


def cases(story: Story) -> str:
    """Every case: finish against date, cost, companies; the late ones first."""
    say = story.say
    if story.is_classic and story.clock.origin is None and len(story.problem.cases) > LATE_UP_TO:
        return ""
    measured = sorted(story.measures.cases, key=lambda case: (case.slack is None, case.slack or 0, case.case))
    first = min((case.release for case in story.problem.cases), default=0)
    last = max([1, *(case.completion for case in measured), *(c.due for c in story.problem.cases if c.due is not None)])
    rows = [_case(story, case, first, last) for case in measured[:CASES_UP_TO]]
    head = say.each("Case", "Done", "Due", "Slack", "From release to finish", "Cost", "CO2", "Companies")
    note = ""
    if len(measured) > CASES_UP_TO:
        note = say("The {count} cases with the least slack of {all} are listed.", count=CASES_UP_TO, all=len(measured))
    return section("cases", say("By case"), pages(head, rows, caption=say("Cases"), numbers=(3, 5, 6)), note)


def _case(story: Story, case: CaseMeasures, first: int, last: int) -> tuple[str, ...]:
    say, given = story.say, story.problem.case[case.case]
    if case.slack is None:
        slack = "—"
    elif case.slack < 0:
        slack = f'<b class="late">{text(say("{time} late", time=say.duration(-case.slack)))}</b>'
    else:
        slack = text(say.duration(case.slack))
    due = "—" if given.due is None else text(story.clock.moment(given.due))
    label = say("{case}: done {end}, due {due}", case=case.case, end=story.clock.moment(case.completion), due=due)
    name = f"<b>{text(case.case)}</b>" + (f" {text(given.name)}" if given.name else "")
    return (
        name,
        text(story.clock.moment(case.completion)),
        due,
        slack,
        charts.ruler(given.release, case.completion, given.due, first, last, label),
        text(say.yen(case.cost_yen)),
        text(say.grams(case.co2_g)),
        text(say.list(tuple(story.company(name) for name in case.companies))),
    )


def lateness(story: Story) -> str:
    """Why the latest cases are late, and which machines the waits rest on."""
    say = story.say
    parts = []
    for case in story.late[:LATE_UP_TO]:
        why = why_late(story.problem, story.plan, case.case)
        single = "".join(f"<li>{text(cause_line(story, cause))}</li>" for cause in why.causes[:3])
        parts.append(
            f"<li><b>{text(case.case)}</b> {text(say('{time} late', time=say.duration(case.tardy_minutes)))}: "
            f"{text(reasons_line(story, why))}<ul>{single}</ul></li>"
        )
    body = f'<ol class="causes">{"".join(parts)}</ol>' if parts else ""
    note = say("Only what the lateness rests on is named: what slack absorbs, or other cases suffer, does not count.")
    if len(story.late) > LATE_UP_TO:
        note += " " + say("The {count} latest of {all} late cases.", count=LATE_UP_TO, all=len(story.late))
    return section("late", say("Why late"), body, note) + _loads(story)


def reasons_line(story: Story, why: Lateness) -> str:
    """What a case's lateness rests on, by kind."""
    say = story.say
    kinds = tuple(f"{say(KINDS[kind])} {say.duration(saves)}" for kind, saves in why.kinds)
    reasons = say.list(kinds) if kinds else say("the work itself and the way between the machines")
    due = story.problem.case[why.case].due
    if due is None or why.at_best <= due:
        return reasons
    return reasons + say("; even without any wait it would end {time} late", time=say.duration(why.at_best - due))


def cause_line(story: Story, cause: Cause) -> str:
    """One reason of lateness."""
    say = story.say
    sentence = say(
        "{operation} on {machine}: {kind}, {time}; without it {saves} less",
        operation=story.operation(cause.operation),
        machine=story.machine(cause.machine),
        kind=say(KINDS[cause.kind]),
        time=say.duration(cause.minutes),
        saves=say.duration(cause.saves),
    )
    return sentence + (say(" (waits for {others})", others=say.list(cause.by, 3)) if cause.by else "")


def _loads(story: Story) -> str:
    say = story.say
    head = say.each("Company", "Machine", "Load", "Open", "Taken", "Waits for it", "Lateness resting on it", "Cases")
    rows = [
        (
            text(story.company(load.company)),
            text(story.machine(load.machine)),
            say.percent(load.share, 0),
            text(say.hours(load.open_minutes)),
            text(say.hours(load.taken_minutes)),
            text(say.duration(load.waited_minutes)) if load.waited_minutes else "—",
            text(say.duration(load.saves)) if load.saves else "—",
            text(say.list(load.cases, 4)) or "—",
        )
        for load in story.loads[:LOADS_UP_TO]
    ]
    if not rows or story.is_classic:
        return ""
    start, end = story.loads[0].window
    note = say(
        "Between {start} and {end}; the tightest first.", start=story.clock.moment(start), end=story.clock.moment(end)
    )
    if len(story.loads) > LOADS_UP_TO:
        note += " " + say("The {count} tightest of {all} machines.", count=LOADS_UP_TO, all=len(story.loads))
    return section(
        "loads", say("Where it is tight"), table(head, rows, caption=say("Load of machines"), numbers=range(2, 7)), note
    )


def costs(story: Story) -> str:
    """Processing by company, transport, and what lateness weighs."""
    say, m = story.say, story.measures
    if not m.cost_yen and not m.tardiness_yen:
        return ""
    by_company: dict[str, int] = {}
    for sublot in story.plan.sublots:
        operation = story.problem.operation[sublot.operation]
        option = next(option for option in operation.options if option.machine == sublot.machine)
        company = story.problem.company_of(sublot.machine) or ""
        by_company[company] = by_company.get(company, 0) + option.yen(sublot.quantity)
    ranked = sorted(by_company.items(), key=lambda item: (-item[1], item[0]))
    items = [(story.company(name), yen) for name, yen in ranked[:COMPANIES_UP_TO] if yen]
    rest = sum(yen for _, yen in ranked[COMPANIES_UP_TO:])
    if rest:
        items.append((say("{count} more companies", count=len(ranked) - COMPANIES_UP_TO), rest))
    items.append((say("Transport"), m.transport_yen))
    rows = [
        (text(story.company(name)), text(say.yen(yen)), text(say.hours(story.company_minutes.get(name, 0))))
        for name, yen in ranked[:COMPANIES_UP_TO]
    ]
    rows.append((text(say("Transport")), text(say.yen(m.transport_yen)), "—"))
    rows.append((f"<b>{text(say('Cost in all'))}</b>", f"<b>{text(say.yen(m.cost_yen))}</b>", "—"))
    head = say.each("Company", "Cost", "Working time")
    note = ""
    if m.tardiness_yen:
        note = say("Lateness weighs {yen} in the objective; it is not a cost.", yen=say.yen(m.tardiness_yen))
    listed = table(head, rows, caption=say("Costs by company"), numbers=(1, 2))
    return section("costs", say("Costs"), f'<div class="beside">{charts.shares(items, say)}{listed}</div>', note)


def rivals(story: Story) -> str:
    """The other plans beside this one, and what each gives up."""
    say = story.say
    if not story.rivals:
        return ""
    head = say.each(
        "Plan", "Last completion", "Late cases", "Lateness in all", "Cost", "CO2", "km", "Companies", "Gives up"
    )
    rows = [_rival(story, say("this plan"), story.measures, "")]
    rows += [
        _rival(story, rival.name, measure(story.problem, rival.plan), say.clauses((rival.gives_up, rival.differs)))
        for rival in story.rivals
    ]
    return section(
        "rivals", say("Other plans"), table(head, rows, caption=say("Measures of the plans"), numbers=range(1, 8))
    )


def _rival(story: Story, name: str, m: Measures, gives_up: str) -> tuple[str, ...]:
    say = story.say
    return (
        f"<b>{text(name)}</b>",
        text(story.clock.moment(m.makespan)),
        f"{sum(case.tardy_minutes > 0 for case in m.cases)}",
        text(say.duration(m.tardy_minutes)) if m.tardy_minutes else "0",
        text(say.yen(m.cost_yen)),
        text(say.grams(m.co2_g)),
        f"{m.travel_km:,.0f}",
        f"{len({company for case in m.cases for company in case.companies})}",
        text(gives_up or "—"),
    )


def search(story: Story) -> str:
    """How the plan was found, and how far from the best it can be at most."""
    say, result = story.say, story.result
    if result is None or result.objective is None:
        return ""
    rows = [
        (text(say("Best plan")), f"{result.objective:,}"),
        (text(say("No plan can be below")), f"{result.bound:,} ({text(say.lookup(result.bound_by))})"),
        (text(say("Gap")), say.percent(result.gap, 2)),
        (text(say("First plan after")), _seconds(result.first_plan_seconds, say)),
        (text(say("Search ended after")), _seconds(result.seconds, say)),
        (text(say("Judged by the independent checker")), text(say("no fault"))),
    ]
    body = charts.progress(story.history, say) + table(
        say.each("Search", "Value"), rows, caption=say("Figures of the search")
    )
    note = say("Blue: best plan so far; grey: what no plan can be below.") if len(story.history) > 1 else ""
    return section("search", say("How good it is"), f'<div class="beside">{body}</div>', note)


def _seconds(value: float | None, say: Language) -> str:
    return "—" if value is None else say("{count} s", count=f"{value:.1f}" if value >= 1 else f"{value:.2f}")


def work(story: Story) -> str:
    """Every sub-lot by start: the Gantt as a table."""
    say = story.say
    listed = sorted(story.plan.sublots, key=lambda s: (s.start, s.end, s.operation, s.lot))
    head = say.each("Operation", "Company", "Machine", "Pieces", "Start", "End", "Set-up", "Working time", "Person")
    rows = []
    for s in listed[:WORK_UP_TO]:
        what = step(story.problem.operation[s.operation])
        rows.append(
            (
                f"<b>{text(s.operation)}</b> {text(what)}",
                text(story.company(story.problem.company_of(s.machine) or "")),
                text(story.machine(s.machine)),
                f"{s.quantity:,}",
                text(story.clock.moment(s.start)),
                text(story.clock.moment(s.end)),
                text(say.duration(s.setup_minutes)) if s.setup_minutes else "—",
                text(say.duration(working_minutes(story.problem, s))),
                text(s.person or "—"),
            )
        )
    note = ""
    if len(listed) > WORK_UP_TO:
        note = say(
            "The first {count} of {all} entries; all of them are in the plan's file.",
            count=f"{WORK_UP_TO:,}",
            all=f"{len(listed):,}",
        )
    return section(
        "work", say("All work"), pages(head, rows, caption=say("All work by start"), numbers=(3, 6, 7)), note
    )

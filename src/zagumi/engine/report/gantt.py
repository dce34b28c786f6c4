"""The Gantt by machine: bars with set-up stripes, closed hours hatched, due lines, lateness, bottleneck rails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zagumi.engine.clock import Window, common, without
from zagumi.engine.insight.compare import working_minutes
from zagumi.engine.plan.plan import SubLot
from zagumi.engine.report.axis import HEIGHT, Axis, axis
from zagumi.engine.report.markup import number, section, svg, text
from zagumi.engine.report.story import Story, step

ROW = 42
BAR = 28
MOST_ROWS = 60
MOST_BARS = 3000
DUE_LINES = 3
TINTS = "abcdef"
CHARACTER = 8.0  # pixels of a Latin letter at 14 px; a Japanese one takes the double


@dataclass(frozen=True)
class _Row:
    machine: str
    company: str
    sublots: Sequence[SubLot]
    load: float


def gantt(story: Story) -> str:
    """The section with the Gantt and the rule of what it leaves out."""
    say = story.say
    rows, note = _rows(story)
    if not rows:
        return ""
    sublots = [sublot for row in rows for sublot in row.sublots]
    dues = _dues(story)
    start = min(s.start for s in sublots)
    end = max([*(s.end for s in sublots), *(minute for minute, _ in dues)])
    hours = {row.machine: story.problem.windows(row.machine) for row in rows}
    scale = axis(story.clock, start if story.clock.origin else 0, end, hours.values())
    height = HEIGHT + ROW * len(rows)
    body = [_back(scale, len(rows)), f'<g class="axis">{scale.marks}</g>']
    for at, row in enumerate(rows):
        body.append(_row(story, scale, row, hours[row.machine], HEIGHT + at * ROW))
    body += [_due(story, scale, minute, names, height) for minute, names in dues]
    label = say(
        "Gantt of {machines} machines with {bars} bars from {start} to {end}; the table of all work says the same",
        machines=len(rows),
        bars=len(sublots),
        start=story.clock.moment(start),
        end=story.clock.moment(end),
    )
    drawing = svg(scale.width + 60, height, "".join(body), label=label)
    names = "".join(_name(story, rows, at) for at in range(len(rows)))
    chart = (
        f'<div class="gantt"><div class="gantt-names"><div class="gantt-head">{text(say("Company, machine"))}'
        f"<span>{text(say('Load'))}</span></div>{names}</div>"
        f'<div class="gantt-time" tabindex="0" role="region" aria-label="{text(say("Gantt, scrolls sideways"))}">'
        f"{drawing}</div></div>"
    )
    return section("gantt", say("Schedule by machine"), chart + _legend(story, bool(dues)), note)


def _rows(story: Story) -> tuple[list[_Row], str]:
    """Used machines by company; the busiest only, when there are too many to look at."""
    plan, problem = story.plan, story.problem
    last = max((s.end for s in plan.sublots), default=0)
    first = min((s.start for s in plan.sublots), default=0)
    found = []
    for machine in problem.machines:
        sublots = [s for s in plan.on_machine.get(machine.id, ()) if s.start < s.end]
        if sublots:
            open_minutes = sum(b - a for a, b in common(problem.windows(machine.id), ((first, last),)))
            worked = sum(working_minutes(problem, s) for s in sublots)
            company = problem.company_of(machine.id) or ""
            found.append(_Row(machine.id, company, sublots, worked / max(1, open_minutes)))
    kept = sorted(found, key=lambda row: -row.load)[:MOST_ROWS]
    while len(kept) > 1 and sum(len(row.sublots) for row in kept) > MOST_BARS:
        kept.pop()
    order = {company.id: at for at, company in enumerate(problem.companies)}
    shown = {row.machine for row in kept}
    rows = sorted((row for row in found if row.machine in shown), key=lambda row: order.get(row.company, 0))
    unused = len(problem.machines) - len(found)
    notes = []
    if len(rows) < len(found):
        notes.append(
            story.say(
                "Shown are the {shown} busiest of {all} used machines (at most {rows} rows and {bars} bars).",
                shown=len(rows),
                all=len(found),
                rows=MOST_ROWS,
                bars=f"{MOST_BARS:,}",
            )
        )
    if unused:
        notes.append(story.say("{count} machines without work are left out.", count=unused))
    return rows, " ".join(notes)


def _dues(story: Story) -> list[tuple[int, list[str]]]:
    """Due minutes to draw, with their cases; none when they are too many to tell apart."""
    found: dict[int, list[str]] = {}
    for case in story.problem.cases:
        if case.due is not None and story.problem.policy.weights.tardiness:
            found.setdefault(case.due, []).append(case.id)
    return sorted(found.items()) if len(found) <= DUE_LINES else []


def _name(story: Story, rows: list[_Row], at: int) -> str:
    row = rows[at]
    company = story.company(row.company) if not at or rows[at - 1].company != row.company else ""
    is_bottleneck = story.bottleneck is not None and story.bottleneck.machine == row.machine
    state = ' class="bottleneck"' if is_bottleneck else ""
    word = f" <em>{text(story.say('Bottleneck'))}</em>" if is_bottleneck else ""
    machine = story.machine(row.machine)
    first = f"<b>{text(company)}</b>" if company and company != machine else ""
    share = f"{row.load:.0%}"
    if story.problem.machine[row.machine].bands:
        share = story.say("about {share}", share=share)
    return (
        f'<div{state}><div>{first}<span>{text(machine)}{word}</span></div><span class="load">{text(share)}</span></div>'
    )


def _back(scale: Axis, rows: int) -> str:
    """Day lines, closed days, row lines."""
    height = HEIGHT + rows * ROW
    closed = "".join(
        f"M{number(scale.x(a))} {HEIGHT - 24}V{height}H{number(scale.x(b))}V{HEIGHT - 24}Z" for a, b in scale.closed
    )
    days = "".join(f"M{number(x)} {HEIGHT}V{height}" for x in scale.lines)
    lines = "".join(f"M0 {HEIGHT + row * ROW}H{number(scale.width)}" for row in range(rows + 1))
    return (
        f'<path d="{closed}" fill="url(#closed-day)"/><path d="{days}" class="day-line"/>'
        f'<path d="{lines}" class="row-line"/>'
    )


def _row(story: Story, scale: Axis, row: _Row, hours: tuple[Window, ...], y: int) -> str:
    machine = story.problem.machine[row.machine]
    edges = ((scale.edges[0], scale.edges[-1]),)
    parts = []
    if story.bottleneck is not None and story.bottleneck.machine == row.machine:
        parts.append(f'<rect x="0" y="{y + 1}" width="{number(scale.width)}" height="{ROW - 2}" class="rails"/>')
    parts.append(_area(scale, without(edges, [*hours, *scale.closed]), y + 1, ROW - 1, "url(#closed)"))
    parts.append(_area(scale, common(machine.bookings, edges), y + 12, 18, "url(#booked)", outline=True))
    bands = tuple((band.start, band.end) for band in machine.bands)
    parts.append(_area(scale, common(bands, edges), y + 3, ROW - 6, "url(#band)"))
    parts += [_bar(story, scale, sublot, y + (ROW - BAR) // 2) for sublot in row.sublots]
    return "".join(parts)


def _area(scale: Axis, windows: Iterable[Window], y: int, height: int, fill: str, *, outline: bool = False) -> str:
    """Windows of one row as one path; what is narrower than a pixel is not drawn."""
    path = []
    for start, end in windows:
        x, width = scale.x(start), scale.x(end) - scale.x(start)
        if width >= 1:
            path.append(f"M{number(x)} {y}h{number(width)}v{height}h-{number(width)}z")
    edge = ' class="outlined"' if outline else ""
    return f'<path d="{"".join(path)}" fill="{fill}"{edge}/>' if path else ""


def _bar(story: Story, scale: Axis, sublot: SubLot, y: int) -> str:
    problem = story.problem
    case = problem.case[problem.operation[sublot.operation].case]
    x, width = scale.x(sublot.start), max(1.5, scale.x(sublot.end) - scale.x(sublot.start))
    late = case.due is not None and sublot.end > case.due and bool(problem.policy.weights.tardiness)
    css = _tint(story, sublot) + (" late" if late else "")
    parts = [f"<title>{text(story.sentence(sublot))}</title>", _rect(x, y, width, f'rx="3" class="{css}"')]
    striped = 0.0
    if sublot.setup_minutes and width >= 6:
        striped = min(width, max(3.0, width * sublot.setup_minutes / max(1, working_minutes(problem, sublot))))
        parts.append(_rect(x, y, striped, 'fill="url(#setup)" class="outlined"'))
    if late and case.due is not None:
        over = max(scale.x(case.due), x)
        parts.append(_rect(over, y, x + width - over, 'fill="url(#over)"'))
    beside = _label(story, sublot, width - striped)
    label, at = (beside, x + striped + 5) if beside else (_label(story, sublot, width), x + 5)
    if label:
        parts.append(f'<text x="{number(at)}" y="{y + 19}" class="label">{text(label)}</text>')
    return f"<g>{''.join(parts)}</g>"


def _rect(x: float, y: int, width: float, look: str) -> str:
    return f'<rect x="{number(x)}" y="{y}" width="{number(width)}" height="{BAR}" {look}/>'


def _tint(story: Story, sublot: SubLot) -> str:
    """Dark for assembly, else by part where one case is planned, by case where several are."""
    operation = story.problem.operation[sublot.operation]
    if len(operation.after) > 1:
        return "dark"
    if len(story.problem.cases) > 1:
        at = next(at for at, case in enumerate(story.problem.cases) if case.id == operation.case)
    else:
        at = next((at for at, part in enumerate(story.problem.parts) if part.id == operation.part), 0)
    return f"tint-{TINTS[at % len(TINTS)]}"


def _label(story: Story, sublot: SubLot, width: float) -> str:
    """The longest text that fits: case or part, step, pieces."""
    operation = story.problem.operation[sublot.operation]
    lot = f" {sublot.lot}" if len(story.plan.sublots_of[sublot.operation]) > 1 else ""
    short = operation.case if len(story.problem.cases) > 1 else (operation.part or operation.id).rsplit("/", 1)[-1]
    if story.is_classic:
        short = operation.id
    pieces = f" {sublot.quantity:,}" if sublot.quantity > 1 else ""
    for label in (f"{short} {step(operation)}{pieces}{lot}".strip(), f"{short}{lot}", short):
        if _wide(label) <= width - 8:
            return label
    return ""


def _wide(label: str) -> float:
    return sum(CHARACTER if ord(letter) < 0x2E80 else 2 * CHARACTER * 0.9 for letter in label)


def _due(story: Story, scale: Axis, minute: int, names: list[str], height: int) -> str:
    x = scale.x(minute)
    label = story.say("Due {moment}", moment=story.clock.moment(minute))
    cases = story.say.list(tuple(names))
    return (
        f'<g class="due"><title>{text(f"{label}: {cases}")}</title>'
        f'<path d="M{number(x - 1.5)} 22V{height}M{number(x + 2)} 22V{height}"/>'
        f'<text x="{number(x - 4)}" y="18" text-anchor="end">{text(label)}</text></g>'
    )


def _legend(story: Story, has_due_lines: bool) -> str:
    say = story.say
    items = [
        ("setup", say("set-up")),
        ("closed", say("closed hours")),
        ("booked", say("taken by other work")),
        ("over", say("after the due date")),
    ]
    if any(machine.bands for machine in story.problem.machines):
        items.append(("band", say("only a band of free hours is published")))
    shown = "".join(f'<li><i class="key-{key}"></i>{text(word)}</li>' for key, word in items)
    extra = say("double red line: due date") if has_due_lines else say("due dates are in the table of cases")
    dark = say("dark: assembly")
    return f'<ul class="legend">{shown}<li>{text(dark)}</li><li>{text(extra)}</li></ul>'

"""The whole report as one HTML file: no script, no network, readable on a telephone and on paper."""

from __future__ import annotations

from importlib.resources import files

from zagumi.engine.report import sections
from zagumi.engine.report.flows import flows
from zagumi.engine.report.gantt import gantt
from zagumi.engine.report.markup import text
from zagumi.engine.report.reality import reality
from zagumi.engine.report.story import Story

PATTERNS = """<svg width="0" height="0" aria-hidden="true"><defs>
<pattern id="setup" width="4" height="4" patternUnits="userSpaceOnUse"><rect width="4" height="4" fill="#fff"/>
<path d="M1 0V4" stroke="#4d4d4d" stroke-width="1.6"/></pattern>
<pattern id="closed" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<path d="M0 0V7" stroke="#d8d8db" stroke-width="2"/></pattern>
<pattern id="closed-day" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<path d="M0 0V5" stroke="#b3b3b3" stroke-width="2"/></pattern>
<pattern id="booked" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect width="6" height="6" fill="#f2f2f2"/><path d="M0 0V6" stroke="#999" stroke-width="1.4"/></pattern>
<pattern id="band" width="5" height="5" patternUnits="userSpaceOnUse"><path d="M0 1H5" stroke="#c8c8cb"/></pattern>
<pattern id="over" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<path d="M0 0V6" stroke="#ce0000" stroke-width="2.4"/></pattern>
</defs></svg>"""

LINKS = (
    ("reality", "Compared with what really happened"),
    ("rivals", "Other plans"),
    ("gantt", "Schedule by machine"),
    ("cases", "By case"),
    ("late", "Why late"),
    ("loads", "Where it is tight"),
    ("map", "Flow of goods"),
    ("costs", "Costs"),
    ("search", "How good it is"),
    ("work", "All work"),
)


def html(story: Story) -> str:
    """The report."""
    say = story.say
    title = story.problem.name or say("Plan")
    body = "".join(
        part(story)
        for part in (
            reality, sections.rivals, gantt, sections.cases, sections.lateness, flows, sections.costs, sections.search,
            sections.work,
        )
    )  # fmt: skip
    links = "".join(
        f'<li><a href="#{key}">{text(say(name))}</a></li>' for key, name in LINKS if f'<section id="{key}"' in body
    )
    style = files(__package__).joinpath("report.css").read_text(encoding="utf-8")
    made = f"<p>{text(story.made)}</p>" if story.made else ""
    return (
        f'<!DOCTYPE html><html lang="{say.code}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="generator" content="Zagumi"><title>{text(title)} – {text(say("Plan"))}</title>'
        f"<style>{style}</style></head>"
        f'<body>{PATTERNS}<a class="skip" href="#main">{text(say("To the plan"))}</a>'
        f'<header><p class="brand">Zagumi <span>{text(say("report of a plan"))}</span></p><h1>{text(title)}</h1>'
        f'<p class="sentence">{text(sections.summary(story))}</p>{sections.figures(story)}'
        f'<nav aria-label="{text(say("Contents"))}"><ul>{links}</ul></nav></header>'
        f'<main id="main">{body}</main>'
        f"<footer><p>{text(say('Every plan is judged by the independent checker.'))}</p>{made}</footer>"
        "</body></html>\n"
    )

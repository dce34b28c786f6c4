"""Where the rooms above put their part of a case's page, without this room knowing them.

Planning, execution and the others register at start-up, in their ``AppConfig.ready``::

    from zagumi.platform.cases import pages

    pages.add_tab(pages.CaseTab("plan", _("Plan"), 40, lambda case: reverse("planning:case-plan", args=[case.code]), …))
    pages.tell_plan(queries.plan_of_case)

A callable gets the actor and the case, and answers only with what that actor may know.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from zagumi.platform.cases.models import Case
from zagumi.platform.core.actor import Actor

Text = str | Promise


@dataclass(frozen=True)
class CaseTab:
    """A tab of the case page. ``order``: overview 10, steps 20, drawings 30, record 90."""

    key: str
    label: Text
    order: int
    address: Callable[[Case], str]
    shown: Callable[[Actor, Case], bool] = lambda _actor, _case: True
    count: Callable[[Actor, Case], int | None] = lambda _actor, _case: None


@dataclass(frozen=True)
class CasePanel:
    """A panel of the overview: a template and its context; a context of None leaves it out."""

    key: str
    order: int
    template: str
    context: Callable[[Actor, Case], Mapping[str, Any] | None]
    is_side: bool = False


@dataclass(frozen=True)
class CaseAction:
    """A button beside the title. At most one of a page ``is_main``."""

    label: Text
    url: str
    icon: str = ""
    is_main: bool = False


@dataclass(frozen=True)
class Fact:
    """One fact under the title; ``tone`` (a kind of tag) makes it a tag."""

    label: Text
    value: Text
    tone: str = ""


@dataclass(frozen=True)
class Blocker:
    """Something the case waits for, and where to do something about it. ``tone``: late or warn."""

    title: Text
    text: Text = ""
    url: str = ""
    tone: str = "warn"


@dataclass(frozen=True)
class Assignment:
    """A part of a step that a plan gives to a company; ``state``: "", "running", "done" or "stopped"."""

    step: int
    company: str
    quantity: int
    state: str = ""


@dataclass(frozen=True)
class PlanOfCase:
    """What the plan in force says of the steps. ``critical``: links (step before, step after) that decide the date."""

    assignments: tuple[Assignment, ...] = ()
    critical: frozenset[tuple[int, int]] = frozenset()


@dataclass
class Extensions:
    """What has been registered."""

    tabs: list[CaseTab] = field(default_factory=list)
    panels: list[CasePanel] = field(default_factory=list)
    actions: list[Callable[[Actor, Case], Iterable[CaseAction]]] = field(default_factory=list)
    facts: list[Callable[[Actor, Case], Iterable[Fact]]] = field(default_factory=list)
    blockers: list[Callable[[Actor, Case], Iterable[Blocker]]] = field(default_factory=list)
    plan: Callable[[Actor, Case], PlanOfCase | None] | None = None


_registered = Extensions()


def add_tab(tab: CaseTab) -> None:
    """Offer a tab; two of one key are an error."""
    if any(known.key == tab.key for known in _registered.tabs):
        raise ValueError(f"two tabs of a case are called {tab.key}")
    _registered.tabs.append(tab)


def add_panel(panel: CasePanel) -> None:
    """Offer a panel of the overview; two of one key are an error."""
    if any(known.key == panel.key for known in _registered.panels):
        raise ValueError(f"two panels of a case are called {panel.key}")
    _registered.panels.append(panel)


def add_actions(source: Callable[[Actor, Case], Iterable[CaseAction]]) -> None:
    """Offer buttons beside the title."""
    _registered.actions.append(source)


def add_facts(source: Callable[[Actor, Case], Iterable[Fact]]) -> None:
    """Offer facts under the title."""
    _registered.facts.append(source)


def add_blockers(source: Callable[[Actor, Case], Iterable[Blocker]]) -> None:
    """Say what a case waits for in a room above."""
    _registered.blockers.append(source)


def tell_plan(source: Callable[[Actor, Case], PlanOfCase | None]) -> None:
    """Say who does which step by the plan in force; one room knows."""
    if _registered.plan is not None:
        raise ValueError("two rooms tell the plan of a case")
    _registered.plan = source


def tabs(actor: Actor, case: Case) -> list[CaseTab]:
    """The tabs for this reader, in order."""
    return sorted((tab for tab in _registered.tabs if tab.shown(actor, case)), key=lambda tab: tab.order)


def panels(actor: Actor, case: Case) -> list[tuple[CasePanel, Mapping[str, Any]]]:
    """The panels for this reader with what they show, in order."""
    offered = ((panel, panel.context(actor, case)) for panel in sorted(_registered.panels, key=lambda p: p.order))
    return [(panel, context) for panel, context in offered if context is not None]


def actions(actor: Actor, case: Case) -> list[CaseAction]:
    """The buttons for this reader."""
    return [action for source in _registered.actions for action in source(actor, case)]


def facts(actor: Actor, case: Case) -> list[Fact]:
    """The facts for this reader."""
    return [fact for source in _registered.facts for fact in source(actor, case)]


def blockers(actor: Actor, case: Case) -> list[Blocker]:
    """What the case waits for, as far as this reader may know."""
    return [blocker for source in _registered.blockers for blocker in source(actor, case)]


def plan(actor: Actor, case: Case) -> PlanOfCase | None:
    """What the plan in force says, as far as this reader may know; None without a plan."""
    return _registered.plan(actor, case) if _registered.plan else None

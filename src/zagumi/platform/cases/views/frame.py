"""The head, stage line and tabs that every page of a case has; the rooms above use it for their tabs as well."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from zagumi.platform.cases import pages, queries
from zagumi.platform.cases.models import Case
from zagumi.platform.core.actor import Actor, actor_of
from zagumi.platform.core.templatetags.ui import Stage, Tab


def frame(request: HttpRequest, case: Case, current: str, head: queries.CaseHead | None = None) -> dict[str, Any]:
    """The context of ``cases/_frame.html``: ``head``, ``stages``, ``tabs`` and ``actions``.

    Args:
        request: of a signed-in reader.
        case: one the reader may see.
        current: key of the tab that is open.
        head: the case's head, when it is at hand.
    """
    actor = actor_of(request)
    head = head or queries.case_head(actor, case)
    stages = [
        Stage(mark.label, mark.state, f"{mark.reached.month}/{mark.reached.day}" if mark.reached else "")
        for mark in head.stages
    ]
    return {
        "case": head,
        "head": head,
        "stages": stages,
        "tabs": _tabs(actor, case, current),
        "actions": pages.actions(actor, case),
    }


def _tabs(actor: Actor, case: Case, current: str) -> list[Tab]:
    own = [
        pages.CaseTab("overview", _("Overview"), 10, lambda row: reverse("cases:case", args=[row.code])),
        pages.CaseTab(
            "steps",
            _("Steps"),
            20,
            lambda row: reverse("cases:case-steps", args=[row.code]),
            shown=lambda reader, _case: reader.is_coordinator or reader.is_member,
        ),
        pages.CaseTab(
            "files",
            _("Drawings"),
            30,
            lambda row: reverse("cases:case-files", args=[row.code]),
            count=lambda reader, row: len(queries.case_files(reader, row)),
        ),
        pages.CaseTab("history", _("Record"), 90, lambda row: reverse("cases:case-history", args=[row.code])),
    ]
    offered = sorted(
        [tab for tab in own if tab.shown(actor, case)] + pages.tabs(actor, case), key=lambda tab: tab.order
    )
    return [Tab(str(tab.label), tab.address(case), tab.key == current, tab.count(actor, case)) for tab in offered]

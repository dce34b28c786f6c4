"""The list of companies, the same on the map, and the coverage of processes."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from zagumi.platform.core import geo, lists
from zagumi.platform.core.actor import Actor, actor_of
from zagumi.platform.core.errors import Hidden
from zagumi.platform.core.models import Network
from zagumi.platform.core.templatetags.ui import PROOFS
from zagumi.platform.network import basemap, queries
from zagumi.platform.network.insight import Level
from zagumi.platform.network.models import Admission, Certificate, Company, Family, Provenance
from zagumi.platform.network.queries.companies import CompanyRow, MapFeature
from zagumi.platform.network.queries.coverage import CoverageRow, Holder
from zagumi.platform.network.words import folded

Rows = Sequence[CompanyRow]
FREE = [("few", gettext_lazy("few or more")), ("some", gettext_lazy("some or more")), ("many", gettext_lazy("many"))]
COVERAGE_STATES = [
    ("single", gettext_lazy("Only one company")),
    ("none", gettext_lazy("Nobody")),
    ("few", gettext_lazy("Two or three companies")),
    ("many", gettext_lazy("Four or more companies")),
]


def _among(rows: Rows, codes: frozenset[str]) -> Rows:
    return [row for row in rows if row.code in codes]


def _holding(name: str) -> Callable[[Rows, str], Rows]:
    """Rows whose tuple ``name`` holds the value."""
    return lambda rows, value: [row for row in rows if value in getattr(row, name)]


def _free(name: str) -> Callable[[Rows, str], Rows]:
    """Rows whose shown band ``name`` is at least the value; what is not shown never fits."""
    levels = list(Level)
    return lambda rows, value: [
        row
        for row in rows
        if (level := getattr(row, name)) is not None and levels.index(level) >= levels.index(Level(value))
    ]


def _proven(rows: Rows, value: str) -> Rows:
    return [row for row in rows if getattr(row.proofs, value)]


def _counts(row: CompanyRow) -> str:
    proofs = row.proofs
    return _("measured %(measured)s, verified %(verified)s, declared %(declared)s, expired %(expired)s") % asdict(
        proofs
    )


def _company_spec(actor: Actor, rows: Rows) -> lists.ListSpec:
    """What the list of companies shows; the choices of process and district are those that occur."""
    processes = dict(pair for row in rows for pair in zip(row.process_keys, row.processes, strict=True))
    places = sorted({(row.district, row.place) for row in rows if row.district})
    columns = [
        lists.Column("code", _("Code"), lambda row: row.code, sort="code", url=_address),
        lists.Column("name", _("Company"), lambda row: row.name, sort="kana"),
        lists.Column("trades", _("Trades"), lambda row: row.trades),
        lists.Column("processes", _("Processes"), lambda row: ", ".join(row.processes)),
        lists.Column("single", _("Only here"), lambda row: ", ".join(row.single), sort=lambda row: -len(row.single)),
        lists.Column("machines", _("Machines"), lambda row: row.machines, sort="machines", kind="number"),
        lists.Column("place", _("Place"), lambda row: row.place, sort="place"),
        lists.Column("km", _("km to the hub"), lambda row: row.km_to_hub, sort="km_to_hub", kind="number"),
        lists.Column("employees", _("Employees"), lambda row: row.employees, sort="employees", kind="number"),
        lists.Column("proofs", _("Provenance"), _counts, sort=lambda row: (-row.proofs.measured, -row.proofs.verified)),
        lists.Column("free", _("Free this week"), lambda row: _level(row.free_now), sort=_rank("free_now")),
        lists.Column("free_next", _("Free next week"), lambda row: _level(row.free_next), sort=_rank("free_next")),
        lists.Column("certificates", _("Certificates"), lambda row: ", ".join(row.certificate_names)),
        lists.Column("channel", _("Best reached by"), lambda row: row.channel_name, sort="channel"),
    ]
    filters: list[lists.Filter] = [
        lists.Choice("family", _("Process family"), Family.choices, apply=_holding("families")),
        lists.Choice("process", _("Process"), sorted(processes.items()), apply=_holding("process_keys")),
        lists.Choice("district", _("District"), places),
        lists.Choice("free", _("Free this week"), FREE, apply=_free("free_now")),
        lists.Choice("free_next", _("Free next week"), FREE, apply=_free("free_next")),
        lists.Choice("proof", _("Provenance"), Provenance.choices, apply=_proven),
        lists.Choice("certificate", _("Certificate"), Certificate.Scheme.choices, apply=_holding("certificates")),
        lists.Choice("channel", _("Best reached by"), Company.Channel.choices),
        lists.Flag("single", _("Only one in the region"), lambda rows, _yes: [row for row in rows if row.single]),
        lists.Flag("lead", _("May lead a team"), lambda rows, _yes: [row for row in rows if row.may_lead]),
    ]
    if actor.is_coordinator:
        columns.append(lists.Column("state", _("Membership"), lambda row: row.state_name, sort="state"))
        filters.append(lists.Choice("state", _("Membership"), Admission.State.choices))
    return lists.ListSpec(
        name="companies",
        columns=columns,
        filters=filters,
        search=lambda rows, text: _among(rows, queries.search(actor, text)),
        search_label=_("Name, reading, machine, material"),
        default_sort="name",
        empty=lists.Empty(
            _("No company belongs to the network yet."),
            _("Admit the first one; its machines and hours follow."),
            reverse("network:company-new") if actor.is_coordinator else "",
            _("Admit a company") if actor.is_coordinator else "",
        ),
    )


def _address(row: CompanyRow) -> str:
    return reverse("network:company", args=[row.code])


def _level(level: Level | None) -> str:
    return str(level.label) if level else ""


def _rank(name: str) -> Callable[[CompanyRow], int | None]:
    """Most free first; what is not shown last."""

    def read(row: CompanyRow) -> int | None:
        level = getattr(row, name)
        return None if level is None else -list(Level).index(level)

    return read


def _views(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """Table, map and coverage, keeping search and filters."""
    asked = request.GET.copy()
    for key in ("page", "export"):
        asked.pop(key, None)
    query = f"?{asked.urlencode()}" if asked else ""
    known = [("company-list", _("Table"), "table"), ("company-map", _("Map"), "map")]
    return [
        {"url": reverse(f"network:{name}") + query, "label": label, "icon": icon, "current": name == current}
        for name, label, icon in known
    ]


@require_GET
def company_list(request: HttpRequest) -> HttpResponseBase:
    """The companies, searched, filtered and ordered."""
    actor = actor_of(request)
    rows = queries.company_list(actor)
    page = lists.show(request, _company_spec(actor, rows), rows)
    context = {
        "views": _views(request, "company-list"),
        "may_admit": actor.is_coordinator,
        "single_count": sum(bool(row.single) for row in rows),
        "company_count": len(rows),
        "own_code": next((row.code for row in rows if row.is_own), ""),
    }
    return page.render("network/companies.html", context)


@require_GET
def company_map(request: HttpRequest) -> HttpResponseBase:
    """The same companies on the map, with a table beside it."""
    actor = actor_of(request)
    rows = queries.company_list(actor)
    page = lists.show(request, _company_spec(actor, rows), rows)
    features = queries.map_features(actor, list(page.page.paginator.object_list), buyers=not page.chosen)
    network = Network.objects.get(pk=actor.network_id)
    sheet = basemap.Sheet.of(network.code, [(f.latitude, f.longitude) for f in features])
    drawn = [(feature, *sheet.at(feature.latitude, feature.longitude)) for feature in features]
    context = {
        "views": _views(request, "company-map"),
        "features": features,
        "sheet": sheet,
        "drawn": drawn,
        "island": map_data(network, features),
    }
    return page.render("network/map.html", context)


def map_data(network: Network, features: Sequence[MapFeature]) -> dict[str, Any]:
    """What the map island needs: where the outline is, and the places."""
    has_map = geo.basemap(network.code) is not None
    return {
        "basemap": reverse("network:basemap") if has_map else None,
        "features": [
            {
                "key": feature.key,
                "kind": feature.kind,
                "name": feature.name,
                "latitude": feature.latitude,
                "longitude": feature.longitude,
                "detail": feature.detail,
                "place": feature.place,
                "single": feature.is_single,
                "own": feature.is_own,
                "url": reverse("network:company", args=[feature.company_code]) if feature.company_code else None,
            }
            for feature in features
        ],
        "flows": [],
    }


@require_GET
@cache_control(private=True, max_age=3600)
def basemap_json(request: HttpRequest) -> HttpResponse:
    """The outline of the network's region as GeoJSON."""
    network = Network.objects.get(pk=actor_of(request).network_id)
    found = geo.basemap(network.code)
    if found is None:
        raise Hidden()
    return JsonResponse(found)


def _coverage_spec() -> lists.ListSpec:
    return lists.ListSpec(
        name="coverage",
        columns=[
            lists.Column("family", _("Process family"), lambda row: row.family_name),
            lists.Column("process", _("Process"), lambda row: row.process, sort="process"),
            lists.Column("count", _("Companies"), lambda row: row.count, sort="count", kind="number"),
            lists.Column("state", _("Coverage"), lambda row: str(dict(COVERAGE_STATES)[row.state])),
            lists.Column("holders", _("Held by"), lambda row: ", ".join(holder.name for holder in row.holders)),
        ],
        filters=[
            lists.Choice("state", _("Coverage"), COVERAGE_STATES),
            lists.Choice("family", _("Process family"), Family.choices),
        ],
        search=lambda rows, text: [row for row in rows if folded(text) in folded(f"{row.process} {row.process_key}")],
        search_label=_("Process"),
        per_page=200,
    )


@dataclass(frozen=True)
class Mark:
    """One cell of process × company: how the company is known to hold the process."""

    icon: str
    words: str

    @classmethod
    def of(cls, holder: Holder) -> "Mark":
        """The mark of a holder; a machine without any stated capability is a plain check."""
        sign = PROOFS[holder.proof][1] if holder.proof else "machine"
        words = (
            dict(Provenance.choices).get(holder.proof) or _("a machine") if holder.proof != "expired" else _("expired")
        )
        return cls(sign, f"{holder.name}: {words}")


@require_GET
def coverage(request: HttpRequest) -> HttpResponseBase:
    """Which process is held by whom; single holders and gaps first in words, then the table."""
    actor = actor_of(request)
    found = queries.coverage(actor)
    page = lists.show(request, _coverage_spec(), found.rows)
    families: dict[str, list[tuple[CoverageRow, list[Mark | None]]]] = {}
    for row in page.objects:
        marks = {holder.code: Mark.of(holder) for holder in row.holders}
        families.setdefault(row.family_name, []).append((row, [marks.get(c.code) for c in found.companies]))
    asked = request.GET.copy()
    asked.pop("export", None)
    matrix = asked.get("view") == "matrix"
    views = []
    for key, label, icon in (("", _("List"), "list"), ("matrix", _("Process × company"), "table")):
        asked["view"] = key
        views.append(
            {"url": f"?{asked.urlencode()}", "label": label, "icon": icon, "current": (key == "matrix") == matrix}
        )
    context = {
        "coverage": found,
        "single": found.single,
        "missing": found.missing,
        "families": families.items(),
        "matrix": matrix,
        "views": views,
        "shows_capacity": actor.is_member,
    }
    return page.render("network/coverage.html", context)

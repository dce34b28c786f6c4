"""The closed table of who sees what: every model × every reader × exactly these rows, and every guarded column.

A model of ours that is missing from the table fails the first test. Everything hidden exists in the world, so that it
could leak. Rows are told apart by a word each (see ``WORDS``).
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model

from tests.platform.world import FILES, FIRMS, PARTNERS, PURPOSE, TITLES, Secrets, World, standing
from zagumi.platform.cases.models import Case, CaseFile, CaseImport, CaseNote, Operation, OperationLink, Option, Part
from zagumi.platform.core import models as core
from zagumi.platform.core import visibility
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.visibility import shows
from zagumi.platform.network import models as network
from zagumi.platform.planning.models import Alternative, Plan, PlannedSublot, PlannedTransfer, Run

pytestmark = pytest.mark.django_db

INTERNAL = {
    "core.User": "a person; read through the seats",
    "core.Counter": "the next number of a code",
    "core.AuditHead": "the end of the hash chain",
    "core.Party_networks": "which party belongs to which network; read through the parties",
    "planning.Run_cases": "which cases a run plans; read through the runs",
}
OURS = ("core", "network", "cases", "planning", "shell")

READERS = (
    "coordinator", "member", "rival", "plater", "former", "buyer", "other_buyer", "carrier", "viewer",
    "far_coordinator", "far_member",
)  # fmt: skip


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), standing() as built:
        yield built


# ------------------------------------------------------------------------------------------------- the word of a row


def _party(world: World, key: int | None) -> str:
    return world.name_of_party(key)


def _machine(machine: network.Machine) -> str:
    return machine.name.replace("の機械", " ")


def _audit(world: World, row: core.AuditEntry) -> str:
    who = _party(world, row.party_id) if row.party_id else f"system of {row.network.code}"
    return f"{who} for {_party(world, row.on_behalf_of_id)}" if row.on_behalf_of_id else who


WORDS: dict[type[Model], Callable[[World, Any], str]] = {
    core.Network: lambda _w, row: row.code,
    core.Party: lambda w, row: _party(w, row.pk) if _party(w, row.pk) != "nobody" else row.name,
    core.Seat: lambda _w, row: row.user.username,
    core.Invitation: lambda _w, row: row.name,
    core.Token: lambda _w, row: row.name,
    core.StoredFile: lambda _w, row: row.name,
    core.AuditEntry: _audit,
    core.Job: lambda _w, row: f"{row.kind} {row.network.code}",
    network.Process: lambda _w, row: row.key,
    network.Skill: lambda _w, row: row.key,
    network.Company: lambda w, row: _party(w, row.party_id),
    network.Admission: lambda w, row: f"{_party(w, row.company.party_id)} in {row.network.code}",
    network.Site: lambda _w, row: row.name,
    network.WorkCalendar: lambda w, row: _party(w, row.company.party_id),
    network.Shift: lambda w, row: _party(w, row.calendar.company.party_id),
    network.CalendarDay: lambda _w, row: row.reason,
    network.Machine: lambda _w, row: _machine(row),
    network.Booking: lambda _w, row: row.note or f"plan in {row.network.code} on {_machine(row.machine)}",
    network.MachineStop: lambda _w, row: row.reason,
    network.Capability: lambda _w, row: row.note,
    network.CapabilityRange: lambda _w, row: row.capability.note,
    network.Certificate: lambda _w, row: row.name,
    network.Person: lambda _w, row: row.name,
    network.PersonSkill: lambda _w, row: row.person.name,
    Case: lambda _w, row: row.title,
    Part: lambda _w, row: row.name,
    Operation: lambda _w, row: row.name,
    OperationLink: lambda _w, row: f"{row.before.name}→{row.after.name}",
    Option: lambda _w, row: f"{row.operation.name} {_machine(row.machine)}" + (" removed" if row.removed_at else ""),
    CaseFile: lambda _w, row: row.title,
    CaseNote: lambda _w, row: row.text,
    CaseImport: lambda _w, row: row.stored.name,
    Run: lambda _w, row: row.reason,
    Alternative: lambda _w, row: row.run.reason,
    Plan: lambda _w, row: row.case.title,
    PlannedSublot: lambda _w, row: row.operation.name,
    PlannedTransfer: lambda _w, row: f"{row.giver.operation.name}→{row.taker.operation.name if row.taker else ''}",
}


def seen(world: World, model: type[Model], who: str) -> set[str]:
    rows = model.objects.visible_to(world.readers[who])  # type: ignore[attr-defined]
    return {WORDS[model](world, row) for row in rows}


# -------------------------------------------------------------------------------------------------- the table of rows

Table = dict[str, set[str]]

OWN_FIRM = {who: (who,) for who in FIRMS}
KNOWN_FIRMS = {
    "coordinator": ("member", "rival", "plater", "former"),
    **dict.fromkeys(PARTNERS, PARTNERS),
    "former": ("former",),
    "far_coordinator": ("plater", "far_member"),
    "far_member": ("plater", "far_member"),
}
"""A company that has left shows to itself and the office, and sees nobody else any more."""
CARED_FOR = {**OWN_FIRM, "coordinator": KNOWN_FIRMS["coordinator"], "far_coordinator": KNOWN_FIRMS["far_coordinator"]}
"""What only the company itself and the office know of."""


def words(what: str, firms: tuple[str, ...]) -> set[str]:
    return {Secrets(who).word(what) for who in firms}


def shared(open_word: str, *kept_words: str) -> Table:
    """Rows open to all who know the company, and rows for those who look after it."""
    kept = {who: {word for what in kept_words for word in words(what, firms)} for who, firms in CARED_FOR.items()}
    return {who: words(open_word, firms) | kept.get(who, set()) for who, firms in KNOWN_FIRMS.items()}


def guarded(what: str) -> Table:
    return {who: words(what, firms) for who, firms in CARED_FOR.items()}


def each(readers: Iterable[str], rows: set[str]) -> Table:
    """The same rows for several readers."""
    return dict.fromkeys(readers, rows)


def of_core() -> dict[type[Model], Table]:
    near = set(READERS) - {"far_coordinator", "far_member"}
    far = {"far_coordinator", "far_member"}
    partners = {"coordinator", *PARTNERS, "former"}
    papers = ("規格の写し", "得意先認定の写し", "旧規格の写し", "証拠")
    kept = {who: {f"{word}.pdf" for what in papers for word in words(what, (who,))} for who in FIRMS}
    case_files = {f"{title}.pdf" for title in (*FILES, "自分の写真", "消した図面")} | {"全社の費用.xlsx"}
    own_acts = {who: {who} for who in READERS}
    return {
        core.Network: each(near, {"nadahama"}) | each(far, {"yamate"}),
        core.Party: {
            **{who: {who, "coordinator"} for who in near},
            # A company that has left stays known by name: parties know nothing of memberships.
            **dict.fromkeys(partners, partners),
            "coordinator": near,
            "far_coordinator": far | {"plater", "山手の買主(架空)"},
            "far_member": far | {"plater"},
        },
        core.Seat: {who: {who} for who in READERS} | {"coordinator": near, "far_coordinator": far},
        core.Invitation: {"coordinator": {"招かれた人"}, "far_coordinator": {"遠方の客人"}},
        core.Token: {who: {f"〈{who}〉の鍵"} for who in READERS},
        core.StoredFile: {
            **kept,
            "coordinator": set().union(*(kept[who] for who in (*PARTNERS, "former"))) | case_files,
            "member": kept["member"] | {"自分の写真.pdf"},
            "far_coordinator": kept["far_member"],
        },
        core.AuditEntry: {
            **own_acts,
            "rival": {"rival", "coordinator for rival"},
            "coordinator": near | {"system of nadahama", "coordinator for rival"},
            "far_coordinator": far | {"system of yamate"},
        },
        core.Job: {
            "coordinator": {"asked.by_member nadahama", "planning.solve nadahama"},
            "member": {"asked.by_member nadahama"},
            "far_coordinator": {"planning.solve yamate"},
        },
    }


def of_network() -> dict[type[Model], Table]:
    machines = {
        who: {f"{kind} {firm}" for firm in firms for kind in ("exact", "band", "hidden")}
        for who, firms in KNOWN_FIRMS.items()
    }
    retired = {who: {f"retired {firm}" for firm in firms} for who, firms in CARED_FOR.items()}
    works = {who: {f"{firm}工場" for firm in firms} for who, firms in KNOWN_FIRMS.items()}
    hub = each(set(READERS) - {"far_coordinator", "far_member"}, {"共同ハブ"})
    goods_in = {
        "buyer": {"岐山工場"}, "other_buyer": {"小早川受入口"}, "coordinator": {"岐山工場", "小早川受入口"},
    }  # fmt: skip
    places = {"nadahama": (*PARTNERS, "former"), "yamate": ("far_member", "plater")}
    bookings = {firm: {Secrets(firm).word(f"予約{kind}") for kind in ("exact", "band", "hidden")} for firm in FIRMS}
    near_plan = {f"plan in nadahama on {where}" for where in ("exact member", "band plater", "hidden rival")}
    far_plan = {f"plan in yamate on {where}" for where in ("exact far_member", "hidden plater", "exact plater")}
    return {
        network.Process: each(READERS, {row.key for row in network.Process.objects.all()}),
        network.Skill: each(READERS, {row.key for row in network.Skill.objects.all()}),
        network.Company: {who: set(firms) for who, firms in KNOWN_FIRMS.items()},
        network.Admission: {
            **{who: {f"{who} in nadahama"} for who in (*PARTNERS, "former")},
            "far_member": {"far_member in yamate"},
            "coordinator": {f"{firm} in nadahama" for firm in places["nadahama"]},
            "far_coordinator": {f"{firm} in yamate" for firm in places["yamate"]},
        },
        network.Site: {
            who: works.get(who, set()) | hub.get(who, set()) | goods_in.get(who, set()) for who in READERS
        },
        network.WorkCalendar: {who: set(firms) for who, firms in CARED_FOR.items()},
        network.Shift: {who: set(firms) for who, firms in CARED_FOR.items()},
        network.CalendarDay: guarded("休業"),
        network.Machine: {who: rows | retired.get(who, set()) for who, rows in machines.items()},
        network.Booking: {
            **bookings,
            "member": bookings["member"] | {"plan in nadahama on exact member"},
            "rival": bookings["rival"] | {"plan in nadahama on hidden rival"},
            "plater": bookings["plater"] | {row for row in near_plan | far_plan if "plater" in row},
            "far_member": bookings["far_member"] | {"plan in yamate on exact far_member"},
            # Exact hours where the owner shows them (there another network's plan has no name, see the columns),
            # and its own plans everywhere.
            "coordinator": words("予約exact", places["nadahama"]) | near_plan | {"plan in yamate on exact plater"},
            "far_coordinator": words("予約exact", places["yamate"]) | far_plan,
        },
        network.MachineStop: guarded("停止"),
        network.Capability: shared("得手", "元能力"),
        network.CapabilityRange: shared("得手", "元能力"),
        network.Certificate: shared("規格", "得意先認定", "旧規格"),
        network.Person: shared("山根", "昔野"),
        network.PersonSkill: shared("山根", "昔野"),
    }  # fmt: skip


def of_cases() -> dict[type[Model], Table]:
    first, second, far = (TITLES[key] for key in ("first", "second", "far"))
    files = {who: {title for title, (_p, _a, readers) in FILES.items() if who in readers} for who in READERS}
    steps = {
        "coordinator": {"旋削軸", "めっき軸", "旋削座金", "やめた工程", "ポンプ旋削"},
        "member": {"旋削軸"},
        "rival": {"旋削軸", "旋削座金", "ポンプ旋削"},
        "plater": {"めっき軸"},
        "far_coordinator": {"遠い旋削", "遠いめっき", "遠い仕上げめっき"},
        "far_member": {"遠い旋削"},
    }
    options = {
        "member": {"旋削軸 exact member"},
        "rival": {"旋削軸 exact rival", "旋削座金 hidden rival", "ポンプ旋削 exact rival"},
        "plater": {"めっき軸 band plater"},
        "far_member": {"遠い旋削 exact far_member"},
    }
    taken_away = {"旋削座金 band member removed", "やめた工程 exact member"}
    return {
        Case: {
            "coordinator": {first, second}, "member": {first}, "rival": {first, second}, "plater": {first},
            "buyer": {first}, "other_buyer": {second}, "far_coordinator": {far}, "far_member": {far},
        },
        Part: {
            "coordinator": {"軸", "座金", "やめた部品", "ポンプ軸"}, "member": {"軸"}, "plater": {"軸"},
            "rival": {"軸", "座金", "ポンプ軸"}, "buyer": {"軸", "座金"}, "other_buyer": {"ポンプ軸"},
            "far_coordinator": {"歯車"}, "far_member": {"歯車"},
        },
        Operation: steps,
        OperationLink: {
            **each(("coordinator", *PARTNERS), {"旋削軸→めっき軸"}),
            "far_coordinator": {"遠い旋削→遠いめっき", "遠いめっき→遠い仕上げめっき"},
            "far_member": {"遠い旋削→遠いめっき"},
        },
        Option: {
            **options,
            "coordinator": options["member"] | options["rival"] | options["plater"] | taken_away,
            "far_coordinator": options["far_member"]
            | {"遠いめっき hidden plater", "遠い仕上げめっき exact plater"},
        },
        CaseFile: {
            **files,
            "member": files["member"] | {"自分の写真"},
            "coordinator": {*FILES, "自分の写真", "消した図面"},
        },
        CaseNote: {
            **{who: {f"{who}への話"} for who in (*PARTNERS, "buyer")},
            "coordinator": {"事務局の中の話", *(f"{who}への話" for who in (*PARTNERS, "buyer"))},
        },
        CaseImport: {"coordinator": {"全社の費用.xlsx"}},
    }  # fmt: skip


def of_planning() -> dict[type[Model], Table]:
    first, far = TITLES["first"], TITLES["far"]
    searches = {"coordinator": {"最初の採用理由の計算"}, "far_coordinator": {"遠い採用理由の計算"}}
    return {
        Run: searches,
        Alternative: searches,
        Plan: {
            **each(("coordinator", *PARTNERS, "buyer"), {first}),
            **each(("far_coordinator", "far_member"), {far}),
        },
        PlannedSublot: {
            "coordinator": {"旋削軸", "めっき軸", "旋削座金"},
            "member": {"旋削軸"}, "plater": {"めっき軸"}, "rival": {"旋削座金"},
            "far_coordinator": {"遠い旋削", "遠いめっき", "遠い仕上げめっき"}, "far_member": {"遠い旋削"},
        },
        PlannedTransfer: {
            "coordinator": {"旋削軸→めっき軸", "めっき軸→", "旋削座金→"},
            "member": {"旋削軸→めっき軸"}, "plater": {"旋削軸→めっき軸", "めっき軸→"}, "rival": {"旋削座金→"},
            "far_coordinator": {"遠い旋削→遠いめっき", "遠いめっき→遠い仕上げめっき"},
            "far_member": {"遠い旋削→遠いめっき"},
        },
    }  # fmt: skip


def rows_table() -> dict[type[Model], Table]:
    return of_core() | of_network() | of_cases() | of_planning()


def test_every_model_of_ours_is_in_the_table_or_known_as_internal() -> None:
    ours = {model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in OURS}
    internal = {model for model in ours if model._meta.label in INTERNAL}
    assert ours - internal == set(rows_table()) == set(WORDS)
    assert visibility.governed_models() == ours - internal
    assert len(internal) == len(INTERNAL), "a model that is no more is still listed as internal"
    assert {app.label for app in apps.get_app_configs() if app.name.startswith("zagumi.")} <= set(OURS)


def test_internal_models_cannot_be_asked_for() -> None:
    for label in INTERNAL:
        model = apps.get_model(label)
        assert not hasattr(model._default_manager, "visible_to"), label
        with pytest.raises(visibility.NoRule):
            visibility.row_rule(model)


@pytest.mark.parametrize("model", sorted(WORDS, key=lambda model: model._meta.label), ids=lambda model: model.__name__)
def test_every_reader_sees_exactly_these_rows(world: World, model: type[Model]) -> None:
    table = rows_table()[model]
    expected = {who: table.get(who, set()) for who in READERS}
    assert {who: seen(world, model, who) for who in READERS} == expected
    hidden_rows = {WORDS[model](world, row) for row in model._default_manager.all()}
    shown_to_all = set.intersection(*expected.values())
    assert hidden_rows > shown_to_all or model in {network.Process, network.Skill}, "nothing here could leak"


# ----------------------------------------------------------------------------------------------- the table of columns

Thing = Callable[[World], Any]


def _capability(world: World) -> network.Capability:
    return network.Capability.objects.get(code=world.firms["member"].capability)


def _booking(note: str) -> Thing:
    return lambda _world: network.Booking.objects.get(note=note)


def _far_booking(world: World) -> network.Booking:
    machine = world.firms["plater"].machines["exact"]
    return network.Booking.objects.get(machine=machine, network=world.cast.elsewhere)


def _transfer(world: World) -> PlannedTransfer:
    return PlannedTransfer.objects.get(plan=world.plans["first"], taker__isnull=False)


def _machine_of_member(kind: str) -> Thing:
    return lambda world: network.Machine.objects.get(pk=world.firms["member"].machines[kind].pk)


def _rivals(columns: set[str]) -> Table:
    return {"rival": columns, "plater": columns}


EVERYTHING_OF_A_CASE = {"price", "structure", "buyer", "contract", "note", "parts", "lateness"}
COLUMNS: dict[str, tuple[Thing, Table]] = {
    # thing: (how to find it, what each reader may read of it; readers without an entry do not even see the row)
    "company": (
        lambda world: network.Company.objects.get(pk=world.firms["member"].company.pk),
        {"member": {"capital", "admission"}, "coordinator": {"capital", "admission"}, **_rivals(set())},
    ),
    "machine with exact hours": (
        _machine_of_member("exact"),
        {
            "member": {"prices", "load_exact", "load_band", "disclosure"},
            "coordinator": {"load_exact", "load_band", "disclosure"},
            "coordinator who says why": {"prices", "load_exact", "load_band", "disclosure"},
            **_rivals({"load_band"}),
        },
    ),
    "machine with rough hours": (
        _machine_of_member("band"),
        {
            "member": {"prices", "load_exact", "load_band", "disclosure"},
            "coordinator": {"load_band", "disclosure"},
            "coordinator who says why": {"prices", "load_band", "disclosure"},
            **_rivals({"load_band"}),
        },
    ),
    "machine with hidden hours": (
        _machine_of_member("hidden"),
        {
            "member": {"prices", "load_exact", "load_band", "disclosure"},
            "coordinator": {"disclosure"},
            "coordinator who says why": {"prices", "disclosure"},
            **_rivals(set()),
        },
    ),
    "booking": (
        _booking(Secrets("member").word("予約exact")),
        {"member": {"note", "source"}, "coordinator": {"note"}},
    ),
    "another network's booking": (
        _far_booking,
        {"plater": {"note", "source"}, "coordinator": {"note"}, "far_coordinator": {"note", "source"}},
    ),
    "capability": (
        _capability,
        {
            "member": {"prices", "times", "evidence", "assessor"},
            "coordinator": {"times", "evidence", "assessor"},
            "coordinator who says why": {"prices", "times", "evidence", "assessor"},
            **_rivals(set()),
        },
    ),
    "certificate": (
        lambda world: network.Certificate.objects.get(code=world.firms["member"].certificates["iso_9001"]),
        {"member": {"file", "note"}, "coordinator": {"file", "note"}, **_rivals(set())},
    ),
    "person": (
        lambda world: network.Person.objects.get(code=world.firms["member"].people["now"]),
        {"member": {"name"}, "coordinator": {"name"}, **_rivals(set())},
    ),
    "case": (
        lambda world: world.cases["first"],
        {
            "coordinator": EVERYTHING_OF_A_CASE,
            "buyer": {"buyer", "parts"},
            "member": set(),
            **_rivals(set()),
        },
    ),
    "step": (
        lambda world: Operation.objects.get(case=world.cases["first"], number=10),
        {"coordinator": {"neighbours", "options"}, "member": set(), "rival": set()},
    ),
    "option": (
        lambda world: Option.objects.get(
            operation__case=world.cases["first"],
            operation__number=10,
            machine__site__party_id=world.cast.member.party_id,
        ),
        {
            "member": {"times", "costs", "answer"},
            "coordinator": {"times", "answer"},
            "coordinator who says why": {"times", "costs", "answer"},
        },
    ),
    "file": (
        lambda world: CaseFile.objects.get(case=world.cases["first"], title="図面甲"),
        {"coordinator": {"audience", "author"}, "buyer": set(), "member": set(), **_rivals(set())},
    ),
    "plan": (
        lambda world: world.plans["first"],
        {
            "coordinator": {"cost", "co2", "risk", "reason", "lead", "team", "completion"},
            "buyer": {"completion"},
            "member": {"completion"},
            **_rivals({"completion"}),
        },
    ),
    "transfer": (_transfer, {"coordinator": {"cost", "other_end"}, "member": set(), "plater": set()}),
}


def test_every_model_with_guarded_columns_is_in_the_table(world: World) -> None:
    def is_guarded(model: type[Model]) -> bool:
        row = model._default_manager.first()
        assert row is not None, model
        try:
            shows(world.cast.coordinator, row)
        except visibility.NoRule:
            return False
        return True

    tested = {type(find(world)) for find, _expected in COLUMNS.values()}
    assert {model for model in visibility.governed_models() if is_guarded(model)} == tested


@pytest.mark.parametrize("thing", COLUMNS)
def test_every_reader_reads_exactly_these_columns(world: World, thing: str) -> None:
    find, expected = COLUMNS[thing]
    row = find(world)
    readers: dict[str, Actor] = {**world.readers, "coordinator who says why": world.cast.coordinator.because(PURPOSE)}
    read = {
        who: set(shows(actor, row))
        for who, actor in readers.items()
        if type(row).objects.visible_to(actor).filter(pk=row.pk).exists()
    }
    assert read == {"coordinator who says why": expected["coordinator"], **expected}

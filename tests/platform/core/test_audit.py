"""The audit log: complete, chained, and proof against hands in the database."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from tests.people import Cast, seat_of
from zagumi.platform.core import append_only, audit, services
from zagumi.platform.core.append_only import AppendOnly
from zagumi.platform.core.audit import BrokenEntry
from zagumi.platform.core.models import AuditEntry, AuditHead, Party
from zagumi.platform.core.services import service


@service
def noted(actor, *, count: int = 1, subject=None, **details) -> None:
    for _number in range(count):
        audit.record(actor, "noted", subject or seat_of(actor), **details)


def test_a_service_leaves_who_did_what_to_what_and_why(cast: Cast) -> None:
    party = Party.objects.get(pk=cast.member.party_id)
    actor = cast.coordinator.for_party(party, channel="fax").because("read back by telephone")

    noted(actor, subject=party, case_code="C-2026-0001", changes={"due": (None, date(2026, 12, 1))})

    entry = AuditEntry.objects.visible_to(cast.coordinator).latest("seq")
    assert (entry.user_name, entry.party_id, entry.on_behalf_of) == ("佐伯 みどり", cast.coordinator.party_id, party)
    assert (entry.channel, entry.purpose, entry.case_code) == ("fax", "read back by telephone", "C-2026-0001")
    assert (entry.subject_model, entry.subject_code) == ("core.Party", party.code)
    assert entry.changes == {"due": [None, "2026-12-01"]}


def test_recording_outside_a_service_is_an_error(cast: Cast) -> None:
    with pytest.raises(RuntimeError, match="inside a service"):
        audit.record(cast.coordinator, "noted", seat_of(cast.coordinator))


def test_services_within_services_share_one_transaction_and_one_chain(cast: Cast) -> None:
    @service
    def outer() -> None:
        noted(cast.coordinator, count=2)
        noted(cast.far_coordinator)
        raise ZeroDivisionError

    before = AuditEntry.objects.count()
    with pytest.raises(ZeroDivisionError):
        outer()

    assert AuditEntry.objects.count() == before
    assert audit.verify(cast.network) == []


def test_each_network_has_a_chain_of_its_own_without_gaps(cast: Cast) -> None:
    noted(cast.coordinator, count=3)
    noted(cast.far_coordinator, count=2)

    for network in (cast.network, cast.elsewhere):
        seqs = list(AuditEntry.objects.filter(network=network).order_by("seq").values_list("seq", flat=True))
        assert seqs == list(range(1, len(seqs) + 1))
        assert audit.verify(network) == []


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (1.5, 1.5),
        (1e300, "1e+300"),
        (float("nan"), "nan"),
        (Decimal("1.20"), "1.20"),
        (datetime(2026, 1, 1, 9, tzinfo=UTC), "2026-01-01T09:00:00+00:00"),
        ({"b": [1, None], "a": True}, {"a": True, "b": [1, None]}),
        ((1, "二"), [1, "二"]),
        (Party.Kind.BUYER, "buyer"),
    ],
)
def test_whatever_changes_the_seal_holds_after_a_round_trip(cast: Cast, value: object, kept: object) -> None:
    noted(cast.coordinator, changes={"x": (None, value)})

    assert AuditEntry.objects.filter(network=cast.network).latest("seq").changes == {"x": [None, kept]}
    assert audit.verify(cast.network) == []


# --- tampering, by somebody who may do everything in the database ---


@pytest.fixture
def chain(cast: Cast) -> Cast:
    """A log of at least nine entries whose triggers somebody has taken away."""
    noted(cast.coordinator, count=9)
    append_only.lift(connection, "core_auditentry")
    return cast


def entries(cast: Cast):
    return AuditEntry.objects.filter(network=cast.network)


def middle(cast: Cast) -> int:
    """The number of an entry by a person with others before and after it."""
    return entries(cast).latest("seq").seq - 4


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("verb", "did nothing"),
        ("user_name", "somebody else"),
        ("changes", {"price": [1, 2]}),
        ("purpose", "none"),
        ("case_code", "C-0"),
        ("channel", "api"),
        ("subject_code", "P-9999"),
        ("at", datetime(2020, 1, 1, tzinfo=UTC)),
        ("party_id", None),
        ("seat_id", None),
    ],
)
def test_an_altered_entry_is_found(chain: Cast, field: str, value: object) -> None:
    seq = middle(chain)
    entries(chain).filter(seq=seq).update(**{field: value})

    assert audit.verify(chain.network) == [BrokenEntry(seq, "altered")]


def test_an_altered_entry_with_a_fresh_seal_breaks_the_next(chain: Cast) -> None:
    seq = middle(chain)
    entry = entries(chain).get(seq=seq)
    entry.verb = "did nothing"
    entries(chain).filter(seq=seq).update(verb=entry.verb, hash=audit.digest(entry))

    assert audit.verify(chain.network) == [BrokenEntry(seq + 1, "unchained")]


def test_a_removed_entry_is_found(chain: Cast) -> None:
    seq = middle(chain)
    entries(chain).filter(seq=seq)._raw_delete("default")

    assert audit.verify(chain.network) == [BrokenEntry(seq + 1, "missing")]


def test_a_removed_entry_with_the_rest_moved_up_is_found(chain: Cast) -> None:
    seq = middle(chain)
    entries(chain).filter(seq=seq)._raw_delete("default")
    for entry in entries(chain).filter(seq__gt=seq).order_by("seq"):
        entries(chain).filter(pk=entry.pk).update(seq=entry.seq - 1)

    assert BrokenEntry(seq, "unchained") in audit.verify(chain.network)


def test_a_cut_tail_is_found(chain: Cast) -> None:
    last = entries(chain).latest("seq").seq
    entries(chain).filter(seq=last)._raw_delete("default")

    assert audit.verify(chain.network) == [BrokenEntry(last, "cut")]


def test_two_exchanged_entries_are_found(chain: Cast) -> None:
    seq = middle(chain)
    first, second = entries(chain).get(seq=seq), entries(chain).get(seq=seq + 1)
    entries(chain).filter(pk=first.pk).update(seq=999)
    entries(chain).filter(pk=second.pk).update(seq=seq)
    entries(chain).filter(pk=first.pk).update(seq=seq + 1)

    assert {broken.seq for broken in audit.verify(chain.network)} >= {seq, seq + 1, seq + 2}


def test_an_emptied_log_is_found(chain: Cast) -> None:
    entries(chain)._raw_delete("default")

    assert audit.verify(chain.network) == [BrokenEntry(1, "cut")]


def test_entries_moved_from_another_network_are_found(chain: Cast) -> None:
    last = AuditHead.objects.get(network=chain.network).seq
    AuditEntry.objects.filter(network=chain.elsewhere, seq=1).update(network=chain.network, seq=last + 1)

    assert BrokenEntry(last + 1, "altered") in audit.verify(chain.network)


# --- the table itself ---


def test_a_written_entry_is_not_saved_again_and_not_deleted(cast: Cast) -> None:
    entry = AuditEntry.objects.first()

    with pytest.raises(AppendOnly):
        entry.save()
    with pytest.raises(AppendOnly):
        entry.delete()


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "statement",
    ["UPDATE core_auditentry SET verb = 'x'", "DELETE FROM core_auditentry", "DELETE FROM core_auditentry WHERE seq=1"],
)
def test_the_database_refuses_changes_from_whatever_side(database, statement: str) -> None:
    services.found_network(code="n", name="網", office_name="局")

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert AuditEntry.objects.count() == 2


@pytest.mark.both_databases
def test_flush_empties_everything_and_guards_again(database) -> None:
    from django.core.management import call_command

    services.found_network(code="n", name="網", office_name="局")
    call_command("flush", interactive=False, verbosity=0)
    assert AuditEntry.objects.count() == 0

    services.found_network(code="n", name="網", office_name="局")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.update(verb="x")


# --- who reads it ---


def test_fields_and_choices_are_read_in_words_as_long_as_they_exist(cast: Cast) -> None:
    seat = seat_of(cast.member)
    noted(
        cast.coordinator, subject=seat, changes={"role": ("member", "buyer"), "is_active": (True, False), "old": (1, 2)}
    )

    with translation.override("en"):
        (line,) = audit.history(cast.coordinator, seat)[:1]
        assert (line.kind, line.subject_code) == ("seat", f"member@{cast.member.party_code}")
        assert line.changes == (("role", "Member company", "Buyer"), ("active", True, False), ("old", 1, 2))


def test_the_history_of_a_thing_is_shown_as_far_as_the_reader_may_know(cast: Cast) -> None:
    party = Party.objects.get(pk=cast.member.party_id)
    noted(cast.coordinator.for_party(party), subject=party, case_code="C-1", changes={"phone": ("1", "2")})
    noted(cast.rival, case_code="C-1")

    lines = audit.history(cast.coordinator, "C-1")
    assert [line.who for line in lines] == ["東野 剛", "佐伯 みどり"]
    with translation.override("en"):
        assert audit.history(cast.coordinator, "C-1")[1].wording == "telephone: 1 → 2"
    assert [line.who for line in audit.history(cast.member, "C-1")] == ["佐伯 みどり"]
    assert [line.who for line in audit.history(cast.rival, "C-1")] == ["東野 剛"]
    assert [line.who for line in audit.history(cast.member, party)] == ["佐伯 みどり"]
    for outsider in (cast.buyer, cast.viewer, cast.far_coordinator, cast.far_member):
        assert audit.history(outsider, "C-1") == []

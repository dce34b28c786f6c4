"""Who sees which rows of core: a closed table. Everything hidden exists here, so that it could leak."""

import pytest
from django.db import models

from tests.people import Cast, seat_of
from zagumi.platform.core import files, services
from zagumi.platform.core.errors import Hidden
from zagumi.platform.core.models import (
    AuditEntry,
    Invitation,
    Job,
    Network,
    Party,
    Seat,
    StoredFile,
    Token,
)
from zagumi.platform.core.visibility import NoRule, columns, governed_models, rows, shows

NAMES = (
    "coordinator",
    "member",
    "rival",
    "buyer",
    "other_buyer",
    "carrier",
    "viewer",
    "far_coordinator",
    "far_member",
)
NEAR = NAMES[:7]
FAR = NAMES[7:]
OWN = {name: {name} for name in NAMES}

# model → reader → whose rows (each person owns one row of each kind)
TABLE: dict[type[models.Model], dict[str, set[str]]] = {
    Party: OWN
    | {"coordinator": set(NEAR), "far_coordinator": set(FAR)}
    | {name: {name, "coordinator", "member", "rival"} for name in ("member", "rival")}
    | {name: {name, "coordinator"} for name in ("buyer", "other_buyer", "carrier", "viewer")}
    | {"far_member": set(FAR)},
    Seat: OWN | {"coordinator": set(NEAR), "far_coordinator": set(FAR)},
    Token: OWN,
    StoredFile: OWN | {"coordinator": set(NEAR), "far_coordinator": set(FAR)},
    Job: OWN | {"coordinator": set(NEAR), "far_coordinator": set(FAR)},
    AuditEntry: OWN | {"coordinator": set(NEAR), "far_coordinator": set(FAR)},
    Invitation: {name: set() for name in NAMES} | {"coordinator": set(NEAR), "far_coordinator": set(FAR)},
}


@pytest.fixture
def owned(cast: Cast) -> dict[type[models.Model], dict[str, models.Model]]:
    """One row of each kind for each person: model → owner → row."""
    made: dict[type[models.Model], dict[str, models.Model]] = {model: {} for model in TABLE}
    for name, actor in cast.everybody.items():
        seat = seat_of(actor)
        made[Party][name] = seat.party
        made[Seat][name] = seat
        made[Token][name], _secret = services.create_token(actor, name=f"token of {name}")
        made[StoredFile][name] = files.store(actor, uploaded=name.encode(), name=f"{name}.txt")
        made[Job][name] = Job.objects.create(kind="test", network=seat.network, started_by=seat)
        made[AuditEntry][name] = AuditEntry.objects.filter(seat=seat).latest("seq")
        host = cast.coordinator if name in NEAR else cast.far_coordinator
        made[Invitation][name], _secret = services.invite(host, party=seat.party, role=seat.role, name=name)
    return made


@pytest.mark.parametrize("model", TABLE, ids=lambda model: model.__name__)
@pytest.mark.parametrize("reader", NAMES)
def test_everybody_sees_exactly_what_the_table_says(cast: Cast, owned, model, reader: str) -> None:
    seen = set(model.objects.visible_to(cast.everybody[reader]))

    assert {owner for owner, row in owned[model].items() if row in seen} == TABLE[model][reader]


@pytest.mark.parametrize("reader", NAMES)
def test_everybody_knows_one_network(cast: Cast, reader: str) -> None:
    expected = cast.network if reader in NEAR else cast.elsewhere

    assert list(Network.objects.visible_to(cast.everybody[reader])) == [expected]


def test_the_table_is_complete() -> None:
    ours = {model for model in governed_models() if model._meta.app_label == "core"}

    assert ours == set(TABLE) | {Network}


def test_a_party_in_both_networks_is_seen_in_both_with_no_more(cast: Cast) -> None:
    shared = Party.objects.get(pk=cast.buyer.party_id)
    shared.networks.add(cast.elsewhere)

    assert shared in Party.objects.visible_to(cast.far_coordinator)
    assert shared in Party.objects.visible_to(cast.coordinator)
    assert Seat.objects.visible_to(cast.far_coordinator).filter(party=shared).count() == 0


def test_what_is_not_seen_cannot_be_found_either(cast: Cast, owned) -> None:
    with pytest.raises(Hidden):
        Party.objects.find(cast.buyer, code=owned[Party]["rival"].code)

    assert Party.objects.find(cast.member, code=owned[Party]["rival"].code) == owned[Party]["rival"]


def test_a_model_without_a_rule_opens_no_door(cast: Cast) -> None:
    from zagumi.platform.core.visibility import VisibleQuerySet, row_rule

    class Forgotten(models.Model):
        objects = VisibleQuerySet.as_manager()

        class Meta:
            app_label = "core"
            managed = False

    try:
        with pytest.raises(NoRule, match=r"core\.Forgotten"):
            row_rule(Forgotten)
        with pytest.raises(NoRule):
            Forgotten.objects.visible_to(cast.coordinator)
        with pytest.raises(NoRule):
            shows(cast.coordinator, Forgotten())
        columns(Forgotten)(lambda actor, row: frozenset({"price"} if actor.is_coordinator else ()))
        assert shows(cast.coordinator, Forgotten()) == {"price"}
        assert shows(cast.member, Forgotten()) == frozenset()
    finally:
        from django.apps import apps

        from zagumi.platform.core import visibility

        visibility._column_rules.pop(Forgotten, None)
        del apps.all_models["core"]["forgotten"]
        apps.clear_cache()


def test_one_model_has_one_rule() -> None:
    with pytest.raises(ValueError, match="two row rules"):
        rows(Party)(lambda actor: models.Q())

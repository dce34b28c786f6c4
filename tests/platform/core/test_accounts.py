"""Getting in: invitations, sign-in, second factors, seats; nobody gets in otherwise."""

import re
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.test import Client

from tests import factories
from tests.people import PASSWORD, Cast, seat_of, user_of
from zagumi.platform.core import clock, services
from zagumi.platform.core.errors import BadInput, Hidden, NotNow, Refused
from zagumi.platform.core.models import AuditEntry, Invitation, Party, Role, Seat, User


@pytest.fixture(autouse=True)
def no_limit_yet() -> None:
    cache.clear()


def sign_in(client: Client, name: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/accounts/login/", {"login": name, "password": password, **more})


def test_people_sign_in_with_their_name_and_it_is_written_down(cast: Cast, client: Client) -> None:
    answer = sign_in(client, "member")

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/accounts/tokens/").wsgi_request.actor == cast.member
    assert AuditEntry.objects.filter(verb="signed in", seat=cast.member.seat_id).count() == 1


def test_people_with_an_address_sign_in_with_it_too(cast: Cast, client: Client) -> None:
    user = user_of(cast.member)
    user.email = "nishio@example.invalid"
    user.save()

    assert sign_in(client, "Nishio@example.invalid").status_code == 302


def test_a_deep_link_survives_signing_in(cast: Cast, client: Client) -> None:
    first = client.get("/people/?role=member")
    assert first["Location"] == "/accounts/login/?next=/people/%3Frole%3Dmember"

    answer = client.post(first["Location"], {"login": "coordinator", "password": PASSWORD})

    assert answer["Location"] == "/people/?role=member"


def test_nobody_is_sent_to_another_site_after_signing_in(cast: Cast, client: Client) -> None:
    assert sign_in(client, "member", next="https://evil.example/")["Location"] == "/"


def test_nobody_signs_up(cast: Cast, client: Client) -> None:
    fields = {"username": "intruder", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/accounts/signup/", fields)

    assert not User.objects.filter(username="intruder").exists()


def test_guessing_is_slowed_down(cast: Cast, client: Client) -> None:
    for _attempt in range(10):
        sign_in(client, "member", "wrong")

    answer = sign_in(client, "member")

    assert answer.status_code != 302
    assert "_auth_user_id" not in client.session


def test_a_person_who_left_cannot_sign_in(cast: Cast, client: Client) -> None:
    User.objects.filter(pk=cast.member.user_id).update(is_active=False)

    sign_in(client, "member")

    assert "_auth_user_id" not in client.session


def test_a_second_factor_is_asked_for(cast: Cast, client: Client) -> None:
    secret = generate_totp_secret()
    TOTP.activate(user_of(cast.member), secret)

    answer = sign_in(client, "member")
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/accounts/tokens/").status_code == 302
    code = f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06d}"
    client.post("/accounts/2fa/authenticate/", {"code": code})

    assert client.get("/accounts/tokens/").status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/2fa/",
        "/accounts/2fa/webauthn/",
        "/accounts/sessions/",
        "/accounts/password/change/",
        "/accounts/email/",
        "/accounts/tokens/",
        "/accounts/logout/",
    ],
)
def test_everybody_looks_after_their_own_access(cast: Cast, client: Client, address: str) -> None:
    assert client.get(address)["Location"].startswith("/accounts/login/")
    sign_in(client, "viewer")

    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/"])
def test_a_new_second_factor_asks_for_the_password_once_more(cast: Cast, client: Client, address: str) -> None:
    sign_in(client, "viewer")
    again = client.get(address)["Location"]
    assert again.startswith("/accounts/reauthenticate/")

    assert client.post(again, {"password": PASSWORD})["Location"] == address
    assert client.get(address).status_code == 200


INLINE = re.compile(r"<script(?![^>]*(?:\bsrc=|application/json))[^>]*>|\son[a-z]+=|javascript:", re.IGNORECASE)


@pytest.mark.parametrize(
    "address",
    ["/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/", "/accounts/2fa/", "/accounts/email/", "/people/"],
)
def test_no_page_about_access_brings_a_script_the_policy_would_stop(cast: Cast, client: Client, address: str) -> None:
    assert not INLINE.search(client.get("/accounts/login/").content.decode())
    sign_in(client, "coordinator")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    answer = client.get(address)

    assert answer.status_code == 200
    assert not INLINE.search(answer.content.decode())


def test_passkeys_are_offered_at_the_door(client: Client, db: None) -> None:
    assert client.get("/accounts/login/").status_code == 200
    assert client.get("/accounts/2fa/webauthn/login/", headers={"accept": "application/json"}).status_code == 200


def test_sessions_can_be_ended_from_elsewhere(cast: Cast) -> None:
    here, there = Client(), Client()
    sign_in(here, "member")
    sign_in(there, "member")

    here.get("/accounts/sessions/")
    here.post("/accounts/sessions/")

    assert here.get("/accounts/tokens/").status_code == 200
    assert there.get("/accounts/tokens/").status_code == 302


# --- invitations ---


def invite(cast: Cast, **more: Any) -> tuple[Invitation, str]:
    party = Party.objects.get(pk=cast.member.party_id)
    return services.invite(cast.coordinator, party=party, role=Role.MEMBER, name="新井 薫", **more)


def test_an_invited_person_chooses_a_password_and_is_in(cast: Cast, client: Client) -> None:
    _invitation, secret = invite(cast)

    door = client.get(f"/invitation/{secret}")
    assert door["Location"] == "/invitation/"
    page = client.get("/invitation/").content.decode()
    assert "新井 薫" in page
    assert secret not in page
    answer = client.post("/invitation/", {"username": "arai", "password": PASSWORD, "again": PASSWORD})

    assert answer["Location"] == "/"
    actor = client.get("/accounts/tokens/").wsgi_request.actor
    assert (actor.user_name, actor.role, actor.party_id) == ("新井 薫", "member", cast.member.party_id)
    assert Client().get(f"/invitation/{secret}").status_code == 409


@pytest.mark.parametrize(
    "fields",
    [
        {"username": "arai", "password": PASSWORD, "again": "different words"},
        {"username": "arai", "password": "short", "again": "short"},
        {"username": "arai", "password": "1234567890", "again": "1234567890"},
        {"username": "member", "password": PASSWORD, "again": PASSWORD},
        {"username": "a b", "password": PASSWORD, "again": PASSWORD},
        {"username": "", "password": PASSWORD, "again": PASSWORD},
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_made(cast: Cast, client: Client, fields: dict[str, str]) -> None:
    _invitation, secret = invite(cast)
    client.get(f"/invitation/{secret}")
    before = User.objects.count()

    answer = client.post("/invitation/", fields)

    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert User.objects.count() == before


def test_somebody_signed_in_takes_the_seat_with_one_click(cast: Cast, client: Client) -> None:
    _invitation, secret = invite(cast)
    sign_in(client, "viewer")
    client.get(f"/invitation/{secret}")

    client.post("/invitation/")

    assert client.get("/accounts/tokens/").wsgi_request.actor.role == "member"
    assert {seat.role for seat in Seat.objects.filter(user=cast.viewer.user_id)} == {"member", "viewer"}


def test_an_invitation_ends_by_time_and_by_hand(cast: Cast, settings) -> None:
    withdrawn, first = invite(cast)
    services.withdraw_invitation(cast.coordinator, invitation=withdrawn)
    _late, second = invite(cast)
    for secret in (first, "nonsense"):
        with pytest.raises(NotNow):
            services.accept_invitation(secret=secret, username="arai", password=PASSWORD)
    settings.ZAGUMI_NOW = (clock.now().replace(microsecond=0)).isoformat()
    services.open_invitation(second)
    from datetime import timedelta

    settings.ZAGUMI_NOW = (clock.now() + timedelta(days=14, seconds=2)).isoformat()
    with pytest.raises(NotNow):
        services.open_invitation(second)


def test_a_letter_gives_a_lost_person_a_new_password(cast: Cast, client: Client, signed_in) -> None:
    seat = seat_of(cast.member)

    page = signed_in(cast.coordinator).post(f"/people/seats/{seat.pk}/invite").content.decode()
    (link,) = re.findall(r"http://testserver(/invitation/[\w-]+)", page)
    client.get(link)
    client.post("/invitation/", {"password": "entirely new words", "again": "entirely new words"})

    assert client.get("/accounts/tokens/").wsgi_request.actor == cast.member
    assert User.objects.get(pk=seat.user_id).check_password("entirely new words")
    assert not sign_in(Client(), "member").has_header("Location")


def test_no_coordinator_takes_over_a_person_of_two_networks(cast: Cast) -> None:
    user = user_of(cast.member)
    services.give_seat(cast.far_coordinator, user=user, party=factories.party(cast.elsewhere), role=Role.MEMBER)

    with pytest.raises(Refused):
        invite(cast, user=user)


def test_the_link_is_mailed_once_all_is_stored(cast: Cast, signed_in, django_capture_on_commit_callbacks) -> None:
    fields = {"party": cast.member.party_id, "role": "member", "name": "新井 薫", "email": "arai@example.invalid"}
    with django_capture_on_commit_callbacks(execute=True):
        page = signed_in(cast.coordinator).post("/people/invite", fields).content.decode()
        assert mail.outbox == []

    (letter,) = mail.outbox
    (link,) = re.findall(r"http://testserver/invitation/[\w-]+", letter.body)
    assert letter.to == ["arai@example.invalid"]
    assert link in page


@pytest.mark.parametrize("who", ["member", "rival", "buyer", "carrier", "viewer", "far_member"])
def test_only_the_coordinator_looks_after_people(cast: Cast, signed_in, who: str) -> None:
    actor = cast.everybody[who]
    client = signed_in(actor)
    seat = seat_of(cast.rival if who != "rival" else cast.member)
    invitation, _secret = invite(cast)

    for address in ("/people/", "/people/invite", "/log/"):
        assert client.get(address).status_code == 403
    for address in (f"/people/seats/{seat.pk}", f"/people/seats/{seat.pk}/invite"):
        assert client.post(address).status_code in {403, 404}
    assert client.post(f"/people/invitations/{invitation.pk}/withdraw").status_code in {403, 404}
    assert client.post("/log/verify").status_code == 403
    with pytest.raises(Refused):
        services.add_party(actor, kind="company", name="新会社")
    with pytest.raises(Refused):
        services.give_seat(actor, user=seat.user, party=seat.party, role=Role.COORDINATOR)
    assert Seat.objects.filter(pk=seat.pk, is_active=True).exists()


def test_the_coordinator_of_another_network_reaches_nobody_here(cast: Cast) -> None:
    seat = seat_of(cast.member)

    with pytest.raises(Hidden):
        services.close_seat(cast.far_coordinator, seat=seat)
    with pytest.raises(Hidden):
        services.give_seat(cast.far_coordinator, user=seat.user, party=seat.party, role=Role.MEMBER)
    with pytest.raises(Hidden):
        services.edit_party(cast.far_coordinator, party=seat.party, name="改名")


def test_a_party_is_changed_by_its_own_people_and_the_coordinator(cast: Cast) -> None:
    party = Party.objects.get(pk=cast.member.party_id)

    services.edit_party(cast.member, party=party, phone="078-000-0000")
    services.edit_party(cast.coordinator, party=party, fax="078-000-0001")
    with pytest.raises(Refused):
        services.edit_party(cast.rival, party=party, phone="1")
    with pytest.raises(BadInput) as refusal:
        services.edit_party(cast.member, party=party, corporate_number="12")

    party.refresh_from_db()
    assert (party.phone, party.fax, party.corporate_number) == ("078-000-0000", "078-000-0001", "")
    assert [fault.place for fault in refusal.value.faults] == ["corporate_number"]
    entry = AuditEntry.objects.filter(verb="changed the party").earliest("seq")
    assert entry.changes == {"phone": ["", "078-000-0000"]}


def test_the_coordinator_cannot_lock_themselves_out(cast: Cast) -> None:
    with pytest.raises(NotNow):
        services.close_seat(cast.coordinator, seat=seat_of(cast.coordinator))


def test_a_closed_seat_can_be_opened_again(cast: Cast, signed_in) -> None:
    client, seat = signed_in(cast.coordinator), seat_of(cast.member)

    client.post(f"/people/seats/{seat.pk}")
    assert not Seat.objects.get(pk=seat.pk).is_active
    client.post(f"/people/seats/{seat.pk}", {"open": "1"})
    assert Seat.objects.get(pk=seat.pk).is_active


def test_an_address_belongs_to_one_person_and_none_is_fine_for_many(cast: Cast) -> None:
    services.add_person(cast.coordinator, username="a", name="甲", email="same@example.invalid")
    services.add_person(cast.coordinator, username="b", name="乙")

    with pytest.raises(BadInput):
        services.add_person(cast.coordinator, username="c", name="丙", email="SAME@example.invalid")


# --- the demo ---


def test_the_demo_lets_anybody_in_with_one_click(cast: Cast, client: Client, settings) -> None:
    settings.ZAGUMI_DEMO = True
    assert "西尾精機(架空)" in client.get("/accounts/login/").content.decode()

    answer = client.post("/demo/sign-in", {"seat": cast.member.seat_id, "next": "/people/"})

    assert answer["Location"] == "/people/"
    assert client.get("/accounts/tokens/").wsgi_request.actor == cast.member


def test_a_real_installation_has_no_such_door(cast: Cast, client: Client) -> None:
    assert client.post("/demo/sign-in", {"seat": cast.member.seat_id}).status_code == 404
    assert "西尾精機(架空)" not in client.get("/accounts/login/").content.decode()

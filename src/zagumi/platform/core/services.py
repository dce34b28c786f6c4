"""What a service is: one call, one transaction, its lines in the audit log; and core's own services.

A service takes the actor first and everything else by keyword, checks, writes, and tells the audit log what it
did. Services may call services: they share the outermost one's transaction, and the audit lines of all of them are
written at its end, so that the lock on the log is always taken last and held shortest. Mail, FAX and anything else
outside the database go through ``transaction.on_commit``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from zagumi.platform.core import audit, clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.codes import next_code
from zagumi.platform.core.errors import BadInput, Fault, NotNow, Refused
from zagumi.platform.core.models import Invitation, Network, Party, Role, Seat, Token, User
from zagumi.platform.core.tokens import digest, new_secret

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=models.Model)


@contextmanager
def one_transaction() -> Iterator[None]:
    """Everything inside is stored together with its audit lines, or not at all."""
    with transaction.atomic(), audit.collected():
        yield


def service(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a verb: each outermost call is one transaction with its audit lines."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        with one_transaction():
            return function(*args, **kwargs)

    return call


# --- networks, parties, people ------------------------------------------------------------------------------------


@service
def found_network(
    *, code: str, name: str, office_name: str, name_en: str = "", office_name_en: str = ""
) -> tuple[Network, Party]:
    """A new network and the party of its coordinator; done by whoever runs the installation."""
    network = Network(
        code=code, name=name, name_en=name_en, office_name=office_name, office_name_en=office_name_en or name_en
    )
    _checked(network, unique=True).save()
    actor = Actor.system(network)
    audit.record(actor, gettext_noop("founded the network"), network)
    office = add_party(actor, kind=Party.Kind.COORDINATOR, name=office_name, name_en=office_name_en)
    return network, office


@service
def open_office(*, code: str, name: str, office_name: str, person: str, username: str, password: str) -> Seat:
    """Found a network and seat its first coordinator, who invites everybody else.

    Raises:
        BadInput: something is malformed or taken; nothing is written then.
    """
    _checked_password(password, User(username=username, name=person))
    network, office = found_network(code=code, name=name, office_name=office_name)
    system = Actor.system(network)
    user = add_person(system, username=username, name=person, password=password)
    return give_seat(system, user=user, party=office, role=Role.COORDINATOR)


@service
def add_party(actor: Actor, *, kind: str, name: str, **details: Any) -> Party:
    """A new organisation that the network deals with. ``details`` are further fields of ``Party``."""
    _coordinator_only(actor)
    party = Party(code=next_code(None, "P", yearly=False), kind=kind, name=name, **details)
    _checked(party).save()
    party.networks.add(actor.network_id)
    given = {"kind": kind, "name": name} | details
    audit.record(
        actor, gettext_noop("added the party"), party, changes={field: (None, value) for field, value in given.items()}
    )
    return party


@service
def edit_party(actor: Actor, *, party: Party, **details: Any) -> Party:
    """Change what is known of a party; its own people may, and the coordinator."""
    if not actor.is_coordinator and actor.party_id != party.pk:
        raise Refused()
    locked = Party.objects.select_for_update().get(pk=Party.objects.find(actor, pk=party.pk).pk)
    changes = {field: (getattr(locked, field), new) for field, new in details.items() if getattr(locked, field) != new}
    for field, (_old, new) in changes.items():
        setattr(locked, field, new)
    _checked(locked).save()
    if changes:
        audit.record(actor, gettext_noop("changed the party"), locked, changes=changes)
    return locked


@service
def add_person(actor: Actor, *, username: str, name: str, password: str | None = None, email: str = "") -> User:
    """A person who may be given seats; without a password, one who cannot sign in before accepting an invitation."""
    _coordinator_only(actor)
    user = _new_user(username, password, name=name, email=email)
    audit.record(actor, gettext_noop("added the person"), user)
    return user


def _new_user(username: str, password: str | None, *, name: str, email: str) -> User:
    user = User(username=User.normalize_username(username), name=name, email=email.strip().lower())
    user.set_password(password)
    _checked(user, unique=True).save()
    return user


@service
def give_seat(actor: Actor, *, user: User, party: Party, role: str) -> Seat:
    """Let ``user`` act for ``party`` in the actor's network; a closed seat of the same kind is opened again."""
    _coordinator_only(actor)
    Party.objects.find(actor, pk=party.pk)
    seat, _new = Seat.objects.update_or_create(
        user=user, party=party, network_id=actor.network_id, role=role, defaults={"is_active": True}
    )
    audit.record(actor, gettext_noop("gave the seat"), seat, changes={"role": (None, role)})
    return seat


@service
def close_seat(actor: Actor, *, seat: Seat) -> Seat:
    """Let somebody act no longer; sessions and tokens of the seat stop at the next request."""
    return _seat_open(actor, seat, is_active=False, verb=gettext_noop("closed the seat"))


@service
def reopen_seat(actor: Actor, *, seat: Seat) -> Seat:
    """Let somebody act again."""
    return _seat_open(actor, seat, is_active=True, verb=gettext_noop("opened the seat again"))


def _seat_open(actor: Actor, seat: Seat, *, is_active: bool, verb: str) -> Seat:
    _coordinator_only(actor)
    if seat.pk == actor.seat_id:
        raise NotNow(_("You cannot close the seat you sit in."))
    Seat.objects.find(actor, pk=seat.pk)
    locked = Seat.objects.select_for_update(of=("self",)).select_related("user", "party").get(pk=seat.pk)
    if locked.is_active != is_active:
        audit.record(actor, verb, locked, changes={"is_active": (locked.is_active, is_active)})
        locked.is_active = is_active
        locked.save(update_fields=["is_active"])
    return locked


# --- invitations --------------------------------------------------------------------------------------------------

INVITATION_DAYS = 14


@service
def invite(
    actor: Actor, *, party: Party, role: str, name: str, email: str = "", user: User | None = None, door: str = ""
) -> tuple[Invitation, str]:
    """Invite a person to act for ``party``; returns the invitation and its secret, which is kept nowhere.

    With ``email`` and ``door`` (the full address before the secret) the link is mailed once all is stored.

    With ``user``, a person of this network alone who lost the way in gets to set a new password; their old one
    stops working when they do.
    """
    _coordinator_only(actor)
    if actor.seat_id is None:
        raise Refused(_("Only a person may invite."))
    Party.objects.find(actor, pk=party.pk)
    if user and user.seats.exclude(network_id=actor.network_id).exists():
        raise Refused(_("This person also sits in another network. They can reset the password by e-mail."))
    secret = new_secret()
    invitation = Invitation(
        network_id=actor.network_id,
        party=party,
        role=role,
        name=name,
        email=email,
        user=user,
        hash=digest(secret),
        invited_by_id=actor.seat_id,
        created=clock.now(),
        expires=clock.now() + timedelta(days=INVITATION_DAYS),
    )
    _checked(invitation).save()
    audit.record(actor, gettext_noop("invited"), invitation, changes={"role": (None, role), "email": (None, email)})
    if email and door:
        letter = render_to_string("core/invitation.txt", {"invitation": invitation, "link": door + secret})
        subject = gettext("Invitation to %(network)s") % {"network": invitation.network}
        transaction.on_commit(lambda: send_mail(subject, letter, None, [email]))
    return invitation, secret


@service
def withdraw_invitation(actor: Actor, *, invitation: Invitation) -> None:
    """Make the link of an invitation worthless."""
    _coordinator_only(actor)
    Invitation.objects.find(actor, pk=invitation.pk)
    locked = Invitation.objects.select_for_update(of=("self",)).select_related("party").get(pk=invitation.pk)
    if locked.accepted:
        raise NotNow(_("This invitation has been accepted already."))
    locked.withdrawn = clock.now()
    locked.save(update_fields=["withdrawn"])
    audit.record(actor, gettext_noop("withdrew the invitation"), locked)


def open_invitation(secret: str) -> Invitation:
    """The invitation that ``secret`` opens.

    Raises:
        NotNow: it was accepted, withdrawn, or its time is over, or it never was.
    """
    invitation = Invitation.objects.select_related("network", "party", "user").filter(hash=digest(secret)).first()
    if invitation is None or invitation.withdrawn or invitation.accepted or invitation.expires < clock.now():
        raise NotNow(_("This invitation is no longer valid."), next_step=_("Please ask the coordinator for a new one."))
    return invitation


@service
def accept_invitation(*, secret: str, username: str = "", password: str = "", user: User | None = None) -> Seat:
    """Take the seat one is invited to: as a new person, as the one the letter is for, or as ``user`` signed in."""
    Invitation.objects.select_for_update().filter(hash=digest(secret)).first()
    invitation = open_invitation(secret)
    if invitation.user:
        user = invitation.user
        _checked_password(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
    elif user is None:
        _checked_password(password, User(username=username, name=invitation.name, email=invitation.email))
        user = _new_user(username, password, name=invitation.name, email=invitation.email)
    seat, _new = Seat.objects.update_or_create(
        user=user,
        party=invitation.party,
        network=invitation.network,
        role=invitation.role,
        defaults={"is_active": True},
    )
    invitation.accepted = clock.now()
    invitation.save(update_fields=["accepted"])
    audit.record(Actor.of(seat), gettext_noop("accepted the invitation"), invitation)
    return seat


# --- one's own access ---------------------------------------------------------------------------------------------


@service
def create_token(actor: Actor, *, name: str, expires: datetime | None = None) -> tuple[Token, str]:
    """A personal API token for the present seat; returns it and the secret, which is shown once and kept nowhere."""
    if actor.seat_id is None:
        raise Refused(_("Only a person may have a token."))
    secret = new_secret()
    token = Token(
        seat_id=actor.seat_id, name=name, hash=digest(secret), start=secret[:8], created=clock.now(), expires=expires
    )
    _checked(token).save()
    audit.record(
        actor, gettext_noop("made the API token"), token, changes={"name": (None, name), "expires": (None, expires)}
    )
    return token, secret


@service
def revoke_token(actor: Actor, *, token: Token) -> None:
    """Make a token worthless from now on."""
    locked = Token.objects.select_for_update().get(pk=Token.objects.find(actor, pk=token.pk).pk)
    if locked.revoked is None:
        locked.revoked = clock.now()
        locked.save(update_fields=["revoked"])
        audit.record(actor, gettext_noop("revoked the API token"), locked)


@service
def note_sign_in(actor: Actor) -> None:
    """Write down that somebody came in."""
    if actor.seat_id is not None:
        audit.record(
            actor, gettext_noop("signed in"), Seat.objects.select_related("user", "party").get(pk=actor.seat_id)
        )


def _coordinator_only(actor: Actor) -> None:
    if not actor.is_coordinator:
        raise Refused()


def _checked(row: M, *, unique: bool = False) -> M:
    """``row`` when its fields are well formed (and, with ``unique``, not taken); each that is not becomes a fault."""
    try:
        row.full_clean(validate_unique=unique, validate_constraints=unique)
    except ValidationError as error:
        raise BadInput(
            Fault(str(field), str(getattr(row, field, "")), "", message)
            for field, messages in error.message_dict.items()
            for message in messages
        ) from error
    return row


def _checked_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise BadInput(Fault("password", "", "", message) for message in error.messages) from error

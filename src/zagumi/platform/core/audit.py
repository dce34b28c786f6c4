"""The audit log: what was done, by whom, for whom and why; append-only and hash-chained per network.

``record`` is called by services. Entries are chained when the outermost service ends, under the lock of the
network's ``AuditHead``. The chain is ``hash = sha256(canonical JSON of the entry with previous_hash)``; ``verify``
recomputes it and finds every altered, removed, inserted or reordered entry.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext

from zagumi.platform.core import clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import AuditEntry, AuditHead, Network

Changes = Mapping[str, tuple[Any, Any] | list[Any]]

_pending: ContextVar[list[AuditEntry] | None] = ContextVar("pending audit entries", default=None)


def record(
    actor: Actor,
    verb: str,
    subject: models.Model,
    *,
    case_code: str = "",
    changes: Changes | None = None,
    purpose: str = "",
) -> None:
    """Note that ``actor`` did ``verb`` to ``subject``.

    Args:
        actor: who, with channel, party on whose behalf, and purpose.
        verb: an English phrase in the past tense and a catalogue msgid ("adopted the plan").
        subject: the saved row it was done to; its label and its ``code`` (or key) are kept.
        case_code: the case this belongs to, so that the case's history shows it.
        changes: ``{field: (old, new)}``; values are kept as JSON.
        purpose: why, where a reason is asked for; the actor's stated purpose otherwise.

    Raises:
        RuntimeError: outside a service; what is not part of a transaction cannot be trusted to have happened.
    """
    pending = _pending.get()
    if pending is None:
        raise RuntimeError("audit.record() belongs inside a service")
    pending.append(
        AuditEntry(
            network_id=actor.network_id,
            at=clock.now(),
            seat_id=actor.seat_id,
            user_name=actor.user_name,
            party_id=actor.party_id,
            on_behalf_of_id=actor.on_behalf_of,
            channel=actor.channel,
            verb=verb,
            subject_model=subject._meta.label,
            subject_code=code_of(subject),
            case_code=case_code,
            purpose=purpose or actor.purpose,
            changes={field: [plain(old), plain(new)] for field, (old, new) in (changes or {}).items()},
        )
    )


def code_of(subject: models.Model) -> str:
    """What people call ``subject``: its code, else its key."""
    return str(getattr(subject, "code", "") or subject.pk)


def plain(value: Any) -> Any:
    """``value`` as JSON keeps it: dates in ISO form, rows by their code, collections as lists."""
    match value:
        case None | bool() | int() | str() if not isinstance(value, Enum):
            return value
        case Enum():
            return plain(value.value)
        case float():
            # PostgreSQL rewrites very large numbers and knows no NaN, which would break the seal.
            return value if abs(value) < 1e15 else str(value)
        case datetime():
            return value.astimezone(UTC).isoformat() if value.tzinfo else value.isoformat()
        case date():
            return value.isoformat()
        case models.Model():
            return code_of(value)
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case Decimal() | Promise():
            return str(value)
        case Iterable():
            return [plain(item) for item in value]
    return str(value)


@contextmanager
def collected() -> Iterator[None]:
    """Collect what is recorded inside and chain it at the end; inner uses leave it to the outermost."""
    if _pending.get() is not None:
        yield
        return
    entries: list[AuditEntry] = []
    token = _pending.set(entries)
    try:
        yield
        _append(entries)
    finally:
        _pending.reset(token)


def _append(entries: list[AuditEntry]) -> None:
    """Chain ``entries`` to their networks' logs; networks in the order of their keys, so that nobody deadlocks."""
    for network_id in sorted({entry.network_id for entry in entries}):
        AuditHead.objects.get_or_create(network_id=network_id)
        head = AuditHead.objects.select_for_update().get(network_id=network_id)
        mine = [entry for entry in entries if entry.network_id == network_id]
        for entry in mine:
            entry.seq = head.seq + 1
            entry.previous_hash = head.hash
            entry.hash = digest(entry)
            head.seq, head.hash = entry.seq, entry.hash
        AuditEntry.objects.bulk_create(mine)
        head.save()


def digest(entry: AuditEntry) -> str:
    """SHA-256 over the canonical JSON (sorted keys, no blanks, UTF-8) of everything in ``entry`` but its hash."""
    content = {
        "network": entry.network_id,
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "seat": entry.seat_id,
        "user": entry.user_name,
        "party": entry.party_id,
        "on_behalf_of": entry.on_behalf_of_id,
        "channel": entry.channel,
        "verb": entry.verb,
        "subject": [entry.subject_model, entry.subject_code],
        "case": entry.case_code,
        "purpose": entry.purpose,
        "changes": entry.changes,
        "previous": entry.previous_hash,
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class BrokenEntry:
    """One place where the chain does not hold; ``reason`` is altered, missing, cut or unchained."""

    seq: int
    reason: str

    @property
    def wording(self) -> str:
        """The reason in the reader's language."""
        return {
            "altered": gettext("The content does not match its seal."),
            "unchained": gettext("The entry does not follow the one before it."),
            "missing": gettext("An entry before this one is missing."),
            "cut": gettext("The last entries are missing."),
        }[self.reason]


def verify(network: Network) -> list[BrokenEntry]:
    """Recompute the whole chain of ``network``; an empty list means that it holds."""
    broken: list[BrokenEntry] = []
    seq, previous = 0, ""
    for entry in AuditEntry.objects.filter(network=network).order_by("seq").iterator(chunk_size=1000):
        if entry.seq != seq + 1:
            broken.append(BrokenEntry(entry.seq, "missing"))
        elif entry.previous_hash != previous:
            broken.append(BrokenEntry(entry.seq, "unchained"))
        if entry.hash != digest(entry):
            broken.append(BrokenEntry(entry.seq, "altered"))
        seq, previous = entry.seq, entry.hash
    head = AuditHead.objects.filter(network=network).first()
    if (head.seq, head.hash) != (seq, previous) if head else seq:
        broken.append(BrokenEntry(seq + 1, "cut"))
    return broken


@dataclass(frozen=True)
class HistoryLine:
    """One entry in the reader's language. ``changes`` holds (name of the field, old, new); nothing is ``""``."""

    seq: int
    at: datetime
    who: str
    party: str
    on_behalf_of: str
    channel: str
    verb: str
    subject_model: str
    kind: str
    subject_code: str
    case_code: str
    purpose: str
    changes: tuple[tuple[str, Any, Any], ...]

    @property
    def wording(self) -> str:
        """The changes in one line: field: old → new."""
        return "; ".join(f"{name}: {new}" if old == "" else f"{name}: {old} → {new}" for name, old, new in self.changes)

    @property
    def channel_name(self) -> str:
        """The channel in words."""
        return str(dict(AuditEntry.Channel.choices).get(self.channel, self.channel))


def history(actor: Actor, subject: models.Model | str, *, limit: int = 200) -> list[HistoryLine]:
    """What happened to ``subject`` (a row, or the code of a case), newest first, as far as ``actor`` may know."""
    if isinstance(subject, str):
        about = Q(case_code=subject)
    else:
        about = Q(subject_model=subject._meta.label, subject_code=code_of(subject))
    entries = AuditEntry.objects.visible_to(actor).filter(about).select_related("party", "on_behalf_of")
    return [line(entry) for entry in entries.order_by("-seq")[:limit]]


def line(entry: AuditEntry) -> HistoryLine:
    """``entry`` (party and on_behalf_of loaded) for reading."""
    model = _model_of(entry)
    return HistoryLine(
        seq=entry.seq,
        at=entry.at,
        who=gettext("the system") if entry.seat_id is None else entry.user_name,
        party=str(entry.party) if entry.party else "",
        on_behalf_of=str(entry.on_behalf_of) if entry.on_behalf_of else "",
        channel=entry.channel,
        verb=gettext(entry.verb),
        subject_model=entry.subject_model,
        kind=str(model._meta.verbose_name) if model else entry.subject_model,
        subject_code=entry.subject_code,
        case_code=entry.case_code,
        purpose=entry.purpose,
        changes=tuple(
            _change(model, name, old, new)
            for name, (old, new) in entry.changes.items()
            if (old or new) not in (None, "")
        ),
    )


def _model_of(entry: AuditEntry) -> type[models.Model] | None:
    """The model an entry is about; None when this version of the platform no longer has it."""
    try:
        return apps.get_model(entry.subject_model)
    except LookupError:
        return None


def _change(model: type[models.Model] | None, name: str, old: Any, new: Any) -> tuple[str, Any, Any]:
    """A change with the field's name and its choices in words, where the model still has that field."""
    try:
        field = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        field = None
    if not isinstance(field, models.Field):
        return name, "" if old is None else old, "" if new is None else new
    words = {key: str(word) for key, word in field.flatchoices or ()}

    def said(value: Any) -> Any:
        if isinstance(value, str):
            return words.get(value, value)
        return "" if value is None else value

    return str(field.verbose_name), said(old), said(new)

"""Drawings, documents, photographs, remarks and questions."""

from typing import BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zagumi.platform.cases import rules
from zagumi.platform.cases.models import Audience, Case, CaseFile, CaseNote, Part
from zagumi.platform.cases.services.cases import editable_case, locked_case
from zagumi.platform.cases.sheets import FileSheet
from zagumi.platform.core import audit, clock, files
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.codes import next_code
from zagumi.platform.core.errors import NotNow, Refused
from zagumi.platform.core.models import Network, Party
from zagumi.platform.core.services import service
from zagumi.platform.network.checks import Faults


@service
def attach_file(
    actor: Actor,
    *,
    code: str,
    uploaded: UploadedFile | BinaryIO | bytes,
    name: str,
    sheet: FileSheet,
    replaces: str = "",
) -> CaseFile:
    """Keep a file with case ``code``.

    Args:
        actor: the office, the buyer, or a company that works on it.
        code: the case.
        uploaded: its bytes.
        name: its file name.
        sheet: what it is. Buyers and companies share with the office and themselves; who else may open it, the
            office decides.
        replaces: code of the file of which this is the new revision, "" for a new one.

    Raises:
        Hidden: unknown case, part or file.
        Refused: closed to this actor.
        NotNow: that revision has been replaced already.
        BadInput: empty, too large, no title.
    """
    case = locked_case(actor, code)
    if not rules.may_add_file(actor, case):
        raise Refused(_("Files are added by the office, the buyer and the companies of the case."))
    part = _checked(actor, case, sheet)
    old = _replaced(actor, case, replaces) if replaces else None
    stored = files.store(actor, uploaded=uploaded, name=name)
    kept = CaseFile.objects.create(
        case=case,
        part=part,
        code=next_code(Network.objects.get(pk=actor.network_id), "F"),
        kind=sheet.kind,
        title=sheet.title.strip(),
        revision=sheet.revision.strip(),
        stored=stored,
        audience=sheet.audience if actor.is_coordinator else _own_audience(actor),
        replaces=old,
        added_by=actor.user_name,
        owner_id=actor.on_behalf_of or actor.party_id,
    )
    verb = gettext_noop("added the new revision") if old else gettext_noop("added the file")
    changes = {
        "file": (old.title if old else "", kept.title),
        "revision": (old.revision if old else "", kept.revision),
    }
    audit.record(actor, verb, kept, case_code=code, changes=changes)
    return kept


def _own_audience(actor: Actor) -> str:
    """What a buyer sends is for the buyer and the office; what a company sends, for itself and the office."""
    return Audience.BUYER if actor.is_buyer else Audience.OFFICE


def _checked(actor: Actor, case: Case, sheet: FileSheet) -> Part | None:
    faults = Faults()
    faults.required("title", sheet.title, 200)
    faults.longest("revision", sheet.revision, 10)
    faults.choice("kind", sheet.kind, CaseFile.Kind.values)
    faults.choice("audience", sheet.audience, Audience.values)
    part = None
    if sheet.part:
        part = Part.objects.visible_to(actor).kept().filter(case=case, letter=sheet.part).first()
        if part is None:
            faults.add("part", sheet.part, _("the letter of a part of this case"))
    faults.done()
    return part


def _replaced(actor: Actor, case: Case, code: str) -> CaseFile:
    old = CaseFile.objects.select_for_update(of=("self",)).find(actor, case=case, code=code)
    newer = CaseFile.objects.filter(replaces=old).first()
    if newer is not None:
        raise NotNow(
            _("This revision has been replaced by %(code)s already.") % {"code": newer.code},
            next_step=_("Replace the latest revision."),
        )
    return old


@service
def remove_file(actor: Actor, *, code: str, file: str) -> CaseFile:
    """Take a file out of the case; ``restore`` brings it back. The bytes are kept.

    Raises:
        Hidden, Refused: unknown, or neither the office nor the one who added it.
    """
    case = locked_case(actor, code)
    kept = CaseFile.objects.find(actor, case=case, code=file, removed_at__isnull=True)
    if not (actor.is_coordinator or kept.owner_id == actor.party_id):
        raise Refused(_("Only the office and the one who added a file take it away."))
    kept.removed_at = clock.now()
    kept.save(update_fields=["removed_at"])
    audit.record(actor, gettext_noop("removed the file"), kept, case_code=code, changes={"file": (kept.title, "")})
    return kept


@service
def set_audience(actor: Actor, *, code: str, file: str, audience: str) -> CaseFile:
    """Decide who may open a file.

    Raises:
        Hidden, Refused: unknown, or not the coordinator.
        BadInput: no such audience.
    """
    case = editable_case(actor, code)
    kept = CaseFile.objects.find(actor, case=case, code=file, removed_at__isnull=True)
    faults = Faults()
    faults.choice("audience", audience, Audience.values)
    faults.done()
    old, kept.audience = kept.audience, audience
    kept.save(update_fields=["audience"])
    audit.record(
        actor,
        gettext_noop("changed who may open the file"),
        kept,
        case_code=code,
        changes={"audience": (old, audience)},
    )
    return kept


@service
def open_case_file(actor: Actor, *, code: str, file: str) -> CaseFile:
    """Open a file: rights are checked and the access is logged.

    Raises:
        Hidden: unknown, or not shown to this actor.
    """
    kept = CaseFile.objects.select_related("stored", "case").find(actor, case__code=code, code=file)
    audit.record(actor, gettext_noop("opened the file"), kept, case_code=code)
    return kept


# ------------------------------------------------------------------------------------------------------------ notes


@service
def write_note(actor: Actor, *, code: str, text: str, party: str = "", is_question: bool = False) -> CaseNote:
    """Write a remark of the office, or a word between the office and one party.

    Args:
        actor: the office, the buyer, or a company of the case.
        code: the case.
        text: what is said.
        party: the code of the party it is said to; only the office chooses, others speak for themselves.
        is_question: somebody has to answer.

    Raises:
        Hidden, BadInput: unknown case or party, no text.
    """
    case = locked_case(actor, code)
    faults = Faults()
    faults.required("text", text, 1000)
    with_party: Party | None = None
    if not actor.is_coordinator:
        with_party = Party.objects.find(actor, pk=actor.party_id)
    elif party:
        with_party = Party.objects.visible_to(actor).filter(_involved(case), code=party).first()
        if with_party is None:
            faults.add("party", party, _("the buyer, or a company of this case"))
    faults.done()
    note = CaseNote.objects.create(
        case=case,
        party=with_party,
        text=text.strip(),
        is_question=is_question,
        written_by=actor.user_name,
    )
    audit.record(actor, gettext_noop("wrote a note"), case, case_code=code)
    return note


def _involved(case: Case) -> Q:
    """The buyer, the lead and the companies with an option."""
    found = Q(pk=case.buyer_id) | Q(
        sites__machines__options__operation__case=case, sites__machines__options__removed_at__isnull=True
    )
    return found | Q(company=case.lead_id) if case.lead_id else found


@service
def settle_note(actor: Actor, *, code: str, note: int) -> CaseNote:
    """Mark a question as settled.

    Raises:
        Hidden, Refused: unknown, or not the coordinator.
    """
    case = editable_case(actor, code)
    found = CaseNote.objects.find(actor, case=case, pk=note, is_question=True)
    found.settled_at = clock.now()
    found.save(update_fields=["settled_at"])
    audit.record(actor, gettext_noop("settled a question"), case, case_code=code)
    return found

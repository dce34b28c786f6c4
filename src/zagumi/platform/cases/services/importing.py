"""Workbooks: upload, preview, apply, export.

A preview is a rehearsal: the import is carried out and rolled back, so that it tells exactly what would happen.
"""

from collections.abc import Mapping
from typing import Any, BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zagumi.engine.read.case_workbook import CaseBook, Places, Reading, read_book, write_book
from zagumi.platform.cases.models import Case, CaseImport
from zagumi.platform.cases.services.bookkeeping import Outcome, carry_out
from zagumi.platform.cases.services.cases import editable_case
from zagumi.platform.cases.services.options import stated_purpose
from zagumi.platform.cases.wording import worded
from zagumi.platform.cases.workbook import book_of
from zagumi.platform.core import audit, clock, files
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.codes import next_code
from zagumi.platform.core.errors import BadInput, NotNow, Refused
from zagumi.platform.core.models import Network
from zagumi.platform.core.services import one_transaction, service

Uploaded = UploadedFile | BinaryIO | bytes


class _RehearsalEnds(Exception):
    """Raised at the end of a rehearsal, so that nothing of it stays."""


@service
def upload_workbook(actor: Actor, *, uploaded: Uploaded, name: str) -> CaseImport:
    """Keep a workbook for preview; nothing of the register changes.

    Raises:
        Refused: not the coordinator.
        BadInput: empty or larger than files may be.
    """
    _refuse_others(actor)
    stored = files.store(actor, uploaded=uploaded, name=name)
    upload = CaseImport.objects.create(
        network_id=actor.network_id,
        code=next_code(Network.objects.get(pk=actor.network_id), CaseImport.PREFIX),
        stored=stored,
        uploaded_by=actor.user_name,
    )
    audit.record(actor, gettext_noop("uploaded the workbook"), upload, changes={"file": ("", stored.name)})
    return upload


def rehearse(actor: Actor, *, code: str) -> tuple[CaseImport, Reading, Outcome | None]:
    """What an uploaded workbook says and what its import would do; the outcome is None when it cannot be read.

    Raises:
        Hidden: no such upload, or not shown to this actor.
    """
    upload = CaseImport.objects.select_related("stored", "case").find(actor, code=code)
    reading = read_upload(upload)
    return upload, reading, rehearse_book(actor, reading.book, reading.places) if reading.book else None


def rehearse_book(actor: Actor, book: CaseBook, places: Places | None = None) -> Outcome:
    """What importing ``book`` would do. Nothing is written."""
    outcome: Outcome | None = None
    try:
        with one_transaction():
            outcome = carry_out(actor, book, places)
            raise _RehearsalEnds
    except _RehearsalEnds:
        pass
    assert outcome is not None
    return outcome


def read_upload(upload: CaseImport) -> Reading:
    """The book of an uploaded workbook, or its faults."""
    with files.open_file(upload.stored) as file:
        return read_book(file)


@service
def apply_workbook(actor: Actor, *, code: str) -> tuple[Case, Outcome]:
    """Import an uploaded workbook: the case, its parts, steps and options, and companies and machines not yet known.

    In one transaction, and idempotent: importing the same workbook again changes nothing. Rows that the workbook
    does not name stay as they are.

    Raises:
        Hidden, Refused: no such upload, or not the coordinator.
        BadInput: every fault, by sheet, row and column; nothing is written then.
        NotNow: the case is in production.
    """
    _refuse_others(actor)
    upload = CaseImport.objects.select_for_update(of=("self",)).select_related("stored").find(actor, code=code)
    case, outcome = _import(actor, read_upload(upload), upload.stored.sha256)
    upload.applied_at, upload.case = clock.now(), case
    upload.save(update_fields=["applied_at", "case"])
    return case, outcome


@service
def import_case_workbook(actor: Actor, *, file: Uploaded, name: str = "case.xlsx") -> tuple[Case, Outcome]:
    """Upload and apply in one go, for the API, the command line and the demo; see ``apply_workbook``."""
    return apply_workbook(actor, code=upload_workbook(actor, uploaded=file, name=name).code)


def _refuse_others(actor: Actor) -> None:
    if not actor.is_coordinator:
        raise Refused(_("Workbooks are imported by the coordinator."))


def _import(actor: Actor, reading: Reading, sha256: str) -> tuple[Case, Outcome]:
    if reading.book is None:
        raise BadInput([worded(fault) for fault in reading.faults])
    outcome = carry_out(actor, reading.book, reading.places)
    if outcome.faults:
        raise BadInput([worded(fault) for fault in outcome.faults])
    if outcome.case is None:
        raise NotNow(_("The workbook could not be imported."))
    if outcome.is_change:
        changes: Mapping[str, Any] = {"sha256": ("", sha256), "rows": ("", outcome.counted)}
        audit.record(
            actor, gettext_noop("imported the workbook"), outcome.case, case_code=outcome.case.code, changes=changes
        )
    return outcome.case, outcome


@service
def export_workbook(actor: Actor, *, code: str, purpose: str) -> bytes:
    """A case as a workbook in the layout of the import, with all companies' times and costs; the look is logged.

    Raises:
        Hidden, Refused: unknown, or not the coordinator.
        BadInput: no purpose.
    """
    case = editable_case(actor, code)
    opened = actor.because(stated_purpose(purpose))
    audit.record(opened, gettext_noop("exported the workbook"), case, case_code=code)
    return write_book(book_of(case))

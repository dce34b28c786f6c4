"""Cases in the API: the register, parts, steps, who could do them, files, workbooks."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Field, File, Query, Schema, Status, UploadedFile

from zagumi.platform.cases import queries, services
from zagumi.platform.cases.models import Audience, Channel, ContractForm
from zagumi.platform.cases.requirement import Requirement
from zagumi.platform.cases.services.importing import rehearse
from zagumi.platform.cases.sheets import (
    CaseSheet,
    FileSheet,
    LinkSheet,
    OperationSheet,
    OptionSheet,
    PartSheet,
)
from zagumi.platform.cases.wording import worded
from zagumi.platform.core.api import Page, Paging, actor_of, api_router, paged
from zagumi.platform.core.audit import history

router = api_router("cases")


class StateOut(Schema):
    """How a case stands to its date: late, warn, ok or plain, and in words."""

    kind: str
    words: str


class CaseRowOut(Schema):
    """A case in the list; fields that are not the reader's are empty."""

    code: str
    title: str
    stage: str
    stage_name: str
    due: datetime
    state: StateOut
    is_late: bool
    is_open: bool
    steps: int
    buyer: str
    buyer_code: str
    buyer_reference: str
    lead: str
    lead_code: str
    channel: str
    received_on: date | None
    answer_due: date | None
    needs_answer: bool
    expected_end: datetime | None
    price_yen: int | None


class NeighbourOut(Schema):
    """A step before or after; without a number where the reader may not know it."""

    number: int | None
    name: str
    per: int
    batch: int | None
    lag_minutes: int


class OptionOut(Schema):
    """Who could do a step. Costs are null where the reader may not know them."""

    machine_code: str
    machine: str
    company: str
    company_code: str
    setup_minutes: int
    minutes_per_piece: Decimal
    run_minutes: int
    good_rate: Decimal
    source: str
    answer: str
    reason: str
    note: str
    fixed_yen: int | None
    unit_yen: int | None
    total_yen: int | None


class CaseStepOut(Schema):
    """A step of the routing."""

    number: int
    name: str
    process: str = Field(alias="process_key")
    process_name: str = Field(alias="process")
    part: str
    quantity: int
    may_pause: bool
    min_sublot: int | None
    max_sublots: int
    setup_family: str
    skill: str
    note: str
    before: list[NeighbourOut]
    after: list[NeighbourOut]
    options: list[OptionOut]


class PartOut(Schema):
    """A part or an assembly."""

    letter: str
    name: str
    drawing_no: str
    revision: str
    material: str
    requirement: str
    quantity: int
    mass_g: int


class FileOut(Schema):
    """A file's facts; its contents are at ``url``."""

    code: str
    title: str
    kind: str
    revision: str
    part: str
    name: str
    media_type: str
    size: int
    added_at: datetime
    audience: str


class CaseOut(Schema):
    """One case as its reader may know it."""

    code: str
    title: str
    stage: str
    stage_name: str
    due: datetime
    state: StateOut
    release: datetime | None
    expected_end: datetime | None
    buyer: str
    buyer_code: str
    buyer_reference: str
    received_on: date | None
    answer_due: date | None
    answered_on: date | None
    deliver_to: str
    lead: str
    lead_code: str
    contract_form: str
    late_yen_per_minute: int | None
    price_yen: int | None
    note: str
    lost_reason: str
    parts: list[PartOut]
    steps: list[CaseStepOut]
    files: list[FileOut]


class LineOut(Schema):
    """One line of a case's record."""

    at: datetime
    who: str
    party: str
    on_behalf_of: str
    channel: str
    verb: str
    subject_code: str
    purpose: str
    changes: list[tuple[str, Any, Any]]


class CodeOut(Schema):
    """The code of what was made."""

    code: str


class WorkbookFaultOut(Schema):
    """One thing wrong with a workbook."""

    place: str
    given: str
    expected: str


class ChangeOut(Schema):
    """One row an import adds or changes."""

    kind: str
    name: str
    is_new: bool
    fields: list[tuple[str, Any, Any]]


class ImportOut(Schema):
    """What importing a workbook would do, or did."""

    code: str
    case: str
    faults: list[WorkbookFaultOut]
    notices: list[WorkbookFaultOut]
    changes: list[ChangeOut]
    unchanged: int
    not_in_workbook: list[str]


class CaseIn(Schema):
    """An inquiry; see the sheet of the same name. Codes name the buyer, the lead company and the place of delivery."""

    title: str
    buyer: str = ""
    due: datetime
    release: datetime | None = None
    buyer_reference: str = ""
    received_on: date | None = None
    answer_due: date | None = None
    late_yen_per_minute: int = 10
    deliver_to: str = ""
    lead: str = ""
    contract_form: str = ContractForm.LEAD
    price_yen: int | None = None
    note: str = ""

    def sheet(self) -> CaseSheet:
        """As the services take it."""
        return CaseSheet(**self.dict(), channel=Channel.API)


class PartIn(Schema):
    """A part or an assembly."""

    letter: str
    name: str
    quantity: int
    drawing_no: str = ""
    revision: str = ""
    material: str = ""
    requirement: str = ""
    mass_g: int = 0


class LinkIn(Schema):
    """What a step is made from."""

    before: int
    per: int = 1
    batch: int | None = None
    lag_minutes: int = 0


class RequirementIn(Schema):
    """What a step asks of a machine; ``values`` by quantity, e.g. ``{"diameter_mm": 38}``."""

    material: str = ""
    values: dict[str, Decimal] = {}
    certificates: list[str] = []


class StepIn(Schema):
    """A step; ``process`` and ``skill`` are keys of their lists, ``part`` a letter."""

    number: int
    name: str
    process: str
    quantity: int
    part: str = ""
    before: list[LinkIn] = []
    may_pause: bool = True
    min_sublot: int | None = None
    max_sublots: int = 1
    setup_family: str = ""
    requirement: RequirementIn = RequirementIn()
    skill: str = ""
    note: str = ""

    def sheet(self) -> OperationSheet:
        """As the services take it."""
        given = self.dict(exclude={"before", "requirement"})
        wanted = self.requirement
        return OperationSheet(
            **given,
            before=tuple(LinkSheet(**link.dict()) for link in self.before),
            requirement=Requirement(wanted.material, wanted.values, tuple(wanted.certificates)),
        )


class OptionIn(Schema):
    """What a step takes on a machine."""

    machine: str
    setup_minutes: int
    minutes_per_piece: Decimal
    fixed_yen: int
    unit_yen: int
    good_rate: Decimal = Decimal(1)
    note: str = ""


class AnswerIn(Schema):
    """A company's yes with figures (``option``), or its no with a reason."""

    option: OptionIn | None = None
    reason: str = ""


class StageIn(Schema):
    """Where a case is to go."""

    stage: str


class ReasonIn(Schema):
    """Why."""

    reason: str


class PurposeIn(Schema):
    """What closed figures are needed for."""

    purpose: str


class NoteIn(Schema):
    """A remark or question, with a party by its code or inside the office."""

    text: str
    party: str = ""
    is_question: bool = False


class FileIn(Schema):
    """What an uploaded file is."""

    title: str
    kind: str = "drawing"
    part: str = ""
    revision: str = ""
    audience: str = Audience.OFFICE
    replaces: str = ""


class CaseFilters(Schema):
    """How the list is narrowed."""

    q: str = ""
    stage: str = ""
    buyer: str = ""
    lead: str = ""
    channel: str = ""
    late: bool = False
    open: bool | None = None


@router.get("/cases", response=Page[CaseRowOut], summary="The cases you know of")
def list_cases(request: HttpRequest, paging: Query[Paging], filters: Query[CaseFilters]) -> dict[str, Any]:
    """By due date."""
    rows = queries.case_list(actor_of(request))
    if filters.q:
        rows = queries.found(rows, filters.q)
    wanted = {
        "stage": filters.stage,
        "buyer_code": filters.buyer,
        "lead_code": filters.lead,
        "channel": filters.channel,
    }
    rows = [
        row
        for row in rows
        if all(not value or getattr(row, name) == value for name, value in wanted.items())
        and (not filters.late or row.is_late)
        and (filters.open is None or row.is_open == filters.open)
    ]
    return paged(rows, paging)


@router.post("/cases", response={201: CodeOut}, summary="Register an inquiry")
def register_case(request: HttpRequest, given: CaseIn) -> Status:
    """The coordinator names the buyer; a buyer writes for itself."""
    case = services.register_case(actor_of(request), sheet=given.sheet())
    return Status(201, {"code": case.code})


@router.get("/cases/{code}", response=CaseOut, summary="One case")
def read_case(request: HttpRequest, code: str) -> dict[str, Any]:
    """With parts, steps and files, as far as you may know them."""
    page = queries.case_page(actor_of(request), code)
    fields = {name: getattr(page.head, name) for name in CaseOut.model_fields if hasattr(page.head, name)}
    return fields | {"parts": page.parts, "steps": page.steps, "files": page.files}


@router.put("/cases/{code}", response=CodeOut, summary="Correct a case")
def edit_case(request: HttpRequest, code: str, given: CaseIn) -> dict[str, str]:
    """The way it came in stays."""
    actor = actor_of(request)
    present = queries.find_case(actor, code)
    sheet = CaseSheet(**given.dict(), channel=present.channel)
    return {"code": services.edit_case(actor, code=code, sheet=sheet).code}


@router.post("/cases/{code}/stage", response=CodeOut, summary="Bring a case to another stage")
def move_case(request: HttpRequest, code: str, given: StageIn) -> dict[str, str]:
    """409 names what is possible."""
    return {"code": services.advance(actor_of(request), code=code, stage=given.stage).code}


@router.post("/cases/{code}/lose", response=CodeOut, summary="Close a case that does not come about")
def lose_case(request: HttpRequest, code: str, given: ReasonIn) -> dict[str, str]:
    """With the reason."""
    return {"code": services.lose_case(actor_of(request), code=code, reason=given.reason).code}


@router.get("/cases/{code}/history", response=list[LineOut], summary="What was done on a case")
def read_history(request: HttpRequest, code: str) -> list[Any]:
    """Newest first, as far as you may know."""
    actor = actor_of(request)
    return list(history(actor, queries.find_case(actor, code).code))


@router.post("/cases/{code}/notes", response={201: None}, summary="Write a note or a question")
def write_note(request: HttpRequest, code: str, given: NoteIn) -> Status:
    """Inside the office, or between the office and one party."""
    services.write_note(actor_of(request), code=code, **given.dict())
    return Status(201, None)


@router.post("/cases/{code}/parts", response={201: CodeOut}, summary="Add a part")
def add_part(request: HttpRequest, code: str, given: PartIn) -> Status:
    """Or the assembly itself."""
    part = services.add_part(actor_of(request), code=code, sheet=PartSheet(**given.dict()))
    return Status(201, {"code": part.letter})


@router.put("/cases/{code}/parts/{letter}", response=CodeOut, summary="Correct a part")
def edit_part(request: HttpRequest, code: str, letter: str, given: PartIn) -> dict[str, str]:
    """By its letter."""
    part = services.edit_part(actor_of(request), code=code, letter=letter, sheet=PartSheet(**given.dict()))
    return {"code": part.letter}


@router.delete("/cases/{code}/parts/{letter}", response={204: None}, summary="Remove a part")
def remove_part(request: HttpRequest, code: str, letter: str) -> Status:
    """It can be brought back on the page."""
    services.remove_part(actor_of(request), code=code, letter=letter)
    return Status(204, None)


@router.get("/cases/{code}/steps", response=list[CaseStepOut], summary="The steps of a case")
def list_steps(request: HttpRequest, code: str) -> list[Any]:
    """A member gets its own, with unnamed neighbours."""
    actor = actor_of(request)
    return list(queries.case_steps(actor, queries.find_case(actor, code)))


@router.post("/cases/{code}/steps", response={201: CodeOut}, summary="Add a step")
def add_step(request: HttpRequest, code: str, given: StepIn) -> Status:
    """With what comes before it; cycles are refused and named."""
    step = services.add_operation(actor_of(request), code=code, sheet=given.sheet())
    return Status(201, {"code": step.code})


@router.put("/cases/{code}/steps/{number}", response=CodeOut, summary="Correct a step")
def edit_step(request: HttpRequest, code: str, number: int, given: StepIn) -> dict[str, str]:
    """By its number."""
    return {"code": services.edit_operation(actor_of(request), code=code, number=number, sheet=given.sheet()).code}


@router.delete("/cases/{code}/steps/{number}", response={204: None}, summary="Remove a step")
def remove_step(request: HttpRequest, code: str, number: int) -> Status:
    """It can be brought back on the page."""
    services.remove_operation(actor_of(request), code=code, number=number)
    return Status(204, None)


@router.post("/cases/{code}/steps/{number}/options", response={201: CodeOut}, summary="Enter who can do a step")
def offer_option(request: HttpRequest, code: str, number: int, given: OptionIn) -> Status:
    """With times and costs."""
    sheet = OptionSheet(**given.dict())
    services.offer_option(actor_of(request), code=code, number=number, sheet=sheet)
    return Status(201, {"code": given.machine})


@router.put("/cases/{code}/steps/{number}/options/{machine}", response=CodeOut, summary="Correct an option")
def edit_option(request: HttpRequest, code: str, number: int, machine: str, given: OptionIn) -> dict[str, str]:
    """The machine stays."""
    sheet = OptionSheet(**(given.dict() | {"machine": machine}))
    services.edit_option(actor_of(request), code=code, number=number, sheet=sheet)
    return {"code": machine}


@router.post("/cases/{code}/steps/{number}/options/{machine}/answer", response=CodeOut, summary="Answer for a machine")
def answer_option(request: HttpRequest, code: str, number: int, machine: str, given: AnswerIn) -> dict[str, str]:
    """Yes with figures, or no with a reason."""
    sheet = OptionSheet(**(given.option.dict() | {"machine": machine})) if given.option else None
    services.answer_option(
        actor_of(request), code=code, number=number, machine=machine, sheet=sheet, reason=given.reason
    )
    return {"code": machine}


@router.delete("/cases/{code}/steps/{number}/options/{machine}", response={204: None}, summary="Remove an option")
def remove_option(request: HttpRequest, code: str, number: int, machine: str) -> Status:
    """It can be brought back on the page."""
    services.remove_option(actor_of(request), code=code, number=number, machine=machine)
    return Status(204, None)


@router.post("/cases/{code}/costs", response=list[CaseStepOut], summary="Look at the companies' costs")
def open_costs(request: HttpRequest, code: str, given: PurposeIn) -> list[Any]:
    """For the coordinator, who says what for; the look is recorded."""
    opened = services.open_costs(actor_of(request), code=code, purpose=given.purpose)
    return list(queries.case_steps(opened, queries.find_case(opened, code)))


@router.get("/cases/{code}/files", response=list[FileOut], summary="The files you may open")
def list_files(request: HttpRequest, code: str) -> list[Any]:
    """Each in its latest revision."""
    actor = actor_of(request)
    return list(queries.case_files(actor, queries.find_case(actor, code)))


@router.post("/cases/{code}/files", response={201: CodeOut}, summary="Add a file or a new revision")
def add_file(request: HttpRequest, code: str, given: Query[FileIn], uploaded: File[UploadedFile]) -> Status:
    """Its contents as ``uploaded``."""
    fields = given.dict()
    replaces = fields.pop("replaces")
    kept = services.attach_file(
        actor_of(request),
        code=code,
        uploaded=uploaded,
        name=uploaded.name or "file",
        sheet=FileSheet(**fields),
        replaces=replaces,
    )
    return Status(201, {"code": kept.code})


@router.post("/case-imports", response={201: ImportOut}, summary="Upload a case workbook and see what it would do")
def upload_workbook(request: HttpRequest, workbook: File[UploadedFile]) -> Status:
    """Nothing of the register changes."""
    actor = actor_of(request)
    upload = services.upload_workbook(actor, uploaded=workbook, name=workbook.name or "case.xlsx")
    return Status(201, _preview(request, upload.code))


@router.get("/case-imports/{code}", response=ImportOut, summary="What an uploaded workbook would do")
def preview_workbook(request: HttpRequest, code: str) -> dict[str, Any]:
    """Every fault by sheet, row and column, or every change."""
    return _preview(request, code)


def _preview(request: HttpRequest, code: str) -> dict[str, Any]:
    upload, reading, outcome = rehearse(actor_of(request), code=code)
    faults = reading.faults or tuple(outcome.faults if outcome else ())
    notices = (*reading.notices, *(outcome.notices if outcome else ()))
    sound = outcome if outcome is not None and not faults else None
    return {
        "code": upload.code,
        "case": "" if sound is None or sound.case is None or sound.is_new_case else sound.case.code,
        "faults": [worded(fault) for fault in faults],
        "notices": [worded(notice) for notice in notices],
        "changes": sound.changes if sound else [],
        "unchanged": sum(sound.same.values()) if sound else 0,
        "not_in_workbook": sound.left if sound else [],
    }


@router.post("/case-imports/{code}/apply", response=CodeOut, summary="Import an uploaded workbook")
def apply_workbook(request: HttpRequest, code: str) -> dict[str, str]:
    """In one transaction; 422 names every fault. The code answered is the case's."""
    case, _outcome = services.apply_workbook(actor_of(request), code=code)
    return {"code": case.code}

"""One case as its reader may know it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zagumi.engine.clock import MINUTES_PER_DAY
from zagumi.platform.cases import pages, rules
from zagumi.platform.cases.models import Audience, Case, CaseFile, CaseNote, Operation, Option, Part
from zagumi.platform.cases.pages import Blocker
from zagumi.platform.cases.queries.board import moves_from
from zagumi.platform.cases.queries.steps import Graph, PartRow, StepRow, case_parts, case_steps, process_graph
from zagumi.platform.cases.queries.words import DueState, StageMark, due_state, stage_line, stage_name
from zagumi.platform.core import audit, clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.audit import HistoryLine


@dataclass(frozen=True)
class FileRow:
    """A file in its latest revision that the reader may open; ``older`` are the ones it replaced."""

    code: str
    title: str
    kind: str
    kind_name: str
    revision: str
    part: str
    part_name: str
    name: str
    media_type: str
    size: int
    added_at: datetime
    added_by: str
    audience: str
    audience_name: str
    may_remove: bool
    older: tuple["FileRow", ...] = ()

    @property
    def is_picture(self) -> bool:
        """Whether a browser shows it as a picture."""
        return self.media_type in ("image/png", "image/jpeg")


@dataclass(frozen=True)
class NoteRow:
    """A remark or question; ``party`` is whom it is with, "" inside the office."""

    key: int
    text: str
    party: str
    is_question: bool
    is_open: bool
    written_at: datetime
    written_by: str


@dataclass(frozen=True)
class Removed:
    """Something taken away that can be brought back."""

    kind: str
    key: int
    name: str
    at: datetime


@dataclass(frozen=True)
class CaseHead:
    """What stands at the top of every page of a case. Fields that are not the reader's are empty or None."""

    code: str
    title: str
    stage: str
    stage_name: str
    stages: tuple[StageMark, ...]
    due: datetime
    state: DueState
    lost_reason: str = ""
    buyer: str = ""
    buyer_code: str = ""
    buyer_reference: str = ""
    channel_name: str = ""
    received_on: date | None = None
    answer_due: date | None = None
    answered_on: date | None = None
    needs_answer: bool = False
    release: datetime | None = None
    expected_end: datetime | None = None
    deliver_to: str = ""
    lead: str = ""
    lead_code: str = ""
    contract_form: str = ""
    late_yen_per_minute: int | None = None
    price_yen: int | None = None
    note: str = ""
    moves: tuple[tuple[str, str], ...] = ()
    may_edit: bool = False
    may_edit_steps: bool = False
    may_add_file: bool = False
    may_lose: bool = False
    shows_structure: bool = False
    facts: tuple[pages.Fact, ...] = ()

    @property
    def late_yen_per_day(self) -> int | None:
        """The loss per day late, as people think of it."""
        return None if self.late_yen_per_minute is None else self.late_yen_per_minute * MINUTES_PER_DAY


def find_case(actor: Actor, code: str) -> Case:
    """The case with this code, with what its head needs; raises Hidden."""
    return Case.objects.select_related("buyer", "lead__party", "deliver_to").find(actor, code=code)


def case_head(actor: Actor, case: Case) -> CaseHead:
    """The head of a case's pages."""
    columns = rules.case_columns(actor, case)
    head: dict[str, object] = {
        "code": case.code,
        "title": case.title,
        "stage": case.stage if "structure" in columns else "",
        "stage_name": stage_name(actor, case.stage),
        "stages": tuple(stage_line(actor, case)),
        "due": case.due,
        "state": due_state(actor, case),
        "may_add_file": rules.may_add_file(actor, case),
        "facts": tuple(pages.facts(actor, case)),
    }
    if "buyer" in columns:
        head |= {
            "buyer": str(case.buyer),
            "buyer_code": case.buyer.code,
            "buyer_reference": case.buyer_reference,
            "channel_name": case.get_channel_display(),
            "received_on": case.received_on,
            "answer_due": case.answer_due,
            "answered_on": case.answered_on,
            "needs_answer": case.needs_answer,
            "deliver_to": case.deliver_to.name if case.deliver_to else "",
            "expected_end": case.expected_end,
        }
    if "contract" in columns:
        head |= {
            "lead": str(case.lead.party) if case.lead else "",
            "lead_code": case.lead.code if case.lead else "",
            "contract_form": case.get_contract_form_display(),
            "release": case.release,
            "late_yen_per_minute": case.late_yen_per_minute,
            "lost_reason": case.lost_reason,
        }
    if "price" in columns:
        head["price_yen"] = case.price_yen
    if "note" in columns:
        head["note"] = case.note
    if rules.may_edit(actor, case):
        moves = moves_from(case.stage)
        head |= {
            "may_edit": True,
            "moves": moves,
            "may_edit_steps": rules.may_edit_steps(actor, case),
            "may_lose": rules.may_edit_steps(actor, case),
            "shows_structure": True,
        }
    return CaseHead(**head)  # type: ignore[arg-type]


@dataclass(frozen=True)
class CasePage:
    """Everything of a case that its reader may know."""

    head: CaseHead
    parts: tuple[PartRow, ...]
    steps: tuple[StepRow, ...]
    graph: Graph
    files: tuple[FileRow, ...]
    notes: tuple[NoteRow, ...]
    blockers: tuple[Blocker, ...]
    history: tuple[HistoryLine, ...]
    has_plan: bool


def case_page(actor: Actor, code: str) -> CasePage:
    """One case, trimmed to the reader; raises Hidden. The number of queries does not grow with the case."""
    case = find_case(actor, code)
    return page_of(actor, case)


def page_of(actor: Actor, case: Case, *, history: int = 12) -> CasePage:
    """As ``case_page``, for a row that is at hand."""
    plan = pages.plan(actor, case)
    steps = case_steps(actor, case, plan)
    files = case_files(actor, case)
    notes = case_notes(actor, case)
    head = case_head(actor, case)
    blockers = _blockers(case, steps, notes) if head.shows_structure else []
    return CasePage(
        head,
        case_parts(actor, case, steps),
        steps,
        process_graph(actor, steps, plan),
        files,
        notes,
        (*blockers, *pages.blockers(actor, case)),
        tuple(audit.history(actor, case.code, limit=history)),
        plan is not None,
    )


def case_files(actor: Actor, case: Case) -> tuple[FileRow, ...]:
    """The files the reader may open, each in its latest such revision, with the older ones under it."""
    rows = list(
        CaseFile.objects.visible_to(actor)
        .filter(case=case, removed_at__isnull=True)
        .select_related("stored", "part")
        .order_by("part__letter", "kind", "title", "-added_at", "-pk")
    )
    shown = {file.pk: file for file in rows}
    newer = {file.replaces_id: file for file in rows if file.replaces_id}
    made = []
    for file in rows:
        if file.pk in newer:
            continue
        older, at = [], file.replaces_id
        while at in shown:
            older.append(_file(actor, shown[at]))
            at = shown[at].replaces_id
        made.append(_file(actor, file, tuple(older)))
    return tuple(made)


def _file(actor: Actor, file: CaseFile, older: tuple[FileRow, ...] = ()) -> FileRow:
    columns = rules.file_columns(actor, file)
    is_own = file.owner_id is not None and file.owner_id == actor.party_id
    return FileRow(
        code=file.code,
        title=file.title,
        kind=file.kind,
        kind_name=file.get_kind_display(),
        revision=file.revision,
        part=file.part.letter if file.part else "",
        part_name=file.part.name if file.part else "",
        name=file.stored.name,
        media_type=file.stored.media_type,
        size=file.stored.size,
        added_at=file.added_at,
        added_by=file.added_by if "author" in columns or is_own else "",
        audience=file.audience if "audience" in columns else "",
        audience_name=str(Audience(file.audience).label) if "audience" in columns else "",
        may_remove=actor.is_coordinator or is_own,
        older=older,
    )


def case_notes(actor: Actor, case: Case) -> tuple[NoteRow, ...]:
    """Remarks and questions the reader takes part in, the latest first."""
    notes = CaseNote.objects.visible_to(actor).filter(case=case).select_related("party").order_by("-written_at", "-pk")
    return tuple(
        NoteRow(
            note.pk,
            note.text,
            str(note.party) if note.party and actor.is_coordinator else "",
            note.is_question,
            note.is_question and note.settled_at is None,
            note.written_at,
            note.written_by,
        )
        for note in notes
    )


def _blockers(case: Case, steps: Iterable[StepRow], notes: Iterable[NoteRow]) -> list[Blocker]:
    """What the case waits for in this room; for the coordinator."""
    if not case.is_open:
        return []
    steps_url = reverse("cases:case-steps", args=[case.code])
    found: list[Blocker] = []
    if case.needs_answer and case.answer_due is not None:
        late = case.answer_due < clock.today()
        text = _("due %(month)s/%(day)s") % {"month": case.answer_due.month, "day": case.answer_due.day}
        found.append(Blocker(_("Answer the buyer"), text, "#dates", "late" if late else "warn"))
    rows = list(steps)
    if not rows:
        title = _("No steps are written down yet")
        found.append(Blocker(title, _("Write them down, or import the workbook."), steps_url))
    for step in rows:
        url = reverse("cases:operation", args=[case.code, step.number])
        title = f"{step.number} {step.name}"
        if not step.able:
            found.append(Blocker(_("Nobody can do %(step)s") % {"step": title}, _("Ask more companies."), url, "late"))
            continue
        running = [option for option in step.able if not option.is_stopped]
        if not running:
            found.append(Blocker(_("All machines for %(step)s stand still") % {"step": title}, "", url, "late"))
        waiting = sum(option.answer == Option.Answer.WAITING for option in step.able)
        if waiting == len(step.able):
            text = ngettext("%(count)s company asked", "%(count)s companies asked", waiting) % {"count": waiting}
            found.append(Blocker(_("No answer for %(step)s yet") % {"step": title}, text, url))
    for note in notes:
        if note.is_open:
            who = note.party or _("the office")
            found.append(Blocker(_("A question waits for an answer"), f"{note.text[:60]} — {who}", "#notes"))
    return found


def removed_things(actor: Actor, case: Case) -> tuple[Removed, ...]:
    """What was taken away from a case, the latest first; for the coordinator, who can bring it back."""
    if not rules.may_edit(actor, case):
        return ()
    found = [
        Removed("part", part.pk, str(part), part.removed_at)
        for part in Part.objects.visible_to(actor).filter(case=case).removed()
        if part.removed_at
    ]
    found += [
        Removed("step", step.pk, str(step), step.removed_at)
        for step in Operation.objects.visible_to(actor).filter(case=case).removed()
        if step.removed_at
    ]
    found += [
        Removed(
            "option",
            option.pk,
            f"{option.operation} · {option.machine.site.party} {option.machine.name}",
            option.removed_at,
        )
        for option in Option.objects.visible_to(actor)
        .filter(operation__case=case)
        .select_related("operation", "machine__site__party")
        .removed()
        if option.removed_at
    ]
    found += [
        Removed("file", file.pk, f"{file.title} {file.revision}".strip(), file.removed_at)
        for file in CaseFile.objects.visible_to(actor).filter(case=case).removed()
        if file.removed_at
    ]
    return tuple(sorted(found, key=lambda row: row.at, reverse=True))

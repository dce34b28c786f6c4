"""The board by stage and the list of cases, trimmed to the reader."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext as _

from zagumi.platform.cases import rules
from zagumi.platform.cases.models import FINISHED, STAGE_LINE, Case, CaseNote, Operation, Option, Stage
from zagumi.platform.cases.queries.words import DueState, due_state, stage_name
from zagumi.platform.cases.services.cases import FLOW
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import Refused
from zagumi.platform.core.models import Party
from zagumi.platform.network.models import Company
from zagumi.platform.network.words import folded

FINISHED_SHOWN = 12  # of the closed columns, the latest only


@dataclass(frozen=True)
class CaseRow:
    """One case in a list. Fields that are not the reader's are empty."""

    code: str
    title: str
    stage: str
    stage_name: str
    due: datetime
    state: DueState
    is_late: bool
    is_open: bool
    steps: int
    search: str
    buyer: str = ""
    buyer_code: str = ""
    buyer_reference: str = ""
    lead: str = ""
    lead_code: str = ""
    channel: str = ""
    channel_name: str = ""
    received_on: date | None = None
    answer_due: date | None = None
    needs_answer: bool = False
    answer_is_late: bool = False
    expected_end: datetime | None = None
    price_yen: int | None = None
    waiting: int = 0
    gaps: int = 0
    questions: int = 0


def case_list(actor: Actor) -> list[CaseRow]:
    """Every case the reader knows of, by due date; four queries, however many there are."""
    cases = list(Case.objects.visible_to(actor).select_related("buyer", "lead__party").order_by("due", "code"))
    counts = _Counts.of(actor)
    return [_row(actor, case, counts) for case in cases]


@dataclass(frozen=True)
class _Counts:
    """Figures by the case's key."""

    steps: dict[int, int]
    waiting: dict[int, int]
    gaps: dict[int, int]
    questions: dict[int, int]

    @classmethod
    def of(cls, actor: Actor) -> "_Counts":
        steps = Operation.objects.visible_to(actor).filter(removed_at__isnull=True)
        step_counts = dict(steps.order_by().values_list("case_id").annotate(Count("pk")))
        asked = Option.objects.visible_to(actor).filter(
            removed_at__isnull=True, operation__removed_at__isnull=True, answer=Option.Answer.WAITING
        )
        waiting = dict(asked.order_by().values_list("operation__case_id").annotate(Count("pk")))
        if not actor.is_coordinator:
            return cls(step_counts, waiting, {}, {})
        able = Option.objects.filter(operation=OuterRef("pk"), removed_at__isnull=True)
        idle = steps.filter(~Exists(able.exclude(answer=Option.Answer.DECLINED)))
        open_questions = CaseNote.objects.visible_to(actor).filter(is_question=True, settled_at__isnull=True)
        return cls(
            step_counts,
            waiting,
            dict(idle.order_by().values_list("case_id").annotate(Count("pk"))),
            dict(open_questions.order_by().values_list("case_id").annotate(Count("pk"))),
        )


def _row(actor: Actor, case: Case, counts: _Counts) -> CaseRow:
    columns = rules.case_columns(actor, case)
    state = due_state(actor, case)
    is_office = "structure" in columns
    row = {
        "code": case.code,
        "title": case.title,
        "stage": case.stage if is_office else "",
        "stage_name": stage_name(actor, case.stage),
        "due": case.due,
        "state": state,
        "is_late": case.is_late and "lateness" in columns,
        "is_open": case.is_open,
        "steps": counts.steps.get(case.pk, 0),
        "search": case.search_text if "buyer" in columns else case.search_title,
        "waiting": counts.waiting.get(case.pk, 0),
    }
    if "buyer" in columns:
        row |= {
            "buyer": str(case.buyer),
            "buyer_code": case.buyer.code,
            "buyer_reference": case.buyer_reference,
            "channel": case.channel,
            "channel_name": case.get_channel_display(),
            "received_on": case.received_on,
            "answer_due": case.answer_due,
            "needs_answer": case.needs_answer,
            "answer_is_late": case.answer_is_late,
            "expected_end": case.expected_end,
        }
    if is_office:
        row |= {
            "lead": str(case.lead.party) if case.lead else "",
            "lead_code": case.lead.code if case.lead else "",
            "gaps": counts.gaps.get(case.pk, 0) if case.is_open else 0,
            "questions": counts.questions.get(case.pk, 0),
        }
    if "price" in columns:
        row["price_yen"] = case.price_yen
    return CaseRow(**row)  # type: ignore[arg-type]


def found(rows: list[CaseRow], text: str) -> list[CaseRow]:
    """The rows that hold every word of ``text``, whatever its width and case."""
    words = folded(text).split()
    return [row for row in rows if all(word in row.search for word in words)]


@dataclass(frozen=True)
class BoardColumn:
    """One stage with its cases; ``total`` counts those not shown as well."""

    stage: str
    label: str
    cards: tuple[CaseRow, ...]
    total: int


@dataclass(frozen=True)
class Board:
    """The board; ``moves`` are the stages a case may go to from each stage, with their names."""

    columns: tuple[BoardColumn, ...]
    moves: dict[str, tuple[tuple[str, str], ...]]
    total: int
    late: int


def case_board(actor: Actor, *, text: str = "", buyer: str = "", late_only: bool = False) -> Board:
    """All cases by stage, earliest due date first; closed ones at the end, the latest only.

    Raises:
        Refused: the board is the coordinator's.
    """
    if not actor.is_coordinator:
        raise Refused(_("The board is the coordinator's."))
    rows = case_list(actor)
    if text:
        rows = found(rows, text)
    rows = [row for row in rows if (not buyer or row.buyer_code == buyer) and (not late_only or row.is_late)]
    by_stage: dict[str, list[CaseRow]] = defaultdict(list)
    for row in rows:
        by_stage[row.stage].append(row)
    columns = []
    for stage in (*STAGE_LINE, *FINISHED):
        cards = by_stage[stage]
        shown = sorted(cards, key=lambda row: row.due, reverse=True)[:FINISHED_SHOWN] if stage in FINISHED else cards
        columns.append(BoardColumn(stage, str(stage.label), tuple(shown), len(cards)))
    return Board(
        tuple(columns),
        {stage: moves_from(stage) for stage in Stage.values},
        sum(row.is_open for row in rows),
        sum(row.is_late for row in rows),
    )


def moves_from(stage: str) -> tuple[tuple[str, str], ...]:
    """The stages one may go to, with their names: the next one first, the way back last.

    Losing a case asks for a reason and is a form of its own.
    """
    order = list(Stage.values)
    verbs = [verb for verb in FLOW.possible(stage) if verb != Stage.LOST]
    verbs.sort(key=lambda verb: (order.index(verb) < order.index(stage), order.index(verb)))
    return tuple((verb, str(Stage(verb).label)) for verb in verbs)


def buyers(actor: Actor) -> list[tuple[str, str]]:
    """(code, name) of the buyers the reader knows."""
    parties = Party.objects.visible_to(actor).filter(kind=Party.Kind.BUYER).order_by("name_kana", "code")
    return [(party.code, str(party)) for party in parties]


def leads(actor: Actor) -> list[tuple[str, str]]:
    """(code, name) of the companies that may lead, for the coordinator."""
    if not actor.is_coordinator:
        return []
    companies = Company.objects.visible_to(actor).filter(may_lead=True).select_related("party")
    return [(company.code, str(company.party)) for company in companies]


@dataclass(frozen=True)
class Likely:
    """A case that may be the same inquiry, and why it looks so."""

    code: str
    title: str
    due: datetime
    stage_name: str
    reason: str


def likely_doubles(
    actor: Actor, *, title: str, buyer: str = "", reference: str = "", without: str = ""
) -> list[Likely]:
    """Open cases that may be the inquiry being written down: the same buyer's number, or much the same title.

    An inquiry often comes twice, by telephone and then by FAX.
    """
    rows = [row for row in case_list(actor) if row.is_open and row.code != without]
    wanted, number = _pairs(title), folded(reference)
    likely = []
    for row in rows:
        if buyer and row.buyer_code and row.buyer_code != buyer:
            continue
        if number and folded(row.buyer_reference) == number:
            likely.append((2.0, row, _("the same number of the buyer")))
            continue
        known = _pairs(row.title)
        alike = 2 * len(wanted & known) / (len(wanted) + len(known)) if wanted and known else 0.0
        if alike >= (0.6 if buyer else 0.8):
            likely.append((alike, row, _("much the same title")))
    likely.sort(key=lambda entry: -entry[0])
    return [Likely(row.code, row.title, row.due, row.stage_name, reason) for _score, row, reason in likely[:5]]


def _pairs(text: str) -> set[str]:
    """Pairs of neighbouring characters (the Dice coefficient of bigrams compares Japanese without cutting words)."""
    plain = folded(text).replace(" ", "")
    return {plain[at : at + 2] for at in range(len(plain) - 1)}

"""A buyer's view: how far its cases are, when they come, what it is asked. Never who makes them."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from zagumi.platform.cases.models import FINISHED, Case, CaseNote
from zagumi.platform.cases.queries import case_list, stage_line
from zagumi.platform.cases.queries.board import CaseRow
from zagumi.platform.cases.queries.words import StageMark
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Party, Seat


@dataclass(frozen=True)
class Order:
    """One case in the buyer's words: how far it is, and when it comes (``expected`` once that is known)."""

    row: CaseRow
    url: str
    stages: tuple[StageMark, ...]
    expected: datetime | None

    @property
    def share(self) -> float:
        """How far along the line of its stages it is, 0 to 1."""
        done = sum(mark.state == "done" for mark in self.stages)
        return (done + 0.5) / len(self.stages) if any(mark.state == "current" for mark in self.stages) else 1.0


@dataclass(frozen=True)
class Question:
    """Something the office asks the buyer."""

    text: str
    case: str
    title: str
    asked: datetime
    url: str


@dataclass(frozen=True)
class Home:
    """Everything on a buyer's home."""

    orders: tuple[Order, ...]
    finished: int
    questions: tuple[Question, ...]
    office: str
    office_phone: str


def home(actor: Actor) -> Home:
    """A buyer's home."""
    cases = {case.code: case for case in Case.objects.visible_to(actor)}
    rows = case_list(actor)
    office = Party.objects.visible_to(actor).filter(kind=Party.Kind.COORDINATOR).first()
    return Home(
        orders=tuple(
            Order(
                row,
                reverse("cases:case", args=[row.code]),
                tuple(stage_line(actor, cases[row.code])),
                timezone.localtime(row.expected_end) if row.expected_end else None,
            )
            for row in rows
            if row.is_open
        ),
        finished=sum(not row.is_open for row in rows),
        questions=tuple(questions(actor)),
        office=str(office) if office else "",
        office_phone=office.phone if office else "",
    )


def waiting(actor: Actor) -> int:
    """How many questions wait for the buyer."""
    return len(questions(actor))


def questions(actor: Actor) -> list[Question]:
    """What the office asks and nobody has settled, the oldest first; the buyer's own questions are the office's."""
    own = {str(seat.user) for seat in Seat.objects.visible_to(actor).select_related("user")}
    notes = CaseNote.objects.visible_to(actor).filter(is_question=True, settled_at__isnull=True)
    rows = notes.exclude(case__stage__in=FINISHED).select_related("case").order_by("written_at")
    return [
        Question(
            note.text,
            note.case.code,
            note.case.title,
            timezone.localtime(note.written_at),
            reverse("cases:case", args=[note.case.code]) + "#notes",
        )
        for note in rows
        if note.written_by not in own
    ]

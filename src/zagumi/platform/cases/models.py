"""Cases, what they are made of, and who could make it. Rows and constraints only; the verbs are in ``services``.

Parts, steps, links, options and files are taken away by marking (``removed_at``), so that taking away can be
taken back; the database keeps numbers unique among the rows that count.
"""

from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zagumi.platform.core import clock
from zagumi.platform.core.models import Network, Party, StoredFile
from zagumi.platform.core.visibility import VisibleQuerySet
from zagumi.platform.network.models import Company, Machine, Process, Site, Skill

M = TypeVar("M", bound=models.Model)


class KeptQuerySet(VisibleQuerySet[M]):
    """Rows that may be marked as removed."""

    def kept(self) -> Self:
        """Rows that count."""
        return self.filter(removed_at__isnull=True)

    def removed(self) -> Self:
        """Rows taken away, the latest first."""
        return self.filter(removed_at__isnull=False).order_by("-removed_at")


class Stage(models.TextChoices):
    """Where a case stands, in the order of work."""

    INQUIRY = "inquiry", pgettext_lazy("stage", "Inquiry")
    DESIGN = "design", pgettext_lazy("stage", "Process design")
    TEAM = "team", pgettext_lazy("stage", "Team")
    QUOTE = "quote", pgettext_lazy("stage", "Quote and consent")
    PLANNING = "planning", pgettext_lazy("stage", "Planning")
    PRODUCTION = "production", pgettext_lazy("stage", "Production")
    DELIVERY = "delivery", pgettext_lazy("stage", "Delivery")
    SETTLEMENT = "settlement", pgettext_lazy("stage", "Settlement")
    REVIEW = "review", pgettext_lazy("stage", "Looking back")
    DONE = "done", pgettext_lazy("stage", "Closed")
    LOST = "lost", pgettext_lazy("stage", "Lost")


STAGE_LINE = tuple(stage for stage in Stage if stage not in (Stage.DONE, Stage.LOST))
BEFORE_PRODUCTION = (Stage.INQUIRY, Stage.DESIGN, Stage.TEAM, Stage.QUOTE, Stage.PLANNING)
FINISHED = (Stage.DONE, Stage.LOST)
DELIVERED = (Stage.SETTLEMENT, Stage.REVIEW, *FINISHED)


class Channel(models.TextChoices):
    """The door an inquiry came through; all are equals."""

    WEB = "web", _("Web")
    MAIL = "mail", _("E-mail")
    FAX = "fax", _("FAX")
    PHONE = "phone", _("Telephone")
    EXCEL = "excel", _("Excel")
    API = "api", _("Linked system")


class ContractForm(models.TextChoices):
    """Who takes the order."""

    LEAD = "lead", _("The lead company takes the whole order")
    COOPERATIVE = "cooperative", _("The cooperative takes the order")
    BROKERAGE = "brokerage", _("Brokerage only")


class Case(models.Model):
    """One buyer's wish, from the inquiry to looking back."""

    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="cases")
    code = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    buyer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="cases_bought")
    buyer_reference = models.CharField(max_length=60, blank=True)
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.INQUIRY)
    reached = models.JSONField(default=dict, help_text="stage: day on which the case came to it")
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.WEB)
    received_on = models.DateField()
    answer_due = models.DateField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    release = models.DateTimeField(help_text="no work starts before")
    due = models.DateTimeField()
    expected_end = models.DateTimeField(null=True, blank=True, help_text="forecast of the plan in force")
    late_yen_per_minute = models.PositiveIntegerField(default=10)
    deliver_to = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.PROTECT, related_name="cases_delivered"
    )
    lead = models.ForeignKey(Company, null=True, blank=True, on_delete=models.PROTECT, related_name="cases_led")
    contract_form = models.CharField(max_length=12, choices=ContractForm, default=ContractForm.LEAD)
    price_yen = models.PositiveBigIntegerField(null=True, blank=True, help_text="private")
    lost_reason = models.CharField(max_length=300, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    search_text = models.TextField(blank=True, editable=False, help_text="for the coordinator and the buyer")
    search_title = models.TextField(blank=True, editable=False, help_text="for companies, who do not know the buyer")

    objects = VisibleQuerySet["Case"].as_manager()

    if TYPE_CHECKING:
        network_id: int
        buyer_id: int
        deliver_to_id: int | None
        lead_id: int | None

        def get_stage_display(self) -> str: ...
        def get_channel_display(self) -> str: ...
        def get_contract_form_display(self) -> str: ...

    class Meta:
        ordering = ["due", "code"]
        constraints = [
            models.UniqueConstraint(fields=["network", "code"], name="case_code_once_per_network"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="case_stage_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="case_channel_known"),
            models.CheckConstraint(condition=Q(due__gt=F("release")), name="case_due_after_release"),
            models.CheckConstraint(condition=~Q(stage=Stage.LOST) | ~Q(lost_reason=""), name="lost_case_says_why"),
        ]
        indexes = [models.Index(fields=["network", "stage", "due"], name="case_board")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def needs_answer(self) -> bool:
        """Whether the buyer still waits for a first answer."""
        return self.answer_due is not None and self.answered_on is None and self.stage in BEFORE_PRODUCTION

    @property
    def answer_is_late(self) -> bool:
        """Whether the buyer should have had an answer before today."""
        return self.needs_answer and self.answer_due is not None and self.answer_due < clock.today()

    @property
    def is_open(self) -> bool:
        """Neither closed nor lost."""
        return self.stage not in FINISHED

    @property
    def is_late(self) -> bool:
        """Whether it is, or by the plan in force will be, delivered after its due date."""
        return self.stage not in DELIVERED and max(self.expected_end or clock.now(), clock.now()) > self.due


class Part(models.Model):
    """A part, or the assembly of others; ``letter`` is what people call it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="parts")
    letter = models.CharField(max_length=2)
    name = models.CharField(max_length=200)
    drawing_no = models.CharField(max_length=60, blank=True)
    revision = models.CharField(max_length=10, blank=True)
    material = models.CharField(max_length=120, blank=True)
    requirement = models.CharField(max_length=500, blank=True)
    quantity = models.PositiveIntegerField()
    mass_g = models.PositiveIntegerField(default=0)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = KeptQuerySet["Part"].as_manager()

    if TYPE_CHECKING:
        case_id: int

    class Meta:
        ordering = ["letter"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "letter"], condition=Q(removed_at__isnull=True), name="part_letter_once_per_case"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="part_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.letter} {self.name}"

    @property
    def code(self) -> str:
        """What people call it."""
        return self.letter


class Operation(models.Model):
    """One step of the routing. ``quantity`` is the good pieces it hands on."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="operations")
    part = models.ForeignKey(Part, null=True, blank=True, on_delete=models.PROTECT, related_name="operations")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="operations")
    quantity = models.PositiveIntegerField()
    may_pause = models.BooleanField(default=True)
    min_sublot = models.PositiveIntegerField(null=True, blank=True)
    max_sublots = models.PositiveSmallIntegerField(default=1)
    setup_family = models.CharField(max_length=40, blank=True)
    requirement = models.JSONField(default=dict, blank=True, help_text="see cases.requirement")
    skill = models.ForeignKey(Skill, null=True, blank=True, on_delete=models.PROTECT, related_name="operations")
    note = models.CharField(max_length=500, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = KeptQuerySet["Operation"].as_manager()

    if TYPE_CHECKING:
        case_id: int
        part_id: int | None
        process_id: int
        skill_id: int | None

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "number"], condition=Q(removed_at__isnull=True), name="operation_number_once_per_case"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="operation_quantity_positive"),
            models.CheckConstraint(
                condition=Q(min_sublot__isnull=True, max_sublots=1)
                | Q(min_sublot__isnull=False, min_sublot__gte=1, min_sublot__lte=F("quantity"), max_sublots__gte=1),
                name="operation_sublots_fit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def code(self) -> str:
        """What people call it."""
        return str(self.number)


class OperationLink(models.Model):
    """``after`` is made from what ``before`` hands on: ``per`` pieces for each one.

    ``batch``: pieces may go on ahead in lots of at least this many; None: only when all are done.
    """

    before = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="links_on")
    after = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="links_back")
    per = models.PositiveIntegerField(default=1)
    batch = models.PositiveIntegerField(null=True, blank=True)
    lag_minutes = models.PositiveIntegerField(default=0)

    objects = VisibleQuerySet["OperationLink"].as_manager()

    if TYPE_CHECKING:
        before_id: int
        after_id: int

    class Meta:
        ordering = ["after__number", "before__number"]
        constraints = [
            models.UniqueConstraint(fields=["before", "after"], name="link_once"),
            models.CheckConstraint(condition=~Q(before=F("after")), name="link_not_to_itself"),
            models.CheckConstraint(condition=Q(per__gte=1), name="link_per_positive"),
            models.CheckConstraint(condition=Q(batch__isnull=True) | Q(batch__gte=1), name="link_batch_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.before_id} → {self.after_id}"


class Option(models.Model):
    """A machine that can do a step, and what it takes there. Times and costs belong to the machine's company."""

    class Source(models.TextChoices):
        """Where the times and costs come from."""

        QUOTE = "quote", _("Company's quote")
        CAPABILITY = "capability", _("Capability entry")
        LEARNT = "learnt", _("Learnt from results")
        WORKBOOK = "workbook", _("Workbook")

    class Answer(models.TextChoices):
        """What the company said."""

        WAITING = "waiting", _("Asked")
        ACCEPTED = "accepted", _("Can do it")
        DECLINED = "declined", _("Declined")

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="options")
    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, related_name="options")
    setup_minutes = models.PositiveIntegerField()
    minutes_per_piece = models.DecimalField(max_digits=10, decimal_places=4)
    fixed_yen = models.PositiveIntegerField(help_text="private")
    unit_yen = models.PositiveIntegerField(help_text="private")
    good_rate = models.DecimalField(max_digits=5, decimal_places=4, default=1)
    source = models.CharField(max_length=12, choices=Source, default=Source.QUOTE)
    answer = models.CharField(max_length=10, choices=Answer, default=Answer.ACCEPTED)
    declined_reason = models.CharField(max_length=300, blank=True)
    note = models.CharField(max_length=300, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = KeptQuerySet["Option"].as_manager()

    if TYPE_CHECKING:
        operation_id: int
        machine_id: int

        def get_source_display(self) -> str: ...
        def get_answer_display(self) -> str: ...

    class Meta:
        ordering = ["operation__number", "machine__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["operation", "machine"], condition=Q(removed_at__isnull=True), name="option_once_per_machine"
            ),
            models.CheckConstraint(condition=Q(good_rate__gt=0, good_rate__lte=1), name="option_good_rate_is_a_share"),
            models.CheckConstraint(condition=Q(minutes_per_piece__gte=0), name="option_minutes_not_negative"),
            models.CheckConstraint(
                condition=~Q(answer="declined") | ~Q(declined_reason=""), name="declined_option_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation_id} · {self.machine_id}"


class Audience(models.TextChoices):
    """Who may open a file (開示範囲); the coordinator always may."""

    OFFICE = "office", _("Coordinator only")
    BUYER = "buyer", _("Coordinator and buyer")
    STEPS = "steps", _("Coordinator and the companies of the steps concerned")
    ALL = "all", _("Coordinator, buyer and the companies of the steps concerned")

    @classmethod
    def with_buyer(cls) -> tuple[str, ...]:
        """What a buyer may open."""
        return (cls.BUYER, cls.ALL)

    @classmethod
    def with_steps(cls) -> tuple[str, ...]:
        """What companies may open when it concerns a step of theirs."""
        return (cls.STEPS, cls.ALL)


class CaseFile(models.Model):
    """A drawing, document or photograph in one revision. A new revision replaces the one before; both stay."""

    class Kind(models.TextChoices):
        """What it is."""

        DRAWING = "drawing", _("Drawing")
        DOCUMENT = "document", _("Document")
        PHOTO = "photo", _("Photograph")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="files")
    part = models.ForeignKey(Part, null=True, blank=True, on_delete=models.PROTECT, related_name="files")
    code = models.CharField(max_length=20)
    kind = models.CharField(max_length=10, choices=Kind)
    title = models.CharField(max_length=200)
    revision = models.CharField(max_length=10, blank=True)
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=8, choices=Audience, default=Audience.OFFICE)
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    added_at = models.DateTimeField(default=clock.now)
    added_by = models.CharField(max_length=150)
    owner = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = KeptQuerySet["CaseFile"].as_manager()

    if TYPE_CHECKING:
        case_id: int
        part_id: int | None
        owner_id: int | None

        def get_kind_display(self) -> str: ...
        def get_audience_display(self) -> str: ...

    class Meta:
        ordering = ["part__letter", "kind", "title", "-added_at"]
        constraints = [
            models.UniqueConstraint(fields=["case", "code"], name="file_code_once_per_case"),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="file_audience_known"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class CaseNote(models.Model):
    """A remark in the office, or a word between the office and one party; a question waits until it is settled."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    party = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=1000)
    is_question = models.BooleanField(default=False)
    written_at = models.DateTimeField(default=clock.now)
    written_by = models.CharField(max_length=150)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = VisibleQuerySet["CaseNote"].as_manager()

    if TYPE_CHECKING:
        case_id: int
        party_id: int | None

    class Meta:
        ordering = ["-written_at", "-pk"]

    def __str__(self) -> str:
        return self.text[:40]


class CaseImport(models.Model):
    """An uploaded workbook between its preview and its use; ``case`` is what came of it."""

    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=20)
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=clock.now)
    uploaded_by = models.CharField(max_length=150)
    applied_at = models.DateTimeField(null=True, blank=True)
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.SET_NULL, related_name="imports")

    objects = VisibleQuerySet["CaseImport"].as_manager()

    PREFIX: ClassVar[str] = "I"

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [models.UniqueConstraint(fields=["network", "code"], name="import_code_once_per_network")]

    def __str__(self) -> str:
        return self.code

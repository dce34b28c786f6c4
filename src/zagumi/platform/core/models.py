"""People, the parties they act for, the networks they act in, and the records every room keeps."""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from zagumi.platform.core import clock
from zagumi.platform.core.append_only import append_only
from zagumi.platform.core.visibility import VisibleQuerySet


class Role(models.TextChoices):
    """What a seat lets its holder do in a network."""

    COORDINATOR = "coordinator", _("Coordinator")
    MEMBER = "member", _("Member company")
    BUYER = "buyer", _("Buyer")
    CARRIER = "carrier", _("Carrier")
    VIEWER = "viewer", _("Viewer")


class UserManager(BaseUserManager["User"]):
    """Makes people who can sign in."""

    def create_user(self, username: str, password: str | None = None, *, email: str = "", name: str = "") -> "User":
        """A new person; without a password, one who can sign in only after setting one."""
        user = self.model(username=self.model.normalize_username(username), email=email.strip().lower(), name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in. The e-mail address may be empty: some members have only a telephone and a FAX."""

    username = models.CharField(
        _("sign-in name"),
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("This sign-in name is taken.")},
    )
    name = models.CharField(_("name"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("since"), default=clock.now, editable=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="core_user_email",
                condition=~models.Q(email=""),
                violation_error_message=_("This e-mail address is taken."),
            )
        ]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def code(self) -> str:
        """What the log calls this person."""
        return self.username

    def get_full_name(self) -> str:
        """What mails and pages call this person."""
        return str(self)


def localized(japanese: str, english: str) -> str:
    """The name in the reader's language; Japanese where there is no English one."""
    return english if english and not (get_language() or "ja").startswith("ja") else japanese


class Network(models.Model):
    """One coordinator's network. An installation may serve several; nothing crosses from one to another."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100, blank=True)
    office_name = models.CharField(_("office"), max_length=100)
    office_name_en = models.CharField(_("office in English"), max_length=100, blank=True)

    objects = VisibleQuerySet["Network"].as_manager()

    class Meta:
        verbose_name = _("network")
        verbose_name_plural = _("networks")

    def __str__(self) -> str:
        return localized(self.name, self.name_en)

    @property
    def office(self) -> str:
        """The coordinator's office in the reader's language."""
        return localized(self.office_name, self.office_name_en)


class Party(models.Model):
    """Any organisation that acts or is dealt with. It may deal with several networks."""

    class Kind(models.TextChoices):
        COORDINATOR = "coordinator", _("Coordinator")
        COMPANY = "company", _("Member company")
        BUYER = "buyer", _("Buyer")
        CARRIER = "carrier", _("Carrier")
        VIEWER = "viewer", _("Viewer")

    code = models.CharField(_("code"), max_length=16, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    networks = models.ManyToManyField(Network, related_name="parties", verbose_name=_("networks"))
    name = models.CharField(_("name"), max_length=120)
    name_kana = models.CharField(_("reading of the name"), max_length=120, blank=True)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    short_name = models.CharField(_("short name"), max_length=24, blank=True)
    corporate_number = models.CharField(
        _("corporate number"), max_length=13, blank=True, validators=[RegexValidator(r"^\d{13}$")]
    )
    phone = models.CharField(_("telephone"), max_length=24, blank=True)
    fax = models.CharField(_("FAX"), max_length=24, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    postal_code = models.CharField(_("postal code"), max_length=8, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    municipality_code = models.CharField(_("municipality code"), max_length=6, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)

    objects = VisibleQuerySet["Party"].as_manager()

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["code"]

    def __str__(self) -> str:
        return localized(self.name, self.name_en)

    @property
    def short(self) -> str:
        """The name where there is little room."""
        return self.short_name or str(self)


class Seat(models.Model):
    """A person acting for a party in a network, with one role."""

    user = models.ForeignKey(User, models.PROTECT, related_name="seats", verbose_name=_("person"))
    party = models.ForeignKey(Party, models.PROTECT, related_name="seats", verbose_name=_("party"))
    network = models.ForeignKey(Network, models.PROTECT, related_name="seats", verbose_name=_("network"))
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    is_active = models.BooleanField(_("active"), default=True)

    objects = VisibleQuerySet["Seat"].as_manager()

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["user", "party", "network", "role"], name="core_seat_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.party} · {self.get_role_display()}"

    @property
    def code(self) -> str:
        """What the log calls it: who, for whom."""
        return f"{self.user.username}@{self.party.code}"


class Invitation(models.Model):
    """A coordinator's letter to a person: the bearer of its secret link may set a password and take the seat."""

    network = models.ForeignKey(Network, models.PROTECT, related_name="+", verbose_name=_("network"))
    party = models.ForeignKey(Party, models.PROTECT, related_name="+", verbose_name=_("party"))
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    name = models.CharField(_("name"), max_length=100)
    email = models.EmailField(_("e-mail address"), blank=True)
    user = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
        help_text=_("Set when the letter is for a person who already has a seat and lost the way in."),
    )
    hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(Seat, models.PROTECT, related_name="+", verbose_name=_("invited by"))
    created = models.DateTimeField(_("sent on"), default=clock.now)
    expires = models.DateTimeField(_("valid until"))
    accepted = models.DateTimeField(_("accepted"), null=True, blank=True)
    withdrawn = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = VisibleQuerySet["Invitation"].as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.name} · {self.party}"

    @property
    def code(self) -> str:
        """What the log calls it: for whom, at which party."""
        return f"{self.name}@{self.party.code}"


class Token(models.Model):
    """A personal API token: shown once when made, kept only as a hash."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="tokens", verbose_name=_("seat"))
    name = models.CharField(_("name"), max_length=100)
    hash = models.CharField(max_length=64, unique=True, editable=False)
    start = models.CharField(_("begins with"), max_length=12, editable=False)
    created = models.DateTimeField(_("made on"), default=clock.now)
    last_used = models.DateTimeField(_("last used"), null=True, blank=True)
    expires = models.DateTimeField(_("valid until"), null=True, blank=True)
    revoked = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = VisibleQuerySet["Token"].as_manager()

    class Meta:
        verbose_name = _("personal token")
        verbose_name_plural = _("personal tokens")
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        """What the log calls it: its first letters."""
        return f"{self.start}…"


class StoredFile(models.Model):
    """One uploaded or produced file. Its bytes lie on disk under their SHA-256, once for equal contents."""

    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    name = models.CharField(_("file name"), max_length=255)
    media_type = models.CharField(_("media type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    network = models.ForeignKey(Network, models.PROTECT, related_name="+", verbose_name=_("network"))
    owner = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="files", verbose_name=_("owner")
    )
    created = models.DateTimeField(_("stored"), default=clock.now)

    objects = VisibleQuerySet["StoredFile"].as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def __str__(self) -> str:
        return self.name


class Counter(models.Model):
    """The last number given out for one prefix (and year) of codes."""

    scope = models.SlugField(blank=True)  # the code of a network; empty for the whole installation
    prefix = models.CharField(max_length=16)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("counter")
        verbose_name_plural = _("counters")
        constraints = [models.UniqueConstraint(fields=["scope", "prefix"], name="core_counter_once")]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.last}"


class AuditHead(models.Model):
    """The end of one network's audit chain. Its row lock puts writers in line; its count reveals a cut tail."""

    network = models.OneToOneField(Network, models.PROTECT, primary_key=True, related_name="+")
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        verbose_name = _("end of the audit log")
        verbose_name_plural = _("ends of the audit log")

    def __str__(self) -> str:
        return f"{self.network_id}: {self.seq}"


@append_only
class AuditEntry(models.Model):
    """One thing that was done, in a chain per network: each entry's hash covers its content and the hash before."""

    class Channel(models.TextChoices):
        SCREEN = "screen", _("screen")
        PHONE = "phone", _("telephone")
        FAX = "fax", _("FAX")
        MAIL = "mail", _("mail")
        EXCEL = "excel", _("workbook")
        API = "api", _("API")
        JOB = "job", _("background work")

    network = models.ForeignKey(Network, models.PROTECT, related_name="+", verbose_name=_("network"))
    seq = models.PositiveBigIntegerField(_("entry number"))
    at = models.DateTimeField(_("when"))
    seat = models.ForeignKey(Seat, models.PROTECT, null=True, related_name="+", verbose_name=_("seat"))
    user_name = models.CharField(_("who"), max_length=150)
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+", verbose_name=_("party"))
    on_behalf_of = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+", verbose_name=_("on behalf of"))
    channel = models.CharField(_("channel"), max_length=16, choices=Channel.choices)
    verb = models.CharField(_("what"), max_length=60)
    subject_model = models.CharField(_("kind of thing"), max_length=60)
    subject_code = models.CharField(_("thing"), max_length=120)
    case_code = models.CharField(_("case"), max_length=32, blank=True)
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    changes = models.JSONField(_("changes"), default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = VisibleQuerySet["AuditEntry"].as_manager()

    class Meta:
        verbose_name = _("log entry")
        verbose_name_plural = _("audit log")
        ordering = ["-seq"]
        constraints = [models.UniqueConstraint(fields=["network", "seq"], name="core_audit_seq")]
        indexes = [
            models.Index(fields=["network", "subject_model", "subject_code"], name="core_audit_subject"),
            models.Index(fields=["network", "case_code"], name="core_audit_case"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.verb} {self.subject_code}"


def new_job_code() -> str:
    """The public name of a job: random, so that it tells nothing."""
    return uuid.uuid4().hex


class Job(models.Model):
    """One piece of background work; see ``core.jobs`` for how it is taken, kept alive, retried and finished."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    class Wish(models.TextChoices):
        NONE = "", _("none")
        FINISH = "finish", _("stop and keep the best")
        CANCEL = "cancel", _("cancel")

    code = models.CharField(max_length=32, unique=True, default=new_job_code, editable=False)
    network = models.ForeignKey(Network, models.PROTECT, related_name="+", verbose_name=_("network"))
    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(_("key"), max_length=120, blank=True)
    args = models.JSONField(_("arguments"), default=dict)
    started_by = models.ForeignKey(Seat, models.PROTECT, null=True, related_name="+", verbose_name=_("started by"))
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.QUEUED)
    wish = models.CharField(_("wish"), max_length=12, choices=Wish.choices, default=Wish.NONE, blank=True)
    progress = models.FloatField(_("progress"), null=True)
    text = models.CharField(_("what it is doing"), max_length=200, blank=True)
    data = models.JSONField(_("figures"), default=dict)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    not_before = models.DateTimeField(_("not before"), null=True)
    lease_until = models.DateTimeField(_("leased until"), null=True)
    worker = models.CharField(_("worker"), max_length=80, blank=True)
    fence = models.PositiveIntegerField(_("fence"), default=0)
    error = models.TextField(_("error"), blank=True)
    trace = models.TextField(_("trace"), blank=True)
    created = models.DateTimeField(_("created"), default=clock.now)
    started = models.DateTimeField(_("started"), null=True)
    finished = models.DateTimeField(_("finished"), null=True)

    objects = VisibleQuerySet["Job"].as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "not_before"], name="core_job_waiting")]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "kind", "key"],
                name="core_job_key_once",
                condition=models.Q(state__in=["queued", "running"]) & ~models.Q(key=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code[:8]}"

    @property
    def is_over(self) -> bool:
        """Done, failed or cancelled: nothing more will happen."""
        return self.state in {self.State.DONE, self.State.FAILED, self.State.CANCELLED}

    @property
    def wording(self) -> str:
        """What it is doing, in the reader's language, with its figures filled in."""
        return self._said(self.text)

    @property
    def failure(self) -> str:
        """Why it failed, or why the last attempt did, in the reader's language."""
        return self._said(self.error)

    def _said(self, text: str) -> str:
        if not text:
            return ""
        try:
            return gettext(text) % (self.data or {})
        except (KeyError, TypeError, ValueError):
            return gettext(text)

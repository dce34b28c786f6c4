"""Companies, how they belong to a network, and where they are."""

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zagumi.platform.core.models import Network, Party
from zagumi.platform.core.visibility import VisibleQuerySet
from zagumi.platform.network.labels import LABELS


class Company(models.Model):
    """A factory that can be given work: what is special to it beyond being a party."""

    class Channel(models.TextChoices):
        """How the company likes to be reached; all three are equals."""

        SCREEN = "screen", _("Screen")
        PHONE = "phone", _("Telephone")
        FAX = "fax", _("FAX")

    party = models.OneToOneField(Party, on_delete=models.PROTECT, related_name="company")
    networks: "models.ManyToManyField[Network, Admission]" = models.ManyToManyField(
        Network, through="Admission", related_name="companies"
    )
    employees = models.PositiveIntegerField(LABELS["employees"], null=True, blank=True)
    capital_yen = models.PositiveBigIntegerField(LABELS["capital_yen"], null=True, blank=True)
    founded = models.PositiveSmallIntegerField(LABELS["founded"], null=True, blank=True)
    may_lead = models.BooleanField(LABELS["may_lead"], default=False)
    trades = models.CharField(LABELS["trades"], max_length=120, blank=True)
    trades_en = models.CharField(LABELS["trades_en"], max_length=120, blank=True)
    summary = models.TextField(LABELS["summary"], blank=True)
    summary_en = models.TextField(LABELS["summary_en"], blank=True)
    contact_channel = models.CharField(LABELS["contact_channel"], max_length=8, choices=Channel, default=Channel.SCREEN)
    hue = models.PositiveSmallIntegerField(default=220, validators=[MaxValueValidator(359)])
    search_text = models.TextField(blank=True, editable=False)

    objects = VisibleQuerySet["Company"].as_manager()

    if TYPE_CHECKING:
        party_id: int

        def get_contact_channel_display(self) -> str: ...

    class Meta:
        verbose_name = _("company")
        ordering = ["party__name_kana", "party__code"]
        constraints = [
            models.CheckConstraint(condition=Q(hue__lte=359), name="company_hue_in_circle"),
            models.CheckConstraint(
                condition=Q(founded__isnull=True) | Q(founded__range=(1600, 2200)), name="company_founded_is_a_year"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The code of its party: one organisation, one code."""
        return self.party.code


class Admission(models.Model):
    """A company's membership of one network."""

    class State(models.TextChoices):
        """From the application to the end of membership."""

        APPLIED = "applied", _("Applied")
        SCREENING = "screening", _("Being screened")
        ACTIVE = "active", _("Active member")
        LEAVING = "leaving", _("Leaving")
        LEFT = "left", _("Left")

    SHARING = (State.ACTIVE, State.LEAVING)
    """The states in which the other members see the company."""

    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="admissions")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="admissions")
    state = models.CharField(LABELS["state"], max_length=12, choices=State, default=State.APPLIED)
    since = models.DateField(help_text="day of the last change of state")

    objects = VisibleQuerySet["Admission"].as_manager()

    if TYPE_CHECKING:
        company_id: int
        network_id: int

        def get_state_display(self) -> str: ...

    class Meta:
        verbose_name = _("admission")
        constraints = [
            models.UniqueConstraint(fields=["network", "company"], name="one_admission_per_network"),
            models.CheckConstraint(
                condition=Q(state__in=["applied", "screening", "active", "leaving", "left"]),
                name="admission_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.network} {self.company}"


class Site(models.Model):
    """A place of a party: a works, a buyer's goods-in, or the coordinator's hub."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="sites")
    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(LABELS["name"], max_length=80)
    name_en = models.CharField(LABELS["name_en"], max_length=80, blank=True)
    latitude = models.FloatField(LABELS["latitude"], validators=[MinValueValidator(-90), MaxValueValidator(90)])
    longitude = models.FloatField(LABELS["longitude"], validators=[MinValueValidator(-180), MaxValueValidator(180)])
    address = models.CharField(LABELS["address"], max_length=160, blank=True)
    district = models.SlugField(
        LABELS["district"], max_length=40, blank=True, help_text="key of a district of the base map"
    )
    is_hub = models.BooleanField(LABELS["is_hub"], default=False)

    objects = VisibleQuerySet["Site"].as_manager()

    if TYPE_CHECKING:
        party_id: int

    class Meta:
        verbose_name = _("site")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(latitude__range=(-90, 90)), name="site_latitude_in_range"),
            models.CheckConstraint(condition=Q(longitude__range=(-180, 180)), name="site_longitude_in_range"),
        ]

    def __str__(self) -> str:
        return self.code

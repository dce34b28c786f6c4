"""What a company can do, how well that is proven, and what its people and papers say."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zagumi.platform.core.models import StoredFile
from zagumi.platform.core.visibility import VisibleQuerySet
from zagumi.platform.network.labels import LABELS
from zagumi.platform.network.models.calendars import WorkCalendar
from zagumi.platform.network.models.companies import Company
from zagumi.platform.network.models.machines import Machine
from zagumi.platform.network.models.processes import Process, Skill


class Provenance(models.TextChoices):
    """How a capability is known; later ones weigh more."""

    DECLARED = "declared", _("Self-declared")
    VERIFIED = "verified", _("Verified by a third party")
    MEASURED = "measured", _("Measured")


class Capability(models.Model):
    """One process a company can do, on one of its machines or in general, within ranges.

    The times and costs are what the company reckons with; they stay with it (see ``rules``).
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="capabilities")
    machine = models.ForeignKey(
        Machine,
        null=True,
        blank=True,
        verbose_name=LABELS["machine"],
        on_delete=models.PROTECT,
        related_name="capabilities",
    )
    process = models.ForeignKey(
        Process, verbose_name=LABELS["process"], on_delete=models.PROTECT, related_name="capabilities"
    )
    code = models.CharField(max_length=16, unique=True)
    materials = models.JSONField(
        LABELS["materials"], default=list, help_text="material designations, e.g. SUS304; empty means unknown"
    )
    note = models.CharField(LABELS["note"], max_length=200, blank=True)
    note_en = models.CharField(LABELS["note_en"], max_length=200, blank=True)
    lot_min = models.PositiveIntegerField(LABELS["lot_min"], null=True, blank=True)
    lot_max = models.PositiveIntegerField(LABELS["lot_max"], null=True, blank=True)
    provenance = models.CharField(LABELS["provenance"], max_length=12, choices=Provenance, default=Provenance.DECLARED)
    assessor = models.CharField(LABELS["assessor"], max_length=80, blank=True)
    assessed_on = models.DateField(LABELS["assessed_on"])
    valid_until = models.DateField(LABELS["valid_until"], null=True, blank=True)
    measured_lots = models.PositiveIntegerField(LABELS["measured_lots"], null=True, blank=True)
    evidence = models.ForeignKey(
        StoredFile, null=True, blank=True, verbose_name=LABELS["evidence"], on_delete=models.PROTECT, related_name="+"
    )
    setup_minutes = models.PositiveIntegerField(LABELS["setup_minutes"], null=True, blank=True)
    minutes_per_piece = models.DecimalField(
        LABELS["minutes_per_piece"], null=True, blank=True, max_digits=9, decimal_places=3
    )
    fixed_yen = models.PositiveIntegerField(LABELS["fixed_yen"], null=True, blank=True)
    unit_yen = models.PositiveIntegerField(LABELS["unit_yen"], null=True, blank=True)
    good_rate = models.DecimalField(LABELS["good_rate"], null=True, blank=True, max_digits=5, decimal_places=4)
    withdrawn_on = models.DateField(LABELS["withdrawn_on"], null=True, blank=True)

    objects = VisibleQuerySet["Capability"].as_manager()

    if TYPE_CHECKING:
        company_id: int
        machine_id: int | None
        process_id: int

        def get_provenance_display(self) -> str: ...

    class Meta:
        verbose_name = _("capability")
        ordering = ["process__order", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lot_min__isnull=True) | Q(lot_max__isnull=True) | Q(lot_min__lte=F("lot_max")),
                name="capability_lot_min_up_to_max",
            ),
            models.CheckConstraint(
                condition=Q(provenance="declared") | (~Q(assessor="") & Q(provenance__in=["verified", "measured"])),
                name="proven_capability_names_its_assessor",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("assessed_on")),
                name="capability_valid_after_assessment",
            ),
            models.CheckConstraint(
                condition=Q(good_rate__isnull=True) | Q(good_rate__gt=0, good_rate__lte=1),
                name="capability_good_rate_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(minutes_per_piece__isnull=True) | Q(minutes_per_piece__gt=0),
                name="capability_minutes_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Quantity(models.TextChoices):
    """What a range is about. The first group is size, the second how well it comes out."""

    DIAMETER_MM = "diameter_mm", _("Diameter")
    LENGTH_MM = "length_mm", _("Length")
    WIDTH_MM = "width_mm", _("Width")
    HEIGHT_MM = "height_mm", _("Height")
    THICKNESS_MM = "thickness_mm", _("Thickness")
    MASS_KG = "mass_kg", _("Mass")
    FORCE_KN = "force_kn", _("Press force")
    DEPTH_MM = "depth_mm", _("Case depth")
    COATING_UM = "coating_um", _("Coating thickness")
    TOLERANCE_MM = "tolerance_mm", _("Tolerance")
    RUNOUT_MM = "runout_mm", _("Run-out")
    ROUGHNESS_RA_UM = "roughness_ra_um", _("Roughness Ra")
    HARDNESS_HRC = "hardness_hrc", _("Hardness")
    HARDNESS_HV = "hardness_hv", _("Hardness")

    @property
    def unit(self) -> str:
        """The unit its name ends with."""
        units = {"mm": "mm", "kg": "kg", "kn": "kN", "um": "µm", "hrc": "HRC", "hv": "HV"}
        return units[self.value.rsplit("_", 1)[-1]]

    @property
    def is_fineness(self) -> bool:
        """Smaller is better, and only the smallest counts."""
        return self in {Quantity.TOLERANCE_MM, Quantity.RUNOUT_MM, Quantity.ROUGHNESS_RA_UM}

    @classmethod
    def sizes(cls) -> frozenset[str]:
        """The quantities that say how large a part may be; the others say how well it comes out."""
        return frozenset(cls.values[: cls.values.index(cls.TOLERANCE_MM)])


class CapabilityRange(models.Model):
    """Values a capability covers, from ``low`` to ``high`` (either may be open); ``proven_*``: as shown by records."""

    capability = models.ForeignKey(Capability, on_delete=models.CASCADE, related_name="ranges")
    quantity = models.CharField(max_length=16, choices=Quantity)
    low = models.DecimalField(null=True, blank=True, max_digits=12, decimal_places=4)
    high = models.DecimalField(null=True, blank=True, max_digits=12, decimal_places=4)
    proven_low = models.DecimalField(null=True, blank=True, max_digits=12, decimal_places=4)
    proven_high = models.DecimalField(null=True, blank=True, max_digits=12, decimal_places=4)

    objects = VisibleQuerySet["CapabilityRange"].as_manager()

    if TYPE_CHECKING:
        capability_id: int

        def get_quantity_display(self) -> str: ...

    class Meta:
        verbose_name = _("capability range")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["capability", "quantity"], name="one_range_per_quantity"),
            models.CheckConstraint(condition=Q(low__isnull=False) | Q(high__isnull=False), name="range_has_a_bound"),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(low__lte=F("high")),
                name="range_low_up_to_high",
            ),
            models.CheckConstraint(
                condition=Q(proven_low__isnull=True, proven_high__isnull=True)
                | Q(proven_low__isnull=False, proven_high__isnull=False, proven_low__lte=F("proven_high")),
                name="proven_low_up_to_high",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.low}-{self.high}"


class Certificate(models.Model):
    """A certificate or approval of a company, with its expiry."""

    class Scheme(models.TextChoices):
        """The standard behind it, for searching."""

        ISO_9001 = "iso_9001", _("Quality management (ISO 9001)")
        ISO_14001 = "iso_14001", _("Environment (ISO 14001)")
        IATF_16949 = "iatf_16949", _("Automotive (IATF 16949)")
        JIS_Q_9100 = "jis_q_9100", _("Aerospace (JIS Q 9100)")
        ISO_13485 = "iso_13485", _("Medical devices (ISO 13485)")
        EA_21 = "ea_21", _("Eco-Action 21")
        ISO_17025 = "iso_17025", _("Testing laboratory (ISO/IEC 17025)")
        BUYER = "buyer", _("Approval by a buyer")
        OTHER = "other", _("Other")

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="certificates")
    code = models.CharField(max_length=16, unique=True)
    kind = models.CharField(LABELS["kind"], max_length=16, choices=Scheme)
    name = models.CharField(LABELS["name"], max_length=100)
    name_en = models.CharField(LABELS["name_en"], max_length=100, blank=True)
    number = models.CharField(LABELS["number"], max_length=60, blank=True)
    valid_until = models.DateField(LABELS["valid_until"], null=True, blank=True)
    checked_on = models.DateField(
        LABELS["checked_on"], null=True, blank=True, help_text="day on which the coordinator saw the paper"
    )
    note = models.CharField(LABELS["note"], max_length=120, blank=True)
    file = models.ForeignKey(
        StoredFile, null=True, blank=True, verbose_name=LABELS["file"], on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_on = models.DateField(LABELS["withdrawn_on"], null=True, blank=True)

    objects = VisibleQuerySet["Certificate"].as_manager()

    if TYPE_CHECKING:
        company_id: int

        def get_kind_display(self) -> str: ...

    class Meta:
        verbose_name = _("certificate")
        ordering = ["valid_until", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind", "number"],
                condition=~Q(number="") & Q(withdrawn_on__isnull=True),
                name="certificate_number_once",
            )
        ]

    def __str__(self) -> str:
        return self.code


class Person(models.Model):
    """Someone who works at a company. The name stays with the company and the coordinator."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="people")
    code = models.CharField(max_length=16, unique=True)
    name = models.CharField(LABELS["name"], max_length=60, help_text="private")
    skills: "models.ManyToManyField[Skill, PersonSkill]" = models.ManyToManyField(
        Skill, through="PersonSkill", related_name="people"
    )
    calendar = models.ForeignKey(
        WorkCalendar,
        null=True,
        blank=True,
        verbose_name=LABELS["calendar"],
        on_delete=models.PROTECT,
        related_name="people",
    )
    left_on = models.DateField(LABELS["left_on"], null=True, blank=True)

    objects = VisibleQuerySet["Person"].as_manager()

    if TYPE_CHECKING:
        company_id: int
        calendar_id: int | None

    class Meta:
        verbose_name = _("person")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class PersonSkill(models.Model):
    """A skill someone has, with the end of its licence where it has one."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="held")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="held")
    valid_until = models.DateField(LABELS["valid_until"], null=True, blank=True)

    objects = VisibleQuerySet["PersonSkill"].as_manager()

    if TYPE_CHECKING:
        person_id: int
        skill_id: int

    class Meta:
        verbose_name = _("person skill")
        ordering = ["skill__key"]
        constraints = [models.UniqueConstraint(fields=["person", "skill"], name="one_entry_per_skill")]

    def __str__(self) -> str:
        return f"{self.person} {self.skill}"

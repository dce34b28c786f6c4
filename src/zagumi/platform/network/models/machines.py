"""Machines, when they are taken, and when they stand still."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zagumi.platform.core.models import Network
from zagumi.platform.core.visibility import VisibleQuerySet
from zagumi.platform.network.labels import LABELS
from zagumi.platform.network.models.calendars import WorkCalendar
from zagumi.platform.network.models.companies import Company, Site
from zagumi.platform.network.models.processes import Process


class Disclosure(models.TextChoices):
    """How much of a machine's free time its owner shows the coordinator; members never see more than a band."""

    EXACT = "exact", _("Exact hours to the coordinator, a band to members")
    BAND = "band", _("Only a band: none, few, some, many")
    HIDDEN = "hidden", _("Nothing")


def positive(*fields: str) -> list[models.CheckConstraint]:
    """Constraints that these machine figures, where known, are more than nothing."""
    return [
        models.CheckConstraint(
            condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gt": 0}), name=f"machine_{field}"
        )
        for field in fields
    ]


class Machine(models.Model):
    """One machine: it does one lot at a time. Sizes are of the largest workpiece, in millimetres."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="machines")
    code = models.CharField(max_length=16, unique=True)
    name = models.CharField(LABELS["name"], max_length=80)
    name_en = models.CharField(LABELS["name_en"], max_length=80, blank=True)
    process = models.ForeignKey(
        Process, verbose_name=LABELS["process"], on_delete=models.PROTECT, related_name="machines"
    )
    maker = models.CharField(LABELS["maker"], max_length=60, blank=True)
    model = models.CharField(LABELS["model"], max_length=60, blank=True)
    envelope_x_mm = models.PositiveIntegerField(LABELS["envelope_x_mm"], null=True, blank=True)
    envelope_y_mm = models.PositiveIntegerField(LABELS["envelope_y_mm"], null=True, blank=True)
    envelope_z_mm = models.PositiveIntegerField(LABELS["envelope_z_mm"], null=True, blank=True)
    diameter_mm = models.PositiveIntegerField(LABELS["diameter_mm"], null=True, blank=True)
    length_mm = models.PositiveIntegerField(LABELS["length_mm"], null=True, blank=True)
    max_mass_kg = models.PositiveIntegerField(LABELS["max_mass_kg"], null=True, blank=True)
    max_temperature_c = models.PositiveIntegerField(LABELS["max_temperature_c"], null=True, blank=True)
    axes = models.PositiveSmallIntegerField(LABELS["axes"], null=True, blank=True)
    it_grade = models.PositiveSmallIntegerField(
        LABELS["it_grade"], null=True, blank=True, help_text="finest achievable, e.g. 6 for IT6"
    )
    roughness_ra = models.DecimalField(
        LABELS["roughness_ra"], null=True, blank=True, max_digits=6, decimal_places=3, help_text="micrometres"
    )
    hourly_yen = models.PositiveIntegerField(LABELS["hourly_yen"], null=True, blank=True, help_text="private")
    calendar = models.ForeignKey(
        WorkCalendar,
        null=True,
        blank=True,
        verbose_name=LABELS["calendar"],
        on_delete=models.PROTECT,
        related_name="machines",
    )
    capacity_disclosure = models.CharField(
        LABELS["capacity_disclosure"], max_length=8, choices=Disclosure, default=Disclosure.BAND
    )
    installed_year = models.PositiveSmallIntegerField(LABELS["installed_year"], null=True, blank=True)
    retired_on = models.DateField(LABELS["retired_on"], null=True, blank=True)

    objects = VisibleQuerySet["Machine"].as_manager()

    if TYPE_CHECKING:
        site_id: int
        calendar_id: int | None

        def get_capacity_disclosure_display(self) -> str: ...

    class Meta:
        verbose_name = _("machine")
        ordering = ["process__order", "code"]
        constraints = [
            *positive("envelope_x_mm", "envelope_y_mm", "envelope_z_mm", "diameter_mm", "length_mm", "max_mass_kg"),
            models.CheckConstraint(
                condition=Q(axes__isnull=True) | Q(axes__range=(1, 12)), name="machine_axes_in_range"
            ),
            models.CheckConstraint(
                condition=Q(it_grade__isnull=True) | Q(it_grade__range=(1, 18)), name="machine_it_grade_in_range"
            ),
            models.CheckConstraint(
                condition=Q(capacity_disclosure__in=Disclosure.values), name="machine_disclosure_known"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def company(self) -> Company:
        """The company that owns it, through its site."""
        return self.site.party.company


class Booking(models.Model):
    """Time in which a machine is taken: by the owner's other work, or by an adopted plan of one network."""

    class Kind(models.TextChoices):
        """Whose work it is."""

        OWN = "own", _("Own work")
        PLAN = "plan", _("Joint plan")

    machine = models.ForeignKey(
        Machine, verbose_name=LABELS["machine"], on_delete=models.CASCADE, related_name="bookings"
    )
    start = models.DateTimeField(LABELS["start"])
    end = models.DateTimeField(LABELS["end"])
    kind = models.CharField(LABELS["kind"], max_length=8, choices=Kind, default=Kind.OWN)
    note = models.CharField(LABELS["note"], max_length=120, blank=True, help_text="private")
    source_code = models.CharField(max_length=32, blank=True, help_text="code of the plan it comes from")
    network = models.ForeignKey(Network, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = VisibleQuerySet["Booking"].as_manager()

    if TYPE_CHECKING:
        machine_id: int

        def get_kind_display(self) -> str: ...

    class Meta:
        verbose_name = _("booking")
        ordering = ["start"]
        indexes = [
            models.Index(fields=["machine", "end"], name="booking_machine_end"),
            models.Index(fields=["network", "source_code"], name="booking_source"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="booking_start_before_end"),
            models.CheckConstraint(
                condition=Q(kind="own", source_code="", network__isnull=True)
                | (Q(kind="plan", network__isnull=False) & ~Q(source_code="")),
                name="plan_booking_names_its_plan",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.start:%Y-%m-%d %H:%M}"


class MachineStop(models.Model):
    """A machine standing still: broken or in maintenance. Without an end, nobody knows yet for how long."""

    machine = models.ForeignKey(Machine, verbose_name=LABELS["machine"], on_delete=models.CASCADE, related_name="stops")
    start = models.DateTimeField(LABELS["start"])
    end = models.DateTimeField(LABELS["end"], null=True, blank=True)
    reason = models.CharField(LABELS["reason"], max_length=120)

    objects = VisibleQuerySet["MachineStop"].as_manager()

    if TYPE_CHECKING:
        machine_id: int

    class Meta:
        verbose_name = _("machine stop")
        ordering = ["-start"]
        constraints = [
            models.UniqueConstraint(
                fields=["machine"], condition=Q(end__isnull=True), name="one_open_stop_per_machine"
            ),
            models.CheckConstraint(condition=Q(end__isnull=True) | Q(start__lt=F("end")), name="stop_start_before_end"),
        ]

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M} {self.reason}"

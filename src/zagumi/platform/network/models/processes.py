"""The words for what is done to a part, and the skills it takes. Loaded from ``data``; the same for all networks."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zagumi.platform.core.models import localized
from zagumi.platform.core.visibility import VisibleQuerySet
from zagumi.platform.network.labels import LABELS


class Family(models.TextChoices):
    """Groups of processes as trades know them (after the main groups of DIN 8580, split by trade)."""

    CASTING = "casting", _("Casting")
    FORMING = "forming", _("Forming and sheet metal")
    CUTTING = "cutting", _("Machining")
    GRINDING = "grinding", _("Grinding and polishing")
    DISCHARGE = "discharge", _("EDM and laser")
    JOINING = "joining", _("Welding and joining")
    HEAT = "heat", _("Heat treatment")
    SURFACE = "surface", _("Surface treatment")
    POLYMER = "polymer", _("Plastics and rubber")
    ASSEMBLY = "assembly", pgettext_lazy("process family", "Assembly")
    INSPECTION = "inspection", _("Inspection and measuring")
    LOGISTICS = "logistics", _("Packing and shipping")


class Process(models.Model):
    """A kind of work, e.g. 円筒研削. ``parent`` is the wider process it is a case of, e.g. 研削."""

    key = models.SlugField(unique=True, max_length=40)
    name = models.CharField(LABELS["name"], max_length=60)
    name_en = models.CharField(LABELS["name_en"], max_length=80)
    family = models.CharField(max_length=16, choices=Family)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="cases")
    symbol = models.CharField(max_length=8, blank=True, help_text="symbol of JIS B 0122, only where a source shows it")
    order = models.PositiveSmallIntegerField(default=0)

    objects = VisibleQuerySet["Process"].as_manager()

    if TYPE_CHECKING:

        def get_family_display(self) -> str: ...

    class Meta:
        verbose_name = _("process")
        ordering = ["order", "key"]
        constraints = [
            models.CheckConstraint(condition=models.Q(family__in=Family.values), name="process_family_known")
        ]

    def __str__(self) -> str:
        return localized(self.name, self.name_en)

    @property
    def family_name(self) -> str:
        """The family in the reader's language."""
        return str(self.get_family_display())


class Skill(models.Model):
    """Something a person must be able, or allowed, to do."""

    key = models.SlugField(unique=True, max_length=40)
    name = models.CharField(LABELS["name"], max_length=80)
    name_en = models.CharField(LABELS["name_en"], max_length=80)
    process = models.ForeignKey(
        Process, verbose_name=LABELS["process"], on_delete=models.PROTECT, related_name="skills"
    )

    objects = VisibleQuerySet["Skill"].as_manager()

    class Meta:
        verbose_name = _("skill")
        ordering = ["process__order", "key"]

    def __str__(self) -> str:
        return localized(self.name, self.name_en)

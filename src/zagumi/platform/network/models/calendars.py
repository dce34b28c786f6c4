"""When a company works: weekly shifts, national holidays, and days that are different."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zagumi.platform.core.visibility import VisibleQuerySet
from zagumi.platform.network.labels import LABELS
from zagumi.platform.network.models.companies import Company


class WorkCalendar(models.Model):
    """The hours of a company, or of some of its machines or people. The default one counts where none is named."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="calendars")
    name = models.CharField(LABELS["name"], max_length=60)
    is_default = models.BooleanField(default=False)
    works_on_holidays = models.BooleanField(LABELS["works_on_holidays"], default=False)

    objects = VisibleQuerySet["WorkCalendar"].as_manager()

    if TYPE_CHECKING:
        company_id: int

    class Meta:
        verbose_name = _("work calendar")
        ordering = ["-is_default", "name"]
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="calendar_name_once_per_company"),
            models.UniqueConstraint(
                fields=["company"], condition=Q(is_default=True), name="one_default_calendar_per_company"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Shift(models.Model):
    """Working hours on one weekday (Monday is 0). An end at or before the start lies on the next day."""

    calendar = models.ForeignKey(
        WorkCalendar, verbose_name=LABELS["calendar"], on_delete=models.CASCADE, related_name="shifts"
    )
    weekday = models.PositiveSmallIntegerField()
    start = models.TimeField(LABELS["start"])
    end = models.TimeField(LABELS["end"])

    objects = VisibleQuerySet["Shift"].as_manager()

    if TYPE_CHECKING:
        calendar_id: int

    class Meta:
        verbose_name = _("shift")
        ordering = ["weekday", "start"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "weekday", "start"], name="one_shift_per_start"),
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="shift_weekday_in_week"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.start:%H:%M}-{self.end:%H:%M}"


class CalendarDay(models.Model):
    """One day that differs from the weekly pattern: closed all day, or open from ``start`` to ``end``."""

    class Kind(models.TextChoices):
        """Whether the day is a closure or an extra opening."""

        CLOSED = "closed", _("Closed")
        OPEN = "open", _("Open")

    calendar = models.ForeignKey(
        WorkCalendar, verbose_name=LABELS["calendar"], on_delete=models.CASCADE, related_name="days"
    )
    date = models.DateField()
    kind = models.CharField(LABELS["kind"], max_length=8, choices=Kind)
    start = models.TimeField(LABELS["start"], null=True, blank=True)
    end = models.TimeField(LABELS["end"], null=True, blank=True)
    reason = models.CharField(LABELS["reason"], max_length=80, blank=True)

    objects = VisibleQuerySet["CalendarDay"].as_manager()

    if TYPE_CHECKING:
        calendar_id: int

        def get_kind_display(self) -> str: ...

    class Meta:
        verbose_name = _("calendar day")
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "date"], name="one_entry_per_calendar_day"),
            models.CheckConstraint(
                condition=Q(kind="closed", start__isnull=True, end__isnull=True)
                | Q(kind="open", start__isnull=False, end__isnull=False, start__lt=F("end")),
                name="open_day_has_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.kind}"

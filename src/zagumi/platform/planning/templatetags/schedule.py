"""Words for times of a plan."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()

HOURS_PER_DAY = 24


@register.filter
def planning_time(minutes: int | None) -> str:
    """A stretch of clock time without its sign: hours below two days, else days with one decimal."""
    if minutes is None:
        return "—"
    hours = abs(minutes) / 60
    if hours < 2 * HOURS_PER_DAY:
        return _("%(hours)s h") % {"hours": round(hours, 1) if hours < 10 else round(hours)}
    return _("%(days)s days") % {"days": round(hours / HOURS_PER_DAY, 1)}

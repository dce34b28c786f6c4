"""The one clock of the platform. Nobody else asks Django or Python what time it is."""

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """The present moment, aware; ``settings.ZAGUMI_NOW`` (ISO 8601) makes it stand still."""
    fixed: str = settings.ZAGUMI_NOW
    if not fixed:
        return timezone.now()
    moment = datetime.fromisoformat(fixed)
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def today() -> date:
    """The present day where the reader is (the current time zone)."""
    return timezone.localtime(now()).date()

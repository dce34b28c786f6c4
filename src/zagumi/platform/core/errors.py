"""What a service or a query answers instead of doing what was asked.

Pages, the API and imports all word these the same way: the status, one sentence, and what to do next.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """Base of every answer that is not a fault of the program. ``status`` is the HTTP status it becomes."""

    status = 500
    title: str | Promise = ""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class Refused(DomainError):
    """The actor sees the thing but may not do this with it (403)."""

    status = 403
    title = _("You may not do this")

    def __init__(self, message: str | Promise = "") -> None:
        super().__init__(message or _("This is not open to your role."))


class Hidden(DomainError):
    """There is no such thing for this actor (404): absent and invisible are told apart by nobody."""

    status = 404
    title = _("Not found")

    def __init__(self, message: str | Promise = "") -> None:
        super().__init__(message or _("There is no such page, or it is not shown to you."))


class NotNow(DomainError):
    """The state of the thing does not allow this now (409); ``next_step`` says what would, ``url`` leads there."""

    status = 409
    title = _("Not possible now")

    def __init__(self, message: str | Promise, *, next_step: str | Promise = "", url: str = "") -> None:
        super().__init__(message)
        self.next_step = next_step
        self.url = url


@dataclass(frozen=True)
class Fault:
    """One thing wrong with what was given: where, what was given, what was expected, in words."""

    place: str
    given: str
    expected: str | Promise
    message: str | Promise


class BadInput(DomainError):
    """What was given cannot be used (422); every fault is listed, not only the first."""

    status = 422
    title = _("Please check what was entered")

    def __init__(self, faults: Iterable[Fault] | Fault) -> None:
        self.faults = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__(self.faults[0].message if self.faults else self.title)

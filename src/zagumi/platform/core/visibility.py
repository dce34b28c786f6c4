"""The two doors between rows and readers: which rows (``visible_to``) and which columns (``shows``).

An app declares both in its ``rules.py``::

    @rows(Company)
    def company_rows(actor: Actor) -> Q: ...

    @columns(Company)
    def company_columns(actor: Actor, company: Company) -> frozenset[str]: ...

A model without a rule cannot be asked for: forgetting a rule is an error, never an open door.
"""

from collections.abc import Callable
from typing import Any, Self, TypeVar

from django.db import models

from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import Hidden

M = TypeVar("M", bound=models.Model)
RowRule = Callable[[Actor], models.Q]
ColumnRule = Callable[[Actor, Any], frozenset[str]]

NOBODY = models.Q(pk__in=[])
EVERYBODY = models.Q()

_row_rules: dict[type[models.Model], RowRule] = {}
_column_rules: dict[type[models.Model], ColumnRule] = {}


class NoRule(LookupError):
    """A model was asked for whose app says nothing about who sees it."""


def rows(model: type[models.Model]) -> Callable[[RowRule], RowRule]:
    """Declare the decorated function as the row rule of ``model``."""

    def declare(rule: RowRule) -> RowRule:
        if model in _row_rules:
            raise ValueError(f"{model.__name__} has two row rules")
        _row_rules[model] = rule
        return rule

    return declare


def columns(model: type[models.Model]) -> Callable[[ColumnRule], ColumnRule]:
    """Declare the decorated function as the column rule of ``model``."""

    def declare(rule: ColumnRule) -> ColumnRule:
        if model in _column_rules:
            raise ValueError(f"{model.__name__} has two column rules")
        _column_rules[model] = rule
        return rule

    return declare


def row_rule(model: type[models.Model]) -> RowRule:
    """The row rule of ``model``; raises NoRule when there is none."""
    try:
        return _row_rules[model]
    except KeyError:
        raise NoRule(f"{model._meta.label} has no row rule (declare one in its app's rules.py)") from None


def shows(actor: Actor, obj: models.Model) -> frozenset[str]:
    """The names of the guarded columns of ``obj`` that ``actor`` may read."""
    try:
        rule = _column_rules[type(obj)]
    except KeyError:
        raise NoRule(f"{obj._meta.label} has no column rule (declare one in its app's rules.py)") from None
    return rule(actor, obj)


def governed_models() -> frozenset[type[models.Model]]:
    """Every model with a row rule (for the visibility table of the tests)."""
    return frozenset(_row_rules)


class VisibleQuerySet(models.QuerySet[M]):
    """A query set that knows the rules."""

    def visible_to(self, actor: Actor) -> Self:
        """Only the rows that ``actor`` may know of."""
        return self.filter(row_rule(self.model)(actor))

    def find(self, actor: Actor, **lookup: Any) -> M:
        """The one visible row that matches; raises Hidden when there is none (absent or not shown)."""
        found = self.visible_to(actor).filter(**lookup).first()
        if found is None:
            raise Hidden()
        return found

"""What a service is: one call, one transaction, one line in the audit log.

A service takes the actor first and everything else by keyword, checks, writes, and tells the audit log what it
did. Services may call services: they share the outermost one's transaction, and the audit lines of all of them are
written at its end, so that the lock on the log is always taken last and held shortest. Mail, FAX and anything else
outside the database go through ``transaction.on_commit``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

from zagumi.platform.core import audit

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def one_transaction() -> Iterator[None]:
    """Everything inside is stored together with its audit lines, or not at all."""
    with transaction.atomic(), audit.collected():
        yield


def service(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a verb: each outermost call is one transaction with its audit lines."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        with one_transaction():
            return function(*args, **kwargs)

    return call

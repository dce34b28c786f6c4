"""The codes people use: C-2026-0142. Keys never leave the database."""

from django.db import transaction

from zagumi.platform.core import clock
from zagumi.platform.core.models import Counter, Network


def next_code(network: Network | None, prefix: str, *, yearly: bool = True, width: int = 4) -> str:
    """The next code of ``prefix``: ``C-2026-0142`` per network, prefix and year, or ``P-0012`` when not yearly.

    Gap-free: the number is taken under a row lock inside the caller's transaction, so a rolled-back service gives
    it back. Without a network the count runs over the whole installation. ``width`` is the least number of digits.
    """
    stem = f"{prefix}-{clock.today().year}" if yearly else prefix
    with transaction.atomic():
        scope = network.code if network else ""
        Counter.objects.get_or_create(scope=scope, prefix=stem)
        counter = Counter.objects.select_for_update().get(scope=scope, prefix=stem)
        counter.last += 1
        counter.save(update_fields=["last"])
    return f"{stem}-{counter.last:0{width}d}"

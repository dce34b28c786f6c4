"""For the board's cards."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def of_stage(moves: Mapping[str, Any], stage: str) -> Any:
    """The moves open from ``stage``."""
    return moves.get(stage, ())

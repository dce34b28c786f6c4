"""Which function does which kind of work."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps

MAX_ATTEMPTS = 3
JobFunction = Callable[..., None]


@dataclass(frozen=True)
class Kind:
    """A kind of work: its name, what does it, and how often it is tried."""

    name: str
    function: JobFunction
    attempts: int


_kinds: dict[str, Kind] = {}


def job(name: str, *, attempts: int = MAX_ATTEMPTS) -> Callable[[JobFunction], JobFunction]:
    """Declare the decorated function ``(ctx, **ids) -> None`` as what does jobs of kind ``name``."""

    def declare(function: JobFunction) -> JobFunction:
        if name in _kinds:
            raise ValueError(f"two functions want to do {name}")
        _kinds[name] = Kind(name, function, attempts)
        return function

    return declare


def kind_of(name: str) -> Kind:
    """The kind called ``name``; the apps' ``jobs`` modules are read when it is not known yet.

    Raises:
        LookupError: no installed app does this kind of work.
    """
    if name not in _kinds:
        for config in apps.get_app_configs():
            module: Any = f"{config.name}.jobs"
            if config.name.startswith("zagumi.") and find_spec(module):
                import_module(module)
    if name not in _kinds:
        raise LookupError(f"no job is called {name}")
    return _kinds[name]

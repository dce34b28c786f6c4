"""Why a cluster cannot be used, and what version of the engine must be the same everywhere."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

from zagumi.engine.errors import EngineError


class Trouble(StrEnum):
    """What is wrong with a cluster."""

    PACKAGE = "package"  # Ray is not installed here
    SILENT = "silent"  # nothing answers at the address, or no Ray cluster
    EMPTY = "empty"  # no node with a processor besides this one
    VERSION = "version"  # a node runs another version


TEXTS = {
    Trouble.PACKAGE: "searching across machines needs Ray: pip install 'zagumi[cluster]'",
    Trouble.SILENT: "no Ray cluster can be used at {address}: {detail}",
    Trouble.EMPTY: "the Ray cluster at {address} has no node with a processor besides this machine",
    Trouble.VERSION: "the Ray cluster at {address} does not run what this machine runs: {detail}",
}


class ClusterError(EngineError):
    """A cluster cannot be used.

    Attributes:
        detail: what was found, in plain English; for a version, node and both versions.
    """

    def __init__(self, why: Trouble, address: str, detail: str = "") -> None:
        self.why = why
        self.address = address
        self.detail = detail
        super().__init__(TEXTS[why].format(address=address, detail=detail))


def engine_version() -> str:
    """The package's version and a checksum of the solvers' sources: others may lay arrays out otherwise."""
    folder = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.read_bytes())
    return f"{version('zagumi')}+{digest.hexdigest()[:12]}"

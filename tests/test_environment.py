"""The pinned packages live together in one process."""

import subprocess
import sys

import pytest

LOADED_TOGETHER = ["ortools.sat.python.cp_model", "highspy", "pyvrp", "numba", "psycopg", "typst"]


@pytest.mark.parametrize("order", [LOADED_TOGETHER, LOADED_TOGETHER[::-1]], ids=["forward", "backward"])
def test_native_libraries_load_beside_each_other(order: list[str]) -> None:
    """Two packages that carry the same shared library in different versions break each other, in one order or both."""
    code = "; ".join(f"import {name}" for name in order)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

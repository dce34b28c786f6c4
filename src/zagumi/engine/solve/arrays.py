"""Arrays that compiled code reaches by one number: the address of a directory of their addresses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

Rows = Any  # a record array: rows[i].field
Kind = TypeVar("Kind", bound=Iterable[Any])


@dataclass(frozen=True)
class Arrays(Generic[Kind]):
    """The arrays of a named tuple and the directory of their addresses; it must live as long as its number is used."""

    rows: Kind
    directory: NDArray[np.int64]

    @classmethod
    def of(cls, rows: Kind) -> Self:
        """A directory for arrays that are not made anew any more."""
        return cls(rows, np.array([array.ctypes.data for array in rows], dtype=np.int64))


def blank(dtype: np.dtype[Any], size: int) -> Rows:
    """So many zeroed rows, at least one."""
    return np.zeros(max(1, size), dtype=dtype).view(np.recarray)

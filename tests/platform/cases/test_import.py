"""Importing a workbook: rehearsed, in one transaction, twice without a change, and out again in the same layout."""

import pytest

from tests.people import Cast
from tests.platform.cases.conftest import EXAMPLE
from zagumi.platform.cases import services

pytestmark = pytest.mark.django_db


def test_the_example_is_imported_once(cast: Cast) -> None:
    case, outcome = services.import_case_workbook(cast.coordinator, file=EXAMPLE.read_bytes())
    counts = {"company": 13, "machine": 21, "buyer": 1, "site": 1, "case": 1, "part": 4, "step": 12, "option": 28}
    assert outcome.counted == counts
    again, second = services.import_case_workbook(cast.coordinator, file=EXAMPLE.read_bytes())
    assert again == case
    assert not second.is_change

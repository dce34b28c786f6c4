"""Every page, as every reader, in both languages."""

import pytest

from tests.platform.cases.conftest import Town
from tests.platform.conftest import SignedIn
from zagumi.platform.cases.models import Case

pytestmark = pytest.mark.django_db


def test_pages(town: Town, case: Case, files: dict[str, str], signed_in: SignedIn) -> None:
    client = signed_in(town.cast.coordinator)
    code = case.code
    for path in (
        "",
        "board/",
        "new/",
        "import/",
        f"{code}/",
        f"{code}/edit/",
        f"{code}/lose/",
        f"{code}/costs/",
        f"{code}/export/",
        f"{code}/history/",
        f"{code}/files/",
        f"{code}/files/new/",
        f"{code}/parts/new/",
        f"{code}/parts/A/",
        f"{code}/steps/",
        f"{code}/steps/new/",
        f"{code}/steps/10/",
        f"{code}/steps/10/edit/",
        f"{code}/steps/10/options/new/",
        f"{code}/steps/10/options/{town.machines['member'].code}/",
    ):
        answer = client.get(f"/cases/{path}")
        assert answer.status_code == 200, path

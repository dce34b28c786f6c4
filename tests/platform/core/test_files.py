"""Files: kept once, whole, and handed out under their own name as nothing but a download."""

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import FileResponse
from django.test import RequestFactory

from tests.people import Cast
from zagumi.platform.core import files
from zagumi.platform.core.errors import BadInput
from zagumi.platform.core.models import Party, StoredFile

PDF = b"%PDF-1.7\n..."


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


@pytest.fixture
def send() -> Iterator[Callable[..., FileResponse]]:
    """``files.send`` for a request with some headers; the answers are closed as a server would."""
    with ExitStack() as stack:

        def answer(stored: StoredFile, *, inline: bool = False, **headers: str) -> FileResponse:
            response = files.send(stored, RequestFactory().get("/", headers=headers), inline=inline)
            stack.callback(response.close)
            return response

        yield answer


def test_equal_contents_lie_on_the_disk_once(cast: Cast, shelf: Path) -> None:
    first = files.store(cast.member, uploaded=SimpleUploadedFile("図面.pdf", PDF), name="図面.pdf")
    second = files.store(cast.buyer, uploaded=io.BytesIO(PDF), name="drawing.pdf")

    assert first.sha256 == second.sha256
    assert (first.owner_id, second.owner_id) == (cast.member.party_id, cast.buyer.party_id)
    assert [path.name for path in shelf.rglob("*") if path.is_file()] == [first.sha256]
    with files.open_file(first) as file:
        assert file.read() == PDF
    assert (first.size, first.media_type) == (len(PDF), "application/pdf")


def test_a_file_entered_for_another_belongs_to_them(cast: Cast) -> None:
    actor = cast.coordinator.for_party(Party.objects.get(pk=cast.member.party_id), channel="fax")

    assert files.store(actor, uploaded=PDF, name="fax.pdf").owner_id == cast.member.party_id


@pytest.mark.parametrize(
    ("contents", "name", "kind"),
    [
        (PDF, "picture.png", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n...", "a.pdf", "image/png"),
        (b"PK\x03\x04...", "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (b"PK\x03\x04...", "a.exe", "application/zip"),
        (b"0\nSECTION", "a.DXF", "image/vnd.dxf"),
        (b"a,b\n", "a.csv", "text/csv"),
        (b"\x00\x01", "a.csv", "application/octet-stream"),
        (b"<html><script>", "a.html", "application/octet-stream"),
        (b"<svg onload=...>", "a.svg", "application/octet-stream"),
    ],
)
def test_a_file_is_what_it_contains(contents: bytes, name: str, kind: str) -> None:
    assert files.media_type(contents, name) == kind


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\secret\\passwd", "/etc/passwd"])
def test_a_name_is_a_name_and_no_path(cast: Cast, name: str) -> None:
    assert files.store(cast.member, uploaded=PDF, name=name).name == "passwd"


def test_empty_and_too_large_files_are_refused_and_leave_nothing(cast: Cast, settings, shelf: Path) -> None:
    settings.ZAGUMI_FILE_LIMIT = 10 * 1024 * 1024
    with pytest.raises(BadInput):
        files.store(cast.member, uploaded=b"", name="a.pdf")
    with pytest.raises(BadInput, match="10 MB"):
        files.store(cast.member, uploaded=b"x" * (10 * 1024 * 1024 + 1), name="a.pdf")

    assert not StoredFile.objects.exists()
    assert [path for path in shelf.rglob("*") if path.is_file()] == []


def test_a_file_is_sent_as_a_download_under_its_own_name(cast: Cast, send) -> None:
    stored = files.store(cast.member, uploaded=PDF, name='図面"1".pdf')

    answer = send(stored)

    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%9B%B3%E9%9D%A2")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Content-Length"] == str(len(PDF))


def test_a_file_the_browser_has_is_not_sent_again(cast: Cast, send) -> None:
    stored = files.store(cast.member, uploaded=PDF, name="a.pdf")
    etag = send(stored)["ETag"]

    assert send(stored, if_none_match=etag).status_code == 304


def test_only_harmless_kinds_are_shown_in_place(cast: Cast, send) -> None:
    pdf = files.store(cast.member, uploaded=PDF, name="a.pdf")
    page = files.store(cast.member, uploaded=b"<html>", name="a.html")

    assert send(pdf, inline=True)["Content-Disposition"].startswith("inline")
    assert send(page, inline=True)["Content-Disposition"].startswith("attachment")

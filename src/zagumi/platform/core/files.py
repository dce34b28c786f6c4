"""Files: stored once by their contents, handed out only by the view of the thing they belong to."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag
from django.utils.translation import gettext_lazy as _

from zagumi.platform.core import clock
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.errors import BadInput, Fault
from zagumi.platform.core.models import StoredFile

_CHUNK = 1 << 20

# What a file is, by its first bytes; a name says nothing reliable.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"ISO-10303-21", "model/step"),
    (b"glTF", "model/gltf-binary"),
)
# Kinds that share a container or have no signature are told by the ending, once the container fits.
_ZIP_ENDINGS = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".zip": "application/zip",
}
_TEXT_ENDINGS = {".csv": "text/csv", ".txt": "text/plain", ".json": "application/json"}
_CAD_ENDINGS = {".dxf": "image/vnd.dxf", ".stl": "model/stl", ".stp": "model/step", ".step": "model/step"}
# Shown in the page by the browser's own viewer; everything else is downloaded.
_INLINE = {"application/pdf", "image/png", "image/jpeg"}


def store(actor: Actor, *, uploaded: UploadedFile | BinaryIO | bytes, name: str) -> StoredFile:
    """Keep the bytes of ``uploaded`` under their SHA-256 and return the row that names them.

    Bytes reach the disk completely (written aside, synced, renamed) before the row exists. A file whose row is
    rolled back leaves unreferenced bytes, which are harmless and shared by the next upload of the same contents.

    Raises:
        BadInput: empty, or larger than ``settings.ZAGUMI_FILE_LIMIT`` bytes.
    """
    name = Path(name.replace("\\", "/")).name[:255] or "file"
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    descriptor, aside = tempfile.mkstemp(dir=root, prefix="upload-")
    try:
        with os.fdopen(descriptor, "wb") as target:
            sha256, size, head = _copy(uploaded, target, name)
            target.flush()
            os.fsync(target.fileno())
        final = path_of(sha256)
        final.parent.mkdir(parents=True, exist_ok=True)
        Path(aside).replace(final)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    return StoredFile.objects.create(
        sha256=sha256,
        name=name,
        media_type=media_type(head, name),
        size=size,
        network_id=actor.network_id,
        owner_id=actor.on_behalf_of or actor.party_id,
        created=clock.now(),
    )


def _copy(source: UploadedFile | BinaryIO | bytes, target: BinaryIO, name: str) -> tuple[str, int, bytes]:
    """Copy ``source`` within the limit; returns SHA-256, size and the first bytes."""
    digest, size, head = hashlib.sha256(), 0, b""
    if isinstance(source, bytes):
        chunks = iter((source,))
    elif isinstance(source, UploadedFile):
        chunks = iter(source.chunks(_CHUNK))
    else:
        chunks = iter(lambda: source.read(_CHUNK), b"")
    for chunk in chunks:
        head = head or chunk[:512]
        size += len(chunk)
        if size > settings.ZAGUMI_FILE_LIMIT:
            limit = f"{settings.ZAGUMI_FILE_LIMIT // 1024 // 1024} MB"
            raise BadInput(Fault(name, f"> {limit}", limit, _("The file is larger than %(limit)s.") % {"limit": limit}))
        digest.update(chunk)
        target.write(chunk)
    if not size:
        raise BadInput(Fault(name, "0", _("a file with contents"), _("The file is empty.")))
    return digest.hexdigest(), size, head


def media_type(head: bytes, name: str) -> str:
    """The media type by contents first and ending second; anything unknown is plain bytes."""
    ending = Path(name).suffix.lower()
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return _ZIP_ENDINGS.get(ending, "application/zip")
    if ending in _CAD_ENDINGS:
        return _CAD_ENDINGS[ending]
    if ending in _TEXT_ENDINGS and b"\x00" not in head:
        return _TEXT_ENDINGS[ending]
    return "application/octet-stream"


def path_of(sha256: str) -> Path:
    """Where the bytes with this SHA-256 lie."""
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256


def open_file(stored: StoredFile) -> BinaryIO:
    """The bytes of ``stored``, open for reading."""
    return path_of(stored.sha256).open("rb")


def send(stored: StoredFile, request: HttpRequest, *, inline: bool = False) -> HttpResponseBase:
    """The answer that hands ``stored`` to a browser. The caller has checked that the reader may have it.

    A download under its own name, never guessed at (nosniff), never shared by caches, and answered with
    "not modified" when the browser has it. ``inline`` shows PDF and pictures in place; other kinds are downloaded.
    """
    etag = quote_etag(stored.sha256)
    unchanged = get_conditional_response(request, etag=etag)
    if isinstance(unchanged, HttpResponseNotModified | HttpResponse) and unchanged.status_code in {304, 412}:
        return unchanged
    shown = inline and stored.media_type in _INLINE
    response = FileResponse(open_file(stored), content_type=stored.media_type)
    response["Content-Length"] = str(stored.size)
    response["Content-Disposition"] = content_disposition_header(not shown, stored.name) or "attachment"
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response

"""The deterministic zip: the same parts give the same bytes on every machine."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from mmspack.bundle.manifest import NAME as MANIFEST
from mmspack.bundle.manifest import format_manifest
from mmspack.model import Part

EPOCH = (1980, 1, 1, 0, 0, 0)
"""Date of every entry: the earliest that a zip can hold."""

UNIX_FILE_0644 = 0o100644 << 16


def zipped(parts: Sequence[Part], subject: str, fallback: str = "", *, manifest: bool) -> bytes:
    """Zip `parts` in the given order (the SMIL first), the manifest after them.

    Everything is stored: media do not shrink, and what all zip readers agree on is store or deflate
    without extras (`handsets.md`, Zip and upload). Names are taken as they are; subject and fallback text
    are noted in the manifest, which some dialects do without.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED, allowZip64=False) as archive:
        for part in parts:
            archive.writestr(_entry(part.name), part.data)
        if manifest:
            archive.writestr(_entry(MANIFEST), format_manifest(parts, subject, fallback))
    return stream.getvalue()


def has_manifest(data: bytes) -> bool:
    """Whether a zip has a manifest; of one that cannot be read it is supposed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return MANIFEST in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return True


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.create_system = 3
    entry.external_attr = UNIX_FILE_0644
    return entry

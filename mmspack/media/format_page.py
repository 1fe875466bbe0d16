"""The table of formats as Markdown: what `docs/formats.md` holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mmspack.media.format import Format
from mmspack.media.formats import FORMATS
from mmspack.model import Kind


def page() -> str:
    """All formats, one line each."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Formats"
    yield ""
    yield f"{len(FORMATS)} formats are recognised, nearly all by their first bytes, whatever their names."
    yield "This page is generated from the table in `mmspack/media/formats.py`; a test holds it."
    yield ""
    yield "| format | type | endings | `build` | `check` |"
    yield "|---|---|---|---|---|"
    for row in FORMATS:
        endings = ", ".join(f".{ending}" for ending in row.endings)
        yield f"| {row.name} | `{row.type}` | {endings} | {_built(row)} | {_checked(row)} |"


def _built(row: Format) -> str:
    if not row.taken:
        return f"not taken: {row.cure}" if row.cure else "not taken"
    if row.demuxer:
        return "packs it where phones play it, else re-encodes it, with the extra `video`"
    if row.kind is not Kind.IMAGE:
        return "packs it as it is"
    extra = ", with the extra `heic`" if row.pillow == "HEIF" else ""
    return "reads and writes it" if row.made else f"reads it{extra}"


def _checked(row: Format) -> str:
    if row.checked:
        return "decodes it"
    return "reads its structure" if row.walk else "recognises it"


if __name__ == "__main__":
    Path("docs/formats.md").write_text(page(), "utf-8")

"""The approval sheet set by Typst, offline: from a folder with the template, its values and the pictures."""

from __future__ import annotations

import datetime
import importlib.util
import json
import tempfile
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

from mmspack.errors import OutputError
from mmspack.media.fonts import folders_of_packages
from mmspack.previewing.approval.facts import Keep, facts_of
from mmspack.previewing.view import View

FONTS = (
    "Noto Sans",
    "IBM Plex Sans Arabic",
    *(
        f"Noto Sans {script}"
        for script in (
            "Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi", "Hebrew",
            "Kannada", "Khmer", "Lao", "Malayalam", "Myanmar", "Oriya", "Sinhala", "Tamil", "Telugu", "Thai",
            "Symbols", "CJK SC",
        )
    ),
    "Apple Color Emoji",
    "Segoe UI Emoji",
    "Noto Color Emoji",
    "Noto Emoji",
)  # fmt: skip
"""Families that are asked first; after them Typst looks through the fonts of the machine."""


def can_set() -> bool:
    """True where Typst is installed (`mmspack[sheet]`)."""
    return importlib.util.find_spec("typst") is not None


def approval_sheet(
    view: View,
    *,
    paper: str = "a4",
    with_findings: bool = True,
    when: datetime.datetime | None = None,
) -> bytes:
    """A tagged PDF (PDF/UA-1) of the message, its sizes and findings, with a box to sign.

    `paper` is `a4` or `letter`; `when` is printed (None: now). Raises `OutputError` where
    Typst cannot set it.
    """
    when = printed_moment(when)

    def facts(keep: Keep) -> Any:
        return facts_of(view, keep, when=when, paper=paper, with_findings=with_findings)

    return set_in_type("sheet.typ", facts, when)


def printed_moment(when: datetime.datetime | None) -> datetime.datetime:
    """The time that a sheet bears, in whole seconds; None: now."""
    return (when or datetime.datetime.now().astimezone()).replace(microsecond=0)


def set_in_type(template: str, facts_for: Callable[[Keep], Any], when: datetime.datetime) -> bytes:
    """A tagged PDF by a template of this folder. `facts_for` is given what keeps pictures for it.

    Raises `OutputError` where Typst cannot set it.
    """
    import typst

    with tempfile.TemporaryDirectory(prefix="mmspack-sheet-") as name:
        folder = Path(name)
        pictures = 0

        def keep(data: bytes, ending: str) -> str:
            nonlocal pictures
            pictures += 1
            (folder / f"picture{pictures}{ending}").write_bytes(data)
            return f"picture{pictures}{ending}"

        facts = {**facts_for(keep), "fonts": FONTS}
        (folder / "data.json").write_text(json.dumps(facts), "utf-8")
        source = resources.files("mmspack.previewing.approval").joinpath(template).read_bytes()
        (folder / "sheet.typ").write_bytes(source)
        compiler = typst.Compiler(
            str(folder / "sheet.typ"), root=name, font_paths=[str(one) for one in folders_of_packages()]
        )
        try:
            try:
                made, _ = compiler.compile_with_warnings(format="pdf", pdf_standards="ua-1", timestamp=when)
            except typst.TypstError:
                # A font of the machine that Pillow reads and Typst does not: tagged still, with a box.
                made, _ = compiler.compile_with_warnings(format="pdf", timestamp=when)
        except typst.TypstError as error:
            raise OutputError(f"the sheet cannot be set: {error.message}", where="approval sheet") from error
    if not isinstance(made, bytes):
        raise OutputError("the sheet has no pages", where="approval sheet")
    return made

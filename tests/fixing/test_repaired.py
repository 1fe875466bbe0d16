"""What `fix` makes of presentations and names that are wrong in one place: its words, and what it changes.

`repaired.txt` has them, as a diff. After a change: python -m tests.fixing.test_repaired, and read the diff.
"""

from __future__ import annotations

import difflib
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from itertools import chain, starmap
from pathlib import Path

import pytest

from mmspack.fixing import FixResult, fix
from mmspack.words import printable
from tests.fixing.wrong import (
    BESIDE,
    DISPLAYS,
    DUR,
    FILES,
    HEADS,
    MANIFESTS,
    PICTURES,
    REGIONS,
    SHOWN,
    SLIDE,
    SLIDES,
    TEXTS,
    TIMES,
    TYPES,
    UNSHOWN,
    WITHIN,
    WRITTEN,
    Changes,
)  # fmt: skip
from tests.rules.cases import CARD
from tests.rules.scenes import AMR, SMIL, TWO_SLIDES, photo, scene

TOLD = Path(__file__).with_name("repaired.txt")
SUBJECTS: dict[str, Changes] = {
    "heads": HEADS, "displays": DISPLAYS, "regions": REGIONS, "what is shown": SHOWN, "slides": SLIDE,
    "how it is written": WRITTEN,
    "times": {
        **{f"dur {time!r}": [(DUR, f'dur="{time}"' if time else "")] for time in TIMES},
        **{f"no dur, and {time!r} within": [(DUR, ""), ("<img", f'<img dur="{time}"')] for time in WITHIN},
        **BESIDE,
    },
}  # fmt: skip
"""Presentations by what is wrong in them."""
BROUGHT = {
    "image1.jpg": photo(), "text1.txt": b"Hello", "image2.jpg": photo(48, 64), "text2.txt": b"Good bye",
    "image3.jpg": photo(40, 40), "audio1.amr": AMR, "card1.vcf": CARD,
}  # fmt: skip


def presented(name: str, changes: list[tuple[str, str]]) -> Iterator[str]:
    """What is done about a presentation with changes."""
    smil = TWO_SLIDES if name.startswith("slides in") else SMIL
    for old, new in changes:
        assert old in smil, f"{name}: {old}"
        smil = smil.replace(old, new)
    here = ("image1.jpg", "text1.txt")
    result = fix(
        scene(smil=smil, files={one: BROUGHT[one] for one in BROUGHT if one in here or one in smil}).data
    )
    yield f"# {name}"
    yield from account(result)
    after = next(part.data.decode() for part in result.bundle.parts if part.name.endswith(".smil"))
    lines = difflib.unified_diff(smil.splitlines(), after.splitlines(), n=0, lineterm="")
    yield from (re.sub(r"^@@.*", "@@", line) for line in list(lines)[2:])


def account(result: FixResult) -> Iterator[str]:
    """What was done, what was left, and what remains."""
    yield from (f"did: {change.what}" for change in result.changes)
    yield from (f"left: {one.what}" for one in result.left)
    yield from (f"remains: {finding.id}" for finding in result.report.findings)


def single(name: str, part: tuple[str, bytes, str]) -> Iterator[str]:
    """What is done about a part beside the presentation, in a slide and as an attachment."""
    file, data, type_ = part
    tag = {"image": "img", "audio": "audio", "text": "text"}.get(re.sub(r"\d.*", "", file), "ref")
    slide = f'    <par dur="4s"><{tag} src="{file}"/></par>\n'
    for smil in (SMIL.replace(SLIDES, slide), None):
        result = fix(scene(smil=smil, files={file: data, "text9.txt": b"Hello"}, types={file: type_}).data)
        yield f"# {name}" if smil else "without a presentation"
        for line in account(result):
            # How many bytes a picture takes differs from machine to machine.
            yield printable(re.sub(r"[\d,]+ bytes", "# bytes", line))
        yield from listed(result)
        words = next((part.data for part in result.bundle.parts if part.name == "text1.txt"), b"")
        yield f"text: {words!r}" if words else "no text"


def listed(result: FixResult) -> Iterator[str]:
    """The lines of the manifest."""
    with zipfile.ZipFile(io.BytesIO(result.bundle.data)) as archive:
        yield from (f"line: {printable(line)}" for line in archive.read("manifest").decode().splitlines())


def manifested(name: str) -> Iterator[str]:
    """What is done about a manifest."""
    for smil in (SMIL, None):
        manifest = MANIFESTS[name]
        if smil is None and manifest is not None:
            beginning = b"message.smil=application/smil\n"
            text = manifest.encode() if isinstance(manifest, str) else manifest
            manifest = text.replace(beginning, b"")
        for more in ({}, {"image9.jpg": photo(48, 64)}):
            result = fix(scene(smil=smil, manifest=manifest, add=more).data)
            around = f"with{'' if smil else 'out'} a presentation{', and a stray file' if more else ''}"
            yield around if more or not smil else f"# {name}"
            yield from (printable(f"did: {change.part}: {change.what}") for change in result.changes)
            yield from (f"left: {one.part}: {one.what}" for one in result.left)
            yield f"subject: {result.bundle.subject}"
            yield from listed(result)


def named(name: str) -> Iterator[str]:
    """What is done about the names of files, in a slide each and as attachments."""
    files = FILES[name]
    shown = "".join(
        f'<par dur="4s"><{"text" if one.endswith("txt") else "img"} src="{one}"/></par>'
        for one in files
        if not one.startswith(UNSHOWN)
    )
    for smil in (SMIL.replace(SLIDES, shown), None):
        result = fix(scene(smil=smil, files=files).data)
        yield f"# {name}" if smil else "without a presentation"
        yield from (printable(f"did: {change.part}: {change.what}") for change in result.changes)
        yield from (f"left: {one.part}: {one.what}" for one in result.left)
        yield from (f"part: {part.name} {part.type}" for part in result.bundle.parts)
        yield from re.findall(r'src="[^"]*"', result.bundle.parts[0].data.decode("latin-1"))


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    **{
        subject: lambda cases=cases: chain.from_iterable(starmap(presented, cases.items()))
        for subject, cases in SUBJECTS.items()
    },
    "names": lambda: chain.from_iterable(map(named, FILES)),
    **{
        subject: lambda parts=parts: chain.from_iterable(starmap(single, parts.items()))
        for subject, parts in {"texts": TEXTS, "types": TYPES, "pictures": PICTURES}.items()
    },
    "manifests": lambda: chain.from_iterable(map(manifested, MANIFESTS)),
}


@pytest.mark.parametrize("subject", PAGES)
def test_what_is_wrong_is_repaired_as_written(subject: str) -> None:
    pages = TOLD.read_text("utf-8").split("== ")
    page = next(page for page in pages if page.startswith(f"{subject}\n"))
    assert list(PAGES[subject]()) == page.splitlines()[1:]


if __name__ == "__main__":
    lines = chain.from_iterable((f"== {subject}", *page()) for subject, page in PAGES.items())
    TOLD.write_text("".join(f"{line}\n" for line in lines), "utf-8")

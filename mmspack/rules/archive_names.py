"""MMS1xx: the names of a zip's entries, and the folders in them."""

from __future__ import annotations

from collections.abc import Iterator

from mmspack.bundle.opened import Form, Opened
from mmspack.bundle.zip_defects import Defect
from mmspack.facts.names import NAME_DEFECTS, defects_of, empty_folders, windows_fault
from mmspack.facts.pairing import lines, pairs, plausible, strays
from mmspack.model import Severity
from mmspack.rules.archive import defects
from mmspack.rules.declaring import Hit, Needs, Remains, rule
from mmspack.rules.sources import DIALECT, HOSTILE_ZIPS, WINDOWS, ZIP, ZIP_READERS
from mmspack.rules.terms import Terms

rule(
    "MMS110",
    title="Names that differ only in case",
    severity=Severity.WARNING,
    source=HOSTILE_ZIPS,
    reason="When unpacked on Windows or macOS, the second file overwrites the first; on a phone, "
    "case matters.",
    fix="Rename one of them.",
    bad="Image1.jpg, image1.jpg",
    good="image1.jpg, image2.jpg",
    needs=Needs.ZIP,
)(defects("case"))


rule(
    "MMS111",
    title="Name that points outside the zip",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="Absolute names, drive letters and '..' write outside the folder; careful readers refuse them.",
    fix="Use plain names: image1.jpg.",
    bad="../../image1.jpg",
    good="image1.jpg",
    remains=Remains.ZIP,
    needs=Needs.ZIP,
)(defects("name-path"))


rule(
    "MMS112",
    title="Control character in a name",
    severity=Severity.ERROR,
    source=HOSTILE_ZIPS,
    reason="Readers written in C end the name at a NUL and others do not: one file gets two names.",
    fix="Use plain names: image1.jpg.",
    bad="a.smil\\0.exe",
    good="a.smil",
    remains=Remains.ZIP,
    needs=Needs.ZIP,
)(defects("name-control"))


rule(
    "MMS113",
    title="Name in an unknown encoding",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="Without the UTF-8 flag, each reader assumes a different code page, and the name in "
    "the manifest finds no file; Java refuses the whole zip.",
    fix="Use ASCII names, or a packer that sets the UTF-8 flag.",
    bad="caf\\xe9.jpg (no UTF-8 flag)",
    good="cafe.jpg",
    needs=Needs.ZIP,
)(defects("name-bytes"))


@rule(
    "MMS122",
    title="Parts in a folder",
    severity=Severity.WARNING,
    source=DIALECT,
    reason="A part's Content-Id is its name in the zip, including folders. Neither SendMMS nor "
    "ViaNett documents whether folders are supported.",
    fix="Zip the files, not the folder that contains them.",
    bad="summer/manifest, summer/image1.jpg",
    good="manifest, image1.jpg",
    needs=Needs.CONTENT,
)
def _folders(opened: Opened, terms: Terms) -> Iterator[Hit]:
    if not terms.dialect.flat:
        yield from _in_folders(opened)


def _in_folders(opened: Opened) -> Iterator[Hit]:
    if (
        opened.form is Form.FOLDER
        or _named(opened, "name-backslash")
        or _named(opened, "name-dot", "name-root")
    ):
        return
    if opened.folder:
        yield Hit(f"everything is in the folder {opened.folder!r}")
        return
    # A file that the manifest or the gateway looks for elsewhere is reported as such.
    told = {*pairs(opened).values(), opened.misnamed_manifest}
    names = sorted(name for name in opened.names if name not in told)
    inside = [name for name in names if "/" in name and ".." not in name and name[0] != "/"]
    if inside:
        words = f" and {len(inside) - 1} more are in folders" if len(inside) > 1 else " is in a folder"
        yield Hit(f"{inside[0]!r}{words}", part=inside[0])
        return
    for name in empty_folders(opened)[:1]:
        yield Hit(f"{name!r} is a folder", part=name)


@rule(
    "MMS123",
    title="File left by a file manager or packer",
    severity=Severity.WARNING,
    source=ZIP,
    reason="The manifest does not list these files, so the gateway cannot know what they are for; "
    "they also reveal names and folders of your machine.",
    fix="Pack without them (on a Mac: zip -X, or ditto --norsrc; Java: jar --no-manifest); "
    "mmspack fix removes them.",
    bad="image1.jpg, __MACOSX/._image1.jpg, .DS_Store",
    good="image1.jpg",
    needs=Needs.CONTENT,
)
def _junk(opened: Opened) -> Iterator[Hit]:
    if opened.junk:
        others = len(opened.junk) - 1
        words = f" and {others} more were left" if others else " was left"
        yield Hit(f"{opened.junk[0]!r}{words} by a file manager or a packer", part=opened.junk[0])


@rule(
    "MMS124",
    title="Folder that the gateway does not allow",
    severity=Severity.ERROR,
    source=DIALECT,
    reason="PSWinCom requires all files to be in the root of the zip, without folders.",
    fix="Zip the files, not the folder that contains them.",
    bad="summer/message.smil, summer/image1.jpg (--dialect pswincom)",
    good="message.smil, image1.jpg",
    needs=Needs.CONTENT,
)
def _not_flat(opened: Opened, terms: Terms) -> Iterator[Hit]:
    if terms.dialect.flat:
        yield from _in_folders(opened)


@rule(
    "MMS125",
    title="Backslash in a name",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="Some Windows packers (Compress-Archive of PowerShell 5) write '\\' where the zip "
    "format requires '/'. Info-ZIP treats it as a folder; Java and Python treat it as part "
    "of the name, so that no part has the name in the manifest.",
    fix="Zip the files, not the folder that contains them, or use mmspack fix.",
    bad="summer\\image1.jpg",
    good="image1.jpg",
    needs=Needs.ZIP,
)
def _one_hit_for_all_backslashes(opened: Opened) -> Iterator[Hit]:
    found = _named(opened, "name-backslash")
    if found:
        yield _first_of(found)


@rule(
    "MMS131",
    title="Name that some readers change",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="Info-ZIP strips ';1' from a name and many readers strip './' and '/'; bsdtar and Macs compose "
    "accents; no file system allows more than 255 bytes. The name in the manifest then finds no file.",
    fix="Use short ASCII names: image1.jpg.",
    bad="image1.jpg;1",
    good="image1.jpg",
    needs=Needs.ZIP,
)
def _changed_names(opened: Opened) -> Iterator[Hit]:
    for kind in ("name-version", "name-form", "name-long"):
        yield from (Hit(defect.message, part=defect.entry) for defect in _named(opened, kind))
    for kind in ("name-dot", "name-root"):
        if found := _named(opened, kind):
            yield _first_of(found)


@rule(
    "MMS132",
    title="Name that Windows cannot unpack",
    severity=Severity.WARNING,
    source=WINDOWS,
    reason="On Windows, no file of this name can be created: it is refused, opens a device or is written "
    "under another name.",
    fix="Use letters, digits, '.', '-' and '_', and avoid device names: image1.jpg.",
    bad="aux.jpg=image/jpeg",
    good="image1.jpg=image/jpeg",
    needs=Needs.CONTENT,
)
def _not_for_windows(opened: Opened) -> Iterator[Hit]:
    told = {*pairs(opened).values(), *strays(opened), *defects_of(opened, *NAME_DEFECTS)}
    told |= {entry.name for entry in lines(opened) if not plausible(entry)}
    for part in opened.parts:
        fault = windows_fault(part.name)
        if fault and part.name not in told:
            yield Hit(f"{part.name!r} {fault}", part=part.name)


def _first_of(defects: list[Defect]) -> Hit:
    """What a packer has done to every name, reported once."""
    more = f", and so do {len(defects) - 1} more" if len(defects) > 1 else ""
    return Hit(defects[0].message + more, part=defects[0].entry)


def _named(opened: Opened, *kinds: str) -> list[Defect]:
    defects = opened.archive.defects if opened.archive else ()
    return [defect for defect in defects if defect.kind in kinds]

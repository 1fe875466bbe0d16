"""MMS1xx: the zip as a zip. What readers disagree about, a sender cannot rely on."""

from __future__ import annotations

from collections.abc import Iterator

from mmspack.bundle.opened import Form, Opened
from mmspack.bundle.zip_reader import Defect
from mmspack.facts.names import empty_folders
from mmspack.facts.pairing import pairs
from mmspack.model import Severity
from mmspack.rules.declaring import Asks, Hit, Needs, rule
from mmspack.rules.sources import DIALECT, HOSTILE_ZIPS, ZIP, ZIP_READERS
from mmspack.rules.terms import Terms

_REPACK = "Create the zip again with mmspack build or mmspack fix."
_LOOK = "Do not repair this file: find out where it comes from, and rebuild the bundle from its sources."


def _defects(*kinds: str) -> Asks:
    """A judge that passes on what the zip reader found."""

    def judge(opened: Opened) -> Iterator[Hit]:
        for defect in opened.archive.defects if opened.archive else ():
            if defect.kind in kinds:
                yield Hit(defect.message, part=defect.entry)

    return judge


rule(
    "MMS101",
    title="Not a zip",
    severity=Severity.ERROR,
    source=ZIP,
    reason="The gateway expects a zip and accepts nothing else; it answers with an error, and "
    "nothing is sent.",
    fix="Zip the parts with their manifest; a picture on its own is not a message: mmspack build beach.jpg.",
    bad="POST mms.zip: <the bytes of beach.jpg>",
    good="POST mms.zip: <a zip with manifest and beach.jpg>",
    needs=Needs.ZIP,
)(_defects("not-zip", "huge"))

rule(
    "MMS102",
    title="Zip is truncated",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="Without the directory at its end, no reader knows what is in the zip: an upload or "
    "copy was interrupted.",
    fix="Copy or build the file again, and compare its size.",
    bad="summer.zip: 40,960 of 152,113 bytes",
    good="summer.zip: 152,113 of 152,113 bytes",
    needs=Needs.ZIP,
)(_defects("truncated"))

rule(
    "MMS103",
    title="Bytes before the zip",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="Some readers skip whatever precedes the first entry; others refuse the file or read a "
    "different archive.",
    fix=_REPACK,
    bad="cat stub.exe summer.zip > offer.zip",
    good="cp summer.zip offer.zip",
    needs=Needs.ZIP,
)(_defects("prefix"))

rule(
    "MMS104",
    title="Bytes after the zip",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="Readers look for the end of a zip from its last byte; with extra bytes after it, some "
    "do not find it.",
    fix=_REPACK,
    bad="summer.zip + <14 bytes>",
    good="summer.zip",
    needs=Needs.ZIP,
)(_defects("suffix"))

rule(
    "MMS105",
    title="Zip directory is inconsistent",
    severity=Severity.ERROR,
    source=HOSTILE_ZIPS,
    reason="If the directory contradicts itself, two readers would unpack two different messages, or none.",
    fix=_LOOK,
    bad="end record: 4 entries; directory: 3 entries",
    good="end record: 3 entries; directory: 3 entries",
    needs=Needs.ZIP,
)(_defects("directory"))

rule(
    "MMS106",
    title="Entry's two headers disagree",
    severity=Severity.ERROR,
    source=HOSTILE_ZIPS,
    reason="Each entry is described twice. Readers that trust one description unpack different "
    "bytes from readers that trust the other.",
    fix=_LOOK,
    bad="directory: image1.jpg; local header: image2.jpg",
    good="directory: image1.jpg; local header: image1.jpg",
    needs=Needs.ZIP,
)(_defects("mismatch"))

rule(
    "MMS107",
    title="Entries overlap",
    severity=Severity.ERROR,
    source=HOSTILE_ZIPS,
    reason="No packer writes two entries over the same bytes: this is how small files are made to unpack to "
    "huge ones.",
    fix=_LOOK,
    bad="text1.txt: bytes 0-900; text2.txt: bytes 50-900",
    good="text1.txt: bytes 0-900; text2.txt: bytes 901-1700",
    needs=Needs.ZIP,
)(_defects("overlap"))

rule(
    "MMS108",
    title="Hidden bytes between entries",
    severity=Severity.ERROR,
    source=HOSTILE_ZIPS,
    reason="Readers that scan the file see entries there; readers that use the directory do not.",
    fix=_REPACK,
    bad="image1.jpg, <an entry that is not listed>, text1.txt",
    good="image1.jpg, text1.txt",
    needs=Needs.ZIP,
)(_defects("hidden"))

rule(
    "MMS109",
    title="Two entries with the same name",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="Some readers keep the first, some the last, so it is unpredictable which picture the "
    "phone shows.",
    fix="Remove one of them, or rename it.",
    bad="image1.jpg, image1.jpg",
    good="image1.jpg, image2.jpg",
    needs=Needs.ZIP,
)(_defects("duplicate"))

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
)(_defects("case"))


rule(
    "MMS111",
    title="Name that points outside the zip",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="Absolute names, drive letters and '..' write outside the folder; careful readers refuse them.",
    fix="Use plain names: image1.jpg.",
    bad="../../image1.jpg",
    good="image1.jpg",
    needs=Needs.ZIP,
)(_defects("name-path"))

rule(
    "MMS112",
    title="Control character in a name",
    severity=Severity.ERROR,
    source=HOSTILE_ZIPS,
    reason="Readers written in C end the name at a NUL and others do not: one file gets two names.",
    fix="Use plain names: image1.jpg.",
    bad="a.smil\\0.exe",
    good="a.smil",
    needs=Needs.ZIP,
)(_defects("name-control"))

rule(
    "MMS113",
    title="Name in an unknown encoding",
    severity=Severity.WARNING,
    source=ZIP_READERS,
    reason="Without the UTF-8 flag, each reader assumes a different code page, and the name in "
    "the manifest finds no file.",
    fix="Use ASCII names, or a packer that sets the UTF-8 flag.",
    bad="caf\\xe9.jpg (no UTF-8 flag)",
    good="cafe.jpg",
    needs=Needs.ZIP,
)(_defects("name-bytes"))

rule(
    "MMS114",
    title="Encrypted entry",
    severity=Severity.ERROR,
    source=HOSTILE_ZIPS,
    reason="The gateway does not have the password, so the part cannot be read.",
    fix="Create the zip without a password.",
    bad="zip -e offer.zip image1.jpg manifest",
    good="zip offer.zip image1.jpg manifest",
    needs=Needs.ZIP,
)(_defects("encrypted"))

rule(
    "MMS115",
    title="Zip64, or a zip in several files",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="These formats are meant for archives above 4 GB. Simple readers do not support them, "
    "and they hide sizes from checks.",
    fix="Pack the parts again without zip64, in one file.",
    bad="zip -fz offer.zip image1.jpg manifest",
    good="zip -fz- offer.zip image1.jpg manifest",
    needs=Needs.ZIP,
)(_defects("zip64"))

rule(
    "MMS116",
    title="Link or device in the zip",
    severity=Severity.ERROR,
    source=HOSTILE_ZIPS,
    reason="A link contains no picture: at the gateway it points to nothing, or to a file that is not yours.",
    fix="Pack the file itself, not a link to it.",
    bad="image1.jpg -> /home/me/beach.jpg",
    good="image1.jpg (61,244 bytes)",
    needs=Needs.ZIP,
)(_defects("link"))

rule(
    "MMS117",
    title="Compression method that few readers support",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="Readers only agree on stored and deflated entries.",
    fix="Use store or deflate.",
    bad="image1.jpg: method 93 (Zstandard)",
    good="image1.jpg: stored",
    needs=Needs.ZIP,
)(_defects("method"))

rule(
    "MMS118",
    title="Damaged entry",
    severity=Severity.ERROR,
    source=HOSTILE_ZIPS,
    reason="The data does not match what was packed: readers stop with an error or show half a picture.",
    fix="Take the part from its source and pack it again.",
    bad="image1.jpg: checksum 1c291ca3, promised 9be3e0a3",
    good="image1.jpg: checksum 9be3e0a3",
    needs=Needs.ZIP,
)(_defects("damaged"))

rule(
    "MMS119",
    title="Unpacks to far more than a message",
    severity=Severity.ERROR,
    source=HOSTILE_ZIPS,
    reason="No message is that large: servers treat it as an attack and refuse it.",
    fix=_LOOK,
    bad="text1.txt: 20,000 bytes packed, 20,000,000 unpacked",
    good="text1.txt: 80 bytes packed, 140 unpacked",
    needs=Needs.ZIP,
)(_defects("bomb"))

rule(
    "MMS120",
    title="Too many entries",
    severity=Severity.ERROR,
    source=HOSTILE_ZIPS,
    reason="A message has a few dozen parts at most: hundreds of entries are an attack or a mistake.",
    fix="Pack only the message's own parts.",
    bad="60,000 entries",
    good="9 entries",
    needs=Needs.ZIP,
)(_defects("count"))


@rule(
    "MMS121",
    title="Empty zip",
    severity=Severity.ERROR,
    source=ZIP,
    reason="There are no parts to send.",
    fix="Pack the message's parts and their manifest.",
    bad="(no entries)",
    good="manifest, image1.jpg",
    needs=Needs.ZIP,
)
def _empty(opened: Opened) -> Iterator[Hit]:
    archive = opened.archive
    if archive and not archive.defects and not opened.contents and not opened.junk:
        yield Hit("the zip contains no files")


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
    if opened.form is Form.FOLDER or _named(opened, "name-backslash"):
        return
    dotted = _named(opened, "name-dot")
    if dotted:
        yield _first_of(dotted)
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


def _first_of(defects: list[Defect]) -> Hit:
    """What a packer has done to every name, reported once."""
    more = f", and so do {len(defects) - 1} more" if len(defects) > 1 else ""
    return Hit(defects[0].message + more, part=defects[0].entry)


def _named(opened: Opened, kind: str) -> list[Defect]:
    defects = opened.archive.defects if opened.archive else ()
    return [defect for defect in defects if defect.kind == kind]

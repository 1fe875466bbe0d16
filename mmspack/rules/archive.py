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

_REPACK = "Pack the parts again: mmspack build, or mmspack fix."
_LOOK = "Do not repair this file: ask where it comes from, and pack the parts anew."


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
    reason="The gateway unpacks a zip and takes nothing else; it answers with an error, and nothing is sent.",
    fix="Zip the parts with their manifest; a picture alone is not a message: mmspack build beach.jpg.",
    bad="POST mms.zip: <the bytes of beach.jpg>",
    good="POST mms.zip: <a zip with manifest and beach.jpg>",
    needs=Needs.ZIP,
)(_defects("not-zip", "huge"))

rule(
    "MMS102",
    title="Zip breaks off",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="Without the directory at its end no reader knows what is in the zip: an upload or copy was cut "
    "short.",
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
    reason="Some readers skip what stands before the first entry, others refuse the file or read another "
    "archive.",
    fix=_REPACK,
    bad="cat stub.exe summer.zip > offer.zip",
    good="cp summer.zip offer.zip",
    needs=Needs.ZIP,
    fixable=True,
)(_defects("prefix"))

rule(
    "MMS104",
    title="Bytes after the zip",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="Readers look for the end of a zip from its last byte: with more behind it, some find none.",
    fix=_REPACK,
    bad="summer.zip + <14 bytes>",
    good="summer.zip",
    needs=Needs.ZIP,
    fixable=True,
)(_defects("suffix"))

rule(
    "MMS105",
    title="Directory of the zip is inconsistent",
    severity=Severity.ERROR,
    source=HOSTILE_ZIPS,
    reason="Two readers would unpack two different messages, or none, from a directory that contradicts "
    "itself.",
    fix=_LOOK,
    bad="end record: 4 entries; directory: 3 entries",
    good="end record: 3 entries; directory: 3 entries",
    needs=Needs.ZIP,
)(_defects("directory"))

rule(
    "MMS106",
    title="An entry's two headers disagree",
    severity=Severity.ERROR,
    source=HOSTILE_ZIPS,
    reason="Each entry is described twice. Readers that believe the one unpack other bytes than the rest.",
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
    reason="Readers that go through the file see entries there; readers that use the directory do not.",
    fix=_REPACK,
    bad="image1.jpg, <an entry that is not listed>, text1.txt",
    good="image1.jpg, text1.txt",
    needs=Needs.ZIP,
    fixable=True,
)(_defects("hidden"))

rule(
    "MMS109",
    title="Two entries of one name",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="Some readers keep the first, some the last: nobody can tell which picture the phone will show.",
    fix="Remove one of them, or give it a name of its own.",
    bad="image1.jpg, image1.jpg",
    good="image1.jpg, image2.jpg",
    needs=Needs.ZIP,
)(_defects("duplicate"))

rule(
    "MMS110",
    title="Names that differ in case alone",
    severity=Severity.WARNING,
    source=HOSTILE_ZIPS,
    reason="Unpacked on Windows or macOS, the second overwrites the first; on a phone, case counts.",
    fix="Give one of them another name.",
    bad="Image1.jpg, image1.jpg",
    good="image1.jpg, image2.jpg",
    needs=Needs.ZIP,
    fixable=True,
)(_defects("case"))


rule(
    "MMS111",
    title="Name that leads out of the zip",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="Absolute names, drive letters, and '..' write outside the folder; careful readers refuse them.",
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
    reason="Readers written in C end the name at a NUL and others do not: two names for one file.",
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
    reason="Without the UTF-8 flag each reader guesses another code page, and the manifest's name finds no "
    "file.",
    fix="Use ASCII names, or a packer that sets the UTF-8 flag.",
    bad="caf\\xe9.jpg (no UTF-8 flag)",
    good="cafe.jpg",
    needs=Needs.ZIP,
    fixable=True,
)(_defects("name-bytes"))

rule(
    "MMS114",
    title="Encrypted entry",
    severity=Severity.ERROR,
    source=HOSTILE_ZIPS,
    reason="The gateway has no password for it: the part cannot be read.",
    fix="Pack without a password.",
    bad="zip -e offer.zip image1.jpg manifest",
    good="zip offer.zip image1.jpg manifest",
    needs=Needs.ZIP,
)(_defects("encrypted"))

rule(
    "MMS115",
    title="Zip64 or a zip in several files",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="These serve archives above 4 GB. Small readers do not know them, and they hide sizes from "
    "checks.",
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
    reason="A link has no picture in it: at the gateway it points at nothing, or at a file that is not "
    "yours.",
    fix="Pack the file itself, not a link to it.",
    bad="image1.jpg -> /home/me/beach.jpg",
    good="image1.jpg (61,244 bytes)",
    needs=Needs.ZIP,
)(_defects("link"))

rule(
    "MMS117",
    title="Packing method that few can read",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="Readers agree on stored and deflated entries, and on no other method.",
    fix="Pack with store or deflate.",
    bad="image1.jpg: method 93 (Zstandard)",
    good="image1.jpg: stored",
    needs=Needs.ZIP,
)(_defects("method"))

rule(
    "MMS118",
    title="Damaged entry",
    severity=Severity.ERROR,
    source=HOSTILE_ZIPS,
    reason="Its bytes are not those that were packed: readers stop with an error or show half a picture.",
    fix="Take the part from its source, and pack again.",
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
    reason="A message has some dozens of parts at most: hundreds of entries are an attack or a mistake.",
    fix="Pack the message's own parts alone.",
    bad="60,000 entries",
    good="9 entries",
    needs=Needs.ZIP,
)(_defects("count"))


@rule(
    "MMS121",
    title="Nothing in it",
    severity=Severity.ERROR,
    source=ZIP,
    reason="There is no part to send.",
    fix="Pack the message's parts and their manifest.",
    bad="(no entries)",
    good="manifest, image1.jpg",
    needs=Needs.ZIP,
)
def _empty(opened: Opened) -> Iterator[Hit]:
    archive = opened.archive
    if archive and not archive.defects and not opened.contents and not opened.junk:
        yield Hit("the zip holds no file")


@rule(
    "MMS122",
    title="Parts in a folder",
    severity=Severity.WARNING,
    source=DIALECT,
    reason="A part's Content-Id is its name in the zip, path and all. Whether folders are read, neither "
    "SendMMS nor ViaNett says.",
    fix="Zip the files and not the folder that they are in.",
    bad="summer/manifest, summer/image1.jpg",
    good="manifest, image1.jpg",
    needs=Needs.CONTENT,
    fixable=True,
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
        yield Hit(f"everything lies in the folder {opened.folder!r}")
        return
    # A file that the manifest or the gateway looks for elsewhere is reported as such.
    told = {*pairs(opened).values(), opened.misnamed_manifest}
    names = sorted(name for name in opened.names if name not in told)
    inside = [name for name in names if "/" in name and ".." not in name and name[0] != "/"]
    if inside:
        words = f" and {len(inside) - 1} more lie in folders" if len(inside) > 1 else " lies in a folder"
        yield Hit(f"{inside[0]!r}{words}", part=inside[0])
        return
    for name in empty_folders(opened)[:1]:
        yield Hit(f"{name!r} is a folder", part=name)


@rule(
    "MMS123",
    title="Left by a file manager or a packer",
    severity=Severity.WARNING,
    source=ZIP,
    reason="The manifest does not list these files, so the message has entries that nobody can place; they "
    "also show names and folders of your machine.",
    fix="Pack without them (on a Mac: zip -X, or ditto --norsrc; Java: jar --no-manifest); mmspack fix takes "
    "them out.",
    bad="image1.jpg, __MACOSX/._image1.jpg, .DS_Store",
    good="image1.jpg",
    needs=Needs.CONTENT,
    fixable=True,
)
def _junk(opened: Opened) -> Iterator[Hit]:
    if opened.junk:
        others = len(opened.junk) - 1
        words = f" and {others} more were left" if others else " was left"
        yield Hit(f"{opened.junk[0]!r}{words} by a file manager or a packer", part=opened.junk[0])


@rule(
    "MMS124",
    title="Folder where the gateway takes none",
    severity=Severity.ERROR,
    source=DIALECT,
    reason="PSWinCom documents that all files lie in the zip's root and that there are no folders.",
    fix="Zip the files and not the folder that they are in.",
    bad="summer/message.smil, summer/image1.jpg (--dialect pswincom)",
    good="message.smil, image1.jpg",
    needs=Needs.CONTENT,
    fixable=True,
)
def _not_flat(opened: Opened, terms: Terms) -> Iterator[Hit]:
    if terms.dialect.flat:
        yield from _in_folders(opened)


@rule(
    "MMS125",
    title="Backslash in a name",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="Some packers of Windows (Compress-Archive of PowerShell 5) write '\\' where the zip format has "
    "'/'. Info-ZIP reads a folder there, Java and Python a letter of the name: then no part has the name "
    "that the manifest says.",
    fix="Zip the files and not the folder that they are in, or mmspack fix.",
    bad="summer\\image1.jpg",
    good="image1.jpg",
    needs=Needs.ZIP,
    fixable=True,
)
def _one_hit_for_all_backslashes(opened: Opened) -> Iterator[Hit]:
    found = _named(opened, "name-backslash")
    if found:
        yield _first_of(found)


def _first_of(defects: list[Defect]) -> Hit:
    """What a packer has done to every name, reported once."""
    more = f", and {len(defects) - 1} more do" if len(defects) > 1 else ""
    return Hit(defects[0].message + more, part=defects[0].entry)


def _named(opened: Opened, kind: str) -> list[Defect]:
    defects = opened.archive.defects if opened.archive else ()
    return [defect for defect in defects if defect.kind == kind]

"""MMS1xx: the zip as a zip. What readers disagree about, a sender cannot rely on."""

from __future__ import annotations

from collections.abc import Iterator

from mmspack.bundle.opened import BYTES_ALONE, Opened
from mmspack.media.sniffing import recognise
from mmspack.model import Severity
from mmspack.rules.declaring import Asks, Hit, Needs, Remains, rule
from mmspack.rules.sources import HOSTILE_ZIPS, ZIP, ZIP_READERS

_REPACK = "Create the zip again with mmspack build or mmspack fix."
_LOOK = "Do not repair this file: find out where it comes from, and rebuild the bundle from its sources."


def defects(*kinds: str) -> Asks:
    """A judge that passes on what the zip reader found."""

    def judge(opened: Opened) -> Iterator[Hit]:
        for defect in opened.archive.defects if opened.archive else ():
            if defect.kind in kinds:
                yield Hit(defect.message, part=defect.entry)

    return judge


def habits(*kinds: str) -> Asks:
    """A judge that passes on the first defect of each kind: packers do to every entry what they do to one."""

    def judge(opened: Opened) -> Iterator[Hit]:
        for kind in kinds:
            found = [one for one in (opened.archive.defects if opened.archive else ()) if one.kind == kind]
            if found:
                more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
                yield Hit(found[0].message + more, part=found[0].entry)

    return judge


def _no_zip(opened: Opened) -> Iterator[Hit]:
    row = recognise(opened.source)
    named = opened.called if opened.called != BYTES_ALONE else "FILE"
    fix = f"Build a message of it: mmspack build {named}." if row is not None and row.taken else ""
    for hit in defects("not-zip", "huge")(opened):
        yield hit._replace(fix=fix)


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
    remains=Remains.ZIP,
    needs=Needs.ZIP,
)(_no_zip)


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
    remains=Remains.ZIP,
    needs=Needs.ZIP,
)(defects("truncated"))


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
)(defects("prefix"))


rule(
    "MMS104",
    title="Bytes after the zip",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="Readers look for the end of a zip from its last byte; with extra bytes after it, or a "
    "comment of more than 60,000 bytes, some do not find it.",
    fix=_REPACK,
    bad="summer.zip + <14 bytes>",
    good="summer.zip",
    needs=Needs.ZIP,
)(defects("suffix", "comment"))


rule(
    "MMS105",
    title="Zip directory is inconsistent",
    severity=Severity.ERROR,
    source=HOSTILE_ZIPS,
    reason="If the directory contradicts itself, two readers would unpack two different messages, or none.",
    fix=_LOOK,
    bad="end record: 4 entries; directory: 3 entries",
    good="end record: 3 entries; directory: 3 entries",
    remains=Remains.ZIP,
    needs=Needs.ZIP,
)(defects("directory"))


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
    remains=Remains.ZIP,
    needs=Needs.ZIP,
)(defects("mismatch"))


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
    remains=Remains.ZIP,
    needs=Needs.ZIP,
)(defects("overlap"))


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
)(defects("hidden"))


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
    remains=Remains.ZIP,
    needs=Needs.ZIP,
)(defects("duplicate"))


rule(
    "MMS114",
    title="Encrypted entry",
    severity=Severity.ERROR,
    source=HOSTILE_ZIPS,
    reason="The gateway does not have the password, so the part cannot be read.",
    fix="Create the zip without a password.",
    bad="zip -e offer.zip image1.jpg manifest",
    good="zip offer.zip image1.jpg manifest",
    remains=Remains.ZIP,
    needs=Needs.ZIP,
)(defects("encrypted"))


rule(
    "MMS115",
    title="Zip in several files",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="The gateway gets one file. Some readers refuse an entry that is on another disk, and others read "
    "it as empty.",
    fix="Pack the parts in one file.",
    bad="zip -s 100k offer.zip image1.jpg manifest",
    good="zip offer.zip image1.jpg manifest",
    needs=Needs.ZIP,
)(defects("volumes", "disk"))


rule(
    "MMS116",
    title="Link or device in the zip",
    severity=Severity.ERROR,
    source=HOSTILE_ZIPS,
    reason="A link contains no picture: at the gateway it points to nothing, or to a file that is not yours. "
    "Some readers look at the attributes of Unix whatever system the zip names.",
    fix="Pack the file itself, not a link to it.",
    bad="image1.jpg -> /home/me/beach.jpg",
    good="image1.jpg (61,244 bytes)",
    remains=Remains.ZIP,
    needs=Needs.ZIP,
)(defects("link"))


rule(
    "MMS117",
    title="Compression method that few readers support",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="Readers only agree on stored and deflated entries.",
    fix="Use store or deflate.",
    bad="image1.jpg: method 93 (Zstandard)",
    good="image1.jpg: stored",
    remains=Remains.ZIP,
    needs=Needs.ZIP,
)(defects("method"))


rule(
    "MMS118",
    title="Damaged entry",
    severity=Severity.ERROR,
    source=HOSTILE_ZIPS,
    reason="The data does not match what was packed: readers stop with an error or show half a picture.",
    fix="Take the part from its source and pack it again.",
    bad="image1.jpg: checksum 1c291ca3, promised 9be3e0a3",
    good="image1.jpg: checksum 9be3e0a3",
    remains=Remains.ZIP,
    needs=Needs.ZIP,
)(defects("damaged"))


rule(
    "MMS119",
    title="Unpacks to far more than a message",
    severity=Severity.ERROR,
    source=HOSTILE_ZIPS,
    reason="No message is that large: servers treat it as an attack and refuse it.",
    fix=_LOOK,
    bad="text1.txt: 20,000 bytes packed, 20,000,000 unpacked",
    good="text1.txt: 80 bytes packed, 140 unpacked",
    remains=Remains.ZIP,
    needs=Needs.ZIP,
)(defects("bomb"))


rule(
    "MMS120",
    title="Too many entries",
    severity=Severity.ERROR,
    source=HOSTILE_ZIPS,
    reason="A message has a few dozen parts at most: hundreds of entries are an attack or a mistake.",
    fix="Pack only the message's own parts.",
    bad="60,000 entries",
    good="9 entries",
    remains=Remains.ZIP,
    needs=Needs.ZIP,
)(defects("count"))


@rule(
    "MMS121",
    title="Empty zip",
    severity=Severity.ERROR,
    source=ZIP,
    reason="There are no parts to send.",
    fix="Pack the message's parts and their manifest.",
    bad="(no entries)",
    good="manifest, image1.jpg",
    remains=Remains.ZIP,
    needs=Needs.ZIP,
)
def _empty(opened: Opened) -> Iterator[Hit]:
    archive = opened.archive
    if archive and not archive.defects and not opened.contents and not opened.junk:
        yield Hit("the zip contains no files")


rule(
    "MMS126",
    title="Entry that streaming readers cannot read",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="Java's ZipInputStream stops at a stored entry whose size follows its data, as Go writes it, and "
    "Python to a pipe: it reads none of the parts. Other readers stop at unusual data descriptors.",
    fix=_REPACK,
    bad="image1.jpg: stored, with a data descriptor",
    good="image1.jpg: stored, with its size in front",
    needs=Needs.ZIP,
)(habits("descriptor"))


rule(
    "MMS127",
    title="Extra field that readers interpret differently",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="Extra fields can rename an entry, turn it into a link or mark it as encrypted; some readers "
    "honour them and others skip them. If one is truncated, Python, PHP and bsdtar refuse the whole zip.",
    fix="Pack without extra fields (zip -X), or use mmspack fix.",
    bad="image1.jpg: extra field 0x9901 (AES)",
    good="image1.jpg: no extra fields",
    needs=Needs.ZIP,
)(habits("extra"))


rule(
    "MMS128",
    title="Flag or version that some readers refuse",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="A message needs no version above 4.5, and no flags except those for UTF-8 names and data "
    "descriptors. With others, Python refuses the zip and Info-ZIP skips the part.",
    fix=_REPACK,
    bad="image1.jpg: version needed 9.9",
    good="image1.jpg: version needed 2.0",
    needs=Needs.ZIP,
)(habits("flags", "version"))


rule(
    "MMS129",
    title="Zip64 fields that readers interpret differently",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="Zip64 is meant for archives above 4 GB. Readers agree where it repeats the plain headers; where "
    "only zip64 has a size or an offset, some readers lose the part.",
    fix="Pack the parts without zip64, or use mmspack fix.",
    bad="image1.jpg: offset in the zip64 field alone",
    good="image1.jpg: offset 0",
    needs=Needs.ZIP,
)(habits("zip64"))


rule(
    "MMS130",
    title="File that some readers take for a folder",
    severity=Severity.ERROR,
    source=ZIP_READERS,
    reason="7-Zip and bsdtar create an empty folder for a part with the attributes of a folder, and Info-ZIP "
    "skips one that is marked as a volume label; other readers read the part.",
    fix=_REPACK,
    bad="image1.jpg: mode drwxr-xr-x",
    good="image1.jpg: mode -rw-r--r--",
    needs=Needs.ZIP,
)(defects("folder", "folder-bytes"))

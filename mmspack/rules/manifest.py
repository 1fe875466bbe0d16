"""MMS2xx: the manifest as a file, and its agreement with the zip and the presentation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from mmspack.bundle.manifest import NAME, ManifestDefect
from mmspack.bundle.opened import Opened
from mmspack.facts.names import NAME_DEFECTS, PARAMETER, defects_of, odd_characters, windows_fault
from mmspack.facts.pairing import (
    as_utf8,
    broken_encoding,
    lines,
    meanings,
    missing,
    pairs,
    plausible,
    strays,
    unclear_lines,
)
from mmspack.facts.spelling import composed_otherwise, folded
from mmspack.model import Severity
from mmspack.rules.declaring import Asks, Hit, Needs, rule
from mmspack.rules.sources import CONTENT_ID, JAVA, PARTS, REFERENCES, ZIP
from mmspack.rules.terms import Terms

_LIST = "Write one line per part, in the order of the slides: name=type/subtype."


@rule(
    "MMS201",
    title="No manifest",
    severity=Severity.ERROR,
    source=ZIP,
    reason="Without it, the gateway knows neither the types nor the order of the parts: the zip "
    "is not a message.",
    fix=_LIST + " mmspack fix creates it from the content of the zip.",
    bad="message.smil, image1.jpg",
    good="manifest, message.smil, image1.jpg",
    needs=Needs.CONTENT,
)
def _missing(opened: Opened, terms: Terms) -> Iterator[Hit]:
    wanted = terms.dialect.manifest and opened.misnamed_manifest is None
    # A name such as `summer\\manifest` is reported as a name.
    if wanted and not any(name.rpartition("\\")[2] == NAME for name in opened.names):
        yield Hit("there is no file named 'manifest'")


@rule(
    "MMS202",
    title="Manifest has a different name",
    severity=Severity.ERROR,
    source=ZIP,
    reason="The gateway looks for a file named exactly 'manifest', in lower case, without an "
    "extension, in the root of the zip.",
    fix="Rename it to manifest.",
    bad="Manifest.txt",
    good="manifest",
    needs=Needs.CONTENT,
)
def _misnamed(opened: Opened) -> Iterator[Hit]:
    name = opened.misnamed_manifest
    if name is not None:
        yield Hit(f"the manifest is named {name!r}", part=name)


@rule(
    "MMS203",
    title="Listed part is missing",
    severity=Severity.ERROR,
    source=PARTS,
    reason="The gateway cannot attach a file that is not in the zip. What it does then is not "
    "documented: it may refuse the message, or send it without the part.",
    fix="Add the file under exactly this name, or remove the line from the manifest.",
    bad="manifest: beach.jpg=image/jpeg; zip: Beach.jpg",
    good="manifest: beach.jpg=image/jpeg; zip: beach.jpg",
    needs=Needs.MANIFEST,
)
def _listed_but_missing(opened: Opened) -> Iterator[Hit]:
    there = {folded(name): name for name in opened.names}
    paired = pairs(opened)
    for entry in missing(opened):
        near = paired.get(entry.line) or next((there[one] for one in meanings(entry) if one in there), None)
        accents = near is not None and composed_otherwise(near, entry.name)
        how = ", with its accents encoded differently" if accents else ""
        hint = f"; did you mean {near!r}{how}?" if near else ""
        yield Hit(f"{entry.name!r} is not in the zip{hint}", part=NAME, line=entry.line, about=entry.name)


@rule(
    "MMS204",
    title="Part is not listed in the manifest",
    severity=Severity.ERROR,
    source=PARTS,
    reason="The manifest gives each part its type and its position. What happens to an unlisted "
    "file is not documented: it may not be sent.",
    fix=_LIST,
    bad="zip: image1.jpg, text1.txt; manifest: image1.jpg=image/jpeg",
    good="zip: image1.jpg, text1.txt; manifest: image1.jpg=image/jpeg, text1.txt=text/plain",
    needs=Needs.MANIFEST,
)
def _unlisted(opened: Opened) -> Iterator[Hit]:
    found = strays(opened)
    backslashes = defects_of(opened, "name-backslash")
    for part in opened.parts:
        if part.name in found and part.name not in backslashes:
            yield Hit(f"{part.name!r} is not in the manifest", part=part.name)


@rule(
    "MMS205",
    title="Part listed twice",
    severity=Severity.WARNING,
    source=JAVA,
    reason="If two lines have the same name, the last one counts: the type and position of the "
    "first are lost.",
    fix="Keep one line per part.",
    bad="image1.jpg=image/jpeg\nimage1.jpg=image/gif",
    good="image1.jpg=image/jpeg",
    needs=Needs.MANIFEST,
    yields_to=("MMS401", "MMS410"),
)
def _listed_twice(opened: Opened) -> Iterator[Hit]:
    times = Counter(entry.name for entry in lines(opened))
    last = {entry.name: entry for entry in lines(opened)}
    for name, count in times.items():
        # A last line with a wrong type is reported as such, which is worse.
        if count > 1 and plausible(last[name]):
            yield Hit(f"{name!r} is listed {count} times", part=NAME, line=last[name].line, about=name)


@rule(
    "MMS206",
    title="Line without a MIME type",
    severity=Severity.ERROR,
    source=PARTS,
    reason="The value of each line is the part's type. A space ends the name, and the rest of the "
    "line becomes the type.",
    fix="Write name=type/subtype; use names without spaces, '=' and ':'.",
    bad="my beach.jpg=image/jpeg",
    good="beach.jpg=image/jpeg",
    needs=Needs.MANIFEST,
)
def _no_type(opened: Opened) -> Iterator[Hit]:
    unclear = unclear_lines(opened)
    paired = pairs(opened)
    for entry in lines(opened):
        if not plausible(entry) and entry.line not in unclear:
            words = (
                f"{entry.name!r} has the type {entry.type!r}" if entry.type else f"{entry.name!r} has no type"
            )
            if entry.type in opened.names:
                words += ": name and type are swapped"
            elif entry.line in paired:
                words += f"; did you mean {paired[entry.line]!r}?"
            yield Hit(words, part=NAME, line=entry.line, about=entry.name)


def _file_defect(kind: str) -> Asks:
    def judge(opened: Opened) -> Iterator[Hit]:
        unmarked = broken_encoding(opened)
        for defect in opened.manifest.defects if opened.manifest else ():
            if defect.kind == "nul" and unmarked:
                defect = ManifestDefect("utf-16", "the file is UTF-16 without a byte order mark", 1)
            if defect.kind == kind:
                yield Hit(defect.message, part=NAME, line=defect.line)

    return judge


rule(
    "MMS207",
    title="Byte order mark in the manifest",
    severity=Severity.ERROR,
    source=JAVA,
    reason="Readers of Java properties treat the mark as part of the first name, so the first "
    "part is not found.",
    fix="Save the manifest without a BOM.",
    bad="\\xef\\xbb\\xbfmessage.smil=application/smil",
    good="message.smil=application/smil",
    needs=Needs.MANIFEST,
)(_file_defect("bom"))

rule(
    "MMS208",
    title="Broken escape in the manifest",
    severity=Severity.ERROR,
    source=JAVA,
    reason="\\u must be followed by four hexadecimal digits; otherwise Java's reader rejects the whole file.",
    fix="Write the four digits, or use names that need no escapes.",
    bad="caf\\ue9.jpg=image/jpeg",
    good="cafe.jpg=image/jpeg",
    needs=Needs.MANIFEST,
)(_file_defect("escape"))

rule(
    "MMS209",
    title="Manifest in UTF-16",
    severity=Severity.ERROR,
    source=JAVA,
    reason="A properties file is ISO-8859-1: in UTF-16, none of its lines can be read.",
    fix="Save the manifest as plain ASCII.",
    bad="\\xff\\xfei\\0m\\0a\\0g\\0e\\0 ...",
    good="image1.jpg=image/jpeg",
    needs=Needs.MANIFEST,
)(_file_defect("utf-16"))

rule(
    "MMS210",
    title="NUL byte in the manifest",
    severity=Severity.ERROR,
    source=JAVA,
    reason="It becomes part of a name or type, which then matches nothing.",
    fix="Write the manifest as plain text.",
    bad="image1.jpg\\0=image/jpeg",
    good="image1.jpg=image/jpeg",
    needs=Needs.MANIFEST,
)(_file_defect("nul"))

rule(
    "MMS211",
    title="Manifest is too large",
    severity=Severity.ERROR,
    source=ZIP,
    reason="A manifest has one short line per part. Hundreds of kilobytes must be some other file "
    "with that name.",
    fix=_LIST,
    bad="manifest (4,000,000 bytes)",
    good="manifest (140 bytes)",
    needs=Needs.MANIFEST,
)(_file_defect("huge"))


@rule(
    "MMS221",
    title="Manifest in UTF-8",
    severity=Severity.ERROR,
    source=JAVA,
    reason="A properties file is ISO-8859-1: each accented letter of a UTF-8 name becomes two "
    "characters, and the part is not found. Java requires \\u00e9 instead.",
    fix="Give the part an ASCII name, or write non-ASCII characters as \\u and four digits.",
    bad="caf\u00e9.jpg=image/jpeg (the bytes c3 a9)",
    good="caf\\u00e9.jpg=image/jpeg",
    needs=Needs.MANIFEST,
)
def _utf8(opened: Opened) -> Iterator[Hit]:
    there = {folded(name) for name in opened.names}
    for entry in lines(opened):
        read = as_utf8(entry.name)
        if read != entry.name and entry.name not in opened.names and folded(read) in there:
            yield Hit(
                f"{read!r} is written in UTF-8, and read as {entry.name!r}",
                part=NAME,
                line=entry.line,
                about=entry.name,
            )
            return


@rule(
    "MMS222",
    title="Name parameter differs from the part's name",
    severity=Severity.WARNING,
    source=REFERENCES,
    reason="Old Android matches a slide's source against the name parameters first: the slide "
    "shows another part, or none.",
    fix="Remove the parameter, or set it to the part's name in the zip.",
    bad="image1.jpg=image/jpeg; name=beach.jpg",
    good="image1.jpg=image/jpeg; name=image1.jpg",
    needs=Needs.MANIFEST,
)
def _other_name(opened: Opened) -> Iterator[Hit]:
    for part in opened.parts:
        given = name_parameter(part.entry.type) if part.entry and part.declared else None
        if part.entry and given not in (None, part.name):
            words = f"{part.name!r} has the parameter name={given}"
            yield Hit(words, part=NAME, line=part.entry.line, about=part.name)


def name_parameter(type_: str) -> str | None:
    """The value of a content type's `name`; None where it has none.

    >>> name_parameter('image/jpeg; Name="beach.jpg"')
    'beach.jpg'
    """
    found = (match[2].strip().strip('"') for match in PARAMETER.finditer(type_) if match[1].lower() == "name")
    return next(found, None)


@rule(
    "MMS212",
    title="Manifest is empty",
    severity=Severity.ERROR,
    source=ZIP,
    reason="Only listed parts are sent, so the message is empty.",
    fix=_LIST,
    bad="# the parts follow",
    good="image1.jpg=image/jpeg",
    needs=Needs.MANIFEST,
)
def _lists_nothing(opened: Opened) -> Iterator[Hit]:
    if not lines(opened) and not broken_encoding(opened):
        yield Hit("no line names a part", part=NAME)


@rule(
    "MMS213",
    title="Manifest lists itself",
    severity=Severity.WARNING,
    source=ZIP,
    reason="The manifest lists the parts but is not one of them: if it is sent as a part, the "
    "phone shows it as text.",
    fix="Remove the line.",
    bad="manifest=text/plain",
    good="# (no line for the manifest)",
    needs=Needs.MANIFEST,
)
def _lists_itself(opened: Opened) -> Iterator[Hit]:
    for entry in lines(opened):
        if entry.name == NAME:
            yield Hit("the manifest lists itself as a part", part=NAME, line=entry.line, about=entry.name)


def _named(characters: Sequence[str]) -> str:
    """`a space`, `'='`: what cannot be seen is named."""
    return ", ".join("a space" if one == " " else repr(one) for one in characters)


@rule(
    "MMS214",
    title="Name that needs escaping",
    severity=Severity.WARNING,
    source=CONTENT_ID,
    reason="Spaces, '=', ':', '#', '!' and non-ASCII letters must be escaped in the manifest, '&' "
    "and '<' in the SMIL file, and brackets, quotation marks and similar characters have "
    "a meaning in headers: every reader on the way may lose the part.",
    fix="Use letters, digits, '.', '-' and '_'.",
    bad="my\\ beach.jpg=image/jpeg",
    good="beach.jpg=image/jpeg",
    needs=Needs.CONTENT,
    yields_to=("MMS466",),
)
def _needs_escape(opened: Opened) -> Iterator[Hit]:
    told = {*pairs(opened).values(), *strays(opened), *defects_of(opened, *NAME_DEFECTS)}
    told |= {entry.name for entry in lines(opened) if not plausible(entry)}
    for part in opened.parts:
        odd = odd_characters(part.name)
        if odd and part.name not in told and not windows_fault(part.name):
            yield Hit(f"{part.name!r} contains {_named(odd)}", part=part.name)

"""What a manifest meant that no gateway can read: the order and types of the parts, subject and fallback."""

from __future__ import annotations

import re

import javaproperties  # noqa: F401 - its way to escape text is used by name

from mmspack.bundle.manifest import MAX_BYTES, fallback_of, parse_manifest, subject_of
from mmspack.bundle.manifest import NAME as MANIFEST
from mmspack.bundle.opened import Opened
from mmspack.facts.spelling import folded
from mmspack.media.texts import read_text

_ESCAPED_CHARACTER = re.compile(r"\\u([0-9a-fA-F]{4})")
_ESCAPED_SIGN = re.compile(r"\\([ :=#!])")


def order_meant(opened: Opened) -> dict[str, int]:
    """The parts that the manifest names in whatever form, with numbers that rise in its order.

    The case of a name does not matter, nor its folder, its encoding, and what stands around it.
    """
    text = _names_in(opened)
    found: dict[str, int] = {}
    names = [part.name for part in opened.parts]
    # The longest first: `c.jpg` is also the end of `my c.jpg`.
    for name in sorted(names, key=len, reverse=True):
        for wanted in dict.fromkeys((folded(name), folded(name.rpartition("/")[2]))):
            match = re.search(rf"(?<![\w.-]){re.escape(wanted)}(?![\w-]|\.\w)", text)
            if match:
                found[name] = match.start()
                text = text[: match.start()] + "\n" * len(match[0]) + text[match.end() :]
                break
    return found


def subject_meant(opened: Opened) -> str:
    """The subject that the manifest notes; also from a manifest of another name or encoding."""
    return opened.noted_subject or subject_of(_readable(opened))


def fallback_meant(opened: Opened) -> str:
    """The fallback text that it notes, read in the same way."""
    return opened.noted_fallback or fallback_of(_readable(opened))


def types_meant(opened: Opened) -> dict[str, str]:
    """The types by the parts' names, with their parameters: a charset may be told nowhere else.

    The case of a name does not matter, nor its folder. Empty where the manifest can be read as it is.
    """
    if opened.manifest is not None and opened.manifest.entries:
        return {}
    told = {folded(entry.name): entry.type for entry in parse_manifest(_readable(opened)).entries}
    names = ((part.name, folded(part.name.rpartition("/")[2])) for part in opened.parts)
    return {name: told[wanted] for name, wanted in names if wanted in told}


def _readable(opened: Opened) -> bytes:
    """The manifest as a gateway would read it."""
    return _text(opened).encode("ascii", "javapropertiesreplace")


def _text(opened: Opened) -> str:
    if not opened.reads_manifest:
        return ""
    name = MANIFEST if MANIFEST in opened.names else opened.misnamed_manifest
    data = (opened.file(name or "") or b"")[:MAX_BYTES]
    found = read_text(data)
    return found.text if found else data.decode("iso-8859-1")


def _names_in(opened: Opened) -> str:
    """The manifest's text without comments and escapes, folded as names are compared."""
    text = "\n".join(line for line in _text(opened).splitlines() if not line.lstrip().startswith(("#", "!")))
    text = _ESCAPED_CHARACTER.sub(lambda match: chr(int(match[1], 16)), text)
    return folded(_ESCAPED_SIGN.sub(r"\1", text))

"""Repairs of a presentation's bytes: what must be right before a tree can be read, or is about its names.

Each returns the bytes with nothing else changed, or the given bytes where there is nothing to do.
"""

from __future__ import annotations

import codecs
import re

from mmspack.smil.gate import SmilError, admit, doctype, without_doctype
from mmspack.smil.spans import StartTag, spans, start_tag
from mmspack.smil.tree import Node, Presentation, codec, parse

_BOM = b"\xef\xbb\xbf"
_BLANKS = re.compile(
    rb"(?:[\0 \t\r\n]|\xef\xbb\xbf|\xc2\xa0|\xe2\x80[\x80-\x8b\xa8\xa9]|\xe3\x80\x80)+(?=<\?xml|<smil[\s>])"
)
"""Blanks of any kind, with byte order marks among them, which editors and copying from pages leave."""
_DECLARED = re.compile(r"""\A(\ufeff?<\?xml\s[^>]*?encoding\s*=\s*)("[^"]*"|'[^']*')""")
_ROOT_END = re.compile(rb"</(?:[\w.-]+:)?smil\s*>", re.IGNORECASE)
_END = re.compile(rb"</[^\s:>]+:")
_START = re.compile(rb"<[A-Za-z_]")


def is_readable(data: bytes) -> bool:
    """True for what the gate admits, with a document type declaration or without."""
    try:
        admit(without_doctype(data))
    except SmilError:
        return False
    return True


def begun_at_the_first_byte(data: bytes) -> bytes:
    """Without the blanks before the XML declaration, for which old Android ignores the presentation."""
    found = _BLANKS.match(data)
    if found is None:
        return data
    return (_BOM if _BOM in found[0] else b"") + data[found.end() :]


def ended_with_the_root(data: bytes) -> bytes:
    """Without what stands behind the end of the root, where that is not an element that shows something."""
    ends = [found.end() for found in _ROOT_END.finditer(data)]
    if not ends or not data[ends[0] :].strip() or _START.search(data, ends[0]):
        return data
    cut = data[: ends[0]] + b"\n"
    return cut if not is_readable(data) and is_readable(cut) else data


def declared_as_utf8(data: bytes) -> bytes:
    """With UTF-8 declared in place of an encoding that cannot be read, where the bytes are UTF-8."""
    if is_readable(data):
        return data
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return data
    return _saying_utf8(text).encode()


def in_utf8(data: bytes) -> bytes:
    """In UTF-8, and declared so. What is UTF-8 already, whatever it says, keeps its bytes.

    Old Android reads UTF-8 whatever is declared, so bytes beyond ASCII that are UTF-8 are meant so. Raises
    `SmilError` where the encoding cannot be read.
    """
    bom = _BOM if data.startswith(_BOM) else b""
    return bom + _saying_utf8(_decoded(data)).encode()


def _saying_utf8(text: str) -> str:
    declared = _DECLARED.match(text)
    if declared is None or declared[2][1:-1].lower() == "utf-8":
        return text
    quote = declared[2][0]
    return f"{text[: declared.start(2)]}{quote}UTF-8{quote}{text[declared.end() :]}"


def _decoded(data: bytes) -> str:
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data[:4]
    if not wide:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass  # what it declares counts, then
    encoding = "utf-16" if wide else admit(without_doctype(data))
    try:
        return data.decode(codec(data, encoding))
    except (UnicodeError, LookupError) as error:
        raise SmilError(f"the encoding cannot be read: {error}", kind="encoding") from error


def taken_out(data: bytes, start: int, end: int) -> bytes:
    """Without the bytes from `start` to `end`, and without their line where nothing else is on it."""
    before = data[:start].rstrip(b" \t")
    after = data[end:].lstrip(b" \t")
    alone = (not before or before.endswith(b"\n")) and after.startswith((b"\n", b"\r\n"))
    return before + after.removeprefix(b"\r").removeprefix(b"\n") if alone else data[:start] + data[end:]


def doctype_taken_out(data: bytes) -> bytes:
    """Without its document type declaration."""
    span = doctype(data)
    return taken_out(data, *span) if span else data


def without_prefixes(presentation: Presentation) -> bytes:
    """With all names written without a prefix, and no prefix declared. The source must be UTF-8."""
    source = presentation.source
    edits: list[tuple[int, int, bytes]] = []
    for span, node in zip(spans(source), presentation.nodes, strict=True):
        if isinstance(node, Node):
            edits.append((span.start, span.opened, _bare(source[span.start : span.opened])))
            if span.closing < span.end:
                edits.append((span.closing, span.end, _END.sub(rb"</", source[span.closing : span.end])))
    pieces: list[bytes] = []
    at = 0
    for start, end, written in sorted(edits):
        pieces += [source[at:start], written]
        at = end
    return b"".join((*pieces, source[at:]))


def _bare(written: bytes) -> bytes:
    tag = start_tag(written.decode())
    plain = {one.name for one in tag.attributes if one.prefix is None}
    attributes = []
    for one in tag.attributes:
        name = one.name.rpartition(":")[2]
        if one.prefix is None or one.prefix == "xml":
            attributes.append(one)
        elif not one.declares and name not in plain:
            plain.add(name)
            attributes.append(one.named(name))
    return StartTag(tag.name.rpartition(":")[2], tuple(attributes), tag.blanks, tag.empty).written.encode()


def readable(data: bytes) -> Presentation:
    """The presentation, with blanks in place of a document type declaration. Raises `SmilError`."""
    return parse(without_doctype(data))

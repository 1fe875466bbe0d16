"""SOAP envelopes of MM7, written and read by lxml.

Whoever is asked in one namespace may answer in another, with another prefix: elements are found by their
local name alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from mmspack.errors import InputError

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
NAMESPACE = "http://www.3gpp.org/ftp/Specs/archive/23_series/23.140/schema/REL-6-MM7-1-4"
VERSION = "6.8.0"
MAX_SOAP = 256 * 1024
"""Bytes of an envelope that is read; the parts of a message lie beside it, not in it."""

ADDRESSES = ("Number", "ShortCode", "RFC2822Address")
"""The elements that hold an address."""

Tree = Sequence[tuple[str, "str | Tree | Mapping[str, str]"]]
"""Names and contents in order: a text, further elements, or attributes of an empty element."""


_PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    remove_comments=True,
    collect_ids=False,
)
"""Fetches nothing. To make one takes as long as to read an answer; lxml locks what several threads share."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """How an envelope names things: mirrored where one is answered."""

    namespace: str = NAMESPACE
    prefix: str = ""
    version: str = VERSION


@dataclass(frozen=True, slots=True)
class Soap:
    """An envelope that was read."""

    kind: str
    """Local name of the body's element, such as `SubmitRsp`; `Fault` for a fault."""
    _header: Any = field(repr=False)
    body: Any = field(repr=False)
    _firsts: Mapping[str, Any] = field(repr=False)

    @property
    def transaction(self) -> str:
        """The header's TransactionID; empty where there is none."""
        found = None if self._header is None else next(named(self._header, "TransactionID"), None)
        return "" if found is None else _line(found.text)

    @property
    def spoken(self) -> Spoken:
        """How the sender names things."""
        return Spoken(
            namespace=etree.QName(self.body).namespace or "",
            prefix=self.body.prefix or "",
            version=self.text("MM7Version") if "MM7Version" in self._firsts else VERSION,
        )

    def text(self, name: str) -> str:
        """The text of the first element of that name; empty where there is none."""
        found = self._firsts.get(name)
        return "" if found is None else _line("".join(found.itertext()) if len(found) else found.text)

    def all(self, *names: str) -> list[Any]:
        """Every element of the last name below the first of the others."""
        found = self.body
        for name in names[:-1]:
            found = next(named(found, name), None)
            if found is None:
                return []
        return list(named(found, names[-1]))

    def attribute(self, name: str, attribute: str) -> str:
        """An attribute of the first element of that name."""
        found = self._firsts.get(name)
        return "" if found is None else str(found.get(attribute, ""))


def named(element: Any, *names: str) -> Iterator[Any]:
    """Every element of such a name, in whatever namespace: `element` or below it."""
    found: Iterator[Any] = element.iter(*(f"{{*}}{name}" for name in names))
    return found


def _line(text: str | None) -> str:
    return " ".join((text or "").split())


def local(element: Any) -> str:
    """An element's name without its namespace; empty for a comment or an entity."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def is_namespace(text: str) -> bool:
    """Whether an element can be in it: libxml2 asks for a URI, in which `%` begins two hexadecimal digits."""
    try:
        etree.Element(f"{{{text}}}a", nsmap={None: text})
    except ValueError:
        return False
    return True


def write_soap(kind: str, transaction: str, content: Tree, spoken: Spoken) -> bytes:
    """An envelope with one request or answer of MM7. Raises `InputError` for text that XML cannot hold."""
    own = {spoken.prefix or None: spoken.namespace}
    root = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"env": ENVELOPE})
    header = etree.SubElement(root, f"{{{ENVELOPE}}}Header")
    name = etree.SubElement(header, f"{{{spoken.namespace}}}TransactionID", nsmap=own)
    name.set(f"{{{ENVELOPE}}}mustUnderstand", "1")
    body = etree.SubElement(root, f"{{{ENVELOPE}}}Body")
    try:
        name.text = transaction
        _fill(etree.SubElement(body, f"{{{spoken.namespace}}}{kind}", nsmap=own), content, spoken.namespace)
    except ValueError:
        raise InputError("a text holds a character that XML cannot") from None
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def write_fault(code: str, words: str, detail: Tree, spoken: Spoken, transaction: str) -> bytes:
    """A SOAP fault with an answer of MM7 as its detail."""
    data = write_soap("RSErrorRsp", transaction, detail, spoken)
    root = etree.fromstring(data)
    body = root[1]
    answer = body[0]
    fault = etree.SubElement(body, f"{{{ENVELOPE}}}Fault")
    etree.SubElement(fault, "faultcode").text = f"env:{code}"
    etree.SubElement(fault, "faultstring").text = words
    etree.SubElement(fault, "detail").append(answer)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _fill(element: Any, content: Tree, namespace: str) -> None:
    for name, value in content:
        child = etree.SubElement(element, f"{{{namespace}}}{name}")
        if isinstance(value, str):
            child.text = value
        elif isinstance(value, Mapping):
            for attribute, text in value.items():
                child.set(attribute, text)
        else:
            _fill(child, value, namespace)


def read_soap(data: bytes) -> Soap:
    """An envelope. Raises `InputError` for what is none; a document type is refused."""
    if len(data) > MAX_SOAP:
        raise InputError(f"SOAP: more than {MAX_SOAP} bytes")
    try:
        root = etree.fromstring(data, _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError(f"SOAP: not XML: {error}") from None
    if root.getroottree().docinfo.doctype:
        raise InputError("SOAP: a document type is not read")
    # Children are compared in Python: each search of lxml's takes as long as to walk an answer whole.
    children = {local(child): child for child in reversed(root)}
    body = children.get("Body")
    first = next(iter(body), None) if body is not None else None
    if local(root) != "Envelope" or first is None:
        raise InputError("SOAP: no envelope with a body")
    firsts: dict[str, Any] = {}
    for element in first.iter(etree.Element):
        firsts.setdefault(local(element), element)
    return Soap(local(first), children.get("Header"), first, firsts)

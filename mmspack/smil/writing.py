"""An edited presentation as bytes: what was not edited keeps the bytes that it was read from.

lxml's own writing would put each attribute into double quotes, each line break as LF and each empty element
as `<x/>`. So every atom (a tag, a run of characters, a comment) whose value is still the one that was read is
copied from the source, and only the others are written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from lxml import etree

from mmspack.smil.spans import Attribute, Span, StartTag, new_attribute, spans, start_tag
from mmspack.smil.tree import XML_NAMESPACE, Node, Presentation, local, namespace_of, parse

_Scope = Mapping[str | None, str]
"""Namespaces by their prefixes; None is the default one."""


def write(presentation: Presentation) -> bytes:
    """The presentation with the edits that were made to its tree. The result parses to that tree.

    The source must be UTF-8 (`mmspack.smil.source.in_utf8`).
    """
    return _Writer(presentation).write()


@dataclass(frozen=True, slots=True)
class _Original:
    """A node as it was read: its place, and a twin that nobody edits."""

    span: Span
    twin: etree._Element


class _Writer:
    def __init__(self, presentation: Presentation) -> None:
        self.source, self.root = presentation.source, presentation.root
        self.line_break = "\r\n" if b"\r\n" in self.source else "\n"
        # Held here: an object of lxml's stays the same one only while somebody holds it.
        self.twins = parse(self.source)
        places = spans(self.source)
        self.whole = places[0]
        self.known = {
            node: _Original(span, twin)
            for node, span, twin in zip(presentation.nodes, places, self.twins.nodes, strict=True)
        }
        self.same: dict[etree._Element, bool] = {}

    def write(self) -> bytes:
        # In reverse document order an element comes after all that is in it.
        for node in reversed(list(self.root.iter())):
            self.same[node] = self._is_same(node)
        written = "".join(self._node(self.root, {})).encode()
        return self.source[: self.whole.start] + written + self.source[self.whole.end :]

    def _is_same(self, node: etree._Element) -> bool:
        """True where the node and all that is in it is as it was read."""
        original = self.known.get(node)
        if original is None:
            return False
        twin = original.twin
        if not _same_tag(node, twin) or not _same_text(node.text, twin.text) or len(node) != len(twin):
            return False
        return all(
            self.same[child] and self.known[child].twin is other and _same_text(child.tail, other.tail)
            for child, other in zip(node, twin, strict=True)
        )

    def _node(self, node: etree._Element, scope: _Scope) -> Iterator[str]:
        original = self.known.get(node)
        if original and self.same[node] and _scope_of(original.twin.getparent()) == scope:
            yield self._copied(original.span.start, original.span.end)
        elif isinstance(node, Node):
            yield from self._element(node, original, scope)
        else:
            yield etree.tostring(node, encoding="unicode", with_tail=False)

    def _element(self, node: Node, original: _Original | None, scope: _Scope) -> Iterator[str]:
        span, twin = (original.span, original.twin) if original else (None, None)
        if span and twin is not None:
            tag = _edited(start_tag(self._copied(span.start, span.opened)), node, twin)
        else:
            tag = _edited(StartTag(f"{node.prefix}:{node.name}" if node.prefix else node.name), node, None)
        tag = replace(tag, empty=tag.empty and not len(node) and not node.text)
        tag, inner = _declared(tag, node, twin, scope)
        yield tag.written
        if span and twin is not None and _same_text(node.text, twin.text):
            yield self._copied(span.opened, span.text_end)
        else:
            yield self._characters(node.text)
        for child in node:
            yield from self._node(child, inner)
            yield self._tail(child)
        if span and span.closing < span.end and twin is not None and twin.tag == node.tag:
            yield self._copied(span.closing, span.end)
        elif not tag.empty:
            yield f"</{tag.name}>"

    def _tail(self, node: etree._Element) -> str:
        original = self.known.get(node)
        if original and _same_text(node.tail, original.twin.tail):
            return self._copied(original.span.end, original.span.tail_end)
        return self._characters(node.tail)

    def _characters(self, text: str | None) -> str:
        return escape(text or "", {"\r": "&#13;"}).replace("\n", self.line_break)

    def _copied(self, start: int, end: int) -> str:
        return self.source[start:end].decode()


def _same_text(one: str | None, other: str | None) -> bool:
    return (one or "") == (other or "")


def _same_tag(node: etree._Element, twin: etree._Element) -> bool:
    return node.tag == twin.tag and dict(node.items()) == dict(twin.items())


def _scope_of(node: etree._Element | None) -> dict[str | None, str]:
    return {} if node is None else dict(node.nsmap)


def _edited(tag: StartTag, node: Node, twin: etree._Element | None) -> StartTag:
    """The start tag with the name and the attributes that the element has now."""
    name = tag.name
    if twin is not None and local(str(twin.tag)) != node.name:
        prefix, colon, _ = name.rpartition(":")
        name = f"{prefix}{colon}{node.name}"
    left = dict(node.items())
    order = list(left)
    positions = {key: at for at, key in enumerate(order)}
    known = {_key(one, twin) for one in tag.attributes}
    kept: list[Attribute] = []
    position = 0
    """The place in `order` behind the attribute that was kept last."""
    for one in tag.attributes:
        key = _key(one, twin)
        if one.declares:
            kept.append(one)
        elif key in left:
            value, old = left.pop(key), twin.get(key) if twin is not None else None
            kept.append(one if value == old else one.having(value))
            position = positions[key] + 1
        elif position < len(order) and order[position] not in known:
            # A new name in the place of an old one.
            new = order[position]
            kept.append(one.named(new).having(left.pop(new)))
            position += 1
    like = kept[-1] if kept else None
    added = [new_attribute(key, value, like) for key, value in left.items()]
    return replace(tag, name=name, attributes=(*kept, *added))


def _key(attribute: Attribute, twin: etree._Element | None) -> str:
    """An attribute's name as lxml has it."""
    prefix = attribute.prefix
    if prefix is None or twin is None:
        return attribute.name
    namespace = XML_NAMESPACE if prefix == "xml" else twin.nsmap.get(prefix, "")
    return f"{{{namespace}}}{attribute.name.rpartition(':')[2]}"


def _declared(
    tag: StartTag, node: Node, twin: etree._Element | None, scope: _Scope
) -> tuple[StartTag, dict[str | None, str]]:
    """The tag with the namespaces declared that are not in scope, and the scope inside the element.

    An element that was moved may have left the one that declared its prefix.
    """
    inner = dict(scope)
    for one in tag.attributes:
        if one.declares:
            inner[one.name.partition(":")[2] or None] = one.value
    wanted = {tag.prefix: namespace_of(str(node.tag))}
    for one in tag.attributes:
        if one.prefix is not None and not one.declares:
            wanted[one.prefix] = namespace_of(_key(one, twin))
    added = []
    for prefix, namespace in wanted.items():
        if prefix != "xml" and inner.get(prefix, "") != namespace:
            added.append(new_attribute(f"xmlns:{prefix}" if prefix else "xmlns", namespace))
            inner[prefix] = namespace
    attributes = (*tag.attributes, *added)
    return replace(tag, attributes=attributes), {key: value for key, value in inner.items() if value}

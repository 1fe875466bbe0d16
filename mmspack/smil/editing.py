"""Edits of a presentation's tree that leave its layout as its author had it.

lxml keeps the blanks between elements as the `text` of a parent and the `tail` of a child. Here they are kept
right while elements come, go and move, so that each has a line of its own where the others have one.
"""

from __future__ import annotations

from lxml import etree

from mmspack.smil.tree import Node

_INDENT = "  "


def element(near: Node, name: str, /, *children: Node, **attributes: str) -> Node:
    """A new element in the namespace of `near`, not yet in the tree."""
    made = near.makeelement(_in_namespace_of(near, name), attributes, nsmap=near.nsmap)
    made.extend(children)
    return made


def rename(node: Node, name: str) -> None:
    """Give an element another local name."""
    node.tag = _in_namespace_of(node, name)


def _in_namespace_of(node: Node, name: str) -> str:
    namespace, brace, _ = str(node.tag).rpartition("}")
    return f"{namespace}{brace}{name}"


def rename_attribute(node: Node, old: str, new: str) -> None:
    """Give an attribute another name, in its place among the others."""
    items = [(new if name == old else name, value) for name, value in node.items()]
    node.attrib.clear()
    node.attrib.update(items)


def insert(parent: Node, index: int, new: Node) -> None:
    """Put a new element in front of the child element at `index`; at the end where there is none."""
    _insert(parent, index, new)
    _lay_out(new, _last_blanks(_before(new)), _step(new))


def append(parent: Node, *new: Node) -> None:
    """Put new elements behind the last child."""
    for node in new:
        _append(parent, node)
        _lay_out(node, _last_blanks(_before(node)), _step(node))


def follow(node: Node, new: Node) -> None:
    """Put a new element right behind another."""
    blanks, after = _last_blanks(_before(node)), node.tail
    node.addnext(new)
    node.tail, new.tail = blanks, after
    _lay_out(new, blanks, _step(new))


def remove(node: Node) -> None:
    """Take an element out with all that is in it, and the line on which it stood."""
    parent = node.getparent()
    if parent is None:
        return
    before, after = _before(node), node.tail or ""
    is_last = node.getnext() is None
    previous = node.getprevious()
    parent.remove(node)
    node.tail = None
    blank = before.rstrip() + after if is_last else before
    _set_behind(parent, previous, before + after if after.strip() else blank)


def move(node: Node, parent: Node, index: int | None = None) -> None:
    """Take an element to another place: in front of the child at `index`, or to the end."""
    remove(node)
    _insert(parent, len(parent.children) if index is None else index, node)


def unwrap(node: Node) -> None:
    """Put what an element holds in its place, comments too."""
    parent, held = node.getparent(), list(node)
    if parent is None:
        return
    if not held:
        remove(node)
        return
    before, after = _before(node), node.tail or ""
    inner, last = node.text or "", held[-1].tail or ""
    previous = node.getprevious()
    for child in held:
        node.addprevious(child)
    node.tail = None
    parent.remove(node)
    _set_behind(parent, previous, before + inner if (before + inner).strip() else inner or before)
    held[-1].tail = last + after if (last + after).strip() else after or last


def wrap(node: Node, wrapper: Node) -> None:
    """Put a new element round one that is in the tree."""
    before, after = _last_blanks(_before(node)), node.tail
    step = _step(node)
    node.addprevious(wrapper)
    wrapper.append(node)
    wrapper.tail, node.tail = after, None
    if "\n" in before:
        wrapper.text, node.tail = before + step, before


def _insert(parent: Node, index: int, new: Node) -> None:
    children = parent.children
    if index >= len(children):
        _append(parent, new)
        return
    anchor = children[index]
    blanks = _last_blanks(_before(anchor))
    anchor.addprevious(new)
    new.tail = blanks


def _append(parent: Node, new: Node) -> None:
    held = list(parent)
    if held:
        closing, blanks = held[-1].tail or "", _last_blanks(_before(held[-1]))
        if not closing.strip():
            held[-1].tail = blanks
            parent.append(new)
            new.tail = closing
            return
    elif parent.getparent() is not None and not (parent.text or "").strip():
        own = _last_blanks(_before(parent))
        if "\n" in own:
            parent.text = own + _step(parent)
            parent.append(new)
            new.tail = own
            return
    parent.append(new)
    new.tail = None


def _lay_out(node: Node, own: str, step: str) -> None:
    """Give what is in a new element lines of its own, where the element has one."""
    if "\n" not in own:
        return
    held = list(node)
    for child in held:
        if isinstance(child, Node):
            _lay_out(child, own + step, step)
    if held and not any((text or "").strip() for text in (node.text, *(child.tail for child in held))):
        node.text = own + step
        for child in held[:-1]:
            child.tail = own + step
        held[-1].tail = own


def _step(node: Node) -> str:
    """How much deeper each level is indented in this document."""
    text = node.getroottree().getroot().text or ""
    return text.rpartition("\n")[2] if "\n" in text and not text.strip() else _INDENT


def _before(node: etree._Element) -> str:
    """The characters between a node and what precedes it."""
    previous, parent = node.getprevious(), node.getparent()
    if parent is None:
        return ""
    return (parent.text if previous is None else previous.tail) or ""


def _set_behind(parent: etree._Element, previous: etree._Element | None, text: str) -> None:
    if previous is None:
        parent.text = text or None
    else:
        previous.tail = text or None


def _last_blanks(text: str) -> str:
    """The blanks at the end of a text, from its last line break where there is one."""
    blanks = text[len(text.rstrip()) :]
    return blanks[max(0, blanks.rfind("\n")) :]

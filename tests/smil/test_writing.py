"""An edited tree is written so that it reads as it was edited, and so that all else keeps its bytes."""

from __future__ import annotations

import difflib
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from mmspack.smil import editing
from mmspack.smil.source import in_utf8, without_prefixes
from mmspack.smil.tree import Node, Presentation, parse
from mmspack.smil.writing import write

SOURCE = b"""<?xml version='1.0'?>\r
<!-- before -->
<smil  xmlns='urn:a' xmlns:b = "urn:b" >
  <head/>
  <body>
    <!-- 1 --> <par dur = '5s'\tb:x="1"><img src="a&amp;b&#46;jpg"></img>words &#x41; <![CDATA[<&]]>\r
      <b:text  b:src='t.txt' />
    </par>

    <par/>
  </body  >
</smil> <?after all?>
"""


def shape(node: etree._Element) -> object:
    """All that a reader can see of an element."""
    return (
        node.tag if isinstance(node, Node) else type(node).__name__,
        dict(node.items()) if isinstance(node, Node) else {},
        node.text or "",
        [(shape(child), child.tail or "") for child in node],
    )


def reads_as_edited(presentation: Presentation) -> bytes:
    written = write(presentation)
    assert shape(parse(written).root) == shape(presentation.root)
    return written


def edited(edit: Callable[[Node], object], source: bytes = SOURCE) -> str:
    """The lines that an edit changes."""
    found = parse(source)
    edit(found.root)
    lines = [one.decode().splitlines() for one in (source, reads_as_edited(found))]
    changed = list(difflib.unified_diff(*lines, n=0, lineterm=""))[2:]
    return "\n".join(line for line in changed if not line.startswith("@@"))


def first(root: Node, name: str) -> Node:
    return next(root.all(name))


def test_what_is_not_edited_keeps_its_bytes() -> None:
    assert write(parse(SOURCE)) == SOURCE


@pytest.mark.parametrize(
    ("edit", "changed"),
    [
        (
            lambda root: first(root, "img").set("src", 'it\'s "b"<&.jpg'),
            """<img src="it's &quot;b&quot;&lt;&amp;.jpg"></img>""",
        ),
        (lambda root: first(root, "par").set("dur", "it's"), "<par dur = 'it&apos;s'\tb:x=\"1\"><img"),
        (lambda root: first(root, "par").set("begin", "1s"), """<par dur = '5s'\tb:x="1"\tbegin="1s">"""),
        (lambda root: first(root, "par").attrib.pop("dur"), '<par\tb:x="1"><img'),
        (
            lambda root: editing.rename_attribute(first(root, "par"), "dur", "begin"),
            "<par begin = '5s'\tb:x=\"1\"><img",
        ),
        (lambda root: editing.rename(first(root, "img"), "ref"), '<ref src="a&amp;b&#46;jpg"></ref>words'),
        (lambda root: editing.rename(first(root, "text"), "ref"), "<b:ref  b:src='t.txt' />"),
        (lambda root: editing.append(first(root, "head"), editing.element(root, "meta")), "<meta/>"),
    ],
)
def test_an_edit_of_a_tag_leaves_the_rest_of_it(edit: Callable[[Node], object], changed: str) -> None:
    assert changed in edited(edit)


def test_a_new_element_takes_a_line_of_its_own() -> None:
    def edit(root: Node) -> None:
        layout = editing.element(root, "layout", editing.element(root, "region", id="Text"))
        editing.append(first(root, "head"), layout)

    assert edited(edit).splitlines() == [
        "-  <head/>",
        *("+  <head>", "+    <layout>", '+      <region id="Text"/>', "+    </layout>", "+  </head>"),
    ]


def test_an_element_that_goes_takes_its_line_along() -> None:
    assert edited(lambda root: editing.remove(first(root, "head"))) == "-  <head/>"
    assert edited(lambda root: editing.remove(list(root.all("par"))[1])) == "-\n-    <par/>"


def test_an_element_that_leaves_its_prefix_behind_declares_it_again() -> None:
    source = b'<smil><body><s:seq xmlns:s="urn:s"><s:par s:dur="5s"/></s:seq></body></smil>'
    found = parse(source)
    editing.move(first(found.root, "par"), first(found.root, "body"))
    assert b'<s:par s:dur="5s" xmlns:s="urn:s"/></body>' in reads_as_edited(found)


def test_prefixes_go_and_nothing_else() -> None:
    source = (
        b"<s:smil xmlns:s = 'u'><!-- <s:par> --><s:par  s:dur='1s' dur='2s' xml:lang='en' ></s:par ></s:smil>"
    )
    assert without_prefixes(parse(source)) == (
        b"<smil><!-- <s:par> --><par dur='2s' xml:lang='en' ></par ></smil>"
    )


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("<?xml version='1.0' encoding='utf-16'?><a/>".encode("utf-16"), b"encoding='UTF-8'?><a/>"),
        ("<a b='é'/>".encode("utf-16-be"), b"<a b='\xc3\xa9'/>"),
        (b'<?xml version="1.0" encoding="iso-8859-1"?><a b="\xe9"/>', b'encoding="UTF-8"?><a b="\xc3\xa9"/>'),
        (b'<?xml version="1.0" encoding="UTF-16"?><a b="\xc3\xa9"/>', b'encoding="UTF-8"?><a b="\xc3\xa9"/>'),
        (b"\xef\xbb\xbf<a b='\xc3\xa9'/>", b"\xef\xbb\xbf<a b='\xc3\xa9'/>"),
    ],
)  # fmt: skip
def test_another_encoding_becomes_utf_8_and_says_so(data: bytes, expected: bytes) -> None:
    assert in_utf8(data).endswith(expected)


NAMES = st.sampled_from(["par", "seq", "img", "text", "switch", "b:par", "b:img"])
WORDS = st.text(st.sampled_from("ab <&>\"']\r\n\té€\u2028"), max_size=6)
BLANKS = st.sampled_from(["", "\n", "\r\n  ", " ", "\n\t\t", " \n\n "])
MARKS = str.maketrans({"&": "&amp;", "<": "&lt;", "'": "&#39;", '"': "&#34;"})
QUOTED = st.builds(lambda value, quote: quote + value.translate(MARKS) + quote, WORDS, st.sampled_from("'\""))
MISC = st.sampled_from(["<!-- <par> -->", "<?p a='>'?>", "<![CDATA[<&]]]>", "&#65;", "&lt;", "w"])


@st.composite
def markup(draw: st.DrawFn, depth: int = 3) -> str:
    """An element in any spelling."""
    name = draw(NAMES)
    attributes = draw(
        st.dictionaries(st.sampled_from(["src", "dur", "b:dur", "region", "xml:lang"]), QUOTED, max_size=3)
    )
    if draw(st.booleans()):
        attributes["xmlns" if draw(st.booleans()) else "xmlns:b"] = draw(st.sampled_from(["'u'", '"v"']))
    blank = st.sampled_from([" ", "\n", "\r\n\t"])
    tag = name + "".join(
        f"{draw(blank)}{key}{draw(st.sampled_from(['=', ' = ']))}{value}" for key, value in attributes.items()
    )
    inside = markup(depth - 1) | MISC | BLANKS if depth else MISC | BLANKS
    content = "".join(draw(st.lists(inside, max_size=4)))
    if not content and draw(st.booleans()):
        return f"<{tag}{draw(BLANKS)}/>"
    return f"<{tag}{draw(BLANKS)}>{content}</{name}{draw(BLANKS)}>"


def edit_at_random(draw: Callable[[st.SearchStrategy[int]], int], root: Node) -> None:
    def chosen(least: int = 0) -> Node:
        nodes = list(root.walk())
        return nodes[draw(st.integers(least, len(nodes) - 1))] if len(nodes) > least else root

    what = draw(st.integers(0, 10))
    node = chosen(1)
    if what == 0:
        node.set("src", ["a", "it's", '<"&>\r\n'][draw(st.integers(0, 2))])
    elif what == 1:
        node.attrib.pop("dur", None)
    elif what == 2 and "src" in node.attrib and "dur" not in node.attrib:
        editing.rename_attribute(node, "src", "dur")
    elif what == 3:
        editing.rename(node, "ref")
    elif what == 4:
        editing.append(chosen(), editing.element(node, "par", editing.element(node, "img", src="x")))
    elif what == 5:
        editing.insert(chosen(), draw(st.integers(0, 3)), editing.element(node, "layout"))
    elif node is root:
        return
    elif what == 6:
        editing.remove(node)
    elif what == 7:
        editing.unwrap(node)
    elif what == 8:
        editing.wrap(node, editing.element(node, "par", dur="1s"))
    elif what == 9:
        target = chosen()
        if node not in (target, *target.iterancestors()):
            editing.move(node, target, draw(st.integers(0, 3)))
    else:
        editing.follow(node, editing.element(node, "par"))


@pytest.mark.slow
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_edits_of_any_presentation_read_as_they_were_made(data: st.DataObject) -> None:
    body = "".join(data.draw(st.lists(markup(), max_size=3)))
    source = f"<?xml version='1.0'?>\r\n<smil xmlns:b='urn:b'>{body}</smil>\n<!-- end -->".encode()
    found = parse(source)
    assert write(found) == source
    for _ in range(data.draw(st.integers(1, 5))):
        edit_at_random(data.draw, found.root)
        reads_as_edited(found)

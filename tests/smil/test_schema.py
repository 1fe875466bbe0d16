"""The schema and the rules agree: what the one refuses, the others report, and the other way round."""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from mmspack import rules
from mmspack.bundle.opened import open_source
from mmspack.errors import MmspackError
from mmspack.rules.checking import check
from mmspack.smil import schema
from mmspack.smil.gate import SmilError
from mmspack.smil.tree import Node, local, parse
from tests.fuzz.mutations import seeds
from tests.rules.cases import AUDIO, CARD, VIDEO
from tests.rules.edges import EVERY
from tests.rules.scenes import AMR, SMIL, photo, scene

FOREIGN = sorted(Path(__file__).with_name("foreign").glob("*.smil"))
BY_THE_SCHEMA = {
    "MMS305", "MMS306", "MMS307", "MMS308", "MMS309", "MMS310", "MMS311", "MMS312", "MMS314", "MMS316",
    "MMS317", "MMS318", "MMS321", "MMS322", "MMS323", "MMS324", "MMS325", "MMS326", "MMS327",
    "MMS329", "MMS332", "MMS341", "MMS342", "MMS343", "MMS344",
    "MMS345", "MMS349", "MMS351", "MMS363", "MMS370", "MMS371",
}  # fmt: skip
"""Rules of structure: what the schema accepts has none of their findings."""
BEYOND_A_SCHEMA = {
    "MMS301": "what is not XML has no structure",
    "MMS302": "editors read past a DOCTYPE",
    "MMS303": "an encoding is no structure",
    "MMS304": "an encoding is no structure",
    "MMS315": "an encoding is no structure",
    "MMS313": "a prefix stands for a namespace, and is not seen by a schema",
    "MMS328": "a grammar does not compare the units of four attributes",
    "MMS330": "a grammar does no sums",
    "MMS331": "a grammar does no sums",
    "MMS346": "a note: seconds are read by all",
    "MMS347": "how long a sound plays, only the part says",
    "MMS348": "a grammar does no sums",
    "MMS350": "how long a sound plays, only the part says",
    "MMS361": "what is in the message, only the message says",
    "MMS362": "any characters may be the name of a part",
    "MMS364": "what is in the message, only the message says",
    "MMS365": "what a part is counts before what the element says",
    "MMS366": "what a part is counts before what the element says",
    "MMS367": "what a part is, only the part says",
    "MMS368": "what a part is, only the part says",
    "MMS369": "what is in the message, only the message says",
    "MMS372": "a grammar does not follow references",
    "MMS373": "a grammar does not compare the attributes of two elements",
    "MMS374": "a note: phones know where a medium without a region goes",
    "MMS375": "a grammar does not compare the attributes of two elements",
    "MMS376": "what is in the message, only the message says",
}
SAYS_WHY = BY_THE_SCHEMA | {"MMS313", "MMS346", "MMS348", "MMS350", "MMS365", "MMS366", "MMS367", "MMS372"}
"""Findings of which one at least goes with what the schema refuses."""
FILES = {
    "image1.jpg": photo(), "image2.jpg": photo(48, 64), "text1.txt": b"Hello", "text2.txt": b"Bye",
    "audio1.amr": AMR, "video1.3gp": b"", "shop.vcf": CARD,
}  # fmt: skip


@functools.cache
def grammar() -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(schema.PATH))


def accepted(root: Node) -> bool:
    """Phones read no namespaces, and neither does the schema: it is asked about the bare names."""
    bare = copy.deepcopy(root)
    for node in bare.iter("*"):
        node.tag = local(str(node.tag))
    etree.cleanup_namespaces(bare)
    return grammar().validate(bare)


def agree(data: bytes, root: Node) -> None:
    """Schema and rules say the same of a message with this presentation."""
    found = {finding.id: finding.message for finding in check(data, select=["MMS3"]).findings}
    if accepted(root):
        assert not {id_: words for id_, words in found.items() if id_ in BY_THE_SCHEMA}
    else:
        assert found.keys() & SAYS_WHY, (etree.tostring(root), grammar().error_log.last_error)


def test_each_rule_about_presentations_is_held_by_the_schema_or_has_a_reason() -> None:
    ids = {rule.id for rule in rules.all_rules() if rule.id.startswith("MMS3")}
    assert not BY_THE_SCHEMA & BEYOND_A_SCHEMA.keys()
    assert ids == BY_THE_SCHEMA | BEYOND_A_SCHEMA.keys()


CASES = [
    (id_, number, side)
    for id_, pairs in EVERY.items() if id_.startswith("MMS3")
    for number in range(len(pairs))
    for side in (0, 1)
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("id_", "number", "side"), CASES)
def test_schema_and_rules_agree_on_the_cases_of_the_rules(id_: str, number: int, side: int) -> None:
    data = EVERY[id_][number][side]().data
    presentation = open_source(data).presentation
    if presentation is not None:
        agree(data, presentation.root)


@pytest.mark.parametrize("path", FOREIGN, ids=lambda path: path.stem)
def test_schema_and_rules_agree_on_foreign_presentations(path: Path) -> None:
    data = scene(smil=path.read_bytes(), files=FILES).data
    opened = open_source(data)
    if opened.presentation is not None:
        agree(data, opened.presentation.root)


def mutants(root: Node) -> Iterator[Node]:
    """The presentation with one thing wrong, or otherwise written, in each place where it can be."""
    count = len(list(root.walk()))
    for at in range(count):
        for change in (*ELEMENT_CHANGES, *ATTRIBUTE_CHANGES):
            made = copy.deepcopy(root)
            node = list(made.walk())[at]
            if change(node) is not False:
                yield made


def _delete(node: Node) -> object:
    parent = node.getparent()
    return False if parent is None else parent.remove(node)


def _double(node: Node) -> object:
    return False if node.getparent() is None else node.addnext(copy.deepcopy(node))


def _put_first(node: Node) -> object:
    parent = node.getparent()
    return False if parent is None or parent[0] is node else parent.insert(0, node)


def _around(name: str) -> object:
    def change(node: Node) -> object:
        if node.getparent() is None:
            return False
        around = node.makeelement(name)
        node.addprevious(around)
        return around.append(node)

    return change


ELEMENT_CHANGES = [
    _delete,
    _double,
    _put_first,
    *(_around(name) for name in ("seq", "par", "switch")),
    *(
        lambda node, name=name: node.append(node.makeelement(name))
        for name in ("x", "meta", "par", "region", "root-layout", "layout", "param")
    ),
    *(
        lambda node, name=name: setattr(node, "tag", name) if node.tag != name else False
        for name in (
            "x",
            "par",
            "img",
            "text",
            "video",
            "audio",
            "ref",
            "region",
            "body",
            "head",
            "meta",
            "SMIL",
        )
    ),
    lambda node: setattr(node, "text", "words"),
]
VALUES = {
    "dur": ["", "0ms", "0", "5", "499", "500", "5s", "5s ", " 5s", "5.5s", "1min", "00:05", "999999999ms",
            "x",             "2147483648ms", "5000", "5000S", "0500ms"],
    "begin": ["0", "1s", "1000ms", "1s ", "-1s", "x", "1.5s"],
    "end": ["2s", "2000ms", "", "1min"],
    "id": ["Image", "Text", "image", "", "Photo"],
    "region": ["Image", "Text", "image", "", "Photo"],
    "src": ["", "image1.jpg", "nope.jpg", "text1.txt"],
    "fit": ["meet", "fill", "", "contain"],
    "width": ["0", "480", "480px", "100%", "+480", "-480", "480.5", "", "1000000000", "000000480", "480 "],
    "height": ["0", "64%", "10pt"],
    "left": ["0", "-5", "5%", "+5px", "5,0"],
    "top": ["+480", "480.0"],
    "type": ["image/jpeg"], "repeatCount": ["2"], "alt": ["A beach"], "title": ["x"], "regionName": ["Image"],
}  # fmt: skip


def _set(name: str, value: str | None) -> object:
    def change(node: Node) -> object:
        if node.get(name) == value:
            return False
        if value is None:
            return node.attrib.pop(name)
        return node.set(name, value)

    return change


ATTRIBUTE_CHANGES = [_set(name, value) for name, values in VALUES.items() for value in (None, *values)]


@pytest.mark.slow
@pytest.mark.parametrize("smil", [SMIL, AUDIO, VIDEO], ids=["picture", "sound", "film"])
def test_schema_and_rules_agree_on_mutants(smil: str) -> None:
    for made in mutants(parse(smil.encode()).root):
        agree(scene(smil=etree.tostring(made), files=FILES).data, made)


@pytest.mark.slow
def test_schema_and_rules_agree_on_the_corpus_of_the_fuzzer() -> None:
    for data in (*seeds("smil"), *seeds("check"), *seeds("fix")):
        try:
            opened = open_source(data)
        except MmspackError:
            continue
        try:
            root = opened.presentation.root if opened.presentation else parse(data).root
        except SmilError:
            continue
        if root.name == "smil":
            agree(scene(smil=etree.tostring(root), files=FILES).data, root)


def test_the_schema_is_one_that_editors_can_read() -> None:
    assert schema.text().startswith("<?xml")
    assert accepted(parse(SMIL.encode()).root)
    assert not accepted(parse(SMIL.replace("<par", "<seq").replace("</par", "</seq").encode()).root)

"""SMIL is read with suspicion: what is there with its place, and nothing that a DTD could do."""

from __future__ import annotations

import pytest

from mmspack.smil.gate import SmilError
from mmspack.smil.tree import clock_ms, parse, reference

GOOD = b"""<?xml version="1.0" encoding="UTF-8"?>
<smil>
  <head><layout><root-layout width="320" height="480"/>
    <region id="Image" left="0" top="0" width="320" height="240" fit="meet"/></layout></head>
  <body>
    <par dur="5000ms"><img src="image1.jpg" region="Image"/><text src="cid:text1.txt" region="Text"/></par>
  </body>
</smil>
"""


def test_reads_slides_regions_and_places() -> None:
    found = parse(GOOD)
    assert (found.width, found.height) == ("320", "480")
    assert [region.id for region in found.regions] == ["Image"]
    assert [slide.duration_ms for slide in found.slides] == [5000]
    assert found.sources == ("image1.jpg", "cid:text1.txt")
    image = next(found.root.all("img"))
    place = found.place(image)
    assert (place.line, place.column) == (6, 23)


@pytest.mark.parametrize(
    ("data", "kind", "line"),
    [
        (b"", "xml", 1),
        (b"<smil>\n<par>\n</smil>", "xml", 3),
        (b" <?xml version='1.0'?><smil/>", "xml", 1),
        (b"<smil>\n&nbsp;</smil>", "xml", 2),
        (b"<?xml version='1.0' encoding='x-none'?><smil/>", "encoding", None),
        (b"\n<!DOCTYPE smil SYSTEM 'http://localhost/x.dtd'><smil/>", "doctype", 2),
        (b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "doctype", 1),
        ("<!DOCTYPE a><a/>".encode("utf-16"), "doctype", 1),
        (b"<a>" * 65, "huge", 1),
        (b"<smil>" + b"<par/>" * 10_000 + b"</smil>", "huge", 1),
        (b" " * 1_000_001, "huge", None),
    ],
)
def test_refuses_what_nobody_should_parse(data: bytes, kind: str, line: int | None) -> None:
    with pytest.raises(SmilError) as caught:
        parse(data)
    assert (caught.value.kind, caught.value.line) == (kind, line)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("5000ms", 5000), ("5s", 5000), ("1.5s", 1500), ("5", 5000), ("1min", 60_000), ("1h", 3_600_000),
        ("00:05", 5000), ("01:00:05.5", 3_605_500), ("indefinite", None), ("5S", None),
        ("", None), (None, None), ("\uff15s", None), ("2147483647ms", 2_147_483_647), ("2147483648ms", None),
        ("597h", None), ("9" * 5000, None),
    ],
)  # fmt: skip
def test_reads_clock_values(value: str | None, expected: int | None) -> None:
    assert clock_ms(value) == expected


def test_a_prefix_is_kept_apart_from_the_tag() -> None:
    root = parse(b"<s:smil xmlns:s='http://www.w3.org/2001/SMIL20/Language'><s:body/></s:smil>").root
    assert (root.name, root.prefix, root.children[0].prefix) == ("smil", "s", "s")


def test_a_medium_outside_a_slide_still_counts_as_one() -> None:
    found = parse(b"<smil><head/><body><seq><img src='a'/><par><text src='b'/></par></seq></body></smil>")
    assert [[medium.src for medium in slide.media] for slide in found.slides] == [["a"], ["b"]]


def test_a_reference_loses_its_scheme() -> None:
    sources = ("a.jpg", "cid:a.jpg", "CID:a.jpg", "cid:<a.jpg>")
    assert [reference(src) for src in sources] == ["a.jpg", "a.jpg", "CID:a.jpg", "<a.jpg>"]

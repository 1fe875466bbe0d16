"""Where a HEIC keeps its pictures, in all the ways that ISO/IEC 14496-12 has, and what is wrong with them.

The boxes are written here; nothing decodes them.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import pytest

from mmspack.media.containers import iso_items
from mmspack.media.probing import probe


def box(kind: bytes, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + kind + body


def big(value: int, width: int) -> bytes:
    return value.to_bytes(width, "big") if width else b""


def unit(body: bytes, wide: int = 4) -> bytes:
    """A unit of HEVC behind its length."""
    return big(len(body), wide) + body


@dataclass(frozen=True)
class Heic:
    """A HEIC of one picture, and of one block of EXIF that no unit could be."""

    version: int = 0
    entry: int = 2
    """Version of the entries that say what kind the items are."""
    listing: int = 0
    """Version of the box that those are in."""
    offset: int = 4
    length: int = 4
    base: int = 0
    index: int = 0
    method: int = 0
    elsewhere: int = 0
    parts: int = 1
    wide: int = 4
    units: tuple[bytes, ...] = (b"\x26\1" + b"\x55" * 40, b"\x28\1" + b"\x66" * 30)
    kind: bytes = b"hvc1"
    exif_first: bool = True
    cut: int = 0
    shift: int = 0
    """Bytes by which the places are wrong."""

    @property
    def coded(self) -> bytes:
        return b"".join(unit(body, self.wide) for body in self.units)

    @property
    def data(self) -> bytes:
        start = len(self._head(0))
        whole = self._head(start) + box(b"mdat", b"Exif\0\0\0\0" + self.coded)
        return whole[: len(whole) - self.cut]

    def _head(self, after: int) -> bytes:
        first = after + 8
        exif, picture = (first, 8), (first + 8 + self.shift, len(self.coded))
        items = [self._item(7, b"Exif", [exif], 0, 0)] if self.exif_first else []
        items.append(self._item(300, self.kind, self._split(picture), self.method, self.elsewhere))
        wide = 4 if self.version >= 2 else 2
        head = bytes((self.version, 0, 0, 0, self.offset << 4 | self.length, self.base << 4 | self.index))
        places = box(b"iloc", head + big(len(items), wide) + b"".join(place for place, _ in items))
        count = big(len(items), 4 if self.listing else 2)
        kinds = box(b"iinf", bytes((self.listing, 0, 0, 0)) + count + b"".join(entry for _, entry in items))
        coding = box(b"hvcC", bytes(21) + bytes((0xFC | (self.wide - 1),)) + bytes(4))
        told = box(b"iprp", box(b"ipco", coding))
        meta = box(b"meta", bytes(4) + kinds + told + places)
        return box(b"ftyp", b"heic\0\0\0\0mif1heic") + meta

    def _split(self, place: tuple[int, int]) -> list[tuple[int, int]]:
        start, size = place
        each = size // self.parts
        cuts = [start + each * number for number in range(self.parts)] + [start + size]
        return [(low, high - low) for low, high in itertools.pairwise(cuts)]

    def _item(
        self, number: int, kind: bytes, parts: list[tuple[int, int]], method: int, elsewhere: int
    ) -> tuple[bytes, bytes]:
        start = parts[0][0] if self.base else 0
        said = big(number, 4 if self.version >= 2 else 2)
        said += big(method, 2) if self.version else b""
        said += big(elsewhere, 2) + big(start, self.base) + big(len(parts), 2)
        for at, size in parts:
            said += big(0, self.index if self.version else 0)
            said += big(at - start, self.offset) + big(size, self.length)
        entry = bytes((self.entry, 0, 0, 0)) + big(number, 2 if self.entry == 2 else 4) + bytes(2) + kind
        return said, box(b"infe", entry + b"\0")


WAYS = {
    "usual": Heic(),
    "version 1": Heic(version=1),
    "version 2": Heic(version=2, listing=1, entry=3),
    "long offsets": Heic(offset=8, length=8),
    "a base": Heic(base=4),
    "a long base": Heic(base=8, offset=0, parts=1),
    "an index": Heic(version=1, index=4),
    "an index, which version 0 lacks": Heic(index=4),
    "several parts": Heic(parts=3),
    "lengths of two bytes": Heic(wide=2),
    "lengths of one byte": Heic(wide=1),
    "long lists": Heic(listing=1),
    "a picture alone": Heic(exif_first=False),
}
EMULATED = (b"\x26\1\0\0\3\1" + b"\x55" * 40,)
"""A unit in which an encoder broke up what may not be inside."""


def said(heic: Heic) -> str:
    found = probe(heic.data)
    return "" if found.unread else found.error


@pytest.mark.parametrize("way", WAYS)
def test_a_whole_picture_is_whole(way: str) -> None:
    assert said(WAYS[way]) == ""
    assert said(replace(WAYS[way], units=EMULATED)) == ""


@pytest.mark.parametrize("way", WAYS)
def test_a_picture_that_is_cut_off_is_truncated(way: str) -> None:
    assert said(replace(WAYS[way], cut=1)) == "truncated HEIC"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("hole", [b"\0\0\0", b"\0\0\1", b"\0\0\2"])
def test_a_picture_with_what_no_encoder_writes_is_damaged(way: str, hole: bytes) -> None:
    units = (b"\x26\1" + b"\x55" * 20 + hole + b"\x55" * 20, *Heic().units)
    assert said(replace(WAYS[way], units=units)) == "damaged HEIC"


@pytest.mark.parametrize("way", WAYS)
def test_a_unit_whose_first_bit_is_set_is_damaged(way: str) -> None:
    assert said(replace(WAYS[way], units=(*Heic().units, b"\xa6\1\x55\x55"))) == "damaged HEIC"


@pytest.mark.parametrize("way", WAYS)
def test_units_that_do_not_fill_the_item_are_damaged(way: str) -> None:
    assert said(replace(WAYS[way], shift=-1)) == "damaged HEIC"
    assert said(replace(WAYS[way], units=(*Heic().units, b""))) == "damaged HEIC"


@pytest.mark.parametrize("changes", [{"kind": b"jpeg"}, {"version": 1, "method": 1}, {"elsewhere": 1}])
def test_what_is_not_hevc_of_this_file_is_not_judged(changes: dict[str, object]) -> None:
    bad = Heic(units=(b"\x26\1\0\0\0\0",))
    assert said(bad) == "damaged HEIC"
    assert said(replace(bad, **changes)) == ""


def test_an_unknown_version_of_the_places_is_not_judged() -> None:
    assert said(Heic(version=3, units=(b"\x26\1\0\0\0\0",))) == ""


def head(*boxes: bytes) -> bytes:
    return box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", bytes(4) + b"".join(boxes))


def lying_heic(entries: int, claimed: int, size: int = 200_000) -> bytes:
    """A HEIC with so many items, each of which is all of its bytes; it says how many there are."""
    listed = b"".join(big(at, 2) + bytes(2) + big(1, 2) + bytes(4) + big(size, 4) for at in range(entries))
    places = box(b"iloc", b"\2\0\0\0\x44\0" + big(claimed, 4) + listed)
    if claimed == entries:  # the numbers have two bytes in version 0, and no method
        places = box(b"iloc", b"\0\0\0\0\x44\0" + big(entries, 2) + listed)
    kinds = b"".join(box(b"infe", b"\2\0\0\0" + big(at, 2) + b"\0\0hvc1\0") for at in range(entries))
    told = box(b"iinf", bytes(4) + big(entries, 2) + kinds)
    return head(places, told) + box(b"mdat", (b"\0\0\1\0" + b"\2" * 256) * (size // 260))


def test_items_that_share_the_bytes_of_a_heic_are_not_read_over_and_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[int] = []

    def whole(coded: bytes, _wide: int) -> bool:
        read.append(len(coded))
        return True

    monkeypatch.setattr(iso_items, "_is_whole", whole)
    data = lying_heic(2000, 2000)
    assert probe(data).error == "damaged HEIC"
    assert 0 < sum(read) <= 2 * len(data)


def test_items_of_which_there_are_none_are_not_counted_to_four_billion() -> None:
    """It ends."""
    assert probe(lying_heic(1, 2**32 - 1)).type == "image/heic"


def test_parts_of_items_are_counted_up_to_a_bound() -> None:
    item = big(1, 2) + bytes(2) + big(60_000, 2) + (bytes(4) + big(1, 4)) * 60_000
    places = box(b"iloc", b"\0\0\0\0\x44\0" + big(1, 2) + item)
    kinds = box(b"iinf", bytes(4) + big(1, 2) + box(b"infe", b"\2\0\0\0\0\1\0\0hvc1\0"))
    found = probe(head(places, kinds))
    assert found.unread, "an item that is not read to its end is not judged"


@pytest.mark.parametrize("way", ["usual", "version 1", "version 2", "a long base"])
def test_a_list_of_places_that_ends_early_ends_in_a_word(way: str) -> None:
    heic = Heic() if way == "usual" else WAYS[way]
    data = heic.data
    at = data.index(b"iloc")
    size = int.from_bytes(data[at - 4 : at], "big")
    for kept in range(8, size):
        cut = data[: at - 4] + big(kept, 4) + data[at : at + kept - 4]
        assert probe(cut).type == "image/heic"


def test_without_a_word_about_the_coding_lengths_have_four_bytes() -> None:
    for wide, error in ((4, ""), (2, "damaged HEIC")):
        data = Heic(wide=wide).data.replace(b"iprp", b"free")
        found = probe(data)
        assert ("" if found.unread else found.error) == error
        data = Heic(wide=wide).data.replace(b"hvcC", b"free")
        found = probe(data)
        assert ("" if found.unread else found.error) == error

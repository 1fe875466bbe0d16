"""Twice the length of a medium takes about twice the steps: lines of code that run, and no seconds."""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable

import pytest
from PIL import Image

from mmspack.media.animation import read_animation
from mmspack.media.containers import gif, iso, jpeg, ogg, png, riff, sounds, tiff
from mmspack.media.sniffing import sniff
from tests.fitting.drawn import saved
from tests.media.films import MUSIC, aac, amr_wb, box, film, midi, mp3, wav
from tests.media.films import ogg as ogg_file
from tests.rules.scenes import AMR

GROWTH = 2.2


def steps(run: Callable[[], object]) -> int:
    """Lines of Python that `run` takes."""
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(before)
    return count


def frames(count: int) -> bytes:
    image = struct.pack("<HHHHB", 0, 0, 2, 2, 0)
    one = b"!\xf9\x04\0\x0a\0\0\0," + image + b"\x02\x03\x44\x02\x05\0"
    return b"GIF89a" + struct.pack("<HHBBB", 2, 2, 0x80, 0, 0) + bytes(6) + one * count + b";"


def comments(count: int) -> bytes:
    return frames(1)[:-1] + b"!\xfe\x01x\0" * count + b";"


def chunks(count: int) -> bytes:
    data = saved(Image.new("L", (4, 4)), "PNG")
    return data[:33] + b"\0\0\0\4tEXta\0bc\0\0\0\0" * count + data[33:]


def segments(count: int) -> bytes:
    data = saved(Image.new("L", (8, 8)), "JPEG")
    return data[:2] + b"\xff\xfe\0\6abcd" * count + data[2:]


def scans(count: int) -> bytes:
    data = saved(Image.new("L", (8, 8)), "JPEG", progressive=True)
    last = [one for one in jpeg.segments(data) if one.marker == jpeg.SOS][-1]
    return data[:-2] + data[last.start : -2] * count + jpeg.END


def fills(count: int) -> bytes:
    data = saved(Image.new("L", (8, 8)), "JPEG")
    return data[:2] + b"\xff" * count + data[2:]


def stuffed(count: int) -> bytes:
    """Coded data in which nearly every byte looks like the start of a marker."""
    data = saved(Image.new("L", (8, 8)), "JPEG")
    return data[:-2] + b"\xff\0" * count + data[-2:]


def boxes(count: int) -> bytes:
    return film(b"mp42", MUSIC) + box(b"free") * count


def movie(*bodies: bytes) -> bytes:
    return box(b"ftyp", b"mp42", bytes(4)) + box(b"moov", box(b"mvhd", bytes(100)), *bodies)


def boxes_in_a_track(count: int) -> bytes:
    many = box(b"free") * count
    return movie(box(b"trak", many, box(b"mdia", many)))


def tracks(count: int) -> bytes:
    return film(b"mp42", *[MUSIC] * count)


def sizes(count: int) -> bytes:
    table = box(b"stsz", bytes(4), struct.pack(">LL", 0, count), bytes(4 * count))
    return movie(box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", table)))))


def tags(count: int) -> bytes:
    return b"II*\0\x08\0\0\0" + struct.pack("<H", count) + bytes(12 * count)


def parameter_sets(count: int) -> bytes:
    """An avcC that counts as many parameter sets as a byte can, all of them empty."""
    return b"\1\x64\0\x1e\xff\xe1" + bytes(2 * count)


def prologue(count: int) -> bytes:
    return b"<?xml version='1.0'?>" + b"<!-- -->\n" * count + b"<smil/>"


def declarations(count: int) -> bytes:
    return b"<!DOCTYPE smil [" + b"<!ENTITY a 'b'>" * count + b"]><smil/>"


def riff_chunks(count: int) -> bytes:
    form = b"WAVE" + b"junk\0\0\0\0" * count + wav()[12:]
    return b"RIFF" + struct.pack("<L", len(form)) + form


FAMILIES = {
    "frames of a GIF": (gif.walk, frames),
    "comments of a GIF": (gif.walk, comments),
    "a GIF without its comments": (gif.stripped, comments),
    "a GIF taken apart": (lambda data: read_animation(data, (255, 255, 255)), frames),
    "chunks of a PNG": (png.walk, chunks),
    "a PNG without its texts": (png.stripped, chunks),
    "segments of a JPEG": (jpeg.walk, segments),
    "scans of a JPEG": (jpeg.walk, scans),
    "fill bytes of a JPEG": (jpeg.walk, fills),
    "stuffed bytes of a JPEG": (jpeg.walk, stuffed),
    "a JPEG without its comments": (jpeg.stripped, segments),
    "boxes of a film": (iso.walk, boxes),
    "boxes in a track": (iso.walk, boxes_in_a_track),
    "tracks of a film": (iso.walk, tracks),
    "sample sizes of a film": (iso.walk, sizes),
    "the kind of a film": (sniff, tracks),
    "pages of an Ogg": (ogg.walk, lambda count: ogg_file(pages=count)),
    "chunks of a RIFF": (riff.walk_wav, riff_chunks),
    "frames of an MP3": (sounds.walk_mpeg, mp3),
    "frames of AAC": (sounds.walk_aac, aac),
    "frames of AMR": (sounds.walk_amr, lambda count: AMR[:6] + AMR[6:38] * count),
    "frames of wide-band AMR": (sounds.walk_amr_wb, amr_wb),
    "tracks of a MIDI": (sounds.walk_midi, midi),
    "padding of an MP3": (sounds.walk_mpeg, lambda count: b"ID3\3\0\0\0\0\0\0" + bytes(count) + mp3(1)),
    "tags of a TIFF": (tiff.is_raw, tags),
    "the prologue of XML": (sniff, prologue),
    "declarations of XML": (sniff, declarations),
}


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_twice_the_length_takes_about_twice_the_steps(family):
    look, made = FAMILIES[family]
    once, twice = (made(count) for count in (150, 300))
    assert len(twice) > len(once)
    look(once)  # imports and caches
    assert steps(lambda: look(twice)) <= GROWTH * steps(lambda: look(once))


@pytest.mark.parametrize("count", [20_000, 40_000, 80_000])
def test_boxes_beyond_any_use_are_not_looked_at(count):
    assert steps(lambda: iso.walk(boxes(count))) < 400_000


@pytest.mark.parametrize("count", [0, 31, 255])
def test_parameter_sets_that_do_not_exist_are_no_depth(count):
    assert iso.avc_bits(parameter_sets(count)) in range(8, 16)

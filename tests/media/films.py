"""Recordings and films put together box by box and frame by frame, whole unless a test cuts them."""

from __future__ import annotations

import struct
from typing import NamedTuple


class Made(NamedTuple):
    """A track to be made."""

    handler: bytes
    codec: bytes
    extra: bytes = b""
    """Boxes in its sample entry."""
    size: tuple[int, int] = (176, 144)


SPEECH = Made(b"soun", b"samr")
MUSIC = Made(b"soun", b"mp4a")
H264 = Made(b"vide", b"avc1")
H263 = Made(b"vide", b"s263")


def box(kind: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return struct.pack(">L4s", len(body) + 8, kind) + body


def hevc(bits: int) -> Made:
    config = bytes(17) + bytes([0xF8 | bits - 8]) + bytes(5)
    return Made(b"vide", b"hvc1", box(b"hvcC", config))


def av1(bits: int) -> Made:
    return Made(b"vide", b"av01", box(b"av1C", bytes([0x81, 0, {8: 0, 10: 0x40, 12: 0x60}[bits], 0])))


def vp9(bits: int) -> Made:
    return Made(b"vide", b"vp09", box(b"vpcC", bytes(6) + bytes([bits << 4]) + bytes(5)))


def avc(bits: int) -> Made:
    """H.264 with the extension of High profiles, after one parameter set of each kind."""
    profile = 110 if bits > 8 else 100
    sets = b"\xe1\0\4SPS!\1\0\3PPS"
    return Made(
        b"vide",
        b"avc1",
        box(b"avcC", bytes([1, profile, 0, 30, 0xFF]) + sets + bytes([0xFD, 0xF8 | bits - 8, 0xF8, 0])),
    )


def film(
    brand: bytes,
    *tracks: Made,
    samples: int = 600,
    first: bool = True,
    wide: bool = False,
    seconds: int = 3,
) -> bytes:
    """A whole container; `first`: its index stands before the samples; `wide`: 64-bit offsets and sizes."""
    start = box(b"ftyp", brand, bytes(4), brand, b"isom")
    body = bytes(range(256)) * (samples // 256 + 1)
    media = (
        struct.pack(">L4sQ", 1, b"mdat", samples + 16) + body[:samples]
        if wide
        else box(b"mdat", body[:samples])
    )
    length = len(_index(tracks, 0, samples, wide, seconds))
    at = len(start) + (length if first else 0) + (16 if wide else 8)
    index = _index(tracks, at, samples, wide, seconds)
    return start + (index + media if first else media + index)


def _index(tracks: tuple[Made, ...], at: int, samples: int, wide: bool, seconds: int) -> bytes:
    movie = box(b"mvhd", bytes(12), struct.pack(">LL", 1000, 1000 * seconds), bytes(80))
    share = samples // max(1, len(tracks))
    return box(b"moov", movie, *(_track(one, at + n * share, share, wide) for n, one in enumerate(tracks)))


def _track(made: Made, at: int, length: int, wide: bool) -> bytes:
    is_film = made.handler == b"vide"
    size = made.size if is_film else (0, 0)
    header = box(b"tkhd", bytes(76), struct.pack(">LL", size[0] << 16, size[1] << 16))
    handler = box(b"hdlr", bytes(8), made.handler, bytes(13))
    entry = box(made.codec, bytes(78 if is_film else 28), made.extra)
    offset = struct.pack(">LQ" if wide else ">LL", 1, at)
    table = box(
        b"stbl",
        box(b"stsd", bytes(4), struct.pack(">L", 1), entry),
        box(b"stsz", bytes(4), struct.pack(">LLL", 0, 1, length)),
        box(b"co64" if wide else b"stco", bytes(4), offset),
    )
    return box(b"trak", header, box(b"mdia", handler, box(b"minf", table)))


def wav(seconds: float = 1.0, rate: int = 8000) -> bytes:
    body = bytes(int(seconds * rate) * 2)
    form = b"fmt " + struct.pack("<LHHLLHH", 16, 1, 1, rate, rate * 2, 2, 16)
    form += b"data" + struct.pack("<L", len(body)) + body
    return b"RIFF" + struct.pack("<L", len(form) + 4) + b"WAVE" + form


def ogg(seconds: float = 1.0, pages: int = 3, codec: bytes = b"OpusHead\1\1") -> bytes:
    out = []
    for number in range(pages):
        body = codec + bytes(9) if number == 0 else bytes(200)
        granule = int(seconds * 48_000) * number // max(1, pages - 1)
        head = struct.pack("<4sBBQLLLB", b"OggS", 0, 2 if number == 0 else 0, granule, 1, number, 0, 1)
        out.append(head + bytes([len(body)]) + body)
    return b"".join(out)


def mp3(frames: int = 100, *, xing: bool = False, id3: bool = False) -> bytes:
    """Layer III of MPEG-1 at 128 kbit/s and 44.1 kHz: frames of 417 bytes and 26.1 ms."""
    frame = b"\xff\xfb\x90\x00" + bytes(413)
    tag = b"ID3\3\0\0\0\0\1\0" + bytes(128) if id3 else b""
    info = (
        b"\xff\xfb\x90\x00" + bytes(32) + b"Xing" + struct.pack(">LLL", 3, frames, 417 * (frames + 1))
        if xing
        else b""
    )
    return tag + info.ljust(417, b"\0") * xing + frame * frames


def aac(frames: int = 50) -> bytes:
    """ADTS at 44.1 kHz: frames of 100 bytes and 23.2 ms."""
    return (b"\xff\xf1\x50\x80" + bytes([100 >> 3 & 0xFF, (100 & 7) << 5 | 0x1F, 0xFC]) + bytes(93)) * frames


def amr_wb(frames: int = 50) -> bytes:
    return b"#!AMR-WB\n" + (bytes([0x44]) + bytes(60)) * frames


def midi(tracks: int = 2) -> bytes:
    track = b"MTrk" + struct.pack(">L", 20) + bytes(20)
    return b"MThd" + struct.pack(">LHHH", 6, 1, tracks, 96) + track * tracks

"""Sounds that are a row of frames or events: AMR, MPEG audio, MIDI."""

from __future__ import annotations

from typing import NamedTuple

from mmspack.media.containers.walk import Walk

_AMR_FRAMES = (12, 13, 15, 17, 19, 20, 26, 31, 5)
"""Bytes of a frame's speech by its mode (RFC 4867, table 1a, rounded up)."""


_AMR_WB_FRAMES = (17, 23, 32, 36, 40, 46, 50, 58, 60, 5)
"""The same for wide-band speech (RFC 4867, table 1b)."""


def walk_amr(data: bytes) -> Walk:
    """Channels and duration: frames of 20 ms each (RFC 4867, section 5)."""
    if data.startswith(b"#!AMR_MC1.0\n"):
        return Walk(channels=int.from_bytes(data[12:16], "big") & 15)
    return _speech(data, len(b"#!AMR\n"), _AMR_FRAMES, "AMR")


def walk_amr_wb(data: bytes) -> Walk:
    """The same for wide-band speech."""
    if data.startswith(b"#!AMR-WB_MC1.0\n"):
        return Walk(channels=int.from_bytes(data[15:19], "big") & 15)
    return _speech(data, len(b"#!AMR-WB\n"), _AMR_WB_FRAMES, "AMR-WB")


def _speech(data: bytes, at: int, lengths: tuple[int, ...], name: str) -> Walk:
    found, frames = Walk(channels=1), 0
    while at < len(data):
        mode = data[at] >> 3 & 15
        at += 1 + (lengths[mode] if mode < len(lengths) else 0)
        frames += 1
    found.duration_ms = frames * 20
    if not frames:
        found.error = f"empty {name}: no frame"
    elif at > len(data):
        found.error = f"truncated {name}: the last frame is incomplete"
    return found


def walk_midi(data: bytes) -> Walk:
    """The header of a MIDI file, and whether its tracks are whole; `frames` is its format (0, 1 or 2)."""
    if len(data) < 14:
        return Walk(error="truncated MIDI: the header is incomplete")
    found, at = Walk(frames=int.from_bytes(data[8:10], "big")), 0
    while at + 8 <= len(data) and data[at : at + 4] in (b"MThd", b"MTrk"):
        at += 8 + int.from_bytes(data[at + 4 : at + 8], "big")
    if at > len(data):
        found.error = "truncated MIDI: a track promises more bytes than there are"
    return found


def is_aac(data: bytes) -> bool:
    """An ADTS frame of AAC: twelve bits set, layer 0 (ISO/IEC 13818-7, 6.2)."""
    return len(data) >= 4 and data[0] == 0xFF and data[1] & 0xF6 == 0xF0


def is_mpeg(data: bytes) -> bool:
    """An MPEG audio frame: eleven bits set, then a layer and rates that are not reserved."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:
        return False
    # Layer I (both layer bits set) is never met, and its two bytes are the byte order mark of UTF-16.
    return data[1] & 0x06 in (0x02, 0x04) and data[1] & 0x18 != 0x08 and data[2] & 0xF0 not in (0x00, 0xF0)


# Rates of layers II and III in kbit/s, by the index in a frame's header (ISO/IEC 11172-3, 2.4.2.3).
_RATES_1_2 = (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)
_RATES_1_3 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_RATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_HERTZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_ADTS_HERTZ = (
    *(96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000),
    *(22_050, 16_000, 12_000, 11_025, 8_000, 7_350),
)


class _Frame(NamedTuple):
    """A frame of MPEG audio."""

    length: int
    samples: int
    hertz: int
    side: int
    """Bytes of side information, after which a Xing header stands."""


def walk_mpeg(data: bytes) -> Walk:
    """Duration of an MP3: by its Xing header where it has one, else by counting its frames."""
    at = start = _past_id3(data)
    samples, hertz, found = 0, 0, Walk()
    while True:
        frame = _mpeg_frame(data[at : at + 4])
        if frame is None:
            break
        if at == start:
            told = _xing(data[at : at + frame.length], frame)
            if told is not None:
                frames, size = told
                found.duration_ms = frames * frame.samples * 1000 // frame.hertz
                if size > len(data) - start:
                    there = len(data) - start
                    found.error = f"truncated MP3: its header promises {size:,} bytes, {there:,} are there"
                return found
        if at + frame.length > len(data):
            break  # a last frame that is not whole is common, and is not played
        samples, hertz, at = samples + frame.samples, frame.hertz, at + frame.length
    if hertz:
        found.duration_ms = samples * 1000 // hertz
    return found


def _past_id3(data: bytes) -> int:
    """Where the frames begin: past an ID3v2 tag, whose length has seven bits a byte."""
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    length = 0
    for byte in data[6:10]:
        length = length << 7 | byte & 0x7F
    at = 10 + length + (10 if data[5] & 0x10 else 0)
    while at < len(data) and not data[at]:  # padding that the tag does not count
        at += 1
    return at


def _mpeg_frame(head: bytes) -> _Frame | None:
    if not is_mpeg(head):
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    rate, hertz = head[2] >> 4, head[2] >> 2 & 3
    if hertz == 3 or version not in _HERTZ:
        return None
    per_second = _HERTZ[version][hertz]
    rates = _RATES_2 if version != 3 else _RATES_1_2 if layer == 2 else _RATES_1_3
    samples = 1152 if version == 3 or layer == 2 else 576
    length = samples // 8 * rates[rate] * 1000 // per_second + (head[2] >> 1 & 1)
    mono = head[3] >> 6 == 3
    side = (17 if mono else 32) if version == 3 else (9 if mono else 17)
    return _Frame(length, samples, per_second, side)


def _xing(frame: bytes, about: _Frame) -> tuple[int, int] | None:
    """Frames and bytes by a Xing or Info header (0 bytes where it does not say); None where there is none."""
    at = 4 + about.side
    flags = int.from_bytes(frame[at + 4 : at + 8], "big")
    if frame[at : at + 4] not in (b"Xing", b"Info") or not flags & 1:
        return None
    size = int.from_bytes(frame[at + 12 : at + 16], "big") if flags & 2 else 0
    return int.from_bytes(frame[at + 8 : at + 12], "big"), size


def walk_aac(data: bytes) -> Walk:
    """Duration of AAC in ADTS: frames of 1,024 samples (ISO/IEC 13818-7, 6.2)."""
    found, at, frames, hertz = Walk(), 0, 0, 0
    while is_aac(data[at : at + 4]) and at + 7 <= len(data):
        rate = data[at + 2] >> 2 & 15
        length = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
        if length < 7 or rate >= len(_ADTS_HERTZ):
            break
        if at + length > len(data):
            found.error = "truncated AAC: the last frame is incomplete"
            break
        frames, hertz, at = frames + 1, _ADTS_HERTZ[rate], at + length
    if hertz:
        found.duration_ms = frames * 1024 * 1000 // hertz
    return found

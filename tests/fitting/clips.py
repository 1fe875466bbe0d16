"""Small films and sounds with real pictures in them, as phones make them: drawn, and encoded by PyAV."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from fractions import Fraction

import av
import numpy as np
from PIL import Image


def frame(at: int, size: tuple[int, int]) -> np.ndarray:
    """A disc that moves over stripes: the top left is red, so that a turn shows."""
    wide, high = size
    y, x = np.mgrid[0:high, 0:wide]
    shade = 128 + 60 * np.sin((x + 3 * at) / 9) + 40 * np.sin((y - at) / 7)
    picture = np.stack([shade, shade * 0.8, 255 - shade], axis=-1)
    disc = (x - wide / 2 - wide / 4 * math.sin(at / 9)) ** 2 + (y - high / 2) ** 2 < (high / 6) ** 2
    picture[disc] = (250, 220, 60)
    picture[: high // 4, : wide // 4] = (230, 20, 20)
    return np.clip(picture, 0, 255).astype(np.uint8)


def screen(at: int, size: tuple[int, int]) -> np.ndarray:
    """A bar that moves over a flat ground."""
    picture = np.full((size[1], size[0], 3), 240, np.uint8)
    picture[20:60, 10 + 2 * at : 60 + 2 * at] = (20, 60, 160)
    return picture


def make_film(
    *,
    size: tuple[int, int] = (320, 180),
    seconds: float = 2.0,
    rate: int = 30,
    container: str = "mp4",
    codec: str = "libx264",
    sound: bool = True,
    turned: int = 0,
    pixels: str = "yuv420p",
    options: dict[str, str] | None = None,
    times: list[int] | None = None,
    shown: Callable[[int, tuple[int, int]], np.ndarray] = frame,
    matrix: str | None = None,
) -> bytes:
    """A film with a tone. `times` are the frames' own, in milliseconds: a variable rate; `shown` draws.

    `matrix` codes its colours (`ITU709`, `ITU601`), of which the file says nothing by itself.
    """
    stream = io.BytesIO()
    with av.open(stream, "w", format=container) as out:
        film = out.add_stream(codec, rate=rate, options=options or {})
        film.width, film.height, film.pix_fmt = *size, pixels
        if turned:
            film.set_display_rotation(-turned)
        tone = (
            out.add_stream("aac" if container in ("mp4", "mov", "3gp") else "libopus", rate=48_000)
            if sound
            else None
        )
        count = len(times) if times else round(seconds * rate)
        if times:
            film.codec_context.time_base = Fraction(1, 1000)
        for at in range(count):
            drawn = av.VideoFrame.from_ndarray(shown(at, size), "rgb24")
            drawn = drawn.reformat(format=pixels, dst_colorspace=matrix)
            drawn.pts = times[at] if times else at
            drawn.time_base = Fraction(1, 1000) if times else Fraction(1, rate)
            out.mux(film.encode(drawn))
        out.mux(film.encode(None))
        if tone is not None:
            for samples in _tone(seconds, tone.codec_context.frame_size or 1024):
                out.mux(tone.encode(samples))
            out.mux(tone.encode(None))
    return stream.getvalue()


def make_sound(container: str = "mov", codec: str = "aac", seconds: float = 1.0) -> bytes:
    """A tone, and nothing else, in the container of a film."""
    stream = io.BytesIO()
    with av.open(stream, "w", format=container) as out:
        tone = out.add_stream(codec, rate=48_000)
        for samples in _tone(seconds, tone.codec_context.frame_size or 1024):
            out.mux(tone.encode(samples))
        out.mux(tone.encode(None))
    return stream.getvalue()


def copied(source, made, kind: str = "") -> None:
    """The coded tracks of a film, or those of one kind alone, into a file that is being made."""
    wanted = [track for track in source.streams if kind in ("", track.type)]
    tracks = {track.index: made.add_stream_from_template(track) for track in wanted}
    for packet in source.demux(wanted):
        if packet.dts is not None:
            packet.stream = tracks[packet.stream.index]
            made.mux(packet)


def in_container(data: bytes, container: str, kind: str = "", stream: io.BytesIO | None = None) -> bytes:
    """A film, or its tracks of one kind alone, with all that is coded as it was."""
    stream = stream or io.BytesIO()
    with av.open(io.BytesIO(data)) as source, av.open(stream, "w", format=container) as made:
        copied(source, made, kind)
    return stream.getvalue()


def damaged(data: bytes, seconds: float, kind: str = "video") -> bytes:
    """The same with other bytes in three packets from that time: a decoder does not notice each of them."""
    changed = bytearray(data)
    with av.open(io.BytesIO(data)) as found:
        packets = found.demux(**{kind: 0})
        later = [one for one in packets if one.pts is not None and one.pts * one.time_base >= seconds]
    for packet in later[:3]:
        for at in range(packet.pos + packet.size // 4, packet.pos + packet.size):
            changed[at] ^= 0x5A
    return bytes(changed)


def make_sequence(still: bytes = b"") -> bytes:
    """A HEIC with a sequence of ten frames, after the `still` (a HEIC of its own) where there is one."""
    film = make_film(size=(200, 120), seconds=1, rate=10, codec="libx265", sound=False)
    begins = int.from_bytes(film[:4], "big")
    moved = bytearray(film[begins:].replace(b"vide", b"pict", 1).replace(b"hev1", b"hvc1", 1))
    table = moved.index(b"stco")
    for at in range(table + 12, table + 12 + 4 * int.from_bytes(moved[table + 8 : table + 12], "big"), 4):
        place = int.from_bytes(moved[at : at + 4], "big") + (len(still) - begins if still else 0)
        moved[at : at + 4] = place.to_bytes(4, "big")
    if not still:
        return film[:8] + b"hevc" + film[12:16] + b"msf1" + film[20:begins] + bytes(moved)
    ends = int.from_bytes(still[:4], "big")
    return still[: ends - 4] + b"msf1" + still[ends:] + bytes(moved)


def _tone(seconds: float, length: int):
    wave = (9000 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * 48_000)) / 48_000)).astype(np.int16)
    for at in range(0, wave.size - length, length):
        piece = av.AudioFrame.from_ndarray(wave[None, at : at + length], format="s16", layout="mono")
        piece.sample_rate, piece.pts, piece.time_base = 48_000, at, Fraction(1, 48_000)
        yield piece


def opened(data: bytes) -> dict[str, object]:
    """What an independent reader makes of a film or a sound that was built."""
    with av.open(io.BytesIO(data)) as found:
        told: dict[str, object] = {"seconds": (found.duration or 0) / av.time_base}
        for stream in found.streams:
            context = stream.codec_context
            told[stream.type] = context.codec.canonical_name
            if stream.type == "video":
                told |= {"size": (context.width, context.height), "pixels": context.pix_fmt}
                told |= {"profile": context.profile, "level": context.level, "rate": stream.average_rate}
            else:
                told |= {"hertz": context.sample_rate, "channels": context.layout.nb_channels}
        if found.streams.video:
            told["frames"] = sum(1 for _ in found.decode(video=0))
        return told


def first_frame(data: bytes) -> Image.Image:
    """The first frame as a picture."""
    with av.open(io.BytesIO(data)) as found:
        return next(found.decode(video=0)).to_image()


def make_wav(seconds: float = 3.0, rate: int = 44_100) -> bytes:
    """A WAV of a tone that swells."""
    import wave

    at = np.arange(round(seconds * rate)) / rate
    level = 9000 * np.sin(2 * np.pi * (300 + 200 * np.sin(at)) * at) * (0.6 + 0.4 * np.sin(3 * at))
    stream = io.BytesIO()
    with wave.open(stream, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(level.astype(np.int16).tobytes())
    return stream.getvalue()


def pictures(data: bytes) -> list[bytes]:
    """The packets of its film, as they are coded."""
    return _packets(data, video=0)


def sounds(data: bytes) -> list[bytes]:
    """The packets of its sound, as they are coded."""
    return _packets(data, audio=0)


def _packets(data: bytes, **track: int) -> list[bytes]:
    with av.open(io.BytesIO(data)) as found:
        return [bytes(packet) for packet in found.demux(**track) if packet.size]

"""Sources in the child process: films and sounds of strangers, and nothing that they refer to.

They are read through a Python file, for which libavformat has no protocols, and what a demuxer asks for
besides is refused (`_nothing_else`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from mmspack.film.clip import MAX_FRAMES, MAX_SIDE_PIXELS
from mmspack.film.worker_frames import RawFrames, counted, graph_of, pulled

DECODERS = (
    *("h264", "hevc", "av1", "libdav1d", "vp8", "vp9", "mpeg4", "h263", "mpeg2video", "mjpeg", "prores"),
    *("aac", "amrnb", "amrwb", "libopencore_amrnb", "mp3", "mp3float", "mp2", "opus", "libopus", "vorbis"),
    *("libvorbis", "alac", "flac", "ac3", "eac3", "adpcm_ima_wav", "adpcm_ima_qt", "pcm_s16le", "pcm_s16be"),
    *("pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_u8", "pcm_s8"),
    *("pcm_alaw", "pcm_mulaw"),
)
"""What is decoded; every other decoder of the library stays shut."""
_TURNS = {90: [("transpose", "clock")], 180: [("hflip", ""), ("vflip", "")], 270: [("transpose", "cclock")]}
_HDR = {16: "pq", 18: "hlg"}
"""Transfer characteristics by their number (ITU-T H.273, table 3)."""
_WITHOUT_LENGTH = ("aac", "amr", "mp3")
"""Readers of formats that do not say how long they play. libavformat guesses it from the first bit rates: of
a recording that begins with silence, ten times too much."""
_MOST_FAULTS = 1000
"""Places of damage that are noted."""
_LARGE = 3_000_000
"""Pixels of a frame above which two threads decode: each holds frames of its own."""


class Undecodable(Exception):
    """A source that is not decoded, and why."""

    def __init__(self, why: str, *, damaged: bool = False) -> None:
        super().__init__(why)
        self.damaged = damaged


def _nothing_else(*_: object) -> Any:
    raise OSError("a film may refer to nothing outside itself")


@contextlib.contextmanager
def opened_source(source: str, demuxer: str) -> Iterator[av.container.InputContainer]:
    """A source by the reader that its first bytes name."""
    options = {"codec_whitelist": ",".join(DECODERS), "max_pixels": str(MAX_SIDE_PIXELS)}
    with (
        Path(source).open("rb") as stream,
        av.open(stream, format=demuxer, container_options=options, io_open=_nothing_else) as opened,
    ):
        yield opened


def track_of(opened: av.container.InputContainer, kind: str) -> Any:
    """The first track of a kind that is not a picture of the cover; None where there is none."""
    for stream in opened.streams:
        cover = bool(stream.disposition & av.stream.Disposition.attached_pic)
        if stream.type != kind or cover:
            continue
        context = stream.codec_context
        if context is None:
            continue
        if kind == "video" and context.width * context.height > MAX_SIDE_PIXELS:
            raise Undecodable(f"refused: frames of {context.width} × {context.height} pixels are too large")
        if context.codec.name not in DECODERS:
            raise Undecodable(f"is coded as {context.codec.name}, which is not decoded here")
        if kind == "video":
            context.thread_count = 2 if context.width * context.height > _LARGE else 4
            context.thread_type = "AUTO"
        return stream
    return None


def facts(source: str, demuxer: str) -> dict[str, Any]:
    """What the source is, its first frame decoded."""
    with opened_source(source, demuxer) as opened:
        film, sound = track_of(opened, "video"), track_of(opened, "audio")
        found = _lengths(opened, demuxer, film, sound)
        if sound is not None:
            context = sound.codec_context
            found |= {
                "audio": context.codec.canonical_name, "sample_rate": context.sample_rate or 0,
                "channels": context.layout.nb_channels,
            }  # fmt: skip
        if film is None:
            return found
        frame = next(opened.decode(film), None)
        if frame is None:
            raise Undecodable("truncated: no frame of it can be decoded", damaged=True)
        rotation = -frame.rotation % 360 // 90 * 90
        wide, high = frame.width, frame.height
        shape = film.sample_aspect_ratio
        if shape and shape != 1 and Fraction(1, 8) <= shape <= 8:
            wide = max(1, round(wide * shape))
        if rotation % 180:
            wide, high = high, wide
        # Of a variable rate not the average: a recorded screen that rests most of the time would stutter.
        rate = film.guessed_rate or film.average_rate or Fraction(0)
        return found | {
            "width": wide, "height": high, "rotation": rotation,
            "rate": f"{rate.numerator}/{rate.denominator}", "video": film.codec_context.codec.canonical_name,
            "deep": max(part.bits for part in frame.format.components) > 8,
            "hdr": _HDR.get(int(frame.color_trc), ""),
        }  # fmt: skip


def _lengths(opened: Any, demuxer: str, film: Any, sound: Any) -> dict[str, Any]:
    """How long the file and its tracks play, in seconds."""
    if demuxer in _WITHOUT_LENGTH and sound is not None:
        counted_up = sum(packet.duration or 0 for packet in opened.demux(sound))
        seconds = float(counted_up * sound.time_base)
        return {"seconds": seconds, "played_seconds": seconds}
    seconds = (opened.duration or 0) / av.time_base
    tracks = [track for track in (film, sound) if track is not None and track.duration]
    lengths = [float(track.duration * track.time_base) for track in tracks]
    return {"seconds": seconds, "played_seconds": max(lengths, default=seconds)}


def filtered(
    opened: Any, stream: Any, filters: list[list[str]], start: float, end: float | None, damaged: list[float]
) -> Iterator[Any]:
    """The frames between two times, filtered; raises where none can be decoded.

    `damaged` gets the times at which some are missing or wrong, in seconds of the source.
    """
    sink = "buffersink" if stream.type == "video" else "abuffersink"
    if start > 1:
        # Seeking lands on the key frame before; what comes before the start is decoded and left out.
        opened.seek(int((start - 0.5) * av.time_base))
    zero = float((stream.start_time or 0) * stream.time_base)
    graph, seen = None, 0
    faults: list[float] = []
    for frame in _decoded(opened, stream, faults):
        seen += 1
        if seen > MAX_FRAMES * (20 if sink == "abuffersink" else 1):
            return
        at = (frame.time or 0.0) - zero
        if at < start - 1e-6:
            continue
        if end is not None and at >= end:
            break
        graph = graph or graph_of(stream, filters, sink)
        damaged += [fault - zero for fault in faults[: _MOST_FAULTS - len(damaged)] if fault - zero >= start]
        faults.clear()
        graph.push(frame)
        yield from pulled(graph)
    if graph is not None:
        graph.push(None)
        yield from pulled(graph)


def _decoded(opened: Any, stream: Any, faults: list[float]) -> Iterator[Any]:
    """All frames that can be decoded: a damaged packet costs its own, and not all that come after it.

    `faults` gets the times of damaged packets and frames, in seconds, before the frame that comes next. What
    is before the first frame and after the last does not count: cutting a stream leaves such packets.
    Raises what the decoder raised where there is no frame at all.
    """
    any_yet, fault = False, None
    at = 0.0
    try:
        for packet in opened.demux(stream):
            at = float(packet.pts * packet.time_base) if packet.pts is not None else at
            try:
                frames = packet.decode()
            except av.error.FFmpegError as error:
                fault = error
                if any_yet:
                    faults.append(at)
                continue
            for frame in frames:
                any_yet = True
                if frame.is_corrupt:
                    faults.append(at if frame.time is None else frame.time)
                yield frame
    except av.error.FFmpegError as error:
        fault = error
    if fault is not None and not any_yet:
        raise fault


def _upright(rotation: int, filters: list[list[str]]) -> list[list[str]]:
    return [*([list(one) for one in _TURNS.get(rotation, [])]), *filters]


def spool(
    source: str,
    demuxer: str,
    to: str,
    filters: list[list[str]],
    rotation: int,
    start: float,
    end: float | None,
    most: int,
) -> tuple[int, list[float]]:
    """Frames of the source, filtered to yuv420p of one size and rate, into a file.

    How many there are, and where the source is damaged.
    """
    damaged: list[float] = []
    with opened_source(source, demuxer) as opened, RawFrames(to) as out:
        stream = track_of(opened, "video")
        chain = _upright(rotation, filters)
        for frame in counted(filtered(opened, stream, chain, start, end, damaged)):
            out.write(frame)
            if out.count >= most:
                break
    return out.count, damaged


def sound(
    source: str, demuxer: str, to: str, rate: int, channels: int, start: float, end: float | None
) -> tuple[int, list[float]]:
    """Sound of the source as 16-bit samples into a file.

    How many there are of each channel, and where the source is damaged.
    """
    damaged: list[float] = []
    layout = "mono" if channels == 1 else "stereo"
    chain = [["aformat", f"sample_fmts=s16:sample_rates={rate}:channel_layouts={layout}"]]
    count = 0
    with opened_source(source, demuxer) as opened, Path(to).open("wb") as out:
        stream = track_of(opened, "audio")
        for frame in filtered(opened, stream, chain, start, end, damaged):
            out.write(bytes(frame.planes[0])[: frame.samples * channels * 2])
            count += frame.samples
    return count, damaged

"""The child process: PyAV, behind limits of the operating system.

It reads one request a line from its input and writes one answer a line, both in JSON; media go through files
in a folder that the parent names. While frames are gone through, lines with their number come before the
answer. It opens what it is given and nothing that a file refers to: sources are
read through a Python file, for which libavformat has no protocols, and what a demuxer asks for besides is
refused (`_nothing_else`).
"""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import sys
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.filter
import av.logging

from mmspack.film.clip import MAX_FRAMES, MAX_SIDE_PIXELS
from mmspack.film.limits import limit

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
_LARGE = 3_000_000
"""Pixels of a frame above which two threads decode: each holds frames of its own."""
_EACH_SECONDS = 0.1
"""Seconds between two reports of how far a request is: often enough for a bar."""


class Undecodable(Exception):
    """A source that is not decoded, and why."""


def main() -> None:
    """Answer requests until the input ends."""
    limit()
    # PyAV's own callback takes Python's lock, for which a decoder's thread then waits while it is joined.
    av.logging.restore_default_callback()
    av.logging.set_libav_level(av.logging.PANIC)
    for line in sys.stdin.buffer:
        request = json.loads(line)
        try:
            answer = {"ok": _OPERATIONS[request.pop("do")](**request)}
        except Undecodable as error:
            answer = {"error": str(error)}
        except (av.error.FFmpegError, ValueError, OSError, EOFError, OverflowError) as error:
            answer = {"error": f"cannot be decoded: {_phrase(error)}"}
        except MemoryError:
            answer = {"error": "refused: it takes more memory than a clip may"}
        _say(answer)


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    sys.stdout.buffer.flush()


def _counted(frames: Iterator[Any]) -> Iterator[Any]:
    """The same frames; how many there have been is reported now and then, and at the end."""
    count, due = 0, time.monotonic() + _EACH_SECONDS
    for frame in frames:
        yield frame
        count += 1
        if time.monotonic() >= due:
            _say({"frames": count})
            due = time.monotonic() + _EACH_SECONDS
    _say({"frames": count})


def _phrase(error: Exception) -> str:
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(words.split())[:120].lower()


# -- reading --------------------------------------------------------------------------------------


def _nothing_else(*_: object) -> Any:
    raise OSError("a film may refer to nothing outside itself")


@contextlib.contextmanager
def _opened(source: str, demuxer: str) -> Iterator[av.container.InputContainer]:
    options = {"codec_whitelist": ",".join(DECODERS), "max_pixels": str(MAX_SIDE_PIXELS)}
    with (
        Path(source).open("rb") as stream,
        av.open(stream, format=demuxer, container_options=options, io_open=_nothing_else) as opened,
    ):
        yield opened


def _stream(opened: av.container.InputContainer, kind: str) -> Any:
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
    with _opened(source, demuxer) as opened:
        found: dict[str, Any] = {"seconds": (opened.duration or 0) / av.time_base}
        film, sound = _stream(opened, "video"), _stream(opened, "audio")
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
            raise Undecodable("truncated: no frame of it can be decoded")
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


def _graph(stream: Any, filters: list[list[str]], sink: str) -> Any:
    graph = av.filter.Graph()
    last = graph.add_buffer(template=stream) if sink == "buffersink" else graph.add_abuffer(template=stream)
    for name, arguments in filters:
        node = graph.add(name, arguments or None)
        last.link_to(node)
        last = node
    last.link_to(graph.add(sink))
    graph.configure()
    return graph


def _filtered(
    opened: Any, stream: Any, filters: list[list[str]], start: float, end: float | None
) -> Iterator[Any]:
    """The frames between two times, filtered. A damaged end is left out, a damaged start raises."""
    sink = "buffersink" if stream.type == "video" else "abuffersink"
    if start > 1:
        # Seeking lands on the key frame before; what comes before the start is decoded and left out.
        opened.seek(int((start - 0.5) * av.time_base))
    zero = float((stream.start_time or 0) * stream.time_base)
    graph, seen = None, 0
    for frame in _decoded(opened, stream):
        seen += 1
        if seen > MAX_FRAMES * (20 if sink == "abuffersink" else 1):
            return
        at = (frame.time or 0.0) - zero
        if at < start - 1e-6:
            continue
        if end is not None and at >= end:
            break
        graph = graph or _graph(stream, filters, sink)
        graph.push(frame)
        yield from _pulled(graph)
    if graph is not None:
        graph.push(None)
        yield from _pulled(graph)


def _decoded(opened: Any, stream: Any) -> Iterator[Any]:
    any_yet = False
    try:
        for frame in opened.decode(stream):
            any_yet = True
            yield frame
    except av.error.FFmpegError:
        if not any_yet:
            raise


def _pulled(graph: Any) -> Iterator[Any]:
    while True:
        try:
            yield graph.pull()
        except (BlockingIOError, av.error.EOFError, av.error.BlockingIOError):
            return


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
) -> int:
    """Frames of the source, filtered to yuv420p of one size and rate, into a file; how many there are."""
    with _opened(source, demuxer) as opened, _RawFrames(to) as out:
        stream = _stream(opened, "video")
        for frame in _counted(_filtered(opened, stream, _upright(rotation, filters), start, end)):
            out.write(frame)
            if out.count >= most:
                break
    return out.count


class _RawFrames:
    """A file of raw frames, written by libavformat: row by row from here took a tenth of a spool's time."""

    def __init__(self, to: str) -> None:
        Path(to).write_bytes(b"")  # libavformat opens it with the first frame, and there may be none
        self._out = av.open(to, "w", format="rawvideo")
        self._track: Any = None
        self.count = 0

    def __enter__(self) -> _RawFrames:
        return self

    def __exit__(self, *_: object) -> None:
        if self._track is not None:
            self._out.mux(self._track.encode(None))
        self._out.close()

    def write(self, frame: Any) -> None:
        if self._track is None:
            self._track = self._out.add_stream("rawvideo", rate=1)
            self._track.width, self._track.height = frame.width, frame.height
            self._track.pix_fmt = "yuv420p"
        frame.pts, frame.time_base = self.count, Fraction(1)
        self.count += 1
        self._out.mux(self._track.encode(frame))


def sound(
    source: str, demuxer: str, to: str, rate: int, channels: int, start: float, end: float | None
) -> int:
    """Sound of the source as 16-bit samples into a file; how many there are of each channel."""
    layout = "mono" if channels == 1 else "stereo"
    chain = [["aformat", f"sample_fmts=s16:sample_rates={rate}:channel_layouts={layout}"]]
    count = 0
    with _opened(source, demuxer) as opened, Path(to).open("wb") as out:
        stream = _stream(opened, "audio")
        for frame in _filtered(opened, stream, chain, start, end):
            out.write(bytes(frame.planes[0])[: frame.samples * channels * 2])
            count += frame.samples
    return count


# -- writing --------------------------------------------------------------------------------------


def encode(
    spool: str,
    size: list[int],
    rate: str,
    to: str,
    coding: dict[str, Any],
    target: list[int],
    count: int,
    ranges: list[list[int]] | None,
) -> int:
    """The first frames of a spool as one video track in a file; its bytes. `ranges` takes parts of them."""
    per, every = Fraction(rate), coding["every"]
    context = dict(coding["options"])
    with av.open(to, "w", format=coding["container"]) as out:
        out.flags |= int(av.container.Flags.bitexact.value)
        track = out.add_stream(coding["codec"], rate=per / every, options=context)
        track.width, track.height = target
        track.pix_fmt = "yuv420p"
        if coding["bit_rate"]:
            track.bit_rate = coding["bit_rate"]
        track.time_base = 1 / (per / every)
        # Slices cost 15 % of the bytes at these sizes, and are what PyAV asks for by itself.
        track.codec_context.thread_type = "FRAME"
        chain = [*coding["filters"], ["format", "yuv420p"]]
        graph = _raw_graph(size, per / every, chain)
        for frame in _spooled(spool, size, per, every, count if ranges is None else None, ranges):
            graph.push(frame)
            for frame in _pulled(graph):
                out.mux(track.encode(_plain(frame)))
        graph.push(None)
        for frame in _pulled(graph):
            out.mux(track.encode(_plain(frame)))
        out.mux(track.encode(None))
    return Path(to).stat().st_size


def _plain(frame: Any) -> Any:
    frame.pict_type = 0
    return frame


def _spooled(
    spool: str,
    size: list[int],
    rate: Fraction,
    every: int,
    count: int | None,
    ranges: list[list[int]] | None,
) -> Iterator[Any]:
    """Each `every`-th frame of a spool, or of parts of it, at a rate that is as much lower."""
    options = {"video_size": f"{size[0]}x{size[1]}", "pixel_format": "yuv420p", "framerate": str(rate)}
    # libavformat reads the frames, and is given the parts as if they were all: a copy from here took 2 ms.
    source = spool if ranges is None else _parts(spool, size[0] * size[1] * 3 // 2, ranges)
    with av.open(source, format="rawvideo", options=options) as opened:
        at = 0
        for number, frame in enumerate(_counted(itertools.islice(opened.decode(video=0), count))):
            # Each part begins with a frame of its own.
            if (number if ranges is None else _within(number, ranges)) % every == 0:
                frame.pts, frame.time_base = at, every / rate
                at += 1
                yield frame


def _parts(spool: str, length: int, ranges: list[list[int]]) -> io.BytesIO:
    parts = io.BytesIO()
    with Path(spool).open("rb") as frames:
        for first, last in ranges:
            frames.seek(first * length)
            parts.write(frames.read((last - first) * length))
    parts.seek(0)
    return parts


def _within(number: int, ranges: list[list[int]]) -> int:
    """The place of a frame in its own part."""
    for first, last in ranges:
        if number < last - first:
            return number
        number -= last - first
    return number


def _raw_graph(size: list[int], rate: Fraction, filters: list[list[str]]) -> Any:
    graph = av.filter.Graph()
    last = graph.add_buffer(width=size[0], height=size[1], format="yuv420p", time_base=1 / rate)
    for name, arguments in filters:
        node = graph.add(name, arguments or None)
        last.link_to(node)
        last = node
    last.link_to(graph.add("buffersink"))
    graph.configure()
    return graph


def encode_sound(samples: str, rate: int, channels: int, to: str, coding: dict[str, Any]) -> int:
    """Samples as one sound track in a file; its bytes."""
    layout = "mono" if channels == 1 else "stereo"
    context = dict(coding["options"])
    with Path(samples).open("rb") as stream, av.open(to, "w", format=coding["container"]) as out:
        out.flags |= int(av.container.Flags.bitexact.value)
        track = out.add_stream(coding["codec"], rate=rate, options=context, layout=layout)
        track.bit_rate = coding["bit_rate"]
        length = 2 * channels
        at = 0
        while data := stream.read(1024 * length):
            frame = av.AudioFrame(format="s16", layout=layout, samples=len(data) // length)
            frame.planes[0].update(data.ljust(frame.planes[0].buffer_size, b"\0"))
            frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
            at += frame.samples
            out.mux(track.encode(frame))
        out.mux(track.encode(None))
    return Path(to).stat().st_size


def mux(parts: list[str], to: str, container: str, options: list[list[str]]) -> int:
    """Tracks of several files in one, packets as they are, in the order of time; its bytes."""
    with contextlib.ExitStack() as stack:
        sources = [stack.enter_context(av.open(part)) for part in parts]
        _copy([source.streams[0] for source in sources], to, container, options)
    return Path(to).stat().st_size


def rewrap(
    source: str, demuxer: str, sound: str | None, to: str, container: str, options: list[list[str]]
) -> int:
    """The source's pictures, and its sound or another one, packets as they are, in a file; its bytes."""
    with contextlib.ExitStack() as stack:
        opened = stack.enter_context(_opened(source, demuxer))
        heard = stack.enter_context(av.open(sound) if sound else _opened(source, demuxer))
        tracks = [_stream(opened, "video"), heard.streams[0] if sound else _stream(heard, "audio")]
        _copy([track for track in tracks if track is not None], to, container, options)
    return Path(to).stat().st_size


def _copy(streams: list[Any], to: str, container: str, options: list[list[str]]) -> None:
    """Tracks of several openings in one file, in the order of time."""
    with av.open(to, "w", format=container, options=dict(options)) as out:
        out.flags |= int(av.container.Flags.bitexact.value)
        packets: list[Any] = []
        for stream in streams:
            track = out.add_stream_from_template(stream)
            for packet in stream.container.demux(stream):
                if packet.dts is not None:
                    packets.append((float(packet.dts * packet.time_base), len(packets), packet, track))
        for _, _, packet, track in sorted(packets, key=lambda one: one[:2]):
            packet.stream = track
            out.mux(packet)


def frames(film: str, to: str, filters: list[list[str]], numbers: list[int]) -> int:
    """Some frames of a film that was made here, as raw frames in a file; how many there are."""
    wanted = set(numbers)
    with av.open(film) as opened, _RawFrames(to) as out:
        stream = opened.streams.video[0]
        stream.thread_type = "AUTO"
        graph = None
        for at, frame in enumerate(opened.decode(stream)):
            if at > max(wanted, default=0):
                break
            if at not in wanted:
                continue
            graph = graph or _graph(stream, filters, "buffersink")
            graph.push(frame)
            for shown in _pulled(graph):
                out.write(shown)
    return out.count


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "facts": facts,
    "spool": spool,
    "sound": sound,
    "encode": encode,
    "encode_sound": encode_sound,
    "mux": mux,
    "rewrap": rewrap,
    "frames": frames,
}

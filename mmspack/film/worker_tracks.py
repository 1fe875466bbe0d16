"""Tracks that the child process makes: encoded from raw frames and samples, or copied packet by packet."""

from __future__ import annotations

import contextlib
import io
import itertools
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from mmspack.film.worker_frames import RawFrames, counted, graph_of, graph_of_raw, pulled
from mmspack.film.worker_source import opened_source, track_of


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
        graph = graph_of_raw(size, per / every, chain)
        for frame in _spooled(spool, size, per, every, count if ranges is None else None, ranges):
            graph.push(frame)
            for frame in pulled(graph):
                out.mux(track.encode(_plain(frame)))
        graph.push(None)
        for frame in pulled(graph):
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
        for number, frame in enumerate(counted(itertools.islice(opened.decode(video=0), count))):
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
    source: str,
    demuxer: str,
    sound: str | None,
    mute: bool,
    to: str,
    container: str,
    options: list[list[str]],
) -> int:
    """The source's pictures, with its sound, another one or none, not re-encoded, in a file; its bytes."""
    with contextlib.ExitStack() as stack:
        tracks = [track_of(stack.enter_context(opened_source(source, demuxer)), "video")]
        if sound:
            tracks.append(stack.enter_context(av.open(sound)).streams[0])
        elif not mute:
            tracks.append(track_of(stack.enter_context(opened_source(source, demuxer)), "audio"))
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
    with av.open(film) as opened, RawFrames(to) as out:
        stream = opened.streams.video[0]
        stream.thread_type = "AUTO"
        graph = None
        for at, frame in enumerate(opened.decode(stream)):
            if at > max(wanted, default=0):
                break
            if at not in wanted:
                continue
            graph = graph or graph_of(stream, filters, "buffersink")
            graph.push(frame)
            for shown in pulled(graph):
                out.write(shown)
    return out.count

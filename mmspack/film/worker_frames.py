"""Frames on their way through the child process: reported, filtered, and kept as they are in a file."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.filter

_EACH_SECONDS = 0.1
"""Seconds between two reports of how far a request is: often enough for a bar."""


def say(answer: dict[str, Any]) -> None:
    """One line to the process that asked."""
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    sys.stdout.buffer.flush()


def counted(frames: Iterator[Any]) -> Iterator[Any]:
    """The same frames; how many there have been is reported now and then, and at the end."""
    count, due = 0, time.monotonic() + _EACH_SECONDS
    for frame in frames:
        yield frame
        count += 1
        if time.monotonic() >= due:
            say({"frames": count})
            due = time.monotonic() + _EACH_SECONDS
    say({"frames": count})


def graph_of(stream: Any, filters: list[list[str]], sink: str) -> Any:
    """Filters behind a track, in a row."""
    graph = av.filter.Graph()
    source = graph.add_buffer(template=stream) if sink == "buffersink" else graph.add_abuffer(template=stream)
    return _in_a_row(graph, source, filters, sink)


def graph_of_raw(size: list[int], rate: Fraction, filters: list[list[str]]) -> Any:
    """Filters behind raw frames, in a row."""
    graph = av.filter.Graph()
    source = graph.add_buffer(width=size[0], height=size[1], format="yuv420p", time_base=1 / rate)
    return _in_a_row(graph, source, filters, "buffersink")


def _in_a_row(graph: Any, last: Any, filters: list[list[str]], sink: str) -> Any:
    for name, arguments in filters:
        node = graph.add(name, arguments or None)
        last.link_to(node)
        last = node
    last.link_to(graph.add(sink))
    graph.configure()
    return graph


def pulled(graph: Any) -> Iterator[Any]:
    """What has come out of filters so far."""
    while True:
        try:
            yield graph.pull()
        except (BlockingIOError, av.error.EOFError, av.error.BlockingIOError):
            return


class RawFrames:
    """A file of raw frames, written by libavformat: row by row from here took a tenth of a spool's time."""

    def __init__(self, to: str) -> None:
        Path(to).write_bytes(b"")  # libavformat opens it with the first frame, and there may be none
        self._out = av.open(to, "w", format="rawvideo")
        self._track: Any = None
        self.count = 0

    def __enter__(self) -> RawFrames:
        return self

    def __exit__(self, *_: object) -> None:
        if self._track is not None:
            self._out.mux(self._track.encode(None))
        self._out.close()

    def write(self, frame: Any) -> None:
        """One frame more; all have the size of the first."""
        if self._track is None:
            self._track = self._out.add_stream("rawvideo", rate=1)
            self._track.width, self._track.height = frame.width, frame.height
            self._track.pix_fmt = "yuv420p"
        frame.pts, frame.time_base = self.count, Fraction(1)
        self.count += 1
        self._out.mux(self._track.encode(frame))

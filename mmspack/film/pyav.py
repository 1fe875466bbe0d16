"""PyAV in a child process, as an engine."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any, cast

from mmspack.errors import MediaError
from mmspack.film.clip import ClipFacts, Filter, Samples, Spool, Tick, TrackCoding, UndecodedClip
from mmspack.film.limits import TIMEOUT
from mmspack.media import damage

_START = "import sys; sys.path[:0] = [sys.argv[1]]; from mmspack.film.worker import main; main()"

_INDEX_FIRST = [["movflags", "+faststart"]]


def pyav_version() -> str:
    """`pyav 18.1.0`."""
    try:
        return f"pyav {version('av')}"
    except PackageNotFoundError:
        return "pyav"


class PyavEngine:
    """A child that answers one request after the other. Its requests may come from several threads."""

    def __init__(self, source: Path, demuxer: str) -> None:
        self._source: dict[str, Any] = {"source": str(source), "demuxer": demuxer}
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._closed = False

    def facts(self) -> ClipFacts:
        """What the source is."""
        found = self._ask("facts", **self._source)
        return ClipFacts(**{**found, "rate": Fraction(found.get("rate", "0"))})

    def spool(
        self,
        to: Path,
        *,
        size: tuple[int, int],
        rate: Fraction,
        filters: Sequence[Filter],
        rotation: int,
        start: float,
        end: float | None,
        most: int,
        tick: Tick | None = None,
    ) -> Spool:
        """The frames as they are wanted."""
        count, damaged = self._ask(
            "spool", tick, **self._source, to=str(to), filters=list(filters), rotation=rotation, start=start,
            end=end, most=most,
        )  # fmt: skip
        return Spool(path=to, width=size[0], height=size[1], rate=rate, frames=count, damaged=tuple(damaged))

    def sound(self, to: Path, *, rate: int, channels: int, start: float, end: float | None) -> Samples:
        """The sound as it is wanted."""
        count, damaged = self._ask(
            "sound", **self._source, to=str(to), rate=rate, channels=channels, start=start, end=end
        )
        return Samples(path=to, rate=rate, channels=channels, count=count, damaged=tuple(damaged))

    def encode(
        self,
        spool: Spool,
        to: Path,
        coding: TrackCoding,
        size: tuple[int, int],
        ranges: Sequence[tuple[int, int]] = (),
        tick: Tick | None = None,
    ) -> int:
        """A film without sound."""
        found: int = self._ask(
            "encode", tick, spool=str(spool.path), size=[spool.width, spool.height], rate=str(spool.rate),
            to=str(to), coding=dataclasses.asdict(coding), target=list(size),
            count=spool.frames, ranges=list(ranges) or None,
        )  # fmt: skip
        return found

    def encode_sound(self, samples: Samples, to: Path, coding: TrackCoding) -> int:
        """A file with sound alone."""
        found: int = self._ask(
            "encode_sound", samples=str(samples.path), rate=samples.rate, channels=samples.channels,
            to=str(to), coding=dataclasses.asdict(coding),
        )  # fmt: skip
        return found

    def mux(self, parts: Sequence[Path], to: Path, container: str) -> int:
        """The tracks in one file."""
        found: int = self._ask(
            "mux", parts=[str(part) for part in parts], to=str(to), container=container,
            options=_INDEX_FIRST,
        )  # fmt: skip
        return found

    def rewrap(self, sound: Path | None, to: Path, container: str, *, mute: bool) -> int:
        """The source's pictures in another container."""
        found: int = self._ask(
            "rewrap", **self._source, sound=str(sound) if sound else None, mute=mute, to=str(to),
            container=container, options=_INDEX_FIRST,
        )  # fmt: skip
        return found

    def frames(self, film: Path, to: Path, *, size: tuple[int, int], numbers: Sequence[int]) -> int:
        """Some frames of a film made here."""
        chain = [("scale", f"{size[0]}:{size[1]}:flags=bicubic"), ("format", "yuv420p")]
        found: int = self._ask("frames", film=str(film), to=str(to), filters=chain, numbers=list(numbers))
        return found

    def heard(self, made: Path, to: Path, *, rate: int) -> Samples:
        """A sound made here, decoded again."""
        demuxer = {".amr": "amr", ".mp3": "mp3"}.get(made.suffix, "mov")
        count, _ = self._ask(
            "sound", source=str(made), demuxer=demuxer, to=str(to), rate=rate, channels=1, start=0, end=None
        )
        return Samples(path=to, rate=rate, channels=1, count=count)

    def close(self) -> None:
        """End the child, for good."""
        self._closed = True
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()  # before its pipes are closed: a thread may be reading, and holds their locks until then
        child.wait()
        for pipe in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):
                cast(IO[bytes], pipe).close()

    def _ask(self, what: str, tick: Tick | None = None, **arguments: Any) -> Any:
        with self._lock:
            if self._closed:
                raise MediaError("interrupted")
            child = self._child or self._start()
            answers, requests = cast(IO[bytes], child.stdout), cast(IO[bytes], child.stdin)
            # A decoder may spin in its own loop: the only thing that ends it is the end of the process.
            alarm = threading.Timer(TIMEOUT, child.kill)
            alarm.daemon = True
            alarm.start()
            try:
                requests.write(json.dumps({"do": what, **arguments}).encode() + b"\n")
                requests.flush()
                answer = _answer(answers, tick)
            except (OSError, ValueError):
                answer = None
            except BaseException:  # Ctrl-C: a child at work would go on for minutes
                self.close()
                raise
            finally:
                expired = not alarm.is_alive()
                alarm.cancel()
            if answer is None:
                self.close()
                raise MediaError(
                    "refused: decoding it takes too long"
                    if expired
                    else "refused: decoding it takes more memory or time than a clip may, or is damaged"
                )
        if "error" in answer:
            if answer.get("damaged"):
                raise UndecodedClip(answer["error"], hint=damage.CURE)
            raise MediaError(answer["error"])
        return answer["ok"]

    def _start(self) -> subprocess.Popen[bytes]:
        here = str(Path(__file__).parents[2])
        self._child = subprocess.Popen(  # noqa: S603 - our own code
            [sys.executable, "-c", _START, here],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in a terminal reaches the parent alone, which ends it
        )
        return self._child


def _answer(answers: IO[bytes], tick: Tick | None) -> dict[str, Any] | None:
    """The answer to a request, after the frames that it has gone through; None where the child has ended."""
    before = 0
    while line := answers.readline():
        said: dict[str, Any] = json.loads(line)
        if "frames" not in said:
            return said
        if tick is not None:
            tick(said["frames"] - before)
        before = said["frames"]
    return None

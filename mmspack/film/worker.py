"""The child process: PyAV, behind limits of the operating system.

It reads one request a line from its input and writes one answer a line, both in JSON; media go through files
in a folder that the parent names. While frames are gone through, lines with their number come before the
answer.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import av
import av.logging

from mmspack.film.limits import limit
from mmspack.film.worker_frames import say
from mmspack.film.worker_source import Undecodable, facts, sound, spool
from mmspack.film.worker_tracks import encode, encode_sound, frames, mux, rewrap

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
            answer = {"error": str(error), "damaged": error.damaged}
        except (av.error.InvalidDataError, EOFError) as error:
            answer = {"error": f"cannot be decoded: {_phrase(error)}", "damaged": True}
        except (av.error.FFmpegError, ValueError, OSError, OverflowError) as error:
            answer = {"error": f"cannot be decoded: {_phrase(error)}"}
        except MemoryError:
            answer = {"error": "refused: it takes more memory than a clip may"}
        say(answer)


def _phrase(error: Exception) -> str:
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(words.split())[:120].lower()

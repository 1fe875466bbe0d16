"""`python -m tests.film.vlc_player FILE`: VLC's library plays a file without a screen.

`cvlc` does not run as root; the library does. What it has seen is written as JSON: `ended`, `seconds`,
`pictures`, `sounds`, `damaged`.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import sys
import time

_ENDED, _ERROR = 6, 7
_SECONDS = 60
"""After which a file is not going to end."""


class _Stats(ctypes.Structure):
    """`libvlc_media_stats_t` of VLC 3."""

    _fields_ = [
        ("read_bytes", ctypes.c_int), ("input_bitrate", ctypes.c_float),
        ("demux_read_bytes", ctypes.c_int), ("demux_bitrate", ctypes.c_float),
        ("demux_corrupted", ctypes.c_int), ("demux_discontinuity", ctypes.c_int),
        ("decoded_video", ctypes.c_int), ("decoded_audio", ctypes.c_int),
        ("displayed_pictures", ctypes.c_int), ("lost_pictures", ctypes.c_int),
        ("played_abuffers", ctypes.c_int), ("lost_abuffers", ctypes.c_int),
        ("sent_packets", ctypes.c_int), ("sent_bytes", ctypes.c_int), ("send_bitrate", ctypes.c_float),
    ]  # fmt: skip


NO_PLUGINS = 77
"""Exit code of a library that is installed without what it plays with."""


def library() -> str:
    """The name of VLC's library; empty where it is not installed."""
    return ctypes.util.find_library("vlc") or ""


def play(path: str) -> dict[str, object]:
    """Play a file to its end."""
    vlc = ctypes.CDLL(library())
    for name in ("libvlc_new", "libvlc_media_new_path", "libvlc_media_player_new_from_media"):
        getattr(vlc, name).restype = ctypes.c_void_p
    vlc.libvlc_media_get_duration.restype = ctypes.c_int64
    words = [b"--quiet", b"--intf=dummy", b"--vout=vdummy", b"--aout=adummy", b"--no-xlib"]
    handle = ctypes.c_void_p(vlc.libvlc_new(len(words), (ctypes.c_char_p * len(words))(*words)))
    if not handle:
        sys.exit(NO_PLUGINS)
    media = ctypes.c_void_p(vlc.libvlc_media_new_path(handle, path.encode()))
    player = ctypes.c_void_p(vlc.libvlc_media_player_new_from_media(media))
    vlc.libvlc_media_player_play(player)
    until = time.monotonic() + _SECONDS
    while (state := vlc.libvlc_media_player_get_state(player)) not in (_ENDED, _ERROR):
        if time.monotonic() > until:
            break
        time.sleep(0.02)
    stats = _Stats()
    vlc.libvlc_media_get_stats(media, ctypes.byref(stats))
    return {
        "ended": state == _ENDED,
        "seconds": vlc.libvlc_media_get_duration(media) / 1000,
        "pictures": stats.decoded_video,
        "sounds": stats.decoded_audio,
        "damaged": stats.demux_corrupted,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(play(sys.argv[1])))

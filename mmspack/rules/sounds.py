"""MMS43x and MMS472: sounds and films, by their bytes."""

from __future__ import annotations

from collections.abc import Iterator

from mmspack.bundle.found import FoundPart
from mmspack.bundle.opened import Opened
from mmspack.facts.tracks import codec_name
from mmspack.facts.types import is_sound_as_film
from mmspack.media.containers.walk import HEARD_CODECS, Track
from mmspack.media.formats import format_of
from mmspack.model import Kind, Severity
from mmspack.rules.declaring import Hit, Needs, Remains, rule
from mmspack.rules.sources import CLASSES, MEDIA_TYPES, OURS, SPEECH, SYNTHETIC_AUDIO
from mmspack.rules.terms import Terms
from mmspack.rules.types import is_shown

_QCIF = {(176, 144), (128, 96)}
_CORE_CODECS = {"s263", "samr"}
_NAMED_CODECS = {"s263", "h263", "H263", "mp4v", "avc1", "avc2", "avc3", "avc4"}
"""Sample entries of the codecs that the standard names for films."""
_RARE_CODECS = {
    **dict.fromkeys(("hvc1", "hev1", "dvh1", "dvhe"), "hevc"),
    **dict.fromkeys(("vp08", "vp09"), "vp9"),
    "av01": "av1",
    **dict.fromkeys(("vvc1", "vvi1"), "vvc"),
    **dict.fromkeys(("apch", "apcn", "apcs", "apco", "ap4h", "ap4x"), "prores"),
}
"""What profiles call the codecs beyond those, by their sample entries; others go by the sample entry."""
_RARE_NAMES = {
    "hevc": "HEVC (H.265)", "vp9": "VP9", "av1": "AV1", "vvc": "VVC (H.266)", "prores": "ProRes",
    "encv": "protected video",
}  # fmt: skip
_DEEP = "10-bit"
"""What profiles call films of more than 8 bits a channel."""


def _sounds(opened: Opened) -> Iterator[FoundPart]:
    return (part for part in opened.media if is_shown(part, Kind.AUDIO))


def _films(opened: Opened) -> Iterator[FoundPart]:
    return (part for part in opened.media if is_shown(part, Kind.VIDEO) and not part.probe.error)


def _played(opened: Opened) -> Iterator[FoundPart]:
    played = (part for part in opened.media if part.kind in (Kind.AUDIO, Kind.VIDEO))
    return (part for part in played if not part.probe.error)


@rule(
    "MMS431",
    title="Sound or video cannot be read",
    severity=Severity.ERROR,
    source=MEDIA_TYPES,
    reason="It stops early, or does not play at all.",
    fix="Export it again.",
    bad="audio1.amr (the last frame is incomplete)",
    good="audio1.amr (whole)",
    remains=Remains.MEDIUM,
    needs=Needs.CONTENT,
)
def _broken(opened: Opened) -> Iterator[Hit]:
    for part in opened.media:
        played = is_shown(part, Kind.AUDIO) or is_shown(part, Kind.VIDEO)
        if played and part.probe.error and part.probe.type is not None:
            yield Hit(f"{part.name!r}: {part.probe.error}", part=part.name)


@rule(
    "MMS432",
    title="AMR with several channels",
    severity=Severity.ERROR,
    source=SPEECH,
    reason="Phones play AMR narrow-band with one channel; the multichannel file format is not allowed.",
    fix="Export it in mono: ffmpeg -ac 1 -ar 8000.",
    bad="#!AMR_MC1.0",
    good="#!AMR",
    remains=Remains.MEDIUM,
    needs=Needs.CONTENT,
)
def _channels(opened: Opened) -> Iterator[Hit]:
    for part in _sounds(opened):
        if part.data.startswith(b"#!AMR_MC1.0"):
            yield Hit(f"{part.name!r} has {part.probe.channels} channels", part=part.name)


@rule(
    "MMS433",
    title="MIDI format 2",
    severity=Severity.ERROR,
    source=SYNTHETIC_AUDIO,
    reason="Phones play Standard MIDI Files of formats 0 and 1; format 2 contains independent "
    "patterns that they do not play.",
    fix="Save it as format 0 or 1.",
    bad="MThd ... format 2",
    good="MThd ... format 0",
    remains=Remains.MEDIUM,
    needs=Needs.CONTENT,
)
def _midi(opened: Opened) -> Iterator[Hit]:
    for part in _sounds(opened):
        if part.data.startswith(b"MThd") and int.from_bytes(part.data[8:10], "big") > 1:
            yield Hit(
                f"{part.name!r} is a MIDI file of format {int.from_bytes(part.data[8:10], 'big')}",
                part=part.name,
            )


@rule(
    "MMS434",
    title="Video outside the content classes",
    severity=Severity.WARNING,
    source=CLASSES,
    reason="In the content classes, a video is H.263 at 176x144 or 128x96 pixels, with AMR sound; phones of "
    "these classes need not play anything else.",
    fix="Encode it like that, or choose a profile for smartphones.",
    bad="video1.3gp: avc1, 640x480",
    good="video1.3gp: s263 and samr, 176x144",
    remains=Remains.MEDIUM,
    needs=Needs.CONTENT,
    yields_to=("MMS405",),
    by_class=True,
)
def _film(opened: Opened, terms: Terms) -> Iterator[Hit]:
    for part in _films(opened) if terms.profile.content_class else ():
        other = sorted(codec_name(codec) for codec in set(part.probe.codecs) - _CORE_CODECS)
        facts = part.probe.facts
        size = (facts.width, facts.height) if facts else (None, None)
        if other:
            yield Hit(f"{part.name!r} is encoded as {' and '.join(other)}", part=part.name)
        elif size != (None, None) and size not in _QCIF:
            yield Hit(f"{part.name!r} has {size[0]}×{size[1]} pixels", part=part.name)


@rule(
    "MMS435",
    title="Video without a picture",
    severity=Severity.WARNING,
    source=OURS,
    reason="It contains nothing but sound: phones may play it over a black picture.",
    fix="Declare it as audio, or export it with its video track.",
    bad="video1.mp4: mp4a",
    good="video1.mp4: avc1, mp4a",
    needs=Needs.CONTENT,
)
def _blind(opened: Opened) -> Iterator[Hit]:
    for part in _films(opened):
        if is_sound_as_film(part):
            codecs = sorted({codec_name(track.codec) for track in part.probe.tracks if track.is_sound})
            yield Hit(f"{part.name!r} contains nothing but sound ({', '.join(codecs)})", part=part.name)


@rule(
    "MMS436",
    title="Video declared as sound",
    severity=Severity.WARNING,
    source=MEDIA_TYPES,
    reason="Phones choose the player by the declared type: a sound player plays the soundtrack of the "
    "video, and shows nothing.",
    fix="Declare it as video and show it with <video>, or export its sound alone.",
    bad="audio1.mp4=audio/mp4 (avc1, mp4a)",
    good="video1.mp4=video/mp4",
    needs=Needs.CONTENT,
)
def _unseen(opened: Opened) -> Iterator[Hit]:
    for part in _sounds(opened):
        films = [codec_name(track.codec) for track in part.probe.tracks if track.is_film]
        if films:
            words = f"{part.name!r} is declared as {part.type}, but contains a video ({films[0]})"
            yield Hit(words, part=part.name)


@rule(
    "MMS437",
    title="Video in a codec that not every phone plays",
    severity=Severity.WARNING,
    source=MEDIA_TYPES,
    reason="The standard names H.263, MPEG-4 Visual and H.264. Phones without a decoder for another codec, "
    "or for more than 8 bits a channel, play the sound over a black picture, or nothing. Carriers "
    "that convert videos may not read it either.",
    fix="Export it as H.264 with 8 bits: ffmpeg -c:v libx264 -profile:v baseline -pix_fmt yuv420p.",
    bad="video1.mp4: hvc1, 10 bits",
    good="video1.mp4: avc1, 8 bits",
    remains=Remains.MEDIUM,
    needs=Needs.CONTENT,
)
def _rare(opened: Opened, terms: Terms) -> Iterator[Hit]:
    if terms.profile.content_class:
        return  # the classes name the codecs that they take, and MMS434 reports all others
    for part in _played(opened):
        needed = {word for track in part.probe.tracks for word in _needs_of(track)}
        lacking = sorted(needed - set(terms.profile.video_codecs))
        if lacking:
            yield Hit(f"{part.name!r} is encoded {_in_words(lacking)}", part=part.name)


def _in_words(lacking: list[str]) -> str:
    codecs = " and ".join(_RARE_NAMES.get(word, repr(word)) for word in lacking if word != _DEEP)
    depth = "with more than 8 bits a channel" if _DEEP in lacking else ""
    return " ".join(words for words in (f"as {codecs}" if codecs else "", depth) if words)


def _needs_of(track: Track) -> Iterator[str]:
    """What a profile must name before a track is known to play on its phones."""
    if not track.is_film:
        return
    if track.codec and track.codec not in _NAMED_CODECS:
        yield _RARE_CODECS.get(track.codec, track.codec)
    if track.bits > 8:
        yield _DEEP


@rule(
    "MMS472",
    title="Sound in a codec that not every phone plays",
    severity=Severity.WARNING,
    source=MEDIA_TYPES,
    reason="The standard names AAC and AMR for the sound of MP4 and 3GP files. Phones without a decoder for "
    "another codec (Opus, FLAC, ALAC, AC-3) show the video without sound, or do not play the file.",
    fix="Export it with AAC: ffmpeg -c:v copy -c:a aac.",
    bad="video1.mp4: avc1, Opus",
    good="video1.mp4: avc1, mp4a",
    remains=Remains.MEDIUM,
    needs=Needs.CONTENT,
)
def _rarely_heard(opened: Opened, terms: Terms) -> Iterator[Hit]:
    for part in _played(opened):
        if terms.profile.content_class and part.kind is Kind.VIDEO:
            continue  # MMS434 reports all but AMR
        row = format_of(part.probe.type)
        if row is None or row.demuxer != "mov":
            continue  # a profile that takes another container takes what is in it
        codecs = sorted({track.codec for track in part.probe.tracks if track.is_sound and track.codec})
        rare = [codec_name(codec) for codec in codecs if codec not in HEARD_CODECS]
        if rare:
            yield Hit(f"{part.name!r}: its sound is encoded as {' and '.join(rare)}", part=part.name)

"""What must hold for any bytes: each target takes bytes and fails only where a promise is broken."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from PIL import Image

from mmspack.bundle.binary.reader import read_mms
from mmspack.bundle.binary.writer import write_mms
from mmspack.bundle.manifest import parse_manifest
from mmspack.bundle.zip_reader import MAX_TOTAL_BYTES, read_archive
from mmspack.errors import BundleError, MediaError, MmspackError, ParameterError
from mmspack.film.engine import FilmEngine, open_engine
from mmspack.fixing import fix
from mmspack.media import slips
from mmspack.media.appearance import Looks, look, shrink
from mmspack.media.containers import iso
from mmspack.media.formats import format_of
from mmspack.media.mojibake import mojibake
from mmspack.media.probing import probe
from mmspack.model import Severity
from mmspack.rules.checking import check
from mmspack.smil import editing
from mmspack.smil.gate import MAX_ELEMENTS, SmilError
from mmspack.smil.tree import parse
from mmspack.smil.writing import write


def zip_reader(data: bytes) -> None:
    archive = read_archive(data)
    assert sum(len(entry.data or b"") for entry in archive.entries) <= MAX_TOTAL_BYTES
    unread = [entry for entry in archive.entries if entry.data is None]
    assert archive.defects or (archive.entries and not unread) or data.startswith(b"PK\5\6")
    for entry in archive.entries:
        assert entry.data is None or len(entry.data) == entry.size


def manifest_parser(data: bytes) -> None:
    manifest = parse_manifest(data)
    lines = data.count(b"\n") + data.count(b"\r") + 1
    assert len(manifest.entries) <= lines
    assert all(1 <= entry.line <= lines for entry in manifest.entries)


def smil_parser(data: bytes) -> None:
    try:
        found = parse(data)
    except SmilError:
        return
    nodes = list(found.root.walk())
    assert len(nodes) <= MAX_ELEMENTS
    places = [found.place(node) for node in nodes]
    assert all(place.line >= 1 and place.column >= 1 for place in places)
    assert [place.byte for place in places] == sorted({place.byte for place in places})
    if found.encoding not in ("utf-8", "utf8"):
        return
    assert write(found) == data
    for node in nodes[1::2]:
        node.set("dur", 'it\'s "1" < 2 & \r\n\t')
        editing.append(node, editing.element(node, "img", src="a.jpg"))
    for node in nodes[2::3]:
        editing.unwrap(node)
    edited = [(node.tag, dict(node.items())) for node in found.root.walk()]
    assert [(node.tag, dict(node.items())) for node in parse(write(found)).root.walk()] == edited


def media_probe(data: bytes) -> None:
    kept: list[Looks] = []

    def keep(image: Image.Image) -> None:
        small = shrink(image)
        kept.extend([look(small, data)] if small is not None else [])

    found = probe(data, whole=True, keep=keep)
    assert found.facts is not None or found.error
    assert found.facts is None or found.facts.bytes == len(data)
    assert 1 <= found.orientation <= 8
    assert all(0 <= seen.transparent <= 1 for seen in kept)


def film_walker(data: bytes) -> None:
    found = iso.walk(data)
    assert len(found.tracks) <= iso.MAX_BOXES
    assert all(0 <= track.width < 1 << 16 and 0 <= track.height < 1 << 16 for track in found.tracks)
    assert all(8 <= track.bits <= 15 for track in found.tracks)
    assert "\n" not in found.error
    assert iso.walk(data[: len(data) // 2]).error or b"moov" in data[: len(data) // 2]


def copy_reader(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    places = slips.placeholders(text)
    found = [*places, *slips.blanks(text), *slips.drafts(text), *slips.broken_addresses(text)]
    found += [*slips.running_addresses(text), *slips.template_fields(text)]
    for slip in found:
        assert slip.text
        assert text.startswith(slip.text, slip.start)
    ends = [slip.start + len(slip.text) for slip in places]
    assert all(end <= slip.start for end, slip in zip(ends, places[1:], strict=False))
    slip = mojibake(text)
    assert slip is None or text.startswith(slip.text, slip.start)
    assert not slips.shows_nothing(text) or not any(letter.isalnum() for letter in text)
    assert not slips.is_nothing(text) or len(text.strip()) <= 20


def whole_check(data: bytes) -> None:
    report = check(data)
    for finding in report.findings:
        assert finding.message
        assert "\n" not in finding.message
    assert report.findings or report.budget or report.file
    assert report.ok == (not report.of(Severity.ERROR))


def mender(data: bytes) -> None:
    try:
        first = fix(data)
    except MmspackError:
        return
    second = fix(first.bundle.data)
    assert second.changes == (), second.changes
    assert second.bundle.data == first.bundle.data
    assert first.changed or first.bundle.data == data
    before = {finding.id for finding in check(data).of(Severity.ERROR)}
    after = {finding.id for finding in first.report.of(Severity.ERROR)}
    # Mending brings parts to light that could not be judged before; it must not break the zip or the list.
    assert not {id_ for id_ in after - before if id_[3] in "12"}, (before, after)


def binary_message(data: bytes) -> None:
    try:
        found = read_mms(data)
    except BundleError:
        return
    assert sum(len(part.data) for part in found.parts) <= len(data)
    assert len({part.name.casefold() for part in found.parts}) == len(found.parts)
    try:
        again = read_mms(write_mms(found.bundle()))
    except ParameterError:  # what was read under a character set without a number
        return
    assert [(part.name, part.data) for part in again.parts] == [
        (part.name, part.data) for part in found.parts
    ]


class _Children:
    """A child for each demuxer, which reads one file; another where one was ended by its limits."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._open: dict[str, FilmEngine] = {}

    def given(self, data: bytes, demuxer: str) -> tuple[FilmEngine, Path]:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="fuzzed-film-"))
            atexit.register(self.end)
        source = self._folder / "source"
        source.write_bytes(data)
        if demuxer not in self._open:
            self._open[demuxer] = open_engine(source, demuxer)
        return self._open[demuxer], self._folder

    def drop(self, demuxer: str) -> None:
        self._open.pop(demuxer).close()

    def end(self) -> None:
        for demuxer in list(self._open):
            self.drop(demuxer)
        shutil.rmtree(self._folder or "", ignore_errors=True)


_CHILDREN = _Children()


def decoder(data: bytes) -> None:
    """A film or sound is decoded by the child, or refused in one line; the child alone may die."""
    row = format_of(probe(data).type)
    demuxer = (row.demuxer if row is not None else "") or "mov"
    engine, folder = _CHILDREN.given(data, demuxer)
    try:
        facts = engine.facts()
        if facts.width:
            chain = [("fps", "fps=10"), ("scale", "64:36"), ("format", "yuv420p")]
            spool = engine.spool(
                folder / "frames", size=(64, 36), rate=Fraction(10), filters=chain,
                rotation=facts.rotation, start=0.0, end=2.0, most=12,
            )  # fmt: skip
            assert spool.path.stat().st_size == spool.frames * spool.frame_bytes <= 12 * 64 * 36 * 3 // 2
        if facts.audio:
            sound = engine.sound(folder / "sound", rate=8000, channels=1, start=0.0, end=2.0)
            assert sound.path.stat().st_size == 2 * sound.count
    except MediaError as error:
        told = str(error)
    else:
        told = ""
    assert "\n" not in told
    if "refused: decoding" in told:
        _CHILDREN.drop(demuxer)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "zip": zip_reader,
    "manifest": manifest_parser,
    "binary": binary_message,
    "smil": smil_parser,
    "media": media_probe,
    "copy": copy_reader,
    "film": film_walker,
    "decode": decoder,
    "check": whole_check,
    "fix": mender,
}

"""What is in a bundle: its parts, manifest and presentation, whatever form it came in.

A bundle is opened once, and each part is probed once, however many profiles it is checked against afterwards:
nothing here knows a profile, a mode or a subject that was given. Nothing here says that something is wrong,
either; it only finds what is there, and keeps what could not be read apart from what is missing, so that
each rule can ask its own question.
"""

from __future__ import annotations

import enum
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path, PurePosixPath
from typing import IO

from mmspack.bundle.binary.tokens import is_mms
from mmspack.bundle.bundle import Bundle
from mmspack.bundle.dialects import SENDMMS, Dialect
from mmspack.bundle.files import folder_files, read_as_listed, sorted_out, trusted
from mmspack.bundle.found import Content, FoundPart, is_smil_suffix
from mmspack.bundle.manifest import NAME as MANIFEST
from mmspack.bundle.manifest import Manifest, fallback_of, parse_manifest, subject_of
from mmspack.bundle.zip_reader import Archive, bundle_in, load, read_archive, zipped
from mmspack.media.allowance import DecodingAllowance
from mmspack.media.sniffing import sniff
from mmspack.model import SMIL_TYPE, Kind
from mmspack.smil.gate import SmilError, doctype, without_doctype
from mmspack.smil.tree import MEDIA, Node, Presentation, parse, reference
from mmspack.source import StoredSource, stored


class Form(enum.StrEnum):
    """What was given."""

    ZIP = "zip"
    FOLDER = "folder"
    SMIL = "smil"


BYTES_ALONE = "bundle"
"""What a bundle is called that came without a file."""


@dataclass(frozen=True, eq=False)
class Shown:
    """A medium of a slide, and the part that it shows; None where nothing answers to its `src`."""

    node: Node
    src: str
    part: FoundPart | None


@dataclass(frozen=True, eq=False)
class ShownSlide:
    """A `par` with its media."""

    number: int
    """From 1."""
    node: Node
    media: tuple[Shown, ...]

    @cached_property
    def is_crowded(self) -> bool:
        """True where it shows both a text and something else."""
        return len({shown.node.name == "text" for shown in self.media if shown.node.name != "audio"}) > 1

    def of(self, kind: Kind) -> Iterator[Shown]:
        """Its media of one kind, by the part where it is known, else by the element."""
        return (shown for shown in self.media if _kind_of(shown) is kind)


@dataclass(eq=False, kw_only=True)
class Opened:
    """The content of a bundle, independent of profile, mode and subject: opened once, queried many times."""

    form: Form
    archive: Archive | None = None
    source: bytes = field(default=b"", repr=False)
    """The bytes of the zip or of the SMIL file."""
    contents: Mapping[str, Content | None] = field(default_factory=dict, repr=False)
    """The files without folders and junk, by name; None where the bytes could not be trusted."""
    folder: str = ""
    """A folder in which everything lies, with its slash; removed from the names."""
    junk: tuple[str, ...] = ()
    reads_manifest: bool = True
    """False where it is opened for a gateway that reads no manifest: the manifest lists nothing then."""
    binary: int | None = None
    """Bytes of the binary message that was given, of which the zip was made; None where none was."""
    called: str = BYTES_ALONE
    """The source's path as it was given, or `bundle` where it has none."""

    def for_dialect(self, dialect: Dialect) -> Opened:
        """The same bundle as that gateway reads it; what was probed is not probed again."""
        if dialect.manifest == self.reads_manifest:
            return self
        return replace(self, reads_manifest=dialect.manifest)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all files, readable or not."""
        return frozenset(self.contents)

    def file(self, name: str) -> bytes | None:
        """The bytes of a file, whether it is a part or not; None where it is missing or unreadable."""
        content = self.contents.get(name)
        return content.data if content is not None else None

    @cached_property
    def noted_subject(self) -> str:
        """The subject that the manifest notes; empty where it notes none."""
        data = self.file(MANIFEST)
        return subject_of(data) if data is not None and self.reads_manifest else ""

    @cached_property
    def noted_fallback(self) -> str:
        """The fallback text that the manifest notes; empty where it notes none."""
        data = self.file(MANIFEST)
        return fallback_of(data) if data is not None and self.reads_manifest else ""

    @property
    def has_content(self) -> bool:
        """True when the files are known by name."""
        return self.form is not Form.SMIL and bool(self.contents)

    @cached_property
    def manifest(self) -> Manifest | None:
        """The manifest; None where there is none, it could not be read, or the dialect has none."""
        data = self.file(MANIFEST)
        return parse_manifest(data) if data is not None and self.reads_manifest else None

    @cached_property
    def misnamed_manifest(self) -> str | None:
        """A file that is a manifest but for its name, where there is none by the right name."""
        if MANIFEST in self.names or not self.reads_manifest:
            return None
        return next((name for name in sorted(self.names) if _manifest_like(name)), None)

    @cached_property
    def parts(self) -> tuple[FoundPart, ...]:
        """The readable parts: in the manifest's order, then the unlisted ones as they are stored."""
        entries = self.manifest.entries if self.manifest else ()
        lines = {entry.name: entry for entry in entries}
        found = {
            name: FoundPart(name, content, lines.get(name))
            for name, content in self.contents.items()
            if content is not None and name not in (MANIFEST, self.misnamed_manifest)
        }
        order = dict.fromkeys(name for name in lines if name in found)
        return tuple(found[name] for name in {**order, **dict.fromkeys(found)})

    def part(self, name: str) -> FoundPart | None:
        """The part of that name, or None."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, FoundPart]:
        return {part.name: part for part in self.parts}

    @cached_property
    def smil(self) -> FoundPart | None:
        """The presentation: the first part that is one."""
        return next((part for part in self.parts if part.is_smil), None)

    @cached_property
    def media(self) -> tuple[FoundPart, ...]:
        """The parts that are not a presentation."""
        return tuple(part for part in self.parts if not part.is_smil)

    @cached_property
    def _parsed(self) -> tuple[Presentation | None, SmilError | None]:
        if self.smil is None:
            return None, None
        try:
            return parse(self.smil.data), None
        except SmilError as error:
            fault = error
        if fault.kind != "doctype":
            return None, fault
        # Phones read past a DOCTYPE, but know no entity that it declares: judge the rest without it.
        try:
            return parse(without_doctype(self.smil.data)), fault
        except SmilError as error:
            return None, fault if error.kind == "doctype" else error

    @property
    def smil_fault(self) -> SmilError | None:
        """Why the presentation cannot be read, or what it should not hold."""
        return self._parsed[1]

    @property
    def has_defaults(self) -> bool:
        """True where a DOCTYPE may give attributes to elements."""
        span = doctype(self.smil.data) if self.smil and self.smil_fault else None
        return bool(span and self.smil and re.search(rb"<!ATTLIST|%", self.smil.data[slice(*span)]))

    @property
    def presentation(self) -> Presentation | None:
        """The presentation, where it is XML with the root `smil`."""
        found = self._parsed[0]
        return found if found is not None and found.root.name == "smil" else None

    @property
    def foreign_encoding(self) -> str:
        """What the presentation is in where it holds more than ASCII and is not UTF-8; else empty."""
        found = self.presentation
        if found is None or self.smil is None or self.smil.data.isascii():
            return ""
        return "" if found.encoding in ("utf-8", "utf8") else found.encoding

    @property
    def smil_tree(self) -> Presentation | None:
        """The presentation, whatever its root; None where there is no tree."""
        return self._parsed[0]

    @property
    def smil_root(self) -> Node | None:
        """The root element, whatever its name; None where there is no tree."""
        return self._parsed[0].root if self._parsed[0] else None

    @cached_property
    def slides(self) -> tuple[ShownSlide, ...]:
        """The slides with their media, in document order; media in nested containers count."""
        body = self.presentation.root.child("body") if self.presentation else None
        if body is None:
            return ()
        found = []
        for number, par in enumerate(_outer_pars(body), 1):
            media = tuple(self._shown(node) for node in par.all(*MEDIA))
            found.append(ShownSlide(number, par, media))
        return tuple(found)

    def _shown(self, node: Node) -> Shown:
        src = node.attributes.get("src", "")
        part = self._by_name.get(reference(src))
        return Shown(node, src, None if part is self.smil else part)

    @cached_property
    def referenced(self) -> frozenset[str]:
        """The names of the parts that the presentation shows."""
        return frozenset(shown.part.name for slide in self.slides for shown in slide.media if shown.part)


Source = Bundle | str | os.PathLike[str] | bytes | IO[bytes]
"""A bundle, a path to a zip, a folder or a SMIL file, or a zip's bytes."""


def open_source(source: Source | Opened, dialect: Dialect = SENDMMS) -> Opened:
    """Open a bundle, a zip, a folder, or a bare SMIL file; what is open already stays as it is.

    Raises `InputError` for a file that cannot be read.
    """
    if isinstance(source, Opened):
        return source.for_dialect(dialect)
    if not isinstance(source, Bundle):
        source = stored(source, what="bundle")
    path = Path(source) if isinstance(source, str | os.PathLike) else None
    made = partial(Opened, reads_manifest=dialect.manifest, called=str(path) if path else BYTES_ALONE)
    if path is not None and path.is_dir():
        files, folder, junk = sorted_out(folder_files(path))
        return made(form=Form.FOLDER, contents=_contents(files), folder=folder, junk=junk)
    stored_data = _bytes_of(source)
    data = zipped(stored_data, str(path) if path else BYTES_ALONE)
    if not data.startswith(b"PK") and _is_bare_smil(data, path):
        name = path.name if path else "message.smil"
        return made(form=Form.SMIL, source=data, contents={name: Content(data)})
    archive = read_as_listed(data)
    files, folder, junk = sorted_out(trusted(archive))
    return made(
        form=Form.ZIP,
        archive=archive,
        source=data,
        contents=_contents(files),
        folder=folder,
        junk=junk,
        binary=len(stored_data) if is_mms(stored_data) else None,
    )


def sendable(opened: Opened, name: str = "") -> Bundle:
    """The bundle, ready to be sent. Raises `BundleError` as `open_bundle` does, where no gateway takes it."""
    archive = opened.archive or read_archive(opened.source)
    return bundle_in(archive, opened.source, name or opened.called)


def _contents(files: Iterable[tuple[str, bytes | None]]) -> dict[str, Content | None]:
    """The files by name. Of two that are called alike once './' is off, the last readable one counts."""
    contents: dict[str, Content | None] = {}
    by_bytes: dict[bytes, Content] = {}
    allowance = DecodingAllowance()
    for name, data in files:
        if data is None:
            contents.setdefault(name, None)
        else:
            contents[name] = by_bytes.setdefault(data, Content(data, allowance=allowance))
    return contents


def _bytes_of(source: Bundle | StoredSource) -> bytes:
    if isinstance(source, Bundle):
        return source.data
    return source if isinstance(source, bytes) else load(Path(source))


def _is_bare_smil(data: bytes, path: Path | None) -> bool:
    return sniff(data) == SMIL_TYPE or (path is not None and is_smil_suffix(path.suffix))


def _manifest_like(name: str) -> bool:
    last = PurePosixPath(name).name.lower()
    return last in (MANIFEST, "manifest.txt", "manifest.properties", "manifest.mf")


def _outer_pars(node: Node) -> Iterator[Node]:
    for child in node.children:
        if child.name == "par":
            yield child
        else:
            yield from _outer_pars(child)


_KINDS_BY_TAG = {"img": Kind.IMAGE, "text": Kind.TEXT, "audio": Kind.AUDIO, "video": Kind.VIDEO}


def _kind_of(shown: Shown) -> Kind | None:
    if shown.part is not None and shown.part.kind is not Kind.ATTACHMENT:
        return shown.part.kind
    return _KINDS_BY_TAG.get(shown.node.name)

"""A message laid open for judgement: its parts, manifest and presentation, whatever form it came in.

Nothing here says that something is wrong; it only finds what is there, and keeps what could not be read
apart from what is missing, so that each rule can ask its own question.
"""

from __future__ import annotations

import enum
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mmspack.bundle.dialects import SENDMMS, Dialect
from mmspack.bundle.files import folder_files, named_as_listed, sorted_out, trusted
from mmspack.bundle.manifest import NAME as MANIFEST
from mmspack.bundle.manifest import Entry, Manifest, parse_manifest, subject_of
from mmspack.bundle.zip_reader import Archive, load, read_archive
from mmspack.media.appearance import NOTHING, Looks, look, shrink
from mmspack.media.formats import TYPES_BY_SUFFIX, sniff
from mmspack.media.probing import Probe, probe
from mmspack.media.texts import is_wide
from mmspack.model import SMIL_TYPE, Budget, Bundle, Kind, Part
from mmspack.profiles import Profile
from mmspack.profiles.budget import measure
from mmspack.smil.tree import MEDIA, Node, Presentation, SmilError, parse, reference

if TYPE_CHECKING:
    from PIL import Image

SMIL_SUFFIXES = (".smil", ".sml", ".smi")
_NAME = r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"
_PARAMETER = r";\s*+(?:[\w.*-]++\s*+=\s*+(?:\"[^\"]*+\"\s*+|[^;\"]*+))?+"
_MIME = re.compile(rf"{_NAME}/{_NAME}\s*+(?:{_PARAMETER})*+", re.ASCII)
"""A type by the restricted names of RFC 6838 (4.2), and its parameters by name and value."""
_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[\]<>]*>", re.IGNORECASE)
_DOCTYPE_WITH_DECLARATIONS = re.compile(
    rb"""<!DOCTYPE[^\[\]<>]*+\[(?:<!--(?>.*?-->)|<\?(?>.*?\?>)|<(?!!--|\?)|"[^"]*"|'[^']*'|[^\]"'<])*+\]\s*+>""",
    re.I | re.S,
)


class Form(enum.StrEnum):
    """What was given."""

    ZIP = "zip"
    FOLDER = "folder"
    SMIL = "smil"


class Mode(enum.StrEnum):
    """Creation modes of the MMS conformance document: how strictly its own limits are taken."""

    RESTRICTED = "restricted"
    WARNING = "warning"
    FREE = "free"


@dataclass(eq=False)
class FoundPart:
    """A part as it lies in the bundle."""

    name: str
    data: bytes = field(repr=False)
    entry: Entry | None = None
    """Its line in the manifest; None where it has none."""
    _small: Image.Image | None = field(default=None, repr=False)

    @cached_property
    def probe(self) -> Probe:
        """What its bytes are."""
        return probe(self.data, whole=True, keep=self._keep)

    def _keep(self, image: Image.Image) -> None:
        self._small = shrink(image)

    @cached_property
    def declared(self) -> str | None:
        """Its type by the manifest in lower case; None where it has none that could be one."""
        return self.entry.essence if self.entry and is_type(self.entry.type) else None

    @cached_property
    def type(self) -> str:
        """Its type by the manifest, else by its bytes, else by its name; empty when unknown."""
        return self.declared or sniff(self.data) or TYPES_BY_SUFFIX.get(self.suffix, "")

    @cached_property
    def looks(self) -> Looks:
        """What its first frame shows; nothing in particular where it is no picture."""
        decodes = not self.probe.error
        return look(self._small, self.data) if decodes and self._small is not None else NOTHING

    @cached_property
    def text(self) -> str | None:
        """Its text without a byte order mark; None where it is not UTF-8."""
        try:
            return None if is_wide(self.data) else self.data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
        except UnicodeDecodeError:
            return None

    @property
    def suffix(self) -> str:
        """The end of its name from the last dot, in lower case."""
        return PurePosixPath(self.name).suffix.lower()

    @cached_property
    def kind(self) -> Kind:
        """What it is to a slide."""
        return kind_of_type(self.type)

    @cached_property
    def is_smil(self) -> bool:
        """True for a presentation, whatever the manifest calls it."""
        if self.declared == SMIL_TYPE or "smil" in (self.declared or ""):
            return True
        if (
            self.declared is None
            or "xml" in self.declared
            or self.declared.startswith(("text/", "application/"))
        ):
            return sniff(self.data) == SMIL_TYPE or self.suffix in SMIL_SUFFIXES
        return False


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

    def of(self, kind: Kind) -> Iterator[Shown]:
        """Its media of one kind, by the part where it is known, else by the element."""
        return (shown for shown in self.media if _kind_of(shown) is kind)


@dataclass(eq=False, kw_only=True)
class Opened:
    """A message laid open, and by what it is to be judged."""

    form: Form
    profile: Profile
    mode: Mode = Mode.WARNING
    dialect: Dialect = SENDMMS
    given_subject: str | None = None
    """The subject that will be sent with it; None: the one noted in the manifest."""
    archive: Archive | None = None
    source: bytes = field(default=b"", repr=False)
    """The zip's own bytes."""
    files: tuple[tuple[str, bytes | None], ...] = ()
    """Names and bytes without folders and junk; None where the bytes could not be trusted."""
    folder: str = ""
    """A folder in which everything lies, with its slash; removed from the names."""
    junk: tuple[str, ...] = ()

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all files, readable or not."""
        return frozenset(name for name, _ in self.files)

    @cached_property
    def subject(self) -> str:
        """The subject that counts."""
        if self.given_subject is not None:
            return self.given_subject
        data = next((data for name, data in self.files if name == MANIFEST), None)
        return subject_of(data) if data is not None and self.dialect.manifest else ""

    @property
    def has_content(self) -> bool:
        """True when the files are known by name."""
        return self.form is not Form.SMIL and bool(self.files)

    @cached_property
    def manifest(self) -> Manifest | None:
        """The manifest; None where there is none, or it could not be read, or the dialect has none."""
        data = next((data for name, data in self.files if name == MANIFEST), None)
        return parse_manifest(data) if data is not None and self.dialect.manifest else None

    @cached_property
    def misnamed_manifest(self) -> str | None:
        """A file that is a manifest but for its name, where there is none by the right name."""
        if MANIFEST in self.names or not self.dialect.manifest:
            return None
        return next((name for name in sorted(self.names) if _manifest_like(name)), None)

    @cached_property
    def parts(self) -> tuple[FoundPart, ...]:
        """The readable parts: in the manifest's order, then the unlisted ones as they are stored."""
        entries = self.manifest.entries if self.manifest else ()
        lines = {entry.name: entry for entry in entries}
        found = {
            name: FoundPart(name, data, lines.get(name))
            for name, data in self.files
            if data is not None and name not in (MANIFEST, self.misnamed_manifest)
        }
        order = dict.fromkeys(name for name in lines if name in found)
        return tuple(found[name] for name in {**order, **dict.fromkeys(found)})

    def part(self, name: str) -> FoundPart | None:
        """The part of that name, or None."""
        return next((part for part in self.parts if part.name == name), None)

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
            return parse(_blanked(_doctype(self.smil.data), self.smil.data)), fault
        except SmilError as error:
            return None, fault if error.kind == "doctype" else error

    @property
    def smil_fault(self) -> SmilError | None:
        """Why the presentation cannot be read, or what it should not hold."""
        return self._parsed[1]

    @property
    def defaults(self) -> bytes:
        """A DOCTYPE that may give attributes to elements, in UTF-8; empty where none does."""
        found = _doctype(self.smil.data) if self.smil and self._parsed[0] and self.smil_fault else None
        if found is None or not re.search(rb"<!ATTLIST|%", found[0]):
            return b""
        return found[0].decode(self._parsed[0].encoding if self._parsed[0] else "utf-8", "replace").encode()

    @property
    def presentation(self) -> Presentation | None:
        """The presentation, where it is XML with the root `smil`."""
        found = self._parsed[0]
        return found if found is not None and found.root.tag == "smil" else None

    @property
    def foreign_encoding(self) -> str:
        """What the presentation is in where it holds more than ASCII and is not UTF-8; else empty."""
        found = self.presentation
        if found is None or self.smil is None or self.smil.data.isascii():
            return ""
        return "" if found.encoding in ("utf-8", "utf8") else found.encoding

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
        part = self.part(reference(src))
        return Shown(node, src, None if part is self.smil else part)

    @cached_property
    def referenced(self) -> frozenset[str]:
        """The names of the parts that the presentation shows."""
        return frozenset(shown.part.name for slide in self.slides for shown in slide.media if shown.part)

    @cached_property
    def budget(self) -> Budget | None:
        """The size against the profile; None for a bare SMIL file."""
        if not self.has_content:
            return None
        parts = [Part(part.name, part.type, part.data) for part in self.parts]
        return measure(parts, self.subject, self.profile)


def unpack(
    source: Bundle | str | os.PathLike[str] | bytes,
    profile: Profile,
    *,
    mode: Mode = Mode.WARNING,
    dialect: Dialect = SENDMMS,
    subject: str | None = None,
) -> Opened:
    """Lay open a bundle, a zip, a folder, or a bare SMIL file.

    Raises `InputError` for a file that cannot be read.
    """
    path = Path(source) if isinstance(source, str | os.PathLike) else None
    laid_open = partial(Opened, profile=profile, mode=mode, dialect=dialect, given_subject=subject)
    if path is not None and path.is_dir():
        files, folder, junk = sorted_out(folder_files(path))
        return laid_open(form=Form.FOLDER, files=files, folder=folder, junk=junk)
    data = _bytes_of(source)
    if not data.startswith(b"PK") and _is_bare_smil(data, path):
        return laid_open(form=Form.SMIL, files=((path.name if path else "message.smil", data),))
    archive = named_as_listed(read_archive(data))
    files, folder, junk = sorted_out(trusted(archive))
    return laid_open(form=Form.ZIP, archive=archive, source=data, files=files, folder=folder, junk=junk)


def called_by(source: Bundle | str | os.PathLike[str] | bytes) -> str:
    """The source's path, or `bundle` where it has none."""
    return str(os.fspath(source)) if isinstance(source, str | os.PathLike) else "bundle"


def _bytes_of(source: Bundle | str | os.PathLike[str] | bytes) -> bytes:
    if isinstance(source, Bundle):
        return source.data
    return source if isinstance(source, bytes) else load(Path(source))


def kind_of_type(type_: str) -> Kind:
    """What a part of that MIME type is to a slide: a card is an attachment, though its type is `text/`."""
    major = type_.partition("/")[0]
    if type_ == "text/plain":
        return Kind.TEXT
    return Kind(major) if major in ("image", "audio", "video") else Kind.ATTACHMENT


def is_type(value: str) -> bool:
    """True for a MIME type, with parameters or without.

    >>> is_type("text/plain; charset=utf-8"), is_type("image/*"), is_type("image/jpeg;image/jpeg")
    (True, False, False)
    """
    return bool(_MIME.fullmatch(value))


def _doctype(data: bytes) -> re.Match[bytes] | None:
    return _DOCTYPE_WITH_DECLARATIONS.search(data) or _DOCTYPE.search(data)


def _blanked(found: re.Match[bytes] | None, data: bytes) -> bytes:
    """`data` with blanks in place of what was found, so that lines and columns stay what they are."""
    if found is None:
        return data
    return data[: found.start()] + re.sub(rb"[^\r\n]", b" ", found[0]) + data[found.end() :]


def _is_bare_smil(data: bytes, path: Path | None) -> bool:
    return sniff(data) == SMIL_TYPE or (path is not None and path.suffix.lower() in SMIL_SUFFIXES)


def _manifest_like(name: str) -> bool:
    last = PurePosixPath(name).name.lower()
    return last in (MANIFEST, "manifest.txt", "manifest.properties", "manifest.mf")


def _outer_pars(node: Node) -> Iterator[Node]:
    for child in node.children:
        if child.tag == "par":
            yield child
        else:
            yield from _outer_pars(child)


_KINDS_BY_TAG = {"img": Kind.IMAGE, "text": Kind.TEXT, "audio": Kind.AUDIO, "video": Kind.VIDEO}


def _kind_of(shown: Shown) -> Kind | None:
    if shown.part is not None and shown.part.kind is not Kind.ATTACHMENT:
        return shown.part.kind
    return _KINDS_BY_TAG.get(shown.node.tag)

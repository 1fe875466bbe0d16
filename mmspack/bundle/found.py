"""A part as it is found in a bundle: its name, its line in the manifest, its bytes and what they are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mmspack.bundle.manifest import Entry
from mmspack.media.allowance import DecodingAllowance
from mmspack.media.appearance import NOTHING, Looks, look, shrink
from mmspack.media.formats import by_ending, kind_of_type
from mmspack.media.probing import Probe, probe
from mmspack.media.sniffing import sniff
from mmspack.media.texts import is_wide
from mmspack.model import SMIL_TYPE, Kind

if TYPE_CHECKING:
    from PIL import Image

_NAME = r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"
_PARAMETER = r";\s*+(?:[\w.*-]++\s*+=\s*+(?:\"[^\"]*+\"\s*+|[^;\"]*+))?+"
_MIME = re.compile(rf"{_NAME}/{_NAME}\s*+(?:{_PARAMETER})*+", re.ASCII)
"""A type by the restricted names of RFC 6838 (4.2), and its parameters by name and value."""


_REMEMBERED = 32
"""Pictures whose examination is remembered: those of a message that is built again after a change of text."""
_LARGEST_REMEMBERED = 1_000_000
"""Bytes of such a picture: more than any carrier takes, and with the number above a bound of the memory."""


class Examination:
    """What bytes turned out to be: what they are, and how their first frame looks."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._small: Image.Image | None = None
        self._known: Probe | None = None

    def probe(self, allowance: DecodingAllowance, *, keeps_small_copy: bool = True) -> Probe:
        """What they are. A picture is decoded once, and only where `allowance` has what that costs."""
        if self._known is None:
            found = probe(
                self._data, whole=True, keep=self._keep if keeps_small_copy else None, allowance=allowance
            )
            # Another message may have more left.
            self._known = None if found.undecoded else found
            return found
        # Paid for again: what is decoded of a message must not hang on what was checked before it.
        if self._known.cost and not allowance.take(self._known.cost):
            return probe(self._data, whole=True, allowance=DecodingAllowance(0))
        return self._known

    def _keep(self, image: Image.Image) -> None:
        self._small = shrink(image)

    @cached_property
    def looks(self) -> Looks:
        """What the first frame shows; nothing in particular where it was not decoded."""
        if self._small is None:
            return NOTHING
        seen = look(self._small, self._data)
        self._small = None
        return seen


_remembered = lru_cache(maxsize=_REMEMBERED)(Examination)


@dataclass(eq=False)
class Content:
    """A part's bytes, and what was found out about them. Probed at most once.

    A picture that was examined a moment ago, in this bundle or in another one, is not decoded again: that
    is 9 tenths of a build of pictures which are fitted already.
    """

    data: bytes = field(repr=False)
    keeps_small_copy: bool = True
    """Keep a small copy of a picture while it is decoded, for those who will ask how it looks."""
    allowance: DecodingAllowance = field(default_factory=DecodingAllowance, repr=False)
    """What may be decoded of all parts of its message together."""

    @cached_property
    def _examination(self) -> Examination:
        is_picture = kind_of_type(self.sniffed or "") is Kind.IMAGE
        if self.keeps_small_copy and is_picture and len(self.data) <= _LARGEST_REMEMBERED:
            return _remembered(self.data)
        return Examination(self.data)

    @cached_property
    def probe(self) -> Probe:
        """What the bytes are."""
        return self._examination.probe(self.allowance, keeps_small_copy=self.keeps_small_copy)

    @property
    def looks(self) -> Looks:
        """What the first frame shows; nothing in particular where this is not a sound picture."""
        return NOTHING if self.probe.error or self.probe.undecoded else self._examination.looks

    @cached_property
    def text(self) -> str | None:
        """The text without a byte order mark; None where it is not UTF-8."""
        try:
            return None if is_wide(self.data) else self.data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
        except UnicodeDecodeError:
            return None

    @cached_property
    def sniffed(self) -> str | None:
        """The MIME type that the first bytes show; None where they show none."""
        return sniff(self.data)


@dataclass(eq=False)
class FoundPart:
    """A part as it is in the bundle: a name, its line in the manifest, and its content.

    What follows from the name and the declared type is worked out once. The content may be exchanged for
    another of the same type (a campaign does so, recipient by recipient); what is asked of the bytes is
    asked of the content that is there.
    """

    name: str
    content: Content = field(repr=False)
    entry: Entry | None = None
    """Its line in the manifest; None where it has none."""

    @property
    def data(self) -> bytes:
        """Its bytes."""
        return self.content.data

    @property
    def probe(self) -> Probe:
        """What its bytes are."""
        return self.content.probe

    @property
    def looks(self) -> Looks:
        """What its first frame shows; nothing in particular where it is not a picture."""
        return self.content.looks

    @property
    def text(self) -> str | None:
        """Its text without a byte order mark; None where it is not UTF-8."""
        return self.content.text

    @cached_property
    def declared(self) -> str | None:
        """Its type by the manifest in lower case; None where it has none that could be one."""
        return self.entry.essence if self.entry and is_type(self.entry.type) else None

    @cached_property
    def type(self) -> str:
        """Its type by the manifest, else by its bytes, else by its name; empty when unknown."""
        by_name = by_ending(self.suffix)
        return self.declared or self.content.sniffed or (by_name.key if by_name else "")

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
            return self.content.sniffed == SMIL_TYPE or is_smil_suffix(self.suffix)
        return False


def is_type(value: str) -> bool:
    """True for a MIME type, with parameters or without.

    >>> is_type("text/plain; charset=utf-8"), is_type("image/*"), is_type("image/jpeg;image/jpeg")
    (True, False, False)
    """
    return bool(_MIME.fullmatch(value))


def is_smil_suffix(suffix: str) -> bool:
    """True for the endings that presentations have."""
    found = by_ending(suffix)
    return found is not None and found.key == SMIL_TYPE

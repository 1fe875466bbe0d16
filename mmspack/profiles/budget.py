"""How a message's size is counted: the one arithmetic that the fitter and the checks share."""

from __future__ import annotations

from collections.abc import Sequence

from mmspack.model import Budget, Part
from mmspack.profiles import Profile

HEADER_SLACK = 1024
"""Bytes that Android's stock composer keeps free for headers (AOSP Mms, read in source)."""


def header_bytes(parts: Sequence[tuple[str, str]], profile: Profile) -> int:
    """Allowance in bytes for the headers around parts given as (name, MIME type).

    The larger of Android's slack and the MIME headers that the parts carry between operators; 0 where
    the profile counts content alone.
    """
    if not profile.count_headers:
        return 0
    return max(HEADER_SLACK, sum(len(_mime_header(name, type_)) for name, type_ in parts))


def measure(parts: Sequence[Part], subject: str, profile: Profile) -> Budget:
    """The message's size against `profile`. The manifest and the zip itself are never counted."""
    return Budget(
        profile=profile.name,
        content_bytes=sum(len(part.data) for part in parts) + len(subject.encode()),
        header_bytes=header_bytes([(part.name, part.type) for part in parts], profile),
        max_bytes=profile.max_bytes,
        warn_bytes=profile.warn_bytes,
    )


def _mime_header(name: str, type_: str) -> str:
    charset = '; charset="utf-8"' if type_.startswith("text/") else ""
    return (
        f"--boundary-of-24-chars---\r\nContent-Type: {type_}{charset}; name={name}\r\n"
        f"Content-ID: <{name}>\r\nContent-Location: {name}\r\nContent-Transfer-Encoding: binary\r\n\r\n\r\n"
    )

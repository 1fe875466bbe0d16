"""What `fix` makes of the rules' cases: several tests ask about one and the same, and it is made once."""

from __future__ import annotations

import functools

from mmspack.fixing import FixResult, fix
from tests.rules.scenes import Scene

OPTIONS = ("profile", "dialect", "subject")


def mended(made: Scene) -> FixResult:
    """The repaired message, by the options of its scene. A result is frozen, so that tests may share it."""
    return _mended(made.data, **{key: value for key, value in made.options.items() if key in OPTIONS})


@functools.lru_cache(maxsize=2000)
def _mended(data: bytes, **options: object) -> FixResult:
    return fix(data, **options)  # type: ignore[arg-type]

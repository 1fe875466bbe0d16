"""How much work a call is, in lines of our own code that it runs: a busy machine changes nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import mmspack

_OURS = str(Path(mmspack.__file__).parent)


def steps(call: Callable[[], object]) -> int:
    """Lines of `mmspack` that run in `call`; a loop on one line counts each time round."""
    counted = 0

    def within(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal counted
        counted += event == "line"
        return within

    def entered(frame: FrameType, event: str, arg: Any) -> Any:
        return within if frame.f_code.co_filename.startswith(_OURS) else None

    before = sys.gettrace()
    sys.settrace(entered)
    try:
        call()
    finally:
        sys.settrace(before)
    return counted

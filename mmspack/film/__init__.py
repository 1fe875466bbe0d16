"""Films and sounds decoded and encoded, in a process of their own.

`engine` finds what can do it (PyAV, or an `ffmpeg` on the PATH) and is the seam; `clip` holds the values that
pass it; `progress` adds up how far the clips of a message are. Nothing here knows of budgets or profiles:
that is for `mmspack.fitting`.
"""

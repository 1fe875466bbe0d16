"""The server that `sandbox`, `listen` and `preview --watch` run in a thread."""

from __future__ import annotations

import os
import signal
import threading
import urllib.request

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from mmspack.gateway.listener.serving import Served


@pytest.mark.slow
def test_ctrl_c_leaves_the_server_to_end_in_its_own_time():
    def answered(_request):
        return PlainTextResponse("here")

    served = Served(Starlette(routes=[Route("/", answered)]), what="test", host="127.0.0.1", port=0)
    served.start()
    thread = next(one for one in threading.enumerate() if one.name == "mmspack-test")
    # Delivered while the main thread waits: at the moment in which Python 3.11 loses sight of the thread.
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        served.wait()
    with urllib.request.urlopen(served.origin) as answer:
        assert answer.read() == b"here"
    served.stop()
    thread.join(10)
    assert not thread.is_alive()

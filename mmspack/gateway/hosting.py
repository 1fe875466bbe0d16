"""Hosted bundles: putting one where the gateway can fetch it, and verifying that it is what was checked."""

from __future__ import annotations

import hashlib
import importlib
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from mmspack.errors import InputError, OutputError, UsageError
from mmspack.files import write_whole
from mmspack.gateway.connecting import client_options, transport_for
from mmspack.gateway.deadlines import Deadline, ExchangeEnded
from mmspack.gateway.parameters import hosted_url
from mmspack.gateway.secrets import Secret
from mmspack.gateway.wire import Timeouts, root_cause
from mmspack.problem import Place, Problem

if TYPE_CHECKING:
    import ssl

    from mmspack.bundle.bundle import Bundle
    from mmspack.gateway.requests import MediaPart

TYPES = ("application/zip", "application/x-zip-compressed", "application/octet-stream")
"""Content types that a server may give a zip."""
_VCARDS = ("text/vcard", "text/x-vcard")


@dataclass(frozen=True, slots=True)
class Hosted:
    """What an address serves."""

    url: str
    bytes: int
    sha256: str
    type: str


MOST_BYTES = 20_000_000
"""The most bytes that are fetched: several times the largest limit that a carrier publishes."""


def verify_hosted(
    url: str,
    bundle: Bundle,
    *,
    timeout: float = 30.0,
    whole: float = 120.0,
    verify: ssl.SSLContext | None = None,
) -> Hosted:
    """Fetch `url` and verify that it serves exactly `bundle`.

    Hash, length and content type must agree, `Content-Length` must be given, and no redirect is followed.
    `timeout` are the seconds for each block, `whole` those for all of it. Raises `InputError` with all that
    differs.
    """
    hosted, _ = fetch_hosted(url, length=len(bundle.data), timeout=timeout, whole=whole, verify=verify)
    if hosted.sha256 != bundle.sha256:
        raise _differs(
            url, [f"serves a different file: SHA-256 {hosted.sha256[:16]} instead of {bundle.sha256[:16]}"]
        )
    return hosted


def fetch_hosted(
    url: str,
    *,
    length: int | None = None,
    timeout: float = 30.0,
    whole: float = 120.0,
    verify: ssl.SSLContext | None = None,
    types: Sequence[str] = TYPES,
) -> tuple[Hosted, bytes]:
    """What `url` serves, as a gateway would fetch it; `length` is what it must have, in bytes, and
    `types` are the content types that it may have.

    Raises `InputError` for a redirect, a wrong content type, a length that is missing or differs.
    """
    import httpx2

    hosted_url(url)
    lines = transport_for(connections=1, verify=verify, proxy="", asynchronous=False)
    client = httpx2.Client(
        transport=lines, **client_options(Timeouts(connect=timeout, write=timeout, read=timeout))
    )
    deadline = Deadline(time.monotonic, whole, "the answer")
    try:
        with deadline.kept(), client, client.stream("GET", url) as answer:
            deadline.head_is_over()
            problems = _head_problems(answer.status_code, answer.headers, length, types)
            data = b"" if problems else b"".join(answer.iter_raw())
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, ExchangeEnded) as error:
        late = isinstance(error, httpx2.TimeoutException)
        why = root_cause(error) or ("no answer in time" if late else "the connection was interrupted")
        why = str(error) if isinstance(error, ExchangeEnded) else why
        raise InputError(f"cannot be fetched: {why}", where=Place(file=url.split("?")[0])) from None
    if problems:
        raise _differs(url, problems)
    digest = hashlib.sha256(data).hexdigest()
    return Hosted(url, len(data), digest, str(answer.headers.get("Content-Type", ""))), data


def _differs(url: str, problems: list[str]) -> InputError:
    where, cure = Place(file=url.split("?")[0]), "publish the bundle again, or send it by POST"
    return InputError(problems=[Problem(problem, where, cure) for problem in problems])


def _head_problems(
    status: int, headers: Mapping[str, str], length: int | None, types: Sequence[str]
) -> list[str]:
    if 300 <= status <= 399:
        return [f"redirects elsewhere (HTTP {status}), and gateways may not follow redirects"]
    if status != 200:
        return [f"responds with HTTP {status}"]
    problems = []
    kind = headers.get("Content-Type", "").split(";")[0].strip().lower()
    if kind not in types:
        problems.append(f"has the content type {kind or 'none'!r}, expected {types[0]}")
    if "Content-Encoding" in headers:
        problems.append(f"is encoded as {headers['Content-Encoding']!r}")
    announced = headers.get("Content-Length", "")
    if announced and "Transfer-Encoding" in headers:
        problems.append("sends both a Content-Length and chunks")
    if not announced.isdecimal():
        problems.append("does not send a Content-Length")
    elif length is not None and int(announced) != length:
        problems.append(f"announces {announced} bytes instead of {length}")
    elif int(announced) > MOST_BYTES:
        problems.append(f"announces {announced} bytes, more than any gateway accepts")
    return problems


def published_name(bundle: Bundle) -> str:
    """A name that follows from the content, so that an address never changes what it serves."""
    return f"{bundle.sha256[:40]}.zip"


def publish(bundle: Bundle, folder: str, *, base_url: str = "") -> str:
    """Write `bundle` below `folder` and return its address.

    `folder` is a directory or what fsspec opens (`s3://bucket/path`), with the optional extra `publish`.
    `base_url` is the address under which the folder is served; without it, an http folder is its own, and
    for others the place itself is returned. A user and a password in `folder` are in no address and no
    error. Raises `OutputError`, and `UsageError` without fsspec.
    """
    address = _put_whole(folder, name := published_name(bundle), bundle.data, TYPES[0])
    return hosted_url(f"{base_url.rstrip('/')}/{name}") if base_url else address


def publish_medium(medium: MediaPart, folder: str, base_url: str) -> str:
    """Write one part below `folder` under a name made of its content, and prove that its address serves it.

    `folder` and `base_url` are those of `publish`. Raises `OutputError`, `UsageError`, `InputError`.
    """
    name = f"{medium.sha256[:40]}{Path(medium.name).suffix.lower()}"
    address = _put_whole(folder, name, medium.data, medium.type)
    if base_url:
        address = f"{base_url.rstrip('/')}/{name}"
    types = _VCARDS if medium.type in _VCARDS else (medium.type,)
    hosted, _ = fetch_hosted(address, length=len(medium.data), types=types)
    if hosted.sha256 != medium.sha256:
        raise _differs(address, ["serves other bytes than those that were checked"])
    return address


def _userinfo(folder: str) -> str:
    """`user:password` of an address, as it is written there; or empty."""
    _, mark, rest = folder.partition("://")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    return authority.rpartition("@")[0] if mark else ""


def _without(userinfo: str, text: str) -> str:
    """`text` with that user and password blotted out, and the password also on its own and decoded."""
    password = userinfo.partition(":")[2]
    for item in (userinfo, password, unquote(password)):
        text = Secret(item).blot(text)
    return text


def _put_whole(folder: str, name: str, data: bytes, type_: str) -> str:
    """Write `data` below `folder`, unless it is in the store already; its address in the store."""
    try:
        fsspec = importlib.import_module("fsspec")
    except ImportError:
        raise UsageError("needs fsspec", where="publish", hint="pip install 'mmspack[publish]'") from None
    userinfo = _userinfo(folder)
    try:
        system, root = fsspec.core.url_to_fs(folder)
        path = f"{root.rstrip('/')}/{name}"
        system.makedirs(root, exist_ok=True)
        if not (system.exists(path) and system.cat_file(path) == data):
            _put(system, path, data, type_)
    except Exception as error:  # noqa: BLE001 (each kind of storage has errors of its own)
        why = " ".join(str(error).split()) or type(error).__name__
        raise OutputError(_without(userinfo, f"{folder}: cannot publish: {why}")) from None
    address = str(system.unstrip_protocol(path))
    return address.replace(f"{userinfo}@", "", 1) if userinfo else address


def _put(system: Any, path: str, data: bytes, type_: str) -> None:
    protocols = {system.protocol} if isinstance(system.protocol, str) else set(system.protocol)
    if protocols & {"file", "local"}:
        write_whole(Path(path), data)
        return
    system.pipe_file(path, data, **({"ContentType": type_} if "s3" in protocols else {}))

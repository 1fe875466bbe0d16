"""Hosted bundles: proved before they are sent, published under a name that follows from the content."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest

from mmspack.bundle.bundle import Bundle, pack
from mmspack.errors import InputError, OutputError, ParameterError
from mmspack.gateway.hosting import publish, published_name, verify_hosted
from mmspack.model import Part
from tests.gateway.raw_gateway import Connection, RawGateway, answer


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return pack([Part("hello.txt", "text/plain", b"Hello")])


def serve(status: str, body: bytes, *headers: str, length: int | None = None) -> RawGateway:
    def behave(connection: Connection) -> None:
        connection.gateway.received.append(connection.head().encode())
        connection.say(answer(status, body, *headers, length=length))

    return RawGateway([behave])


@pytest.mark.parametrize(
    "kind", ["application/zip", "Application/Zip; charset=x", "application/octet-stream"]
)
def test_an_address_that_serves_the_bundle_is_proved(kind: str, bundle: Bundle) -> None:
    with serve("200 OK", bundle.data, f"Content-Type: {kind}") as raw:
        hosted = verify_hosted(raw.url, bundle)
    assert (hosted.sha256, hosted.bytes, hosted.type) == (bundle.sha256, len(bundle.data), kind)
    assert len(raw.received) == 1


@pytest.mark.slow
def test_what_differs_is_named(bundle: Bundle) -> None:
    zipped = "Content-Type: application/zip"
    other = bytes([bundle.data[0] ^ 1]) + bundle.data[1:]
    cases = [
        (serve("200 OK", other, zipped), "serves a different file"),
        (serve("200 OK", bundle.data + b"x", zipped), f"announces {len(bundle.data) + 1} bytes"),
        (serve("200 OK", bundle.data, "Content-Type: text/html"), "content type 'text/html'"),
        (serve("200 OK", bundle.data), "content type 'none'"),
        (serve("200 OK", bundle.data, zipped, "Content-Encoding: gzip"), "encoded as 'gzip'"),
        (serve("404 Not Found", b""), "HTTP 404"),
        (serve("302 Found", b"", "Location: /other?token=geheim"), "redirects elsewhere .HTTP 302"),
        (serve("200 OK", bundle.data[:50], zipped, length=len(bundle.data)), "cannot be fetched"),
    ]
    for server, says in cases:
        with server as raw, pytest.raises(InputError, match=says) as error:
            verify_hosted(raw.url + "?token=geheim", bundle)
        assert "geheim" not in str(error.value)
        assert len(raw.received) == 1


def test_several_differences_are_told_at_once(bundle: Bundle) -> None:
    with serve("200 OK", b"<html>", "Content-Type: text/html") as raw, pytest.raises(InputError) as error:
        verify_hosted(raw.url, bundle)
    assert len(error.value.problems) == 2


def test_an_answer_without_length_is_refused(bundle: Bundle) -> None:
    def behave(connection: Connection) -> None:
        connection.head()
        connection.say(b"HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\n\r\n" + bundle.data)

    with RawGateway([behave]) as raw, pytest.raises(InputError, match="not send a Content-Length"):
        verify_hosted(raw.url, bundle)


def test_nobody_there_and_no_address(bundle: Bundle) -> None:
    with RawGateway([lambda connection: None]) as raw:
        pass
    with pytest.raises(InputError, match="connection refused"):
        verify_hosted(raw.url, bundle)
    with pytest.raises(ParameterError):
        verify_hosted("file:///etc/passwd", bundle)


def test_a_bundle_is_published_once_under_its_own_name(tmp_path: Path, bundle: Bundle) -> None:
    pytest.importorskip("fsspec")
    address = publish(bundle, str(tmp_path / "cdn"), base_url="https://cdn.example.com/mms/")
    name = published_name(bundle)
    assert address == f"https://cdn.example.com/mms/{name}"
    assert name == f"{bundle.sha256[:40]}.zip"
    target = tmp_path / "cdn" / name
    assert target.read_bytes() == bundle.data
    before = target.stat().st_mtime_ns
    assert publish(bundle, str(tmp_path / "cdn")).endswith(name)
    assert target.stat().st_mtime_ns == before
    target.write_bytes(b"damaged")
    publish(bundle, str(tmp_path / "cdn"))
    assert target.read_bytes() == bundle.data
    assert [path.name for path in (tmp_path / "cdn").iterdir()] == [name]
    assert publish(bundle, "memory://cdn/x") == f"memory:///cdn/x/{name}"


def test_a_place_that_cannot_be_written_is_one_clear_line(tmp_path: Path, bundle: Bundle) -> None:
    pytest.importorskip("fsspec")
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError):
        publish(bundle, str(tmp_path / "file" / "below"))
    with pytest.raises(OutputError, match="cannot publish"):
        publish(bundle, "nosuch://bucket/x")


@pytest.mark.parametrize("userinfo", ["u:geheim%2F9", "geheim-token", "u:geheim@9"])
def test_no_user_and_password_of_a_folder_is_shown(userinfo: str, bundle: Bundle) -> None:
    pytest.importorskip("fsspec")
    echo = f"530 {unquote(userinfo).removeprefix('u:')} is wrong\r\n".encode()
    with RawGateway([lambda connection: connection.say(echo)]) as raw:
        port = raw.url.split(":")[2].split("/")[0]
        for scheme in ("ftp", "nosuch", "sftp", "http"):
            with pytest.raises(OutputError, match="cannot publish") as error:
                publish(bundle, f"{scheme}://{userinfo}@127.0.0.1:{port}/x")
            assert "geheim" not in str(error.value)
            assert "\n" not in str(error.value)
            assert "127.0.0.1" in str(error.value)


def test_a_published_address_is_without_user_and_password(bundle: Bundle) -> None:
    pytest.importorskip("fsspec")
    assert "geheim" not in publish(bundle, "memory://u:geheim@cdn/x")

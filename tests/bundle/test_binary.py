"""Binary messages: what is written is read back without loss, by others too; hostile ones are refused."""

from __future__ import annotations

import json
import os
import random
import shutil
import struct
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmspack.bundle.binary.reader import MAX_PARTS, BinaryMessage, read_mms
from mmspack.bundle.binary.tokens import is_mms
from mmspack.bundle.binary.writer import write_mms
from mmspack.bundle.bundle import Bundle, pack
from mmspack.bundle.zip_reader import open_bundle
from mmspack.errors import BundleError, ParameterError
from mmspack.model import Part

SMIL = b'<smil><head/><body><par dur="5000ms"><text src="hello.txt"/></par></body></smil>'
JPEG = bytes(range(256)) * 3


def a_bundle(subject: str = "Hi £5 שלום 🐟") -> Bundle:
    return pack(
        [
            Part("message.smil", "application/smil", SMIL),
            Part("hello.txt", "text/plain", "Hello £5 🐟\r\n".encode()),
            Part("a.jpg", "image/jpeg", JPEG),
            Part("latin.txt", "text/plain; charset=iso-8859-1", b"Caf\xe9"),
            Part("shop.vcf", "text/x-vCard", b"BEGIN:VCARD\r\nEND:VCARD\r\n"),
            Part("clip.mp4", "video/mp4", b"\0" * 40_000),
            Part("none.bin", "application/octet-stream", b""),
        ],
        subject,
    )


def test_headers_are_written_in_the_standards_order() -> None:
    data = write_mms(
        pack([Part("a.txt", "text/plain", b"Hi")], "Hi"), to=["447700900999"], sender="447700900111"
    )
    assert data[:3] == b"\x8c\x80\x98"  # message type first, then the transaction
    transaction, rest = data[3:].split(b"\0", 1)
    assert len(transaction) == 16
    assert rest.startswith(
        b"\x8d\x92\x89\x19\x80+447700900111/TYPE=PLMN\0\x97+447700900999/TYPE=PLMN\0\x96Hi\0"
    )
    tail = rest.split(b"\x96Hi\0")[1]
    assert tail.startswith(b"\x86\x81\x90\x81\x84\xa3\x01")  # no reports; the type comes last; one part
    assert tail.endswith(b'\x1c\x02\n\x83\x81\xea\x85a.txt\0\xc0"<a.txt>\0\x8ea.txt\0Hi')


def test_a_message_without_a_sender_lets_the_operator_put_it_in() -> None:
    data = write_mms(a_bundle())
    assert b"\x89\x01\x81" in data
    assert read_mms(data).sender == ""


def test_everything_comes_back() -> None:
    made = a_bundle()
    data = write_mms(
        made, to=["447700900999", "447700900998"], sender="447700900111", deliveryreport=True, readreport=True
    )
    found = read_mms(data)
    assert (found.kind, found.version, found.sender) == ("m-send-req", "1.2", "447700900111")
    assert found.to == ("447700900999", "447700900998")
    assert (found.subject, found.deliveryreport, found.readreport) == (made.subject, True, True)
    assert (found.type, found.start) == ("application/vnd.wap.multipart.related", "message.smil")
    assert [(part.name, part.data) for part in found.parts] == [(part.name, part.data) for part in made.parts]
    assert [part.type for part in open_bundle(data).parts] == [
        part.type for part in open_bundle(made.data).parts
    ]
    assert open_bundle(data).subject == made.subject
    assert write_mms(made) == write_mms(a_bundle())


names = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='/\\:"<>|?*%'),
    min_size=1,
    max_size=20,
)
parts = st.lists(
    st.tuples(
        names,
        st.sampled_from(["image/jpeg", "image/gif", "audio/amr", "video/3gpp", "text/plain"]),
        st.binary(max_size=300),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda part: part[0].casefold(),
)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(
    parts, st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=60)
)
def test_random_messages_come_back(found: list[tuple[str, str, bytes]], subject: str) -> None:
    made = [
        Part(*one)
        for one in found
        if one[0].lower() not in ("manifest", ".", "..") and not one[0].startswith("cid:")
    ]
    back = read_mms(write_mms(pack(made, subject)))
    assert [(one.name, one.type, one.data) for one in back.parts] == [
        (one.name, one.type, one.data) for one in made
    ]
    assert back.subject == subject


def test_text_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(ParameterError, match="NUL"):
        write_mms(pack([Part("a.txt", "text/plain", b"x")], "a\0b"))
    with pytest.raises(ParameterError, match=r"a\.txt: the character set 'klingon' has no number"):
        write_mms(pack([Part("a.txt", "text/plain; charset=klingon", b"x")]))


# -- what others write -----------------------------------------------------------------------------


def retrieved(subject: bytes = b"\x96Hi\0", body: bytes = b"\x01\x01\x02\x83Hi") -> bytes:
    """An M-Retrieve.conf as a centre writes it, with fields that ours never has."""
    return (
        b"\x8c\x84" b"\x98T1\0" b"\x8d\x93" b"\x8bid@mmsc\0" b"\x85\x04\x60\x00\x00\x00"
        b"\x89\x0f\x80+4477009001/X\0" + subject + b"\x8a\x80" b"\x8f\x81" b"\x86\x80" b"\x90\x81"
        b"X-Own\0value\0" b"\x84\xa3" + body
    )  # fmt: skip


def test_a_retrieved_message_is_read() -> None:
    found = read_mms(retrieved())
    assert (found.kind, found.version, found.transaction, found.date) == (
        "m-retrieve-conf",
        "1.3",
        "T1",
        0x60000000,
    )
    assert (found.sender, found.subject, found.deliveryreport) == ("4477009001", "Hi", True)
    assert found.parts == (Part("part1", "text/plain", b"Hi"),)


@pytest.mark.parametrize(
    ("subject", "read"),
    [
        (b"\x96\x7f\xc3\xa9\0", "é"),
        (b"\x96\x05\xea\xc3\xa9x\0", "éx"),
        (b"\x96\x04\x84\xe9x\0", "éx"),
        (b"\x96\x08\x02\x03\xf7\x00\xe9\x00x\0", "éx"),
        (b"\x96\x09\x02\x03\xf7\xff\xfe\xe9\x00\0\0", "é"),
    ],
    ids=["quoted", "utf-8", "latin-1", "utf-16 without a mark", "utf-16"],
)
def test_subjects_in_other_character_sets(subject: bytes, read: str) -> None:
    assert read_mms(retrieved(subject)).subject == read


def test_names_come_from_location_name_or_id_and_are_made_safe() -> None:
    def part(headers: bytes, data: bytes = b"x") -> bytes:
        return bytes([len(headers), len(data)]) + headers + data

    rows = [
        part(b'\x9e\x8eloc.jpg\0\xc0"<id>\0'),
        part(b"\x0b\x9e\x85name.jpg\0"),
        part(b'\x9e\xc0"<id.jpg>\0'),
        part(b"\x9e\x8e../../etc/passwd\0"),
        part(b"\x9e\x8eLOC.jpg\0"),
        part(b"\x9e\x8emanifest\0"),
        part(b"\x9e"),
    ]
    found = read_mms(retrieved(body=bytes([len(rows)]) + b"".join(rows)))
    assert [one.name for one in found.parts] == [
        "loc.jpg", "name.jpg", "id.jpg", "passwd", "5-LOC.jpg", "part6", "part7",
    ]  # fmt: skip
    assert [one.name for one in found.bundle().parts] == [one.name for one in found.parts]


# -- hostile ones ----------------------------------------------------------------------------------

HOSTILE = {
    "nothing behind the type": b"\x8c\x80",
    "another kind": b"\x8c\x82\x98T\0",
    "a text without an end": b"\x8c\x80\x98T1",
    "a text of 9,000": b"\x8c\x80\x98" + b"x" * 9000 + b"\0",
    "no content type": b"\x8c\x80" + b"\x8a\x80" * 300,
    "a value beyond the end": b"\x8c\x80\xff\x1f\x8f\xff\xff\xff\x7fx",
    "a sender beyond its length": b"\x8c\x80\x89\x03\x80+44\0\x84\xa3\x00",
    "an endless number": b"\x8c\x80\x84\xa3" + b"\xff" * 40,
    "more parts than there are": b"\x8c\x80\x84\xa3\x02\x01\x01\x83x",
    "257 parts": b"\x8c\x80\x84\xa3\x82\x01" + b"\x01\x00\x83" * 257,
    "four thousand million parts": b"\x8c\x80\x84\xa3\x8f\xff\xff\xff\x7f",
    "data beyond the end": b"\x8c\x80\x84\xa3\x01\x01\x85\x00\x83x",
    "headers beyond the end": b"\x8c\x80\x84\xa3\x01\x85\x00\x01\x83x",
    "bytes after the last part": b"\x8c\x80\x84\xa3\x01\x01\x01\x83xy",
    "a type beyond its headers": b"\x8c\x80\x84\xa3\x01\x02\x01\x05\x83x",
    "a number of nine octets": b"\x8c\x80\x85\x09" + b"\1" * 9,
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_message_is_one_clear_line(data: bytes) -> None:
    with pytest.raises(BundleError, match=r"^message: byte [\d,]+: ") as error:
        read_mms(data)
    assert len(error.value.lines) == 1


def test_a_huge_one_is_refused_unread() -> None:
    with pytest.raises(BundleError, match="no message is larger"):
        read_mms(b"\x8c\x80" + bytes(16_000_001))
    assert MAX_PARTS == 256


@pytest.mark.slow
@settings(max_examples=500, deadline=None)
@given(st.data())
def test_random_changes_are_read_or_refused(data: st.DataObject) -> None:
    body = bytearray(write_mms(a_bundle(), to=["447700900999"])[:1500])
    for at in data.draw(st.lists(st.integers(2, len(body) - 1), max_size=6)):
        body[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    try:
        found = read_mms(bytes(body))
    except BundleError:
        return
    assert isinstance(found, BinaryMessage)
    found.bundle()


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_are_read_or_refused(body: bytes) -> None:
    for head in (b"\x8c\x80", b"\x8c\x84\x84\xb3"):
        try:
            read_mms(head + body).bundle()
        except BundleError:
            continue


# -- in the commands -------------------------------------------------------------------------------


@pytest.mark.slow
def test_commands_take_and_make_binary_messages(mmspack, tmp_path) -> None:
    (tmp_path / "message.toml").write_text('subject = "Hi £5"\n[[slides]]\ntext = "Hello there."\n')
    made = mmspack("export", ".", "--as", "mms", "-o", "out.mms", "--to", "+44 7700 900999", "--json")
    assert (made.code, json.loads(made.out)["parts"]) == (0, 2)
    data = (tmp_path / "out.mms").read_bytes()
    assert is_mms(data)
    assert read_mms(data).to == ("447700900999",)
    assert mmspack("check", "out.mms").code == 0
    inspected = mmspack("inspect", "out.mms").out
    assert f"out.mms: binary message, {len(data):,} bytes" in inspected
    assert "message.smil" in inspected
    assert mmspack("build", ".", "-o", "out.zip").code == 0
    assert mmspack("diff", "out.mms", "out.zip").code == 0
    assert mmspack("preview", "out.mms", "-o", "page.html").code == 0
    fixed = mmspack("fix", "out.mms", "-o", "fixed.zip")
    assert fixed.code == 0, fixed.err
    sent = mmspack("send", "out.mms", "--to", "447700900999", "--from", "447700900111", "--json")
    assert json.loads(sent.out)["outcome"]["result"] == "accepted"
    again = mmspack("export", "out.mms", "-o", "again.mms", "--to", "447700900999")
    assert again.code == 0
    assert (tmp_path / "again.mms").read_bytes() == data
    (tmp_path / "bad.mms").write_bytes(data[:-3])
    for command in ("check", "inspect", "preview"):
        ran = mmspack(command, "bad.mms")
        assert ran.code in (1, 2, 3)
        assert "beyond the end" in ran.err + ran.out
        assert "Traceback" not in ran.err
    assert mmspack("export", "out.zip", "--as", "fax").code == 2


# -- others' decoders ------------------------------------------------------------------------------


_TYPES = ("image/jpeg", "image/gif", "image/png", "audio/amr", "audio/mpeg", "video/3gpp", "text/x-vCard")
_FIELDS = (
    *("mmse.message_type", "mmse.transaction_id", "mmse.mms_version", "mmse.from", "mmse.to", "mmse.subject"),
    *("mmse.delivery_report", "mmse.read_report", "wsp.header.content_type", "wsp.parameter.name"),
    *("wsp.parameter.start", "wsp.header.content_id", "wsp.header.content_location", "wsp.multipart"),
)


def random_message(draw: random.Random) -> tuple[Bundle, dict[str, object]]:
    """A bundle of random parts, with or without a presentation, and what its binary form is written with.

    No part is empty, and none is random: tshark 4.0 calls a message with an empty part malformed, and looks
    into the media, where it stumbles over some bytes.
    """
    parts = [Part("message.smil", "application/smil", SMIL)] if draw.random() < 0.5 else []
    for at in range(draw.randrange(1, 8)):
        if draw.random() < 0.3:
            charset = draw.choice(["", "; charset=utf-8", "; charset=us-ascii", "; charset=iso-8859-1"])
            parts.append(Part(f"text{at}.txt", f"text/plain{charset}", b"Hello" * draw.randrange(1, 60)))
        else:
            type_ = draw.choice(_TYPES)
            size = draw.choice([1, 127, 128, 16_384 if at == 1 else 300])
            parts.append(Part(f"part{at}.bin", type_, b"x" * size))
    subject = "".join(draw.choices("abc XYZ 0189 .,!?", k=draw.randrange(40))).strip()
    return pack(parts, subject), {
        "to": [f"4477{draw.randrange(10**8):08d}" for _ in range(draw.randrange(1, 4))],
        "sender": draw.choice(["", "447700900111"]),
        "deliveryreport": draw.random() < 0.5,
        "readreport": draw.random() < 0.5,
    }


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("tshark") is None, reason="no tshark on this machine")
def test_tshark_reads_the_same(tmp_path) -> None:
    """Headers, parts and their order. `MMSPACK_TSHARK=1000` tries so many."""
    count = int(os.environ.get("MMSPACK_TSHARK", "100"))
    draw = random.Random(count)
    messages = [random_message(draw) for _ in range(count)]
    binary = [write_mms(bundle, **headers) for bundle, headers in messages]
    (tmp_path / "mms.pcap").write_bytes(_captured(binary))
    options = [piece for name in _FIELDS for piece in ("-e", name)]
    done = subprocess.run(
        ["tshark", "-r", tmp_path / "mms.pcap", "-T", "json", *options],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    read = [packet["_source"]["layers"] for packet in json.loads(done.stdout)]
    assert len(read) == count
    for (bundle, headers), data, layers in zip(messages, binary, read, strict=True):
        assert_same(bundle, headers, data, layers)


def assert_same(
    bundle: Bundle, headers: dict[str, object], data: bytes, layers: dict[str, list[str]]
) -> None:
    """What tshark's layers show is what was written."""
    smil = bundle.parts[0].type == "application/smil"
    yes = {True: "0x80", False: "0x81"}
    assert layers["mmse.message_type"] == ["0x80"]
    assert layers["mmse.transaction_id"] == [data[3:].split(b"\0")[0].decode()]
    assert layers["mmse.mms_version"] == ["1.2"]
    wanted = f"+{headers['sender']}/TYPE=PLMN" if headers["sender"] else "<insert address>"
    assert layers["mmse.from"] == [wanted]
    assert layers["mmse.to"] == [f"+{number}/TYPE=PLMN" for number in headers["to"]]
    assert layers.get("mmse.subject", [""]) == [bundle.subject]
    assert layers["mmse.delivery_report"] == [yes[bool(headers["deliveryreport"])]]
    assert layers["mmse.read_report"] == [yes[bool(headers["readreport"])]]
    whole = f"application/vnd.wap.multipart.{'related' if smil else 'mixed'}"
    types = [part.type.split(";")[0].lower() for part in bundle.parts]
    assert [one.lower() for one in layers["wsp.header.content_type"]] == [whole, *types]
    assert layers.get("wsp.parameter.start", []) == (["<message.smil>"] if smil else [])
    names = [part.name for part in bundle.parts]
    assert layers["wsp.parameter.name"] == names
    assert layers["wsp.header.content_location"] == names
    assert [one.strip('"') for one in layers["wsp.header.content_id"]] == [f"<{name}>" for name in names]
    assert len(layers["wsp.multipart"]) == len(bundle.parts)


def _captured(bodies: list[bytes]) -> bytes:
    """A capture of HTTP answers with these bodies, one TCP segment each, for a decoder of MMS."""
    packets = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 1 << 18, 101)]
    for number, body in enumerate(bodies):
        http = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.wap.mms-message\r\n"
        http += b"Content-Length: %d\r\n\r\n" % len(body) + body
        tcp = struct.pack(">HHIIBBHHH", 80, 40_000 + number, 1, 1, 0x50, 0x18, 65535, 0, 0) + http
        ip = struct.pack(
            ">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), number, 0, 64, 6, 0, b"\x7f\0\0\1", b"\x7f\0\0\2"
        )
        packet = ip + tcp
        packets.append(struct.pack("<IIII", number, 0, len(packet), len(packet)) + packet)
    return b"".join(packets)


@pytest.mark.parametrize("letter", ["a", "é", "\U0001f389"])
def test_a_subject_that_is_written_can_be_read_and_one_that_cannot_is_refused(letter: str) -> None:
    fits = 8191 // len(letter.encode())
    bundle = pack([Part("text1.txt", "text/plain", b"Hello")], letter * fits)
    assert read_mms(write_mms(bundle)).subject == letter * fits
    with pytest.raises(ParameterError, match="8,192 at most"):
        write_mms(pack(bundle.parts, letter * (fits + 2)))


@pytest.mark.parametrize("subject", ["\x01", "\x1f and more", " blank first", "Hello", "Zoë"])
def test_a_subject_comes_back_whatever_it_begins_with(subject: str) -> None:
    bundle = pack([Part("text1.txt", "text/plain", b"Hello")], subject)
    assert read_mms(write_mms(bundle)).subject == subject

"""Texts in other charsets: read as they were meant, or left as they are with the error; never made wrong."""

from __future__ import annotations

import pytest

from mmspack.fixing import FixResult, fix
from mmspack.model import Severity
from mmspack.rules.checking import check
from tests.rules.cases import CARD, parts_alone, unzipped
from tests.rules.scenes import Scene, photo, scene

THAI = "สวัสดีครับ ร้านของเราเปิดแล้ว"


def copy(data: bytes, type_: str = "text/plain") -> Scene:
    return scene(files={"image1.jpg": photo(), "text1.txt": data}, types={"text1.txt": type_})


def errors(made: Scene, **options: object) -> list[str]:
    return [finding.id for finding in check(made.data, **options).of(Severity.ERROR)]


def left(result: FixResult) -> list[str]:
    return [finding.id for finding in result.report.findings]


def lines(result: FixResult) -> list[str]:
    return unzipped(Scene(result.bundle.data))["manifest"].decode().splitlines()


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("iso-8859-2", "Zażółć gęślą"),
        ("tis-620", THAI),
        ("windows-1251", "Привет мир"),
        ("Shift_JIS", "こんにちは"),
        ("iso-2022-jp", "こんにちは"),
        ("utf-16", "Hello 日本"),
        ("iso-8859-1", "Café crème"),
        ("gb2312", "夏天 镕"),
    ],
)
def test_a_text_in_a_declared_charset_is_read_in_it(charset: str, text: str) -> None:
    encoded = text.encode("gbk" if charset == "gb2312" else charset)
    made = copy(encoded, f"text/plain; charset={charset}")
    assert errors(made) == ["MMS403"]
    result = fix(made.data)
    assert result.bundle.part("text1.txt").data.decode() == text
    assert "text1.txt=text/plain; charset=utf-8" in lines(result)
    assert left(result) == []
    assert fix(result.bundle).changes == ()


@pytest.mark.parametrize(
    "data",
    [
        THAI.encode("tis-620"),
        "Привет мир".encode("cp1251"),
        "こんにちは".encode("shift_jis"),
        "Zażółć gęślą".encode("iso-8859-2"),
        "Příliš žluťoučký kůň".encode("cp1250"),
        "Hoş geldiniz, satılık".encode("cp1254"),
        "corazón".encode("mac-roman"),
        "Schöne Größe".encode("cp850"),
        THAI.encode()[:-1],
        "Café crème ".encode() + b"\xe9",
        "Hello".encode("utf-16")[:-1],
    ],
)
@pytest.mark.parametrize(
    "type_", ["text/plain", "text/plain; charset=utf-8", "text/plain; charset=x-user-defined"]
)
def test_a_text_of_which_the_charset_is_not_certain_stays_with_its_error(data: bytes, type_: str) -> None:
    made = copy(data, type_)
    assert len(errors(made)) == 1
    result = fix(made.data)
    assert result.bundle.part("text1.txt").data == data
    assert result.changes == ()
    assert left(result) == errors(made)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Schöne Hüte, 20 €".encode("cp1252"), "Schöne Hüte, 20 €"),
        ("It’s – “now” £5".encode("cp1252"), "It’s – “now” £5"),
        ("¿Qué tal? Mañana, promoción".encode("latin-1"), "¿Qué tal? Mañana, promoción"),
        ("Déjà l’été à la forêt, où êtes-vous ?".encode("cp1252"), "Déjà l’été à la forêt, où êtes-vous ?"),
        ("Smørrebrød på søndag".encode("latin-1"), "Smørrebrød på søndag"),
        (b"Sale \xed\xa0\xbd\xed\xb8\x80", "Sale 😀"),
        ("Hello there".encode("utf-16-le"), "Hello there"),
        (THAI.encode("utf-16-be"), THAI),
        ("It\u0092s \u0093now\u0094".encode(), "It’s “now”"),
    ],
)
def test_a_text_that_shows_its_charset_is_converted(data: bytes, text: str) -> None:
    made = copy(data)
    result = fix(made.data)
    assert result.bundle.part("text1.txt").data.decode() == text
    assert not {"MMS441", "MMS443"} & set(left(result))
    assert fix(result.bundle).changes == ()


def test_utf16_without_a_mark_is_an_error() -> None:
    assert errors(copy("Hello there".encode("utf-16-le"))) == ["MMS441"]


def test_a_text_that_was_converted_twice_is_told_of_and_kept() -> None:
    twice = THAI.encode().decode("latin-1").encode()
    (finding,) = check(copy(twice).data).findings
    assert finding.id == "MMS445"
    result = fix(copy(twice).data)
    assert result.bundle.part("text1.txt").data == twice
    assert left(result) == ["MMS445"]


@pytest.mark.parametrize("text", ["«CAFÉ»", "CAFÉ\u00a0!", "«AMANHû São", "CANÇÃO® NAÇÃO£"])
def test_capitals_beside_signs_are_no_second_conversion(text: str) -> None:
    assert check(copy(text.encode()).data).findings == ()


def test_ascii_is_not_what_is_declared_where_there_are_accents() -> None:
    made = copy("Café".encode(), "text/plain; charset=us-ascii")
    for mode in ("restricted", "warning", "free"):
        assert errors(made, mode=mode) == ["MMS403"]
    result = fix(made.data)
    assert "text1.txt=text/plain; charset=utf-8" in lines(result)
    assert result.bundle.part("text1.txt").data == "Café".encode()
    assert left(result) == []


PARAMETERS = (
    "message.smil=application/smil; charset=utf-8\n"
    "image1.jpg=image/jpeg; name=image1.jpg\n"
    'text1.txt=text/plain;charset="UTF-8"; format=flowed\n'
)


def test_parameters_that_are_true_are_left_byte_for_byte() -> None:
    made = scene(files={"image1.jpg": photo(), "text1.txt": "Café".encode()}, manifest=PARAMETERS)
    assert errors(made) == []
    result = fix(made.data)
    assert result.changes == ()
    assert result.bundle.data == made.data


def test_parameters_outlive_what_else_is_mended() -> None:
    listed = PARAMETERS.replace("image1.jpg", "my\\ beach.jpg")
    made = parts_alone(
        files={"my beach.jpg": photo(), "text1.txt": b"\xef\xbb\xbfHello"},
        manifest=listed.partition("\n")[2].replace("name=my\\ beach.jpg", "name=my beach.jpg"),
    )
    result = fix(made.data)
    assert lines(result) == [
        "my-beach.jpg=image/jpeg; name=my-beach.jpg",
        'text1.txt=text/plain;charset="UTF-8"; format=flowed',
    ]
    assert left(result) == []


def test_a_vcard_that_is_declared_as_text_becomes_one() -> None:
    for name in ("contact.vcf", "text1.txt"):
        made = parts_alone(
            files={"image1.jpg": photo(), name: CARD}, manifest=f"image1.jpg=image/jpeg\n{name}=text/plain\n"
        )
        assert errors(made) == ["MMS401"]
        result = fix(made.data)
        assert lines(result)[1] == f"{name.rpartition('.')[0]}.vcf=text/x-vCard"
        assert left(result) == []

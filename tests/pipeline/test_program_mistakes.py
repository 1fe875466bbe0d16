"""What a program does wrong with messages, bundles and profiles: refused in words that name the cure."""

from __future__ import annotations

import datetime
import io
import pickle
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from PIL import Image

import mmspack
from mmspack import Message, Overlay, Profile, Severity, Slide, profiles
from mmspack.bundle.binary.writer import write_mms
from mmspack.errors import AuthoringError, ConfigError, InputError, OutputError, ParameterError, UsageError

TEXT = Message(slides=[Slide(text="Hello")], layout="text-only")


@pytest.fixture(scope="module")
def built() -> mmspack.Build:
    return mmspack.build(TEXT)


def test_one_number_is_one_recipient_of_a_binary_message(built: mmspack.Build) -> None:
    one, several = (write_mms(built.bundle, to=to) for to in ("447700900104", ["447700900104"]))
    assert one == several
    assert one.count(b"/TYPE=PLMN") == 1


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"to": ["abc\r\n"]}, "to"),
        ({"to": [447700900104]}, "to"),
        ({"to": "4477009001044477009001044477009001"}, "to"),
        ({"sender": "x" * 500}, "sender"),
        ({"subject": b"Hi"}, "subject"),
    ],
)
def test_what_is_no_number_is_not_written_into_a_binary_message(
    built: mmspack.Build, wrong: dict[str, Any], key: str
) -> None:
    with pytest.raises(ParameterError, match=f"^{key}: "):
        write_mms(built.bundle, **wrong)
    with pytest.raises(ParameterError, match=r"give its \.bundle"):
        write_mms(built)  # type: ignore[arg-type]


def test_findings_are_asked_for_by_the_name_of_a_severity() -> None:
    report = mmspack.build(Message(slides=[Slide(text="Hello {{ name }}")], layout="text-only")).report
    assert report.of("warning") == report.of(Severity.WARNING) != ()
    with pytest.raises(UsageError, match="did you mean 'warning'"):
        report.of("warnings")


@pytest.mark.parametrize("kind", ["float64", "int64", "uint16"])
def test_an_array_of_another_kind_says_what_to_do(kind: str) -> None:
    with pytest.raises(AuthoringError, match=f"an array of {kind}.*convert it to uint8"):
        mmspack.build(Message(slides=[Slide(image=np.zeros((9, 9, 3), kind))]))


@pytest.mark.parametrize(
    "message",
    [
        Message(slides=[Slide(text="x\ud800y")], layout="text-only"),
        Message(subject="x\udfffy", slides=[Slide(text="Hi")], layout="text-only"),
        Message(fallback="x\ud800", slides=[Slide(text="Hi")], layout="text-only"),
    ],
)
def test_half_a_character_is_refused_with_its_place(message: Message) -> None:
    with pytest.raises(AuthoringError, match=r"character 2 is half of one \(U\+D"):
        mmspack.build(message)


@pytest.mark.parametrize(
    "text", ["Hi {{ name | uper }}", "Hi {{ name }}{{ name", "Hi {{ name }} {{ name y }}"]
)
def test_a_slip_in_a_template_is_reported_and_not_that_it_uses_nothing(text):
    with pytest.raises(AuthoringError) as caught:
        mmspack.build(Message(slides=[Slide(text=text)]), values={"name": "Ada"})
    assert "slide 1, text" in str(caught.value)
    assert "no template uses" not in str(caught.value)


def test_a_value_that_no_template_takes_is_refused_as_at_the_command_line() -> None:
    message = Message(slides=[Slide(text="Hi {{ name }}")], layout="text-only")
    with pytest.raises(AuthoringError, match=r"no template uses the variable 'nmae' \(did you mean 'name'"):
        mmspack.build(message, values={"name": "Ada", "nmae": "Bob"})
    with pytest.raises(AuthoringError, match=r"^values: expected a Mapping, found a list"):
        mmspack.build(message, values=["Ada"])  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [None, ["uk"], 7])
def test_a_check_asks_for_one_profile(built: mmspack.Build, wrong: Any) -> None:
    with pytest.raises(UsageError, match=r"^profile: expected one name or a Profile"):
        mmspack.check(built.bundle, profile=wrong)


def test_a_build_goes_from_one_process_to_another(built: mmspack.Build) -> None:
    again = pickle.loads(pickle.dumps(built))
    assert again.bundle.data == built.bundle.data
    assert again.report == built.report
    assert again.written_at is not None
    assert [again.written_at(one) for one in again.report.findings] == [
        built.written_at(one) for one in built.report.findings
    ]


def test_a_build_that_was_not_checked_is_not_called_fine() -> None:
    with pytest.raises(UsageError, match="was not checked"):
        assert mmspack.build(TEXT, check=False).ok


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("../x.txt", b"x", "with_part: '../x.txt' points outside its folder"),
        ("text1.txt", "Hello", "no file 'Hello'"),
        (7, b"x", "7 is not the name of a part"),
    ],
)
def test_a_part_that_cannot_be_is_refused_in_words(
    built: mmspack.Build, name: Any, data: Any, says: str
) -> None:
    with pytest.raises((InputError, UsageError)) as error:
        built.bundle.with_part(name, data)
    assert says in str(error.value)


def test_a_build_in_place_of_its_bundle_is_told_the_attribute(built: mmspack.Build) -> None:
    for use in (mmspack.check, mmspack.open_bundle):
        with pytest.raises((AuthoringError, InputError), match=r"give its \.bundle"):
            use(built)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"max_bytes": "50000"}, "max_bytes: expected a whole number above 0, found a str"),
        ({"max_bytes": -1}, "max_bytes: expected a whole number above 0, found an int, -1"),
        ({"image_types": "image/jpeg"}, "image_types: expected a list of strings, found a str"),
        ({"date": "yesterday"}, "date: 'yesterday' is not a date"),
    ],
)
def test_a_profile_made_in_python_is_held_to_what_a_file_is_held_to(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError) as error:
        replace(profiles.get("uk"), **wrong)
    assert says in str(error.value)


def test_a_smaller_limit_of_ones_own_recommends_nothing_above_it() -> None:
    own = replace(profiles.get("uk"), max_bytes=30_000)
    assert (own.max_bytes, own.warn_bytes) == (30_000, None)
    assert mmspack.build(TEXT, own).ok


def test_a_list_of_types_is_as_good_as_a_tuple() -> None:
    own: Profile = replace(profiles.get("uk"), name="acme", image_types=["image/jpeg"])  # type: ignore[arg-type]
    assert mmspack.build(TEXT, own).ok


def test_an_open_file_can_be_read_once(built: mmspack.Build) -> None:
    stream = io.BytesIO(built.bundle.data)
    assert mmspack.check(stream).ok


class Thing:
    """Of a program, without words of its own."""


@pytest.mark.parametrize("value", [b"Ada", ["a", "b"], ("a",), {"a": 1}, {1, 2}, Thing(), memoryview(b"x")])
@pytest.mark.parametrize("text", ["Hi {{ x }}", "Hi {{ x }}{% if 1 %}!{% endif %}"])
def test_what_a_template_would_print_in_python_s_own_notation_is_refused(value: object, text: str) -> None:
    message = Message(slides=[Slide(text=text)], layout="text-only")
    with pytest.raises(AuthoringError, match=r"slide 1, text: it would print an? \w+ as Python writes it \("):
        mmspack.build(message, values={"x": value})


def test_the_cure_for_a_list_works_as_written() -> None:
    message = Message(slides=[Slide(text="Hi {{ name | join(', ') }}")], layout="text-only")
    built = mmspack.build(message, values={"name": ["Ada", "Bob"]})
    assert built.bundle.part("text1.txt").data == b"Hi Ada, Bob"


def test_dates_numbers_and_addresses_print_as_they_read() -> None:
    values = [datetime.date(2026, 12, 4), Decimal("19.90"), 7, 1.5, UUID(int=7), Path("a/b")]
    message = Message(slides=[Slide(text="{{ x }}")], layout="text-only")
    for value in values:
        assert (
            mmspack.build(message, values={"x": value}).bundle.part("text1.txt").data == str(value).encode()
        )


@pytest.mark.parametrize("text", ["{{ vip }}", "{{ true }}", "{{ 1 == 1 }}"])
def test_true_and_false_are_for_conditions_and_not_for_copy(text: str) -> None:
    message = Message(slides=[Slide(text=text + "{% if vip %}!{% endif %}")], layout="text-only")
    with pytest.raises(AuthoringError, match="it would print a bool") as refused:
        mmspack.build(message, values={"vip": True})
    assert "{{ 'yes' if name else 'no' }}" in str(refused.value)


def test_true_and_false_decide_what_is_printed() -> None:
    message = Message(slides=[Slide(text="{{ 'Gold' if vip else 'Blue' }}")], layout="text-only")
    built = mmspack.build(message, values={"vip": True})
    assert built.bundle.part("text1.txt").data == b"Gold"


@pytest.mark.parametrize("wrong", ["x\ny", "x\r\nBcc: 1", "x\r"])
def test_a_subject_of_a_binary_message_is_one_line(built: mmspack.Build, wrong: str) -> None:
    with pytest.raises(ParameterError, match=r"^subject: contains a line break.*write it on one line"):
        write_mms(built.bundle, to="447700900104", subject=wrong)


@pytest.mark.parametrize("wrong", [7, object()])
def test_recipients_that_are_neither_one_nor_several_are_refused(built: mmspack.Build, wrong: Any) -> None:
    with pytest.raises(ParameterError, match=r"^to: expected one number or several"):
        write_mms(built.bundle, to=wrong)


@pytest.mark.parametrize("wrong", [7, None, [7]])
@pytest.mark.parametrize("name", ["select", "ignore"])
def test_rules_are_chosen_by_their_ids(built: mmspack.Build, name: str, wrong: Any) -> None:
    with pytest.raises(UsageError, match=rf'^{name}: expected ids of rules.*{name}=\["MMS2"\]'):
        mmspack.check(built.bundle, **{name: wrong})


@pytest.mark.parametrize(
    ("message", "says"),
    [
        (
            Message(slides=Slide(text="x")),  # type: ignore[arg-type]
            "slides: expected a list, found a Slide (slides=[Slide(…)])",
        ),
        (
            Message(slides=None),  # type: ignore[arg-type]
            "slides: expected a list, found nothing (slides=[Slide(…)])",
        ),
        (
            Message(slides=[Slide(text="x", overlay=Overlay(box=(0, 0, 9, 9), text="x"))]),  # type: ignore[arg-type]
            "slide 1, overlay: expected a list, found an Overlay (overlay=[Overlay(…)])",
        ),
        (
            Message(slides=[Slide(text="x")], fallback=7),  # type: ignore[arg-type]
            'fallback: expected text, found 7 (fallback="…")',
        ),
        (
            Message(slides=[Slide(text=Image.new("RGB", (3, 3)))]),  # type: ignore[arg-type]
            "slide 1, text: expected text, found an Image",
        ),
    ],
)
def test_a_program_is_told_the_cure_in_python(message: Message, says: str) -> None:
    with pytest.raises(AuthoringError) as error:
        mmspack.build(message)
    assert says in str(error.value)


def test_an_open_file_that_was_read_before_is_told_to_seek() -> None:
    stream = io.BytesIO()
    Image.new("RGB", (30, 30)).save(stream, "PNG")
    with pytest.raises(AuthoringError, match=r"found no bytes \(seek\(0\)"):
        mmspack.build(Message(slides=[Slide(image=stream)]))


def test_a_folder_is_no_file_to_save_to(built: mmspack.Build, tmp_path: Path) -> None:
    for folder in (".", tmp_path):
        with pytest.raises(OutputError, match=r"is a directory \(name a file in it\)"):
            built.bundle.save(folder)


def test_a_layout_that_asks_for_what_a_slide_has_not_lists_what_it_has(tmp_path: Path) -> None:
    (tmp_path / "mine.smil.j2").write_text("<smil>{{ slides[0].picture }}</smil>")
    with pytest.raises(AuthoringError, match=r"a slide has no|a slide has number, dur, image") as error:
        mmspack.build(replace(TEXT, layout="mine"), layout_folders=[tmp_path])
    assert "SlideNames" not in str(error.value)


def test_a_folder_in_place_of_a_zip_is_told_what_reads_folders(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is a directory \(name the zip; check\(\) reads a folder"):
        mmspack.open_bundle(tmp_path)

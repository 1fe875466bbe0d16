"""A bundle has one truth: whoever changes a part, or the subject, has the zip packed again."""

from __future__ import annotations

import io
import zipfile

import pytest

from mmspack import Bundle, Message, Slide, build, check, open_bundle
from mmspack.errors import InputError, UsageError


@pytest.fixture(scope="module")
def bundle(scene) -> Bundle:
    return build(Message(subject="Sale", slides=[Slide(image=scene(40, 30), text="Hello")])).bundle


def holds_what_it_says(bundle: Bundle) -> bool:
    """The zip's bytes, read again, are the bundle."""
    return open_bundle(bundle.data) == bundle


def test_a_text_is_changed_and_sent_again(bundle):
    changed = bundle.with_part("text1.txt", b"Good bye")
    assert changed.part("text1.txt").data == b"Good bye"
    assert changed.part("text1.txt").type == bundle.part("text1.txt").type
    assert [part.name for part in changed.parts] == [part.name for part in bundle.parts]
    assert holds_what_it_says(changed)
    assert check(changed).ok
    assert bundle.part("text1.txt").data == b"Hello"
    assert changed.with_part("text1.txt", b"Hello") == bundle


def test_a_part_is_added_with_the_type_of_its_ending(bundle, tmp_path):
    (tmp_path / "shop.vcf").write_bytes(b"BEGIN:VCARD\r\nVERSION:2.1\r\nN:Shop\r\nEND:VCARD\r\n")
    for source in (tmp_path / "shop.vcf", (tmp_path / "shop.vcf").read_bytes(), io.BytesIO(b"x")):
        changed = bundle.with_part("shop.vcf", source)
        assert changed.parts[-1].type == "text/x-vCard"
        assert holds_what_it_says(changed)
    assert bundle.with_part("a.bin", b"x", type="image/png").parts[-1].type == "image/png"


def test_a_part_is_taken_out(bundle):
    changed = bundle.without("image1.jpg")
    assert [part.name for part in changed.parts] == ["message.smil", "text1.txt"]
    assert holds_what_it_says(changed)
    assert not check(changed).ok  # the presentation still shows it


def test_the_subject_is_noted_anew_and_counts(bundle):
    changed = bundle.with_subject("Grüße zum Fest")
    assert open_bundle(changed.data).subject == changed.subject == "Grüße zum Fest"
    assert changed.parts == bundle.parts
    assert holds_what_it_says(changed.with_subject(""))


def test_a_bundle_without_a_manifest_stays_without():
    made = build(Message(slides=[Slide(text="Hello")], layout="text-only"), dialect="vianett").bundle
    changed = made.with_part("text1.txt", b"Bye")
    assert zipfile.ZipFile(io.BytesIO(changed.data)).namelist() == ["mms.smil", "text1.txt"]


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        (lambda bundle: bundle.without("text2.txt"), UsageError, "did you mean 'text1.txt'?"),
        (lambda bundle: bundle.with_part("a.xyz", b"x"), UsageError, "the ending is unknown"),
        (lambda bundle: bundle.with_part("manifest", b"x"), UsageError, "not the name of a part"),
        (lambda bundle: bundle.with_part("../a.txt", b"x"), UsageError, "'../a.txt'"),
        (lambda bundle: bundle.with_part(5, b"x"), UsageError, "not the name of a part"),
        (lambda bundle: bundle.with_part("a.txt", 5), InputError, "expected a file"),
        (lambda bundle: bundle.with_part("a.txt", "gone.txt"), InputError, "gone.txt"),
        (lambda bundle: bundle.with_subject("a\nb"), UsageError, "not one line"),
        (lambda bundle: bundle.with_subject(5), UsageError, "not one line"),
    ],
)
def test_what_cannot_be_is_refused(bundle, change, kind, said):
    with pytest.raises(kind) as caught:
        change(bundle)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)

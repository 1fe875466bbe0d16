"""Every sample built, sent over HTTP to the sandbox, and read back."""

from __future__ import annotations

from pathlib import Path

import pytest

import mmspack
from mmspack.authoring import from_source
from mmspack.profiles.budget import measure
from mmspack.smil.tree import parse

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLES = sorted(path for path in (ROOT / "samples").iterdir() if (path / "README.md").is_file())


def build(sample: Path, profile: str | None = None) -> mmspack.Build:
    message, _ = from_source([sample], {})
    return mmspack.build(message, profile)


def test_there_are_five_samples_each_with_a_readme():
    assert len(SAMPLES) >= 5
    assert all((sample / "README.md").is_file() for sample in SAMPLES)


@pytest.mark.slow
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_sample_builds_clean_and_arrives_as_it_was_built(sample):
    built = build(sample)
    assert not [found for found in built.report.findings if found.severity != "info"]
    assert built.report.budget.total_bytes <= 270_000
    with mmspack.Sandbox() as sandbox:
        with mmspack.Gateway(sandbox.url, user="demo", password="demo") as gateway:
            receipt = gateway.send(
                built.bundle, to="447700900999", sender="447700900111", subject=built.message.subject
            )
        (stored,) = sandbox.messages()
    assert stored.id == receipt.id
    assert stored.subject == built.message.subject
    assert stored.bundle.parts == built.bundle.parts
    assert mmspack.open_bundle(built.bundle.data).parts == built.bundle.parts


@pytest.mark.slow
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_sample_is_read_in_the_order_of_its_slides_without_the_smil(sample):
    bundle = build(sample).bundle
    names = [part.name for part in bundle.parts]
    assert names[0] == "message.smil"
    shown = list(parse(bundle.smil.data).sources)
    assert names[1 : 1 + len(shown)] == shown
    stems = [name.rsplit(".", 1)[0] for name in names]
    assert len(set(stems)) == len(stems)
    assert all(name.isascii() and len(name) < 20 for name in names)


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["us-att", "oma-image-rich", "android-default"])
def test_the_offer_fits_every_kind_of_profile(profile):
    built = build(ROOT / "samples" / "summer-sale", profile)
    limits = mmspack.profiles.get(profile)
    assert measure(built.bundle.parts, built.message.subject, limits).spare_bytes >= 0
    for part in built.message.parts:
        if part.after.width:
            assert max(part.after.width, part.after.height) <= max(limits.max_width, limits.max_height)

"""A bundle is opened once and each part probed once, whatever a command goes on to ask of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from mmspack import Message, Slide, build
from mmspack.bundle import found, zip_reader
from mmspack.bundle import opened as opening

PARTS = 6
"""The presentation, two pictures and three texts."""


@pytest.fixture(scope="module")
def message(scene: Callable[..., bytes]) -> Message:
    return Message(
        subject="Six parts",
        slides=[
            Slide(image=scene(320, 240), text="First words."),
            Slide(image=scene(200, 150, "PNG"), text="Second words."),
            Slide(text="Third words."),
        ],
    )


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often a zip was read, a bundle opened, a part probed and a presentation parsed."""
    counts: Counter[str] = Counter()

    def count(what: str, home: object, name: str) -> None:
        whole = getattr(home, name)

        def counting(*arguments: object, **options: object) -> object:
            counts[what] += 1
            return whole(*arguments, **options)

        monkeypatch.setattr(home, name, counting)

    count("zips", zip_reader._Reader, "read")
    count("probes", found, "probe")
    count("presentations", opening, "parse")
    made = opening.Opened.__init__

    def opened(self: opening.Opened, *arguments: object, **options: object) -> None:
        counts["openings"] += 1
        made(self, *arguments, **options)

    monkeypatch.setattr(opening.Opened, "__init__", opened)
    return counts


@pytest.fixture
def bundle(message, tmp_path):
    return build(message, "uk").save(tmp_path / "six.zip")


@pytest.fixture
def folder(scene, tmp_path):
    """The same message as a person writes it."""
    home = tmp_path / "six"
    home.mkdir()
    (home / "one.jpg").write_bytes(scene(320, 240))
    (home / "two.png").write_bytes(scene(200, 150, "PNG"))
    (home / "message.toml").write_text(
        'subject = "Six parts"\n'
        '[[slides]]\nimage = "one.jpg"\ntext = "First words."\n'
        '[[slides]]\nimage = "two.png"\ntext = "Second words."\n'
        '[[slides]]\ntext = "Third words."\n',
        "utf-8",
    )
    return home


def once(counts: Counter[str], times: int = 1) -> None:
    assert counts["openings"] <= times
    assert counts["zips"] <= times
    assert counts["probes"] <= times * PARTS
    assert counts["presentations"] <= times
    assert counts["openings"] > 0


@pytest.mark.parametrize("profiles", ["uk", "uk,us-att,oma-image-basic"])
def test_check_opens_a_zip_once_for_any_number_of_profiles(mmspack, bundle, counted, profiles):
    counted.clear()
    mmspack("check", bundle, "--profile", profiles)
    once(counted)


def test_check_opens_the_bundle_that_it_builds_of_a_folder_once(mmspack, folder, counted):
    assert mmspack("check", folder).code == 0
    once(counted)


def test_a_build_for_three_profiles_opens_what_it_built_once(message, counted):
    built = build(message, "uk,us-att,us-verizon")
    assert len(built.reports) == 3
    once(counted)


def test_send_opens_a_zip_once(mmspack, bundle, counted):
    counted.clear()
    assert mmspack("send", bundle, "--to", "447700900999", "--from", "447700900111", "--dry-run").code == 0
    once(counted)


def test_send_opens_the_bundle_that_it_builds_of_a_folder_once(mmspack, folder, counted):
    assert mmspack("send", folder, "--to", "447700900999", "--from", "447700900111", "--dry-run").code == 0
    once(counted)


@pytest.mark.parametrize("output", ["page.html", "board.png"])
def test_preview_opens_a_zip_once(mmspack, bundle, counted, output):
    counted.clear()
    assert mmspack("preview", bundle, "-o", output).code == 0
    once(counted)


def test_preview_opens_the_bundle_that_it_builds_of_a_folder_once(mmspack, folder, counted):
    assert mmspack("preview", folder, "-o", "page.html").code == 0
    once(counted)


def test_inspect_opens_a_zip_once(mmspack, bundle, counted):
    counted.clear()
    assert mmspack("inspect", bundle).code == 0
    once(counted)


def test_fix_with_nothing_to_repair_opens_a_zip_once(mmspack, bundle, counted):
    counted.clear()
    assert mmspack("fix", bundle, "-o", "fixed.zip").code == 0
    once(counted)


def test_fix_opens_what_it_repaired_once_more(mmspack, bundle, counted, tmp_path):
    (tmp_path / "odd.zip").write_bytes(b"junk" + bundle.read_bytes())
    counted.clear()
    assert mmspack("fix", "odd.zip", "-o", "fixed.zip").code == 0
    once(counted, 2)


def test_diff_opens_each_side_once(mmspack, bundle, message, counted, tmp_path):
    other = build(Message(subject="Other", slides=message.slides, layout="text-above-image"), "uk")
    other.save(tmp_path / "other.zip")
    counted.clear()
    assert mmspack("diff", bundle, "other.zip").code == 0
    once(counted, 2)

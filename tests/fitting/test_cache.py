"""A second build takes its pictures from the cache, and never wrong ones."""

import pytest

from mmspack import profiles
from mmspack.fitting import cache, fit, fit_picture
from mmspack.message import Message, Slide
from tests.fitting.drawn import clouds, saved

UK = profiles.get("uk")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("MMSPACK_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def photo():
    return saved(clouds((1400, 1000)), "JPEG", quality=92)


def built(photo, text="Hello", **options):
    message = Message(slides=[Slide(image=photo, text=text), Slide(image=saved(clouds((500, 400), 7)))])
    return fit(message, UK, reserved_bytes=options.pop("reserved", 2000), **options)


@pytest.mark.slow
def test_the_second_build_decodes_nothing(folder, photo, monkeypatch):
    first = built(photo)
    monkeypatch.setattr("mmspack.media.pictures.decode", None)
    assert built(photo) == first
    assert built(photo, text="Hello!").parts[0].data == first.parts[0].data


@pytest.mark.slow
def test_another_source_budget_or_wish_is_another_fit(folder, photo):
    first = built(photo)
    assert built(photo, reserved=150_000) != first
    assert built(saved(clouds((1400, 1000), 3), "JPEG")) != first
    assert built(photo, effort="best") != first
    assert len(list(folder.iterdir())) == 4


@pytest.mark.slow
def test_without_cache_nothing_is_kept(folder, photo):
    built(photo, cache=False)
    assert not folder.exists()


@pytest.mark.slow
def test_damaged_entries_are_made_anew(folder, photo):
    first = built(photo)
    for entry in folder.iterdir():
        entry.write_bytes(entry.read_bytes()[:-100] + b"x" * 100)
    assert built(photo) == first


@pytest.mark.slow
def test_a_folder_that_cannot_be_made_is_no_reason_to_fail(tmp_path, monkeypatch, photo):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("MMSPACK_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert built(photo).parts


def test_the_folder_stays_bounded(tmp_path):
    fitted = fit_picture(saved(clouds((400, 300))), max_bytes=9_000, max_size=(640, 480))
    kept = cache.Cache(tmp_path, limit=40_000)
    for number in range(12):
        kept.put(f"{number:064d}", [fitted])
    held = sum(entry.stat().st_size for entry in tmp_path.iterdir())
    assert held <= 40_000
    assert kept.get(f"{11:064d}") == [fitted]

"""Pictures that move in another format than GIF: checked, repaired and built alike."""

from __future__ import annotations

import functools
import io
from dataclasses import replace

import pytest
from PIL import Image

from mmspack import Message, Slide, build, check, profiles
from mmspack.fixing import FixResult, fix
from mmspack.media.probing import probe
from mmspack.model import Kind
from tests.fitting.clips import frame, make_sequence
from tests.rules.scenes import SMIL, scene, swapped

_WORDS = "had a type that the profile does not allow"


@functools.cache
def moving(kind: str, count: int = 6, size: tuple[int, int] = (96, 64), **options: object) -> bytes:
    """An animation of `count` frames."""
    if kind == "HEIC":
        return make_sequence()
    frames = [Image.fromarray(frame(at * 4, size)) for at in range(count)]
    stream = io.BytesIO()
    frames[0].save(stream, kind, save_all=True, append_images=frames[1:], duration=120, **options)
    return stream.getvalue()


def shown(name: str, data: bytes) -> bytes:
    return scene(files={name: data, "text1.txt": b"Hello"}, smil=swapped("image1.jpg", name)).data


def fixed(name: str, data: bytes, profile="uk") -> FixResult:
    return fix(shown(name, data), profile=profile)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["WEBP", "PNG", "AVIF", "HEIC"])
def test_an_animation_that_is_no_gif_is_found_and_becomes_the_gif_that_a_build_makes_of_it(kind):
    name, data = f"image1.{kind.lower()}", moving(kind)
    called = kind.replace("WEBP", "WebP")
    (found,) = (one for one in check(shown(name, data), profile="uk").findings if one.id == "MMS405")
    assert found.message == f"{name!r} is an animated {called}; uk does not allow it"
    assert "mmspack fix" in found.fix
    assert "GIF" in found.fix
    result = fixed(name, data)
    part = result.bundle.part("image1.gif")
    frames = probe(part.data).facts.frames
    assert frames == (10 if kind == "HEIC" else 6)
    words = result.changes[0].what
    assert words.startswith(f"animated {called} converted to GIF, ")
    assert words.endswith(f" {frames} frames, {len(part.data):,} bytes: it {_WORDS}")
    assert "MMS405" not in {one.id for one in result.report.findings}
    assert fix(result.bundle.data, profile="uk").changes == ()
    built = build(Message(slides=[Slide(image=data, text="Hello")]), "uk", cache=False)
    assert built.message.slides[0].part(Kind.IMAGE).data == part.data


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_where_a_profile_takes_no_gif_nobody_makes_a_still_of_an_animation_unasked(kind):
    name, data = f"image1.{kind.lower()}", moving(kind)
    stills = replace(profiles.get("uk"), image_types=("image/jpeg", "image/png"))
    (found,) = (one for one in check(shown(name, data), profile=stills).findings if one.id == "MMS405")
    assert found.fix == "Save it as a still picture."
    result = fixed(name, data, stills)
    assert result.bundle.part(name).data == data
    assert [(one.part, one.what) for one in result.left] == [
        (name, "uk takes no GIF: save it as a still picture")
    ]


def test_a_still_png_and_an_animated_one_that_the_profile_names_are_allowed():
    still = moving("PNG", 1)
    assert "MMS405" not in {one.id for one in check(shown("image1.png", still), profile="uk").findings}
    takes = replace(profiles.get("uk"), image_types=("image/jpeg", "image/png", "image/apng"))
    found = check(shown("image1.png", moving("PNG")), profile=takes).findings
    assert "MMS405" not in {one.id for one in found}


@pytest.mark.slow
def test_several_animations_share_what_the_message_leaves():
    webp, png = moving("WEBP", size=(200, 120)), moving("PNG", size=(200, 120))
    both = SMIL.replace("<img", '<img src="image2.png" region="Image"/></par><par dur="4s"><img')
    both = both.replace("image1.jpg", "image1.webp")
    made = scene(files={"image1.webp": webp, "image2.png": png, "text1.txt": b"Hello"}, smil=both)
    tight = replace(profiles.get("uk"), max_bytes=len(webp) + len(png) + 6_000, warn_bytes=None)
    result = fix(made.data, profile=tight)
    assert result.report.ok, result.report.findings
    parts = {part.name: probe(part.data) for part in result.bundle.parts}
    assert parts["image1.gif"].animated
    assert parts["image2.gif"].animated


@pytest.mark.slow
def test_a_message_that_an_animation_makes_too_large_is_made_to_fit():
    data = moving("PNG", size=(320, 200))
    tight = replace(profiles.get("uk"), max_bytes=30_000, warn_bytes=None)
    assert len(data) > 30_000
    result = fixed("image1.png", data, tight)
    assert result.report.ok, result.report.findings
    assert probe(result.bundle.part("image1.gif").data).animated

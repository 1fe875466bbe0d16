"""What `message.toml` refuses, Python refuses with the same words and place; and editors know it too."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from mmspack import Message, Slide, build
from mmspack.authoring import from_toml
from mmspack.authoring.keys import FAMILIES, MESSAGE, OVERLAY, SLIDE
from mmspack.authoring.schema import json_schema
from mmspack.errors import AuthoringError, MmspackError
from mmspack.message import Overlay
from mmspack.words import said_in_shell

SAMPLES = Path(__file__).parents[2] / "samples"
# A key's wrong values, as TOML writes them and as Python has them.
WRONG_SLIDES: list[dict[str, Any]] = [
    {"seconds": value, "text": "a"} for value in ("5", "5 s", 0, -1, 3601, True, [5], float("inf"))
]
WRONG_SLIDES += [{"text": value} for value in (5, True, 1.5, ["a"])]
WRONG_SLIDES += [{key: value} for key in ("image", "audio", "video") for value in (5, True, ["a.jpg"], "")]
WRONG_SLIDES += [
    {"image": "map.png", **keys}
    for keys in (
        {"crop": "square"}, {"crop": "0:1"}, {"crop": 1}, {"crop": "99999:1"}, {"focus": [0.5, 0.5]},
        {"crop": "1:1", "focus": [0.5]}, {"crop": "1:1", "focus": [2, 0.5]}, {"crop": "1:1", "focus": "0.5"},
        {"crop": "1:1", "focus": [0.5, "a"]}, {"keep": "yes"}, {"still": 1}, {"keep": True, "crop": "1:1"},
        {"keep": True, "still": True}, {"weight": 0}, {"weight": 101}, {"weight": "2"}, {"min_quality": 101},
        {"min_quality": -1}, {"min_quality": "good"}, {"overlay": 5}, {"overlay": "a"}, {"overlay": [5]},
        {"video": "clip.mp4"}, {"image": "shop.vcf"}, {"image": "hello.mp3"}, {"image": "clip.mp4"},
        {"image": "https://example.com/a.jpg"}, {"image": "gone.png"}, {"image": "."},
    )
]  # fmt: skip
WRONG_SLIDES += [
    {"text": "a", "alt": "A map"},
    {"image": "map.png", "alt": 5},
    {"image": "map.png", "alt": "a\nb"},
]
WRONG_SLIDES += [{"text": "a", "overlay": [{"box": [0, 0, 1, 1], "text": "a"}]}, {}, {"text": ""}]
BOX = [0.1, 0.1, 0.5, 0.5]
WRONG_OVERLAYS: list[dict[str, Any]] = [
    {"box": BOX}, {"box": BOX, "text": "a", "qr": "b"}, {"box": [0.7, 0.1, 0.5, 0.5], "text": "a"},
    {"box": [0.1, 0.7, 0.5, 0.5], "text": "a"}, {"box": [0.1, 0.1, 0, 0.5], "text": "a"},
    {"box": [10, 10, 200, 50], "text": "a"}, {"box": [0.1, 0.1], "text": "a"}, {"box": "all", "text": "a"},
    {"box": BOX, "text": 5}, {"box": BOX, "qr": 5}, {"box": BOX, "barcode": 5},
    {"box": BOX, "text": "a", "symbology": "ean"}, {"box": BOX, "text": "a", "align": "middle"},
    {"box": BOX, "text": "a", "color": "blackish"}, {"box": BOX, "text": "a", "background": 5},
    {"box": BOX, "text": "a", "font": 5}, {"box": BOX, "text": "a", "font": "gone.ttf"},
]  # fmt: skip
WRONG_MESSAGES: list[dict[str, Any]] = [
    {"subject": 5}, {"subject": "a\nb"}, {"subject": ["a"]}, {"profile": 5}, {"profile": []}, {"profile": ""},
    {"layout": 5}, {"layout": ""}, {"layout": "no-such-layout"}, {"profile": "no-such-profile"},
    {"background": 5}, {"background": "whitish"}, {"attachments": "shop.vcf"}, {"attachments": [5]},
    {"attachments": ["gone.vcf"]}, {"attachments": ["run.py"]}, {"slides": 5}, {"slides": "a"},
    {"slides": [5]}, {"slides": []},
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, scene, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "map.png").write_bytes(scene(240, 160, "PNG"))
    for name in ("clip.mp4", "hello.mp3", "shop.vcf", "run.py"):
        (tmp_path / name).write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return "inf" if value == float("inf") else json.dumps(value)


def by_toml(folder: Path, keys: dict[str, Any]) -> list[str]:
    """What a build of the message says, without file and line."""
    lines = [f"{key} = {toml(value)}" for key, value in keys.items()]
    (folder / "message.toml").write_text("\n".join(lines), "utf-8")
    return said(lambda: build(from_toml("message.toml")))


def by_python(keys: dict[str, Any]) -> list[str]:
    return said(lambda: build(Message(**{"layout": "image-above-text", **keys, **_made(keys)})))


def _made(keys: dict[str, Any]) -> dict[str, Any]:
    slides = keys.get("slides")
    if not isinstance(slides, list):
        return {}
    return {"slides": [_slide(one) if isinstance(one, dict) else one for one in slides]}


def _slide(keys: dict[str, Any]) -> Slide:
    overlays = keys.get("overlay")
    if not isinstance(overlays, list):
        return Slide(**{SLIDE[name].attribute if name in SLIDE else name: keys[name] for name in keys})
    return Slide(
        **{**keys, "overlay": [Overlay(**one) if isinstance(one, dict) else one for one in overlays]}
    )


def said(run: Any) -> list[str]:
    with pytest.raises(MmspackError) as caught:
        run()
    bare = [problem.where for problem in caught.value.problems]
    assert all(place.file in ("", "message.toml") for place in bare)
    texts = [
        str(problem).removeprefix(f"message.toml:{problem.where.line}: ").removeprefix("message.toml: ")
        for problem in caught.value.problems
    ]
    return [text.replace("the folder of message.toml", "the current folder") for text in texts]


def cases() -> list[dict[str, Any]]:
    slides = [{"slides": [{"text": "one"}, slide]} for slide in WRONG_SLIDES]
    overlays = [{"slides": [{"image": "map.png", "overlay": [one]}]} for one in WRONG_OVERLAYS]
    messages = [{"slides": [{"text": "one"}], **message} for message in WRONG_MESSAGES]
    return [*slides, *overlays, *messages]


@pytest.mark.parametrize("keys", cases(), ids=str)
def test_toml_and_python_are_refused_with_the_same_words(folder, keys):
    found, others = by_toml(folder, keys), by_python(keys)
    assert list(map(place, found)) == list(map(place, others))
    assert all(len(line.splitlines()) == 1 and len(line) < 300 for line in (*found, *others))
    with said_in_shell():
        assert found == by_python(keys), "or only keys and cures are spelt otherwise"


def place(line: str) -> str:
    return line.partition(": ")[0]


@pytest.mark.parametrize("wrong", [None, 5, [], {"slides": []}, Slide(text="a")])
def test_what_is_no_message_is_refused(wrong):
    with pytest.raises(AuthoringError, match=r"expected a Message, found .* \(mmspack\.Message\(slides="):
        build(wrong)


@pytest.mark.parametrize("wrong", ["message.toml", Path("holiday")])
def test_the_path_of_a_message_is_answered_with_what_reads_it(wrong):
    with pytest.raises(AuthoringError, match=r"\(mmspack\.authoring\.from_toml reads a message\.toml\)"):
        build(wrong)


@pytest.mark.parametrize("wrong", [None, 5, "a", object(), Message(slides=[])])
def test_what_is_no_slide_is_refused_by_its_number(wrong):
    with pytest.raises(AuthoringError, match=r"^slide 2: expected a slide, found "):
        build(Message(slides=[Slide(text="a"), wrong], layout="text-only"))


@pytest.mark.parametrize("value", [None, 5, 1.5, True, object(), b"", "", [], {}, (1,), {1}])
@pytest.mark.parametrize("family", ["message", "slide", "overlay"])
def test_no_value_of_any_key_raises_anything_but_an_error_of_ours(folder, family, value):
    made = {"message": Message, "slide": Slide, "overlay": Overlay}[family]
    for name in FAMILIES[family]:
        if name == "variables":
            continue
        base: dict[str, Any] = {"message": {"slides": [Slide(text="a")], "layout": "text-only"}}.get(
            family, {}
        )
        base = {"overlay": {"box": (0.1, 0.1, 0.5, 0.5), "text": "a"}, "slide": {"text": "a"}}.get(
            family, base
        )
        one = made(**{**base, FAMILIES[family][name].attribute: value})
        message = one
        if family == "overlay":
            message = Message(slides=[Slide(image="map.png", overlay=[one])])
        elif family == "slide":
            message = Message(slides=[one], layout="text-only")
        try:
            build(message)
        except MmspackError as error:
            assert error.exit_code in (1, 2, 3)  # noqa: PT017


def test_every_problem_of_python_is_told_at_once():
    slides = [Slide(text="a", seconds="5"), Slide(), Slide(image=5, keep="x"), 7]
    with pytest.raises(AuthoringError) as caught:
        build(Message(slides=slides, subject=5))
    assert [str(problem.where) for problem in caught.value.problems] == [
        "subject", "slide 1, seconds", "slide 2", "slide 3, image", "slide 3, keep", "slide 4",
    ]  # fmt: skip


def test_a_built_message_knows_the_lines_that_it_came_from(folder):
    (folder / "message.toml").write_text('[[slides]]\nimage = "map.png"\nmin_quality = 99.9\nkeep = false\n')
    message = from_toml(Path("message.toml"))
    (folder / "map.png").write_bytes(b"no picture")
    with pytest.raises(MmspackError, match=r"^message\.toml:2: slide 1, image"):
        build(message)


# -- the schema -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def schema() -> Any:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    jsonschema.Draft202012Validator.check_schema(json_schema())
    return jsonschema.Draft202012Validator(json_schema())


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*/message.toml")), ids=lambda path: path.parent.name)
def test_the_schema_takes_the_samples(schema, path):
    assert list(schema.iter_errors(tomllib.loads(path.read_text("utf-8")))) == []


ONLY_READ = (
    "gone", "run.py", "shop.vcf", "hello.mp3", "clip.mp4", "https:", "'.'", "no-such", "\\n", "whitish",
    "blackish", "'image': 'map.png', 'text': 'a'", "0:1", "[0.7", "[0.1, 0.7", "[0.1, 0.1, 0,",
)  # fmt: skip
"""What no schema can know: files, names of other tables, sums."""


@pytest.mark.parametrize("keys", cases(), ids=str)
def test_the_schema_refuses_what_the_reader_refuses(schema, keys):
    if any(word in str(keys) for word in ONLY_READ):
        pytest.skip("no schema can know it")
    if keys["slides"] in ([{"text": "one"}, {"text": ""}],) or "keep': True" in str(keys):
        pytest.skip("the reader says it better")
    if keys.get("slides") == [] or "inf" in str(keys):
        pytest.skip("as above")
    assert list(schema.iter_errors(keys))


def test_the_schema_offers_profiles_and_layouts_and_keeps_pictures_from_videos(schema):
    made = json_schema()["properties"]
    assert "uk" in made["profile"]["anyOf"][0]["enum"]
    assert "text-only" in made["layout"]["anyOf"][0]["enum"]
    assert list(schema.iter_errors({"slides": [{"image": "a.jpg", "video": "b.mp4"}]}))
    assert not list(schema.iter_errors({"profile": "ours", "layout": "mine", "slides": [{"text": "a"}]}))


def test_every_key_is_declared_once_and_described():
    page = (SAMPLES.parent / "docs" / "message-toml.md").read_text("utf-8")
    for keys in (MESSAGE, SLIDE, OVERLAY):
        for key in keys.values():
            assert key.says.endswith((".", '".'))
            assert f"`{key.name}`" in page or f"{key.name} = " in page or f"[{key.name}]" in page, key.name

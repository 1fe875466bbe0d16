"""What each mistake in a message is told, word for word, as `told.txt` and
`mistyped.txt` have it; and the schema for editors.

After a change of words: python -m tests.authoring.test_words, and read what `git diff` says.
"""

from __future__ import annotations

import json
import os
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from mmspack.authoring.mistyping import syntax_problem
from mmspack.authoring.reading import from_toml
from mmspack.authoring.schema import json_schema
from mmspack.errors import MmspackError
from mmspack.pipeline import build
from tests.authoring.test_one_validation import BOX, cases, toml

TOLD = Path(__file__).with_name("told.txt")
MISTYPED = Path(__file__).with_name("mistyped.txt")
SCHEMA = Path(__file__).with_name("schema.json")
CLIP = {"video": "clip.mp4"}
MORE_SLIDES: list[dict[str, Any]] = [
    {"text": "a", "start": 1}, {"text": "a", "end": 1}, {"text": "a", "mute": True},
    {"text": "a", "poster": True}, {"text": "a", "as": "gif"}, {"audio": "hello.mp3", "mute": True},
    {**CLIP, "as": "png"}, {**CLIP, "as": "gif", "poster": True}, {**CLIP, "start": 5, "end": 2},
    {**CLIP, "start": -1}, {**CLIP, "end": 0}, {**CLIP, "start": "2 s"}, {**CLIP, "end": 90_000},
    *({**CLIP, "keep": True, **one} for one in ({"start": 1}, {"end": 2}, {"mute": True}, {"poster": True})),
    {**CLIP, "audio": "hello.mp3"}, {"image": "map.png", "overlays": []}, {"picture": "map.png"},
    {"txt": "a"}, {"subject": "a", "text": "b"}, {"text": {"file": 5}}, {"text": {"name": "a.md"}},
    {"text": "gone.txt"}, {"text": "gone.md"}, {"text": "run.py.md"}, {"text": "Hi {name}"},
    {"text": "Hi {{ nam }}"}, {"text": "{% if %}"}, {"text": "{{ 1 / 0 }}"}, {"text": "a\n{% if %}"},
    {"text": "{% for i in range(99999) %}x{% endfor %}"}, {"image": "mop.png"}, {"image": "Map.png"},
    {"image": "C:\temp.png"}, {"image": "map.png", "overlay": [{"text": "a"}]},
    {"image": "map.png", "overlay": [{"box": BOX, "txt": "a"}]},
    {"image": "map.png", "overlay": [{"box": BOX, "text": "a", "font": "hello.mp3"}]},
    {"image": "map.png", "overlay": [{"box": BOX, "text": "a", "color": True}]},
    {"image": "map.png", "crop": "4:5", "focus": [True, 0.5]},
]  # fmt: skip
MORE_MESSAGES: list[dict[str, Any]] = [
    {"slide": []}, {"slide": [{"text": "a"}]}, {"sender": "447700900111"}, {"to": "447700900111"},
    {"from": "447700900111"}, {"title": "a"}, {"image": "map.png"}, {"slides": {"text": "a"}}, {"colour": 1},
    {"background": "whit"}, {"layout": "text-onyl"}, {"profile": "ukk"}, {"fallback": "Call us"},
    {"fallback": {}}, {"fallback": {"text": ""}}, {"fallback": {"text": 5}}, {"fallback": {"texts": "a"}},
    {"fallback": {"text": "x" * 1601}}, {"fallback": 5}, {"fallback": {"text": "{{ nobody }}"}},
    {"variables": {"my name": "a"}}, {"variables": {"name": [1]}}, {"variables": 5}, {"sms": {"text": "a"}},
    {"attachments": [""]}, {"min_quality": "high"}, {"subject": "{{ who }}"},
]  # fmt: skip
TEXTS = (
    "", "[[slides]\ntext = 'a'", "[[slides]]\ntext = 'a", "[[slides]]\ntext = a", "text = 'a'",
    "[[slides]]\ntext = 'a'\ntext = 'b'", "[slides]\ntext = 'a'", "[[slides]]\nseconds = 5s\ntext = 'a'",
    "subject = “a”\n[[slides]]\ntext = 'a'", "[[slides]]\nimage: map.png", "[[slides]]\nkeep = True",
    "[[slides]]\nimage = 'map.png',\n", "[[slides]]\ncrop = 4:5\nimage = 'map.png'",
    "[[slides]]\ntext = 'a'\n[fallback\ntext = 'b'", "[[slides]]\nimage = \"C:\\temp\\map.png\"\n",
    "subject = 'a'\nsubject = 'b'\n[[slides]]\ntext = 'a'", "[[slides]]\n= 5", "[[slides]]\ntext 'a'",
)  # fmt: skip


LINES = (
    'text = “Hi”', "text = ’Hi’", 'text: "Hi"', "text:", "seconds = 2,5", "seconds = 2,5 # so long",
    "seconds = 2,5 s", "crop = 4:5", "crop = 4:5 # tall", "text = Sale #1 now", "seconds = 5s # long",
    'text = "Hi" oops # c', 'text = "Hi",', 'text = "Hi"; # said', "text = 'Hi';", "seconds = 5;",
    'text = "Hi", seconds = 5', 'text = "Hi" // said', 'text = "Hi" -- said', "focus = [0.5, 0.5],",
    'text == "Hi"', 'text => "Hi"', 'text = """Hi', "text = '''Hi", 'text = "Hi', "text = 'Hi",
    r'text = "Say \"Hi', r'image = "C:\temp\map.png"', r'image = "C:\\temp\map.png"', "seconds = 5s",
    "seconds = -5 s", "seconds = 2.5s", "seconds = 1_000x", "seconds = 5 # s", "text = [1", 'text = ["a"',
    'text = {file: "a.txt"}', 'text = { file: "a:b.txt" }', "text =", "text = # later", "keep = True",
    "keep = YES", "keep = off", "keep = No", "keep = on", "text = Hi there", "text = Ünder",
    "image = map.png", 'text = "a" "b"', "text = 'a'  'b'", 'text = "Say "Hi" to all"', "text = 'It's'",
    'text = "a"b', 'text "Hi"', "text  5", "text 'Hi'", "text Hi", "= 5", ' = "Hi"', "// a", "-- a", "; a",
    "/* a */", "Hello World", f"{'x' * 38} y", f"{'x' * 39} y", "[[slides] # a", "[slides]]", "[[slides]] x",
    '[variables] name = "a"', "[variables", "[[variables]", "[[slides.overlay]", "[[slides]",
    'text.file "a"', 'text = "Hello\nWorld"\nseconds = 5', "text = 'Hello\nmany\nlines'",
    'text = "Hello\nseconds = 5', 'text = "Hello\n[[slides]]', 'text = """Hello\nWorld\nseconds = 5\n',
    'text = """a"""\n[[slides]]\ntext = """Hello\nWorld\n', 'attachments = ["a.vcf",\n[[slides]]',
    'text = "a"\n[[slides]]\nimage = "b"\nimage = "c"', '[slides]\ntext = "b"', "[variables]\n[variables]",
    '[[slides.overlay]]\ntext = "a"\ntext = "b"',
    *(f'text = "{count * newline}"' for count, newline in ((49, "a\n"), (51, "a\n"))),
    "text = '''\n= 5\n'''\n= 5", 'text = """"a"""\n= 5', 'a = {b = "c", d = ["e"]}\na.b = 5\n= 5',
    "a = [[1, 2], [3]] # ]\n= 5",
    'text = "\\uD83D\\uDE00 hi"', "seconds =", "mute =", "alt = null", "alt = None # x",
    'text = "a"\n[[slides]];', 'text = "a"\n[slides]\ntext = "b"\n[[slides]]\ntext = "c"',
)  # fmt: skip
"""What stands in the first slide of a text that is not TOML."""


def texts() -> list[str]:
    """Each wrong message as TOML."""
    slides = [{"slides": [{"text": "one"}, slide]} for slide in MORE_SLIDES]
    messages = [{"slides": [{"text": "one"}], **message} for message in MORE_MESSAGES]
    made = [
        "\n".join(f"{key} = {toml(one)}" for key, one in keys.items())
        for keys in [*cases(), *slides, *messages]
    ]
    return [*made, *TEXTS]


def told() -> list[str]:
    """Each wrong message, and what is said about it, in the present folder."""
    Image.new("RGB", (240, 160), "teal").save("map.png")
    for name in ("clip.mp4", "hello.mp3", "shop.vcf", "run.py"):
        Path(name).write_bytes(b"x")
    lines = []
    for text in texts():
        Path("message.toml").write_text(text, "utf-8")
        lines.append(f"# {json.dumps(text, ensure_ascii=False)[:150]}")
        try:
            build(from_toml("message.toml"))
        except MmspackError as error:
            lines += [str(problem) for problem in error.problems]
        else:
            lines.append("it is built")
    return lines


def mistyped() -> list[str]:
    """Each line that is not TOML, and what is said about it."""
    found = []
    for line in LINES:
        found.append(f"# {json.dumps(line, ensure_ascii=False)[:150]}")
        text = f"[[slides]]\n{line}\n"
        try:
            tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found.append(str(syntax_problem(text, error)))
        else:
            found.append("it is TOML")
    return found


def test_what_is_not_toml_is_told_as_written() -> None:
    assert mistyped() == MISTYPED.read_text("utf-8").splitlines()


@pytest.mark.slow
def test_each_mistake_is_told_as_written(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    assert told() == TOLD.read_text("utf-8").splitlines()


def test_the_schema_is_the_one_that_was_read() -> None:
    assert json.dumps(json_schema(), indent=1) == SCHEMA.read_text("utf-8").rstrip("\n")


if __name__ == "__main__":
    MISTYPED.write_text("".join(f"{line}\n" for line in mistyped()), "utf-8")
    SCHEMA.write_text(json.dumps(json_schema(), indent=1) + "\n", "utf-8")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        found = told()
    TOLD.write_text("".join(f"{line}\n" for line in found), "utf-8")

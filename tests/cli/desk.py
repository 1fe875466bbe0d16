"""What the commands of `said.txt` and `talked.txt` work with: messages, bundles, lists of people."""

from __future__ import annotations

import functools
import tempfile
from contextlib import chdir
from pathlib import Path

from mmspack.bundle.bundle import pack
from mmspack.model import Part
from tests.rules.scenes import SMIL, TWO_SLIDES, broken, drawn, photo, saved, scene

MESSAGES = {
    "many": 'subject = "Many"\n[fallback]\ntext = "Look at our site"\n'
    + "".join(
        f'[[slides]]\ntext = "Text number {at}, ' + "which goes on and on " * at + '"\n' for at in range(1, 7)
    )
    + '[[slides]]\nimage = "map.png"\n',
    "own": 'profile = "small"\n[[slides]]\ntext = "Hello"\nseconds = 30\n',
    "outside": '[[slides]]\nimage = "../../far.jpg"\ntext = "Far away"\n',
    "mixed": "",
    "coded": 'subject = "Code"\n[variables]\nname = "friend"\n[[slides]]\nimage = "map.png"\n'
    'text = "Dear {{ name }}"\n'
    '[[slides.overlay]]\nqr = "{{ name }}"\nbox = [0.1, 0.1, 0.4, 0.5]\n'
    '[[slides.overlay]]\nqr = "{{ town }}"\nbox = [0.5, 0.5, 0.4, 0.5]\n',
}
PLAIN = """{# Text under a small picture. #}
{% from "_slides.smil.j2" import body, region %}
<smil>
  <head>
    <layout>
      <root-layout width="{{ width }}" height="{{ height }}"/>
{{ region("Image", 0, width, height // 3, "meet") -}}
{{ region("Text", height // 3, width, height - height // 3, "scroll") -}}
{{ "    " }}</layout>
  </head>
{{ body(slides, ["image", "text"]) -}}
</smil>
"""
LOST = PLAIN.replace("Text under a small picture", "A sound that nobody has").replace(
    '["image", "text"])',
    '["image", "text"]) | replace("</par>" | safe, \'<audio src="gone.amr"/></par>\' | safe)',
)
CONFIG = """allow_outside = true
default = "near"
[gateways.near]
url = "http://127.0.0.1:9/SendMMS"
user = "acme"
password = "open sesame"
from = "447700900111"
[gateways.far]
door = "infobip"
url = "http://127.0.0.1:9"
password = "a key"
"""
CROWD = """msisdn,name
447700900101,Ann 0
447700900102,Ann 1
447700900103,Ann 2
447700900104,Ann 3
447700900105,Ann 4
447700900101,Twice
07700900150,National
,Blank
12,Short
44770090010111111,Long
+442079460000,Landline
x,Letters
4.47701E+11,Lost
447700900160,
447700900161,NULL
447700900162,#REF!
447700900163,{{ x }}
0049,No number
447700900164;447700900165,Both
"""


def furnish() -> None:
    """Put what the commands work with into the present folder, and one picture beside it."""
    for name, data in _desk():
        path = Path(name)
        if data is None:
            path.mkdir()
        else:
            path.write_bytes(data)
    Path("config.toml").chmod(0o600)  # it holds a password


@functools.cache
def _desk() -> list[tuple[str, bytes | None]]:
    """Files and, without bytes, folders, each after the folder around it; made once for hundreds of cases."""
    with tempfile.TemporaryDirectory() as above:
        desk = Path(above, "desk")
        desk.mkdir()
        with chdir(desk):
            _make()
        made = [(f"../{path.name}", path.read_bytes()) for path in Path(above).glob("*.*")]
        for path in sorted(desk.rglob("*")):
            made.append((path.relative_to(desk).as_posix(), None if path.is_dir() else path.read_bytes()))
    return made


def _make() -> None:
    Path("good.zip").write_bytes(scene().data)
    two = {"image1.jpg": photo(), "text1.txt": b"Hello"}
    other = {"image1.jpg": photo(48, 64), "text1.txt": b"Good bye", "extra.txt": b"More"}
    Path("other.zip").write_bytes(scene(files=other).data)
    more = {**two, "image2.jpg": saved(drawn(48, 64), "PNG"), "text2.txt": b"Good bye"}
    Path("two.zip").write_bytes(scene(smil=TWO_SLIDES, files=more).data)
    Path("bad.zip").write_bytes(broken('src="text1.txt"', 'src="gone.txt"', manifest="image1.jpg=\n").data)
    Path("warned.zip").write_bytes(broken('dur="4000ms"', 'dur="4s"').data)
    large = {"image1.jpg": photo(), "text1.txt": b"Hello", "film1.bin": bytes(310_000)}
    Path("large.zip").write_bytes(scene(files=large).data)
    Path("hopeless.zip").write_bytes(b"PK\3\4 and no more")
    Path("message.smil").write_text(TWO_SLIDES.replace("</par>", "", 1), "utf-8")
    for folder in ("letter", "mine", "nothing", "shelf", "parts"):
        Path(folder).mkdir()
    Path("mine/wide.smil.jinja").write_text("{# A wide one. #}<smil/>", "utf-8")
    Path("shapes").mkdir()
    Path("shapes/plain.smil.j2").write_text(PLAIN, "utf-8")
    Path("shapes/lost.smil.j2").write_text(LOST, "utf-8")
    Path("letter/map.png").write_bytes(saved(drawn(240, 180), "PNG"))
    Path("letter/message.toml").write_text(
        'subject = "Hello {{ name }}"\n[variables]\nname = "friend"\n'
        '[[slides]]\nimage = "map.png"\ntext = "Dear {{ name }}"\n[[slides]]\ntext = "Bye"\n',
        "utf-8",
    )
    _make_messages()
    Path("picture.jpg").write_bytes(photo())
    Path("words.txt").write_text("Hello\n", "utf-8")
    lacking = '[small]\ntitle = "A small one"\nmax_bytes = 100_000\n'
    Path("lacking.toml").write_text(lacking, "utf-8")
    Path("own.toml").write_text(
        f'{lacking}warn_bytes = 90_000\nmax_width = 640\nmax_height = 480\nsource = "Our contract"\n'
        'date = "2020-05-04"\nnote = "Ask Ann"\n', "utf-8"
    )  # fmt: skip
    Path("config.toml").write_text(CONFIG, "utf-8")
    Path("broken.toml").write_text("[small\n", "utf-8")
    Path("people.csv").write_text("msisdn,name\n447700900101,Ann\n447700900102,Bob\n12,Cy\n", "utf-8")
    Path("empty.csv").write_text("msisdn,name\n", "utf-8")
    Path("crowd.csv").write_text(CROWD, "utf-8")
    Path("none.csv").write_text("msisdn\n447700900103\n", "utf-8")
    Path("two.csv").write_text("msisdn,name\n447700900201,Test One\n447700900202,Test Two\n", "utf-8")
    Path("tests.csv").write_text(
        "msisdn,name\n447700900101,Ann\n447700900005,Bob\n447700900021,Cy\n", "utf-8"
    )
    Path("stopped.csv").write_text("msisdn,name\n447700900008,Ann\n447700900101,Bob\n", "utf-8")
    Path("alike.csv").write_text("msisdn,name\n447700900101,Ann\n447700900102,\n447700900104,Cy\n", "utf-8")
    Path("billing.csv").write_text("id,to,note\n1,447700900101,x\n", "utf-8")


def _make_messages() -> None:
    """Message folders that are special in one way each."""
    for name, text in MESSAGES.items():
        Path(name).mkdir()
        Path(name, "message.toml").write_text(text, "utf-8")
    Path("../far.jpg").write_bytes(photo())
    for folder in ("many", "coded"):
        Path(folder, "map.png").write_bytes(saved(drawn(240, 180), "PNG"))
    Path("mixed/a.txt").write_text("One", "utf-8")
    Path("mixed/message.toml").unlink()
    Path("mixed/notes for the printer.docx").write_bytes(b"PK no picture")
    Path("mixed/b.jpg").write_bytes(photo())
    for name, data in (("image1.jpg", photo()), ("text1.txt", b"Hello"), ("message.smil", SMIL.encode())):
        Path("parts", name).write_bytes(data)
    parts = [
        Part("Beach photo.jpg", "image/jpeg", photo()),
        Part("text1.txt", "text/plain", "Sale at Marlowe’s".encode("cp1252")),
    ]
    pack(parts, "Sale").save(Path("foreign.zip"))

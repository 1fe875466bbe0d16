"""What `fix` makes of presentations and names that are wrong in one place: its words, and what it changes.

`repaired.txt` has them, as a diff. After a change: python -m tests.fixing.test_repaired, and read the diff.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mmspack.fixing import fix
from mmspack.words import printable
from tests.rules.scenes import SMIL, TWO_SLIDES, drawn, photo, saved, scene

TOLD = Path(__file__).with_name("repaired.txt")
ROOT_LAYOUT = '      <root-layout width="480" height="640"/>\n'
IMAGE = '      <region id="Image" left="0" top="0" width="480" height="480" fit="meet"/>\n'
TEXT = '      <region id="Text" left="0" top="480" width="480" height="160" fit="scroll"/>\n'
LAYOUT = SMIL[SMIL.index("    <layout>") : SMIL.index("  </head>")]
IMG, TXT = '<img src="image1.jpg" region="Image"/>', '<text src="text1.txt" region="Text"/>'
DUR = 'dur="4000ms"'
CHANGES: dict[str, list[tuple[str, str]]] = {
    "two heads": [("  </head>\n", "  </head>\n  <head><meta name='a' content='b'/></head>\n")],
    "the layout in the second head": [(LAYOUT, ""), ("  <body>", f"  <head>\n{LAYOUT}  </head>\n  <body>")],
    "a layout in a switch": [("    <layout>", "    <switch><layout>"), ("</layout>", "</layout></switch>")],
    "a layout in switches beside something": [
        ("    <layout>", "    <switch><switch><layout>"), ("</layout>", "</layout></switch><meta/></switch>"),
    ],
    "no layout round the regions": [("    <layout>\n", ""), ("    </layout>\n", "")],
    "a region outside": [(TEXT, ""), ("    </layout>\n", f"    </layout>\n{TEXT}")],
    "a display outside": [(ROOT_LAYOUT, ""), ("    </layout>\n", f"    </layout>\n{ROOT_LAYOUT}")],
    "a second display outside": [("    </layout>\n", f"    </layout>\n{ROOT_LAYOUT}")],
    "a second region of an id outside": [("    </layout>\n", f"    </layout>\n{TEXT}")],
    "a third region outside": [("    </layout>\n", f"    </layout>\n{TEXT.replace('Text', 'More')}")],
    "two layouts": [(LAYOUT, LAYOUT + LAYOUT)],
    "no head, and regions in the body": [
        (SMIL[SMIL.index("  <head>") : SMIL.index("  <body>")], ""), ("  <body>\n", f"  <body>\n{LAYOUT}"),
    ],
    "no head, and an empty layout in the body": [
        (SMIL[SMIL.index("  <head>") : SMIL.index("  <body>")], ""), ("  <body>\n", "  <body>\n<layout/>"),
    ],
    "a text that names the picture beside it": [('src="text1.txt"', 'src="image1.jpg"')],
    "no layout": [(LAYOUT, "")],
    "no display": [(ROOT_LAYOUT, "")],
    "no regions": [(IMAGE, ""), (TEXT, "")],
    "no regions, and a display in pixels": [(IMAGE, ""), (TEXT, ""), ('width="480" h', 'width="480px" h')],
    "an empty layout": [(ROOT_LAYOUT, ""), (IMAGE, ""), (TEXT, "")],
    "a display in percent": [('width="480" height="640"', 'width="100%" height="100%"')],
    "a display without a height": [('width="480" height="640"', 'width="480"')],
    "a display of nothing": [('width="480" height="640"', 'width="0" height="0px"')],
    "a display in percent, regions in pixels": [
        ('width="480" height="640"', 'width="100%" height="100%"'), ('height="160"', 'height="200px"'),
        ('left="0" top="480"', 'left="10px" top="480px"'),
    ],
    "a display and regions in percent": [
        ('width="480" height="640"', 'width="100%" height="100%"'), ('width="480" h', 'width="100%" h'),
    ],
    "other ids": [("Image", "Picture"), ("Text", "words")],
    "ids in lower case, and nothing in them": [("Image", "image"), ("Text", "text"), (' region="image"', "")],
    "other ids, and a text that is not there": [("Text", "words"), ('src="text1.txt"', 'src="gone.txt"')],
    "an id for both": [('region="Text"', 'region="Image"'), ("Image", "All")],
    "one id twice": [('id="Text"', 'id="Image"')],
    "three regions": [(TEXT, TEXT + TEXT.replace("Text", "More")), ("Image", "Top")],
    "names of SMIL 2": [('id="Image"', 'regionName="Image"'), ('id="Text"', 'id="" regionName="Text"')],
    "a fit that does not exist": [('fit="meet"', 'fit="contain"')],
    "fits that exist": [('fit="meet"', 'fit="slice"'), ('fit="scroll"', 'fit="hidden"')],
    "lengths with fractions": [('height="480"', 'height="479.6"'), ('top="480"', 'top="479.4px"')],
    "lengths in points": [('"480"', '"480pt"'), ('"640"', '"640.5pt"'), ('"160"', '"160pt"')],
    "one length in points": [('top="480"', 'top="480pt"')],
    "lengths with blanks": [
        ('top="480"', 'top=" 480 "'), ('width="480" height="160"', 'width="100.0%" height="1"'),
    ],
    "a region that is not declared": [(' region="Image"/>', ' region="Upper"/>')],
    "media without a region": [(' region="Image"/>', "/>"), (' region="Text"/>', "/>")],
    "upper case": [("<par", "<PAR"), ("</par", "</PAR"), ("root-layout", "Root-Layout"), (" dur=", " Dur=")],
    "an attribute in both cases": [(DUR, f'{DUR} DUR="5s"')],
    "the wrong elements": [("<img", "<text"), ("<text src=\"text1", "<img src=\"text1")],
    "a picture as ref": [("<img", "<ref")],
    "another name for the picture": [('src="image1.jpg"', 'src="IMAGE1.JPG"')],
    "a content id": [('src="image1.jpg"', 'src="cid:image1.jpg"')],
    "a medium twice": [(IMG, IMG + IMG)],
    "media of a kind in one slide": [(IMG, f'{IMG}<img src="image2.jpg" region="Image"/>')],
    "slides in a seq": [("  <body>\n", "  <body><seq>\n"), ("  </body>", "  </seq></body>")],
    "a medium alone": [("    </par>\n", '    </par>\n    <img src="image2.jpg" dur="3s"/>\n')],
    "a medium in a link": [(IMG, f'<a href="https://example.com">{IMG}</a>')],
    "media in a seq of the slide": [(IMG, f"<seq>{IMG}</seq>")],
    "media in a seq with a time of its own": [(IMG, f'<seq begin="1s">{IMG}</seq>')],
    "a namespace and a DOCTYPE": [
        ("<smil>", '<!DOCTYPE smil SYSTEM "smil.dtd">\n<smil xmlns="http://www.w3.org/2001/SMIL20/Language">'),
    ],
    "prefixes": [
        ("<smil>", '<s:smil xmlns:s="http://www.w3.org/2001/SMIL20/Language">'), ("</smil>", "</s:smil>"),
    ],
}  # fmt: skip
TIMES = (
    "", "4", "4s", "4 s", "4000", "4000 ms", "1.5s", "1,5s", "1,500ms", "2 secs", "1 min.", "2 minutes",
    "1h", "+3s", "00:00:04", "0:04", "00:00:04.5", "PT4S", "PT1M", "PT1H", "PT1H2M3.5S", "pt5s", "PT",
    "indefinite", "0s", "-4s", "99999999s", "5000ms", "5s", "four", "\u0664s",
)  # fmt: skip
WITHIN = ("3s", "00:07", "oops", "5s")


FILES: dict[str, dict[str, bytes]] = {
    "a name in a folder": {"pictures/image1.jpg": photo()},
    "letters with accents, blanks and brackets": {"Caf\u00e9 (1).jpg": photo()},
    "a name without a letter": {"\U0001f600.jpg": photo()},
    "a text without a letter": {"\U0001f600.txt": b"Hello"},
    "a long name": {"a-picture-of-our-old-mill.in-may.jpg": photo()},
    "a name of Windows": {"con.jpg": photo(), "aux.txt": b"Hello"},
    "the manifest's name": {"Manifest.jpg": photo()},
    "the manifest's name in a folder": {"a/Manifest.jpg": photo()},
    "one stem twice": {"sale.jpg": photo(), "sale.txt": b"Hello"},
    "one stem three times": {
        "sale.jpg": photo(), "sale.txt": b"Hello", "Sale-2.png": saved(drawn(9, 9), "PNG"),
    },
    "the presentation's stem": {"message.jpg": photo()},
    "no ending": {"picture": photo()},
    "another ending": {"picture.png": photo()},
    "a picture of another type": {"picture.jpg": saved(drawn(9, 9), "PNG")},
    "an unknown ending": {"sounds.xyz": b"Hello"},
    "a folder of Java's with a picture that a slide names": {
        "image1.jpg": photo(48, 64), "meta-inf/image2.jpg": photo(),
    },
    "stray files": {"image1.jpg": photo(), "META-INF/notes.txt": b"Hello", "meta-inf/more.txt": b"Hi"},
}  # fmt: skip
"""Files beside the presentation, by what is wrong with their names."""


def cases() -> dict[str, str]:
    """Presentations by what is wrong in them."""
    made = {}
    for name, changes in CHANGES.items():
        smil = TWO_SLIDES if name.startswith("slides in") else SMIL
        for old, new in changes:
            assert old in smil, f"{name}: {old}"
            smil = smil.replace(old, new)
        made[name] = smil
    for time in TIMES:
        made[f"dur {time!r}"] = SMIL.replace(DUR, f'dur="{time}"' if time else "")
    for time in WITHIN:
        made[f"no dur, and {time!r} within"] = SMIL.replace(DUR, "").replace("<img", f'<img dur="{time}"')
    return made


def told(name: str) -> Iterator[str]:
    """What is done about one of them."""
    if name in FILES:
        yield from named(name)
        return
    smil = cases()[name]
    files = {"image1.jpg": photo(), "text1.txt": b"Hello"}
    files |= {"image2.jpg": photo(48, 64)} if "image2.jpg" in smil else {}
    files |= {"text2.txt": b"Good bye"} if "text2.txt" in smil else {}
    result = fix(scene(smil=smil, files=files).data)
    yield f"# {name}"
    yield from (f"did: {change.what}" for change in result.changes)
    yield from (f"left: {one.what}" for one in result.left)
    yield from (f"remains: {finding.id}" for finding in result.report.findings)
    after = next(part.data.decode() for part in result.bundle.parts if part.name.endswith(".smil"))
    lines = difflib.unified_diff(smil.splitlines(), after.splitlines(), n=0, lineterm="")
    yield from (re.sub(r"^@@.*", "@@", line) for line in list(lines)[2:])


def named(name: str) -> Iterator[str]:
    """What is done about the names of files, in a slide each and as attachments."""
    files = FILES[name]
    shown = "".join(
        f'<par dur="4s"><{"text" if one.endswith("txt") else "img"} src="{one}"/></par>'
        for one in files
        if one not in FILES["stray files"] or one == "image1.jpg"
    )
    slides = SMIL[SMIL.index("    <par") : SMIL.index("  </body>")]
    for smil in (SMIL.replace(slides, shown), None):
        result = fix(scene(smil=smil, files=files).data)
        yield f"# {name}" if smil else "without a presentation"
        yield from (printable(f"did: {change.part}: {change.what}") for change in result.changes)
        yield from (f"left: {one.part}: {one.what}" for one in result.left)
        yield from (f"part: {part.name} {part.type}" for part in result.bundle.parts)
        yield from re.findall(r'src="[^"]*"', result.bundle.parts[0].data.decode("latin-1"))


def lines_of(name: str) -> list[str]:
    """What `repaired.txt` has of it."""
    lines = TOLD.read_text("utf-8").splitlines()
    begin = lines.index(f"# {name}")
    end = next((at for at in range(begin + 1, len(lines)) if lines[at].startswith("# ")), len(lines))
    return lines[begin:end]


@pytest.mark.parametrize("name", [*cases(), *FILES])
def test_what_is_wrong_is_repaired_as_written(name: str) -> None:
    assert list(told(name)) == lines_of(name)


if __name__ == "__main__":
    TOLD.write_text("".join(f"{line}\n" for name in (*cases(), *FILES) for line in told(name)), "utf-8")

"""More cases of the rules: each on the edge of its numbers, down its rarer branches, in a second place.

Where a message cannot break one rule alone, the case asks that rule alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PIL import Image, ImageDraw

from mmspack import profiles
from mmspack.rules.checking import check
from tests.rules.cases import (
    AUDIO,
    CARD,
    CASES,
    FILM,
    IMG,
    LISTED,
    PAR,
    ROOMY,
    TEXT,
    VIDEO,
    Pair,
    hostile,
    other,
    parts_alone,
    picture,
    plain_zip,
    unslid,
    unzipped,
    with_audio,
    with_film,
    words,
)
from tests.rules.scenes import (
    AMR,
    MIDI,
    SMIL,
    TWO_SLIDES,
    Scene,
    broken,
    drawn,
    film,
    logo,
    packed,
    photo,
    saved,
    scene,
    swapped,
)

ROOT_LAYOUT = '<root-layout width="480" height="640"/>'
THREE = {**unslid(), "image3.jpg": photo(32, 32), "text3.txt": b"Or so"}
SECOND = TWO_SLIDES[TWO_SLIDES.index("    <par", TWO_SLIDES.index("</par>")) : TWO_SLIDES.index("  </body>")]
THREE_SLIDES = TWO_SLIDES.replace("  </body>", SECOND.replace("2", "3") + "  </body>")
PORTRAIT = replace(profiles.get("oma-image-rich"), name="portrait", max_width=480, max_height=640)
FILMS = film(b"3gp4", (b"avc1", b"mp4a"), (176, 144))


def alone(id_: str, make: Callable[..., Scene], *given: object, **options: object) -> Callable[[], Scene]:
    """A message that is judged by one rule."""
    return lambda: make(*given, **options, select=[id_])


def budgeted(spare: int, warning: int | None = None) -> Scene:
    """The good message with `spare` bytes left, and `warning` bytes left until its profile warns."""
    total = check(scene().data, profile=ROOMY).budget.total_bytes
    warn = None if warning is None else total + warning
    return scene(profile=replace(ROOMY, name="exact", max_bytes=total + spare, warn_bytes=warn))


def zip_of(size: int) -> Scene:
    """A zip of that many bytes."""
    frame = len(scene(add={"notes.pdf": b""}).data)
    return scene(add={"notes.pdf": b"%PDF-".ljust(size - frame)}, select=["MMS508"])


def timed(duration: str, text: bytes = b"Hello", smil: str = SMIL, **options: object) -> Scene:
    """The good message with another time and text."""
    return scene(
        smil=swapped("4000ms", duration, smil), files={"image1.jpg": photo(), "text1.txt": text}, **options
    )


def filmed(duration: str) -> Scene:
    """A slide with a film of 3 seconds."""
    return scene(smil=swapped("4000ms", duration, VIDEO), files={"video1.3gp": FILM, "text1.txt": b"Hello"})


def plainly(*names: str) -> Scene:
    """Parts without a presentation, in this order."""
    return parts_alone(files={name: {**THREE}[name] for name in names}, select=["MMS521"])


def hidden(text: bytes, old: str = "scroll", new: str = "meet") -> Scene:
    """A text in a region that does not scroll, and is otherwise changed."""
    smil = SMIL.replace("scroll", "meet").replace(old, new)
    return timed("90000ms", text, smil, select=["MMS529"])


def typed(type_: str, name: str = "text1.txt", **options: object) -> Scene:
    return scene(types={name: type_}, **options)


def laid_out(old: str, new: str, id_: str) -> Callable[[], Scene]:
    return alone(id_, broken, old, new)


def called(picture: str, text: str) -> Scene:
    """The good message with other names."""
    smil = SMIL.replace("image1.jpg", picture).replace("text1.txt", text)
    return scene(smil=smil, files={picture: photo(), text: b"Hello"})


def arithmetic() -> bytes:
    return photo().replace(b"\xff\xc0", b"\xff\xc9", 1)


def flickering() -> bytes:
    """An animation of dark drawings on transparency."""
    frames = [Image.new("P", (80, 60), 0) for _ in range(2)]
    for at, frame in enumerate(frames):
        frame.putpalette([255, 255, 255, 0, 0, 0])
        ImageDraw.Draw(frame).rectangle((10 + at, 20, 70, 40), fill=1)
    return saved(
        frames[0], "GIF", save_all=True, append_images=frames[1:], transparency=0, disposal=2, loop=0
    )


def missing_head(**options: object) -> Scene:
    layout = SMIL[SMIL.index("    <layout>") : SMIL.index("  </head>")]
    return scene(smil=SMIL.replace(layout, ""), **options)


EDGES: dict[str, list[Pair]] = {
    "MMS103": [(hostile("prefix of an empty zip"), plain_zip)],
    "MMS111": [(hostile("absolute"), plain_zip)],
    "MMS115": [(hostile("several volumes"), plain_zip)],
    "MMS116": [(hostile("symlink of another host"), plain_zip), (hostile("junction"), plain_zip)],
    "MMS130": [(hostile("folder with bytes"), plain_zip)],
    "MMS122": [
        (lambda: scene(manifest=LISTED, add={"x/": b""}), scene),
        (lambda: other("p/image1.jpg", photo()), scene),
        (
            lambda: scene(
                smil=SMIL.replace("image1", "a/image1").replace("text1", "b/text1"),
                files={"a/image1.jpg": photo(), "b/text1.txt": b"Hello"},
            ),
            scene,
        ),
    ],
    "MMS123": [(lambda: Scene(packed({**unzipped(scene()), ".DS_Store": b"x"})), scene)],
    "MMS124": [
        (
            lambda: scene(manifest=None, dialect="pswincom", add={"x/": b""}),
            lambda: scene(manifest=None, dialect="pswincom"),
        )
    ],
    "MMS204": [(lambda: scene(manifest=LISTED, add={"image2.jpg": photo(48, 64)}), scene)],
    "MMS206": [
        *[
            (partial(typed, type_), partial(typed, "text/plain; charset=utf-8"))
            for type_ in (
                "text/*",
                "text//plain",
                "text/plain|x",
                "text/{plain}",
                "text/-plain",
                "text/pl\u00e4in",
            )
        ],
        (lambda: typed("text/plain;text/plain"), lambda: typed('text/plain; name="text1.txt"')),
        (lambda: typed("/plain"), scene),
        (lambda: typed("text/"), scene),
        (lambda: parts_alone(files={"café.jpg": photo()}, manifest="caf\\u00e9.jpg=image\n"), scene),
    ],
    "MMS214": [
        (
            lambda: parts_alone(files={"my beach!.jpg": photo()}, manifest="my\\ beach\\!.jpg=image/jpeg\n"),
            lambda: other("X~.jpg", photo()),
        )
    ],
    "MMS216": [
        (
            lambda: scene(
                smil=THREE_SLIDES,
                files={
                    name: THREE[name]
                    for name in (
                        "image1.jpg",
                        "text1.txt",
                        "image3.jpg",
                        "text3.txt",
                        "image2.jpg",
                        "text2.txt",
                    )
                },
            ),
            lambda: scene(smil=THREE_SLIDES, files=THREE),
        )
    ],
    "MMS307": [
        (
            alone("MMS307", scene, smil=SMIL[: SMIL.index("    <par")] + "  </body>\n</smil>\n"),
            alone("MMS307", scene, smil=SMIL.replace(PAR, "<seq>").replace("</par>", "</seq>")),
        ),
        (
            alone("MMS307", scene, smil=SMIL.replace(IMG, "").replace(TEXT, "").replace("par", "seq")),
            alone("MMS307", scene, smil=SMIL.replace(IMG, "").replace(TEXT, "")),
        ),
    ],
    "MMS304": [
        (lambda: scene(smil=SMIL.replace("UTF-8", "UTF-16").encode("utf-16-le")), scene),
        (lambda: scene(smil=SMIL.replace("UTF-8", "UTF-16").encode("utf-16-be")), scene),
    ],
    "MMS308": [
        (lambda: broken("</head>", "</head>\n  <metadata/>"), scene),
    ],
    "MMS310": [
        (
            lambda: broken("  </body>", "    <seq/>\n  <switch/></body>"),
            lambda: scene(smil=TWO_SLIDES, files=unslid()),
        )
    ],
    "MMS314": [(lambda: broken(PAR, PAR + "Summer sale! " * 5), scene)],
    "MMS321": [
        (alone("MMS321", missing_head), alone("MMS321", broken, ROOT_LAYOUT, ROOT_LAYOUT + "<root-layout/>")),
        (lambda: broken(ROOT_LAYOUT, '<root-layout height="640"/>'), scene),
    ],
    "MMS322": [
        (laid_out("    <layout>", "    <layout/><layout>", "MMS322"), scene),
        (laid_out(ROOT_LAYOUT, ROOT_LAYOUT + ROOT_LAYOUT, "MMS322"), scene),
    ],
    "MMS323": [(laid_out('id="Text" ', "", "MMS323"), scene)],
    "MMS324": [
        (
            laid_out('id="Text"', 'id="Image"', "MMS324"),
            laid_out("    </layout>", '<region id="Image"/></layout>', "MMS324"),
        )
    ],
    "MMS318": [
        (lambda: broken("<body>", '<body begin="1s">'), scene),
        (lambda: broken('<region id="Text"', '<region type="x" id="Text"'), scene),
    ],
    "MMS325": [
        (lambda: broken(ROOT_LAYOUT, ROOT_LAYOUT.replace("<root-layout", '<root-layout left="0"')), scene)
    ],
    "MMS327": [
        (
            laid_out('width="480" height="640"', 'width="100%" height="640"', "MMS327"),
            laid_out(ROOT_LAYOUT, ROOT_LAYOUT + '<root-layout width="100%"/>', "MMS327"),
        ),
        (laid_out('width="480" height="640"', 'width="480" height="100%"', "MMS327"), scene),
    ],
    "MMS328": [
        (
            laid_out('id="Image" left="0" top="0" width="480"', 'left="0" top="0" width="100%"', "MMS328"),
            laid_out('top="480" width="480" height="160"', 'top="75%" width="100%" height="25%"', "MMS328"),
        )
    ],
    "MMS330": [
        (lambda: broken('id="Image" left="0"', 'id="Image" left="1"'), scene),
        (lambda: broken('id="Image" left="0" top="0" width', 'id="Image" left="-1" top="0" width'), scene),
        (laid_out('id="Image" left="0" top="0" width="480"', 'width="481"', "MMS330"), scene),
        (
            lambda: broken('top="480" width="480" height="160"', 'top="640" width="480"'),
            lambda: broken('top="480" width="480" height="160"', 'top="480" width="480"'),
        ),
        (
            lambda: broken('top="480" width="480" height="160"', 'top="75%" width="0%" height="25%"'),
            lambda: scene(
                smil=SMIL.replace('height="160"', 'height="0"').replace(TEXT, ""),
                files={"image1.jpg": photo()},
            ),
        ),
    ],
    "MMS341": [(partial(timed, value), scene) for value in ("0s", "00:00", "0.0s", "0")],
    "MMS342": [(alone("MMS342", timed, value), scene) for value in ("0:00:04.5", "00:00:00.001")],
    "MMS343": [(partial(timed, value), scene) for value in ("500", "500.5", "2147483")],
    "MMS344": [
        (partial(timed, value), alone("MMS344", timed, good))
        for value, good in (
            (" 4000ms", "4000ms "),
            ("\uff14\uff10\uff10\uff10ms", "04000ms"),
            ("2147483648ms", "2147483647ms"),
            ("2147484", "2147483"),
            ("597h", "596h"),
        )
    ],
    "MMS345": [
        (alone("MMS345", timed, value), scene) for value in ("0.001s", "4.5", "0.001", "499.9", "4.5s ")
    ],
    "MMS346": [(alone("MMS346", timed, value), scene) for value in ("499", "4s ", "4000ms ")],
    "MMS347": [
        (
            lambda: filmed("5000ms"),
            lambda: timed("5000ms", b"Hello"),
        ),
        (lambda: filmed("5000ms"), lambda: replace(filmed("00:05"), options={"select": ["MMS347"]})),
    ],
    "MMS348": [
        (
            lambda: broken(TEXT, TEXT[:-2] + ' begin="4000ms"/>'),
            lambda: broken(TEXT, TEXT[:-2] + ' begin="3999ms" end="4000ms"/>'),
        ),
        (
            lambda: broken(TEXT, TEXT[:-2] + ' begin="1000ms" end="1000ms"/>'),
            lambda: broken(TEXT, TEXT[:-2] + ' end="1ms"/>'),
        ),
        (
            lambda: broken(TEXT, TEXT[:-2] + ' end="4001ms"/>'),
            lambda: broken(TEXT, TEXT[:-2] + ' end="4s"/>'),
        ),
        (
            lambda: broken(TEXT, TEXT[:-2] + ' begin="2000"/>'),
            lambda: broken(TEXT, TEXT[:-2] + ' begin="2"/>'),
        ),
        (
            lambda: broken(TEXT, TEXT[:-2] + ' end="0ms"/>'),
            alone("MMS348", broken, TEXT, TEXT[:-2] + ' begin="img.end" end="9000ms"/>'),
        ),
        (
            lambda: scene(
                smil=swapped(
                    TEXT, TEXT[:-2] + ' begin="6000ms"/>', TWO_SLIDES.replace(IMG, IMG[:-2] + ' begin="x"/>')
                ),
                files=unslid(),
                select=["MMS348"],
            ),
            scene,
        ),
    ],
    "MMS349": [
        (
            lambda: broken(TEXT, TEXT[:-2] + ' end="4.5"/>'),
            lambda: broken(TEXT, TEXT[:-2] + ' begin="0" end="4"/>'),
        ),
        (lambda: broken(TEXT, TEXT[:-2] + ' begin="1min"/>'), scene),
    ],
    "MMS361": [
        (
            lambda: scene(smil=TWO_SLIDES.replace("image2", "image9"), files=unslid(), select=["MMS361"]),
            scene,
        ),
        (
            lambda: scene(
                smil=TWO_SLIDES.replace("image1.jpg", "message.smil").replace("image2", "image9"),
                files=unslid(),
                select=["MMS361"],
            ),
            scene,
        ),
        (
            lambda: scene(files={"a/image1.jpg": photo(), "text1.txt": b"Hello"}, select=["MMS361"]),
            scene,
        ),
    ],
    "MMS362": [
        (lambda: broken("image1.jpg", "//example.com/image1.jpg"), scene),
        (lambda: broken("image1.jpg", "http://www.example.com/" + "x" * 80), scene),
    ],
    "MMS364": [
        (
            lambda: scene(manifest=None, dialect="pswincom", add={"image2.jpg": photo(48, 64)}),
            lambda: scene(manifest=None, dialect="pswincom"),
        )
    ],
    "MMS366": [
        (
            lambda: scene(
                smil=VIDEO.replace(TEXT, IMG.replace('"Image"', '"Text"')),
                files={"video1.3gp": FILM, "image1.jpg": photo()},
            ),
            lambda: with_film(FILM),
        ),
        (
            lambda: scene(
                smil=TWO_SLIDES.replace(
                    IMG, '<video src="video1.3gp" region="Image"/><audio src="a.amr"/>'
                ).replace(
                    '<img src="image2.jpg" region="Image"/>',
                    '<video src="video1.3gp" region="Image"/><audio src="b.amr"/>',
                ),
                files={
                    "video1.3gp": FILM,
                    "a.amr": AMR,
                    "text1.txt": b"Hello",
                    "b.amr": AMR,
                    "text2.txt": b"Bye",
                },
                select=["MMS366"],
            ),
            scene,
        ),
    ],
    "MMS373": [
        (
            lambda: broken('1.txt" region="Text"', '1.txt" region="Image"'),
            lambda: scene(smil=AUDIO.replace("amr", 'amr" region="Image'), add={"audio1.amr": AMR}),
        )
    ],
    "MMS401": [
        (
            lambda: other("image1.gif", photo(), types={"image1.gif": "image/webp"}),
            lambda: with_film(FILM, types={"video1.3gp": "video/mp4"}, select=["MMS401"]),
        ),
        (
            alone("MMS401", typed, "text/x-vCalendar"),
            alone("MMS401", words, b"<html><body>Hello</body></html>"),
        ),
        (alone("MMS401", typed, "text/calendar"), alone("MMS401", words, b"<?xml version='1.0'?><a/>")),
        (alone("MMS401", typed, "image/gif"), alone("MMS401", typed, "application/x-own")),
    ],
    "MMS402": [(lambda: typed("image/pjpeg", "image1.jpg"), scene)],
    "MMS403": [
        (
            alone("MMS403", typed, f"text/plain; charset={bad}"),
            alone("MMS403", typed, f"text/plain; charset={good}"),
        )
        for bad, good in (
            ("latin1", "UTF-8"),
            ('"KOI8-R"', "utf8"),
            ("utf-7", "US-ASCII"),
            ("big5", '"ascii"'),
        )
    ],
    "MMS421": [
        (alone("MMS421", picture, photo()[:30]), alone("MMS421", other, "image1.heic", b"\0\0\0\x18ftypheic"))
    ],
    "MMS422": [(lambda: picture(photo(progressive=True).replace(photo()[2:20], b"")), scene)],
    "MMS423": [(lambda: picture(arithmetic()), scene)],
    "MMS426": [
        (
            lambda: picture(photo(comment=b"x" * 7997)),
            lambda: picture(photo(comment=b"x" * 7996)),
        ),
        (lambda: picture(photo() + b"x" * 65), lambda: picture(photo() + b"x" * 64)),
    ],
    "MMS427": [
        (lambda: picture(saved(drawn(64, 48, "L"), "JPEG").replace(photo()[2:20], b"")), scene),
    ],
    "MMS433": [
        (
            lambda: with_audio(MIDI[:8] + b"\1\0" + MIDI[10:], "audio1.mid"),
            lambda: with_audio(MIDI[:9] + b"\1" + MIDI[10:], "audio1.mid"),
        )
    ],
    "MMS434": [(lambda: with_film(FILMS, profile="oma-video-basic"), lambda: with_film(FILMS))],
    "MMS435": [
        (
            lambda: with_film(film(b"3gp4", (b"samr", b"mp4a"), (0, 0))),
            lambda: with_film(film(b"3gp4", (b"s263",), (0, 0))),
        ),
        (
            lambda: with_film(film(b"3gp4", (b"mp4a",), (0, 0))),
            lambda: with_film(film(b"3gp4", (b"drac",), (9, 9)), select=["MMS435"]),
        ),
    ],
    "MMS441": [
        (lambda: words(b"\nOne\nTwo\nCaf\xe9\nFour\n"), lambda: words(b"One\nTwo\nCafe")),
        (lambda: words("Café".encode("utf-16-be").replace(b"\0C", b"\xfe\xff\0C")), scene),
        (lambda: scene(smil=None, add={"shop.vcf": CARD.replace(b"Shop", b"Caf\xe9")}), scene),
    ],
    "MMS442": [
        (lambda: scene(smil=None, add={"shop.vcf": b"\xef\xbb\xbf" + CARD}, select=["MMS442"]), scene)
    ],
    "MMS443": [(lambda: words(b"\nHello\nworld\x0b"), lambda: words(b"\nHello\nworld"))],
    "MMS444": [(lambda: words("\nCaf\ufffd\n\ufffd".encode()), scene)],
    "MMS445": [
        (lambda: words("\nCaf\u00c3\u00a9\n\u00c3\u00a9".encode()), scene),
        (lambda: words("It\u00e2\u20ac\u2122s".encode()), lambda: words("It\u2019s".encode())),
    ],
    "MMS446": [
        (
            lambda: scene(smil=None, add={"shop.vcs": b"BEGIN:VCALENDAR\r\nVERSION:1.0\r\n"}),
            lambda: scene(
                smil=None, add={"shop.vcs": b"BEGIN:VCALENDAR\r\nVERSION:1.0\r\n end:vcalendar \r\n"}
            ),
        ),
        (
            lambda: scene(smil=None, add={"shop.ics": b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"}),
            lambda: scene(
                smil=None, add={"shop.ics": b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"}
            ),
        ),
    ],
    "MMS447": [
        (
            lambda: scene(
                smil=None, add={"shop.vcs": b"BEGIN:VCALENDAR\r\nVERSION:2.1\r\nEND:VCALENDAR\r\n"}
            ),
            lambda: scene(smil=None, add={"shop.vcf": CARD.replace(b"VERSION:2.1", b"version: 3.0")}),
        ),
        (lambda: scene(smil=None, add={"shop.vcf": CARD.replace(b"2.1", b"1.0")}), scene),
    ],
    "MMS448": [
        (lambda: scene(smil=None, add={"shop": CARD}, types={"shop": "text/x-vCard"}), scene),
    ],
    "MMS461": [
        *[
            (
                partial(scene, smil_name=name, types={name: "application/smil"}),
                partial(scene, smil_name="message", types={"message": "application/smil"}),
            )
            for name in ("message.jpg", "message.txt")
        ],
        (
            lambda: other("image1.gif", photo(), types={"image1.gif": "image/jpg"}, select=["MMS461"]),
            lambda: scene(smil_name="message", types={"message": "application/smil"}),
        ),
    ],
    "MMS462": [
        *[
            (partial(called, *pair), partial(called, "image1.jpg", "image.1.txt"))
            for pair in (("Slide1.jpg", "slide1.txt"), ("a.b.jpg", "a.txt"), ("pic.jpg", "pic.jpg.txt"))
        ],
        (
            lambda: scene(
                smil=AUDIO.replace("text1", "image1").replace("audio1", "image1"),
                files={"image1.jpg": photo(), "image1.amr": AMR, "image1.txt": b"Hello"},
            ),
            scene,
        ),
    ],
    "MMS463": [
        (lambda: other("a" * 37 + ".jpg", photo()), scene),
        (lambda: other("a" * 96 + ".jpg", photo()), scene),
    ],
    "MMS464": [(lambda: other("a" * 16 + ".jpg", photo()), scene)],
    "MMS501": [(lambda: budgeted(-1), lambda: budgeted(0))],
    "MMS502": [(lambda: budgeted(0, -1), lambda: budgeted(0, 0))],
    "MMS504": [
        (
            alone("MMS504", picture, photo(480, 640), profile="oma-image-rich"),
            alone("MMS504", picture, photo(700, 400), profile="oma-image-rich"),
        ),
        (
            alone("MMS504", picture, photo(640, 480), profile=PORTRAIT),
            alone("MMS504", picture, photo(480, 640), profile=PORTRAIT),
        ),
    ],
    "MMS508": [
        (lambda: zip_of((1 << 20) + 1), lambda: zip_of(1 << 20)),
        (lambda: zip_of((2 << 20) + 1), scene),
        (lambda: zip_of(2 << 20), scene),
    ],
    "MMS521": [
        (
            lambda: plainly("image1.jpg", "image2.jpg", "text1.txt", "text2.txt", "text3.txt"),
            lambda: plainly("image1.jpg", "image2.jpg", "text1.txt"),
        ),
        (
            lambda: plainly("text1.txt", "text2.txt", "image1.jpg", "image2.jpg"),
            alone(
                "MMS521",
                scene,
                smil=SMIL.replace(TEXT, ""),
                files={name: THREE[name] for name in ("image1.jpg", "image2.jpg", "text1.txt", "text2.txt")},
            ),
        ),
    ],
    "MMS522": [
        (lambda: timed("4000ms", b"x" * 113), lambda: timed("4000ms", b"x" * 112)),
        (lambda: words(b"x" * 863), scene),
    ],
    "MMS524": [
        (
            lambda: other("image1.png", logo("black", (0, 0, 0, 0))),
            lambda: other("image1.gif", flickering(), select=["MMS524"]),
        )
    ],
    "MMS526": [
        (lambda: words("\nAll\nof \U0001f389\nand\n\U0001f389 \U0001f381".encode()), scene),
        (lambda: words("Sale \U0001fbfc".encode()), scene),
        (lambda: words("\U0001f1ec\U0001f1e7 and \U0001f44b\U0001f3fd".encode()), scene),
    ],
    "MMS527": [
        (
            lambda: timed("90000ms", b"word " * 200 + b"x"),
            lambda: timed("90000ms", b"word " * 200),
        )
    ],
    "MMS528": [
        (
            lambda: filmed("2499ms"),
            lambda: filmed("2500ms"),
        ),
        (lambda: with_audio(AMR + AMR[6:] * 29), lambda: with_audio(AMR)),
    ],
    "MMS529": [
        (lambda: hidden(b"x" * 161), lambda: hidden(b"x" * 160)),
        (lambda: hidden(b"x" * 161), lambda: hidden(b"a\nb\n\nd\ne")),
        (
            lambda: hidden(b"a\nb\n\nd\ne\nf"),
            lambda: hidden(b"x" * 999, 'top="480" width="480"', 'top="480"'),
        ),
        (lambda: hidden(b"x" * 999), lambda: hidden(b"x" * 999, 'width="480" height="160"', 'width="480"')),
        (lambda: hidden(b"x" * 999), lambda: hidden(b"x" * 999, ROOT_LAYOUT, "")),
    ],
}
EVERY: dict[str, list[Pair]] = {id_: [*pairs, *EDGES.get(id_, ())] for id_, pairs in CASES.items()}

"""For each rule, a message that breaks it and nothing else, and one that keeps it."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial

from mmspack import profiles
from mmspack.media.containers.iso_index import index_first
from mmspack.model import BuildNotes
from tests.bundle.hostile_zips import GOOD, HOSTILE, Entry, make, with_first
from tests.fitting.clips import make_film, make_sound
from tests.rules.scenes import (
    AMR,
    MIDI,
    SMIL,
    TWO_SLIDES,
    Scene,
    broken,
    drawn,
    exif,
    film,
    flyer,
    gif,
    logo,
    noise,
    packed,
    photo,
    plain_png,
    poster,
    saved,
    scene,
    swapped,
)

PAR = '<par dur="4000ms">'
IMG = '<img src="image1.jpg" region="Image"/>'
TEXT = '<text src="text1.txt" region="Text"/>'
LISTED = "message.smil=application/smil\nimage1.jpg=image/jpeg\ntext1.txt=text/plain\n"
TWO = {"image2.jpg": photo(48, 64), "text2.txt": b"Bye"}
CLASH = {"image1.jpg": photo(), "text1.txt": b"Hello", "IMAGE1.jpg": photo(48, 64), "text2.txt": b"Bye"}
CLASHING = TWO_SLIDES.replace("image2", "IMAGE1")
AUDIO = SMIL.replace(TEXT, TEXT + '<audio src="audio1.amr"/>')
MELODY = SMIL.replace(TEXT, TEXT + '<audio src="audio1.mid"/>')
VIDEO = SMIL.replace(IMG, '<video src="video1.3gp" region="Image"/>')
ROOMY = replace(profiles.get("uk"), name="roomy", max_bytes=5_000_000, warn_bytes=None)
BOUNDLESS = replace(ROOMY, name="boundless", max_width=10_000, max_height=10_000)
CARD = b"BEGIN:VCARD\r\nVERSION:2.1\r\nFN:Shop\r\nEND:VCARD\r\n"
FILM = film(b"3gp4", (b"s263", b"samr"), (176, 144))


@cache
def clip(level: str, turned: int, first: bool, codec: str, kind: str, size: tuple[int, int]) -> bytes:
    """A real film of half a second."""
    options = {"level": level, "profile": "baseline"} if codec == "libx264" else {}
    options |= {"x265-params": "log-level=none"} if codec == "libx265" else {}
    made = make_film(
        seconds=0.5, size=size, turned=turned, options=options, codec=codec, container=kind, sound=False
    )
    return (index_first(made) or made) if first else made


def with_clip(
    *,
    level: str = "3.0",
    turned: int = 0,
    first: bool = True,
    codec: str = "libx264",
    kind: str = "mp4",
    size: tuple[int, int] = (176, 144),
    **options: str,
) -> Scene:
    files = {f"video1.{kind}": clip(level, turned, first, codec, kind, size), "text1.txt": b"Hello"}
    return scene(smil=VIDEO.replace("video1.3gp", f"video1.{kind}"), files=files, **options)


SLIPS = {
    "MMS450": (
        ("Hi {{ name }}", "Hi Ada: {-: open 9-5 :-}"),
        ("Hello [First Name]!", "[Ad] Hello [Sponsored]!"),
        ("Save 20 % %VOUCHER_CODE%", "Save 20 %, 50%off%"),
        ("Dear *|FNAME|*", "Dear *all* | friends"),
        ("Dear <<name>>", "<<Bonjour>> <3"),
        ("Hi $first_name", "$ave $20 at A$AP"),
        ("Hi {First Name}, hi {name|friend}", "Open {today only}, {a: b}"),
        ("Hi #NAME#", "Win with #SALE# and #name"),
        ("Hi __NAME__, hi ||name||", "Name: ______ | __ |"),
        ("Hi <%= name %>", "5 <% 6"),
        ("Su código: [nombre del cliente]", "[Nombres]: Ana"),
        ("Hi [Recipient's First Name]", "[Recipient's choice]"),
        ("Hola %1$s", "Save 5%1$ more"),
        ("Hi \u00abFirstName\u00bb", "\u00abYouTube\u00bb, \u00abTitle\u00bb, \u00abPlayStation\u00bb"),
        ("Hi [*name*]", "Stars [*] and [**]"),
    ),
    "MMS451": (
        ("Hi NULL, our sale is on", "Null problemo, NULL RISK"),
        ("Dear None!", "None of these are left: None!"),
        ("You owe \u00a3NaN today", "Happy birthday, Nan!"),
        ("Yours: #REF!", "#1 #SALE"),
        ("Yours: [object Object]", "Yours: [object]"),
        ("Yours: [object HTMLElement]", "Yours: [objects]"),
        ("Preis: #BEZUG! und #WERT!", "Preis: #TOP! #BEZUGSQUELLE"),
        ("Hi N/A, sale", "Seats: N/A, sorry"),
        ("Hi , your order is here", "Hi, your order , dear"),
        ("Hi undefined undefined!", "The area is undefined"),
        ("Your code is null.", "Das Risiko ist null."),
        ("Your order None has shipped", "Your order: None so far"),
        ("Ends Invalid Date", "An invalid date"),
    ),
    "MMS452": (
        ("TODO: opening hours", "TODO A MITAD DE PRECIO"),
        ("Lorem ipsum dolor", "Ipsum lorem"),
        ("Doors open [TBC]", "Doors open, price TBC, support (TBA)"),
        ("TODO", "TODO INCLUIDO"),
        ("Your text goes here", "The party goes here and there"),
        ("Click to add text", "Click to add friends"),
        ("<<<<<<< HEAD\nSale", "<<<<<<<\n>>> Sale <<<"),
    ),
    "MMS453": (
        ("offer.md", "Read offer.md"),
        ("image1.jpg\n", "shop.example"),
        ("texts/offer.txt", "and/or txt"),
        ("C:\\texts\\offer.txt", "C:\\texts"),
    ),
    "MMS454": (
        ("{\\rtf1\\ansi Hello}", "Hello rtf1"),
        ("{\\rtf1\\ansicpg1252\\deff0 {\\fonttbl}\\b Sale\\b0}", "the file offer.rtf"),
        ("\n{\\rtf1 Sale}", "write {\\it so}"),
    ),
    "MMS455": (("  \n ", "x"), ("\u200b\u00a0", "\u2713")),
    "MMS456": (
        ("Pay now \u202egpj.exe", "\u2067\u05e9\u05dc\u05d5\u05dd\u2069 \u202bGTK\u202c"),
        ("Invoice \u202dabc\u202c", "\u200eSale\u200e \u200f\u05e9\u05dc\u05d5\u05dd"),
        ("\u202etxt.exe", "\u2068Ada\u2069, hello"),
    ),
    "MMS457": (
        ("Hello\ufeffthere", "Hello there"),
        ("Sale\ufeff", "Sale\u200d"),
        ("a\ufeff\ufeffb", "a\u200bb"),
    ),
    "MMS458": (("Line one\u2028Line two", "Line one\nLine two"), ("a\u2029b", "a\n\nb")),
    "MMS459": (
        ("Apple \uf8ff Pay", "Apple Pay"),
        ("Call \ue001 now", "Call \u260e now"),
        ("Sale\uf000", "Sale \u2713"),
    ),
    "MMS460": (
        ("htp://shop.example/now", "https://shop.example/now"),
        ("www.shop,com", "www.shop.com and www.other.com"),
        ("https//shop.example", "and/or http"),
        ("https://shop. com", "https://shop.example Com on"),
        ("https://shop .com", "https://shop.example .com"),
        ("https:shop.example", "https: see shop.example"),
        ("tps://shop.example", "https://tps.example"),
        ("https://shop..example/a", "https://shop.example/a..b"),
        ("https://localhost:8000/a", "https://localhost.example/a"),
        ("ask info@shop,com", "ask info@shop.example, com"),
        ("https://shop.example/ahttps://shop.example/a", "https://shop.example/?to=https://a.example/b"),
        ("hxxps://shop.example", "https://shop.example/web/https://a.example"),
        ("ask ann@@shop.example", "ask ann@shop.example @@shop"),
    ),
    "MMS465": (
        ("See https://shop.example/offer. Now", "See https://shop.example/offer now. (www.shop.example)"),
        ("https://shop.example/a。次は", "https://shop.example/a 次は。"),
        ("زوروا www.shop.example، اليوم", "www.shop.example اليوم،"),
        ("At www.shop.example, from 9", "At www.shop.example/a,b from 9"),
    ),
}
"""Copy with a slip, and copy that is much like it and has none."""


def parts_alone(**changes: object) -> Scene:
    """The good message without a presentation."""
    return scene(smil=None, **changes)


def hostile(name: str) -> Callable[[], Scene]:
    return lambda: Scene(HOSTILE[name][1]())


def unsaid(manifest: bytes = b"caf\xe9.jpg") -> Scene:
    """A slide, a manifest and a zip that all name `caf\u00e9.jpg`, the zip in bytes of ISO-8859-1."""
    files = unzipped(scene(smil=SMIL.replace("image1", "caf\u00e9")))
    files["manifest"] = LISTED.encode().replace(b"image1.jpg", manifest)
    files["caf\xe9.jpg"] = files.pop("image1.jpg")
    return Scene(make([Entry(name=name.encode("latin-1"), data=data) for name, data in files.items()]))


COMPOSED = LISTED.replace("image1", "caf\\u00e9")


def marked(**changes: object) -> Callable[[], Scene]:
    """The good zip, its picture with such attributes."""
    return lambda: Scene(with_first(**changes))


def plain_zip() -> Scene:
    return Scene(make(GOOD))


def picture(data: bytes, **options: object) -> Scene:
    return scene(files={"image1.jpg": data, "text1.txt": b"Hello"}, **options)


def words(data: bytes, **options: object) -> Scene:
    return scene(files={"image1.jpg": photo(), "text1.txt": data}, **options)


def other(name: str, data: bytes, **options: object) -> Scene:
    """The good message with another picture."""
    smil = SMIL.replace("image1.jpg", name)
    return scene(smil=smil, files={name: data, "text1.txt": b"Hello"}, **options)


def with_audio(data: bytes, name: str = "audio1.amr", **options: object) -> Scene:
    return scene(smil=AUDIO.replace("audio1.amr", name), add={name: data}, **options)


def with_delay(data: bytes, hundredths: int) -> bytes:
    """The same animation, each of whose frames of 300 ms stands for as long as given."""
    control = re.compile(rb"(!\xf9\x04.)\x1e\0", re.DOTALL)
    return control.sub(lambda found: found[1] + bytes([hundredths, 0]), data)


def with_film(data: bytes, **options: object) -> Scene:
    return scene(smil=VIDEO, files={"video1.3gp": data, "text1.txt": b"Hello"}, **options)


def with_tone(codec: str) -> Scene:
    """A tone in an M4A."""
    return with_audio(make_sound("mp4", codec), "audio1.m4a")


def declaring(declarations: str, src: str) -> Scene:
    """The good message with declarations of a DTD, and another source of its picture."""
    smil = swapped("<smil>", f"<!DOCTYPE smil [{declarations}]>\n<smil>")
    return scene(smil=smil.replace("image1.jpg", src))


def with_alt(words: str) -> str:
    """The good presentation, its picture described."""
    return swapped(IMG, IMG[:-2] + f' alt="{words}"/>')


def heard(duration: str, milliseconds: int = 3000) -> Scene:
    """The good message with a sound of that length, its slide lasting `duration`."""
    sound = AMR[:6] + AMR[6:38] * (milliseconds // 20)
    return scene(smil=AUDIO.replace("4000ms", duration), add={"audio1.amr": sound}, profile=ROOMY)


def shown(duration: str, begin: str, end: str) -> Scene:
    """The good message, its slide lasting `duration` and its text seen from `begin` to `end`."""
    text = f'{TEXT[:-2]} begin="{begin}" end="{end}"/>'
    return scene(smil=swapped("4000ms", duration).replace(TEXT, text))


def with_card(data: bytes, name: str = "shop.vcf", **options: object) -> Scene:
    """A text and a card without slides, which every phone shows or offers."""
    files = {"text1.txt": b"Hello", name: data}
    return parts_alone(files=files, types={name: "text/x-vCard"}, **options)


def listed_pairs() -> list[list[str]]:
    """Name and type of each part of the good message."""
    return [line.split("=") for line in LISTED.splitlines()]


def plainly(*kinds: str) -> Scene:
    """Pictures (`i`) and texts (`t`) in that order, without a presentation."""
    pieces = [
        (f"a{number}.jpg", photo(48 + number, 64)) if kind == "i" else (f"b{number}.txt", b"Hello")
        for number, kind in enumerate(kinds)
    ]
    return parts_alone(files=dict(pieces))


def heavy() -> bytes:
    return photo(comment=b"x" * 20_000)


Pair = tuple[Callable[[], Scene], Callable[[], Scene]]

CASES: dict[str, list[Pair]] = {
    # archive
    "MMS101": [(hostile("text"), plain_zip), (hostile("empty file"), plain_zip)],
    "MMS102": [(hostile("truncated"), plain_zip)],
    "MMS103": [(hostile("prefix"), plain_zip), (hostile("two archives"), plain_zip)],
    "MMS104": [(hostile("suffix"), plain_zip), (hostile("comment without end"), plain_zip)],
    "MMS105": [(hostile("two end records"), plain_zip), (hostile("count too high"), plain_zip)],
    "MMS106": [(hostile("local name"), plain_zip), (hostile("local checksum"), plain_zip)],
    "MMS107": [(hostile("overlap"), plain_zip)],
    "MMS108": [(hostile("hidden local entry"), plain_zip)],
    "MMS109": [(lambda: Scene(make([*GOOD, Entry(name=b"image1.jpg", data=b"2")])), plain_zip)],
    "MMS110": [(lambda: scene(smil=CLASHING, files=CLASH), lambda: scene(smil=TWO_SLIDES, files=unslid()))],
    "MMS111": [
        (hostile("traversal"), plain_zip),
        (hostile("traversal by backslash"), plain_zip),
    ],
    "MMS112": [(hostile("NUL"), plain_zip)],
    "MMS113": [(unsaid, plain_zip), (lambda: unsaid(manifest=b"caf\\u00e9.jpg"), plain_zip)],
    "MMS114": [(hostile("encrypted"), plain_zip)],
    "MMS115": [(hostile("another disk"), plain_zip)],
    "MMS116": [(hostile("symlink"), plain_zip)],
    "MMS117": [(hostile("zstd"), plain_zip)],
    "MMS118": [(hostile("bad checksum"), plain_zip)],
    "MMS119": [(hostile("bomb by ratio"), plain_zip)],
    "MMS120": [(hostile("many entries"), plain_zip)],
    "MMS121": [(lambda: Scene(make([])), scene)],
    "MMS125": [(hostile("backslash"), plain_zip)],
    "MMS126": [(hostile("stored with a data descriptor"), plain_zip)],
    "MMS127": [
        (hostile("extra field that is cut off"), plain_zip),
        (hostile("extra field of AES"), plain_zip),
    ],
    "MMS128": [(hostile("version"), plain_zip), (hostile("flag"), plain_zip)],
    "MMS129": [(hostile("zip64 offset"), plain_zip)],
    "MMS130": [(marked(attributes=0o040755 << 16), plain_zip), (marked(attributes=8, host=0), plain_zip)],
    "MMS131": [
        (lambda: other("image1.jpg;1", photo(), types={"image1.jpg;1": "image/jpeg"}), scene),
        (lambda: other("cafe\u0301.jpg", photo(), manifest=COMPOSED.replace("\\u00e9", "e\\u0301")), scene),
        (lambda: other("x" * 252 + ".jpg", photo()), scene),
        (hostile("here"), plain_zip),
    ],
    "MMS132": [
        (lambda: other("aux.jpg", photo()), lambda: other("auxiliary.jpg", photo())),
        (lambda: other("image1.jpg.", photo(), types={"image1.jpg.": "image/jpeg"}), scene),
        (lambda: other("image1?.jpg", photo()), scene),
    ],
    "MMS122": [
        (lambda: Scene(packed({f"summer/{n}": d for n, d in unzipped(scene()).items()})), scene),
        (lambda: other("pictures/image1.jpg", photo()), scene),
    ],
    "MMS124": [
        (
            lambda: Scene(
                packed({f"summer/{name}": data for name, data in unzipped(scene(manifest=None)).items()}),
                {"dialect": "pswincom"},
            ),
            lambda: scene(manifest=None, dialect="pswincom"),
        ),
        (
            lambda: other("pictures/image1.jpg", photo(), manifest=None, dialect="pswincom"),
            lambda: scene(manifest=None, dialect="pswincom"),
        ),
    ],
    "MMS123": [
        (lambda: scene(add={"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\r\n"}, manifest=LISTED), scene),
        (
            lambda: Scene(packed({**unzipped(scene()), "__MACOSX/._image1.jpg": b"x", ".DS_Store": b"x"})),
            scene,
        ),
    ],
    # manifest
    "MMS201": [(lambda: scene(manifest=None), scene)],
    "MMS202": [(lambda: scene(manifest=None, add={"Manifest.txt": LISTED.encode()}), scene)],
    "MMS203": [
        (lambda: scene(manifest=LISTED + "image2.jpg=image/jpeg\n"), scene),
        (lambda: scene(manifest=LISTED.replace("image1.jpg", "Image1.jpg")), scene),
        (lambda: scene(manifest="".join(f"<{a}>={b}\n" for a, b in listed_pairs())), scene),
        (
            lambda: parts_alone(files={"caf\u00e9.jpg": photo()}, manifest="cafe\\u0301.jpg=image/jpeg\n"),
            scene,
        ),
    ],
    "MMS204": [(lambda: scene(manifest=LISTED.replace("text1.txt=text/plain\n", "")), scene)],
    "MMS205": [(lambda: scene(manifest=LISTED + "text1.txt=text/plain\n"), scene)],
    "MMS206": [
        (lambda: scene(manifest=LISTED.replace("=text/plain", "=text")), scene),
        (lambda: scene(manifest=LISTED.replace("=text/plain", "")), scene),
        (lambda: scene(manifest="".join(f"{b}={a}\n" for a, b in listed_pairs())), scene),
        (lambda: scene(manifest="".join(f"{a},{b}\n" for a, b in listed_pairs())), scene),
        (lambda: scene(manifest="".join(f'"{a}"="{b}"\n' for a, b in listed_pairs())), scene),
        (lambda: parts_alone(files={"my beach.jpg": photo()}, manifest="my beach.jpg=image/jpeg\n"), scene),
    ],
    "MMS221": [
        (
            lambda: parts_alone(
                files={"caf\u00e9.jpg": photo(), "th\u00e9.txt": b"Hello"},
                manifest="caf\u00e9.jpg=image/jpeg\nthe\u0301.txt=text/plain\n",
            ),
            lambda: parts_alone(files={"cafe.jpg": photo()}, manifest="# caf\u00e9\ncafe.jpg=image/jpeg\n"),
        )
    ],
    "MMS207": [(lambda: scene(manifest=b"\xef\xbb\xbf" + LISTED.encode()), scene)],
    "MMS208": [(lambda: scene(manifest=LISTED + "# fine\nmanifest\\u12=text/plain\n"), scene)],
    "MMS209": [(lambda: scene(manifest=LISTED.encode("utf-16")), scene)],
    "MMS210": [(lambda: scene(manifest="# a\0b\n" + LISTED), scene)],
    "MMS211": [(lambda: scene(manifest=LISTED + "# and so on\n" * 20_000), scene)],
    "MMS212": [(lambda: scene(manifest="# the parts follow\n"), scene)],
    "MMS213": [(lambda: scene(manifest=LISTED + "manifest=text/plain\n"), scene)],
    "MMS214": [
        (
            lambda: parts_alone(files={"my beach.jpg": photo()}, manifest="my\\ beach.jpg=image/jpeg\n"),
            lambda: parts_alone(files={"beach.jpg": photo()}),
        )
    ],
    "MMS222": [
        (
            partial(scene, types={"image1.jpg": f"image/jpeg; name={name}"}),
            lambda: scene(types={"image1.jpg": 'image/jpeg; Name="image1.jpg"'}),
        )
        for name in ("beach.jpg", "text1.txt", '"beach holiday.jpg"')
    ],
    "MMS215": [
        (lambda: scene(manifest="".join(reversed(LISTED.splitlines(keepends=True)[1:])) + LISTED[:30]), scene)
    ],
    "MMS216": [
        (
            lambda: scene(smil=TWO_SLIDES, files=dict(reversed([*unslid().items()]))),
            lambda: scene(smil=TWO_SLIDES, files=unslid()),
        ),
        (
            lambda: scene(
                smil=TWO_SLIDES, files=dict(reversed([*unslid().items()])), manifest=None, dialect="pswincom"
            ),
            lambda: scene(smil=TWO_SLIDES, files=unslid(), manifest=None, dialect="pswincom"),
        ),
    ],
    "MMS217": [(lambda: scene(add={"old.smil": SMIL.encode()}), scene)],
    "MMS218": [
        (
            lambda: scene(manifest=None, dialect="vianett"),
            lambda: scene(manifest=None, dialect="vianett", smil_name="mms.smil"),
        ),
        *(
            (
                partial(scene, manifest=None, dialect="pswincom", smil_name=name),
                lambda: scene(manifest=None, dialect="pswincom", smil_name="show.sml"),
            )
            for name in ("presentation.xml", "message.mms", "message")
        ),
    ],
    "MMS219": [(lambda: scene(dialect="pswincom"), lambda: scene(manifest=None, dialect="pswincom"))],
    "MMS220": [
        (lambda: scene(manifest=LISTED.replace("application/smil", "text/xml")), scene),
        (lambda: scene(manifest=LISTED.replace("application/smil", "application/SMIL")), scene),
    ],
    # presentation: document
    "MMS301": [
        (lambda: broken("</body>", ""), scene),
        (lambda: broken("<smil>", "<smil>&nbsp;"), scene),
        (lambda: scene(smil=gzip.compress(SMIL.encode(), mtime=0)), scene),
        (
            lambda: declaring('<!ENTITY pic "image1.jpg">', "&pic;"),
            lambda: broken("image1.jpg", "image1&#46;jpg"),
        ),
        (lambda: declaring("<!-- it's ]> --><!ENTITY % a ']>'>\n", "&nbsp;.jpg"), scene),
    ],
    "MMS302": [
        (lambda: broken("<smil>", '<!DOCTYPE smil SYSTEM "SMIL10.dtd">\n<smil>'), scene),
        (lambda: broken("<smil>", '<!DOCTYPE smil [<!ENTITY a "b">]>\n<smil>'), scene),
        (lambda: broken("<smil>", '<!DOCTYPE smil [<!-- it\'s ]> -->\n<!ENTITY a "]>">]>\n<smil>'), scene),
    ],
    "MMS303": [(lambda: broken("UTF-8", "x-phone"), scene)],
    "MMS304": [
        (lambda: scene(smil=SMIL.replace("UTF-8", "UTF-16").encode("utf-16")), scene),
        (
            lambda: scene(smil=("\ufeff<!DOCTYPE smil>" + SMIL[SMIL.index("<smil") :]).encode("utf-16-be")),
            lambda: scene(smil=b"\xef\xbb\xbf" + SMIL.encode()),
        ),
    ],
    "MMS315": [
        (
            lambda: scene(smil=with_alt("Caf\u00e9").replace("UTF-8", "ISO-8859-1").encode("iso-8859-1")),
            lambda: scene(smil=with_alt("Cafe").replace("UTF-8", "ISO-8859-1").encode("iso-8859-1")),
        )
    ],
    "MMS317": [
        (lambda: broken("</par>", '</par>\n    <par dur="5000ms"></par>'), scene),
        (lambda: scene(smil=SMIL.replace(IMG, "").replace(TEXT, "")), scene),
    ],
    "MMS316": [(lambda: broken("</body>", "</body>\n  <metadata/>"), scene)],
    "MMS305": [(lambda: scene(smil=SMIL.replace("smil>", "SMIL>")), scene)],
    "MMS306": [
        (lambda: scene(smil=SMIL[: SMIL.index("  <head>")] + SMIL[SMIL.index("  <body>") :]), scene),
        (lambda: scene(smil=SMIL.replace("head>", "HEAD>")), scene),
    ],
    "MMS307": [
        (lambda: scene(smil=SMIL[: SMIL.index("  <body>")] + "</smil>\n"), scene),
    ],
    "MMS308": [(lambda: broken("  <head>", "  <metadata/>\n  <head>"), scene)],
    "MMS309": [(lambda: broken("    <layout>", "    <transition/>\n    <layout>"), scene)],
    "MMS310": [
        (lambda: scene(smil=SMIL.replace("<body>", "<body><seq>").replace("</body>", "</seq></body>")), scene)
    ],
    "MMS311": [
        (lambda: broken(IMG, f'<a href="image1.jpg">{IMG}</a>'), scene),
        (lambda: broken("<img", "<IMG"), scene),
    ],
    "MMS312": [
        (lambda: broken(TEXT, TEXT[:-2] + '><param name="foreground-color" value="red"/></text>'), scene)
    ],
    "MMS318": [
        (lambda: broken("<body>", '<body dur="20s">'), scene),
        (lambda: broken("<layout>", '<layout type="text/smil-basic-layout">'), scene),
        (lambda: broken(PAR, PAR[:-1] + ' begin="0s">'), scene),
        (lambda: broken(PAR, PAR[:-1] + ' repeatCount="2">'), scene),
        (lambda: broken(PAR, PAR[:-1] + ' region="Image">'), scene),
        (lambda: broken(IMG, IMG[:-2] + ' type="image/jpeg"/>'), scene),
    ],
    "MMS313": [
        (
            lambda: scene(
                smil=SMIL.replace("<smil", '<smil xmlns:s="urn:s"').replace('src="image1', 's:src="image1')
            ),
            scene,
        ),
        (
            lambda: scene(
                smil=SMIL.replace("</", "</s:")
                .replace("<smil", '<s:smil xmlns:s="urn:s"')
                .replace("<head", "<s:head")
                .replace("<body", "<s:body")
                .replace("<par", "<s:par")
                .replace("<img", "<s:img")
                .replace("<text", "<s:text")
                .replace("<layout", "<s:layout")
                .replace("<r", "<s:r")
            ),
            scene,
        ),
    ],
    "MMS314": [(lambda: broken(PAR, PAR + "Summer sale!"), scene)],
    # presentation: layout
    "MMS321": [
        (lambda: broken('<root-layout width="480" height="640"/>', "<root-layout/>"), scene),
        (lambda: broken('<root-layout width="480" height="640"/>', ""), scene),
        (
            lambda: broken('<root-layout width="480" height="640"/>', '<root-layout width="0" height="0"/>'),
            scene,
        ),
        (lambda: scene(smil=SMIL[: SMIL.index("<layout>")] + SMIL[SMIL.index("</head>") :]), scene),
    ],
    "MMS322": [(lambda: broken("    </layout>", '<region id="Logo" left="0" top="0"/></layout>'), scene)],
    "MMS323": [
        (lambda: scene(smil=SMIL.replace('"Image"', '"image"')), scene),
        (lambda: scene(smil=SMIL.replace('"Image"', '"Media"')), scene),
        (lambda: scene(smil=SMIL.replace("region id=", "region regionName=")), scene),
    ],
    "MMS324": [
        (
            lambda: parts_alone(
                files={
                    "image1.jpg": photo(),
                    "message.smil": SMIL.replace(TEXT, "").replace('id="Text"', 'id="Image"').encode(),
                },
                manifest="message.smil=application/smil\nimage1.jpg=image/jpeg\n",
            ),
            scene,
        )
    ],
    "MMS325": [
        (lambda: broken('height="640"/>', 'height="640" background-color="black"/>'), scene),
        (lambda: broken('id="Text"', 'id="Text" z-index="2"'), scene),
    ],
    "MMS332": [
        (lambda: broken("<layout>", "<layout><viewport/>"), scene),
        (
            lambda: scene(
                smil=SMIL.replace("<region", "<switch><region", 1).replace("</layout>", "</switch></layout>")
            ),
            scene,
        ),
        (lambda: broken('height="640"/>', 'height="640"><x/></root-layout>'), scene),
        (
            lambda: broken("<layout>", "<meta><x/></meta><layout>"),
            lambda: broken("<layout>", "<meta/><layout>"),
        ),
    ],
    "MMS326": [
        (lambda: broken('top="480"', 'top="480.5"'), lambda: broken('top="480"', 'top="+480"')),
        (lambda: broken('top="480"', 'top="48pt"'), scene),
        (lambda: broken('height="160"', 'height="160 px"'), lambda: broken('height="160"', 'height="160px"')),
        (lambda: broken('height="160"', 'height="\uff11\uff16\uff10"'), scene),
    ],
    "MMS327": [(lambda: broken('width="480" height="640"/>', 'width="100%" height="100%"/>'), scene)],
    "MMS328": [(lambda: broken('width="480" height="480"', 'width="480" height="75%"'), scene)],
    "MMS329": [(lambda: broken('fit="meet"', 'fit="contain"'), scene)],
    "MMS330": [
        (lambda: broken('height="160"', 'height="170"'), scene),
        (
            lambda: broken('top="480" width="480" height="160"', 'top="75%" width="100%" height="26%"'),
            lambda: broken('top="480" width="480" height="160"', 'top="75%" width="100%" height="25%"'),
        ),
        (lambda: broken('height="160"', 'height="0"'), lambda: broken('height="160"', 'height="1"')),
        (lambda: broken('height="160"', 'height="-160"'), scene),
    ],
    "MMS331": [
        (lambda: broken('top="480"', 'top="0"'), scene),
        (lambda: broken('top="480"', 'top="400"'), lambda: broken('top="480"', 'top="470"')),
        (lambda: broken('id="Text" left="0" top="480" width="480" height="160"', 'id="Text"'), scene),
        (
            lambda: broken('top="480" width="480" height="160"', 'top="50%" width="100%" height="25%"'),
            lambda: broken('top="480" width="480" height="160"', 'top="75%" width="100%" height="25%"'),
        ),
    ],
    # presentation: time
    "MMS341": [
        (lambda: broken(PAR, "<par>"), scene),
        (lambda: broken("4000ms", "0ms"), scene),
        (lambda: broken("<par dur", "<par DUR"), scene),
    ],
    "MMS351": [
        (lambda: heard(""), lambda: heard("4000ms")),
        (lambda: heard("indefinite"), lambda: heard("4000ms")),
        (
            lambda: broken(PAR + "\n      " + IMG, f'<par dur="">{IMG[:-2]} end="4s"/>'),
            lambda: broken(IMG, IMG[:-2] + ' end="4s"/>'),
        ),
    ],
    "MMS342": [(lambda: broken("4000ms", "00:04"), scene)],
    "MMS343": [(lambda: broken("4000ms", "4000"), scene)],
    "MMS344": [
        (partial(broken, "4000ms", value), scene) for value in ("4S", "4sec", "indefinite", "", "-4s")
    ],
    "MMS345": [(partial(broken, "4000ms", value), scene) for value in ("4.5s", "1min", "1h")],
    "MMS346": [(lambda: broken("4000ms", "4s"), scene), (lambda: broken("4000ms", "4"), scene)],
    "MMS347": [
        (
            lambda: scene(smil=AUDIO.replace("4000", "5000"), add={"audio1.amr": AMR}),
            lambda: scene(smil=AUDIO.replace("4000", "5001"), add={"audio1.amr": AMR}),
        ),
        (lambda: heard("5000ms", 4980), lambda: heard("5000ms", 5000)),
        (lambda: shown("5000ms", "1s", "3s"), lambda: shown("5000ms", "0s", "5s")),
        (lambda: shown("5000ms", "0ms", "4999ms"), lambda: shown("5001ms", "0ms", "4999ms")),
    ],
    "MMS348": [
        (
            lambda: broken(TEXT, TEXT[:-2] + ' begin="6000ms"/>'),
            lambda: broken(TEXT, TEXT[:-2] + ' begin="1000ms"/>'),
        )
    ],
    "MMS349": [(lambda: broken(TEXT, TEXT[:-2] + ' begin="img.end"/>'), scene)],
    "MMS350": [
        (lambda: broken("4000ms", "5000s"), lambda: broken("4000ms", "499999ms")),
        (lambda: broken("4000ms", "99999999ms"), lambda: heard("600000ms", 600_000)),
    ],
    # presentation: references
    "MMS361": [
        (lambda: broken("image1.jpg", "Image1.jpg"), scene),
        (lambda: broken("image1.jpg", "./image1.jpg"), scene),
        (lambda: broken("image1.jpg", "cid:image1"), scene),
        (
            lambda: broken("image1.jpg", "cid:&lt;image1.jpg&gt;"),
            lambda: broken("image1.jpg", "cid:image1.jpg"),
        ),
        (lambda: broken("image1.jpg", "message.smil"), scene),
        (lambda: broken("image1.jpg", "cid:image2.jpg"), lambda: broken("image1.jpg", "cid:image1.jpg")),
        (lambda: broken("image1.jpg", "CID:image1.jpg"), scene),
        (lambda: broken("image1.jpg", "cid:image1.jpg&gt;"), scene),
        (lambda: broken("image1.jpg", "manifest"), scene),
    ],
    "MMS362": [(lambda: broken("image1.jpg", "http://www.example.com/image1.jpg"), scene)],
    "MMS363": [
        (lambda: broken('src="image1.jpg" ', ""), scene),
        (lambda: scene(smil=swapped(TEXT, "<text>Hello</text>"), files={"image1.jpg": photo()}), scene),
        (lambda: scene(smil=SMIL.replace("src=", "SRC=")), scene),
    ],
    "MMS364": [(lambda: scene(add={"image2.jpg": photo(48, 64)}), scene)],
    "MMS365": [
        (
            lambda: scene(
                smil=swapped(IMG, IMG + IMG.replace("1.jpg", "2.jpg")), add={"image2.jpg": photo(48, 64)}
            ),
            lambda: scene(smil=TWO_SLIDES, files=unslid()),
        ),
        (lambda: scene(smil=swapped(IMG, IMG + IMG)), scene),
    ],
    "MMS366": [
        (
            lambda: scene(
                smil=VIDEO.replace(TEXT, TEXT + '<audio src="audio1.amr"/>'),
                files={"video1.3gp": FILM, "text1.txt": b"Hello", "audio1.amr": AMR},
            ),
            lambda: with_film(FILM),
        )
    ],
    "MMS367": [
        (lambda: broken("<text src", "<img src"), scene),
        (lambda: other("shop.vcf", CARD), scene),
    ],
    "MMS368": [(lambda: broken("<img src", "<ref src"), scene)],
    "MMS369": [
        (
            lambda: Scene(SMIL.replace("image1", "caf\u00e9").encode()),
            lambda: Scene(SMIL.encode()),
        )
    ],
    "MMS370": [
        (lambda: broken(IMG, IMG[:-2] + ' dur="4s"/>'), lambda: broken(IMG, IMG[:-2] + ' alt="Beach"/>'))
    ],
    "MMS371": [(lambda: broken(PAR, PAR[:-1] + ' fill="freeze">'), scene)],
    "MMS372": [
        (lambda: broken('1.jpg" region="Image"', '1.jpg" region="Photo"'), scene),
        (lambda: scene(smil=re.sub("<region .*/>", "", SMIL)), scene),
    ],
    "MMS373": [(lambda: broken('1.txt" region="Text"', '1.txt" region="Image"'), scene)],
    "MMS374": [(lambda: broken(' region="Text"/>', "/>"), scene)],
    "MMS375": [
        (
            lambda: scene(
                smil=TWO_SLIDES.replace("image2", "image1"),
                files={"image1.jpg": photo(), "text1.txt": b"Hello", "text2.txt": b"Bye"},
            ),
            lambda: scene(smil=TWO_SLIDES, files=unslid()),
        )
    ],
    "MMS376": [
        (
            lambda: scene(smil=swapped(TEXT, TEXT + '<ref src="shop.vcf"/>'), add={"shop.vcf": CARD}),
            lambda: scene(add={"shop.vcf": CARD}),
        ),
    ],
    # parts
    "MMS401": [
        (lambda: picture(saved(drawn(64, 48), "WEBP")), scene),
        (lambda: picture(b"\1\2\3\4" * 100), scene),
        (lambda: words(photo()), scene),
        (lambda: words(b"Not a card", types={"text1.txt": "text/x-vCard"}), scene),
        (
            lambda: parts_alone(add={"shop.vcf": CARD}, types={"shop.vcf": "text/plain"}),
            lambda: parts_alone(add={"shop.vcf": CARD}, types={"shop.vcf": "text/x-vCard"}),
        ),
    ],
    "MMS402": [
        (lambda: scene(types={"image1.jpg": "image/jpg"}), scene),
        (lambda: scene(types={"image1.jpg": "image/JPEG"}), scene),
    ],
    "MMS403": [
        (
            lambda: scene(types={"text1.txt": "text/plain; charset=iso-8859-1"}),
            lambda: scene(types={"text1.txt": "text/plain; charset=utf-8"}),
        ),
        (
            lambda: words(b"Caf\xe9", types={"text1.txt": "text/plain; charset=iso-8859-1"}),
            lambda: words("Caf\u00e9".encode(), types={"text1.txt": 'text/plain; charset="UTF-8"'}),
        ),
        (
            lambda: words("Caf\u00e9".encode(), types={"text1.txt": "text/plain; charset=us-ascii"}),
            lambda: words(b"Cafe", types={"text1.txt": "text/plain; charset=us-ascii"}),
        ),
    ],
    "MMS409": [
        (
            lambda type_=bad: scene(types={"text1.txt": f"text/plain{type_}"}),
            lambda type_=good: scene(types={"text1.txt": f"text/plain{type_}"}),
        )
        for bad, good in (
            (";;charset=utf-8", ";charset=utf-8"),
            ("; charset=utf-8;", '; charset="UTF-8"'),
            ("; charset=*", "; charset=csUTF8"),
            ("; charset=", ""),
            ("; charset=utf8", "; Charset = utf-8"),
            ("; charset=ascii", "; charset=ANSI_X3.4-1968"),
            ("; charset=utf-8; charset=us-ascii", "; charset=utf-8; format=flowed"),
        )
    ],
    "MMS404": [(lambda: scene(manifest=LISTED.replace("jpeg\n", "jpeg  \n")), scene)],
    "MMS405": [
        (lambda: other("image1.webp", saved(drawn(64, 48), "WEBP")), scene),
        (
            lambda: other("image1.png", saved(drawn(64, 48), "PNG"), profile="oma-image-rich"),
            lambda: other("image1.png", saved(drawn(64, 48), "PNG")),
        ),
        (lambda: scene(types={"image1.jpg": "application/octet-stream"}, smil=None), parts_alone),
    ],
    "MMS406": [
        (lambda: picture(b""), lambda: words(b"")),
        (lambda: scene(add={"shop.vcf": b""}), lambda: scene(add={"shop.vcf": CARD})),
    ],
    "MMS410": [
        (lambda: picture(saved(drawn(64, 48), "PNG")), scene),
        (
            lambda: other("image1.gif", photo(), types={"image1.gif": "image/png"}),
            lambda: other("image1.png", saved(drawn(64, 48), "PNG")),
        ),
    ],
    "MMS407": [
        (lambda: scene(add={"ring.dm": b"\1\2"}, types={"ring.dm": "application/vnd.oma.drm.message"}), scene)
    ],
    "MMS408": [
        (lambda: Scene(packed({"image1.jpg": photo(), "x.bin": b"\1\2"}), {"dialect": "pswincom"}), scene)
    ],
    "MMS421": [
        (lambda: picture(photo()[:-40]), scene),
        (lambda: other("image1.gif", gif("red", "blue")[:-9]), scene),
    ],
    "MMS422": [(lambda: picture(photo(progressive=True)), scene)],
    "MMS423": [
        (
            lambda: picture(saved(drawn(64, 48, "CMYK"), "JPEG")),
            lambda: picture(saved(drawn(64, 48, "L"), "JPEG")),
        )
    ],
    "MMS424": [
        (lambda: picture(photo(exif=exif(orientation=6))), lambda: picture(photo(exif=exif(orientation=1))))
    ],
    "MMS425": [(lambda: picture(photo(exif=exif(gps=(51.0, 30.0, 0.0)))), scene)],
    "MMS426": [(lambda: picture(heavy()), scene), (lambda: picture(photo() + b"tail" * 100), scene)],
    "MMS427": [(lambda: picture(photo()[:2] + photo()[20:]), scene)],
    "MMS428": [(lambda: picture(photo()[:-2]), scene)],
    "MMS429": [
        (
            lambda: other("image1.png", plain_png(3600), profile=BOUNDLESS),
            lambda: other("image1.png", plain_png(3400), profile=BOUNDLESS),
        )
    ],
    "MMS431": [
        (lambda: with_audio(AMR[:-9]), lambda: with_audio(AMR)),
        (lambda: with_film(FILM[:30]), lambda: with_film(FILM)),
    ],
    "MMS432": [(lambda: with_audio(b"#!AMR_MC1.0\n\0\0\0\2" + AMR[6:]), lambda: with_audio(AMR))],
    "MMS433": [
        (
            lambda: with_audio(MIDI[:9] + b"\2" + MIDI[10:], "audio1.mid"),
            lambda: with_audio(MIDI, "audio1.mid"),
        )
    ],
    "MMS434": [
        (lambda: with_clip(kind="3gp", profile="oma-video-basic"), lambda: with_clip(kind="3gp")),
        (
            lambda: with_clip(kind="3gp", codec="h263", size=(352, 288), profile="oma-video-basic"),
            lambda: with_film(FILM, profile="oma-video-basic"),
        ),
    ],
    "MMS435": [(lambda: with_film(film(b"3gp4", (b"samr",), (0, 0))), lambda: with_film(FILM))],
    "MMS436": [
        (
            lambda: with_audio(film(b"M4A ", (b"avc1", b"mp4a"), (176, 144)), "audio1.m4a"),
            lambda: with_audio(film(b"M4A ", (b"mp4a",), (0, 0)), "audio1.m4a"),
        )
    ],
    "MMS437": [
        (partial(with_clip, codec=codec), with_clip) for codec in ("libx265", "libsvtav1", "libvpx-vp9")
    ],
    "MMS438": [(lambda: with_clip(level="5.1"), lambda: with_clip(level="3.0"))],
    "MMS439": [(lambda: with_clip(first=False), lambda: with_clip())],
    "MMS471": [(lambda: with_clip(turned=90), lambda: with_clip())],
    "MMS472": [
        (partial(with_tone, codec), partial(with_tone, "aac")) for codec in ("flac", "alac", "libopus")
    ],
    "MMS441": [
        (lambda: words(b"Caf\xe9"), lambda: words("Caf\u00e9".encode())),
        (lambda: words("Caf\u00e9".encode("utf-16")), scene),
        (lambda: words("Hello".encode("utf-16-le")), scene),
    ],
    "MMS442": [(lambda: words(b"\xef\xbb\xbfHello"), scene)],
    "MMS443": [(lambda: words(b"Hello\x0bworld"), lambda: words(b"Hello\r\n\tworld"))],
    "MMS444": [(lambda: words("Caf\ufffd".encode()), scene)],
    "MMS445": [
        (lambda: words("Caf\u00c3\u00a9".encode()), lambda: words("\u00c3gua caf\u00e9 \u00e2".encode())),
        *(
            (partial(words, wrong.encode()), partial(words, right.encode()))
            for wrong, right in (
                ("Скидка".encode().decode("cp1251"), "РЫБА, СЁМГА, СЎР"),
                ("Скидка 5 %".encode("cp1251").decode("cp1252"), "Áá, Éé, øl, Þór, àéè"),
                ("Έκπτωση".encode("cp1253", "replace").decode("cp1252"), "Æøå på en ø"),
                ("تخفيض".encode().decode("cp1256"), "طعام، عطر"),
                ("Größe".encode().decode("gbk"), "T恤 app下载"),
                ("Zażółć gęślą".encode().decode("cp1251", "ignore"), "iPhone: Ґрунт, Їжак, «Відео»"),
                ("It\u2019s here".encode().decode("cp437"), "Γ, ΓΔ και ΕΖ"),
                ("שלום, מבצע גדול".encode().decode("cp1255", "ignore"), "שָׁלוֹם, ׳א׳"),
                ("größer".encode().decode("cp932"), "ﾃｽﾄ ﾒﾆｭｰ"),
            )
        ),
        (
            lambda: words("\u0e2a\u0e27".encode().decode("latin-1").encode()),
            lambda: words("\u00abCAF\u00c9\u00bb".encode()),
        ),
    ],
    "MMS446": [(lambda: with_card(CARD[:-11]), lambda: with_card(CARD))],
    "MMS447": [
        (lambda: with_card(CARD.replace(b"2.1", b"4.0")), lambda: with_card(CARD)),
        (
            lambda: with_card(CARD.replace(b"2.1", b"3.0"), profile="oma-image-basic"),
            lambda: with_card(CARD.replace(b"2.1", b"3.0")),
        ),
    ],
    "MMS449": [
        (partial(words, text), partial(words, good))
        for text, good in (
            (b"Fish &amp; chips", b"Fish & chips; AT&T;"),
            (b"Don&rsquo;t miss it &ndash; &pound;5 off", b"B&Bs; a=1&copy=2 Q&A;"),
            (b"caf\\u00e9", b"C:\\users"),
            (b"Caf=C3=A9", b"a=C3, b=12=34"),
            (b"Now <b>50 %</b> off", b"3 < 4 > 2, I <3 you"),
            (b"Line one\\nLine two", b"C:\\new\\tab or \\\\server\\names"),
            (rb"It\'s \"big\"", rb"It's big \o/"),
            (b"caf\\xe9", b"C:\\xe9"),
            (b"=?utf-8?Q?Hi?=", b"a=?b"),
        )
    ],
    **{
        id_: [(partial(words, bad.encode()), partial(words, good.encode())) for bad, good in pairs]
        for id_, pairs in SLIPS.items()
    },
    "MMS448": [(lambda: with_card(CARD, "shop.card"), lambda: with_card(CARD, "shop.vcf"))],
    "MMS461": [
        (
            lambda: scene(
                smil=SMIL.replace("image1.jpg", "image1.gif"),
                files={"image1.gif": photo(), "text1.txt": b"Hello"},
                types={"image1.gif": "image/jpeg"},
            ),
            scene,
        ),
        (
            lambda: scene(
                smil=SMIL.replace("image1.jpg", "image1"),
                files={"image1": photo(), "text1.txt": b"Hello"},
                types={"image1": "image/jpeg"},
            ),
            scene,
        ),
    ],
    "MMS462": [
        (
            lambda: scene(
                smil=SMIL.replace("text1.txt", "image1.txt"),
                files={"image1.jpg": photo(), "image1.txt": b"Hello"},
            ),
            scene,
        )
    ],
    "MMS466": [
        (lambda: other("a" * 97 + ".jpg", photo()), lambda: other("beach.jpg", photo())),
        (lambda: other("50%25.jpg", photo()), lambda: other("50-25.jpg", photo())),
    ],
    "MMS463": [(lambda: other("a" * 40 + ".jpg", photo()), lambda: other("beach.jpg", photo()))],
    "MMS464": [(lambda: other("a" * 36 + ".jpg", photo()), lambda: other("a" * 15 + ".jpg", photo()))],
    # limits
    "MMS501": [(lambda: picture(noise(600, 500)), lambda: picture(noise(300, 300)))],
    "MMS502": [(lambda: picture(noise(500, 480)), lambda: picture(noise(300, 300)))],
    "MMS503": [(lambda: picture(photo(1700, 600)), lambda: picture(photo(1200, 1600)))],
    "MMS504": [
        (
            lambda: picture(photo(480, 640), profile="oma-image-rich"),
            lambda: picture(photo(640, 480), profile="oma-image-rich"),
        )
    ],
    "MMS505": [(lambda: scene(subject="x" * 41), lambda: scene(subject="x" * 40))],
    "MMS506": [(lambda: scene(subject="Summer\r\nsale"), lambda: scene(subject="Summer sale"))],
    "MMS507": [(lambda: many_slides(11), lambda: many_slides(10))],
    "MMS509": [
        (
            lambda: scene(subject="Sale \U0001f389", profile="us"),
            lambda: scene(subject="Sale \u2013 today", profile="us"),
        ),
        (
            lambda: scene(subject="I \u2764\ufe0f you", profile="us-tollfree"),
            lambda: scene(subject="I \u2764\ufe0f you", profile="uk"),
        ),
    ],
    "MMS508": [
        (
            lambda: picture(noise(1200, 960), profile=ROOMY),
            lambda: picture(noise(300, 300), profile=ROOMY),
        )
    ],
    # advice
    "MMS521": [
        (
            lambda: parts_alone(
                files={
                    "image1.jpg": photo(),
                    "image2.jpg": photo(48, 64),
                    "text1.txt": b"a",
                    "text2.txt": b"b",
                }
            ),
            lambda: parts_alone(
                files={
                    "image1.jpg": photo(),
                    "text1.txt": b"a",
                    "image2.jpg": photo(48, 64),
                    "text2.txt": b"b",
                }
            ),
        ),
        (lambda: plainly("i", "i", "t", "t", "i"), lambda: plainly("i", "t", "t", "i", "i", "t")),
        (lambda: plainly("t", "t", "i", "i"), lambda: plainly("t", "i", "t", "i")),
    ],
    "MMS522": [(lambda: words(b"Read me. " * 20), lambda: words(b"Read me. " * 9))],
    "MMS523": [
        (
            lambda: other("image1.gif", gif("white", "red", "white")),
            lambda: other("image1.gif", gif("white", "red", "white", written=0)),
        )
    ],
    "MMS524": [
        (
            lambda: other("image1.png", logo("black", (0, 0, 0, 0))),
            lambda: other("image1.png", logo("black", (255, 255, 255, 255))),
        ),
        (
            lambda: other("image1.png", logo("#202020", (0, 0, 0, 0))),
            lambda: other("image1.png", logo("white", (0, 0, 0, 0))),
        ),
    ],
    "MMS525": [(lambda: other("image1.png", poster(20)), lambda: other("image1.png", poster(300)))],
    "MMS526": [(lambda: words("Sale \U0001f389".encode()), lambda: words("Sale \u2713".encode()))],
    "MMS527": [
        (
            lambda: scene(
                smil=SMIL.replace("4000", "90000"), files={"image1.jpg": photo(), "text1.txt": b"word " * 201}
            ),
            scene,
        )
    ],
    "MMS528": [(lambda: with_audio(AMR * 1 + AMR[6:] * 4), lambda: with_audio(AMR))],
    "MMS532": [
        (
            lambda: scene(notes={"image1.jpg": BuildNotes(quality=34.4)}),
            lambda: scene(notes={"image1.jpg": BuildNotes(quality=35.0)}),
        )
    ],
    "MMS533": [
        (
            lambda: scene(notes={"image1.jpg": BuildNotes(lost_codes=("QR code", "barcode"))}),
            lambda: scene(notes={"image2.jpg": BuildNotes(lost_codes=("QR code",))}),
        )
    ],
    "MMS534": [
        (
            lambda: scene(notes={"image1.jpg": BuildNotes(damage=("damaged at 3.2 s: gone",))}),
            lambda: scene(notes={"image1.jpg": BuildNotes(quality=80.0)}),
        )
    ],
    "MMS530": [(lambda: other("image1.png", flyer(12)), lambda: other("image1.png", flyer(80)))],
    "MMS531": [
        (
            lambda: other("image1.gif", with_delay(gif("white", "red", "white", written=0), 1)),
            lambda: other("image1.gif", with_delay(gif("white", "red", "white", written=0), 2)),
        )
    ],
    "MMS529": [
        (
            lambda: scene(
                smil=SMIL.replace("scroll", "meet").replace("4000", "40000"),
                files={"image1.jpg": photo(), "text1.txt": b"word " * 100},
            ),
            lambda: scene(
                smil=SMIL.replace("4000", "40000"), files={"image1.jpg": photo(), "text1.txt": b"word " * 100}
            ),
        )
    ],
}


def unzipped(made: Scene) -> dict[str, bytes]:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def unslid() -> dict[str, bytes]:
    return {"image1.jpg": photo(), "text1.txt": b"Hello", **TWO}


def many_slides(count: int) -> Scene:
    pars = "".join(f'<par dur="4000ms"><text src="t{n}.txt" region="Text"/></par>' for n in range(count))
    smil = SMIL[: SMIL.index("<par")] + pars + "</body></smil>"
    return scene(smil=smil, files={f"t{n}.txt": b"Hello" for n in range(count)})

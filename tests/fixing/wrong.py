"""Presentations, names, parts and manifests that are wrong in one place, by what is wrong."""

from __future__ import annotations

from tests.rules.cases import CARD, LISTED
from tests.rules.scenes import AMR, MIDI, SMIL, drawn, exif, film, photo, saved

ROOT_LAYOUT = '      <root-layout width="480" height="640"/>\n'
IMAGE = '      <region id="Image" left="0" top="0" width="480" height="480" fit="meet"/>\n'
TEXT = '      <region id="Text" left="0" top="480" width="480" height="160" fit="scroll"/>\n'
HEAD = SMIL[SMIL.index("  <head>") : SMIL.index("  <body>")]
SLIDES = SMIL[SMIL.index("    <par") : SMIL.index("  </body>")]
LAYOUT = SMIL[SMIL.index("    <layout>") : SMIL.index("  </head>")]
IMG, TXT = '<img src="image1.jpg" region="Image"/>', '<text src="text1.txt" region="Text"/>'
DUR = 'dur="4000ms"'
Changes = dict[str, list[tuple[str, str]]]
HEADS: Changes = {
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
        (HEAD, ""), ("  <body>\n", f"  <body>\n{LAYOUT}"),
    ],
    "no head, and an empty layout in the body": [
        (HEAD, ""), ("  <body>\n", "  <body>\n<layout/>"),
    ],
    "no head": [(HEAD, "")],
    "no head, and two layouts in the body": [(HEAD, ""), ("  <body>\n", f"  <body>\n{LAYOUT}{LAYOUT}")],
    "no head, and a display in the body": [(HEAD, ""), ("  <body>\n", f"  <body>\n{ROOT_LAYOUT}")],
    "no head, and a region in the body": [(HEAD, ""), ("  <body>\n", f"  <body>\n{TEXT}")],
    "no body": [("<body>", ""), ("</body>", "")],
    "neither head nor body": [(HEAD, ""), ("  <body>\n", ""), ("  </body>\n", "")],
    "a third head, in the body": [
        ("  </head>\n", "  </head>\n  <head/>\n"), ("  <body>\n", "  <body>\n    <head><meta/></head>\n"),
    ],
    "a layout in a link": [("    <layout>", '    <a href="x"><layout>'), ("</layout>", "</layout></a>")],
    "two displays outside, and none in the layout": [
        (ROOT_LAYOUT, ""), ("    </layout>\n", f"    </layout>\n{ROOT_LAYOUT}{ROOT_LAYOUT}"),
    ],
    "a region without an id outside": [
        (TEXT, ""), ("    </layout>\n", "    </layout>\n" + TEXT.replace(' id="Text"', "")),
    ],
    "regions in a switch outside": [
        (IMAGE, ""), (TEXT, ""), ("    </layout>\n", f"    </layout>\n<switch>{TEXT}{IMAGE}</switch>\n"),
    ],
    "a part of the head below the body": [(HEAD, ""), ("  </body>\n", f"  </body>\n{HEAD}")],
    "one element round head and body": [("  <head>", "  <x><head>"), ("</body>", "</body></x>")],
    "an element round the head alone": [("  <head>", "  <x><head>"), ("</head>", "</head></x>")],
    "an element next to head and body": [("  <body>", "  <metadata><x/></metadata>\n  <body>")],
    "a slide next to head and body": [("  <body>", '  <x><par dur="4000ms"/></x>\n  <body>')],
    "an empty head": [(HEAD, "  <head/>\n")],
    "an empty body": [(SLIDES, "")],
}  # fmt: skip
DISPLAYS: Changes = {
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
    "no layout in the head, and two in the body": [
        (LAYOUT, ""), ("  <body>\n", f"  <body>\n{LAYOUT}{LAYOUT}"),
    ],
    "no regions, and nothing to show": [(IMAGE, ""), (TEXT, ""), (IMG, ""), (TXT, "")],
    "no regions, and a display with a fraction": [
        (IMAGE, ""), (TEXT, ""), ('width="480" h', 'width="479.6" h'),
    ],
    "no regions, and a display in other digits": [(IMAGE, ""), (TEXT, ""), ('height="640"', 'height="٦٤٠"')],
    "no regions, and a display in percent": [
        (IMAGE, ""), (TEXT, ""), ('width="480" height="640"', 'width="100%" height="100%"'),
    ],
    "a display in percent, regions without a corner": [
        ('width="480" height="640"', 'width="100%" height="100%"'), ('left="0" top="0" ', ""),
        ('left="0" top="480" ', ""),
    ],
    "a display in percent, regions without a size": [
        ('width="480" height="640"', 'width="100%" height="100%"'), ('width="480" height="480"', ""),
    ],
    "a display in percent, and a corner in percent": [
        ('width="480" height="640"', 'width="100%" height="100%"'), ('top="480"', 'top="75%"'),
    ],
}  # fmt: skip
REGIONS: Changes = {
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
    "every other fit": [('fit="meet"', 'fit="fill"'), ('fit="scroll"', 'fit="meet"')],
    "a fit in upper case": [('fit="meet"', 'fit="HIDDEN"')],
    "the wrong medium in each region": [
        ('region="Image"/', 'region="X"/'), ('region="Text"', 'region="Image"',
    ),
                                        ('region="X"', 'region="Text"')],
    "the text in the region of the picture, and no other": [
        (TEXT, ""), (IMG, ""), ('region="Text"', 'region="Image"'),
    ],
    "ids in upper case, and nothing in them": [
        ('id="Image"', 'id="IMAGE"'), ('id="Text"', 'id="TEXT"'),
        (' region="Image"', ""), (' region="Text"', ""),
    ],
    "other ids, and nothing in them": [
        ('id="Image"', 'id="Upper"'), ('id="Text"', 'id="Lower"'),
        (' region="Image"', ""), (' region="Text"', ""),
    ],
    "a region without an id": [(' id="Image"', "")],
    "both names": [('id="Image"', 'id="Image" regionName="Top"')],
    "an empty name of SMIL 2": [('id="Text"', 'regionName=""')],
    "negative lengths with fractions": [('left="0" top="480"', 'left="-0.6px" top="+479.5"')],
    "lengths in points beside nothing": [
        ('"480"', '"480pt"'), ('"640"', '"640pt"'), ('"160"', '"160pt"'), ('left="0"', 'left="0px"'),
    ],
    "lengths that mean nothing": [('left="0" top="0"', 'left="auto" top="1em"')],
}  # fmt: skip
SHOWN: Changes = {
    "a text that names the picture beside it": [('src="text1.txt"', 'src="image1.jpg"')],
    "a region that is not declared": [(' region="Image"/>', ' region="Upper"/>')],
    "media without a region": [(' region="Image"/>', "/>"), (' region="Text"/>', "/>")],
    "upper case": [("<par", "<PAR"), ("</par", "</PAR"), ("root-layout", "Root-Layout"), (" dur=", " Dur=")],
    "an attribute in both cases": [(DUR, f'{DUR} DUR="5s"')],
    "the wrong elements": [("<img", "<text"), ("<text src=\"text1", "<img src=\"text1")],
    "a picture as ref": [("<img", "<ref")],
    "another name for the picture": [('src="image1.jpg"', 'src="IMAGE1.JPG"')],
    "a content id": [('src="image1.jpg"', 'src="cid:image1.jpg"')],
    "a content id in brackets": [('src="image1.jpg"', 'src="cid:&lt;image1.jpg&gt;"')],
    "an escaped name": [('src="image1.jpg"', 'src="image%31.jpg"')],
    "a name of nothing": [('src="image1.jpg"', 'src=""')],
    "no name": [(' src="image1.jpg"', "")],
    "a name from the network": [('src="image1.jpg"', 'src="https://example.com/image1.jpg"')],
    "a name of a folder": [('src="image1.jpg"', 'src="./pictures/image1.jpg"')],
    "a name of neither": [('src="image1.jpg"', 'src="image.jpg"')],
    "a sound in a region that is not declared": [(TXT, TXT + '<audio src="audio1.amr" region="Upper"/>')],
    "a sound without a region": [(TXT, TXT + '<audio src="audio1.amr"/>')],
    "a sound as a picture": [(TXT, TXT + '<img src="audio1.amr" region="Image"/>')],
    "a picture as a sound": [("<img", "<audio")],
    "a card as a text": [(TXT, '<text src="card1.vcf" region="Text"/>')],
    "a card in a region that is not declared": [(TXT, TXT + '<ref src="card1.vcf" region="Upper"/>')],
    "a card without a region": [(TXT, TXT + '<ref src="card1.vcf"/>')],
    "a text as a stream of text": [("<text", "<textstream")],
    "a picture as an animation": [("<img", "<animation")],
    "media without a region, and one alone declared": [(TEXT, ""), (' region="Image"/>', "/>")],
    "a text without a region, and no region for it": [(TEXT, ""), (' region="Text"/>', "/>")],
    "attributes that crash a reader": [(DUR, f'{DUR} end="x" begin=""'), ("<img", '<img begin="" end=""')],
    "names of everything in upper case": [
        ("<region", "<REGION"), (" fit=", " FIT="),
        ("<img", "<IMG"), (" src=", " SRC="), (" region=", " Region="),
    ],
}  # fmt: skip
SLIDE: Changes = {
    "a medium twice": [(IMG, IMG + IMG)],
    "media of a kind in one slide": [(IMG, f'{IMG}<img src="image2.jpg" region="Image"/>')],
    "slides in a seq": [("  <body>\n", "  <body><seq>\n"), ("  </body>", "  </seq></body>")],
    "a medium alone": [("    </par>\n", '    </par>\n    <img src="image2.jpg" dur="3s"/>\n')],
    "a medium in a link": [(IMG, f'<a href="https://example.com">{IMG}</a>')],
    "media in a seq of the slide": [(IMG, f"<seq>{IMG}</seq>")],
    "media in a seq with a time of its own": [(IMG, f'<seq begin="1s">{IMG}</seq>')],
    "three pictures in one slide": [
        (IMG, f'{IMG}<img src="image2.jpg" alt="b"/><img src="image3.jpg" alt="c"/>'),
        (DUR, f'{DUR} id="one"'),
    ],
    "a text and a stream of text in one slide": [(TXT, f'{TXT}<textstream src="text2.txt" region="Text"/>')],
    "a picture twice, once as ref": [(IMG, f'{IMG}<ref src="image1.jpg" region="Image"/>')],
    "a picture twice, by two spellings": [(IMG, f'{IMG}<img src="cid:image1.jpg" region="Image"/>')],
    "a medium without a name twice": [(IMG, f'{IMG}<audio/><audio/>')],
    "slides in a par": [("  <body>\n", "  <body><par>\n"), ("  </body>", "  </par></body>")],
    "slides in a par with a time": [
        ("  <body>\n", '  <body><par dur="9s">\n'), ("  </body>", "  </par></body>"),
    ],
    "slides in two seqs and a par": [
        ("  <body>\n", "  <body><seq><par><seq>\n"), ("  </body>", "  </seq></par></seq></body>"),
    ],
    "slides in a switch": [("  <body>\n", "  <body><switch>\n"), ("  </body>", "  </switch></body>")],
    "slides in an excl": [("  <body>\n", "  <body><excl>\n"), ("  </body>", "  </excl></body>")],
    "slides in a link": [("  <body>\n", '  <body><a href="x">\n'), ("  </body>", "  </a></body>")],
    "slides in a par, and a medium beside them": [
        ("  <body>\n", "  <body><par>\n"), ("  </body>", '  <img src="image2.jpg"/></par></body>'),
    ],
    "slides in a par, of one medium each, without times": [
        ("  <body>\n", "  <body><par>\n"), ("  </body>", "  </par></body>"), (f" {DUR}", ""),
        ('      <text src="text1.txt" region="Text"/>\n', ""),
        ('      <text src="text2.txt" region="Text"/>\n', ""),
    ],
    "slides in a par, one in a seq": [
        ("  <body>\n", "  <body><par><seq>\n"), ("    </par>\n    <par", "    </par></seq>\n    <par"),
        ("  </body>", "  </par></body>"),
    ],
    "one slide in a seq": [("    <par", "    <seq><par"), ("</par>", "</par></seq>")],
    "one slide in a par": [("    <par", "    <par><par"), ("</par>", "</par></par>")],
    "one slide in a par with a time": [("    <par", '    <par dur="9s"><par'), ("</par>", "</par></par>")],
    "a medium alone, without a time": [("    </par>\n", '    </par>\n    <img src="image2.jpg"/>\n')],
    "a medium alone in a seq": [
        ("    </par>\n", '    </par>\n    <seq><img src="image2.jpg" dur="3s"/></seq>\n'),
    ],
    "a medium alone in a link": [
        ("    </par>\n", '    </par>\n    <a href="x"><img src="image2.jpg"/></a>\n'),
    ],
    "a medium in an excl and a switch": [(IMG, f"<excl><switch>{IMG}</switch></excl>")],
    "a medium in a par": [(IMG, f"<par>{IMG}</par>")],
    "a medium in a par with an end": [(IMG, f'<par end="2s">{IMG}</par>')],
    "a medium in something else": [(IMG, f"<x>{IMG}</x>")],
    "media in a par of the slide": [(IMG, f"<par>{IMG}"), (TXT, f"{TXT}</par>")],
    "media in a par of the slide, one in a link": [
        (IMG, f'<par><a href="x">{IMG}</a>'), (TXT, f"{TXT}</par>"),
    ],
    "media in a seq of the slide, two of them": [(IMG, f"<seq>{IMG}"), (TXT, f"{TXT}</seq>")],
    "a medium and nothing else of use in a link": [(IMG, f'<a href="x"><switch/><b><c/></b>{IMG}</a>')],
    "nothing in a link": [(IMG, f'{IMG}<a href="x"/>')],
    "a medium with parameters in a link": [
        (IMG, '<a href="x"><img src="image1.jpg" region="Image"><param name="a" value="b"/></img></a>'),
    ],
}  # fmt: skip
WRITTEN: Changes = {
    "no body to speak of": [("<body>", "<!-- <body> -->"), ("</body>", "<!-- </body> -->")],
    "a namespace and a DOCTYPE": [
        ("<smil>", '<!DOCTYPE smil SYSTEM "smil.dtd">\n<smil xmlns="http://www.w3.org/2001/SMIL20/Language">'),
    ],
    "a DOCTYPE that may say more": [
        ("<smil>", '<!DOCTYPE smil [<!ATTLIST par dur CDATA "9000ms">]>\n<smil>'),
        ('"image1.jpg"', '"IMAGE1.JPG"'),
        ("<par ", "<PAR "), ("</par>", "</PAR>"),
    ],
    "a blank before the declaration": [("<?xml", " <?xml")],
    "content after the end": [("</smil>", "</smil>more")],
    "another encoding than is declared": [
        ('encoding="UTF-8"', 'encoding="latin-9"'), (TXT, TXT + "<!-- caf\u00e9 -->"),
    ],
    "UTF-16 in name alone": [('encoding="UTF-8"', 'encoding="UTF-16"')],
    "one thing that cannot be read": [("</head>", "</hea>")],
    "a word of another language in all of it": [
        ("<smil>", '<smil xml:lang="en">'), ("<body>", '<body xml:lang="en">'),
    ],
    "prefixes": [
        ("<smil>", '<s:smil xmlns:s="http://www.w3.org/2001/SMIL20/Language">'), ("</smil>", "</s:smil>"),
    ],
}  # fmt: skip
TIMES = (
    "", "4", "4s", "4 s", "4000", "4000 ms", "1.5s", "1,5s", "1,500ms", "2 secs", "1 min.", "2 minutes",
    "1h", "+3s", "00:00:04", "0:04", "00:00:04.5", "PT4S", "PT1M", "PT1H", "PT1H2M3.5S", "pt5s", "PT",
    "indefinite", "0s", "-4s", "99999999s", "5000ms", "5s", "four", "\u0664s", "4,5 s", "1.500ms", "1,500s",
    "3 hours", "2 MINS", "1 second.", "+1.5secs", "PT90M", "PT0S", "PT1,5S", "1:02:03", "8", "999", "1000",
    "01:5", " 4s ", "4 ss", "12345678901s",
)  # fmt: skip
WITHIN = ("3s", "00:07", "oops", "5s")
BESIDE: Changes = {
    "no dur, and an end within": [(f" {DUR}", ""), ("<img", '<img end="7s"')],
    "no dur, and two within": [(f" {DUR}", ""), ("<img", '<img dur="3s"'), ("<text", '<text dur="2s"')],
    "no dur, and nothing within": [(f" {DUR}", ""), (IMG, ""), (TXT, "")],
    "5 s, and a dur within": [(DUR, 'dur="5s"'), ("<text", '<text dur="2s"')],
    "5 s, and an end within": [(DUR, 'dur="5s"'), ("<text", '<text end="2s"')],
    "5 s, and a sound": [(DUR, 'dur="5s"'), (TXT, TXT + '<audio src="audio1.amr"/>')],
    "5 s, and a sound that is not there": [(DUR, 'dur="5s"'), (TXT, TXT + '<audio src="gone.amr"/>')],
    "5000 ms, and a sound": [(DUR, 'dur="5000ms"'), (TXT, TXT + '<audio src="audio1.amr"/>')],
    "a time of something that is no slide": [("    </par>\n", '    </par>\n    <x dur="5s"/>\n')],
}  # fmt: skip


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
    "a long name without a fault": {"a-picture-of-our-old-mill.jpg": photo()},
    "an ending in upper case": {"IMAGE1.JPG": photo(), "Words.TXT": b"Hello"},
    "letters that begin and end a name": {"XXL (sale) X.jpg": photo(), "_-old-_.jpg!.jpg": photo(48, 64)},
    "signs alone": {"(-_-).jpg": photo()},
    "an odd ending": {"my data.A~b.C-d_123456": bytes(range(200)) * 3},
    "no ending and a blank": {"my data": bytes(range(200)) * 3, "my picture": photo()},
    "a hidden file": {".picture": photo()},
    "one stem in two cases": {"Sale.jpg": photo(), "sale.png": saved(drawn(9, 9), "PNG")},
    "one stem in two folders": {"a/sale.jpg": photo(), "b/sale.jpg": photo(48, 64)},
    "a name of Windows with a number": {
        "com1.jpg": photo(), "com1-2.txt": b"Hello", "nul.tar.jpg": photo(48, 64),
    },
    "a text under a picture's name": {"image1.jpg": b"Hello there, this is a text.\n"},
    "a picture under a text's name": {"text1.txt": photo()},
    "nothing at all": {"image1.jpg": b"", "text1.txt": b""},
    "two strays": {"image1.jpg": photo(), "meta-inf/more1.txt": b"Hello", "meta-inf/more2.txt": b"Hi"},
    "six strays": {"image1.jpg": photo(), **{f"meta-inf/more{at}.txt": b"Hi" for at in range(6)}},
    "a file manager's file": {"image1.jpg": photo(), ".DS_Store": b"\0\0\0\1Bud1"},
    "a file manager's files": {
        "image1.jpg": photo(), **{f"__MACOSX/._{at}.jpg": b"\0\5\x16\7" for at in range(4)},
        "Thumbs.db": b"x",
    },
    "an empty folder": {"image1.jpg": photo(), "x/": b"", "y/z/": b""},
    "stray files": {"image1.jpg": photo(), "META-INF/notes.txt": b"Hello", "meta-inf/more.txt": b"Hi"},
}  # fmt: skip
"""Files beside the presentation, by what is wrong with their names."""
UNSHOWN = ("META-INF/", "meta-inf/more", ".DS", "__MACOSX/", "Thumbs", "x/", "y/")
"""How the names of those begin that no slide shows."""


PLAIN, LATIN = "Hello there", "Sch\u00f6ne H\u00fcte, 20 \u20ac".encode("cp1252")
Parts = dict[str, tuple[str, bytes, str]]
TEXTS: Parts = {
    "quotation marks of Windows": ("text1.txt", "It\u0092s \u0093now\u0094".encode(), "text/plain"),
    "controls": ("text1.txt", b"One\0\x01 two\x0bthree\x0cfour\x7f", "text/plain"),
    "a next line": ("text1.txt", "One\u0085two".encode(), "text/plain"),
    "marks in the middle": ("text1.txt", "One\ufefftwo\ufeff".encode(), "text/plain"),
    "a mark at the beginning": ("text1.txt", "\ufeffHello".encode(), "text/plain"),
    "separators": ("text1.txt", "One\u2028two\u2029three".encode(), "text/plain"),
    "all of these": ("text1.txt", "\ufeffOne\0\u2028two\ufeff\x0b".encode(), "text/plain"),
    "UTF-16": ("text1.txt", "One\u2028two".encode("utf-16"), "text/plain"),
    "Windows-1252": ("text1.txt", LATIN, "text/plain"),
    "Windows-1252 and controls": ("text1.txt", LATIN + b"\0\x0b", "text/plain"),
    "Windows-1252, declared": ("text1.txt", LATIN, "text/plain; charset=windows-1252; name=text1.txt"),
    "another charset, declared": (
        "text1.txt", "Za\u017c\u00f3\u0142\u0107".encode("latin2"), "Text/Plain;CharSet=ISO-8859-2",
    ),
    "a charset that nobody knows": ("text1.txt", b"Hello", "text/plain; charset=x-none"),
    "a charset that nobody knows, and other bytes": (
        "text1.txt", b"\x81\x8d\xff", "text/plain; charset=x-none",
    ),
    "two charsets": ("text1.txt", b"Hello", "text/plain; charset=utf-8; charset=latin-1"),
    "ASCII": ("text1.txt", b"Hello", "text/plain; charset=us-ascii"),
    "ASCII that is none": ("text1.txt", "caf\u00e9".encode(), 'text/plain; charset="us-ascii"'),
    "a name as a parameter": ("text1.txt", b"Hello", "text/plain; name=other.txt; x=y"),
    "blanks behind a parameter": ("text1.txt", b"Hello", "text/plain; name=other.txt \t "),
    "its own name as a parameter": ("text1.txt", b"Hello", 'text/plain; NAME="text1.txt"; name=b.txt'),
}  # fmt: skip
TYPES: Parts = {
    "a charset of a picture": ("image1.jpg", photo(), "image/jpeg; charset=latin-1"),
    "a stray semicolon": ("image1.jpg", photo(), "image/jpeg;"),
    "a type in upper case": ("image1.jpg", photo(), "IMAGE/JPEG"),
    "a type by another name": ("image1.jpg", photo(), "image/jpg"),
    "a type of another kind": ("image1.jpg", photo(), "text/plain; charset=utf-8"),
    "a type of another picture": ("image1.jpg", photo(), "image/gif; x=y"),
    "bytes of any kind": ("image1.jpg", photo(), "application/octet-stream"),
    "bytes of any kind that are a text": ("text1.txt", b"Hello", "application/octet-stream"),
    "no type that anybody knows": ("data1.bin", bytes(range(200)) * 3, "application/x-none"),
    "bytes of no kind": ("data1.bin", bytes(range(200)) * 3, "application/octet-stream"),
    "a page declared as a text": ("text1.txt", b"<!DOCTYPE html><html><body>Hi</body></html>", "text/plain"),
    "a text declared as a page": ("text1.html", b"Hello", "text/html"),
    "a page in the place of a picture": (
        "image1.jpg", b"<!DOCTYPE html><html><body>Hi</body></html>", "image/jpeg",
    ),
    "a text in the place of a sound": (
        "audio1.amr", b"version https://git-lfs.github.com/spec/v1\n", "audio/amr",
    ),
    "a text declared as a picture": ("text1.txt", b"Hello there", "image/jpeg"),
    "bytes in the place of a picture": ("image1.jpg", bytes(range(200)) * 3, "image/jpeg"),
    "nothing in the place of a picture": ("image1.jpg", b"", "image/jpeg"),
    "a card declared as a text": ("card1.vcf", CARD, "text/plain"),
    "a card": ("card1.vcf", CARD, "text/vcard"),
    "a card in another spelling": ("card1.vcf", CARD, "TEXT/X-VCARD; charset=utf-8"),
    "a text declared as a card": ("text1.txt", b"Hello", "text/x-vcard"),
    "a sound": ("audio1.amr", AMR, "audio/amr"),
    "a sound declared as a film": ("audio1.amr", AMR, "video/3gpp"),
    "a sound alone in a container for films": (
        "video1.3gp", film(b"3gp4", (b"samr",), (176, 144)), "video/3gpp",
    ),
    "a picture that is named as another": ("image1.png", photo(), "image/jpeg"),
    "a sound of phones": ("audio1.mid", MIDI, "audio/midi"),
    "a sound of phones by another name": ("audio1.mid", MIDI, "audio/x-midi"),
}  # fmt: skip
PICTURES: Parts = {
    "a rotated picture": ("image1.jpg", photo(exif=exif(orientation=6)), "image/jpeg"),
    "a picture with a place": ("image1.jpg", photo(exif=exif(gps=(51.0, 0.0, 0.0))), "image/jpeg"),
    "a progressive picture": ("image1.jpg", photo(progressive=True), "image/jpeg"),
    "a picture that is cut off": ("image1.jpg", photo(200, 100)[:-2], "image/jpeg"),
    "half a picture": ("image1.jpg", photo(200, 100)[:1200], "image/jpeg"),
    "half a progressive picture": ("image1.jpg", photo(200, 100, progressive=True)[:1500], "image/jpeg"),
    "a picture and more": ("image1.jpg", photo() + bytes(4000), "image/jpeg"),
    "a picture that phones do not take": ("image1.bmp", saved(drawn(20, 20), "BMP"), "image/bmp"),
    "a progressive picture with a place on its side": (
        "image1.jpg", photo(progressive=True, exif=exif(orientation=8, gps=(51.0, 0.0, 0.0))), "image/jpeg",
    ),
    "a picture of too many pixels": ("image1.png", saved(drawn(9, 2000).quantize(4), "PNG"), "image/png"),
}  # fmt: skip
"""Parts, their bytes and their declared types, by what is wrong with them."""
MANIFESTS: dict[str, str | bytes | None] = {
    "none": None,
    "a part that is not listed": "message.smil=application/smil\nimage1.jpg=image/jpeg\n",
    "a line too many": f"{LISTED}gone.jpg=image/jpeg\n",
    "six lines too many": LISTED + "".join(f"gone{at}.jpg=image/jpeg\n" for at in range(6)),
    "a line twice": f"{LISTED}image1.jpg=image/jpeg\n",
    "another order": "text1.txt=text/plain\nimage1.jpg=image/jpeg\nmessage.smil=application/smil\n",
    "commas": LISTED.replace("=", ","),
    "UTF-16": LISTED.encode("utf-16"),
    "a byte order mark": LISTED.encode("utf-8-sig"),
    "other ends of lines": LISTED.replace("\n", "\r"),
    "nothing": "",
    "a comment": f"# by hand\n{LISTED}",
    "a subject": f"# Subject: Summer sale\n{LISTED}",
    "a name in another case": LISTED.replace("image1", "IMAGE1"),
    "names with a folder": "".join(f"./{line}\n" for line in LISTED.splitlines()),
    "a line without a type": LISTED.replace("=image/jpeg", ""),
    "a subject in UTF-16": f"# Subject: Summer sale\n{LISTED}".encode("utf-16"),
}
"""Manifests, by what is wrong with them."""

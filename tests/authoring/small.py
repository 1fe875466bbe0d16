"""Many small inputs of the authoring side: templates, values, texts, folders."""

from __future__ import annotations

from datetime import date, datetime, time
from fractions import Fraction
from pathlib import Path

from mmspack.authoring.starting import Beginning, FirstSlide
from mmspack.message import Message, Overlay, Slide
from tests.authoring.test_words import TEXTS


class Plain:
    """A value that says nothing of itself."""


class Spoken:
    """A value that a template may print."""

    def __str__(self) -> str:
        return "spoken"


class Bytes:
    """A path that is not text."""

    def __fspath__(self) -> bytes:
        return b"a.jpg"


VALUES: dict[str, object] = {
    "True": "no", "none": "never", "self": "me", "loop": "round",
    "name": "Ada", "code": "A-1", "names": ["Ada", "Bo"], "pair": ("a", "b"), "price": 9.5, "n": 3,
    "big": 2**2000, "day": date(2026, 5, 1), "who": {"first": "Ada", "last": "Lovelace"}, "data": b"x",
    "nothing": None, "yes": True, "plain": Plain(), "spoken": Spoken(), "some": {"a"},
    "html": "Fish & <chips>", "empty": "", "braces": "{{ n }}", "million": "x" * 1_000_000,
    "lists": [["a", "b"], ["c"]],
}  # fmt: skip
TEMPLATES = (
    "{{ [million, 'x']|length }}", "{{ {'a': million, 'b': 'x'}|length }}", "{{ [million]|length }}",
    "{{- -}}", "{{-first name-}}", "{{--}}", "{%- if -%}", "{{ (((((name))))) }}",
    "{% for i in [1] %}" * 30 + "{% endfor %}" * 30, "{{ " + "(" * 500 + "1" + ")" * 500 + " }}",
    "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "{{ 1 }}" * 30_000,
    "", "Hello", "Hello {{ name }}!", "{{name}}{{ name }}", "{{ name }}\r\n{{ code }}\r", "{{ html }}",
    "{{ empty }}", "{{ braces }}", "{{ n }} {{ price }} {{ day }} {{ yes }} {{ nothing }}", "{{ names }}",
    "{{ pair }}", "{{ who }}", "{{ who.first }}", "{{ who['last'] }}", "{{ some }}", "{{ data }}",
    "{{ plain }}", "{{ spoken }}", "{{ lists }}", "{{ name.upper }}", "{{ who.items }}", "{{ who.items() }}",
    "{{ who.keys() }}", "{{ who.values() }}", "{{ names|map('upper') }}", "{{ names|batch(2) }}",
    "{{ range(3) }}", "{{ names|reverse }}", "{{ cycler }}", "{{ plain.nothing }}",
    "{{ names|map('upper')|join('-') }}", "{{ nobody }}", "{{ nam }}", "{{ nobody }} {{ noone }} {{ nam }}",
    "{{ nobody.first }}", "{{ who.middle }}", "{% if nobody is defined %}{{ nobody }}{% endif %}{{ noone }}",
    "{{ nobody|default('friend') }} {{ noone }}", "{{ True }} {{ none }}", "{{ range }}", "{{ self }}",
    "{{ loop }}", "{{ True }}{{ name }}", "{% for one in names %}{{ loop.index }} {{ one }} {% endfor %}",
    "{% for one in who %}{{ one }} {% endfor %}",
    "{% for a in lists %}{% for b in a %}{{ b }}{% endfor %};{% endfor %}",
    "{% for i in range(3) %}xy{% endfor %}",
    "{% for a in lists recursive %}{{ loop(a) if a is not string else a }}{% endfor %}",
    "{% macro hi(who) %}Hi {{ who }}!{% endmacro %}{{ hi('Ada') }}{{ hi(who='Bo') }}",
    "{% set x = [n, n] %}{{ x|sum }}", "{% set x %}a{{ n }}{% endset %}{{ x }}", "{{ [1, [2, 3]]|length }}",
    "{{ {'a': 1, 'b': [2]}|length }}", "{{ (1, 2)|length }}", "{% set a, b = 1, 2 %}{{ a + b }}",
    "{{ 'a' ~ n ~ name }}",
    "{{ n * 2 }} {{ n ** 2 }} {{ n // 2 }} {{ n % 2 }} {{ n - 1 }} {{ n + 1 }} {{ n / 2 }} {{ price * 2 }}",
    "{{ 'ab' * 3 }} {{ 3 * 'ab' }} {{ ([1] * 3)|join }}", "{{ 'x' * 1000000 }}", "{{ 'x' * 1000001 }}",
    "{{ 1000001 * 'x' }}", "{{ ('x' * 500000)|length }}", "{{ million|length }}", "{{ million }}",
    "{{ million }}x", "{{ million ~ 'x' }}", "{{ (million + 'x')|length }}", "{{ 2 ** 2048 > 0 }}",
    "{{ 2 ** 2049 > 0 }}", "{{ 1 ** 4096 }}", "{{ 1 ** 4097 }}", "{{ 2 ** -1 }}", "{{ 2 ** 0 }}",
    "{{ 1.5 ** 2 }}", "{{ 2 ** 0.5 > 1 }}", "{{ big * big > 0 }}", "{{ big * big * big > 0 }}", "{{ big }}",
    "{{ range(10000)|length }}", "{{ range(10001)|length }}", "{{ range(5, 9)|list|join('-') }}",
    "{{ range(0, 20000, 2)|length }}", "{{ (range(10000)|list + range(9998)|list)|length }}",
    "{{ (range(10000)|list + range(10000)|list)|length }}", "{{ 'x'|center(9) }}|", "{{ 'x'.center(9) }}|",
    "{{ 'x'.ljust(3) }}|{{ 'x'.rjust(3) }}|{{ 'x'.zfill(3) }}", "{{ 'x'|center(20000000)|length }}",
    "{{ 'x'|center(20000001)|length }}", "{{ 'x'|center(1000000)|length }}",
    "{{ 'ab'.center(10000001)|length }}", "{{ 'a\n b'|indent(2) }}", "{{ 'a\tb'.expandtabs(4) }}",
    "{{ names|join(', ') }}", "{{ ', '.join(names) }}", "{{ 'abab'.replace('a', 'c') }}",
    "{{ 'abab'|replace('a', 'c') }}", "{{ 'x'|replace('x', million)|length }}",
    "{{ (million)|replace('y', 'zzzzzzzzzzzzzzzzzzzzz')|length }}", "{{ [1, 2, 3]|batch(2)|list|length }}",
    "{{ [1, 2, 3]|slice(2)|list|length }}", "{{ 'one two'|wordwrap(3) }}", "{{ 'http://a.b'|urlize }}",
    "{{ 'abc'.translate({97: 'x'}) }}", "{{ '%s and %s'|format(name, n) }}",
    "{{ '%999d'|format(n)|length }}", "{{ '%1000d'|format(n)|length }}", "{{ '%5.1f' % price }}",
    "{{ '%*d' % (5, n) }}", "{{ '{:>5}'.format(n) }}", "{{ '{:>1000}'.format(n) }}",
    "{{ '{:{}}'.format(n, 5) }}", "{{ '{name}'.format(name=n) }}", "{{ '{}{}'.format(*names) }}",
    "{{ [[1], [2]]|sum(start=[]) }}", "{{ [1, 2]|sum(start=3) }}", "{{ [1, 2]|sum }}", "{{ lipsum(2) }}",
    "{{ name.upper() }} {{ name|upper }}", "{{ name.__class__ }}", "{{ names.append('x') }}",
    "{{ name|nofilter }}", "{{ name is nothing_like_it }}", "{{ 1 / 0 }}", "{{ names[9] }}", "{{ n() }}",
    "{{ name + n }}", "{{ dict(a=1).a }}", "{{ cycler('a', 'b').next() }}", "{{ namespace(x=1).x }}",
    "{% include 'x' %}", "{% extends 'x' %}", "{% block a %}b{% endblock %}",
    "{% raw %}{{ name }}{% endraw %}", "{# {{ nobody }} #}x", "{{ name", "{{ name }", "{{ name }} {{ code",
    "{% if name %}", "{% if %}x{% endif %}", "{% endif %}", "{% endfor %}x", "{% for x in names %}",
    "{% if name %}a{% endfor %}", "{% if name %}{% for x in names %}{% endif %}", "{% set x %}",
    "{% macro a() %}", "{% endset %}", "{% elif name %}", "{% else %}", "{% unknown %}", "{% if name",
    "{# open", "{#", "{{", "{{ }}", "{{}}", "{{ first name }}", "{{ first-name }}", "{{ first - name }}",
    "{{ 1name }}", "{{ name! }}", "{{ a b c }}", "{{ 'a }}", "{{ name | }}", "{{ . }}",
    "one\n{{ first name }}\n{{ }}\n{% if %}", "\n{{ name\n", "{% raw %}\n{{\n{% endraw %}\n{{ }}",
    "{%- if name -%} a {%- endif -%}", "{{- name -}}", "{{ name }}\n", "a\n\n", "{{ " + "x" * 60 + " y }}",
    "{{ a\nb }}", "{name}", "{ name }", "{{name}", "Dear {first_name}, {0}", "%name%", "[name]", "<<name>>",
    "<name>", "$name", "${name}", "[[name]]", "*|NAME|*", "%%name%%", "#name#", "@name", "{!name}",
    "[First Name]", "{name} {{ name }}", "{{ '{name}' }}", "{ }", "{}", "{1}", "100 % off {now}",
    "{{ name|e }} {{ html|safe }}", "{{ '(' * 5 }}",
    "{% for i in range(3) %}{% if i %}{{ i }}{% endif %}{% endfor %}", "}} {{ name }}", "{{ name }} }}",
    "{% with a = 1 %}{{ a }}{% endwith %}", "{% filter upper %}a{% endfilter %}", "{% call x() %}",
    "{% autoescape true %}",
)  # fmt: skip
BATTERY: tuple[object, ...] = (
    "y" * 37, "y" * 38, "y" * 39, ["y" * 20, "y" * 10], ["y" * 20, "y" * 11], ["y" * 20, "y" * 12],
    None, True, False, 0, -1, 0.5, 1, 2, 5, 99.9, 100, 100.5, 3600, 3601, 36_000, 36_000.5, float("inf"),
    float("nan"), Fraction(1, 2), 2j, "", "a", "5", "5 s", " 5 ", "-2.5", "s 5", "a\nb", "a\x7f", "\x1f",
    "a\x20b", "\ud83d", "ab\udc00c", "x" * 1600, "x" * 1601, "white", "black", "BLACK", "whit", "#fff",
    "#ffff", "#ggg", "rgb(1, 2, 3)", "4:5", "4/5", "4x5", "0:1", "1:0", "1:1:1", "square", " 16 : 9 ",
    "99999:1", "code128", "CODE128", "ean", "center", "middle", "left", "gif", "GIF", [], [5], ["a.jpg"],
    ["a.jpg", "b.jpg"], [{"a": 1}], [0.5, 0.5], (0.5, 0.3), [0.5], [2, 0.5], [-0.1, 0.5], [0, 1],
    [True, 0.5], ["a", 0.5], [float("nan"), 0.5], [0.1, 0.1, 0.5, 0.5], [0, 0, 1, 1.1], [0, 0, 1, None], {},
    {"a": 1}, {"text": "a"}, date(2026, 5, 1), time(9, 30), datetime(2026, 5, 1, 9, 30), b"", b"x",
    bytearray(b"x"), Plain(), Plain, Bytes(), Path("a.jpg"), Path("a.vcf"), Path("a.txt"), "a.jpg", "a.JPG",
    "a.gif", "a.mp4", "a.3gp", "a.amr", "a.mp3", "a.mid", "a.txt", "a.md", "a.html", "a.vcf", "a.vcs",
    "a.ics", "a.pdf", "a.ttf", "a.otf", "a.xlsx", "a.docx", "a.heic", "a.svg", "a.webp", "a.mov", "a.wav",
    "a.xyz", "a.jpg.txt", "b/a.vcf", "https://example.com/a.jpg", "x:/a.jpg", "C:\temp.jpg", "x" * 41,
    ["x" * 41], ("a", "b"), 10**50,
)  # fmt: skip
TOMLS = (
    *("a = " + "{a = " * depth + "1" + "}" * depth + "\nb = 1" for depth in (49, 50, 51, 52)),
    *("a = " + "[" * depth + "]" * depth + "\nb = 1" for depth in (50, 51, 52)),
    *TEXTS, "", "\n\n", "subject = 'a'\n\n[[slides]]\ntext = 'a'\n\n[[slides]]\nimage = 'b'\nseconds = 5\n",
    "[[slides]]\n[[slides.overlay]]\ntext = 'a'\n[[slides.overlay]]\nqr = 'b'\n"
    "[[slides]]\n[[slides.overlay]]\nbox = [1]\n",
    "slides = [\n{ text = 'a' },\n{ image = 'b', overlay = [{ text = 'c' },\n{ qr = 'd' }] }]\n",
    "slides = []\nslides = 5", "slides = [[1, 2], [3]]", "slides = 5\n[[slides]]\ntext = 'a'",
    "attachments = ['a',\n'b']\n[variables]\nname = 'x'",
    "[variables]\nname = 'a'\n'my name' = 'b'\n\"c\" = 5\n[fallback]\ntext = '''a\nb\n'''\n",
    "a.b.c = 5\na . b = 6\n", "[a.b]\nc = 1\n[a.b]\n[[a.c]]\n[a.c.d]\ne = 1\n[[a.c]]\n[a.c.d]\ne = 2\n",
    "text = 'a'\ntext = 'b'\ntext = 'c'\n", "[[slides]]\ntext = 'a'\ntext = 'b'\n[[slides]]\ntext = 'a'\n",
    "[slides]\ntext = 'a'\n[slides]\ntext = 'b'\n", 'text = """a\n"b"\n\\""" c"""\nseconds = 5\n',
    "text = '''a\n''\n'''\nseconds = 5\n", 'text = """a\nseconds = 5\n', "text = \"\"\"\"a\"\"\"\"\"\nb = 1",
    "# a\nsubject = 'a' # b = 'c'\nb = [1, # d\n2]\nc = 1", "= 5\nb = 1", "a\nb\n", "a b = 1",
    "a = {b = {c = 1, d = 2}, e = 3}\nf = 1", "a = {b = 1\nc = 2}\nd = 3", "a = [\nb = 1\n]\nc = 1",
    "a = ]\nb = 1", "a = }\nb = 1", "a = [[[1]], [[2], [3]]]\nb = 1", f"a = {'[' * 60}{']' * 60}\nb = 1",
    "[[slides]\ntext = 'a'", "[slides]]\ntext = 'a'", "[ [slides] ]\ntext = 'a'", "[[ slides ]]\ntext = 'a'",
    "[]\na = 1", "[[]]\na = 1", "[a\nb = 1", "[a] b = 1\nc = 1",
    "[[slides]]\ntext.file = 'a.md'\n[slides.x]\ny = 1",
    "overlay = [1, 2]\nattachments = [{a = 1}, {a = 2}]", "slide = [{a = 1}]",
    "\tsubject\t=\t'a'\r\n  [[slides]]\r\n  text = 'b'\r\n", "a = \"b\\\"c = 1\"\nd = 'e\\'\nf = 1",
    "a = 'b\nc = 1", "é = 1\n日本 = 2\n", "a = 1, b = 2\nc = 3", "a = b.c\nd = 1",
    "[[slides]]\n\n\n[[slides]]\n\n\n[[slides]]\n",
)  # fmt: skip
LINES = (
    "text = «Hi»", "text = „Hi“", "text = ‘Hi’", "text = ‚Hi‘", "text = ‟Hi”", "my-key: 5", "text:Hi",
    "text : 'Hi'", "a.b: 5", "seconds = 2,5,7", "seconds = ,5", "seconds = 2,x", "seconds = 10,25# c",
    "crop = 16:9", "crop = 4:5x", "crop = 4:x", "crop = :5", "text = Hi # there", "text = Hi #there",
    "text = Hi#there", "seconds = 5 sec # c", "text = 'a' ; b = 5", "text = 'a', # c", "seconds = 5,",
    "seconds = 5, # c", "seconds = 5 // five", "seconds = 5 -- five", "seconds = +5s", "seconds = -2.5 s",
    "seconds = 1_0.5ms", "seconds = 5 seconds # c", "seconds = .5", "seconds = 5.", "seconds = 5..2",
    "keep = true,", "keep = true;", "keep = [true];", "keep = TRUE", "keep = False", "keep = on # c",
    "keep = Off", "keep = nO", "text ===  'a'", "text => 'a'", "text =>'a'", "text =='a'", "text == 'a' # c",
    'text = """', "text = '''", 'text = """a', 'text = """a"', 'text = "', "text = '", 'text = "a\\',
    'text = "a\\"', "text = 'a\\'", "text = 'It's", 'text = "a" "b" "c"', "text = 'a' \"b\"",
    'text = "a" \'b\'', "text = 'a''b'", 'text = ""a""', "text = ''a''", 'text = "a"#b"', 'text = "a" b # c',
    "text = 'a' b c d", f"text = 'a' {'b' * 39}", f"text = 'a' {'b' * 40}", f"text = 'a' {'b' * 41}",
    'image = "C:\\new"', 'image = "\\\\server\\x"', 'image = "a\\/b\\\\q"', "image = 'C:\\new' x",
    "image = \\a", "text = [", "text = ['a', 'b'", "text = ['a'] b", "text = {a: 1}",
    "text = { a : 1, b: 2 }", "text = {a = 1", "text = {", "text = }", "text = ]", "text = ,", "text = .",
    "text = %", "text = @x", "text = -", "text = +", "text = -x", "text = =", "text = >", "text =\t",
    "text = \t# c", "text=", "=", "= 'a'", " = ", "text", "text text", "text 'a' 'b'", 'text"a"', "text'a'",
    "text 5", "text 5 # c", "text -5", "text [1, 2]", "text true", "text\t5", "text  'a' # c", "'text' 'a'",
    "//", "--", ";", "/*", "/* a */ text = 'b'", "/ a", "-- text = 'b'", "; text = 'b'", "Hi there, all",
    "a, b", "…", "x" * 40, "x" * 41, "x" * 39, " x ", "[", "]", "[[", "]]", "[]", "[[]]", "[a", "[a]]",
    "[[a]", "[ a", "[[ slides ]", "[[slides]", "[slides]]]", "[[slides]]]", "[[slides.overlay]",
    "[slides.overlay] x = 1", "[a] # c", "[a] x # c", "[a]]#c", "[[slides]] # c\n[b", "[a b]", "[a.b.c",
    "[a-b]] x", "text = 'a\nb'", "text = 'a\n\n\nb' ", "text = 'a\nb", "text = 'a\n  [x]\nb'",
    "text = 'a\nb = 'c'", "text = 'a\n b-c = 5\n'", 'text = "a\nb"', 'text = "a \\" b\nc"',
    "text = \"it's\nso\"", "text = 'say \"a\"\nb'", 'text = "a\nb\n" # c', "my-text = 'a\nb'",
    "text = '" + 50 * "a\n" + "'", 'text = """a\nb', "text = '''a\nb", 'text = """a\nb\n""',
    'text = """a"""\ntext = """b', 'seconds = """\n5s', "seconds = 5\nseconds = 6\nseconds = 7",
    "[slides]\n", "[slides]\n[slides]", "[[slides]]\n[slides]", "[variables]\na = 1\n[variables]",
    "variables.a = 1\n[variables]", "[[slides.overlay]]\nqr = 'a'\n[[slides.overlay]]\nqr = 'b'\nqr = 'c'",
    "text.a = 1\ntext.a = 2", "text = 'a'\n\n\n= 5\n\n", "text = 'a'\n[[slides]]\n\ntext 'b'",
    "text = [1,\n2\n[[slides]]", "text = [1,\n2\nb = 3",
)  # fmt: skip
"""What stands in the first slide of a text that is not TOML, or is."""
BEGINNINGS = (
    Beginning(),
    Beginning(subject="", slides=[FirstSlide()]),
    Beginning(
        subject="Sale for {{ name }} in {{ town }}", slides=[FirstSlide(text="Hi {{ first }}!"), FirstSlide()]
    ),
    Beginning(
        slides=[FirstSlide(image=Path("brought.jpg")), FirstSlide(image=Path("brought.jpg"), text="a")]
    ),
    Beginning(slides=[FirstSlide(image=Path("Süße Blüte (1).JPG")), FirstSlide(text="a"), FirstSlide()]),
    Beginning(slides=[FirstSlide(), FirstSlide(), FirstSlide(text="a")]),
    Beginning(slides=[FirstSlide(text="one"), FirstSlide(image=Path("brought.jpg"))]),
    Beginning(
        slides=[FirstSlide(text="offer.txt"), FirstSlide(text="read.md"), FirstSlide(text="Read read.md")]
    ),
    Beginning(slides=[FirstSlide(text='Say "hi"\n\\ \x7f é')], seconds=0.5),
    Beginning(slides=[FirstSlide(text="a")], seconds=60, profiles=("uk",)),
    Beginning(subject="a\nb"),
    Beginning(subject="{{ a b }}"),
    Beginning(slides=[FirstSlide(text="{{ 1 / 0 }}")]),
    Beginning(slides=[FirstSlide(image=Path("gone.jpg"))]),
    Beginning(slides=[FirstSlide(image=Path("words.jpg"))]),
    Beginning(subject='A "sale"', profiles=("uk", "us-att"), layout="text-only", seconds=8.0),
)
LOOSE = (
    [], ["a.jpg"], ["a.txt"], ["a.jpg", "a.txt"], ["a.txt", "a.jpg"], ["a.jpg", "b.jpg"], ["a.txt", "b.txt"],
    ["a.amr", "a.jpg"], ["a.jpg", "a.amr", "a.txt"], ["a.amr", "a.txt", "b.amr"], ["a.mp4", "a.txt"],
    ["a.txt", "a.mp4"], ["a.mp4", "a.amr"], ["a.jpg", "a.mp4"], ["a.amr", "a.mp4"], ["a.mp4", "b.mp4"],
    ["a.mp4", "a.jpg"], ["a.vcf"], ["a.pdf"], ["a.pdf", "a.vcf"], ["a.vcf", "a.pdf"], ["a.jpg", "a.pdf"],
    ["a.jpg", "a.vcf", "a.txt"], ["gone.jpg"], ["gone.jpg", "gone.xyz", "a.jpg"], ["a.xyz"], ["a"],
    ["a.xlsx"], ["a.svg"], ["a.heic"], ["a.d"], ["a.d", "a.jpg"], ["a.xyz", "gone.txt", "a.d"],
    ["a.webp", "a.html", "a.md"], ["a.JPG", "a.TXT"],
)  # fmt: skip
FOLDERS = (
    [], ["a.jpg", "b.txt"], ["10.jpg", "9.jpg", "9.txt"], ["B.jpg", "a.jpg", "C.txt"],
    ["a2b10.jpg", "a2b9.jpg", "a10b1.jpg"], [".hidden.jpg", "a.jpg", "README.md", "a.d"],
    ["README.md", ".DS_Store"], ["x.xyz", "y", "a.jpg"], ["a.vcf", "b.jpg"], ["١.jpg", "2.jpg", "²3.jpg"],
    ["a.pdf"],
)  # fmt: skip
LEFT_OVERS = (
    [], ["a.jpg"], ["message.toml"], ["message.toml.txt"], ["Message.TOML"], ["a.toml", "b.toml.bak"],
    [".message.toml.swp"], ["d.toml", "c.toml", "b.toml", "a.toml"], ["message.toml", "message.toml.txt"],
)  # fmt: skip
BOX = (0.1, 0.1, 0.5, 0.5)
PICTURE = "map.png"
CLIP = "clip.mp4"
SOUND = "hello.mp3"
SLIDES: tuple[Slide, ...] = (
    Slide(),
    Slide(text=""),
    Slide(text="a"),
    Slide(image=PICTURE, text=""),
    Slide(image=PICTURE, video=CLIP),
    Slide(video=CLIP, audio=SOUND),
    Slide(image=PICTURE, audio=SOUND, video=CLIP),
    Slide(image=PICTURE, audio=SOUND),
    Slide(text="a", alt="b"),
    Slide(audio=SOUND, alt="b"),
    Slide(image=PICTURE, alt="b"),
    Slide(video=CLIP, alt="b"),
    *(
        Slide(image=PICTURE, **{name: value})
        for name, value in (
            ("start", 1),
            ("end", 1),
            ("mute", True),
            ("poster", True),
            ("as_", "gif"),
            ("start", 0),
            ("mute", False),
        )
    ),
    *(
        Slide(audio=SOUND, **{name: value})
        for name, value in (("start", 1), ("end", 1), ("mute", True), ("poster", True))
    ),
    *(
        Slide(video=CLIP, keep=True, **{name: value})
        for name, value in (
            ("start", 1),
            ("end", 1),
            ("mute", True),
            ("poster", True),
            ("as_", "gif"),
            ("start", 0),
            ("crop", "4:5"),
        )
    ),
    Slide(video=CLIP, poster=True, as_="gif"),
    *(
        Slide(text="a", **medium, **{name: value})
        for medium in ({}, {"image": PICTURE}, {"audio": SOUND}, {"video": CLIP})
        for name, value in (
            ("still", True),
            ("crop", "4:5"),
            ("weight", 2),
            ("min_quality", 50),
            ("keep", True),
        )
    ),
    *(
        Slide(**medium, keep=True, **{name: value})
        for medium in ({"image": PICTURE}, {"image": PICTURE, "audio": SOUND}, {"audio": SOUND})
        for name, value in (
            ("weight", 2),
            ("min_quality", 50),
            ("start", 1),
            ("still", True),
            ("crop", "4:5"),
        )
    ),
    Slide(image=PICTURE, keep=True, overlay=[Overlay(box=(0, 0, 1, 1), text="a")]),
    *(
        Slide(video=CLIP, **shown, **{name: value})
        for shown in ({"poster": True}, {"as_": "gif"})
        for name, value in (("mute", True), ("end", 2), ("start", 1), ("still", True), ("crop", "4:5"))
    ),
    Slide(video=CLIP, start=1, end=2),
    Slide(video=CLIP, start=2, end=2),
    Slide(video=CLIP, start=2.5, end=1.25),
    Slide(video=CLIP, start="1", end=2),
    Slide(audio=SOUND, start=3, end=1),
    Slide(image=PICTURE, keep=True, crop="4:5"),
    Slide(image=PICTURE, keep=True, still=True),
    Slide(image=PICTURE, keep=True, still=True, crop="4:5", focus=(0.5, 0.5)),
    Slide(image=PICTURE, focus=(0.5, 0.5)),
    Slide(image=PICTURE, keep=False, crop="4:5", still=True),
    Slide(image=PICTURE, crop="4:5", focus=(0.5, 0.5)),
    Slide(image=PICTURE, keep="yes", crop="4:5"),
    Slide(seconds=-1, weight="2", image=5),
    Slide(text="a", seconds=0),
    Slide(image="gone.png"),
    Slide(image="my gone.png"),
    Slide(text=Path("my words.txt")),
    Slide(image=Path("mop.png")),
    Slide(image="MAP.png"),
    Slide(image="sub"),
    Slide(image="sub/a.png"),
    Slide(image="sub/map.png"),
    Slide(image="/gone/map.png"),
    Slide(image="../map.png"),
    Slide(image="x" * 300 + ".png"),
    Slide(text=Path("gone.txt")),
    Slide(text=Path("hello.txt")),
    Slide(text=Path("sub")),
    Slide(text="hello.txt"),
    Slide(image="https://example.com/a.jpg"),
    Slide(image="file:/a.jpg"),
    Slide(image="a:/b.jpg"),
    Slide(image="a\tb.jpg"),
    Slide(image=b"x"),
    Slide(image=b""),
    Slide(image="map"),
    Slide(image="map.xyz"),
    Slide(video="gone.mp4", text=Path("x.md")),
    Slide(text="a", overlay=(Overlay(box=BOX, text="a"),)),
    Slide(video=CLIP, overlay=(Overlay(box=BOX, text="a"),)),
    Slide(image=PICTURE, overlay=(5,)),
    Slide(image=PICTURE, overlay=5),
    Slide(image=PICTURE, overlay=(Overlay(box=BOX),)),
    *(
        Slide(image=PICTURE, overlay=(Overlay(**keys),))
        for keys in (
            {"box": BOX, "text": "a"},
            {"box": BOX, "text": "a", "qr": "b"},
            {"box": BOX, "qr": "a", "barcode": "b", "text": "c"},
            {"box": BOX, "barcode": "a", "symbology": "ean13"},
            {"box": (0, 0, 1, 1), "text": "a"},
            {"box": (0, 0, 0, 1), "qr": "a"},
            {"box": (0, 0, 1, 0), "qr": "a"},
            {"box": (0.3, 0, 0.7, 1), "qr": "a"},
            {"box": (0.7, 0.6, 0.3, 0.4), "qr": "a"},
            {"box": (0.5, 0, 0.6, 1), "qr": "a"},
            {"box": (0, 0.75, 1, 0.5), "qr": "a"},
            {"box": (0.9, 0.9, 0.2, 0.2), "qr": "a"},
            {"box": (0, 0, 1), "qr": "a"},
            {"box": None, "qr": "a"},
            {"box": BOX, "text": 5},
            {"box": BOX, "text": "a", "color": "x"},
            {"box": BOX, "text": "a", "font": "gone.ttf"},
            {"box": BOX, "text": "a", "font": "map.png"},
            {"box": BOX, "text": "a", "font": Path("sub")},
            {"box": BOX, "text": "a", "background": None},
        )
    ),
    Slide(
        image=PICTURE,
        overlay=(Overlay(box=BOX, text="a"), Overlay(box=BOX), Overlay(box=BOX, qr="b", font="x.ttf")),
    ),
)
MESSAGES: tuple[object, ...] = (
    Message(slides=[]),
    Message(slides=[], attachments=["shop.vcf"]),
    Message(slides=[Slide(text="a")], subject="a\nb"),
    Message(slides=5),
    Message(slides="a"),
    Message(slides=[5, Slide(text="a"), None]),
    Message(slides=[], subject=5),
    Message(slides=[Slide(text="a")], attachments="shop.vcf"),
    Message(slides=[Slide(text="a")], attachments=[5, "", None]),
    Message(
        slides=[Slide(text="a")],
        attachments=["gone.vcf", "shop.vcf", Path("run.py"), "map.png", b"x", "sub", "odd"],
    ),
    Message(slides=[Slide(text="a")], attachments=["gone.py", "https://example.com/a.vcf"]),
    Message(
        slides=[Slide(text="a")], fallback="x" * 1601, profile="", layout="", background="x", min_quality=101
    ),
    "message.toml",
    Path("message.toml"),
    5,
    None,
    Slide(text="a"),
    b"message.toml",
)
NAMES = (
    "offer.txt",
    "offer.TXT",
    "my offer.txt",
    "read.md",
    "read me.md",
    "Read it.",
    "a.jpg",
    "a.xyz",
    "offer.txt.",
    ".txt",
    "a/b.txt",
    "www.example.txt",
    "WWW.a.pdf",
    "https://a.b/c.txt",
    "a\nb.txt",
    "{{ a }}.txt",
    "a|b.txt",
    "a.txt b",
    "x" * 200 + ".txt",
    "x" * 201 + ".txt",
    "file.pages",
    "a.htm",
    "a.html",
    "a.docx",
    "a.heic",
    "a.vcf",
    "",
    "txt",
    "a?.txt",
    "see <a>.md",
)
TOML = '[[slides]]\ntext = "{}"\n'
OVERLAID = "[[slides]]\nimage = 'map.png'\n[[slides.overlay]]\nbox = [0, 0, 1, 1]\ntext = 'a'\n"
PLACES = """subject = "{{ zero }}"
[fallback]
text = "{{ six }}"
[[slides]]
image = "map.png"
text = "{{ one }}"
[[slides.overlay]]
box = [0, 0, 1, 1]
text = "{{ two }}"
[[slides.overlay]]
box = [0, 0, 1, 1]
qr = "{{ three }}"
[[slides.overlay]]
box = [0, 0, 1, 1]
barcode = "{{ four }}"
[[slides]]
text = "{{ five }}"
"""
VARIABLES = """[variables]
zero = "0"
one = 1
two = "II"
three = "III"
four = "IV"
five = 5.5
six = true
"""
SOURCES: tuple[tuple[str, bytes], ...] = (
    ("plain", TOML.format("Hi {{ name }}").encode()),
    ("defaults", (TOML + '[variables]\nname = "Bo"\n').format("{{ name }}").encode()),
    ("utf-16", TOML.encode("utf-16")),
    ("utf-16-be", b"\xfe\xff" + TOML.encode("utf-16-be")),
    ("mark", TOML.encode("utf-8-sig")),
    ("latin-1", b'[[slides]]\n\ntext = "caf\xe9"\n'),
    ("windows", TOML.replace("\n", "\r\n").format("a").encode()),
    ("lines", b'[[slides]]\r\ntext = """a\r\nb"""\r\n'),
    ("deep", b"a = " + b"[" * 3000),
    ("broken and deep", b"= 5\na = " + b"{a = " * 3000),
    ("nothing", b""),
    ("large", b"#" * 500_001),
    ("as large", b"#" * 499_900 + b"\n" + TOML.format("a").encode()),
    ("broken", b"[[slides]\n"),
    ("card", b"[[slides]]\ntext = 'card.txt'"),
    ("text file", b"[[slides]]\ntext = 'hello.txt'"),
    ("text file of any name", b'[[slides]]\ntext = { file = "hello.md" }'),
    ("a name", b"[[slides]]\ntext = 'hello.md'"),
    ("a name of nothing", b"[[slides]]\ntext = 'gone.md'"),
    ("missing", b"[[slides]]\nimage = 'gone.png'\ntext = 'gone.txt'\n[[slides]]\nimage = 'mop.png'"),
    ("missing and wrong", b"[[slides]]\nimage = 'gone.png'\nseconds = -1\nfoo = 5"),
    ("single", b"[slides]\ntext = 'a'"),
    ("slide", b"[[slide]]\ntext = 'a'"),
    ("single overlay", b"[[slides]]\nimage = 'map.png'\n[slides.overlay]\ntext = 'a'\nbox = [0, 0, 1, 1]"),
    ("overlay", b"[[slides]]\nimage = 'map.png'\n[[slides.overlay]]\ntxt = 'a'\nbox = [0, 0, 1, 1]"),
    ("outside", b"[[slides]]\nimage = '../../../other.png'"),
    ("accents", "[[slides]]\nimage = 'caf\u00e9.png'".encode()),
    ("fallback", b"[fallback]\ntext = 'Hi {{ name }}'\n[[slides]]\ntext = 'a'"),
    ("fallback of nothing", b"[fallback]\ntext = ''\n[[slides]]\ntext = 'a'"),
    ("fallbacks", b"fallback = 'a'\n[[slides]]\ntext = 'a'"),
    ("odd fallback", b"[fallback]\ntxt = 'a'\nfoo = 1\n[[slides]]\ntext = 'a'"),
    ("variables", b"[variables]\n'my name' = 'a'\n2x = 5\nb = [1]\nc = 1\n[[slides]]\ntext = '{{ c }}'"),
    *(
        (f"key {name}", f"{name} = 'a'\n[[slides]]\ntext = 'a'\n".encode())
        for name in (
            "slide",
            "picture",
            "sender",
            "to",
            "from",
            "title",
            "sms",
            "colour",
            "text",
            "seconds",
            "layuot",
            "zzz",
            "overlay",
            "box",
        )
    ),
    *(
        (f"slide key {name}", f"[[slides]]\ntext = 'a'\n{name} = 'a'\n".encode())
        for name in (
            "picture",
            "duration",
            "layout",
            "subject",
            "profile",
            "colour",
            "imge",
            "zzz",
            "quality",
            "box",
            "slides",
        )
    ),
    *(
        (f"overlay key {name}", f"{OVERLAID}{name} = 'a'\n".encode())
        for name in ("colour", "image", "subject", "layout", "fnt", "zzz")
    ),
    ("templates", PLACES.encode()),
    ("templates with values", (PLACES + VARIABLES).encode()),
    ("templates that cannot be read", PLACES.replace("}}", "}").encode()),
    ("templates of another program", PLACES.replace("{{", "{").replace("}}", "}").encode()),
    ("a text that is no template", b"[[slides]]\ntext = { file = 'map.png' }\n"),
    ("a text in another charset", b"[[slides]]\ntext = { file = 'latin.txt' }\n"),
    ("font", f"{OVERLAID}font = 'gone.ttf'\n".encode()),
    ("font that is no text", f"{OVERLAID}font = 5\n".encode()),
    ("no slide", b"slides = [5]"),
    ("no overlay", b"[[slides]]\nimage = 'map.png'\noverlay = [5]"),
    ("text of a table", b"[[slides]]\ntext = { file = 5 }\n[[slides]]\ntext = { file = 'hello.md', x = 1 }"),
    ("media", b"[[slides]]\naudio = 'hello.mp3'\ntext = 'a'\n[[slides]]\nvideo = 'clip.mp4'\nseconds = 3"),
    ("unknown alone", b"[[slides]]\nfoo = 'a'"),
    ("attachments", b"attachments = ['shop.vcf', 'gone.vcf']\n[[slides]]\ntext = 'a'"),
)
GIVEN: tuple[dict[str, object], ...] = ({}, {"name": "Ada"}, {"nam": "Ada"})

"""Slips in what people write: places that nobody filled in, a program's words for nothing, drafts, addresses.

Each is found by its form alone, so that ordinary copy in any language stays quiet, as
`tests/rules/test_ordinary_copy.py` measures over real texts. A form that ordinary copy has too (`[Ad]`,
`$ave`, `None of these`) counts only with a word that gives it away.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_WORD = r"[^\W\d]\w*"
_FIELDS = (
    r"(?:(?:first|last|full|middle|given|family|sur|user|nick|customer|client|member|guest|patient|student"
    r"|company|business|shop|store|product|item|event|brand|venue|contact|recipient|your|the)"
    r"(?:['\u2019]s)?[ _.-]?(?:first |last )?)?"
    r"(?:names?|fname|lname|first|last|surname|e-?mail(?:[ _]address)?|phone(?:[ _]number)?|mobile|address"
    r"|city|postcode|zip[ _]?code|country|company|title|salutation|birthday|order[ _]?(?:id|number|no)"
    r"|voucher|coupon(?:[ _]?code)?|promo[ _]?code|discount[ _]?code|code|amount|price|balance|date|time"
    r"|link|url)"
    r"|vorname|nachname|anrede|firma|pr[eé]nom|nom|nombre|apellidos?|nome|cognome|voornaam|achternaam"
    r"|imi[eę]|nazwisko|fornavn|efternavn|förnamn|efternamn|etunimi|ad[ıi]n[ıi]z|isim|имя|фамилия"
    r"|お名前|氏名|고객명"
)
"""What fields of address books are called, with and without what they belong to."""

_NAME = r"[^\W\d_]+(?:_[^\W_]+)+"
"""A name of several words: `first_name`. No letter can be read in two ways, which keeps the search linear."""
_CERTAIN = (
    rf"\$?\{{!?\s*(?P<braces>{_WORD}(?:[.:]\w+)*)\s*\}}"  # {name} ${name} {!Contact.Name}
    r"|\*\|\s*(?P<stars>[^|\n*]{1,60}?)\s*\|\*"  # Mailchimp
    r"|%%=?\s*(?P<signs>[\w.@()\[\] -]{1,60}?)\s*=?%%"  # Salesforce
    r"|\[\*\s*(?P<bracketed>\w{1,60}(?:[. ]\w{1,60})?)\s*\*\]"  # SendPulse
)
"""How programs for mail and text messages write places: nobody writes copy like this."""
_LIKELY = (
    r"\{\{[^\n]{0,80}?\}\}|\{%[^\n]{1,80}?%\}|\{\d{1,2}\}"  # Jinja, Liquid, .NET
    r"|<%[^\n%]{1,80}%>"  # ERB
    rf"|\{{[$@]?\s*(?i:{_FIELDS})\s*(?:\|[^{{}}\n]{{0,40}})?\}}"
    rf"|\[\[\s*{_WORD}(?:[ .]\w+)*\s*\]\]|\[%\s*\w+\s*%\]"
    r"|\[\s*(?i:insert|enter|add|your|fill in|ins[eé]rer|einfügen|hier)\b[^\]\n]{0,40}\]"
    rf"|\[\s*(?i:{_FIELDS})(?: (?i:of|here|del?|de la|du|do|des|der)\b[^\]\n]{{0,40}})?\s*\]|\[{_NAME}\]"
    rf"|#{{1,2}}(?i:{_FIELDS})#{{1,2}}(?!\w)|(?<![\w@])@{{1,2}}(?i:{_FIELDS})@{{1,2}}(?!\w)"
    rf"|(?<!\w)__(?i:{_FIELDS})__(?!\w)|(?<!\w)\|\|(?i:{_FIELDS})\|\|"
    rf"|<<?\s*(?i:{_FIELDS})\s*>>?|<<\s*{_NAME}\s*>>|«{_NAME}»|«(?=[A-Z]+[a-z]*[A-Z])(?i:{_FIELDS})»"  # Word
    rf"|(?<![\w%])%(?:(?i:{_FIELDS})|{_NAME}|[A-Z][A-Z0-9]{{2,}})%(?!\w)"
    rf"|(?<![\w$])\$(?:(?i:{_FIELDS})|[a-z]+(?:_[a-z]+)+|[a-z]+(?:[A-Z][a-z]+)+)\b\$?"
    r"|(?<![\w%])%\(\w+\)[sd]|(?<![\w%])%(?:\d\$)?[sd](?![\w%])|(?<![\w%])%\d\$@"  # Python, C, Apple
    r"|@[A-Z]{3,}(?:_[A-Z]+)*@|##[A-Z][A-Z0-9_]{2,}##"
)
"""Forms that a text may have for other reasons, with what makes them places."""


@functools.cache
def compiled(form: str, flags: int = 0) -> re.Pattern[str]:
    """The expression, made when a text first needs it: together they would add 20 ms to every start."""
    return re.compile(form, flags)


class Slip(NamedTuple):
    """Something in a text that was hardly meant."""

    start: int
    text: str
    name: str = ""
    """What a place for a value is called, where that can be seen."""


def _found(form: str, text: str, flags: int = 0) -> Iterator[Slip]:
    return (Slip(found.start(), found[0]) for found in compiled(form, flags).finditer(text))


def _has(signs: Iterable[str], text: str) -> bool:
    return any(sign in text for sign in signs)


def template_fields(text: str) -> Iterator[Slip]:
    """Places for values as other programs write them, that a template is sure not to mean: `{name}`."""
    for found in compiled(_CERTAIN).finditer(text) if _has("{*%", text) else ():
        name = found["braces"] or found["stars"] or found["signs"] or found["bracketed"]
        yield Slip(found.start(), found[0], name)


def placeholders(text: str) -> list[Slip]:
    """Places for values that nobody filled in, in order: `{name}`, `[First Name]`, `%NAME%`, `$name`."""
    if not compiled(PLACE_FORMS).search(text):
        return []
    found = [*_found(_CERTAIN, text), *_found(_LIKELY, text)]
    found.sort(key=lambda slip: (slip.start, -len(slip.text)))
    apart: list[Slip] = []
    for slip in found:
        if not apart or slip.start >= apart[-1].start + len(apart[-1].text):
            apart.append(slip)
    return apart


PLACE_FORMS = (
    r"[{\[«<%$*@#_|](?:(?<=[{\[«])|(?<=[<%])\S|(?<=\$)[A-Za-z{]|(?<=\*)\||(?<=[@#])[\w@#]|(?<=_)_|(?<=\|)\|)"
)
"""How every place begins. It starts with a set of characters, which makes the search ten times as fast."""

_NOTHING = r"(?:NULL|null|nan|NaN|None|undefined|nil|NaT)"
_VALUES = (
    r"(?:code|voucher|order|booking|ref(?:erence)?|ticket|invoice|number|balance|total|price|amount|appointment"
    r"|date|name|link|pin)"
)
"""What stands before a value in a message of a shop."""
_GREETINGS = (
    r"(?:Hi|Hello|Hey|Dear|Welcome|Thanks|Thank you|Congratulations|Hallo|Liebe[rs]?|Guten Tag|Bonjour"
    r"|Cher|Chère|Salut|Hola|Estimad[oa]|Querid[oa]|Ciao|Gentile|Car[oa]|Olá|Prezad[oa]|Hej|Hei|Kära|Beste|Cześć|Witaj"
    r"|Merhaba|Sayın|Здравствуйте|Привет|مرحبا)"
)
NOTHING_SIGNS = (
    *(
        "NULL",
        "null",
        "Na",
        "nan",
        "None",
        "nil",
        "undefined",
        "object ",
        "<",
        "#",
        "N/A",
        " ,",
        "Invalid Date",
    ),
)
"""Of which one is in every such word: few and short ones, as a campaign looks for each in every text."""
NOTHING_FORMS = (
    r"\b(?:NULL|null|nan|NaN|None|undefined|nil|NaT|N/A)\b|\[object|<NA>|<object| ,|Invalid Date"
    r"|#[¡¿]?[A-Z][A-Z/]"
)
_BLANKS = (
    # spreadsheets' errors, JavaScript's object, Java's and pandas' nothing: no language writes these
    r"#N/A|#(?:REF|NAME|NUM|NULL|SPILL|CALC)[!?]|#VALUE!|#DIV/0!|\[object [A-Z]\w{2,30}\]|\(null\)|<NA>"
    # the same in German, French, Spanish, Italian and Dutch spreadsheets
    r"|#(?:BEZUG|WERT|ZAHL|VALEUR|RIF|VALORE|VERW|WAARDE|¡REF|¡VALOR|¡NUM|¡DIV/0)!|#(?:NOM|NOME|NAAM|¿NOMBRE)\?"
    r"|<object object at 0x|\bNaT\b|\bInvalid Date\b"
    rf"|(?<=\A)(?:{_NOTHING}|#N[VDB]|#N/[DB])(?=\s*\Z)"
    rf"|\b(?i:{_GREETINGS}),? (?:(?:Mr|Mrs|Ms|Herr|Frau|M\.|Mme|Sr|Sra)\.? )?"
    rf"(?:{_NOTHING}(?: {_NOTHING})?|N/A|#N[VDB]|<null>|<undefined>)(?=\s*[,!.:;?]|\s*\Z)"
    r"|\b(?:Hi|Hello|Hey|Dear|Hallo|Liebe[rs]?|Hola|Estimad[oa]|Ciao|Olá|Hej) ,"  # an empty name
    r"|[£$€] ?(?:NaN|null|undefined|nan|None|NULL)\b|\b(?:NaN|undefined|NULL) ?(?:[£€%]|kr\b|zł|[A-Z]{3}\b)"
    r"|\bnan ?%|(?<=: )(?:NULL|NaN|undefined|#N[VDB])(?=\s*[,.!;\n]|\s*\Z)"
    rf"|\b(?i:{_VALUES})(?: is|:| no\.?| number)? (?:NULL|null|NaN|None|undefined)(?=\s*[,.!;\n]|\s*\Z)"
    rf"|\b(?i:order|booking|voucher|ticket|invoice)(?: no\.?| number)? (?:None|undefined|NaN)\b"
)


def blanks(text: str) -> Iterator[Slip]:
    """A program's word for a missing value in place of the value: `Hi NULL,`, `#REF!`, `[object Object]`."""
    return _found(_BLANKS, text) if _has(NOTHING_SIGNS, text) else iter(())


def is_nothing(value: str) -> bool:
    """True for a value of a table that is a program's word for none: `NULL`, `nan`, `#REF!`."""
    word = value.strip()
    return _has(NOTHING_SIGNS, word) and any(found.text == word for found in _found(_BLANKS, word))


DRAFT_SIGNS = (
    "TODO",
    "FIXME",
    "TB",
    "XXX",
    "psum",
    "PSUM",
    "laceholder",
    " here",
    "ummy text",
    "lick to add",
    "<<<<<<<",
    ">>>>>>>",
)
"""Of which one is in every draft."""
DRAFT_FORMS = (
    r"\b[Ll]orem [Ii]psum\b|\bLOREM IPSUM\b"
    # In Spanish and Portuguese, TODO means everything: TODO A MITAD DE PRECIO.
    r"|\b(?:TODO|FIXME)\s*:|[\[(<]\s*(?:TODO|FIXME|TBD|XXX)\b[^\])>\n]{0,60}[\])>]"
    # Of an event "support (TBC)" is ordinary copy.
    r"|[\[<]\s*(?:TBC|TBA)\b[^\]>\n]{0,60}[\]>]|\A\s*(?:TODO|FIXME|TBC|TBD|TBA|XXX)\s*\Z"
    r"|\bTODO (?:add|write|insert|replace|fix|check|ask|fill|update|translate|change|confirm)\b"
    r"|\bFIXME\b|\b(?:[Ii]nsert|[Aa]dd|[Yy]our) (?:text|copy|message|headline|caption) here\b"
    r"|\b(?:[Tt]ext|[Cc]opy|[Hh]eadline|[Mm]essage|[Cc]aption) goes here\b|\b[Cc]lick to add (?:text|title)\b"
    r"|(?<![^\n])(?:<{7}|>{7}) [^\n]{1,80}"  # two versions that nobody merged
    r"|\b(?:[Pp]laceholder|[Dd]ummy) (?:text|copy|image)\b"
)
DRAFT_GATE = DRAFT_FORMS.replace(r"\A", r"(?<![^\n])").replace(r"\Z", r"(?![^\n])")
"""The same in texts that are looked through together, one a line, where each begins and ends anywhere."""


def drafts(text: str) -> Iterator[Slip]:
    """What fills a draft until the copy is written: `TODO:`, `lorem ipsum`."""
    return _found(DRAFT_FORMS, text) if _has(DRAFT_SIGNS, text) else iter(())


_BROKEN_ADDRESS = (
    # a slip in http:// or https://
    r"\b(?!https?://)(?:h{1,2}t{1,3}p{1,2}s{0,2}|ttps?|tps?|hpps?)://\S*"
    r"|\bhttps?(?:;//|\.//|,//|://\s+(?=www\.|[\w-]+\.[a-z])|:\\\\|//|:/(?![/\s])|:(?=[\w-]+\.[a-z]{2}))\S*"
    r"|\bhttps?://(?:https?:?/|/|www,|\.|\w[^\s/]{0,250}?\.\.(?=\w))\S*|\bhttps?://(?=\s|\Z)"
    # two addresses in one, and one that was made safe to look at
    r"|\bhttps?://[^\s/?#]{1,250}(?:/[\w./-]{0,250})?(?<=\w)https?://\S*|\bhxxps?://\S*"
    # addresses of the author's own machine and network
    r"|\bhttps?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|192\.168\.\d{1,3}\.\d{1,3})(?![\w.])\S*"
    # a slip in www.
    r"|\b(?:ww|wwww)[.,;][a-z0-9-]+[.,][a-z]{2,}\b|\bwww[,;]\s?[a-z0-9-]+[.,][a-z]{2,}\b"
    r"|\bwww\.[a-z0-9-]+,(?:com|org|net|info|shop|co|[a-z]{2})\b"
    # a comma or a space in the host
    r"|\bhttps?://[a-z0-9-]+(?:\.[a-z0-9-]+)*,(?:com|org|net|info|shop|co|[a-z]{2})\b"
    r"|\bhttps?://[a-z0-9-]+(?:\s?\.\s| \.)(?:com|org|net|info|shop|co\.uk|de|fr)\b"
    r"|\b[\w.+-]{1,64}@[a-z0-9-]+,(?:com|org|net|info|co|[a-z]{2})\b"
    r"|\b[\w.+-]{1,64}@@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}\b"
)
ADDRESS_SIGNS = ("//", ":/", "\\", "ww", "WW", "Ww", "wW", "ttp", "TTP", "@")
"""Of which one is in every address, right or broken."""
ADDRESS_FORMS = r"//|:/|:\\|[wW]{2}|ttp|TTP|@"


def broken_addresses(text: str) -> Iterator[Slip]:
    """Addresses that lead nowhere by a slip of the keyboard: `htp://`, `www.example,com`."""
    return _found(_BROKEN_ADDRESS, text, re.IGNORECASE) if _has(ADDRESS_SIGNS, text) else iter(())


_WIDE_MARKS = "。．、，！？；：।،؛؟"
"""Marks of Chinese, Japanese, Hindi and Arabic: letters of an address to Android, which takes them and what
follows into the link."""


def running_addresses(text: str) -> Iterator[Slip]:
    """Addresses that punctuation follows at once, which some phones take into the link."""
    if not _has(ADDRESS_SIGNS, text):
        return
    begins = compiled(r"https?://\w|www\.\w", re.IGNORECASE)
    ends = compiled(r"(?<=[\w/=&#-])[.,;:!?…]+\Z")
    wide = compiled(f"[{_WIDE_MARKS}]")
    for token in compiled(r"\S+").finditer(text):
        begun = begins.search(token[0])
        if begun and (ends.search(token[0][-20:]) or wide.search(token[0], begun.end())):
            yield Slip(token.start() + begun.start(), token[0][begun.start() :])


_FILE = (
    r"(?:[a-z]:\\)?[^\W_][\w.()\\/-]{0,80}\.(?:txt|md|html?|rtf|docx?|odt|pdf|jpe?g|png|gif|heic|webp|avif|mp4|3gp|mov|mp3|wav"
    r"|amr|m4a|csv|xlsx?|toml|vcf|ics|smil?)"
)


def is_file_name(text: str) -> bool:
    """True where a text is nothing but the name of a file: it was meant to be read from it."""
    name = text.strip()
    return "." in name[-6:] and compiled(_FILE, re.IGNORECASE).fullmatch(name) is not None


OVERRIDES = "[\u202d\u202e]"
"""Controls that turn letters round. Embeddings and isolates are how Arabic and Hebrew copy carries names and
numbers, and end with their paragraph."""
PRIVATE = "[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]"
"""Characters whose look each font decides for itself: Apple's logo, icons."""
INVISIBLE = "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u2064\u2800\u3164\ufeff]"
"""Characters that show nothing, although they are not white space."""


def shows_nothing(text: str) -> bool:
    """True for a text that is not empty, and of which nothing can be seen."""
    return bool(text) and not compiled(rf"\S(?<!{INVISIBLE})").search(text)

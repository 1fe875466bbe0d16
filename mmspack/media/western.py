"""Is a text that was read as Windows-1252 really one? Decided by where its letters and signs occur.

Any bytes can be read as Windows-1252, so successful decoding is not evidence. The rivals that share its bytes
(Windows-1250, 1254 and 1257, ISO 8859, Mac Roman, DOS, Cyrillic, Thai, East Asian pages) put letters of
other languages on them, which land where no Western European word has them: `Za¿ó³æ`, `pøíliš`.
A doubt is a no: a text that stays as it was can be saved again by its author, a wrong one cannot.
"""

from __future__ import annotations

import re

_L = r"[^\W\d_]"
_MOST_HIGH = 0.4
"""Share of letters beyond ASCII above which no Western European text of some length goes."""

_SIGNS = (
    r"[¤¦¨¯¸¬¶ƒˆ˜ÿ]",  # never in running text, and letters or accents elsewhere
    rf"(?<={_L})[†‡•‚„¿¡¹¥±¼½¾¢µ‹‰]|[£¥¢±¼½¾®©™€¹›‰](?={_L})",
    rf"(?<={_L})[§£©®ªº²³“”«»…\xa0‘](?={_L})",
    rf"(?<![\dm\s(])[²³]|[²³](?={_L})|(?<![\dndm.])[ªº]|[ªº](?={_L})|µ(?![mgslfavw]\b)",
    # Mac Roman and the DOS pages have ñ, ó and ù where the dashes are: a dash stands between whole words.
    rf"(?<={_L})(?<!{_L}{{3}})[–—](?={_L})|(?<={_L})[–—](?={_L})(?!{_L}{{3}})",
    rf"(?<={_L})[–—](?=[\s.,;:!?]|$)|(?<=\s)…(?=\s[a-z])|[a-z][b-df-hj-np-tv-z]it…(?=\s)|\bgi…|\xa0(?=\s|$)|[†‡](?={_L})|(?<!{_L})\xad",
    # ... and í where the apostrophe is: it occurs where English and the Romance languages leave out a vowel.
    rf"(?<={_L})’(?={_L})(?!(?:s|t|d|m|re|ve|ll|n|em|all|clock)\b)"
    r"(?!(?<=[ldjnsmtcçuo]’)[aeiouyhàâäéèêëîïôöœùúáíó])(?!(?<=\bo’))",
    rf"(?<!{_L})’(?!(?:s|n|t|til|em|cause|round)\b)(?={_L})",
)
_LETTERS = (
    r"[à-öø-ÿœšž]{3}|ñ(?![aeiouáéíóú])|ã(?![oeis]|\b)|õ(?!e[sm]?\b)",
    r"áe|groá|eiá|î(?![tlncm])|â(?![tcglmbnpqis])|ât(?![eirsé]|\b|on)|iâ(?!n[cg])|œ(?!u|il|dè|no)",
    r"ç(?![aouàâãáóõúôä'’]|\b)|\bç(?![aà'’])|(?<![aeioulrn])ç\b",
    rf"(?<![sdlupc])ì|ì(?={_L})|ò(?={_L})|(?<=[e\W])ò|(?<![oitbsgf])(?<!men)(?<!per)ù|ù(?={_L})",
    r"[ae]è|iè\b|(?<!ci)oè\b|(?<![aeiouyéüï])ë|(?<![aoue])ï|(?<=e)ï(?![nmrs])|ï\b",
    r"(?<=[aeiouy])æ|æ(?=w)|(?<![rnl\W])æ\b|(?<![rnl])æ(?=[aeiou])",
    rf"(?<=[aeiouyáéí])ø|ø(?=[aiouéíá])|(?<={_L}{{3}})(?<![sjnlrv])ø\b",
    r"(?<![aeiouyáéíóúäöü])[šž](?![aeiouyáéíóúäöü])",
    rf"\bð|(?<={_L})þ|à(?!\b|s\b|quel)|(?<![ltrpjçi\W])à\b",
)
# Compiled where they are needed, which is seldom: it takes a hundredth of a short command.
_ODD = "|".join((*_SIGNS, *_LETTERS))
_KNOWN = (
    r"oû|eû|sûr|mûr|\bdû|crû|bû(?=ch)|brû|flû|qûr|fût"
    r"|(?<![iz])ê(?:t(?=[eriuoaéàs]|\b)|m(?=[eib]|\b)|v(?=[ea])|p(?=[ei])|ch|qu|n(?=[ecçitfé])|s(?=s|\b)|l(?=[eé])|x)"
    r"|iênc|\b(?:vocês?|dê|lê|crê|vê|prevê|revê|provê|(?:por)?quê|bebês?|cadê|buquê|tevê|clichê|purê)\b"
    r"|è(?:s?\b|(?:qu|ch|[bcdfglmnprstvz]{1,2})e)"
)
"""Where û, ê and è occur in French, Portuguese and Italian: elsewhere they are ű, ę and č."""
_STRANGERS = (
    ("ìèùòøêûñãœ", "šžý"),
    ("øèìùò", "áí"),
    ("å", "áíý"),
    ("åæø", "ìùûñãõœï"),
    ("ðþ", "çüâîäåøñàèêìòù"),
    ("ã", "äüèìòùåæø"),
    ("ñ", "êæœ"),
)
"""Letters that no language has beside those of the other group."""
_CAMEL = re.compile(r"[a-zà-öø-ÿœšž][À-ÖØ-ÞŒŠŽŸ]")


def is_western(text: str) -> bool:
    """True where every character beyond ASCII occurs where Western European languages have it."""
    if _CAMEL.search(text) or not _few_high(text) or not _paired(text):
        return False
    low = text.lower()
    known = re.sub(_KNOWN, "", low)
    if re.search(_ODD, low if "õ" not in low or not _estonian(low) else low.replace("õ", "o")):
        return False
    if any(letter in known for letter in "ûêè"):
        return False
    return not any(_any(one, low) and _any(other, low) for one, other in _STRANGERS) and _backed(low)


def few_letters_are_high(text: str) -> bool:
    """True unless most letters are beyond ASCII, as when another script was read as Latin."""
    return _few_high(text)


def _any(letters: str, text: str) -> bool:
    return any(letter in text for letter in letters)


def _few_high(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    high = sum(character > "\x7f" for character in letters)
    return high <= _MOST_HIGH * len(letters)


def _paired(text: str) -> bool:
    """Quotation marks come in pairs, and what opens a Spanish question has its end."""
    count = text.count
    return (
        count("«") == count("»")
        and count("‹") == count("›")
        and count("‚") <= count("‘") + count("’")
        and count("‘") <= count("’") + count("‚")
        and count("„") <= count("“") + count("”")
        and (count("„") + count("“") + count("”")) % 2 == 0
        and count("¿") <= count("?")
        and count("¡") <= count("!")
    )


def _estonian(low: str) -> bool:
    """`õ` anywhere is Estonian where there is an `ä`; with other accents it is the Hungarian `ő`."""
    return "ä" in low and not _any("áéíóúû", low)


def _backed(low: str) -> bool:
    """Letters that Turkish, Romanian and Czech have on other bytes need company from their own language."""
    if _any("ðþý", low) and not _any("áéíóúæ", low):
        return False
    if "ã" in low and not (re.search("ã[oe]", low) or _any("õçáéíóúê", low)):
        return False
    return not ("øe" in low and not _any("åæ", low))

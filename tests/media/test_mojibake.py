"""UTF-8 that was read in another charset is heard in the languages that it breaks; ordinary copy is quiet."""

from __future__ import annotations

import pytest

from mmspack.media.mojibake import mojibake

COPY = {
    "German": "Grüße für Sie, schöne Öffnungszeiten",
    "French": "Déjà prêt à partir, ça va être l\u2019été",
    "Spanish": "¡Mañana más! ¿Qué niño, qué año?",
    "Polish": "Zażółć gęślą jaźń, świąteczna wyprzedaż",
    "Czech": "Příliš žluťoučký kůň, dnešní nabídka",
    "Turkish": "Şimdi indirim, güzel ığdır",
    "Russian": "Привет, скидка сегодня",
    "Ukrainian": "Сьогодні знижка на все",
    "Greek": "Καλημέρα, εκπτώσεις παντού",
    "Arabic": "مرحبا، عرض اليوم",
    "Hebrew": "שלום, מבצע גדול היום",
    "Vietnamese": "Khuyến mãi lớn hôm nay",
}
ASIAN = {"Japanese": "今日だけセール開催中", "Korean": "오늘만 특별 할인 세일", "Thai": "ลดราคาวันนี้เท่านั้น"}
FULL = ("cp1250", "cp1256", "mac_roman", "mac_cyrillic", "cp437", "cp850", "cp852", "cp866", "koi8_r")
"""Charsets in which nearly every byte is a character, so that nothing is lost."""
GAPS = ("cp1251", "cp1253", "cp1255", "cp1257", "cp1252", "cp1254")
EASTERN = ("gbk", "cp932")


def broken(text: str, charset: str) -> str:
    return text.encode().decode(charset, "ignore")


@pytest.mark.parametrize("charset", [*FULL, *GAPS])
@pytest.mark.parametrize("language", COPY)
def test_a_wrong_conversion_is_heard(language: str, charset: str) -> None:
    text = broken(COPY[language], charset)
    found = mojibake(text)
    assert found is not None
    assert text.startswith(found.text, found.start)
    assert not found.text.isascii()


@pytest.mark.parametrize("charset", FULL)
@pytest.mark.parametrize("language", ASIAN)
def test_a_wrong_conversion_of_an_asian_language_is_heard(language: str, charset: str) -> None:
    assert mojibake(broken(ASIAN[language], charset)) is not None


@pytest.mark.parametrize("charset", EASTERN)
@pytest.mark.parametrize("language", ["German", "Russian", "Greek", "Spanish"])
def test_a_conversion_to_an_eastern_charset_is_heard(language: str, charset: str) -> None:
    assert mojibake(COPY[language].encode().decode(charset, "replace")) is not None


@pytest.mark.parametrize(
    "text",
    [
        *COPY.values(),
        *ASIAN.values(),
        "今天全场八折优惠",
        "आज सेल, कल नहीं",
        "Kuponkóddal 20 % az Őszi-tól",
        "Сегодня «Акция»: №1, цена — 5 ₴, їжак…",
        "SNS로 A형 쿠폰, B급 할인",
        "iPhone用ケース、ﾃｽﾄ ﾒﾆｭｰ",
        "T恤 app下载",
        "Café «É», naïve – ‘ok’ “ok” … 5 €",
        "ΓΔΕ, τιμή 5 €",
        "รถ appรถ ขายรถ",
        "Ünlü ÇİĞ köfte, ÂÊÎ",
    ],
)
def test_ordinary_copy_is_quiet(text: str) -> None:
    assert mojibake(text) is None


@pytest.mark.parametrize("sign", ["\u2019", "\u2014", "é"])
@pytest.mark.parametrize("charset", ["cp437", "cp852", "cp866", "cp1251"])
def test_one_sign_inside_a_word_is_enough(sign: str, charset: str) -> None:
    text = f"Today: it{broken(sign, charset)}s the sale"
    found = mojibake(text)
    assert found is not None
    assert found.start == text.index("it") + 2


def test_two_letters_of_a_script_may_be_by_chance() -> None:
    assert mojibake(f"{broken('да', 'cp1253')} 1") is None
    assert mojibake(f"{broken('дай', 'cp1253')} 1") is not None


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("Sale 锟斤拷 now", "锟斤拷"),
        ("It鈥檚 here", "鈥檚"),
        ("Today: Ñêèäêà", "Ñêèäê"),
        ("Sale — РЎРєРёРґРєР°, – ok", "РЎРєРё"),
        ("Sale — ط¹ط±ط¶, – ok", "ط¹ط±ط¶"),
    ],
)
def test_what_is_certain_by_itself_is_heard_beside_sound_letters(text: str, begins: str) -> None:
    found = mojibake(text)
    assert found is not None
    assert found.start == text.index(begins[0])


def test_letters_that_have_no_name_are_letters() -> None:
    assert mojibake(broken("\U00017000\U00017001\U00017002", "cp1251")) is not None


def test_letters_of_several_scripts_do_not_add_up() -> None:
    assert mojibake(f"{broken('да', 'cp1253')} 1 {broken('ש', 'cp1253')}") is None


def test_in_a_charset_of_two_bytes_a_letter_six_letters_of_a_script_are_certain() -> None:
    assert mojibake(broken("дайте", "gbk")) is None
    assert mojibake(broken("дайтеб", "gbk")) is not None


def test_one_mixed_word_is_not_enough_in_a_charset_of_two_bytes_a_letter() -> None:
    assert mojibake(f"f{broken('ü', 'cp949')}n") is None
    assert mojibake(f"f{broken('ü', 'cp949')}nf, g{broken('ö', 'cp949')}ld") is not None


def test_letters_that_the_charset_lost_do_not_hide_the_others() -> None:
    assert mojibake(COPY["Hebrew"].encode().decode("cp1255", "replace")) is not None
    assert mojibake(COPY["Russian"].encode().decode("cp1253", "replace")) is not None


def test_a_text_is_judged_from_its_first_letter_beyond_ascii_on() -> None:
    assert mojibake("word " * 1_000 + broken(COPY["Polish"], "cp1251")) is not None


def test_a_long_text_is_judged_by_how_it_begins() -> None:
    wrong = broken(COPY["Polish"], "cp1251")
    assert mojibake(" ".join([wrong, *["word"] * 10_000])) is not None

"""A newcomer adds a dialect: a row in one file."""

from __future__ import annotations

DIALECTS = "mmspack/bundle/dialects.py"
OLD = """        Dialect("vianett","""
NEW = """        Dialect("tinytel", "TinyTel: start.smil", manifest=False, smil_name="start.smil"),
        Dialect("vianett","""


def test_a_dialect_is_a_row_in_one_file(checkout):
    checkout.edit(DIALECTS, OLD, NEW)
    assert checkout.touched == [DIALECTS]

    built = checkout.mmspack("build", "samples/one-picture", "-o", "one.zip", "--dialect", "tinytel")
    assert built.code == 0, built.err
    names = "import zipfile; print(zipfile.ZipFile('one.zip').namelist())"
    assert checkout.python(names).strip() == "['start.smil', 'image1.jpg', 'text1.txt']"

    assert checkout.mmspack("check", "one.zip", "--dialect", "tinytel").code == 0
    assert checkout.mmspack("check", "one.zip").code == 1  # SendMMS wants a manifest

    assert "tinytel" in checkout.mmspack("build", "--help").out
    assert "did you mean 'tinytel'?" in checkout.mmspack("check", "one.zip", "--dialect", "tinytell").err

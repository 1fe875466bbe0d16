"""A manifest's plain lines are read without the library, and say the same."""

from __future__ import annotations

import javaproperties
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mmspack.bundle.manifest import parse_manifest, subject_of
from mmspack.media.appearance import _shares

SIGNS = st.sampled_from([*"ab1.=: \t\\#!/;-_\xe9\xa0\x85'\"", "\f"])


@given(st.text(SIGNS, max_size=24))
def test_a_line_is_read_as_the_library_reads_it(line):
    if "\\u" in line:
        return
    found = [(entry.name, entry.type) for entry in parse_manifest(line.encode("iso-8859-1")).entries]
    assert found == list(javaproperties.loads(line).items())


@given(st.text(SIGNS, max_size=24))
def test_a_subject_is_read_as_the_library_reads_it(text):
    line = f"Subject: {text}"
    if "\\u" in text or {"\x85", "\f"} & set(text):
        return
    assert subject_of(f"# {line}\n".encode("iso-8859-1")) == javaproperties.loads(line).get("Subject", "")


@given(st.lists(st.integers(-300, 300), min_size=1, max_size=50), st.sampled_from([0.005, 0.5, 0.995]))
def test_shares_are_numpy_s_percentiles(values, share):
    ordered = np.sort(np.array(values, dtype=np.int16))
    assert np.isclose(_shares(ordered, share), np.percentile(ordered, share * 100))

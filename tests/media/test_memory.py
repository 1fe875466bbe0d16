"""A 50-megapixel source is fitted in less than 400 MB, measured in a process of its own."""

import pytest
from PIL import Image

from tests.peak import only_on_linux, peak_of

pytestmark = pytest.mark.slow

SCRIPT = """
import sys
from mmspack.fitting import fit_picture
fitted = fit_picture(open(sys.argv[1], "rb").read(), max_bytes=100_000, max_size=(1600, 1200))
assert fitted.size == (1600, 1200), fitted.size
"""


@only_on_linux
@pytest.mark.parametrize(
    ("name", "mode", "options"),
    [
        ("large_progressive.jpg", "RGB", {"quality": 80, "progressive": True}),
        ("large.png", "RGBA", {"compress_level": 1}),
        ("large.bmp", "RGB", {}),
        ("large.tif", "RGB", {}),
    ],
)
def test_fifty_megapixels_stay_below_400_megabytes(tmp_path, name, mode, options):
    path = tmp_path / name
    Image.radial_gradient("L").resize((8192, 6144)).convert(mode).save(path, **options)
    assert peak_of(SCRIPT, path) < 400 * 2**20

"""A 50-megapixel source is fitted in less than 400 MB, measured in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SCRIPT = """
import re, sys
from mmspack.fitting import fit_picture
fitted = fit_picture(open(sys.argv[1], "rb").read(), max_bytes=100_000, max_size=(1600, 1200))
assert fitted.size == (1600, 1200), fitted.size
print(re.search(r'VmHWM:\\s*(\\d+) kB', open('/proc/self/status').read())[1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="resident memory is told differently")
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
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, path], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(run.stdout) / 1024 < 400

"""What a programmer writes in ten minutes: pictures scaled with Pillow until they fit, SMIL, zip."""

from __future__ import annotations

import io
import sys
import tomllib
import zipfile
from pathlib import Path

from PIL import Image

LIMIT = 270_000


def jpeg(path: Path, quality: int) -> bytes:
    """The picture as a JPEG of at most 1600 × 1200."""
    with Image.open(path) as image:
        image.draft("RGB", (1600, 1200))
        image.thumbnail((1600, 1200))
        stream = io.BytesIO()
        image.convert("RGB").save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def main(folder: Path, target: Path) -> None:
    """Build the folder's message."""
    slides = tomllib.loads((folder / "message.toml").read_text("utf-8"))["slides"]
    for quality in (85, 75, 65, 55, 45, 35):
        parts: dict[str, bytes] = {}
        for number, slide in enumerate(slides, 1):
            picture = folder / slide["image"]
            moves = picture.suffix == ".gif"
            data = picture.read_bytes() if moves else jpeg(picture, quality)
            parts[f"image{number}.{'gif' if moves else 'jpg'}"] = data
            parts[f"text{number}.txt"] = slide["text"].encode()
        if sum(map(len, parts.values())) < LIMIT:
            break
    names = list(parts)
    pairs = zip(names[::2], names[1::2], strict=True)
    body = "".join(f'<par dur="5000ms"><img src="{one}"/><text src="{two}"/></par>' for one, two in pairs)
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("message.smil", f"<smil><body>{body}</body></smil>")
        for name, data in parts.items():
            archive.writestr(name, data)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

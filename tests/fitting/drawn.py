"""Small pictures drawn for the tests: no two kinds compress alike."""

import io
import random

from PIL import Image, ImageDraw


def saved(image, kind="PNG", **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def noise(size, seed=1):
    """Every pixel by chance: the worst case."""
    return Image.frombytes("RGB", size, random.Random(seed).randbytes(size[0] * size[1] * 3))


def clouds(size, seed=1):
    """Soft blobs with a little grain, as photos have."""
    soft = noise((max(2, size[0] // 24), max(2, size[1] // 24)), seed).resize(size, Image.Resampling.BICUBIC)
    return Image.blend(soft, noise(size, seed + 1), 0.06)


def flat(size, seed=1):
    """Rectangles of a few colours."""
    chance = random.Random(seed)
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for _ in range(12):
        x, y = chance.randrange(size[0]), chance.randrange(size[1])
        colour = tuple(chance.randrange(256) for _ in range(3))
        draw.rectangle((x, y, x + size[0] // 3, y + size[1] // 4), fill=colour)
    return image


def net(size, lines, colours, ground="white", seed=3, widths=(6, 10, 16)):
    """Thin lines across and across, which a smaller size loses."""
    chance = random.Random(seed)
    image = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(image)
    for _ in range(lines):
        ends = [chance.randrange(size[at % 2]) for at in range(4)]
        draw.line(ends, fill=chance.choice(colours), width=chance.choice(widths))
    return image


def ramp(size, seed=1):
    """A smooth gradient: next to nothing to code."""
    return Image.linear_gradient("L").resize(size).convert("RGB")


KINDS = {"noise": noise, "clouds": clouds, "flat": flat, "ramp": ramp}


def moving(size=(160, 120), frames=12, delay=80, loop=0, kind=clouds):
    """A GIF in which a square crosses a still picture."""
    ground = kind(size)
    shown = []
    for index in range(frames):
        frame = ground.copy()
        x = index * (size[0] - 30) // max(1, frames - 1)
        ImageDraw.Draw(frame).rectangle((x, 20, x + 30, 50), fill="red")
        shown.append(frame)
    options = {} if loop is None else {"loop": loop}
    return saved(shown[0], "GIF", save_all=True, append_images=shown[1:], duration=delay, **options)

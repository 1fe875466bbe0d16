"""Graphics as teams send them, drawn here, so that nobody's artwork is needed."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SIZE = (640, 480)
Canvas = tuple[Image.Image, ImageDraw.ImageDraw]


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def canvas(colour: str) -> Canvas:
    image = Image.new("RGB", SIZE, colour)
    return image, ImageDraw.Draw(image)


def shade(image: Image.Image, top: tuple[int, int, int], bottom: tuple[int, int, int]) -> None:
    draw = ImageDraw.Draw(image)
    for y in range(image.height):
        share = y / image.height
        colour = tuple(round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True))
        draw.line((0, y, image.width, y), fill=colour)


def voucher() -> Image.Image:
    image, draw = canvas("#fff4d6")
    draw.rounded_rectangle((20, 20, 620, 460), 24, outline="#b3541e", width=6)
    draw.text((60, 60), "20% OFF", font=font(96), fill="#b3541e")
    draw.text((60, 190), "all garden furniture until Sunday", font=font(28), fill="#333333")
    draw.text((60, 400), "Code SUMMER-7731   one per customer", font=font(20), fill="#666666")
    for index in range(40):
        draw.rectangle((60 + index * 9, 280, 62 + index * 9 + index % 4, 370), fill="#222222")
    return image


def timetable() -> Image.Image:
    image, draw = canvas("white")
    draw.rectangle((0, 0, 640, 54), fill="#0b3d91")
    draw.text((16, 12), "Bus 42  towards Harbour", font=font(26), fill="white")
    for row in range(16):
        y = 64 + row * 26
        draw.rectangle((0, y, 640, y + 26), fill="#eef3fb" if row % 2 else "white")
        draw.text((16, y + 5), f"{6 + row:02d}", font=font(16), fill="#0b3d91")
        minutes = "  ".join(f"{(row * 7 + step * 11) % 60:02d}" for step in range(8))
        draw.text((80, y + 6), minutes, font=font(15), fill="#111111")
    return image


def chart() -> Image.Image:
    image, draw = canvas("#fcfcfc")
    draw.text((30, 16), "Visitors per week", font=font(28), fill="#222222")
    for index, value in enumerate((120, 180, 90, 260, 310, 220, 280, 340)):
        left = 60 + index * 70
        draw.rectangle((left, 430 - value, left + 46, 430), fill="#2a9d8f" if index % 2 else "#e76f51")
        draw.text((left, 436), f"W{index + 20}", font=font(15), fill="#444444")
        draw.text((left + 4, 410 - value), str(value), font=font(14), fill="#444444")
    draw.line((50, 430, 630, 430), fill="#222222", width=2)
    return image


def chat() -> Image.Image:
    image, draw = canvas("#ece5dd")
    for index, words in enumerate(
        ("Are you coming on Friday?", "Yes! Doors open at seven.", "Shall I bring the tickets?", "Please do.")
    ):
        left = 30 if index % 2 == 0 else 250
        top = 40 + index * 104
        draw.rounded_rectangle(
            (left, top, left + 350, top + 76), 18, fill="white" if left == 30 else "#dcf8c6"
        )
        draw.text((left + 20, top + 14), words, font=font(22), fill="#111111")
        draw.text((left + 280, top + 50), f"18:{index + 40}", font=font(14), fill="#888888")
    return image


def logo() -> Image.Image:
    image, draw = canvas("white")
    shade(image, (22, 60, 130), (130, 30, 110))
    draw.ellipse((200, 60, 440, 300), fill="#ffd166")
    draw.polygon([(320, 90), (410, 260), (230, 260)], fill="#ef476f")
    draw.text((110, 340), "Northwind Bakery", font=font(54), fill="white")
    return image


def prices() -> Image.Image:
    image, draw = canvas("#1d1f21")
    draw.text((30, 20), "Lunch menu", font=font(34), fill="#f0c674")
    for row in range(14):
        y = 76 + row * 28
        draw.text((30, y), f"Dish number {row + 1} with a side of your choice", font=font(16), fill="#c5c8c6")
        draw.text((560, y), f"{6 + row % 5}.{row * 5 % 100:02d}", font=font(16), fill="#b5bd68")
    return image


def code() -> Image.Image:
    image, draw = canvas("white")
    chance = random.Random(3)
    for row in range(33):
        for column in range(33):
            if chance.random() < 0.5:
                left, top = 40 + column * 11, 60 + row * 11
                draw.rectangle((left, top, left + 10, top + 10), fill="black")
    draw.text((430, 180), "Scan me", font=font(40), fill="#d00000")
    draw.text((430, 240), "and save", font=font(40), fill="#d00000")
    return image


def street_map() -> Image.Image:
    image, draw = canvas("#e8f0e4")
    for index in range(9):
        draw.line((0, index * 60 + 20, 640, index * 52 + 40), fill="white", width=14)
        draw.line((index * 80, 0, index * 74 + 30, 480), fill="white", width=10)
    draw.line((0, 400, 640, 120), fill="#f6c344", width=18)
    draw.ellipse((300, 200, 340, 240), fill="#d62828")
    for index, name in enumerate(("Mill Lane", "Station Road", "Harbour Street", "Kings Square", "Elm Row")):
        draw.text((40 + index * 110, 60 + index * 78), name, font=font(16), fill="#444444")
    return image


def wave() -> Image.Image:
    image, draw = canvas("#001219")
    for line in range(6):
        points = [(x, 240 + 28 * line * math.sin(x / 60 + line)) for x in range(0, 641, 4)]
        draw.line(
            points, fill=("#94d2bd", "#e9d8a6", "#ee9b00", "#ca6702", "#bb3e03", "#9b2226")[line], width=4
        )
    draw.text((40, 30), "LIVE  Saturday 21:00", font=font(44), fill="white")
    return image


def calendar() -> Image.Image:
    image, draw = canvas("white")
    draw.rectangle((0, 0, 640, 70), fill="#c1121f")
    draw.text((20, 12), "December", font=font(44), fill="white")
    for day in range(31):
        left, top = 16 + day % 7 * 88, 84 + day // 7 * 78
        draw.rectangle(
            (left, top, left + 80, top + 70), outline="#999999", fill="#fff0f0" if day % 6 == 0 else None
        )
        draw.text((left + 8, top + 6), str(day + 1), font=font(22), fill="#222222")
        draw.text((left + 8, top + 44), "open 9-18", font=font(13), fill="#777777")
    return image


DRAWINGS: tuple[Callable[[], Image.Image], ...] = (
    voucher, timetable, chart, chat, logo, prices, code, street_map, wave, calendar
)  # fmt: skip


def enlarged(image: Image.Image) -> Image.Image:
    return image.resize((1280, 960), Image.Resampling.LANCZOS)


def saved(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def png(image: Image.Image) -> bytes:
    return saved(enlarged(image))


# -- larger and of other kinds ----------------------------------------------------------------------


def clouds(size: tuple[int, int]) -> Image.Image:
    """Smooth shades of three colours."""
    x, y = np.meshgrid(np.linspace(0, 6, size[0]), np.linspace(0, 5, size[1]))
    planes = [np.sin(x + shift) * np.cos(y * 1.3 - shift) + np.sin(x * 0.4 * y) for shift in (0, 1.2, 2.1)]
    return Image.fromarray(((np.stack(planes, axis=-1) + 2) * 63).astype(np.uint8))


def phone() -> Image.Image:
    """A screenshot of three megapixels: an inbox with a picture in it."""
    image = Image.new("RGB", (1179, 2556), "#ffffff")
    draw = ImageDraw.Draw(image)
    for row in range(9):
        y = 200 + row * 250
        fill = "#f2f2f7" if row % 2 else "#ffffff"
        draw.rounded_rectangle((40, y, 1139, y + 220), 30, fill=fill, outline="#d1d1d6", width=2)
        draw.ellipse((70, y + 40, 210, y + 180), fill=("#ff3b30", "#34c759", "#007aff", "#ff9500")[row % 4])
        for line in range(3):
            words = f"Message {row} line {line}: see you at 12.50 tomorrow?"
            place, ink = (240, y + 30 + line * 58), "#8e8e93" if line else "#1c1c1e"
            draw.text(place, words, font=font(32 if line else 38), fill=ink)
    draw.rectangle((0, 0, 1179, 150), fill="#0a84ff")
    draw.text((60, 50), "Inbox", font=font(70), fill="white")
    image.paste(clouds((500, 375)), (600, 900))
    return image


def pixel_art() -> Image.Image:
    chance = np.random.default_rng(1)
    colours = chance.integers(0, 256, (24, 3))
    cells = chance.integers(0, 24, (150, 200))
    cells[40:110, 50:150] = np.add.outer(np.arange(70) // 7, np.arange(100) // 9) % 24
    return Image.fromarray(colours[cells].astype(np.uint8)).resize((1600, 1200), Image.Resampling.NEAREST)


def scan() -> Image.Image:
    """A page from a scanner: grey text on paper with noise."""
    image = Image.new("RGB", (1240, 1754), "#f8f6f0")
    draw = ImageDraw.Draw(image)
    for row in range(50):
        words = f"The quick brown fox jumps over the lazy dog, line {row} of the lease."
        draw.text((100, 80 + row * 32), words, font=font(24), fill="#222222")
    noise = np.random.default_rng(2).normal(size=(1754, 1240, 1)) * 4
    return Image.fromarray((np.asarray(image) + noise).clip(0, 255).astype(np.uint8))


def comic() -> Image.Image:
    image = clouds((1200, 900)).quantize(12).convert("RGB")
    draw = ImageDraw.Draw(image)
    for at in range(6):
        draw.ellipse((at * 190, 300, at * 190 + 170, 440), fill="white", outline="black", width=5)
        draw.text((at * 190 + 30, 350), f"Wow! {at}", font=font(36), fill="black")
    return image


def slide() -> Image.Image:
    """A slide of a talk: a photo-like picture beside text on a shaded ground."""
    image = Image.new("RGB", (1600, 1200), "white")
    shade(image, (250, 250, 255), (205, 220, 245))
    image.paste(clouds((700, 700)), (850, 250))
    draw = ImageDraw.Draw(image)
    draw.text((60, 60), "Our summer programme", font=font(90), fill="#12355b")
    for row in range(9):
        draw.text((80, 250 + row * 90), f"{row + 1}.  Evening on the lake", font=font(48), fill="#333333")
    return image


LARGE: dict[str, Callable[[], Image.Image]] = {
    "phone": phone,
    "pixel art": pixel_art,
    "scan": scan,
    "comic": comic,
    "slide": slide,
}

"""A voucher with a QR code on a ticket with transparent corners."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .brand import CORAL, CREAM, NAVY, TEAL
from .brushes import lettering
from .qr import qr_code

VOUCHER_CODE = "MARLOWES-CAKE-2"


def voucher() -> Image.Image:
    """A ticket on nothing: corners, notches and its shadow are transparent."""
    scale, width, height = 3, 1280, 800
    ticket = Image.new("L", (width * scale, height * scale))
    cut = ImageDraw.Draw(ticket)
    box = [40, 40, width - 50, height - 56]
    tear = 830
    cut.rounded_rectangle([v * scale for v in box], 36 * scale, fill=255)
    for y in (box[1], box[3]):
        cut.ellipse([(tear - 34) * scale, (y - 34) * scale, (tear + 34) * scale, (y + 34) * scale], fill=0)
    face = Image.new("RGB", ticket.size, CREAM)
    draw = ImageDraw.Draw(face)
    copy(draw, scale, tear)
    cup(draw, scale)
    stub(draw, scale, tear, width)
    ticket = ticket.reduce(scale)
    shadow = ImageChops.offset(ticket, 6, 12).filter(ImageFilter.GaussianBlur(9)).point(lambda v: v * 0.38)
    image = Image.new("RGBA", (width, height), (16, 32, 52, 0))
    image.putalpha(shadow)
    face = face.reduce(scale).convert("RGBA")
    face.putalpha(ticket)
    return Image.alpha_composite(image, face)


def copy(draw: ImageDraw.ImageDraw, scale: int, tear: int) -> None:
    """The left part: the offer in words, and the dotted line to tear along."""
    draw.rectangle([0, 0, tear * scale, 190 * scale], fill=TEAL)
    draw.polygon(
        [(0, 190 * scale), (0, 214 * scale)]
        + [(x * scale, (190 + (24 if (x // 20) % 2 else 0)) * scale) for x in range(20, tear, 20)]
        + [(tear * scale, 190 * scale)],
        fill=TEAL,
    )
    lettering(draw, (90 * scale, 122 * scale), "Marlowe’s", 84 * scale, CREAM, bold=5, anchor="lm")
    lettering(draw, (760 * scale, 128 * scale), "coffee & cakes", 36 * scale, "#cfeae6", bold=1, anchor="rm")
    lettering(draw, (90 * scale, 375 * scale), "Free cake", 100 * scale, CORAL, bold=8, anchor="lm")
    lettering(draw, (90 * scale, 508 * scale), "with any two coffees", 52 * scale, NAVY, bold=3, anchor="lm")
    lettering(
        draw,
        (90 * scale, 592 * scale),
        "Show this at the till before 31 August.",
        31 * scale,
        NAVY,
        anchor="lm",
    )
    lettering(
        draw,
        (90 * scale, 640 * scale),
        "One voucher per table. Not with other offers.",
        27 * scale,
        "#5d7187",
        anchor="lm",
    )
    for y in range(88, 730, 22):
        draw.ellipse([(tear - 4) * scale, y * scale, (tear + 4) * scale, (y + 8) * scale], fill="#c9b99a")


def cup(draw: ImageDraw.ImageDraw, scale: int) -> None:
    """A cup with steam, beside the price."""

    def box(*edges: float) -> list[float]:
        return [v * scale for v in edges]

    draw.ellipse(box(590, 434, 790, 462), fill="#e6d6b8")
    draw.ellipse(box(722, 350, 784, 410), outline=NAVY, width=13 * scale)
    draw.rounded_rectangle(box(612, 330, 752, 446), 46 * scale, fill=NAVY)
    draw.rectangle(box(612, 330, 752, 385), fill=NAVY)
    draw.ellipse(box(612, 318, 752, 344), fill="#27496f")
    draw.ellipse(box(624, 322, 740, 340), fill="#8a5330")
    for x in (646, 682, 718):
        line = [((x + 7 * np.sin(t / 9)) * scale, (306 - t) * scale) for t in range(0, 62, 2)]
        draw.line(line, fill="#d9c6a2", width=7 * scale, joint="curve")


def stub(draw: ImageDraw.ImageDraw, scale: int, tear: int, width: int) -> None:
    """The right part: the QR code and the code in letters."""
    modules = qr_code(VOUCHER_CODE)
    cell = 14 * scale
    side = cell * len(modules)
    left, top = ((tear + width - 50) * scale - side) // 2, 196 * scale
    pad = 26 * scale
    draw.rounded_rectangle(
        [left - pad, top - pad, left + side + pad, top + side + pad], 20 * scale, fill="#ffffff"
    )
    for y, row in enumerate(modules):
        for x, dark in enumerate(row):
            if dark:
                draw.rectangle(
                    [left + x * cell, top + y * cell, left + (x + 1) * cell - 1, top + (y + 1) * cell - 1],
                    fill=NAVY,
                )
    middle = left + side / 2
    lettering(draw, (middle, 118 * scale), "Your voucher", 40 * scale, NAVY, bold=2)
    lettering(draw, (middle, 580 * scale), VOUCHER_CODE, 31 * scale, NAVY, bold=2)
    lettering(draw, (middle, 632 * scale), "020 7946 0123", 30 * scale, "#5d7187")

"""What overlays draw into a picture, as text: who approves a message must be able to read its codes."""

from __future__ import annotations

from mmspack.message import Message

Inscriptions = tuple[tuple[str, str], ...]
"""A label and what was drawn, for each overlay: `("QR code", "https://...")`."""

_LABELS = {"text": "Words", "qr": "QR code", "barcode": "Barcode"}


def inscriptions_of(message: Message) -> dict[int, Inscriptions]:
    """By number of the slide, of those with overlays. The templates of `message` are filled in."""
    found = {}
    for number, slide in enumerate(message.slides, 1):
        pairs = ((label, getattr(one, key)) for one in slide.overlay for key, label in _LABELS.items())
        if drawn := tuple((label, text) for label, text in pairs if text):
            found[number] = drawn
    return found


def spelled_out(drawn: Inscriptions) -> list[str]:
    """A line for each, for a list that is not about the picture alone: `QR code in the picture: https://...`."""
    return [f"{label} in the picture: {words}" for label, words in drawn]

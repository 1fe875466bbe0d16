"""QR codes for short codes (ISO/IEC 18004: version 1, level M, mask 0)."""

from __future__ import annotations

ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
SIDE = 21
FORMAT_M_0 = "101010000010010"


def qr_code(text: str) -> list[list[bool]]:
    """The modules of a QR code for up to 20 characters of the alphanumeric set; True is dark."""
    data = qr_data(text)
    bits = "".join(f"{word:08b}" for word in data + qr_correction(data))
    grid = qr_frame()
    upwards, column, taken = True, SIDE - 1, 0
    while column > 0:
        column -= column == 6
        for row in range(SIDE - 1, -1, -1) if upwards else range(SIDE):
            for x in (column, column - 1):
                if grid[row][x] is None:
                    grid[row][x] = (bits[taken] == "1") != ((row + x) % 2 == 0)
                    taken += 1
        upwards, column = not upwards, column - 2
    return [[bool(module) for module in row] for row in grid]


def qr_data(text: str) -> list[int]:
    """The 16 data words: mode, length, pairs of characters in 11 bits, padding."""
    values = [ALPHANUMERIC.index(letter) for letter in text]
    bits = f"0010{len(values):09b}"
    for pair in (values[i : i + 2] for i in range(0, len(values), 2)):
        bits += f"{pair[0] * 45 + pair[1]:011b}" if len(pair) == 2 else f"{pair[0]:06b}"
    bits += "0" * min(4, 128 - len(bits))
    bits += "0" * (-len(bits) % 8)
    words = [int(bits[i : i + 8], 2) for i in range(0, len(bits), 8)]
    return words + [(0xEC, 0x11)[k % 2] for k in range(16 - len(words))]


def qr_correction(data: list[int]) -> list[int]:
    """The 10 words of Reed-Solomon correction over GF(256), polynomial 0x11D."""
    powers = [1]
    for _ in range(254):
        powers.append(powers[-1] * 2 ^ (0x11D if powers[-1] > 127 else 0))
    logs = {power: k for k, power in enumerate(powers)}

    def times(a: int, b: int) -> int:
        return powers[(logs[a] + logs[b]) % 255] if a and b else 0

    generator = [1]
    for k in range(10):
        shifted = [*generator, 0]
        generator = [a ^ times(b, powers[k]) for a, b in zip(shifted, [0, *generator], strict=True)]
    rest = data + [0] * 10
    for k in range(len(data)):
        for j, factor in enumerate(generator):
            rest[k + j] ^= times(factor, rest[k]) if j else 0
    return rest[len(data) :]


def qr_frame() -> list[list[bool | None]]:
    """Finders, timing and format; None where data goes."""
    grid: list[list[bool | None]] = [[None] * SIDE for _ in range(SIDE)]
    for top, left in ((0, 0), (0, SIDE - 7), (SIDE - 7, 0)):
        for y in range(max(0, top - 1), min(SIDE, top + 8)):
            for x in range(max(0, left - 1), min(SIDE, left + 8)):
                ring = max(abs(y - top - 3), abs(x - left - 3))
                grid[y][x] = ring in (0, 1, 3)
    for k in range(8, SIDE - 8):
        grid[6][k] = grid[k][6] = k % 2 == 0
    rows = [0, 1, 2, 3, 4, 5, 7, 8]
    first = [(8, x) for x in rows] + [(y, 8) for y in reversed(rows[:-1])]
    second = [(SIDE - 1 - k, 8) for k in range(7)] + [(8, SIDE - 8 + k) for k in range(8)]
    for places in (first, second):
        for (y, x), bit in zip(places, FORMAT_M_0, strict=True):
            grid[y][x] = bit == "1"
    grid[SIDE - 8][8] = True
    return grid

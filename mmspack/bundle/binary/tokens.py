"""Assigned numbers of WSP and MMS, as far as a message needs them (WAP-230-WSP; OMA-TS-MMS_ENC V1.3, 7.4)."""

from __future__ import annotations

SEND_REQ, RETRIEVE_CONF = 0x80, 0x84
"""Message types."""
SHORT = 0x80
"""Set in an octet that is a value or a field of its own (WSP 8.4.1.1)."""
MAX_TEXT = 8192
"""Octets of one text that are read and written; an address has a few dozen."""

BCC, CC, CONTENT_TYPE, DATE, DELIVERY_REPORT, FROM = 0x01, 0x02, 0x04, 0x05, 0x06, 0x09
MESSAGE_TYPE, VERSION, READ_REPORT, SUBJECT, TO, TRANSACTION_ID = 0x0C, 0x0D, 0x10, 0x16, 0x17, 0x18
"""Fields of the message."""
PART_LOCATION, PART_ID = 0x0E, 0x40
"""Fields of a part."""
P_CHARSET, P_NAME, P_FILENAME, P_TYPE, P_START = 0x01, 0x05, 0x06, 0x09, 0x0A
P_NAME_TEXT, P_FILENAME_TEXT, P_START_TEXT = 0x17, 0x18, 0x19
"""Parameters of a type; the last three are those of WSP 1.4, which some phones write."""

RELATED, MIXED = "application/vnd.wap.multipart.related", "application/vnd.wap.multipart.mixed"
TYPES: dict[int, str] = {
    0x00: "*/*",
    0x01: "text/*",
    0x02: "text/html",
    0x03: "text/plain",
    0x06: "text/x-vcalendar",
    0x07: "text/x-vcard",
    0x0B: "multipart/*",
    0x0C: "multipart/mixed",
    0x0F: "multipart/alternative",
    0x10: "application/*",
    0x1C: "image/*",
    0x1D: "image/gif",
    0x1E: "image/jpeg",
    0x1F: "image/tiff",
    0x20: "image/png",
    0x21: "image/vnd.wap.wbmp",
    0x22: "application/vnd.wap.multipart.*",
    0x23: MIXED,
    0x26: "application/vnd.wap.multipart.alternative",
    0x27: "application/xml",
    0x28: "text/xml",
    0x33: RELATED,
    0x3B: "application/xhtml+xml",
}
"""Media types with a number (WSP, table 40)."""
NUMBERS = {name: number for number, name in TYPES.items()}
UTF_8 = 106
CHARSETS: dict[int, str] = {
    3: "us-ascii",
    4: "iso-8859-1",
    UTF_8: "utf-8",
    1000: "utf-16",
    1013: "utf-16be",
    1014: "utf-16le",
    1015: "utf-16",
    2252: "windows-1252",
}
"""MIBenum of character sets (IANA); ISO-10646-UCS-2 is read as UTF-16, which holds it."""
MIBS = {name: number for number, name in reversed(CHARSETS.items())}


_MARKS = tuple(bytes([SHORT | MESSAGE_TYPE, kind]) for kind in (SEND_REQ, RETRIEVE_CONF))


def is_mms(data: bytes) -> bool:
    """Whether this begins as a binary message does: with its message type (MMS_ENC 7.1)."""
    return data.startswith(_MARKS)

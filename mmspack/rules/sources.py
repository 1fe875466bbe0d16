"""The documents and readers behind the rules, each with how well it is known."""

from __future__ import annotations

from mmspack.rules.declaring import Evidence, Source

_CONF = "OMA-TS-MMS_CONF-V1_3-20110913-A"

ZIP = Source("SendMMS, zipped MMS contents", Evidence.CONTRACT)
PARTS = Source("SendMMS, parts and their Content-Ids", Evidence.CONTRACT)
CONTENT_ID = Source("Recommendations of the gateway operator's successor on Content-Ids", Evidence.PUBLISHED)
DIALECT = Source("The gateway's own page on its zip", Evidence.CONTRACT)
ZIP_READERS = Source("Twelve zip readers compared", Evidence.OBSERVED)
HOSTILE_ZIPS = Source("Hostile zips that common readers accept and strict uploads refuse", Evidence.OBSERVED)
WINDOWS = Source("Microsoft, Naming Files, Paths, and Namespaces", Evidence.PUBLISHED)
JAVA = Source("java.util.Properties.load, the manifest's format", Evidence.CONTRACT)

ANDROID = Source("Old Android (AOSP Mms and its SMIL player), run on samples", Evidence.OBSERVED)
NEW_ANDROID = Source("Newer Android (AOSP Messaging), source code read", Evidence.OBSERVED)
TIZEN = Source("Samsung Tizen's SMIL reader, run on samples", Evidence.OBSERVED)
FIREFOX_OS = Source("Firefox OS Messages, run on samples", Evidence.OBSERVED)
IPHONE = Source("iPhones, by providers' documentation and real messages", Evidence.OBSERVED)
UPLOAD = Source("Documented defaults of nginx (1 MB) and compiled defaults of PHP (2 MB)", Evidence.OBSERVED)
EDITORS = Source("MMS editors and players, source code read", Evidence.IMPLEMENTED)
OURS = Source("mmspack", Evidence.ADVICE)
BROWSERS = Source("Times of GIF frames in Chromium, after WebKit's bug 36082", Evidence.OBSERVED)
EDGES = Source("Salesforce Help, MMS images: 250 px of 1080x1920, 39 to 44 px of 480x480", Evidence.PUBLISHED)
LONG_TEXT = Source("Bandwidth, MMS best practice: 1,000 characters", Evidence.PUBLISHED)


def conf(clause: str, evidence: Evidence) -> Source:
    """The MMS conformance document."""
    return Source(f"{_CONF}, {clause}", evidence)


SMIL_CHAPTER = conf("the chapter on MMS SMIL (8.1.2.2 in 1.2)", Evidence.IMPLEMENTED)
CLASSES = conf("7, content classes", Evidence.IMPLEMENTED)
FIELD_SIZES = conf("10.2.5, sizes of header fields", Evidence.IMPLEMENTED)
REFERENCES = conf("10.2, how parts are found", Evidence.CLAUSE)
JPEG = Source("3GPP TS 26.140, still images: baseline DCT with JFIF", Evidence.CLAUSE)
TEXT = Source("3GPP TS 26.140, 4.1, text", Evidence.CLAUSE)
PLAYBACK = Source("Android, Supported media formats: H.264, by device up to 1080p", Evidence.PUBLISHED)
MEDIA_TYPES = Source("3GPP TS 26.140, 4, media types", Evidence.CLAUSE)
SPEECH = Source("3GPP TS 26.140, 4.2, speech", Evidence.CLAUSE)
SYNTHETIC_AUDIO = Source("3GPP TS 26.140, synthetic audio", Evidence.CLAUSE)
SMIL_STRUCTURE = Source("W3C SMIL 2.0, structure module", Evidence.CLAUSE)
SMIL_LAYOUT = Source("W3C SMIL 2.0, layout module", Evidence.CLAUSE)

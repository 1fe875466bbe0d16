"""MMS37x: what the elements that show a part say of it, and of the regions that they stand in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mmspack.bundle.opened import Opened, Shown
from mmspack.facts.places import crashing, misspelt
from mmspack.media.formats import CARDS, canonical
from mmspack.model import Kind, Severity
from mmspack.rules.declaring import Evidence, Hit, Needs, Source, rule
from mmspack.rules.layout import doubled, region_names, strays
from mmspack.rules.references import media_shown, together
from mmspack.rules.sources import ANDROID, FIREFOX_OS, SMIL_CHAPTER
from mmspack.rules.structure import at

_MEDIA_ATTRIBUTES = {"src", "alt", "region", "begin", "end"}
_VISUAL = ("img", "text", "video", "ref")


@rule(
    "MMS370",
    title="Attribute not supported on media in MMS",
    severity=Severity.WARNING,
    source=SMIL_CHAPTER,
    reason="Phones ignore it, or interpret it in different ways.",
    fix="Keep src, alt, region, begin and end; the duration of the slide is the dur of its par.",
    bad='<img src="image1.jpg" region="Image" dur="5s"/>',
    good='<img src="image1.jpg" region="Image"/>',
    needs=Needs.SMIL,
    by_class=True,
)
def _media_attributes(opened: Opened) -> Iterator[Hit]:
    for _, shown in media_shown(opened):
        # Without its src, and in what would be one, it is reported as such.
        known = {*_MEDIA_ATTRIBUTES, misspelt(shown.node, "src"), *crashing(shown.node)}
        for name in shown.node.attributes:
            if name not in known:
                yield at(opened, shown.node, f"<{shown.node.name}> has the attribute {name}")


@rule(
    "MMS371",
    title="Attribute not supported on slides in MMS",
    severity=Severity.WARNING,
    source=SMIL_CHAPTER,
    reason="A par only has a dur; phones ignore anything else.",
    fix="Keep only dur.",
    bad='<par dur="5000ms" fill="freeze">',
    good='<par dur="5000ms">',
    needs=Needs.SMIL,
    by_class=True,
)
def _par_attributes(opened: Opened) -> Iterator[Hit]:
    for slide in opened.slides:
        # A dur in capitals is reported as invalid.
        known = {"dur", misspelt(slide.node, "dur"), *crashing(slide.node)}
        for name in slide.node.attributes:
            if name not in known:
                yield at(opened, slide.node, f"par has the attribute {name}")


@rule(
    "MMS372",
    title="Undeclared region",
    severity=Severity.WARNING,
    source=ANDROID,
    reason="Old Android moves text to Text and anything else to Image, or to places of its own.",
    fix="Declare the region in the layout, with the same spelling.",
    bad='<img src="image1.jpg" region="Photo"/>',
    good='<img src="image1.jpg" region="Image"/>',
    needs=Needs.SMIL,
)
def _undeclared(opened: Opened) -> Iterator[Hit]:
    head = opened.presentation.root.child("head") if opened.presentation else None
    layout = head.child("layout") if head else None
    if layout is None:
        return
    # What is outside the layout, or twice in it, is reported as such.
    elsewhere = {node.attributes.get("id") for node in strays(opened, "region")}
    declared = region_names(opened) | elsewhere
    if doubled(opened):
        return
    for _, shown in media_shown(opened):
        region = shown.node.attributes.get("region")
        if region is not None and not declared:
            yield at(opened, layout, f"the layout declares no regions, but {shown.src!r} uses {region!r}")
            return
        if region is not None and region not in declared:
            yield at(opened, shown.node, f"the region {region!r} of {shown.src!r} is not declared")


@rule(
    "MMS373",
    title="Region used twice in a slide",
    severity=Severity.WARNING,
    source=SMIL_CHAPTER,
    reason="Two media share one place: the later one covers the first.",
    fix="Assign pictures and videos to Image, and text to Text.",
    bad='<img src="image1.jpg" region="Image"/><text src="text1.txt" region="Image"/>',
    good='<img src="image1.jpg" region="Image"/><text src="text1.txt" region="Text"/>',
    needs=Needs.SMIL,
)
def _shared(opened: Opened) -> Iterator[Hit]:
    for slide in opened.slides:
        # A film beside a picture is reported as such, and so are two of a kind.
        pairs = {
            (shown.node.attributes.get("region"), shown.node.name.replace("video", "img"))
            for shown in together(slide)
        }
        used = Counter(region for region, tag in pairs if tag != "audio")
        for region, times in used.items():
            if region is not None and times > 1:
                yield at(
                    opened, slide.node, f"slide {slide.number} uses {region!r} for {times} kinds of media"
                )


@rule(
    "MMS374",
    title="Medium without a region",
    severity=Severity.INFO,
    source=ANDROID,
    reason="Old Android puts text into Text and anything else into Image, which is usually what "
    "was intended.",
    fix='Write region="Image" or region="Text".',
    bad='<img src="image1.jpg"/>',
    good='<img src="image1.jpg" region="Image"/>',
    needs=Needs.SMIL,
)
def _no_region(opened: Opened) -> Iterator[Hit]:
    for _, shown in media_shown(opened):
        # What is not a part is reported as such, and a card has no place on the display.
        placed = shown.part.kind is not Kind.ATTACHMENT if shown.part else not opened.has_content
        # A region in capitals is reported as an unknown attribute.
        named = "region" in shown.node.attributes or misspelt(shown.node, "region")
        if shown.node.name in _VISUAL and not named and shown.src and placed:
            yield at(opened, shown.node, f"<{shown.node.name}> with {shown.src!r} has no region")


@rule(
    "MMS375",
    title="Part shown more than once",
    severity=Severity.INFO,
    source=FIREFOX_OS,
    reason="Readers that compare the number of references with the number of parts find a "
    "mismatch; readers that ignore the slides show the part once.",
    fix="Show each part once, or include it twice under two names.",
    bad='<par><img src="logo.gif"/></par><par><img src="logo.gif"/></par>',
    good='<par><img src="image1.gif"/></par><par><img src="image2.gif"/></par>',
    needs=Needs.SLIDES,
)
def _repeated(opened: Opened) -> Iterator[Hit]:
    # Twice in one slide it is two of a kind, or an element that does not fit.
    slides: dict[str, set[int]] = {}
    first: dict[str, Shown] = {}
    for number, shown in media_shown(opened):
        if shown.part:
            slides.setdefault(shown.part.name, set()).add(number)
            first.setdefault(shown.part.name, shown)
    for name, numbers in slides.items():
        if len(numbers) > 1:
            yield at(opened, first[name].node, f"{name!r} is shown in {len(numbers)} slides")


@rule(
    "MMS376",
    title="Contact card or calendar entry in a <ref>",
    severity=Severity.INFO,
    source=Source("Old Android and Tizen, run on samples", Evidence.OBSERVED),
    reason="Tizen ignores anything in a <ref>. As an attachment, in no slide, phones let the user open the "
    "card.",
    fix="Remove the <ref>, and repeat what matters (a number, a date) in the text.",
    bad='<par><ref src="contact.vcf"/></par>',
    good="contact.vcf, in no slide; text1.txt: Call 020 7946 0000",
    needs=Needs.SLIDES,
    yields_to=("MMS401",),
)
def _card_in_a_ref(opened: Opened) -> Iterator[Hit]:
    tags = {shown.part.name: shown.node.name for _, shown in media_shown(opened) if shown.part}
    if not opened.referenced or any(not shown.part for _, shown in media_shown(opened)):
        return
    for part in opened.media:
        listed = part.entry is not None or opened.manifest is None
        is_card = canonical(part.type) in CARDS
        if listed and is_card and tags.get(part.name) == "ref":
            yield Hit(f"{part.name!r} is in a <ref>", part=part.name)

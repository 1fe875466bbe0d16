"""A whole message into a profile: one budget for all of its parts."""

from __future__ import annotations

from mmspack.errors import DoesNotFit, MmspackError, UsageError
from mmspack.film.progress import ClipProgress, ProgressMeter
from mmspack.fitted import FittedMessage, FittedPart, FittedSlide
from mmspack.fitting import verbatim
from mmspack.fitting.cuts import missing_end
from mmspack.fitting.intake import take_in
from mmspack.fitting.misplaced import prove_kind
from mmspack.fitting.picture import FittedPicture, Wish, prove_colour
from mmspack.fitting.pictures import Job, PictureJob, fit_together
from mmspack.fitting.sources import Problems, SourceMedium, read_media
from mmspack.media.formats import kind_of_type
from mmspack.media.sniffing import recognise
from mmspack.message import DEFAULT_SECONDS, Message, Slide
from mmspack.model import Kind
from mmspack.problem import Place
from mmspack.profiles import Profile

_ORDER = (Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.TEXT)
_TIMED = (Kind.VIDEO, Kind.AUDIO)
_SHARED = (Kind.IMAGE, *_TIMED)
"""What shares in the bytes that everything else leaves."""
_GONE_MS = 1000
"""Within this a film of one picture would be gone before anybody has seen it."""
_LONGEST_MS = 3_600_000
"""An hour: longer than any slide that an author may ask for."""


def fit(
    message: Message,
    profile: Profile,
    *,
    reserved_bytes: int,
    effort: str = "good",
    cache: bool = True,
    explain: bool = True,
    meter: ProgressMeter | None = None,
) -> FittedMessage:
    """Every part of `message` in its final bytes, together at most `profile.max_bytes - reserved_bytes`.

    Text and subject are taken as rendered. `reserved_bytes` is what else counts: the presentation, the
    subject and the allowance for headers. `effort` is `fast`, `good` or `best`. All broken sources are
    reported at once. Raises `InputError` for missing files, `MediaError` for broken ones, `DoesNotFit`, which
    names the limit that would do; without `explain` it does not, and comes sooner. `meter` follows the clips.
    """
    if message.background != "white":
        prove_colour(message.background)
    problems = Problems()
    media = read_media(message, problems)
    done = {medium.place: part for medium in media if (part := _as_it_is(medium, problems)) is not None}
    shared = [medium for medium in media if medium.kind in _SHARED]
    meter = meter or ProgressMeter()
    found = [_job(message, medium, profile, effort, problems, meter.clip()) for medium in shared]
    jobs = [job for job in found if job is not None]
    if problems.errors:
        _find_more(jobs, problems)
    problems.raise_all()
    left = profile.max_bytes - reserved_bytes - sum(len(part.data) for part in done.values())
    if left < 0:
        raise _too_large(list(done.values()), profile, reserved_bytes, -left)
    made = fit_together(jobs, left, problems, limit=profile.max_bytes, cache=cache, explain=explain)
    for medium, fitted in zip(shared, made, strict=True):
        if fitted is not None:
            done[medium.place] = part_of(medium, fitted, message.slides[medium.slide or 0])
    problems.raise_all()
    return FittedMessage(
        slides=tuple(_slide(index, slide, done) for index, slide in enumerate(message.slides)),
        attachments=tuple(part for part in done.values() if part.kind is Kind.ATTACHMENT),
        subject=message.subject,
    )


def _as_it_is(medium: SourceMedium, problems: Problems) -> FittedPart | None:
    try:
        if medium.kind is Kind.TEXT:
            return verbatim.fit_text(medium)
        if medium.kind is Kind.ATTACHMENT:
            return verbatim.keep_attachment(medium)
    except MmspackError as error:
        problems.add(medium.where, error)
    return None


def _job(
    message: Message,
    medium: SourceMedium,
    profile: Profile,
    effort: str,
    problems: Problems,
    progress: ClipProgress,
) -> Job | None:
    from mmspack.media.pictures import read_picture

    slide = message.slides[medium.slide or 0]
    try:
        if medium.kind in _TIMED and not (slide.poster or slide.as_):
            from mmspack.fitting.timed import clip_job

            return clip_job(medium, message, profile, effort, progress)
        wish = _wish(message, medium.slide or 0, profile, effort, problems)
        if wish is None:
            return None
        if medium.kind in _TIMED:
            from mmspack.fitting.clips import untaken
            from mmspack.fitting.timed import as_picture

            if slide.as_ and "image/gif" not in wish.types:
                raise untaken("GIFs", wish.types)
            data, account = as_picture(medium, slide, wish.max_size, progress)
            return PictureJob(where=medium.where, picture=read_picture(data), wish=wish, made_of=account)
        row = recognise(medium.data)
        if row is not None and row.kind in _TIMED:
            prove_kind(medium, row)
        picture, made_of = take_in(medium.data, wish, progress)
        return PictureJob(where=medium.where, picture=picture, wish=wish, made_of=made_of)
    except MmspackError as error:
        problems.add(medium.where, error)
        return None


def _wish(message: Message, at: int, profile: Profile, effort: str, problems: Problems) -> Wish | None:
    slide = message.slides[at]
    try:
        return Wish(
            max_size=(profile.max_width, profile.max_height),
            turn=profile.turn,
            types=profile.image_types,
            crop=slide.crop,
            focus=slide.focus,
            background=message.background,
            keep=slide.keep,
            still=slide.still,
            min_quality=message.min_quality if slide.min_quality is None else slide.min_quality,
            weight=slide.weight,
            effort=effort,
        )
    except UsageError as error:
        problems.add(Place(slide=at + 1), error)
        return None


def _find_more(jobs: list[Job], problems: Problems) -> None:
    """Decode the pictures whose header was fine, small, so that everything broken is reported at once."""
    from mmspack.media.pictures import decode

    for job in jobs:
        if not isinstance(job, PictureJob):
            continue
        try:
            decode(job.picture, (16, 16), box=None, background=job.wish.background)
        except MmspackError as error:
            problems.add(job.where, error)


def part_of(medium: SourceMedium, fitted: FittedPicture, slide: Slide) -> FittedPart:
    """The fitted picture as a part of its slide, with what was asked and cannot be."""
    return FittedPart(
        kind=kind_of_type(fitted.type) if medium.kind is Kind.VIDEO else medium.kind,
        slide=medium.slide,
        label=medium.label,
        type=fitted.type,
        extension=fitted.extension,
        data=fitted.data,
        before=fitted.before,
        after=fitted.after,
        actions=(*missing_end(slide, medium.kind, fitted.before), *fitted.actions),
        quality_words=fitted.quality_words,
        notes=fitted.notes,
    )


def _too_large(parts: list[FittedPart], profile: Profile, reserved: int, excess: int) -> DoesNotFit:
    if reserved > profile.max_bytes:
        return DoesNotFit(
            f"slide layout, subject and headers alone take {reserved:,} bytes; the {profile.name} limit is"
            f" {profile.max_bytes:,}",
            hint="choose a larger profile",
        )
    largest = max(parts, key=lambda part: len(part.data), default=None)
    what = f"; the largest is {largest.label}, {len(largest.data):,} bytes" if largest else ""
    return DoesNotFit(
        f"the parts that cannot be made smaller are {excess:,} bytes over the {profile.max_bytes:,}"
        f" of {profile.name}{what}",
        hint=f"remove one, or choose a profile with at least {profile.max_bytes + excess:,} bytes",
    )


def _slide(index: int, slide: Slide, done: dict[Place, FittedPart]) -> FittedSlide:
    places = [Place(slide=index + 1, key=kind.value) for kind in _ORDER]
    parts = tuple(done[place] for place in places if place in done)
    return FittedSlide(parts=parts, duration_ms=_duration_ms(slide, parts), alt=slide.alt)


def _duration_ms(slide: Slide, parts: tuple[FittedPart, ...]) -> int:
    """The author's own time, else that of the video, else the default or that of a longer sound."""
    usual = round(DEFAULT_SECONDS * 1000)
    length = max((part.after.duration_ms or 0 for part in parts if part.kind in _TIMED), default=0)
    if slide.seconds is not None:
        duration = max(1, round(slide.seconds * 1000))
    elif slide.video is not None and length < _GONE_MS and all(part.after.frames == 1 for part in parts):
        duration = usual
    elif slide.video is not None:
        duration = max((part.after.duration_ms or 0 for part in parts), default=0) or usual
    else:
        duration = max(length, usual)
    duration = min(duration, _LONGEST_MS)
    # Of exactly 5000 ms old Android thinks that nobody chose it (docs/checking.md), and shortens the slide.
    return 5001 if duration == 5000 and any(part.kind in _TIMED for part in parts) else duration

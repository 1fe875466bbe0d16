"""Words decide nothing: with every wording of a problem rewritten, the program takes the same decisions."""

from __future__ import annotations

import io
import pickle
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from mmspack import build, errors
from mmspack.authoring.reading import from_toml
from mmspack.bundle.manifest import ManifestDefect
from mmspack.bundle.zip_reader import Defect
from mmspack.campaign import Order, Plan, Rules, plan
from mmspack.campaign.build.engines import LocalEngine
from mmspack.errors import MmspackError, SendError, raise_all
from mmspack.fixing import fix
from mmspack.media.probing import Probe
from mmspack.message import Message, Slide
from mmspack.outcome import Outcome, Result
from mmspack.problem import Place, Problem
from mmspack.smil.tree import SmilError

WORDED = {
    Problem: ("what", "cure"),
    Defect: ("message",),
    ManifestDefect: ("message",),
    Probe: ("error",),
}
"""The values that carry words, and the fields in which they do."""


@pytest.fixture(params=["as they are", "at random"])
def wording(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The test runs twice: with the words as they are, and with random letters in the place of each."""
    if request.param == "at random":
        chance = random.Random(7)
        for kind, names in WORDED.items():
            method, rewriting = (
                ("__new__", _renewing) if issubclass(kind, tuple) else ("__init__", _rewriting)
            )
            monkeypatch.setattr(kind, method, rewriting(getattr(kind, method), names, chance))
        monkeypatch.setattr(Place, "__str__", lambda _: _noise(chance))
    return request.param


def _rewriting(made: Callable[..., None], names: tuple[str, ...], chance: random.Random):
    def make(value: object, *args: object, **kwargs: object) -> None:
        made(value, *args, **kwargs)
        for name in names:
            if getattr(value, name):
                object.__setattr__(value, name, _noise(chance))

    return make


def _renewing(made: Callable[..., tuple], names: tuple[str, ...], chance: random.Random):
    def make(kind: type, *args: object, **kwargs: object) -> tuple:
        value = made(kind, *args, **kwargs)
        return value._replace(**{name: _noise(chance) for name in names if getattr(value, name)})

    return make


def _noise(chance: random.Random) -> str:
    return "".join(chance.choices("abcdefghijklmnopqrstuvwxyz :'[]0123456789", k=chance.randint(1, 60)))


def _classes(base: type[MmspackError] = MmspackError) -> list[type[MmspackError]]:
    return [base, *(below for one in base.__subclasses__() for below in _classes(one))]


OF_PROBLEMS = [kind for kind in _classes() if not issubclass(kind, SendError | SmilError)]
OF_OUTCOMES = [kind for kind in _classes() if issubclass(kind, SendError)]


# -- flows, each told by everything but its words -------------------------------------------------------


TICKET = """
[[slides]]
image = "card.jpg"
text = "Dear {{ name }}"
[[slides.overlay]]
box = [0.1, 0.6, 0.8, 0.3]
barcode = "{{ ean }}"
symbology = "ean13"
"""


def planned(folder: Path, text: str, rows: str) -> Plan:
    (folder / "message.toml").write_text(text)
    (folder / "people.csv").write_text(rows)
    order = Order(
        message=folder / "message.toml",
        recipients=folder / "people.csv",
        name="spring",
        rules=Rules(rate=5000, sender="447700900111"),
    )
    return plan(order, engine=LocalEngine(1))


def test_one_recipients_wrong_barcode_is_that_recipients_bad_row(wording, scene, tmp_path):
    (tmp_path / "card.jpg").write_bytes(scene(400, 300))
    # The longest copy, for which the pictures are fitted first, is the one that cannot be drawn.
    made = planned(
        tmp_path,
        TICKET,
        "msisdn,name,ean\n447700901000,Ada,4006381333931\n447700901001,Maximiliana,4006381333932\n",
    )
    assert (made.ready, made.bad) == (1, 1)


def test_a_barcode_that_nobody_can_get_stops_the_plan_at_its_first_row(wording, scene, tmp_path):
    (tmp_path / "card.jpg").write_bytes(scene(400, 300))
    wrong = TICKET.replace('"{{ ean }}"', '"{{ ean | nonsense }}"')
    with pytest.raises(errors.AuthoringError) as caught:
        planned(tmp_path, wrong, "msisdn,name,ean\n447700901000,Ada,4006381333931\n")
    (problem,) = caught.value.problems
    assert (problem.where.slide, problem.where.overlay, problem.where.key) == (1, 1, "barcode")


def test_a_build_names_the_same_places_in_the_same_class_of_error(wording, tmp_path):
    (tmp_path / "text.jpg").write_text("not a picture")
    slides = [Slide(image=tmp_path / "text.jpg"), Slide(image=tmp_path / "gone.jpg")]
    with pytest.raises(errors.InputError) as caught:
        build(Message(slides=slides), "uk")
    assert type(caught.value) is errors.InputError
    places = [(problem.where.slide, problem.where.key) for problem in caught.value.problems]
    assert sorted(places) == [(1, "image"), (2, "image")]


def test_wrong_toml_is_the_authors_and_a_missing_file_alone_is_not(wording, tmp_path):
    toml = tmp_path / "message.toml"
    toml.write_text('[[slides]]\nimage = "gone.jpg"\n')
    with pytest.raises(errors.InputError):
        from_toml(toml)
    toml.write_text('subjekt = "x"\n[[slides]]\nimage = "gone.jpg"\n')
    with pytest.raises(errors.AuthoringError) as caught:
        from_toml(toml)
    assert {(one.where.slide, one.where.key) for one in caught.value.problems} == {
        (None, "subjekt"),
        (1, "image"),
    }


def test_a_name_in_latin_1_is_read_as_the_manifest_has_it(wording, scene):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("manifest", "caf\\u00e9.jpg=image/jpeg\n")
        archive.writestr("cafX.jpg", scene())
    data = stream.getvalue().replace(b"cafX.jpg", "café.jpg".encode("latin-1"))
    fixed = fix(data)
    assert len(fixed.bundle.parts) == 1
    assert fix(fixed.bundle).changed is False


def test_what_does_not_fit_stays_and_is_left_to_a_person(wording, tmp_path):
    noise = random.Random(1).randbytes(400_000)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("manifest", "a.amr=audio/amr\nb.jpg=image/jpeg\n")
        archive.writestr("a.amr", b"#!AMR\n" + noise)
        archive.writestr("b.jpg", _small_jpeg())
    fixed = fix(stream.getvalue())
    assert [change.part for change in fixed.left] == [None, "a.amr"]
    assert "a.amr" in [part.name for part in fixed.bundle.parts]


def _small_jpeg() -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.effect_noise((200, 200), 80).save(stream, "JPEG")
    return stream.getvalue()


# -- errors as values --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", OF_PROBLEMS, ids=lambda kind: kind.__name__)
def test_an_error_keeps_class_code_and_places_whatever_it_says(wording, kind):
    here = Place(file="message.toml", slide=2, key="image")
    made = kind("what is wrong", where=here, hint="a cure").within(Place(file="people.csv", line=4))
    assert type(made) is kind
    assert made.exit_code == kind.exit_code
    assert (made.problems[0].where.file, made.problems[0].where.line) == ("people.csv", 4)
    assert (made.problems[0].where.slide, made.problems[0].where.key) == (2, "image")
    again = pickle.loads(pickle.dumps(made))
    assert [problem.where for problem in again.problems] == [problem.where for problem in made.problems]


@pytest.mark.parametrize(
    "kind", [k for k in _classes() if issubclass(k, SendError)], ids=lambda k: k.__name__
)
def test_an_outcome_survives_the_way_between_processes(wording, kind):
    made = kind(Outcome(result=Result.REJECTED, summary="refused", advice="ask them"))
    again = pickle.loads(pickle.dumps(made))
    assert (type(again), again.outcome, again.exit_code) == (kind, made.outcome, made.exit_code)


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ("MediaError MediaError", "MediaError"),
        ("MediaError InputError", "InputError"),
        ("DoesNotFit MediaError", "InputError"),
        ("InputError AuthoringError", "AuthoringError"),
        ("DoesNotFit DoesNotFit", "DoesNotFit"),
    ],
)
def test_several_errors_become_one_of_the_gravest_class(wording, kinds, expected):
    several = [getattr(errors, kind)("x", where=Place(slide=at)) for at, kind in enumerate(kinds.split(), 1)]
    with pytest.raises(MmspackError) as caught:
        raise_all(several)
    assert type(caught.value) is getattr(errors, expected)
    assert [problem.where.slide for problem in caught.value.problems] == [1, 2]
    raise_all([])


# -- the one rendering -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place(), ""),
        (Place(file="message.toml", slide=2, key="image"), "message.toml: slide 2, image"),
        (Place(file="m.toml", line=4, column=2), "m.toml:4:2"),
        (Place(slide=1, overlay=3, key="qr"), "slide 1, overlay 3, qr"),
        (Place(slide=1, key="image", name="a.jpg"), "slide 1, image: a.jpg"),
        (Place(attachment=1), "attachment 1"),
        (Place(key="--rate"), "--rate"),
        (Place(file="a.jpg").within(Place(slide=1, key="image")), "slide 1, image: a.jpg"),
        (Place(slide=1).within(Place(file="people.csv", line=4)), "people.csv:4: slide 1"),
        (Place(file="a.toml", key="x").within(Place(file="a.toml")), "a.toml: x"),
        (Place(file="a.jpg").within(Place()), "a.jpg"),
    ],
)
def test_a_place_is_rendered_from_the_outside_in(place, text):
    assert str(place) == text
    assert bool(place) is (text != "")


def test_a_cure_that_all_problems_share_is_said_once():
    same = MmspackError(problems=[Problem("a", cure="do x"), Problem("b", cure="do x")])
    assert str(same) == "a\nb (do x)"
    each = MmspackError(problems=[Problem("a", cure="do x"), Problem("b")])
    assert (str(each), each.hint, each.shared_hint) == ("a (do x)\nb", "do x", "")

"""What the server sees in a photo: on a photographed person and on drawn ones, good and spoilt in one way each."""

import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageEnhance, ImageFilter
from skimage import data

from jinbang.application import photo_words
from jinbang.application.photo import USUAL_SHAPE, PhotoShape, box_for, box_of
from jinbang.application.photo_faces import find_faces
from jinbang.application.photo_findings import LIMITS, FindingCode, Level, judge, read_findings
from jinbang.application.photo_marks import MARKED_SIDE, facts_of, marked, read_faces
from jinbang.application.picture import Sheet
from jinbang.portal.rehearsal.portraits import drawing


def sheet_of(picture: Image.Image) -> Sheet:
    return Sheet(picture.convert("RGB"), picture.width, picture.height)


def drawn(number: int = 1) -> Image.Image:
    return Image.open(io.BytesIO(drawing(number)))


def astronaut() -> Image.Image:
    return Image.fromarray(data.astronaut())


def codes(picture: Image.Image, shape: PhotoShape = USUAL_SHAPE) -> dict[FindingCode, Level]:
    sheet = sheet_of(picture)
    faces = find_faces(sheet)
    found = judge(sheet, box_for(sheet, faces, shape=shape), faces=faces, shape=shape)
    return {one.code: one.level for one in found}


def test_a_good_drawing_has_nothing_to_mend() -> None:
    found = codes(drawn())
    assert set(found.values()) == {Level.FINE}
    assert len(found) == 8


def test_the_photographed_face_is_found_and_its_small_size_and_background_are_told() -> None:
    found = codes(astronaut())
    assert found[FindingCode.FACE_ONE] is Level.FINE
    assert found[FindingCode.SHARP] is Level.FINE
    assert found[FindingCode.ENLARGED] is Level.PERSON
    assert FindingCode.BACKGROUND_BUSY in found


def two_people() -> Image.Image:
    pair = Image.new("RGB", (1180, 826), "white")
    pair.paste(drawn(1), (0, 0))
    pair.paste(drawn(2), (420, 0))
    return pair


def on_a_wall(colour: str) -> Image.Image:
    picture = drawn()
    pixels = picture.load()
    assert pixels is not None
    for across in range(picture.width):
        for down in range(picture.height):
            if min(pixels[across, down]) > 250:  # type: ignore[arg-type]  # three bands of RGB
                pixels[across, down] = {"green": (60, 140, 70), "blue": (67, 142, 219)}[colour]
    return picture


@pytest.mark.parametrize(
    "spoil,code,level",
    [
        (lambda: Image.new("RGB", (590, 826), "white"), FindingCode.FACE_NONE, Level.PERSON),
        (lambda: drawn().filter(ImageFilter.GaussianBlur(8)), FindingCode.BLURRED, Level.LOOK_AGAIN),
        (lambda: ImageEnhance.Brightness(astronaut()).enhance(0.3), FindingCode.TOO_DARK, Level.LOOK_AGAIN),
        (lambda: ImageEnhance.Brightness(astronaut()).enhance(1.9), FindingCode.TOO_BRIGHT, Level.LOOK_AGAIN),
        (lambda: astronaut().rotate(15), FindingCode.TILTED, Level.LOOK_AGAIN),
        (lambda: on_a_wall("green"), FindingCode.BACKGROUND_BUSY, Level.LOOK_AGAIN),
        (lambda: drawn().crop((0, 175, 590, 826)), FindingCode.HEAD_CUT, Level.LOOK_AGAIN),
    ],
)
def test_what_is_wrong_is_found(spoil: Callable[[], Image.Image], code: FindingCode, level: Level) -> None:
    assert codes(spoil()).get(code) is level


def test_a_blue_wall_is_right_where_the_programme_allows_it() -> None:
    blue = on_a_wall("blue")
    assert FindingCode.BACKGROUND_BUSY in codes(blue)
    assert FindingCode.BACKGROUND_FINE in codes(blue, PhotoShape(backgrounds=("white", "blue")))


def test_a_frame_moved_by_hand_is_judged_as_it_stands() -> None:
    sheet = sheet_of(drawn())
    faces = find_faces(sheet)
    for hand, code in (
        ((0.0, 0.0, 1.0), FindingCode.HEAD_SMALL),
        ((0.0, 0.1, 0.7), FindingCode.HEAD_ASIDE),
        ((0.24, 0.2, 0.5), FindingCode.HEAD_LARGE),
    ):
        box = box_of(sheet, left=hand[0], top=hand[1], width=hand[2], shape=USUAL_SHAPE)
        found = {one.code for one in judge(sheet, box, faces=faces, shape=USUAL_SHAPE)}
        assert found & {code, FindingCode.HEAD_CUT}, (hand, found)


def test_two_people_in_the_frame_are_told_and_the_larger_one_is_framed() -> None:
    sheet = sheet_of(two_people())
    faces = find_faces(sheet)
    assert len(faces) == 2
    whole = box_of(sheet, left=0, top=0, width=1, shape=PhotoShape(width=590, height=413))
    found = judge(sheet, whole, faces=faces, shape=PhotoShape(width=590, height=413))
    assert found[0].code is FindingCode.FACE_SEVERAL
    assert found[0].measured == 2


def test_findings_and_faces_come_back_as_they_were_kept() -> None:
    sheet = sheet_of(drawn())
    faces = find_faces(sheet)
    found = judge(sheet, box_for(sheet, faces, shape=USUAL_SHAPE), faces=faces, shape=USUAL_SHAPE)
    assert read_findings([one.facts() for one in found]) == found
    assert read_faces(facts_of(faces)) == faces


def test_the_marks_are_drawn_on_a_small_copy_with_the_rest_dimmed() -> None:
    sheet = sheet_of(drawn())
    faces = find_faces(sheet)
    box = box_for(sheet, faces, shape=USUAL_SHAPE)
    picture = Image.open(io.BytesIO(marked(sheet, box, faces=faces)))
    assert max(picture.size) <= MARKED_SIDE
    assert max(picture.getpixel((3, 3))) < 130  # type: ignore[arg-type]  # three bands of RGB
    assert min(picture.getpixel((box.left + 12, box.top + 12))) > 230  # type: ignore[arg-type]  # the same


def test_every_finding_has_words_and_every_limit_a_source() -> None:
    assert set(photo_words.FINDINGS) == set(FindingCode)
    assert all(limit.source and limit.unit for limit in LIMITS.values())

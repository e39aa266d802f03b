"""The admission ticket and the room's seat list as PDF: what stands on them can be read back, boxes are refused."""

import io
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zxingcpp
from fontTools.fontBuilder import FontBuilder
from PIL import Image, ImageChops
from pytest_django import Settings

from jinbang.seating import documents
from jinbang.seating.documents import RoomSheet, SeatLine, TicketPaper
from jinbang.seating.errors import UnprintableName

AT = datetime(2026, 5, 28, 1, 0, tzinfo=UTC)
MORNING = (datetime(2026, 6, 6, 1, 0, tzinfo=UTC), datetime(2026, 6, 6, 3, 30, tzinfo=UTC))
UNDRAWN = "\U0003fffd"  # a code point that will never be assigned


def portrait() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (295, 413), "lightsteelblue").save(content, "JPEG", quality=80)
    return content.getvalue()


PAPER = TicketPaper(
    number="26140700012348213",
    name="阿卜杜·䶮",
    sex="女",
    document_kind="居民身份证",
    document_number="11010519491231002X",
    sitting="2026年度二级造价工程师职业资格考试",
    level="二级 安装工程",
    region="山西省",
    authority="山西省人事考试中心",
    phone="0351-0000000",
    site="太原市第五实验中学",
    address="太原市体育路1号",
    photo=portrait(),
    photo_sha256="0f" * 32,
    seats=(SeatLine("建设工程造价管理基础知识", *MORNING, "太原市第五实验中学", 12, 7),),
    prints_from="2026年5月25日（星期一）00:00",
    prints_until="2026年6月5日（星期五）24:00",
)


def text_of(pdf: bytes, folder: Path) -> str:
    """Read the text of a PDF as anybody's reader does, without the spaces of its layout."""
    path = folder / "ticket.pdf"
    path.write_bytes(pdf)
    shown = subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True)  # noqa: S607  # found on the path
    return "".join(shown.stdout.split())


def picture_of(pdf: bytes, folder: Path) -> Image.Image:
    path = folder / "ticket.pdf"
    path.write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", str(path), str(folder / "page")], check=True)  # noqa: S607  # found on the path
    return Image.open(folder / "page.png")


def test_a_ticket_holds_number_name_room_seat_time_and_the_sentence_on_responsibility(tmp_path: Path) -> None:
    text = text_of(documents.tickets_pdf([PAPER], at=AT), tmp_path)
    for expected in (
        "准考证",
        "26140700012348213",
        "阿卜杜·䶮",
        "11010519491231002X",
        "居民身份证",
        "二级安装工程",
        "建设工程造价管理基础知识",
        "2026年6月6日",
        "09:00–11:30",
        "012",
        "07",
        "太原市体育路1号",
        "山西省人事考试中心",
        "打印时间：2026年5月25日（星期一）00:00至2026年6月5日（星期五）24:00",
        "咨询电话：0351-0000000",
        "在规定时间内未打印准考证而影响考试的，责任由考生自负。",
        "有效身份证件原件",
    ):
        assert expected in text


def test_a_ticket_is_one_page_of_a4_even_with_six_subjects_and_the_longest_words(tmp_path: Path) -> None:
    line = SeatLine("建设工程计量与计价实务（土木建筑工程、安装工程）", *MORNING, "太原市第五实验中学南校区", 112, 30)
    long = replace(PAPER, seats=(line,) * 6, name="阿" * 24, address="体育路" * 20, sitting="二级造价工程师" * 5)
    path = tmp_path / "long.pdf"
    path.write_bytes(documents.tickets_pdf([long], at=AT))
    shown = subprocess.run(["pdfinfo", str(path)], check=True, capture_output=True, text=True).stdout  # noqa: S607  # found on the path
    assert "Pages:           1\n" in shown
    assert "A4" in shown


def test_the_code_on_the_ticket_says_number_and_photo(tmp_path: Path) -> None:
    picture = picture_of(documents.tickets_pdf([PAPER], at=AT), tmp_path)
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == documents.check_code(PAPER.number, photo_sha256=PAPER.photo_sha256)
    assert found.text == "JINBANG/1/26140700012348213/" + "0F" * 16


def test_the_photo_is_on_the_ticket(tmp_path: Path) -> None:
    picture = picture_of(documents.tickets_pdf([PAPER], at=AT), tmp_path).convert("RGB")
    bluish = ImageChops.difference(picture, Image.new("RGB", picture.size, "lightsteelblue")).convert("L")
    close = sum(bluish.histogram()[:12])
    assert close > 0.02 * picture.width * picture.height


@pytest.mark.parametrize("is_demo", [True, False])
def test_only_the_demo_says_so(tmp_path: Path, settings: Settings, *, is_demo: bool) -> None:
    settings.JINBANG_DEMO = is_demo
    text = text_of(documents.tickets_pdf([PAPER], at=AT), tmp_path)
    assert (("演" in text) and ("示" in text)) is is_demo


def test_the_same_ticket_is_the_same_file_and_tickets_share_one_file(tmp_path: Path) -> None:
    assert documents.tickets_pdf([PAPER], at=AT) == documents.tickets_pdf([PAPER], at=AT)
    other = replace(PAPER, number="26140700012444444", name="王五")
    text = text_of(documents.tickets_pdf([PAPER, other], at=AT), tmp_path)
    assert "26140700012348213" in text
    assert "26140700012444444" in text


def test_more_than_two_hundred_tickets_are_a_fault() -> None:
    with pytest.raises(ValueError, match="200"):
        documents.tickets_pdf([PAPER] * 201, at=AT)


def test_a_character_that_no_font_covers_is_refused_by_its_code_point_and_never_printed_as_a_box() -> None:
    with pytest.raises(UnprintableName) as refusal:
        documents.tickets_pdf([replace(PAPER, name=f"王{UNDRAWN}")], at=AT)
    assert refusal.value.characters == ("U+3FFFD",)
    assert "王" not in str(refusal.value.fields)


@pytest.mark.parametrize("name", ["张三", "買買提·艾山", "䶮㑇", "O'Neil-Smith José", "葛\U000e0100"])
def test_names_that_the_font_of_the_wheel_covers_are_printed(name: str) -> None:
    assert documents.missing_characters(name) == ()


def test_a_font_put_into_the_folder_of_the_installation_is_used(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fonts of this machine are left out; one that covers the character is then put where an authority puts it."""
    monkeypatch.setattr(documents, "_FALLBACK_FOLDERS", ())
    settings.JINBANG_HOME = tmp_path
    rare = "\U00020bb7"
    assert documents.missing_characters(rare) == ("U+20BB7",)
    (tmp_path / "fonts").mkdir()
    tiny = FontBuilder(1000, isTTF=True)
    tiny.setupGlyphOrder([".notdef", "rare"])
    tiny.setupCharacterMap({0x20BB7: "rare"})
    tiny.save(tmp_path / "fonts" / "rare.ttf")
    assert documents.missing_characters(rare) == ()


def test_a_seat_list_shows_everybody_at_their_desk(tmp_path: Path) -> None:
    people = {seat: (f"考生{seat:02d}", f"261407{seat:06d}00000") for seat in range(1, 29)}
    sheet = RoomSheet(
        sitting=PAPER.sitting,
        authority=PAPER.authority,
        site=PAPER.site,
        room=12,
        rows=6,
        columns=5,
        subject="建设工程造价管理基础知识",
        starts=MORNING[0],
        ends=MORNING[1],
        people=people,
    )
    text = text_of(documents.room_pdf(sheet, at=AT), tmp_path)
    for name, number in people.values():
        assert name in text
        assert number in text
    assert "第012考场" in text
    assert "应到28人" in text


@pytest.mark.parametrize(
    "seat, place", [(1, (0, 0)), (6, (5, 0)), (7, (5, 1)), (12, (0, 1)), (13, (0, 2)), (30, (5, 4))]
)
def test_seats_stand_along_a_serpentine(seat: int, place: tuple[int, int]) -> None:
    assert divmod(documents.desk_of(seat, rows=6, columns=5), 5) == place

"""A file is accepted for what it is, not for what it is called."""

import pytest

from jinbang.sittings import attachments
from jinbang.sittings.attachments import BYTES_IN_MEGABYTE, LARGEST_MEGABYTES, MOST_ATTACHMENTS
from jinbang.sittings.errors import AttachmentKindRefused, AttachmentTooLarge, TooManyAttachments
from jinbang.sittings.plan import AttachmentPlan
from tests.sittings.plans import PDF


def file(name: str, content: bytes) -> AttachmentPlan:
    return AttachmentPlan("附件", name, content)


@pytest.mark.parametrize(
    "name,content,content_type",
    [
        ("时间安排.pdf", PDF, "application/pdf"),
        ("时间安排.PDF", PDF, "application/pdf"),
        ("考点.jpg", b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        ("考点.png", b"\x89PNG\r\n\x1a\nrest", "image/png"),
        ("名单.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "application/vnd.ms-excel"),
    ],
)
def test_accepts_what_notices_carry(name: str, content: bytes, content_type: str) -> None:
    assert attachments.content_type_of(file(name, content)) == content_type


@pytest.mark.parametrize(
    "name,content",
    [
        ("page.html", b"<html>"),
        ("page.pdf", b"<html>"),
        ("run.exe", b"MZ"),
        ("name.svg", b"<svg>"),
        ("nothing.pdf", b""),
        ("no ending", PDF),
        ("picture.png", b"\xff\xd8\xff\xe0"),
    ],
)
def test_refuses_other_kinds_and_disguises(name: str, content: bytes) -> None:
    with pytest.raises(AttachmentKindRefused):
        attachments.content_type_of(file(name, content))


def test_refuses_a_file_one_byte_too_large() -> None:
    largest = PDF + b" " * (LARGEST_MEGABYTES * BYTES_IN_MEGABYTE - len(PDF))
    assert attachments.content_type_of(file("a.pdf", largest)) == "application/pdf"
    with pytest.raises(AttachmentTooLarge):
        attachments.content_type_of(file("a.pdf", largest + b" "))


def test_refuses_one_file_too_many() -> None:
    attachments.require_few([file("a.pdf", PDF)] * MOST_ATTACHMENTS)
    with pytest.raises(TooManyAttachments):
        attachments.require_few([file("a.pdf", PDF)] * (MOST_ATTACHMENTS + 1))


@pytest.mark.parametrize(
    "raw,tidy",
    [
        ("C:\\公告\\时间安排.pdf", "时间安排.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("长" * 200 + ".pdf", "长" * 116 + ".pdf"),
        ("", "file"),
    ],
)
def test_a_file_name_is_made_fit_for_a_download(raw: str, tidy: str) -> None:
    assert attachments.tidy_file_name(raw) == tidy

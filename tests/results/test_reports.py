"""The result report: issued to its holder alone, signed, verified by anybody who has the code, void once corrected."""

import re
import subprocess
from io import BytesIO
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from asn1crypto import x509
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from jinbang.audit.models import StateChange
from jinbang.kernel.clock import frozen_at
from jinbang.kernel.crypto import forget_data_keys
from jinbang.kernel.crypto.papers import new_paper_key, sign_paper
from jinbang.kernel.errors import SealBroken
from jinbang.people.models import Person
from jinbang.results import basis, paper_queries, reports
from jinbang.results.actions import release
from jinbang.results.actions.reports import CHECKS_A_NETWORK, issue_report
from jinbang.results.errors import ReportNotFound
from jinbang.results.models import Outcome, ReportKey, ResultReport
from jinbang.results.reports import ReportKind, Standing, normalise_code, outcome_hash, shown_code, standing_of
from tests.cast import LIN_NUMBER, NOW, CandidateMember, Cast, client_of
from tests.results.test_queries import FAILED, PASSED_BASICS, PASSED_PRACTICE, season
from tests.results.world import OPENS, World, bring_in, released, validated

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now", "quick_signing")]
LATER = OPENS.replace(day=20)
VERIFY = "results:verify-report"


def issued(world: World, member: CandidateMember, kind: ReportKind = ReportKind.SITTING) -> ResultReport:
    return issue_report(entry_id=world.entries[0].pk, kind=kind, by=member.candidate, now=NOW)


def paper(report: ResultReport) -> bytes:
    return paper_queries.paper_of(ResultReport.objects.select_related("entry__person").get(pk=report.pk))


def corrected(world: World, given: dict[str, dict[str, str]]) -> None:
    release.correct_release(
        release_id=world.release.pk, opens_at=LATER, reason="错登", by=world.cast.chu.staff, now=OPENS
    )
    bring_in(world, given)
    released(world, opens_at=LATER, now=OPENS)


def verified(code: str, file: bytes | None = None) -> str:
    given: dict[str, object] = {"code": code}
    if file is not None:
        given["file"] = SimpleUploadedFile("证明.pdf", file, content_type="application/pdf")
    response = Client().post(reverse(VERIFY), given)
    assert isinstance(response, HttpResponse)
    assert "no-store" in response.headers["Cache-Control"]
    return re.sub(r"\s+", " ", response.content.decode())


def text_of(pdf: bytes, tmp_path: Path) -> str:
    file = tmp_path / f"{uuid4()}.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True)  # noqa: S607  # found on the path
    return re.sub(r"\s+", " ", done.stdout.decode())


# ---------------------------------------------------------------- pure
@pytest.mark.parametrize(
    "typed,code",
    [
        ("7K2M-0000-ABCD-WXYZ", "7K2M0000ABCDWXYZ"),
        (" 7k2m ooOO abcd wxyz ", "7K2M0000ABCDWXYZ"),
        ("７Ｋ２Ｍ－００００－ＡＢＣＤ－ＷＸＹＺ", "7K2M0000ABCDWXYZ"),
        ("LiIl-0000-ABCD-WXYZ", "11110000ABCDWXYZ"),
        ("7K2M-0000-ABCD-WXY", ""),
        ("7K2M-0000-ABCD-WXYU", ""),
        ("7K2M-0000-ABCD-WXYé", ""),
        ("", ""),
    ],
)
def test_a_code_is_read_however_it_is_typed(typed: str, code: str) -> None:
    assert normalise_code(typed) == code


def test_codes_are_of_their_alphabet_and_never_alike() -> None:
    codes = {reports.new_code() for _number in range(2_000)}
    assert len(codes) == 2_000
    assert all(normalise_code(shown_code(code)) == code for code in codes)


def test_a_report_stands_as_long_as_all_it_says_is_out() -> None:
    assert standing_of({"a": "1", "b": "2"}, out={"a": "1", "b": "2", "c": "3"}) is Standing.STANDS
    assert standing_of({"a": "1", "b": "2"}, out={"a": "1", "b": "9"}) is Standing.CORRECTED
    assert standing_of({"a": "1"}, out={}) is Standing.CORRECTED


def test_no_two_fates_have_one_hash() -> None:
    def line(status: str | None, mark: int | None = None) -> dict[str, object]:
        return {"code": "basics", "status": status, "mark_hundredths": mark}

    fates = [line("scored", 0), *(line(one) for one in ("absent", "violation", "void", "withheld")), line(None)]
    hashes = {outcome_hash(overall="failed", subjects=[one], is_void=void) for one in fates for void in (True, False)}
    assert len(hashes) == 2 * len(fates)


# ---------------------------------------------------------------- issuing
def test_the_paper_says_in_full_what_is_out(cast: Cast, tmp_path: Path) -> None:
    report = issued(season(cast, 2026, PASSED_BASICS), cast.lin)
    text = text_of(paper(report), tmp_path)
    for words in ("林晓", LIN_NUMBER, "T00001", "60 分", "59 分", "合格标准 60 分", "不合格", shown_code(report.code)):
        assert words in text, words


def test_what_is_kept_in_clear_holds_no_number_in_full(cast: Cast) -> None:
    report = issued(season(cast, 2026, PASSED_BASICS), cast.lin)
    kept = f"{report.holder} {report.years}"
    assert LIN_NUMBER not in kept
    assert "T00001" not in kept
    assert LIN_NUMBER.encode() not in bytes(report.paper_sealed)


def test_the_history_holds_every_year_that_is_out(cast: Cast, tmp_path: Path) -> None:
    season(cast, 2025, PASSED_PRACTICE)
    world = season(cast, 2026, PASSED_BASICS)
    season(cast, 2027, FAILED, is_out=False)
    text = text_of(paper(issued(world, cast.lin, ReportKind.HISTORY)), tmp_path)
    assert "历年成绩单" in text
    titles = [re.sub(r"\s", "", one) for one in re.findall(r"20\d\d ?年度考试", text)]
    assert titles == ["2026年度考试", "2025年度考试"]
    assert "2025年度已合格，仍计入" in re.sub(r"\s", "", text)
    assert "2027" not in text


@pytest.mark.parametrize(
    "cell,words", [("0", "0 分"), ("缺考", "缺考"), ("违纪", "违纪"), ("成绩无效", "成绩无效"), ("待核查", "待核查")]
)
def test_zero_absent_violation_void_and_withheld_never_look_alike(
    *, cast: Cast, tmp_path: Path, cell: str, words: str
) -> None:
    report = issued(season(cast, 2026, {"T00001": {"basics": cell, "practice": "60"}}), cast.lin)
    (line,) = (one for one in report.years[0]["subjects"] if one["mark"] != "60 分")
    assert line["mark"] == words
    row = text_of(paper(report), tmp_path).split("建设工程造价管理基础知识", 1)[1].split("建设工程", 1)[0]
    others = {"0 分", "缺考", "违纪", "成绩无效", "待核查"} - {words}
    assert words in row
    assert not [other for other in others if other in row]
    found = re.findall(r'class="jb-marks__mark">([^<]*)<', verified(report.code))
    assert [one.strip() for one in found if one.strip() in {words, *others}] == [words]


def test_not_registered_looks_like_none_of_them(cast: Cast) -> None:
    season(cast, 2025, PASSED_BASICS)
    report = issued(season(cast, 2026, {"T00001": {"practice": "0"}}, subjects=("practice",)), cast.lin)
    marks = {one["name"]: (one["mark"], one["verdict"]) for one in report.years[0]["subjects"]}
    assert marks["建设工程造价管理基础知识"] == ("", "2025 年度已合格，仍计入")
    assert ("0 分", "不合格") in marks.values()


def test_asking_again_hands_out_the_same_paper_byte_for_byte(cast: Cast) -> None:
    world = season(cast, 2026, PASSED_BASICS)
    first, again = issued(world, cast.lin), issued(world, cast.lin)
    assert first.pk == again.pk
    assert paper(first) == paper(again)
    assert ReportKey.objects.count() == 1
    assert StateChange.objects.filter(subject_kind="results.resultreport", event="issue").count() == 1


def test_nothing_is_issued_of_what_is_not_out(cast: Cast) -> None:
    world = season(cast, 2026, PASSED_BASICS, is_out=False)
    with pytest.raises(ReportNotFound):
        issued(world, cast.lin)
    assert not ResultReport.objects.exists()


def test_the_twin_a_report_that_reads_unreleased_outcomes_would_be_issued(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(basis, "outcomes_that_are_out", Outcome.objects.all)
    assert issued(season(cast, 2026, PASSED_BASICS, is_out=False), cast.lin).years


def test_destroying_the_holder_s_data_key_erases_the_paper(cast: Cast) -> None:
    report = issued(season(cast, 2026, PASSED_BASICS), cast.lin)
    other = Person.objects.get(pk=cast.zhao.bound.pk)
    Person.objects.filter(pk=cast.lin.bound.pk).update(wrapped_key=other.wrapped_key)
    forget_data_keys()
    with pytest.raises(SealBroken):
        paper(report)


# ---------------------------------------------------------------- whose it is
def asked(client: Client, name: str, *, world: World, report: ResultReport) -> int:
    """Return the status of the answer to somebody who asks for a paper by this way."""
    if name == "report":
        return client.get(reverse("results:report", args=[report.pk])).status_code
    return client.post(reverse("results:issue-report"), {"entry": world.entries[0].pk, "kind": name}).status_code


def test_nobody_else_gets_a_report_by_any_address(cast: Cast) -> None:
    world = season(cast, 2026, PASSED_BASICS)
    report = issued(world, cast.lin)
    for name in ("report", "sitting", "history"):
        assert asked(client_of(cast.zhao), name, world=world, report=report) == 404, name
        assert asked(client_of(cast.sun), name, world=world, report=report) == 302, name
        assert asked(Client(), name, world=world, report=report) == 302, name
        for member in (cast.wu, cast.zhou, cast.chu, cast.he, cast.han):
            assert asked(client_of(member), name, world=world, report=report) == 403, name
    assert ResultReport.objects.count() == 1


@pytest.mark.parametrize("given", [{}, {"entry": "x", "kind": "sitting"}, {"entry": uuid4(), "kind": "all"}])
def test_what_asks_for_no_report_is_refused_as_if_there_were_none(cast: Cast, given: dict[str, object]) -> None:
    assert client_of(cast.lin).post(reverse("results:issue-report"), given).status_code == 404


def test_the_holder_gets_it_under_a_name_and_an_address_that_say_nothing(cast: Cast) -> None:
    world = season(cast, 2026, PASSED_BASICS)
    client = client_of(cast.lin)
    assert "下载成绩证明" in client.get(reverse("results:record")).content.decode()
    led = client.post(reverse("results:issue-report"), {"entry": world.entries[0].pk, "kind": "sitting"})
    assert led.status_code == 302
    response = client.get(led.headers["Location"])
    report = ResultReport.objects.get()
    assert response.content == paper(report)
    assert response.headers["Content-Disposition"] == 'attachment; filename="result-report.pdf"'
    assert "no-store" in response.headers["Cache-Control"]
    for told in (led.headers["Location"], response.headers["Content-Disposition"]):
        assert not [one for one in ("T00001", LIN_NUMBER, "林", report.code) if one in told]


def test_the_page_offers_nothing_of_what_is_not_out(cast: Cast) -> None:
    season(cast, 2026, PASSED_BASICS, is_out=False)
    assert "<button" not in client_of(cast.lin).get(reverse("results:record")).content.decode().split("<main", 1)[1]


# ---------------------------------------------------------------- anybody verifies
def test_whoever_has_the_code_sees_what_was_issued_with_name_and_numbers_masked(cast: Cast) -> None:
    report = issued(season(cast, 2026, PASSED_BASICS), cast.lin)
    page = verified(shown_code(report.code).lower())
    for words in ("林*", "2026年度考试", "60 分", "59 分", "部分科目合格", ">有效<"):
        assert words in page, words
    for words in ("林晓", LIN_NUMBER, "T00001"):
        assert words not in page, words


def test_a_code_that_was_never_issued_finds_nothing_and_accuses_nobody(cast: Cast) -> None:
    issued(season(cast, 2026, PASSED_BASICS), cast.lin)
    page = verified("0000-0000-0000-0000")
    assert "没有查到这个核验码" in page
    assert "伪造" not in page
    assert Client().post(reverse(VERIFY), {"code": "123"}).status_code == 422


def test_a_code_in_the_address_is_not_read(cast: Cast) -> None:
    report = issued(season(cast, 2026, PASSED_BASICS), cast.lin)
    page = Client().get(reverse(VERIFY), {"code": report.code}).content.decode()
    assert "林*" not in page


def test_after_a_correction_the_old_code_says_so_and_a_new_one_is_issued(cast: Cast) -> None:
    world = season(cast, 2026, PASSED_BASICS)
    old = issued(world, cast.lin)
    release.correct_release(release_id=world.release.pk, opens_at=LATER, reason="错登", by=cast.chu.staff, now=OPENS)
    bring_in(world, FAILED)
    validated(world, opens_at=LATER, now=OPENS)
    assert ">有效<" in verified(old.code)  # nothing tells of a correction before its instant
    assert issued(world, cast.lin).pk == old.pk
    released(world, opens_at=LATER, now=OPENS)
    page = verified(old.code)
    assert "已失效，成绩后来有更正" in page
    assert "59 分" in page  # as issued
    assert "10 分" not in page
    new = issued(world, cast.lin)
    assert new.code != old.code
    assert ">有效<" in verified(new.code)
    assert "10 分" in verified(new.code)


def test_a_correction_of_others_leaves_a_report_alone(cast: Cast) -> None:
    world = season(cast, 2026, PASSED_BASICS)
    report = issued(world, cast.lin)
    corrected(world, {"T00001": {"basics": "60.0", "practice": "59"}})
    assert ">有效<" in verified(report.code)
    assert issued(world, cast.lin).pk == report.pk


def test_a_history_falls_with_any_of_its_years(cast: Cast) -> None:
    earlier = season(cast, 2025, FAILED)
    report = issued(season(cast, 2026, PASSED_BASICS), cast.lin, ReportKind.HISTORY)
    corrected(earlier, {"T00001": {"basics": "11", "practice": "10"}})
    assert "已失效" in verified(report.code)


def test_the_twin_without_holding_it_against_what_is_out_a_corrected_report_would_stand(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = season(cast, 2026, PASSED_BASICS)
    report = issued(world, cast.lin)
    corrected(world, FAILED)
    monkeypatch.setattr(paper_queries, "standing_of", lambda _issued, **_out: Standing.STANDS)
    assert ">有效<" in verified(report.code)


def test_a_network_that_checks_too_often_is_told_from_when_on_again() -> None:
    asked = {"code": "AAAA-BBBB-CCCC-DDDD"}
    client = Client()
    for _number in range(CHECKS_A_NETWORK.most):
        assert client.post(reverse(VERIFY), asked).status_code == 200
    refused = client.post(reverse(VERIFY), asked)
    assert refused.status_code == 429
    assert "请在2026年3月10日（星期二）10:10以后再试" in refused.content.decode()
    assert client.get(reverse(VERIFY)).status_code == 200
    assert client.post(reverse(VERIFY), {"code": "x"}).status_code == 422, "what cannot be a code is not looked for"
    assert Client(REMOTE_ADDR="203.0.113.9").post(reverse(VERIFY), asked).status_code == 200
    with frozen_at(NOW + CHECKS_A_NETWORK.within):
        assert client.post(reverse(VERIFY), asked).status_code == 200


def test_verifying_takes_two_queries(cast: Cast) -> None:
    report = issued(season(cast, 2026, PASSED_BASICS), cast.lin)
    client = Client()
    client.post(reverse(VERIFY), {"code": report.code})  # the first one of a network begins its count
    with CaptureQueriesContext(connection) as queries:
        client.post(reverse(VERIFY), {"code": report.code})
    assert len(queries) <= 4  # two of them count the check


# ---------------------------------------------------------------- forged and altered papers
def is_intact(pdf: bytes) -> bool:
    """Whether a reader of PDF that trusts our certificate alone takes this file for an unaltered one of ours."""
    trusted = [x509.Certificate.load(one) for one in paper_queries.certificates()]
    context = ValidationContext(trust_roots=trusted, allow_fetching=False)
    try:
        (signature,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
        return bool(validate_pdf_signature(signature, signer_validation_context=context).bottom_line)
    except (PdfError, ValueError):
        return False


def says_it_is_signed(pdf: bytes) -> bool:
    """Whether there is a signature: the twin of a check, which does not try it."""
    return b"/ETSI.CAdES.detached" in pdf and b"/DocMDP" in pdf


@pytest.fixture
def genuine(cast: Cast) -> tuple[ResultReport, bytes]:
    report = issued(season(cast, 2026, PASSED_BASICS), cast.lin)
    return report, paper(report)


def test_the_genuine_paper_verifies_here_and_in_another_reader(
    genuine: tuple[ResultReport, bytes], tmp_path: Path
) -> None:
    report, pdf = genuine
    assert is_intact(pdf)
    assert "就是签发的原件" in verified(report.code, pdf)
    file = tmp_path / "report.pdf"
    file.write_bytes(pdf)
    told = subprocess.run(["pdfsig", str(file)], check=False, capture_output=True, text=True).stdout  # noqa: S607  # the same
    assert "Signature is Valid" in told
    assert "Total document signed" in told


def appended(pdf: bytes) -> bytes:
    """Return the paper with an update after its signature, as any editor of PDF writes it."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    writer.root["/Forged"] = writer.root["/Type"]
    writer.update_root()
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def signed_by_another(pdf: bytes) -> bytes:
    """Return a paper signed anew under a look-alike certificate of somebody else's."""
    begins = pdf.index(b"%%EOF") + 6
    return sign_paper(
        pdf[:begins], new_paper_key("Jinbang result reports 1", organisation="金榜", now=NOW), reason="成绩证明"
    )


def test_forged_and_altered_papers_are_told_apart_by_page_and_by_reader(genuine: tuple[ResultReport, bytes]) -> None:
    report, pdf = genuine
    inside = bytearray(pdf)
    inside[len(pdf) // 4] ^= 1
    for name, forged in {
        "a byte altered": bytes(inside),
        "something appended": appended(pdf),
        "signed by another": signed_by_another(pdf),
    }.items():
        assert forged != pdf, name
        assert says_it_is_signed(forged), name  # the twin: a check that tries nothing is taken in by each
        assert not is_intact(forged), name
        page = verified(report.code, forged)
        assert "不是签发的原件" in page, name
        assert "林*" in page, name


def test_no_altered_byte_under_the_signature_goes_unnoticed(genuine: tuple[ResultReport, bytes]) -> None:
    _report, pdf = genuine
    random = Random(7)  # noqa: S311  # test cases, no secret
    begins = pdf.index(b"/Contents <") if b"/Contents <" in pdf else pdf.rindex(b"<3082")
    for _attempt in range(60):
        place = random.randrange(len(pdf))
        if begins <= place < begins + 16_500:
            continue  # the padding of the signature itself carries nothing
        altered = bytearray(pdf)
        altered[place] ^= 1 << random.randrange(8)
        assert not is_intact(bytes(altered)), place


def test_another_s_genuine_paper_under_my_code_is_told_apart(cast: Cast) -> None:
    mine = issued(season(cast, 2026, FAILED), cast.lin)
    better = issued(season(cast, 2027, PASSED_BASICS), cast.lin)
    assert is_intact(paper(better))
    assert "不是签发的原件" in verified(mine.code, paper(better))


def test_the_certificate_is_for_everybody_and_the_private_half_lies_sealed(cast: Cast) -> None:
    issued(season(cast, 2026, PASSED_BASICS), cast.lin)
    answer = Client().get(reverse("results:report-certificate"))
    assert answer.content.startswith(b"-----BEGIN CERTIFICATE-----")
    key = ReportKey.objects.get()
    assert b"PRIVATE" not in answer.content
    assert not bytes(key.private_key_sealed).startswith(b"\x30")

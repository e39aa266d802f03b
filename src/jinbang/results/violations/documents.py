"""What a violation case prints: the notice before the decision, and the decision itself. Data in, bytes out.

Both are what is served (送达), with a receipt to be filled in at the foot. Seal and signatures are put on by hand. Each
is written once, when it is drawn up or made, and printed from what was written: whatever changes afterwards, every copy
says what was served.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from jinbang.kernel.masking import mask_document
from jinbang.people.queries import document_number_of
from jinbang.results.queries import subject_name
from jinbang.results.violations.labels import ARTICLES, DECISION, NOTICE, PAPER, SERVICES
from jinbang.results.violations.models import ViolationCase
from jinbang.results.violations.states import CaseArticle, Service
from jinbang.seating.documents import compiled, require_printable
from jinbang.sittings.labels import day

HERE: Final = Path(__file__).resolve().parent


def written_notice(case: ViolationCase, *, at: datetime) -> dict[str, object]:
    """Return every word of 告知书 as a case has them now: what is kept with the case when the notice is drawn up."""
    days = case.entry.sitting.programme_version.programme.application.defence_working_days
    return {
        **_letter(case, at=at),
        "title": str(NOTICE["title"]),
        "number": "",
        "day": day(at),
        "opening": str(NOTICE["opening"]),
        "basis": str(NOTICE["basis"]) % {"article": ARTICLES[CaseArticle(case.article)]},
        "hearing": str(NOTICE["hearing"]) % {"days": days, "place": _place(case)},
    }


def notice_pdf(case: ViolationCase, *, at: datetime) -> bytes:
    """Return 告知书 on A4, as it was drawn up; once it was served, as a copy that says how and when that was.

    Refuses, with `UnprintableName`, a name no font covers.
    """
    assert case.notice is not None  # noqa: S101  # the loader has seen to it
    require_printable(case.notice["name"])
    copy = _copy_of(NOTICE["copy"], service=case.notice_service, served_on=case.notice_served_on)
    return compiled(HERE / "notice.typ", {**case.notice, "copy": copy}, at=at)


def _copy_of(words: Promise, *, service: str, served_on: date | None) -> str:
    if served_on is None:
        return ""
    on = {"year": served_on.year, "month": served_on.month, "day": served_on.day}
    return str(words) % {"way": SERVICES[Service(service)], **on}


def decision_pdf(case: ViolationCase, *, at: datetime) -> bytes:
    """Return 处理决定书 on A4, as it was made; once it was served, as a copy that says how and when that was.

    Refuses, with `UnprintableName`, a name no font covers.
    """
    written = case.decision or written_decision(case, at=case.decided_at or at)
    require_printable(str(written["name"]))
    copy = _copy_of(DECISION["copy"], service=case.service, served_on=case.served_on)
    return compiled(HERE / "decision.typ", {**written, "copy": copy}, at=at)


def written_decision(case: ViolationCase, *, at: datetime) -> dict[str, object]:
    """Return every word of 处理决定书 as a case has them now: what is kept with the case when it is decided."""
    return {
        **_letter(case, at=at),
        "title": str(DECISION["title"]),
        "number": case.document_number,
        "day": day(case.decided_at or at),
        "opening": str(DECISION["opening"]),
        "heard": str(DECISION["heard" if case.stated_at else "not_heard"]),
        "decided": str(DECISION["decided"]) % {"article": ARTICLES[CaseArticle(case.article)]},
        "remedy": str(DECISION["remedy"]),
    }


def _letter(case: ViolationCase, *, at: datetime) -> dict[str, object]:
    person = case.entry.person
    facts = [
        (PAPER["name"], person.name),
        (PAPER["document"], mask_document(document_number_of(person, on=at.date()).number)),
        (PAPER["ticket"], case.entry.ticket_number),
        (PAPER["sitting"], case.entry.sitting.name),
        (PAPER["subject"], subject_name(case.entry, case.subject_code)),
    ]
    return {
        "words": {key: str(word) for key, word in PAPER.items()},
        "author": _author(case),
        "facts": [[str(label), value] for label, value in facts],
        "charge": case.charge,
        "name": person.name,
        "copy": "",
    }


def _author(case: ViolationCase) -> str:
    authority = case.entry.region.authority
    return authority.organisation or authority.name


def _place(case: ViolationCase) -> str:
    phone = case.entry.region.authority.phone
    return _("%(author)s（电话：%(phone)s）") % {"author": _author(case), "phone": phone} if phone else _author(case)

"""The result page: what everybody came for. Made from one opened card, for a phone first and for paper too.

`result_main` is the one renderer; `ResultPages` has it draw each kind of card once, with gaps for what is one's own.

It arrives masked. A checkbox (no script needed) and every print show in full what the person typed; the document number
is never read from the record. Those who passed stand on the golden list; for those who did not, the next chance and
what is kept come first. Whoever was absent, withheld or void reads that, and what can be done about it.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Final, NamedTuple

from jinbang.kernel.digests import Json
from jinbang.kernel.masking import mask_document, mask_name, mask_ticket
from jinbang.lookup.cards import ReleaseHeader, ResultCard, Shorthand, SubjectLine, kind_and_own
from jinbang.lookup.pages import (
    Page,
    columns,
    contact,
    link,
    proof_of_result,
    receipt_line,
    recheck_window,
    report_link,
)
from jinbang.lookup.query_form import Typed, text
from jinbang.lookup.shell import Shell
from jinbang.lookup.stencil import Stencil, as_html, gap
from jinbang.lookup.words import LAPSING, OVERALL_WORDS, ShownSubject, _, expected_of, shown_subjects
from jinbang.results.states import MarkStatus, Overall, Verdict

GOLDEN: Final = "jb-golden"
SLATE: Final = "jb-slate"
AWAITING: Final = "jb-awaiting"
KINDS_DRAWN_MAX: Final = 4_096  # about 10 kB each; a release of five statuses in four subjects has some hundreds

PANELS: Final[Mapping[Overall, str]] = {
    Overall.PASSED: GOLDEN,
    Overall.PASSED_LOCALLY: GOLDEN,
    Overall.PARTIAL: SLATE,
    Overall.FAILED: SLATE,
    Overall.ABSENT: SLATE,
    Overall.AWAITING_PASS_MARK: AWAITING,
    Overall.WITHHELD: AWAITING,
    Overall.VOID: SLATE,
}

_MAY_SIT_AGAIN: Final = frozenset({Overall.PARTIAL, Overall.FAILED, Overall.ABSENT})

LEADS: Final[Mapping[Overall, str]] = {
    Overall.PASSED: _("金榜题名，恭喜您通过本次考试。"),
    Overall.PASSED_LOCALLY: _("您达到单独划线地区的合格标准，证书在规定的地区内有效。"),
    Overall.PARTIAL: _("合格的科目在有效期内不用再考。"),
    Overall.FAILED: _("这一次没有通过，还可以再来。"),
    Overall.ABSENT: _("本次考试的各科记录都是缺考。"),
    Overall.AWAITING_PASS_MARK: _("成绩已经公布，合格标准尚未公布，暂不作合格与否的结论。请在标准公布后再来查看。"),
    Overall.WITHHELD: _("您的成绩正在核查，暂不公布。核查结束后请再来查看，不需要另行申请。"),
    Overall.VOID: _("本次考试的成绩按无效处理。"),
}

REMEDIES: Final[Mapping[MarkStatus, tuple[str, ...]]] = {
    MarkStatus.ABSENT: (
        _("记录为缺考的科目没有分数，与 0 分不同。"),
        _("如果您参加了这一科的考试，请在成绩复核期内凭准考证和回执编号申请核查。"),
    ),
    MarkStatus.VIOLATION: (
        _("违纪依据《专业技术人员资格考试违纪违规行为处理规定》（人社部令第31号）处理，成绩无效。"),
        _("收到处理决定书后，如有异议，可以依法申请行政复议或者提起行政诉讼。"),
    ),
    MarkStatus.VOID: (
        _("成绩无效的科目没有分数，原因和依据见送达给您的决定。"),
        _("如有异议，请在成绩复核期内提出，或者依法申请行政复议。"),
    ),
    MarkStatus.SIMILAR: (
        _("阅卷专家组认定这一科的答卷与他人雷同（人社部令第31号第十一条），处理决定作出以前不公布分数。"),
        _("作出决定以前会告知您事实和理由，您可以陈述和申辩。"),
    ),
    MarkStatus.WITHHELD: (
        _("待核查的科目，核查结束后会在本页公布分数或处理结果。"),
        _("需要您补充材料时，会通过报名时留的联系方式通知您。"),
    ),
}

_ZERO: Final = (
    _("0 分表示参加了考试而没有得分，与缺考不同。"),
    _("对 0 分有疑问的，客观题科目也可以在成绩复核期内申请核查。"),
)


class Keeping(NamedTuple):
    """How this browser can keep a result: with what pass it gets a picture, and whether an app shows the page."""

    picture_pass: str
    is_inside_app: bool = False


class Shown(NamedTuple):
    """What stands on a result page and is one person's own: named on the card, typed, or made for this one answer."""

    masked_name: str
    name: str
    typed_name: str
    ticket_number: str
    masked_ticket: str
    document_number: str
    masked_document: str
    receipt: str
    picture_pass: str

    @classmethod
    def of(cls, card: ResultCard, *, typed: Typed, receipt: str, picture_pass: str) -> "Shown":
        """Return what is shown to the owner of a card who typed this."""
        return cls(mask_name(card.name), card.name, *_asked(typed, receipt, picture_pass))


def _asked(typed: Typed, receipt: str, picture_pass: str) -> tuple[str, ...]:
    ticket, document = typed.ticket_number, typed.document_number
    return typed.name, ticket, mask_ticket(ticket), document, mask_document(document), receipt, picture_pass


# What is filled in are the parts of a card's own, its document, names and marks, and after them what was asked.
_MARKS_FROM: Final = 3
_GAPS: Final = Shown(gap(1), gap(2), *map(gap, range(2 - len(Shown._fields), 0)))


class ResultPages:
    """The result pages of one generation: each kind of card is drawn once and filled in for everybody who has one."""

    def __init__(self, header: ReleaseHeader, shell: Shell, *, picture_at: str = "") -> None:
        """Draw nothing yet. `picture_at` is where the reader gets a picture just for asking; without it, for a pass."""
        self._picture_at = picture_at
        self._header = header
        self._shell = shell
        self._shorthand = Shorthand(header)
        self._drawn: dict[tuple[bytes, bool], Stencil] = {}

    def page(self, content: bytes, *, typed: Typed, receipt: str, keeping: Keeping) -> bytes:
        """Return the page of a card in shorthand. `typed` is shown in full on purpose only."""
        kind, own = kind_and_own(content)
        stencil = self._drawn.get((kind, keeping.is_inside_app)) or self._draw(kind, keeping.is_inside_app)
        return stencil.filled(own + as_html(_asked(typed, receipt, keeping.picture_pass)))

    def _draw(self, kind: bytes, is_inside_app: bool) -> Stencil:  # noqa: FBT001  # the two parts of a key
        """Draw the page of a kind, and remember it: there are few, and room for so many that few are drawn twice."""
        card = self._shorthand.card(kind, count(1))
        gaps = map(gap, count(_MARKS_FROM))
        subjects = [
            replace(shown, mark=next(gaps)) if line.mark_hundredths else shown
            for line, shown in zip(card.subjects, shown_subjects(self._header, card), strict=True)
        ]
        picture = picture_button(self._header, _GAPS, at=self._picture_at, is_inside_app=is_inside_app)
        main = result_main(
            self._header, card, subjects=subjects, shown=_GAPS, picture=picture, is_inside_app=is_inside_app
        )
        if len(self._drawn) >= KINDS_DRAWN_MAX:
            self._drawn.clear()
        stencil = Stencil(self._shell.html(title=text(title_of(self._header)), main=main))
        self._drawn[kind, is_inside_app] = stencil
        return stencil


def result_main(
    header: ReleaseHeader,
    card: ResultCard,
    *,
    subjects: Sequence[ShownSubject],
    shown: Shown,
    picture: str,
    is_inside_app: bool,
) -> str:
    """Return what stands in the frame for a hit. Of the card's own nothing is read but what `subjects` do not say."""
    return columns(
        f'<article class="jb-result" data-overall="{card.overall.value}">'
        f"{_panel(header, card)}{_subjects(header, card, subjects)}{_identity(header, card, shown)}"
        f"{_notes(header, card)}{_doubts(header, shown.receipt)}"
        f"{_actions(header, picture, is_inside_app=is_inside_app)}{proof_of_result(header.desk.official_url)}"
        f"{receipt_line(shown.receipt)}{contact(header.desk)}</article>"
    )


def title_of(header: ReleaseHeader) -> str:
    """Return the title of every result page of a release."""
    return f"{_('成绩')} - {header.title}"


def result_facts(header: ReleaseHeader, card: ResultCard, *, typed: Typed, receipt: str) -> Mapping[str, Json]:
    """Return the page for programs, as masked as the page is."""
    expected = expected_of(header, card)
    return {
        "outcome": "result",
        "release": header.release,
        "title": header.title,
        "receipt": receipt,
        "candidate": {
            "name": mask_name(card.name),
            "ticket_number": mask_ticket(typed.ticket_number),
            "document_number": mask_document(typed.document_number),
        },
        "labels": _labels(header, card),
        "overall_code": card.overall.value,
        "notes": [*kept_lines(header, card), *note_sentences(header, card)],
        "subjects": expected["subjects"],
        "overall": expected["overall"],
    }


def picture_page(header: ReleaseHeader, picture: bytes) -> Page:
    """Return the page that holds nothing but a result's picture, for a long press."""
    source = base64.b64encode(picture).decode()
    hint = _("长按图片，选择“保存图片”；电脑上请用鼠标右键另存。")
    described = _("成绩图片，内容与查询结果页相同。")
    main = (
        f'<h1 class="jb-title">{_("成绩图片")}</h1><p class="govuk-body">{hint}</p>'
        f'<img class="jb-picture" src="data:image/png;base64,{source}" alt="{described}">'
        f'<p class="govuk-body">{link(f"/lookup/{text(header.release)}", _("再查一次"))}</p>'
    )
    return Page(f"{_('成绩图片')} - {header.title}", columns(main), {"outcome": "picture", "release": header.release})


def picture_button(header: ReleaseHeader, shown: Shown, *, at: str, is_inside_app: bool) -> str:
    """Return what leads to the picture: a link to an address that knows the reader, else a form with a pass."""
    rank = "" if is_inside_app else " govuk-button--secondary"
    if at:
        return f'<a class="govuk-button{rank}" role="button" draggable="false" href="{text(at)}">{_("存为图片")}</a>'
    values = {
        "ticket_number": shown.ticket_number,
        "document_number": shown.document_number,
        "name": shown.typed_name,
        "picture_pass": shown.picture_pass,
        "receipt": shown.receipt,
    }
    hidden = "".join(f'<input type="hidden" name="{name}" value="{text(value)}">' for name, value in values.items())
    return (
        f'<form method="post" action="/lookup/{text(header.release)}/picture">{hidden}'
        f'<button type="submit" class="govuk-button{rank}">{_("存为图片")}</button></form>'
    )


def _actions(header: ReleaseHeader, picture: str, *, is_inside_app: bool) -> str:
    """Return how to keep the result: the picture first inside an app, the printer first elsewhere."""
    again = link(f"/lookup/{text(header.release)}", _("再查一次"))
    if is_inside_app:
        outside = _("要打印或存为 PDF，请点右上角的“···”，选择“在浏览器打开”，再查询一次。")
        return f'<div class="jb-result__actions">{picture}{again}</div><p class="govuk-body">{outside}</p>'
    printing = (
        '<button type="button" class="govuk-button govuk-button--secondary" data-print hidden>'
        f"{_('打印或存为 PDF')}</button>"
    )
    return f'<div class="jb-result__actions">{printing}{picture}{again}</div>'


def note_sentences(header: ReleaseHeader, card: ResultCard) -> Iterator[str]:
    """Return the card's notes as sentences of the header with this person's values in them."""
    for note in card.notes:
        sentence = header.sentences[note.key]
        for position, value in enumerate(note.values):
            sentence = sentence.replace(f"{{{position}}}", value)
        yield sentence


def kept_lines(header: ReleaseHeader, card: ResultCard) -> Iterator[str]:
    """Return, for somebody who has not passed yet, each subject that stays passed, what does not, then what is missing.

    What has counted for the last time is missing as well: it has to be passed again.
    """
    if card.overall in {Overall.PASSED, Overall.PASSED_LOCALLY}:
        return
    told = sorted((line for line in card.subjects if line.until), key=lambda line: line.until == LAPSING)
    for line in told:
        yield _("《{subject}》合格成绩{until}。").format(subject=header.subjects[line.code].name, until=line.until)
    done = {Verdict.PASSED, Verdict.RETAINED, Verdict.EXEMPT}
    missing = "".join(
        f"《{header.subjects[line.code].name}》"
        for line in card.subjects
        if line.verdict not in done or line.until == LAPSING
    )
    if told and missing:
        yield _("还需通过{subjects}。").format(subjects=missing)


def _panel(header: ReleaseHeader, card: ResultCard) -> str:
    """Return what the sitting comes to: in gold for those who passed, else with what is left to hope for first."""
    kind = PANELS[card.overall]
    exam = f'<p class="jb-panel__exam">{text(header.title)}</p>'
    word = f'<h1 class="{kind}__word" id="overall">{OVERALL_WORDS[card.overall]}</h1>'
    lead = f"<p>{LEADS[card.overall]}</p>"
    before = ""
    if card.overall in _MAY_SIT_AGAIN:
        rows = [*kept_lines(header, card)]
        if header.next_chance:
            rows.append(_("下一次机会：{chance}").format(chance=header.next_chance))
        before = "".join(f'<p class="jb-panel__next">{text(row)}</p>' for row in rows)
    return f'<section class="{kind}" aria-labelledby="overall">{exam}{before}{word}{lead}</section>'


def _labels(header: ReleaseHeader, card: ResultCard) -> list[str]:
    return [header.labels.get(code, code) for code in (card.level, card.specialty, card.track) if code]


def _identity(header: ReleaseHeader, card: ResultCard, shown: Shown) -> str:
    labels = " / ".join(_labels(header, card))
    rows = [
        _fact(_("姓名"), masked=shown.masked_name, full=shown.name),
        _fact(_("准考证号"), masked=shown.masked_ticket, full=shown.ticket_number),
        _fact(_("证件号码"), masked=shown.masked_document, full=shown.document_number),
        _fact(_("报考"), masked=labels) if labels else "",
    ]
    return (
        f'<section class="jb-identity" aria-label="{_("考生信息")}">'
        '<input class="jb-reveal" type="checkbox" id="reveal" autocomplete="off">'
        f'<label class="jb-reveal__label" for="reveal">{_("显示完整的姓名和号码")}</label>'
        f'<dl class="jb-facts">{"".join(rows)}</dl></section>'
    )


def _fact(label: str, *, masked: str, full: str = "") -> str:
    shown = text(masked)
    if full:
        shown = f'<span class="jb-masked">{shown}</span><span class="jb-full">{text(full)}</span>'
    return f"<div><dt>{label}</dt><dd>{shown}</dd></div>"


def _subjects(header: ReleaseHeader, card: ResultCard, subjects: Sequence[ShownSubject]) -> str:
    rows = "".join(_subject(line, shown) for line, shown in zip(card.subjects, subjects, strict=True))
    source = ""
    if header.pass_mark_document:
        named = _("合格标准见{document}。").format(document=text(header.pass_mark_document))
        source = f'<p class="govuk-body-s">{named}</p>'
    return f'<h2 class="govuk-heading-m">{_("各科成绩")}</h2><ul class="jb-subjects">{rows}</ul>{source}'


def _subject(line: SubjectLine, shown: ShownSubject) -> str:
    number = _("{mark} 分").format(mark=f"<strong>{shown.mark}</strong>") if shown.mark else _("无分数")
    full = _("满分 {mark} 分").format(mark=shown.full_mark)
    standard = _("合格标准 {mark} 分").format(mark=shown.pass_mark) if shown.pass_mark else ""
    details = "".join(f'<p class="jb-subject__detail">{text(part)}</p>' for part in (standard, line.earned) if part)
    tone = line.status.value if line.verdict is Verdict.NONE and line.status else line.verdict.value
    return (
        f'<li class="jb-subject jb-subject--{tone}" data-subject="{text(shown.code)}" data-mark="{shown.mark}" '
        f'data-status="{shown.status}" data-pass-mark="{shown.pass_mark}">'
        f'<h3 class="jb-subject__name">{text(shown.name)}</h3>'
        f'<p class="jb-subject__mark">{number}<span class="jb-subject__of">{full}</span></p>'
        f'<p class="jb-subject__status">{shown.status}</p>{details}</li>'
    )


def _notes(header: ReleaseHeader, card: ResultCard) -> str:
    sentences = list(note_sentences(header, card))
    statuses = dict.fromkeys(line.status for line in card.subjects if line.status is not None)
    sentences += ["".join(REMEDIES[status]) for status in statuses if status in REMEDIES]
    if any(line.mark_hundredths == 0 and line.status is MarkStatus.SCORED for line in card.subjects):
        sentences.append("".join(_ZERO))
    if not sentences:
        return ""
    rows = "".join(f"<li>{text(sentence)}</li>" for sentence in sentences)
    return f'<h2 class="govuk-heading-m">{_("有效期与说明")}</h2><ul class="govuk-list govuk-list--bullet">{rows}</ul>'


def _doubts(header: ReleaseHeader, receipt: str) -> str:
    wrong = _("姓名、号码有误，或者分数与您的情况明显不符的，请{report}，或者联系{name}并告知下面的回执编号。")
    traced = _("工作人员会核查是否漏登或错登。")
    told = wrong.format(report=report_link(header, receipt), name=text(header.desk.name))
    heading = f'<h2 class="govuk-heading-m">{_("对成绩有疑问")}</h2>'
    return f'{heading}{recheck_window(header)}<p class="govuk-body">{told}{traced}</p>'

"""The form of a query as HTML: its fields, the proof of work that solves itself, and the image code.

Used by the countdown, by the page that asks and by the page that found nothing. Every value goes through `text`.
Without script the image code is shown by `<noscript>`; where the proof takes long or fails, the page's script shows a
fresh code in the `<template>`, or that of the `<noscript>` where no challenge reaches it; a form sent without any
solution comes back with the code in plain sight, so that nobody is stuck.
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from jinbang.kernel.digests import Json
from jinbang.lookup.cards import ReleaseHeader
from jinbang.lookup.image_code import HEIGHT, WIDTH, ImageCode
from jinbang.lookup.words import _

_SPECIAL: Final = re.compile(r"[&<>\"']")  # most values hold none, and looking costs less than replacing five times


@dataclass(slots=True)
class Typed:
    """What stands in the fields of a form that is shown again."""

    ticket_number: str = field(default="", repr=False)
    document_number: str = field(default="", repr=False)
    name: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A sentence about one field of the form; `field` is its name and its id on the page.

    `mends_itself`: with scripts the page puts it right and sends the form once more without being asked.
    """

    field: str
    sentence: str
    mends_itself: bool = False


def text(value: str) -> str:
    """Return a value as HTML text or attribute."""
    return html.escape(value, quote=True) if _SPECIAL.search(value) else value


def query_form(
    header: ReleaseHeader,
    code: ImageCode | None,
    *,
    typed: Typed,
    problems: Sequence[FieldProblem] = (),
    show_code: bool = False,
    opens_at: datetime | None = None,
) -> str:
    """Return the form of a release with what was typed. `show_code` shows the image code to everybody.

    The form of the countdown has no `code`, being the same for everybody, and waits for `opens_at`.
    """
    wrong = {problem.field: problem.sentence for problem in problems}
    keyboard = "numeric" if header.ticket_shape.digits_only else "text"
    ticket = _input("ticket_number", typed.ticket_number, wrong=wrong, extra=f'inputmode="{keyboard}"')
    document = _input(
        "document_number",
        typed.document_number,
        wrong=wrong,
        hint=_("与报名时用的证件一致。15 位、18 位都可以，字母不分大小写。"),
        extra='autocapitalize="characters"',
    )
    name = _input("name", typed.name, wrong=wrong, completion="name") if header.asks_name else ""
    waits = f' data-opens-at="{opens_at.isoformat()}"' if opens_at is not None else ""
    again = " data-send-again" if any(problem.mends_itself for problem in problems) else ""
    return (
        f'<form class="jb-lookup-form" method="post" action="/lookup/{text(header.release)}" novalidate '
        f'data-challenge="/lookup/challenge"{waits}{again}>'
        f"{ticket}{document}{name}{_verification(code, wrong=wrong, shown=show_code)}"
        f'<button type="submit" class="govuk-button">{_("查询成绩")}</button></form>'
    )


_LABELS: Mapping[str, str] = {
    "ticket_number": _("准考证号"),
    "document_number": _("证件号码"),
    "name": _("姓名"),
    "image_code": _("图片验证码"),
}


def _input(
    name: str, value: str, *, wrong: Mapping[str, str], extra: str = "", hint: str = "", completion: str = "on"
) -> str:
    """Return one field. `completion` is its autocomplete token: no standard token means a ticket or document number."""
    described = " ".join(
        part for part, stands in ((f"{name}-hint", hint), (f"{name}-error", wrong.get(name))) if stands
    )
    hinted = f'<div class="govuk-hint" id="{name}-hint">{text(hint)}</div>' if hint else ""
    return (
        f"{_group(name, wrong)}{hinted}{_error(name, wrong)}"
        f'<input class="govuk-input{" govuk-input--error" if name in wrong else ""}" id="{name}" name="{name}" '
        f'type="text" value="{text(value)}" autocomplete="{completion}" spellcheck="false" autocorrect="off" {extra}'
        + (f' aria-describedby="{described}"' if described else "")
        + "></div>"
    )


def _group(name: str, wrong: Mapping[str, str]) -> str:
    error = " govuk-form-group--error" if name in wrong else ""
    return (
        f'<div class="govuk-form-group{error}">'
        f'<label class="govuk-label govuk-label--s" for="{name}">{_LABELS[name]}</label>'
    )


def _error(name: str, wrong: Mapping[str, str]) -> str:
    if name not in wrong:
        return ""
    prefix = f'<span class="govuk-visually-hidden">{_("错误：")}</span>'
    return f'<p class="govuk-error-message" id="{name}-error">{prefix}{text(wrong[name])}</p>'


def _verification(code: ImageCode | None, *, wrong: Mapping[str, str], shown: bool) -> str:
    """Return the place of the proof, and the image code: for all when `shown`, else without script or a quick one."""
    proof = (
        '<input type="hidden" name="altcha" value=""><p class="jb-proof" role="status" hidden '
        f'data-working="{_("正在验证，请稍候……")}" '
        f'data-waiting="{_("已填好，到开放时间会自动查询，请不要关闭本页。")}" '
        f'data-solved="{_("验证已通过")}" data-code="{_("验证还没有完成，可以等一等，也可以填写图片验证码。")}"></p>'
    )
    if shown and code is not None:
        return f"{proof}{_image_field(code, wrong)}"
    template = (
        f'<template class="jb-code-source">{_image_field(None, wrong)}</template><div class="jb-code-place"></div>'
    )
    plain = f"<noscript>{_image_field(code, wrong)}</noscript>" if code is not None else ""
    return f"{proof}{template}{plain}"


def _image_field(code: ImageCode | None, wrong: Mapping[str, str]) -> str:
    """Return the field of a code; without one, the field that a script fills with a code of its own."""
    described = f"image_code-hint image_code-sum{' image_code-error' if 'image_code' in wrong else ''}"
    question = f"<strong>{text(code.question) if code else ''}</strong>"
    source = f'src="{image_address(code)}" ' if code else ""
    return (
        f'{_group("image_code", wrong)}<div class="govuk-hint" id="image_code-hint">'
        f"{_('填图片中的 5 个字符，不分大小写。')}</div>{_error('image_code', wrong)}"
        f'<img class="jb-image-code" {source}width="{WIDTH}" height="{HEIGHT}" '
        f'alt="{_("验证码图片。看不到图片时请回答下面的算术题。")}">'
        f'<p class="govuk-body" id="image_code-sum">{_("看不清或看不到图片？也可以填这道题的得数：")}{question}</p>'
        '<input class="govuk-input govuk-input--width-10" id="image_code" name="image_code" type="text" '
        f'autocomplete="off" autocapitalize="characters" spellcheck="false" aria-describedby="{described}">'
        f'<input type="hidden" name="image_token" value="{text(code.token) if code else ""}"></div>'
    )


def code_facts(code: ImageCode) -> dict[str, Json]:
    """Return an image code as a program gets it."""
    return {"image": image_address(code), "image_token": code.token, "question": code.question}


def image_address(code: ImageCode) -> str:
    """Return where the picture of a code is."""
    return f"/lookup/image/{code.token}.png"


def error_summary(problems: Sequence[FieldProblem]) -> str:
    """Return the list of problems that stands above a form; nothing where there is none."""
    if not problems:
        return ""
    rows = "".join(f'<li><a href="#{problem.field}">{text(problem.sentence)}</a></li>' for problem in problems)
    return (
        '<div class="govuk-error-summary" data-module="govuk-error-summary"><div role="alert">'
        f'<h2 class="govuk-error-summary__title">{_("请先更正下面的问题")}</h2>'
        f'<div class="govuk-error-summary__body"><ul class="govuk-list govuk-error-summary__list">{rows}</ul></div>'
        "</div></div>"
    )

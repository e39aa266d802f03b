"""The lookup's pages but for the result: the list, the countdown, the form, the miss, and what went wrong.

Each is made as HTML for the slots of the shell and as facts for JSON, from the same values. No template engine; every
value that is not a literal of this file goes through `text`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.digests import Json
from jinbang.lookup.cards import Desk, ReleaseHeader
from jinbang.lookup.image_code import ImageCode
from jinbang.lookup.query_form import FieldProblem, Typed, code_facts, error_summary, query_form, text
from jinbang.lookup.shell import Shell
from jinbang.lookup.stencil import Stencil, as_html, gap
from jinbang.lookup.words import _

RECEIPT_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
TICKET_HELP_URL: Final = "/find-ticket/"
OWN_EXAMS_URL: Final = "/me/"
KEPT_SECONDS: Final = 60
REPORT_URL: Final = "/report/"
OFFICIAL_URL: Final = "/lookup/official"
VERIFY_URL: Final = "/verify/report/"
RECORD_URL: Final = "/me/results/"
# The pages that search engines may list: those that say nothing about anybody.
INDEXED: Final = (("x-robots-tag", "all"),)


@dataclass(frozen=True, slots=True)
class Page:
    """What is answered: a title (plain text), the HTML of the main slot, the same as facts, and the status."""

    title: str
    main: str
    facts: Mapping[str, Json]
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


def instant(value: datetime) -> str:
    """Return an instant as people here read it: 2026年12月1日 10:00."""
    local = value.astimezone(SHANGHAI)
    return f"{_day(local)} {local:%H:%M}"


def closing(value: datetime) -> str:
    """Return the end of a half-open time: midnight is the 24:00 of the day before."""
    local = value.astimezone(SHANGHAI)
    is_midnight = (local.hour, local.minute) == (0, 0)
    return f"{_day(local - timedelta(days=1))} 24:00" if is_midnight else instant(value)


def _day(local: datetime) -> str:
    return _("{year}年{month}月{day}日").format(year=local.year, month=local.month, day=local.day)


def columns(main: str) -> str:
    """Put a page's content into the column that all pages of the lookup share."""
    return f'<div class="govuk-grid-row"><div class="govuk-grid-column-two-thirds jb-lookup">{main}</div></div>'


def link(address: str, words: str) -> str:
    """Return a link to an address of the site."""
    return f'<a class="govuk-link" href="{address}">{words}</a>'


def contact(desk: Desk) -> str:
    """Return who answers, by telephone, and which address is the official one."""
    call = _("{name}，电话 {phone}。").format(
        name=text(desk.name), phone=link(f"tel:{text(desk.phone)}", text(desk.phone))
    )
    if not desk.official_url:
        return f'<p class="govuk-body-s">{call}</p>'
    official = _("官方网址是 {address}，请核对浏览器地址栏。").format(
        address=f'<strong class="jb-address" data-official>{text(desk.official_url)}</strong>'
    )
    free = _("查询成绩不收费，也不会向您索要银行卡号或短信验证码。")
    more = link(OFFICIAL_URL, _("怎样分辨官方网站"))
    return (
        f'<p class="govuk-body-s">{call}</p><p class="govuk-body-s">{official}{free}{more}</p>'
        f'<p class="govuk-body-s" role="status" data-own-address hidden data-same="{_("本页地址与官方网址一致。")}" '
        f'data-other="{_("注意：本页地址不是官方网址，请不要在这里填写任何信息。")}"></p>'
    )


def forgotten_ticket() -> str:
    """Return where a ticket number can be found again: with its owner, never on a page that anybody can ask."""
    forgotten = _("登录后在{link}里随时可以看到；考试机构开通了的，也可以{find}，号码会发到登记的手机上。").format(
        link=link(OWN_EXAMS_URL, _("我的考试")), find=link(TICKET_HELP_URL, _("找回准考证号"))
    )
    return f'<h2 class="govuk-heading-s">{_("忘了准考证号")}</h2><p class="govuk-body">{forgotten}</p>'


def report_link(header: ReleaseHeader, receipt: str) -> str:
    """Return the link to the report of an anomaly, which carries the receipt number along and nothing of anybody."""
    return link(f"{REPORT_URL}?release={text(header.release)}&amp;receipt={text(receipt)}", _("报告成绩异常"))


def recheck_window(header: ReleaseHeader) -> str:
    """Return when a recheck can be asked for and what it is, the same for everybody; nothing while it is not set."""
    if header.recheck_opens_at is None or header.recheck_closes_at is None:
        return ""
    times = _("成绩复核申请时间：{opens} 至 {closes}（北京时间）。").format(
        opens=instant(header.recheck_opens_at), closes=closing(header.recheck_closes_at)
    )
    scope = _("复核只核查分数的登记、汇总和录入有无差错，不重新评阅试卷。")
    final = _("复核后的结果为最终结果。")
    return f'<p class="govuk-body">{times}{scope}{final}</p>'


def proof_of_result(address: str) -> str:
    """Return where there is something that proves a result, and at which address others check it."""
    sentence = _(
        "需要证明成绩的，请登录后在{record}下载有电子签名的成绩证明（PDF）；收到证明的人可以在{verify}核验真伪。"
    )
    told = sentence.format(
        record=link(RECORD_URL, _("我的成绩")), verify=link(VERIFY_URL, f"{text(address)}{VERIFY_URL}")
    )
    return f'<p class="govuk-body">{told}</p>'


def receipt_line(receipt: str) -> str:
    """Return the receipt number as it stands on every answer."""
    number = f'<strong class="jb-number" data-receipt>{text(receipt)}</strong>'
    return f'<p class="govuk-body-s">{_("查询回执编号：")}{number}</p>'


def _heading(caption: str, heading: str) -> str:
    return f'<span class="govuk-caption-m">{caption}</span><h1 class="jb-title">{heading}</h1>'


# ------------------------------------------------------------------------------------------------ list, countdown


def list_page(headers: Sequence[ReleaseHeader], *, now: datetime) -> Page:
    """Return the list of releases, open ones first, then those that are announced."""
    opened = [header for header in headers if header.opens_at <= now]
    awaited = sorted((header for header in headers if header.opens_at > now), key=lambda header: header.opens_at)
    parts = [f'<h1 class="jb-title">{_("成绩查询")}</h1>']
    if opened:
        parts.append(_release_list(_("可以查询"), opened, when=_("{time} 开放")))
    if awaited:
        parts.append(_release_list(_("即将开放"), awaited, when=_("{time} 起可以查询")))
    if not headers:
        nothing = _("目前没有可以查询的成绩。开放查询的时间会在“公告”中提前公布。")
        parts.append(f'<p class="govuk-body">{nothing}</p>')
    facts: list[Json] = [
        {
            "release": header.release,
            "title": header.title,
            "opens_at": header.opens_at.isoformat(),
            "open": header.opens_at <= now,
        }
        for header in (*opened, *awaited)
    ]
    parts.append(f'<p class="govuk-body">{link(OFFICIAL_URL, _("怎样分辨官方网站"))}</p>')
    return Page(_("成绩查询"), columns("".join(parts)), {"outcome": "releases", "releases": facts}, headers=INDEXED)


def official_page(desks: Iterable[Desk]) -> Page:
    """Return how to tell the genuine site: its own addresses, who answers by telephone, and what is never asked for.

    `desks`: of the house itself first, then of every release. Each stands there once.
    """
    addresses = [desk for desk in dict.fromkeys(desks) if desk.official_url]
    parts = [f'<h1 class="jb-title">{_("怎样分辨官方网站")}</h1>']
    rows = [
        _("{name}：网址 {address}，电话 {phone}").format(
            name=text(desk.name),
            address=f'<strong class="jb-address">{text(desk.official_url)}</strong>',
            phone=link(f"tel:{text(desk.phone)}", text(desk.phone)),
        )
        for desk in addresses
    ]
    if rows:
        parts += [f'<h2 class="govuk-heading-m">{_("官方网址和电话")}</h2>', _bullets(rows)]
    habits = (
        _("请直接输入网址或者从收藏夹进入，不要从短信、群聊或者搜索广告里的链接进入。"),
        _("浏览器地址栏里从头到第一个“/”为止的部分，应当与上面的网址完全一样，一个字符也不差。"),
        _("查询成绩不收费，不要求下载软件，不会索要银行卡号、支付密码或短信验证码。"),
        _("声称可以“提前查分”“改分”“内部查询”的都是骗局，请向上面的电话核实。"),
    )
    parts += [f'<h2 class="govuk-heading-m">{_("请这样核对")}</h2>', _bullets(habits)]
    if addresses:
        parts += [f'<h2 class="govuk-heading-m">{_("核验成绩证明")}</h2>', proof_of_result(addresses[0].official_url)]
    parts.append(f'<p class="govuk-body">{link("/lookup/", _("返回成绩查询"))}</p>')
    facts: list[Json] = [{"name": desk.name, "phone": desk.phone, "address": desk.official_url} for desk in addresses]
    return Page(
        _("怎样分辨官方网站"), columns("".join(parts)), {"outcome": "official", "desks": facts}, headers=INDEXED
    )


def _release_list(heading: str, headers: Sequence[ReleaseHeader], *, when: str) -> str:
    rows = "".join(
        f"<li>{link(f'/lookup/{text(header.release)}', text(header.title))}"
        f'<span class="jb-release-list__when">{when.format(time=instant(header.opens_at))}</span></li>'
        for header in headers
    )
    return f'<h2 class="govuk-heading-m">{heading}</h2><ul class="govuk-list jb-release-list">{rows}</ul>'


def countdown_page(header: ReleaseHeader, *, opens_at: datetime, now: datetime, typed: Typed | None = None) -> Page:
    """Return the only page there is before the release instant: the form beside what is left to wait.

    Asked for, it is the same bytes for everybody and at every moment before the instant, and may be kept by anybody for
    a minute, but never past the instant. The script asks the server what the time is, counts down by that, and sends a
    form that was filled in when the instant comes, each at a moment of its own. A form sent too early comes back with
    what was `typed`, for its sender alone.
    """
    left = opens_at - now
    seconds = max(0, -(-left // timedelta(seconds=1)))
    opens = _("{time}（北京时间）开放查询").format(time=instant(opens_at))
    units = (("days", _("天")), ("hours", _("小时")), ("minutes", _("分")), ("seconds", _("秒")))
    counted = "".join(f'<span><span data-unit="{unit}"></span> {word}</span>' for unit, word in units)
    filled = _("可以先把下面的表单填好：到开放时间，本页会自动查询，不用刷新。")
    calm = _("成绩开放后随时可以查询，不必赶在最初几分钟。")
    plain = _("您的浏览器没有运行脚本，请到开放时间后刷新本页再查询。")
    main = (
        f"{_heading(_('成绩查询'), text(header.title))}"
        f'<div class="jb-opening" data-opening><p class="jb-opening__title">{opens}</p>'
        f'<div class="jb-countdown" role="timer" data-opens-at="{opens_at.isoformat()}" hidden>{counted}</div></div>'
        f'<p class="govuk-body" data-opening data-by-itself hidden>{filled}</p>'
        f'<noscript><p class="govuk-body">{plain}</p></noscript><p class="govuk-body" data-opening>{calm}</p>'
        f"{query_form(header, None, typed=typed or Typed(), opens_at=opens_at)}"
        f"{forgotten_ticket()}{contact(header.desk)}"
    )
    facts: Mapping[str, Json] = {
        "outcome": "not_open",
        "release": header.release,
        "title": header.title,
        "opens_at": opens_at.isoformat(),
        "now": now.isoformat(timespec="seconds"),
        "seconds": seconds,
    }
    kept = min(KEPT_SECONDS, left // timedelta(seconds=1))
    shared = (("cache-control", f"public, max-age={kept}"), ("vary", "accept"))
    headers = (*INDEXED, *shared) if typed is None and kept > 0 else ()
    return Page(f"{_('成绩查询')} - {header.title}", columns(main), facts, headers=headers)


# ------------------------------------------------------------------------------------------------ form, miss


def form_page(
    header: ReleaseHeader,
    code: ImageCode,
    *,
    typed: Typed | None = None,
    problems: Sequence[FieldProblem] = (),
    show_code: bool = False,
    status: int = 200,
) -> Page:
    """Return the form, with what was typed and what is wrong with it. `show_code` shows the image code to everybody."""
    main = (
        f"{error_summary(problems)}{_heading(_('成绩查询'), text(header.title))}"
        f"{query_form(header, code, typed=typed or Typed(), problems=problems, show_code=show_code)}"
        f"{forgotten_ticket()}"
        f'<p class="govuk-body">{link("/lookup/", _("查询其他考试"))}</p>{contact(header.desk)}'
    )
    facts: Mapping[str, Json] = {
        "outcome": "refused" if problems else "form",
        "release": header.release,
        "title": header.title,
        "fields": ["ticket_number", "document_number", *(["name"] if header.asks_name else [])],
        "problems": [{"field": problem.field, "sentence": problem.sentence} for problem in problems],
        **_ways(code),
    }
    prefix = _("错误：") if problems else ""
    headers = INDEXED if typed is None else ()
    return Page(f"{prefix}{_('成绩查询')} - {header.title}", columns(main), facts, status, headers)


class MissPages:
    """The one answer of a generation to every query that found nothing, drawn once and filled in for each."""

    def __init__(self, header: ReleaseHeader, shell: Shell) -> None:
        """Draw the page, with the image code in plain sight and without."""
        typed, receipt, code = Typed(*map(gap, range(3))), gap(3), ImageCode(gap(4), gap(5))
        self._stencils = {
            show_code: Stencil(
                shell.html(
                    title=text(miss_title(header)),
                    main=miss_main(header, code, typed=typed, hints=gap(6), receipt=receipt, show_code=show_code),
                )
            )
            for show_code in (False, True)
        }

    def page(self, code: ImageCode, *, typed: Typed, findings: Sequence[str], receipt: str, show_code: bool) -> bytes:
        """Return the page with what was typed, and with help that must be computable from that alone."""
        own = (typed.ticket_number, typed.document_number, typed.name, receipt, code.token, code.question)
        return self._stencils[show_code].filled([*as_html(own), hints_of(findings).encode()])


def miss_main(
    header: ReleaseHeader, code: ImageCode, *, typed: Typed, hints: str, receipt: str, show_code: bool
) -> str:
    """Return what stands in the frame for a miss. `hints` is HTML (see `hints_of`)."""
    exam = _("考试是否选对：您查的是“{title}”，年份、级别和专业都要一致。").format(title=text(header.title))
    ticket = _("准考证号以这次考试的准考证为准，不是身份证号码，也不是往年的号码。")
    checks = (
        f"{exam}{link('/lookup/', _('查询其他考试'))}",
        f"{ticket}{link(TICKET_HELP_URL, _('找回准考证号'))}",
        _("证件号码要与报名时用的证件一致。"),
    )
    ask = _("请{report}，或者联系{name}并告知下面的回执编号，由工作人员核查是否漏登或错登。").format(
        report=report_link(header, receipt), name=text(header.desk.name)
    )
    return columns(
        f'{_heading(text(header.title), _("没有查到成绩"))}<p class="govuk-body-l">{_not_found(header)}</p>{hints}'
        f'<h2 class="govuk-heading-m">{_("请逐项核对")}</h2>{_bullets(checks)}'
        f"{query_form(header, code, typed=typed, show_code=show_code)}"
        f'<h2 class="govuk-heading-m">{_("都没有写错，还是查不到")}</h2>'
        f'<p class="govuk-body">{ask}</p>{recheck_window(header)}{receipt_line(receipt)}{contact(header.desk)}'
    )


def miss_title(header: ReleaseHeader) -> str:
    """Return the title of every miss of a release."""
    return f"{_('没有查到成绩')} - {header.title}"


def hints_of(findings: Sequence[str]) -> str:
    """Return what can be seen from the typing alone, as HTML; nothing where there is nothing to see."""
    return f'<h2 class="govuk-heading-m">{_("从您填的内容看")}</h2>{_bullets(map(text, findings))}' if findings else ""


def miss_facts(header: ReleaseHeader, code: ImageCode, *, findings: Sequence[str], receipt: str) -> Mapping[str, Json]:
    """Return a miss for programs."""
    return {
        "outcome": "miss",
        "release": header.release,
        "title": header.title,
        "receipt": receipt,
        "sentence": _not_found(header),
        "findings": list(findings),
        **_ways(code),
    }


def _not_found(header: ReleaseHeader) -> str:
    fields = _("姓名、证件号码、准考证号") if header.asks_name else _("证件号码、准考证号")
    return _("未查到与所填{fields}完全一致的成绩记录。").format(fields=fields)


def _ways(code: ImageCode) -> dict[str, Json]:
    """Return how a program may pass the verification: by the challenge, or by the image code."""
    return {"challenge": "/lookup/challenge", **code_facts(code)}


def _bullets(rows: Iterable[str]) -> str:
    return f'<ul class="govuk-list govuk-list--bullet">{"".join(f"<li>{row}</li>" for row in rows)}</ul>'


# ------------------------------------------------------------------------------------------------ problems


def problem_page(*, status: int, title: str, sentence: str, code: str, retry_after: int = 0) -> Page:
    """Return a short page that says what is the matter and what to do. `retry_after` (seconds) is told to programs."""
    main = (
        f'<h1 class="jb-title">{text(title)}</h1><p class="govuk-body">{text(sentence)}</p>'
        f'<p class="govuk-body">{link("/lookup/", _("返回成绩查询"))}</p>'
    )
    headers = (("retry-after", str(retry_after)),) if retry_after else ()
    return Page(title, columns(main), {"outcome": "problem", "code": code, "sentence": sentence}, status, headers)

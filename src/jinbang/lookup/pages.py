"""The lookup's pages but for the result: the list, the countdown, the form, the miss, and what went wrong.

Each is made as HTML for the slots of the shell and as facts for JSON, from the same values. No template engine; every
value that is not a literal of this file goes through `text`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.digests import Json
from jinbang.lookup.cards import Desk, ReleaseHeader
from jinbang.lookup.image_code import ImageCode
from jinbang.lookup.query_form import FieldProblem, Typed, error_summary, image_address, query_form, text
from jinbang.lookup.words import _

RECEIPT_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
TICKET_HELP_URL: Final = "/me/"


@dataclass(frozen=True, slots=True)
class Page:
    """What is answered: a title (plain text), the HTML of the main slot, the same as facts, and the status.

    Facts that cost something are a function, which is called only for those who ask for JSON.
    """

    title: str
    main: str
    facts: Mapping[str, Json] | Callable[[], Mapping[str, Json]]
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
        address=f'<strong class="jb-address">{text(desk.official_url)}</strong>'
    )
    free = _("查询成绩不收费，也不会向您索要银行卡号或短信验证码。")
    return f'<p class="govuk-body-s">{call}</p><p class="govuk-body-s">{official}{free}</p>'


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
        nothing = _("目前没有可以查询的成绩。开放查询的时间会在“通知公告”中提前公布。")
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
    return Page(_("成绩查询"), columns("".join(parts)), {"outcome": "releases", "releases": facts})


def _release_list(heading: str, headers: Sequence[ReleaseHeader], *, when: str) -> str:
    rows = "".join(
        f"<li>{link(f'/lookup/{text(header.release)}', text(header.title))}"
        f'<span class="jb-release-list__when">{when.format(time=instant(header.opens_at))}</span></li>'
        for header in headers
    )
    return f'<h2 class="govuk-heading-m">{heading}</h2><ul class="govuk-list jb-release-list">{rows}</ul>'


def countdown_page(header: ReleaseHeader, *, opens_at: datetime, now: datetime) -> Page:
    """Return the only page there is before the release instant: the same for everybody, and nothing else."""
    seconds = max(0, -(-(opens_at - now) // timedelta(seconds=1)))
    opens = _("{time}（北京时间）开放查询").format(time=instant(opens_at))
    main = (
        f"{_heading(_('成绩查询'), text(header.title))}"
        f'<div class="jb-opening"><p class="jb-opening__title">{opens}</p>'
        f'<div class="jb-countdown" role="timer" data-countdown-to="{opens_at.isoformat()}" '
        f'data-countdown-now="{now.isoformat()}">{_remaining(seconds)}</div></div>'
        f'<p class="govuk-body">{_("到时本页会自动刷新；如果没有刷新，请手动刷新一次。")}'
        f"{_('成绩开放后随时可以查询，不必赶在最初几分钟。')}</p>"
    )
    facts: Mapping[str, Json] = {
        "outcome": "not_open",
        "release": header.release,
        "title": header.title,
        "opens_at": opens_at.isoformat(),
        "now": now.isoformat(timespec="seconds"),
        "seconds": seconds,
    }
    return Page(f"{_('成绩查询')} - {header.title}", columns(main), facts)


def _remaining(seconds: int) -> str:
    """Return a length of time, each number in an element of its own, which the script of the site counts down."""
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, rest = divmod(rest, 60)
    parts = (
        ("days", f"{days}", _("天")),
        ("hours", f"{hours:02d}", _("小时")),
        ("minutes", f"{minutes:02d}", _("分")),
        ("seconds", f"{rest:02d}", _("秒")),
    )
    return "".join(f'<span><span data-unit="{unit}">{value}</span> {word}</span>' for unit, value, word in parts)


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
    forgotten = _("登录后在{link}里随时可以看到，报名成功和考前的短信里也有。").format(
        link=link(TICKET_HELP_URL, _("我的考试"))
    )
    main = (
        f"{error_summary(problems)}{_heading(_('成绩查询'), text(header.title))}"
        f"{query_form(header, code, typed=typed or Typed(), problems=problems, show_code=show_code)}"
        f'<h2 class="govuk-heading-s">{_("忘了准考证号")}</h2><p class="govuk-body">{forgotten}</p>'
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
    return Page(f"{prefix}{_('成绩查询')} - {header.title}", columns(main), facts, status)


def miss_page(
    header: ReleaseHeader, code: ImageCode, *, typed: Typed, findings: Iterable[str], receipt: str, show_code: bool
) -> Page:
    """Return the one answer to every query that found nothing."""
    found = list(findings)
    fields = _("姓名、证件号码、准考证号") if header.asks_name else _("证件号码、准考证号")
    sentence = _("未查到与所填{fields}完全一致的成绩记录。").format(fields=fields)
    hints = f'<h2 class="govuk-heading-m">{_("从您填的内容看")}</h2>{_bullets(map(text, found))}' if found else ""
    exam = _("考试是否选对：您查的是“{title}”，年份、级别和专业都要一致。").format(title=text(header.title))
    ticket = _("准考证号以这次考试的准考证为准，不是身份证号码，也不是往年的号码。")
    checks = (
        f"{exam}{link('/lookup/', _('查询其他考试'))}",
        f"{ticket}{link(TICKET_HELP_URL, _('找回准考证号'))}",
        _("证件号码要与报名时用的证件一致。"),
    )
    ask = _("请联系{name}并告知下面的回执编号，由工作人员核查是否漏登或错登。").format(name=text(header.desk.name))
    main = (
        f'{_heading(text(header.title), _("没有查到成绩"))}<p class="govuk-body-l">{sentence}</p>{hints}'
        f'<h2 class="govuk-heading-m">{_("请逐项核对")}</h2>{_bullets(checks)}'
        f"{query_form(header, code, typed=typed, show_code=show_code)}"
        f'<h2 class="govuk-heading-m">{_("都没有写错，还是查不到")}</h2>'
        f'<p class="govuk-body">{ask}</p>{receipt_line(receipt)}{contact(header.desk)}'
    )
    facts: Mapping[str, Json] = {
        "outcome": "miss",
        "release": header.release,
        "title": header.title,
        "receipt": receipt,
        "sentence": sentence,
        "findings": found,
        **_ways(code),
    }
    return Page(f"{_('没有查到成绩')} - {header.title}", columns(main), facts)


def _ways(code: ImageCode) -> dict[str, Json]:
    """Return how a program may pass the verification: by the challenge, or by the image code."""
    return {
        "challenge": "/lookup/challenge",
        "image": image_address(code),
        "image_token": code.token,
        "question": code.question,
    }


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

"""The authorities of a rehearsed world and the officers who work in it, each with one role, as separation asks."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from jinbang.kernel.actors import SYSTEM
from jinbang.people import actions
from jinbang.people.models import Authority
from jinbang.people.queries import Staff, get_staff
from jinbang.people.states import AuthorityKind, Role

PROVINCES: Final[Mapping[str, tuple[str, str, str, tuple[tuple[str, str], ...]]]] = {
    "14": (
        "山西省",
        "山西省人事考试中心",
        "0351-5550100",
        (("1401", "太原市"), ("1402", "大同市"), ("1403", "阳泉市"), ("1404", "长治市")),
    ),
    "50": (
        "重庆市",
        "重庆市职业技能鉴定指导中心",
        "023-55501000",
        (("5001", "重庆市区"), ("5003", "万州区"), ("5004", "涪陵区")),
    ),
}
OFFICERS: Final[tuple[tuple[str, str, Role, str], ...]] = (
    ("zheng", "郑规划", Role.PLANNER, "考务处"),
    ("zhou", "周审核", Role.REVIEWER, "资格审核处"),
    ("bai", "白复审", Role.REVIEWER, "资格审核处"),
    ("shi", "施裁定", Role.REVIEWER, "监督处"),
    ("tao", "陶窗口", Role.REGISTRAR, "报名点"),
    ("yan", "严窗口", Role.REGISTRAR, "报名点"),
    ("pei", "裴审核", Role.REVIEWER, "监察处"),
    ("dan", "单经办", Role.GROUP_AGENT, "太原市小店区社会工作服务中心"),
    ("gu", "顾出纳", Role.BURSAR, "财务处"),
    ("song", "宋编排", Role.SEATING_OFFICER, "考务处"),
    ("meng", "孟考务", Role.ROOM_CLERK, "考务处"),
    ("qin", "秦成绩", Role.MARKS_CLERK, "成绩处"),
    ("jiang", "江核对", Role.MARKS_VERIFIER, "信息处"),
    ("xu", "许标准", Role.PASS_MARK_OFFICER, "综合处"),
    ("fan", "范标准", Role.PASS_MARK_OFFICER, "政策处"),
    ("he", "何签发", Role.RELEASE_OFFICER, "监督处"),
    ("lv", "吕签发", Role.RELEASE_OFFICER, "纪检组"),
    ("sheng", "盛审计", Role.AUDITOR, "审计处"),
)

CITY_REVIEWER: Final = "cao"
CITY_OFFICER: Final = (CITY_REVIEWER, "曹初审", Role.REVIEWER, "市人事考试中心")
"""Of the first city below: decides first where a review has two tiers."""


@dataclass(frozen=True)
class Login:
    """What somebody signs in with, printed once by the demo."""

    role: str
    username: str
    password: str = field(repr=False)
    totp_secret: str = field(default="", repr=False)
    signing_passphrase: str = field(default="", repr=False)


@dataclass(frozen=True)
class Cast:
    """The officers of one province by sign-in name, and their logins."""

    province: str
    staff: Mapping[str, Staff]
    logins: tuple[Login, ...]

    def __getitem__(self, username: str) -> Staff:
        """Return an officer."""
        return self.staff[username]

    def passphrase(self, username: str) -> str:
        """Return a release officer's signing passphrase."""
        return next(login.signing_passphrase for login in self.logins if login.username.startswith(username))


def build_authorities(*, provinces: tuple[str, ...], now: datetime) -> dict[str, Authority]:
    """Create the nation, these provinces and their cities; return them by code."""
    nation = actions.create_authority(
        code="cn",
        name="全国",
        kind=AuthorityKind.NATION,
        parent=None,
        organisation="国家人事考试中心（演示）",
        phone="010-55501234",
        by=SYSTEM,
        now=now,
    )
    found = {"cn": nation}
    for code in provinces:
        name, organisation, phone, cities = PROVINCES.get(code, (f"{code}省", f"{code}省人事考试中心", "", ()))
        found[code] = actions.create_authority(
            code=code,
            name=name,
            kind=AuthorityKind.PROVINCE,
            parent=nation,
            organisation=organisation,
            phone=phone,
            by=SYSTEM,
            now=now,
        )
        for city_code, city in cities or ((f"{code}01", f"{name}城区"),):
            found[city_code] = actions.create_authority(
                code=city_code, name=city, kind=AuthorityKind.CITY, parent=found[code], by=SYSTEM, now=now
            )
    return found


def build_cast(authority: Authority, *, suffix: str, since: date, now: datetime, with_logins: bool) -> Cast:
    """Appoint one officer for each role at this authority. Without logins nobody can sign in as one."""
    staff: dict[str, Staff] = {}
    logins: list[Login] = []
    city = Authority.objects.filter(parent=authority).order_by("code").first()
    places = [(officer, authority) for officer in OFFICERS] + ([(CITY_OFFICER, city)] if city else [])
    for (username, name, role, unit), place in places:
        password = secrets.token_urlsafe(9) if with_logins else ""
        account = actions.create_staff(
            username=f"{username}{suffix}", display_name=name, password=password or None, by=SYSTEM, now=now
        )
        actions.appoint(account=account, authority=place, role=role, unit=unit, starts_on=since, by=SYSTEM, now=now)
        secret = actions.enrol_second_factor(account=account, by=SYSTEM, now=now) if with_logins else ""
        passphrase = ""
        if role is Role.RELEASE_OFFICER:
            passphrase = f"{secrets.token_hex(3)}-{secrets.token_hex(3)}-{secrets.token_hex(3)}"
            actions.enrol_officer_key(account=account, passphrase=passphrase, by=SYSTEM, now=now)
        staff[username] = get_staff(account)
        logins.append(Login(role.value, account.username, password, secret, passphrase))
    return Cast(authority.code, staff, tuple(logins))

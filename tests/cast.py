"""The cast: the people every test knows, on a small tree of authorities, made through the program's own actions.

    国家 cn > 山西省 14 > 阳泉市 1403 > 阳泉市第一考点 140301 ; 太原市 1401        重庆市 50

林 is a candidate, bound to a person; 赵 is another one; 孙 has signed up and is bound to nobody. 周, 白 and 施 review,
顾 takes the money, 何 and 吕 release together from different units, 吴 may do nothing. The others hold one role each,
which stands beside their name. Planning and pass marks are held at the nation, 郑 and 雷 work at 重庆市,
曹 and 陶 at 阳泉市, all else at 山西省.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from jinbang.kernel import clock
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.crypto import OfficerKeyPair, new_officer_key
from jinbang.kernel.identity import DocumentKind, make_resident_id
from jinbang.people import actions, queries
from jinbang.people.audiences import begin_session
from jinbang.people.models import Account, Authority, OfficerKey, Person
from jinbang.people.queries import Candidate, Staff
from jinbang.people.states import AuthorityKind, Role
from tests.replay import replayed

NOW = datetime(2026, 3, 10, 10, 0, tzinfo=SHANGHAI)
PASSWORD = "jin-bang-ti-ming-2026"
PASSPHRASE = "山西考试中心发布口令二〇二六"
SINCE = date(2026, 1, 1)
LIN_NUMBER = make_resident_id("140303", date(1995, 6, 1), 12)
ZHAO_NUMBER = make_resident_id("500103", date(1990, 2, 28), 33)


@dataclass(frozen=True)
class CandidateMember:
    """A candidate of the cast. `person` is None for 孙, who is bound to nobody."""

    account: Account
    person: Person | None
    candidate: Candidate
    phone: str

    @property
    def bound(self) -> Person:
        """The person; only asked of those who are bound."""
        assert self.person is not None
        return self.person


@dataclass(frozen=True)
class StaffMember:
    """A member of staff of the cast: `staff` is what actions take as `by`."""

    account: Account
    staff: Staff


@dataclass(frozen=True)
class Cast:
    """Everybody, by the pinyin of the surname, and the places."""

    nation: Authority
    shanxi: Authority
    yangquan: Authority
    taiyuan: Authority
    point: Authority
    chongqing: Authority
    lin: CandidateMember
    zhao: CandidateMember
    sun: CandidateMember
    zhou: StaffMember  # reviewer
    gu: StaffMember  # bursar
    he: StaffMember  # release officer, unit 考务处
    lyu: StaffMember  # release officer, unit 信息处
    wu: StaffMember  # holds nothing
    qian: StaffMember  # planner, nation
    feng: StaffMember  # seating officer
    chen: StaffMember  # room clerk
    chu: StaffMember  # marks clerk
    wei: StaffMember  # marks verifier
    jiang: StaffMember  # proposes pass marks, nation
    shen: StaffMember  # approves pass marks, nation
    han: StaffMember  # auditor
    zheng: StaffMember  # reviewer at 重庆市
    tao: StaffMember  # registrar at a point's counter
    yan: StaffMember  # registrar, the second one there
    lei: StaffMember  # registrar at 重庆市
    bai: StaffMember  # a second reviewer at 山西省
    shi: StaffMember  # a third reviewer at 山西省
    cao: StaffMember  # reviewer at 阳泉市


def build_cast() -> Cast:
    """Return everybody: built once a process, in about eighty queries, and written again by every other test."""
    return replayed("cast", _build_cast)


def _build_cast() -> Cast:
    nation, shanxi, yangquan, taiyuan, point, chongqing = build_authorities()
    return Cast(
        nation=nation,
        shanxi=shanxi,
        yangquan=yangquan,
        taiyuan=taiyuan,
        point=point,
        chongqing=chongqing,
        lin=_candidate("lin", phone="13800138000", name="林晓", number=LIN_NUMBER),
        zhao=_candidate("zhao", phone="13900139000", name="赵敏·艾山", number=ZHAO_NUMBER),
        sun=_candidate("sun", phone="13700137000"),
        zhou=_staff("zhou", "周审", Role.REVIEWER, authority=shanxi, unit="资格审核科"),
        gu=_staff("gu", "顾收", Role.BURSAR, authority=shanxi, unit="财务处"),
        he=_release_officer("he", "何发", shanxi, unit="考务处"),
        lyu=_release_officer("lyu", "吕布", shanxi, unit="信息处"),
        wu=StaffMember(account := _account("wu", "吴闲"), queries.get_staff(account, today=NOW.date())),
        qian=_staff("qian", "钱划", Role.PLANNER, authority=nation, unit="计划处"),
        feng=_staff("feng", "冯排", Role.SEATING_OFFICER, authority=shanxi, unit="考务处"),
        chen=_staff("chen", "陈记", Role.ROOM_CLERK, authority=shanxi, unit="考务处"),
        chu=_staff("chu", "褚录", Role.MARKS_CLERK, authority=shanxi, unit="阅卷科"),
        wei=_staff("wei", "卫核", Role.MARKS_VERIFIER, authority=shanxi, unit="监察室"),
        jiang=_staff("jiang", "蒋划", Role.PASS_MARK_OFFICER, authority=nation, unit="命题处"),
        shen=_staff("shen", "沈准", Role.PASS_MARK_OFFICER, authority=nation, unit="政策处"),
        han=_staff("han", "韩查", Role.AUDITOR, authority=shanxi, unit="监察室"),
        zheng=_staff("zheng", "郑审", Role.REVIEWER, authority=chongqing, unit="资格审核科"),
        tao=_staff("tao", "陶窗", Role.REGISTRAR, authority=yangquan, unit="报名点"),
        yan=_staff("yan", "严窗", Role.REGISTRAR, authority=shanxi, unit="报名点"),
        lei=_staff("lei", "雷窗", Role.REGISTRAR, authority=chongqing, unit="报名点"),
        bai=_staff("bai", "白复", Role.REVIEWER, authority=shanxi, unit="资格审核科"),
        shi=_staff("shi", "施裁", Role.REVIEWER, authority=shanxi, unit="监察室"),
        cao=_staff("cao", "曹审", Role.REVIEWER, authority=yangquan, unit="人事科"),
    )


def build_authorities() -> tuple[Authority, Authority, Authority, Authority, Authority, Authority]:
    """Build the nation, 山西省, 阳泉市, 太原市, a point of 阳泉市, and 重庆市."""
    nation = _authority("cn", "全国", AuthorityKind.NATION, parent=None)
    shanxi = _authority("14", "山西省", AuthorityKind.PROVINCE, parent=nation)
    yangquan = _authority("1403", "阳泉市", AuthorityKind.CITY, parent=shanxi)
    taiyuan = _authority("1401", "太原市", AuthorityKind.CITY, parent=shanxi)
    point = _authority("140301", "阳泉市第一考点", AuthorityKind.POINT, parent=yangquan)
    chongqing = _authority("50", "重庆市", AuthorityKind.PROVINCE, parent=nation)
    return nation, shanxi, yangquan, taiyuan, point, chongqing


def client_of(member: CandidateMember | StaffMember | Account) -> Client:
    """Return a test client signed in as this account; for staff, in a session that has seen a second factor.

    The session holds exactly what signing in by hand leaves in it; `test_views_public` signs in by hand.
    """
    account = member if isinstance(member, Account) else member.account
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    begin_session(session, at=clock.now())
    records = [{"method": "password", "at": 0.0}]
    if account.kind == "staff":
        records.append({"method": "mfa", "at": 0.0})
    session["account_authentication_methods"] = records
    session["account_authentication_methods_user"] = str(account.pk)
    session.create()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    return client


def _authority(code: str, name: str, kind: AuthorityKind, *, parent: Authority | None) -> Authority:
    return actions.create_authority(
        code=code,
        name=name,
        kind=kind,
        parent=parent,
        organisation=f"{name}人事考试中心",
        phone="0353-0000000",
        by=SYSTEM,
        now=NOW,
    )


def _candidate(username: str, *, phone: str, name: str = "", number: str = "") -> CandidateMember:
    person = None
    if number:
        person = actions.register_person(
            name=name, kind=DocumentKind.RESIDENT_ID, number=number, phone=phone, by=SYSTEM, now=NOW
        )
    account = actions.create_candidate(
        username=username, phone=phone, password=PASSWORD, person=person, by=SYSTEM, now=NOW
    )
    return CandidateMember(account, person, queries.get_candidate(account), f"+86{phone}")


def _account(username: str, display_name: str) -> Account:
    return actions.create_staff(username=username, display_name=display_name, password=PASSWORD, by=SYSTEM, now=NOW)


def _staff(username: str, display_name: str, role: Role, *, authority: Authority, unit: str) -> StaffMember:
    account = _account(username, display_name)
    actions.appoint(account=account, authority=authority, role=role, unit=unit, starts_on=SINCE, by=SYSTEM, now=NOW)
    return StaffMember(account, queries.get_staff(account, today=NOW.date()))


def _release_officer(username: str, display_name: str, authority: Authority, *, unit: str) -> StaffMember:
    member = _staff(username, display_name, Role.RELEASE_OFFICER, authority=authority, unit=unit)
    pair = _key_pair(username)
    OfficerKey.objects.create(
        account=member.account,
        public_key=pair.public_key.hex(),
        private_key_sealed=pair.sealed_private_key,
        created_at=NOW,
    )
    return member


@cache
def _key_pair(_username: str) -> OfficerKeyPair:
    # Stretching the passphrase takes a tenth of a second: once for each officer in a test run, not in each test.
    return new_officer_key(PASSPHRASE)

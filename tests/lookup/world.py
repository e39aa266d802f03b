"""A small release for the tests of the lookup, and a client that does what a browser does."""

import base64
import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

from jinbang.kernel.crypto import KeyRing
from jinbang.lookup import pointer, snapshot
from jinbang.lookup.cards import (
    Desk,
    Entry,
    Note,
    ReleaseHeader,
    ResultCard,
    SubjectHeading,
    SubjectLine,
    TicketShape,
    masked_document_of,
)
from jinbang.lookup.challenge import EASY, LIFETIME_SECONDS
from jinbang.lookup.gate import Gate
from jinbang.lookup.generations import Snapshots
from jinbang.lookup.keyholder import KeyHolder, KeyVault
from jinbang.lookup.pointer import PointerSigner
from jinbang.lookup.sealing import QueryKind, new_release_key
from jinbang.lookup.server import LookupService
from jinbang.lookup.shell import Shell
from jinbang.lookup.snapshot import Publication
from jinbang.results.states import MarkStatus, Overall, Verdict

T = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
WARRANT = "ab" * 32
SHELL = "<html><head><title>@@title@@</title></head><body><main>@@main@@</main></body></html>"
RELEASE = "sx-cost-engineer-2-2026-14"
LIN_DOCUMENT = "11010519491231002X"  # the test vector of GB 11643-1999, nobody's
LIN_OLD_DOCUMENT = "110105491231002"
CANARY_MARK = 7341  # 73.41: no other number on any page looks like it

HEADER = ReleaseHeader(
    release=RELEASE,
    version=1,
    environment="test",
    title="2026年度二级造价工程师（安装工程）职业资格考试",
    opens_at=T,
    query_kind=QueryKind.TICKET_DOCUMENT_NAME,
    subjects={
        "two/basics": SubjectHeading("建设工程造价管理基础知识", 10000),
        "two/practice": SubjectHeading("建设工程计量与计价实务（安装工程）", 10000),
    },
    desk=Desk("山西省人事考试中心", "0351-7339000", "https://ks.example.org"),
    labels={"two": "二级"},
    sentences={"rolling": "须在连续 {0} 次考试内通过全部应试科目，本次计算的年度：{1}。"},
    ticket_shape=TicketShape((12,), digits_only=True),
    pass_mark_document="晋人社厅函〔2026〕31号",
    recheck_opens_at=T,
    recheck_closes_at=datetime(2026, 6, 30, 16, 0, tzinfo=UTC),
    next_chance="2027年度考试，2027年10月23日开考。",
)


def line(code: str, verdict: Verdict, *, mark: int | None = None, status: MarkStatus | None = None) -> SubjectLine:
    """Return a subject with the pass mark of 60, unless it is still awaited."""
    if status is None and mark is not None:
        status = MarkStatus.SCORED
    pass_mark = None if verdict is Verdict.AWAITING_PASS_MARK else 6000
    return SubjectLine(code, status, verdict, mark_hundredths=mark, pass_mark_hundredths=pass_mark)


def card(name: str, document: str, overall: Overall, *subjects: SubjectLine) -> ResultCard:
    """Return a card of the second level."""
    return ResultCard(
        name=name,
        document_masked=masked_document_of(document),
        overall=overall,
        subjects=subjects,
        level="two",
        notes=(Note("rolling", ("2", "2025、2026")),),
    )


@dataclass(frozen=True)
class Case:
    """Somebody of the roster, with what their page must show."""

    ticket: str
    document: str
    card: ResultCard
    words: tuple[str, ...]

    @property
    def fields(self) -> dict[str, str]:
        """What they type."""
        return {"ticket_number": self.ticket, "document_number": self.document, "name": self.card.name}

    @property
    def entry(self) -> Entry:
        """What is sealed for them."""
        return Entry.of(self.card, ticket_number=self.ticket, document_number=self.document)


_STEMS = "甲乙丙丁戊己庚辛壬癸子丑寅"


def _case(number: int, overall: Overall, words: Sequence[str], *subjects: SubjectLine, name: str = "") -> Case:
    document = f"M{12345600 + number}"
    return Case(
        f"2614030{number:05d}",
        document,
        card(name or f"考生{_STEMS[number]}", document, overall, *subjects),
        tuple(words),
    )


BASICS, PRACTICE = "two/basics", "two/practice"
_PARTIAL = (
    replace(line(BASICS, Verdict.PASSED, mark=6000), until="保留至 2027 年度"),
    line(PRACTICE, Verdict.FAILED, mark=5999),
)
_RETAINED = (
    SubjectLine(BASICS, None, Verdict.RETAINED, pass_mark_hundredths=6000, earned="2025 年度通过"),
    line(PRACTICE, Verdict.PASSED, mark=7000),
)
LIN = Case(
    "261403012345",
    LIN_DOCUMENT,
    card(
        "林小满",
        LIN_DOCUMENT,
        Overall.PASSED,
        line(BASICS, Verdict.PASSED, mark=8650),
        line(PRACTICE, Verdict.PASSED, mark=CANARY_MARK),
    ),
    ("86.5", "73.41", "合格"),
)
CASES: Mapping[str, Case] = {
    "passed": LIN,
    "failed": _case(
        1,
        Overall.FAILED,
        ["5", "45", "不合格"],
        line(BASICS, Verdict.FAILED, mark=500),
        line(PRACTICE, Verdict.FAILED, mark=4500),
    ),
    "partial": _case(2, Overall.PARTIAL, ["部分科目合格", "保留至 2027 年度", "59.99"], *_PARTIAL),
    "retained": _case(3, Overall.PASSED, ["已合格（保留）", "2025 年度通过", "合格"], *_RETAINED),
    "absent": _case(
        4,
        Overall.ABSENT,
        ["缺考", "申请核查"],
        line(BASICS, Verdict.NONE, status=MarkStatus.ABSENT),
        line(PRACTICE, Verdict.NONE, status=MarkStatus.ABSENT),
    ),
    "zero": _case(
        5,
        Overall.FAILED,
        ["<strong>0</strong> 分", "0 分表示参加了考试"],
        line(BASICS, Verdict.FAILED, mark=0),
        line(PRACTICE, Verdict.FAILED, mark=1000),
    ),
    "violation": _case(
        6,
        Overall.VIOLATION,
        ['id="overall">违纪<', "其中有科目记录为违纪", "收到处理决定书后", "行政复议"],
        line(BASICS, Verdict.NONE, status=MarkStatus.VIOLATION),
        line(PRACTICE, Verdict.NONE, status=MarkStatus.VIOLATION),
    ),
    "void": _case(
        7,
        Overall.VOID,
        ["成绩无效", "送达给您的决定"],
        line(BASICS, Verdict.NONE, status=MarkStatus.VOID),
        line(PRACTICE, Verdict.NONE, status=MarkStatus.VOID),
    ),
    "withheld": _case(
        8,
        Overall.WITHHELD,
        ["待核查", "核查结束后"],
        line(BASICS, Verdict.NONE, status=MarkStatus.WITHHELD),
        line(PRACTICE, Verdict.PASSED, mark=8000),
    ),
    "awaiting": _case(
        9,
        Overall.AWAITING_PASS_MARK,
        ["合格标准待公布", "66"],
        line(BASICS, Verdict.AWAITING_PASS_MARK, mark=6600),
        line(PRACTICE, Verdict.AWAITING_PASS_MARK, mark=5000),
    ),
    "exempt": _case(
        10,
        Overall.PASSED,
        ["免试", "合格"],
        SubjectLine(BASICS, None, Verdict.EXEMPT),
        line(PRACTICE, Verdict.PASSED, mark=6100),
    ),
    "not_sat": _case(
        11,
        Overall.FAILED,
        ["未报考", "不合格"],
        SubjectLine(BASICS, None, Verdict.NONE, pass_mark_hundredths=6000),
        line(PRACTICE, Verdict.FAILED, mark=100),
    ),
    "hostile": _case(
        12,
        Overall.FAILED,
        ["&lt;script&gt;", "不合格"],
        line(BASICS, Verdict.FAILED, mark=1),
        line(PRACTICE, Verdict.FAILED, mark=2),
        name='<script>alert("1")</script>',
    ),
}


@dataclass
class House:
    """A folder of snapshots, a vault and a clock that the test moves."""

    home: Path
    now: datetime = T + timedelta(minutes=5)
    ring: KeyRing = field(default_factory=KeyRing.generate)

    @property
    def snapshots(self) -> Path:
        """Where the snapshots lie."""
        return self.home / "snapshots"

    @property
    def vault(self) -> KeyVault:
        """Where the wrapped keys lie."""
        return KeyVault(self.home / "vault", self.ring)

    @property
    def signer(self) -> PointerSigner:
        """Who signs what is armed."""
        return PointerSigner(self.ring)

    def publish(self, header: ReleaseHeader = HEADER, entries: Sequence[Entry] | None = None) -> Publication:
        """Seal a release and arm it."""
        rows = [case.entry for case in CASES.values()] if entries is None else entries
        key = new_release_key()
        publication = snapshot.build(header, [lambda: rows], folder=self.snapshots, release_key=key)
        self.vault.keep(publication, key)
        self.vault.arm(publication, warrant_hash=WARRANT, now=self.now)
        pointer.arm(self.snapshots, publication, signer=self.signer)
        return publication

    def clock(self) -> datetime:
        """Return what the time is."""
        return self.now

    def service(self, **changed: object) -> LookupService:
        """Return a service of its own over these folders."""
        holder = KeyHolder(self.vault, now=self.clock)
        gate = changed.get("gate")
        shell = Shell(str(changed.get("shell", SHELL)))
        return LookupService(
            Snapshots(self.snapshots, self.signer.keys),
            holder,
            shell,
            gate=gate if isinstance(gate, Gate) else Gate(),
            now=self.clock,
        )


@dataclass(frozen=True)
class Answer:
    """What came back, whichever adapter carried it."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> dict[str, object]:
        """The body as JSON."""
        found: dict[str, object] = json.loads(self.body)
        return found


class Ask(Protocol):
    """Sends a request and returns the answer."""

    def __call__(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, *, body: bytes = b""
    ) -> Answer:
        """Ask."""


FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"accept": "application/json"}


def solve(challenge: Mapping[str, object]) -> str:
    """Solve a challenge as the page's script does, and return what it puts into the form."""
    salt = str(challenge["salt"])
    for number in range(int(str(challenge["maxnumber"])) + 1):
        if hashlib.sha256(f"{salt}{number}".encode()).hexdigest() == challenge["challenge"]:
            return f"{salt}{number}.{challenge['signature']}"
    raise AssertionError("the challenge has no solution")


def payload_of(challenge: Mapping[str, object], solution: str) -> str:
    """Return a solution as ALTCHA's own clients send it: base64 of JSON."""
    number = int(solution.removeprefix(str(challenge["salt"])).partition(".")[0])
    told = {name: challenge[name] for name in ("algorithm", "challenge", "salt", "signature")}
    return base64.b64encode(json.dumps({**told, "number": number, "took": 12}).encode()).decode()


def presolved(key: bytes, *, lifetime: int = LIFETIME_SECONDS) -> str:
    """Return the solution of a challenge signed with this key: whoever signs one knows its number without searching."""
    solved = f"{secrets.token_hex(12)}.{int(time.time()) + lifetime:012d}.{EASY:08d}.{secrets.randbelow(EASY)}"
    return f"{solved}.{hmac.digest(key, solved.encode(), 'sha256').hex()}"


def query(ask: Ask, fields: Mapping[str, str], *, release: str = RELEASE, json: bool = False) -> Answer:
    """Do what a browser does: fetch a challenge, solve it, send the form."""
    solved = solve(ask("GET", "/lookup/challenge").json)
    headers = {**FORM, **(JSON if json else {})}
    return ask("POST", f"/lookup/{release}", headers, body=urlencode({**fields, "altcha": solved}).encode())


def without_nonces(body: str) -> str:
    """Blank out what may differ between two misses, keeping its length: receipt, token and sum."""
    for pattern in (
        r"(?<=data-receipt>)[0-9A-Z-]{14}(?=<)",
        r'(?<=&amp;receipt=)[0-9A-Z-]{14}(?=")',
        r'(?<=name="image_token" value=")[A-Za-z0-9_-]{52}(?=")',
        r"(?<=/lookup/image/)[A-Za-z0-9_-]{52}(?=\.png)",
        r"[二三四五六七八九]加[二三四五六七八九](?=等于几？)",
    ):
        body = re.sub(pattern, lambda found: "#" * len(found[0]), body)
    return body


def without_echo(body: str, fields: Mapping[str, str]) -> str:
    """Blank out what was typed, where the form shows it again."""
    for name in fields:
        body = re.sub(rf'(name="{name}" type="text" value=")[^"]*"', r'\1"', body)
    return body

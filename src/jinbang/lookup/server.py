"""The lookup itself: one object that turns a request into an answer, whatever server carries it. Free of Django.

A query is counted and looked up in a fixed order: form, release, instant, verification, limits, record. Every query
that finds nothing does the same work (two HMACs, one get, one decryption) and gets the same page.
"""

import json
import logging
import os
import re
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from weakref import WeakKeyDictionary

from jinbang.kernel import clock
from jinbang.kernel.digests import Json
from jinbang.kernel.errors import DomainError, SealBroken
from jinbang.lookup import self_check
from jinbang.lookup.cards import ReleaseHeader, Shorthand
from jinbang.lookup.errors import (
    ClocksDisagree,
    FormRefused,
    ReleaseNotOpen,
    SnapshotDamaged,
    UnknownRelease,
    VerificationRefused,
    WarrantMissing,
)
from jinbang.lookup.exchange import FORM_STATUS, FormProblem, Request, Response, read_form, respond
from jinbang.lookup.gate import Gate, problem_of
from jinbang.lookup.generations import Generation, Snapshots
from jinbang.lookup.image_code import ImageCode
from jinbang.lookup.keyholder import Holder
from jinbang.lookup.overload import retry_page
from jinbang.lookup.pages import (
    OFFICIAL_URL,
    RECEIPT_ALPHABET,
    MissPages,
    Page,
    countdown_page,
    form_page,
    list_page,
    miss_facts,
    official_page,
    problem_page,
)
from jinbang.lookup.query_form import FieldProblem, Typed, text
from jinbang.lookup.result_page import Keeping, ResultPages, picture_page, result_facts
from jinbang.lookup.result_picture import result_picture
from jinbang.lookup.sealing import QueryInputs, RecordSeal
from jinbang.lookup.shell import Shell
from jinbang.lookup.words import _

HTML: Final = "text/html; charset=utf-8"
JSON: Final = "application/json; charset=utf-8"
WAIT_SECONDS: Final = 60
_FAIR: Final = 256 - 256 % len(RECEIPT_ALPHABET)
_LETTERS: Final = bytes(ord(RECEIPT_ALPHABET[byte % len(RECEIPT_ALPHABET)]) for byte in range(256))
_UNFAIR: Final = bytes(range(_FAIR, 256))  # bytes that would make some letters likelier than others
_DRAWN_BYTES: Final = 4_096
_RECEIPT_LETTERS: Final = 12
_receipts: Final[deque[str]] = deque()  # drawn and not given out; a process that is forked from this one draws its own
os.register_at_fork(after_in_child=_receipts.clear)
_RELEASE: Final = re.compile(r"/lookup/(?P<release>[a-z0-9][a-z0-9_-]{0,63})/?")
_QUERY: Final = re.compile(r"/lookup/(?P<release>[a-z0-9][a-z0-9_-]{0,63})(?:/|(?P<picture>/picture))?")
_IMAGE: Final = re.compile(r"/lookup/image/(?P<token>[A-Za-z0-9_-]{20,128})\.png")
_log: Final = logging.getLogger(__name__)


class LookupService:
    """Answers everything under `/lookup/`."""

    def __init__(
        self,
        snapshots: Snapshots,
        holder: Holder,
        shell: Shell,
        *,
        gate: Gate | None = None,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        """Take the folder of snapshots, who holds the keys, and the frame of the pages."""
        self._snapshots = snapshots
        self._holder = holder
        self._shell = shell
        self._gate = gate if gate is not None else Gate()
        self._now = now
        self._open: WeakKeyDictionary[Generation, _Opened] = WeakKeyDictionary()  # what is withdrawn is forgotten
        self._logged: dict[str, int] = {}

    # Step 11 of docs/cycles/release.md.
    def answer(self, request: Request) -> Response:
        """Return the answer to a request. Never raises for anything that a client can send."""
        try:
            response = self._routed(request)
        except (UnknownRelease, FormRefused) as refusal:
            response = self._rendered(_refusal_page(refusal), request)
        except (ClocksDisagree, WarrantMissing, SnapshotDamaged, SealBroken) as fault:
            self._log_once_a_second(fault)
            response = self._rendered(_refusal_page(fault), request)
        if request.method == "HEAD":
            return Response(response.status, response.headers, b"")
        return response

    def refuse_for_now(self, request: Request, *, seconds: int) -> Response:
        """Return the small page of a node that has no time for this request, which is to come back after so long."""
        return self._rendered(retry_page(request, seconds=seconds), request)

    def problems(self) -> list[str]:
        """Return what keeps results shut that should be open; nothing where all is well."""
        damaged = [f"damaged:{release}" for release in self._snapshots.damaged()]
        return [*([] if self._has_right_clock() else ["clock"]), *damaged]

    def gauges(self) -> Mapping[str, float]:
        """Return what Prometheus may know of the state of this process."""
        now = self._now()
        current = self._snapshots.all_current(now=now)
        return {
            "clock_is_right": self._has_right_clock(),
            "releases": len(current),
            "releases_open": sum(one.header.opens_at <= now for one in current),
            "releases_damaged": len(self._snapshots.damaged()),
            "generation_newest": max((one.header.version for one in current), default=0),
        }

    def _has_right_clock(self) -> bool:
        try:
            self._holder.require_right_clock()
        except ClocksDisagree:
            return False
        return True

    def _routed(self, request: Request) -> Response:
        match request.method, request.path:
            case "POST", path if found := _QUERY.fullmatch(path):
                return self._query(found["release"], request, as_picture=found["picture"] is not None)
            case "POST", _:
                raise UnknownRelease
            case (("GET" | "HEAD"), "/lookup/challenge"):
                return self._challenge(request)
            case (("GET" | "HEAD"), path) if found := _IMAGE.fullmatch(path):
                return self._image(found["token"])
            case (("GET" | "HEAD"), _):
                return self._rendered(self._page(request), request)
            case _:
                return self._rendered(_method_page(), request)

    def _page(self, request: Request) -> Page:
        """Return the page at an address that is asked for and not sent to."""
        if request.path in {"/lookup", "/lookup/"}:
            return self._list()
        if request.path == OFFICIAL_URL:
            return official_page([self._shell.house, *(one.desk for one in self._headers(now=self._now()))])
        if found := _RELEASE.fullmatch(request.path):
            return self._form(found["release"], request)
        raise UnknownRelease

    def _rendered(self, page: Page, request: Request) -> Response:
        if request.wants_json:
            return _as_json(page.status, page.facts, page.headers)
        body = self._shell.page(title=text(page.title), main=page.main)
        return respond(page.status, body, kind=HTML, extra=page.headers)

    def _list(self) -> Page:
        now = self._now()
        return list_page(self._headers(now=now), now=now)

    def _challenge(self, request: Request) -> Response:
        offer = self._gate.offer(client=request.client, now=self._now())
        return respond(200, json.dumps(offer, separators=(",", ":")).encode(), kind=JSON)

    def _image(self, token: str) -> Response:
        try:
            return respond(200, self._gate.codes.drawing(token), kind="image/png")
        except VerificationRefused:
            return respond(404, b"", kind="image/png")

    def _log_once_a_second(self, fault: DomainError) -> None:
        """Everybody who asks meets the same fault; the log need not hold it as often."""
        second = int(time.monotonic())
        if self._logged.get(fault.code) != second:
            self._logged[fault.code] = second
            _log.error("the lookup stays shut: %s %s", fault.code, fault.fields)

    def _form(self, release: str, request: Request) -> Page:
        self._holder.require_right_clock()
        now = self._now()
        generation = self._snapshots.current(release, now=now)
        try:
            self._opened(generation, now=now)
        except ReleaseNotOpen as refusal:
            return _countdown(generation.header, refusal, now=now)
        show_code = self._gate.asks_code(client=request.client, release=release)
        return form_page(generation.header, self._gate.codes.issue(), show_code=show_code)

    def _query(self, release: str, request: Request, *, as_picture: bool) -> Response:
        self._holder.require_right_clock()
        now = self._now()
        generation = self._snapshots.current(release, now=now)
        header = generation.header
        fields = read_form(request)
        typed = Typed(fields["ticket_number"].strip(), fields["document_number"].strip(), fields["name"].strip())
        try:
            layers = [(layer, self._opened(layer, now=now)) for layer in generation.layers]
        except ReleaseNotOpen as refusal:
            return self._rendered(_countdown(header, refusal, now=now, typed=typed), request)
        inputs = QueryInputs.typed(
            ticket_number=typed.ticket_number, document_number=typed.document_number, name=typed.name
        )
        gate, client = self._gate, request.client
        if problems := _missing_fields(inputs, header):
            page = form_page(header, gate.codes.issue(), typed=typed, problems=problems, status=422)
            return self._rendered(page, request)
        has_misses = False
        try:
            if as_picture:
                gate.require_picture_pass(fields["picture_pass"], release=release, inputs=inputs)
            else:
                has_misses = gate.require_passed(fields, client=client, release=release, inputs=inputs)
        except VerificationRefused as refusal:
            return self._rendered(_verification_page(header, refusal, code=gate.codes.issue(), typed=typed), request)
        found = _found(inputs, layers)
        if found is None:
            gate.count_miss(client=client, release=release, inputs=inputs)
            return self._miss(layers[0][1], request, inputs=inputs, typed=typed)
        layer, content = found
        if as_picture:
            card = layer.shorthand.decode(content)
            picture = result_picture(layer.header, card, typed=typed, receipt=fields["receipt"], now=now)
            return self._rendered(picture_page(layer.header, picture), request)
        if has_misses:
            gate.forgive(client=client, release=release, inputs=inputs)
        return self._hit(layer, content, request, inputs=inputs, typed=typed)

    def _hit(
        self, layer: "_Opened", content: bytes, request: Request, *, inputs: QueryInputs, typed: Typed
    ) -> Response:
        receipt, header = new_receipt(), layer.header
        if request.wants_json:
            return _as_json(200, result_facts(header, layer.shorthand.decode(content), typed=typed, receipt=receipt))
        keeping = Keeping(
            self._gate.picture_pass(release=header.release, inputs=inputs), is_inside_app=request.is_inside_app
        )
        body = layer.results.page(content, typed=typed, receipt=receipt, keeping=keeping)
        return respond(200, body, kind=HTML)

    def _miss(self, layer: "_Opened", request: Request, *, inputs: QueryInputs, typed: Typed) -> Response:
        receipt, header, gate, now = new_receipt(), layer.header, self._gate, self._now()
        code = gate.codes.issue()
        findings = self_check.findings(inputs, header, others=self._headers(now=now), now=now)
        show_code = gate.asks_code(client=request.client, release=header.release, inputs=inputs)
        if request.wants_json:
            return _as_json(200, miss_facts(header, code, findings=findings, receipt=receipt))
        body = layer.misses.page(code, typed=typed, findings=findings, receipt=receipt, show_code=show_code)
        return respond(200, body, kind=HTML)

    def _headers(self, *, now: datetime) -> list[ReleaseHeader]:
        return [generation.header for generation in self._snapshots.all_current(now=now)]

    def _opened(self, generation: Generation, *, now: datetime) -> "_Opened":
        """Return what opens and shows this generation: never before T by this process's clock, whatever it has kept."""
        if now < generation.header.opens_at:
            raise ReleaseNotOpen(opens_at=generation.header.opens_at)
        opened = self._open.get(generation)
        if opened is None:
            key = self._holder.release_key(generation.publication)
            picture_at = self._gate.own_picture(generation.header.release)
            opened = self._open[generation] = _Opened(generation, key, self._shell, picture_at=picture_at)
        return opened


class _Opened:
    """What opens the records of a generation and shows them. Holds the release key's children, and not the file."""

    def __init__(self, generation: Generation, release_key: bytes, shell: Shell, *, picture_at: str) -> None:
        self.header = generation.header
        self.seal = RecordSeal(release_key, generation.edition)
        self.shorthand = Shorthand(self.header)
        self.results = ResultPages(self.header, shell, picture_at=picture_at)
        self.misses = MissPages(self.header, shell)


def _found(inputs: QueryInputs, layers: Sequence[tuple[Generation, _Opened]]) -> tuple[_Opened, bytes] | None:
    """Return the card these inputs open, in shorthand; None for every kind of miss, after the same work."""
    for generation, opened in layers:
        locator, key = opened.seal.find(inputs)
        record = generation.record(locator)
        if record is not None:
            return opened, opened.seal.open_with(key, record)
        opened.seal.open_nothing(key, generation.nothing)
    return None


def _as_json(status: int, facts: Mapping[str, Json], extra: tuple[tuple[str, str], ...] = ()) -> Response:
    body = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
    return respond(status, body, kind=JSON, extra=extra)


def new_receipt() -> str:
    """Return a random receipt number of constant length: it stands on every answer and says nothing."""
    try:
        return _receipts.popleft()  # which no two threads get the same of
    except IndexError:
        first, *others = _drawn_receipts()
        _receipts.extend(others)
        return first


def _drawn_receipts() -> Iterator[str]:
    """Yield some hundreds: asking the kernel for each would take longer than all else about it."""
    letters = os.urandom(_DRAWN_BYTES).translate(_LETTERS, _UNFAIR).decode()
    for at in range(0, len(letters) - _RECEIPT_LETTERS + 1, _RECEIPT_LETTERS):
        yield f"{letters[at : at + 4]}-{letters[at + 4 : at + 8]}-{letters[at + 8 : at + 12]}"


def _countdown(header: ReleaseHeader, refusal: ReleaseNotOpen, *, now: datetime, typed: Typed | None = None) -> Page:
    told = refusal.fields["opens_at"]
    opens_at = told if isinstance(told, datetime) else header.opens_at
    return countdown_page(header, opens_at=opens_at, now=now, typed=typed)


def _missing_fields(inputs: QueryInputs, header: ReleaseHeader) -> list[FieldProblem]:
    """Return a sentence for each field in which nothing usable stands."""
    if inputs.ticket_number and inputs.document_number and inputs.name:
        return []
    required = [
        ("ticket_number", inputs.ticket_number, _("请填写准考证号。")),
        ("document_number", inputs.document_number, _("请填写证件号码。")),
        *([("name", inputs.name, _("请填写姓名。"))] if header.asks_name else []),
    ]
    return [FieldProblem(name, sentence) for name, value, sentence in required if not value]


def _verification_page(header: ReleaseHeader, refusal: VerificationRefused, *, code: ImageCode, typed: Typed) -> Page:
    return form_page(header, code, typed=typed, problems=[problem_of(refusal)], show_code=True, status=422)


def _method_page() -> Page:
    sentence = _("这个地址不支持这种请求方式，请从列表中选择考试，再填写查询表单。")
    page = problem_page(status=405, title=_("不支持这种请求"), sentence=sentence, code="method_refused")
    return replace(page, headers=(("allow", "GET, HEAD, POST"),))


def _refusal_page(refusal: DomainError) -> Page:
    """Return the short page for what cannot be answered, with what to do next."""
    match refusal:
        case UnknownRelease():
            sentence = _("这项成绩查询不存在或者还没有公布，请从列表中选择。")
            return problem_page(status=404, title=_("没有这项查询"), sentence=sentence, code=refusal.code)
        case FormRefused():
            status = FORM_STATUS[FormProblem(str(refusal.fields["problem"]))]
            sentence = _("没有收到完整的查询表单，请回到查询页重新填写。")
            return problem_page(status=status, title=_("提交的内容不完整"), sentence=sentence, code=refusal.code)
        case ClocksDisagree():
            sentence = _("这台服务器的时间不准，为避免提前公布，它暂停了查询；成绩不会受影响，请过几分钟再试。")
            return problem_page(
                status=503, title=_("暂时不能查询"), sentence=sentence, code=refusal.code, retry_after=WAIT_SECONDS
            )
        case _:
            sentence = _("系统正在检查，成绩不会受影响，请过几分钟再试。")
            return problem_page(
                status=503, title=_("暂时不能查询"), sentence=sentence, code=refusal.code, retry_after=WAIT_SECONDS
            )

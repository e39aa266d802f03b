"""What each step of one query costs, in microseconds, in one process and one thread."""

import gc
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from statistics import median
from urllib.parse import urlencode

import httptools

from benchmarks.lookup.world import HEADER, RELEASE, Home, entry_of, opened_home, proof_key, typed_by
from jinbang.kernel.crypto import KeyRing
from jinbang.lookup.challenge import ProofOfWork
from jinbang.lookup.exchange import Request, Response, read_form, respond
from jinbang.lookup.gate import Gate
from jinbang.lookup.keyholder import VAULT_FOLDER, KeyHolder, KeyVault
from jinbang.lookup.limits import Misses
from jinbang.lookup.node import Node
from jinbang.lookup.observation import AccessLog, Measures
from jinbang.lookup.query_form import Typed
from jinbang.lookup.result_page import Keeping, ResultPages
from jinbang.lookup.server import HTML, LookupService, new_receipt
from jinbang.lookup.shell import Shell
from tests.lookup.world import presolved

ROUNDS = 5
TIMES = 2_000
FORM = {"content-type": "application/x-www-form-urlencoded"}


def measured_steps(home: Home) -> Iterator[tuple[str, float]]:
    """Yield each step with its cost, the whole last.

    The steps take turns as they do in a query: each alone in a loop would have the processor's caches to itself.
    """
    world = _World(home)
    steps = list(world.steps())
    rounds: list[list[int]] = []
    for _ in range(ROUNDS):
        gc.collect()
        spent = [0] * len(steps)
        for at in range(TIMES):
            for place, (_name, step) in enumerate(steps):
                began = time.perf_counter_ns()
                step(at)
                spent[place] += time.perf_counter_ns() - began
        rounds.append(spent)
    for place, (name, _step) in enumerate(steps):
        yield name, median(spent[place] for spent in rounds) / TIMES / 1e3
    yield "the whole answer", _cost(world.whole)


class _World:
    """Everything a query touches, over people who differ from one call to the next."""

    def __init__(self, home: Home) -> None:
        key = proof_key(home.folder)
        self.proof = ProofOfWork(key=key)  # as in `ours`
        people = [number * 7919 % home.people for number in range(TIMES)]
        self.typed = [typed_by(number) for number in people]
        needed = TIMES * (ROUNDS + 1)
        self.solutions = iter([presolved(key) for _ in range(needed)])
        bodies = [urlencode({**self.typed[at % TIMES], "altcha": presolved(key)}).encode() for at in range(needed)]
        self.requests = [Request("POST", f"/lookup/{RELEASE}", "203.0.113.9", FORM, body) for body in bodies]
        self.waiting = iter(self.requests)
        self.inputs = [entry_of(number).inputs for number in people]
        ring = KeyRing.load(home.folder / "key_ring.json")
        snapshots, self.seal = opened_home(home.folder)
        self.shell = Shell.read(home.folder / "snapshots")
        holder = KeyHolder(KeyVault(home.folder / VAULT_FOLDER, ring))
        service = LookupService(snapshots, holder, self.shell, gate=Gate(proof=self.proof))
        self.log, self.measures, self.misses = AccessLog(_nowhere()), Measures(), Misses()
        self.node = Node(service, log=self.log)
        self.generation = snapshots.current(RELEASE, now=datetime.now(UTC))
        self.locators = [self.seal.locator(inputs) for inputs in self.inputs]
        self.records = [self.generation.record(locator) or b"" for locator in self.locators]
        opened = zip(self.inputs, self.records, strict=True)
        self.contents = [self.seal.open(inputs, record) for inputs, record in opened]
        self.pages = ResultPages(HEADER, self.shell)
        self.raw = (
            f"POST /lookup/{RELEASE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM['content-type']}\r\n"
            f"Content-Length: {len(bodies[0])}\r\n\r\n"
        ).encode() + bodies[0]

    def steps(self) -> Iterator[tuple[str, Callable[[int], object]]]:
        yield "HTTP parsed (own server)", lambda _at: httptools.HttpRequestParser(_Ear()).feed_data(self.raw)
        yield "form read", lambda at: read_form(self.requests[at])
        yield "inputs folded", lambda at: _folded(self.typed[at])
        yield "proof of work checked", lambda _at: self.proof.require_solved(next(self.solutions))
        yield "limits asked", self._limits
        yield "locator (HMAC)", lambda at: self.seal.locator(self.inputs[at])
        yield "record read (LMDB)", lambda at: self.generation.record(self.locators[at])
        yield "record opened (HMAC, AES-GCM)", lambda at: self.seal.open(self.inputs[at], self.records[at])
        yield "page filled in", self._filled
        yield "line and counts", self._noted

    def whole(self, _at: int) -> Response:
        request = next(self.waiting)
        return self.node.answer(
            method="POST",
            path=request.path,
            peer="203.0.113.9",
            headers=FORM,
            body=request.body,
            later=lambda run: run(),
        )

    def _limits(self, at: int) -> object:
        inputs = self.inputs[at]
        numbers = (inputs.ticket_number, inputs.document_number)
        return self.misses.demand(client="203.0.113.9", release=RELEASE, numbers=numbers)

    def _filled(self, at: int) -> Response:
        typed = Typed(**self.typed[at])
        page = self.pages.page(self.contents[at], typed=typed, receipt=new_receipt(), keeping=Keeping(""))
        return respond(200, page, kind=HTML)

    def _noted(self, _at: int) -> None:
        self.log.note("query", 200, seconds=0.0002)
        self.measures.note("query", 200, seconds=0.0002)


class _Ear:
    """Hears a parser out."""

    def on_header(self, name: bytes, value: bytes) -> None:
        pass

    def on_body(self, part: bytes) -> None:
        pass


def _folded(typed: dict[str, str]) -> object:
    from jinbang.lookup.sealing import QueryInputs  # noqa: PLC0415  # read where it is measured

    return QueryInputs.typed(**typed)


def _nowhere() -> int:
    import os  # noqa: PLC0415  # the same

    return os.open(os.devnull, os.O_WRONLY)


def _cost(step: Callable[[int], object]) -> float:
    """Return the median over rounds of the mean cost of a call, in microseconds."""
    found = []
    for _ in range(ROUNDS):
        gc.collect()
        began = time.perf_counter()
        for at in range(TIMES):
            step(at)
        found.append((time.perf_counter() - began) / TIMES * 1e6)
    return median(found)

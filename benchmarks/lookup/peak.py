"""One province's first minutes: an open loop of people who arrive whether or not those before them were answered.

    python -m benchmarks.lookup.peak --seconds 60

Its shape is 400,000 people in ten minutes, ten times as dense in the first ten seconds, each asking twice. A person who
gets the page of a busy node waits as long as it says and asks again with the same form, as its script does. Every
waiting time counts from the moment at which somebody wanted to ask, so that a client that falls behind hides nothing.
People sit before a page that they have opened beforehand, at connections that are open; where all are taken somebody
waits, and that counts too. The client shares the cores with nginx (TLS) and the workers, so that all figures are on the
slow side.
"""

import asyncio
import gc
import os
import random
import resource
import ssl
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast
from urllib.parse import urlencode

import click
import uvloop

from benchmarks.lookup.servers import nginx_tls, own, stop
from benchmarks.lookup.world import RELEASE, Home, home_with_frame, proof_key, typed_by
from benchmarks.results import write_part
from tests.lookup.world import presolved

PEOPLE_OF_A_PROVINCE: Final = 400_000
TEN_MINUTES: Final = 600.0
BURST_SECONDS: Final = 10.0
BURST: Final = 10
ASKS: Final = 2
SECOND_THOUGHTS: Final = (5.0, 20.0)  # after so many seconds somebody asks once more
PATIENCE_SECONDS: Final = 600.0
CONNECTIONS: Final = 1_500
_DESCRIPTORS: Final = 40_000


def people_per_second() -> float:
    """Return how many arrive in each second after the burst."""
    return PEOPLE_OF_A_PROVINCE / (TEN_MINUTES + BURST_SECONDS * (BURST - 1))


def arrivals(seconds: float, *, share: float) -> Iterator[float]:
    """Yield random moments of arrival, in seconds from the instant."""
    at, rate = 0.0, people_per_second() * share
    while True:
        at += random.expovariate(rate * (BURST if at < BURST_SECONDS else 1))  # a crowd, no secret
        if at >= seconds:
            return
        yield at


class Line(asyncio.Protocol):
    """One connection of a browser: sends a form, reads one answer."""

    def __init__(self, crowd: "Crowd") -> None:
        """Wait to be connected."""
        self._crowd = crowd
        self._buffer = b""
        self.answered: asyncio.Future[tuple[int, bytes]] | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be ready."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Collect an answer until it is whole."""
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) >= length and self.answered is not None:
            answered, self.answered, self._buffer = self.answered, None, b""
            answered.set_result((int(head[9:12]), head + b"\r\n" + body))

    def leave(self) -> None:
        """Close the connection where its answer has not come: it would be taken for the next one's."""
        if self.answered is not None:
            self.answered, transport, self.transport = None, self.transport, None
            if transport is not None:
                transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        self.transport = None
        if self.answered is not None and not self.answered.done():
            self.answered.set_exception(exc or ConnectionResetError())


@dataclass
class Crowd:
    """Everybody, and what became of each."""

    port: int
    context: ssl.SSLContext
    idle: "asyncio.LifoQueue[Line]" = field(default_factory=asyncio.LifoQueue)
    waits: list[tuple[float, float, int]] = field(default_factory=list)  # wanted at, waited, status
    statuses: Counter[int] = field(default_factory=Counter)
    opened: int = 0
    wrong: int = 0
    lost: int = 0
    began: float = 0.0
    lateness: float = 0.0

    async def connected(self) -> Line:
        """Open a connection."""
        self.opened += 1
        loop = asyncio.get_running_loop()
        _transport, line = await loop.create_connection(
            lambda: Line(self), "127.0.0.1", self.port, ssl=self.context, server_hostname="localhost"
        )
        return line

    async def person(self, number: int, bodies: list[bytes], wanted: float) -> None:
        """Ask twice, each time until there is a result."""
        for body in bodies:
            try:
                await asyncio.wait_for(self._ask(number, body, wanted), PATIENCE_SECONDS)
            except (OSError, TimeoutError):
                self.lost += 1
                return
            wanted = self._now() + random.uniform(*SECOND_THOUGHTS)  # noqa: S311  # a crowd, no secret

    async def _ask(self, number: int, body: bytes, wanted: float) -> None:
        while True:
            await asyncio.sleep(wanted - self._now())
            self.lateness = max(self.lateness, self._now() - wanted)
            status, answer = await self._sent(body)
            self.waits.append((wanted, self._now() - wanted, status))
            self.statuses[status] += 1
            if status != 503:  # noqa: PLR2004  # the page that asks again by itself
                ticket = typed_by(number)["ticket_number"].encode()
                self.wrong += not (status == 200 and b'data-overall="passed"' in answer and ticket in answer)  # noqa: PLR2004  # a result
                return
            wanted = self._now() + int(answer.lower().partition(b"retry-after: ")[2].partition(b"\r\n")[0])

    async def _sent(self, body: bytes) -> tuple[int, bytes]:
        line = await self.idle.get()
        try:
            if line.transport is None:
                line = await self.connected()
            return await self._answered(line, body)
        finally:
            line.leave()
            self.idle.put_nowait(line)

    async def _answered(self, line: Line, body: bytes) -> tuple[int, bytes]:
        answered = line.answered = asyncio.get_running_loop().create_future()
        head = (
            f"POST /lookup/{RELEASE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        assert line.transport is not None  # noqa: S101  # just looked at
        line.transport.write(head.encode() + body)
        status, answer = await answered
        return status, answer

    def _now(self) -> float:
        return asyncio.get_running_loop().time() - self.began


async def _crowded(crowd: Crowd, queue: list[tuple[float, int, list[bytes]]]) -> None:
    for _ in range(CONNECTIONS):
        crowd.idle.put_nowait(await crowd.connected())
    loop = asyncio.get_running_loop()
    gc.collect()
    gc.freeze()  # a pause of the client would look like one of the server
    gc.disable()
    crowd.began = loop.time() + 1
    people: set[asyncio.Task[None]] = set()
    for at, number, bodies in queue:
        if (pause := crowd.began + at - loop.time()) > 0:
            await asyncio.sleep(pause)
        task = loop.create_task(crowd.person(number, bodies, at))
        people.add(task)
        task.add_done_callback(people.discard)
    while people:
        await asyncio.wait(people)


@click.command()
@click.option("--seconds", default=60.0, show_default=True, help="how long people arrive, the burst included")
@click.option("--share", default=1.0, show_default=True, help="of a province's 400,000")
@click.option("--records", default=100_000, show_default=True, help="records of the release")
@click.option("--write", is_flag=True, help="write this part of RESULTS.md")
def main(*, seconds: float, share: float, records: int, write: bool) -> None:
    """Let a province ask."""
    with tempfile.TemporaryDirectory(prefix="jinbang-peak-") as place:
        lines = list(report(Path(place), seconds=seconds, share=share, records=records))
    click.echo("\n".join(lines))
    if write:
        write_part("peak", lines)


def report(place: Path, *, seconds: float, share: float, records: int) -> Iterator[str]:
    """Build, start, let people ask, and yield what is said of it."""
    home = home_with_frame(place / "home", records)
    crowd = crowd_of(place, home, seconds=seconds, share=share)
    yield from said(crowd, seconds=seconds, share=share)


def crowd_of(place: Path, home: Home, *, seconds: float, share: float) -> Crowd:
    """Let people ask nginx with TLS in front of two workers, and return what became of them."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(_DESCRIPTORS, hard), hard))
    behind = own(home, None, workers=len(os.sched_getaffinity(0)))
    try:
        front = nginx_tls(place, behind, on_every_core=True)
        try:
            key = proof_key(home.folder)
            queue = [(at, *_asker(home, key)) for at in arrivals(seconds, share=share)]
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            crowd = Crowd(int(front.url.split(":")[2].partition("/")[0]), context)
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_crowded(crowd, queue))
        finally:
            stop(front)
    finally:
        stop(behind)
    return crowd


def _asker(home: Home, key: bytes) -> tuple[int, list[bytes]]:
    number = random.randrange(home.people)  # noqa: S311  # a crowd, no secret
    forms = [{**typed_by(number), "altcha": presolved(key)} for _ in range(ASKS)]
    return number, [urlencode(form).encode() for form in forms]


def said(crowd: Crowd, *, seconds: float, share: float) -> Iterator[str]:
    """Yield the figures: the burst, the wave of those who come back, and the time after it."""
    asked = sum(crowd.statuses.values()) - crowd.statuses[503]
    last_refused = max((wanted for wanted, _waited, status in crowd.waits if status == 503), default=0.0)  # noqa: PLR2004  # the page that asks again
    echo_until = BURST_SECONDS + SECOND_THOUGHTS[1]
    calm_from = max(echo_until, last_refused)
    yield "## A province's first minutes"
    yield ""
    cores = len(os.sched_getaffinity(0))
    rate = people_per_second() * share * ASKS
    yield f"Written by `make bench-peak`: people arrive for {seconds:.0f} s at {share:.2f} of the rate"
    yield f"of 400,000 in ten minutes ({rate:,.0f} queries a second), ten times as dense in the first ten seconds, each"
    yield f"asking twice. nginx with TLS, {cores} workers and the client share {cores} cores. Waiting counts from the"
    yield "moment at which somebody wanted to ask."
    yield ""
    yield "| when somebody wanted to ask | asked | told to come back | p50 ms | p99 ms | longest ms |"
    yield "|---|---:|---:|---:|---:|---:|"
    parts = (
        ("in the burst", 0.0, BURST_SECONDS),
        ("while those of the burst ask once more", BURST_SECONDS, echo_until),
        ("while those come back whom it was too much for", echo_until, calm_from),
        ("afterwards", calm_from, float("inf")),
    )
    for name, first, last in parts:
        rows = [(waited, status) for wanted, waited, status in crowd.waits if first <= wanted < last]
        if rows:
            waits = sorted(waited * 1000 for waited, _status in rows)
            refused = sum(status == 503 for _waited, status in rows)  # noqa: PLR2004  # the same
            p50, p99 = (waits[int(len(waits) * part)] for part in (0.5, 0.99))
            yield f"| {name} | {len(rows):,} | {refused:,} | {p50:,.1f} | {p99:,.1f} | {waits[-1]:,.0f} |"
    yield ""
    yield f"{asked:,} queries were answered, {crowd.wrong} of them wrongly; {crowd.lost} people were lost; nobody was"
    yield f"told to come back after second {last_refused:.0f}. {crowd.opened:,} connections; the client itself was up"
    yield f"to {crowd.lateness * 1000:,.0f} ms late."
    yield ""


if __name__ == "__main__":
    main()

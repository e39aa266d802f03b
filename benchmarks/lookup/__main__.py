"""`make bench-lookup`: build, start everything, ask in turns, and write this part of RESULTS.md."""

import contextlib
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from benchmarks.lookup.servers import (
    Target,
    django_environment,
    django_site,
    granian,
    nginx_static,
    nginx_tls,
    on_server_core,
    own,
    stop,
)
from benchmarks.lookup.steps import measured_steps
from benchmarks.lookup.world import Home, home_with_frame, write_crowd
from benchmarks.results import write_part
from tests.services import PostgresServer

PEOPLE = 3_000_000
COMPARED = 10_000_000
WORKER_BYTES_MAX = (
    200_000_000  # beyond the page cache, whatever the size of the release: the file is mapped and never read in
)
CROWD_MAX = 1_900_000  # what a node remembers as spent is bounded
RATE_MAX = 30_000
DJANGO_PEOPLE_MAX = 300_000
DJANGO_CROWD = 80_000
DJANGO_WHOLE = "Django and PostgreSQL, everything on"
DJANGO = {
    DJANGO_WHOLE: "benchmarks.lookup.django_whole",
    "Django and PostgreSQL, bare": "benchmarks.lookup.django_site",
}
SHARE_OF_CAPACITY = 0.7


@click.command()
@click.option("--people", default=PEOPLE, show_default=True, help="records of the release")
@click.option(
    "--compare",
    type=int,
    help=f"a second, larger release for the same server; 0 for none  [default: {COMPARED} beside {PEOPLE}, else 0]",
)
@click.option("--seconds", default=5.0, show_default=True, help="length of each run of wrk")
@click.option("--rounds", default=5, show_default=True, help="how often each server has its turn")
def main(*, people: int, compare: int | None, seconds: float, rounds: int) -> None:
    """Measure the lookup beside nginx and beside Django with PostgreSQL. Fails where a worker takes too much memory."""
    if compare is None:
        compare = COMPARED if people == PEOPLE else 0
    with tempfile.TemporaryDirectory(prefix="jinbang-bench-") as place:
        lines = list(_report(Path(place), people=people, compare=compare, seconds=seconds, rounds=rounds))
    write_part("lookup", lines)


def _report(place: Path, *, people: int, compare: int, seconds: float, rounds: int) -> Iterator[str]:
    home = home_with_frame(place / "home", people)
    crowd = place / "crowd"
    count = min(CROWD_MAX, int(seconds * (rounds + 2) * RATE_MAX))
    write_crowd(crowd, home, count)
    with contextlib.ExitStack() as stack:
        targets = list(_targets(place, home, crowd=crowd, stack=stack))
        if compare:
            larger = home_with_frame(place / "larger", compare)
            other = place / "crowd-larger"
            write_crowd(other, larger, count)
            targets.append(_kept(stack, own(larger, other, name=f"own server, {compare:,} records")))
        for _ in range(rounds):
            for target in targets:
                target.loads.append(target.run(seconds=seconds))
        yield from _said(_heading(people, rounds, seconds))
        yield from _said(_table(targets, seconds=seconds))
    yield from _said(_building([home, *([larger] if compare else [])]))
    yield from _said(_steps(home))


def _said(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        print(line, flush=True)  # noqa: T201  # this is a command line
        yield line


def _targets(place: Path, home: Home, *, crowd: Path, stack: contextlib.ExitStack) -> Iterator[Target]:
    ours = _kept(stack, own(home, crowd))
    page = _page_of(ours)
    yield _kept(stack, nginx_static(place, page))
    yield ours
    yield _kept(stack, granian(home, crowd))
    behind = _kept(stack, own(home, crowd, name="own server"))
    in_front = _kept(stack, nginx_tls(place, behind, crowd=crowd))
    in_front.others.append(behind.process.pid)
    yield in_front
    database = PostgresServer()
    with on_server_core():
        database.start()
    stack.callback(database.stop)
    few = place / "crowd-django"
    people = min(home.people, DJANGO_PEOPLE_MAX)
    write_crowd(few, Home(home.folder, people, 0, 0), DJANGO_CROWD)
    for name, module in DJANGO.items():
        _fill(database, home, people, module=module)
        site = django_site(database, home, few, module=module, name=name, page_bytes=len(page))
        site.others.append(int((database.folder / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0]))
        yield _kept(stack, site)


def _kept(stack: contextlib.ExitStack, target: Target) -> Target:
    stack.callback(stop, target)
    return target


def _fill(database: PostgresServer, home: Home, people: int, *, module: str) -> None:
    import subprocess  # noqa: PLC0415  # a process with settings of its own

    code = f"from {module} import fill; fill({people})"
    environment = {**os.environ, **django_environment(database, home)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)  # noqa: S603  # our own words


def _page_of(target: Target) -> bytes:
    """Return a result page of a server, having made sure that it is one."""
    import urllib.request  # noqa: PLC0415  # one request

    assert target.crowd is not None  # noqa: S101  # a server of ours has one
    with target.crowd.open("rb") as file:
        body = file.readline().strip()
    target.used += 1
    request = urllib.request.Request(target.url, data=body)  # noqa: S310  # our own address
    with urllib.request.urlopen(request) as answer:  # noqa: S310  # the same
        page: bytes = answer.read()
    if b'data-overall="passed"' not in page:
        raise RuntimeError("the first query found no result")
    return page


def _heading(people: int, rounds: int, seconds: float) -> Iterator[str]:
    yield "## The lookup on release day"
    yield ""
    yield f"Written by `make bench-lookup`: {people:,} records, one core for the server and one for wrk, {rounds} turns"
    yield f"of {seconds:.0f} s each, medians. Every answer of ours is a result: form, proof of work, limits, record,"
    yield "page and log line included. nginx serves a file of the same size from the page cache, without a log."
    yield "Django and PostgreSQL, on one core too, stand here twice. With everything on they do what ours does: they"
    yield "have the middlewares that `startproject` gives, check a proof of work that is good once and the misses of"
    yield "network and numbers (in Django's cache over PostgreSQL, where every process sees them), read a record by the"
    yield "ORM, unseal it, fill in a template of the same parts and write a line of log. Bare, they have no session,"
    yield "limits, seal or log, and one text fills the page. What else the machine does takes its share of the rates,"
    yield "and little of the microseconds of processor."
    yield ""
    yield f"Last run: {datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {platform.machine()}."
    yield ""


def _table(targets: list[Target], *, seconds: float) -> Iterator[str]:
    rates = {target.name: statistics.median(load.rate for load in target.loads) for target in targets}
    nginx, *djangos = (rates[name] for name in ("nginx static", *DJANGO))
    yield (
        "| server | per second | of nginx static | times Django, everything on / bare | µs of processor "
        "| p50 / p99 / p99.9 ms at 70 % | MB of its own |"
    )
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for target in targets:
        rate = rates[target.name]
        times = " / ".join(f"{rate / django:.1f}" for django in djangos)
        calm = target.run(seconds=seconds * 2, per_second=rate * SHARE_OF_CAPACITY)
        memory = target.anonymous_bytes()
        cost = statistics.median(target.costs)
        yield (
            f"| {target.name} | {rate:,.0f} | {rate / nginx:.3f} | {times} | {cost:.0f} | "
            f"{calm.p50:.2f} / {calm.p99:.2f} / {calm.p999:.2f} | {memory / 1e6:.0f} |"
        )
        if target.is_ours and memory > WORKER_BYTES_MAX:
            raise click.ClickException(
                f"a worker of {target.name} has {memory:,} bytes, more than {WORKER_BYTES_MAX:,}"
            )
    yield ""


def _building(homes: list[Home]) -> Iterator[str]:
    for home in homes:
        rate = home.people / home.built_seconds
        yield f"Building {home.people:,} records took {home.built_seconds:.0f} s ({rate:,.0f} a second, both cores),"
        yield f"a file of {home.file_bytes / 1e6:,.0f} MB."
    yield ""


def _steps(home: Home) -> Iterator[str]:
    yield "| step of one query | µs |"
    yield "|---|---:|"
    for name, cost in measured_steps(home):
        yield f"| {name} | {cost:.1f} |"


if __name__ == "__main__":
    main()

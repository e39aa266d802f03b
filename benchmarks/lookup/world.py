"""A release with as many people as wanted, sealed as a real one, and the queries of a crowd that asks about them.

Person number n has everything that is typed computed from n, so that neither the crowd nor the processes that seal need
a list. Cards have four subjects, a note and the usual sentences: a page of ordinary length.
"""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from jinbang.kernel.crypto import KeyRing
from jinbang.kernel.identity import make_resident_id
from jinbang.kernel.spread import over_processes
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
from jinbang.lookup.challenge import LIFETIME_SECONDS
from jinbang.lookup.generations import Snapshots
from jinbang.lookup.keyholder import VAULT_FOLDER, KeyHolder, KeyVault
from jinbang.lookup.pointer import PointerKeys, PointerSigner
from jinbang.lookup.sealing import QueryKind, RecordSeal, new_release_key
from jinbang.lookup.shell import FILE_NAME
from jinbang.results.states import MarkStatus, Overall, Verdict
from tests.lookup.world import presolved

RELEASE = "bench-2026"
SHARE = 20_000
_PROOF_KEY = "proof_key"
_SUBJECTS = {
    "management": "建设工程造价管理",
    "pricing": "建设工程计价",
    "measuring": "建设工程技术与计量（安装工程）",
    "cases": "建设工程造价案例分析（安装工程）",
}
_NAMES = [
    f"{family}{given}" for family in "赵钱孙李周吴郑王" for given in ("伟", "小满", "秀英", "建国", "晓东", "梓涵")
]
HEADER = ReleaseHeader(
    release=RELEASE,
    version=1,
    environment="rehearsal",
    title="2026年度一级造价工程师（安装工程）职业资格考试",
    opens_at=datetime(2026, 1, 1, tzinfo=UTC),
    query_kind=QueryKind.TICKET_DOCUMENT_NAME,
    subjects={code: SubjectHeading(name, 10_000) for code, name in _SUBJECTS.items()},
    desk=Desk("山西省人事考试中心", "0351-7339000", "https://ks.example.org"),
    labels={"one": "一级"},
    sentences={"rolling": "须在连续 {0} 次考试内通过全部应试科目，本次计算的年度：{1}。"},
    ticket_shape=TicketShape((12,), digits_only=True),
    next_chance="2027年度考试，2027年10月23日开考。",
)


def typed_by(number: int) -> dict[str, str]:
    """Return what person number n types."""
    born = date(1970 + number // 997 % 30, 1 + number % 12, 1 + number % 28)
    document = make_resident_id(f"14{number // 7 % 9000 + 1000:04d}", born, 1 + number % 997)
    return {"ticket_number": f"26{number:010d}", "document_number": document, "name": _NAMES[number % len(_NAMES)]}


def entry_of(number: int) -> Entry:
    """Return what is sealed for person number n."""
    typed = typed_by(number)
    lines = tuple(
        SubjectLine(code, MarkStatus.SCORED, Verdict.PASSED, 6_000 + (number * 7 + at) % 4_000, 6_000)
        for at, code in enumerate(_SUBJECTS)
    )
    document = masked_document_of(typed["document_number"])
    card = ResultCard(
        typed["name"], document, Overall.PASSED, lines, level="one", notes=(Note("rolling", ("4", "2023–2026")),)
    )
    return Entry.of(card, ticket_number=typed["ticket_number"], document_number=typed["document_number"])


def entries(first: int, last: int) -> Iterator[Entry]:
    """Yield a share of the roster."""
    return map(entry_of, range(first, last))


@dataclass(frozen=True)
class Home:
    """A home folder whose release is armed and open."""

    folder: Path
    people: int
    built_seconds: float
    file_bytes: int


def build_home(folder: Path, people: int, *, processes: int) -> Home:
    """Seal the release into a folder, arm it, and write down the key with which the servers sign challenges."""
    began = datetime.now(UTC)
    ring, key = KeyRing.generate(), new_release_key()
    shares = [partial(entries, first, min(first + SHARE, people)) for first in range(0, people, SHARE)]
    with over_processes(processes) as spread:
        publication = snapshot.build(HEADER, shares, folder=folder / "snapshots", release_key=key, spread=spread)
    seconds = (datetime.now(UTC) - began) / timedelta(seconds=1)
    vault = KeyVault(folder / VAULT_FOLDER, ring)
    vault.keep(publication, key)
    vault.arm(publication, warrant_hash="ab" * 32, now=datetime.now(UTC))
    pointer.arm(folder / "snapshots", publication, signer=PointerSigner(ring))
    ring.save(folder / "key_ring.json")
    (folder / _PROOF_KEY).write_bytes(os.urandom(32))
    size = (folder / "snapshots" / RELEASE / publication.file).stat().st_size
    return Home(folder, people, seconds, size)


def proof_key(folder: Path) -> bytes:
    """Return the key with which the servers of a home sign challenges."""
    return (folder / _PROOF_KEY).read_bytes()


def opened_home(folder: Path) -> tuple[Snapshots, RecordSeal]:
    """Return a home's snapshots as a node sees them, and what opens the records of its release."""
    ring = KeyRing.load(folder / "key_ring.json")
    snapshots = Snapshots(folder / "snapshots", PointerKeys.of_ring(ring))
    snapshots.watch()
    generation = snapshots.current(RELEASE, now=datetime.now(UTC))
    key = KeyHolder(KeyVault(folder / VAULT_FOLDER, ring)).release_key(generation.publication)
    return snapshots, RecordSeal(key, generation.edition)


def write_crowd(path: Path, home: Home, count: int) -> None:
    """Write so many bodies, one a line, each of a random person with a solved challenge of its own.

    Whoever signs a challenge knows its number, so nothing has to be searched for; checking costs the same.
    """
    key = proof_key(home.folder)
    with path.open("w", encoding="ascii") as file:
        for _ in range(count):
            body = {**typed_by(random.randrange(home.people)), "altcha": presolved(key, lifetime=3 * LIFETIME_SECONDS)}  # noqa: S311  # a crowd, no secret
            file.write(urlencode(body) + "\n")


def home_with_frame(folder: Path, people: int) -> Home:
    """Build a home, by every core, with the frame of the pages as the site renders it."""
    folder.mkdir()
    home = build_home(folder, people, processes=len(os.sched_getaffinity(0)))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    (folder / "snapshots" / FILE_NAME).write_text(_frame(), encoding="utf-8")
    return home


def _frame() -> str:
    """Return the frame of the lookup's pages as the site renders it."""
    import django  # noqa: PLC0415  # the settings have been chosen

    django.setup()
    from jinbang.lookup.actions import rendered_html  # noqa: PLC0415  # the same

    return rendered_html()

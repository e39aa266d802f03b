"""What others than results officers may come across beside pages: history, work, messages, rows, files and the log.

For tests that hold two worlds against each other: all of it is text in which whatever is random in any world is masked.
"""

import logging
import re
import shutil
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import mail, serializers
from django.db import connection
from structlog.testing import capture_logs

from jinbang.audit.models import LongWork, StateChange
from jinbang.lookup.pointer import POINTER
from jinbang.messaging.models import Message

RANDOM = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64}"
    r'|name=\\?"(?:submission_key|csrfmiddlewaretoken)\\?" value=\\?"[^"]*"|nonce-[A-Za-z0-9_+/=-]+'
    r"|challenge\W+[A-Za-z0-9_-]{43}|(?<=0001-)[0-9a-f]{8}"
    r'|(?<="number": )\d+|(?<="signature": ")[^"]+'
)


def masked(text: str) -> str:
    return RANDOM.sub("·", text)


class Log(logging.Handler):
    """The log, line by line as somebody reads it who may not see marks; what is random is masked, like everywhere."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.lines.append(masked(f"{record.levelname} {record.name} {record.getMessage()}"))


@contextmanager
def listening(log: Log) -> Iterator[list[MutableMapping[str, Any]]]:
    """Hear whatever is logged in a block, in either way."""
    root = logging.getLogger()
    root.addHandler(log)
    with capture_logs() as events:
        yield events
    root.removeHandler(log)


def behind_the_answers() -> dict[str, str]:
    """Return what others than results officers may come across beside pages; and clear the place for another world."""
    rows = {"history": StateChange.objects, "long work": LongWork.objects, "messages": Message.objects}
    seen = {name: masked(serializers.serialize("json", found.order_by("id"))) for name, found in rows.items()}
    seen["sent"] = masked("\n".join(f"{one.to} {one.subject} {one.body}" for one in mail.outbox))
    seen["rows"] = "\n".join(f"{table} {count}" for table, count in rows_of_other_phases())
    home = Path(settings.JINBANG_HOME)
    files = [path for path in sorted(home.rglob("*")) if path.is_file()]
    sizes = [f"{path.relative_to(home)} {path.stat().st_size}" for path in files]
    seen["snapshots"] = masked("\n".join([*sizes, *(path.read_text() for path in files if path.name == POINTER)]))
    shutil.rmtree(home)
    home.mkdir()
    mail.outbox.clear()
    return seen


def rows_of_other_phases() -> Iterator[tuple[str, int]]:
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if not table.startswith("results_"):
                cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608  # the database's own word
                yield table, cursor.fetchone()[0]

"""What a demo world says of itself in a file of its home, and by how much its clock is behind.

Apart from `demo`, which builds and introduces that world: every role that starts asks for its clock.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from jinbang.kernel import clock
from jinbang.portal.cli import WORLD

FORM: Final = 6


def record_path() -> Path:
    """Return where the built world is described."""
    return Path(settings.JINBANG_HOME) / WORLD


def find_record() -> dict[str, Any] | None:
    """Return the description of the world that stands, or None where there is none or it is of an older form."""
    try:
        found: dict[str, Any] = json.loads(record_path().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found if found.get("form") == FORM else None


def clock_shift_seconds() -> int:
    """Return by how much the demo's clock differs from the machine's; 0 where there is no demo world."""
    record = find_record()
    if record is None:
        return 0
    return int((datetime.fromisoformat(record["built_at"]) - clock.now()).total_seconds())

"""How each database is opened. SQLite is the embedded default and PostgreSQL what lies past one machine."""

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from config.env import SettingError

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA mmap_size = 268435456;"
    "PRAGMA cache_size = -65536;"
)


def database_from_url(url: str) -> dict[str, Any]:
    """Return Django's settings for `sqlite:///path` or `postgres://user:password@host:port/name`.

    Where the server is on this machine its folder of sockets may stand for the host, escaped: `%2Frun%2Fpostgresql`.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = Path(unquote(parts.path.removeprefix("/") if parts.path.startswith("//") else parts.path))
        path.parent.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(path),
            # IMMEDIATE takes the write lock when a transaction begins: two writers queue up instead of one failing.
            "OPTIONS": {"init_command": SQLITE_PRAGMAS, "transaction_mode": "IMMEDIATE", "timeout": 20},
            "ATOMIC_REQUESTS": False,
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": _host(parts),
            "PORT": _port(parts),
            "ATOMIC_REQUESTS": False,
        }
    message = f"JINBANG_DATABASE_URL begins with sqlite:/// or postgres://, not {parts.scheme}://"
    raise SettingError(message)


def _host(parts: SplitResult) -> str:
    """Return the host; a folder is taken as it is written, for `hostname` has small letters only."""
    written = parts.netloc.rpartition("@")[2].partition(":")[0]
    return unquote(written) if written.upper().startswith("%2F") else parts.hostname or ""


def _port(parts: SplitResult) -> str:
    """Return the port; empty where none is written."""
    try:
        return str(parts.port or "")
    except ValueError as fault:
        message = "JINBANG_DATABASE_URL names a port that is no number up to 65535"
        raise SettingError(message) from fault

"""The one reader of the environment.

Every variable the program understands is declared here with its meaning; an unknown `JINBANG_*` name is refused at
start, so that a typing mistake never silently falls back to a default. Any value may come from a file: `NAME_FILE`
holds the path (container secrets). `.env.example` is tested to list exactly these names.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

PREFIX: Final = "JINBANG_"

KNOWN: Final[Mapping[str, str]] = {
    "JINBANG_HOME": "folder of the embedded default: database, key ring, files, snapshots",
    "JINBANG_DATABASE_URL": "sqlite:///path or postgres://user:password@host:port/name",
    "JINBANG_SECRET_KEY": "Django's signing key; made on first start under JINBANG_HOME when absent",
    "JINBANG_ALLOWED_HOSTS": "comma-separated host names the program answers to",
    "JINBANG_KEY_RING": "path of the key ring file",
    "JINBANG_DEMO": "1 where this is the demo: says 演示 everywhere, shows the local outbox",
    "JINBANG_CLOCK_SHIFT": "seconds the clock of the demo differs from the machine's",
    "JINBANG_AUTHORITY_NAME": "name of the authority in the footer of every page",
    "JINBANG_AUTHORITY_PHONE": "telephone in the footer",
    "JINBANG_ICP_NUMBER": "ICP filing number in the footer",
    "JINBANG_POLICE_NUMBER": "public-security filing number in the footer",
    "JINBANG_PUBLIC_URL": "the address people type, without a slash at the end",
    "JINBANG_TRUSTED_PROXIES": "how many proxies stand in front and set X-Forwarded-For",
}


class UnknownSettingError(Exception):
    """A `JINBANG_*` variable that nothing reads: most often a typing mistake."""


def read_environment(environment: Mapping[str, str] | None = None) -> "Environment":
    """Read and check the environment once. Refuses unknown `JINBANG_*` names."""
    given = dict(os.environ if environment is None else environment)
    values: dict[str, str] = {}
    for name, value in given.items():
        if not name.startswith(PREFIX):
            continue
        plain = name.removesuffix("_FILE")
        if plain not in KNOWN:
            message = f"{name} is not a setting of Jinbang. Known: {', '.join(sorted(KNOWN))}"
            raise UnknownSettingError(message)
        values[plain] = Path(value).read_text(encoding="utf-8").strip() if name != plain else value
    return Environment(values)


class Environment:
    """The checked values. Every accessor names a default, which is the embedded default's."""

    def __init__(self, values: Mapping[str, str]) -> None:
        """Keep the values that were given."""
        self._values = dict(values)

    def text(self, name: str, default: str = "") -> str:
        """Return a value as it stands."""
        return self._values.get(self._declared(name), default)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return whether a value is 1; anything but 0 and 1 is refused."""
        value = self._values.get(self._declared(name))
        if value is None:
            return default
        if value not in {"0", "1"}:
            message = f"{name} must be 0 or 1"
            raise UnknownSettingError(message)
        return value == "1"

    def number(self, name: str, default: int = 0) -> int:
        """Return a whole number."""
        return int(self._values.get(self._declared(name), default))

    def names(self, name: str, default: str) -> list[str]:
        """Return a comma-separated list."""
        return [part.strip() for part in self.text(name, default).split(",") if part.strip()]

    @staticmethod
    def _declared(name: str) -> str:
        """Refuse to read a name that is not declared above."""
        if name not in KNOWN:
            raise UnknownSettingError(name)
        return name

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
    "JINBANG_KEY_HOLDER": "socket or tls://host:port of a key holder; without one each process opens the vault itself",
    "JINBANG_KEY_HOLDER_CERTIFICATE": "with tls://: PEM file with this side's certificate and private key",
    "JINBANG_KEY_HOLDER_AUTHORITY": "with tls://: PEM file of the authority that signs for key holder and nodes alone",
    "JINBANG_POINTER_KEYS": "printed by `jinbang pointer-keys`: whose snapshots a node without the key ring shows",
    "JINBANG_SNAPSHOT_STORE": "folder or s3://bucket/prefix from which lookup nodes on other machines pull snapshots",
    "JINBANG_DEMO": "1 where this is the demo: says 演示 everywhere, has a local outbox; a demo world is always one",
    "JINBANG_CLOCK_SHIFT": "seconds the clock of the demo differs from the machine's",
    "JINBANG_AUTHORITY_NAME": "name of the authority in the footer of every page",
    "JINBANG_AUTHORITY_PHONE": "telephone in the footer",
    "JINBANG_ICP_NUMBER": "ICP filing number in the footer",
    "JINBANG_POLICE_NUMBER": "public-security filing number in the footer",
    "JINBANG_TAKES_HEIF": "0 where photos in HEIC/HEIF, as some phones take them, are refused instead of read",
    "JINBANG_PUBLIC_URL": "the address people type, without a slash at the end",
    "JINBANG_TRUSTED_PROXIES": "how many proxies stand in front and set X-Forwarded-For",
    "JINBANG_WEIXIN_APP_ID": "AppID of a web application at open.weixin.qq.com; with its secret, sign-in by WeChat",
    "JINBANG_WEIXIN_SECRET": "AppSecret of that application",
    "JINBANG_ALIPAY_APP_ID": "APPID at open.alipay.com; with both keys, sign-in through Alipay",
    "JINBANG_ALIPAY_PRIVATE_KEY": "our RSA private key for signing calls (RSA2), PEM or Base64 of PKCS#8",
    "JINBANG_ALIPAY_PUBLIC_KEY": "Alipay's public key for checking its answers, PEM or Base64",
    "JINBANG_ALIPAY_GATEWAY": "another gateway than https://openapi.alipay.com/gateway.do, such as the sandbox's",
    "JINBANG_SOCIAL_CARD_ISSUER": "issuer of an OpenID Connect service such as the electronic social-security card's",
    "JINBANG_SOCIAL_CARD_CLIENT_ID": "client id at that service",
    "JINBANG_SOCIAL_CARD_SECRET": "client secret at that service",
    "JINBANG_SOCIAL_CARD_NAME": "what the button calls that service; 电子社保卡 where not set",
    "JINBANG_VERIFICATION_URL": "service that checks real names and diplomas; without it, only what a number says",
    "JINBANG_VERIFICATION_SECRET": "secret shared with that service",
}


class SettingError(Exception):
    """A setting that the program cannot run with; says which and why."""


class UnknownSettingError(SettingError):
    """A `JINBANG_*` variable that nothing reads: most often a typing mistake."""


class IncompleteSettingError(SettingError):
    """Settings that only make sense together were set by halves."""


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

    def together(self, *names: str) -> tuple[str, ...]:
        """Return values that only make sense together; empty where none is set. Refuses some without the others."""
        values = tuple(self.text(name) for name in names)
        if not any(values):
            return ()
        if absent := [name for name, value in zip(names, values, strict=True) if not value]:
            raise IncompleteSettingError(f"{', '.join(absent)} must be set together with the others of {names}")
        return values

    @staticmethod
    def _declared(name: str) -> str:
        """Refuse to read a name that is not declared above."""
        if name not in KNOWN:
            raise UnknownSettingError(name)
        return name

"""A telephone network of the tests, what would have been sent in order; and an authenticator that stands still."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from allauth.mfa.totp.internal import auth
from pytest_django import Settings

SENT: list[tuple[str, str]] = []


def catch(contact: str, text: str) -> None:
    """Stand where the network would."""
    SENT.append((contact, text))


@pytest.fixture(autouse=True)
def sent(settings: Settings) -> Iterator[list[tuple[str, str]]]:
    """Return what was sent so far: pairs of where and what."""
    settings.JINBANG_CODE_SENDER = f"{__name__}.catch"
    SENT.clear()
    yield SENT
    SENT.clear()


@pytest.fixture
def code_to(sent: list[tuple[str, str]]) -> Callable[[str], str]:
    """Return the function that reads the newest code that went to a contact."""

    def newest(contact: str) -> str:
        texts = [text for where, text in sent if where == contact]
        found = re.search(r"验证码是 (\d{6})", texts[-1])
        assert found is not None, texts[-1]
        return found[1]

    return newest


@pytest.fixture(autouse=True)
def _one_half_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold the half minute of authenticators: a code read at its end would be stale when it is typed."""
    counter = int(time.time()) // 30
    monkeypatch.setattr(auth, "yield_hotp_counters_from_time", lambda: iter((counter,)))

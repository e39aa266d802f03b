"""The providers, served and set; and the way there and back in one call."""

import html
import re
from collections.abc import Callable, Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from tests.cast import NOW, PASSWORD
from tests.people.outside.providers import Providers, say_yes, serving

Answer = HttpResponse


@pytest.fixture
def providers(settings: Settings) -> Iterator[Providers]:
    """Serve the three providers and set them, as an operator would."""
    with serving() as found:
        found.held_at = NOW.timestamp()
        settings.JINBANG_OUTSIDE = found.settings()
        yield found


def leave(client: Client, provider_id: str, **words: str) -> str:
    """Press a provider's button and return the address to which the page leads."""
    page = client.post(f"/account/3rdparty/{provider_id}/enter/", words)
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.text)
    assert found is not None, page.text
    return html.unescape(found[1])


def there_and_back(client: Client, provider_id: str, **words: str) -> Answer:
    """Press the button, say yes over there, come back."""
    return client.get(say_yes(leave(client, provider_id, **words)))  # type: ignore[return-value]  # the client wraps it


@pytest.fixture
def sign_in() -> Callable[[Client, str], Answer]:
    """Return the function that signs a candidate in by hand, so that the session goes on as a browser's does."""

    def signed_in(client: Client, username: str) -> Answer:
        form = {"login": username, "password": PASSWORD}
        return client.post("/account/login/?next=/account/3rdparty/link/", form)  # type: ignore[return-value]  # the same

    return signed_in

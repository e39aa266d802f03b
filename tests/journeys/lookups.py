"""Asking the lookup over HTTP as a program does: fetch a challenge, solve it, post the form with ALTCHA's payload."""

import base64
import hashlib
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """Status, headers and body of one answer."""

    status: int
    headers: dict[str, str]
    body: str


def solved(url: str) -> str:
    """Return a solved challenge of this site as every client of ALTCHA posts it."""
    with urllib.request.urlopen(f"{url}/lookup/challenge", timeout=10) as answer:  # noqa: S310  # our own server
        challenge = json.load(answer)
    for number in range(int(challenge["maxnumber"]) + 1):
        if hashlib.sha256(f"{challenge['salt']}{number}".encode()).hexdigest() == challenge["challenge"]:
            break
    return base64.b64encode(json.dumps({**challenge, "number": number}).encode()).decode()


def ask(address: str, fields: dict[str, str]) -> Answer:
    """Post a query with a fresh solution."""
    parts = urllib.parse.urlsplit(address)
    body = urllib.parse.urlencode({**fields, "altcha": solved(f"{parts.scheme}://{parts.netloc}")}).encode()
    request = urllib.request.Request(address, data=body, headers={"Accept": "text/html"})  # noqa: S310  # our own server
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310  # our own server
            return Answer(answer.status, dict(answer.headers), answer.read().decode())
    except urllib.error.HTTPError as refused:
        return Answer(refused.code, dict(refused.headers), refused.read().decode())


def plain(page: str) -> str:
    """Return the words of a page, tags and white space folded."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def unsaid(page: str, fields: dict[str, str]) -> str:
    """Return a page without the echo of what was typed."""
    for value in sorted(fields.values(), key=len, reverse=True):
        page = page.replace(value, "·")
    return page


def masked(page: str, fields: dict[str, str]) -> str:
    """Return a miss page with everything taken out that may differ: what was typed, token, nonce and receipt number."""
    page = unsaid(page, fields)
    page = re.sub(r'name="image_token" value="[^"]+"', "token", page)
    page = re.sub(r"/lookup/image/[A-Za-z0-9_-]+\.png", "image", page)
    page = re.sub(r'nonce="[^"]*"', "nonce", page)
    page = re.sub(r"(?<=：)<strong>[一二三四五六七八九]加[一二三四五六七八九]等于几？</strong>", "sum", page)
    return re.sub(r"(?<![A-Z0-9])[A-Z0-9]{4}(?:-[A-Z0-9]{4})+(?![A-Z0-9])", "receipt", page)

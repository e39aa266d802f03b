"""The frame of every lookup page: a page of the site, rendered once by Django, with two slots left open.

The Django side writes the file before the lookup role starts (`actions.write_shell`); the role reads it and fills the
slots, with no template engine. The slots are the words `@@title@@` and `@@main@@`. One tag of the frame says who the
house is and which address is its own, for the time when no release is there to say it.
"""

import re
from html import unescape
from pathlib import Path
from typing import Final

from jinbang.lookup.cards import Desk

FILE_NAME: Final = "shell.html"
TITLE_SLOT: Final = "@@title@@"
MAIN_SLOT: Final = "@@main@@"
_HOUSE: Final = re.compile(
    r'<meta name="jinbang-house" data-name="([^"]*)" data-phone="([^"]*)" data-address="([^"]*)">'
)


class Shell:
    """A frame split at its slots."""

    def __init__(self, html: str) -> None:
        """Split the frame. One without exactly one title and one main slot, in that order, is a fault."""
        before, title, rest = html.partition(TITLE_SLOT)
        between, main, after = rest.partition(MAIN_SLOT)
        if not title or not main or TITLE_SLOT in rest or MAIN_SLOT in after:
            message = "the frame of the lookup pages needs one @@title@@ and after it one @@main@@"
            raise ValueError(message)
        self._before, self._between, self._after = before, between, after
        found = _HOUSE.search(html)
        self.house = Desk(*map(unescape, found.groups())) if found else Desk("", "")

    @classmethod
    def read(cls, folder: Path) -> "Shell":
        """Return the frame that lies in the snapshot folder."""
        return cls((folder / FILE_NAME).read_text(encoding="utf-8"))

    def page(self, *, title: str, main: str) -> bytes:
        """Return a page. Both parts are HTML already: whoever makes them has escaped what people typed."""
        return self.html(title=title, main=main).encode()

    def html(self, *, title: str, main: str) -> str:
        """Return a page as text, for a stencil to be cut from."""
        return f"{self._before}{title}{self._between}{main}{self._after}"

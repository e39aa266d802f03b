"""A page that was drawn once with gaps, and is filled in for everybody whom it goes to.

Nothing is written twice: the one renderer that there is draws the page with `gap(n)` in each place where a value of
somebody's would stand, and the stencil is what it drew. Filling it in is one formatting of bytes, whatever the page.
"""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Final

from jinbang.lookup.query_form import text

_EDGE: Final = "\0"  # stands in no HTML


def gap(number: int) -> str:
    """Return what a renderer is given in place of a value: the one of this number, counted from the end below 0."""
    return f"{_EDGE}{number}{_EDGE}"


class Stencil:
    """A page cut at its gaps."""

    def __init__(self, html: str) -> None:
        """Cut a page that has at least one gap."""
        pieces = html.split(_EDGE)
        self._format = b"%b".join(piece.replace("%", "%%").encode() for piece in pieces[::2])
        self._chosen: Callable[[Sequence[bytes]], object] = itemgetter(*map(int, pieces[1::2]))

    def filled(self, values: Sequence[bytes]) -> bytes:
        """Return the page with these values in its gaps, each at its number and HTML already."""
        return self._format % self._chosen(values)


def as_html(values: Sequence[str]) -> list[bytes]:
    """Return values as HTML text, each what `text` makes of it: all at once, because looking at many costs most."""
    found = text(_EDGE.join(values)).encode().split(_EDGE.encode())
    return found if len(found) == len(values) else [text(value).encode() for value in values]

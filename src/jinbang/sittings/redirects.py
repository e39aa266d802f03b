"""Old addresses, and where they lead: bookmarks, printed notices and links of earlier sites keep working. Pure.

What an old address carried behind "?" is dropped on purpose: numbers of people must not travel in addresses.
"""

from collections.abc import Mapping
from typing import Final

LOOKUP: Final = "/lookup/"
SIGNED_IN: Final = "/me/"
EXAMS: Final = "/exams/"
NOTICES: Final = "/notices/"
HOME: Final = "/"

OLD_ADDRESSES: Final[Mapping[str, str]] = {
    # query of marks
    "examfront/score/initializeCX.htm": LOOKUP,
    "examfront/score/initCX.htm": LOOKUP,
    "cjcx": LOOKUP,
    "cjcx/index.html": LOOKUP,
    "chengji": LOOKUP,
    "chengjichaxun": LOOKUP,
    "score": LOOKUP,
    "scores": LOOKUP,
    "score/query": LOOKUP,
    "query/score": LOOKUP,
    "results": LOOKUP,
    # admission tickets and what else is found behind signing in
    "examfront/zkz/initPrint.htm": SIGNED_IN,
    "zkzdy": SIGNED_IN,
    "zkz": SIGNED_IN,
    "zhunkaozheng": SIGNED_IN,
    "ticket": SIGNED_IN,
    "print": SIGNED_IN,
    "examfront/register/login.htm": SIGNED_IN,
    "tyzpwb/usermanager/login.htm": SIGNED_IN,
    "login": SIGNED_IN,
    "wsjf": SIGNED_IN,
    # applying
    "wsbm": EXAMS,
    "bm": EXAMS,
    "baoming": EXAMS,
    "kaoshi": EXAMS,
    "exam": EXAMS,
    "kszx": EXAMS,
    # notices
    "tzgg": NOTICES,
    "gonggao": NOTICES,
    "notice": NOTICES,
    "news": NOTICES,
    # verification of certificates: the home page says where
    "zscx": HOME,
    "zsyz": HOME,
    # entrances of earlier sites
    "index.html": HOME,
    "index.htm": HOME,
    "index.jsp": HOME,
}
"""Old path, without slashes at its ends, to the address of today. Capitals in an old path do not matter."""


def destination_of(path: str) -> str | None:
    """Return where an old path leads, or None when it is none of the old ones."""
    return _FOLDED.get(path.strip("/").lower())


class OldAddress:
    """The part of the address table that takes an old path, whatever its capitals and slashes, and nothing else."""

    regex = "[A-Za-z./]{2,80}"

    def to_python(self, value: str) -> str:
        """Return where the path leads; a path that is none of the old ones does not match."""
        destination = destination_of(value)
        if destination is None:
            raise ValueError(value)
        return destination

    def to_url(self, value: str) -> str:
        """Return the path as it stands."""
        return value


_FOLDED: Final[Mapping[str, str]] = {old.lower(): new for old, new in OLD_ADDRESSES.items()}

"""Menus: which pages a reader is offered, in which order, and which of them is being read.

A menu only offers; whether a page opens its audience decides. Every name below is tested to lead somewhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jinbang.people.states import Role


@dataclass(frozen=True)
class Entry:
    """A page as menus name it: `url_name` is reversed, or taken as it stands where it begins with a slash.

    `roles`: who is offered it on the desk; none means everybody there.
    """

    label: Promise
    url_name: str
    roles: frozenset[Role] = frozenset()

    @property
    def url(self) -> str:
        """Where it leads."""
        return self.url_name if self.url_name.startswith("/") else reverse(self.url_name)


@dataclass(frozen=True)
class Item:
    """An entry on one page. `current` is "page" on the page itself, "true" on the pages beneath it."""

    label: Promise
    url: str
    current: str = ""

    @property
    def is_current(self) -> bool:
        """Whether the reader is there."""
        return bool(self.current)


@dataclass(frozen=True)
class Group:
    """Entries of the desk's menu that belong together."""

    label: Promise | str
    items: tuple[Item, ...]


# The lookup role answers under this path by itself, so it is no name of ours to reverse.
LOOKUP: Final = "/lookup/"

PUBLIC: Final = (
    Entry(_("首页"), "portal:home"),
    Entry(_("考试"), "sittings:exam_list"),
    Entry(_("成绩查询"), LOOKUP),
    Entry(_("公告"), "sittings:notice_list"),
)
CANDIDATE: Final = (
    Entry(_("我的考试"), "portal:my_exams"),
    Entry(_("消息"), "messaging:inbox"),
)

_RESULTS: Final = frozenset(
    {
        Role.MARKS_CLERK,
        Role.MARKS_VERIFIER,
        Role.PASS_MARK_OFFICER,
        Role.RELEASE_OFFICER,
    }
)
DESK: Final[tuple[tuple[Promise | str, tuple[Entry, ...]], ...]] = (
    ("", (Entry(_("待办"), "portal:desk"),)),
    (
        _("考前"),
        (
            Entry(_("考试计划"), "sittings:desk_sitting_list", frozenset({Role.PLANNER})),
            Entry(_("报名审核"), "application:queue", frozenset({Role.REVIEWER})),
            Entry(_("现场收费"), "payment:counter", frozenset({Role.BURSAR})),
            Entry(_("考场编排"), "seating:desk_regions", frozenset({Role.SEATING_OFFICER})),
        ),
    ),
    (_("考试日"), (Entry(_("考场情况登记"), "attendance:sessions", frozenset({Role.ROOM_CLERK})),)),
    (_("考后"), (Entry(_("成绩与发布"), "results:regions", _RESULTS),)),
    (
        _("其他"),
        (Entry(_("我的岗位"), "people:desk_profile"),),
    ),
)


def items_of(entries: Iterable[Entry], path: str) -> tuple[Item, ...]:
    """Return entries as they stand on the page of this path. The longest address that begins it is the current one."""
    with_urls = [(entry.label, entry.url) for entry in entries]
    nearest = _nearest((url for _label, url in with_urls), path)
    return tuple(_item(label, url, nearest=nearest, path=path) for label, url in with_urls)


def desk_groups(roles: frozenset[Role], path: str) -> tuple[Group, ...]:
    """Return the desk's menu for these roles; groups with nothing to offer are left out."""
    offered = [
        (label, [entry for entry in entries if not entry.roles or entry.roles & roles]) for label, entries in DESK
    ]
    nearest = _nearest((entry.url for _label, entries in offered for entry in entries), path)
    return tuple(
        Group(label, tuple(_item(entry.label, entry.url, nearest=nearest, path=path) for entry in entries))
        for label, entries in offered
        if entries
    )


def _nearest(urls: Iterable[str], path: str) -> str | None:
    """Return the longest address that begins this path; home begins only its own."""
    return max((url for url in urls if path == url or (url != "/" and path.startswith(url))), key=len, default=None)


def _item(label: Promise, url: str, *, nearest: str | None, path: str) -> Item:
    return Item(label, url, ("page" if path == url else "true") if url == nearest else "")

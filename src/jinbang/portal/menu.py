"""Menus: which pages a reader is offered, in which order, and which of them is being read.

A menu only offers; whether a page opens its audience decides. Every name below is tested to lead somewhere.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.urls import get_script_prefix, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jinbang.people.states import Role


@cache
def _address(url_name: str, _prefix: str) -> str:
    # A page names some twenty entries, each of them several times.
    return reverse(url_name)


@dataclass(frozen=True)
class Entry:
    """A page as menus name it: `url_name` is reversed, or taken as it stands where it begins with a slash.

    `roles`: who is offered it on the desk; none means everybody there. `rooms`: the beginnings of the addresses of the
    pages beneath it, where that is not its own address.
    """

    label: Promise
    url_name: str
    roles: frozenset[Role] = frozenset()
    rooms: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Where it leads."""
        return self.url_name if self.url_name.startswith("/") else _address(self.url_name, get_script_prefix())

    def reach(self, path: str) -> int:
        """Return how much of a path this entry answers for: the more, the nearer. A home answers for itself alone."""
        if path == self.url:
            return len(path)
        beneath = () if self.url_name in HOMES else self.rooms or (self.url,)
        return max((len(room) for room in beneath if path.startswith(room)), default=0)


@dataclass(frozen=True)
class Item:
    """An entry on one page. `current` is "page" on the page itself, "true" on the pages beneath it."""

    label: str
    url: str
    current: str = ""

    @property
    def is_current(self) -> bool:
        """Whether the reader is there."""
        return bool(self.current)


@dataclass(frozen=True)
class Group:
    """Entries of the desk's menu that belong together."""

    label: str
    items: tuple[Item, ...]


# Every page of the desk begins with the address of the desk's own home, so homes are the current page or nothing.
HOMES: Final = frozenset({"portal:home", "portal:desk"})
# The lookup role answers under this path by itself, so it is no name of ours to reverse.
LOOKUP: Final = "/lookup/"

PUBLIC: Final = (
    Entry(_("首页"), "portal:home"),
    Entry(_("考试"), "sittings:exam_list"),
    Entry(_("成绩查询"), LOOKUP),
    Entry(_("公告"), "sittings:notice_list"),
)
CANDIDATE: Final = (
    Entry(
        _("我的考试"), "portal:my_exams", rooms=("/me/", "/my/", "/apply/", "/applications/", "/orders/", "/photos/")
    ),
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
            Entry(_("审核层级和期限"), "application:plan", frozenset({Role.PLANNER})),
            Entry(_("报名审核"), "application:queue", frozenset({Role.REVIEWER})),
            Entry(_("身份变更审核"), "people:amendment_queue", frozenset({Role.REVIEWER})),
            Entry(_("窗口换绑手机"), "people:counter", frozenset({Role.REGISTRAR})),
            Entry(_("照片更换"), "application:photo_changes", frozenset({Role.REVIEWER})),
            Entry(_("审核统计"), "application:statistics", frozenset({Role.REVIEWER, Role.AUDITOR})),
            Entry(_("承诺核查"), "application:commitments", frozenset({Role.REVIEWER})),
            Entry(_("现场报名"), "application:counter_points", frozenset({Role.REGISTRAR})),
            Entry(_("集体报名"), "application:group_uploads", frozenset({Role.GROUP_AGENT})),
            Entry(_("窗口收费"), "payment:counter", frozenset({Role.BURSAR})),
            Entry(_("考场编排"), "seating:desk_regions", frozenset({Role.SEATING_OFFICER})),
        ),
    ),
    (_("考试日"), (Entry(_("考场情况登记"), "attendance:sessions", frozenset({Role.ROOM_CLERK})),)),
    (
        _("考后"),
        (
            Entry(_("成绩与发布"), "results:regions", _RESULTS),
            Entry(_("违纪违规处理"), "results:violations", frozenset({Role.MARKS_CLERK, Role.MARKS_VERIFIER})),
        ),
    ),
    (
        _("其他"),
        (
            Entry(_("后台任务"), "portal:work_list"),
            Entry(_("诚信档案"), "people:integrity_records", frozenset({Role.AUDITOR, Role.REVIEWER})),
            Entry(_("我的岗位"), "people:desk_profile", rooms=("/desk/people/",)),
        ),
    ),
)


def items_of(entries: Iterable[Entry], path: str, *, beside: Iterable[Entry] = ()) -> tuple[Item, ...]:
    """Return entries as they stand on the page of this path. The one that answers for most of it is the current one.

    `beside`: the entries of another menu on the same page, so that only one of both is current.
    """
    offered = tuple(entries)
    nearest = _nearest((*offered, *beside), path)
    return tuple(_item(entry, nearest=nearest, path=path) for entry in offered)


def desk_groups(roles: frozenset[Role], path: str) -> tuple[Group, ...]:
    """Return the desk's menu for these roles; groups with nothing to offer are left out."""
    offered = [
        (label, [entry for entry in entries if not entry.roles or entry.roles & roles]) for label, entries in DESK
    ]
    nearest = _nearest([entry for _label, entries in offered for entry in entries], path)
    return tuple(
        Group(str(label), tuple(_item(entry, nearest=nearest, path=path) for entry in entries))
        for label, entries in offered
        if entries
    )


def _nearest(entries: Collection[Entry], path: str) -> Entry | None:
    """Return the entry that answers for most of this path, if any does."""
    found = max(entries, key=lambda entry: entry.reach(path), default=None)
    return found if found is not None and found.reach(path) else None


def _item(entry: Entry, *, nearest: Entry | None, path: str) -> Item:
    return Item(str(entry.label), entry.url, ("page" if path == entry.url else "true") if entry is nearest else "")

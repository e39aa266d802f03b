"""What every page says about the site: whose it is, where one may go, whether it is the demo.

Menus are lazy: a page that shows none asks the database nothing. The frame of the lookup pages is rendered for nobody
in particular and kept, so nothing in it may depend on the hour.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from jinbang.kernel import clock
from jinbang.people.audiences import staff_of
from jinbang.people.models import Account
from jinbang.people.states import AccountKind
from jinbang.portal import menu
from jinbang.portal.menu import Entry, Group, Item
from jinbang.sittings import labels

SIGN_IN: Final = (Entry(_("登录"), "account_login"), Entry(_("注册"), "account_signup"))
_ACCOUNT: Final = ("profile", "identity", "contact", "amendments", "verification", "sign-ins")
CANDIDATE_LINKS: Final = (
    Entry(_("账号"), "people:profile", rooms=("/account/", *(f"/me/{room}/" for room in _ACCOUNT))),
)
STAFF_LINKS: Final = (Entry(_("工作台"), "portal:desk"),)
FOOTER: Final = (Entry(_("工作人员登录"), "people:staff_sign_in"),)
FOOTER_OF_DEMO: Final = (Entry(_("演示：发出的短信和邮件"), "messaging:outbox"),)


@dataclass(frozen=True)
class AccountMenu:
    """The corner of the page where one signs in or out."""

    is_signed_in: bool
    name: str
    links: tuple[Item, ...]
    sign_out_url: str


class House:
    """`house` in every template; `site` is what the sign-in library calls its own idea of a host."""

    def __init__(self, request: HttpRequest) -> None:
        """Keep the request; everything else is asked when it is shown."""
        self._request = request

    @property
    def authority_name(self) -> str:
        """The authority whose site this is."""
        return str(settings.JINBANG_AUTHORITY_NAME)

    @property
    def authority_phone(self) -> str:
        """Its telephone."""
        return str(settings.JINBANG_AUTHORITY_PHONE)

    @property
    def icp_number(self) -> str:
        """The ICP filing number, empty where there is none."""
        return str(settings.JINBANG_ICP_NUMBER)

    @property
    def police_number(self) -> str:
        """The public-security filing number, empty where there is none."""
        return str(settings.JINBANG_POLICE_NUMBER)

    @property
    def address(self) -> str:
        """The one address of the site, so that readers can tell it from a look-alike."""
        return str(settings.JINBANG_PUBLIC_URL)

    @property
    def is_demo(self) -> bool:
        """Whether people and marks here are invented."""
        return bool(settings.JINBANG_DEMO)

    @property
    def is_kept(self) -> bool:
        """Whether this page is rendered once and kept: the frame of the lookup pages."""
        return self._request.path.startswith(menu.LOOKUP)

    @property
    def now(self) -> datetime:
        """The clock of the house."""
        return clock.now()

    @property
    def clock_words(self) -> str:
        """The clock of the house as people read it."""
        return labels.moment(clock.now())

    @cached_property
    def _user(self) -> Account | None:
        user = getattr(self._request, "user", None)
        return user if isinstance(user, Account) else None

    @property
    def is_candidate(self) -> bool:
        """Whether a candidate has signed in."""
        return self._user is not None and self._user.kind == AccountKind.CANDIDATE

    @property
    def is_staff(self) -> bool:
        """Whether a member of staff has signed in."""
        return self._user is not None and self._user.kind == AccountKind.STAFF

    @cached_property
    def navigation(self) -> tuple[Item, ...]:
        """The main menu."""
        entries = menu.PUBLIC + (menu.CANDIDATE if self.is_candidate else ())
        return menu.items_of(entries, self._request.path, beside=CANDIDATE_LINKS)

    @cached_property
    def account(self) -> AccountMenu:
        """Signing in and out."""
        user, path = self._user, self._request.path
        if user is None:
            return AccountMenu(is_signed_in=False, name="", links=menu.items_of(SIGN_IN, path), sign_out_url="")
        entries = STAFF_LINKS if user.kind == AccountKind.STAFF else CANDIDATE_LINKS
        return AccountMenu(
            is_signed_in=True,
            name=user.display_name,
            links=menu.items_of(entries, path),
            sign_out_url=reverse("account_logout"),
        )

    @cached_property
    def desk_menu(self) -> tuple[Group, ...]:
        """The desk's menu by the roles of whoever is there. No query beyond the page's own."""
        user = self._user
        staff = staff_of(self._request, user) if user is not None and user.kind == AccountKind.STAFF else None
        return menu.desk_groups(staff.roles if staff else frozenset(), self._request.path)

    @cached_property
    def sidebar(self) -> SafeString:
        """The desk's menu as the page says it twice: folded for a narrow screen, and beside the page for a wide one."""
        return render_to_string("_sidebar.html", {"groups": self.desk_menu})

    @cached_property
    def footer_links(self) -> tuple[Item, ...]:
        """What stands at the foot of every page."""
        entries = () if self.is_staff else FOOTER
        return menu.items_of(entries + (FOOTER_OF_DEMO if self.is_demo else ()), self._request.path)


def house(request: HttpRequest) -> dict[str, House]:
    """Give every template `house`."""
    return {"house": House(request)}

"""Who a page is for. Every view of every phase bears exactly one of these, and a house test looks for it.

- `public_page`: everybody;
- `account_page`: a candidate who has signed in, bound to a person or not;
- `candidate_page`: a candidate who is bound to a person;
- `desk_page(Role.A, …)`: a member of staff with a second factor in this session who holds one of these roles somewhere;
- `system_page`: other programs (health checks, callbacks); the view itself proves who calls.

Holding the role somewhere lets one onto the page, not at every object: the loaders ask for the place.
"""

import time
from collections.abc import Callable, MutableMapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeAlias, TypeVar, cast

from allauth.account.authentication import get_authentication_records
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.utils.http import urlencode

from jinbang.kernel import clock
from jinbang.people import queries
from jinbang.people.errors import CandidatesOnly, NotAppointed, StaffOnly
from jinbang.people.models import Account
from jinbang.people.queries import Candidate, Staff
from jinbang.people.sessions import SHARED, is_left_behind
from jinbang.people.states import AccountKind, Role

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
Page: TypeAlias = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
CandidateView: TypeAlias = Callable[Concatenate[HttpRequest, Candidate, P], HttpResponseBase]
StaffView: TypeAlias = Callable[Concatenate[HttpRequest, Staff, P], HttpResponseBase]

IDLE_MOST: Final = timedelta(minutes=15)
# So long a code to the telephone stands in for a password that was forgotten.
CODE_STANDS_IN: Final = timedelta(minutes=15)
SIGNED_IN_MOST: Final = timedelta(hours=8)
SIGNED_IN_AT: Final = "jinbang_signed_in_at"
SEEN_AT: Final = "jinbang_seen_at"
# Each noted visit writes the session, so not each one is noted.
_NOTED_EVERY: Final = timedelta(seconds=30)
_STAFF: Final = "jinbang_staff"


class Audience(StrEnum):
    """The kinds of reader an address can have."""

    PUBLIC = "public"
    CANDIDATE = "candidate"
    DESK = "desk"
    SYSTEM = "system"


def public_page(view: Callable[P, R]) -> Callable[P, R]:
    """Declare a page to be everybody's."""
    return _declared(view, Audience.PUBLIC)


def system_page(view: Callable[P, R]) -> Callable[P, R]:
    """Declare an address to be for other programs."""
    return _declared(view, Audience.SYSTEM)


def account_page(view: CandidateView[P]) -> Page[P]:
    """Let in a candidate who has signed in; the view receives the `Candidate`, who may not be bound to a person yet."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not isinstance(request.user, Account):
            return redirect_to_login(request.get_full_path())
        if request.user.kind != AccountKind.CANDIDATE:
            raise CandidatesOnly
        if _was_left_behind(request):
            logout(request)
            return redirect_to_login(request.get_full_path())
        return _kept_private(view(request, queries.get_candidate(request.user), *args, **kwargs))

    return _declared(guarded, Audience.CANDIDATE)


def candidate_page(view: CandidateView[P]) -> Page[P]:
    """Let in a candidate who is bound to a person; whoever is not yet is led to do so and comes back."""

    @wraps(view)
    def bound_only(
        request: HttpRequest, candidate: Candidate, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        if candidate.person_id is None:
            return _led_to("people:identity", request)
        return view(request, candidate, *args, **kwargs)

    return account_page(bound_only)


def desk_page(*roles: Role) -> Callable[[StaffView[P]], Page[P]]:
    """Let in a member of staff who holds one of these roles (any role at all where none is named).

    The session must have seen a second factor, be younger than eight hours and have been used in the last quarter.
    """

    def declared(view: StaffView[P]) -> Page[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not isinstance(request.user, Account):
                return redirect_to_login(request.get_full_path(), resolve_url("people:staff_sign_in"))
            if request.user.kind != AccountKind.STAFF:
                raise StaffOnly
            if led_away := _led_away(request, request.user):
                return led_away
            staff = staff_of(request, request.user)
            if not staff.roles or (roles and staff.roles.isdisjoint(roles)):
                raise NotAppointed(roles=tuple(role.value for role in roles))
            return _kept_private(view(request, staff, *args, **kwargs))

        return _declared(guarded, Audience.DESK, roles)

    return declared


def staff_of(request: HttpRequest, account: Account) -> Staff:
    """Return the member of staff who asks, with the appointments of this moment. One query for each request.

    The request remembers the answer, for its page and the menu beside it; the next one asks anew.
    """
    known: dict[str, Any] = vars(request)
    if _STAFF not in known:
        known[_STAFF] = queries.get_staff(account)
    return cast("Staff", known[_STAFF])


def begin_session(session: MutableMapping[str, Any], *, at: datetime) -> None:
    """Note when somebody signed in. Called by the account adapter at every sign-in."""
    session[SIGNED_IN_AT] = session[SEEN_AT] = at.isoformat()


def has_shown_second_factor(request: HttpRequest, account: Account) -> bool:
    """Whether this session has seen an authenticator code, a passkey or a recovery code of this account."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, account))


def has_just_shown_telephone(request: HttpRequest, account: Account) -> bool:
    """Whether the last thing shown in this session was a code sent to the account's telephone, a quarter ago at most.

    Goes by the machine's own clock, as the sign-in library does.
    """
    records = get_authentication_records(request, account)
    if not records:
        return False
    latest = records[-1]
    return bool(latest["method"] == "code" and time.time() - latest["at"] < CODE_STANDS_IN.total_seconds())


def is_session_over(session: MutableMapping[str, Any], *, now: datetime) -> bool:
    """Whether a session of staff is past its eight hours or has lain idle for a quarter of one."""
    if SIGNED_IN_AT not in session or SEEN_AT not in session:
        return True
    signed_in, seen = (datetime.fromisoformat(session[name]) for name in (SIGNED_IN_AT, SEEN_AT))
    return now - signed_in >= SIGNED_IN_MOST or now - seen >= IDLE_MOST


def _was_left_behind(request: HttpRequest) -> bool:
    """Whether a candidate has left a shared computer; noted visits keep the session of whoever is still there."""
    now, seen_at = clock.now(), request.session.get(SEEN_AT)
    if seen_at is None:
        return False
    if is_left_behind(request.session, seen_at=seen_at, now=now):
        return True
    if now - datetime.fromisoformat(seen_at) >= _NOTED_EVERY and request.session.get(SHARED):
        request.session[SEEN_AT] = now.isoformat()
    return False


def _led_away(request: HttpRequest, account: Account) -> HttpResponseRedirect | None:
    """Return where a member of staff must go before the desk opens; None when it does."""
    now = clock.now()
    if is_session_over(request.session, now=now):
        logout(request)
        return redirect_to_login(request.get_full_path(), resolve_url("people:staff_sign_in"))
    if account.must_replace_password:
        return _led_to("account_change_password", request)
    if not has_shown_second_factor(request, account):
        has_one = queries.has_second_factor(account)
        return _led_to("mfa_reauthenticate" if has_one else "mfa_activate_totp", request)
    if now - datetime.fromisoformat(request.session[SEEN_AT]) >= _NOTED_EVERY:
        request.session[SEEN_AT] = now.isoformat()
    return None


def _led_to(url_name: str, request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse(url_name)}?{urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})}")


def kept_for_everybody(request: HttpRequest, response: HttpResponse, *, seconds: int) -> HttpResponse:
    """Let caches show a public page to others for so long, if it was made for somebody who has brought no cookie."""
    if not request.COOKIES:
        patch_cache_control(response, public=True, max_age=seconds)
    return response


def _kept_private(response: HttpResponseBase) -> HttpResponseBase:
    """Keep a page about a person out of every cache, the browser's own included."""
    add_never_cache_headers(response)
    return response


def _declared(view: Callable[P, R], audience: Audience, roles: tuple[Role, ...] = ()) -> Callable[P, R]:
    # Written as attributes of the function, where the house test and `wraps` find them.
    vars(view).update(audience=audience, roles=roles)
    return view

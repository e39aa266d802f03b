"""The pages of the failures that belong to no phase. Django and the middleware call these; no address leads here."""

import logging
import sys
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import is_valid_path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jinbang.kernel.ids import new_id
from jinbang.people.audiences import public_page
from jinbang.portal.context import House

JSON: Final = "application/json"
_log = logging.getLogger("jinbang.faults")


@public_page
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that a request could not be read."""
    return _page(request, 400, _("无法识别这个请求"), _("浏览器发来的内容不完整。请返回上一页，刷新后重试。"))


@public_page
def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """Say that a page is not for this reader, or that a form has grown stale."""
    return _page(
        request, 403, _("不能打开这个页面"), _("页面可能已打开太久，或者您的账号没有权限。请刷新后重试，或重新登录。")
    )


@public_page
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is no such page, and where most people wanted to go."""
    return _page(
        request, 404, _("没有这个页面"), _("网址可能输错或者已经更换。请从下面的入口进入，查询成绩不需要登录。")
    )


@public_page
def form_only(request: HttpRequest) -> HttpResponse:
    """Say that an address takes forms alone: somebody has gone back to it, or opened it by hand or from a bookmark.

    The page leads to the address above it, which shows what the form was about.
    """
    sentence = _("它只用来接收表单。请从下面的入口回到原来的页面；已经提交的不受影响。")
    return _page(request, 405, _("这个网址不能直接打开"), sentence, above=_address_above(request.path))


@public_page
def fault(request: HttpRequest) -> HttpResponse:
    """Say that it is our mistake, with a number by which it can be found in the log. Asks the database nothing."""
    number = str(new_id())
    _log.error("fault %s at %s %s", number, request.method, request.path, exc_info=sys.exc_info())
    if wants_json(request):
        return JsonResponse({"code": "fault", "id": number}, status=500)
    anonymous = HttpRequest()
    anonymous.path = request.path
    return HttpResponseServerError(
        render_to_string("portal/public/fault.html", {"number": number, "house": House(anonymous)})
    )


def wants_json(request: HttpRequest) -> bool:
    """Whether the reader is a program: it prefers JSON to HTML."""
    return request.get_preferred_type(["text/html", JSON]) == JSON


def _address_above(path: str) -> str:
    """Return the nearest address above one that leads somewhere; empty where only the home page does."""
    above = path
    while (above := above.rstrip("/").rpartition("/")[0] + "/") != "/":
        if is_valid_path(above):
            return above
    return ""


def _page(request: HttpRequest, status: int, title: Promise, sentence: Promise, *, above: str = "") -> HttpResponse:
    if wants_json(request):
        content = {"code": str(status), "title": str(title), "detail": str(sentence)}
        return JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False})
    context = {"problem": {"title": title, "status": status}, "sentence": sentence, "above": above}
    return render(request, "portal/public/problem.html", context, status=status)

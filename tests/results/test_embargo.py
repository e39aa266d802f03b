"""Before the instant, two worlds that differ in nothing but marks look alike to everybody but results officers.

Both worlds are the same rows with other marks, brought as far as an approved release; every address without arguments,
every page of the release and the whole history are read by each kind of reader, and compared once what is random in any
world (identifiers, form keys, hashes over a nonce) has been put out of sight.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import serializers
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from jinbang.audit import actions as audit
from jinbang.audit.models import StateChange
from tests.cast import Cast, client_of
from tests.results.world import Marks, World, approved, bring_in, set_pass_marks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_signing")]
PASSED: Marks = {"T00001": {"basics": "95", "practice": "95"}, "T00002": {"basics": "95"}, "T00003": {"basics": "61"}}
FAILED: Marks = {
    "T00001": {"basics": "缺考", "practice": "违纪"},
    "T00002": {"basics": "0"},
    "T00003": {"basics": "5.5"},
}
RANDOM = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64}"
    r'|name="(?:submission_key|csrfmiddlewaretoken)" value="[^"]*"|nonce-[A-Za-z0-9_+/=-]+'
)
LEFT_OUT = ("account/", "lookup/")  # a library's pages; and the query page, whose challenge is random: lookup tests it


def plain_addresses(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Yield every address that takes no argument."""
    for entry in resolver.url_patterns:
        where = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from plain_addresses(entry, where)
        elif isinstance(entry, URLPattern) and "<" not in where and not where.startswith(LEFT_OUT):
            yield f"/{where}"


def observe(world: World, given: Marks, *, is_browsed: bool) -> dict[str, str]:
    """Bring these marks as far as an approved release, and return all that others than results officers can see."""
    with transaction.atomic():
        set_pass_marks(world)
        bring_in(world, given)
        release = approved(world)
        addresses = [
            *sorted(set(plain_addresses(get_resolver()))),
            reverse("results:region", args=[world.region.pk]),
            reverse("results:release", args=[release.pk]),
            reverse("results:roster-file", args=[world.region.pk]),
        ]
        seen = {
            f"{name} {masked(address)}": masked(client.get(address).content.decode(errors="replace"))
            for name, client in (readers(world.cast).items() if is_browsed else ())
            for address in addresses
        }
        history = StateChange.objects.order_by("id")
        seen["history"] = masked(serializers.serialize("json", history))
        transaction.set_rollback(True)
    return seen


def readers(cast: Cast) -> dict[str, Client]:
    members = (cast.lin, cast.wu, cast.zhou, cast.gu, cast.feng, cast.chen, cast.han, cast.qian)
    return {"nobody": Client(), **{member.account.username: client_of(member) for member in members}}


def masked(text: str) -> str:
    return RANDOM.sub("·", text)


def differences(world: World, *, is_browsed: bool = True) -> list[str]:
    one, other = (observe(world, given, is_browsed=is_browsed) for given in (PASSED, FAILED))
    assert len(one) > 200 or not is_browsed
    return [name for name in one if one[name] != other[name]]


def test_two_worlds_of_other_marks_look_alike_to_everybody_else(world: World) -> None:
    assert differences(world) == []


def test_a_planted_leak_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: a history that tells how many passed, as a careless author might write it."""

    def leaking(subject: Any, *, details: Any = None, **given: Any) -> StateChange:  # noqa: ANN401  # whatever is recorded
        if subject._meta.model_name == "markbatch":
            details = {**(details or {}), "manifest": json.dumps(subject.manifest)}
        return recorded(subject, details=details, **given)

    recorded: Callable[..., StateChange] = audit.record
    monkeypatch.setattr(audit, "record", leaking)
    assert differences(world, is_browsed=False) == ["history"]

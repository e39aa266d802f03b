"""Every address declares its audience; nothing is reachable that nobody thought about."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

OUTSIDE = ("allauth.",)  # a library's own pages; who may see them is its business and its tests'
AUDIENCES = {"public", "candidate", "desk", "system"}


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        where = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, where)
        else:
            yield where, entry


def test_every_address_declares_its_audience() -> None:
    silent = []
    count = 0
    for where, entry in patterns(get_resolver()):
        view = entry.callback
        if view.__module__.startswith(OUTSIDE):
            continue
        count += 1
        if getattr(view, "audience", None) not in AUDIENCES:
            silent.append(where)
    assert silent == []
    assert count > 40


def test_desk_addresses_are_for_the_desk_and_the_others_are_not() -> None:
    wrong = []
    for where, entry in patterns(get_resolver()):
        view = entry.callback
        if view.__module__.startswith(OUTSIDE):
            continue
        is_desk = where.startswith("desk/") and not where.startswith("desk/sign-")
        if is_desk != (getattr(view, "audience", None) == "desk"):
            wrong.append(where)
    assert wrong == []

"""Registers the people phase with Django and gives the process its key ring before anything sealed is touched."""

import os
import secrets
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings

from jinbang.kernel.crypto import KeyRing, bind_key_ring


class PeopleConfig(AppConfig):
    """The people phase."""

    name = "jinbang.people"
    label = "people"

    def ready(self) -> None:
        """Bind the key ring. A process that may not make one and finds none does not start."""
        bind_key_ring(open_key_ring(settings.JINBANG_KEY_RING, may_make=settings.JINBANG_MAKE_KEY_RING))


def open_key_ring(path: Path, *, may_make: bool) -> KeyRing:
    """Return the key ring of this file, made on first use only where that is allowed.

    In production a missing file is never answered by a fresh ring: everything sealed so far would be lost in silence.
    """
    if may_make and not path.exists():
        _make_key_ring(path)
    return KeyRing.load(path)


def _make_key_ring(path: Path) -> None:
    """Put a fresh ring in place unless another process has just done so: a link never replaces a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    KeyRing.generate().save(draft)
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink(missing_ok=True)

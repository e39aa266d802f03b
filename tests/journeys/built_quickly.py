"""The program's own command line, where a password is stretched as briefly as can be.

Run as a module in place of `jinbang.portal.cli`, to build the world that journeys begin in: dozens of accounts and keys
are made there whose passwords nobody will guess at. Whoever signs in later meets a server that knows nothing of it:
it takes the password, and stretches it anew as it does wherever its measures have changed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from unittest.mock import patch

from argon2.low_level import hash_secret_raw
from django.contrib.auth.hashers import Argon2PasswordHasher

from jinbang.portal.cli import main


@contextmanager
def stretched_briefly() -> Iterator[None]:
    """Spend hardly any time or memory on a password, and open a key with the same passphrase only once."""
    with (
        patch.multiple(Argon2PasswordHasher, time_cost=1, memory_cost=64, parallelism=1),
        patch("jinbang.kernel.crypto.officer.hash_secret_raw", lru_cache(hash_secret_raw)),
    ):
        yield


if __name__ == "__main__":
    with stretched_briefly():
        main()

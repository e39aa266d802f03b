"""For the tests: a folder and a key ring of their own, a fast password hash, nothing leaves the machine."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path


def _throw_away(folder: str, maker: int) -> None:
    if os.getpid() == maker:  # and no process that it forked
        shutil.rmtree(folder, ignore_errors=True)


if "JINBANG_HOME" not in os.environ:
    os.environ["JINBANG_HOME"] = tempfile.mkdtemp(prefix="jinbang-test-")
    atexit.register(_throw_away, os.environ["JINBANG_HOME"], os.getpid())
# Processes that share the tests out inherit the folder of the one that started them: each takes a part of its own, or
# two of them publish the same rehearsal in one place.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if _worker and Path(os.environ["JINBANG_HOME"]).name != _worker:
    _home = Path(os.environ["JINBANG_HOME"], _worker)
    _home.mkdir(exist_ok=True)
    os.environ["JINBANG_HOME"] = str(_home)

from config.settings.base import *  # noqa: E402  # the home folder must be chosen before base reads it

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
# Emptied between tests, those without a database included; `tests/people/test_limits.py` uses the real one.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
JINBANG_MAKE_KEY_RING = True

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # In a file as in life: threads of a race share it under SQLite's real locks, which an in-memory database has not.
    DATABASES["default"]["TEST"] = {"NAME": str(JINBANG_HOME / "test.sqlite3")}

"""For the tests: a folder and a key ring of their own, a fast password hash, nothing leaves the machine."""

import os
import tempfile

os.environ.setdefault("JINBANG_HOME", tempfile.mkdtemp(prefix="jinbang-test-"))

from config.settings.base import *  # the home folder must be chosen before base reads it

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

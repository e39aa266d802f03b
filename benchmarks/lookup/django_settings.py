"""Settings of the two counterparts that are built with Django: the same database, pool and key."""

import os
import sys
from collections.abc import Mapping, Sequence

import django
from django.conf import settings

NO_CACHE = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}


def configure(
    *, middlewares: Sequence[str], urls: str, apps: Sequence[str] = (), cache: Mapping[str, object] = NO_CACHE
) -> None:
    """Set Django up once, without the project's own settings."""
    if settings.configured:
        return
    settings.configure(
        ALLOWED_HOSTS=["*"],
        SECRET_KEY="bench",  # noqa: S106  # it protects nothing
        ROOT_URLCONF=urls,
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        CACHES={"default": dict(cache)},
        INSTALLED_APPS=list(apps),
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "HOST": "127.0.0.1",
                "PORT": os.environ["BENCH_PG_PORT"],
                "USER": "jinbang",
                "NAME": "postgres",
                "OPTIONS": {"pool": {"min_size": 4, "max_size": 4}, "options": "-c synchronous_commit=off"},
            }
        },
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        MIDDLEWARE=list(middlewares),
        LOGGING={
            "version": 1,
            "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": sys.stdout}},
            "loggers": {"bench.access": {"handlers": ["stdout"], "level": "INFO"}},
        },
    )
    django.setup()

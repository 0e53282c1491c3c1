"""Overrides for tests only: cheap password hashes, mail in memory, plain static files, a broker per test worker."""

import os

from acorn.settings.base import *  # noqa: F403
from acorn.settings.base import CACHES, REDIS_URL, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
ALLOWED_HOSTS = ["*"]

# test workers that run side by side share one Valkey: each has two databases of it, for broker and cache
_NUMBER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_VALKEY = REDIS_URL.rsplit("/", 1)[0]
REDIS_URL = CELERY_BROKER_URL = f"{_VALKEY}/{2 * _NUMBER}"
CACHES["default"]["LOCATION"] = f"{_VALKEY}/{2 * _NUMBER + 1}"
os.environ["REDIS_URL"] = REDIS_URL  # also for what a test starts beside Django: no other worker flushes it

"""The test suite, on the database that DATABASE_URL names or else on SQLite."""

import os
import tempfile

from faqcms.settings.base import *  # noqa: F403
from faqcms.settings.base import DATABASES

SECRET_KEY = "tests only"  # noqa: S105
VOTE_KEY = "tests only: votes"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, because threads that share a database in memory are refused where those of a real one wait;
    # one per process, because two runs at a time must not meet.
    DATABASES["default"]["TEST"] = {"NAME": f"{tempfile.gettempdir()}/faqcms-test-{os.getpid()}.sqlite3"}

# Whatever the environment says: tests start a server of their own where they need one.
SEARCH_URL = ""

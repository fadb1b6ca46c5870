"""The test suite, on the database that DATABASE_URL names or else on SQLite."""

import atexit
import os
import shutil
import tempfile

from faqcms.settings.base import *  # noqa: F403
from faqcms.settings.base import DATABASES, STORAGES

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

# A folder of this process, made when it is needed: runs side by side must not find each other's files.
_media = f"{tempfile.gettempdir()}/faqcms-test-media-{os.getpid()}"
atexit.register(shutil.rmtree, _media, ignore_errors=True)
STORAGES = STORAGES | {
    "media": {"BACKEND": "faq.services.media_storage.AtomicFileSystemStorage", "OPTIONS": {"location": _media}}
}

SITE_URL = "http://testserver"

"""A developer's machine and the demo site: « make run »."""

from faqcms.settings.base import *  # noqa: F403
from faqcms.settings.base import BASE_DIR

DEBUG = True
SECRET_KEY = "development only: production settings refuse to start without a key of their own"  # noqa: S105
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
VOTE_KEY = "development only: votes"
DEMO_ACCOUNTS = True

# SQLite creates its file, not the folder around it.
(BASE_DIR / "var").mkdir(exist_ok=True)

"""A developer's machine and the demo site: « make run »."""

from faqcms.settings.base import *  # noqa: F403
from faqcms.settings.base import BASE_DIR, CONTACT_EMAIL, SITE_URL

DEBUG = True
SECRET_KEY = "development only: production settings refuse to start without a key of their own"  # noqa: S105
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
VOTE_KEY = "development only: votes"
DEMO_ACCOUNTS = True

# Mails are printed where the server runs.
SENDS_MAIL = True
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
SITE_URL = SITE_URL or "http://127.0.0.1:8000"

# So that the demo shows where « Écrivez-nous » stands; nobody reads this mailbox.
CONTACT_EMAIL = CONTACT_EMAIL or "faq@example.org"

# SQLite creates its file, not the folder around it.
(BASE_DIR / "var").mkdir(exist_ok=True)

"""Settings that hold everywhere; those that differ between machines come from the environment: .env.example."""

import os
from pathlib import Path

import dsfr
import taggit
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from faq.domain.limits import FORM_MAX_BYTES
from faqcms.database import database
from faqcms.mail import mail

BASE_DIR = Path(__file__).resolve().parents[2]

# Only the development settings create accounts whose passwords are printed.
DEMO_ACCOUNTS = False

ROOT_URLCONF = "faqcms.urls"
WSGI_APPLICATION = "faqcms.wsgi.application"

INSTALLED_APPS = [
    # Permissions before the roles that are made of them: signals run in this order.
    "django.contrib.contenttypes",
    "django.contrib.auth",
    # Feedback before FAQ before everybody else: ours may replace a template of the others.
    "feedback",
    "faq",
    "faqcms.apps.Admin",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "faqcms.apps.Tags",
    "django_filters",
    "csp",
]

# No LocaleMiddleware: the site is in French whatever the browser asks for.
MIDDLEWARE = [
    "faq.views.caching.page_cache_middleware",
    "django.middleware.security.SecurityMiddleware",
    "feedback.middleware.votes_first",
    "faqcms.headers.permissions_policy",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "faqcms.busy.BusyDatabaseMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["faq.templatetags.dates"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {
    "default": database(os.environ.get("DATABASE_URL") or f"sqlite:///{BASE_DIR}/var/faqcms.sqlite3"),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
# Ours first: Django's French where it reads badly; then the labels of the fields that thématiques inherit.
LOCALE_PATHS = [BASE_DIR / "faqcms" / "locale", Path(taggit.__file__).parent / "locale"]

CSRF_FAILURE_VIEW = "faqcms.refusals.refuse_form"
# Where one goes after signing in without having asked for a page, or having asked for one elsewhere.
LOGIN_REDIRECT_URL = "admin:index"

# Images and documents that editors send: a folder, to be backed up beside the database, or a bucket of S3.
MEDIA_BUCKET = os.environ.get("MEDIA_BUCKET", "")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "media": {
        "BACKEND": "faq.services.media_storage.AtomicFileSystemStorage",
        "OPTIONS": {"location": os.environ.get("MEDIA_ROOT") or BASE_DIR / "var" / "media"},
    },
}
if MEDIA_BUCKET:
    # The site sends each file itself: the bucket stays closed, and its addresses are nowhere told.
    STORAGES["media"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": MEDIA_BUCKET,
            "location": os.environ.get("MEDIA_BUCKET_FOLDER", ""),
            "endpoint_url": os.environ.get("MEDIA_ENDPOINT_URL") or None,
            "region_name": os.environ.get("MEDIA_REGION") or None,
            "default_acl": None,
            "file_overwrite": True,
            # Larger files pass by the disk, not by memory.
            "max_memory_size": 1_000_000,
        },
    }

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
# The design system is files to us: as an application it would also bring tables, an admin page and commands.
STATICFILES_DIRS = [Path(dsfr.__file__).parent / "static"]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        # The design system and the admin draw their small icons from data: addresses in their style sheets.
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# Larger forms are refused, on a page that says so.
DATA_UPLOAD_MAX_MEMORY_SIZE = FORM_MAX_BYTES

# Behind a proxy, the scheme and the address of visitors are what it says they are.
TRUST_PROXY = False

# What the footer says of the site, after an audit; « non » is what the law has one say before any.
ACCESSIBILITY = os.environ.get("ACCESSIBILITY") or "non"
if ACCESSIBILITY not in {"non", "partiellement", "totalement"}:
    raise ImproperlyConfigured(f"ACCESSIBILITY : « {ACCESSIBILITY} » ; au choix : non, partiellement, totalement.")

# The name of the FAQ beside the product's, at the head of the admin.
FAQ_NAME = os.environ.get("FAQ_NAME") or "FAQ de l’ANS"

# Where visitors write to the team: the address of a page, or of a mailbox; without either, no page offers it.
CONTACT_URL = os.environ.get("CONTACT_URL", "")
CONTACT_EMAIL = os.environ.get("CONTACT_EMAIL", "")

# The server that sends mails to editors; without, the site sends none, and says so where one would.
EMAIL_URL = os.environ.get("EMAIL_URL", "")
SENDS_MAIL = bool(EMAIL_URL)
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
if SENDS_MAIL:
    globals().update(mail(EMAIL_URL))
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM") or CONTACT_EMAIL or "faqcms@localhost"
# Where the links of mails lead; a mail has no request that says how the site is called.
SITE_URL = (os.environ.get("SITE_URL") or "").rstrip("/")
# The hour, in Paris time, from which the mails that some receive once a day leave.
_hour = os.environ.get("DIGEST_HOUR") or "7"
if not _hour.isdecimal() or int(_hour) > 23:
    raise ImproperlyConfigured(f"DIGEST_HOUR : « {_hour} » ; une heure, de 0 à 23.")
DIGEST_HOUR = int(_hour)
PASSWORD_RESET_TIMEOUT = 24 * 3600

# Months after which a published answer is to be checked again, where no term of its filing says otherwise; 0: never.
_months = os.environ.get("REVIEW_MONTHS") or "12"
if not _months.isdecimal() or int(_months) > 120:
    raise ImproperlyConfigured(f"REVIEW_MONTHS : « {_months} » ; un nombre de mois, de 0 (pas de date) à 120.")
REVIEW_MONTHS = int(_months)

# Whether numbers of establishments (FINESS) are masked in remarks and searches, as those of people always are.
_finess = os.environ.get("MASK_FINESS") or "false"
if _finess not in {"true", "false"}:
    raise ImproperlyConfigured(f"MASK_FINESS : « {_finess} » ; au choix : true, false.")
MASK_FINESS = _finess == "true"

# An OpenSearch or Elasticsearch server that searches, for those who outgrow one machine; without, workers do in memory.
SEARCH_URL = os.environ.get("SEARCH_URL", "")

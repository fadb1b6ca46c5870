"""Production: everything secret or particular comes from the environment, and nothing starts without it."""

import os

import environ
from django.core.exceptions import ImproperlyConfigured

_REQUIRED = {
    "SECRET_KEY": (
        "clé secrète de cette installation, à générer une fois puis à garder : "
        "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
    ),
    "VOTE_KEY": (
        "clé qui rend les votes anonymes, à générer de même, puis à ne plus changer : "
        "avec une autre clé, un visiteur pourrait voter deux fois"
    ),
    "ALLOWED_HOSTS": "noms de domaine servis, séparés par des virgules : faq.exemple.fr",
    "DATABASE_URL": (
        "adresse de la base, à demander à qui l’héberge : postgres://utilisateur:mot-de-passe@serveur:5432/base"
    ),
}
_missing = [f"  {name} : {meaning}" for name, meaning in _REQUIRED.items() if not os.environ.get(name)]
if _missing:
    raise ImproperlyConfigured(
        "Réglages de production incomplets. Variables d’environnement à définir (voir .env.example) :\n"
        + "\n".join(_missing)
    )

from faqcms.settings.base import *  # noqa: E402, F403
from faqcms.settings.base import INSTALLED_APPS, MIDDLEWARE, SITE_URL, STORAGES  # noqa: E402

env = environ.Env()

SECRET_KEY = env.str("SECRET_KEY")
VOTE_KEY = env.str("VOTE_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
SITE_URL = SITE_URL or f"https://{ALLOWED_HOSTS[0].lstrip('.')}"

SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", default=True)
# Health checks reach the process directly, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^sante/"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
TRUST_PROXY = env.bool("TRUST_PROXY", default=False)
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

# Right behind SecurityMiddleware: a file needs neither session nor policy.
_behind = MIDDLEWARE.index("django.middleware.security.SecurityMiddleware") + 1
MIDDLEWARE = [*MIDDLEWARE[:_behind], "whitenoise.middleware.WhiteNoiseMiddleware", *MIDDLEWARE[_behind:]]
INSTALLED_APPS = ["faqcms.apps.StaticFiles" if app == "django.contrib.staticfiles" else app for app in INSTALLED_APPS]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
            "json_ensure_ascii": False,
        },
    },
    "handlers": {
        "stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"},
    },
    "root": {"handlers": ["stdout"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django": {"handlers": [], "level": "NOTSET", "propagate": True}},
}

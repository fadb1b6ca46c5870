"""From the address of a mail server to Django's settings for it."""

from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

TIMEOUT = 10
"""Seconds that a mail server has to answer: a person waits for the page that sends a forgotten password's link."""
_SCHEMES = ("smtp", "smtp+tls", "smtp+ssl")
_ADVICE = (
    "EMAIL_URL : adresse de serveur de courriel inconnue. "
    "Écrire smtp+tls://utilisateur:mot-de-passe@serveur:587, smtp+ssl://…:465 ou smtp://serveur:25"
)


def mail(url: str) -> dict[str, Any]:
    """Return the settings of the mail server; raise ImproperlyConfigured unless it is one that speaks SMTP."""
    scheme, _, rest = url.partition("://")
    if scheme not in _SCHEMES or not rest:
        raise ImproperlyConfigured(_ADVICE)
    settings = environ.Env.email_url_config(url)
    return {
        "EMAIL_BACKEND": settings["EMAIL_BACKEND"],
        "EMAIL_HOST": settings["EMAIL_HOST"],
        "EMAIL_PORT": settings["EMAIL_PORT"] or 25,
        "EMAIL_HOST_USER": settings["EMAIL_HOST_USER"] or "",
        "EMAIL_HOST_PASSWORD": settings["EMAIL_HOST_PASSWORD"] or "",
        "EMAIL_USE_TLS": settings.get("EMAIL_USE_TLS", False),
        "EMAIL_USE_SSL": settings.get("EMAIL_USE_SSL", False),
        "EMAIL_TIMEOUT": TIMEOUT,
    }

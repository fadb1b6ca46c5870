"""From the address of a database to Django's settings for it."""

from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

_SQLITE_OPTIONS = {
    # With Django's defaults half of concurrent writes fail with « database is locked ».
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
_ADVICE = (
    "DATABASE_URL : adresse de base inconnue. "
    "Écrire postgres://utilisateur:mot-de-passe@serveur:5432/base ou sqlite:////dossier/fichier.sqlite3"
)


def database(url: str) -> dict[str, Any]:
    """Give the settings of one database; raise ImproperlyConfigured unless it is SQLite or PostgreSQL."""
    if url.startswith("sqlite:"):
        settings = environ.Env.db_url_config(url)
        return settings | {"OPTIONS": _SQLITE_OPTIONS | settings.get("OPTIONS", {})}
    if url.startswith(("postgres:", "postgresql:")):
        return {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True} | environ.Env.db_url_config(url)
    raise ImproperlyConfigured(_ADVICE)

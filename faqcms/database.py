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
_KEPT = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
"""Opening a connection takes longer than most of what is asked over it, SQLite's included."""
_POSTGRESQL_OPTIONS = {
    # What is asked again and again is planned once for each connection; an address that ends in
    # ?prepare_threshold=none has nothing kept, for poolers that hand connections round.
    "prepare_threshold": 5,
}
_ADVICE = (
    "DATABASE_URL : adresse de base inconnue. "
    "Écrire postgres://utilisateur:mot-de-passe@serveur:5432/base ou sqlite:////dossier/fichier.sqlite3"
)


def database(url: str) -> dict[str, Any]:
    """Return the settings of one database; raise ImproperlyConfigured unless it is SQLite or PostgreSQL."""
    if url.startswith("sqlite:"):
        settings = environ.Env.db_url_config(url)
        return _KEPT | settings | {"OPTIONS": _SQLITE_OPTIONS | settings.get("OPTIONS", {})}
    if url.startswith(("postgres:", "postgresql:")):
        settings = environ.Env.db_url_config(url)
        options = _POSTGRESQL_OPTIONS | settings.get("OPTIONS", {})
        if not isinstance(options["prepare_threshold"], int):
            options["prepare_threshold"] = None
        return _KEPT | settings | {"OPTIONS": options}
    raise ImproperlyConfigured(_ADVICE)

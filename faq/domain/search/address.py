"""The address of a search server, as SEARCH_URL gives it."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

EXAMPLE = "https://utilisateur:mot-de-passe@serveur:9200/faq"
MAX_INDEX_NAME_LENGTH = 200
_INDEX = re.compile(rf"[a-z0-9][a-z0-9_.-]{{0,{MAX_INDEX_NAME_LENGTH - 1}}}")
_PORT = 9200


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """The host, index and credentials of a search server."""

    host: str
    port: int
    secure: bool
    index: str
    user: str = ""
    password: str = ""

    def __str__(self) -> str:
        """Return the address without its credentials."""
        return f"http{'s' if self.secure else ''}://{self.host}:{self.port}/{self.index}"


def parse_server_address(url: str) -> ServerAddress:
    """Return the address in the setting. Raises ValueError with a French message that contains no password."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError("le serveur ou le port ne se lit pas") from error
    if parts.scheme not in {"http", "https"}:
        raise ValueError("l’adresse doit commencer par https:// (ou http://)")
    if not host:
        raise ValueError("le nom du serveur manque")
    if parts.query or parts.fragment:
        raise ValueError("rien ne doit suivre le nom de l’index ; dans le mot de passe, « ? » s’écrit %3F et « # » %23")
    index = parts.path.strip("/")
    if not _INDEX.fullmatch(index):
        raise ValueError(
            "le nom de l’index doit suivre le serveur : lettres minuscules, chiffres, « - », « _ » et « . », "
            "une lettre ou un chiffre d’abord"
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return ServerAddress(host, port or _PORT, parts.scheme == "https", index, user, password)

"""Say in French that a port is taken, before the server says it in English after all its preparations."""

import socket
import sys


def main(text: str) -> None:
    """Exit with an explanation unless a server could listen on this port of the local machine."""
    if not (text.isdecimal() and 0 < int(text) < 65536):
        sys.exit(f"PORT={text} : un port est un nombre de 1 à 65535.")
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind(("127.0.0.1", int(text)))
        except PermissionError:
            sys.exit(f"Le port {text} est réservé au système. En choisir un autre : make run PORT=8080")
        except OSError:
            sys.exit(
                f"Le port {text} est déjà pris par un autre programme (peut-être ce site, lancé ailleurs). "
                f"En choisir un autre : make run PORT={min(int(text) + 1, 65535)}"
            )


if __name__ == "__main__":
    main(sys.argv[1])

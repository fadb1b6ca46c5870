import socket

import pytest

from tools.port import main


def test_a_free_port_passes():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
    main(str(port))


def test_a_taken_port_is_explained():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SystemExit, match=rf"Le port {port} est déjà pris.*PORT={port + 1}"):
            main(str(port))


@pytest.mark.parametrize("text", ["", "abc", "0", "65536", "-1", "80 80"])
def test_what_is_no_port_is_explained(text):
    with pytest.raises(SystemExit, match="un port est un nombre de 1 à 65535"):
        main(text)

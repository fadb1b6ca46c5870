"""The address of a search server: refused at the start where it cannot be used."""

import re

import pytest
from django.core.checks import run_checks
from django.test import override_settings

from faq.selectors.search import server_client as search_server


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("serveur:9200/faq", "https://"),
        ("https:///faq", "nom du serveur"),
        ("https://serveur:9200", "nom de l’index"),
        ("https://serveur:9200/FAQ", "minuscules"),
        ("https://serveur:9200/_all", "lettre ou un chiffre"),
        ("https://serveur:port/faq", "port"),
        ("https://moi:s3?cret@serveur:9200/faq", "nom de l’index|port|%3F"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_at_the_start(url, complaint):
    with override_settings(SEARCH_URL=url):
        [error] = [error for error in run_checks() if error.id == "faq.E001"]
    assert error.msg.startswith("SEARCH_URL : ")
    assert re.search(complaint, error.msg)
    assert "s3" not in error.msg


def test_one_that_can_is_accepted():
    with override_settings(SEARCH_URL="https://moi:pass%40mot@serveur/faq"):
        assert not [error for error in run_checks() if error.id in {"faq.E001", "faq.W001"}]
        address = search_server.get_search_server().address
    assert (address.password, address.port, str(address)) == ("pass@mot", 9200, "https://serveur:9200/faq")
    with override_settings(SEARCH_URL="http://moi:pass@serveur/faq"):
        assert [error.id for error in run_checks() if error.id.startswith("faq.W0")] == ["faq.W001"]

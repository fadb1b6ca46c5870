"""The files that programs look for at fixed addresses."""

import re
from urllib.robotparser import RobotFileParser

import pytest
from django.db import OperationalError

from faq.models import Epoch
from tests.factories import a_published_entry, a_taxonomy, an_entry
from tests.faq.views.reading import read


def text(client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    return response.content.decode()


# No mark for the database: a query would fail these tests.
def test_crawlers_are_let_in_and_kept_from_what_is_not_for_them(client):
    lines = text(client, "/robots.txt").splitlines()
    assert "Sitemap: http://testserver/sitemap.xml" in lines
    assert "Disallow: /*?q=" in lines
    robots = RobotFileParser()
    robots.parse(lines)
    assert robots.can_fetch("robot", "/")
    assert robots.can_fetch("robot", "/?offre=segur")
    assert robots.can_fetch("robot", "/fiche/1-titre/")
    assert not robots.can_fetch("robot", "/admin/login/")


def test_what_crawlers_are_told_is_kept_for_an_hour(client):
    response = client.get("/robots.txt")
    assert "max-age=3600" in response["Cache-Control"]
    assert client.get("/robots.txt", headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_a_process_that_lives_says_so_without_a_cookie(client):
    response = client.get("/sante/")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies
    assert client.post("/sante/").status_code == 405


@pytest.mark.django_db
def test_a_process_is_ready_while_its_database_answers(client, monkeypatch, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert client.get("/sante/pret/").status_code == 200

    def no_database():
        raise OperationalError("mot-de-passe")

    monkeypatch.setattr(Epoch, "now", no_database)
    response = client.get("/sante/pret/")
    assert (response.status_code, response.content.decode()) == (503, "base de données injoignable\n")
    assert client.get("/sante/").status_code == 200


@pytest.mark.django_db
def test_language_models_are_told_what_there_is_and_where(client):
    a_taxonomy()
    a_published_entry("Secret d’avant ?", couloirs="hopital", themes="certificats")
    an_entry(themes="financement")
    told = text(client, "/llms.txt")
    assert told.startswith("# Foire aux questions de l’Agence du Numérique en Santé\n\n> ")
    assert "1\u00a0réponse, en français" in told
    assert "- [Ségur du numérique](http://testserver/?offre=segur) : 1\u00a0réponse" in told
    assert "financement" not in told
    links = re.findall(r"\]\(http://testserver(/[^)]*)\)", told)
    assert [link for link in links if client.get(link).status_code != 200] == []
    for state in (link for link in links if "?" in link):
        assert read(client, state).count == 1


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/llms.txt", "/flux.atom", "/faq.json", "/sitemap.xml", "/sitemap-pages.xml"])
def test_what_did_not_change_is_not_sent_again(client, address):
    a_taxonomy()
    entry = a_published_entry(couloirs="hopital")
    response = client.get(address)
    assert not response.cookies
    assert response.get("Vary", "Accept-Encoding") == "Accept-Encoding"
    assert {"public", "no-cache"} == {part.strip() for part in response["Cache-Control"].split(",")}
    known = {"If-None-Match": response["ETag"]}
    again = client.get(address, headers=known)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", response["ETag"])
    a_published_entry(entry.question, "Autre texte.", couloirs="imagerie")
    assert client.get(address, headers=known).status_code == 200
    assert client.post(address).status_code == 405

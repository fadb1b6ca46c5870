"""Suggestions while somebody types."""

import pytest
from django.urls import reverse

from tests.factories import a_published_entry, a_taxonomy, an_entry, some_published_entries

pytestmark = pytest.mark.django_db

ADDRESS = reverse("faq:suggestions")


def suggested(client, **query):
    response = client.get(ADDRESS, query)
    assert response.status_code == 200
    return response.json()


def test_questions_and_words_are_suggested(client):
    entry = a_published_entry("Comment révoquer un certificat de serveur ?", "En ligne.")
    an_entry("Un certificat en brouillon ?", "Non.")
    assert suggested(client, q="cert") == {
        "words": ["certificat"],
        "questions": [{"text": entry.question, "address": entry.get_absolute_url()}],
    }
    assert suggested(client, q="certificat serv")["words"] == ["certificat serveur"]


def test_filters_are_obeyed(client):
    a_taxonomy()
    a_published_entry("Un certificat à l’hôpital ?", "Oui.", couloirs="hopital")
    imaging = a_published_entry("Un certificat en imagerie ?", "Oui.", couloirs="imagerie")
    [question] = suggested(client, q="certificat", offre="segur", couloir="imagerie")["questions"]
    assert question["text"] == imaging.question


@pytest.mark.parametrize("query", ["", "c", " ", "le", "\x00\x00", "%%", "🩺🩺", "x" * 5_000, "<script>"])
def test_no_text_is_too_strange(client, query):
    a_published_entry("Un certificat ?", "Oui.")
    assert set(suggested(client, q=query)) == {"words", "questions"}


def test_answers_are_public_cached_and_set_no_cookie(client, django_assert_num_queries):
    some_published_entries(20)
    a_published_entry("Un certificat ?", "Oui.")
    response = client.get(ADDRESS, {"q": "certificat"})
    assert not response.cookies
    assert "public" in response["Cache-Control"]
    with django_assert_num_queries(1):
        again = client.get(ADDRESS, {"q": "certificat"}, headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    with django_assert_num_queries(3):
        client.get(ADDRESS, {"q": "certific"})
    assert client.post(ADDRESS).status_code == 405

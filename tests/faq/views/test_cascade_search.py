"""Searching within the cascade: counts, passages, notices, and what is proposed where nothing is found."""

import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from faq.caching import LRUByteCache
from faq.models import FailedSearch
from faq.models.search import SearchedEntry
from faq.services.workflow import archive_entry
from faq.views import answers
from tests.factories import a_published_entry, a_taxonomy, an_entry, by_command, numbers, some_published_entries
from tests.faq.views.reading import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries():
    a_taxonomy()
    return [
        a_published_entry("Comment renouveler un certificat ?", "Sur le portail.", couloirs="hopital"),
        a_published_entry(
            "Où déposer ?", "Avec son certificat, à l’accueil.", couloirs="imagerie", themes="certificats"
        ),
        a_published_entry("Quand payer ?", "Le trentième jour.", couloirs="imagerie", themes="financement"),
        a_published_entry("Qui appeler ?", "Le support.", products="dmn"),
    ]


def options(page, parameter):
    return [(option.slug, option.count) for option in page.questions[parameter]]


def test_finds_questions_before_answers_and_counts_obey_the_search(client, entries):
    first, second, *_ = numbers(entries)
    page = read(client, "/?q=certificats")
    assert page.numbers == [first, second]
    assert page.count == 2
    assert options(page, "couloir") == [("", 2), ("hopital", 1), ("imagerie", 1)]
    assert 'value="certificats"' in page.html
    assert page.canonical == "http://testserver/?q=certificats"


def test_every_option_leads_to_what_it_announces(client, entries):
    page = read(client, "/?q=certificat")
    followed = 0
    for parameter, shown in page.questions.items():
        for option in shown:
            target = read(client, page.submitted(q="certificat", **{parameter: option.slug}))
            assert target.count == option.count >= 1
            followed += 1
    assert followed > 3


def test_shows_the_passage_with_what_was_searched_for(client, entries):
    html = read(client, "/?q=certificats").html
    assert '<span class="answer__passage">Avec son <mark>certificat</mark>, à l’accueil.</span>' in html
    assert "answer__passage" not in read(client, "/").html


def test_a_passage_is_text(client):
    a_taxonomy()
    a_published_entry("Un ?", "Le <script>certificat</script> & <b>co</b>.")
    html = read(client, "/?q=certificat").html
    assert "&lt;script&gt;<mark>certificat</mark>&lt;/script&gt; &amp; &lt;b&gt;co" in html


def test_a_search_goes_with_filters_and_is_taken_back(client, entries):
    page = read(client, "/?couloir=imagerie&q=certificat&page=1")
    assert page.numbers == [entries[1].pk]
    assert page.canonical == "http://testserver/?couloir=imagerie&q=certificat"
    assert page.links["/?couloir=imagerie"] == "Retirer le filtre «\u00a0certificat\u00a0»"
    assert page.links["/?q=certificat"] == "Retirer le filtre Imagerie"
    assert '<meta name="robots" content="noindex">' in page.html
    assert "noindex" not in read(client, "/?couloir=imagerie").html


def test_a_slip_is_mended_and_that_is_told(client, entries):
    page = read(client, "/?q=certifcat")
    assert page.count == 2
    assert "Résultats pour «\u00a0certificat\u00a0»." in page.status


def test_what_was_typed_can_be_searched_for_and_is_counted_where_only_its_correction_is_found(client, entries):
    page = read(client, "/?q=certifcat")
    assert page.count == 2
    assert page.links["/?q=%C2%AB+certifcat+%C2%BB"] == "«\u00a0certifcat\u00a0»"
    assert [failed.query for failed in FailedSearch.objects.all()] == ["certifcat"]
    assert read(client, "/?q=%C2%AB+certifcat+%C2%BB").count == 0


@pytest.mark.every_database
def test_a_word_of_french_is_kept_and_another_offered(client, entries):
    page = read(client, "/?q=rayer")
    assert page.count == 0
    assert page.links["/?q=payer"] == "«\u00a0payer\u00a0»"
    assert [failed.query for failed in FailedSearch.objects.all()] == ["rayer"]


def test_the_reference_of_an_entry_that_is_gone_leads_where_its_address_does(client, entries):
    draft = an_entry("Un brouillon ?", "Non.")
    gone = entries[3]
    archive_entry(gone.pk, by_command())
    for typed in (gone.reference, f"fiche {gone.reference}", f"q{gone.pk}"):
        response = client.get("/", {"q": typed})
        assert (response.status_code, response["Location"]) == (302, f"/fiche/{gone.pk}/")
    for typed in (entries[0].reference, draft.reference, "fiche Q-999"):
        assert client.get("/", {"q": typed}).status_code == 200


def test_little_of_what_is_sought_is_said_to_be_little(client, entries):
    page = read(client, "/?q=certificat+déjeuner")
    assert page.count == 2
    assert "Aucune réponse ne contient «\u00a0déjeuner\u00a0»." in page.text
    assert "Aucune réponse ne dit tout ce que vous cherchez" in page.text
    assert "Aucune réponse ne dit tout" not in read(client, "/?q=certificat").text


@pytest.mark.every_database
def test_answers_with_words_of_like_meaning_come_last_and_that_is_told(client, entries):
    literal = a_published_entry("Le docteur touche-t-il la subvention ?", "Oui.")
    near = a_published_entry("Le médecin reçoit-il le financement ?", "Oui.")
    page = read(client, "/?q=docteur+subvention+étrangère")
    assert page.numbers == [literal.pk, near.pk]
    assert "La dernière réponse contient peu de vos mots, mais d’autres de sens voisin." in page.text
    assert not FailedSearch.objects.exists()
    page = read(client, "/?q=praticien+rémunération")
    assert "Aucune réponse ne contient ce que vous cherchez." in page.text
    assert near.question.replace(" ?", "\u00a0?") in page.text
    assert FailedSearch.objects.get().query == "praticien remuneration"


def test_a_search_that_says_nothing_is_ignored_with_a_notice(client, entries):
    page = read(client, "/?q=de+la")
    assert page.count == 4
    assert "Votre recherche ne contient aucun mot" in page.status
    assert page.canonical == "http://testserver/"


@pytest.mark.parametrize(
    ("whole", "cut", "said"),
    [
        ("certificat " + "x" * 189, "certificat " + "x" * 190, "ses 200 premiers caractères."),
        (
            " ".join(f"k{rank}" for rank in range(16)),
            " ".join(f"k{rank}" for rank in range(17)),
            "ses 16 premiers mots significatifs.",
        ),
    ],
)
def test_a_search_that_is_cut_is_said(client, entries, whole, cut, said):
    assert f"Votre recherche a été raccourcie à {said}" in read(client, "/?" + urlencode({"q": cut})).text
    assert "raccourcie" not in read(client, "/?" + urlencode({"q": whole})).text


@pytest.mark.parametrize("query", ["%00", "%ff", "x" * 3_000, "%3Cscript%3E", "((((", "%22%22%22", "%E2%80%8B"])
def test_anything_can_be_searched_for(client, entries, query):
    html = read(client, f"/?q={query}").html
    assert "<script>" not in html


class TestNothingFound:
    def test_proposes_to_take_a_choice_back(self, client, entries):
        page = read(client, "/?couloir=hopital&q=accueil")
        assert (page.count, page.numbers) == (0, [])
        assert page.links["/?q=accueil"].startswith("Retirer le filtre Hôpital")
        assert "Aucune réponse ne correspond à tous vos choix à la fois." in page.text
        assert not FailedSearch.objects.exists()

    def test_proposes_near_questions_useful_answers_and_a_contact(self, client, entries):
        SearchedEntry.objects.filter(pk=entries[3].pk).update(usefulness=80)
        with override_settings(CONTACT_EMAIL="aide@exemple.fr"):
            page = read(client, "/?q=portail+introuvable+zzzz")
        assert "Aucune réponse ne contient ce que vous cherchez." in page.text
        assert page.links["mailto:aide@exemple.fr"].startswith("Écrivez-nous")
        assert page.links[entries[3].get_absolute_url()] == "Qui appeler\u00a0?"

    def test_is_counted_every_time_without_personal_data(self, client, entries):
        for _ in range(2):
            response = client.get("/?q=zzzzz+jean.dupont@exemple.fr")
            assert "no-store" in response["Cache-Control"]
        [failed] = FailedSearch.objects.all()
        assert failed.times == 2
        assert "dupont" not in failed.query


@pytest.mark.every_database
@pytest.mark.parametrize("size", [15, 80])
def test_three_queries_whatever_there_is(client, monkeypatch, size):
    a_taxonomy()
    some_published_entries(size, couloirs="hopital", themes="certificats")
    # The first of all reads the snapshot, and the first search its index.
    client.get("/?q=question")
    for address, most in (
        ("/?couloir=hopital&page=2", 2),
        ("/?q=question&couloir=hopital", 3),
        ("/?q=questoin", 3),
        ("/?q=question+reponse", 2),
        ("/?q=questoin+reponse", 3),
    ):
        # No answer is cached yet.
        monkeypatch.setattr(answers, "_answer_cache", LRUByteCache(1_000_000))
        with CaptureQueriesContext(connection) as captured:
            assert read(client, address).count == size
        # Counting a search that only its correction finds is no part of the page.
        queries = [query["sql"] for query in captured if not re.search("failedsearch|SAVEPOINT", query["sql"])]
        assert len(queries) <= most, queries

"""Suggestions of terms for the texts of a page: from names and from entries that are filed, live or not."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from faq.models import Epoch, SynonymGroup, Theme, Version
from faq.services.synonyms import save_synonyms
from faq.services.workflow import archive_entry
from tests.factories import a_published_entry, a_taxonomy, an_entry, by_command, numbers

SUGGESTIONS = reverse("admin:faq_entry_suggestions")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _taxonomy(db):
    a_taxonomy()


def ask(client, **data):
    response = client.post(SUGGESTIONS, data)
    assert response.status_code == 200
    return {
        int(number): {one["label"]: one["evidence"].replace("\u00a0", " ") for one in ones}
        for number, ones in response.json().items()
    }


TEXT = "Le certificat du serveur se renouvelle dans le portail dédié."


@pytest.mark.parametrize("make", [an_entry, a_published_entry])
def test_near_entries_count_whether_they_are_live_or_not(redacteur, make):
    for rank in range(2):
        make(f"Comment renouveler {rank} ?", TEXT, products="dmn")
    entry = an_entry("", TEXT)
    assert ask(redacteur, number=entry.pk)[entry.pk] == {
        "Certification": "2 fiches proches y sont classées",
        "Certification DMN": "2 fiches proches y sont classées",
        "certificats": "cité : « certificat »",
    }


@pytest.mark.every_database
def test_its_own_filing_and_archived_entries_prove_nothing(redacteur):
    entry = an_entry("", TEXT, themes="financement")
    archive_entry(an_entry("Autre ?", TEXT, themes="financement").pk, by_command())
    assert ask(redacteur, number=entry.pk)[entry.pk] == {"certificats": "cité : « certificat »"}


def test_a_typed_question_counts_before_it_is_saved(redacteur):
    entry = an_entry("", "Voir le guichet.")
    assert ask(redacteur, number=entry.pk) == {entry.pk: {}}
    typed = {"number": entry.pk, f"q{entry.pk}-question": "Quel financement ?"}
    assert ask(redacteur, **typed) == {entry.pk: {"financement": "cité : « financement »"}}


def test_the_text_of_a_form_has_suggestions_of_its_own(redacteur):
    found = ask(redacteur, number="", question="Quel financement ?", answer="Aucun.")
    assert found == {0: {"financement": "cité : « financement »"}}
    assert ask(redacteur, number="x", question="", answer="") == {0: {}}


def test_synonyms_and_new_terms_count_at_once_and_retired_ones_no_more(redacteur):
    text = {"number": "", "question": "", "answer": "Une subvention."}
    assert ask(redacteur, **text) == {0: {}}
    save_synonyms(SynonymGroup(expressions=["financement", "subvention"]), None)
    assert ask(redacteur, **text) == {0: {"financement": "cité : « subvention »"}}
    Theme.objects.filter(slug="financement").update(retired=True)
    Epoch.move()
    assert ask(redacteur, **text) == {0: {}}


@pytest.mark.parametrize("sent", [{}, {"number": "x"}, {"number": "9" * 30}, {"number": "4000"}, {"number": "\0"}])
def test_what_means_nothing_has_no_suggestions(redacteur, sent):
    assert ask(redacteur, **sent) == {}


def test_a_text_of_any_size_is_answered(redacteur):
    assert ask(redacteur, number="", question="x" * 5_000, answer="certificat " * 30_000)[0]


def test_too_many_texts_at_once_are_refused(redacteur):
    entries = [an_entry(f"{rank} ?") for rank in range(51)]
    assert redacteur.post(SUGGESTIONS, {"number": numbers(entries)}).status_code == 400


def test_nothing_is_stored_and_only_editors_are_answered(redacteur, analyste):
    entry = an_entry("", TEXT)
    ask(redacteur, number=entry.pk)
    assert Version.objects.count() == 1
    assert analyste.post(SUGGESTIONS, {"number": entry.pk}).status_code == 403
    assert redacteur.get(SUGGESTIONS).status_code == 405


@pytest.mark.every_database
def test_the_number_of_queries_depends_on_nothing(redacteur):
    first = an_entry("", TEXT)
    a_published_entry("Une ?", TEXT, themes="certificats")

    def queries(asked):
        ask(redacteur, number=asked)
        with CaptureQueriesContext(connection) as captured:
            ask(redacteur, number=asked)
        return len(captured)

    few = queries([first.pk])
    for rank in range(30):
        a_published_entry(f"Question {rank} ?", f"{TEXT} {rank}", themes="certificats", couloirs="hopital")
    untitled = [an_entry("", f"{TEXT} Numéro {rank}.") for rank in range(20)]
    assert queries(numbers(untitled)) == few
    assert few <= 14

"""The search of entries in the admin: texts, references, and the names around an entry."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from faq.enums import Origin
from faq.models import Entry
from faq.selectors.entry_search import search_entries, split_words
from faq.services.content import Content, content_of
from faq.services.entries import create_entry
from faq.services.merging import merge_entries
from faq.services.versions import Provenance
from tests.factories import a_dump_file, a_published_entry, a_taxonomy, an_entry, by_command, take_dump

pytestmark = pytest.mark.django_db


def found(text):
    return set(search_entries(Entry.objects.all(), text).values_list("pk", flat=True))


def test_a_word_may_stand_in_the_text_or_in_a_term():
    a_taxonomy()
    filed = an_entry("Combien coûte l’accès ?", couloirs="hopital")
    named = an_entry("À l’hôpital, combien coûte l’accès ?")
    an_entry("Combien ?", couloirs="imagerie")
    assert found("HOPITAL combien accès") == {filed.pk, named.pk}


def test_a_plural_finds_the_singular():
    a_taxonomy()
    one, many = an_entry("Une boîte applicative ?"), an_entry("Des boîtes applicatives ?", couloirs="hopital")
    assert found("boîtes applicatives") == found("boite applicative") == {one.pk, many.pk}
    assert found("boîtes hôpitals") == {many.pk}
    an_entry("Quel in ?")
    assert found("ins") == set()


def test_a_dump_is_found_by_its_name():
    take_dump(a_dump_file("Ceci.", "Cela."), name="espace-industriels")
    an_entry()
    assert found("industriels") == set(Entry.objects.filter(passages__isnull=False).values_list("pk", flat=True))
    assert len(found("industriels cela")) == 1


def test_an_author_is_found_by_the_beginning_of_a_name():
    camille = User.objects.create_superuser("camille", first_name="Camille", last_name="Le Goff")
    hers = create_entry(Content("Question ?", "Réponse."), Provenance(Origin.FORM, camille)).entry
    an_entry()
    assert found("le goff") == {hers.pk}
    assert found("camil") == {hers.pk}
    assert found("ille") == set()


def test_one_letter_is_looked_for_in_texts_alone():
    a_taxonomy()
    an_entry("Oui", "Oui.", couloirs="hopital")
    assert found("h") == set()


def test_a_former_reference_finds_the_survivor():
    survivor, former = a_published_entry(), a_published_entry()
    merge_entries(survivor.pk, [former.pk], content_of(survivor.head), by_command(), bases={})
    assert survivor.pk in found(f"Q-{former.pk}")


def test_the_number_of_queries_depends_on_neither_words_nor_entries():
    a_taxonomy()

    def queries(text):
        found(text)
        with CaptureQueriesContext(connection) as captured:
            found(text)
        return len(captured)

    an_entry()
    few = queries("hopital")
    for _ in range(20):
        an_entry(couloirs="hopital")
    assert queries("hopital imagerie combien est-ce que ça coûte") == few


@pytest.mark.parametrize("text", ["", " ", "\0", "x" * 5_000, "mot " * 500, "'\"%_\\", "Q-99999999999999999999"])
def test_nothing_that_is_typed_breaks_it(text):
    an_entry()
    found(text)
    assert len(split_words(text)) <= 50

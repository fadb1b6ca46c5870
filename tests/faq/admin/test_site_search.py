"""The search box of the header: everything that has a page, within what one may see."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from faq.services.content import content_of
from faq.services.merging import merge_entries
from feedback.comments import NewComment, save_comment
from feedback.votes import get_votable
from tests.factories import a_dump_file, a_published_entry, a_taxonomy, an_entry, by_command, take_dump
from tests.faq.admin.entry_form import read

pytestmark = pytest.mark.django_db

SEARCH = reverse("admin:site_search")


def test_the_box_stands_on_every_page_of_those_who_may_enter(analyste, client):
    assert f'action="{SEARCH}"' in analyste.get(reverse("admin:index")).content.decode()
    assert f'action="{SEARCH}"' not in client.get(reverse("admin:login")).content.decode()


def test_entries_terms_dumps_and_pages_are_found(redacteur):
    a_taxonomy()
    entry = an_entry("Hôpital : comment faire ?")
    take_dump(a_dump_file("Ceci."), name="hopital-2026")
    page = read(redacteur.get(SEARCH, {"q": "hopital"}))
    assert f"{entry.reference} Hôpital" in page
    for group in ("Fiches", "Couloirs Ségur", "Extractions"):
        assert f">{group}</h2>" in page
    assert f'href="{reverse("admin:faq_entry_review")}">À relire' in read(redacteur.get(SEARCH, {"q": "relire"}))


def test_those_stand_first_whose_question_says_it(redacteur):
    an_entry("Autre ?", "Le certificat.")
    titled = an_entry("Certificat ?", "Autre.")
    page = read(redacteur.get(SEARCH, {"q": "certificat"}))
    assert page.index(titled.reference) < page.index("Autre ?")


def test_a_reference_leads_to_its_entry_and_a_former_one_to_the_survivor(analyste):
    survivor, former = a_published_entry(), a_published_entry()
    merge_entries(survivor.pk, [former.pk], content_of(survivor.head), by_command(), bases={})
    page = reverse("admin:faq_entry_change", args=(survivor.pk,))
    for spelling in (survivor.reference, f"q {survivor.pk}", former.reference):
        assert analyste.get(SEARCH, {"q": spelling}).url == page
    assert analyste.get(SEARCH, {"q": "Q-999999"}).status_code == 200


def test_an_entry_without_question_is_named_by_its_answer(analyste):
    an_entry("", "La réponse seule.")
    assert "La réponse seule." in read(analyste.get(SEARCH, {"q": "seule"}))


def test_people_are_shown_to_those_who_manage_accounts(analyste, administrateur):
    assert ">Comptes</h2>" in read(administrateur.get(SEARCH, {"q": "analyste"}))
    assert ">Comptes</h2>" not in read(analyste.get(SEARCH, {"q": "analyste"}))


def test_what_visitors_say_is_found(analyste):
    entry = a_published_entry()
    save_comment(get_votable(entry.pk), "visiteur", NewComment(text="Le formulaire est introuvable."))
    assert "formulaire est introuvable" in read(analyste.get(SEARCH, {"q": "formulaire"}))


def test_more_than_the_page_shows_stands_in_the_list(analyste):
    for number in range(10):
        an_entry(f"Certificat {number} ?")
    page = read(analyste.get(SEARCH, {"q": "certificat"}))
    assert f'href="{reverse("admin:faq_entry_changelist")}?q=certificat"' in page


def test_nothing_found_and_nothing_asked_say_what_to_do(analyste):
    assert "Rien ne contient «\u00a0introuvable\u00a0»" in read(analyste.get(SEARCH, {"q": "introuvable"}))
    assert "Tapez dans la case du haut" in read(analyste.get(SEARCH))


@pytest.mark.parametrize(
    "words", ["\0", "'", "%", "\\", "<b>x</b>", "x" * 10_000, "mot " * 2_000, "Q-" + "9" * 25, "²", "\ud800"]
)
def test_nothing_that_is_typed_breaks_it(administrateur, words):
    an_entry()
    page = administrateur.get(SEARCH, {"q": words.encode("utf-8", "replace")})
    assert page.status_code == 200
    assert b"<b>x</b>" not in page.content


@pytest.mark.every_database
def test_as_many_queries_for_many_rows_as_for_few(administrateur):
    a_taxonomy()

    def queries():
        with CaptureQueriesContext(connection) as captured:
            administrateur.get(SEARCH, {"q": "certificat"})
        return len(captured)

    an_entry("Certificat ?", themes="certificats")
    queries()
    few = queries()
    for number in range(20):
        an_entry(f"Certificat {number} ?", themes="certificats")
    assert queries() == few

"""The list of entries: found, filtered, counted, and changed many at once."""

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from faq.enums import BatchKind
from faq.models import Batch, Entry, Version
from faq.services.content import Content, content_of
from faq.services.entries import edit_entry
from faq.services.workflow import archive_entry, submit_entry
from tests.factories import (
    a_dump_file,
    a_filing,
    a_published_entry,
    a_taxonomy,
    an_entry,
    by_command,
    many_drafts,
    numbers,
    some_published_entries,
    take_dump,
)
from tests.faq.admin.confirming import asks, confirm

LIST = reverse("admin:faq_entry_changelist")

pytestmark = pytest.mark.django_db


@pytest.fixture
def _taxonomy():
    a_taxonomy()


def listed(client, **query):
    """The numbers of the entries that a list shows, in rising order."""
    response = client.get(LIST, query)
    assert response.status_code == 200
    return sorted(entry.pk for entry in response.context["cl"].result_list)


def all_options(client, **query):
    """Return the choices of each filter: labels with counts, by value."""
    page = client.get(LIST, query).content.decode()
    selects = re.findall(r'<select name="(\w+)" id="filter-.*?>(.*?)</select>', page, re.DOTALL)
    return {name: dict(re.findall(r'<option value="(.*?)".*?>(.*?)</option>', body)) for name, body in selects}


def options(client, name, **query):
    """Return the choices of one filter."""
    return all_options(client, **query)[name]


def an_edited(entry, answer="Autrement."):
    content = content_of(Version.objects.get(pk=entry.head_id))
    edit_entry(entry.pk, type(content)(content.question, answer, content.filing), by_command())
    return entry


class TestColumns:
    @pytest.mark.usefixtures("_taxonomy")
    def test_reference_question_state_filing_and_sources_show(self, analyste):
        take_dump(a_dump_file("Comme ceci."))
        entry = Entry.objects.get()
        edit_entry(
            entry.pk,
            type(content_of(entry.head))("Comment ?", "Comme ceci.", a_filing(couloirs="hopital")),
            by_command(),
        )
        page = analyste.get(LIST).content.decode()
        for expected in (entry.reference, "Comment ?", "brouillon", "Hôpital"):
            assert expected in page

    def test_a_draft_beside_a_live_text_is_told(self, analyste):
        entry = an_edited(a_published_entry())
        page = analyste.get(LIST).content.decode()
        assert "publiée" in page
        assert "brouillon en cours" in page
        submit_entry(entry.pk, by_command())
        assert "modification en relecture" in analyste.get(LIST).content.decode()

    def test_an_entry_without_question_has_a_link_that_can_be_read(self, analyste):
        an_entry("")
        assert "(sans question)" in analyste.get(LIST).content.decode()

    def test_an_empty_faq_says_how_to_fill_it(self, redacteur):
        page = redacteur.get(LIST).content.decode()
        assert "manage.py import_dump" in page
        assert reverse("admin:faq_entry_add") in page

    @pytest.mark.every_database
    def test_nothing_found_offers_to_start_again(self, analyste):
        an_entry()
        assert "Aucune fiche ne répond à ces critères" in analyste.get(LIST, {"q": "introuvable"}).content.decode()


class TestSearch:
    @pytest.mark.every_database
    def test_words_are_found_without_accents_and_case_in_question_and_answer(self, analyste):
        entry = an_entry("À quoi sert l’INS ?", "À référencer un logiciel, évidemment.")
        an_entry("Autre chose ?", "Référencer rien.")
        assert listed(analyste, q="REFERENCER l'ins") == [entry.pk]

    @pytest.mark.every_database
    def test_a_reference_finds_its_entry(self, analyste):
        entry = an_entry()
        an_entry()
        for spelling in (entry.reference, entry.reference.lower(), f"q{entry.pk}", f" {entry.pk} "):
            assert listed(analyste, q=spelling) == [entry.pk]

    def test_wildcards_and_quotes_are_plain_characters(self, analyste):
        entry = an_entry("Combien ?", "100 % d'aide_")
        an_entry("Combien ?", "100 pour cent")
        assert listed(analyste, q="100 %") == [entry.pk]
        assert listed(analyste, q="aide_") == [entry.pk]
        assert listed(analyste, q="d’aide") == [entry.pk]

    @pytest.mark.parametrize(
        "nonsense", ["\0", "q" * 10_000, " ".join(map(str, range(2_000))), "%", "'", "Q-99999999999999999999", "²"]
    )
    def test_nothing_that_is_typed_breaks_the_list(self, analyste, nonsense):
        an_entry()
        assert analyste.get(LIST, {"q": nonsense}).status_code == 200


@pytest.mark.usefixtures("_taxonomy")
class TestFilters:
    @pytest.mark.every_database
    def test_a_term_keeps_what_is_filed_under_it(self, analyste):
        hospital = an_entry(couloirs="hopital")
        imaging = an_entry(couloirs="imagerie")
        both = an_entry(couloirs="hopital imagerie", themes="certificats")
        everywhere = an_entry()
        assert listed(analyste, couloir="hopital") == numbers([hospital, both])
        assert listed(analyste, couloir="~") == numbers([everywhere])
        assert listed(analyste, couloir="imagerie", theme="~") == numbers([imaging])
        assert listed(analyste, theme="certificats") == numbers([both])

    @pytest.mark.every_database
    def test_states_and_things_to_do(self, analyste):
        draft = an_entry()
        untitled = an_entry("")
        unanswered = an_entry(answer="")
        live = a_published_entry()
        worked_on = an_edited(a_published_entry())
        waiting = an_entry()
        submit_entry(waiting.pk, by_command())
        archived = an_entry()
        archive_entry(archived.pk, by_command())
        assert listed(analyste, etat="published") == numbers([live, worked_on])
        assert listed(analyste, etat="archived") == numbers([archived])
        assert listed(analyste, etat="draft") == numbers([draft, untitled, unanswered])
        assert listed(analyste, travail="relecture") == numbers([waiting])
        assert listed(analyste, travail="brouillon") == numbers([worked_on])
        assert listed(analyste, travail="sans-question") == numbers([untitled])
        assert listed(analyste, travail="sans-reponse") == numbers([unanswered])

    @pytest.mark.every_database
    def test_a_dump_keeps_the_entries_that_stand_in_it(self, analyste):
        take_dump(a_dump_file("Un.", "Deux."))
        an_entry(answer="Trois.")
        [value] = [value for value in options(analyste, "extraction") if value]
        assert len(listed(analyste, extraction=value)) == 2

    @pytest.mark.every_database
    @pytest.mark.slow
    def test_every_option_leads_to_what_it_announces(self, analyste):
        an_entry(couloirs="hopital", products="convergence")
        an_entry(dispositifs="pfi-vague-2", themes="certificats")
        a_published_entry(offer_types="certification", products="dmn")
        a_published_entry(themes="certificats financement")
        for state in ({}, {"theme": "certificats"}, {"etat": "draft", "offre": "segur", "q": "comme"}):
            for name, offered in all_options(analyste, **state).items():
                for value in offered.keys() - {""}:
                    found = listed(analyste, **{**state, name: value})
                    assert offered[value].endswith(f"({len(found)})")
                    assert found or state.get(name) == value

    @pytest.mark.every_database
    def test_what_leads_nowhere_is_not_offered_unless_chosen(self, analyste):
        an_entry(couloirs="hopital")
        assert set(options(analyste, "couloir")) == {"", "hopital"}
        assert options(analyste, "couloir", couloir="imagerie")["imagerie"] == "Imagerie (0)"

    @pytest.mark.parametrize(
        "query", [{"couloir": "inconnu"}, {"etat": "x"}, {"travail": "\0"}, {"extraction": "9" * 30}]
    )
    def test_an_unknown_value_filters_nothing(self, analyste, query):
        entry = an_entry()
        assert listed(analyste, **query) == [entry.pk]

    def test_an_open_form_filters_nothing(self, analyste):
        entry = an_entry()
        assert listed(analyste, q="", etat="", travail="", offre="", couloir="", extraction="") == [entry.pk]


@pytest.mark.every_database
@pytest.mark.usefixtures("_taxonomy")
@pytest.mark.slow
def test_queries_of_list_and_form_do_not_depend_on_the_number_of_entries(relecteur):
    entry = a_published_entry(couloirs="hopital", themes="certificats")
    some_published_entries(2, dispositifs="pfi-vague-2", themes="financement")

    def queries(address):
        with CaptureQueriesContext(connection) as captured:
            assert relecteur.get(address).status_code == 200
        return len(captured)

    pages = (LIST, f"{LIST}?p=2", reverse("admin:faq_entry_change", args=(entry.pk,)))
    many_drafts(100 - Entry.objects.count())
    few = [queries(page) for page in pages]
    many_drafts(10_000 - Entry.objects.count())
    assert [queries(page) for page in pages] == few
    assert max(few) <= 45


class TestActions:
    def act(self, client, action, entries, **follow):
        data = {"action": action, "_selected_action": [entry.pk for entry in entries]}
        return client.post(LIST, data, follow=True)

    def offered(self, client):
        page = client.get(LIST).content.decode()
        return set(re.findall(r'<option value="(\w+)"', page.partition('name="action"')[2].partition("</select>")[0]))

    def test_each_role_is_offered_what_it_may_do(self, redacteur, relecteur, analyste):
        an_entry()
        assert self.offered(analyste) == {"export_ticked"}
        assert self.offered(redacteur) == {"export_ticked", "submit", "file", "assign"}
        reviewing = {"publish", "withdraw", "archive", "restore", "merge"}
        assert self.offered(relecteur) == {"export_ticked", "submit", "file", "assign"} | reviewing

    def test_one_that_refuses_does_not_stop_the_others(self, relecteur):
        entries = [an_entry("Un ?"), an_entry("", "Sans question."), an_entry("Trois ?")]
        response = self.act(relecteur, "publish", entries)
        assert numbers(Entry.objects.live()) == [entries[0].pk, entries[2].pk]
        page = html.unescape(response.content.decode())
        assert f"2 fiches ({entries[0].reference}, {entries[2].reference})" in strip_tags(page)
        assert f"impossible pour la fiche {entries[1].reference} : il lui manque sa question." in page

    def test_what_changed_since_the_list_was_shown_is_refused_and_named(self, relecteur):
        seen, changed = an_entry("Vue ?"), an_entry("Changée ?")
        shown = relecteur.get(LIST).content.decode()
        bases = dict(re.findall(r'name="(base-\d+)" value="(\d+)"', shown))
        edit_entry(changed.pk, Content("Autrement ?", "Autrement."), by_command())
        data = {"action": "publish", "_selected_action": [seen.pk, changed.pk], **bases}
        page = html.unescape(relecteur.post(LIST, data, follow=True).content.decode())
        assert f"La fiche {changed.reference} a été modifiée entre-temps (version 2)" in page
        assert numbers(Entry.objects.live()) == [seen.pk]

    def test_all_that_changed_is_one_batch(self, relecteur):
        entries = [an_entry("Un ?"), an_entry("Deux ?")]
        self.act(relecteur, "publish", entries)
        batch = Batch.objects.get()
        assert (batch.kind, batch.author) == (BatchKind.BULK_ACTION, relecteur.user)
        assert batch.versions.count() == 2

    def test_the_message_leads_to_the_undoing_of_the_batch(self, relecteur, redacteur):
        page = self.act(relecteur, "publish", [an_entry("Un ?")]).content.decode()
        undo = reverse("admin:faq_batch_undo", args=(Batch.objects.get().pk,))
        assert f'<a href="{undo}">Annuler</a>' in page
        page = self.act(redacteur, "submit", [an_entry("Deux ?")]).content.decode()
        assert f'<a href="{reverse("admin:faq_batch_undo", args=(Batch.objects.latest("pk").pk,))}">Annuler</a>' in page

    def test_nothing_changed_leaves_no_batch(self, relecteur):
        entry = a_published_entry()
        response = self.act(relecteur, "publish", [entry])
        assert "Déjà dans cet état : 1 fiche" in html.unescape(response.content.decode())
        assert not Batch.objects.exists()

    @pytest.mark.parametrize(
        ("action", "before", "status"),
        [
            ("withdraw", a_published_entry, "draft"),
            ("archive", an_entry, "archived"),
            ("submit", an_entry, "in_review"),
        ],
    )
    def test_the_other_actions(self, relecteur, action, before, status):
        entry = before()
        asked = self.act(relecteur, action, [entry])
        assert asks(asked) == (before is a_published_entry)
        if asks(asked):
            confirm(relecteur, asked)
        entry.refresh_from_db()
        assert entry.status == status

    def test_restoring(self, relecteur):
        entry = an_entry()
        archive_entry(entry.pk, by_command())
        self.act(relecteur, "restore", [entry])
        entry.refresh_from_db()
        assert entry.status == "draft"

    def test_a_crafted_post_publishes_nothing(self, redacteur):
        entry = an_entry()
        self.act(redacteur, "publish", [entry])
        assert not Entry.objects.live().exists()
        assert Version.objects.count() == 1

    @pytest.mark.parametrize("value", ["9" * 25, "\0", "abc", "-1", "1x", "²", "999999"])
    def test_a_selected_value_that_is_no_entry_is_ignored(self, relecteur, value):
        entry = an_entry()
        for action in ("publish", "merge"):
            data = {"action": action, "_selected_action": [value, entry.pk]}
            assert relecteur.post(LIST, data, follow=True).status_code == 200
            assert relecteur.post(LIST, data | {"_selected_action": [value]}, follow=True).status_code == 200
        assert numbers(Entry.objects.live()) == [entry.pk]

    @pytest.mark.every_database
    def test_deleting_is_offered_to_nobody(self, sign_in):
        entry = an_entry()
        superuser = sign_in(superuser=True)
        assert "delete_selected" not in self.offered(superuser)
        assert superuser.post(reverse("admin:faq_entry_delete", args=(entry.pk,)), {"post": "yes"}).status_code == 403


def test_whoever_has_no_role_sees_nothing(sign_in):
    nobody = sign_in()
    assert nobody.get(LIST).status_code == 403
    index = nobody.get(reverse("admin:index")).content.decode()
    assert LIST not in index
    assert "autorisation" in index or "permission" in index

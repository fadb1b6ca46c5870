"""Refused changes are explained, stay in the form, and nobody gets around it."""

import re

import pytest

from faq.domain.dumps import VOTE_LINE
from faq.services.workflow import archive_entry
from tests.factories import a_published_entry, a_taxonomy, an_entry, by_command
from tests.faq.admin.entry_form import ADD, PREVIEW, ids_of, page_of, read, save, typed

# What forms refuse reaches no database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


class TestRefusals:
    def refused(self, client, entry, **changes):
        """Save, and check that the form comes back with all that was typed and that nothing was stored."""
        before = entry.versions.count()
        response = save(client, entry, **changes)
        assert response.status_code == 200
        assert not response.redirect_chain
        assert entry.versions.count() == before
        return read(response)

    def test_a_vote_line_in_the_answer(self, redacteur):
        page = self.refused(redacteur, an_entry(), answer=f"Oui.\r\n{VOTE_LINE}")
        assert "La ligne de vote et les questions de la cascade" in page
        assert f"Oui.\n{VOTE_LINE}</textarea>" in page.replace("\r", "")

    def test_terms_that_exclude_each_other(self, redacteur):
        chosen = {"offer_types": ids_of(offer_types="certification"), "couloirs": ids_of(couloirs="hopital")}
        page = self.refused(redacteur, an_entry(), question="Tapée ?", **chosen)
        assert "« Hôpital » relève de « Ségur du numérique »" in page
        assert "Tapée ?</textarea>" in page

    def test_too_long_a_question(self, redacteur):
        assert "300" in self.refused(redacteur, an_entry(), question="x" * 301)

    def test_a_nul_character(self, redacteur):
        assert "errorlist" in self.refused(redacteur, an_entry(), answer="a\0b")

    def test_a_term_that_is_not_offered(self, redacteur):
        assert "n’est plus proposé" in self.refused(redacteur, an_entry(), couloirs=["999"])

    def test_publishing_without_a_question(self, relecteur):
        entry = an_entry("")
        page = self.refused(relecteur, entry, button="_publish", answer="Tapée.")
        assert "il lui manque sa question" in page
        assert "Tapée.</textarea>" in page

    def test_a_form_without_its_version(self, redacteur):
        self.refused(redacteur, an_entry(), base="", answer="Autrement.")
        self.refused(redacteur, an_entry(), base="un", answer="Autrement.")

    def test_an_archived_entry(self, redacteur):
        entry = an_entry()
        archive_entry(entry.pk, by_command())
        assert "est archivée" in self.refused(redacteur, entry, answer="Autrement.")


def test_an_entry_archived_meanwhile_keeps_the_text_in_the_form(redacteur):
    entry = an_entry()
    mine = typed(entry, answer="Mon texte.", _save="1")
    archive_entry(entry.pk, by_command())
    assert "Mon texte.</textarea>" in read(redacteur.post(page_of(entry), mine))


class TestRights:
    def buttons(self, client, entry):
        return set(re.findall(r'<button type="submit"[^>]* name="(\w+)"', client.get(page_of(entry)).content.decode()))

    def test_buttons_by_role(self, redacteur, relecteur, analyste):
        entry = a_published_entry()
        assert self.buttons(analyste, entry) == set()
        assert self.buttons(redacteur, entry) == {
            "_preview",
            "_save",
            "_submit",
            "_relate",
            "_check",
            "_assign",
            "_note",
        }
        assert self.buttons(relecteur, entry) == {
            "_preview",
            "_save",
            "_submit",
            "_publish",
            "_withdraw",
            "_archive",
            "_schedule_withdraw",
            "_relate",
            "_check",
            "_assign",
            "_note",
        }

    def test_buttons_by_state(self, relecteur):
        draft, archived = an_entry(), an_entry()
        archive_entry(archived.pk, by_command())
        assert "_withdraw" not in self.buttons(relecteur, draft)
        assert self.buttons(relecteur, archived) == {"_restore", "_note"}

    def test_an_analyst_reads_everything_and_writes_nothing(self, analyste):
        entry = an_entry("Comment ?", "- un\n- deux", couloirs="hopital")
        page = read(analyste.get(page_of(entry)))
        for expected in ("Comment ?", "<li>un</li>", "Hôpital", "Version 1"):
            assert expected in page
        assert "<textarea" not in page
        assert analyste.get(ADD).status_code == 403
        for button in ("_save", "_publish", "_archive"):
            assert analyste.post(page_of(entry), typed(entry, answer="Autrement.", **{button: "1"})).status_code == 403
        assert entry.versions.count() == 1

    @pytest.mark.parametrize("button", ["_publish", "_withdraw", "_archive"])
    def test_a_crafted_post_does_not_give_rights(self, redacteur, button):
        entry = a_published_entry()
        page = read(save(redacteur, entry, button, answer="Autrement."))
        assert "Votre rôle ne le permet pas" in page
        entry.refresh_from_db()
        assert (entry.status, entry.answer) == ("published", "Comme ceci.")
        assert entry.versions.count() == 2

    def test_whoever_has_no_role_gets_nowhere(self, sign_in):
        entry = an_entry()
        nobody = sign_in()
        assert nobody.get(page_of(entry)).status_code == 403
        assert nobody.get(ADD).status_code == 403
        assert nobody.post(PREVIEW, {"answer": "x"}).status_code == 403

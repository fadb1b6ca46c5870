"""The page of one entry: what is typed is stored through the service, what surrounds it is shown."""

import html
import re

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from faq.domain.dumps import VOTE_LINE
from faq.models import Entry, Epoch, Theme
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.workflow import archive_entry, submit_entry
from tests.factories import a_dump_file, a_filing, a_published_entry, a_taxonomy, an_entry, by_command, take_dump
from tests.faq.admin.confirming import confirm
from tests.faq.admin.entry_form import ADD, PREVIEW, head_of, ids_of, page_of, read, save, typed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


class TestSaving:
    def test_an_untouched_form_makes_no_version(self, redacteur):
        entry = an_entry(answer="  Retrait gardé.\n\n- un\n- deux\n\nFin.  ", couloirs="hopital")
        assert "Rien n’a changé" in read(save(redacteur, entry))
        assert entry.versions.count() == 1

    @pytest.mark.every_database
    def test_the_form_holds_the_text_to_the_character(self, redacteur):
        entry = an_entry(answer="  Retrait.\n\tTabulation\u00a0: <b>&amp;</b>")
        page = redacteur.get(page_of(entry)).content.decode()
        [shown] = re.findall(r'<textarea name="answer".*?>\r?\n(.*?)</textarea>', page, re.DOTALL)
        assert html.unescape(shown) == entry.versions.get().answer

    def test_text_filing_and_comment_are_stored_as_one_version(self, redacteur):
        entry = an_entry(couloirs="hopital")
        save(
            redacteur,
            entry,
            answer="Autrement.\r\nEt mieux.",
            comment="plus clair",
            **{"themes": ids_of(themes="certificats")},
        )
        head = head_of(entry)
        assert (head.number, head.answer, head.comment) == (2, "Autrement.\nEt mieux.", "plus clair")
        assert head.author == redacteur.user
        assert (head.action, head.origin) == ("edited", "form")
        assert [term["slug"] for term in head.filing["themes"]] == ["certificats"]
        assert [term["slug"] for term in head.filing["couloirs"]] == ["hopital"]

    @pytest.mark.parametrize("button", ["_save", "_submit"])
    @pytest.mark.parametrize("base", ["9" * 30, str(2**63), f"-{2**64}"])
    def test_a_version_number_that_no_table_holds_is_refused(self, redacteur, button, base):
        entry = an_entry()
        page = read(save(redacteur, entry, button, answer="Autrement.", base=base))
        assert "La version de départ est illisible" in page
        assert "Autrement." in page
        assert entry.versions.count() == 1

    @pytest.mark.parametrize("field", ["_assign", "_cancel_schedule", "_take_back_check", "_settle_notes", "_unrelate"])
    @pytest.mark.parametrize("number", ["9" * 30, "9" * 5_000])
    def test_no_button_takes_a_number_that_no_table_holds(self, relecteur, field, number):
        entry = a_published_entry()
        sent = {field: number, "assignee": number}
        assert relecteur.post(page_of(entry), sent).status_code in (200, 302)

    def test_a_new_entry(self, redacteur):
        assert "Nouvelle fiche" in read(redacteur.get(ADD))
        response = redacteur.post(ADD, typed(question="Comment ?", answer="Ainsi.", _save="1"), follow=True)
        entry = Entry.objects.get()
        assert (entry.status, entry.question, entry.answer) == ("draft", "Comment ?", "Ainsi.")
        assert response.redirect_chain[-1][0] == page_of(entry)

    def test_a_new_entry_can_be_submitted_at_once(self, redacteur):
        redacteur.post(ADD, typed(question="Comment ?", answer="Ainsi.", _submit="1"))
        assert Entry.objects.get().status == "in_review"

    def test_publishing_stores_what_was_typed_and_puts_it_online(self, relecteur):
        entry = a_published_entry()
        page = read(confirm(relecteur, save(relecteur, entry, "_publish", answer="Autrement.")))
        entry.refresh_from_db()
        assert (entry.status, entry.answer, entry.has_draft) == ("published", "Autrement.", False)
        assert "mise en ligne" in page

    def test_a_draft_leaves_what_the_public_reads(self, redacteur):
        entry = a_published_entry()
        save(redacteur, entry, answer="Autrement.")
        entry.refresh_from_db()
        assert entry.answer == "Comme ceci."
        page = read(redacteur.get(page_of(entry)))
        assert "Autrement.</textarea>" in page
        assert "Le public lit toujours" in page
        assert entry.get_absolute_url() in page

    def test_the_list_is_found_again_as_it_was_filtered(self, redacteur):
        entry = an_entry()
        address = f"{page_of(entry)}?_changelist_filters=couloir%3Dhopital"
        response = redacteur.post(address, typed(entry, answer="Autrement.", _save="1"))
        assert response.url == address
        assert "?couloir=hopital" in redacteur.get(address).content.decode()


class TestEmptiedFacets:
    def test_a_couloir_that_goes_with_its_dispositif_is_told_with_what_brings_it_back(self, redacteur):
        entry = an_entry(couloirs="hopital")
        ticked = {"couloirs": ids_of(couloirs="hopital"), "dispositifs": ids_of(dispositifs="dpi-vague-1")}
        assert "elle vaut pour tous" not in read(save(redacteur, entry, **ticked))
        page = read(save(redacteur, entry, offer_types=[], couloirs=[], dispositifs=[]))
        assert not any(head_of(entry).filing.values())
        assert (
            "La fiche n’a plus de type d’offre ni de couloir Ségur\u00a0: elle vaut pour tous. Elle relevait, "
            "implicitement, de «\u00a0Ségur du numérique\u00a0», «\u00a0Hôpital\u00a0»"
        ) in page

    def test_what_was_ticked_and_is_no_more_is_not_told(self, redacteur):
        entry = an_entry(themes="certificats")
        assert "elle vaut pour tous" not in read(save(redacteur, entry, themes=[]))
        assert not any(head_of(entry).filing.values())


class TestThemes:
    def test_new_ones_are_created_and_filed_under(self, redacteur):
        entry = an_entry(themes="financement")
        save(redacteur, entry, new_themes="CERTIFICATS, Preuves  de bout en bout ; preuves de bout en bout,")
        assert set(Theme.objects.values_list("name", flat=True)) == {
            "certificats",
            "financement",
            "Preuves de bout en bout",
        }
        assert {term["slug"] for term in head_of(entry).filing["themes"]} == {
            "certificats",
            "financement",
            "preuves-de-bout-en-bout",
        }

    def test_a_refused_save_creates_none(self, redacteur):
        save(redacteur, an_entry(), new_themes="Preuves", answer=VOTE_LINE)
        assert not Theme.objects.filter(name="Preuves").exists()

    @pytest.mark.parametrize("name", ["\u200b", "Preuves, \u2603", "…"])
    def test_a_new_name_of_nothing_visible_is_refused(self, redacteur, name):
        before = Theme.objects.count()
        page = read(save(redacteur, an_entry(), new_themes=name))
        assert "Ce libellé ne contient ni lettre ni chiffre." in page
        assert Theme.objects.count() == before

    def test_too_long_a_name(self, redacteur):
        assert "est trop long" in read(save(redacteur, an_entry(), new_themes="x" * 101))

    @pytest.mark.every_database
    def test_whoever_may_not_name_any_has_no_field_for_it(self, redacteur):
        redacteur.user.groups.get().permissions.remove(Permission.objects.get(codename="add_theme"))
        entry = an_entry()
        assert "new_themes" not in redacteur.get(page_of(entry)).content.decode()
        save(redacteur, entry, new_themes="Preuves", answer="Autrement.")
        assert not Theme.objects.filter(name="Preuves").exists()

    def test_a_retired_term_is_offered_only_where_it_is_filed(self, redacteur):
        filed, other = an_entry(themes="certificats"), an_entry()
        Theme.objects.filter(slug="certificats").update(retired=True)
        Epoch.move()
        assert "certificats (retiré)" in read(redacteur.get(page_of(filed)))
        assert "certificats" not in read(redacteur.get(page_of(other)))
        assert "Rien n’a changé" in read(save(redacteur, filed))


class TestMoves:
    @pytest.mark.parametrize(("button", "status"), [("_withdraw", "draft"), ("_archive", "archived")])
    def test_out_of_sight(self, relecteur, button, status):
        entry = a_published_entry()
        confirm(relecteur, relecteur.post(page_of(entry), {button: "1", "base": "2"}))
        entry.refresh_from_db()
        assert entry.status == status

    def test_and_back(self, relecteur):
        entry = an_entry()
        archive_entry(entry.pk, by_command())
        relecteur.post(page_of(entry), {"_restore": "1", "base": "2"})
        entry.refresh_from_db()
        assert entry.status == "draft"

    @pytest.mark.parametrize("base", [{}, {"base": "1"}, {"base": "x"}])
    def test_what_nobody_has_seen_is_not_moved(self, relecteur, base):
        entry = a_published_entry()
        response = relecteur.post(page_of(entry), {"_archive": "1", **base}, follow=True)
        assert "a été modifiée entre-temps (version 2)" in read(response)
        assert entry.versions.count() == 2

    def test_what_is_done_already_is_told(self, relecteur):
        entry = an_entry()
        response = relecteur.post(page_of(entry), {"_withdraw": "1", "base": "1"}, follow=True)
        assert "Rien n’a changé" in read(response)
        assert entry.versions.count() == 1


class TestPreview:
    def test_it_is_what_the_public_will_read(self, analyste):
        response = analyste.post(PREVIEW, {"answer": "- un\r\n- <script>alert(1)</script>"})
        assert "<li>un</li>" in response.content.decode()
        assert "<script>" not in response.content.decode()

    def test_it_stores_nothing(self, redacteur):
        entry = an_entry()
        page = read(save(redacteur, entry, "_preview", answer="**Autrement**"))
        assert "<strong>Autrement</strong>" in page
        assert "**Autrement**</textarea>" in page
        assert entry.versions.count() == 1

    def test_it_is_asked_for_by_post_from_the_site(self, sign_in):
        client = sign_in("relecteur")
        assert client.get(PREVIEW).status_code == 405
        client.handler.enforce_csrf_checks = True
        assert client.post(PREVIEW, {"answer": "x"}).status_code == 403


class TestSurroundings:
    @pytest.mark.every_database
    def test_versions_and_sources_are_linked(self, analyste):
        take_dump(a_dump_file("Un.", "Deux."), name="page")
        entry = Entry.objects.get(head__answer="Deux.")
        page = read(analyste.get(page_of(entry)))
        assert reverse("admin:faq_version_change", args=(entry.head_id,)) in page
        passage = entry.passages.get()
        assert reverse("admin:faq_dump_change", args=(passage.dump_id,)) + "#passage-2" in page

    def test_what_people_typed_is_never_markup(self, relecteur):
        entry = a_published_entry("<img src=x onerror=alert(1)>", "</textarea><script>alert(1)</script>")
        page = relecteur.get(page_of(entry)).content.decode()
        assert "<img src=x" not in page
        assert "<script>alert" not in page

    @pytest.mark.every_database
    def test_an_unknown_entry_leads_home(self, analyste):
        for number in ("99999", "9" * 40, "x"):
            assert analyste.get(reverse("admin:faq_entry_change", args=(number,))).url == reverse("admin:index")

    @pytest.mark.every_database
    def test_a_request_reads_the_row_of_the_entry_once(self, relecteur):
        entry = an_entry()
        for ask in (lambda: relecteur.get(page_of(entry)), lambda: save(relecteur, entry, question="?" * 999)):
            with CaptureQueriesContext(connection) as captured:
                assert ask().status_code == 200
            assert sum('FROM "faq_entry"' in query["sql"] for query in captured) == 1

    def test_the_number_of_queries_does_not_depend_on_the_history(self, relecteur, django_assert_max_num_queries):
        entry = an_entry(couloirs="hopital")
        relecteur.get(page_of(entry))
        with django_assert_max_num_queries(40) as few:
            relecteur.get(page_of(entry))
        for text in range(25):
            edit_entry(
                entry.pk,
                Content("Comment ?", f"Texte {text}", a_filing(themes="certificats")),
                by_command(relecteur.user),
            )
        submit_entry(entry.pk, by_command())
        with django_assert_max_num_queries(len(few)):
            page = read(relecteur.get(page_of(entry)))
        assert "Toutes les versions (27)" in page

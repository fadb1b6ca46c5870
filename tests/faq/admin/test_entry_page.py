"""The page of one entry: what is typed is stored through the service, or kept in the form and explained."""

import html
import re

import pytest
from django.urls import reverse

from faq.domain.dumps import VOTE_LINE
from faq.domain.facets import Facet
from faq.models import Entry, Theme, Version
from faq.services.content import Content, content_of
from faq.services.entries import archive_entry, edit_entry, submit_entry
from tests.factories import a_dump_file, a_filing, a_published_entry, a_taxonomy, an_entry, by_command, take_dump

ADD = reverse("admin:faq_entry_add")
PREVIEW = reverse("admin:faq_entry_preview")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


def page_of(entry):
    return reverse("admin:faq_entry_change", args=(entry.pk,))


def head_of(entry):
    return Version.objects.filter(entry=entry).order_by("-number")[0]


def typed(entry=None, **changes):
    """What a browser sends: CRLF line ends, one value per ticked box, the number of the version shown."""
    head = head_of(entry) if entry else None
    content = content_of(head) if head else Content()
    data = {
        "question": content.question,
        "answer": content.answer.replace("\n", "\r\n"),
        "comment": "",
        "new_themes": "",
    }
    data |= {facet.value: sorted(content.filing[facet]) for facet in Facet}
    if head:
        data["base"] = head.number
    return data | changes


def read(response):
    return html.unescape(response.content.decode())


def save(client, entry, button="_save", **changes):
    return client.post(page_of(entry), typed(entry, **{button: "1", **changes}), follow=True)


class TestSaving:
    def test_an_untouched_form_makes_no_version(self, redacteur):
        entry = an_entry(answer="  Retrait gardé.\n\n- un\n- deux\n\nFin.  ", couloirs="hopital")
        assert "Rien n’a changé" in read(save(redacteur, entry))
        assert entry.versions.count() == 1

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
            **{"themes": _ids(themes="certificats")},
        )
        head = head_of(entry)
        assert (head.number, head.answer, head.comment) == (2, "Autrement.\nEt mieux.", "plus clair")
        assert head.author == redacteur.user
        assert (head.action, head.origin) == ("edited", "form")
        assert [term["slug"] for term in head.filing["themes"]] == ["certificats"]
        assert [term["slug"] for term in head.filing["couloirs"]] == ["hopital"]

    def test_a_new_entry(self, redacteur):
        assert "Nouvelle fiche" in read(redacteur.get(ADD))
        response = redacteur.post(ADD, typed(question="Comment ?", answer="Ainsi.", _save="1"), follow=True)
        entry = Entry.objects.get()
        assert (entry.status, entry.question, entry.answer) == ("draft", "Comment ?", "Ainsi.")
        assert response.redirect_chain[-1][0] == page_of(entry)

    def test_a_new_entry_can_be_submitted_at_once(self, redacteur):
        redacteur.post(ADD, typed(question="Comment ?", answer="Ainsi.", _submit="1"))
        assert Entry.objects.get().status == "in_review"

    def test_publishing_stores_what_was_typed_and_puts_it_online(self, relecteur):
        entry = a_published_entry()
        page = read(save(relecteur, entry, "_publish", answer="Autrement."))
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


def _ids(**slugs):
    [facet] = slugs
    return sorted(a_filing(**slugs)[Facet(facet)])


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
        chosen = {"offer_types": _ids(offer_types="certification"), "couloirs": _ids(couloirs="hopital")}
        page = self.refused(redacteur, an_entry(), question="Tapée ?", **chosen)
        assert "« Hôpital » relève de « Ségur du numérique »" in page
        assert "Tapée ?</textarea>" in page

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


class TestTwoEditors:
    def test_the_second_save_overwrites_nothing_and_loses_nothing(self, redacteur):
        entry = an_entry(couloirs="hopital")
        mine = typed(entry, answer="Mon texte.", comment="mon avis", themes=_ids(themes="certificats"), _save="1")
        edit_entry(entry.pk, Content("Comment faire ?", "Leur texte.", a_filing()), by_command())
        response = redacteur.post(page_of(entry), mine)
        page = read(response)
        assert head_of(entry).answer == "Leur texte."
        assert "a été modifiée entre-temps (version 2)" in page
        assert "Leur texte." in page
        assert "Mon texte.</textarea>" in page
        assert 'value="mon avis"' in page
        form = response.context["form"]
        assert form["themes"].value() == [str(pk) for pk in _ids(themes="certificats")]
        assert form["couloirs"].value() == [str(pk) for pk in _ids(couloirs="hopital")]

    def test_saving_again_is_a_choice_and_keeps_both_in_the_history(self, redacteur):
        entry = an_entry()
        mine = typed(entry, answer="Mon texte.", _save="1")
        edit_entry(entry.pk, Content("Comment faire ?", "Leur texte.", a_filing()), by_command())
        form = redacteur.post(page_of(entry), mine).context["form"]
        redacteur.post(page_of(entry), mine | {"base": form["base"].value()})
        texts = entry.versions.order_by("number").values_list("answer", flat=True)
        assert list(texts) == ["Comme ceci.", "Leur texte.", "Mon texte."]

    def test_an_entry_archived_meanwhile_keeps_the_text_in_the_form(self, redacteur):
        entry = an_entry()
        mine = typed(entry, answer="Mon texte.", _save="1")
        archive_entry(entry.pk, by_command())
        assert "Mon texte.</textarea>" in read(redacteur.post(page_of(entry), mine))


class TestThemes:
    def test_new_ones_are_created_and_filed_under(self, redacteur):
        entry = an_entry(themes="financement")
        save(redacteur, entry, new_themes="CERTIFICATS, Preuves  de bout en bout ; preuves de bout en bout,")
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

    def test_too_long_a_name(self, redacteur):
        assert "est trop long" in read(save(redacteur, an_entry(), new_themes="x" * 101))

    def test_whoever_may_not_name_any_has_no_field_for_it(self, redacteur):
        redacteur.user.groups.get().permissions.remove(*_permission("add_theme"))
        entry = an_entry()
        assert "new_themes" not in redacteur.get(page_of(entry)).content.decode()
        save(redacteur, entry, new_themes="Preuves", answer="Autrement.")
        assert not Theme.objects.filter(name="Preuves").exists()

    def test_a_retired_term_is_offered_only_where_it_is_filed(self, redacteur):
        filed, other = an_entry(themes="certificats"), an_entry()
        Theme.objects.filter(slug="certificats").update(retired=True)
        assert "certificats (retiré)" in read(redacteur.get(page_of(filed)))
        assert "certificats" not in read(redacteur.get(page_of(other)))
        assert "Rien n’a changé" in read(save(redacteur, filed))


def _permission(codename):
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(codename=codename)


class TestRights:
    def buttons(self, client, entry):
        return set(re.findall(r'<button type="submit"[^>]* name="(\w+)"', client.get(page_of(entry)).content.decode()))

    def test_buttons_by_role(self, redacteur, relecteur, analyste):
        entry = a_published_entry()
        assert self.buttons(analyste, entry) == set()
        assert self.buttons(redacteur, entry) == {"_preview", "_save", "_submit"}
        assert self.buttons(relecteur, entry) == {"_preview", "_save", "_submit", "_publish", "_withdraw", "_archive"}

    def test_buttons_by_state(self, relecteur):
        draft, archived = an_entry(), an_entry()
        archive_entry(archived.pk, by_command())
        assert "_withdraw" not in self.buttons(relecteur, draft)
        assert self.buttons(relecteur, archived) == {"_restore"}

    def test_an_analyst_reads_everything_and_writes_nothing(self, analyste):
        entry = an_entry("Comment ?", "- un\n- deux", couloirs="hopital")
        page = read(analyste.get(page_of(entry)))
        for expected in ("Comment ?", "<li>un</li>", "Hôpital", "Version 1"):
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


class TestMoves:
    @pytest.mark.parametrize(("button", "status"), [("_withdraw", "draft"), ("_archive", "archived")])
    def test_out_of_sight(self, relecteur, button, status):
        entry = a_published_entry()
        relecteur.post(page_of(entry), {button: "1"})
        entry.refresh_from_db()
        assert entry.status == status

    def test_and_back(self, relecteur):
        entry = an_entry()
        archive_entry(entry.pk, by_command())
        relecteur.post(page_of(entry), {"_restore": "1"})
        entry.refresh_from_db()
        assert entry.status == "draft"

    def test_what_is_done_already_is_told(self, relecteur):
        entry = an_entry()
        response = relecteur.post(page_of(entry), {"_withdraw": "1"}, follow=True)
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

    def test_an_unknown_entry_leads_home(self, analyste):
        for number in ("99999", "9" * 40, "x"):
            assert analyste.get(reverse("admin:faq_entry_change", args=(number,))).url == reverse("admin:index")

    def test_the_number_of_queries_does_not_depend_on_the_history(self, relecteur, django_assert_max_num_queries):
        entry = an_entry(couloirs="hopital")
        relecteur.get(page_of(entry))
        with django_assert_max_num_queries(40) as few:
            relecteur.get(page_of(entry))
        for text in range(25):
            edit_entry(
                entry.pk,
                Content("Comment ?", f"Texte {text}", a_filing(themes="certificats")),
                by_command(relecteur.user),
            )
        submit_entry(entry.pk, by_command())
        with django_assert_max_num_queries(len(few)):
            page = read(relecteur.get(page_of(entry)))
        assert "Toutes les versions (27)" in page

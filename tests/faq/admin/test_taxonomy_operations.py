"""Terms moved, merged, split and retired in the admin, after their effects were shown; and taken back."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from faq.models import Batch, Couloir, Dispositif, Entry, OfferType, Product, Theme
from faq.selectors.published import load_taxonomy
from faq.services.content import Content, content_of
from faq.services.entries import edit_entry
from faq.services.review_events import declare_event
from faq.services.taxonomy import save_term
from tests.factories import (
    a_published_entry,
    a_taxonomy,
    an_entry,
    by_command,
    checked_long_ago,
)
from tests.term_pages import address, carried, confirm, read

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


def undo_last(client):
    """Undo the last batch by its page; return the page that shows what comes back, and the one after."""
    undo = reverse("admin:faq_batch_undo", args=(Batch.objects.latest("pk").pk,))
    return read(client.get(undo)), read(client.post(undo, follow=True))


def tables():
    return {model: list(model.objects.order_by("pk").values()) for model in (OfferType, Couloir, Product, Theme)}


class TestOperations:
    def test_a_dispositif_moves_with_its_entries_after_they_were_shown(self, administrateur):
        live, draft = a_published_entry(dispositifs="dpi-vague-1"), an_entry(dispositifs="dpi-vague-1")
        dispositif, imaging = Dispositif.objects.get(slug="dpi-vague-1"), Couloir.objects.get(slug="imagerie")
        page = address("dispositif", "deplacer", dispositif.pk)
        assert "Voir les effets" in read(administrateur.get(page))
        shown = read(administrateur.post(page, {"parents": [imaging.pk]}))
        assert "1 fiche en ligne, 1 brouillon" in shown
        assert "sauf si un autre de ses termes en relève encore" in shown
        assert shown.count("− Hôpital") == shown.count("+ Imagerie") == 2
        assert "« DPI vague 1 »\u00a0: couloir Ségur « Imagerie », au lieu de « Hôpital »." in shown
        assert Entry.objects.get(pk=live.pk).head == live.head
        assert not Batch.objects.exists()
        done = read(confirm(administrateur, page, {"parents": [imaging.pk]}, follow=True))
        assert "Déplacement de « DPI vague 1 » (dispositif Ségur)" in done
        assert [entry.couloirs.get() for entry in (live, draft)] == [imaging, imaging]
        shown, after = undo_last(administrateur)
        assert "Remises comme avant\u00a0: 2 fiches" in shown
        assert "« DPI vague 1 » est comme avant." in shown
        assert "2 fiches remises comme avant, 1 terme comme avant" in after
        assert live.couloirs.get().slug == "hopital"

    @pytest.mark.every_database
    def test_of_an_entry_changed_since_the_undo_says_one_thing(self, administrateur):
        entry = a_published_entry(dispositifs="dpi-vague-1")
        page = address("dispositif", "deplacer", Dispositif.objects.get(slug="dpi-vague-1").pk)
        confirm(administrateur, page, {"parents": [Couloir.objects.get(slug="imagerie").pk]})
        filing = content_of(Entry.objects.get(pk=entry.pk).head).filing
        edit_entry(entry.pk, Content("Autrement ?", "Oui.", filing), by_command())
        shown, after = undo_last(administrateur)
        assert "Laissées telles quelles" not in shown
        assert "Reclassées\u00a0: 1 fiche" in shown
        assert "laissée" not in after
        assert "1 terme comme avant, 1 fiche reclassée" in after
        assert entry.couloirs.get().slug == "hopital"

    @pytest.mark.every_database
    def test_a_couloir_moves_to_another_offer_type(self, administrateur):
        entry = a_published_entry(couloirs="hopital")
        couloir, other = Couloir.objects.get(slug="hopital"), OfferType.objects.get(slug="certification")
        page = address("couloir", "deplacer", couloir.pk)
        confirm(administrateur, page, {"parents": other.pk})
        assert entry.offer_types.get() == other

    @pytest.mark.every_database
    def test_what_changes_nothing_is_said(self, administrateur):
        product = Product.objects.get(slug="dmn")
        page = address("product", "deplacer", product.pk)
        sent = {"parents": [OfferType.objects.get(slug="certification").pk]}
        assert "Rien ne changerait." in read(administrateur.post(page, sent))
        assert "Rien n’a changé." in read(administrateur.post(page, sent | {"_confirm": "1"}, follow=True))
        assert not Batch.objects.exists()

    def test_two_themes_become_one(self, administrateur, client):
        entry = a_published_entry(themes="certificats")
        gone, stays = (Theme.objects.get(slug=slug) for slug in ("certificats", "financement"))
        before = tables()
        page = address("theme", "fusionner", gone.pk)
        shown = read(administrateur.post(page, {"survivor": stays.pk}))
        assert "<code>/?theme=certificats</code> → <code>/?theme=financement</code>" in shown
        assert "1 fiche en ligne" in shown
        assert tables() == before
        confirm(administrateur, page, {"survivor": stays.pk})
        assert entry.themes.get() == stays
        assert client.get("/?theme=certificats").status_code == 301
        assert "certificats" not in read(administrateur.get(address("theme", "changelist"))).split("result_list")[1]
        assert administrateur.get(page).status_code == 404
        undo_last(administrateur)
        assert tables() == before
        assert client.get("/?theme=certificats").status_code == 200

    @pytest.mark.every_database
    def test_more_than_was_shown_is_shown_before_it_is_done(self, administrateur):
        a_published_entry(themes="certificats")
        gone, stays = (Theme.objects.get(slug=slug) for slug in ("certificats", "financement"))
        page, sent = address("theme", "fusionner", gone.pk), {"survivor": stays.pk, "_confirm": "1"}
        told = "Les effets ne sont pas ceux qui vous avaient été montrés."
        unseen = read(administrateur.post(page, sent))
        assert told in unseen
        late = an_entry(themes="certificats")
        again = read(administrateur.post(page, sent | carried(unseen)))
        assert told in again
        new = f"<li>{late.reference} (brouillon)\u00a0: − certificats, + financement.</li>"
        assert re.search(r"Nouveau.*?</ul>", again, re.DOTALL)[0].count("<li>") == again.count(new) == 1
        assert not Batch.objects.exists()
        assert administrateur.post(page, sent | carried(again)).status_code == 302
        assert late.themes.get() == stays

    def test_what_was_shown_for_another_choice_confirms_nothing(self, administrateur):
        retired, term = Theme.objects.get(slug="financement"), Theme.objects.get(slug="certificats")
        seen = carried(read(administrateur.get(address("theme", "retirer", retired.pk))))
        page = read(administrateur.post(address("theme", "retirer", term.pk), seen | {"_confirm": "1"}))
        assert "Les effets ne sont pas ceux qui vous avaient été montrés." in page
        assert not Batch.objects.exists()

    def test_a_form_that_reaches_further_meanwhile_is_shown_again(self, administrateur):
        dispositif, imaging = Dispositif.objects.get(slug="dpi-vague-1"), Couloir.objects.get(slug="imagerie")
        sent = {"label": dispositif.label, "slug": dispositif.slug, "vague": 1, "position": 0, "couloirs": [imaging.pk]}
        page = address("dispositif", "change", dispositif.pk)
        seen = carried(read(administrateur.post(page, sent)))
        late = a_published_entry(dispositifs="dpi-vague-1")
        again = read(administrateur.post(page, sent | seen | {"_confirm": "1"}))
        assert f"<li>{late.reference} (publiée)\u00a0: − Hôpital, + Imagerie.</li>" in again
        assert late.couloirs.get().slug == "hopital"
        administrateur.post(page, sent | carried(again) | {"_confirm": "1"})
        assert late.couloirs.get() == imaging

    def test_a_term_is_split(self, administrateur):
        gone, kept = a_published_entry(themes="certificats"), a_published_entry("Autre ?", themes="certificats")
        theme = Theme.objects.get(slug="certificats")
        page = address("theme", "scinder", theme.pk)
        assert f"{gone.reference} Comment faire ? (publiée)" in read(administrateur.get(page))
        sent = {"label": "Révocation des certificats", "entries": [gone.pk]}
        shown = read(administrateur.post(page, sent))
        assert "+ Révocation des certificats" in shown
        empty = "Rien n’est coché\u00a0: le nouveau terme sera vide."
        assert empty not in shown
        assert empty in read(administrateur.post(page, {"label": "Révocation des certificats"}))
        confirm(administrateur, page, sent)
        assert gone.themes.get().slug == "revocation-des-certificats"
        assert kept.themes.get() == theme
        undo_last(administrateur)
        assert gone.themes.get() == theme

    @pytest.mark.every_database
    def test_children_go_along_where_they_are_ticked(self, administrateur):
        entry = a_published_entry(dispositifs="dpi-vague-1")
        couloir, child = Couloir.objects.get(slug="hopital"), Dispositif.objects.get(slug="dpi-vague-1")
        sent = {"label": "Hôpital public", "children": [f"dispositifs-{child.pk}"]}
        confirm(administrateur, address("couloir", "scinder", couloir.pk), sent)
        assert entry.couloirs.get().slug == child.couloirs.get().slug == "hopital-public"

    @pytest.mark.every_database
    def test_what_is_refused_is_said_on_the_page(self, administrateur):
        theme = Theme.objects.get(slug="certificats")
        split = address("theme", "scinder", theme.pk)
        for sent in ({"label": "FINANCEMENT"}, {"label": "FINANCEMENT", "_confirm": "1"}):
            assert "existe déjà" in read(administrateur.post(split, sent))
        assert "Choisissez le terme qui reste." in read(
            administrateur.post(address("theme", "fusionner", theme.pk), {})
        )
        assert "n’est plus classée" in read(administrateur.post(split, {"label": "X", "entries": ["999"]}))
        move = address("dispositif", "deplacer", Dispositif.objects.first().pk)
        assert "errornote" in read(administrateur.post(move, {"parents": []}))
        assert "errornote" in read(administrateur.post(move, {"parents": ["9" * 30]}))
        assert not Batch.objects.exists()

    def test_a_term_is_retired_and_brought_back(self, administrateur):
        theme = Theme.objects.get(slug="certificats")
        a_published_entry(themes="certificats")
        shown = read(administrateur.get(address("theme", "retirer", theme.pk)))
        assert "restent en ligne" in shown
        assert "1 fiche en ligne" in shown
        confirm(administrateur, address("theme", "retirer", theme.pk), {})
        listed = read(administrateur.get(address("theme", "changelist")))
        assert address("theme", "remettre", theme.pk) in listed
        assert address("theme", "retirer", theme.pk) not in listed
        confirm(administrateur, address("theme", "remettre", theme.pk), {})
        assert not Theme.objects.get(pk=theme.pk).retired

    def test_what_reaches_nobody_else_is_saved_at_once(self, administrateur):
        theme = Theme.objects.get(slug="certificats")
        sent = {"name": "Certificats IGC", "slug": "certificats", "position": 0}
        response = administrateur.post(address("theme", "change", theme.pk), sent, follow=True)
        assert re.search(
            r"Modification enregistrée.: «.*?»\. <a [^>]*>Lot \d+</a>\. <a [^>]*>Annuler</a>", read(response)
        )
        assert Theme.objects.get(pk=theme.pk).name == "Certificats IGC"

    def test_the_form_shows_what_follows_a_move_too(self, administrateur):
        entry = a_published_entry(dispositifs="dpi-vague-1")
        dispositif, imaging = Dispositif.objects.get(slug="dpi-vague-1"), Couloir.objects.get(slug="imagerie")
        sent = {"label": dispositif.label, "slug": dispositif.slug, "vague": 1, "position": 0, "couloirs": [imaging.pk]}
        page = address("dispositif", "change", dispositif.pk)
        shown = read(administrateur.post(page, sent))
        assert "+ Imagerie" in shown
        assert "Une fiche classée sous un terme déplacé" in shown
        assert entry.couloirs.get().slug == "hopital"
        confirm(administrateur, page, sent)
        assert entry.couloirs.get() == imaging

    def test_a_name_taken_meanwhile_is_no_failure(self, administrateur, monkeypatch):
        monkeypatch.setattr("faq.models.taxonomy.Term.clean", lambda term: None)
        monkeypatch.setattr("faq.services.taxonomy.check_term", _refuse)
        sent = {"name": "Neuve", "slug": "neuve", "position": 0}
        assert "pris entre-temps" in read(administrateur.post(address("theme", "add"), sent, follow=True))

    @pytest.mark.every_database
    def test_entries_that_an_event_made_due_are_counted(self, administrateur):
        checked_long_ago(a_published_entry(themes="certificats"))
        gone, stays = (Theme.objects.get(slug=slug) for slug in ("certificats", "financement"))
        [term] = [term for term in load_taxonomy().terms if term.slug == "certificats"]
        a_published_entry(themes="certificats")
        declare_event(term, "nouvel arrêté", timezone.localdate(), None)
        shown = read(administrateur.post(address("theme", "fusionner", gone.pk), {"survivor": stays.pk}))
        assert "1 fiche ne sera plus à revoir" in shown

    def test_a_former_slug_filters_the_list_of_entries(self, administrateur):
        entry = a_published_entry(couloirs="hopital")
        hospital = Couloir.objects.get(slug="hopital")
        hospital.slug = "hopitaux"
        save_term(hospital, None)
        other = a_published_entry("Autre ?", couloirs="imagerie")
        page = read(administrateur.get(address("entry", "changelist"), {"couloir": "hopital"}))
        assert entry.reference in page
        assert f">{other.reference}<" not in page
        assert "inconnu" not in page
        assert "inconnu" in read(administrateur.get(address("entry", "changelist"), {"couloir": "nonsense"}))

    @pytest.mark.every_database
    def test_a_reader_sees_the_list_without_operations(self, analyste):
        page = read(analyste.get(address("couloir", "changelist")))
        assert "Fusionner" not in page
        couloir = Couloir.objects.first()
        assert analyste.get(address("couloir", "fusionner", couloir.pk)).status_code == 403


def _refuse(term):
    raise ValidationError({"slug": "Ce nom a été pris entre-temps."})

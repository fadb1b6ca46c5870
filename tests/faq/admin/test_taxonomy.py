"""Terms in the admin: renamed, ordered, retired, and never lost."""

import html
import re

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from faq.models import Batch, Couloir, Dispositif, Entry, Epoch, OfferType, Product, Theme
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
    some_published_entries,
)

MODELS = ("offertype", "couloir", "dispositif", "product", "theme")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


def address(model, page, *args):
    return reverse(f"admin:faq_{model}_{page}", args=args)


def carried(page):
    """The values of the hidden fields of a page, but for the token."""
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: value for name, value in fields if name != "csrfmiddlewaretoken"}


def confirm(client, page, data, **options):
    """Press the button of the page that shows the effects of what is sent."""
    return client.post(page, data | carried(read(client.post(page, data))) | {"_confirm": "1"}, **options)


def read(response):
    return html.unescape(response.content.decode())


@pytest.mark.parametrize("model", MODELS)
def test_every_facet_has_a_list_and_pages_that_everybody_may_read(model, analyste, administrateur):
    assert analyste.get(address(model, "changelist")).status_code == 200
    term = apps.get_model("faq", model).objects.first()
    assert analyste.get(address(model, "change", term.pk)).status_code == 200
    assert analyste.get(address(model, "add")).status_code == 403
    assert administrateur.get(address(model, "add")).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_lists_cost_the_same_whatever_they_hold(model, administrateur, django_assert_max_num_queries):
    administrateur.get(address(model, "changelist"))
    with django_assert_max_num_queries(25) as few:
        administrateur.get(address(model, "changelist"))
    segur = OfferType.objects.get(slug="segur")
    for rank in range(20):
        OfferType.objects.create(slug=f"o{rank}", label=f"O{rank}")
        couloir = Couloir.objects.create(slug=f"c{rank}", label=f"C{rank}", offer_type=segur)
        Dispositif.objects.create(slug=f"d{rank}", label=f"D{rank}").couloirs.add(couloir)
        Theme.objects.create(slug=f"t{rank}", name=f"T{rank}")
        couloir.offer_type.products.create(slug=f"p{rank}", label=f"P{rank}")
    some_published_entries(5, couloirs="hopital", themes="certificats", products="convergence")
    with django_assert_max_num_queries(len(few)):
        administrateur.get(address(model, "changelist"))


def test_a_new_term_comes_last_unless_another_place_is_chosen(administrateur):
    Couloir.objects.filter(slug="imagerie").update(position=7)
    assert 'name="position" value="8"' in read(administrateur.get(address("couloir", "add")))


def test_the_number_of_entries_leads_to_them(analyste):
    some_published_entries(3, couloirs="hopital")
    page = read(analyste.get(address("couloir", "changelist")))
    assert f'<a href="{address("entry", "changelist")}?couloir=hopital">3</a>' in page


def test_renaming_leaves_a_redirect_and_moves_the_read_side(administrateur):
    hospital = Couloir.objects.get(slug="hopital")
    epoch = Epoch.now()
    data = {"label": "Hôpitaux", "slug": "hopitaux", "offer_type": hospital.offer_type_id, "position": 1}
    page = read(administrateur.post(address("couloir", "change", hospital.pk), data))
    assert "<code>/?couloir=hopital</code> → <code>/?couloir=hopitaux</code>" in page
    assert "Une fiche classée sous un terme déplacé" not in page
    assert Epoch.now() == epoch
    assert not Batch.objects.exists()
    assert carried(page).items() > {name: str(value) for name, value in data.items()}.items()
    assert confirm(administrateur, address("couloir", "change", hospital.pk), data).status_code == 302
    hospital.refresh_from_db()
    assert (hospital.label, hospital.old_slugs) == ("Hôpitaux", ["hopital"])
    assert Epoch.now() != epoch


def test_a_slug_that_leads_elsewhere_already_is_refused(administrateur):
    Theme.objects.filter(slug="certificats").update(old_slugs=["igc"])
    response = administrateur.post(address("theme", "add"), {"name": "IGC", "slug": "igc", "position": 0})
    assert "ancienne adresse" in read(response)
    assert not Theme.objects.filter(slug="igc").exists()


def test_what_another_term_has_is_refused_once_with_its_name(administrateur):
    sent = {"name": "CERTIFICATS", "slug": "certificats", "position": 0}
    page = read(administrateur.post(address("theme", "add"), sent))
    told = re.findall(r"<li>([^<]*(?:déjà|existe)[^<]*)</li>", page)
    assert sorted(told) == [
        "L’identifiant «\u00a0certificats\u00a0» est déjà celui de «\u00a0certificats\u00a0».",
        "«\u00a0certificats\u00a0» existe déjà\u00a0: casse, accents, espaces et signes ne font pas un autre libellé.",
    ]
    assert re.findall(r"<label[^>]*>(Libellé|Identifiant|Nom|Slug)\b", page) == ["Libellé", "Identifiant"]
    exact = read(administrateur.post(address("theme", "add"), sent | {"name": "certificats", "slug": "neuf"}))
    assert exact.count("existe déjà") == 1


@pytest.mark.parametrize("model", MODELS)
def test_a_label_of_nothing_visible_is_refused(model, administrateur):
    terms = apps.get_model("faq", model).objects
    before = terms.count()
    column = "name" if model == "theme" else "label"
    page = read(administrateur.post(address(model, "add"), {column: "\u200b", "slug": "autre", "position": 0}))
    assert "Ce libellé ne contient ni lettre ni chiffre." in page
    assert terms.count() == before


def test_a_nul_in_a_label_is_not_told_as_another_spelling(administrateur):
    sent = {"name": "Certificats\0", "slug": "autre", "position": 0}
    page = read(administrateur.post(address("theme", "add"), sent))
    assert "caractère nul" in page.lower()
    assert "existe déjà" not in page
    assert "ni lettre ni chiffre" not in page


def test_order_and_retirement_are_set_from_the_list(administrateur):
    certificates, funding = Theme.objects.order_by("name")
    page = read(administrateur.get(address("theme", "changelist")))
    assert f'name="_place" value="{funding.pk}:up"' in page
    epoch = Epoch.now()
    response = administrateur.post(address("theme", "changelist"), {"_place": f"{funding.pk}:up"})
    assert response["Location"] == f"{address('theme', 'changelist')}#up-{funding.pk}"
    assert response.status_code == 302
    confirm(administrateur, address("theme", "retirer", funding.pk), {})
    assert list(Theme.objects.values_list("slug", "position", "retired")) == [
        ("financement", 1, True),
        ("certificats", 2, False),
    ]
    assert Epoch.now() != epoch
    assert Batch.objects.count() == 2
    assert certificates.position == 0


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("up", ["dpi-vague-1", "ris-vague-1", "pfi-vague-2"]),
        ("down", ["dpi-vague-1", "pfi-vague-2", "ris-vague-1"]),
        ("after:{dpi}", ["dpi-vague-1", "ris-vague-1", "pfi-vague-2"]),
        ("after:999", ["dpi-vague-1", "pfi-vague-2", "ris-vague-1"]),
        ("{dpi}", ["ris-vague-1", "dpi-vague-1", "pfi-vague-2"]),
        ("nonsense", ["dpi-vague-1", "pfi-vague-2", "ris-vague-1"]),
    ],
)
def test_a_term_is_placed_by_its_buttons_or_by_a_drag(where, expected, administrateur):
    ris, dpi = (Dispositif.objects.get(slug=slug) for slug in ("ris-vague-1", "dpi-vague-1"))
    administrateur.post(address("dispositif", "changelist"), {"_place": f"{ris.pk}:{where.format(dpi=dpi.pk)}"})
    assert list(Dispositif.objects.values_list("slug", flat=True)) == expected


def test_a_form_that_was_open_meanwhile_keeps_the_order(administrateur):
    certificates, funding = Theme.objects.order_by("name")
    administrateur.post(address("theme", "changelist"), {"_place": f"{funding.pk}:up"})
    sent = {"name": "Certificats IGC", "slug": "certificats", "position": 0}
    administrateur.post(address("theme", "change", certificates.pk), sent)
    assert list(Theme.objects.values_list("name", "position")) == [("financement", 1), ("Certificats IGC", 2)]


def test_what_cannot_be_placed_is_said_and_nobody_else_may(administrateur, redacteur):
    page = read(administrateur.post(address("theme", "changelist"), {"_place": "999999:up"}, follow=True))
    assert "n’existe plus" in page
    theme = Theme.objects.first()
    assert redacteur.post(address("theme", "changelist"), {"_place": f"{theme.pk}:down"}).status_code == 403
    assert "_place" not in read(redacteur.get(address("theme", "changelist")))
    # Where the list is filtered, the order on screen is not that of the facet.
    assert "_place" not in read(administrateur.get(address("theme", "changelist"), {"q": "cert"}))
    assert not Batch.objects.exists()


def test_a_writer_may_add_a_theme_but_no_other_term(redacteur):
    assert (
        redacteur.post(address("theme", "add"), {"name": "Preuves", "slug": "preuves", "position": 0}).status_code
        == 302
    )
    assert redacteur.post(address("offertype", "add"), {"label": "X", "slug": "x", "position": 0}).status_code == 403
    assert Theme.objects.filter(slug="preuves").exists()


class TestDeleting:
    def test_no_role_but_that_of_the_taxonomy_may(self, relecteur, administrateur):
        theme = Theme.objects.get(slug="financement")
        assert relecteur.post(address("theme", "delete", theme.pk), {"post": "yes"}).status_code == 403
        response = administrateur.post(address("theme", "delete", theme.pk), {"post": "yes"}, follow=True)
        assert not Theme.objects.filter(pk=theme.pk).exists()
        batch = Batch.objects.get()
        assert f'href="{reverse("admin:faq_batch_undo", args=(batch.pk,))}">Annuler</a>' in read(response)
        administrateur.post(reverse("admin:faq_batch_undo", args=(batch.pk,)))
        assert Theme.objects.filter(pk=theme.pk, slug="financement").exists()

    def test_what_is_in_use_is_to_be_retired_instead(self, sign_in):
        superuser = sign_in(superuser=True)
        a_published_entry(themes="certificats")
        theme = Theme.objects.get(slug="certificats")
        page = read(superuser.get(address("theme", "delete", theme.pk)))
        assert "1 fiche y est classée" in page
        assert "cochez « retiré »" in page
        superuser.post(address("theme", "delete", theme.pk), {"post": "yes"})
        assert Theme.objects.filter(pk=theme.pk).exists()

    def test_what_nothing_names_can_go(self, sign_in):
        theme = Theme.objects.get(slug="financement")
        sign_in(superuser=True).post(address("theme", "delete", theme.pk), {"post": "yes"})
        assert not Theme.objects.filter(pk=theme.pk).exists()


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

    def test_a_couloir_moves_to_another_offer_type(self, administrateur):
        entry = a_published_entry(couloirs="hopital")
        couloir, other = Couloir.objects.get(slug="hopital"), OfferType.objects.get(slug="certification")
        page = address("couloir", "deplacer", couloir.pk)
        confirm(administrateur, page, {"parents": other.pk})
        assert entry.offer_types.get() == other

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
        assert f"<li>{late.reference} (publié)\u00a0: − Hôpital, + Imagerie.</li>" in again
        assert late.couloirs.get().slug == "hopital"
        administrateur.post(page, sent | carried(again) | {"_confirm": "1"})
        assert late.couloirs.get() == imaging

    def test_a_term_is_split(self, administrateur):
        gone, kept = a_published_entry(themes="certificats"), a_published_entry("Autre ?", themes="certificats")
        theme = Theme.objects.get(slug="certificats")
        page = address("theme", "scinder", theme.pk)
        assert f"{gone.reference} Comment faire ? (publié)" in read(administrateur.get(page))
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

    def test_children_go_along_where_they_are_ticked(self, administrateur):
        entry = a_published_entry(dispositifs="dpi-vague-1")
        couloir, child = Couloir.objects.get(slug="hopital"), Dispositif.objects.get(slug="dpi-vague-1")
        sent = {"label": "Hôpital public", "children": [f"dispositifs-{child.pk}"]}
        confirm(administrateur, address("couloir", "scinder", couloir.pk), sent)
        assert entry.couloirs.get().slug == child.couloirs.get().slug == "hopital-public"

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
        assert re.search(r"avec succès\. <a [^>]*>Lot \d+</a>\. <a [^>]*>Annuler</a>", read(response))
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

    def test_a_reader_sees_the_list_without_operations(self, analyste):
        page = read(analyste.get(address("couloir", "changelist")))
        assert "Fusionner" not in page
        couloir = Couloir.objects.first()
        assert analyste.get(address("couloir", "fusionner", couloir.pk)).status_code == 403


def _refuse(term):
    raise ValidationError({"slug": "Ce nom a été pris entre-temps."})

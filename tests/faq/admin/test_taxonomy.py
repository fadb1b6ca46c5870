"""Terms in the admin: renamed, ordered, retired, and never lost."""

import re

import pytest
from django.apps import apps
from django.urls import reverse

from faq.models import Batch, Couloir, Dispositif, Epoch, OfferType, Theme
from tests.factories import (
    a_published_entry,
    a_taxonomy,
    some_published_entries,
)
from tests.term_pages import address, carried, confirm, read

MODELS = ("offertype", "couloir", "dispositif", "product", "theme")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


@pytest.mark.every_database
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


@pytest.mark.every_database
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


@pytest.mark.every_database
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


@pytest.mark.every_database
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


@pytest.mark.every_database
def test_a_form_that_was_open_meanwhile_keeps_the_order(administrateur):
    certificates, funding = Theme.objects.order_by("name")
    administrateur.post(address("theme", "changelist"), {"_place": f"{funding.pk}:up"})
    sent = {"name": "Certificats IGC", "slug": "certificats", "position": 0}
    administrateur.post(address("theme", "change", certificates.pk), sent)
    assert list(Theme.objects.values_list("name", "position")) == [("financement", 1), ("Certificats IGC", 2)]


@pytest.mark.every_database
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
    @pytest.mark.every_database
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

    @pytest.mark.every_database
    def test_what_nothing_names_can_go(self, sign_in):
        theme = Theme.objects.get(slug="financement")
        superuser = sign_in(superuser=True)
        page = read(superuser.get(address("theme", "delete", theme.pk)))
        assert "« financement » sera supprimé. Rien n’y est classé" in page
        assert "Résumé" not in page
        superuser.post(address("theme", "delete", theme.pk), {"post": "yes"})
        assert not Theme.objects.filter(pk=theme.pk).exists()

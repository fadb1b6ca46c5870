"""The pages about the site: what editors wrote, what settings say, and where every branch leads."""

import json
import re

import pytest
from django.urls import reverse

from faq.enums import PageSlug
from faq.models import Couloir, Dispositif, Epoch, OfferType, SitePage, Theme
from faq.services.pages import save_page
from faq.views.caching import page_cache
from tests.factories import a_published_entry, a_taxonomy, an_entry
from tests.faq.views.reading import COUNT, read

pytestmark = pytest.mark.django_db

MAP = "/plan-du-site/"
ADDRESSES = [*(f"/{slug}/" for slug in PageSlug), MAP, "/reutiliser/"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_is_the_same_for_everybody_and_in_every_footer(client, address):
    a_taxonomy()
    response = client.get(address)
    assert response.status_code == 200
    assert not response.cookies
    assert response.get("Vary", "Accept-Encoding") == "Accept-Encoding"
    assert response["Cache-Control"].replace(" ", "") in {"public,no-cache", "no-cache,public"}
    assert client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 304
    assert client.post(address).status_code == 405
    page = read(client, address)
    assert page.canonical == f"http://testserver{address}"
    assert set(ADDRESSES) <= page.links.keys()
    assert set(ADDRESSES) <= read(client, "/rien/", status=404).links.keys()


def test_a_page_shows_its_text_and_what_is_typed_is_no_markup(client):
    page = SitePage.objects.get(slug="mentions-legales")
    save_page(page, "<b>Titre</b>", "Avant <script>.\n\n## <i>Un</i>\n- point", None)
    shown = read(client, "/mentions-legales/").html
    assert "<h1>&lt;b&gt;Titre&lt;/b&gt;</h1>" in shown
    assert "<h2>&lt;i&gt;Un&lt;/i&gt;</h2>" in shown
    assert "<li>point</li>" in shown
    assert "Avant &lt;script&gt;." in shown


@pytest.mark.every_database
def test_a_page_that_was_never_written_is_not_found(client):
    page = SitePage.objects.get(slug="mentions-legales")
    page.versions.all()._raw_delete(using="default")
    SitePage.objects.filter(pk=page.pk).delete()
    assert client.get("/mentions-legales/").status_code == 404


@pytest.mark.parametrize("level", ["non", "partiellement", "totalement"])
def test_the_footer_and_the_declaration_say_the_same(client, settings, level):
    settings.ACCESSIBILITY = level
    page = read(client, "/accessibilite/")
    assert page.links["/accessibilite/"] == f"Accessibilité\u00a0: {level} conforme"
    assert f"<strong>{level} conforme</strong>" in page.html


def test_visitors_are_told_where_to_write_or_that_they_are_not(client, settings):
    assert "n’indique pas encore d’adresse" in read(client, "/accessibilite/").text
    settings.CONTACT_EMAIL = "faq@exemple.fr"
    assert "Nous écrire" in read(client, "/rien/", status=404).links["mailto:faq@exemple.fr"]
    settings.CONTACT_URL = "https://exemple.fr/contact"
    for address in ("/accessibilite/", MAP, "/"):
        page = read(client, address)
        assert "écrire" in page.links["https://exemple.fr/contact"].casefold()
        assert "n’indique pas" not in page.text


class TestTheMap:
    @pytest.fixture(autouse=True)
    def _faq(self):
        a_taxonomy()
        a_published_entry(couloirs="hopital", products="convergence")
        a_published_entry("Autre ?", dispositifs="pfi-vague-2", themes="certificats")
        a_published_entry("Pour tous ?")
        an_entry("Brouillon ?", themes="financement")

    def branches(self, client):
        shown = read(client, MAP).html
        return {
            address.replace("&amp;", "&"): int(count)
            for address, count in re.findall(r'href="(/\?[^"]+)">[^<]*</a> \((\d+)\u00a0réponses?\)', shown)
        }

    def test_every_branch_leads_to_as_many_answers_as_it_says(self, client):
        branches = self.branches(client)
        assert len(branches) > 8
        assert "/?offre=segur&couloir=imagerie&dispositif=pfi-vague-2" in branches
        for address, count in branches.items():
            page = read(client, address)
            assert page.count == count >= 1, address
            assert "fr-alert" not in page.html

    @pytest.mark.every_database
    def test_what_is_retired_or_only_in_drafts_is_not_there(self, client):
        Dispositif.objects.filter(slug="pfi-vague-2").update(retired=True)
        OfferType.objects.filter(slug="certification").update(retired=True)
        Epoch.move()
        shown = read(client, MAP).text
        assert not [word for word in ("PFI vague 2", "financement", "Certification DMN") if word in shown]

    @pytest.mark.every_database
    def test_an_empty_faq_has_a_map_too(self, client):
        Theme.objects.update(retired=True)
        assert COUNT.search(read(client, MAP).text)

    def test_the_number_of_queries_depends_on_nothing(self, client, django_assert_num_queries):
        segur = OfferType.objects.get(slug="segur")
        for rank in range(2):
            client.get(MAP)
            page_cache.clear()
            with django_assert_num_queries(2):
                client.get(MAP)
            for number in range(10):
                couloir = Couloir.objects.create(slug=f"c{rank}-{number}", label=f"C{rank}-{number}", offer_type=segur)
                Epoch.move()
                a_published_entry(f"Question {rank}-{number} ?", couloirs=couloir.slug)


def test_the_fields_of_the_export_are_all_described(client):
    a_taxonomy()
    a_published_entry(couloirs="hopital")
    [entry] = json.loads(client.get("/faq.json").getvalue())["entries"]
    page = read(client, "/reutiliser/")
    assert [name for name in entry if f"<dt><code>{name}</code>" not in page.html] == []
    assert {reverse("faq:export"), reverse("faq:feed"), reverse("faq:sitemap")} <= page.links.keys()

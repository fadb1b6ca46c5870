"""The pages about the site in the admin: written beside their preview, never over somebody else's text."""

import html
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from faq.models import SitePage
from faq.services.pages import save_page

pytestmark = pytest.mark.django_db

LIST = reverse("admin:faq_sitepage_changelist")
PREVIEW = reverse("admin:faq_sitepage_preview")


@pytest.fixture
def page():
    return SitePage.objects.get(slug="mentions-legales")


@pytest.fixture
def address(page):
    return reverse("admin:faq_sitepage_change", args=(page.pk,))


def read(response):
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def typed(base=1, **changes):
    return {"title": "Titre", "text": "Un.\r\n\r\n## Deux\r\nTrois.", "base": base} | changes


def test_the_list_names_every_page_in_as_many_queries_whatever_was_written(analyste, page, django_assert_num_queries):
    shown = read(analyste.get(LIST))
    assert all(name in shown for name in ("Accessibilité", "Mentions légales", "Données personnelles", page.title))
    with django_assert_num_queries(7):
        analyste.get(LIST)
    for rank in range(5):
        save_page(page, f"Titre {rank}", "Texte", None)
    with django_assert_num_queries(7):
        analyste.get(LIST)


@pytest.mark.every_database
def test_saving_puts_online(relecteur, client, page, address):
    shown = read(relecteur.post(address, typed(), follow=True))
    assert "La page «\u00a0Mentions légales\u00a0» est en ligne sous sa nouvelle forme." in shown
    assert "<h2>Deux</h2>" in read(client.get(page.get_absolute_url()))
    assert page.versions.get(number=2).author == relecteur.user
    assert LogEntry.objects.get().object_id == str(page.pk)
    assert "Rien n’a changé" in read(relecteur.post(address, typed(base=2), follow=True))


def test_what_is_missing_is_asked_for(relecteur, page, address):
    shown = read(relecteur.post(address, typed(text=" ")))
    assert "Rien n’a été enregistré" in shown
    assert "Ce champ est obligatoire." in shown
    assert page.versions.count() == 1


def test_whoever_only_reads_gets_no_form(analyste, redacteur, page, address):
    for client in (analyste, redacteur):
        shown = read(client.get(address))
        assert "<textarea" not in shown
        assert "Votre rôle permet de la lire" in shown
        assert client.post(address, typed()).status_code == 403
    assert page.versions.count() == 1


def test_nobody_adds_or_deletes_a_page(administrateur, page):
    assert administrateur.get(reverse("admin:faq_sitepage_add")).status_code == 403
    assert administrateur.get(reverse("admin:faq_sitepage_delete", args=(page.pk,))).status_code == 403
    assert administrateur.get(reverse("admin:faq_sitepage_change", args=(99,))).status_code == 302


@pytest.mark.every_database
def test_two_editors_lose_nothing(relecteur, administrateur, page, address):
    administrateur.post(address, typed(text="D’elle."))
    shown = read(relecteur.post(address, typed(text="De lui.")))
    assert "administrateur a enregistré une autre version entre-temps" in shown
    assert "De lui.</textarea>" in shown
    assert re.search(r"supprimé : </span>.*?elle", shown, re.DOTALL | re.IGNORECASE) or "D’elle." in shown
    assert 'name="base" value="2"' in shown
    assert page.versions.count() == 2
    read(relecteur.post(address, typed(text="Des deux.", base=2), follow=True))
    assert list(page.versions.values_list("text", flat=True)) == ["Des deux.", "D’elle.", page.text]


@pytest.mark.every_database
def test_a_former_text_can_be_taken_back(relecteur, page, address):
    save_page(page, "Titre", "Autre texte.", None)
    shown = read(relecteur.get(f"{address}?version=1"))
    assert "Le formulaire contient le texte de la version 1" in shown
    assert f"{page.text}</textarea>" in shown
    assert 'name="base" value="2"' in shown
    assert "supprimé" in shown
    assert read(relecteur.get(address)).count('<a href="?version=') == 1
    assert relecteur.get(f"{address}?version=9").status_code == 404
    assert relecteur.get(f"{address}?version=x").status_code == 404


def test_the_page_costs_the_same_whatever_was_written(relecteur, page, address, django_assert_num_queries):
    relecteur.get(address)
    with django_assert_num_queries(6):
        relecteur.get(address)
    for rank in range(10):
        save_page(page, f"Titre {rank}", "Texte", relecteur.user)
    with django_assert_num_queries(6):
        relecteur.get(address)


def article(shown):
    """The heading and the sections, as they are marked up."""
    return re.findall(r'<h[12]>.*?</h[12]>|<div class="answer__text">.*?</div>', shown, re.DOTALL)


def test_the_preview_is_what_the_public_will_read(relecteur, client, page, address):
    preview = read(relecteur.post(PREVIEW, typed()))
    relecteur.post(address, typed())
    public = article(read(client.get(page.get_absolute_url())))
    assert article(preview) == public[:-1]
    assert public[-1] == "<h2>Nous écrire</h2>"
    assert "<h2>Deux</h2>" in read(relecteur.post(address, typed(base=2, _preview="")))


def test_the_preview_stores_nothing_and_is_for_editors(relecteur, client, sign_in, page):
    relecteur.post(PREVIEW, typed())
    assert page.versions.count() == 1
    assert relecteur.get(PREVIEW).status_code == 405
    assert client.post(PREVIEW, typed()).status_code == 302
    assert sign_in().post(PREVIEW, typed()).status_code == 403

"""Synonyms in the admin, and the searches that found nothing."""

import html

import pytest
from django.urls import reverse

from faq.models import Batch, FailedSearch, SynonymGroup

pytestmark = pytest.mark.django_db

LIST = reverse("admin:faq_synonymgroup_changelist")
ADD = reverse("admin:faq_synonymgroup_add")


def read(response):
    return html.unescape(response.content.decode())


def test_a_writer_keeps_groups_one_expression_a_line(redacteur):
    typed = {"expressions": " DPI \r\n\r\ndossier  patient informatisé\r\n"}
    assert redacteur.post(ADD, typed).status_code == 302
    group = SynonymGroup.objects.get()
    assert group.expressions == ["DPI", "dossier patient informatisé"]
    page = read(redacteur.get(reverse("admin:faq_synonymgroup_change", args=[group.pk])))
    assert "DPI\ndossier patient informatisé</textarea>" in page
    assert "Supprimer" not in page


def test_mistakes_are_told_beside_the_field(redacteur):
    page = read(redacteur.post(ADD, {"expressions": "DPI\nles cartes\ndes cartes"}))
    assert "se lisent de la même façon" in page
    page = read(redacteur.post(ADD, {"expressions": ""}))
    assert "obligatoire" in page
    assert not SynonymGroup.objects.exists()


def test_readers_look_only(analyste):
    SynonymGroup.objects.create(expressions=["DPI", "dossier patient"])
    assert "DPI, dossier patient" in read(analyste.get(LIST))
    assert analyste.post(ADD, {"expressions": "a1\nb2"}).status_code == 403


@pytest.mark.every_database
def test_groups_are_found_by_their_words_whatever_the_accents_are_stored_as(analyste):
    SynonymGroup.objects.create(expressions=["VSM", "synthèse médicale"])
    SynonymGroup.objects.create(expressions=["DPI", "dossier patient"], one_way=True)
    page = read(analyste.get(LIST, {"q": "Synthèse"}))
    assert "VSM" in page
    assert "DPI" not in page


def test_lists_cost_the_same_whatever_they_hold(analyste, django_assert_max_num_queries):
    failures = reverse("admin:faq_failedsearch_changelist")
    for number in (2, 40):
        for rank in range(number):
            SynonymGroup.objects.create(expressions=[f"sigle{number}{rank}", "autre"])
            FailedSearch.objects.create(day="2026-03-12", query=f"mot {number} {rank}", times=rank + 1)
        with django_assert_max_num_queries(8):
            assert analyste.get(LIST).status_code == 200
        with django_assert_max_num_queries(9):
            assert "mot 2 1" in read(analyste.get(failures))


def test_a_change_is_undone_from_its_message_by_those_who_may(redacteur, relecteur):
    page = read(redacteur.post(ADD, {"expressions": "DPI\ndossier patient"}, follow=True))
    batch = Batch.objects.get()
    undo = reverse("admin:faq_batch_undo", args=(batch.pk,))
    assert f"Lot {batch.pk}</a>" in page
    assert undo not in page
    group = SynonymGroup.objects.get()
    address = reverse("admin:faq_synonymgroup_change", args=(group.pk,))
    page = read(relecteur.post(address, {"expressions": "DPI\ndossier patient informatisé"}, follow=True))
    undo = reverse("admin:faq_batch_undo", args=(Batch.objects.latest("pk").pk,))
    assert f'href="{undo}">Annuler</a>' in page
    assert "« DPI = dossier patient » est comme avant." in read(relecteur.get(undo))
    relecteur.post(undo)
    assert SynonymGroup.objects.get().expressions == ["DPI", "dossier patient"]

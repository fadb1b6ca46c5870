"""The picker of entries, « Cité par », and the warnings about references that lead nowhere."""

import pytest
from django.urls import reverse

from tests.factories import a_published_entry, an_entry

pytestmark = pytest.mark.django_db

PICK = reverse("admin:faq_entry_pick")


def page_of(entry):
    return reverse("admin:faq_entry_change", args=(entry.pk,))


def picked(client, text):
    return client.get(PICK, {"q": text}).json()


def test_the_picker_finds_by_words_and_by_reference(redacteur):
    body = a_published_entry("Autre sujet ?", "Le certificat expiré bloque l’envoi.")
    asked = an_entry("Que faire d’un certificat expiré ?", "Rien.")
    found = picked(redacteur, "CERTIFICAT expire")

    assert found == {
        "entries": [
            {
                "reference": asked.reference,
                "question": "Que faire d’un certificat expiré ?",
                "state": "brouillon, sans lien pour le public",
            },
            {"reference": body.reference, "question": "Autre sujet ?", "state": "en ligne"},
        ],
        "said": "2 fiches",
    }
    for text in (body.reference, f"q{body.pk}", f"fiche {body.reference}"):
        assert picked(redacteur, text)["entries"][0]["reference"] == body.reference


@pytest.mark.parametrize(
    ("text", "said"), [("", ""), (" \u200b ", ""), ("inconnu", "Aucune fiche."), ("x" * 5_000, "Aucune fiche.")]
)
def test_the_picker_says_so_where_it_finds_nothing(redacteur, text, said):
    a_published_entry()
    assert picked(redacteur, text) == {"entries": [], "said": said}


def test_the_picker_costs_the_same_whatever_it_finds(redacteur, django_assert_max_num_queries):
    a_published_entry()
    with django_assert_max_num_queries(20) as few:
        picked(redacteur, "faire")
    for rank in range(15):
        a_published_entry(f"Comment faire {rank} ?")
    with django_assert_max_num_queries(len(few)):
        assert len(picked(redacteur, "faire")["entries"]) == 10


def test_an_entry_says_who_cites_it(redacteur):
    cited = a_published_entry("Citée ?", "Un.")
    citing = a_published_entry("Qui cite ?", f"Voir {cited.reference}.")
    an_entry("Qui citera ?", f"Voir {cited.reference}.")
    html = redacteur.get(page_of(cited)).content.decode()

    assert "Cité par 2 fiches" in html
    assert page_of(citing) in html
    assert "laisserait dans celle qui est en ligne une référence sans lien" in html
    assert "Cité par" not in redacteur.get(page_of(citing)).content.decode()


def test_references_that_lead_nowhere_are_told_in_the_preview_and_when_saved(redacteur):
    draft = an_entry("Brouillon ?", "Un.")
    text = f"Voir {draft.reference} et Q-999."
    told = f"{draft.reference} n’est pas en ligne (brouillon)\u00a0; Q-999 n’existe pas."
    preview = redacteur.post(reverse("admin:faq_entry_preview"), {"question": "Q ?", "answer": text})
    assert told in preview.content.decode().replace("&nbsp;", "\u00a0")
    added = redacteur.post(
        reverse("admin:faq_entry_add"), {"question": "Q ?", "answer": text, "_save": ""}, follow=True
    )
    assert told in added.content.decode()

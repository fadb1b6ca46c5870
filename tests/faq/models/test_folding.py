"""What the database folds for searches and orders is what `fold` folds, on both databases."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError

from faq.domain.text import fold
from faq.models import FailedSearch, Product, Theme
from faq.models.folding import Folded, with_all_words

pytestmark = pytest.mark.django_db

ALPHABET = ("à propos", "eau", "Échange", "école", "Éditeurs", "Œil", "oeuvre", "Oasis 2", "SANTÉ", "zèbre", "Zone")
IN_FRENCH = ("à propos", "eau", "Échange", "école", "Éditeurs", "Oasis 2", "Œil", "oeuvre", "SANTÉ", "zèbre", "Zone")


@pytest.mark.parametrize(
    "label",
    [
        "Téléservice",
        unicodedata.normalize("NFD", "Hébergement agréé"),
        "MAIN-D’ŒUVRE",
        "l‘ex‑æquo – Straße",
        "ﬁche\u00a0 «\u202fdouble\u202f»",
        "Søren Ørbeck",
        "dé\u200bpôt\u00ad",
        " 100 % 'oui' \\ _ ",
    ],
)
def test_the_database_folds_as_searches_do(label):
    Product.objects.create(label=label, slug="un")
    folded = Product.objects.values_list(Folded("label"), flat=True).get()
    assert folded.replace('" ', '"').replace(' "', '"') == fold(label).replace('" ', '"').replace(' "', '"')


def test_terms_stand_in_french_order():
    for rank, label in enumerate(ALPHABET):
        Product.objects.create(label=label, slug=f"p{rank}")
        Theme.objects.create(name=label, slug=f"t{rank}")
    assert tuple(Product.objects.values_list("label", flat=True)) == IN_FRENCH
    assert tuple(Theme.objects.values_list("name", flat=True)) == IN_FRENCH


@pytest.mark.parametrize(
    ("wanted", "is_found"),
    [
        ("teleservice", True),
        ("TÉLÉSERVICE", True),
        ("sante teleservice", True),
        ("oeuvre", True),
        ("100 %", True),
        ("télé_service", False),
        ("teleservices", False),
    ],
)
def test_a_word_is_found_in_any_spelling(wanted, is_found):
    FailedSearch.objects.create(day="2026-01-05", query="un téléservice de SANTÉ à 100 %, main-d’œuvre")
    assert FailedSearch.objects.filter(with_all_words(wanted, ["query"])).exists() is is_found


@pytest.mark.parametrize("spelling", ["RESEAUX DE CHALEUR", " réseaux  de chaleur", "re\u0301seaux de chaleur"])
def test_a_spelling_is_no_other_term(spelling):
    stored = Theme.objects.create(name="Réseaux de chaleur", slug="reseaux")
    with pytest.raises(ValidationError) as refusal:
        Theme(name=spelling, slug="autre").clean()
    assert "«\u00a0Réseaux de chaleur\u00a0» existe déjà" in refusal.value.message
    Theme(name="Réseaux de froid", slug="froid").clean()
    stored.name = spelling
    stored.clean()

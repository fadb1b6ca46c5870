"""The database folds for searches and orders as `fold` does, on both databases."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError

from faq.domain.text import fold
from faq.models import Couloir, Dispositif, FailedSearch, OfferType, Product, Theme
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


@pytest.mark.parametrize(
    ("label", "spelling"),
    [
        ("Aides-soignants", "Aides soignants"),
        ("Recettes CNAM", "Recettes-CNAM"),
        ("NIR", "N.I.R."),
        ("Envoi du BIO", "Envoi du B.I.O."),
        ("Marquage CE", "MarquageCE"),
        ("Lettres de liaison", "« Lettres de liaison. »"),
        ("Mon espace", "Mon\u200bEspace"),
    ],
)
def test_signs_do_not_make_another_term(label, spelling):
    Product.objects.create(label=label, slug="un")
    with pytest.raises(ValidationError, match="existe déjà"):
        Product(label=spelling, slug="autre").clean()


@pytest.mark.parametrize(("label", "other"), [("Volet 1.2", "Volet 12"), ("Volet 1", "Volet 2"), ("Code", "Codes")])
def test_digits_and_plurals_make_another_term(label, other):
    Product.objects.create(label=label, slug="un")
    Product(label=other, slug="autre").clean()


@pytest.mark.parametrize("model", [OfferType, Couloir, Dispositif, Product, Theme])
@pytest.mark.parametrize("label", ["\u200b", "\ufeff\u00ad", "\u3164", "\u2603", " ", "…?!"])
def test_a_label_without_letter_or_digit_is_refused(model, label):
    term = model(slug="autre")
    setattr(term, "name" if model is Theme else "label", label)
    with pytest.raises(ValidationError, match="Ce libellé ne contient ni lettre ni chiffre"):
        term.clean()


def test_a_nul_is_told_rather_than_another_spelling():
    stored = Theme.objects.create(name="Réseaux", slug="reseaux")
    for term in (Theme(name="Réseaux\0", slug="autre"), stored):
        term.name = "Réseaux\0"
        with pytest.raises(ValidationError, match="caractère invisible illisible"):
            term.clean()


def test_a_term_with_an_unreadable_label_can_be_retired():
    stored = Theme.objects.create(name="☃", slug="autre")
    stored.clean()

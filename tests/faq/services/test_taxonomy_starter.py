"""The starter taxonomy: there from the first day, never in the way of what editors made of it."""

import pytest
from django.conf import settings

from faq.models import Couloir, Dispositif, Epoch, OfferType, Theme
from faq.selectors.published import load_taxonomy
from faq.services.taxonomy_starter import load_starter_taxonomy

pytestmark = pytest.mark.django_db

STARTER = settings.BASE_DIR / "fixtures" / "taxonomy.json"


def test_all_terms_are_there_in_order_and_with_their_parents():
    added = load_starter_taxonomy(STARTER)
    assert added == len(load_taxonomy().terms) > 50
    assert OfferType.objects.first().label == "Ségur du numérique"
    assert Dispositif.objects.filter(couloirs=None).count() == 0


def test_loading_again_changes_nothing():
    load_starter_taxonomy(STARTER)
    epoch = Epoch.now()
    assert load_starter_taxonomy(STARTER) == 0
    assert Epoch.now() == epoch


def test_what_editors_renamed_or_moved_stays():
    load_starter_taxonomy(STARTER)
    Couloir.objects.filter(slug="hopital").update(slug="hopitaux", label="Hôpitaux", old_slugs=["hopital"])
    Theme.objects.filter(position=1).update(position=99, retired=True)
    before = load_taxonomy()
    assert load_starter_taxonomy(STARTER) == 0
    assert load_taxonomy() == before

"""The starter taxonomy: terms for a new installation, added without touching what editors have made of theirs."""

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from faq.domain.facets import Facet
from faq.models import Couloir, Entry, Epoch, OfferType


@transaction.atomic
def load_starter_taxonomy(path: Path) -> int:
    """Add the terms of a JSON file that the facet does not know; return how many were added.

    The file maps each facet to its terms, in screen order, parents by slug. A term is known by its
    present or former slug, so that a term that editors renamed does not come back.
    """
    starter = json.loads(path.read_text(encoding="utf-8"))
    added = sum(_add(facet, term, position) for facet in Facet for position, term in enumerate(starter[facet], start=1))
    if added:
        Epoch.move()
    return added


def _add(facet: Facet, term: dict[str, Any], position: int) -> bool:
    model: Any = Entry._meta.get_field(facet).related_model
    terms = model.objects
    former = {slug for slugs in terms.values_list("old_slugs", flat=True) for slug in slugs}
    if term["slug"] in former or terms.filter(slug=term["slug"]).exists():
        return False
    common = {"slug": term["slug"], "position": position}
    match facet:
        case Facet.OFFER_TYPES:
            terms.create(label=term["label"], **common)
        case Facet.COULOIRS:
            parent = OfferType.objects.get(slug=term["offer_type"])
            terms.create(label=term["label"], offer_type=parent, **common)
        case Facet.DISPOSITIFS:
            added = terms.create(label=term["label"], vague=term["vague"], **common)
            added.couloirs.set(Couloir.objects.filter(slug__in=term["couloirs"]))
        case Facet.PRODUCTS:
            added = terms.create(label=term["label"], **common)
            added.offer_types.set(OfferType.objects.filter(slug__in=term["offer_types"]))
        case Facet.THEMES:
            terms.create(name=term["label"], **common)
    return True

"""The starter taxonomy: terms for a new installation, added without touching what editors have made of theirs."""

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from faq.domain.facets import Facet
from faq.models import Couloir, Entry, Epoch, OfferType
from faq.models.taxonomy import compute_label_key
from faq.services.taxonomy import get_last_position


@transaction.atomic
def load_starter_taxonomy(path: Path) -> int:
    """Add the terms of a JSON file that the facet does not know; return how many were added.

    The file maps each facet to its terms, in screen order, parents by slug. A term is known by its
    present or former slug, so that a term that editors renamed does not come back, or by its label. Others
    come last.
    """
    starter = json.loads(path.read_text(encoding="utf-8"))
    added = sum(_add(facet, term) for facet in Facet for term in starter[facet])
    if added:
        Epoch.move()
    return added


def _add(facet: Facet, term: dict[str, Any]) -> bool:
    model: Any = Entry._meta.get_field(facet).related_model
    if _find(model, term["slug"]) or model.objects.filter(label_key=compute_label_key(term["label"])).exists():
        return False
    common = {"slug": term["slug"], "position": get_last_position(model) + 1}
    match facet:
        case Facet.OFFER_TYPES:
            model.objects.create(label=term["label"], **common)
        case Facet.COULOIRS:
            model.objects.create(label=term["label"], offer_type=_find(OfferType, term["offer_type"]), **common)
        case Facet.DISPOSITIFS:
            added = model.objects.create(label=term["label"], vague=term["vague"], **common)
            added.couloirs.set(filter(None, (_find(Couloir, slug) for slug in term["couloirs"])))
        case Facet.PRODUCTS:
            added = model.objects.create(label=term["label"], **common)
            added.offer_types.set(filter(None, (_find(OfferType, slug) for slug in term["offer_types"])))
        case Facet.THEMES:
            model.objects.create(name=term["label"], **common)
    return True


def _find(model: Any, slug: str) -> Any:
    """Return the term that answers at a present or former slug, or None."""
    terms = model.objects.select_related("merged_into")
    found = terms.filter(slug=slug).first() or next((term for term in terms if slug in term.old_slugs), None)
    while found and found.merged_into:
        found = found.merged_into
    return found

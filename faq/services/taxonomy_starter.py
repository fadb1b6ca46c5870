"""The starter taxonomy: terms for a new installation, added without touching what editors have made of theirs."""

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from faq.models import Couloir, Dispositif, Epoch, OfferType, Product, Theme


@transaction.atomic
def load_starter_taxonomy(path: Path) -> int:
    """Add the terms of a JSON file that the facet does not know; return how many were added.

    The file maps each facet to its terms, in screen order, parents by slug. A term is known by its
    present or former slug, so that a term that editors renamed does not come back.
    """
    starter = json.loads(path.read_text(encoding="utf-8"))
    added = sum(
        _add(facet, term, position)
        for facet in ("offer_types", "couloirs", "dispositifs", "products", "themes")
        for position, term in enumerate(starter[facet], start=1)
    )
    if added:
        Epoch.move()
    return added


def _add(facet: str, term: dict[str, Any], position: int) -> bool:
    model = _MODELS[facet]
    former = {slug for slugs in model.objects.values_list("old_slugs", flat=True) for slug in slugs}
    if term["slug"] in former or model.objects.filter(slug=term["slug"]).exists():
        return False
    _CREATE[facet](slug=term["slug"], position=position, term=term)
    return True


def _add_offer_type(term: dict[str, Any], **common: Any) -> None:
    OfferType.objects.create(label=term["label"], **common)


def _add_couloir(term: dict[str, Any], **common: Any) -> None:
    parent = OfferType.objects.get(slug=term["offer_type"])
    Couloir.objects.create(label=term["label"], offer_type=parent, **common)


def _add_dispositif(term: dict[str, Any], **common: Any) -> None:
    dispositif = Dispositif.objects.create(label=term["label"], vague=term["vague"], **common)
    dispositif.couloirs.set(Couloir.objects.filter(slug__in=term["couloirs"]))


def _add_product(term: dict[str, Any], **common: Any) -> None:
    product = Product.objects.create(label=term["label"], **common)
    product.offer_types.set(OfferType.objects.filter(slug__in=term["offer_types"]))


def _add_theme(term: dict[str, Any], **common: Any) -> None:
    Theme.objects.create(name=term["label"], **common)


_MODELS: dict[str, Any] = {
    "offer_types": OfferType,
    "couloirs": Couloir,
    "dispositifs": Dispositif,
    "products": Product,
    "themes": Theme,
}
_CREATE = {
    "offer_types": _add_offer_type,
    "couloirs": _add_couloir,
    "dispositifs": _add_dispositif,
    "products": _add_product,
    "themes": _add_theme,
}

"""Tables and their queryset verbs."""

from faq.models.dumps import Dump, Passage
from faq.models.entries import Entry, EntryAlias
from faq.models.live import Epoch
from faq.models.taxonomy import Couloir, Dispositif, EntryTheme, OfferType, Product, Theme
from faq.models.versions import Batch, Publication, Version

__all__ = [
    "Batch",
    "Couloir",
    "Dispositif",
    "Dump",
    "Entry",
    "EntryAlias",
    "EntryTheme",
    "Epoch",
    "OfferType",
    "Passage",
    "Product",
    "Publication",
    "Theme",
    "Version",
]

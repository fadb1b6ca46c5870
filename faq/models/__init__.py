"""Tables and their queryset verbs."""

from faq.models.dumps import Dump, Passage
from faq.models.duplicates import Pair
from faq.models.entries import ArchivedEntry, Entry, EntryAlias, SeeAlso
from faq.models.live import Epoch
from faq.models.presence import Presence
from faq.models.schedules import Schedule
from faq.models.taxonomy import Couloir, Dispositif, EntryTheme, OfferType, Product, Theme
from faq.models.versions import Batch, Publication, Version

__all__ = [
    "ArchivedEntry",
    "Batch",
    "Couloir",
    "Dispositif",
    "Dump",
    "Entry",
    "EntryAlias",
    "EntryTheme",
    "Epoch",
    "OfferType",
    "Pair",
    "Passage",
    "Presence",
    "Product",
    "Publication",
    "Schedule",
    "SeeAlso",
    "Theme",
    "Version",
]

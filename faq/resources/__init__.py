"""Tables in and out: which columns each has, in which formats, and how rows become changes of the services."""

from faq.resources.entries import EntryResource
from faq.resources.entry_import import EntryImport
from faq.resources.formats import FORMATS, WRITERS
from faq.resources.records import DumpResource, FailedSearchResource, PairResource, VersionResource
from faq.resources.row_import import (
    CouloirImport,
    DispositifImport,
    OfferTypeImport,
    ProductImport,
    SynonymImport,
    ThemeImport,
)
from faq.resources.tables import Column, Export, TableResource, iso_date
from faq.resources.terms import (
    CouloirResource,
    DispositifResource,
    OfferTypeResource,
    ProductResource,
    SynonymResource,
    ThemeResource,
)

EXPORTS = {
    "entries": EntryResource,
    "offer_types": OfferTypeResource,
    "couloirs": CouloirResource,
    "dispositifs": DispositifResource,
    "products": ProductResource,
    "themes": ThemeResource,
    "synonyms": SynonymResource,
    "versions": VersionResource,
    "pairs": PairResource,
    "dumps": DumpResource,
    "failed_searches": FailedSearchResource,
}
"""The tables that go out, by the names that commands know."""
IMPORTS = {
    "entries": EntryImport,
    "offer_types": OfferTypeImport,
    "couloirs": CouloirImport,
    "dispositifs": DispositifImport,
    "products": ProductImport,
    "themes": ThemeImport,
    "synonyms": SynonymImport,
}
"""The tables that come in."""

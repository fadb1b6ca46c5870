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

"""Which columns terms and groups of synonyms have in tables."""

import hashlib
import json
from operator import attrgetter

from faq.domain.facets import Facet
from faq.domain.spreadsheet import SEPARATOR
from faq.models import Couloir, Dispositif, OfferType, Product, SynonymGroup, Theme
from faq.resources.tables import Column, TableResource

YES, NO = "oui", "non"


def _yes_or_no(name):
    return lambda row: YES if getattr(row, name) else NO


def compute_row_version(values):
    """Return a short mark of what the columns that people write hold: another row has another one."""
    text = json.dumps(values, ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


class RowResource(TableResource):
    """A table whose rows have a number, and no versions of their own: a mark tells whether a row was changed."""

    id = Column("N°", dehydrate_method=attrgetter("pk"))
    written = ()
    """Names of the columns that people write, in order."""

    def filter_export(self, queryset, **kwargs):
        """Order the rows by number."""
        return queryset.order_by("pk")

    def dehydrate_version(self, row):
        """Return the mark of the row."""
        return compute_row_version(self.get_values(row))

    def get_values(self, row):
        """Return the cells of the columns that people write."""
        return [self.get_cell_method(self.fields[name])(row) for name in self.written]


class TermResource(RowResource):
    """The terms of a facet."""

    facet = Facet.OFFER_TYPES
    label = Column("Libellé", dehydrate_method=attrgetter("label"))
    slug = Column("Identifiant", dehydrate_method=attrgetter("slug"))
    position = Column("Ordre", dehydrate_method=attrgetter("position"))
    retired = Column("Retiré", dehydrate_method=_yes_or_no("retired"))
    review_months = Column("À revoir au bout de (mois)", dehydrate_method=attrgetter("review_months"))
    old_slugs = Column("Anciens identifiants")
    version = Column("Version")
    written = ("label", "slug", "position", "retired", "review_months")

    def dehydrate_old_slugs(self, term):
        """Return the slugs that it had."""
        return SEPARATOR.join(term.old_slugs)


class OfferTypeResource(TermResource):
    """The types d’offre."""

    model = OfferType


class CouloirResource(TermResource):
    """The couloirs, with the type d’offre that each belongs to."""

    model = Couloir
    facet = Facet.COULOIRS
    offer_type = Column("Type d’offre", dehydrate_method=attrgetter("offer_type.slug"))
    written = (*TermResource.written, "offer_type")

    def filter_export(self, queryset, **kwargs):
        """Order the rows and bring along the types d’offre."""
        return super().filter_export(queryset).select_related("offer_type")


class DispositifResource(TermResource):
    """The dispositifs, with their couloirs and their vague."""

    model = Dispositif
    facet = Facet.DISPOSITIFS
    couloirs = Column("Couloirs Ségur")
    vague = Column("Vague", dehydrate_method=attrgetter("vague"))
    written = (*TermResource.written, "couloirs", "vague")

    def filter_export(self, queryset, **kwargs):
        """Order the rows and bring along the couloirs."""
        return super().filter_export(queryset).prefetch_related("couloirs")

    def dehydrate_couloirs(self, dispositif):
        """Return the slugs of its couloirs."""
        return SEPARATOR.join(couloir.slug for couloir in dispositif.couloirs.all())


class ProductResource(TermResource):
    """The products, with their types d’offre."""

    model = Product
    facet = Facet.PRODUCTS
    offer_types = Column("Types d’offre")
    written = (*TermResource.written, "offer_types")

    def filter_export(self, queryset, **kwargs):
        """Order the rows and bring along the types d’offre."""
        return super().filter_export(queryset).prefetch_related("offer_types")

    def dehydrate_offer_types(self, product):
        """Return the slugs of its types d’offre."""
        return SEPARATOR.join(offer_type.slug for offer_type in product.offer_types.all())


class ThemeResource(TermResource):
    """The thématiques."""

    model = Theme
    facet = Facet.THEMES


class SynonymResource(RowResource):
    """The groups of synonyms."""

    model = SynonymGroup
    expressions = Column("Expressions")
    one_way = Column("Sens unique", dehydrate_method=_yes_or_no("one_way"))
    retired = Column("Retiré", dehydrate_method=_yes_or_no("retired"))
    version = Column("Version")
    written = ("expressions", "one_way", "retired")

    def dehydrate_expressions(self, group):
        """Return the expressions, the first one first."""
        return SEPARATOR.join(group.expressions)

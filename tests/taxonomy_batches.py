"""The taxonomy as batches change it: its rows, a dispositif that moves, and undoing."""

from faq.domain.facets import Facet
from faq.models import Couloir, Dispositif, Entry, OfferType, Product, SynonymGroup, Theme
from faq.services.row_changes import read_columns
from faq.services.taxonomy import save_term
from faq.services.undo import undo_batch
from tests.factories import by_command

MODELS = (OfferType, Couloir, Dispositif, Product, Theme, SynonymGroup)


def tables():
    """All rows of reference data."""
    return {(model, row.pk): read_columns(row) for model in MODELS for row in model.objects.all()}


def undo(batch):
    return undo_batch(batch.pk, by_command())


def move(slug, *couloirs, **options):
    """A dispositif belongs to other couloirs."""
    dispositif = Dispositif.objects.get(slug=slug)
    parents = [Couloir.objects.get(slug=couloir).pk for couloir in couloirs]
    return save_term(dispositif, None, parents=parents, **options)


def filed(entry, facet=Facet.COULOIRS):
    """The slugs that an entry's row is filed under, equal to its snapshot."""
    entry = Entry.objects.get(pk=entry.pk)
    slugs = set(getattr(entry, facet).values_list("slug", flat=True))
    assert slugs == {term["slug"] for term in (entry.live or entry.head).filing[facet]}
    return slugs

"""Which columns entries have in tables."""

from collections import defaultdict
from functools import partial
from operator import attrgetter

from django.utils import timezone

from faq.domain.facets import Facet
from faq.domain.spreadsheet import SEPARATOR
from faq.domain.text import fold
from faq.models import Entry, Passage
from faq.models.entries import filing_table
from faq.resources.tables import Column, TableResource, iso_date


def _slugs(facet, entry):
    """Return the slugs of a facet's terms, as `prepare_chunk` brought them along."""
    return SEPARATOR.join(entry.filed.get(facet, ()))


class EntryResource(TableResource):
    """All entries by number, as their rows hold them: what the public reads, or else the latest text."""

    model = Entry
    reference = Column("Référence", dehydrate_method=attrgetter("reference"))
    status = Column("État", dehydrate_method=attrgetter("status"))
    question = Column("Question", dehydrate_method=attrgetter("question"))
    answer = Column("Réponse", dehydrate_method=attrgetter("answer"))
    offer_types = Column("Types d’offre", dehydrate_method=partial(_slugs, Facet.OFFER_TYPES))
    couloirs = Column("Couloirs Ségur", dehydrate_method=partial(_slugs, Facet.COULOIRS))
    dispositifs = Column("Dispositifs Ségur", dehydrate_method=partial(_slugs, Facet.DISPOSITIFS))
    products = Column("Produits et services", dehydrate_method=partial(_slugs, Facet.PRODUCTS))
    themes = Column("Thématiques", dehydrate_method=partial(_slugs, Facet.THEMES))
    live_version = Column("Version en ligne")
    updated_at = Column("Mise à jour le")
    sources = Column("Sources")
    checked_on = Column("Vérifiée le")
    review_before = Column("À revoir avant le")
    version = Column("Version", stable=False)
    """The version whose text the row shows: a change that starts from it is compared with what came later."""

    def filter_export(self, queryset, **kwargs):
        """Order the entries and select what their columns need."""
        return (
            queryset.order_by("pk")
            .select_related("live", "head", "verification")
            .only(
                "status",
                "question",
                "answer",
                "updated_at",
                "review_before",
                "live__number",
                "head__number",
                "verification__checked_at",
            )
        )

    def prepare_chunk(self, entries):
        """Bring along the filing and the sources, in six queries."""
        by_number = {entry.pk: entry for entry in entries}
        for entry in entries:
            entry.filed, entry.sources = defaultdict(list), []
        for facet in Facet:
            for number, slug in _read_filing(facet, by_number):
                by_number[number].filed[facet].append(slug)
        sources = Passage.objects.current().filter(entry__in=by_number).order_by("dump__name", "position")
        for number, dump, position in sources.values_list("entry", "dump__name", "position"):
            by_number[number].sources.append(f"{dump}#{position}")

    def dehydrate_live_version(self, entry):
        """Return the number of the version that the public reads."""
        return entry.live.number if entry.live else None

    def dehydrate_version(self, entry):
        """Return the number of the version whose text the row shows."""
        return (entry.live or entry.head).number

    def dehydrate_updated_at(self, entry):
        """Return the date of the text or filing."""
        return iso_date(entry.updated_at)

    def dehydrate_sources(self, entry):
        """Cite the passages of the dumps as they are now, not of undone imports and former editions."""
        return SEPARATOR.join(entry.sources)

    def dehydrate_checked_on(self, entry):
        """Return the day on which somebody last checked what is live."""
        checked = entry.live and entry.verification
        return timezone.localdate(checked.checked_at).isoformat() if checked else ""

    def dehydrate_review_before(self, entry):
        """Return the day before which it is to be checked again."""
        return entry.review_before.isoformat() if entry.review_before else ""


def _read_filing(facet, numbers):
    """Return entries' numbers with the slugs of a facet's terms, in the order of the taxonomy, in one query."""
    table, entry, term = filing_table(facet)
    term = term.removesuffix("_id")
    label = "name" if facet is Facet.THEMES else "label"
    columns = (entry, f"{term}__slug", f"{term}__position", f"{term}__{label}")
    filed = table.objects.filter(**{f"{entry}__in": numbers}).order_by().values_list(*columns)
    # The database would fold the label of each row; there are few terms.
    ranks = {}
    for _, slug, position, name in filed:
        if slug not in ranks:
            ranks[slug] = (position, fold(name))
    return [(number, slug) for number, slug, *_ in sorted(filed, key=lambda row: ranks[row[1]])]

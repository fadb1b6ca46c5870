"""The filters and the order of « Saisir les questions »: the list's own, one for lots, and the order of the dumps."""

from collections import Counter
from collections.abc import Iterable, Mapping

from django.db.models import BigIntegerField, Case, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, When

from faq.domain.limits import DUMP_MAX_ANSWERS
from faq.entry_filters import EntryFilters
from faq.filters import CountedFilter
from faq.models import Batch, Dump, Entry, Passage, Version
from faq.models.entries import number_of

_BATCHES_OFFERED = 20
SHOWN = ("travail", "extraction", "lot")
"""The filters that the page shows; those of the list are taken over as they are."""


class BatchFilter(CountedFilter):
    """Entries that a batch wrote, or whose text one of its dumps holds."""

    def get_choices(self) -> Iterable[tuple[str, str]]:
        """Return the latest batches that stand, and the one that the address names."""
        standing = Batch.objects.filter(undone_by__isnull=True).order_by("-pk")
        named = number_of(self.parent.data.get("lot", "")) if self.parent else None
        latest = list(standing.values_list("pk", "label")[:_BATCHES_OFFERED])
        if named is not None and named not in dict(latest):
            latest += standing.filter(pk=named).values_list("pk", "label")
        return [(str(number), f"Lot {number}, {label}") for number, label in latest]

    def narrow(self, entries: QuerySet, value: str) -> QuerySet:
        """Return the entries of one batch."""
        wrote = Version.objects.filter(batch=value, entry=OuterRef("pk"))
        holds = Passage.objects.filter(dump__batch=value, entry=OuterRef("pk"))
        return entries.filter(Q(Exists(wrote)) | Q(Exists(holds)))

    def count(self, entries: QuerySet) -> Mapping[str, int]:
        """Count the entries of all offered batches in one query."""
        offered = [value for value, _ in self.field.choices if value]
        among = {"entry__in": entries.order_by().values("pk")}
        wrote = Version.objects.filter(batch__in=offered, **among).order_by().values_list("batch", "entry")
        holds = Passage.objects.filter(dump__batch__in=offered, **among).order_by().values_list("dump__batch", "entry")
        return Counter(str(batch) for batch, _ in wrote.union(holds))


class QuestionFilters(EntryFilters):
    """The filters of the list of entries, and the lot."""

    other_parameters = EntryFilters.other_parameters | {"page"}

    lot = BatchFilter("Lot")

    class Meta(EntryFilters.Meta):
        fields = (*EntryFilters.Meta.fields, "lot")


def order_by_dump(entries: QuerySet, dump: str = "") -> QuerySet:
    """Return entries in the order in which a dump, or else the first that holds them, has them; others come last."""
    dumps = [dump] if dump else list(Dump.objects.current().values_list("pk", flat=True))
    # The dumps are no condition of the query: SQLite would look through the passages of all dumps for each entry.
    place = Case(
        When(dump__in=dumps, then=F("dump") * DUMP_MAX_ANSWERS + F("position")), output_field=BigIntegerField()
    )
    places = Passage.objects.filter(entry=OuterRef("pk")).order_by().values("entry").annotate(first=Min(place))
    placed: QuerySet[Entry] = entries.annotate(place=Subquery(places.values("first")))
    return placed.order_by(F("place").asc(nulls_last=True), "-pk")

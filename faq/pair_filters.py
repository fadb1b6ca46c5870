"""The filters of « Doublons possibles »: they choose entries, and the queue shows the pairs of these."""

from collections.abc import Iterable, Mapping

from django.db.models import Q, QuerySet

from faq.enums import Decision, PairKind
from faq.filters import CountedFilter, FacetFilters, filter_by_pairs
from faq.models import Entry, Pair
from faq.models.entries import number_of, reference

OPEN, TO_MERGE, DECIDED, SIBLINGS = "", "a-fusionner", "decidees", "voisines"
SHELVES = {
    OPEN: "À décider",
    TO_MERGE: "À fusionner",
    DECIDED: "Décidées",
    SIBLINGS: "Voisines, pas des doublons",
}
"""The parts of the queue « Doublons possibles », by their value in the address."""


def pairs_on_shelf(shelf: str) -> QuerySet:
    """Return the pairs of one part of the queue; merged pairs need no decision any more and count as decided."""
    decided = Pair.objects.exclude(decision="").exclude(pk__in=Pair.objects.open().values("pk"))
    match shelf:
        case "a-fusionner":
            return decided.in_use().filter(decision=Decision.DUPLICATE)
        case "decidees":
            return decided
        case "voisines":
            return Pair.objects.in_use().filter(kind=PairKind.SIBLINGS, decision="")
        case _:
            return Pair.objects.open()


class KindFilter(CountedFilter):
    """Entries with a pair of one kind."""

    def get_choices(self) -> Iterable[tuple[str, str]]:
        """Return the kinds of pairs."""
        return [(kind.value, kind.label) for kind in PairKind]

    def narrow(self, entries: QuerySet, value: str) -> QuerySet:
        """Return the entries that have such a pair on the shelf."""
        return filter_by_pairs(entries, self.parent.shelf_pairs.filter(kind=value))


class PairFilters(FacetFilters):
    """The filters of « Doublons possibles »: they choose entries, and the queue shows the pairs of these."""

    other_parameters = frozenset({"page", "vue", "fiche"})

    nature = KindFilter("Nature", "Toutes")

    class Meta(FacetFilters.Meta):
        fields = ("nature", *FacetFilters.base_filters)

    def __init__(self, data: Mapping[str, str]) -> None:
        shelf = data.get("vue", OPEN)
        self.shelf = shelf if shelf in SHELVES else OPEN
        self.entry = number_of(data.get("fiche", ""))
        pairs = pairs_on_shelf(self.shelf)
        self.shelf_pairs = pairs if self.entry is None else pairs.of_entry(self.entry)
        super().__init__(data, filter_by_pairs(Entry.objects.all(), self.shelf_pairs))

    @property
    def entry_reference(self) -> str:
        """The entry whose pairs are asked for; empty where all are."""
        return "" if self.entry is None else reference(self.entry)

    def get_unknown_choices(self) -> list[str]:
        """Return the labels of the filters whose value is none of their choices, those of the pairs included."""
        shelf = ["Paires"] if self.data.get("vue", OPEN) != self.shelf else []
        entry = ["Fiche"] if self.data.get("fiche", "").strip() and self.entry is None else []
        return [*shelf, *entry, *super().get_unknown_choices()]

    @property
    def active(self) -> bool:
        """Whether anything is left out of the shelf."""
        return self.entry is not None or super().active

    @property
    def pairs(self) -> QuerySet:
        """The pairs to show: of the chosen kind, with at least one entry that all the chosen facets let through."""
        terms = dict(self.chosen)
        kind = terms.pop("nature", "")
        pairs = self.shelf_pairs.filter(kind=kind) if kind else self.shelf_pairs
        if not terms:
            return pairs
        entries = Entry.objects.all()
        for name, value in terms.items():
            entries = self.filters[name].filter(entries, value)
        return pairs.filter(Q(left__in=entries.values("pk")) | Q(right__in=entries.values("pk")))

"""What part of the pairs the queue « Doublons possibles » shows: its shelves, and its filters."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from faq.admin.entries.filters import FILTERS, CountedFilter, FacetFilter, entries_in
from faq.enums import Decision, PairKind
from faq.models import Entry, Pair
from faq.models.entries import number_of

OPEN, TO_MERGE, DECIDED, SIBLINGS = "", "a-fusionner", "decidees", "voisines"
SHELVES = {
    OPEN: "À décider",
    TO_MERGE: "À fusionner",
    DECIDED: "Décidées",
    SIBLINGS: "Voisines, pas des doublons",
}
"""The parts of the queue, by their value in the address."""


def decided():
    """Return the pairs that need no decision any more, the merged ones included."""
    return Pair.objects.exclude(decision="").exclude(pk__in=Pair.objects.open().values("pk"))


def shelf(name):
    """Return the pairs of one part of the queue."""
    match name:
        case "a-fusionner":
            return decided().in_use().filter(decision=Decision.DUPLICATE)
        case "decidees":
            return decided()
        case "voisines":
            return Pair.objects.in_use().filter(kind=PairKind.SIBLINGS, decision="")
        case _:
            return Pair.objects.open()


@dataclass(frozen=True)
class Choice:
    """What an address asks for: a shelf, and one entry or all."""

    shelf: str
    entry: int | None

    @property
    def pairs(self):
        """The pairs that no other filter has narrowed yet."""
        pairs = shelf(self.shelf)
        return pairs if self.entry is None else pairs.of(self.entry)


def choice_of(request):
    """Read an address; a shelf that does not exist is the first."""
    name = request.GET.get("vue", OPEN)
    return Choice(name if name in SHELVES else OPEN, number_of(request.GET.get("fiche", "")))


class KindFilter(CountedFilter):
    """By what two texts are to each other."""

    title, parameter_name = "Nature", "nature"
    everything = "Toutes"

    def lookups(self, request, model_admin):
        """Offer the kinds of the shelf."""
        return [(kind.value, kind.label) for kind in PairKind]

    def narrow(self, entries, value):
        """Keep the entries that have such a pair."""
        return entries_in(choice_of(self.request).pairs.filter(kind=value), entries)


class PairFilters:
    """The filters of one request. They choose entries, and the queue shows the pairs that these are in."""

    query = ""

    def __init__(self, model_admin, request):
        self.model_admin = model_admin
        self.request = request
        self.choice = choice_of(request)

    @property
    def root_queryset(self):
        """The entries of the shelf."""
        return entries_in(self.choice.pairs, Entry.objects.all())

    @cached_property
    def filter_specs(self):
        """By kind, and by the facets of the list of entries."""
        kinds = [KindFilter, *(kind for kind in FILTERS if issubclass(kind, FacetFilter))]
        parameters = dict(self.request.GET.lists())
        return [kind(self.request, parameters, Entry, self.model_admin) for kind in kinds]

    @property
    def chosen(self):
        """Whether anything is left out of the shelf."""
        return self.choice.entry is not None or any(spec.chosen for spec in self.filter_specs)

    @property
    def pairs(self):
        """The pairs to show."""
        kind, *facets = self.filter_specs
        pairs = self.choice.pairs
        if kind.chosen:
            pairs = pairs.filter(kind=kind.chosen)
        filed = [spec for spec in facets if spec.chosen]
        if not filed:
            return pairs
        entries = Entry.objects.all()
        for spec in filed:
            entries = spec.queryset(self.request, entries)
        return pairs.filter(Q(left__in=entries.values("pk")) | Q(right__in=entries.values("pk")))

    def fields(self):
        """Return the fields of the form: filter, title, options."""
        return [(spec, spec.title, list(spec.choices(self))) for spec in self.filter_specs]

"""The filters of the list of entries: a cascade whose options announce what they lead to."""

import abc

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.text import capfirst

from faq.domain.facets import Facet
from faq.enums import EntryStatus
from faq.models import Dump, Entry, Pair, Passage
from faq.selectors.published import filing_table

TRANSVERSE = "~"
"""The value that asks for entries without a term at a facet; no slug can be spelt so."""


class CountedFilter(abc.ABC, admin.SimpleListFilter):
    """One choice of a form; its counts ignore its own choice and obey all the others."""

    template = "admin/faq/entry/filter.html"
    everything = "Tous"

    def count(self, entries):
        """Return the number of entries per value, among entries that all the other filters let through."""
        return {value: self.narrow(entries, value).count() for value, _ in self.lookup_choices}

    @abc.abstractmethod
    def narrow(self, entries, value):
        """Keep the entries of a value that is one of the choices."""

    @property
    def chosen(self):
        """The chosen value; none where the address holds one that does not exist."""
        value = self.value()
        return value if value in {choice for choice, _ in self.lookup_choices} else None

    def queryset(self, request, queryset):
        """Keep the entries of the chosen value."""
        return queryset if self.chosen is None else self.narrow(queryset, self.chosen)

    def has_output(self):
        """Offer the filter even while it has no choices: an address that names it must not be refused."""
        return True

    def choices(self, changelist):
        """Return the options worth offering: a chosen one stays, even at 0, so that it can be taken back."""
        counts = self.count(self._others(changelist))
        yield {"value": "", "display": self.everything, "selected": self.chosen is None}
        for value, label in self.lookup_choices:
            selected = value == self.chosen
            if counts.get(value) or selected:
                display = f"{label} ({counts.get(value, 0)})"
                yield {"value": value, "display": display, "selected": selected}

    def _others(self, changelist):
        entries = changelist.root_queryset.order_by()
        for spec in changelist.filter_specs:
            entries = entries if spec is self else spec.queryset(self.request, entries)
        found, _ = changelist.model_admin.get_search_results(self.request, entries, changelist.query)
        return found


class FacetFilter(CountedFilter):
    """Entries filed under one term, or under none: in the admin one looks for what was filed."""

    facet: Facet

    def lookups(self, request, model_admin):
        """Offer every term, retired ones too: entries may still be filed under them."""
        terms = Entry._meta.get_field(self.facet).related_model.objects.all()
        return [(TRANSVERSE, "Transverse, non classé"), *((term.slug, str(term)) for term in terms)]

    def narrow(self, entries, value):
        """Keep the entries under a term, or under none."""
        table, entry_column, term_column = filing_table(self.facet)
        filed = table.objects.filter(**{entry_column: OuterRef("pk")})
        if value == TRANSVERSE:
            return entries.filter(~Exists(filed))
        return entries.filter(Exists(filed.filter(**{_slug_of(term_column): value})))

    def count(self, entries):
        """Count the terms of the facet in two queries, however many they are."""
        table, entry_column, term_column = filing_table(self.facet)
        filed = table.objects.filter(**{f"{entry_column}__in": entries.values("pk")}).order_by()
        counts = dict(filed.values_list(_slug_of(term_column)).annotate(Count("pk")))
        return counts | {TRANSVERSE: self.narrow(entries, TRANSVERSE).count()}


def _slug_of(term_column):
    return f"{term_column.removesuffix('_id')}__slug"


def _facet_filter(facet):
    named = {
        "facet": facet,
        "title": capfirst(facet.label),
        "parameter_name": facet.parameter,
        "everything": "Toutes" if facet is Facet.THEMES else "Tous",
    }
    return type(f"{facet.name.title()}Filter", (FacetFilter,), named)


class StatusFilter(CountedFilter):
    """By what the public sees of it."""

    title, parameter_name = "État", "etat"

    def lookups(self, request, model_admin):
        """Offer the four states."""
        return [(status.value, capfirst(status.label)) for status in EntryStatus]

    def narrow(self, entries, value):
        """Keep the entries in a state."""
        return entries.filter(status=value)

    def count(self, entries):
        """Count all states in one query."""
        return dict(entries.values_list("status").annotate(Count("pk")))


class WorkFilter(CountedFilter):
    """By what is left to do."""

    title, parameter_name = "À traiter", "travail"
    everything = "Indifférent"

    def lookups(self, request, model_admin):
        """Offer what editors come for."""
        return [
            ("relecture", "À relire"),
            ("a-revoir", "À revoir"),
            ("brouillon", "En ligne, avec brouillon"),
            ("doublons", "Doublons possibles"),
            ("sans-question", "Sans question"),
            ("sans-reponse", "Sans réponse"),
        ]

    def narrow(self, entries, value):
        """Keep the entries that wait for this."""
        match value:
            case "relecture":
                return entries.to_review()
            case "a-revoir":
                return entries.due(timezone.localdate())
            case "brouillon":
                return entries.with_draft()
            case "doublons":
                return entries_in(Pair.objects.open(), entries)
            case "sans-question":
                return entries.filter(head__question="")
            case _:
                return entries.filter(head__answer="")


class DumpFilter(CountedFilter):
    """By the dump that an entry stands in."""

    title, parameter_name = "Extraction", "extraction"
    everything = "Toutes"

    def lookups(self, request, model_admin):
        """Offer the newest edition of each dump."""
        return [(str(dump.pk), str(dump)) for dump in Dump.objects.current()]

    def narrow(self, entries, value):
        """Keep the entries that have a passage in the dump."""
        return entries.filter(Exists(Passage.objects.filter(dump=value, entry=OuterRef("pk"))))

    def count(self, entries):
        """Count all dumps in one query."""
        passages = Passage.objects.current().filter(entry__in=entries.values("pk")).order_by()
        counts = passages.values_list("dump").annotate(Count("entry", distinct=True))
        return {str(dump): count for dump, count in counts}


def entries_in(pairs, entries):
    """Keep the entries that stand in one of these pairs."""
    return entries.filter(Q(pk__in=pairs.order_by().values("left")) | Q(pk__in=pairs.order_by().values("right")))


FILTERS = [StatusFilter, WorkFilter, *map(_facet_filter, Facet), DumpFilter]

"""The filters of the list of entries and of its queues: choices that say how many entries they lead to."""

import abc
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.text import capfirst
from django_filters import ChoiceFilter, FilterSet

from faq.domain.facets import Facet
from faq.domain.text.dates import format_day
from faq.enums import WorkKind
from faq.models import Entry, ReviewEvent
from faq.models.entries import filing_table, number_of
from faq.selectors.autosaves import AUTOSAVE_PARAMETER
from faq.selectors.personal_work import get_personal_work
from faq.selectors.published import load_taxonomy

NONE = "~"
"""The value for entries without a term at a facet, or without an author; no slug and no number is written so."""
_EVENTS_OFFERED = 10


class CountedFilter(abc.ABC, ChoiceFilter):
    """One choice of a form, each of whose options says how many entries it leads to."""

    is_offered = True
    """Whether the form shows it also where the address does not choose by it."""

    def __init__(self, label: str, everything: str = "Tous") -> None:
        super().__init__(label=label)
        self.everything = everything

    @cached_property
    def field(self) -> forms.ChoiceField:
        """The form's field; its choices are read where one is offered or chosen."""
        return forms.ChoiceField(label=self.label, required=False, choices=lambda: self.choices)

    @cached_property
    def choices(self) -> list[tuple[str, str]]:
        """The values and labels of the options, the one that chooses nothing first: read once per request."""
        return [("", self.everything), *self.get_choices()]

    def filter(self, entries: QuerySet, value: str) -> QuerySet:
        """Return the entries of the chosen value, or all where none is chosen."""
        return self.narrow(entries, value) if value else entries

    @abc.abstractmethod
    def get_choices(self) -> Iterable[tuple[str, str]]:
        """Return the values and labels of the options, in their order."""

    @abc.abstractmethod
    def narrow(self, entries: QuerySet, value: str) -> QuerySet:
        """Return the entries of one of the values."""

    def count(self, entries: QuerySet) -> Mapping[str, int]:
        """Return the number of entries per value, in one query per value unless a filter has a cheaper way."""
        return {value: self.narrow(entries, value).count() for value, _ in self.field.choices if value}


class FilterForm(forms.Form):
    """A form whose fields are named apart from those of another form on the same page."""

    def __init__(self, data: Mapping[str, str] | None = None, prefix: str | None = None) -> None:
        super().__init__(data, prefix=prefix, auto_id="filter-%s")


class CountedFilterSet(FilterSet):
    """Filters read from an address; a value or a parameter that means nothing is ignored, and `notices` says so."""

    other_parameters = frozenset({"page"})
    """Parameters of the page that are not filters."""

    class Meta:
        model = Entry
        fields = ()
        form = FilterForm

    @cached_property
    def chosen(self) -> dict[str, str]:
        """The chosen values, by the names of their filters."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def active(self) -> bool:
        """Whether anything is left out."""
        return bool(self.chosen)

    @property
    def removals(self) -> list[tuple[str, str, str]]:
        """The label and value of each chosen filter, and the address without it: what is set is seen while folded."""
        told = []
        for name, value in self.chosen.items():
            query = QueryDict(mutable=True)
            query.update(self.data)
            for parameter in (name, "p", "page"):
                query.pop(parameter, None)
            one = self.filters[name]
            shown = dict(one.choices)[value] if isinstance(one, CountedFilter) else format_day(value)
            told.append((one.label, shown, f"?{query.urlencode()}"))
        return told

    @cached_property
    def notices(self) -> list[str]:
        """Sentences about what is ignored; they do not repeat what an address could put on our page."""
        notices = [
            f"Un filtre de l’adresse est inconnu ({label}) : il est ignoré." for label in self.get_unknown_choices()
        ]
        if self.data.keys() - self.filters.keys() - self.other_parameters - {AUTOSAVE_PARAMETER}:
            notices.append("Un paramètre de l’adresse est inconnu : il est ignoré.")
        return notices

    def get_unknown_choices(self) -> list[str]:
        """Return the labels of the filters whose value is none of their choices."""
        return [self.filters[name].label for name in self.form.errors]

    @cached_property
    def fields(self) -> list[forms.BoundField]:
        """The fields of the form; each offers what leads somewhere within the other filters, and what is chosen.

        The number of queries depends on the filters, not on the number of entries.
        """
        return self.offer_fields([name for name, one in self.filters.items() if one.is_offered or name in self.chosen])

    def offer_fields(self, names: Iterable[str]) -> list[forms.BoundField]:
        """Return the fields of some filters, as `fields`; those of the others are not counted."""
        for name in names:
            counted = self.filters[name]
            if not isinstance(counted, CountedFilter):  # a day, which has no options
                continue
            counts = counted.count(self._filter_by_others(name))
            everything, *choices = counted.field.choices
            offered = [
                (value, f"{label} ({counts.get(value, 0)})")
                for value, label in choices
                if counts.get(value) or value == self.chosen.get(name)
            ]
            self.form.fields[name].choices = [everything, *offered]
        return [self.form[name] for name in names]

    def _filter_by_others(self, name: str) -> QuerySet:
        """Return the entries that all filters but one let through."""
        entries = self.queryset.order_by()
        for other in self.chosen.keys() - {name}:
            entries = self.filters[other].filter(entries, self.chosen[other])
        return entries


class FacetFilter(CountedFilter):
    """Entries filed under one term, or under none: unlike the public, editors look for what was filed."""

    def __init__(self, facet: Facet) -> None:
        super().__init__(capfirst(facet.label), "Toutes" if facet is Facet.THEMES else "Tous")
        self.facet = facet
        self.table, self.entry_column, term_column = filing_table(facet)
        self.slug_column = f"{term_column.removesuffix('_id')}__slug"

    def get_choices(self) -> Iterable[tuple[str, str]]:
        """Return every term, retired ones too: entries may still be filed under them."""
        terms = Entry._meta.get_field(self.facet).related_model.objects.standing()
        return [(NONE, "Transverse, non classé"), *((term.slug, str(term)) for term in terms)]

    def narrow(self, entries: QuerySet, value: str) -> QuerySet:
        """Return the entries under a term, or under none."""
        filed = self.table.objects.filter(**{self.entry_column: OuterRef("pk")})
        if value == NONE:
            return entries.filter(~Exists(filed))
        return entries.filter(Exists(filed.filter(**{self.slug_column: value})))

    def count(self, entries: QuerySet) -> Mapping[str, int]:
        """Count the terms of the facet in two queries, however many they are."""
        filed = self.table.objects.filter(**{f"{self.entry_column}__in": entries.values("pk")}).order_by()
        counts = dict(filed.values_list(self.slug_column).annotate(Count("pk")))
        return counts | {NONE: self.narrow(entries, NONE).count()}


class FacetFilters(CountedFilterSet):
    """The five facets, with the parameters of the public addresses; a former slug stands for the present one."""

    offre = FacetFilter(Facet.OFFER_TYPES)
    couloir = FacetFilter(Facet.COULOIRS)
    dispositif = FacetFilter(Facet.DISPOSITIFS)
    produit = FacetFilter(Facet.PRODUCTS)
    theme = FacetFilter(Facet.THEMES)

    def __init__(self, data: Mapping[str, str] | None = None, *args: Any, **options: Any) -> None:
        super().__init__(data, *args, **options)
        # Only what is unknown is looked up: the address may be older than the names of the terms.
        unknown = [facet for facet in Facet if facet.parameter in self.form.errors]
        renamed = {
            facet.parameter: term.slug
            for facet in unknown
            if (term := load_taxonomy().by_old_slug.get((facet, self.data[facet.parameter])))
        }
        if renamed:
            del self._form
            self.data = QueryDict(mutable=True)
            self.data.update({**dict((data or {}).items()), **renamed})


class PersonalWorkFilter(CountedFilter):
    """Entries that wait for one person: « relecture-12 » is what the account 12 has to review. Home pages lead here."""

    is_offered = False

    def get_choices(self) -> Iterable[tuple[str, str]]:
        """Return the choice that the address names, where its account exists: nobody chooses among all people."""
        kind, _, person = (self.parent.data.get("pour", "") if self.parent else "").partition("-")
        number = number_of(person) if person.isdecimal() else None
        user = get_user_model().objects.filter(pk=number).first() if kind in WorkKind.values and number else None
        label = f"{WorkKind(kind).label} ({user.get_full_name() or user.get_username()})" if user else ""
        return [(f"{kind}-{person}", label)] if user else []

    def narrow(self, entries: QuerySet, value: str) -> QuerySet:
        """Return the entries of that person and kind."""
        kind, _, person = value.partition("-")
        return entries.filter(pk__in=get_personal_work(WorkKind(kind), int(person)).values("pk"))


class SubmitterFilter(CountedFilter):
    """Entries that one person submitted."""

    def get_choices(self) -> Iterable[tuple[str, str]]:
        """Return the people who have something in the queue, by name; what a command submitted comes last."""
        waiting = Entry.objects.to_review()
        people = get_user_model().objects.filter(pk__in=waiting.values("submitter"))
        names = [(str(user.pk), user.get_full_name() or user.get_username()) for user in people]
        commands = [(NONE, "système")] if waiting.filter(submitter=None).exists() else []
        return sorted(names, key=lambda choice: choice[1]) + commands

    def narrow(self, entries: QuerySet, value: str) -> QuerySet:
        """Return what this person submitted."""
        return entries.filter(submitter=None if value == NONE else value)

    def count(self, entries: QuerySet) -> Mapping[str, int]:
        """Count everybody's entries in one query."""
        counts = entries.values_list("submitter").annotate(Count("pk"))
        return {NONE if author is None else str(author): count for author, count in counts}


class ReviewFilters(FacetFilters):
    """The filters of « À relire »."""

    auteur = SubmitterFilter("Soumise par")
    pour = PersonalWorkFilter("Travail")

    class Meta(FacetFilters.Meta):
        fields = ("auteur", "pour", *FacetFilters.base_filters)


class EventFilter(CountedFilter):
    """Entries that nobody has checked since an event concerned them."""

    def get_choices(self) -> Iterable[tuple[str, str]]:
        """Return the latest events."""
        self.events = {str(event.pk): event for event in ReviewEvent.objects.standing()[:_EVENTS_OFFERED]}
        return [(value, str(event)) for value, event in self.events.items()]

    def narrow(self, entries: QuerySet, value: str) -> QuerySet:
        """Return the entries of the event's term that were last checked before it."""
        event = self.events[value]
        table, entry_column, term_column = filing_table(event.trigger.facet)
        filed = table.objects.filter(**{entry_column: OuterRef("pk"), term_column: event.term})
        return entries.filter(Exists(filed), verification__checked_at__lt=event.declared_at)


class DueFilters(FacetFilters):
    """The filters of « À revoir »."""

    evenement = EventFilter("Événement")


def filter_by_pairs(entries: QuerySet, pairs: QuerySet) -> QuerySet:
    """Return the entries that stand in one of these pairs."""
    return entries.filter(Q(pk__in=pairs.order_by().values("left")) | Q(pk__in=pairs.order_by().values("right")))

"""The filters of the list of entries: state, work, people, filing, dump, and day of the last change."""

from collections.abc import Iterable, Mapping
from operator import itemgetter

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django_filters import DateFilter

from faq.domain.facets import Facet
from faq.enums import Action, EntryStatus
from faq.filters import NONE, CountedFilter, FacetFilters, PersonalWorkFilter, filter_by_pairs
from faq.models import Dump, Pair, Passage, Version
from faq.models.entries import filing_table
from faq.selectors.personal_work import find_refused

CLOSED = "fermes"
"""The value for entries assigned to somebody whose account is closed."""


class StatusFilter(CountedFilter):
    """Entries of one state, as the public sees it."""

    def get_choices(self) -> Iterable[tuple[str, str]]:
        """Return the four states."""
        return [(status.value, capfirst(status.label)) for status in EntryStatus]

    def narrow(self, entries: QuerySet, value: str) -> QuerySet:
        """Return the entries in a state."""
        return entries.filter(status=value)

    def count(self, entries: QuerySet) -> Mapping[str, int]:
        """Count all states in one query."""
        return dict(entries.values_list("status").annotate(Count("pk")))


class WorkFilter(CountedFilter):
    """Entries with one kind of work left to do."""

    def get_choices(self) -> Iterable[tuple[str, str]]:
        """Return the kinds of work that editors come for."""
        return [
            ("relecture", "À relire"),
            ("a-revoir", "À revoir"),
            ("brouillon", "En ligne, avec brouillon"),
            ("doublons", "Doublons possibles"),
            ("refusees", "Refusées, à reprendre"),
            ("sans-question", "Sans question"),
            ("sans-reponse", "Sans réponse"),
            ("sans-classement", "Sans classement"),
        ]

    def narrow(self, entries: QuerySet, value: str) -> QuerySet:
        """Return the entries that wait for this work."""
        match value:
            case "relecture":
                return entries.to_review()
            case "a-revoir":
                return entries.due(timezone.localdate())
            case "brouillon":
                return entries.with_draft()
            case "doublons":
                return filter_by_pairs(entries, Pair.objects.open())
            case "refusees":
                return entries.filter(pk__in=find_refused())
            case "sans-question":
                return entries.untitled()
            case "sans-classement":
                return filter_unfiled(entries.in_use())
            case _:
                return entries.in_use().filter(head__answer="")


class AssigneeFilter(CountedFilter):
    """Entries that are assigned to one person, or to nobody."""

    def get_choices(self) -> Iterable[tuple[str, str]]:
        """Return who asks, nobody, then the others to whom something is assigned; closed accounts are marked."""
        request = self.parent.request if self.parent else None
        names = {}
        for user in get_user_model().objects.filter(assignments__isnull=False).distinct():
            name = f"à {user.get_full_name() or user.get_username()}"
            names[str(user.pk)] = name if user.is_active else f"{name}, compte fermé"
        me = str(request.user.pk) if request else ""
        own = [(me, "à moi")] if names.pop(me, None) else []
        others = sorted(names.items(), key=lambda choice: choice[1])
        return [*own, (NONE, "à personne"), (CLOSED, "à un compte fermé"), *others]

    def narrow(self, entries: QuerySet, value: str) -> QuerySet:
        """Return the entries in use that are assigned so."""
        in_use = entries.in_use()
        if value == CLOSED:
            return in_use.filter(assignment__assignee__is_active=False)
        return in_use.filter(assignment__assignee=None if value == NONE else value)

    def count(self, entries: QuerySet) -> Mapping[str, int]:
        """Count everybody's entries in one query."""
        in_use = entries.in_use()
        people = ("assignment__assignee", "assignment__assignee__is_active")
        rows = list(in_use.order_by().values_list(*people).annotate(Count("pk")))
        counts = {NONE if person is None else str(person): count for person, _, count in rows}
        return counts | {CLOSED: sum(count for _, active, count in rows if active is False)}


class AuthorFilter(CountedFilter):
    """Entries of which one person wrote a version; who published, withdrew or archived them wrote none."""

    _WRITTEN = (Action.CREATED, Action.EDITED, Action.SUBMITTED)

    def get_choices(self) -> Iterable[tuple[str, str]]:
        """Return the people who wrote something, by name."""
        people = get_user_model().objects.filter(Exists(self._versions.filter(author=OuterRef("pk"))))
        return sorted(
            ((str(user.pk), user.get_full_name() or user.get_username()) for user in people), key=itemgetter(1)
        )

    def narrow(self, entries: QuerySet, value: str) -> QuerySet:
        """Return the entries that the person worked on."""
        return entries.filter(Exists(self._versions.filter(author=value, entry=OuterRef("pk"))))

    def count(self, entries: QuerySet) -> Mapping[str, int]:
        """Count everybody's entries in one query."""
        written = self._versions.filter(entry__in=entries.values("pk"), author__isnull=False).order_by()
        counts = written.values_list("author").annotate(Count("entry", distinct=True))
        return {str(author): count for author, count in counts}

    @property
    def _versions(self) -> QuerySet:
        return Version.objects.filter(action__in=self._WRITTEN)


class DayFilter(DateFilter):
    """Entries last changed from a day on, or until it; a draft beside a live text is a change."""

    is_offered = True

    def __init__(self, label: str, lookup: str) -> None:
        super().__init__(
            "head__created_at", f"date__{lookup}", label=label, widget=forms.DateInput(attrs={"type": "date"})
        )


class DumpFilter(CountedFilter):
    """Entries of one dump."""

    def get_choices(self) -> Iterable[tuple[str, str]]:
        """Return the newest edition of each dump."""
        return [(str(dump.pk), str(dump)) for dump in Dump.objects.current()]

    def narrow(self, entries: QuerySet, value: str) -> QuerySet:
        """Return the entries that have a passage in the dump."""
        return entries.filter(Exists(Passage.objects.filter(dump=value, entry=OuterRef("pk"))))

    def count(self, entries: QuerySet) -> Mapping[str, int]:
        """Count all dumps in one query."""
        passages = Passage.objects.current().filter(entry__in=entries.values("pk")).order_by()
        counts = passages.values_list("dump").annotate(Count("entry", distinct=True))
        return {str(dump): count for dump, count in counts}


class EntryFilters(FacetFilters):
    """The filters of the list of entries."""

    # Those of Django's list beside the filters.
    other_parameters = frozenset({"q", "o", "p", "e", "all", "_facets", "_popup", "_to_field"})

    etat = StatusFilter("État")
    travail = WorkFilter("À traiter", "Indifférent")
    attribuee = AssigneeFilter("Attribuée")
    pour = PersonalWorkFilter("Travail")
    extraction = DumpFilter("Extraction", "Toutes")
    auteur = AuthorFilter("Modifiée par", "Tout le monde")
    depuis = DayFilter("Modifiée depuis le", "gte")
    jusque = DayFilter("Modifiée jusqu’au", "lte")

    class Meta(FacetFilters.Meta):
        fields = (
            *("etat", "travail", "attribuee", "pour"),
            *FacetFilters.base_filters,
            *("extraction", "auteur", "depuis", "jusque"),
        )


def filter_unfiled(entries: QuerySet) -> QuerySet:
    """Return the entries without a term at any facet."""
    for facet in Facet:
        table, entry_column, _ = filing_table(facet)
        entries = entries.filter(~Exists(table.objects.filter(**{entry_column: OuterRef("pk")})))
    return entries

"""Searches without result, grouped over the days, and their follow-up by editors."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Case, F, Max, Min, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.text import capfirst

from faq.enums import Origin
from faq.models import Entry, FailedSearch, Version
from faq.models.failed_searches import MAX_QUERY_LENGTH
from faq.services.content import Content, EntryError
from faq.services.entries import create_entry
from faq.services.roles import Author, require
from faq.services.versions import Provenance
from feedback.comments import FollowUpRefused, check_correction
from feedback.models import OPEN, FollowUpState, SearchFollowUp


@dataclass(frozen=True, slots=True)
class EntryForSearch:
    """The entry that was created for a search."""

    entry: Entry
    created: bool
    """Whether it was created by this call."""


def group_failed_searches(since: date | None = None) -> QuerySet[FailedSearch, dict[str, object]]:
    """Return each query once: `query`, `total` times, `first` and `last` day, `state`, `assigned_to`.

    The most frequent come first. One that was corrected and fails again afterwards is new again.
    """
    days = FailedSearch.objects.filter(day__gte=since) if since else FailedSearch.objects.all()
    followed = SearchFollowUp.objects.filter(query=OuterRef("query"))
    queries = (
        days.order_by()
        .values("query")
        .annotate(
            total=Sum("times"),
            first=Min("day"),
            last=Max("day"),
            stored=Coalesce(Subquery(followed.values("state")), Value(FollowUpState.NEW.value)),
            followed_on=Subquery(followed.values("followed_on")),
            assigned_to=Subquery(followed.values("assigned_to")),
        )
    )
    again = When(stored=FollowUpState.CORRECTED, last__gt=F("followed_on"), then=Value(FollowUpState.NEW.value))
    return queries.annotate(state=Case(again, default=F("stored"))).order_by("-total", "-last", "query")


def open_searches(since: date | None = None) -> QuerySet[FailedSearch, dict[str, object]]:
    """Return the grouped searches that nobody has dealt with yet."""
    return group_failed_searches(since).filter(state__in=OPEN)


def follow_up_search(
    query: str, state: FollowUpState, author: Author, *, assigned_to: User | None, answering: Entry | None
) -> SearchFollowUp:
    """Store the follow-up of a search; `answering` is the live entry that answers it, given for CORRECTED alone.

    Raises PermissionDenied, and FollowUpRefused.
    """
    require(author, "feedback.change_comment")
    if len(query) > MAX_QUERY_LENGTH or "\0" in query:
        raise FollowUpRefused("Cette recherche n’est plus dans la liste.")
    version = _live_version(answering) if answering else None
    check_correction(state, version, None)
    return _store(query, state=state, assigned_to=assigned_to, corrected_in=version)


@transaction.atomic
def create_entry_for_search(query: str, author: User) -> EntryForSearch:
    """Create a draft whose question is the search, assigned to its author, or return the draft that exists already.

    Raises PermissionDenied and EntryError.
    """
    require(author, "feedback.change_comment")
    followed = SearchFollowUp.objects.select_related("entry").filter(query=query).first()
    if followed and followed.entry:
        return EntryForSearch(followed.entry, created=False)
    if not FailedSearch.objects.filter(query=query).exists():
        raise EntryError("Cette recherche n’est plus dans la liste.")
    provenance = Provenance(Origin.FORM, author, comment=f"Recherche sans résultat : {query}")
    entry = create_entry(Content(f"{capfirst(query)} ?", ""), provenance).entry
    _store(query, state=FollowUpState.IN_PROGRESS, assigned_to=author, corrected_in=None, entry=entry)
    return EntryForSearch(entry, created=True)


def _live_version(entry: Entry) -> Version:
    if entry.live is None:
        raise FollowUpRefused(
            f"La fiche {entry.reference} n’est pas en ligne : elle ne répond pas encore à la recherche."
        )
    return entry.live


def _store(query: str, **values: object) -> SearchFollowUp:
    followed, _ = SearchFollowUp.objects.update_or_create(
        query=query, defaults={"followed_on": timezone.localdate(), **values}
    )
    return followed

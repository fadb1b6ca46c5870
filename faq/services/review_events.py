"""Events (« nouvel arrêté ») that make a whole branch of the taxonomy due for a check at once."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from faq.domain.facets import Facet, Term
from faq.domain.limits import REASON_MAX_LENGTH
from faq.models import Epoch, ReviewEvent
from faq.services.content import EntryError
from faq.services.review_dates import get_live_under, lock_entries_of, recompute_review_dates
from faq.services.roles import Author, require

_RIGHT = "faq.check_entry"


@transaction.atomic
def declare_event(
    term: Term, reason: str, happened_on: date, author: Author, *, at: datetime | None = None
) -> ReviewEvent:
    """Store an event: all live entries under a term have to be checked again, for a reason of one line.

    An entry that is checked or published afterwards is no longer due. Raises EntryError where the reason is
    missing or no entry is concerned, PermissionDenied.
    """
    require(author, _RIGHT)
    reason = " ".join(reason.split())
    if not reason or len(reason) > REASON_MAX_LENGTH:
        raise EntryError(f"Donnez la raison en une ligne de {REASON_MAX_LENGTH} caractères au plus.")
    branch = get_live_under(term.facet, term.id)
    lock_entries_of(branch)
    Epoch.hold()
    event = ReviewEvent.objects.create(
        facet=term.facet,
        term=term.id,
        label=term.label,
        reason=reason,
        happened_on=happened_on,
        due_count=branch.count(),
        author=author,
        declared_at=at or timezone.now(),
    )
    if not event.due_count:
        raise EntryError(f"Aucune fiche en ligne n’est classée sous « {term.label} » : rien ne serait à revoir.")
    recompute_review_dates(branch)
    return event


@transaction.atomic
def take_back_event(event: ReviewEvent, author: Author, *, at: datetime | None = None) -> bool:
    """Take back a review event; return whether it counted until now. Checks that were made since stay.

    Raises PermissionDenied.
    """
    require(author, _RIGHT)
    branch = get_live_under(Facet(event.facet), event.term)
    lock_entries_of(branch)
    Epoch.hold()
    standing = ReviewEvent.objects.standing().filter(pk=event.pk)
    if not standing.update(taken_back_at=at or timezone.now(), taken_back_by=author):
        return False
    recompute_review_dates(branch)
    return True

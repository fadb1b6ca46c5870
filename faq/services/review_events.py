"""Events (« nouvel arrêté ») that make a whole branch of the taxonomy due for a check at once."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from faq.domain.facets import Term
from faq.models import Epoch, ReviewEvent
from faq.models.verifications import REASON_MAX_LENGTH
from faq.services.content import EntryError
from faq.services.review_dates import live_under, lock, recompute_review_dates
from faq.services.roles import Author, require

_RIGHT = "faq.check_entry"


@transaction.atomic
def declare_event(
    term: Term, reason: str, happened_on: date, author: Author, *, at: datetime | None = None
) -> ReviewEvent:
    """Have all live entries under a term due for a check from now on, for a reason of one line.

    Whatever is checked, or published anew, afterwards is due no more. Raises EntryError where there is no
    reason or no entry, PermissionDenied.
    """
    require(author, _RIGHT)
    reason = " ".join(reason.split())
    if not reason or len(reason) > REASON_MAX_LENGTH:
        raise EntryError(f"Donnez la raison en une ligne de {REASON_MAX_LENGTH} caractères au plus.")
    branch = live_under(term.facet, term.id)
    lock(branch)
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

"""Searches that found nothing, counted by day and without personal data."""

import logging
from datetime import date

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from faq.domain.personal_data import mask_personal_data
from faq.domain.text import fold
from faq.models import FailedSearch
from faq.models.failed_searches import MAX_QUERY_LENGTH

MOST_A_DAY = 1_000
"""Different queries stored per day, so that a flood of nonsense does not fill the table."""
_LONGEST_READ = 400

_logger = logging.getLogger(__name__)


def record_failed_search(query: str, *, day: date | None = None) -> None:
    """Count a query that found nothing. A database error is logged: the page of the visitor must not fail for it."""
    masked = mask_personal_data(query[:_LONGEST_READ], finess=settings.MASK_FINESS)
    cleaned = fold(masked).replace("\0", "")[:MAX_QUERY_LENGTH].strip()
    if not any(map(str.isalnum, cleaned)):
        return
    try:
        _count(cleaned, day or timezone.localdate())
    except DatabaseError:
        _logger.warning("A failed search could not be counted", exc_info=True)


@transaction.atomic
def _count(query: str, day: date) -> None:
    today = FailedSearch.objects.filter(day=day)
    if today.filter(query=query).update(times=F("times") + 1) or today.count() >= MOST_A_DAY:
        return
    # Another request may store it at the same moment: one of the two counts.
    FailedSearch.objects.bulk_create([FailedSearch(day=day, query=query)], ignore_conflicts=True)

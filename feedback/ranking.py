"""The usefulness of entries by their votes: of two results that match equally, the more useful comes first."""

from django.db.models import Count, Q

from faq.models import Entry
from faq.services.search import find_rated_entries, store_usefulness
from feedback.models import Vote, VoteAnswer

_DOUBT = 5
"""Neutral votes that are added to each entry, so that few votes weigh little."""
_STEP = 5


def update_usefulness() -> int:
    """Store how useful visitors find the live entries; return for how many that changed.

    From -100 to 100: the surplus of « Oui » among the votes, drawn towards 0 where they are few, in steps of
    _STEP so that one more vote seldom renders pages again.
    """
    votes = Vote.objects.counted().credited().filter(credited_to__in=Entry.objects.live().values("pk")).order_by()
    rows = votes.values_list("credited_to").annotate(yes=Count("pk", filter=Q(answer=VoteAnswer.YES)), all=Count("pk"))
    surplus = {entry: (2 * yes - number) / (number + _DOUBT) for entry, yes, number in rows}
    rated = {entry: round(share * 100 / _STEP) * _STEP for entry, share in surplus.items()}
    return store_usefulness(dict.fromkeys(find_rated_entries(), 0) | rated)

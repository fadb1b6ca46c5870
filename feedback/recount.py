"""A recount of all votes, one by one, that checks every stored sum."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from faq.models.entries import reference
from feedback.models import COUNTING, MonthlyCount, Subtotal, Vote, VoteAnswer
from feedback.ranking import update_usefulness
from feedback.scoring import Tally
from feedback.subtotals import invalidate_subtotals, update_subtotals, week_in_subtotals
from feedback.tallies import tallies_by_entry, tallies_by_version

_Part = tuple[int, date, str]
"""The version that was read, its week, and a column of Subtotal."""


@dataclass(frozen=True, slots=True)
class Recount:
    """The outcome of a recount."""

    votes: Tally
    """Stored votes that count."""
    older: Tally
    """Votes that were purged, by their monthly counts."""
    faults: tuple[str, ...]
    """Sums that do not agree, in French; a recount cannot correct them."""
    subtotals: int
    """The number of subtotals that were wrong."""
    changed: int
    """The number of entries whose usefulness, by which searches rank, was wrong."""


@transaction.atomic
def recount_votes(*, check: bool = False) -> Recount:
    """Count all votes one by one, compare every sum with the result, and correct subtotals and usefulness.

    With `check` nothing is changed: `subtotals` and `changed` are how many would be.
    """
    until = update_subtotals(timezone.now())
    votes, by_week = _count_one_by_one(until)
    older = _count_purged()
    wrong = _count_wrong_subtotals(by_week)
    if wrong:
        invalidate_subtotals()
        update_subtotals(timezone.now())
    recount = Recount(votes, older, tuple(_find_faults(votes, older)), wrong, update_usefulness())
    if check:
        transaction.set_rollback(True)
    return recount


def _count_one_by_one(until: datetime) -> tuple[Tally, Counter[_Part]]:
    """Return how many votes count, and the parts of the subtotals of those before `until`.

    Counts in Python, without the aggregates of the database, so that the two can be compared.
    """
    columns = ("answer", "standing", "given_again", "entry__alias", "version", "voted_at")
    counted, parts = Counter[str](), Counter[_Part]()
    rows = Vote.objects.order_by("pk").values_list(*columns).iterator(5_000)
    for answer, standing, given_again, alias, version, voted_at in rows:
        if standing not in COUNTING or answer == VoteAnswer.WITHDRAWN:
            continue
        if not (given_again and alias):
            counted[answer] += 1
        if voted_at < until:
            week = week_in_subtotals(timezone.localdate(voted_at), until)
            parts[version, week, f"{_PART[answer]}{'_again' * given_again}"] += 1
    return Tally(counted[VoteAnswer.YES], counted[VoteAnswer.NO]), parts


_PART = {VoteAnswer.YES: "yes", VoteAnswer.NO: "no"}


def _count_wrong_subtotals(parts: Counter[_Part]) -> int:
    """Return how many stored subtotals differ, are missing, or are too many."""
    names = ("yes", "no", "yes_again", "no_again")
    stored: Counter[_Part] = Counter()
    for version, week, *numbers in Subtotal.objects.values_list("version", "week", *names):
        stored.update({(version, week, name): number for name, number in zip(names, numbers, strict=True)})
    return len({part[:2] for part in stored | parts if stored[part] != parts[part]})


def _count_purged() -> Tally:
    sums = MonthlyCount.objects.aggregate(yes=Sum("yes", default=0), no=Sum("no", default=0))
    return Tally(sums["yes"], sums["no"])


def _find_faults(votes: Tally, older: Tally) -> Iterator[str]:
    by_entry = sum(tallies_by_entry(Vote.objects.all()).values(), Tally())
    if by_entry != votes:
        yield f"Par fiche : {_in_words(by_entry)}, mais les votes sont {_in_words(votes)}."
    by_version = sum((tally for found in tallies_by_version().values() for tally in found.values()), Tally())
    if by_version != votes + older:
        yield f"Par version : {_in_words(by_version)}, mais les votes sont {_in_words(votes + older)}."
    for entry, version_entry in (
        Vote.objects.exclude(entry=F("version__entry")).values_list("entry", "version__entry").distinct()
    ):
        yield f"{reference(entry)} : des votes portent sur une version de {reference(version_entry)}."


def _in_words(tally: Tally) -> str:
    return f"{tally.yes} oui et {tally.no} non"

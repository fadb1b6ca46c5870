"""The proof that what is reckoned from votes agrees with the votes themselves, one by one."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Sum

from faq.models.entries import reference
from feedback.models import COUNTING, Answer, MonthlyCount, Vote
from feedback.ranking import rank_by_votes
from feedback.scores import tallies_by_entry, tallies_by_version
from feedback.scoring import Tally


@dataclass(frozen=True, slots=True)
class Recount:
    """What was counted, and what was not as it should be."""

    votes: Tally
    """Those that count, and are kept."""
    older: Tally
    """What is left of votes that are too old to be kept."""
    faults: tuple[str, ...]
    """In French: sums that do not agree. None of them can be mended by counting again."""
    changed: int
    """Entries whose usefulness, by which searches rank, was not what the votes say."""


@transaction.atomic
def recount_votes(*, check: bool = False) -> Recount:
    """Count all votes one by one, compare every sum with that, and renew what searches rank by.

    With `check` nothing is changed: `changed` is how many would be.
    """
    votes, older = _one_by_one(), _older()
    recount = Recount(votes, older, tuple(_faults(votes, older)), rank_by_votes())
    if check:
        transaction.set_rollback(True)
    return recount


def _one_by_one() -> Tally:
    """Count in Python, by the rule as it is written, without the sums of the database."""
    columns = ("answer", "standing", "given_again", "entry__alias")
    counted = {Answer.YES: 0, Answer.NO: 0}
    for answer, standing, given_again, alias in Vote.objects.order_by("pk").values_list(*columns).iterator(5_000):
        if standing in COUNTING and answer in counted and not (given_again and alias):
            counted[Answer(answer)] += 1
    return Tally(counted[Answer.YES], counted[Answer.NO])


def _older() -> Tally:
    sums = MonthlyCount.objects.aggregate(yes=Sum("yes", default=0), no=Sum("no", default=0))
    return Tally(sums["yes"], sums["no"])


def _faults(votes: Tally, older: Tally) -> Iterator[str]:
    by_entry = sum(tallies_by_entry(Vote.objects.all()).values(), Tally())
    if by_entry != votes:
        yield f"Par fiche : {_told(by_entry)}, mais les votes sont {_told(votes)}."
    by_version = sum((tally for found in tallies_by_version().values() for tally in found.values()), Tally())
    if by_version != votes + older:
        yield f"Par version : {_told(by_version)}, mais les votes sont {_told(votes + older)}."
    for entry, version_entry in (
        Vote.objects.exclude(entry=F("version__entry")).values_list("entry", "version__entry").distinct()
    ):
        yield f"{reference(entry)} : des votes portent sur une version de {reference(version_entry)}."


def _told(tally: Tally) -> str:
    return f"{tally.yes} oui et {tally.no} non"

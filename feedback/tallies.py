"""Tallies of the stored votes per entry, per version, and per run of versions that share a score."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.db.models import Sum
from django.utils import timezone

from faq.domain.chunks import split_in_chunks
from faq.models import Entry, Version
from feedback.models import MonthlyCount, Vote, VoteQuerySet
from feedback.scoring import LiveVersion, Tally, VersionRun, build_runs
from feedback.subtotals import VOTE_COUNTS, all_tallies_by_version

_ONE_QUERY = 1_000
"""Most entries in one query."""
_MONTHLY = {"total_yes": Sum("yes"), "total_no": Sum("no")}


@dataclass(frozen=True, slots=True)
class PoorAnswer:
    """A live entry that visitors find useless, and the votes on its present text."""

    entry: Entry
    tally: Tally


def tallies_by_version(entries: Collection[int] | None = None) -> dict[int, dict[int, Tally]]:
    """Return the votes by the number of the entry, then of the version, in two queries.

    `entries` are numbers, or None for all. Votes that were purged are counted by their months.
    """
    votes, months = Vote.objects.counted(), MonthlyCount.objects.all()
    if entries is not None:
        votes, months = votes.filter(entry__in=entries), months.filter(version__entry__in=entries)
    now = votes.order_by().values_list("entry", "version__number").annotate(**VOTE_COUNTS)
    before = months.order_by().values_list("version__entry", "version__number").annotate(**_MONTHLY)
    found: dict[int, dict[int, Tally]] = defaultdict(lambda: defaultdict(Tally))
    for entry, version, yes, no in chain(now, before):
        found[entry][version] += Tally(yes, no)
    return found


def tallies_by_entry(votes: VoteQuerySet) -> dict[int, Tally]:
    """Return votes by the number of the entry that they count for, in one query."""
    rows = votes.counted().credited().order_by().values_list("credited_to").annotate(**VOTE_COUNTS)
    return {entry: Tally(yes, no) for entry, yes, no in rows}


def get_runs(entries: Collection[int]) -> dict[int, list[VersionRun]]:
    """Return the runs of versions that share a score, by entry and in order, in three queries.

    Votes on entries that were merged into another are left out: they were about other texts.
    """
    return _runs(entries, tallies_by_version(entries))


def current_tallies(now: datetime) -> dict[int, Tally]:
    """Return the votes on the present text of each live entry that has enough of them, by its number.

    Costs two more queries for each thousand entries with enough votes.
    """
    tallies = {entry: found for entry, found in all_tallies_by_version(now).items() if _total(found).is_enough}
    present: dict[int, Tally] = {}
    for chunk in split_in_chunks(sorted(tallies), _ONE_QUERY):
        live = dict(Entry.objects.live().filter(pk__in=chunk).values_list("pk", "live__number"))
        for number, found in _runs(live.keys(), tallies).items():
            [tally] = [run.tally for run in found if live[number] in run.numbers]
            if tally.is_enough:
                present[number] = tally
    return present


def worst_answers(limit: int, now: datetime | None = None) -> list[PoorAnswer]:
    """Return the live entries whose present text is the least useful, worst first.

    They are ranked by the lower bound of the share of no; entries with too few votes are left out.
    """
    present = current_tallies(now or timezone.now())
    worst = sorted(present, key=lambda number: (-(present[number].useless_lower_bound or 0), number))[:limit]
    entries = Entry.objects.only("question").in_bulk(worst)
    return [PoorAnswer(entries[number], present[number]) for number in worst]


def _total(tallies: Mapping[int, Tally]) -> Tally:
    return sum(tallies.values(), Tally())


def _runs(entries: Collection[int], tallies: Mapping[int, Mapping[int, Tally]]) -> dict[int, list[VersionRun]]:
    live = Version.objects.filter(entry__in=entries, publications__isnull=False).order_by("entry", "number").distinct()
    rows = live.values_list("entry", "number", "minor", "question", "answer_fingerprint")
    versions: dict[int, list[LiveVersion]] = defaultdict(list)
    for entry, number, minor, question, answer in rows:
        versions[entry].append(LiveVersion(number, minor, f"{question}\n{answer}"))
    return {entry: build_runs(found, tallies.get(entry, {})) for entry, found in versions.items()}

"""From the stored votes to scores: per version, per run of versions, per entry."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.db.models import Sum
from django.utils import timezone

from faq.models import Entry, Version
from feedback.models import MonthlyCount, Vote, VoteQuerySet
from feedback.scoring import LiveVersion, Tally, VersionRun, build_runs
from feedback.subtotals import VOTE_COUNTS, all_tallies_by_version

_ONE_QUERY = 1_000
"""Entries that are asked for at a time."""
_MONTHLY = {"total_yes": Sum("yes"), "total_no": Sum("no")}


@dataclass(frozen=True, slots=True)
class PoorAnswer:
    """A live answer that visitors surely find useless, and what they said of its present text."""

    entry: Entry
    tally: Tally


def tallies_by_version(entries: Collection[int] | None = None) -> dict[int, dict[int, Tally]]:
    """Count the votes that were given on each version: two queries. By the entry's number, then the version's.

    `entries` are the numbers of those whose versions are wanted, or None for all. Votes too old to be kept count
    by what their months left.
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
    """Count votes by the entry that they count for, by its number: one query."""
    rows = votes.counted().credited().order_by().values_list("credited_to").annotate(**VOTE_COUNTS)
    return {entry: Tally(yes, no) for entry, yes, no in rows}


def get_runs(entries: Collection[int]) -> dict[int, list[VersionRun]]:
    """Return the runs of versions that share a score, by entry, in order: three queries, whatever their number.

    Votes on entries that were merged into one are not among them: they were about other texts.
    """
    return _runs(entries, tallies_by_version(entries))


def current_tallies(now: datetime) -> dict[int, Tally]:
    """Count the votes on the present text of each live answer, by its number, where they are enough.

    The same number of queries, but for two more for each further thousand of answers with enough votes.
    """
    tallies = {entry: found for entry, found in all_tallies_by_version(now).items() if _total(found).is_enough}
    present: dict[int, Tally] = {}
    for chunk in _chunks(sorted(tallies)):
        live = dict(Entry.objects.live().filter(pk__in=chunk).values_list("pk", "live__number"))
        for number, found in _runs(live.keys(), tallies).items():
            [tally] = [run.tally for run in found if live[number] in run.numbers]
            if tally.is_enough:
                present[number] = tally
    return present


def worst_answers(limit: int, now: datetime | None = None) -> list[PoorAnswer]:
    """Return the live answers whose present text is surely the least useful, the worst first.

    Ranked by the share of no that each has at least; nothing with fewer votes than it takes.
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


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    return (numbers[start : start + _ONE_QUERY] for start in range(0, len(numbers), _ONE_QUERY))

"""Review dates: the day before which each published entry has to be checked again.

`Entry.review_before` follows from its last verification, the filing that the public reads, the months that terms
set, and the review events. A service that changes one of these recomputes the dates here, in its own transaction:
it locks the entries first and moves the epoch then, so that two such transactions take turns.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils.timezone import localtime

from faq.domain.chunks import split_in_chunks
from faq.domain.facets import Facet
from faq.domain.review_dates import Intervals, ReviewTrigger, review_date
from faq.enums import Action, EntryStatus, VerificationKind
from faq.models import Entry, Epoch, ReviewEvent, Verification, Version
from faq.models.entries import filing_table
from faq.selectors.published import load_taxonomy

CHUNK = 500
"""Entries in memory at a time."""
REVIEWING_ACTIONS = (Action.CREATED, Action.PUBLISHED, Action.REVERTED)
"""Actions by which a person publishes a text after having read it; an undo or a merge publishes without reading."""
_AGAIN = "Relancez « manage.py migrate »."


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules that all review dates follow: intervals of terms, review events, the default interval."""

    intervals: Intervals
    triggers: Sequence[ReviewTrigger]
    default: int = field(default_factory=lambda: settings.REVIEW_MONTHS)

    @classmethod
    def now(cls) -> "Rules":
        """Read the rules from the database: two queries."""
        return cls(_read_intervals(), [event.trigger for event in ReviewEvent.objects.standing()])

    def apply(self, entry: Entry) -> bool:
        """Set the review date that follows from the live version and its check; return whether it changed."""
        before = entry.review_before
        entry.review_before = self.date_for(entry.live, entry.verification)
        return bool(entry.review_before != before)

    def date_for(self, live: Version | None, check: Verification | None) -> date | None:
        """Return the day before which a text is to be checked again; None where the text has no date."""
        if live is None or check is None:
            return None
        return review_date(localtime(check.checked_at), live.filed_under, self.intervals, self.triggers, self.default)


def counts_as_review(version: Version) -> bool:
    """Return whether publishing this version counts as a check of its text: a minor correction does not."""
    return version.status == EntryStatus.PUBLISHED and version.action in REVIEWING_ACTIONS and not version.minor


def follow_publications(recorded: Sequence[tuple[Entry, Version]]) -> None:
    """Set the verification and the review date of entries that go live or stay live; publishing counts as a check.

    The entries are locked, hold their new `live`, and are stored by the caller; each comes with the version
    that was just written. Three queries, whatever their number.
    """
    new = Verification.objects.bulk_create(
        _check_by_publication(version) for _, version in recorded if counts_as_review(version)
    )
    made = {check.entry_id: check for check in new}
    kept = Verification.objects.in_bulk({entry.verification_id for entry, _ in recorded if entry.pk not in made})
    rules = Rules.now()
    for entry, _ in recorded:
        entry.verification = made.get(entry.pk) or kept.get(entry.verification_id)
        rules.apply(entry)


def recompute_review_dates(entries: QuerySet[Entry]) -> None:
    """Recompute the verification that counts and the review date of locked entries; store those that differ."""
    rules = Rules.now()
    for chunk in _read_in_chunks(entries):
        checks = get_last_checks(entry.pk for entry in chunk)
        checked, dated = [], defaultdict(list)
        for entry in chunk:
            before = entry.verification_id
            entry.verification = checks.get(entry.pk)
            is_dated = rules.apply(entry)
            if entry.verification_id != before:
                checked.append(entry)
            elif is_dated:
                dated[entry.review_before].append(entry.pk)
        Entry.objects.bulk_update(checked, ["verification", "review_before"], batch_size=CHUNK)
        # One statement for all of a date: one with a date for each row takes ten times as long.
        for day, numbers in dated.items():
            Entry.objects.filter(pk__in=numbers).update(review_before=day)


def get_last_checks(numbers: Iterable[int]) -> dict[int, Verification]:
    """Return, per entry that has one, the verification that counts: one query."""
    standing = Verification.objects.standing().filter(entry__in=list(numbers)).order_by()
    lasts = standing.values("entry").annotate(last=Max("pk")).values("last")
    return {check.entry_id: check for check in Verification.objects.filter(pk__in=lasts)}


def get_live_under(facet: Facet, term: int) -> QuerySet[Entry]:
    """Return the live entries filed under a term, or under one that belongs to it."""
    table, entry_column, term_column = filing_table(facet)
    filed = table.objects.filter(**{term_column: term}).values(entry_column)
    live: QuerySet[Entry] = Entry.objects.live().filter(pk__in=filed)
    return live


def lock_entries_of(entries: QuerySet[Entry]) -> list[int]:
    """Lock entries whose dates are to be recomputed, and return their numbers; to be called within a transaction."""
    locked = entries.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True)
    return list(locked)


@transaction.atomic
def ensure_review_dates(**signal: Any) -> None:
    """Store the verification and the date of every live entry, also of those published before there were any.

    Runs after every migration, so that the dates follow a change of the site's default interval.
    """
    lock_entries_of(Entry.objects.live())
    Epoch.hold()
    for chunk in _read_in_chunks(Entry.objects.live().filter(verification=None)):
        _store_first_checks([entry.pk for entry in chunk])
    recompute_review_dates(Entry.objects.live())


def _store_first_checks(numbers: Sequence[int]) -> None:
    """Store the last publication of each live text that was not minor as its first verification."""
    live = Version.objects.filter(entry__in=numbers, number__lte=F("entry__live__number")).order_by("number")
    read = live.filter(status=EntryStatus.PUBLISHED, action__in=REVIEWING_ACTIONS, minor=False)
    online = live.filter(pk=F("entry__live"))
    light = [versions.defer("answer", "filing") for versions in (online, read)]
    last = {version.entry_id: version for versions in light for version in versions}
    has_one = set(Verification.objects.standing().filter(entry__in=numbers).values_list("entry", flat=True))
    Verification.objects.bulk_create(
        _check_by_publication(version) for number, version in last.items() if number not in has_one
    )


def _check_by_publication(version: Version) -> Verification:
    return Verification(
        entry_id=version.entry_id,
        version=version,
        kind=VerificationKind.PUBLISHED,
        author_id=version.author_id,
        checked_at=version.created_at,
        batch_id=version.batch_id,
    )


def review_date_faults() -> Iterator[str]:
    """Yield a French sentence per live entry whose verification or review date is wrong."""
    rules = Rules.now()
    for entries in _read_in_chunks(Entry.objects.live()):
        checks = get_last_checks(entry.pk for entry in entries)
        for entry in entries:
            if entry.verification is None or entry.verification != checks.get(entry.pk):
                yield f"{entry.reference} : sa vérification n’est pas la dernière qui compte. {_AGAIN}"
            elif rules.apply(entry):
                yield f"{entry.reference} : sa date de révision n’est pas celle que disent ses délais. {_AGAIN}"
    strange = Verification.objects.exclude(version__entry=F("entry")).select_related("entry")
    for check in strange.iterator(CHUNK):
        yield f"{check} : la version vérifiée est celle d’une autre fiche."


def _read_in_chunks(entries: QuerySet[Entry]) -> Iterator[list[Entry]]:
    """Yield entries in lists, with the columns that their dates depend on and without the long texts."""
    columns = ("status", "review_before", "verification__checked_at", "verification__entry", "live__filing")
    light = Entry.objects.select_related("live", "verification").only(*columns).order_by("pk")
    # Numbers first: what is read must not move under the cursor when it is written.
    numbers = list(entries.order_by("pk").values_list("pk", flat=True))
    for chunk in split_in_chunks(numbers, CHUNK):
        yield list(light.filter(pk__in=chunk))


def _read_intervals() -> dict[tuple[Facet, int], int]:
    """Return the months that terms set: one query, more only after a change of the taxonomy."""
    terms = load_taxonomy().terms
    return {(term.facet, term.id): term.review_months for term in terms if term.review_months is not None}

"""The review clock: until when each published entry is taken to be right, kept true by whatever it depends on.

`Entry.review_before` is reckoned from its last verification, the filing that the public reads, the months that
terms set, and the events that were declared. Whoever changes one of these has it reckoned anew, here, in the same
transaction: after having locked the entries, then moved the epoch, so that two of them take turns.
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

from faq.domain.facets import Facet
from faq.domain.review_dates import Intervals, ReviewTrigger, review_date
from faq.enums import Action, EntryStatus, VerificationKind
from faq.models import Entry, Epoch, ReviewEvent, Verification, Version
from faq.selectors.published import filing_table, load_taxonomy

CHUNK = 500
"""Entries in memory at a time."""
REVIEWING_ACTIONS = (Action.CREATED, Action.PUBLISHED)
"""What somebody does who has read what goes live; what is undone or merged goes live without being read again."""
_AGAIN = "Relancez « manage.py migrate »."


@dataclass(frozen=True, slots=True)
class Rules:
    """What all review dates depend on, as the database holds it now."""

    intervals: Intervals
    triggers: Sequence[ReviewTrigger]
    default: int = field(default_factory=lambda: settings.REVIEW_MONTHS)

    @classmethod
    def now(cls) -> "Rules":
        """Read them: two queries."""
        return cls(_intervals(), [event.trigger for event in ReviewEvent.objects.standing()])

    def apply(self, entry: Entry) -> bool:
        """Set the review date that follows from the live version and its check; return whether it changed."""
        before = entry.review_before
        entry.review_before = self.date_for(entry.live, entry.verification)
        return bool(entry.review_before != before)

    def date_for(self, live: Version | None, check: Verification | None) -> date | None:
        """Return the day before which a text is to be checked again; none where there is no such day."""
        if live is None or check is None:
            return None
        return review_date(localtime(check.checked_at), live.filed_under, self.intervals, self.triggers, self.default)


def counts_as_review(version: Version) -> bool:
    """Return whether whoever made this version live vouched for what it says: not for a slip that was corrected."""
    return version.status == EntryStatus.PUBLISHED and version.action in REVIEWING_ACTIONS and not version.minor


def follow_publications(recorded: Sequence[tuple[Entry, Version]]) -> None:
    """Have entries that go live, or stay so, know when they are to be checked again; publishing counts as a check.

    The entries are locked, hold their new `live`, and are stored by the caller; each comes with the version
    that was just written. Three queries, however many they are.
    """
    new = Verification.objects.bulk_create(
        _publication(version) for _, version in recorded if counts_as_review(version)
    )
    made = {check.entry_id: check for check in new}
    kept = Verification.objects.in_bulk({entry.verification_id for entry, _ in recorded if entry.pk not in made})
    rules = Rules.now()
    for entry, _ in recorded:
        entry.verification = made.get(entry.pk) or kept.get(entry.verification_id)
        rules.apply(entry)


def recompute_review_dates(entries: QuerySet[Entry]) -> None:
    """Find, for locked entries, the verification that counts and the date that follows from it; store what differs."""
    rules = Rules.now()
    for chunk in _chunks(entries):
        checks = last_standing(entry.pk for entry in chunk)
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


def last_standing(numbers: Iterable[int]) -> dict[int, Verification]:
    """Give, per entry that has any, the verification that counts: one query."""
    standing = Verification.objects.standing().filter(entry__in=list(numbers)).order_by()
    lasts = standing.values("entry").annotate(last=Max("pk")).values("last")
    return {check.entry_id: check for check in Verification.objects.filter(pk__in=lasts)}


def live_under(facet: Facet, term: int) -> QuerySet[Entry]:
    """Return the live entries filed under a term, or under one that belongs to it."""
    table, entry_column, term_column = filing_table(facet)
    filed = table.objects.filter(**{term_column: term}).values(entry_column)
    live: QuerySet[Entry] = Entry.objects.live().filter(pk__in=filed)
    return live


def lock(entries: QuerySet[Entry]) -> list[int]:
    """Lock entries whose dates are to be reckoned again, and give their numbers; to be called within a transaction."""
    locked = entries.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True)
    return list(locked)


@transaction.atomic
def ensure_review_dates(**signal: Any) -> None:
    """Return every live entry its verification and its date, also where they come from before there were any.

    Runs after every migration: the dates follow when the site's interval is another.
    """
    lock(Entry.objects.live())
    Epoch.hold()
    for chunk in _chunks(Entry.objects.live().filter(verification=None)):
        _verify_as_published([entry.pk for entry in chunk])
    recompute_review_dates(Entry.objects.live())


def _verify_as_published(numbers: Sequence[int]) -> None:
    """Take the last publication of what is live that was no slip's correction for its first verification."""
    live = Version.objects.filter(entry__in=numbers, number__lte=F("entry__live__number")).order_by("number")
    read = live.filter(status=EntryStatus.PUBLISHED, action__in=REVIEWING_ACTIONS, minor=False)
    online = live.filter(pk=F("entry__live"))
    light = [versions.defer("answer", "filing") for versions in (online, read)]
    last = {version.entry_id: version for versions in light for version in versions}
    has_one = set(Verification.objects.standing().filter(entry__in=numbers).values_list("entry", flat=True))
    Verification.objects.bulk_create(_publication(version) for number, version in last.items() if number not in has_one)


def _publication(version: Version) -> Verification:
    return Verification(
        entry_id=version.entry_id,
        version=version,
        kind=VerificationKind.PUBLISHED,
        author_id=version.author_id,
        checked_at=version.created_at,
        batch_id=version.batch_id,
    )


def review_date_faults() -> Iterator[str]:
    """Tell of live entries whose verification or review date is not what it should be, in French."""
    rules = Rules.now()
    for entries in _chunks(Entry.objects.live()):
        checks = last_standing(entry.pk for entry in entries)
        for entry in entries:
            if entry.verification is None or entry.verification != checks.get(entry.pk):
                yield f"{entry.reference} : sa vérification n’est pas la dernière qui compte. {_AGAIN}"
            elif rules.apply(entry):
                yield f"{entry.reference} : sa date de révision n’est pas celle que disent ses délais. {_AGAIN}"
    strange = Verification.objects.exclude(version__entry=F("entry")).select_related("entry")
    for check in strange.iterator(CHUNK):
        yield f"{check} : la version vérifiée est celle d’une autre fiche."


def _chunks(entries: QuerySet[Entry]) -> Iterator[list[Entry]]:
    """Return entries with what their dates depend on, without the long texts."""
    columns = ("status", "review_before", "verification__checked_at", "verification__entry", "live__filing")
    light = Entry.objects.select_related("live", "verification").only(*columns).order_by("pk")
    # Numbers first: what is read must not move under the cursor when it is written.
    numbers = list(entries.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(numbers), CHUNK):
        yield list(light.filter(pk__in=numbers[start : start + CHUNK]))


def _intervals() -> dict[tuple[Facet, int], int]:
    """Read what terms set: one query, more only after a change."""
    terms = load_taxonomy().terms
    return {(term.facet, term.id): term.review_months for term in terms if term.review_months is not None}

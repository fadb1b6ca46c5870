"""The entries that wait for one person: each kind of work of « Mon travail » as a query, with the person's key."""

from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from faq.enums import Action, EntryStatus, Origin, WorkKind
from faq.models import Entry, Note, NoteThread, Schedule, Version
from faq.selectors.entry_states import read_entry_states

_IMPORTS = (Origin.DUMP_IMPORT, Origin.CURATION)
"""Paths whose drafts are nobody's own: they wait in the queues of the team."""


def get_personal_work(kind: WorkKind, person: int) -> QuerySet[Entry]:
    """Return the entries of one kind of work that wait for a person."""
    found: QuerySet[Entry] = _select(kind, person)
    return found


def _select(kind: WorkKind, person: int) -> Any:
    match kind:
        case WorkKind.REFUSED:
            return Entry.objects.filter(pk__in=find_refusals(person))
        case WorkKind.DRAFTS:
            return _get_drafts(person)
        case WorkKind.ASSIGNED:
            return Entry.objects.in_use().filter(assignment__assignee=person)
        case WorkKind.MENTIONED:
            threads = NoteThread.objects.filter(notes__in=get_unanswered_mentions(person))
            numbers = threads.annotate(shown=Coalesce("entry__alias__survivor", "entry")).values("shown")
            return Entry.objects.filter(pk__in=numbers)
        case WorkKind.TO_REVIEW:
            return Entry.objects.to_review().filter(~Q(submitter=person) | Q(submitter=None))
        case WorkKind.PLAN_FAILED:
            failed = Schedule.objects.failed().filter(entry=OuterRef("pk"), author=person)
            return Entry.objects.filter(Exists(failed))
        case WorkKind.REVIEW_DUE:
            answers_for = Q(assignment__assignee=person) | Q(assignment=None, verification__author=person)
            return Entry.objects.due(timezone.localdate()).filter(answers_for)


def get_unanswered_mentions(person: int) -> QuerySet[Note]:
    """Return the notes of open threads that mention a person who has not written there since."""
    answers = Note.objects.filter(thread=OuterRef("thread"), author=person, pk__gt=OuterRef("pk"))
    mentions = Note.objects.filter(mentions=person, thread__settled_at=None)
    return mentions.exclude(author=person).filter(~Exists(answers))


def find_refusals(person: int) -> dict[int, int]:
    """Return, per entry whose refusal stands, the version that refused the text which the person had submitted."""
    # A few of all entries were ever refused: what an undo makes of refusals is read for these alone.
    refused = Version.objects.filter(action=Action.REFUSED)
    submitted = Version.objects.filter(entry=OuterRef("entry"), number=OuterRef("number") - 1)
    own = refused.filter(Exists(submitted.annotate(by=_of_original("author", "")).filter(by=person)))
    standing = find_standing_refusals(own)
    ours = set(own.filter(pk__in=standing.values()).values_list("pk", flat=True))
    return {number: refusal for number, refusal in standing.items() if refusal in ours}


def find_standing_refusals(refusals: QuerySet[Version]) -> dict[int, int]:
    """Return, per draft that one of these versions refused, the version whose refusal stands, if any does."""
    drafts = Entry.objects.filter(head__status=EntryStatus.DRAFT, pk__in=refusals.values("entry"))
    states = read_entry_states(drafts.values_list("pk", flat=True))
    return {number: refusal for number, each in states.items() if (refusal := each[-1].refusal)}


def find_refused() -> list[int]:
    """Return the numbers of the entries whose latest text is refused."""
    return list(find_standing_refusals(Version.objects.filter(action=Action.REFUSED)))


def _get_drafts(person: int) -> Any:
    originals = {name: _of_original(name, "head__") for name in ("author", "action", "origin")}
    drafts = Entry.objects.filter(head__status=EntryStatus.DRAFT).annotate(
        text_author=originals["author"], text_action=originals["action"], text_origin=originals["origin"]
    )
    # Who refuses a text does not write it.
    written = drafts.filter(text_author=person).exclude(text_action=Action.REFUSED)
    return written.exclude(text_origin__in=_IMPORTS)


def _of_original(column: str, head: str) -> Case:
    """Return a column of the version that a version brought back, or else its own."""
    origins = (f"{head}returns_to__returns_to", f"{head}returns_to")
    brought_back = [When(**{f"{origin}__isnull": False}, then=F(f"{origin}__{column}")) for origin in origins]
    return Case(*brought_back, default=F(f"{head}{column}"))

"""Writing notes about entries, and settling the threads they stand in."""

import unicodedata
from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from faq.domain.limits import NOTE_MAX_LENGTH, describe_excess
from faq.domain.notes import find_mentions, list_possible_names
from faq.domain.text import is_visible, remove_direction_marks
from faq.enums import NotificationKind
from faq.models import Entry, EntryAlias, Note, NoteThread
from faq.services.content import EntryError, normalize_line_ends
from faq.services.notifications import Event, notify_all
from faq.services.roles import require
from faq.services.versions import lock_entries

RIGHT = "faq.change_entry"
_SAME_NOTE_WITHIN = timedelta(minutes=1)
"""The time within which the same words of the same person are one note, sent twice."""


@dataclass(frozen=True, slots=True)
class NoteReport:
    """A note that was written, the people whom it mentions, and names that are nobody's."""

    note: Note
    mentioned: list[User] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@transaction.atomic
def write_note(number: int, text: str, author: User, *, thread: int | None = None) -> NoteReport:
    """Add a note about an entry, as an answer in a thread or as the first of a new one, and tell whom it mentions.

    An answer opens a settled thread again. A note about a merged entry stands with its survivor. Raises
    PermissionDenied, Entry.DoesNotExist, and EntryError where the text is empty or too long, or the thread is
    another entry's.
    """
    require(author, RIGHT)
    text = _clean(text)
    alias = EntryAlias.objects.filter(former=number).values_list("survivor", flat=True).first()
    [entry] = lock_entries([alias or number])
    answered = _get_thread(entry, thread) if thread else None
    people, unknown = _find_people(text)
    if same := _find_same_note(entry, answered, text, author):
        return NoteReport(same, people, unknown)
    if answered is None:
        answered = NoteThread.objects.create(entry=entry)
    elif answered.settled_at:
        NoteThread.objects.filter(pk=answered.pk).update(settled_at=None, settled_by=None)
    note = Note.objects.create(thread=answered, author=author, text=text, created_at=timezone.now())
    note.mentions.set(people)
    notify_all(Event(person, NotificationKind.MENTIONED, entry, text, author, f"note {note.pk}") for person in people)
    return NoteReport(note, people, unknown)


@transaction.atomic
def settle_thread(number: int, thread: int, author: User, *, settled: bool = True) -> bool:
    """Mark a thread about an entry as settled, or open it again; return whether anything changed.

    Raises PermissionDenied, Entry.DoesNotExist, and EntryError where the thread is another entry's.
    """
    require(author, RIGHT)
    [entry] = lock_entries([number])
    found = _get_thread(entry, thread)
    if settled == (found.settled_at is not None):
        return False
    at, by = (timezone.now(), author) if settled else (None, None)
    NoteThread.objects.filter(pk=found.pk).update(settled_at=at, settled_by=by)
    return True


def get_mentionable_people() -> list[User]:
    """Return the people whom a note can mention: those who may read entries in the admin, by user name."""
    people = User.objects.with_perm("faq.view_entry")
    return list(people.order_by("username"))


def _clean(text: str) -> str:
    lines = remove_direction_marks(normalize_line_ends(text)).strip()
    # Line ends and tabs apart, signs that control a terminal or are no character at all say nothing.
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in lines):
        raise EntryError("La note contient un caractère invisible illisible\u00a0; retapez-la.")
    if not is_visible(lines):
        raise EntryError("La note est vide\u00a0: écrivez-la avant de l’ajouter.")
    if len(lines) > NOTE_MAX_LENGTH:
        raise EntryError(describe_excess("La note", len(lines), NOTE_MAX_LENGTH, "raccourcissez-la"))
    return lines


def _get_thread(entry: Entry, thread: int) -> NoteThread:
    found: NoteThread | None = NoteThread.objects.of_entry(entry.pk).filter(pk=thread).first()
    if found is None:
        raise EntryError(
            f"Cet échange n’est pas, ou n’est plus, de la fiche {entry.reference}\u00a0: rechargez la page."
        )
    return found


def _find_people(text: str) -> tuple[list[User], list[str]]:
    """Return the people whom a text mentions, and the names that are nobody's."""
    mentions = find_mentions(text)
    if not mentions:
        return [], []
    by_name = {person.username.casefold(): person for person in get_mentionable_people()}
    people, unknown = {}, []
    for mention in mentions:
        names = list_possible_names(mention)
        if person := next((by_name[name.casefold()] for name in names if name.casefold() in by_name), None):
            people[person.pk] = person
        else:
            unknown.append(names[-1])
    return list(people.values()), unknown


def _find_same_note(entry: Entry, thread: NoteThread | None, text: str, author: User) -> Note | None:
    """Return the note that a second press of the button, or a page that is sent again, would repeat."""
    since = timezone.now() - _SAME_NOTE_WITHIN
    notes = Note.objects.filter(thread__entry=entry, author=author, text=text, created_at__gt=since)
    return (notes.filter(thread=thread) if thread else notes).first()

"""The block of the entry page in which editors write notes to each other, beside the versions."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from faq.admin.display import person_name
from faq.domain.limits import NOTE_MAX_LENGTH
from faq.domain.notes import LINK, MENTION, REFERENCE, Piece, split_note
from faq.enums import FormKind
from faq.models import Note, NoteThread
from faq.models.entries import number_of
from faq.services.content import EntryError
from faq.services.notes import RIGHT, get_mentionable_people, settle_thread, write_note
from faq.unsaved_text import delete_unsaved_text, get_autosaved_text

NEW, TYPED_PREFIX = "new", "note-"
_WRITE, _SETTLE, _REOPEN = "_note", "_settle_notes", "_reopen_notes"


@dataclass(frozen=True)
class ShownThread:
    """A thread, its notes as they are shown, and the answer that was typed and not stored."""

    thread: NoteThread
    notes: list[tuple[Note, str, SafeString]]
    settled_by: str
    typed: str
    origin: str
    """The reference of the merged entry that the thread was written about; empty where it is this one."""
    subject: str
    """The subject of autosaved answers to it."""


def write(request, entry):
    """Add what was typed as a note; keep it in its field where that is refused."""
    thread = number_of(request.POST[_WRITE])
    text = request.POST.get(f"{TYPED_PREFIX}{thread or NEW}", "")
    try:
        report = write_note(entry.pk, text, request.user, thread=thread)
    except (EntryError, PermissionDenied) as refusal:
        messages.error(request, str(refusal))
        return False
    delete_unsaved_text(request)
    told = ", ".join(person_name(person) for person in report.mentioned if person != request.user)
    messages.success(request, f"Note ajoutée, signalée à {told}." if told else "Note ajoutée.")
    if report.unknown:
        names = ", ".join(f"@{name}" for name in report.unknown)
        messages.warning(
            request, f"Personne n’est prévenu par {names}\u00a0: aucun compte de ce nom ne peut lire les fiches."
        )
    return True


def settle(request, entry):
    """Mark a thread as settled, unless an answer is typed that would be lost."""
    if request.POST.get(f"{TYPED_PREFIX}{request.POST[_SETTLE]}", "").strip():
        messages.error(request, "Votre réponse n’est pas encore ajoutée\u00a0: ajoutez-la ou effacez-la d’abord.")
        return False
    settle_thread(entry.pk, number_of(request.POST[_SETTLE]) or 0, request.user)
    messages.success(request, "Échange réglé\u00a0: il reste ici, replié.")
    return True


def reopen(request, entry):
    """Open a settled thread again."""
    settle_thread(entry.pk, number_of(request.POST[_REOPEN]) or 0, request.user, settled=False)
    messages.success(request, "L’échange est rouvert.")
    return True


HANDLERS = {_WRITE: write, _SETTLE: settle, _REOPEN: reopen}
"""The buttons of the block; see `BlockHandler` in `faq.admin.entries.page`."""


def get_context(request, entry):
    """Return the threads of the entry, open ones first, and the people whom a note can mention."""
    threads = (
        NoteThread.objects.of_entry(entry.pk)
        .select_related("settled_by", "entry")
        .defer("entry__answer", "entry__search_text")
    )
    notes = Note.objects.filter(thread__in=threads.values("pk")).select_related("author").prefetch_related("mentions")
    by_thread = {}
    for note in notes:
        by_thread.setdefault(note.thread_id, []).append(note)
    unsaved = get_autosaved_text(request, FormKind.NOTE)
    sent = unsaved.fields if unsaved else request.POST
    shown = [_build_thread(sent, entry, thread, by_thread.get(thread.pk, [])) for thread in threads]
    may_write = request.user.has_perm(RIGHT)
    return {
        "open_threads": [one for one in shown if not one.thread.settled_at],
        "settled_threads": [one for one in shown if one.thread.settled_at],
        "typed_note": sent.get(f"{TYPED_PREFIX}{NEW}", ""),
        "unsaved_note": unsaved,
        "note_title": f"Note sur {entry.reference}",
        "new_note_subject": _subject(entry, NEW),
        "may_write_notes": may_write,
        "mentionable": [(person.username, person_name(person)) for person in get_mentionable_people()]
        if may_write
        else [],
        "note_max_length": NOTE_MAX_LENGTH,
    }


def _build_thread(sent, entry, thread, notes):
    return ShownThread(
        thread=thread,
        notes=[(note, person_name(note.author), render_note(note)) for note in notes],
        settled_by=person_name(thread.settled_by),
        typed=sent.get(f"{TYPED_PREFIX}{thread.pk}", ""),
        origin=thread.entry.reference if thread.entry_id != entry.pk else "",
        subject=_subject(entry, thread.pk),
    )


def _subject(entry, thread):
    return f"{entry.pk} {thread}"


def render_note(note: Note) -> SafeString:
    """Return the text of a note as HTML: nothing in it is markup, what names something is a link."""
    names = [person.username for person in note.mentions.all()]
    return format_html_join("", "{}", ((_render_piece(piece),) for piece in split_note(note.text, names)))


def _render_piece(piece: Piece) -> str:
    match piece.kind:
        case kind if kind == LINK:
            return format_html('<a href="{}" rel="noreferrer">{}</a>', piece.target, piece.text)
        case kind if kind == REFERENCE:
            address = reverse("admin:faq_entry_change", args=(piece.target,))
            return format_html('<a href="{}">{}</a>', address, piece.text)
        case kind if kind == MENTION:
            return format_html("<strong>{}</strong>", piece.text)
        case _:
            return piece.text

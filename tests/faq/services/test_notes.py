"""Notes between editors: added and never changed, told to whom they mention, settled in threads, kept by merges."""

import pytest
from django.core.exceptions import PermissionDenied

from faq.domain.limits import NOTE_MAX_LENGTH
from faq.enums import NotificationKind
from faq.models import Note, NoteThread, Notification
from faq.models.versions import ImmutableError
from faq.services.content import EntryError, content_of
from faq.services.merging import merge_entries
from faq.services.notes import get_mentionable_people, settle_thread, write_note
from faq.services.undo import undo_batch
from tests.factories import an_entry, by_command
from tests.people import a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def jean():
    return a_person("jean")


@pytest.fixture
def marie():
    return a_person("marie.roy", "relecteur")


class TestWrite:
    def test_a_note_is_kept_as_typed(self, jean):
        entry = an_entry()
        report = write_note(entry.pk, "  Voir l’arrêté.\r\nPage 3. \n", jean)
        note = Note.objects.get()
        assert report.note == note
        assert (note.thread.entry, note.author, note.text) == (entry, jean, "Voir l’arrêté.\nPage 3.")

    def test_marks_that_turn_a_text_round_are_removed(self, jean):
        write_note(an_entry().pk, "Voir \u202eQ-12\u2066, \u200fpuis l’\u00e9tude.\u202c", jean)
        assert Note.objects.get().text == "Voir Q-12, puis l’étude."

    def test_people_who_are_mentioned_are_told_once_with_the_text(self, jean, marie):
        text = "@marie.roy. Qu’en dit @MARIE.roy ? Et @personne ?"
        report = write_note(an_entry().pk, text, jean)
        assert (report.mentioned, report.unknown) == ([marie], ["personne"])
        [row] = Notification.objects.all()
        assert (row.recipient, row.kind, row.text) == (marie, NotificationKind.MENTIONED, text)
        assert list(Note.objects.get().mentions.all()) == [marie]

    def test_nobody_is_told_who_mentions_themselves_is_gone_or_may_not_read(self, jean):
        a_person("parti", is_active=False)
        a_person("nouveau", role="")
        report = write_note(an_entry().pk, "@jean @parti @nouveau", jean)
        assert report.unknown == ["parti", "nouveau"]
        assert not Notification.objects.exists()
        assert get_mentionable_people() == [jean]

    @pytest.mark.parametrize("text", ["", " \n ", "\u200b", "a\0b", "a\x1b[31m", "é" * (NOTE_MAX_LENGTH + 1)])
    def test_what_says_nothing_or_too_much_is_refused(self, text, jean):
        with pytest.raises(EntryError, match="note"):
            write_note(an_entry().pk, text, jean)
        assert not NoteThread.objects.exists()

    def test_needs_the_right_to_change_entries(self):
        with pytest.raises(PermissionDenied):
            write_note(an_entry().pk, "Bonjour", a_person("ana", "analyste"))

    def test_a_second_press_adds_nothing(self, jean, marie):
        entry = an_entry()
        first = write_note(entry.pk, "Bonjour", jean)
        assert write_note(entry.pk, "Bonjour", jean).note == first.note
        write_note(entry.pk, "Bonjour", marie)
        assert (Note.objects.count(), NoteThread.objects.count()) == (2, 2)

    def test_a_note_is_never_changed_nor_deleted(self, jean):
        note = write_note(an_entry().pk, "Bonjour", jean).note
        note.text = "Autre"
        with pytest.raises(ImmutableError):
            note.save()
        with pytest.raises(ImmutableError):
            note.delete()


class TestThreads:
    def test_an_answer_stands_in_its_thread_and_opens_it_again(self, jean, marie):
        entry = an_entry()
        thread = write_note(entry.pk, "Pourquoi ?", jean).note.thread
        assert settle_thread(entry.pk, thread.pk, marie)
        assert not settle_thread(entry.pk, thread.pk, jean)
        thread.refresh_from_db()
        assert thread.settled_by == marie
        write_note(entry.pk, "Encore : pourquoi ?", jean, thread=thread.pk)
        thread.refresh_from_db()
        assert (thread.settled_at, thread.settled_by, thread.notes.count()) == (None, None, 2)

    def test_a_settled_thread_is_opened_again(self, jean):
        entry = an_entry()
        thread = write_note(entry.pk, "Pourquoi ?", jean).note.thread
        settle_thread(entry.pk, thread.pk, jean)
        assert settle_thread(entry.pk, thread.pk, jean, settled=False)
        assert NoteThread.objects.open().get() == thread

    def test_a_thread_of_another_entry_is_refused(self, jean):
        thread = write_note(an_entry().pk, "Pourquoi ?", jean).note.thread
        other = an_entry()
        for act in (
            lambda: write_note(other.pk, "Parce que.", jean, thread=thread.pk),
            lambda: settle_thread(other.pk, thread.pk, jean),
        ):
            with pytest.raises(EntryError, match="Cet échange"):
                act()


def test_notes_follow_the_survivor_of_a_merge_and_come_back_when_it_is_undone(jean):
    survivor, absorbed = an_entry("Une ?"), an_entry("Autre ?")
    thread = write_note(absorbed.pk, "Pourquoi ?", jean).note.thread
    bases = {entry.pk: entry.head.number for entry in (survivor, absorbed)}
    batch = merge_entries(survivor.pk, [absorbed.pk], content_of(survivor.head), by_command(), bases=bases).batch
    assert list(NoteThread.objects.of_entry(survivor.pk)) == [thread]
    write_note(survivor.pk, "Parce que.", jean, thread=thread.pk)
    assert write_note(absorbed.pk, "Trop tard ?", jean).note.thread.entry == survivor
    undo_batch(batch.pk, by_command())
    assert list(NoteThread.objects.of_entry(absorbed.pk)) == [thread]
    assert [found.notes.get().text for found in NoteThread.objects.of_entry(survivor.pk)] == ["Trop tard ?"]

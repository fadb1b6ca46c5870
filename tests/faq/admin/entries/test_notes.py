"""Notes on the page of an entry: written, answered, settled, and shown as what they are: plain text."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from faq.domain.limits import NOTE_MAX_LENGTH
from faq.models import Note, NoteThread
from faq.services.notes import settle_thread, write_note
from faq.services.workflow import archive_entry
from tests.factories import a_published_entry, an_entry, by_command
from tests.faq.admin.entry_form import page_of, read
from tests.people import a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def marie():
    return a_person("marie", first_name="Marie", last_name="Petit")


def send(client, entry, text, thread="new"):
    return client.post(page_of(entry), {"_note": str(thread), f"note-{thread}": text}, follow=True)


def test_written_answered_settled_and_opened_again(redacteur, marie):
    entry = an_entry()
    page = read(send(redacteur, entry, "@marie, est-ce juste ? Et @jean ?"))
    assert "Note ajoutée, signalée à Marie Petit." in page
    assert "Personne n’est prévenu par @jean" in page
    thread = NoteThread.objects.get()
    page = read(send(redacteur, entry, "Oui.", thread.pk))
    assert "Note ajoutée." in page
    assert thread.notes.count() == 2
    page = read(redacteur.post(page_of(entry), {"_settle_notes": thread.pk}, follow=True))
    assert "Échange réglé" in page
    assert "1 échange réglé" in page
    page = read(redacteur.post(page_of(entry), {"_reopen_notes": thread.pk}, follow=True))
    assert "L’échange est rouvert." in page
    assert "1 échange réglé" not in page


def test_a_typed_answer_is_not_lost_by_settling_its_thread(redacteur):
    entry = an_entry()
    send(redacteur, entry, "Pourquoi ?")
    thread = NoteThread.objects.get()
    page = read(redacteur.post(page_of(entry), {"_settle_notes": thread.pk, f"note-{thread.pk}": "Parce que."}))
    assert "Votre réponse n’est pas encore ajoutée" in page
    assert "Parce que.</textarea>" in page
    assert NoteThread.objects.get().settled_at is None


@pytest.mark.parametrize("text", ["  ", "é" * (NOTE_MAX_LENGTH + 1), "a\0b"])
def test_what_is_refused_stays_in_its_field(text, redacteur):
    entry = an_entry()
    answer = redacteur.post(page_of(entry), {"_note": "new", "note-new": text})
    assert answer.status_code == 200
    assert answer.context["typed_note"] == text
    assert "La note" in read(answer)
    assert not Note.objects.exists()


def test_an_answer_to_a_thread_that_is_gone_stays_too(redacteur):
    entry, other = an_entry("Une ?"), an_entry("Autre ?")
    thread = write_note(other.pk, "Pourquoi ?", redacteur.user).note.thread
    write_note(entry.pk, "Ici.", redacteur.user)
    answer = send(redacteur, entry, "Parce que.", thread.pk)
    assert "Cet échange n’est pas, ou n’est plus" in read(answer)
    assert Note.objects.filter(text="Parce que.").count() == 0


def test_a_note_is_plain_text_with_links(redacteur, marie):
    entry, other = an_entry("Une ?"), an_entry("Autre ?")
    text = f"<script>alert(1)</script> **gras** {other.reference} https://exemple.fr/a?b=1&c=2. @marie & co"
    page = send(redacteur, entry, text).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; **gras** " in page
    assert f'<a href="{page_of(other)}">{other.reference}</a>' in page
    assert '<a href="https://exemple.fr/a?b=1&amp;c=2" rel="noreferrer">https://exemple.fr/a?b=1&amp;c=2</a>. ' in page
    assert "<strong>@marie</strong> &amp; co" in page


def test_who_may_only_read_reads_and_writes_nothing(analyste, redacteur):
    entry = an_entry()
    thread = write_note(entry.pk, "Pourquoi ?", redacteur.user).note.thread
    page = read(analyste.get(page_of(entry)))
    assert "Pourquoi ?" in page
    assert 'name="_note"' not in page
    assert send(analyste, entry, "Parce que.").status_code == 403
    assert analyste.post(page_of(entry), {"_settle_notes": thread.pk}).status_code == 403


def test_without_notes_a_reader_sees_no_block(analyste):
    assert "Notes entre rédacteurs" not in read(analyste.get(page_of(an_entry())))


def test_an_archived_entry_keeps_its_notes(redacteur):
    entry = an_entry()
    write_note(entry.pk, "Pourquoi ?", redacteur.user)
    archive_entry(entry.pk, by_command())
    assert "Pourquoi ?" in read(redacteur.get(page_of(entry)))


@pytest.mark.every_database
def test_the_page_costs_the_same_however_many_notes_there_are(redacteur, marie, django_assert_num_queries):
    entry = an_entry()
    write_note(entry.pk, "@marie ?", redacteur.user)
    redacteur.get(page_of(entry))
    with CaptureQueriesContext(connection) as few:
        redacteur.get(page_of(entry))
    for rank in range(5):
        thread = write_note(entry.pk, f"@marie, {rank} ?", redacteur.user).note.thread
        write_note(entry.pk, f"Oui, {rank}.", marie, thread=thread.pk)
    settle_thread(entry.pk, thread.pk, marie)
    with django_assert_num_queries(len(few)):
        redacteur.get(page_of(entry))


def test_notes_are_never_public(client, redacteur):
    entry = a_published_entry()
    write_note(entry.pk, "Confidence d’équipe", redacteur.user)
    for address in (entry.get_absolute_url(), "/", "/?q=confidence"):
        assert "Confidence" not in client.get(address, follow=True).content.decode()

"""Undo: everything that one import or bulk action changed, and nothing else."""

import io
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from faq.admin.entries.review import get_refusal
from faq.domain.text import fingerprint
from faq.enums import Action, BatchKind, DumpVerdict, EntryStatus
from faq.models import Batch, Dump, Entry, Schedule
from faq.services.bulk import change_many
from faq.services.content import Content, EntryError
from faq.services.curation import import_curation
from faq.services.doctor import faults
from faq.services.dumps import Source, import_dumps
from faq.services.dumps_export import export_dump, find_dump
from faq.services.entries import edit_entry
from faq.services.schedules import cancel, schedule
from faq.services.undo import undo_batch
from faq.services.workflow import (
    archive_entry,
    publish_entry,
    refuse_entry,
    restore_entry,
    submit_entry,
    withdraw_entry,
)
from tests.factories import a_dump_file, a_published_entry, a_taxonomy, an_entry, by_command, take_dump

pytestmark = pytest.mark.django_db


def a_batch():
    return Batch.objects.create(kind=BatchKind.BULK_ACTION, label="Essai", created_at=by_command().at)


def undo(batch):
    return undo_batch(batch.pk, by_command())


def test_an_import_undone_leaves_no_dump_and_no_entry_in_use():
    take_dump(a_dump_file("Un.", "Deux."))
    report = undo(Batch.objects.get())
    assert len(report.archived) == 2
    assert not Entry.objects.exclude(status=EntryStatus.ARCHIVED).exists()
    assert not Dump.objects.current().exists()
    with pytest.raises(Dump.DoesNotExist):
        find_dump("page")


def test_an_import_undone_and_done_again_brings_its_entries_back():
    data = a_dump_file("Un.", "Deux.")
    take_dump(data)
    before = set(Entry.objects.values_list("pk", "answer", "status"))
    undo(Batch.objects.get())
    report = take_dump(data)
    assert not report.unchanged
    assert report.counts()[DumpVerdict.KNOWN] == 2
    assert set(Entry.objects.values_list("pk", "answer", "status")) == before
    assert b"".join(export_dump(find_dump("page"))) == data


def test_an_import_brings_back_what_undos_of_imports_archived_however_long_their_chain():
    data = a_dump_file("Un.")
    take_dump(data)
    undo(Batch.objects.get())
    undo(Batch.objects.first())
    undo(Batch.objects.first())
    assert Entry.objects.get().status == EntryStatus.ARCHIVED
    take_dump(data)
    assert Entry.objects.get().status == EntryStatus.DRAFT


def test_an_import_leaves_archived_what_an_editor_had_archived():
    """Restored in bulk, and that undone: the entry is archived because an editor once wanted it so."""
    entry = an_entry(answer="Vieux texte.")
    archive_entry(entry.pk, by_command())
    batch = a_batch()
    restore_entry(entry.pk, by_command(batch=batch))
    undo(batch)
    take_dump(a_dump_file("Vieux texte."))
    assert Entry.objects.get().status == EntryStatus.ARCHIVED


def test_a_restoration_undone_archives_again_what_a_dump_holds():
    take_dump(a_dump_file("Un."))
    entry = Entry.objects.get()
    archive_entry(entry.pk, by_command())
    restoration = change_many({entry.pk: None}, restore_entry, "Restauration", None)
    report = undo(restoration.batch)
    entry.refresh_from_db()
    assert (report.left, entry.status) == ([], EntryStatus.ARCHIVED)


def test_the_edition_before_is_current_again():
    take_dump(a_dump_file("Un."))
    take_dump(a_dump_file("Deux."))
    undo(Batch.objects.first())
    assert b"".join(export_dump(find_dump("page"))) == a_dump_file("Un.")


def test_what_editors_did_since_is_left_alone_and_named():
    take_dump(a_dump_file("Un.", "Deux.", "Trois."))
    first, second, third = Entry.objects.order_by("pk")
    edit_entry(first.pk, Content("Question ?", "Un."), by_command())
    batch = Batch.objects.get()
    take_dump(a_dump_file("Deux."), "autre")
    report = undo(batch)
    assert [(entry.pk, reason.split()[0]) for entry, reason in report.left] == [
        (first.pk, "modifiée"),
        (second.pk, "citée"),
    ]
    assert [entry.pk for entry in report.archived] == [third.pk]


def test_a_curation_undone_takes_question_and_filing_back():
    a_taxonomy()
    take_dump(a_dump_file("Un."))
    entry = Entry.objects.get()
    line = f"{fingerprint('Un.')},Combien ?,,hopital,,,"
    data = f"fingerprint,question,offer_types,couloirs,dispositifs,products,themes\n{line}".encode()
    import_curation(data, by_command(), label="essai")
    undo(Batch.objects.get(kind=BatchKind.CURATION))
    entry.refresh_from_db()
    assert (entry.question, entry.answer, entry.status) == ("", "Un.", EntryStatus.DRAFT)
    assert not entry.couloirs.exists()
    assert entry.versions.count() == 3


def test_a_publication_undone_brings_back_the_live_text_and_the_draft_beside_it():
    entry = a_published_entry("En ligne ?", "Oui.")
    edit_entry(entry.pk, Content("Brouillon ?", "Non."), by_command())
    batch = a_batch()
    publish_entry(entry.pk, by_command(batch=batch))
    report = undo(batch)
    entry.refresh_from_db()
    assert report.reverted == [entry]
    assert (entry.status, entry.question, entry.live.number) == (EntryStatus.PUBLISHED, "En ligne ?", 2)
    assert (entry.head.question, entry.head.status, entry.head.number) == (
        "Brouillon ?",
        EntryStatus.DRAFT,
        5,
    )
    assert list(entry.publications.order_by("pk").values_list("version__number", flat=True)) == [2, 4, 2]


def test_a_publication_undone_and_done_again_is_live_again():
    entry = a_published_entry("En ligne ?", "Oui.")
    edit_entry(entry.pk, Content("Brouillon ?", "Non."), by_command())
    batch = a_batch()
    publish_entry(entry.pk, by_command(batch=batch))
    undo(batch)
    undo(Batch.objects.get(kind=BatchKind.UNDO))
    entry.refresh_from_db()
    assert (entry.status, entry.question, entry.live) == (EntryStatus.PUBLISHED, "Brouillon ?", entry.head)
    assert list(faults()) == []


def test_an_archiving_undone_publishes_again():
    entry = a_published_entry("En ligne ?", "Oui.")
    batch = a_batch()
    archive_entry(entry.pk, by_command(batch=batch))
    undo(batch)
    entry.refresh_from_db()
    assert (entry.status, entry.live, entry.question) == (EntryStatus.PUBLISHED, entry.head, "En ligne ?")


def test_an_undo_is_undone():
    take_dump(a_dump_file("Un."))
    undo(Batch.objects.get())
    report = undo(Batch.objects.get(kind=BatchKind.UNDO))
    assert len(report.reverted) == 1
    assert Entry.objects.get().status == EntryStatus.DRAFT
    assert b"".join(export_dump(find_dump("page"))) == a_dump_file("Un.")


def test_what_is_undone_is_not_undone_again():
    take_dump(a_dump_file("Un."))
    batch = Batch.objects.get()
    undo(batch)
    with pytest.raises(EntryError, match="déjà annulé"):
        undo(batch)


def test_only_reviewers_undo():
    take_dump(a_dump_file("Un."))
    writer = User.objects.create_user("redacteur")
    writer.groups.add(Group.objects.get(name="rédacteur"))
    with pytest.raises(PermissionDenied):
        undo_batch(Batch.objects.get().pk, by_command(writer))


def test_an_import_of_nothing_new_leaves_no_batch():
    take_dump(a_dump_file("Un."))
    sources = [Source("page", io.BytesIO(a_dump_file("Un.")), "page.txt")]
    import_dumps(sources, by_command())
    assert Batch.objects.count() == 1


def bulk(operation, *entries, comment=""):
    return change_many({entry.pk: None for entry in entries}, operation, "Essai", None, comment=comment).batch


def test_lots_are_undone_in_reverse():
    entries = [an_entry(f"Question {rank} ?") for rank in range(19)]
    published, archived = bulk(publish_entry, *entries), bulk(archive_entry, *entries)
    assert len(undo(archived).reverted) == 19
    assert Entry.objects.live().count() == 19
    assert len(undo(published).reverted) == 19
    assert set(Entry.objects.values_list("status", flat=True)) == {EntryStatus.DRAFT}
    assert list(faults()) == []


def test_out_of_order_nothing_is_undone_or_recorded_and_it_can_be_tried_again():
    entry = an_entry()
    published, archived = bulk(publish_entry, entry), bulk(archive_entry, entry)
    report = undo(published)
    assert (report.batch, report.left, report.has_effect) == (None, [(entry, "modifiée depuis")], False)
    published.refresh_from_db()
    assert (published.undone_by, Batch.objects.count(), entry.versions.count()) == (None, 2, 3)
    undo(archived)
    assert undo(published).reverted == [entry]


def test_an_edit_that_was_taken_back_is_no_change():
    entry = an_entry()
    batch = bulk(publish_entry, entry)
    withdraw_entry(entry.pk, by_command())
    publish_entry(entry.pk, by_command())
    assert undo(batch).reverted == [entry]
    assert Entry.objects.get().status == EntryStatus.DRAFT


def test_plans_that_a_bulk_action_dropped_come_back_with_the_text_that_was_planned():
    entry = a_published_entry("En ligne ?")
    edit_entry(entry.pk, Content("Brouillon ?", "Oui."), by_command())
    due_at = timezone.now() + timedelta(days=7)
    for action in (Action.PUBLISHED, Action.WITHDRAWN):
        schedule(entry.pk, action, due_at, by_command())
    batch = bulk(archive_entry, entry)
    assert not Schedule.objects.exists()
    assert len(undo(batch).planned) == 2
    assert set(Schedule.objects.values_list("action", "due_at")) == {("published", due_at), ("withdrawn", due_at)}
    assert Schedule.objects.get(action="published").version == Entry.objects.get().head
    # Undoing the undo drops them again, and one more brings them back.
    again = Batch.objects.get(undoes=batch)
    assert len(undo(again).dropped) == 2
    assert not Schedule.objects.exists()
    assert len(undo(Batch.objects.get(undoes=again)).planned) == 2


def test_a_plan_that_had_failed_comes_back_with_its_own_error():
    entry = a_published_entry()
    schedule(entry.pk, Action.WITHDRAWN, timezone.now() + timedelta(days=7), by_command())
    failed_at = timezone.now()
    Schedule.objects.update(due_at=failed_at, failed_at=failed_at, error="La base de données a refusé.")
    undo(bulk(archive_entry, entry))
    assert Schedule.objects.values_list("failed_at", "error").get() == (failed_at, "La base de données a refusé.")


def test_what_was_planned_since_is_not_lost():
    entry = an_entry()
    batch = bulk(publish_entry, entry)
    planned = schedule(entry.pk, Action.WITHDRAWN, timezone.now() + timedelta(days=7), by_command())
    [(left, reason)] = undo(batch).left
    assert (left, "planifié depuis" in reason) == (entry, True)
    cancel(planned, None)
    assert undo(batch).reverted == [entry]


def test_a_refusal_is_a_refusal_again():
    entry = an_entry()
    submit_entry(entry.pk, by_command())
    refuse_entry(entry.pk, by_command(comment="Citez l’arrêté."))
    batch = bulk(archive_entry, entry)
    [(refused, version)] = undo(batch).refusals
    assert (refused, version.comment) == (entry, "Citez l’arrêté.")
    head = Entry.objects.get().head
    assert (head.status, head.comment, head.returns_to) == (EntryStatus.DRAFT, "Citez l’arrêté.", version)
    assert get_refusal(refused)["version"] == version


def test_a_text_waits_again_for_its_reviewers_submitted_by_whom_it_was():
    author = User.objects.create_superuser("redactrice")
    entry = an_entry()
    submit_entry(entry.pk, by_command(author, comment="À relire."))
    undo(bulk(publish_entry, entry))
    waiting = Entry.objects.to_review().get()
    assert (waiting.submitter, waiting.head.original.author, waiting.head.comment) == (author.pk, author, "À relire.")


def test_an_undo_that_is_in_force_again_marks_its_batch_again():
    take_dump(a_dump_file("Un."))
    batch = Batch.objects.get()
    first = undo(batch).batch
    second = undo(first).batch
    assert Dump.objects.current().exists()
    undo(second)
    batch.refresh_from_db()
    assert batch.undone_by == first
    assert not Dump.objects.current().exists()

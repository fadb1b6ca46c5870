"""Undo: everything that one import or bulk action changed, and nothing else."""

import io

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied

from faq.domain.text import fingerprint
from faq.enums import BatchKind, DumpVerdict, EntryStatus
from faq.models import Batch, Dump, Entry
from faq.services.content import Content, EntryError
from faq.services.curation import import_curation
from faq.services.doctor import faults
from faq.services.dumps import Source, import_dumps
from faq.services.dumps_export import export_dump, find_dump
from faq.services.entries import edit_entry
from faq.services.undo import undo_batch
from faq.services.workflow import archive_entry, publish_entry
from tests.factories import a_dump_file, a_published_entry, a_taxonomy, by_command, take_dump

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
    assert [(entry.pk, reason.split()[0]) for entry, reason in report.kept] == [
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

"""The rules that the database holds itself, each by its name."""

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from faq.enums import Action, BatchKind, EntryStatus, Origin
from faq.models import (
    Batch,
    Couloir,
    Dispositif,
    DroppedSchedule,
    Dump,
    Entry,
    EntryAlias,
    EntryTheme,
    Epoch,
    MovedRow,
    OfferType,
    Passage,
    Product,
    Publication,
    ReviewEvent,
    Theme,
    Verification,
    Version,
)
from faq.models.versions import ImmutableError
from tests.factories import a_published_entry, a_taxonomy, an_entry

pytestmark = pytest.mark.django_db


def refused_by(name, write):
    """SQLite names unique constraints by their columns, so there the columns are looked for."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        write()
    message = str(refusal.value)
    columns = UNIQUE_COLUMNS.get(name, name)
    assert name in message or columns in message


UNIQUE_COLUMNS = {
    "entry_theme_once": "faq_entrytheme.content_object_id, faq_entrytheme.tag_id",
    "version_number_once_per_entry": "faq_version.entry_id, faq_version.number",
    "dump_edition_once_per_name": "faq_dump.name, faq_dump.edition",
    "passage_position_once_per_dump": "faq_passage.dump_id, faq_passage.position",
    "publication_one_open_per_entry": "faq_publication.entry_id",
    "moved_row_passage_once_per_batch": "faq_movedrow.batch_id, faq_movedrow.passage_id",
    "moved_row_former_once_per_batch": "faq_movedrow.batch_id, faq_movedrow.former_id",
    "dropped_schedule_once_per_batch_entry_and_action": (
        "faq_droppedschedule.batch_id, faq_droppedschedule.entry_id, faq_droppedschedule.action"
    ),
}


def a_batch(kind=BatchKind.DUMP_IMPORT):
    return Batch.objects.create(kind=kind, label="Essai", created_at=timezone.now())


def a_dump(**fields):
    details = {"name": "page", "sha256": "0" * 64, "size": 1, "imported_at": timezone.now()} | fields
    return Dump.objects.create(batch=a_batch(), **details)


def a_passage(**fields):
    return Passage.objects.create(**{"position": 1, "line": 1, "closing": "x"} | fields)


def a_version(entry, **fields):
    details = {
        "number": 9,
        "status": EntryStatus.DRAFT,
        "action": Action.EDITED,
        "origin": Origin.FORM,
        "created_at": timezone.now(),
    }
    return Version.objects.create(entry=entry, **details | fields)


def update(entry, **fields):
    return lambda: Entry.objects.filter(pk=entry.pk).update(**fields)


def test_entries():
    draft, live = an_entry(), a_published_entry()
    refused_by("entry_status_known", update(draft, status="perdu"))
    refused_by("entry_live_exactly_when_published", update(draft, status=EntryStatus.PUBLISHED))
    refused_by("entry_live_exactly_when_published", update(live, live=None))
    refused_by("entry_live_exactly_when_published", update(draft, live=draft.head))
    refused_by("entry_published_has_question_and_answer", update(live, question=""))
    refused_by("entry_published_has_question_and_answer", update(live, answer=""))


def test_versions():
    entry = an_entry()
    refused_by("version_number_once_per_entry", lambda: a_version(entry, number=1))
    refused_by("version_number_from_1", lambda: a_version(entry, number=0))
    refused_by("version_status_known", lambda: a_version(entry, status="perdu"))
    refused_by("version_action_known", lambda: a_version(entry, action="perdu"))
    refused_by("version_origin_known", lambda: a_version(entry, origin="perdu"))


def test_versions_are_never_changed_or_deleted():
    version = an_entry().head
    version.question = "Réécrite ?"
    for attempt in (
        version.save,
        version.delete,
        Version.objects.all().delete,
        lambda: Version.objects.update(question="Réécrite ?"),
    ):
        with pytest.raises(ImmutableError):
            attempt()
    assert Version.objects.get().question == "Comment faire ?"


def test_publications():
    entry = a_published_entry()
    now = timezone.now()
    again = {"entry": entry, "version": entry.live, "live_from": now}
    refused_by("publication_one_open_per_entry", lambda: Publication.objects.create(**again))
    refused_by(
        "publication_ends_after_it_begins",
        lambda: Publication.objects.create(**again, live_until=now - timezone.timedelta(1)),
    )


def test_dumps_and_passages():
    entry = an_entry()
    dump = a_dump()
    refused_by("dump_edition_once_per_name", a_dump)
    refused_by("dump_edition_from_1", lambda: a_dump(edition=0))
    refused_by("dump_name_can_be_cited", lambda: a_dump(name=""))
    refused_by("dump_name_can_be_cited", lambda: a_dump(name="a#1"))
    a_passage(dump=dump)
    refused_by("passage_position_once_per_dump", lambda: a_passage(dump=dump))
    refused_by("passage_position_from_1", lambda: a_passage(dump=dump, position=0))
    refused_by("passage_has_entry_unless_empty", lambda: a_passage(dump=dump, position=2, entry=entry))
    refused_by("passage_has_entry_unless_empty", lambda: a_passage(dump=dump, position=2, fingerprint="f" * 32))


def test_batches_and_aliases():
    entry = an_entry()
    batch = a_batch()
    refused_by("batch_kind_known", lambda: a_batch("perdu"))
    refused_by("batch_not_undone_by_itself", lambda: Batch.objects.filter(pk=batch.pk).update(undone_by=batch))
    refused_by("entry_alias_not_itself", lambda: EntryAlias.objects.create(former=entry, survivor=entry, batch=batch))


def test_what_a_batch_moved_and_dropped():
    entry, former, batch = an_entry(), an_entry(), a_batch()
    passage = a_passage(dump=a_dump())

    def a_row(**fields):
        return MovedRow.objects.create(batch=batch, entry=entry, **fields)

    def a_plan():
        now = timezone.now()
        return DroppedSchedule.objects.create(
            batch=batch, entry=entry, action=Action.WITHDRAWN, due_at=now, created_at=now
        )

    a_row(passage=passage), a_row(former=former), a_plan()
    refused_by("moved_row_is_passage_or_former_number", a_row)
    refused_by("moved_row_is_passage_or_former_number", lambda: a_row(passage=passage, former=former))
    refused_by("moved_row_passage_once_per_batch", lambda: a_row(passage=passage))
    refused_by("moved_row_former_once_per_batch", lambda: a_row(former=former))
    refused_by("dropped_schedule_once_per_batch_entry_and_action", a_plan)
    refused_by("batch_survivor_exactly_of_merges", lambda: a_batch(BatchKind.MERGE))
    refused_by("batch_survivor_exactly_of_merges", lambda: Batch.objects.update(survivor=entry))


def test_verifications_and_events():
    live, draft = a_published_entry(), an_entry()
    check = live.verification
    refused_by("entry_to_check_again_only_while_live", update(draft, review_before=timezone.localdate()))
    checks = Verification.objects.filter(pk=check.pk)
    refused_by("verification_kind_known", lambda: checks.update(kind="perdue"))
    refused_by("verification_taken_back_is_dated", lambda: checks.update(taken_back_in=a_batch()))

    def an_event(**fields):
        details = {"facet": "themes", "term": 1, "label": "INS", "reason": "décret", "due_count": 1}
        dates = {"happened_on": timezone.localdate(), "declared_at": timezone.now()}
        return ReviewEvent.objects.create(**details | dates | fields)

    refused_by("event_facet_known", lambda: an_event(facet="perdue"))
    refused_by("event_has_reason", lambda: an_event(reason=""))
    author = User.objects.create_user("personne")
    refused_by("event_taken_back_is_dated", lambda: an_event(taken_back_by=author))


def test_taxonomy_and_epoch():
    a_taxonomy()
    entry = an_entry(themes="certificats")
    refused_by("dispositif_vague_is_1_or_2", lambda: Dispositif.objects.update(vague=3))
    for model in (OfferType, Couloir, Dispositif, Product, Theme):
        name = f"{model._meta.model_name}_review_months_known"
        refused_by(name, lambda model=model: model.objects.update(review_months=7))
    refused_by(
        "entry_theme_once",
        lambda: EntryTheme.objects.create(content_object=entry, tag=Theme.objects.get(slug="certificats")),
    )
    refused_by("epoch_one_row", lambda: Epoch.objects.create(pk=2, token="x"))

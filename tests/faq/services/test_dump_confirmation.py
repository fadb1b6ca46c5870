"""Confirmed imports: what editors chose, once, as one batch, and never on a preview that is out of date."""

import threading
import uuid

import pytest
from django.contrib.auth.models import User
from django.db import connection

from faq.enums import DumpChoice, DumpVerdict, EntryStatus, Origin
from faq.models import Batch, Dump, DumpPreview, Entry, Passage, PreviewedAnswer, Upload
from faq.services.content import Content, EntryError
from faq.services.doctor import faults
from faq.services.dump_confirmation import PreviewOutdated, confirm_preview
from faq.services.dump_previews import (
    abandon_preview,
    compute_preview,
    get_files,
    is_running,
    open_preview,
    store_choice_for_all,
    store_choices,
)
from faq.services.dumps_export import find_dump
from faq.services.entries import edit_entry
from faq.services.undo import undo_batch
from faq.services.workflow import archive_entry, publish_entry
from tests.factories import a_dump_file, an_entry, by_command, take_dump, unlike_texts
from tests.pairs import DELAY, LONG_DELAY, OTHER_DELAY, REWORDED_DELAY
from tests.previewing import a_preview, confirm, content, exported, rows, sent, verdicts

pytestmark = pytest.mark.django_db

NEW, LIKE = DumpVerdict.NEW, DumpVerdict.LOOKS_LIKE


@pytest.fixture
def paul():
    return User.objects.create_superuser("paul")


def test_an_import_takes_the_choices_and_every_byte_comes_back(paul):
    take_dump(a_dump_file(DELAY, "Reste."), "page")
    delay = Entry.objects.earliest("pk")
    publish_entry(edit_entry(delay.pk, Content("Quel délai ?", DELAY), by_command()).entry.pk, by_command())
    data = a_dump_file(OTHER_DELAY, "Reste.", "Arrive.")
    other = a_dump_file(LONG_DELAY, REWORDED_DELAY, line_end="\r\n")
    preview = a_preview(paul, page=data, autre=other)
    changed, _, _, long, reworded = rows(preview)
    assert (changed.choice, long.choice, reworded.choice) == (DumpChoice.PROPOSE, DumpChoice.CREATE, DumpChoice.CREATE)
    assert store_choices(preview, {long.pk: DumpChoice.KEEP, reworded.pk: DumpChoice.KEEP}) == 2
    done = confirm(preview, paul)
    assert (exported("page"), exported("autre")) == (data, other)
    delay.refresh_from_db()
    assert (delay.answer, delay.head.answer, delay.head.question) == (DELAY, OTHER_DELAY, "Quel délai ?")
    assert (delay.head.origin, delay.head.author, delay.head.batch) == (Origin.DUMP_IMPORT, paul, done.batch)
    assert delay.head.status == EntryStatus.DRAFT
    assert [passage.entry for passage in find_dump("autre").passages.all()] == [delay, delay]
    assert [entry.answer for entry in Entry.objects.filter(head__batch=done.batch, head__number=1)] == ["Arrive."]
    assert list(faults()) == []
    assert not PreviewedAnswer.objects.exists()
    assert not Upload.objects.exists()


def test_undoing_an_import_takes_its_proposals_back(paul):
    take_dump(a_dump_file(DELAY), "page")
    entry = Entry.objects.get()
    before = entry.head.answer
    batch = confirm(a_preview(paul, page=a_dump_file(OTHER_DELAY, "Arrive.")), paul).batch
    report = undo_batch(batch.pk, by_command())
    assert report.left == []
    entry.refresh_from_db()
    assert entry.head.answer == before
    assert exported("page") == a_dump_file(DELAY)
    assert Entry.objects.archived().get().answer == "Arrive."


def test_what_editors_rewrote_stays_unless_they_choose_otherwise(paul):
    take_dump(a_dump_file(DELAY), "page")
    entry = Entry.objects.get()
    edit_entry(entry.pk, Content("Quel délai ?", DELAY + " Voyez le calendrier."), by_command())
    preview = a_preview(paul, page=a_dump_file(OTHER_DELAY))
    confirm(preview, paul)
    entry.refresh_from_db()
    assert entry.head.number == 2
    assert find_dump("page").passages.get().entry == entry


OWN_LINE, NEW_LINE = "Voyez aussi le calendrier des ateliers.", "Le support répond du lundi au vendredi."


@pytest.mark.parametrize(
    ("own", "new", "proposed"),
    [
        pytest.param(f"{DELAY}\n\n{OWN_LINE}", OTHER_DELAY, f"{OTHER_DELAY}\n\n{OWN_LINE}", id="other-lines"),
        pytest.param(DELAY.replace("30", "45"), OTHER_DELAY, OTHER_DELAY, id="same-line"),
        pytest.param(
            f"{OWN_LINE}\n{DELAY}", f"{DELAY}\n{NEW_LINE}", f"{OWN_LINE}\n{DELAY}\n{NEW_LINE}", id="both-ends"
        ),
    ],
)
def test_a_proposal_keeps_what_editors_wrote_elsewhere_in_the_text(paul, own, new, proposed):
    take_dump(a_dump_file(DELAY), "page")
    entry = Entry.objects.get()
    edit_entry(entry.pk, Content("Quel délai ?", own), by_command())
    preview = a_preview(paul, page=a_dump_file(new))
    [row] = rows(preview)
    assert (row.curated, row.choice) == (True, DumpChoice.KEEP)
    assert store_choice_for_all(preview, DumpVerdict.CHANGED, DumpChoice.PROPOSE) == 0
    assert store_choices(preview, {row.pk: DumpChoice.PROPOSE}) == 1
    confirm(preview, paul)
    entry.refresh_from_db()
    assert entry.head.answer == proposed
    assert [version.answer for version in entry.versions.order_by("number")] == [DELAY, own, proposed]


def test_a_choice_for_all_leaves_the_others_alone(paul):
    an_entry(answer=DELAY)
    preview = a_preview(paul, page=a_dump_file(OTHER_DELAY, "Arrive.", OTHER_DELAY.upper()))
    assert verdicts(preview) == [LIKE, NEW, LIKE]
    assert store_choice_for_all(preview, LIKE, DumpChoice.KEEP) == 2
    assert store_choice_for_all(preview, NEW, DumpChoice.KEEP) == 0
    assert [row.choice for row in rows(preview)] == [DumpChoice.KEEP, "", DumpChoice.KEEP]
    assert store_choice_for_all(preview, LIKE, DumpChoice.PROPOSE) == 1
    assert [row.choice for row in rows(preview)] == [DumpChoice.PROPOSE, "", DumpChoice.KEEP]


@pytest.mark.parametrize("chunk", [1, 500])
def test_answers_alike_within_an_import_can_share_one_entry(paul, monkeypatch, chunk):
    monkeypatch.setattr("faq.services.dumps.CHUNK", chunk)
    first, other = a_dump_file(DELAY, REWORDED_DELAY, "Autre chose."), a_dump_file(OTHER_DELAY, REWORDED_DELAY)
    preview = a_preview(paul, a=first, b=other)
    assert verdicts(preview) == [NEW, LIKE, NEW, LIKE, DumpVerdict.KNOWN]
    assert store_choice_for_all(preview, LIKE, DumpChoice.KEEP) == 2
    confirm(preview, paul)
    assert (exported("a"), exported("b")) == (first, other)
    entry, alone = Entry.objects.order_by("pk")
    assert (entry.answer, alone.answer) == (DELAY, "Autre chose.")
    assert list(Passage.objects.filter(entry=entry).values_list("dump__name", "position")) == [
        ("a", 1),
        ("a", 2),
        ("b", 1),
        ("b", 2),
    ]
    assert list(faults()) == []


def test_a_choice_that_an_answer_does_not_leave_is_passed_over(paul):
    an_entry(answer=DELAY)
    preview = a_preview(paul, page=a_dump_file(OTHER_DELAY, "Arrive."))
    like, new = rows(preview)
    assert store_choices(preview, {like.pk: "autre", new.pk: DumpChoice.KEEP, 10**9: DumpChoice.KEEP}) == 0


def test_two_texts_proposed_to_one_entry_are_refused(paul):
    an_entry(answer=DELAY)
    preview = a_preview(paul, a=a_dump_file(OTHER_DELAY), b=a_dump_file(LONG_DELAY))
    store_choice_for_all(preview, LIKE, DumpChoice.PROPOSE)
    assert verdicts(preview) == [LIKE, LIKE]
    with pytest.raises(EntryError, match="a, ligne 1 ; b, ligne 1"):
        confirm(preview, paul)
    assert not Dump.objects.exists()
    preview.refresh_from_db()
    assert preview.started_at is None


def test_a_second_confirmation_changes_nothing(paul):
    preview = a_preview(paul, page=a_dump_file("Un."))
    batch = confirm(preview, paul).batch
    before = content()
    assert confirm(preview, paul).batch == batch
    assert content() == before


# What happened since the preview


def edited(entry):
    edit_entry(entry.pk, Content("Question ?", entry.answer + " Et plus."), by_command())


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(edited, id="edited"),
        pytest.param(lambda entry: archive_entry(entry.pk, by_command()), id="archived"),
        pytest.param(lambda entry: take_dump(a_dump_file("Un."), "page"), id="imported"),
        pytest.param(lambda entry: an_entry(answer="Arrive."), id="known"),
        pytest.param(lambda entry: an_entry(answer="Le certificat de test expire au bout de 24 mois."), id="alike"),
    ],
)
def test_a_preview_that_is_out_of_date_imports_nothing_and_says_what_changed(paul, change):
    entry = an_entry(answer=DELAY)
    text = "Le certificat de test expire au bout de 12 mois."
    preview = a_preview(paul, page=a_dump_file(OTHER_DELAY, "Arrive.", text))
    change(entry)
    before = content()
    with pytest.raises(PreviewOutdated):
        confirm(preview, paul)
    assert content() == before
    compute_preview(preview, marking=True)
    assert get_files(preview)[0].edition == 2 or any(row.renewed for row in rows(preview))
    confirm(preview, paul)
    assert exported("page") == a_dump_file(OTHER_DELAY, "Arrive.", text)


def test_choices_stay_where_the_verdict_does(paul):
    delay, other = an_entry(answer=DELAY), an_entry(answer="Le certificat de test expire au bout de 12 mois.")
    preview = a_preview(paul, page=a_dump_file(OTHER_DELAY, "Le certificat de test expire au bout de 24 mois."))
    store_choice_for_all(preview, LIKE, DumpChoice.KEEP)
    edited(other)
    compute_preview(preview, marking=True)
    assert [(row.entry, row.choice, row.renewed) for row in rows(preview)] == [
        (delay, DumpChoice.KEEP, False),
        (other, DumpChoice.CREATE, True),
    ]


def test_edits_of_other_entries_stop_no_import(paul):
    other = an_entry(answer="Un sujet tout autre, sans rapport.")
    preview = a_preview(paul, page=a_dump_file(DELAY))
    edited(other)
    assert confirm(preview, paul).batch


def test_a_preview_can_be_given_up(paul):
    preview = a_preview(paul, page=a_dump_file("Un."))
    abandon_preview(preview)
    assert not DumpPreview.objects.exists()
    assert not Upload.objects.exists()
    with pytest.raises(DumpPreview.DoesNotExist):
        confirm_preview(uuid.uuid4(), paul)


def test_old_previews_go_with_the_next_one(paul):
    old = a_preview(paul, page=a_dump_file("Un."))
    DumpPreview.objects.update(created_at="2020-01-01T00:00:00Z")
    Upload.objects.update(created_at="2020-01-01T00:00:00Z")
    new = a_preview(paul, page=a_dump_file("Deux."))
    assert list(DumpPreview.objects.all()) == [new]
    assert {upload.group for upload in Upload.objects.all()} == {new.key} != {old.key}


def test_files_that_are_gone_are_asked_for_again(paul):
    preview = a_preview(paul, page=a_dump_file("Un."))
    Upload.objects.all().delete()
    with pytest.raises(EntryError, match="envoyez-les de nouveau"):
        confirm(preview, paul)


def test_progress_runs_over_all_files(paul, monkeypatch):
    monkeypatch.setattr("faq.services.dumps.CHUNK", 2)
    seen = []
    preview = open_preview([sent("a", a_dump_file("1", "2", "3")), sent("b", a_dump_file("4"))], paul)
    compute_preview(preview, lambda done, total: seen.append((done, total)))
    assert seen == [(2, 4), (3, 4), (4, 4)]


# Several people at once


def at_once(*calls):
    """Run calls in threads that start together; return what each returned or raised."""
    results, barrier = [], threading.Barrier(len(calls))

    def run(call):
        barrier.wait()
        try:
            results.append(call())
        except EntryError as refusal:
            results.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_make_one_batch():
    paul = User.objects.create_superuser("paul")
    preview = a_preview(paul, page=a_dump_file(*unlike_texts(40)))
    first, second = at_once(*[lambda: confirm_preview(preview.key, paul)] * 2)
    assert first.batch_id == second.batch_id == Batch.objects.get().pk
    assert (Dump.objects.count(), Entry.objects.count()) == (1, 40)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_with_the_same_dump_one_imports_and_the_other_is_told():
    people = [User.objects.create_superuser(name) for name in ("paul", "marie")]
    data = a_dump_file(*unlike_texts(40))
    previews = [a_preview(person, page=data) for person in people]
    results = at_once(
        *(lambda one=one: confirm_preview(one[0].key, one[1]) for one in zip(previews, people, strict=True))
    )
    [outdated] = [result for result in results if isinstance(result, PreviewOutdated)]
    [done] = [result for result in results if result is not outdated]
    assert done.batch == Batch.objects.get()
    [preview] = [preview for preview in previews if preview.pk != done.pk]
    compute_preview(preview, marking=True)
    assert [file.unchanged for file in get_files(preview)] == [True]


@pytest.mark.django_db(transaction=True)
def test_an_import_under_way_is_seen_from_elsewhere():
    paul = User.objects.create_superuser("paul")
    preview = a_preview(paul, page=a_dump_file("Un."))
    seen = []

    def look(done, total):
        def from_elsewhere():
            seen.append(is_running(preview))
            connection.close()

        thread = threading.Thread(target=from_elsewhere)
        thread.start()
        thread.join()

    confirm_preview(preview.key, paul, look)
    expected = connection.vendor == "postgresql"
    assert seen == [True if expected else None]
    assert is_running(preview) is (False if expected else None)

"""Merging: nothing lost, every address answered, and undone to the row."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from faq.domain.facets import Facet
from faq.domain.merge import combine_filings, combine_texts
from faq.enums import Action, Decision, EntryStatus, Origin
from faq.models import Batch, Entry, EntryAlias, Epoch, Pair, Passage, Schedule, SeeAlso
from faq.models.entries import filing_table
from faq.services.conflicts import StaleVersion
from faq.services.content import Content, EntryError, content_of
from faq.services.doctor import faults
from faq.services.duplicates import compare_waiting, decide_pair
from faq.services.entries import edit_entry
from faq.services.merging import add_see_also, merge_entries, remove_see_also
from faq.services.schedules import OVERDUE, carry_out_due, schedule
from faq.services.undo import undo_batch
from faq.services.workflow import archive_entry, publish_entry, restore_entry
from tests.factories import (
    a_dump_file,
    a_filing,
    a_published_entry,
    a_taxonomy,
    an_entry,
    by_command,
    some_published_entries,
    take_dump,
)
from tests.pairs import DELAY, the_pair

pytestmark = pytest.mark.django_db


def head_of(entry):
    return Entry.objects.select_related("head").get(pk=entry.pk).head


def merge(survivor, *absorbed, content=None, author=None, bases=None):
    """Merge entries as they are now; the survivor keeps what it says."""
    bases = bases or {entry.pk: head_of(entry).number for entry in (survivor, *absorbed)}
    content = content or content_of(head_of(survivor))
    return merge_entries(survivor.pk, [entry.pk for entry in absorbed], content, by_command(author), bases=bases)


def tables():
    """Return all that visitors, editors and exports see of entries, apart from their history."""
    filings = {facet: set(filing_table(facet)[0].objects.values_list(*filing_table(facet)[1:])) for facet in Facet}
    columns = ("pk", "status", "question", "answer", "search_text")
    return {
        "entries": list(Entry.objects.order_by("pk").values_list(*columns)),
        "live": set(Entry.objects.live().values_list("pk", "live__question", "live__answer")),
        "filings": filings,
        "passages": list(Passage.objects.order_by("pk").values_list("pk", "entry")),
        "aliases": set(EntryAlias.objects.values_list("former", "survivor", "batch")),
        "pairs": set(Pair.objects.values_list("left", "right", "kind", "stands", "decision")),
        "schedules": set(
            Schedule.objects.values_list("entry", "action", "due_at", "author", "error", "version__question")
        ),
    }


class TestMerging:
    def test_the_survivor_answers_for_all(self):
        kept, gone, other = (a_published_entry(f"{name} ?") for name in "ABC")
        epoch = Epoch.now()
        report = merge(kept, gone, other)
        assert [outcome.version.action for outcome in report.absorbed] == [Action.ABSORBED] * 2
        assert set(EntryAlias.objects.values_list("former", "survivor")) == {(gone.pk, kept.pk), (other.pk, kept.pk)}
        assert list(Entry.objects.live()) == [kept]
        assert Epoch.now() != epoch
        assert report.batch.label == f"Fusion de {gone.reference}, {other.reference} dans {kept.reference}"
        assert not report.changed
        assert kept.versions.count() == 2
        assert list(faults()) == []

    def test_one_version_per_changed_entry_within_one_batch(self):
        kept, gone = a_published_entry("A ?"), a_published_entry("B ?")
        report = merge(kept, gone, content=Content("A et B ?", "Les deux."))
        assert report.changed
        assert sorted(report.batch.versions.values_list("entry", "action", "origin", "status")) == [
            (kept.pk, Action.MERGED, Origin.MERGE, EntryStatus.PUBLISHED),
            (gone.pk, Action.ABSORBED, Origin.MERGE, EntryStatus.ARCHIVED),
        ]
        assert Entry.objects.get(pk=kept.pk).question == "A et B ?"

    def test_a_draft_that_takes_the_place_of_a_live_entry_is_live(self):
        draft, live = an_entry("Brouillon ?"), a_published_entry("En ligne ?")
        merge(draft, live)
        assert list(Entry.objects.live()) == [draft]

    def test_drafts_stay_drafts(self):
        kept, gone = an_entry("A ?"), an_entry("B ?")
        merge(kept, gone)
        assert not Entry.objects.live().exists()

    def test_the_label_of_a_large_merge_fits_its_column(self):
        survivor, *absorbed = some_published_entries(80)
        label = merge(survivor, *absorbed).batch.label
        assert label.startswith(f"Fusion de {absorbed[0].reference}, {absorbed[1].reference}")
        assert len(label) <= Batch._meta.get_field("label").max_length

    def test_chains_collapse(self):
        first, second, third = (a_published_entry(f"{name} ?") for name in "ABC")
        merge(second, first)
        report = merge(third, second)
        assert report.aliases == 1
        assert set(EntryAlias.objects.values_list("former", "survivor")) == {
            (first.pk, third.pk),
            (second.pk, third.pk),
        }
        assert list(faults()) == []

    def test_passages_follow_and_the_same_text_comes_in_under_the_survivor(self):
        take_dump(a_dump_file("Un texte.", "Un autre texte."))
        gone, kept = Entry.objects.order_by("pk")
        report = merge(kept, gone)
        assert report.passages == 1
        assert set(Passage.objects.values_list("entry", flat=True)) == {kept.pk}
        again = take_dump(a_dump_file("Un texte."), name="autre")
        assert [finding.number for finding in again.findings] == [kept.pk]
        assert Entry.objects.count() == 2

    def test_a_text_without_a_passage_comes_in_under_the_survivor_too(self):
        kept, gone = an_entry("A ?", "Le texte gardé."), an_entry("B ?", "Le texte absorbé.")
        merge(kept, gone)
        [finding] = take_dump(a_dump_file("Le texte absorbé.")).findings
        assert finding.number == kept.pk

    def test_refusals(self):
        kept, gone, archived = an_entry("A ?"), an_entry("B ?"), an_entry("C ?")
        archive_entry(archived.pk, by_command())
        for attempt, reason in (
            (lambda: merge(kept, kept), "deux fiches différentes"),
            (lambda: merge(kept), "deux fiches différentes"),
            (lambda: merge(kept, archived), "est archivée"),
            (lambda: merge(archived, gone), "est archivée"),
            (lambda: merge(a_published_entry(), gone, content=Content("", "Sans question.")), "il lui faut"),
        ):
            with pytest.raises(EntryError, match=reason):
                attempt()
        assert not EntryAlias.objects.exists()
        assert not Batch.objects.exists()

    @pytest.mark.parametrize(
        "content",
        [Content("", "Oui."), Content("Oui ?", ""), Content("Oui ?", "\u200b"), Content("\ufeff", "Oui.")],
    )
    def test_a_survivor_that_would_be_live_needs_question_and_answer(self, content):
        kept, gone = an_entry("A ?"), a_published_entry("B ?")
        with pytest.raises(EntryError, match="il lui faut une question et une réponse"):
            merge(kept, gone, content=content)
        assert not EntryAlias.objects.exists()

    def test_a_circle_is_refused(self):
        first, second = a_published_entry("A ?"), a_published_entry("B ?")
        merge(second, first)
        with pytest.raises(EntryError, match="est archivée"):
            merge(first, second)

    def test_what_somebody_changed_meanwhile_is_not_merged(self):
        kept, gone = an_entry("A ?"), an_entry("B ?")
        bases = {kept.pk: 1, gone.pk: 1}
        edit_entry(gone.pk, Content("Changée ?", "Oui."), by_command())
        with pytest.raises(StaleVersion, match=gone.reference):
            merge(kept, gone, bases=bases)
        assert head_of(gone).question == "Changée ?"

    @pytest.mark.parametrize(("role", "may"), [("rédacteur", False), ("relecteur", True), ("analyste", False)])
    def test_rights(self, role, may):
        author = User.objects.create_user(role)
        author.groups.add(Group.objects.get(name=role))
        kept, gone = an_entry("A ?"), an_entry("B ?")
        if may:
            assert merge(kept, gone, author=author).batch.author == author
        else:
            with pytest.raises(PermissionDenied):
                merge(kept, gone, author=author)


def test_a_merge_and_its_undo_are_changes_of_every_entry_whose_address_answers_otherwise():
    survivor, absorbed = an_entry("Une ?"), an_entry("Deux ?")
    Epoch.move(())
    before = Epoch.now()
    batch = merge(survivor, absorbed).batch
    merged = Epoch.now()
    assert Epoch.changed_since(before, merged) == {survivor.pk, absorbed.pk}
    undo_batch(batch.pk, by_command())
    assert Epoch.changed_since(merged, Epoch.now()) == {survivor.pk, absorbed.pk}


class TestUndo:
    def test_everything_is_as_before(self):
        a_taxonomy()
        take_dump(a_dump_file("Un texte.", "Un autre texte."))
        gone, kept = Entry.objects.order_by("pk")
        edit_entry(gone.pk, Content("Un ?", "Un texte.", a_filing(couloirs="hopital")), by_command())
        publish_entry(gone.pk, by_command())
        merge(gone, a_published_entry("Déjà fusionnée ?"))
        edit_entry(gone.pk, Content("Brouillon ?", "À côté."), by_command())
        for action in (Action.PUBLISHED, Action.WITHDRAWN):
            schedule(gone.pk, action, timezone.now() + timedelta(days=1), by_command())
        before = tables()
        report = merge(kept, gone, content=Content("Réunies ?", "Les deux.", a_filing(themes="certificats")))
        assert tables() != before
        undo = undo_batch(report.batch.pk, by_command())
        assert tables() == before
        assert {entry.pk for entry in undo.reverted} == {gone.pk, kept.pk}
        assert list(faults()) == []
        with pytest.raises(EntryError, match="fusionnez de nouveau"):
            undo_batch(undo.batch.pk, by_command())
        merge(gone, kept)
        assert list(faults()) == []

    def test_its_pairs_and_the_decisions_on_them_come_back(self):
        kept, gone, other = (an_entry(f"{name} ?", DELAY) for name in "ABC")
        compare_waiting()
        decide_pair(the_pair(gone, other), Decision.VARIANT, None)
        before = tables()
        report = merge(kept, gone)
        compare_waiting()
        assert Pair.objects.in_use().count() == 1
        undo_batch(report.batch.pk, by_command())
        compare_waiting()
        assert tables() == before

    def test_what_was_planned_is_carried_out_after_all(self):
        kept, gone = an_entry("A ?"), an_entry("B ?")
        schedule(gone.pk, Action.PUBLISHED, timezone.now() + timedelta(days=1), by_command())
        report = merge(kept, gone)
        assert not Schedule.objects.exists()
        undo_batch(report.batch.pk, by_command())
        Schedule.objects.update(due_at=timezone.now())
        [done] = carry_out_due().done
        assert (done.entry.pk, done.version.question, done.version.status) == (gone.pk, "B ?", EntryStatus.PUBLISHED)
        assert list(faults()) == []

    def test_what_became_due_meanwhile_waits_for_an_editor(self):
        kept, gone = a_published_entry("A ?"), a_published_entry("B ?")
        schedule(gone.pk, Action.WITHDRAWN, timezone.now() + timedelta(days=1), by_command())
        report = merge(kept, gone)
        undo_batch(report.batch.pk, by_command(at=timezone.now() + timedelta(days=2)))
        assert list(Schedule.objects.failed().values_list("error", flat=True)) == [OVERDUE]
        assert carry_out_due(timezone.now() + timedelta(days=3)).done == []

    def test_what_was_planned_since_stays(self):
        kept, gone = a_published_entry("A ?"), a_published_entry("B ?")
        schedule(gone.pk, Action.WITHDRAWN, timezone.now() + timedelta(days=1), by_command())
        report = merge(kept, gone)
        Schedule.objects.create(
            entry=gone, action=Action.WITHDRAWN, due_at=timezone.now() + timedelta(days=9), created_at=timezone.now()
        )
        undo_batch(report.batch.pk, by_command())
        assert Schedule.objects.get().due_at > timezone.now() + timedelta(days=8)

    def test_what_was_changed_since_stays_and_is_named(self):
        kept, gone = a_published_entry("A ?"), a_published_entry("B ?")
        report = merge(kept, gone, content=Content("Réunies ?", "Les deux."))
        edit_entry(kept.pk, Content("Changée depuis ?", "Oui."), by_command())
        undo = undo_batch(report.batch.pk, by_command())
        assert [entry.pk for entry, _ in undo.left] == [kept.pk]
        assert head_of(kept).question == "Changée depuis ?"
        assert Entry.objects.get(pk=gone.pk).status == EntryStatus.PUBLISHED
        assert not EntryAlias.objects.exists()

    def test_a_later_merge_is_undone_first(self):
        first, second, third = (a_published_entry(f"{name} ?") for name in "ABC")
        before = tables()
        earlier, later = merge(second, first), merge(third, second)
        with pytest.raises(EntryError, match=f"annulez d’abord le lot {later.batch.pk}"):
            undo_batch(earlier.batch.pk, by_command())
        undo_batch(later.batch.pk, by_command())
        undo_batch(earlier.batch.pk, by_command())
        assert tables() == before

    def test_an_absorbed_entry_does_not_come_back_alone(self):
        kept, gone = an_entry("A ?"), an_entry("B ?")
        batch = merge(kept, gone).batch
        with pytest.raises(EntryError, match=f"lot {batch.pk}"):
            restore_entry(gone.pk, by_command())


class TestSeeAlso:
    def test_both_ways_once(self):
        one, other = an_entry("A ?"), an_entry("B ?")
        assert add_see_also(other.pk, one.pk, None)
        assert not add_see_also(one.pk, other.pk, None)
        assert list(SeeAlso.objects.values_list("left", "right")) == [(one.pk, other.pk)]
        assert remove_see_also(other.pk, one.pk, None)
        assert not remove_see_also(other.pk, one.pk, None)
        with pytest.raises(EntryError, match="elle-même"):
            add_see_also(one.pk, one.pk, None)


def test_united_filing_concerns_whatever_any_concerned():
    a_taxonomy()
    hospital, imaging = a_filing(couloirs="hopital", themes="certificats"), a_filing(couloirs="imagerie")
    assert combine_filings([hospital, imaging]) == a_filing(couloirs="hopital imagerie")


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        ("Un.\nDeux.", "Un.\nTrois.", "Un.\nDeux.\nTrois."),
        ("Un.", "Un.", "Un."),
        ("", "Un.", "Un."),
        (
            "Le délai est de 30 jours.",
            "Le délai est de 60 jours.",
            "Le délai est de 30 jours.\nLe délai est de 60 jours.",
        ),
    ],
)
def test_a_text_with_the_lines_of_both(first, second, both):
    assert combine_texts(first, second) == both


@pytest.mark.django_db(transaction=True)
def test_merging_against_an_edit_loses_neither():
    kept, gone = a_published_entry("A ?"), a_published_entry("B ?")
    barrier = threading.Barrier(2)
    bases = {kept.pk: 2, gone.pk: 2}

    def run(write):
        barrier.wait()
        try:
            return write()
        except EntryError as refusal:
            return refusal
        finally:
            connection.close()

    writes = (
        lambda: merge(kept, gone, bases=bases),
        lambda: edit_entry(gone.pk, Content("Changée ?", "Par un autre."), by_command(), base=2),
    )
    with ThreadPoolExecutor(2) as pool:
        merged, edited = pool.map(run, writes)
    assert isinstance(merged, StaleVersion) != isinstance(edited, EntryError)
    assert Entry.objects.get(pk=gone.pk).status == (
        EntryStatus.PUBLISHED if isinstance(merged, StaleVersion) else EntryStatus.ARCHIVED
    )
    assert list(faults()) == []

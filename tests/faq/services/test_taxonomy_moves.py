"""Dispositifs and couloirs that move: their entries follow, live and draft, and one undo brings all of it back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from faq.enums import Action, BatchKind, EntryStatus, Origin
from faq.models import (
    Batch,
    ChangeLog,
    Entry,
    Epoch,
    Schedule,
    Version,
)
from faq.selectors.published import live_snapshot
from faq.services.bulk import change_many
from faq.services.content import Content, content_of
from faq.services.doctor import faults
from faq.services.entries import edit_entry
from faq.services.schedules import carry_out_due, schedule
from faq.services.workflow import archive_entry, publish_entry, refuse_entry, submit_entry
from tests.factories import a_filing, a_published_entry, a_taxonomy, an_entry, by_command
from tests.taxonomy_batches import filed, move, tables, undo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


class TestMoving:
    def test_entries_follow_in_one_batch_and_come_back(self):
        live, draft, other = (
            a_published_entry(dispositifs="dpi-vague-1"),
            an_entry(dispositifs="dpi-vague-1"),
            an_entry(),
        )
        archived = archive_entry(an_entry(dispositifs="dpi-vague-1").pk, by_command()).entry
        before = tables()
        report = move("dpi-vague-1", "imagerie")
        assert (report.batch.kind, [one.entry.pk for one in report.refiled]) == (
            BatchKind.TAXONOMY,
            [live.pk, draft.pk, archived.pk],
        )
        assert filed(live) == filed(draft) == filed(archived) == {"imagerie"}
        assert Version.objects.filter(batch=report.batch).count() == 3
        head = Entry.objects.get(pk=live.pk).head
        assert (head.action, head.origin, head.status, head.minor) == (
            Action.REFILED,
            Origin.TAXONOMY,
            EntryStatus.PUBLISHED,
            True,
        )
        assert Entry.objects.get(pk=archived.pk).status == EntryStatus.ARCHIVED
        assert Version.objects.filter(entry=other).count() == 1
        assert list(faults()) == []
        result = undo(report.batch)
        assert [entry.pk for entry in result.reverted] == [live.pk, draft.pk, archived.pk]
        assert filed(live) == filed(draft) == filed(archived) == {"hopital"}
        assert tables() == before
        assert list(faults()) == []

    def test_an_entry_under_both_can_be_saved_and_published(self):
        """Filed under the couloir and the dispositif that leaves it, which the form refused before."""
        entry = an_entry(couloirs="hopital", dispositifs="dpi-vague-1")
        move("dpi-vague-1", "imagerie")
        content = content_of(Entry.objects.get(pk=entry.pk).head)
        edit_entry(entry.pk, Content("Autre ?", "Oui.", content.filing), by_command())
        publish_entry(entry.pk, by_command())
        assert filed(entry) == {"imagerie"}

    def test_a_draft_beside_the_live_text_stays_beside_it(self):
        entry = a_published_entry(dispositifs="dpi-vague-1")
        edit_entry(entry.pk, Content("Autre ?", "Oui.", a_filing(dispositifs="dpi-vague-1")), by_command())
        submit_entry(entry.pk, by_command())
        live = Entry.objects.get(pk=entry.pk).live
        report = move("dpi-vague-1", "imagerie")
        entry.refresh_from_db()
        assert (entry.live.question, entry.head.question) == ("Comment faire ?", "Autre ?")
        assert (entry.live.number, entry.head.number) == (5, 6)
        assert entry.head.status == EntryStatus.IN_REVIEW
        assert {term["slug"] for term in entry.head.filing["couloirs"]} == {"imagerie"}
        assert filed(entry) == {"imagerie"}
        assert list(faults()) == []
        refuse_entry(entry.pk, by_command(comment="Non."))
        undone = undo(report.batch)
        assert [(entry.pk, "modifiée depuis")] == [(one.pk, reason) for one, reason in undone.left]
        # It is left alone but for its filing: the dispositif is in the hospital again.
        assert [one.entry.pk for one in undone.refiled] == [entry.pk]
        assert filed(entry) == {"hopital"}
        entry.refresh_from_db()
        assert (entry.live.question, entry.head.question) == (live.question, "Autre ?")
        assert {term["slug"] for term in entry.head.filing["couloirs"]} == {"hopital"}
        assert entry.head.original.action == Action.REFUSED
        assert list(faults()) == []

    def test_a_draft_alone_comes_back_beside_the_same_live_version(self):
        entry = a_published_entry(dispositifs="dpi-vague-1")
        edit_entry(entry.pk, Content("Autre ?", "Oui.", a_filing(dispositifs="dpi-vague-1")), by_command())
        before = Entry.objects.get(pk=entry.pk)
        undo(move("dpi-vague-1", "imagerie").batch)
        entry.refresh_from_db()
        assert (entry.live, content_of(entry.head)) == (before.live, content_of(before.head))
        assert list(faults()) == []

    def test_a_draft_that_is_filed_elsewhere_than_the_live_text(self):
        entry = a_published_entry(couloirs="imagerie")
        edit_entry(entry.pk, Content("Autre ?", "Oui.", a_filing(dispositifs="dpi-vague-1")), by_command())
        move("dpi-vague-1", "imagerie")
        entry.refresh_from_db()
        assert (entry.live.number, entry.head.number) == (2, 4)
        assert {term["slug"] for term in entry.head.filing["couloirs"]} == {"imagerie"}
        assert list(faults()) == []

    def test_a_planned_publication_is_carried_out_with_the_new_filing(self):
        entry = an_entry(dispositifs="dpi-vague-1")
        schedule(entry.pk, Action.PUBLISHED, timezone.now() + timedelta(hours=1), by_command())
        report = move("dpi-vague-1", "imagerie")
        assert report.refiled[0].plans == 1
        Schedule.objects.update(due_at=timezone.now())
        assert [outcome.entry.pk for outcome in carry_out_due().done] == [entry.pk]
        assert filed(entry) == {"imagerie"}

    def test_a_plan_follows_undoing_and_undoing_that(self):
        entry = an_entry(dispositifs="dpi-vague-1")
        schedule(entry.pk, Action.PUBLISHED, timezone.now() + timedelta(hours=1), by_command())
        batch = move("dpi-vague-1", "imagerie").batch
        for _ in range(3):
            batch = undo(batch).batch
            assert Schedule.objects.get().version == Entry.objects.get(pk=entry.pk).head

    def test_a_plan_of_a_draft_beside_a_live_text_stays(self):
        entry = a_published_entry(dispositifs="dpi-vague-1")
        edit_entry(entry.pk, Content("Autre ?", "Oui.", a_filing(dispositifs="dpi-vague-1")), by_command())
        schedule(entry.pk, Action.PUBLISHED, timezone.now() + timedelta(hours=1), by_command())
        move("dpi-vague-1", "imagerie")
        assert Schedule.objects.get().version == Entry.objects.get(pk=entry.pk).head

    def test_lots_are_undone_in_reverse(self):
        entry = a_published_entry(dispositifs="dpi-vague-1")
        archived = change_many({entry.pk: None}, archive_entry, "Archivage", None).batch
        moved = move("dpi-vague-1", "imagerie").batch
        undo(moved)
        undo(archived)
        assert filed(entry) == {"hopital"}
        assert list(faults()) == []

    def test_what_comes_back_by_another_undo_fits_the_present_terms(self):
        entry = a_published_entry(dispositifs="dpi-vague-1")
        withdrawn = change_many(
            {entry.pk: None},
            lambda number, provenance, base: edit_entry(number, Content("A ?", "B.", a_filing()), provenance),
            "Hors de tout",
            None,
        ).batch
        move("dpi-vague-1", "imagerie")
        undo(withdrawn)
        assert filed(entry) == {"imagerie"}
        assert list(faults()) == []

    def test_it_costs_the_same_whatever_is_filed_there(self, django_assert_max_num_queries):
        entry = a_published_entry(dispositifs="dpi-vague-1")
        queries = 110
        for number in (1, 8):
            for rank in range(number):
                beside = a_published_entry(f"{number} {rank} ?", dispositifs="dpi-vague-1")
                content = Content(f"{number} {rank}, revue ?", "Oui.", content_of(beside.live).filing)
                edit_entry(beside.pk, content, by_command())
                schedule(beside.pk, Action.PUBLISHED, timezone.now() + timedelta(hours=1), by_command())
            with django_assert_max_num_queries(queries) as taken:
                batch = move("dpi-vague-1", "imagerie").batch
            queries = len(taken)
            assert filed(entry) == {"imagerie"}
            undo(batch)

    def test_readers_are_told_once(self):
        entry = a_published_entry(dispositifs="dpi-vague-1")
        edit_entry(entry.pk, Content("Autre ?", "Oui.", content_of(entry.live).filing), by_command())
        live_snapshot()
        steps = ChangeLog.objects.count()
        move("dpi-vague-1", "imagerie")
        assert ChangeLog.objects.count() == steps + 1
        snapshot = live_snapshot()
        [imaging] = [term for term in snapshot.terms if term.slug == "imagerie"]
        assert list(snapshot.index.filed_under(imaging)) == [entry.pk]

    def test_nothing_changes_without_a_change(self):
        epoch = Epoch.now()
        assert move("dpi-vague-1", "hopital").batch is None
        assert Epoch.now() == epoch
        assert not Batch.objects.exists()

"""Back to what the public reads, or read before: drafts given up, texts taken back, former texts published again."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from faq.enums import Action, EntryStatus
from faq.models import Entry, Publication, Schedule
from faq.selectors.entry_states import read_entry_states
from faq.services.bulk import change_one
from faq.services.conflicts import StaleVersion
from faq.services.content import Content, EntryError, content_of
from faq.services.doctor import faults
from faq.services.entries import edit_entry, restore_version
from faq.services.former_publications import get_former_publication, republish_former
from faq.services.schedules import schedule
from faq.services.undo import undo_batch
from faq.services.workflow import abandon_draft, publish_entry, recall_entry, refuse_entry, submit_entry
from tests.factories import a_published_entry, an_entry, by_command

pytestmark = pytest.mark.django_db

DRAFT = Content("Comment faire ?", "Autrement.")


def a_draft_beside():
    entry = a_published_entry()
    edit_entry(entry.pk, DRAFT, by_command())
    return entry


def stored(entry):
    return Entry.objects.select_related("head", "live").get(pk=entry.pk)


def somebody(role):
    user = User.objects.create_user(role)
    user.groups.add(Group.objects.get(name=role))
    return user


class TestAbandoning:
    def test_the_entry_is_published_without_a_draft_and_the_public_reads_on(self):
        entry = a_draft_beside()
        before = stored(entry)
        outcome = abandon_draft(entry.pk, by_command(somebody("rédacteur")))
        after = stored(entry)
        assert (after.has_draft, after.status, after.answer) == (False, EntryStatus.PUBLISHED, "Comme ceci.")
        assert (outcome.version.action, outcome.version.minor) == (Action.ABANDONED, True)
        assert (after.updated_at, after.verification_id, after.review_before) == (
            before.updated_at,
            before.verification_id,
            before.review_before,
        )
        assert entry.versions.get(number=3).answer == "Autrement."
        assert list(faults()) == []

    def test_a_refused_or_planned_draft_goes_with_its_refusal_and_its_plan_and_all_come_back(self):
        entry = a_draft_beside()
        submit_entry(entry.pk, by_command())
        refuse_entry(entry.pk, by_command(comment="Citez l’arrêté."))
        schedule(entry.pk, Action.PUBLISHED, timezone.now() + timedelta(days=2), by_command())
        outcome = change_one(lambda told: abandon_draft(entry.pk, told), "Abandon du brouillon", by_command())
        assert read_entry_states([entry.pk])[entry.pk][-1].refusal is None
        assert not Schedule.objects.exists()
        report = undo_batch(outcome.version.batch_id, by_command())
        assert [refusal.comment for _, refusal in report.refusals] == ["Citez l’arrêté."]
        assert Schedule.objects.get().version == stored(entry).head
        assert content_of(stored(entry).head) == DRAFT

    def test_without_a_draft_nothing_is_done_and_without_a_live_text_it_is_refused(self):
        assert not abandon_draft(a_published_entry().pk, by_command()).changed
        with pytest.raises(EntryError, match="n’est pas en ligne"):
            abandon_draft(an_entry().pk, by_command())

    def test_a_draft_of_the_very_text_that_is_live_is_given_up_too(self):
        """Before an edit could end a draft, one that was restored to the live text stayed for ever."""
        entry = a_draft_beside()
        submit_entry(entry.pk, by_command())
        assert abandon_draft(entry.pk, by_command()).changed
        assert not stored(entry).has_draft


class TestReturningToTheLiveText:
    def test_an_edit_or_a_restoration_that_says_what_is_live_leaves_no_draft(self):
        for give_back in (
            lambda entry: edit_entry(entry.pk, content_of(stored(entry).live), by_command()),
            lambda entry: restore_version(stored(entry).live, by_command()),
        ):
            entry = a_draft_beside()
            updated = stored(entry).updated_at
            give_back(entry)
            after = stored(entry)
            assert (after.has_draft, after.head.status) == (False, EntryStatus.PUBLISHED)
            assert (after.updated_at, after.head.minor) == (updated, True)
        assert list(faults()) == []

    def test_it_ends_a_refusal_and_leaves_the_plan_of_another_text_to_be_decided_on(self):
        entry = a_draft_beside()
        submit_entry(entry.pk, by_command())
        schedule(entry.pk, Action.PUBLISHED, timezone.now() + timedelta(days=2), by_command())
        refuse_entry(entry.pk, by_command(comment="Non."))
        restore_version(stored(entry).live, by_command())
        assert read_entry_states([entry.pk])[entry.pk][-1].refusal is None
        assert Schedule.objects.count() == 1


class TestRecalling:
    def test_its_author_takes_a_text_back_from_the_reviewers(self):
        author = somebody("rédacteur")
        entry = a_draft_beside()
        submit_entry(entry.pk, by_command(author))
        outcome = recall_entry(entry.pk, by_command(author))
        assert (outcome.version.action, outcome.version.status) == (Action.RECALLED, EntryStatus.DRAFT)
        assert stored(entry).answer == "Comme ceci."
        assert not recall_entry(entry.pk, by_command(author)).changed

    def test_nobody_else_does(self):
        entry = an_entry()
        submit_entry(entry.pk, by_command(somebody("rédacteur")))
        with pytest.raises(EntryError, match="a été soumise par rédacteur"):
            recall_entry(entry.pk, by_command(somebody("relecteur")))
        with pytest.raises(EntryError, match="n’attend pas de relecture"):
            recall_entry(an_entry().pk, by_command())


class TestRepublishing:
    def test_the_public_reads_the_former_text_again_and_back(self):
        entry = a_published_entry()
        edit_entry(entry.pk, DRAFT, by_command(), then=Action.PUBLISHED)
        outcome = republish_former(entry.pk, by_command(), base=3)
        assert (stored(entry).answer, stored(entry).has_draft) == ("Comme ceci.", False)
        assert outcome.version.comment == "Retour à la version publiée précédente (version 2)."
        assert Publication.objects.filter(entry=entry).count() == 3
        assert get_former_publication(stored(entry)).answer == "Autrement."
        republish_former(entry.pk, by_command())
        assert stored(entry).answer == "Autrement."
        assert list(faults()) == []

    def test_a_draft_beside_is_left_in_the_history_and_comes_back_with_an_undo(self):
        entry = a_published_entry()
        edit_entry(entry.pk, DRAFT, by_command(), then=Action.PUBLISHED)
        edit_entry(entry.pk, Content("Encore ?", "Autre."), by_command())
        outcome = change_one(lambda told: republish_former(entry.pk, told), "Retour", by_command())
        assert not stored(entry).has_draft
        undo_batch(outcome.version.batch_id, by_command())
        assert (stored(entry).answer, stored(entry).head.question) == ("Autrement.", "Encore ?")

    def test_what_only_says_the_same_is_no_former_text(self):
        entry = a_draft_beside()
        abandon_draft(entry.pk, by_command())
        assert get_former_publication(stored(entry)) is None
        with pytest.raises(EntryError, match="n’a pas d’autre version publiée"):
            republish_former(entry.pk, by_command())

    def test_refusals(self):
        entry = a_published_entry()
        edit_entry(entry.pk, DRAFT, by_command(), then=Action.PUBLISHED)
        with pytest.raises(PermissionDenied):
            republish_former(entry.pk, by_command(somebody("rédacteur")))
        with pytest.raises(StaleVersion):
            republish_former(entry.pk, by_command(), base=1)
        assert publish_entry(entry.pk, by_command()).changed is False

"""Who may undo a batch: reviewers all of them, others their own with the rights of what goes back."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied

from faq.enums import Action, BatchKind
from faq.models import Batch, Entry
from faq.services.assignments import assign_entries
from faq.services.bulk import change_many, change_one
from faq.services.content import Content, content_of
from faq.services.entries import create_entry, edit_entry
from faq.services.merging import merge_entries
from faq.services.undo import undo_batch
from faq.services.undo_rights import can_undo
from faq.services.workflow import (
    abandon_draft,
    archive_entry,
    publish_entry,
    recall_entry,
    refuse_entry,
    submit_entry,
    withdraw_entry,
)
from tests.factories import a_dump_file, a_published_entry, an_entry, by_command, take_dump

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(db):
    return somebody("auteur", "rédacteur")


def somebody(name, role):
    user = User.objects.create_user(name)
    user.groups.add(Group.objects.get(name=role))
    return user


def undo_as(batch, user):
    return undo_batch(batch.pk, by_command(user))


def owned(batch, user):
    """A batch that somebody made with rights that they have lost since."""
    Batch.objects.filter(pk=batch.pk).update(author=user)
    batch.refresh_from_db()
    return batch


def done_to(entry, write):
    return change_one(lambda told: write(entry.pk, told), "Essai", by_command()).version.batch


def submitted(entry):
    submit_entry(entry.pk, by_command(comment="Voici."))
    return entry


def with_a_draft(entry):
    edit_entry(entry.pk, Content("Comment faire ?", "Autrement."), by_command())
    return entry


def refuse(number, provenance):
    return refuse_entry(number, by_command(batch=provenance.batch, comment="Non."))


def edit(number, provenance):
    return edit_entry(number, Content("Autre ?", "Autre."), provenance)


@pytest.mark.parametrize(
    ("prepare", "write", "expected"),
    [
        (an_entry, submit_entry, True),
        (an_entry, edit, True),
        (lambda: submitted(an_entry()), recall_entry, True),
        (lambda: with_a_draft(a_published_entry()), abandon_draft, True),
        (an_entry, publish_entry, False),
        (a_published_entry, withdraw_entry, False),
        (an_entry, archive_entry, False),
        (lambda: submitted(an_entry()), refuse, False),
    ],
)
def test_authors_undo_what_they_could_do_by_hand(author, prepare, write, expected):
    batch = owned(done_to(prepare(), write), author)
    assert can_undo(batch, author) == expected
    if not expected:
        with pytest.raises(PermissionDenied):
            undo_as(batch, author)
        assert can_undo(batch, somebody("relectrice", "relecteur"))
        return
    undo = undo_as(batch, author).batch
    assert can_undo(undo, author)
    assert undo_as(undo, author).batch


def test_an_undo_of_a_publication_needs_its_right_too(author):
    undo = undo_batch(done_to(an_entry(), publish_entry).pk, by_command()).batch
    assert not can_undo(owned(undo, author), author)


def test_nobody_undoes_the_batch_of_another_without_the_right(author):
    report = change_many({an_entry().pk: None}, submit_entry, "Soumission", somebody("autre", "rédacteur"))
    assert not can_undo(report.batch, author)
    with pytest.raises(PermissionDenied):
        undo_as(report.batch, author)
    assert undo_as(report.batch, somebody("relectrice", "relecteur")).reverted


def test_what_is_more_than_texts_needs_the_right_to_undo_batches(author):
    take_dump(a_dump_file("Un."))
    one, other = an_entry("Un ?"), an_entry("Deux ?")
    merge = merge_entries(one.pk, [other.pk], Content("Un ?", "Oui."), by_command(), bases={}).batch
    for batch in (Batch.objects.get(kind=BatchKind.DUMP_IMPORT), merge):
        assert not can_undo(owned(batch, author), author)
        with pytest.raises(PermissionDenied):
            undo_as(batch, author)


def test_assignments_are_undone_by_the_editor_who_made_them(author):
    batch = assign_entries([an_entry().pk], author, author).batch
    assert can_undo(batch, author)
    author.groups.clear()
    lost = User.objects.get(pk=author.pk)
    assert not can_undo(batch, lost)
    with pytest.raises(PermissionDenied):
        undo_as(batch, lost)


class TestOneAction:
    def test_it_is_a_batch_that_says_of_which_entry(self, author):
        entry = an_entry()
        outcome = change_one(lambda told: submit_entry(entry.pk, told), "Soumission", by_command(author))
        batch = Batch.objects.get()
        assert (batch.kind, batch.label, batch.author) == (
            BatchKind.ACTION,
            f"Soumission de {entry.reference}",
            author,
        )
        assert outcome.version.batch == batch

    def test_a_new_entry_has_one_too(self):
        outcome = change_one(
            lambda told: create_entry(Content("Nouvelle ?", "Oui."), told, then=Action.PUBLISHED),
            "Publication",
            by_command(),
        )
        undo_batch(outcome.version.batch_id, by_command())
        assert Entry.objects.get().status == "archived"

    def test_without_effect_it_leaves_none(self):
        entry = a_published_entry()
        assert not change_one(lambda told: publish_entry(entry.pk, told), "Publication", by_command()).changed
        assert not Batch.objects.exists()

    def test_what_was_joined_with_another_text_is_an_edit(self):
        entry = an_entry()
        was = content_of(entry.head)
        edit_entry(entry.pk, replace(was, question="La leur ?"), by_command())
        mine = replace(was, answer="La mienne.")
        change_one(
            lambda told: edit_entry(entry.pk, mine, told, base=1, then=Action.PUBLISHED), "Publication", by_command()
        )
        assert Batch.objects.get().label == f"Modification de {entry.reference}"

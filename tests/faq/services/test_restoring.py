"""Going back: to a whole version, or to one of its fields; and what corrects no more than a slip."""

import pytest
from django.utils import timezone

from faq.enums import Action, BatchKind, EntryStatus
from faq.models import Batch, Entry, EntryAlias, Version
from faq.services.conflicts import StaleVersion
from faq.services.content import Content, EntryError, InvalidContent, content_of
from faq.services.entries import create_entry, edit_entry, restore_version
from faq.services.workflow import archive_entry, publish_entry, restore_entry, submit_entry
from tests.factories import a_filing, a_published_entry, a_taxonomy, an_entry, by_command

pytestmark = pytest.mark.django_db


def version(entry, number):
    return Version.objects.get(entry=entry, number=number)


@pytest.fixture
def entry():
    """Two versions that differ in everything, the second one live."""
    a_taxonomy()
    entry = an_entry("Un ?", "Un.", couloirs="hopital", themes="certificats")
    edit_entry(entry.pk, Content("Deux ?", "Deux.", a_filing(couloirs="imagerie")), by_command())
    publish_entry(entry.pk, by_command())
    return entry


def test_a_whole_version_comes_back_as_a_draft_that_says_so(entry):
    outcome = restore_version(version(entry, 1), by_command(comment="C’était mieux."), base=3)
    assert content_of(outcome.version) == content_of(version(entry, 1))
    assert (outcome.version.number, outcome.version.action) == (4, Action.REVERTED)
    assert outcome.version.comment == "Retour à la version 1. C’était mieux."
    row = Entry.objects.get(pk=entry.pk)
    assert (row.question, row.status, row.has_draft) == ("Deux ?", EntryStatus.PUBLISHED, True)


@pytest.mark.parametrize(
    ("fields", "expected", "told"),
    [
        (["question"], ("Un ?", "Deux.", "imagerie", ""), "Question de la version 1."),
        (["answer"], ("Deux ?", "Un.", "imagerie", ""), "Réponse de la version 1."),
        (["couloirs", "themes"], ("Deux ?", "Deux.", "hopital", "certificats"), "Couloir Ségur, thématique de la"),
    ],
)
def test_some_fields_come_back(entry, fields, expected, told):
    outcome = restore_version(version(entry, 1), by_command(), fields=fields)
    question, answer, couloirs, themes = expected
    filing = a_filing(couloirs=couloirs, themes=themes, offer_types="segur")
    assert content_of(outcome.version) == Content(question, answer, filing)
    assert outcome.version.comment.startswith(told)


def test_what_is_said_already_makes_no_version(entry):
    assert not restore_version(version(entry, 2), by_command()).changed
    assert entry.versions.count() == 3


def test_going_back_and_forth_loses_nothing(entry):
    restore_version(version(entry, 1), by_command())
    outcome = restore_version(version(entry, 3), by_command())
    assert content_of(outcome.version) == content_of(version(entry, 3))
    assert [one.number for one in entry.versions.order_by("number")] == [1, 2, 3, 4, 5]


def test_refusals(entry):
    with pytest.raises(StaleVersion, match="version 3"):
        restore_version(version(entry, 1), by_command(), base=2)
    edit_entry(entry.pk, Content("Deux ?", "Deux.", a_filing(offer_types="certification")), by_command())
    with pytest.raises(InvalidContent, match="relève de"):
        restore_version(version(entry, 1), by_command(), fields=["couloirs"])
    archive_entry(entry.pk, by_command())
    with pytest.raises(EntryError, match="restaurez-la"):
        restore_version(version(entry, 1), by_command())


class TestOneVersionForTextAndState:
    def test_create_and_publish(self):
        outcome = create_entry(Content("Quoi ?", "Cela."), by_command(), then=Action.PUBLISHED)
        entry = Entry.objects.get(pk=outcome.entry.pk)
        assert (entry.status, entry.live, entry.versions.count()) == (EntryStatus.PUBLISHED, outcome.version, 1)

    def test_what_is_incomplete_is_not_created_either(self):
        with pytest.raises(EntryError, match="Soumission impossible pour cette fiche : il lui manque sa question"):
            create_entry(Content("", "Cela."), by_command(), then=Action.SUBMITTED)
        assert not Entry.objects.exists()

    @pytest.mark.parametrize(
        ("then", "status"), [(Action.PUBLISHED, EntryStatus.PUBLISHED), (Action.SUBMITTED, EntryStatus.IN_REVIEW)]
    )
    def test_edit_and_move(self, then, status):
        entry = a_published_entry()
        outcome = edit_entry(entry.pk, Content("Autre ?", "Autre."), by_command(), base=2, then=then)
        assert (outcome.version.number, outcome.version.action, outcome.version.status) == (3, then, status)
        assert content_of(outcome.version).question == "Autre ?"

    def test_an_incomplete_text_is_neither_published_nor_stored(self):
        entry = a_published_entry()
        with pytest.raises(EntryError, match="il lui manque sa réponse"):
            edit_entry(entry.pk, Content("Autre ?", ""), by_command(), then=Action.PUBLISHED)
        assert entry.versions.count() == 2


class TestMinor:
    """A version is minor where no more than slips were corrected since what the public reads."""

    def edit(self, entry, text, *, minor):
        return edit_entry(entry.pk, Content("Comment faire ?", text), by_command(minor=minor)).version.minor

    def test_stays_with_the_text_until_it_is_live(self):
        entry = a_published_entry()
        assert self.edit(entry, "Comme ceci !", minor=True)
        assert submit_entry(entry.pk, by_command()).version.minor
        assert publish_entry(entry.pk, by_command()).version.minor
        assert not self.edit(entry, "Tout autrement.", minor=False)

    def test_a_slip_corrected_in_a_new_text_leaves_it_new(self):
        entry = a_published_entry()
        assert not self.edit(entry, "Tout autremment.", minor=False)
        assert not self.edit(entry, "Tout autrement.", minor=True)
        assert not publish_entry(entry.pk, by_command()).version.minor

    def test_with_the_text_at_once(self):
        entry = a_published_entry()
        outcome = edit_entry(
            entry.pk, Content("Comment faire ?", "Comme cela."), by_command(minor=True), then=Action.PUBLISHED
        )
        assert outcome.version.minor
        assert not archive_entry(entry.pk, by_command()).version.minor


def test_what_was_merged_comes_back_with_its_merge_undone():
    merged, survivor = an_entry(), an_entry("Autre ?")
    archive_entry(merged.pk, by_command())
    batch = Batch.objects.create(kind=BatchKind.BULK_ACTION, label="Fusion", created_at=timezone.now())
    EntryAlias.objects.create(former=merged, survivor=survivor, batch=batch)
    with pytest.raises(EntryError, match=f"fusionnée par le lot {batch.pk}"):
        restore_entry(merged.pk, by_command())

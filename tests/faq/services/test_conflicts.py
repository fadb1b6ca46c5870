"""Two editors on one entry: joined where they do not contradict each other, asked where they do."""

import pytest

from faq.enums import Action, EntryStatus
from faq.models import Entry
from faq.services.conflicts import Conflict, StaleVersion
from faq.services.content import Content, content_of
from faq.services.entries import edit_entry
from faq.services.workflow import archive_entry, publish_entry, submit_entry, withdraw_entry
from tests.factories import a_filing, a_published_entry, a_taxonomy, an_entry, by_command

pytestmark = pytest.mark.django_db

TEXT = "Premier paragraphe.\n\nDeuxième paragraphe.\n\nTroisième paragraphe."


def said(entry):
    """Return the content of its latest version."""
    return content_of(Entry.objects.select_related("head").get(pk=entry.pk).head)


def theirs_and_mine(theirs, mine, **options):
    """Both start from version 1 of one entry; theirs is stored first."""
    entry = an_entry("Quelle question ?", TEXT, couloirs="hopital")
    edit_entry(entry.pk, theirs, by_command(), base=1)
    return entry, lambda: edit_entry(entry.pk, mine, by_command(), base=1, **options)


def content(question="Quelle question ?", answer=TEXT, **slugs):
    return Content(question, answer, a_filing(**(slugs or {"couloirs": "hopital", "offer_types": "segur"})))


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


def test_different_fields_are_joined_and_told():
    entry, save = theirs_and_mine(content(question="Leur question ?"), content(answer=f"{TEXT}\n\nFin."))
    outcome = save()
    assert outcome.changed
    assert outcome.joined.number == 2
    assert (said(entry).question, said(entry).answer) == ("Leur question ?", f"{TEXT}\n\nFin.")
    assert entry.versions.count() == 3


def test_different_paragraphs_are_joined():
    entry, save = theirs_and_mine(
        content(answer=TEXT.replace("Premier", "Tout premier")), content(answer=TEXT.replace("Troisième", "Dernier"))
    )
    save()
    assert said(entry).answer == "Tout premier paragraphe.\n\nDeuxième paragraphe.\n\nDernier paragraphe."


def test_terms_of_both_are_joined_and_what_they_imply():
    entry, save = theirs_and_mine(
        content(couloirs="hopital", themes="certificats"), content(couloirs="hopital", dispositifs="pfi-vague-2")
    )
    save()
    assert said(entry).filing == a_filing(
        couloirs="hopital", offer_types="segur", themes="certificats", dispositifs="pfi-vague-2"
    )


@pytest.mark.parametrize(
    ("theirs", "mine", "field"),
    [
        ({"question": "La leur ?"}, {"question": "La mienne ?"}, "question"),
        ({"answer": TEXT.replace("Deuxième", "Second")}, {"answer": TEXT.replace("Deuxième", "Autre")}, "answer"),
        ({"offer_types": "segur"}, {"offer_types": "segur", "couloirs": "imagerie"}, "couloirs"),
    ],
)
def test_what_contradicts_is_asked_and_nothing_is_written(theirs, mine, field):
    entry, save = theirs_and_mine(content(**theirs), content(**mine))
    with pytest.raises(Conflict) as conflict:
        save()
    assert conflict.value.merge.conflicts == (field,)
    assert (conflict.value.base.number, conflict.value.theirs.number) == (1, 2)
    assert entry.versions.count() == 2


def test_the_same_change_twice_is_one_version():
    entry, save = theirs_and_mine(content(question="La même ?"), content(question="La même ?"))
    outcome = save()
    assert not outcome.changed
    assert outcome.joined.number == 2
    assert entry.versions.count() == 2


def test_what_was_joined_is_not_published_before_somebody_read_it():
    entry, save = theirs_and_mine(
        content(question="Leur question ?"), content(answer=f"{TEXT}\n\nFin."), then=Action.PUBLISHED
    )
    assert save().version.status == EntryStatus.DRAFT
    assert not entry.publications.exists()


def test_pressing_publish_over_another_text_does_not_publish_theirs():
    entry, save = theirs_and_mine(content(question="Leur question ?"), content(), then=Action.PUBLISHED)
    outcome = save()
    assert (outcome.changed, outcome.joined.number) == (False, 2)
    assert not entry.publications.exists()


def test_what_was_joined_is_submitted():
    _, save = theirs_and_mine(
        content(question="Leur question ?"), content(answer=f"{TEXT}\n\nFin."), then=Action.SUBMITTED
    )
    assert save().version.status == EntryStatus.IN_REVIEW


def test_a_move_meanwhile_contradicts_nothing():
    entry = an_entry("Avant ?", "Réponse.")
    publish_entry(entry.pk, by_command())
    outcome = edit_entry(entry.pk, Content("Après ?", "Réponse."), by_command(), base=1)
    assert outcome.changed
    assert Entry.objects.get(pk=entry.pk).question == "Avant ?"
    assert said(entry).question == "Après ?"


def test_a_version_that_never_was_is_no_base():
    entry = an_entry()
    with pytest.raises(StaleVersion, match="version 9"):
        edit_entry(entry.pk, Content("Autre ?", "Autre."), by_command(), base=9)
    assert entry.versions.count() == 1


@pytest.mark.parametrize("move", [submit_entry, publish_entry, withdraw_entry, archive_entry])
def test_a_move_from_a_version_that_is_no_longer_the_latest_is_refused(move):
    entry = a_published_entry()
    edit_entry(entry.pk, Content("Nouvelle ?", "Nouvelle."), by_command())
    with pytest.raises(StaleVersion, match="version 3"):
        move(entry.pk, by_command(), base=2)
    assert entry.versions.count() == 3
    assert move(entry.pk, by_command(), base=3).changed

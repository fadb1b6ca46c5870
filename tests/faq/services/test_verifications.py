"""The review clock follows whatever it depends on, and its checks touch nothing else."""

from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from faq.enums import Action, VerificationKind
from faq.models import Couloir, Entry, Epoch, Theme, Verification
from faq.services.bulk import change_many
from faq.services.content import Content, EntryError
from faq.services.doctor import faults
from faq.services.entries import create_entry, edit_entry
from faq.services.merging import merge_entries
from faq.services.review_dates import ensure_review_dates
from faq.services.taxonomy import save_term
from faq.services.undo import take_back_checks, undo_batch
from faq.services.verifications import check_entries, check_entry, take_back_check
from faq.services.workflow import archive_entry, publish_entries, publish_entry, restore_entry, withdraw_entry
from tests.factories import a_filing, a_taxonomy, an_entry, by_command

pytestmark = pytest.mark.django_db

PUBLISHED = timezone.make_aware(datetime(2026, 1, 31, 10))
LATER = timezone.make_aware(datetime(2026, 3, 15, 10))


@pytest.fixture(autouse=True)
def _nothing_is_broken():
    """Whatever a test does, the doctor agrees afterwards."""
    a_taxonomy()
    yield
    assert list(faults()) == []


def published(question="Comment faire ?", answer="Comme ceci.", at=PUBLISHED, **slugs):
    """An entry that went live in January."""
    content = Content(question, answer, a_filing(**slugs))
    return create_entry(content, by_command(at=at), then=Action.PUBLISHED).entry


def clock(entry):
    """When it was checked, and until when that holds."""
    now = Entry.objects.select_related("verification").get(pk=entry.pk)
    return now.verification and now.verification.checked_at, now.review_before


def somebody(role):
    user = User.objects.create_user(role)
    user.groups.set(Group.objects.filter(name=role))
    return user


def edited(entry, minor=False, **details):
    """Publish another text in March."""
    content = Content("Autre ?", "Autre.", entry.live.filed_under)
    provenance = by_command(minor=minor, at=LATER, **details)
    return edit_entry(entry.pk, content, provenance, then=Action.PUBLISHED)


def test_publishing_counts_as_a_check_but_a_corrected_slip_does_not():
    entry = published()
    assert clock(entry) == (PUBLISHED, date(2027, 1, 31))
    edited(entry, minor=True)
    assert clock(entry) == (PUBLISHED, date(2027, 1, 31))
    edit_entry(entry.pk, Content("Brouillon ?", "Brouillon."), by_command(at=LATER))
    assert clock(entry) == (PUBLISHED, date(2027, 1, 31))
    publish_entry(entry.pk, by_command(at=LATER))
    assert clock(entry) == (LATER, date(2027, 3, 15))


def test_a_check_leaves_no_version_and_changes_no_text_and_can_be_taken_back():
    author = somebody("rédacteur")
    entry = published()
    before, epoch = Entry.objects.filter(pk=entry.pk).values("updated_at", "head", "live", "answer").get(), Epoch.now()
    check = check_entry(entry.pk, author, seen=1, at=LATER)
    assert clock(entry) == (LATER, date(2027, 3, 15))
    assert Entry.objects.filter(pk=entry.pk).values("updated_at", "head", "live", "answer").get() == before
    assert (check.author, check.version_id, check.kind) == (author, entry.live_id, VerificationKind.CHECKED)
    assert Epoch.now() != epoch
    assert take_back_check(check, author)
    assert clock(entry) == (PUBLISHED, date(2027, 1, 31))
    assert not take_back_check(check, author)
    # What was said is remembered, and by whom it was taken back.
    assert Verification.objects.get(pk=check.pk).taken_back_by == author


def test_nobody_vouches_for_what_they_have_not_read():
    entry, draft = published(), an_entry()
    edited(entry)
    with pytest.raises(EntryError, match=r"publiée entre-temps \(version 2\)"):
        check_entry(entry.pk, None, seen=1)
    with pytest.raises(EntryError, match="n’est pas en ligne"):
        check_entry(draft.pk, None, seen=1)
    with pytest.raises(EntryError, match="ne s’annule pas seule"):
        take_back_check(Verification.objects.latest("pk"), None)
    report = check_entries({entry.pk: 2, draft.pk: 1}, None, at=LATER + timedelta(1))
    assert ([one.pk for one in report.checked], len(report.refused)) == ([entry.pk], 1)
    assert clock(entry) == (LATER + timedelta(1), date(2027, 3, 16))


@pytest.mark.parametrize(("role", "may"), [("rédacteur", True), ("relecteur", True), ("analyste", False)])
def test_editors_check_and_analysts_only_read(role, may):
    entry, user = published(), somebody(role)
    if may:
        check = check_entry(entry.pk, user, seen=1)
        assert take_back_check(check, user)
        return
    for write in (
        lambda: check_entry(entry.pk, user, seen=1),
        lambda: check_entries({entry.pk: 1}, user),
        lambda: take_back_check(Verification.objects.get(), user),
    ):
        with pytest.raises(PermissionDenied, match="Peut vérifier"):
            write()


def test_several_are_checked_at_once_and_taken_back_as_a_whole_by_whoever_did_it(django_assert_max_num_queries):
    author = somebody("rédacteur")
    entries = [published(f"Question {rank} ?", f"Réponse {rank}.") for rank in range(30)]
    with django_assert_max_num_queries(17):
        batch = check_entries({entry.pk: 1 for entry in entries}, author, at=LATER).batch
    assert {clock(entry) for entry in entries} == {(LATER, date(2027, 3, 15))}
    with pytest.raises(EntryError, match="de quelqu’un d’autre"):
        take_back_checks(batch.pk, somebody("relecteur"))
    undo = take_back_checks(batch.pk, author)
    assert {clock(entry) for entry in entries} == {(PUBLISHED, date(2027, 1, 31))}
    with pytest.raises(EntryError, match="déjà été annulées"):
        take_back_checks(batch.pk, author)
    # Undoing the undo brings the checks back.
    assert len(undo_batch(undo.pk, by_command()).checks) == 30
    assert {clock(entry) for entry in entries} == {(LATER, date(2027, 3, 15))}


def test_dates_follow_what_terms_set_and_shortest_counts(settings):
    hospital, theme = Couloir.objects.get(slug="hopital"), Theme.objects.get(slug="certificats")
    dpi = published("DPI ?", dispositifs="dpi-vague-1", themes="certificats")
    elsewhere, draft = published("Imagerie ?", couloirs="imagerie"), an_entry("Brouillon ?", couloirs="hopital")
    hospital.review_months = 3
    save_term(hospital, None)
    assert [clock(one)[1] for one in (dpi, elsewhere, draft)] == [date(2026, 4, 30), date(2027, 1, 31), None]
    theme.review_months = 0
    save_term(theme, None)
    assert clock(dpi)[1] == date(2026, 4, 30)
    hospital.review_months = None
    save_term(hospital, None)
    assert clock(dpi)[1] is None
    settings.REVIEW_MONTHS = 6
    assert any("sa date de révision" in fault for fault in faults())
    ensure_review_dates()
    assert [clock(one)[1] for one in (dpi, elsewhere)] == [None, date(2026, 7, 31)]
    settings.REVIEW_MONTHS = 12
    ensure_review_dates()


def test_the_interval_is_that_of_the_filing_which_the_public_reads():
    hospital = Couloir.objects.get(slug="hopital")
    hospital.review_months = 1
    save_term(hospital, None)
    entry = published(couloirs="imagerie")
    refiled = Content("Comment faire ?", "Comme ceci.", a_filing(couloirs="hopital"))
    edit_entry(entry.pk, refiled, by_command(at=LATER))
    assert clock(entry)[1] == date(2027, 1, 31)
    publish_entry(entry.pk, by_command(at=LATER))
    assert clock(entry)[1] == date(2026, 4, 15)


def test_what_is_not_live_is_never_due_and_comes_back_checked_by_who_publishes_it():
    entry = published()
    withdraw_entry(entry.pk, by_command())
    assert clock(entry) == (PUBLISHED, None)
    archive_entry(entry.pk, by_command())
    restore_entry(entry.pk, by_command())
    assert not Entry.objects.due(date(2100, 1, 1)).exists()
    # Never earlier than what it follows.
    at = timezone.now() + timedelta(1)
    publish_entry(entry.pk, by_command(at=at))
    assert clock(entry)[0] == at


def test_undoing_a_publication_undoes_what_was_checked_of_it():
    entry = published()
    edit_entry(entry.pk, Content("Autre ?", "Autre."), by_command(at=LATER))
    batch = change_many({entry.pk: 2}, publish_entry, "Publication", None).batch
    check_entry(entry.pk, None, seen=3)
    undo_batch(batch.pk, by_command())
    assert clock(entry) == (PUBLISHED, date(2027, 1, 31))
    assert Verification.objects.standing().count() == 1


def test_undoing_an_archiving_gives_the_clock_back():
    entry = published()
    batch = change_many({entry.pk: 1}, archive_entry, "Archivage", None).batch
    undo_batch(batch.pk, by_command())
    assert clock(entry) == (PUBLISHED, date(2027, 1, 31))


@pytest.mark.parametrize("survivor_is_live", [True, False])
def test_a_merge_counts_as_checked_when_the_oldest_was_and_its_undo_gives_all_back(survivor_is_live):
    young = published("Jeune ?", "Jeune.", at=LATER) if survivor_is_live else an_entry("Jeune ?", "Jeune.")
    old = published("Vieille ?", "Vieille.")
    before = clock(young), clock(old)
    bases = {young.pk: 1, old.pk: 1}
    merged = merge_entries(young.pk, [old.pk], Content("Réunie ?", "Réunie."), by_command(), bases=bases)
    assert clock(young) == (PUBLISHED, date(2027, 1, 31))
    assert clock(old)[1] is None
    assert list(faults()) == []
    undo_batch(merged.batch.pk, by_command())
    assert (clock(young), clock(old)) == before


def test_a_merge_passes_over_the_check_of_an_entry_that_was_withdrawn():
    live, withdrawn = published("Jeune ?", "Jeune.", at=LATER), published("Vieille ?", "Vieille.")
    withdraw_entry(withdrawn.pk, by_command())
    before = clock(live)
    merge_entries(
        live.pk, [withdrawn.pk], Content("Jeune ?", "Jeune."), by_command(), bases={live.pk: 1, withdrawn.pk: 2}
    )
    assert clock(live) == before


def test_a_merge_into_the_oldest_leaves_its_clock_alone():
    old, young = published("Vieille ?", "Vieille."), published("Jeune ?", "Jeune.", at=LATER)
    merge_entries(old.pk, [young.pk], Content("Vieille ?", "Vieille."), by_command(), bases={old.pk: 1, young.pk: 1})
    assert clock(old) == (PUBLISHED, date(2027, 1, 31))
    assert not Verification.objects.filter(kind=VerificationKind.MERGED).exists()


def test_entries_from_before_there_were_clocks_get_theirs():
    entry = published()
    edited(entry, minor=True)
    Entry.objects.update(verification=None, review_before=None)
    Verification.objects.all().delete()
    ensure_review_dates()
    assert clock(entry) == (PUBLISHED, date(2027, 1, 31))
    before = Verification.objects.get().pk
    ensure_review_dates()
    assert Verification.objects.get().pk == before


def test_publishing_many_takes_as_many_queries_as_few(django_assert_max_num_queries):
    # The same words: what the search learns of new ones is not the point.
    published("0 1 ?", "0 1.")
    few, many = ([an_entry(f"{rank % 2} ?", "1.").pk for rank in range(size)] for size in (2, 12))
    with django_assert_max_num_queries(100) as taken_by_few:
        publish_entries(few, by_command())
    with django_assert_max_num_queries(len(taken_by_few)):
        publish_entries(many, by_command())

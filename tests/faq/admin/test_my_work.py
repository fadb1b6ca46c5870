"""« Mon travail »: each number is that of the list behind it, and nobody sees what is somebody else's."""

import io
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from faq.admin.my_work import LINES_SHOWN, build_my_work, work_address
from faq.enums import Action, WorkKind
from faq.models import Entry, Schedule
from faq.selectors.counting import count_all
from faq.selectors.personal_work import get_personal_work
from faq.services.assignments import assign_entry
from faq.services.bulk import change_many
from faq.services.content import Content, content_of
from faq.services.dumps import Source, import_dumps
from faq.services.entries import edit_entry
from faq.services.merging import merge_entries
from faq.services.notes import settle_thread, write_note
from faq.services.undo import undo_batch
from faq.services.verifications import check_entry
from faq.services.workflow import archive_entry, publish_entry, refuse_entry, submit_entry, withdraw_entry
from tests.factories import a_dump_file, a_published_entry, an_entry, by_command
from tests.people import a_person

pytestmark = pytest.mark.django_db

HOME = reverse("admin:index")


@pytest.fixture
def me(relecteur):
    return relecteur.user


@pytest.fixture
def jean():
    return a_person("jean", "relecteur", first_name="Jean", last_name="Roy")


def work_of(person, kind):
    return list(get_personal_work(kind, person.pk).order_by("pk"))


def a_refused_entry(author, reviewer=None, comment="Citez l’arrêté."):
    entry = an_entry("Refusée ?", author=author)
    submit_entry(entry.pk, by_command(author))
    refuse_entry(entry.pk, by_command(reviewer, comment=comment))
    return Entry.objects.select_related("head").get(pk=entry.pk)


def a_failed_plan(author):
    entry, at = an_entry("Planifiée ?"), timezone.now()
    Schedule.objects.create(
        entry=entry, action=Action.WITHDRAWN, due_at=at, created_at=at, failed_at=at, error="Impossible.", author=author
    )
    return entry


def a_due_entry(checked_by):
    entry = a_published_entry("À revoir ?")
    check_entry(entry.pk, checked_by, seen=entry.live.number)
    Entry.objects.filter(pk=entry.pk).update(review_before=timezone.localdate())
    return entry


def all_work(me, other, times=1):
    """Some work of every kind, as many times as asked for: more of each from one kind to the next."""
    for rank in range(times):
        a_refused_entry(me, other)
        for _ in range(2):
            assign_entry(an_entry("Attribuée ?").pk, me, other)
        for _ in range(3):
            write_note(an_entry("Citée ?").pk, f"@{me.username} : {rank} ?", other)
        for _ in range(4):
            submit_entry(an_entry("À relire ?").pk, by_command(other))
        for _ in range(5):
            an_entry("Brouillon ?", author=me)
        a_failed_plan(me)
        a_due_entry(me)


NUMBERS = {
    WorkKind.REFUSED: 1,
    WorkKind.ASSIGNED: 2,
    WorkKind.MENTIONED: 3,
    WorkKind.PLAN_FAILED: 1,
    WorkKind.TO_REVIEW: 4,
    WorkKind.DRAFTS: 5,
    WorkKind.REVIEW_DUE: 1,
}


class TestHome:
    def test_every_number_is_that_of_its_list(self, relecteur, me, jean):
        all_work(me, jean)
        sections = relecteur.get(HOME).context["my_work"]
        assert {section.kind: section.number for section in sections} == NUMBERS
        for section in sections:
            context = relecteur.get(section.address).context
            shown = context["cl"].result_count if "cl" in context else context["page"].paginator.count
            assert shown == section.number, section.kind
            listed = {entry.pk for entry in (context["cl"].queryset if "cl" in context else context["page"])}
            assert {line.entry.pk for line in section.lines} <= listed
            assert len(section.lines) == min(section.number, LINES_SHOWN)
            notices = context["cl"].filters.notices if "cl" in context else context["filters"].notices
            assert notices == []

    def test_every_line_leads_to_its_entry_and_says_what_is_to_be_known(self, relecteur, me, jean):
        entry = a_refused_entry(me, jean, "Trop long.")
        assign_entry(entry.pk, me, jean)
        write_note(entry.pk, f"@{me.username}, plus court ?", jean)
        page = relecteur.get(HOME).content.decode()
        assert "«\u00a0Trop long.\u00a0» Jean Roy, le " in page
        assert "par Jean Roy, le " in page
        assert f"Jean Roy\u00a0: «\u00a0@{me.username}, plus court ?\u00a0»" in page
        for section in build_my_work(me):
            for line in section.lines:
                assert relecteur.get(line.address).status_code == 200
                assert entry.reference in page

    @pytest.mark.every_database
    def test_costs_the_same_whatever_there_is(self, relecteur, me, jean):
        def count():
            with CaptureQueriesContext(connection) as queries:
                relecteur.get(HOME)
            return len(queries)

        all_work(me, jean)
        relecteur.get(HOME)
        few = count()
        all_work(me, jean, times=3)
        assert count() == few

    def test_says_that_nothing_waits_and_where_to_go_on(self, relecteur):
        page = relecteur.get(HOME).content.decode()
        assert "Rien ne vous attend" in page
        assert "Aucun de vos textes n’est refusé." in page

    def test_shows_each_role_its_own_kinds(self, sign_in):
        kinds = {
            role: {section.kind for section in build_my_work(sign_in(role).user)} for role in ("analyste", "rédacteur")
        }
        assert kinds["analyste"] == {WorkKind.MENTIONED}
        assert set(WorkKind) - kinds["rédacteur"] == {WorkKind.PLAN_FAILED, WorkKind.TO_REVIEW}
        assert {section.kind for section in build_my_work(sign_in("relecteur").user)} == set(WorkKind)

    def test_a_list_of_somebody_who_does_not_exist_is_ignored_with_a_notice(self, relecteur, me):
        for value in ("refusees-999999", "refusees-", "autre-1", f"refusees-{'9' * 30}", "refusees-²"):
            context = relecteur.get(reverse("admin:faq_entry_changelist"), {"pour": value}).context
            assert "Travail" in context["cl"].filters.notices[0], value


class TestKinds:
    def test_a_draft_is_of_who_wrote_it_last(self, me, jean):
        mine, theirs = an_entry(author=me), an_entry(author=me)
        edit_entry(theirs.pk, Content("Autre ?", "Oui.", theirs.head.filed_under), by_command(jean))
        assert (work_of(me, WorkKind.DRAFTS), work_of(jean, WorkKind.DRAFTS)) == ([mine], [theirs])

    def test_a_draft_beside_a_live_text_counts_and_a_live_text_does_not(self, me):
        entry = a_published_entry()
        assert work_of(me, WorkKind.DRAFTS) == []
        edit_entry(entry.pk, Content("Autre ?", "Oui.", entry.head.filed_under), by_command(me))
        assert work_of(me, WorkKind.DRAFTS) == [entry]

    def test_what_somebody_imported_or_refused_is_no_draft_of_theirs(self, me, jean):
        import_dumps([Source("page", io.BytesIO(a_dump_file("Une réponse.")), "page.txt")], by_command(me))
        a_refused_entry(jean, me)
        assert work_of(me, WorkKind.DRAFTS) == []

    def test_a_draft_in_the_trash_waits_for_nobody(self, me):
        entry = an_entry(author=me)
        assign_entry(entry.pk, me, None)
        archive_entry(entry.pk, by_command(me))
        assert [work_of(me, kind) for kind in WorkKind] == [[] for _ in WorkKind]

    def test_an_undo_gives_a_draft_back_to_its_author(self, me, jean):
        entry = an_entry(author=jean)
        batch = change_many({entry.pk: None}, publish_entry, "Publication", me).batch
        undo_batch(batch.pk, by_command(me))
        assert (work_of(jean, WorkKind.DRAFTS), work_of(me, WorkKind.DRAFTS)) == ([entry], [])

    def test_a_refusal_stands_until_the_text_is_submitted_again(self, me, jean):
        entry = a_refused_entry(jean, me)
        assert work_of(jean, WorkKind.REFUSED) == [entry]
        edit_entry(entry.pk, Content("Mieux ?", "Oui.", entry.head.filed_under), by_command(me))
        assert (work_of(jean, WorkKind.REFUSED), work_of(me, WorkKind.REFUSED)) == ([entry], [])
        submit_entry(entry.pk, by_command(me))
        assert work_of(jean, WorkKind.REFUSED) == []
        refuse_entry(entry.pk, by_command(comment="Encore."))
        assert (work_of(jean, WorkKind.REFUSED), work_of(me, WorkKind.REFUSED)) == ([], [entry])

    def test_a_refusal_that_an_undo_brings_back_is_there_again(self, me, jean):
        entry = a_refused_entry(jean, me)
        batch = change_many({entry.pk: None}, publish_entry, "Publication", me).batch
        assert work_of(jean, WorkKind.REFUSED) == []
        undo_batch(batch.pk, by_command(me))
        assert work_of(jean, WorkKind.REFUSED) == [entry]

    def test_a_text_waits_for_reviewers_other_than_its_author(self, me, jean):
        mine, theirs = an_entry(), an_entry()
        submit_entry(mine.pk, by_command(me))
        submit_entry(theirs.pk, by_command())
        assert work_of(me, WorkKind.TO_REVIEW) == [theirs]
        assert work_of(jean, WorkKind.TO_REVIEW) == [mine, theirs]

    def test_a_mention_waits_until_it_is_answered_or_settled(self, me, jean):
        entry = an_entry()
        thread = write_note(entry.pk, f"@{me.username} ?", jean).note.thread
        assert work_of(me, WorkKind.MENTIONED) == [entry]
        write_note(entry.pk, "Oui.", me, thread=thread.pk)
        assert work_of(me, WorkKind.MENTIONED) == []
        write_note(entry.pk, f"Sûr, @{me.username} ?", jean, thread=thread.pk)
        assert work_of(me, WorkKind.MENTIONED) == [entry]
        settle_thread(entry.pk, thread.pk, jean)
        assert work_of(me, WorkKind.MENTIONED) == []

    def test_a_mention_follows_the_survivor(self, relecteur, me, jean):
        survivor, absorbed = an_entry("Une ?"), an_entry("Autre ?")
        write_note(absorbed.pk, f"@{me.username} ?", jean)
        bases = {entry.pk: entry.head.number for entry in (survivor, absorbed)}
        merge_entries(survivor.pk, [absorbed.pk], content_of(survivor.head), by_command(), bases=bases)
        assert work_of(me, WorkKind.MENTIONED) == [survivor]
        [section] = [found for found in build_my_work(me) if found.kind == WorkKind.MENTIONED]
        assert section.lines[0].detail.startswith("Jean Roy")

    def test_a_due_entry_waits_for_its_assignee_or_else_for_who_checked_it(self, me, jean):
        entry = a_due_entry(me)
        assert work_of(me, WorkKind.REVIEW_DUE) == [entry]
        assign_entry(entry.pk, jean, me)
        assert (work_of(me, WorkKind.REVIEW_DUE), work_of(jean, WorkKind.REVIEW_DUE)) == ([], [entry])

    def test_a_failed_plan_waits_for_who_planned_it(self, me, jean):
        entry = a_failed_plan(me)
        later = timezone.now() + timedelta(hours=1)
        Schedule.objects.create(
            entry=an_entry(), action=Action.WITHDRAWN, due_at=later, created_at=timezone.now(), author=me
        )
        assert (work_of(me, WorkKind.PLAN_FAILED), work_of(jean, WorkKind.PLAN_FAILED)) == ([entry], [])

    def test_an_assignment_is_listed_whatever_the_state(self, me):
        entry = a_published_entry()
        assign_entry(entry.pk, me, None)
        withdraw_entry(entry.pk, by_command())
        assert work_of(me, WorkKind.ASSIGNED) == [entry]


class TestAssigneeFilter:
    def test_counts_and_lists_people_nobody_and_closed_accounts(self, relecteur, me, jean):
        for person, times in ((me, 2), (jean, 3)):
            for _ in range(times):
                assign_entry(an_entry().pk, person, None)
        an_entry()
        User.objects.filter(pk=jean.pk).update(is_active=False)
        address = reverse("admin:faq_entry_changelist")
        filters = relecteur.get(address).context["cl"].filters
        [field] = [field for field in filters.fields if field.name == "attribuee"]
        choices = dict(field.field.choices)
        assert choices["~"] == "à personne (1)"
        assert choices["fermes"] == "à un compte fermé (3)"
        assert choices[str(me.pk)] == "à moi (2)"
        assert list(choices)[:2] == ["", str(me.pk)]
        assert choices[str(jean.pk)] == "à Jean Roy, compte fermé (3)"
        for value, number in (("~", 1), ("fermes", 3), (str(me.pk), 2), (str(jean.pk), 3)):
            assert relecteur.get(address, {"attribuee": value}).context["cl"].result_count == number


def test_counts_in_one_query_what_each_queryset_counts(django_assert_num_queries):
    an_entry()
    archive_entry(an_entry().pk, by_command())
    querysets = {
        "all": Entry.objects.order_by("question"),
        "grouped": Entry.objects.values("status").distinct(),
        "none": Entry.objects.none(),
        "archived": Entry.objects.archived(),
    }
    with django_assert_num_queries(1):
        counts = count_all(querysets)
    assert counts == {name: rows.count() for name, rows in querysets.items()}
    assert count_all({"none": Entry.objects.none()}) == {"none": 0}


def test_reviews_are_listed_on_their_own_page(me):
    assert work_address(WorkKind.TO_REVIEW, me).startswith(reverse("admin:faq_entry_review"))
